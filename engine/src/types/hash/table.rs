//! A large hash: a hash table of pairs.
//!
//! Fields with their values are [`Records`]. Deadlines are kept apart, from the first one on: in records by field, and once
//! more in an [`Agenda`]. It is how a database keeps those of its keys.

use alloc::boxed::Box;

use redstart_structures::{Agenda, Blob, Item, Record, Records, allocated};

use super::packed::Row;
use crate::hasher::Hasher;

/// Many fields, or long ones.
#[derive(Debug)]
pub(super) struct Table {
    pairs: Records,
    hasher: Hasher,
    deadlines: Option<Box<Deadlines>>,
}

impl Table {
    pub(super) const fn new(hasher: Hasher) -> Self {
        Self { pairs: Records::new(), hasher, deadlines: None }
    }

    pub(super) const fn len(&self) -> usize {
        self.pairs.len()
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let deadlines = self.deadlines.as_deref().map_or(0, Deadlines::memory_bytes);
        allocated(size_of::<Self>()) + self.pairs.memory_bytes() + deadlines
    }

    pub(super) fn free_some(&mut self) -> bool {
        let timed = self.deadlines.as_mut();
        timed.is_some_and(|deadlines| deadlines.agenda.free_some() || deadlines.fields.free_some())
            || self.pairs.free_some()
    }

    pub(super) fn next_deadline(&self) -> Option<i64> {
        Some(self.deadlines.as_ref()?.agenda.first()?.0)
    }

    /// Whether the time of all fields has come.
    pub(super) fn is_due(&self, now_ms: i64) -> bool {
        self.deadlines.as_ref().is_some_and(|deadlines| {
            deadlines.fields.len() == self.len()
                && deadlines.agenda.last().is_some_and(|(when, _)| when <= now_ms)
        })
    }

    pub(super) const fn is_far(&self) -> bool {
        self.pairs.is_far()
    }

    pub(super) fn warm(&self, hashes: &[u64]) {
        self.pairs.warm(hashes);
    }

    #[inline]
    pub(super) fn get(&self, field: &[u8]) -> Option<Item<'_>> {
        let pair = self.pairs.find(self.hasher.hash(field), field)?;
        Some(Item::Bytes(pair.value))
    }

    pub(super) fn deadline(&self, field: &[u8]) -> Option<i64> {
        let deadlines = self.deadlines.as_ref()?;
        deadlines.fields.find(self.hasher.hash(field), field).map(when)
    }

    /// Gives a field a value and lets its deadline be; tells whether the field is new.
    pub(super) fn put(&mut self, field: &[u8], value: &[u8]) -> bool {
        let (hash, hasher) = (self.hasher.hash(field), self.hasher);
        let rehash = |field: &[u8]| hasher.hash(field);
        match self.pairs.find_mut(hash, field) {
            None => {
                self.pairs.insert(hash, field, [value, b""], rehash);
                return true;
            }
            Some(old) if old.len() == value.len() => old.copy_from_slice(value),
            Some(_) => self.pairs.set(hash, field, [value, b""], rehash),
        }
        false
    }

    /// Adds a field that is not there.
    pub(super) fn push(&mut self, row: Row<'_>) {
        let (field, value) = (super::text(row.field), super::text(row.value));
        self.put(&field, &value);
        if row.deadline_ms.is_some() {
            self.set_deadline(&field, row.deadline_ms);
        }
    }

    pub(super) fn remove(&mut self, field: &[u8]) -> bool {
        let (hash, hasher) = (self.hasher.hash(field), self.hasher);
        if !remove(&mut self.pairs, hash, field, hasher) {
            return false;
        }
        if let Some(deadlines) = &mut self.deadlines {
            deadlines.drop_of(hash, field, hasher);
        }
        true
    }

    /// Says when a field that is there expires, or that it stays.
    pub(super) fn set_deadline(&mut self, field: &[u8], deadline_ms: Option<i64>) {
        let (hash, hasher) = (self.hasher.hash(field), self.hasher);
        if let Some(deadlines) = &mut self.deadlines {
            deadlines.drop_of(hash, field, hasher);
        }
        let Some(when) = deadline_ms else { return };
        let deadlines = self.deadlines.get_or_insert_default();
        deadlines.agenda.insert(when, hash);
        deadlines.fields.insert(hash, field, [&when.to_le_bytes(), b""], |field| hasher.hash(field));
    }

    /// Takes out up to `budget` fields whose time has come, naming each; tells how many it did.
    pub(super) fn expire_due(&mut self, now_ms: i64, budget: usize, mut gone: impl FnMut(&[u8])) -> usize {
        let mut expired = 0;
        while expired < budget
            && let Some(deadlines) = &mut self.deadlines
            && let Some((field, hash)) = deadlines.pop_due(now_ms, self.hasher)
        {
            remove(&mut self.pairs, hash, &field, self.hasher);
            gone(&field);
            expired += 1;
        }
        expired
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.pairs.iter().map(|pair| self.row(pair))
    }

    /// A field picked by a random number.
    pub(super) fn sample(&self, random: u64) -> Option<Row<'_>> {
        self.pairs.sample(random).map(|pair| self.row(pair))
    }

    pub(super) fn scan(&self, cursor: u64, mut visit: impl FnMut(Row<'_>)) -> u64 {
        self.pairs.scan(cursor, |field| self.hasher.hash(field), |pair| visit(self.row(pair)))
    }

    fn row<'a>(&self, pair: Record<'a>) -> Row<'a> {
        let deadline_ms = if self.deadlines.is_some() { self.deadline(pair.key) } else { None };
        Row { field: Item::Bytes(pair.key), value: Item::Bytes(pair.value), deadline_ms }
    }
}

impl Clone for Table {
    fn clone(&self) -> Self {
        let mut copy = Self::new(self.hasher);
        self.rows().for_each(|row| copy.push(row));
        copy
    }
}

/// When fields expire.
#[derive(Debug, Default)]
struct Deadlines {
    fields: Records,
    agenda: Agenda,
}

impl Deadlines {
    fn memory_bytes(&self) -> usize {
        allocated(size_of::<Self>()) + self.fields.memory_bytes() + self.agenda.memory_bytes()
    }

    fn drop_of(&mut self, hash: u64, field: &[u8], hasher: Hasher) {
        let is_it = |timed: Record<'_>| timed.key == field;
        if let Some(when) = self.fields.remove(hash, is_it, |field| hasher.hash(field), when) {
            self.agenda.remove(when, hash);
        }
    }

    /// Takes out the deadline of one field whose time has come; gives the field and its hash.
    fn pop_due(&mut self, now_ms: i64, hasher: Hasher) -> Option<(Blob, u64)> {
        let (time, known) = self.agenda.first().filter(|&(when, _)| when <= now_ms)?;
        let rehash = |field: &[u8]| hasher.hash(field);
        // The table may offer neighbours of another hash, which have listings of their own.
        let is_it = |timed: Record<'_>| when(timed) == time && Agenda::known(rehash(timed.key)) == known;
        let field = self.fields.remove(known, is_it, rehash, |timed| Blob::from(timed.key));
        self.agenda.remove(time, known);
        let hash = rehash(field.as_ref()?);
        Some((field?, hash))
    }
}

/// The time of a field, which is all that belongs to it in the records of deadlines.
fn when(timed: Record<'_>) -> i64 {
    timed.value.try_into().map_or(0, i64::from_le_bytes)
}

fn remove(records: &mut Records, hash: u64, field: &[u8], hasher: Hasher) -> bool {
    records.remove(hash, |pair| pair.key == field, |field| hasher.hash(field), |_| ()).is_some()
}
