//! Changes through the door: of values in place, and of keys.
//!
//! An edit may turn out to change nothing, or several things at once. It says so with what it gives back, an
//! [`Edited`]:
//!
//! | the edit gives              | listeners hear | a save counts |
//! |-----------------------------|----------------|---------------|
//! | [`Edited::nothing`]         | nothing        | nothing       |
//! | [`Edited::changes`] of `n`  | the event      | `n` changes   |
//!
//! `n` may be 0: an LTRIM that finds nothing to cut is told of all the same.

use super::{Db, Expiry};
use crate::error::Error;
use crate::keyspace::Keyspace;
use crate::keyspace::change::{self, Change, Event};
use crate::keyspace::database::{New, Noted};
use crate::keyspace::entry::Entry;
use crate::keyspace::usage::Usage;
use crate::types::{Kind, Value};

/// What an edit comes to: its result, and what is to be noted of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edited<R> {
    result: R,
    /// How many changes a save counts; `None` if listeners hear nothing either.
    changes: Option<u64>,
}

impl<R> Edited<R> {
    /// Nothing is different: nothing is noted.
    pub const fn nothing(result: R) -> Self {
        Self { result, changes: None }
    }

    /// The same changes with another result.
    pub fn map<S>(self, map: impl FnOnce(R) -> S) -> Edited<S> {
        Edited { result: map(self.result), changes: self.changes }
    }

    /// The event is told, and a save counts so many changes.
    pub const fn changes(result: R, count: usize) -> Self {
        Self { result, changes: Some(count as u64) }
    }
}

/// An edit of any value: it refuses those of other kinds, and leaves its result in `result`.
#[inline]
fn of_any_kind<T: Kind, R>(
    edit: impl FnOnce(&mut T) -> Result<Edited<R>, Error>,
    result: &mut Option<Result<R, Error>>,
) -> impl FnMut(&mut Value) -> Noted {
    let mut edit = Some(edit);
    move |value| {
        let (Some(value), Some(edit)) = (T::of_mut(value), edit.take()) else {
            *result = Some(Err(Error::WrongType));
            return Noted::REFUSED;
        };
        match edit(value) {
            Ok(edited) => {
                *result = Some(Ok(edited.result));
                Noted::new(edited.changes, value.is_empty())
            }
            Err(why) => {
                *result = Some(Err(why));
                Noted::REFUSED
            }
        }
    }
}

impl Db<'_> {
    /// Changes the value of a key in place. `None` if there is no such key. The change is noted unless `edit`
    /// refuses, in which case it must have left the value alone.
    #[inline]
    pub fn edit<T: Kind, R>(
        &mut self,
        key: &[u8],
        event: Event,
        edit: impl FnOnce(&mut T) -> Result<R, Error>,
    ) -> Result<Option<R>, Error> {
        self.edit_counted(key, event, |value| edit(value).map(|result| Edited::changes(result, 1)))
    }

    /// Changes the value of a key in place, beginning with `create` if there is no such key.
    pub fn edit_or_create<T: Kind, R>(
        &mut self,
        key: &[u8],
        event: Event,
        create: impl Fn() -> T,
        edit: impl FnOnce(&mut T) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let edit = |value: &mut T| edit(value).map(|result| Edited::changes(result, 1));
        self.edit_counted_or_create(key, event, create, edit)
    }

    /// Changes the value of a key in place, and notes what `edit` says it came to. `None` if there is no such key.
    #[inline]
    pub fn edit_counted<T: Kind, R>(
        &mut self,
        key: &[u8],
        event: Event,
        edit: impl FnOnce(&mut T) -> Result<Edited<R>, Error>,
    ) -> Result<Option<R>, Error> {
        let mut result = None;
        self.change(key, event, None, &mut of_any_kind(edit, &mut result));
        result.transpose()
    }

    /// Changes the value of a key in place, beginning with `create` if there is no such key, and notes what `edit`
    /// says it came to. A collection that is still empty then is not kept.
    #[inline]
    pub fn edit_counted_or_create<T: Kind, R>(
        &mut self,
        key: &[u8],
        event: Event,
        create: impl Fn() -> T,
        edit: impl FnOnce(&mut T) -> Result<Edited<R>, Error>,
    ) -> Result<R, Error> {
        let mut result = None;
        let create = || create().into_value();
        self.change(key, event, Some(&create), &mut of_any_kind(edit, &mut result));
        result.unwrap_or(Err(Error::NoSuchKey))
    }

    /// Changes a value of whatever kind: made once, where what is around it is made for each edit.
    fn change(
        &mut self,
        key: &[u8],
        event: Event,
        create: Option<&dyn Fn() -> Value>,
        edit: &mut dyn FnMut(&mut Value) -> Noted,
    ) {
        let hash = self.live(key);
        self.keyspace.free_to_change(self.index, hash, key);
        let Keyspace { databases, uses, .. } = &mut *self.keyspace;
        let (touches, clock) = (self.touches, self.clock);
        let note = |usage: &mut Usage| {
            if touches {
                uses.note(usage, clock);
            }
        };
        let Some(database) = databases.get_mut(self.index) else { return };
        let Some((noted, deadline)) = database.edit(hash, key, note, &mut *edit) else {
            if let Some(create) = create {
                self.create(hash, key, event, create(), edit);
            }
            return;
        };
        if noted.is_refused() {
            return;
        }
        if let Some(when) = deadline {
            self.keyspace.expect(when);
        }
        if let Some(changes) = noted.changes() {
            self.note_all(key, event, changes);
        }
        if noted.is_empty() {
            self.drop_emptied(hash, key);
        }
    }

    #[inline(never)]
    fn create(
        &mut self,
        hash: u64,
        key: &[u8],
        event: Event,
        mut value: Value,
        edit: &mut dyn FnMut(&mut Value) -> Noted,
    ) {
        let noted = edit(&mut value);
        if noted.is_refused() {
            return;
        }
        if !noted.is_empty() {
            let usage = self.uses().first(self.clock);
            self.attach(hash, key, New::Value(value), Entry::NEVER, usage);
        }
        if let Some(changes) = noted.changes() {
            self.note_all(key, event, changes);
        }
    }

    /// Removes a collection in which nothing is left. The edit that emptied it is the change that a save counts.
    #[cold]
    fn drop_emptied(&mut self, hash: u64, key: &[u8]) {
        self.keyspace.discard(self.index, hash, key);
        self.mention(key, change::DEL);
    }

    /// Sets a key to a string, whatever it was; in its old memory where that fits.
    #[inline]
    pub fn set(&mut self, key: &[u8], bytes: &[u8], expiry: Expiry, event: Event) {
        let hash = self.live(key);
        self.write(hash, key, New::Bytes(bytes), expiry, event);
    }

    /// Puts a value under a key, whatever was there.
    pub fn put(&mut self, key: &[u8], value: Value, expiry: Expiry, event: Event) {
        let hash = self.live(key);
        let deadline = value.next_deadline();
        self.write(hash, key, New::Value(value), expiry, event);
        if let Some(when) = deadline {
            self.keyspace.expect(when);
        }
    }

    #[inline]
    fn write(&mut self, hash: u64, key: &[u8], new: New<'_>, expiry: Expiry, event: Event) {
        self.keyspace.free_to_change(self.index, hash, key);
        let Keyspace { databases, uses, .. } = &mut *self.keyspace;
        let Some(database) = databases.get_mut(self.index) else { return };
        let (touches, clock) = (self.touches, self.clock);
        let replaced = match database.replace(hash, key, new, |usage| uses.renew(usage, clock, touches)) {
            Ok(replaced) => replaced,
            Err(new) => return self.insert(hash, key, new, expiry, event),
        };
        replaced.value.into_iter().for_each(|value| self.keyspace.waste(value));
        self.note(key, event);
        if expiry != Expiry::Never || replaced.expires {
            self.write_expiry(hash, key, expiry);
        }
    }

    /// The same, where a save counts so many changes.
    pub fn put_counted(&mut self, key: &[u8], value: Value, expiry: Expiry, event: Event, changes: usize) {
        self.put(key, value, expiry, event);
        self.keyspace.dirty = (self.keyspace.dirty + changes as u64).saturating_sub(1);
    }

    /// Removes a key; tells whether it was there.
    pub fn remove(&mut self, key: &[u8], event: Event) -> bool {
        let hash = self.live(key);
        self.remove_at(hash, key, event)
    }

    /// Removes a key for a result that is nothing; tells whether it was there. It is removed like any other, even if its
    /// time has come and nobody noticed.
    pub fn discard(&mut self, key: &[u8], event: Event) -> bool {
        let hash = self.hash_of(key);
        self.remove_at(hash, key, event)
    }

    fn remove_at(&mut self, hash: u64, key: &[u8], event: Event) -> bool {
        let was_there = self.keyspace.discard(self.index, hash, key);
        if was_there {
            self.note(key, event);
        }
        was_there
    }

    /// Sets when a key expires, or that it doesn't; tells whether that made a difference to a key that is there. A
    /// time that has passed removes the key.
    pub fn expire(&mut self, key: &[u8], expiry: Expiry) -> bool {
        let hash = self.live(key);
        let Some(before) = self.database().and_then(|database| database.find(hash, key)) else {
            return false;
        };
        match expiry {
            Expiry::At(when) if self.is_due(when) => return self.remove(key, change::DEL),
            Expiry::At(_) => {
                self.write_expiry(hash, key, expiry);
                self.keyspace.dirty += 1;
            }
            Expiry::Never => {
                if before.expires_ms().is_none() {
                    return false;
                }
                self.write_expiry(hash, key, expiry);
                self.note(key, change::PERSIST);
            }
            Expiry::Keep => return false,
        }
        true
    }

    fn insert(&mut self, hash: u64, key: &[u8], new: New<'_>, expiry: Expiry, event: Event) {
        let expires_ms = if let Expiry::At(when) = expiry { when } else { Entry::NEVER };
        let usage = self.uses().first(self.clock);
        self.attach(hash, key, new, expires_ms, usage);
        self.note(key, event);
        if expires_ms != Entry::NEVER {
            self.keyspace.expect(expires_ms);
            self.mention(key, change::EXPIRE);
        }
    }

    /// Adds an entry under a key that is not there.
    pub(in crate::keyspace) fn attach(
        &mut self,
        hash: u64,
        key: &[u8],
        new: New<'_>,
        expires_ms: i64,
        usage: Usage,
    ) {
        let Keyspace { databases, observed, changes, past, .. } = &mut *self.keyspace;
        if let Some(past) = past {
            past.see_none(self.index, key);
        }
        if *observed {
            changes.push(Change::new(self.index, key, change::NEW));
        }
        if let Some(database) = databases.get_mut(self.index) {
            database.insert(hash, key, new, expires_ms, usage);
        }
    }

    fn write_expiry(&mut self, hash: u64, key: &[u8], expiry: Expiry) {
        let when_ms = match expiry {
            Expiry::Keep => return,
            Expiry::Never => Entry::NEVER,
            Expiry::At(when) => when,
        };
        self.keyspace.free_to_change(self.index, hash, key);
        if let Some(database) = self.database_mut() {
            database.set_expiry(hash, key, when_ms);
        }
        if when_ms != Entry::NEVER {
            self.keyspace.expect(when_ms);
            self.mention(key, change::EXPIRE);
        }
    }

    fn note_all(&mut self, key: &[u8], event: Event, changes: u64) {
        self.keyspace.dirty += changes;
        self.mention(key, event);
    }
}
