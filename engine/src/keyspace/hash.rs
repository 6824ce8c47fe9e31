//! The hash of a key: SipHash-1-3 under a secret of the engine's, so that nobody can choose keys that collide.

use core::hash::Hasher as _;

use siphasher::sip::SipHasher13;

/// A keyed hash function.
#[derive(Clone, Copy, Debug)]
pub struct Hasher {
    secret: (u64, u64),
}

impl Hasher {
    /// The function that this secret chooses.
    #[must_use]
    pub const fn new(secret: (u64, u64)) -> Self {
        Self { secret }
    }

    /// The hash of some bytes.
    #[inline]
    #[must_use]
    pub fn hash(&self, bytes: &[u8]) -> u64 {
        let mut state = SipHasher13::new_with_keys(self.secret.0, self.secret.1);
        state.write(bytes);
        state.finish()
    }
}

/// The hash of certain bytes, to be recognized by where they lie: whoever computed it ahead of time need not copy
/// the key, and whoever asks for the hash of any other bytes gets none.
#[derive(Clone, Copy, Debug)]
pub struct KeyHash {
    address: *const u8,
    len: usize,
    /// The hash.
    pub hash: u64,
}

impl KeyHash {
    /// Remembers the hash of these bytes.
    #[must_use]
    pub const fn new(key: &[u8], hash: u64) -> Self {
        Self { address: key.as_ptr(), len: key.len(), hash }
    }

    /// The hash, if it is of these very bytes.
    #[inline]
    #[must_use]
    pub fn of(self, key: &[u8]) -> Option<u64> {
        (core::ptr::eq(self.address, key.as_ptr()) && self.len == key.len()).then_some(self.hash)
    }
}
