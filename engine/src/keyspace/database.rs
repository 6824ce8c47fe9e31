//! One numbered database: its entries, and which of them are to expire when.
//!
//! Entries are boxes in a [`Dict`], found by a keyed hash of the key. Those with a time to live are listed once
//! more in `deadlines`, in the order of their time, as `(when, hash of the key)`: no second copy of the key, and the
//! next one to expire is always the first. An expiry therefore costs a logarithm when it is set, and nothing is ever
//! searched for. A hash whose fields have deadlines is listed in `field_deadlines` in the same way, by the first of them.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use core::hint::black_box;
use core::ops::Bound;

use redstart_structures::{Blob, Dict};

use super::entry::Entry;
use crate::hasher::Hasher;
use crate::random::Random;
use crate::types::{DEADLINE_BYTES, Hash, Kind};

/// With fewer than one in so many, entries that have a time to live are rare.
const RARE: usize = 32;

/// The longest stride through `deadlines`.
const STRIDES: u64 = 64;

/// One numbered database.
#[derive(Debug)]
pub struct Database {
    table: Dict<Box<Entry>>,
    deadlines: BTreeSet<(i64, u64)>,
    field_deadlines: BTreeSet<(i64, u64)>,
    /// Where [`Database::sample_volatile`] stopped in `deadlines`.
    sweep: (i64, u64),
    /// The first of both lists, at hand for every access; the end of time if there is none.
    earliest_ms: i64,
    hasher: Hasher,
    /// The bytes of all entries.
    entry_bytes: usize,
    /// Its number when the running [picture](super::picture) was begun.
    pub(super) home: usize,
}

/// The home of databases that came to be later.
const NOWHERE: usize = usize::MAX;

impl Database {
    /// An empty one.
    pub(super) fn new(hasher: Hasher) -> Self {
        Self {
            table: Dict::new(),
            deadlines: BTreeSet::new(),
            field_deadlines: BTreeSet::new(),
            sweep: (i64::MIN, 0),
            earliest_ms: i64::MAX,
            hasher,
            entry_bytes: 0,
            home: NOWHERE,
        }
    }

    /// How many keys, those included whose time has come but which nobody has touched since.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// How many keys have a time to live.
    #[must_use]
    pub fn volatile_len(&self) -> usize {
        self.deadlines.len()
    }

    /// Whether fields of some hash have deadlines.
    pub(crate) fn has_field_deadlines(&self) -> bool {
        !self.field_deadlines.is_empty()
    }

    /// When the next key or field expires, in Unix milliseconds; the end of time if none does.
    #[must_use]
    pub const fn earliest_ms(&self) -> i64 {
        self.earliest_ms
    }

    /// How many keys are there though their time has come, counted up to `most`.
    #[must_use]
    pub fn due_len(&self, now_ms: i64, most: usize) -> usize {
        self.deadlines.range(..=(now_ms, u64::MAX)).take(most).count()
    }

    /// The mean time to live of keys that have one, in milliseconds, judged by the first few.
    #[must_use]
    pub fn average_ttl_ms(&self, now_ms: i64) -> i64 {
        let sample = self.deadlines.iter().take(64);
        let (sum, count) = sample.fold((0_i128, 0_i128), |(sum, count), &(when, _)| {
            (sum + i128::from(when.saturating_sub(now_ms).max(0)), count + 1)
        });
        sum.checked_div(count).unwrap_or(0) as i64
    }

    /// The bytes of entries and tables; none if there is no key, as what an empty table keeps is not worth counting.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        if self.is_empty() {
            return 0;
        }
        self.entry_bytes + self.table_bytes() + self.deadline_bytes()
    }

    /// The bytes of entries: keys and values.
    #[must_use]
    pub const fn entry_bytes(&self) -> usize {
        self.entry_bytes
    }

    /// The bytes of the table.
    #[must_use]
    pub const fn table_bytes(&self) -> usize {
        self.table.memory_bytes()
    }

    /// The bytes of the lists of deadlines.
    #[must_use]
    pub fn deadline_bytes(&self) -> usize {
        (self.deadlines.len() + self.field_deadlines.len()) * DEADLINE_BYTES
    }

    /// Every entry, in the table's order.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.table.iter().map(|entry| &**entry)
    }

    /// Visits a part of the table; see [`Dict::scan`].
    pub(super) fn scan(&self, cursor: u64, mut visit: impl FnMut(&Entry)) -> u64 {
        self.table.scan(cursor, |entry| self.hasher.hash(&entry.key), |entry| visit(entry))
    }

    /// Visits a part of the table to change what is no part of a value; see [`Dict::scan_mut`].
    pub(super) fn scan_mut(&mut self, cursor: u64, mut visit: impl FnMut(&mut Entry)) -> u64 {
        self.table.scan_mut(cursor, |entry| visit(entry))
    }

    /// Takes some entries out of a database that nobody looks at any more; tells whether none is left.
    pub(super) fn drain_some(&mut self, budget: usize, take: impl FnMut(Box<Entry>)) -> bool {
        self.table.drain_some(budget, take)
    }

    pub(super) fn sample(&self, random: u64) -> Option<&Entry> {
        self.table.sample(random).map(|entry| &**entry)
    }

    /// Visits `count` entries or some more, from a random place on.
    pub(super) fn sample_run(&self, random: u64, count: usize, mut visit: impl FnMut(&Entry)) {
        self.table.sample_run(random, count, |entry| visit(entry));
    }

    /// Visits `count` entries or some more that have a time to live, if there are any.
    ///
    /// Where they are not rare, they are found among the others. Where they are, they are taken from their list: from
    /// where the last visit ended, in short strides of random length, so that sooner or later each one is visited
    /// whenever it expires.
    pub(super) fn sample_volatile(&mut self, random: u64, count: usize, mut visit: impl FnMut(&Entry)) {
        let (mut random, listed) = (Random::new(random), self.deadlines.len());
        let one_in = self.len().checked_div(listed).unwrap_or(0);
        let count = count.min(listed);
        let mut visited = 0;
        if one_in < RARE {
            self.table.sample_run(random.next(), count.saturating_mul(one_in + 1), |entry| {
                if entry.expires_ms != Entry::NEVER {
                    visited += 1;
                    visit(entry);
                }
            });
        }
        for _ in visited..count {
            let stride = random.below(STRIDES.min(listed as u64)) as usize;
            let rest = self.deadlines.range((Bound::Excluded(self.sweep), Bound::Unbounded));
            let Some(&listing) = rest.chain(&self.deadlines).nth(stride) else { return };
            self.sweep = listing;
            if let Some(entry) = self.find_listed(listing) {
                visit(entry);
            }
        }
    }

    /// The entry that expires first.
    pub(super) fn first_to_expire(&self) -> Option<&Entry> {
        self.find_listed(*self.deadlines.first()?)
    }

    fn find_listed(&self, (when_ms, hash): (i64, u64)) -> Option<&Entry> {
        let is_listed = |entry: &Entry| entry.expires_ms == when_ms && self.hasher.hash(&entry.key) == hash;
        self.table.find(hash, |entry| is_listed(entry)).map(|entry| &**entry)
    }

    /// Brings entries near that are going to be needed: their keys, and the beginnings of their values.
    pub(super) fn warm(&self, hashes: &[u64]) {
        self.table.warm(hashes, |entry| {
            black_box(entry.value.first_byte());
        });
    }

    #[inline]
    pub(super) fn hash(&self, key: &[u8]) -> u64 {
        self.hasher.hash(key)
    }

    #[inline]
    pub(super) fn find(&self, hash: u64, key: &[u8]) -> Option<&Entry> {
        self.table.find(hash, |entry| *entry.key == *key).map(|entry| &**entry)
    }

    #[inline]
    pub(super) fn find_mut(&mut self, hash: u64, key: &[u8]) -> Option<&mut Entry> {
        self.table.find_mut(hash, |entry| *entry.key == *key).map(|entry| &mut **entry)
    }

    /// Adds an entry under a key that is not there yet.
    pub(super) fn insert(&mut self, hash: u64, entry: Box<Entry>) {
        self.entry_bytes += entry.memory_bytes();
        self.add_deadline(entry.expires_ms, hash);
        self.relist_fields(hash, None, entry.value.next_deadline());
        let hasher = &self.hasher;
        self.table.insert(hash, entry, |entry| hasher.hash(&entry.key));
    }

    pub(super) fn remove(&mut self, hash: u64, key: &[u8]) -> Option<Box<Entry>> {
        let hasher = &self.hasher;
        let entry = self.table.remove(hash, |entry| *entry.key == *key, |entry| hasher.hash(&entry.key))?;
        self.entry_bytes = self.entry_bytes.saturating_sub(entry.memory_bytes());
        self.drop_deadline(entry.expires_ms, hash);
        self.relist_fields(hash, entry.value.next_deadline(), None);
        Some(entry)
    }

    /// An edit changed an entry's size.
    pub(super) const fn resized(&mut self, before: usize, after: usize) {
        self.entry_bytes = (self.entry_bytes + after).saturating_sub(before);
    }

    /// The fields of an entry begin to expire at another time than before, or not at all.
    #[inline]
    pub(super) fn relist_fields(&mut self, hash: u64, before_ms: Option<i64>, after_ms: Option<i64>) {
        if before_ms == after_ms {
            return;
        }
        if let Some(before) = before_ms {
            self.field_deadlines.remove(&(before, hash));
        }
        self.field_deadlines.extend(after_ms.map(|after| (after, hash)));
        self.find_earliest();
    }

    /// Takes up to `budget` fields out of an entry whose time has come; tells how many it did.
    pub(super) fn expire_fields(
        &mut self,
        hash: u64,
        key: &[u8],
        now_ms: i64,
        budget: usize,
        gone: impl FnMut(&[u8]),
    ) -> usize {
        let Some(entry) = self.find_mut(hash, key) else { return 0 };
        let (bytes, before) = (entry.memory_bytes(), entry.value.next_deadline());
        let Some(fields) = Hash::of_mut(&mut entry.value) else { return 0 };
        let expired = fields.expire_due(now_ms, budget, gone);
        let after = fields.next_deadline();
        let is_empty = fields.is_empty();
        let bytes_left = entry.memory_bytes();
        self.resized(bytes, bytes_left);
        self.relist_fields(hash, before, after);
        if is_empty {
            self.remove(hash, key);
        }
        expired
    }

    /// The key of some entry in which the time of fields has come, and its hash.
    pub(super) fn with_due_fields(&mut self, now_ms: i64) -> Option<(u64, Blob)> {
        let &(when, hash) = self.field_deadlines.first().filter(|&&(when, _)| when <= now_ms)?;
        let is_listed =
            |entry: &Entry| entry.value.next_deadline() == Some(when) && self.hasher.hash(&entry.key) == hash;
        let key = self.table.find(hash, |entry| is_listed(entry)).map(|entry| entry.key.clone());
        if key.is_none() {
            self.relist_fields(hash, Some(when), None);
        }
        Some((hash, key?))
    }

    /// Sets when an entry expires; [`Entry::NEVER`] for not at all. Tells what it was.
    pub(super) fn set_expiry(&mut self, hash: u64, key: &[u8], when_ms: i64) -> Option<i64> {
        let entry = self.find_mut(hash, key)?;
        let before = core::mem::replace(&mut entry.expires_ms, when_ms);
        if before != when_ms {
            self.drop_deadline(before, hash);
            self.add_deadline(when_ms, hash);
        }
        Some(before)
    }

    /// Takes out one entry whose time has come.
    pub(super) fn pop_due(&mut self, now_ms: i64) -> Option<Box<Entry>> {
        if now_ms < self.earliest_ms {
            return None;
        }
        let &(when, hash) = self.deadlines.first().filter(|&&(when, _)| when <= now_ms)?;
        let hasher = &self.hasher;
        // The table may offer neighbours of another hash, which have listings of their own.
        let is_listed = |entry: &Entry| entry.expires_ms == when && hasher.hash(&entry.key) == hash;
        let entry = self.table.remove(hash, |entry| is_listed(entry), |entry| hasher.hash(&entry.key));
        // Two keys of one hash and one deadline share a listing: it stays until the second is gone, too.
        if self.find_listed((when, hash)).is_none() {
            self.drop_deadline(when, hash);
        }
        if let Some(entry) = &entry {
            self.entry_bytes = self.entry_bytes.saturating_sub(entry.memory_bytes());
            self.relist_fields(hash, entry.value.next_deadline(), None);
        }
        entry
    }

    fn add_deadline(&mut self, when_ms: i64, hash: u64) {
        if when_ms != Entry::NEVER {
            self.deadlines.insert((when_ms, hash));
            self.earliest_ms = self.earliest_ms.min(when_ms);
        }
    }

    fn drop_deadline(&mut self, when_ms: i64, hash: u64) {
        if when_ms != Entry::NEVER {
            self.deadlines.remove(&(when_ms, hash));
            if when_ms == self.earliest_ms {
                self.find_earliest();
            }
        }
    }

    fn find_earliest(&mut self) {
        let firsts = self.deadlines.first().into_iter().chain(self.field_deadlines.first());
        self.earliest_ms = firsts.map(|&(when, _)| when).min().unwrap_or(i64::MAX);
    }
}
