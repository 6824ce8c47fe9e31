//! Replies on their way out: written at the end, taken by the front from the beginning.

use alloc::vec::Vec;

/// The memory that an empty outbox may keep for the next replies, in bytes.
const KEEP: usize = 64 * 1024;

/// The bytes that wait for one client.
#[derive(Debug, Default)]
pub struct Outbox {
    bytes: Vec<u8>,
    /// How many of `bytes` are gone already.
    sent: usize,
    /// Whether the front was told that there is something.
    announced: bool,
}

impl Outbox {
    /// The bytes that may always wait for a client, whatever the limits are.
    pub const FIXED: usize = 16 * 1024;

    /// What the front has not taken yet.
    #[must_use]
    pub fn waiting(&self) -> &[u8] {
        self.bytes.get(self.sent..).unwrap_or_default()
    }

    /// How many bytes wait, if they are more than may always.
    #[must_use]
    pub fn listed_bytes(&self) -> usize {
        let waiting = self.waiting().len();
        if waiting > Self::FIXED { waiting } else { 0 }
    }

    /// Where replies are written: at the end.
    pub const fn tail(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// The front took so many.
    pub fn take(&mut self, count: usize) {
        self.sent = self.sent.saturating_add(count).min(self.bytes.len());
        if self.sent == self.bytes.len() {
            self.bytes.clear();
            self.sent = 0;
            self.announced = false;
            if self.bytes.capacity() > KEEP {
                self.bytes = Vec::new();
            }
        }
    }

    /// Whether there is something that the front was not told of; it is told now.
    pub fn announce(&mut self) -> bool {
        !self.waiting().is_empty() && !core::mem::replace(&mut self.announced, true)
    }

    /// The memory it has, in bytes.
    #[must_use]
    pub const fn memory_bytes(&self) -> usize {
        self.bytes.capacity()
    }
}
