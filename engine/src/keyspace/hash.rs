//! The hash of a key that was computed ahead of time.

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
