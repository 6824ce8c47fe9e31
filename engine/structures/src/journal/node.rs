//! A node of a journal: entries in one allocation.
//!
//! ```text
//!   ┌─ names ─────┬─ entry ──────────────────────────────────────────────────────┬─ entry ─┐
//!   │ name name … │ flags │ ms │ seq │ value value …                       │ tail │ …       │   names of the node
//!   │             │ flags │ ms │ seq │ count │ name value  name value …    │ tail │ …       │   names of its own
//!   └─────────────┴──────────────────────────────────────────────────────────────┴─────────┘
//! ```
//!
//! `ms` and `seq` are how far the upper and the lower half of the id are from those of the node's first one. Everything
//! but the flags and the tail is a [`Listpack`](crate::Listpack) element without its tail; the entry's tail is its size,
//! so that one can walk both ways.

use alloc::vec::Vec;

use super::NodeMost;
use super::size::{counters, entry, names, text_len};
use crate::listpack::{read_untailed, size_of_last, tail_size, write_tail, write_untailed};
use crate::{Item, allocated};

/// The entry is removed.
const REMOVED: u8 = 1;
/// The entry has the names of the node.
const SHARED: u8 = 2;

/// Entries that begin with one id.
#[derive(Clone, Debug)]
pub(super) struct Node {
    bytes: Vec<u8>,
    names_len: u32,
    /// How many names.
    names: u32,
    live: u32,
    removed: u32,
    /// Its size in a data file, apart from the counters of entries.
    size: usize,
}

impl Node {
    /// A node without entries, whose entries are likely to have these names.
    pub(super) fn new<'f>(fields: impl ExactSizeIterator<Item = Item<'f>> + Clone) -> Self {
        let (names, size) = (fields.len() as u32, names(fields.clone()));
        let mut bytes = Vec::new();
        fields.for_each(|name| write_untailed(name, &mut bytes));
        let names_len = bytes.len() as u32;
        Self { bytes, names_len, names, live: 0, removed: 0, size }
    }

    /// How many entries are removed.
    pub(super) const fn removed(&self) -> usize {
        self.removed as usize
    }

    /// The names that entries may share.
    pub(super) fn names(&self) -> impl Iterator<Item = Item<'_>> {
        Items { bytes: self.name_bytes() }
    }

    /// How many entries, those that are removed aside.
    pub(super) const fn len(&self) -> usize {
        self.live as usize
    }

    /// Whether there is none.
    pub(super) const fn is_empty(&self) -> bool {
        self.live == 0
    }

    pub(super) const fn heap_bytes(&self) -> usize {
        allocated(self.bytes.capacity())
    }

    /// Gives back room that is not going to be used.
    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
    }

    /// Whether an entry may still be added.
    pub(super) fn admits<'f>(
        &self,
        mut fields: impl Iterator<Item = (Item<'f>, Item<'f>)>,
        most: NodeMost,
    ) -> bool {
        const BYTES_MOST: usize = super::Journal::ENTRY_MOST;
        let bytes = if most.bytes == 0 { BYTES_MOST } else { most.bytes.min(BYTES_MOST) };
        let taken = self.size + counters(self.live, self.removed);
        let Some(room) = bytes.checked_sub(taken) else { return false };
        let needed = fields.try_fold(0, |sum: usize, (name, value)| {
            let sum = sum + text_len(name) + text_len(value);
            (sum < room).then_some(sum)
        });
        needed.is_some() && (most.entries == 0 || self.total() < most.entries)
    }

    const fn total(&self) -> usize {
        self.live as usize + self.removed as usize
    }

    /// Adds an entry at the end.
    pub(super) fn push<'f>(
        &mut self,
        first: u128,
        id: u128,
        fields: impl ExactSizeIterator<Item = (Item<'f>, Item<'f>)> + Clone,
    ) {
        let shared =
            fields.len() == self.names as usize && fields.clone().map(|(name, _)| name).eq(self.names());
        let (ms, seq) = distance(first, id);
        let start = self.bytes.len();
        self.size += entry(ms, seq, shared, fields.clone());
        self.bytes.push(if shared { SHARED } else { 0 });
        write_untailed(Item::Int(ms), &mut self.bytes);
        write_untailed(Item::Int(seq), &mut self.bytes);
        if !shared {
            write_untailed(Item::Int(fields.len() as i64), &mut self.bytes);
        }
        for (name, value) in fields {
            if !shared {
                write_untailed(name, &mut self.bytes);
            }
            write_untailed(value, &mut self.bytes);
        }
        write_tail(self.bytes.len() - start, &mut self.bytes);
        self.live += 1;
    }

    /// Removes the entry at the end, which must not be removed yet.
    pub(super) fn remove_last(&mut self, first: u128) {
        if let Some(at) = self.entries(first).next_back().map(|entry| entry.at) {
            self.mark(at);
        }
    }

    /// The entries in order, removed ones included.
    pub(super) fn entries(&self, first: u128) -> Entries<'_> {
        Entries { node: self, first, start: self.names_len as usize, end: self.bytes.len() }
    }

    /// The id of the last entry, which may be a removed one.
    pub(super) fn last_id(&self, first: u128) -> Option<u128> {
        self.entries(first).next_back().map(|entry| entry.id)
    }

    /// Removes the entry of an id; tells whether there is one.
    pub(super) fn remove(&mut self, first: u128, id: u128) -> bool {
        let mut live = self.entries(first).filter(|entry| !entry.is_removed());
        let Some(entry) = live.find(|entry| entry.id >= id).filter(|entry| entry.id == id) else {
            return false;
        };
        let at = entry.at;
        self.mark(at);
        true
    }

    /// Removes up to so many entries from the front, all before an id; tells how many it did.
    pub(super) fn remove_front(&mut self, first: u128, most: usize, before: u128) -> usize {
        let live =
            self.entries(first).take_while(|entry| entry.id < before).filter(|entry| !entry.is_removed());
        let places: Vec<usize> = live.take(most).map(|entry| entry.at).collect();
        places.iter().for_each(|&at| self.mark(at));
        places.len()
    }

    fn mark(&mut self, at: usize) {
        if let Some(flags) = self.bytes.get_mut(at) {
            *flags |= REMOVED;
            self.live -= 1;
            self.removed += 1;
        }
    }

    fn name_bytes(&self) -> &[u8] {
        self.bytes.get(..self.names_len as usize).unwrap_or_default()
    }

    /// The entry at a place, and its size.
    fn read(&self, first: u128, at: usize) -> Option<(Entry<'_>, usize)> {
        let entry = self.bytes.get(at..)?;
        let (&flags, mut rest) = entry.split_first()?;
        let (ms, seq) = (take_int(&mut rest)?, take_int(&mut rest)?);
        let shared = flags & SHARED != 0;
        let len = if shared { self.names as usize } else { usize::try_from(take_int(&mut rest)?).ok()? };
        let fields = rest;
        for _ in 0..if shared { len } else { 2 * len } {
            take(&mut rest)?;
        }
        let size = entry.len() - rest.len();
        let names = shared.then(|| self.name_bytes());
        let entry = Entry { id: at_distance(first, ms, seq), flags, at, len, names, fields };
        Some((entry, size + tail_size(size)))
    }
}

/// An entry as it is found.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    id: u128,
    flags: u8,
    at: usize,
    len: usize,
    names: Option<&'a [u8]>,
    fields: &'a [u8],
}

impl<'a> Entry<'a> {
    /// Its id.
    pub const fn id(&self) -> u128 {
        self.id
    }

    /// Its names and values, in the order in which they came.
    pub const fn fields(&self) -> Fields<'a> {
        Fields { names: self.names, rest: self.fields, left: self.len }
    }

    /// Whether it is removed.
    pub const fn is_removed(&self) -> bool {
        self.flags & REMOVED != 0
    }

    /// Whether its names are those of its node.
    pub const fn shares_names(&self) -> bool {
        self.flags & SHARED != 0
    }
}

/// The names and values of an entry.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    /// The names that are not with the values.
    names: Option<&'a [u8]>,
    rest: &'a [u8],
    left: usize,
}

impl<'a> Iterator for Fields<'a> {
    type Item = (Item<'a>, Item<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let name = take(self.names.as_mut().unwrap_or(&mut self.rest))?;
        Some((name, take(&mut self.rest)?))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Fields<'_> {}

/// Entries in order, from either end.
pub(super) struct Entries<'a> {
    node: &'a Node,
    first: u128,
    start: usize,
    end: usize,
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        if self.start >= self.end {
            return None;
        }
        let (entry, size) = self.node.read(self.first, self.start)?;
        self.start += size;
        Some(entry)
    }
}

impl DoubleEndedIterator for Entries<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        if self.start >= self.end {
            return None;
        }
        self.end = self.end.checked_sub(size_of_last(self.node.bytes.get(..self.end)?)?)?;
        Some(self.node.read(self.first, self.end)?.0)
    }
}

/// Elements one after the other.
struct Items<'a> {
    bytes: &'a [u8],
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        take(&mut self.bytes)
    }
}

/// Takes an element from the front.
#[inline]
fn take<'a>(bytes: &mut &'a [u8]) -> Option<Item<'a>> {
    let (item, size) = read_untailed(bytes)?;
    *bytes = bytes.get(size..)?;
    Some(item)
}

fn take_int(bytes: &mut &[u8]) -> Option<i64> {
    match take(bytes)? {
        Item::Int(value) => Some(value),
        Item::Bytes(_) => None,
    }
}

/// How far the halves of an id are from those of the first; the lower one may go back.
const fn distance(first: u128, id: u128) -> (i64, i64) {
    let ms = ((id >> 64) as u64).wrapping_sub((first >> 64) as u64);
    let seq = (id as u64).wrapping_sub(first as u64);
    (ms as i64, seq as i64)
}

const fn at_distance(first: u128, ms: i64, seq: i64) -> u128 {
    let ms = ((first >> 64) as u64).wrapping_add(ms as u64);
    let seq = (first as u64).wrapping_add(seq as u64);
    ((ms as u128) << 64) | seq as u128
}
