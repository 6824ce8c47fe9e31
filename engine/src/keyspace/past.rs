//! The past: what entries were before a unit of execution changed them, for whoever may want to go back there.
//!
//! ```text
//!   the door, before a key changes or goes ───┐
//!         … and before one comes to be ───────┤
//!   a flush, an exchange: all that is there ──┴──► each key, as it was when it was first touched
//! ```
//!
//! Whoever asked for it takes it when the unit is done. No more is kept than was asked for: if it would be more, all of it is
//! let go, and that is told.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem;

use redstart_structures::{Blob, Ordered};

use super::{Database, Entry, Keyspace};
use crate::persistence::rdb::dump;

/// What a key was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its value, as DUMP gives it.
    pub payload: Vec<u8>,
    /// When it was to expire, in Unix milliseconds.
    pub expires_ms: Option<i64>,
    /// As TYPE said.
    pub type_name: &'static str,
    /// As OBJECT ENCODING said.
    pub encoding: &'static str,
    /// How many elements it had.
    pub elements: usize,
    /// The bytes that it took.
    pub memory_bytes: usize,
}

impl Image {
    /// What an entry is.
    #[must_use]
    pub fn of(entry: Entry<'_>) -> Self {
        Self {
            payload: dump::write(entry.value, true),
            expires_ms: entry.expires_ms(),
            type_name: entry.value.type_name(),
            encoding: entry.value.encoding(),
            elements: entry.value.elements(),
            memory_bytes: entry.memory_bytes(),
        }
    }
}

/// Keys by their databases and names: nothing, where they were not there.
pub type Images = Ordered<(usize, Blob), Option<Image>>;

/// What is kept of the past since it was last taken.
#[derive(Debug, Default)]
pub(super) struct Past {
    images: Images,
    bytes: usize,
    /// The most bytes that may be kept.
    most_bytes: usize,
    /// It was more.
    is_lost: bool,
}

impl Past {
    /// An entry is about to change or to go.
    pub(super) fn see(&mut self, db: usize, entry: Entry<'_>) {
        let name = (db, Blob::from(entry.key));
        if self.is_lost || self.images.contains_key(&name) {
            return;
        }
        self.bytes += entry.memory_bytes();
        if self.bytes > self.most_bytes {
            self.is_lost = true;
            self.images.clear();
        } else {
            self.images.insert(name, Some(Image::of(entry)));
        }
    }

    /// A key is about to come to be.
    pub(super) fn see_none(&mut self, db: usize, key: &[u8]) {
        if !self.is_lost {
            self.images.get_or_insert_with((db, Blob::from(key)), || None);
        }
    }

    /// All of a database is.
    pub(super) fn see_all(&mut self, db: usize, database: &Database) {
        for entry in database.iter() {
            if self.is_lost {
                break;
            }
            self.see(db, entry);
        }
    }
}

impl Keyspace {
    /// From now on keeps what entries were, up to so many bytes of them at a time; none for not at all.
    pub fn keep_past(&mut self, most_bytes: usize) {
        self.past = (most_bytes > 0).then(|| Box::new(Past { most_bytes, ..Past::default() }));
    }

    /// Takes what was kept since the last time; `None` if it was too much.
    pub fn take_past(&mut self) -> Option<Images> {
        let Some(past) = &mut self.past else { return Some(Images::new()) };
        past.bytes = 0;
        let images = mem::take(&mut past.images);
        (!mem::take(&mut past.is_lost)).then_some(images)
    }
}
