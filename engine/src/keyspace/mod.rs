//! Everything that is stored: sixteen numbered databases (or as many as `databases` says), and the one door to them.
//!
//! Handlers reach keys through [`Db`] alone. The door sees to what every access implies: a key whose time has come
//! is gone before anybody sees it, a read counts as a hit or a miss and as a use, an edit is measured and noted in
//! the list of [changes](change).

pub mod change;
mod database;
mod door;
mod entry;
mod evict;
mod hash;
pub mod past;
mod picture;
mod transfer;
mod usage;
mod waste;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem;

use redstart_structures::Blob;

pub use self::change::{Change, Event};
pub use self::database::Database;
pub use self::door::{Db, Edited, Expiry};
pub use self::entry::Entry;
pub use self::hash::KeyHash;
pub(crate) use self::picture::Picture;
pub(crate) use self::transfer::Arrival;
pub use self::usage::{Usage, UsageClock, Uses};

use self::entry::Mark;
use self::evict::Evictor;
use self::past::Past;
use self::waste::Waste;
use crate::config::Hot;
use crate::hasher::Hasher;
use crate::random::Random;
use crate::types::Value;

/// All databases.
#[derive(Debug)]
pub struct Keyspace {
    databases: Vec<Database>,
    hasher: Hasher,
    changes: Vec<Change>,
    /// Whether anybody reads `changes`; if not, only their number is kept.
    pub(crate) observed: bool,
    /// Who does: a bit for each [`Reader`].
    readers: u8,
    /// The time up to which nobody has to be woken for an expiry; see [`Keyspace::set_alarm`].
    alarm_ms: i64,
    /// Whether a key expires before that, or something is to be freed.
    hurries: bool,
    uses: Uses,
    evictor: Evictor,
    /// The picture that is being taken, if one is.
    picture: Option<Box<Picture>>,
    /// What entries were, if somebody wants to know.
    past: Option<Box<Past>>,
    /// How many pictures were begun since one was complete.
    unfinished: u8,
    waste: Waste,
    /// How many changes there were since the last save.
    pub dirty: u64,
    /// Whether keys expire by themselves (DEBUG SET-ACTIVE-EXPIRE).
    pub active_expiry: bool,
    /// Counts for INFO.
    pub stats: KeyspaceStats,
}

/// Who reads the list of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Somebody in the process: the page's key browser, a test.
    Page = 1,
    /// Commands that are parked until a key changes.
    Waiting = 2,
    /// Clients that watch keys.
    Watching = 4,
    /// Listeners of keyspace notifications.
    Listeners = 8,
    /// Clients that are told when what they have read changes.
    Tracking = 16,
    /// The feed of what is propagated.
    Feed = 32,
}

/// What INFO tells about accesses.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyspaceStats {
    /// Reads of keys that were there.
    pub hits: u64,
    /// Reads of keys that were not.
    pub misses: u64,
    /// Keys whose time came.
    pub expired: u64,
    /// Turns that ended before all keys whose time had come were removed.
    pub expiry_capped: u64,
    /// Keys that went to make room.
    pub evicted: u64,
}

impl Keyspace {
    /// So many empty databases, hashed under a secret from `random`.
    pub fn new(databases: usize, random: &mut Random) -> Self {
        let hasher = Hasher::new((random.next(), random.next()));
        Self {
            databases: (0..databases.max(1)).map(|_| Database::new(hasher, Mark::default())).collect(),
            hasher,
            changes: Vec::new(),
            observed: false,
            readers: 0,
            alarm_ms: i64::MIN,
            hurries: false,
            // A stream of its own: handlers draw from the server's while they hold the door.
            uses: Uses::new(Random::new(random.next())),
            evictor: Evictor::new(),
            picture: None,
            past: None,
            unfinished: 0,
            waste: Waste::default(),
            dirty: 0,
            active_expiry: true,
            stats: KeyspaceStats::default(),
        }
    }

    /// The databases in order.
    #[must_use]
    pub fn databases(&self) -> &[Database] {
        &self.databases
    }

    /// The entry of a key whose time has not come, leaving no trace.
    #[must_use]
    pub fn find(&self, db: usize, key: &[u8], now_ms: i64) -> Option<Entry<'_>> {
        let database = self.databases.get(db)?;
        database.find(database.hash(key), key).filter(|entry| !entry.is_due(now_ms))
    }

    /// How uses are noted.
    #[must_use]
    pub const fn uses(&self) -> &Uses {
        &self.uses
    }

    /// The hash of a key, which is the same in every database.
    #[inline]
    #[must_use]
    pub fn hash(&self, key: &[u8]) -> KeyHash {
        KeyHash::new(key, self.hasher.hash(key))
    }

    /// What keys, members and fields are hashed with.
    #[must_use]
    pub const fn hasher(&self) -> Hasher {
        self.hasher
    }

    /// Notes uses, and picks what to evict, as these directives say from now on.
    pub fn obey(&mut self, config: &Hot) {
        self.uses.obey(config);
        self.evictor.obey(config);
    }

    /// Brings entries near that are going to be needed.
    pub fn warm(&self, db: usize, hashes: &[u64]) {
        if let Some(database) = self.databases.get(db) {
            database.warm(hashes);
        }
    }

    /// Brings near what is going to be looked up in the value of a key, if that is too large to be near anyway. `hashes`
    /// is lent for its memory.
    pub fn warm_members<'a>(
        &self,
        db: usize,
        hash: u64,
        key: &[u8],
        members: impl Iterator<Item = &'a [u8]>,
        hashes: &mut Vec<u64>,
    ) {
        let found = self.databases.get(db).and_then(|database| database.find(hash, key));
        if let Some(entry) = found.filter(|entry| entry.value.is_far()) {
            hashes.clear();
            hashes.extend(members.map(|member| self.hasher.hash(member)));
            entry.value.warm(hashes);
        }
    }

    /// Notes a change.
    #[inline]
    fn note(&mut self, db: usize, key: &[u8], event: Event) {
        self.dirty += 1;
        self.mention(db, key, event);
    }

    /// Notes what goes along with a change, or is none that a save would count.
    #[inline]
    fn mention(&mut self, db: usize, key: &[u8], event: Event) {
        if self.observed {
            self.changes.push(Change::new(db, key, event));
        }
    }

    /// Somebody begins or ends to read the list of changes, which is kept as long as anybody does.
    pub fn listen(&mut self, reader: Reader, wanted: bool) {
        if wanted {
            self.readers |= reader as u8;
        } else {
            self.readers &= !(reader as u8);
        }
        self.observed = self.readers != 0;
    }

    /// Whether this reader reads the list of changes.
    #[must_use]
    pub const fn has_reader(&self, reader: Reader) -> bool {
        self.readers & reader as u8 != 0
    }

    /// The changes since they were last taken.
    pub(crate) fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Takes them.
    pub(crate) fn take_changes(&mut self) -> Vec<Change> {
        mem::take(&mut self.changes)
    }

    /// Puts a list that was taken in the place of the one there is, which must be empty.
    pub(crate) fn put_back(&mut self, changes: Vec<Change>) {
        debug_assert!(self.changes.is_empty(), "nothing changed since they were taken");
        self.changes = changes;
    }

    /// Gives the memory of a list that was taken back for the next one.
    pub(crate) fn reuse(&mut self, mut changes: Vec<Change>) {
        changes.clear();
        if self.changes.is_empty() {
            self.changes = changes;
        }
    }

    /// Empties one database, if there is one of that number.
    pub fn flush(&mut self, db: usize) {
        let Some(database) = self.databases.get_mut(db) else { return };
        if let Some(past) = &mut self.past {
            past.see_all(db, database);
        }
        let new = Database::new(self.hasher, database.mark);
        let old = mem::replace(database, new);
        self.dirty += old.len() as u64;
        match &mut self.picture {
            Some(picture) => picture.bury(old),
            None => self.waste_all(old),
        }
        self.mention(db, b"", change::FLUSH);
    }

    /// Takes an entry out for good; tells whether it was there.
    fn discard(&mut self, db: usize, hash: u64, key: &[u8]) -> bool {
        if self.picture.is_some() || self.past.is_some() {
            self.see_past(db, hash, key);
            if self.leave_to_picture(db, hash, key) {
                return true;
            }
            self.take_before_change(db, hash, key);
        }
        let removed = self.databases.get_mut(db).and_then(|database| database.remove(hash, key));
        let is_there = removed.is_some();
        removed.flatten().into_iter().for_each(|value| self.waste(value));
        is_there
    }

    /// Frees a value that is gone, now or later.
    fn waste(&mut self, value: Value) {
        self.waste.add(value);
        self.hurries |= self.has_waste();
    }

    /// Frees all that a database held, now or later.
    fn waste_all(&mut self, database: Database) {
        self.waste.add_all(database);
        self.hurries |= self.has_waste();
    }

    /// Frees a slice of what is gone and large; false if there is no more.
    pub(crate) fn free_some(&mut self) -> bool {
        self.waste.free_some()
    }

    /// Whether something is gone and not yet freed.
    #[must_use]
    pub(crate) fn has_waste(&self) -> bool {
        !self.waste.is_empty()
    }

    /// How many values and keys are gone and not yet freed, and how many were so and no more are.
    #[must_use]
    pub const fn waste_counts(&self) -> (usize, u64) {
        self.waste.counts()
    }

    /// Counts anew how many were freed.
    pub(crate) const fn reset_waste_counts(&mut self) {
        self.waste.reset();
    }

    /// Sees to it that an entry may change: a picture or a past that wants it as it is takes it now.
    #[inline]
    fn free_to_change(&mut self, db: usize, hash: u64, key: &[u8]) {
        if self.picture.is_some() || self.past.is_some() {
            self.take_before_change(db, hash, key);
        }
    }

    #[cold]
    fn take_before_change(&mut self, db: usize, hash: u64, key: &[u8]) {
        self.see_past(db, hash, key);
        let Self { databases, picture, .. } = self;
        let Some(database) = databases.get_mut(db) else { return };
        let home = database.home;
        if let Some(entry) = database.find(hash, key)
            && let Some(picture) = picture
        {
            picture.take_early(home, entry);
            database.mark(hash, key);
        }
    }

    /// A past that is kept sees an entry as it is.
    fn see_past(&mut self, db: usize, hash: u64, key: &[u8]) {
        if let Some(past) = &mut self.past
            && let Some(entry) = self.databases.get(db).and_then(|database| database.find(hash, key))
        {
            past.see(db, entry);
        }
    }

    /// The picture that is being taken.
    pub(crate) fn picture_mut(&mut self) -> Option<&mut Picture> {
        self.picture.as_deref_mut()
    }

    /// The picture that is being taken.
    pub(crate) fn picture(&self) -> Option<&Picture> {
        self.picture.as_deref()
    }

    /// Exchanges two databases that exist. One with itself is a change that nobody hears of.
    pub fn swap(&mut self, one: usize, other: usize) {
        if one == other {
            self.dirty += 1;
        } else if one.max(other) < self.databases.len() {
            for db in [one, other] {
                if let Some((past, database)) = self.past.as_deref_mut().zip(self.databases.get(db)) {
                    past.see_all(db, database);
                }
            }
            self.databases.swap(one, other);
            self.note(one, b"", change::SWAP);
            self.mention(other, b"", change::SWAP);
        }
    }

    /// When the next key or field expires, in Unix milliseconds.
    #[must_use]
    pub fn earliest_ms(&self) -> Option<i64> {
        let earliest = self.databases.iter().map(Database::earliest_ms).min();
        earliest.filter(|&when| when != i64::MAX && self.active_expiry)
    }

    /// The engine's next turn is at this time or when the next key or field expires.
    pub(crate) fn set_alarm(&mut self, turn_ms: i64) {
        self.alarm_ms = self.earliest_ms().map_or(turn_ms, |earliest| earliest.min(turn_ms));
        self.hurries = false;
    }

    /// Takes note of a time at which a key or a field is to expire.
    fn expect(&mut self, when_ms: i64) {
        if when_ms < self.alarm_ms {
            self.alarm_ms = when_ms;
            self.hurries = true;
        }
    }

    /// Whether the engine wants its next turn sooner than it did, since the last time this was asked.
    #[inline]
    pub(crate) const fn take_hurry(&mut self) -> bool {
        mem::replace(&mut self.hurries, false)
    }

    /// Removes up to `budget` keys and fields whose time has come; tells how many it did.
    pub fn expire_due(&mut self, now_ms: i64, budget: usize) -> usize {
        let mut removed = 0;
        for db in 0..self.databases.len() {
            while removed < budget {
                if let Some(key) = self.pop_due(db, now_ms) {
                    self.stats.expired += 1;
                    self.mention(db, &key, change::EXPIRED);
                    removed += 1;
                } else if let Some((hash, key)) =
                    self.databases.get_mut(db).and_then(|it| it.with_due_fields(now_ms))
                    && !self.take_first(db, &key, |_| true)
                {
                    removed += self.expire_fields(db, hash, &key, now_ms, budget - removed);
                } else {
                    break;
                }
            }
        }
        removed
    }

    /// Takes out a key whose time has come; gives its name.
    fn pop_due(&mut self, db: usize, now_ms: i64) -> Option<Blob> {
        let database = self.databases.get_mut(db)?;
        if self.picture.is_some() || self.past.is_some() {
            let entry = database.first_to_expire().filter(|entry| entry.is_key_due(now_ms))?;
            let (hash, key) = (database.hash(entry.key), Blob::from(entry.key));
            return self.discard(db, hash, &key).then_some(key);
        }
        let (key, value) = database.pop_due(now_ms)?;
        value.into_iter().for_each(|value| self.waste(value));
        Some(key)
    }

    /// Removes up to `budget` fields of a key whose time has come, and the key if none is left; tells how many fields it
    /// did.
    fn expire_fields(&mut self, db: usize, hash: u64, key: &[u8], now_ms: i64, budget: usize) -> usize {
        self.free_to_change(db, hash, key);
        let Some(database) = self.databases.get_mut(db) else { return 0 };
        let mut fields = Vec::new();
        let expired =
            database.expire_fields(hash, key, now_ms, budget, |field| fields.push(Blob::from(field)));
        let is_gone = database.find(hash, key).is_none();
        if expired > 0 && self.observed {
            self.changes.push(Change { db, key: Blob::from(key), event: change::HEXPIRED, fields });
        }
        if is_gone {
            self.mention(db, key, change::DEL);
        }
        expired
    }

    /// The bytes of everything stored.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.databases.iter().map(Database::memory_bytes).sum::<usize>() + self.waste.memory_bytes()
    }
}

#[cfg(test)]
mod tests;
