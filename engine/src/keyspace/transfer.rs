//! Keys that get another name or another place, or come from another server.
//!
//! A transfer is one change with two events. It moves the entry as it is: the value is not copied, and its time to live
//! and the date of its last use go along.

use alloc::vec::Vec;

use redstart_structures::Blob;

use super::change;
use super::database::New;
use super::door::Db;
use super::entry::{Detached, Entry};
use super::usage::UsageClock;
use crate::keyspace::Keyspace;
use crate::persistence::rdb::load::Key;
use crate::types::Value;

impl Db<'_> {
    /// Gives a key another name, at which nothing else remains; tells whether it was there.
    pub fn rename(&mut self, from: &[u8], to: &[u8]) -> bool {
        if from == to {
            return self.contains(from);
        }
        let Some(Detached { value, expires_ms, usage }) = self.detach(from) else { return false };
        self.drop_old(to);
        let hash = self.live(to);
        self.attach(hash, to, New::Value(value), expires_ms, usage);
        self.mention(from, change::RENAME_FROM);
        self.note(to, change::RENAME_TO);
        true
    }

    /// Takes a key to another database that exists; tells whether it was here and is not there.
    pub fn move_to(&mut self, index: usize, key: &[u8]) -> bool {
        if self.claim(key).is_none() || self.within(index, |there| there.claim(key).is_some()) {
            return false;
        }
        let Some(Detached { value, expires_ms, usage }) = self.detach(key) else { return false };
        self.within(index, |there| {
            let hash = there.live(key);
            there.attach(hash, key, New::Value(value), expires_ms, usage);
        });
        self.mention(key, change::MOVE_FROM);
        self.within(index, |there| there.note(key, change::MOVE_TO));
        true
    }

    /// Copies a key to another name, another database that exists or both; tells whether it did. What is there already
    /// is only overwritten if asked to.
    pub fn copy_to(&mut self, index: usize, from: &[u8], to: &[u8], replace: bool) -> bool {
        if self.get(from).is_none() {
            return false;
        }
        if self.within(index, |there| there.claim(to).is_some()) && !replace {
            return false;
        }
        let usage = self.uses().first(self.clock());
        let Some(original) = self.peek(from) else { return false };
        let (value, expires_ms) = (original.value.to_value(), original.expires_ms);
        self.within(index, |there| {
            there.drop_old(to);
            let hash = there.live(to);
            there.attach(hash, to, New::Value(value), expires_ms, usage);
            there.note(to, change::COPY_TO);
        });
        true
    }

    /// Puts in a key that comes from elsewhere, in the place of what is there. It is one change, whatever it brings along.
    pub fn restore(&mut self, key: &[u8], value: Value, expires_ms: Option<i64>) {
        self.drop_old(key);
        let hash = self.live(key);
        let expires_ms = expires_ms.unwrap_or(Entry::NEVER);
        let usage = self.uses().first(self.clock());
        self.attach(hash, key, New::Value(value), expires_ms, usage);
        self.note(key, change::RESTORE);
    }

    /// Takes out an entry for good, without a word.
    fn drop_old(&mut self, key: &[u8]) {
        let hash = self.live(key);
        let index = self.index();
        self.keyspace().discard(index, hash, key);
    }

    /// Takes out an entry without a word.
    fn detach(&mut self, key: &[u8]) -> Option<Detached> {
        let hash = self.live(key);
        let index = self.index();
        self.keyspace().free_to_change(index, hash, key);
        self.database_mut()?.detach(hash, key)
    }
}

/// What became of a key that was loaded.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// It is there.
    Loaded,
    /// There was one of that name already.
    Duplicate(Blob),
    /// There is no such database.
    NoDatabase,
}

impl Keyspace {
    /// Makes ready for so many keys of a database that are going to be loaded, or for as many as so many bytes of a file
    /// can tell of.
    pub(crate) fn expect_keys(&mut self, db: usize, keys: u64, bytes: u64) {
        /// A type and two lengths.
        const KEY_BYTES_LEAST: u64 = 3;
        if let Some(database) = self.databases.get_mut(db) {
            database.expect(keys.min(bytes / KEY_BYTES_LEAST) as usize);
        }
    }

    /// Brings near where these keys are going to be put, if they are of one database.
    pub(crate) fn warm_keys(&self, keys: &[Key]) {
        if let Some(Key { db, .. }) = keys.first() {
            let hashes: Vec<u64> = keys.iter().map(|key| self.hasher.hash(&key.name)).collect();
            self.warm(*db, &hashes);
        }
    }

    /// Puts in a key from a file, without a word to anybody; in the place of one that is there only if asked to.
    pub(crate) fn load(&mut self, key: Key, clock: UsageClock, replaces: bool) -> Arrival {
        let (db, hash) = (key.db, self.hasher.hash(&key.name));
        let Some(database) = self.databases.get(db) else { return Arrival::NoDatabase };
        if database.find(hash, &key.name).is_some() {
            if !replaces {
                return Arrival::Duplicate(key.name);
            }
            self.discard(db, hash, &key.name);
        }
        let idle = key.idle_secs.and_then(|secs| self.uses.idle_for(secs, clock));
        let counted = key.frequency.and_then(|frequency| self.uses.used_often(frequency, clock));
        let usage = idle.or(counted).unwrap_or_else(|| self.uses.first(clock));
        let expires_ms = key.expires_ms.unwrap_or(Entry::NEVER);
        if let Some(database) = self.databases.get_mut(db) {
            database.insert(hash, &key.name, New::Value(key.value), expires_ms, usage);
        }
        Arrival::Loaded
    }
}
