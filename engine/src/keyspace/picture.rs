//! A picture: what is stored at one moment, taken bit by bit while it goes on changing.
//!
//! ```text
//!   the walk, a slice at a time ──────────────┐
//!   the door, before a key changes or goes ───┼──► each key of the moment, once ──► the file
//!   a flush: it leaves its database behind ───┘
//! ```
//!
//! Pictures are numbered, and every entry has the number of the last one that has nothing more to take from it: because
//! it was taken, or because it came to be after the moment. So whoever comes across an entry sees at once whether it is
//! still wanted as it is, wherever it has moved meanwhile; nothing else has to be remembered. What a picture costs in
//! memory is what waits to be written: at most each key of the moment once.
//!
//! Databases know under which number the picture has them, as SWAPDB may give them another.

use alloc::vec::Vec;

use super::Keyspace;
use super::database::Database;
use super::entry::Entry;
use crate::persistence::rdb::file::FileWriter;

/// What a walk may do for one entry, besides the bytes that it writes.
const ENTRY_COST: usize = 64;

/// Entries of a flushed database that are taken apart at a time.
const DRAINED: usize = 16;

/// A picture that is being taken.
#[derive(Debug)]
pub(crate) struct Picture {
    number: u32,
    /// Where it goes.
    pub(crate) file: FileWriter,
    /// The database that the walk is in, by its number at the moment.
    home: usize,
    cursor: u64,
    /// Databases that were flushed since the moment. Nobody else wants them.
    flushed: Vec<Database>,
    /// How many keys there were.
    pub(crate) keys: usize,
    /// How many of them are taken.
    pub(crate) taken: usize,
}

impl Picture {
    /// Takes an entry that is about to change or to go, or that the walk has come to.
    #[inline]
    pub(super) fn take(&mut self, home: usize, entry: &mut Entry) {
        if entry.picture != self.number {
            entry.picture = self.number;
            self.taken += 1;
            self.file.entry(home, entry);
        }
    }

    /// Takes over what was flushed.
    pub(super) fn bury(&mut self, database: Database) {
        if !database.is_empty() {
            self.flushed.push(database);
        }
    }

    /// Takes a part of what was flushed; tells whether that was all.
    fn dig(&mut self, budget: &mut Budget) -> bool {
        while let Some(mut database) = self.flushed.pop() {
            let home = database.home;
            loop {
                let before = self.file.len();
                let mut visited = 0;
                let is_empty = database.drain_some(DRAINED, |mut entry| {
                    self.take(home, &mut entry);
                    visited += 1;
                });
                budget.spend(visited, self.file.len() - before);
                if is_empty {
                    break;
                }
                if budget.is_spent() {
                    self.flushed.push(database);
                    return false;
                }
            }
        }
        true
    }
}

/// What is left of a budget of bytes.
#[derive(Debug)]
struct Budget(usize);

impl Budget {
    const fn spend(&mut self, entries: usize, bytes: usize) {
        self.0 = self.0.saturating_sub(entries * ENTRY_COST + bytes);
    }

    const fn is_spent(&self) -> bool {
        self.0 == 0
    }
}

impl Keyspace {
    /// This is the moment.
    pub(crate) fn begin_picture(&mut self, file: FileWriter) {
        for (home, database) in self.databases.iter_mut().enumerate() {
            database.home = home;
        }
        self.pictures = self.pictures.wrapping_add(1);
        self.picture = Some(alloc::boxed::Box::new(Picture {
            number: self.pictures,
            file,
            home: 0,
            cursor: 0,
            flushed: Vec::new(),
            keys: self.databases.iter().map(Database::len).sum(),
            taken: 0,
        }));
    }

    /// Walks on, for about so many bytes; tells whether the picture is complete.
    pub(crate) fn walk_picture(&mut self, budget: usize) -> bool {
        let Self { databases, picture, .. } = self;
        let Some(picture) = picture else { return true };
        let mut budget = Budget(budget);
        if !picture.dig(&mut budget) {
            return false;
        }
        while picture.home < databases.len() {
            if budget.is_spent() {
                return false;
            }
            let home = picture.home;
            // A flushed one is not there any more; who took its place has nothing to give.
            let database = databases.iter_mut().find(|database| database.home == home);
            let (before, mut visited) = (picture.file.len(), 0);
            picture.cursor = database.map_or(0, |database| {
                let cursor = picture.cursor;
                database.scan_mut(cursor, |entry| {
                    picture.take(home, entry);
                    visited += 1;
                })
            });
            budget.spend(visited, picture.file.len() - before);
            if picture.cursor == 0 {
                picture.home += 1;
            }
        }
        true
    }

    /// The picture is complete, or nobody wants it any more.
    pub(crate) fn end_picture(&mut self) {
        self.picture = None;
    }
}
