//! A picture: what is stored at one moment, taken bit by bit while it goes on changing.
//!
//! ```text
//!   the walk, a slice at a time ──────────────┐
//!   the door, before a key changes or goes ───┼──► each key of the moment, once ──► the file
//!   a flush: it leaves its database behind ───┘
//! ```
//!
//! Pictures are numbered, and every entry is marked with the number of the last one that has nothing more to take from
//! it: because it was taken, or because it came to be after the moment. So whoever comes across an entry sees at once
//! whether it is still wanted as it is, wherever it has moved meanwhile; nothing else has to be remembered. What a picture
//! costs in memory is what waits to be written: at most each key of the moment once.
//!
//! A [`Mark`] is four bits, so numbers come again. That is right as long as no entry has kept an old mark when the same
//! number is begun anew. A picture that is complete leaves its own mark on every entry, as the walk has seen all that were
//! there and the others came later. One that is given up leaves old marks behind, one more number in use each time: before
//! they are used up, all entries are marked alike in one go. Hardly ever: 15 in a row must have come to nothing.
//!
//! A large value is taken in parts, one a slice, and must stay as it is until that is done:
//!
//! ```text
//!   a command is about to change it      the walk takes it next, and the client is held meanwhile; others are served
//!   it is to go (DEL, expiry, eviction)  it leaves its database at once: the picture has it until it is taken
//!   it is changed by what can't wait     what is left of it is taken at once
//! ```
//!
//! Only the first is about more than one value of memory: nothing is copied, so what a large value costs is the bytes of a
//! slice. A copy of it would cost its whole size, and take as long as to write it. What can't wait is a script that
//! changes a key which it was not given: while it waited, all others would have to as well.
//!
//! A flushed database that the picture still wants is freed when it has been walked, or when the picture is given up.
//!
//! Databases know under which number the picture has them, as SWAPDB may give them another.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use redstart_structures::Blob;

use super::Keyspace;
use super::database::Database;
use super::entry::{Detached, Entry, Mark};
use crate::persistence::rdb::file::{FileWriter, Parts};

/// What a walk may do for one entry, besides the bytes that it writes.
const ENTRY_COST: usize = 64;

/// A picture that is being taken.
#[derive(Debug)]
pub(crate) struct Picture {
    mark: Mark,
    /// Where it goes.
    pub(crate) file: FileWriter,
    /// The database that the walk is in, by its number at the moment.
    home: usize,
    cursor: u64,
    /// Databases that were flushed since the moment. Nobody else wants them.
    flushed: VecDeque<Database>,
    /// How far the walk is in the first of them; `None` at its end.
    flushed_cursor: Option<u64>,
    /// Large entries in the order in which they are taken, in parts; a first one that has begun is finished first.
    large: VecDeque<Large>,
    /// How many keys there were.
    pub(crate) keys: usize,
    /// How many of them are taken.
    pub(crate) taken: usize,
    /// Whether one is taken now that somebody waited to change.
    pub(crate) has_served: bool,
    /// The memory of entries that were taken before the walk came to them: what copying on write would copy.
    pub(crate) early_bytes: usize,
}

impl Picture {
    /// Takes an entry that is about to change or to go, as far as it was not taken yet; who has it marks it.
    #[inline]
    pub(super) fn take_early(&mut self, home: usize, entry: Entry<'_>) {
        if entry.mark != self.mark {
            self.early_bytes += entry.memory_bytes();
            self.taken += 1;
            self.file.entry(home, entry);
        } else if !self.large.is_empty() {
            self.take_rest(home, entry);
        }
    }

    /// Takes an entry that the walk has come to; who has it marks it.
    fn take(&mut self, home: usize, entry: Entry<'_>) {
        if entry.mark != self.mark && self.line_up(home, entry).is_none() {
            self.taken += 1;
            self.file.entry(home, entry);
        }
    }

    /// The place in line of an entry that is taken in parts, until all of it is; who has it marks it.
    fn line_up(&mut self, home: usize, entry: Entry<'_>) -> Option<usize> {
        if entry.mark == self.mark {
            return self.large.iter().position(|large| large.is(home, entry.key));
        }
        if !self.file.wants_parts(entry) {
            return None;
        }
        self.taken += 1;
        self.large.push_back(Large::new(home, entry.key));
        Some(self.large.len() - 1)
    }

    /// Takes an entry next that somebody waits to change, if it is one that is taken in parts; who has it marks it.
    fn take_next(&mut self, home: usize, entry: Entry<'_>) -> bool {
        let place = self.line_up(home, entry);
        let Some(large) = place.and_then(|place| self.large.remove(place)) else { return false };
        let is_before = |other: &Large| other.parts.is_some() || large.parts.is_none() && other.is_awaited;
        let place = self.large.iter().position(|other| !is_before(other)).unwrap_or(self.large.len());
        self.large.insert(place, Large { is_awaited: true, ..large });
        true
    }

    /// Takes what is left of an entry if it is a large one that waits for that.
    #[cold]
    fn take_rest(&mut self, home: usize, entry: Entry<'_>) {
        let is_it = |large: &Large| large.is(home, entry.key);
        let Some(mut large) = self.large.iter().position(is_it).and_then(|place| self.large.remove(place))
        else {
            return;
        };
        self.early_bytes += entry.memory_bytes();
        self.has_served |= large.is_awaited;
        match &mut large.parts {
            None => self.file.entry(home, entry),
            Some(parts) => drop(self.file.go_on(parts, entry, usize::MAX)),
        }
    }

    /// Takes another part of the first large entry that waits; gives it back once that was the last.
    fn take_part(&mut self, databases: &[Database], budget: &mut Budget) -> Option<Large> {
        let mut large = self.large.pop_front()?;
        let mut known = databases.iter().chain(&self.flushed);
        let database = known.find(|database| database.home == large.home);
        let kept = || database?.find(database?.hash(&large.key), &large.key);
        let entry = large.gone.as_ref().map(|gone| gone.entry(&large.key)).or_else(kept)?;
        let before = self.file.len();
        let file = &mut self.file;
        let parts = large.parts.get_or_insert_with(|| file.begin_parts(large.home, entry));
        let is_done = file.go_on(parts, entry, budget.0);
        budget.spend(1, self.file.len() - before);
        if !is_done {
            self.large.push_front(large);
            return None;
        }
        self.has_served |= large.is_awaited;
        Some(large)
    }

    /// Takes over what was flushed.
    pub(super) fn bury(&mut self, database: Database) {
        if !database.is_empty() {
            self.flushed.push_back(database);
        }
    }

    /// Takes a part of the database that was flushed first, and gives it back once that was all of it.
    fn dig(&mut self, budget: &mut Budget) -> Option<Database> {
        let mut database = self.flushed.pop_front()?;
        let Some(cursor) = self.flushed_cursor else {
            self.flushed_cursor = Some(0);
            return Some(database);
        };
        self.flushed_cursor = Some(self.visit(&mut database, cursor, budget)).filter(|&cursor| cursor != 0);
        self.flushed.push_front(database);
        None
    }

    /// Takes a part of a database from a cursor on; gives the next one, 0 at the end.
    fn visit(&mut self, database: &mut Database, cursor: u64, budget: &mut Budget) -> u64 {
        let (home, before, mut visited) = (database.home, self.file.len(), 0);
        let next = database.scan_and_mark(cursor, |entry| {
            self.take(home, entry);
            visited += 1;
        });
        budget.spend(visited, self.file.len() - before);
        next
    }
}

/// A large entry that is taken in parts.
#[derive(Debug)]
struct Large {
    /// The database that it is in, by its number at the moment.
    home: usize,
    key: Blob,
    /// How far it is taken, once that has begun.
    parts: Option<Parts>,
    /// Whether somebody waits to change it.
    is_awaited: bool,
    /// What it was, once it is gone from its database.
    gone: Option<Detached>,
}

impl Large {
    fn new(home: usize, key: &[u8]) -> Self {
        Self { home, key: Blob::from(key), parts: None, is_awaited: false, gone: None }
    }

    /// Whether it is this entry, and no earlier one of that name.
    fn is(&self, home: usize, key: &[u8]) -> bool {
        self.gone.is_none() && self.home == home && *self.key == *key
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
        if self.unfinished == Mark::COUNT - 1 {
            self.mark_all();
        }
        self.unfinished += 1;
        let mark = self.databases.first().map_or_else(Mark::default, |database| database.mark.next());
        for (home, database) in self.databases.iter_mut().enumerate() {
            (database.home, database.mark) = (home, mark);
        }
        self.picture = Some(Box::new(Picture {
            mark,
            file,
            home: 0,
            cursor: 0,
            flushed: VecDeque::new(),
            flushed_cursor: Some(0),
            large: VecDeque::new(),
            keys: self.databases.iter().map(Database::len).sum(),
            taken: 0,
            has_served: false,
            early_bytes: 0,
        }));
    }

    /// Marks all entries alike.
    #[cold]
    fn mark_all(&mut self) {
        for database in &mut self.databases {
            let mut cursor = database.scan_and_mark(0, |_| ());
            while cursor != 0 {
                cursor = database.scan_and_mark(cursor, |_| ());
            }
        }
        self.unfinished = 0;
    }

    /// Walks on, for about so many bytes; tells whether the picture is complete.
    pub(crate) fn walk_picture(&mut self, budget: usize) -> bool {
        let mut budget = Budget(budget);
        while !budget.is_spent() {
            let Some(picture) = &mut self.picture else { return true };
            if !picture.large.is_empty() {
                let gone = picture.take_part(&self.databases, &mut budget).and_then(|large| large.gone);
                gone.into_iter().for_each(|gone| self.waste(gone.value));
            } else if !picture.flushed.is_empty() {
                let done = picture.dig(&mut budget);
                done.into_iter().for_each(|database| self.waste_all(database));
            } else if picture.home < self.databases.len() {
                let (home, cursor) = (picture.home, picture.cursor);
                // A flushed one is not there any more; who took its place has nothing to give.
                let database = self.databases.iter_mut().find(|database| database.home == home);
                picture.cursor = database.map_or(0, |database| picture.visit(database, cursor, &mut budget));
                if picture.cursor == 0 {
                    picture.home += 1;
                }
            } else {
                self.unfinished = 0;
                return true;
            }
        }
        false
    }

    /// Has a large key taken next, if a picture still wants it and it `is_to_change`; tells whether that is to be waited for.
    pub(crate) fn take_first(
        &mut self,
        db: usize,
        key: &[u8],
        is_to_change: impl FnOnce(Entry<'_>) -> bool,
    ) -> bool {
        let Self { databases, picture, .. } = self;
        let Some((database, picture)) = databases.get_mut(db).zip(picture.as_deref_mut()) else {
            return false;
        };
        let (home, hash) = (database.home, database.hash(key));
        let entry = database.find(hash, key).filter(|&entry| is_to_change(entry));
        let is_awaited = entry.is_some_and(|entry| picture.take_next(home, entry));
        if is_awaited {
            database.mark(hash, key);
        }
        is_awaited
    }

    /// Takes a large entry out for good that a picture still wants, and leaves it to the picture; tells whether it did.
    pub(super) fn leave_to_picture(&mut self, db: usize, hash: u64, key: &[u8]) -> bool {
        let Self { databases, picture, .. } = self;
        let Some((database, picture)) = databases.get_mut(db).zip(picture.as_deref_mut()) else {
            return false;
        };
        let home = database.home;
        let place = database.find(hash, key).and_then(|entry| picture.line_up(home, entry));
        let Some(large) = place.and_then(|place| picture.large.get_mut(place)) else { return false };
        large.gone = database.detach(hash, key);
        true
    }

    /// The picture is complete, or nobody wants it any more.
    pub(crate) fn end_picture(&mut self) {
        let Some(picture) = self.picture.take() else { return };
        picture.flushed.into_iter().for_each(|database| self.waste_all(database));
        let gone = picture.large.into_iter().filter_map(|large| large.gone);
        gone.for_each(|gone| self.waste(gone.value));
    }
}
