//! What is gone, and is freed bit by bit.
//!
//! To free a collection of five million members takes as long as it took to fill it, or nearly, and everybody would
//! wait for that. So what is removed and large is only put aside here: whatever removed it, DEL as well as UNLINK, expiry,
//! eviction, an overwrite or FLUSHALL. The engine's turns free it in slices of a few hundred elements, and runs of
//! commands free a slice, too, so that it is no question how busy the engine is. Until then it counts as used.
//!
//! Redis has a thread for that, and frees at once what it isn't told to leave to it (ASYNC, `lazyfree-lazy-*`). Here the
//! two are the same to whoever looks: nobody waits, and nothing is kept longer than it takes to free it.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use super::database::Database;
use crate::types::Value;

/// What waits to be freed.
#[derive(Debug, Default)]
pub(super) struct Waste {
    queue: VecDeque<Piece>,
    /// Values and keys in there.
    pending: usize,
    /// Values and keys that were freed from there.
    freed: u64,
    /// The bytes of what is in there, what is freed already left out.
    bytes: usize,
}

#[derive(Debug)]
enum Piece {
    Value(Value),
    Database(Box<Database>),
}

impl Piece {
    fn memory_bytes(&self) -> usize {
        match self {
            Self::Value(value) => value.heap_bytes(),
            Self::Database(database) => database.memory_bytes(),
        }
    }

    /// Values or keys in it.
    fn len(&self) -> usize {
        match self {
            Self::Value(_) => 1,
            Self::Database(database) => database.len(),
        }
    }

    fn free_some(&mut self) -> bool {
        match self {
            Self::Value(value) => value.free_some(),
            Self::Database(database) => database.free_some(),
        }
    }
}

impl Waste {
    /// Frees a value, now or later.
    pub(super) fn add(&mut self, value: Value) {
        if value.heap_bytes() > AT_ONCE && !matches!(value, Value::Str(_)) {
            self.push(Piece::Value(value));
        }
    }

    /// Frees all that a database held, now or later.
    pub(super) fn add_all(&mut self, mut database: Database) {
        let is_small = (0..SLICES_AT_ONCE).any(|_| !database.free_some());
        if !is_small {
            self.push(Piece::Database(Box::new(database)));
        }
    }

    fn push(&mut self, piece: Piece) {
        self.pending += piece.len();
        self.bytes += piece.memory_bytes();
        self.queue.push_back(piece);
    }

    /// Frees a slice; false if there is nothing to free.
    pub(super) fn free_some(&mut self) -> bool {
        let Some(piece) = self.queue.front_mut() else { return false };
        let (len, bytes) = (piece.len(), piece.memory_bytes());
        let is_done = !piece.free_some();
        let (len_left, bytes_left) = if is_done { (0, 0) } else { (piece.len(), piece.memory_bytes()) };
        self.pending = (self.pending + len_left).saturating_sub(len);
        self.freed += len.saturating_sub(len_left) as u64;
        self.bytes = (self.bytes + bytes_left).saturating_sub(bytes);
        if is_done {
            self.queue.pop_front();
        }
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// How much memory it has.
    pub(super) const fn memory_bytes(&self) -> usize {
        self.bytes
    }

    /// What INFO tells: values and keys that wait, and those that don't any more.
    pub(super) const fn counts(&self) -> (usize, u64) {
        (self.pending, self.freed)
    }

    /// Counts anew what was freed.
    pub(super) const fn reset(&mut self) {
        self.freed = 0;
    }
}

/// A collection of no more bytes than this is freed at once.
const AT_ONCE: usize = 16 * 1024;

/// Slices of a database that are freed at once.
const SLICES_AT_ONCE: usize = 4;
