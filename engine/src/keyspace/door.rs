//! The door: the only way from a handler to a key.
//!
//! | to …                       | use                                                  | a read | a use | noted      |
//! |----------------------------|------------------------------------------------------|--------|-------|------------|
//! | look at a value            | [`Db::read`], [`Db::get`]                            | yes    | yes   | a miss     |
//! | look at what it is         | [`Db::inspect`]                                      | yes    |       |            |
//! | look before changing it    | [`Db::claim`]                                        |        | yes   |            |
//! | look without a trace       | [`Db::peek`], [`Db::again`]                          |        |       |            |
//! | change a value             | [`Db::edit`], [`Db::edit_or_create`]                 |        | yes   | yes        |
//! | change what there is of it | [`Db::edit_counted`], [`Db::edit_counted_or_create`] |        | yes   | as it says |
//! | set, remove a key          | [`Db::set`], [`Db::put`], [`Db::remove`]             |        | yes   | yes        |
//! | take in a dumped key       | [`Db::restore`]                                      |        | yes   | yes        |
//! | rename, move, copy a key   | [`Db::rename`], [`Db::move_to`], [`Db::copy_to`]     | a copy | yes   | yes        |
//! | change when it expires     | [`Db::expire`]                                       |        |       | yes        |
//!
//! Through all of them a key whose time has come is not there: the first to ask for it removes it. So it is with the
//! fields of a hash. A collection that an edit leaves empty is not there either: the door drops the key and tells of a
//! `del` after the edit's own event. In a pause, when nothing may change, keys whose time has come are only not seen.

mod edit;

#[cfg(debug_assertions)]
use alloc::vec::Vec;
use core::mem;

#[cfg(debug_assertions)]
use redstart_structures::Blob;

pub use self::edit::Edited;
use super::Keyspace;
use super::change::{self, Change, Event};
use super::database::Database;
use super::entry::Entry;
use super::hash::KeyHash;
use super::usage::{Usage, UsageClock, Uses};
use crate::error::Error;
use crate::hasher::Hasher;
use crate::types::Kind;

/// What becomes of a key's time to live when it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// It stays as it is.
    Keep,
    /// It has none any more.
    Never,
    /// It ends at this Unix time in milliseconds.
    At(i64),
}

/// One database as one command sees it.
#[derive(Debug)]
pub struct Db<'a> {
    keyspace: &'a mut Keyspace,
    index: usize,
    now_ms: i64,
    /// The time up to which deadlines have come.
    due_ms: i64,
    clock: UsageClock,
    /// Whether an access counts as a use for LRU and OBJECT IDLETIME.
    touches: bool,
    /// Whether keys whose time has come stay where they are, unseen: in a pause.
    keeps_due: bool,
    /// A hash that was computed ahead of time.
    expected: Option<KeyHash>,
    /// The keys that were asked for, to be held against the command's declaration.
    #[cfg(debug_assertions)]
    pub(crate) asked: Vec<Blob>,
}

impl<'a> Db<'a> {
    /// The database `index` at a time; `index` must exist.
    pub const fn new(
        keyspace: &'a mut Keyspace,
        index: usize,
        now_ms: i64,
        clock: UsageClock,
        touches: bool,
    ) -> Self {
        Self {
            keyspace,
            index,
            now_ms,
            due_ms: now_ms,
            clock,
            touches,
            keeps_due: false,
            expected: None,
            #[cfg(debug_assertions)]
            asked: Vec::new(),
        }
    }

    /// Knows the hash of a key that is likely to be asked for.
    #[must_use]
    pub fn expecting(self, hash: Option<KeyHash>) -> Self {
        Self { expected: hash, ..self }
    }

    /// Removes no key because its time has come, if that is so. Nobody sees it all the same.
    #[must_use]
    pub fn keeping_due(self, keeps_due: bool) -> Self {
        Self { keeps_due, ..self }
    }

    /// Whether keys whose time has come stay where they are.
    #[must_use]
    pub const fn keeps_due(&self) -> bool {
        self.keeps_due
    }

    /// What is done repeats what was done before, or elsewhere, where it was seen to that things go in time: here none
    /// does.
    #[must_use]
    pub fn repeating(self) -> Self {
        Self { due_ms: i64::MIN, ..self }
    }

    /// Whether a deadline has passed.
    #[must_use]
    pub const fn is_due(&self, when_ms: i64) -> bool {
        when_ms <= self.due_ms
    }

    /// Its number.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// Looks at another database from now on, if there is one of that number.
    pub fn select(&mut self, index: usize) -> Result<(), Error> {
        if index >= self.keyspace.databases.len() {
            return Err(Error::DbIndex);
        }
        self.index = index;
        Ok(())
    }

    /// How many databases there are.
    #[must_use]
    pub const fn databases(&self) -> usize {
        self.keyspace.databases.len()
    }

    /// Does something in another database that exists.
    pub(super) fn within<R>(&mut self, index: usize, act: impl FnOnce(&mut Self) -> R) -> R {
        let home = mem::replace(&mut self.index, index);
        let result = act(self);
        self.index = home;
        result
    }

    /// All databases: for commands that are about more than keys.
    pub const fn keyspace(&mut self) -> &mut Keyspace {
        self.keyspace
    }

    /// The time at which the command runs, in Unix milliseconds.
    #[must_use]
    pub const fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// The clock that uses are dated by.
    #[must_use]
    pub const fn clock(&self) -> UsageClock {
        self.clock
    }

    /// How uses are noted.
    #[must_use]
    pub const fn uses(&self) -> &Uses {
        &self.keyspace.uses
    }

    /// What members and fields are hashed with.
    #[must_use]
    pub const fn hasher(&self) -> Hasher {
        self.keyspace.hasher()
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keyspace.databases.get(self.index).map_or(0, Database::len)
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry of a key, as a read.
    #[inline]
    pub fn get(&mut self, key: &[u8]) -> Option<Entry<'_>> {
        self.look(key, self.touches, true)
    }

    /// The entry of a key, as a read that is about the entry and not about the value: no use, and nobody is told of
    /// a miss.
    pub fn inspect(&mut self, key: &[u8]) -> Option<Entry<'_>> {
        self.look(key, false, false)
    }

    #[inline]
    fn look(&mut self, key: &[u8], touches: bool, tells: bool) -> Option<Entry<'_>> {
        let (clock, now_ms, keeps_due) = (self.clock, self.now_ms, self.keeps_due);
        let hash = self.live(key);
        let Keyspace { databases, stats, observed, changes, uses, .. } = &mut *self.keyspace;
        let note = |usage: &mut Usage| {
            if touches {
                uses.note(usage, clock);
            }
        };
        let database = databases.get_mut(self.index)?;
        let is_unseen = keeps_due && database.find(hash, key).is_some_and(|entry| entry.is_due(now_ms));
        let found = if is_unseen { None } else { database.find_used(hash, key, note) };
        let Some(entry) = found else {
            stats.misses += 1;
            if *observed && tells {
                changes.push(Change::new(self.index, key, change::KEY_MISS));
            }
            return None;
        };
        stats.hits += 1;
        Some(entry)
    }

    /// The entry of a key, for a command that is about to change it or whether it is there.
    pub fn claim(&mut self, key: &[u8]) -> Option<Entry<'_>> {
        let hash = self.live(key);
        if self.keeps_due && self.again(key).is_none() {
            return None;
        }
        let Keyspace { databases, uses, .. } = &mut *self.keyspace;
        let (touches, clock) = (self.touches, self.clock);
        databases.get_mut(self.index)?.find_used(hash, key, |usage| {
            if touches {
                uses.note(usage, clock);
            }
        })
    }

    /// The entry of a key, leaving no trace.
    pub fn peek(&mut self, key: &[u8]) -> Option<Entry<'_>> {
        let hash = self.live(key);
        let entry = self.database()?.find(hash, key);
        entry.filter(|entry| !(self.keeps_due && entry.is_due(self.now_ms)))
    }

    /// The entry of a key that this command has looked at before, once more and without a trace: shared, so that
    /// several can be held at a time.
    #[must_use]
    pub fn again(&self, key: &[u8]) -> Option<Entry<'_>> {
        self.keyspace.find(self.index, key, self.due_ms)
    }

    /// Whether a key exists, leaving no trace.
    pub fn contains(&mut self, key: &[u8]) -> bool {
        self.peek(key).is_some()
    }

    /// The value of a key, as a read, if it is of the type asked for.
    #[inline]
    pub fn read<T: Kind>(&mut self, key: &[u8]) -> Result<Option<T::Ref<'_>>, Error> {
        match self.get(key) {
            None => Ok(None),
            Some(entry) => T::of(entry.value).map(Some).ok_or(Error::WrongType),
        }
    }

    /// Marks a key as used now, as a read, whoever asks; tells whether it is there.
    pub fn touch(&mut self, key: &[u8]) -> bool {
        self.look(key, true, true).is_some()
    }

    /// Says that a key has not been used for so many seconds: for values that come from elsewhere. It is ignored where
    /// uses are counted and not dated.
    pub fn set_idle_secs(&mut self, key: &[u8], secs: u64) {
        let usage = self.uses().idle_for(secs, self.clock);
        self.set_usage(key, usage);
    }

    /// Says how often a key is used, as OBJECT FREQ tells it: for values that come from elsewhere. It is ignored where
    /// uses are dated and not counted.
    pub fn set_frequency(&mut self, key: &[u8], frequency: u8) {
        let usage = self.uses().used_often(frequency, self.clock);
        self.set_usage(key, usage);
    }

    fn set_usage(&mut self, key: &[u8], usage: Option<Usage>) {
        let hash = self.live(key);
        if let Some((database, usage)) = self.database_mut().zip(usage) {
            database.find_used(hash, key, |old| *old = usage);
        }
    }

    /// Visits a part of the keys; gives the cursor of the next part, 0 at the end. Keys that are there from the
    /// first part to the last are visited at least once. Those whose time has come are among them.
    pub fn scan(&self, cursor: u64, visit: impl FnMut(Entry<'_>)) -> u64 {
        self.keyspace.databases.get(self.index).map_or(0, |database| database.scan(cursor, visit))
    }

    /// Some entry, any with nearly the same chance; its time may have come.
    #[must_use]
    pub fn sample(&self, random: u64) -> Option<Entry<'_>> {
        self.keyspace.databases.get(self.index)?.sample(random)
    }

    /// Every entry whose time has not come.
    pub fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        let due_ms = self.due_ms;
        self.keyspace
            .databases
            .get(self.index)
            .into_iter()
            .flat_map(Database::iter)
            .filter(move |entry| !entry.is_due(due_ms))
    }

    /// The hash of a key, after removing the key if its time has come, or those of its fields whose time has.
    #[inline]
    pub(super) fn live(&mut self, key: &[u8]) -> u64 {
        let hash = self.hash_of(key);
        let Some(database) = self.database() else { return hash };
        if self.due_ms >= database.earliest_ms() {
            self.expire_if_due(hash, key);
        }
        hash
    }

    #[inline]
    fn hash_of(&mut self, key: &[u8]) -> u64 {
        #[cfg(debug_assertions)]
        self.asked.push(Blob::from(key));
        let known = self.expected.and_then(|expected| expected.of(key));
        known.or_else(|| self.database().map(|database| database.hash(key))).unwrap_or(0)
    }

    #[cold]
    fn expire_if_due(&mut self, hash: u64, key: &[u8]) {
        let now_ms = self.due_ms;
        if self.keeps_due && self.again(key).is_none() {
            return;
        }
        let Some(entry) = self.database().and_then(|database| database.find(hash, key)) else { return };
        if entry.is_key_due(now_ms) {
            self.keyspace.discard(self.index, hash, key);
            self.keyspace.stats.expired += 1;
            self.mention(key, change::EXPIRED);
        } else if entry.value.next_deadline().is_some_and(|when| when <= now_ms) {
            self.keyspace.expire_fields(self.index, hash, key, now_ms, usize::MAX);
        }
    }

    pub(super) fn note(&mut self, key: &[u8], event: Event) {
        self.keyspace.note(self.index, key, event);
    }

    pub(super) fn mention(&mut self, key: &[u8], event: Event) {
        self.keyspace.mention(self.index, key, event);
    }

    fn database(&self) -> Option<&Database> {
        self.keyspace.databases.get(self.index)
    }

    pub(super) fn database_mut(&mut self) -> Option<&mut Database> {
        self.keyspace.databases.get_mut(self.index)
    }
}
