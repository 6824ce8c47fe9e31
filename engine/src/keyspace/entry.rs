//! A key and what it holds.

use redstart_structures::{Blob, allocated};

use super::usage::Usage;
use crate::types::Value;

/// A key, its value, and what the store must remember of it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name.
    pub key: Blob,
    /// What it holds.
    pub value: Value,
    /// When it ceases to exist, in Unix milliseconds; [`Entry::NEVER`] if it doesn't.
    pub(super) expires_ms: i64,
    /// When it was last used, or how often.
    pub usage: Usage,
    /// The last [picture](super::picture) that has nothing more to take from it.
    pub(super) picture: u32,
}

// The number of the picture takes no room: it lies in what would be padding.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Entry>() == size_of::<(Blob, Value, i64, u32)>());

impl Entry {
    /// The expiry of an entry that has none.
    pub const NEVER: i64 = i64::MIN;

    /// When it ceases to exist, in Unix milliseconds.
    #[must_use]
    pub const fn expires_ms(&self) -> Option<i64> {
        if self.expires_ms == Self::NEVER { None } else { Some(self.expires_ms) }
    }

    /// Whether its time has come, or that of all that it holds.
    #[inline]
    #[must_use]
    pub fn is_due(&self, now_ms: i64) -> bool {
        self.is_key_due(now_ms) || self.value.is_due(now_ms)
    }

    /// Whether the time of the key itself has come.
    #[inline]
    pub(super) const fn is_key_due(&self, now_ms: i64) -> bool {
        self.expires_ms <= now_ms && self.expires_ms != Self::NEVER
    }

    /// The bytes it takes: its own, its key's and its value's.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        allocated(size_of::<Self>()) + self.key.heap_bytes() + self.value.heap_bytes()
    }
}
