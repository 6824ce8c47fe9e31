//! One numbered database: its entries, and which of them are to expire when.
//!
//! Entries are [`Records`], found by a keyed hash of the key; see [`Entry`] for what is in one. What does not fit there
//! is in a row of values, and the record says where. Those with a time to live are listed once more in `deadlines`, an
//! [`Agenda`] of key's hashes: no second copy of the key, and the next one to expire is always the first. An expiry
//! therefore costs a logarithm when it is set, and nothing is ever searched for. A hash whose fields
//! have deadlines is listed in `field_deadlines` in the same way, by the first of them.

mod deadlines;

use alloc::vec::Vec;

use redstart_structures::{Agenda, Cell, Record, Records, Row};

use super::entry::{self, Detached, Entry, Form, Head, Kept, Mark};
use super::usage::Usage;
use crate::hasher::Hasher;
use crate::types::{Pairs, Str, StrView, Value};

/// Values that are freed in one go …
const FREED_AT_ONCE: usize = 256;

/// … as long as values are not more than this.
const BYTES_FREED_AT_ONCE: usize = 64 * 1024;

/// One numbered database.
#[derive(Debug)]
pub struct Database {
    records: Records,
    /// What is not in records.
    values: Row<Kept>,
    deadlines: Agenda,
    field_deadlines: Agenda,
    /// Where [`Database::sample_volatile`] stopped in `deadlines`.
    sweep: (i64, u64),
    /// The first of both lists, at hand for every access; the end of time if there is none.
    earliest_ms: i64,
    hasher: Hasher,
    /// The bytes that values have allocated, but for the one in `open`.
    value_bytes: usize,
    /// The place of the value that was edited last: it is measured when somebody asks, or another one is edited, and not
    /// before and after each of the many edits that one large value gets in a row.
    open: u32,
    /// What entries that are added are marked with: the running [picture](super::picture), or the last one that was begun.
    pub(super) mark: Mark,
    /// Its number when that picture was begun.
    pub(super) home: usize,
}

/// The place of no value.
const NO_PLACE: u32 = u32::MAX;

/// The home of databases that came to be later.
const NOWHERE: usize = usize::MAX;

/// What an edit of any kind came to: small enough to be handed back in registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noted {
    changes: u64,
    flags: u8,
}

impl Noted {
    /// It left the value alone.
    pub(super) const REFUSED: Self = Self { changes: 0, flags: Self::IS_REFUSED };

    const IS_REFUSED: u8 = 1;
    const IS_TOLD: u8 = 2;
    const IS_EMPTY: u8 = 4;

    /// So many changes, or nothing to tell of; and whether nothing is left of the value.
    #[inline]
    pub(super) fn new(changes: Option<u64>, is_empty: bool) -> Self {
        let told = if changes.is_some() { Self::IS_TOLD } else { 0 };
        Self { changes: changes.unwrap_or(0), flags: told | if is_empty { Self::IS_EMPTY } else { 0 } }
    }

    pub(super) const fn is_refused(self) -> bool {
        self.flags & Self::IS_REFUSED != 0
    }

    pub(super) const fn is_empty(self) -> bool {
        self.flags & Self::IS_EMPTY != 0
    }

    pub(super) fn changes(self) -> Option<u64> {
        (self.flags & Self::IS_TOLD != 0).then_some(self.changes)
    }
}

/// What a string or another value is replaced with.
pub(super) enum New<'a> {
    /// A string of these bytes.
    Bytes(&'a [u8]),
    /// A value.
    Value(Value),
}

/// What another value took the place of.
pub(super) struct Replaced {
    /// A value of its own that the entry had.
    pub(super) value: Option<Value>,
    /// Whether the entry expires.
    pub(super) expires: bool,
}

impl Database {
    /// An empty one.
    pub(super) fn new(hasher: Hasher, mark: Mark) -> Self {
        Self {
            records: Records::new(),
            values: Row::new(),
            deadlines: Agenda::new(),
            field_deadlines: Agenda::new(),
            sweep: (i64::MIN, 0),
            earliest_ms: i64::MAX,
            hasher,
            value_bytes: 0,
            open: NO_PLACE,
            mark,
            home: NOWHERE,
        }
    }

    /// How many keys, those included whose time has come but which nobody has touched since.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The bytes of entries and tables; none if there is no key, as what an empty table keeps is not worth counting.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        if self.is_empty() && self.records.record_bytes() == 0 {
            return 0;
        }
        self.entry_bytes() + self.table_bytes() + self.deadline_bytes()
    }

    /// The bytes of entries: keys and values.
    #[must_use]
    pub fn entry_bytes(&self) -> usize {
        self.records.record_bytes()
            + self.values.len() * size_of::<Kept>()
            + self.value_bytes
            + self.open_bytes()
    }

    /// The bytes that the open value has allocated.
    fn open_bytes(&self) -> usize {
        self.values.get(self.open as usize).map_or(0, |kept| kept.value.heap_bytes())
    }

    /// Measures the open value, and opens the one at a place.
    fn open(&mut self, place: u32) {
        self.value_bytes += self.open_bytes();
        self.open = place;
        self.value_bytes -= self.open_bytes();
    }

    /// The bytes of the table that finds entries, and of the room that is left for more.
    #[must_use]
    pub const fn table_bytes(&self) -> usize {
        self.records.table_bytes() + self.values.memory_bytes() - self.values.len() * size_of::<Kept>()
    }

    /// The bytes of the lists of deadlines.
    #[must_use]
    pub fn deadline_bytes(&self) -> usize {
        self.deadlines.memory_bytes() + self.field_deadlines.memory_bytes()
    }

    /// Frees some of what it holds; false once nothing is left. It is good for nothing else from then on.
    pub(super) fn free_some(&mut self) -> bool {
        self.open(NO_PLACE);
        let bytes_left = self.value_bytes.saturating_sub(BYTES_FREED_AT_ONCE);
        for _ in 0..FREED_AT_ONCE {
            let Some(mut kept) = self.values.pop() else { break };
            let before = kept.value.heap_bytes();
            let is_left = kept.value.free_some();
            let after = if is_left { kept.value.heap_bytes() } else { 0 };
            self.value_bytes = (self.value_bytes + after).saturating_sub(before);
            if is_left {
                self.values.push(kept);
                return true;
            }
            if self.value_bytes < bytes_left {
                return true;
            }
        }
        if !self.values.is_empty() {
            return true;
        }
        self.deadlines.free_some() || self.field_deadlines.free_some() || self.records.free_some()
    }

    /// Every entry, in the table's order.
    pub fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        self.records.iter().filter_map(|record| self.read(record))
    }

    /// Visits a part of the table; see [`Records::scan`].
    pub(super) fn scan(&self, cursor: u64, mut visit: impl FnMut(Entry<'_>)) -> u64 {
        let hasher = |key: &[u8]| self.hasher.hash(key);
        self.records.scan(cursor, hasher, |record| self.read(record).into_iter().for_each(&mut visit))
    }

    /// Visits a part of the table, and gives what it has visited the mark of the database; see [`Records::scan_mut`].
    pub(super) fn scan_and_mark(&mut self, cursor: u64, mut visit: impl FnMut(Entry<'_>)) -> u64 {
        let Self { records, values, mark, .. } = self;
        let visit = |record: Record<'_>| {
            let entry = Entry::read(record, |place| values.get(place as usize).map(|kept| &kept.value));
            entry.into_iter().for_each(&mut visit);
        };
        records.scan_mut(cursor, visit, |bytes| Head::set_mark(bytes, *mark))
    }

    /// Gives an entry the mark of the database.
    pub(super) fn mark(&mut self, hash: u64, key: &[u8]) {
        let Self { records, mark, .. } = self;
        records.find_after(hash, key, |bytes| Head::set_mark(bytes, *mark));
    }

    pub(super) fn sample(&self, random: u64) -> Option<Entry<'_>> {
        self.read(self.records.sample(random)?)
    }

    /// Visits `count` entries or some more, from a random place on.
    pub(super) fn sample_run(&self, random: u64, count: usize, mut visit: impl FnMut(Entry<'_>)) {
        self.records.sample_run(random, count, |record| self.read(record).into_iter().for_each(&mut visit));
    }

    #[inline]
    fn read<'a>(&'a self, record: Record<'a>) -> Option<Entry<'a>> {
        Entry::read(record, |place| self.values.get(place as usize).map(|kept| &kept.value))
    }

    /// Makes ready for so many keys.
    pub(super) fn expect(&mut self, keys: usize) {
        self.records.expect(keys);
    }

    /// Brings entries near that are going to be needed.
    pub(super) fn warm(&self, hashes: &[u64]) {
        self.records.warm(hashes);
    }

    #[inline]
    pub(super) fn hash(&self, key: &[u8]) -> u64 {
        self.hasher.hash(key)
    }

    #[inline]
    pub(super) fn find(&self, hash: u64, key: &[u8]) -> Option<Entry<'_>> {
        self.read(self.records.find(hash, key)?)
    }

    /// The same, as a use of it.
    #[inline]
    pub(super) fn find_used(
        &mut self,
        hash: u64,
        key: &[u8],
        update: impl FnOnce(&mut Usage),
    ) -> Option<Entry<'_>> {
        let Self { records, values, .. } = self;
        let record = records.find_after(hash, key, |value| Head::update_usage(value, update))?;
        Entry::read(record, |place| values.get(place as usize).map(|kept| &kept.value))
    }

    /// Adds an entry under a key that is not there yet.
    pub(super) fn insert(&mut self, hash: u64, key: &[u8], new: New<'_>, expires_ms: i64, usage: Usage) {
        let hasher = self.hasher;
        self.add_deadline(expires_ms, hash);
        // A long string that comes as a value, from another name or another server, is not yet edited here.
        let (new, text) = match new {
            New::Value(Value::Str(Str::Raw(bytes))) if Str::is_long(&bytes) => (None, bytes),
            new => (Some(new), Vec::new()),
        };
        self.settle(hash, new.unwrap_or(New::Bytes(&text)), |database, form, payload| {
            let mark = database.mark;
            let (head, len) = Head { form, usage, expires_ms, mark }.to_bytes(payload.len());
            let value = [head.get(..len).unwrap_or_default(), payload];
            database.records.insert(hash, key, value, |key| hasher.hash(key));
        });
    }

    /// Gives an entry another value; nothing else of it changes but what `renew` does to its usage. Gives what was
    /// replaced, or the new value back if there is no such entry.
    pub(super) fn replace<'a>(
        &mut self,
        hash: u64,
        key: &[u8],
        new: New<'a>,
        renew: impl FnOnce(&mut Usage),
    ) -> Result<Replaced, New<'a>> {
        match self.records.cell_of(hash, key) {
            Some(cell) => Ok(self.replace_at(cell, hash, key, new, renew)),
            None => Err(new),
        }
    }

    /// The same, where its record is known to lie.
    #[inline]
    fn replace_at(
        &mut self,
        cell: Cell,
        hash: u64,
        key: &[u8],
        new: New<'_>,
        renew: impl FnOnce(&mut Usage),
    ) -> Replaced {
        let (mut head, payload) = Head::read(self.records.at(cell).value);
        let own = (head.form == Form::Own).then(|| entry::place(payload));
        renew(&mut head.usage);
        let value = own.and_then(|place| self.take_value(place));
        // Until the record is written, others stay in their cells: at most the place of a value changes in one.
        self.settle(hash, new, |database, form, payload| {
            database.rewrite(cell, hash, key, Head { form, ..head }, payload);
        });
        Replaced { value, expires: head.expires_ms != Entry::NEVER }
    }

    /// Keeps a value, and has written of it what belongs into its record.
    #[inline]
    fn settle(&mut self, hash: u64, new: New<'_>, mut write: impl FnMut(&mut Self, Form, &[u8])) {
        let number;
        let (form, payload) = match new {
            New::Bytes(bytes) => match Str::sight(bytes) {
                StrView::Int(value) => {
                    number = value.to_le_bytes();
                    (Form::Int, &number[..])
                }
                StrView::Short(_) => (Form::Short, bytes),
                _ => (Form::Raw, bytes),
            },
            New::Value(Value::Str(Str::Int(value))) => {
                number = value.to_le_bytes();
                (Form::Int, &number[..])
            }
            New::Value(value) => return self.settle_value(hash, value, &mut write),
        };
        write(self, form, payload);
    }

    /// The same of what is no number.
    fn settle_value(&mut self, hash: u64, value: Value, write: &mut dyn FnMut(&mut Self, Form, &[u8])) {
        match value {
            Value::Str(Str::Short(bytes)) => return write(self, Form::Short, &bytes),
            Value::Hash(ref hash) => {
                if let Some(pairs) = Pairs::of(hash) {
                    return write(self, Form::Pairs, pairs.bytes());
                }
            }
            _ => {}
        }
        self.value_bytes += value.heap_bytes();
        self.relist_fields(hash, None, value.next_deadline());
        let place = self.values.len() as u32;
        self.values.push(Kept { value, hash });
        write(self, Form::Own, &place.to_le_bytes());
    }

    fn rewrite(&mut self, cell: Cell, hash: u64, key: &[u8], head: Head, payload: &[u8]) {
        let hasher = self.hasher;
        let (head, len) = head.to_bytes(payload.len());
        let head = head.get(..len).unwrap_or_default();
        self.records.set_at(cell, hash, key, [head, payload], |key| hasher.hash(key));
    }

    /// Changes a value in place, as a use of it; gives also when the next of its fields expires. One that lies in its
    /// record is taken out for that, and put back unless the edit refuses.
    #[inline]
    pub(super) fn edit(
        &mut self,
        hash: u64,
        key: &[u8],
        update: impl FnOnce(&mut Usage),
        edit: impl FnOnce(&mut Value) -> Noted,
    ) -> Option<(Noted, Option<i64>)> {
        let cell = self.records.cell_of(hash, key)?;
        let record = self.records.change_at(cell, |value| Head::update_usage(value, update));
        let (head, payload) = Head::read(record.value);
        if head.form != Form::Own {
            let mut value = Entry::read(record, |_| None)?.value.to_value();
            let noted = edit(&mut value);
            let deadline = value.next_deadline();
            if !noted.is_refused() {
                self.replace_at(cell, hash, key, New::Value(value), |_| ());
            }
            return Some((noted, deadline));
        }
        let place = entry::place(payload);
        if place != self.open {
            self.open(place);
        }
        let value = &mut self.values.get_mut(place as usize)?.value;
        let deadline_before = value.next_deadline();
        let noted = edit(value);
        let deadline = value.next_deadline();
        self.relist_fields(hash, deadline_before, deadline);
        Some((noted, deadline))
    }

    /// Takes a value out of the row; the last one is in its place from then on.
    fn take_value(&mut self, place: u32) -> Option<Value> {
        self.open(NO_PLACE);
        let Kept { value, hash } = self.values.swap_remove(place as usize)?;
        self.value_bytes = self.value_bytes.saturating_sub(value.heap_bytes());
        self.relist_fields(hash, value.next_deadline(), None);
        if let Some(moved) = self.values.get(place as usize) {
            let old = self.values.len() as u32;
            let names_it = |record: Record<'_>| {
                let (head, payload) = Head::read(record.value);
                head.form == Form::Own && entry::place(payload) == old
            };
            self.records.change_by(moved.hash, names_it, |bytes| {
                if let Some(payload) = bytes.last_chunk_mut() {
                    *payload = place.to_le_bytes();
                }
            });
        }
        Some(value)
    }

    /// Takes an entry out; gives the value of its own that it had, if it was there.
    pub(super) fn remove(&mut self, hash: u64, key: &[u8]) -> Option<Option<Value>> {
        let head = self.take_record(hash, |record| record.key == key, |_| ())?.0;
        Some(head)
    }

    /// Takes out the record of this hash that `is_it` knows; gives the value of its own that it had, and what `look`
    /// made of the entry.
    fn take_record<R>(
        &mut self,
        hash: u64,
        is_it: impl FnMut(Record<'_>) -> bool,
        look: impl FnOnce(Entry<'_>) -> R,
    ) -> Option<(Option<Value>, R)> {
        let Self { records, values, hasher, .. } = self;
        let look = |record: Record<'_>| {
            let (head, payload) = Head::read(record.value);
            let entry = Entry::read(record, |place| values.get(place as usize).map(|kept| &kept.value));
            (head, entry::place(payload), entry.map(look))
        };
        let (head, place, looked) = records.remove(hash, is_it, |key| hasher.hash(key), look)?;
        self.drop_deadline(head.expires_ms, hash);
        let value = if head.form == Form::Own { self.take_value(place) } else { None };
        Some((value, looked?))
    }

    /// Takes an entry out as it is.
    pub(super) fn detach(&mut self, hash: u64, key: &[u8]) -> Option<Detached> {
        let entry = self.find(hash, key)?;
        let (expires_ms, usage) = (entry.expires_ms, entry.usage);
        let lying = if entry.value.is_own() { None } else { Some(entry.value.to_value()) };
        let own = self.remove(hash, key)?;
        Some(Detached { value: own.or(lying)?, expires_ms, usage })
    }
}
