//! Replies on their way out: written at the end, taken by the front from the beginning.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// The memory that an empty outbox may keep for the next replies, in bytes.
const KEEP: usize = 64 * 1024;

/// The bytes that wait for one client.
#[derive(Debug, Default)]
pub struct Outbox {
    bytes: Vec<u8>,
    /// How many of `bytes` are gone already.
    sent: usize,
    /// How many of `bytes` may leave.
    free: usize,
    /// What the rest waits for: the bytes up to an end may leave when so much is safe.
    held: VecDeque<(u64, usize)>,
    /// Whether the front was told that there is something.
    announced: bool,
}

impl Outbox {
    /// The bytes that may always wait for a client, whatever the limits are.
    pub const FIXED: usize = 16 * 1024;

    /// How many bytes the front has not taken yet, those included that may not leave yet.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.bytes.len().saturating_sub(self.sent)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the front may take now.
    #[must_use]
    pub fn waiting(&self) -> &[u8] {
        self.bytes.get(self.sent..self.free).unwrap_or_default()
    }

    /// All that the front has not taken yet, also what may not leave yet: for a front that shows it when it may.
    #[must_use]
    pub fn all(&self) -> &[u8] {
        self.bytes.get(self.sent..).unwrap_or_default()
    }

    /// How many bytes wait, if they are more than may always.
    #[must_use]
    pub fn listed_bytes(&self) -> usize {
        let waiting = self.len();
        if waiting > Self::FIXED { waiting } else { 0 }
    }

    /// Where replies are written: at the end.
    pub const fn tail(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// The front took so many.
    pub fn take(&mut self, count: usize) {
        self.sent = self.sent.saturating_add(count).min(self.free);
        if self.sent == self.bytes.len() {
            self.bytes.clear();
            (self.sent, self.free) = (0, 0);
            self.announced = false;
            if self.bytes.capacity() > KEEP {
                self.bytes = Vec::new();
            }
        }
    }

    /// What was written by now may leave when so much is safe, or now; tells whether it waits.
    pub fn hold(&mut self, barrier: Option<u64>) -> bool {
        let end = self.bytes.len();
        let known = self.held.back().map_or(self.free, |&(_, end)| end);
        match (barrier, self.held.back_mut()) {
            _ if known == end => return false,
            // It was held for the same.
            (None, Some((_, known))) => *known = end,
            (Some(barrier), Some((last, known))) if *last == barrier => *known = end,
            (Some(barrier), _) => {
                self.held.push_back((barrier, end));
                return true;
            }
            (None, None) => self.free = end,
        }
        false
    }

    /// Whether some of it waits.
    #[must_use]
    pub fn is_held(&self) -> bool {
        !self.held.is_empty()
    }

    /// So much is safe: what waited for that may leave.
    pub fn release(&mut self, safe: u64) {
        while let Some(&(barrier, end)) = self.held.front()
            && barrier <= safe
        {
            self.free = end.min(self.bytes.len());
            self.held.pop_front();
            self.announced = false;
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
