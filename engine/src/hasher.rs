//! A keyed hash function: SipHash-1-3 under a secret of the engine's, so that nobody can choose keys or members that
//! collide.

use core::fmt;
use core::hash::Hasher as _;

use siphasher::sip::SipHasher13;

/// A keyed hash function.
#[derive(Clone, Copy)]
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

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher(..)")
    }
}
