//! Keys that get another name or another place, or come from another server.
//!
//! A transfer is one change with two events. It moves the entry as it is: the value is not copied, and its time to live
//! and the date of its last use go along.

use super::change;
use super::database::New;
use super::door::Db;
use super::entry::{Detached, Entry};
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
        self.discard(hash, key);
    }

    /// Takes out an entry without a word.
    fn detach(&mut self, key: &[u8]) -> Option<Detached> {
        let hash = self.live(key);
        self.database_mut()?.detach(hash, key)
    }
}
