//! Which entries of a database expire when, and taking out those whose time has come.

use redstart_structures::{Agenda, Blob, Record};

use super::{Database, Noted};
use crate::keyspace::entry::{Entry, Head};
use crate::random::Random;
use crate::types::{Hash, Kind, Value};

/// With fewer than one in so many, entries that have a time to live are rare.
const RARE: usize = 32;

/// The longest stride through `deadlines`.
const STRIDES: u64 = 64;

impl Database {
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
        self.deadlines.iter().take(most).take_while(|&(when, _)| when <= now_ms).count()
    }

    /// The mean time to live of keys that have one, in milliseconds, judged by the first few.
    #[must_use]
    pub fn average_ttl_ms(&self, now_ms: i64) -> i64 {
        let sample = self.deadlines.iter().take(64);
        let (sum, count) = sample.fold((0_i128, 0_i128), |(sum, count), (when, _)| {
            (sum + i128::from(when.saturating_sub(now_ms).max(0)), count + 1)
        });
        sum.checked_div(count).unwrap_or(0) as i64
    }

    /// Visits `count` entries or some more that have a time to live, if there are any.
    ///
    /// Where they are not rare, they are found among the others. Where they are, they are taken from their list: from
    /// where the last visit ended, in short strides of random length, so that sooner or later each one is visited
    /// whenever it expires.
    pub(in crate::keyspace) fn sample_volatile(
        &mut self,
        random: u64,
        count: usize,
        mut visit: impl FnMut(Entry<'_>),
    ) {
        let (mut random, listed) = (Random::new(random), self.deadlines.len());
        let one_in = self.len().checked_div(listed).unwrap_or(0);
        let count = count.min(listed);
        let mut visited = 0;
        if one_in < RARE {
            self.sample_run(random.next(), count.saturating_mul(one_in + 1), |entry| {
                if entry.expires_ms != Entry::NEVER {
                    visited += 1;
                    visit(entry);
                }
            });
        }
        for _ in visited..count {
            let stride = random.below(STRIDES.min(listed as u64)) as usize;
            let rest = self.deadlines.after(self.sweep);
            let Some(listing) = rest.chain(self.deadlines.iter()).nth(stride) else { return };
            self.sweep = listing;
            if let Some(entry) = self.find_listed(listing) {
                visit(entry);
            }
        }
    }

    /// The entry that expires first.
    pub(in crate::keyspace) fn first_to_expire(&self) -> Option<Entry<'_>> {
        self.find_listed(self.deadlines.first()?)
    }

    fn find_listed(&self, listing: (i64, u64)) -> Option<Entry<'_>> {
        self.read(self.records.find_by(listing.1, |record| self.is_listed(record, listing))?)
    }

    /// Whether a record is what a listing is of. The table may offer neighbours of another hash.
    fn is_listed(&self, record: Record<'_>, (when_ms, known): (i64, u64)) -> bool {
        Head::read(record.value).0.expires_ms == when_ms
            && Agenda::known(self.hasher.hash(record.key)) == known
    }

    /// The fields of an entry begin to expire at another time than before, or not at all.
    #[inline]
    pub(super) fn relist_fields(&mut self, hash: u64, before_ms: Option<i64>, after_ms: Option<i64>) {
        if before_ms == after_ms {
            return;
        }
        if let Some(before) = before_ms {
            self.field_deadlines.remove(before, hash);
        }
        if let Some(after) = after_ms {
            self.field_deadlines.insert(after, hash);
        }
        self.find_earliest();
    }

    /// Takes up to `budget` fields out of an entry whose time has come; tells how many it did.
    pub(in crate::keyspace) fn expire_fields(
        &mut self,
        hash: u64,
        key: &[u8],
        now_ms: i64,
        budget: usize,
        gone: impl FnMut(&[u8]),
    ) -> usize {
        let expire = |value: &mut Value| {
            let Some(fields) = Hash::of_mut(value) else { return Noted::REFUSED };
            let expired = fields.expire_due(now_ms, budget, gone);
            Noted::new(Some(expired as u64), fields.is_empty())
        };
        let Some((noted, _)) = self.edit(hash, key, |_| (), expire) else { return 0 };
        if noted.is_empty() {
            self.remove(hash, key);
        }
        noted.changes().unwrap_or(0) as usize
    }

    /// The key of some entry in which the time of fields has come, and its hash.
    pub(in crate::keyspace) fn with_due_fields(&mut self, now_ms: i64) -> Option<(u64, Blob)> {
        let (when, known) = self.field_deadlines.first().filter(|&(when, _)| when <= now_ms)?;
        let is_listed = |record: Record<'_>| {
            let deadline = self.read(record).and_then(|entry| entry.value.next_deadline());
            deadline == Some(when) && Agenda::known(self.hasher.hash(record.key)) == known
        };
        let key = self.records.find_by(known, is_listed).map(|record| Blob::from(record.key));
        if key.is_none() {
            self.relist_fields(known, Some(when), None);
        }
        let key = key?;
        Some((self.hasher.hash(&key), key))
    }

    /// Sets when an entry expires; [`Entry::NEVER`] for not at all. Tells what it was.
    pub(in crate::keyspace) fn set_expiry(&mut self, hash: u64, key: &[u8], when_ms: i64) -> Option<i64> {
        let cell = self.records.cell_of(hash, key)?;
        let (head, payload) = Head::read(self.records.at(cell).value);
        let before = head.expires_ms;
        if before != when_ms {
            let (head, payload_len) = (Head { expires_ms: when_ms, ..head }, payload.len());
            if head.len(payload_len) == (Head { expires_ms: before, ..head }).len(payload_len) {
                self.records.find_after(hash, key, |bytes| head.write(bytes, payload_len));
            } else {
                let payload = Blob::from(payload);
                self.rewrite(cell, hash, key, head, &payload);
            }
            self.drop_deadline(before, hash);
            self.add_deadline(when_ms, hash);
        }
        Some(before)
    }

    /// Takes out one entry whose time has come; gives its key, and the value of its own that it had.
    pub(in crate::keyspace) fn pop_due(&mut self, now_ms: i64) -> Option<(Blob, Option<Value>)> {
        if now_ms < self.earliest_ms {
            return None;
        }
        let (when, known) = self.deadlines.first().filter(|&(when, _)| when <= now_ms)?;
        let hasher = self.hasher;
        let is_listed = |record: Record<'_>| {
            Head::read(record.value).0.expires_ms == when && Agenda::known(hasher.hash(record.key)) == known
        };
        let taken = self.take_record(known, is_listed, |entry| Blob::from(entry.key));
        if taken.is_none() {
            self.drop_deadline(when, known);
        }
        taken.map(|(value, key)| (key, value))
    }

    pub(super) fn add_deadline(&mut self, when_ms: i64, hash: u64) {
        if when_ms != Entry::NEVER {
            self.deadlines.insert(when_ms, hash);
            self.earliest_ms = self.earliest_ms.min(when_ms);
        }
    }

    pub(super) fn drop_deadline(&mut self, when_ms: i64, hash: u64) {
        if when_ms != Entry::NEVER {
            self.deadlines.remove(when_ms, hash);
            if when_ms == self.earliest_ms {
                self.find_earliest();
            }
        }
    }

    pub(super) fn find_earliest(&mut self) {
        let firsts = self.deadlines.first().into_iter().chain(self.field_deadlines.first());
        self.earliest_ms = firsts.map(|(when, _)| when).min().unwrap_or(i64::MAX);
    }
}
