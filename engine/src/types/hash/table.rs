//! A large hash: a hash table of pairs.
//!
//! Fields and values are [`Blob`]s that lie in the buckets themselves, up to 22 bytes each. Deadlines are kept apart,
//! from the first one on: in a table by field, and once more in the order of their time, as `(when, hash of the field)`.
//! It is how a database keeps those of its keys.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;

use redstart_structures::{Blob, Dict, Item, allocated};

use super::packed::Row;
use crate::hasher::Hasher;
use crate::types::DEADLINE_BYTES;

/// Many fields, or long ones.
#[derive(Debug)]
pub(super) struct Table {
    pairs: Pairs,
    hasher: Hasher,
    deadlines: Option<Box<Deadlines>>,
}

impl Table {
    pub(super) const fn new(hasher: Hasher) -> Self {
        Self { pairs: Pairs::new(), hasher, deadlines: None }
    }

    pub(super) const fn len(&self) -> usize {
        self.pairs.dict.len()
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let deadlines = self.deadlines.as_deref().map_or(0, Deadlines::memory_bytes);
        allocated(size_of::<Self>()) + self.pairs.memory_bytes() + deadlines
    }

    pub(super) fn next_deadline(&self) -> Option<i64> {
        Some(self.deadlines.as_ref()?.queue.first()?.0)
    }

    /// Whether the time of all fields has come.
    pub(super) fn is_due(&self, now_ms: i64) -> bool {
        self.deadlines.as_ref().is_some_and(|deadlines| {
            deadlines.fields.dict.len() == self.len()
                && deadlines.queue.last().is_some_and(|&(when, _)| when <= now_ms)
        })
    }

    #[inline]
    pub(super) fn get(&self, field: &[u8]) -> Option<Item<'_>> {
        let pair = self.pairs.find(self.hasher.hash(field), field)?;
        Some(Item::Bytes(&pair.value))
    }

    pub(super) fn deadline(&self, field: &[u8]) -> Option<i64> {
        let deadlines = self.deadlines.as_ref()?;
        deadlines.fields.find(self.hasher.hash(field), field).map(|timed| timed.value)
    }

    /// Gives a field a value and lets its deadline be; tells whether the field is new.
    pub(super) fn put(&mut self, field: &[u8], value: &[u8]) -> bool {
        let hash = self.hasher.hash(field);
        let Pairs { dict, text_bytes } = &mut self.pairs;
        if let Some(pair) = dict.find_mut(hash, |pair| *pair.field == *field) {
            *text_bytes -= pair.value.heap_bytes();
            pair.value.assign(value);
            *text_bytes += pair.value.heap_bytes();
            return false;
        }
        self.pairs.add(hash, Pair { field: Blob::from(field), value: Blob::from(value) }, self.hasher);
        true
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
        if self.pairs.remove(hash, hasher, |pair| *pair.field == *field).is_none() {
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
        deadlines.queue.insert((when, hash));
        deadlines.fields.add(hash, Pair { field: Blob::from(field), value: when }, hasher);
    }

    /// Takes out up to `budget` fields whose time has come, naming each; tells how many it did.
    pub(super) fn expire_due(&mut self, now_ms: i64, budget: usize, mut gone: impl FnMut(&[u8])) -> usize {
        let mut expired = 0;
        while expired < budget
            && let Some(deadlines) = &mut self.deadlines
            && let Some((field, hash)) = deadlines.pop_due(now_ms, self.hasher)
        {
            self.pairs.remove(hash, self.hasher, |pair| *pair.field == *field);
            gone(&field);
            expired += 1;
        }
        expired
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.pairs.dict.iter().map(|pair| self.row(pair))
    }

    /// A field picked by a random number.
    pub(super) fn sample(&self, random: u64) -> Option<Row<'_>> {
        self.pairs.dict.sample(random).map(|pair| self.row(pair))
    }

    pub(super) fn scan(&self, cursor: u64, mut visit: impl FnMut(Row<'_>)) -> u64 {
        let hash = |pair: &Pair<Blob>| self.hasher.hash(&pair.field);
        self.pairs.dict.scan(cursor, hash, |pair| visit(self.row(pair)))
    }

    fn row<'a>(&'a self, pair: &'a Pair<Blob>) -> Row<'a> {
        let deadline_ms = if self.deadlines.is_some() { self.deadline(&pair.field) } else { None };
        Row { field: Item::Bytes(&pair.field), value: Item::Bytes(&pair.value), deadline_ms }
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
    fields: Pairs<i64>,
    queue: BTreeSet<(i64, u64)>,
}

impl Deadlines {
    fn memory_bytes(&self) -> usize {
        allocated(size_of::<Self>()) + self.fields.memory_bytes() + self.queue.len() * DEADLINE_BYTES
    }

    fn drop_of(&mut self, hash: u64, field: &[u8], hasher: Hasher) {
        if let Some(timed) = self.fields.remove(hash, hasher, |timed| *timed.field == *field) {
            self.unlist(timed.value, hash, hasher);
        }
    }

    /// Takes out the deadline of one field whose time has come; gives the field and its hash.
    fn pop_due(&mut self, now_ms: i64, hasher: Hasher) -> Option<(Blob, u64)> {
        let &(when, hash) = self.queue.first().filter(|&&(when, _)| when <= now_ms)?;
        let timed = self.fields.remove(hash, hasher, |timed| is_listed(timed, when, hash, hasher));
        self.unlist(when, hash, hasher);
        Some((timed?.field, hash))
    }

    /// Two fields of one hash and one deadline share a listing: it stays until the second is gone, too.
    fn unlist(&mut self, when: i64, hash: u64, hasher: Hasher) {
        if self.fields.dict.find(hash, |timed| is_listed(timed, when, hash, hasher)).is_none() {
            self.queue.remove(&(when, hash));
        }
    }
}

/// The table may offer neighbours of another hash, which have listings of their own.
fn is_listed(timed: &Pair<i64>, when: i64, hash: u64, hasher: Hasher) -> bool {
    timed.value == when && hasher.hash(&timed.field) == hash
}

/// Something about each field.
#[derive(Debug)]
struct Pair<V> {
    field: Blob,
    value: V,
}

#[derive(Debug)]
struct Pairs<V = Blob> {
    dict: Dict<Pair<V>>,
    /// The bytes that fields and values have allocated for themselves.
    text_bytes: usize,
}

/// What a pair's second half has allocated.
trait Held {
    fn heap_bytes(&self) -> usize;
}

impl Held for Blob {
    fn heap_bytes(&self) -> usize {
        Self::heap_bytes(self)
    }
}

impl Held for i64 {
    fn heap_bytes(&self) -> usize {
        0
    }
}

impl<V: Held> Pairs<V> {
    const fn new() -> Self {
        Self { dict: Dict::new(), text_bytes: 0 }
    }

    const fn memory_bytes(&self) -> usize {
        self.dict.memory_bytes() + self.text_bytes
    }

    #[inline]
    fn find(&self, hash: u64, field: &[u8]) -> Option<&Pair<V>> {
        self.dict.find(hash, |pair| *pair.field == *field)
    }

    /// Adds a pair whose field is not there.
    fn add(&mut self, hash: u64, pair: Pair<V>, hasher: Hasher) {
        self.text_bytes += pair.field.heap_bytes() + pair.value.heap_bytes();
        self.dict.insert(hash, pair, |pair| hasher.hash(&pair.field));
    }

    fn remove(&mut self, hash: u64, hasher: Hasher, is_it: impl FnMut(&Pair<V>) -> bool) -> Option<Pair<V>> {
        let pair = self.dict.remove(hash, is_it, |pair| hasher.hash(&pair.field))?;
        self.text_bytes -= pair.field.heap_bytes() + pair.value.heap_bytes();
        Some(pair)
    }
}

impl<V: Held> Default for Pairs<V> {
    fn default() -> Self {
        Self::new()
    }
}
