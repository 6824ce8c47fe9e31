//! A hash table of records, each a key and what belongs to it, side by side in one [cell](crate::Cells).
//!
//! ```text
//!   Dict        … │ 0x5e │ cell 7 │ 0xc1 │ cell 2 │ …           five bytes for each, and room to grow
//!                            │
//!   cell 7        ┌──────────▼──────────────────────────────┐
//!                 │ 3 │ key │ 5 │ value │ zeros up to a size │   a length has seven bits in a byte
//!                 └─────────────────────────────────────────┘
//! ```
//!
//! It is what sets, hashes and databases are made of: the value of a set's member is empty and takes no byte at all, that
//! of a hash's field is its text. A record has no allocation and no pointer of its own, and to look at one is to look at
//! its bucket and its cell. Where a key leads to more than bytes, the value says where that is.
//!
//! The caller computes the hashes; what must be hashed anew when records move is asked of `hasher`.

use core::fmt;
use core::hint::black_box;

use crate::{Cell, Cells, Dict, short};

/// Records of so many bytes lie in a cache of the processor as it is.
const NEAR_BYTES: usize = 1024 * 1024;

/// Records by their keys; see the module.
pub struct Records {
    dict: Dict<Cell>,
    cells: Cells,
}

/// A key and what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// By this it is found.
    pub key: &'a [u8],
    /// What belongs to it.
    pub value: &'a [u8],
}

impl<'a> Record<'a> {
    /// The bytes of its cell.
    #[must_use]
    pub const fn cell_bytes(&self) -> usize {
        Cells::room(encoded_len(self.key.len(), self.value.len()))
    }

    #[inline]
    fn read(cell: &'a [u8]) -> Self {
        let (key, rest) = read_text(cell);
        Self { key, value: read_text(rest).0 }
    }
}

impl Records {
    /// None, which allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { dict: Dict::new(), cells: Cells::new() }
    }

    /// Makes ready for so many records; see [`Dict::expect`].
    pub fn expect(&mut self, len: usize) {
        self.dict.expect(len);
    }

    /// How many records.
    #[inline]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.dict.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.dict.is_empty()
    }

    /// The record of a key.
    #[inline]
    #[must_use]
    pub fn find(&self, hash: u64, key: &[u8]) -> Option<Record<'_>> {
        self.find_by(hash, |record| short::equal(record.key, key))
    }

    /// The record with this hash that `is_it` recognizes; it may be shown such of other hashes.
    #[inline]
    pub fn find_by(&self, hash: u64, mut is_it: impl FnMut(Record<'_>) -> bool) -> Option<Record<'_>> {
        let cell = self.dict.find(hash, |&cell| is_it(Record::read(self.cells.get(cell))))?;
        Some(Record::read(self.cells.get(*cell)))
    }

    /// The value of a key, to be changed where it lies: it stays as long as it is.
    #[inline]
    pub fn find_mut(&mut self, hash: u64, key: &[u8]) -> Option<&mut [u8]> {
        let cell = self.cell_of(hash, key)?;
        Some(value_mut(self.cells.get_mut(cell)))
    }

    /// The record of a key, after its value was changed where it lies.
    #[inline]
    pub fn find_after(
        &mut self,
        hash: u64,
        key: &[u8],
        change: impl FnOnce(&mut [u8]),
    ) -> Option<Record<'_>> {
        let cell = self.cell_of(hash, key)?;
        Some(self.change_at(cell, change))
    }

    /// The record in a cell, after its value was changed where it lies.
    #[inline]
    pub fn change_at(&mut self, cell: Cell, change: impl FnOnce(&mut [u8])) -> Record<'_> {
        let bytes = self.cells.get_mut(cell);
        change(value_mut(bytes));
        Record::read(bytes)
    }

    /// Changes the value of the record with this hash that `is_it` recognizes, where it lies.
    pub fn change_by(
        &mut self,
        hash: u64,
        mut is_it: impl FnMut(Record<'_>) -> bool,
        change: impl FnOnce(&mut [u8]),
    ) {
        let found = self.dict.find(hash, |&cell| is_it(Record::read(self.cells.get(cell))));
        if let Some(&cell) = found {
            change(value_mut(self.cells.get_mut(cell)));
        }
    }

    /// Adds a record, whose key the caller knows to be absent. The value comes in two parts, either of which may be empty.
    pub fn insert(&mut self, hash: u64, key: &[u8], value: [&[u8]; 2], hasher: impl Fn(&[u8]) -> u64) {
        let cell = self.add(key, value);
        let Self { dict, cells } = self;
        dict.insert(hash, cell, |&cell| hasher(Record::read(cells.get(cell)).key));
    }

    /// Gives a key that is there another value; in its place if there is room.
    pub fn set(&mut self, hash: u64, key: &[u8], value: [&[u8]; 2], hasher: impl Fn(&[u8]) -> u64) {
        if let Some(cell) = self.cell_of(hash, key) {
            self.set_at(cell, hash, key, value, hasher);
        }
    }

    /// The same, where its record is known to lie.
    #[inline]
    pub fn set_at(
        &mut self,
        cell: Cell,
        hash: u64,
        key: &[u8],
        value: [&[u8]; 2],
        hasher: impl Fn(&[u8]) -> u64,
    ) {
        let [first, second] = value;
        let len = encoded_len(key.len(), first.len() + second.len());
        let bytes = self.cells.get_mut(cell);
        if bytes.len() == Cells::room(len) {
            // The key is there already.
            let at = len_bytes(key.len()) + key.len();
            return write_value(bytes.get_mut(at..).unwrap_or_default(), value);
        }
        let new = self.add(key, value);
        if let Some(slot) = self.dict.find_mut(hash, |&other| other == cell) {
            *slot = new;
        }
        self.free(cell, hasher);
    }

    /// Takes out the record with this hash that `is_it` recognizes, after `take` has seen it.
    pub fn remove<R>(
        &mut self,
        hash: u64,
        mut is_it: impl FnMut(Record<'_>) -> bool,
        hasher: impl Fn(&[u8]) -> u64,
        take: impl FnOnce(Record<'_>) -> R,
    ) -> Option<R> {
        let Self { dict, cells } = self;
        let read = |&cell: &Cell| Record::read(cells.get(cell));
        let cell = dict.remove(hash, |cell| is_it(read(cell)), |cell| hasher(read(cell).key))?;
        let taken = take(read(&cell));
        self.free(cell, hasher);
        Some(taken)
    }

    /// Every record.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        self.dict.iter().map(|&cell| Record::read(self.cells.get(cell)))
    }

    /// Visits a part of the records; see [`Dict::scan`].
    pub fn scan(&self, cursor: u64, hasher: impl Fn(&[u8]) -> u64, mut visit: impl FnMut(Record<'_>)) -> u64 {
        let read = |&cell: &Cell| Record::read(self.cells.get(cell));
        self.dict.scan(cursor, |cell| hasher(read(cell).key), |cell| visit(read(cell)))
    }

    /// Visits a part of the records, each before its value is changed where it lies; see [`Dict::scan_mut`].
    pub fn scan_mut(
        &mut self,
        cursor: u64,
        mut visit: impl FnMut(Record<'_>),
        mut change: impl FnMut(&mut [u8]),
    ) -> u64 {
        let Self { dict, cells } = self;
        dict.scan_mut(cursor, |&mut cell| {
            let bytes = cells.get_mut(cell);
            visit(Record::read(bytes));
            change(value_mut(bytes));
        })
    }

    /// A record picked by a random number, each about as likely as another.
    #[must_use]
    pub fn sample(&self, random: u64) -> Option<Record<'_>> {
        self.dict.sample(random).map(|&cell| Record::read(self.cells.get(cell)))
    }

    /// Takes out the record that [`Self::sample`] picks by a random number, after `take` has seen it.
    pub fn take_sample<R>(
        &mut self,
        random: u64,
        hasher: impl Fn(&[u8]) -> u64,
        take: impl FnOnce(Record<'_>) -> R,
    ) -> Option<R> {
        let Self { dict, cells } = self;
        let read = |&cell: &Cell| Record::read(cells.get(cell));
        let cell = dict.take_sample(random, |cell| hasher(read(cell).key))?;
        let taken = take(read(&cell));
        self.free(cell, hasher);
        Some(taken)
    }

    /// Visits at least `count` records from a random place on; see [`Dict::sample_run`].
    pub fn sample_run(&self, random: u64, count: usize, mut visit: impl FnMut(Record<'_>)) {
        self.dict.sample_run(random, count, |&cell| visit(Record::read(self.cells.get(cell))));
    }

    /// Whether they are too many to lie in a cache as it is.
    #[inline]
    #[must_use]
    pub const fn is_far(&self) -> bool {
        self.record_bytes() >= NEAR_BYTES
    }

    /// Brings the records of these hashes near; see [`Dict::warm`]. A few are near anyway.
    pub fn warm(&self, hashes: &[u64]) {
        if !self.is_far() {
            return;
        }
        self.dict.warm(hashes, |&cell| {
            let bytes = self.cells.get(cell);
            // Copied: a mere reference would read nothing.
            black_box((bytes.first().copied(), bytes.last().copied()));
        });
    }

    /// What it has allocated for records themselves: their cells.
    #[must_use]
    pub const fn record_bytes(&self) -> usize {
        self.cells.used_bytes()
    }

    /// What it has allocated to find them, and as room to grow.
    #[must_use]
    pub const fn table_bytes(&self) -> usize {
        self.dict.memory_bytes() + self.cells.memory_bytes() - self.cells.used_bytes()
    }

    /// What it has allocated: the same after the same calls, on any machine of one pointer width.
    #[must_use]
    pub const fn memory_bytes(&self) -> usize {
        self.dict.memory_bytes() + self.cells.memory_bytes()
    }

    /// Frees some of what it has, whatever that is; false once nothing is left. For what goes as a whole, but in slices:
    /// after the first call it is good for nothing else.
    pub fn free_some(&mut self) -> bool {
        !self.dict.drain_some(FREED_AT_ONCE, |_| ()) || self.cells.free_some()
    }

    /// The record in a cell.
    #[inline]
    #[must_use]
    pub fn at(&self, cell: Cell) -> Record<'_> {
        Record::read(self.cells.get(cell))
    }

    /// The cell of a key's record: it is there until a record is added, removed or set.
    #[must_use]
    pub fn cell_of(&self, hash: u64, key: &[u8]) -> Option<Cell> {
        self.dict.find(hash, |&cell| short::equal(Record::read(self.cells.get(cell)).key, key)).copied()
    }

    fn add(&mut self, key: &[u8], value: [&[u8]; 2]) -> Cell {
        let [first, second] = value;
        let cell = self.cells.add(encoded_len(key.len(), first.len() + second.len()));
        write(self.cells.get_mut(cell), key, value);
        cell
    }

    /// Frees a cell that the table knows no more.
    fn free(&mut self, cell: Cell, hasher: impl Fn(&[u8]) -> u64) {
        let Self { dict, cells } = self;
        let Some(old) = cells.remove(cell) else { return };
        // The last cell of the row is here now.
        let hash = hasher(Record::read(cells.get(cell)).key);
        if let Some(slot) = dict.find_mut(hash, |&other| other == old) {
            *slot = cell;
        }
    }
}

impl Default for Records {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|record| (record.key, record.value))).finish()
    }
}

/// How long a record is.
const fn encoded_len(key: usize, value: usize) -> usize {
    let value_len = if value == 0 { 0 } else { len_bytes(value) };
    len_bytes(key) + key + value_len + value
}

/// Writes a record over whatever the cell held.
#[inline]
fn write(cell: &mut [u8], key: &[u8], value: [&[u8]; 2]) {
    write_value(put(put_len(cell, key.len()), key), value);
}

/// Writes what comes after the key.
#[inline]
fn write_value(rest: &mut [u8], [first, second]: [&[u8]; 2]) {
    let value = first.len() + second.len();
    let rest = if value == 0 { rest } else { put(put(put_len(rest, value), first), second) };
    short::zero(rest);
}

fn put<'a>(to: &'a mut [u8], bytes: &[u8]) -> &'a mut [u8] {
    let (place, rest) = to.split_at_mut(bytes.len());
    short::copy(place, bytes);
    rest
}

fn put_len(to: &mut [u8], len: usize) -> &mut [u8] {
    let (mut left, mut at) = (len, 0);
    while left >= 0x80 {
        to[at] = left as u8 | 0x80;
        (left, at) = (left >> 7, at + 1);
    }
    to[at] = left as u8;
    &mut to[at + 1..]
}

const fn len_bytes(len: usize) -> usize {
    match len {
        0..0x80 => 1,
        _ => 1 + (len.ilog2() / 7) as usize,
    }
}

/// A length, and how many bytes it takes: none where a cell ends.
#[inline]
fn read_len(bytes: &[u8]) -> (usize, usize) {
    if let Some(&short) = bytes.first().filter(|&&byte| byte < 0x80) {
        return (1, short.into());
    }
    let mut len = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        len |= usize::from(byte & 0x7f) << (7 * at as u32);
        if byte < 0x80 {
            return (at + 1, len);
        }
    }
    (0, 0)
}

#[inline]
fn read_text(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (start, len) = read_len(bytes);
    bytes.get(start..).and_then(|rest| rest.split_at_checked(len)).unwrap_or_default()
}

fn text_mut(bytes: &mut [u8]) -> &mut [u8] {
    let (start, len) = read_len(bytes);
    bytes.get_mut(start..start + len).unwrap_or_default()
}

#[inline]
fn value_mut(cell: &mut [u8]) -> &mut [u8] {
    let (start, len) = read_len(cell);
    text_mut(cell.get_mut(start + len..).unwrap_or_default())
}

/// Records whose places in the table go at once.
const FREED_AT_ONCE: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    /// Bad enough that some keys have the same one.
    fn hash(key: &[u8]) -> u64 {
        key.iter().fold(7_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x9e37_79b9_7f4a_7c15))
            & !0xff00
    }

    fn check(records: &Records, model: &BTreeMap<String, Vec<u8>>) {
        assert_eq!(records.len(), model.len());
        let cells: usize = records.iter().map(|record| record.cell_bytes()).sum();
        assert_eq!(records.record_bytes(), cells);
        for (key, value) in model {
            let found = records.find(hash(key.as_bytes()), key.as_bytes());
            assert_eq!(found.map(|record| record.value), Some(value.as_slice()), "{key}");
        }
    }

    #[test]
    fn behaves_like_a_map() {
        let (mut records, mut model) = (Records::new(), BTreeMap::new());
        let mut state = 5_u64;
        for round in 0..40_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let key = format!("{0:1$}", (state >> 33) % 997, (state >> 50) as usize % 3 * 70);
            let value = std::vec![round as u8; (state >> 40) as usize % 40 * ((state >> 20) as usize % 40)];
            let (hashed, bytes) = (hash(key.as_bytes()), key.as_bytes());
            let halves = value.split_at(value.len() / 3);
            if (state >> 55).is_multiple_of(3) {
                let gone = records.remove(hashed, |it| it.key == bytes, hash, |it| it.value.to_vec());
                assert_eq!(gone, model.remove(&key));
            } else if let Some(old) = records.find_mut(hashed, bytes) {
                old.fill(1);
                records.set(hashed, bytes, [halves.0, halves.1], hash);
                model.insert(key, value);
            } else {
                records.insert(hashed, bytes, [halves.0, halves.1], hash);
                model.insert(key, value);
            }
            if round % 1000 == 0 {
                check(&records, &model);
            }
        }
    }

    #[test]
    fn lengths_of_any_size_come_back() {
        for len in [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, 0x1f_ffff, 0x20_0000] {
            let mut bytes = [0xff; 8];
            let left = put_len(&mut bytes, len).len();
            assert_eq!(8 - left, len_bytes(len));
            assert_eq!(read_len(&bytes), (len_bytes(len), len));
        }
    }

    #[test]
    fn it_goes_in_slices() {
        let mut records = Records::new();
        for number in 0..10_000 {
            let key = format!("{number}");
            records.insert(hash(key.as_bytes()), key.as_bytes(), [b"value", b""], hash);
        }
        let (mut slices, mut before) = (0, records.memory_bytes());
        while records.free_some() {
            assert!(records.memory_bytes() <= before);
            (slices, before) = (slices + 1, records.memory_bytes());
        }
        assert!(slices > 30, "{slices}");
        assert!(records.memory_bytes() < 1000, "{}", records.memory_bytes());
    }
}
