//! Keys that get another name or another place, or come from another server.
//!
//! A transfer is one change with two events. It moves the entry as it is: the value is not copied, and its time to live
//! and the date of its last use go along.

use alloc::boxed::Box;

use redstart_structures::Blob;

use super::change;
use super::door::Db;
use super::entry::Entry;
use crate::types::Value;

impl Db<'_> {
    /// Gives a key another name, at which nothing else remains; tells whether it was there.
    pub fn rename(&mut self, from: &[u8], to: &[u8]) -> bool {
        if from == to {
            return self.contains(from);
        }
        let Some(mut entry) = self.detach(from) else { return false };
        self.detach(to);
        entry.key = Blob::from(to);
        let hash = self.live(to);
        self.attach(hash, entry);
        self.mention(from, change::RENAME_FROM);
        self.note(to, change::RENAME_TO);
        true
    }

    /// Takes a key to another database that exists; tells whether it was here and is not there.
    pub fn move_to(&mut self, index: usize, key: &[u8]) -> bool {
        if self.claim(key).is_none() || self.within(index, |there| there.claim(key).is_some()) {
            return false;
        }
        let Some(entry) = self.detach(key) else { return false };
        self.within(index, |there| {
            let hash = there.live(key);
            there.attach(hash, entry);
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
        let copy = Entry { key: Blob::from(to), usage, ..original.clone() };
        self.within(index, |there| {
            there.detach(to);
            let hash = there.live(to);
            there.attach(hash, Box::new(copy));
            there.note(to, change::COPY_TO);
        });
        true
    }

    /// Puts in a key that comes from elsewhere, in the place of what is there. It is one change, whatever it brings along.
    pub fn restore(&mut self, key: &[u8], value: Value, expires_ms: Option<i64>) {
        self.detach(key);
        let hash = self.live(key);
        let expires_ms = expires_ms.unwrap_or(Entry::NEVER);
        let usage = self.uses().first(self.clock());
        let entry = Entry { key: Blob::from(key), value, expires_ms, usage };
        self.attach(hash, Box::new(entry));
        self.note(key, change::RESTORE);
    }

    /// Takes out an entry without a word.
    fn detach(&mut self, key: &[u8]) -> Option<Box<Entry>> {
        let hash = self.live(key);
        self.database_mut()?.remove(hash, key)
    }
}
