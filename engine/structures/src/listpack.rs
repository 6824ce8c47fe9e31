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

mod entry;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use core::ops::Range;

use crate::allocated;
use entry::{Encoded, Length, is_at, read, size_of_first, width};

pub(crate) use entry::{read_untailed, size_of_last, tail_size, write_tail, write_untailed};

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
        allocated(self.capacity())
    }

    /// How many bytes it has room for: as long as that stays the same, so does its memory.
    #[inline]
    pub const fn capacity(&self) -> usize {
        self.bytes.capacity()
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
        encoded.append(&mut self.bytes);
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

    /// Takes the first element out, after `see` has seen it.
    pub fn pop_front<R>(&mut self, see: impl FnOnce(Item<'_>) -> R) -> Option<R> {
        let (item, size) = read(self.bytes.get(self.start..)?)?;
        let seen = see(item);
        self.start += size;
        self.len -= 1;
        self.settle();
        Some(seen)
    }

    /// Takes the last element out, after `see` has seen it.
    pub fn pop_back<R>(&mut self, see: impl FnOnce(Item<'_>) -> R) -> Option<R> {
        let entries = self.bytes.get(self.start..)?;
        let at = self.bytes.len() - size_of_last(entries)?;
        let seen = see(read(self.bytes.get(at..)?)?.0);
        self.bytes.truncate(at);
        self.len -= 1;
        self.settle();
        Some(seen)
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
    #[inline]
    fn settle(&mut self) {
        if self.start > self.used_bytes() + SLACK || self.capacity() / 4 > self.bytes.len() + SLACK {
            self.shrink();
        }
    }

    #[cold]
    fn shrink(&mut self) {
        if self.start > self.used_bytes() + SLACK {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        if self.capacity() / 4 > self.bytes.len() + SLACK {
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
        let (head, body) = encoded.untailed();
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
