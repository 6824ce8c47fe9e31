//! A list of byte strings and numbers, packed into one allocation.
//!
//! ```text
//!            start
//!   ┌─────────┬─────────┬─────────┬─────────┬─────────┐
//!   │   gap   │ entry 0 │ entry 1 │ entry 2 │ …       │  room to grow
//!   └─────────┴─────────┴─────────┴─────────┴─────────┘
//!
//!   an entry  ┌──────────────┬──────────────────┬───────────────────────┐
//!             │ head         │ body             │ tail                  │
//!             │ length of    │ bytes, or the    │ length of head and    │
//!             │ the body, ×2,│ low bytes of a   │ body, written so that │
//!             │ +1: a number │ signed number    │ it is read backwards  │
//!             └──────────────┴──────────────────┴───────────────────────┘
//! ```
//!
//! Both lengths have seven bits in a byte, whose top bit says that another byte follows: one byte each for what is
//! short. With a length at either end of an entry one can walk both ways. Small numbers take three bytes.
//!
//! What is in the middle is reached by walking and changed by moving all that follows, so a listpack must stay small,
//! or be used at its ends. The gap makes the front as cheap as the back: taking an entry from it moves nothing, and
//! putting one there moves the rest only if there is no gap, which then is made half as large as the rest.

use alloc::vec::Vec;
use core::ops::Range;

use crate::allocated;

/// One element, as it is put in and as it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item<'a> {
    /// Any bytes.
    Bytes(&'a [u8]),
    /// A number.
    Int(i64),
}

/// A packed list.
#[derive(Clone, Debug, Default)]
pub struct Listpack {
    bytes: Vec<u8>,
    /// Where the first entry begins.
    start: usize,
    len: usize,
}

impl Listpack {
    /// An empty one.
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), start: 0, len: 0 }
    }

    /// How many elements.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes of its entries.
    pub const fn used_bytes(&self) -> usize {
        self.bytes.len() - self.start
    }

    /// How much memory it has besides its own bytes.
    pub const fn heap_bytes(&self) -> usize {
        allocated(self.bytes.capacity())
    }

    /// The bytes that an element would take.
    #[inline]
    pub fn entry_bytes(item: Item<'_>) -> usize {
        let (head, body) = match item {
            Item::Bytes(string) => (string.len() * 2, string.len()),
            Item::Int(value) => (width(value) * 2 + 1, width(value)),
        };
        let untailed = Length::size(head) + body;
        untailed + Length::size(untailed)
    }

    /// Itself, to be looked at.
    #[inline]
    pub fn view(&self) -> ListpackView<'_> {
        ListpackView { bytes: self.bytes.get(self.start..).unwrap_or_default(), len: self.len }
    }

    /// The element at an index.
    pub fn get(&self, index: usize) -> Option<Item<'_>> {
        self.view().get(index)
    }

    /// The elements in order; from the back, in the other order.
    #[inline]
    pub fn iter(&self) -> Iter<'_> {
        self.view().iter()
    }

    /// The elements whose index is in a range, or in as much of it as there is.
    #[inline]
    pub fn range(&self, range: Range<usize>) -> Iter<'_> {
        self.view().range(range)
    }

    /// Adds an element at the end.
    pub fn push_back(&mut self, item: Item<'_>) {
        let encoded = Encoded::new(item);
        self.reserve(encoded.len());
        for part in encoded.parts() {
            self.bytes.extend_from_slice(part);
        }
        self.len += 1;
    }

    /// Adds an element at the beginning.
    pub fn push_front(&mut self, item: Item<'_>) {
        let encoded = Encoded::new(item);
        let size = encoded.len();
        if self.start < size {
            let shift = size + self.used_bytes() / 2;
            self.open(self.start, shift);
            self.start += shift;
        }
        self.start -= size;
        encoded.write(&mut self.bytes, self.start);
        self.len += 1;
    }

    /// Puts an element before the one at an index, or at the end if there is none.
    pub fn insert(&mut self, index: usize, item: Item<'_>) {
        match self.seek(index) {
            _ if index == 0 => self.push_front(item),
            Some(at) if index < self.len => {
                let encoded = Encoded::new(item);
                self.open(at, encoded.len());
                encoded.write(&mut self.bytes, at);
                self.len += 1;
            }
            _ => self.push_back(item),
        }
    }

    /// Puts an element in the place of the one at an index; tells whether there is one.
    pub fn replace(&mut self, index: usize, item: Item<'_>) -> bool {
        let Some(at) = self.seek(index).filter(|_| index < self.len) else { return false };
        let old = self.bytes.get(at..).and_then(read).map_or(0, |(_, size)| size);
        let encoded = Encoded::new(item);
        let new = encoded.len();
        if new > old {
            self.open(at, new - old);
        } else {
            self.bytes.drain(at..at + old - new);
        }
        encoded.write(&mut self.bytes, at);
        self.settle();
        true
    }

    /// Removes up to `count` elements from an index on; tells how many it did.
    pub fn remove(&mut self, index: usize, count: usize) -> usize {
        let end = index.saturating_add(count).min(self.len);
        let Some(removed) = end.checked_sub(index).filter(|&removed| removed > 0) else { return 0 };
        let Some((from, to)) = self.seek(index).zip(self.seek(end)) else { return 0 };
        if index == 0 {
            self.start = to;
        } else {
            self.bytes.drain(from..to);
        }
        self.len -= removed;
        self.settle();
        removed
    }

    /// Keeps those elements that `keep` says so of, asked in order.
    pub fn retain(&mut self, mut keep: impl FnMut(Item<'_>) -> bool) {
        let mut kept = Self { bytes: Vec::with_capacity(self.used_bytes()), ..Self::new() };
        for item in self.iter().filter(|&item| keep(item)) {
            kept.push_back(item);
        }
        kept.settle();
        *self = kept;
    }

    /// Takes away the elements from an index on and gives them.
    pub fn split_off(&mut self, index: usize) -> Self {
        let index = index.min(self.len);
        let Some(at) = self.seek(index) else { return Self::new() };
        let rest = Self { bytes: self.bytes.split_off(at), start: 0, len: self.len - index };
        self.len = index;
        self.settle();
        rest
    }

    /// Where the entry of an index begins; for the index after the last, where the entries end.
    fn seek(&self, index: usize) -> Option<usize> {
        Some(self.start + self.view().seek(index)?)
    }

    /// Makes room for so many bytes at a place.
    fn open(&mut self, at: usize, size: usize) {
        let len = self.bytes.len();
        self.reserve(size);
        self.bytes.resize(len + size, 0);
        self.bytes.copy_within(at..len, at + size);
    }

    /// Makes room for so many bytes more: up to the next size that an allocator has, which is a quarter more at most. There
    /// are many listpacks, and each is small.
    #[inline]
    fn reserve(&mut self, more: usize) {
        let wanted = self.bytes.len() + more;
        if wanted > self.bytes.capacity() {
            self.bytes.reserve_exact(allocated(wanted) - self.bytes.len());
        }
    }

    /// Gives back memory once most of it lies idle.
    fn settle(&mut self) {
        if self.start > self.used_bytes() + SLACK {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        if self.bytes.capacity() / 4 > self.bytes.len() + SLACK {
            self.bytes.shrink_to(self.bytes.len() * 2);
        }
    }
}

/// So few idle bytes are not worth a thought.
const SLACK: usize = 64;

/// The entries of a listpack, wherever they lie.
#[derive(Clone, Copy, Debug)]
pub struct ListpackView<'a> {
    bytes: &'a [u8],
    len: usize,
}

impl<'a> ListpackView<'a> {
    /// So many elements, whose entries are these bytes.
    #[inline]
    pub const fn new(bytes: &'a [u8], len: usize) -> Self {
        Self { bytes, len }
    }

    /// How many elements.
    pub const fn len(self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.len == 0
    }

    /// The bytes of the entries.
    pub const fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The element at an index.
    pub fn get(self, index: usize) -> Option<Item<'a>> {
        let at = self.seek(index).filter(|_| index < self.len)?;
        Some(read(self.bytes.get(at..)?)?.0)
    }

    /// The elements in order; from the back, in the other order.
    #[inline]
    pub const fn iter(self) -> Iter<'a> {
        Iter { bytes: self.bytes, remaining: self.len }
    }

    /// The elements whose index is in a range, or in as much of it as there is.
    pub fn range(self, range: Range<usize>) -> Iter<'a> {
        let end = range.end.min(self.len);
        let start = range.start.min(end);
        let part = self.seek(start).zip(self.seek(end)).and_then(|(from, to)| self.bytes.get(from..to));
        Iter { bytes: part.unwrap_or_default(), remaining: end - start }
    }

    /// The first element that equals this one, of those at every `stride`-th index; its index, and all from it on.
    pub fn find(self, wanted: Item<'_>, stride: usize) -> Option<(usize, Iter<'a>)> {
        // Written the same way, equal elements are equal bytes: nothing is decoded on the way.
        let encoded = Encoded::new(wanted);
        let [head, number, string, _] = encoded.parts();
        let body = if number.is_empty() { string } else { number };
        let (mut at, mut index) = (0, 0);
        while index < self.len {
            let rest = self.bytes.get(at..)?;
            if is_at(rest, head, body) {
                return Some((index, Iter { bytes: rest, remaining: self.len - index }));
            }
            for _ in 0..stride {
                at += size_of_first(self.bytes.get(at..)?)?;
            }
            index += stride;
        }
        None
    }

    /// A listpack of the same elements, with some room for more.
    pub fn to_listpack(self) -> Listpack {
        let mut bytes = Vec::with_capacity(allocated(self.bytes.len() + SLACK));
        bytes.extend_from_slice(self.bytes);
        Listpack { bytes, start: 0, len: self.len }
    }

    /// Where the entry of an index begins, walking from the nearer end; for the index after the last, where the entries
    /// end.
    fn seek(self, index: usize) -> Option<usize> {
        if index <= self.len / 2 {
            let mut at = 0;
            for _ in 0..index {
                at += size_of_first(self.bytes.get(at..)?)?;
            }
            return Some(at);
        }
        let mut end = self.bytes.len();
        for _ in index..self.len {
            end -= size_of_last(self.bytes.get(..end)?)?;
        }
        (index <= self.len).then_some(end)
    }
}

/// The elements of a listpack, from either end.
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    bytes: &'a [u8],
    remaining: usize,
}

impl<'a> Iterator for Iter<'a> {
    type Item = Item<'a>;

    #[inline]
    fn next(&mut self) -> Option<Item<'a>> {
        self.remaining = self.remaining.checked_sub(1)?;
        let (item, size) = read(self.bytes)?;
        self.bytes = self.bytes.get(size..)?;
        Some(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.remaining, Some(self.remaining))
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.remaining = self.remaining.checked_sub(1)?;
        let at = self.bytes.len().checked_sub(size_of_last(self.bytes)?)?;
        let (rest, last) = self.bytes.split_at_checked(at)?;
        self.bytes = rest;
        Some(read(last)?.0)
    }
}

impl ExactSizeIterator for Iter<'_> {}

/// The element that bytes begin with, and the size of its entry.
#[inline]
fn read(bytes: &[u8]) -> Option<(Item<'_>, usize)> {
    let (item, end) = read_untailed(bytes)?;
    Some((item, end + Length::size(end)))
}

/// The element that bytes begin with, and the size of its head and body.
#[inline]
pub(crate) fn read_untailed(bytes: &[u8]) -> Option<(Item<'_>, usize)> {
    let (head, head_len) = read_head(bytes)?;
    let end = head_len.checked_add(head >> 1)?;
    let body = bytes.get(head_len..end)?;
    let item = if head & 1 == 0 { Item::Bytes(body) } else { Item::Int(read_number(body)) };
    Some((item, end))
}

/// What the head says that bytes begin with, and its own size.
#[inline]
fn read_head(bytes: &[u8]) -> Option<(usize, usize)> {
    match bytes.first()? {
        &short if short < 0x80 => Some((short.into(), 1)),
        _ => read_length(bytes.iter()),
    }
}

/// Writes the head and the body of an element: what is only read forwards needs no tail.
pub(crate) fn write_untailed(item: Item<'_>, out: &mut Vec<u8>) {
    for part in Encoded::new(item).parts().into_iter().take(3) {
        out.extend_from_slice(part);
    }
}

/// Writes the tail of something of a size that is made of several elements.
pub(crate) fn write_tail(size: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(Length::new(size).backwards().as_slice());
}

/// The size of that tail.
pub(crate) const fn tail_size(size: usize) -> usize {
    Length::size(size)
}

/// Whether bytes begin with an entry of this head and body. Names that are alike mostly differ at their ends.
#[inline]
fn is_at(bytes: &[u8], head: &[u8], body: &[u8]) -> bool {
    bytes.first() == head.first()
        && bytes.get((head.len() + body.len()).wrapping_sub(1)) == body.last().or_else(|| head.last())
        && bytes.strip_prefix(head).is_some_and(|rest| rest.starts_with(body))
}

/// The size of the entry that bytes begin with.
#[inline]
fn size_of_first(bytes: &[u8]) -> Option<usize> {
    match bytes.first()? {
        // A tail of one byte goes with a head of one byte.
        &short if short < 0x80 => Some(usize::from(short >> 1) + 2),
        _ => size_of_long(bytes),
    }
}

#[inline(never)]
fn size_of_long(bytes: &[u8]) -> Option<usize> {
    let (head, head_len) = read_head(bytes)?;
    let end = head_len.checked_add(head >> 1)?;
    Some(end + Length::size(end))
}

/// The size of the entry that bytes end with.
pub(crate) fn size_of_last(bytes: &[u8]) -> Option<usize> {
    let (size, tail_len) = read_length(bytes.iter().rev())?;
    Some(size + tail_len)
}

/// A length, and the bytes it takes.
#[inline]
fn read_length<'a>(bytes: impl Iterator<Item = &'a u8>) -> Option<(usize, usize)> {
    let mut value = 0;
    for (place, &byte) in bytes.enumerate().take(LENGTH_MAX) {
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, place + 1));
        }
    }
    None
}

fn read_number(body: &[u8]) -> i64 {
    let negative = body.last().is_some_and(|&top| top & 0x80 != 0);
    let mut bytes = [if negative { 0xff } else { 0 }; 8];
    for (byte, &low) in bytes.iter_mut().zip(body) {
        *byte = low;
    }
    i64::from_le_bytes(bytes)
}

/// The most bytes of a length: more have no room in memory, on 32 bits nor on 64.
const LENGTH_MAX: usize = if usize::BITS == 64 { 9 } else { 5 };

/// A length as it is written.
#[derive(Clone, Copy)]
struct Length {
    bytes: [u8; LENGTH_MAX],
    len: usize,
}

impl Length {
    #[inline]
    fn new(value: usize) -> Self {
        if value >= 0x80 {
            return Self::long(value);
        }
        let mut bytes = [0; LENGTH_MAX];
        bytes[0] = value as u8;
        Self { bytes, len: 1 }
    }

    fn long(mut value: usize) -> Self {
        let mut length = Self { bytes: [0; LENGTH_MAX], len: Self::size(value) };
        for (place, byte) in length.bytes.iter_mut().take(length.len).enumerate() {
            let more = place + 1 < length.len;
            *byte = (value & 0x7f) as u8 | if more { 0x80 } else { 0 };
            value >>= 7;
        }
        length
    }

    /// Itself, to be read from its end.
    #[inline]
    fn backwards(mut self) -> Self {
        if self.len > 1
            && let Some(bytes) = self.bytes.get_mut(..self.len)
        {
            bytes.reverse();
        }
        self
    }

    fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The bytes it takes to write a value.
    #[inline]
    const fn size(value: usize) -> usize {
        match value {
            0..0x80 => 1,
            0x80..0x4000 => 2,
            0x4000..0x20_0000 => 3,
            0x20_0000..0x1000_0000 => 4,
            _ => (usize::BITS - value.leading_zeros()).div_ceil(7) as usize,
        }
    }
}

/// An entry as it is written.
struct Encoded<'a> {
    head: Length,
    /// The low bytes of a number, and how many of them count.
    number: [u8; 8],
    width: usize,
    /// The bytes of anything else.
    string: &'a [u8],
    tail: Length,
}

impl<'a> Encoded<'a> {
    #[inline]
    fn new(item: Item<'a>) -> Self {
        let (number, width, string) = match item {
            Item::Bytes(string) => ([0; 8], 0, string),
            Item::Int(value) => (value.to_le_bytes(), width(value), &[][..]),
        };
        let body = width + string.len();
        let head = Length::new(body * 2 + usize::from(width > 0));
        let tail = Length::new(head.len + body).backwards();
        Self { head, number, width, string, tail }
    }

    const fn len(&self) -> usize {
        self.head.len + self.width + self.string.len() + self.tail.len
    }

    fn parts(&self) -> [&[u8]; 4] {
        let number = self.number.get(..self.width).unwrap_or_default();
        [self.head.as_slice(), number, self.string, self.tail.as_slice()]
    }

    /// Writes it over the bytes at a place.
    fn write(&self, bytes: &mut [u8], mut at: usize) {
        for part in self.parts() {
            if let Some(place) = bytes.get_mut(at..at + part.len()) {
                place.copy_from_slice(part);
            }
            at += part.len();
        }
    }
}

/// How many low bytes of a number tell it.
const fn width(value: i64) -> usize {
    let magnitude = if value < 0 { !value } else { value };
    // One more bit for the sign.
    (65 - magnitude.leading_zeros()).div_ceil(8) as usize
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    enum Owned {
        Bytes(Vec<u8>),
        Int(i64),
    }

    impl Owned {
        fn item(&self) -> Item<'_> {
            match self {
                Self::Bytes(bytes) => Item::Bytes(bytes),
                Self::Int(value) => Item::Int(*value),
            }
        }
    }

    struct Dice(u64);

    impl Dice {
        fn below(&mut self, end: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % end.max(1)
        }

        fn element(&mut self) -> Owned {
            match self.below(8) {
                0..3 => {
                    let value =
                        i64::from_le_bytes([self.below(256) as u8; 8]).wrapping_add(self.below(9) as i64);
                    Owned::Int(value >> (8 * self.below(8)))
                }
                3 => Owned::Bytes([self.below(256) as u8].repeat(self.below(40_000))),
                4 => Owned::Bytes([self.below(256) as u8].repeat(120 + self.below(16))),
                _ => Owned::Bytes([self.below(256) as u8].repeat(self.below(9))),
            }
        }
    }

    fn check(pack: &Listpack, model: &[Owned]) {
        assert_eq!(pack.len(), model.len());
        assert!(pack.iter().eq(model.iter().map(Owned::item)));
        assert!(pack.iter().rev().eq(model.iter().rev().map(Owned::item)));
        let sizes: usize = model.iter().map(|element| Listpack::entry_bytes(element.item())).sum();
        assert_eq!(pack.used_bytes(), sizes);
        assert!(pack.start <= sizes + SLACK + 40_100, "the gap is bounded");
    }

    #[test]
    fn it_does_what_a_vector_does() {
        let mut dice = Dice(1);
        for _ in 0..60 {
            let (mut pack, mut model) = (Listpack::new(), Vec::new());
            let weight = 1 + dice.below(9);
            for _ in 0..150 {
                let (index, element) = (dice.below(model.len() + 2), dice.element());
                match dice.below(6 + weight) {
                    0 => {
                        let count = dice.below(4);
                        let end = (index + count).min(model.len());
                        let removed = pack.remove(index, count);
                        assert_eq!(removed, if index < end { model.drain(index..end).count() } else { 0 });
                    }
                    1 => {
                        assert_eq!(pack.replace(index, element.item()), index < model.len());
                        if let Some(place) = model.get_mut(index) {
                            *place = element;
                        }
                    }
                    2 => {
                        let rest = pack.split_off(index);
                        let model_rest = model.split_off(index.min(model.len()));
                        check(&rest, &model_rest);
                    }
                    3 => {
                        pack.retain(|item| !matches!(item, Item::Int(_)));
                        model.retain(|element| !matches!(element, Owned::Int(_)));
                    }
                    4 => {
                        pack.insert(index, element.item());
                        model.insert(index.min(model.len()), element);
                    }
                    5.. if dice.below(2) == 0 => {
                        pack.push_front(element.item());
                        model.insert(0, element);
                    }
                    _ => {
                        pack.push_back(element.item());
                        model.push(element);
                    }
                }
                check(&pack, &model);
                let (from, to) = (dice.below(model.len() + 2), dice.below(model.len() + 2));
                let part = model.iter().take(to).skip(from).map(Owned::item);
                assert!(pack.range(from..to).eq(part));
                assert_eq!(pack.get(from), model.get(from).map(Owned::item));
                if let Some(wanted) = model.get(from) {
                    let stride = 1 + dice.below(3);
                    let found = pack.view().find(wanted.item(), stride);
                    let index = (0..model.len()).step_by(stride).find(|&index| model[index] == *wanted);
                    assert_eq!(found.as_ref().map(|(index, _)| *index), index);
                    let rest = index.map(|index| model.iter().skip(index).map(Owned::item));
                    assert!(found.into_iter().flat_map(|(_, rest)| rest).eq(rest.into_iter().flatten()));
                }
            }
        }
    }

    #[test]
    fn numbers_take_as_few_bytes_as_they_need() {
        let mut pack = Listpack::new();
        let mut value = i64::MAX;
        let mut values = Vec::new();
        while value != 0 {
            values.extend([value, -value, !value]);
            value >>= 1;
        }
        values.push(0);
        for &value in &values {
            pack.push_back(Item::Int(value));
        }
        assert!(pack.iter().eq(values.iter().map(|&value| Item::Int(value))));
        assert_eq!(Listpack::entry_bytes(Item::Int(-128)), 3);
        assert_eq!(Listpack::entry_bytes(Item::Int(128)), 4);
        assert_eq!(Listpack::entry_bytes(Item::Int(i64::MIN)), 10);
        assert_eq!(Listpack::entry_bytes(Item::Bytes(b"")), 2);
    }

    #[test]
    fn memory_follows_what_is_there() {
        let mut pack = Listpack::new();
        for value in 0..100_000 {
            pack.push_front(Item::Int(value));
        }
        assert!(pack.heap_bytes() < 4 * pack.used_bytes());
        assert_eq!(pack.remove(10, usize::MAX), 99_990);
        assert!(pack.heap_bytes() < 1000, "{}", pack.heap_bytes());
        for _ in 0..10 {
            assert_eq!(pack.remove(0, 1), 1);
        }
        assert_eq!((pack.used_bytes(), pack.remove(0, 1)), (0, 0));
    }
}
