//! A list: a quicklist, which is a row of small [`Listpack`]s.
//!
//! ```text
//!   ┌─ node ──────┐ ┌─ node ──────┐ ┌─ node ──────┐
//!   │ a b c 17 d  │ │ a big one   │ │ e f         │
//!   └─────────────┘ └─────────────┘ └─────────────┘
//! ```
//!
//! Both ends are at hand, so pushing and popping there costs the same however long the list is. An index is found by
//! skipping whole nodes from the nearer end and then walking through one. `list-max-listpack-size` bounds a node, by
//! its bytes or by its elements; what is bigger than a node may be has one of its own.
//!
//! `list-compress-depth` is accepted, but nothing is compressed: nodes lie in memory as they are.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use core::ops::Range;

use redstart_structures::{Item, Listpack, allocated};

use super::{Held, Kind, Text, Value};
use crate::number;

/// An end of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The head.
    Left,
    /// The tail.
    Right,
}

/// How much a node may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeLimit {
    bytes: usize,
    elements: usize,
}

impl NodeLimit {
    /// What a `list-max-listpack-size` means: a number of elements, or from -1 to -5 a class of sizes.
    #[must_use]
    pub fn new(size: i64) -> Self {
        match size {
            0.. => Self { bytes: 8192, elements: usize::try_from(size).unwrap_or(usize::MAX).max(1) },
            -1 => Self { bytes: 4096, elements: usize::MAX },
            -2 => Self { bytes: 8192, elements: usize::MAX },
            -3 => Self { bytes: 16384, elements: usize::MAX },
            -4 => Self { bytes: 32768, elements: usize::MAX },
            _ => Self { bytes: 65536, elements: usize::MAX },
        }
    }

    /// Whether a node has room for another element of so many bytes. An empty one has room for any.
    fn admits(self, node: &Listpack, bytes: usize) -> bool {
        node.is_empty() || (node.len() < self.elements && node.used_bytes() + bytes <= self.bytes)
    }
}

/// A list value.
#[derive(Debug)]
pub struct List {
    nodes: VecDeque<Listpack>,
    len: usize,
    limit: NodeLimit,
    /// The bytes that the nodes have allocated.
    node_bytes: usize,
}

impl List {
    /// An empty list with nodes of this size.
    #[must_use]
    pub const fn new(limit: NodeLimit) -> Self {
        Self { nodes: VecDeque::new(), len: 0, limit, node_bytes: 0 }
    }

    /// Frees some nodes; see [`Value::free_some`].
    pub(super) fn free_some(&mut self) -> bool {
        let kept = self.nodes.len().saturating_sub(NODES_FREED_AT_ONCE);
        for node in self.nodes.drain(kept..) {
            self.node_bytes -= node.heap_bytes();
        }
        kept > 0
    }

    /// How many elements.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The place that an index means: a negative one counts from the end.
    #[must_use]
    pub fn place(&self, index: i64) -> Option<usize> {
        let from_left = if index < 0 { index + self.len as i64 } else { index };
        usize::try_from(from_left).ok().filter(|&place| place < self.len)
    }

    /// The places from one index to another, both included; empty if there are none.
    #[must_use]
    pub fn places(&self, start: i64, stop: i64) -> Range<usize> {
        places(self.len, start, stop)
    }

    /// The element at a place.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<Item<'_>> {
        let (node, index) = self.locate(place)?;
        self.nodes.get(node)?.get(index)
    }

    /// The element at an end.
    #[must_use]
    pub fn end(&self, end: End) -> Option<Item<'_>> {
        match end {
            End::Left => self.nodes.front()?.get(0),
            End::Right => self.nodes.back().and_then(|node| node.get(node.len().checked_sub(1)?)),
        }
    }

    /// The elements from a place on, going right.
    pub fn rightwards(&self, place: usize) -> impl Iterator<Item = Item<'_>> {
        let (first, skip) = self.locate(place).unwrap_or((self.nodes.len(), 0));
        let nodes = self.nodes.range(first..).enumerate();
        nodes.flat_map(move |(nth, node)| node.range(if nth == 0 { skip } else { 0 }..node.len()))
    }

    /// Visits the elements of these places, going right: the same in two plain loops, for many of them.
    #[inline]
    pub fn visit(&self, places: Range<usize>, mut visit: impl FnMut(Item<'_>)) {
        let Some((first, mut skip)) = self.locate(places.start) else { return };
        let mut left = places.len();
        for node in self.nodes.range(first..) {
            for item in node.range(skip..node.len()) {
                if left == 0 {
                    return;
                }
                visit(item);
                left -= 1;
            }
            skip = 0;
        }
    }

    /// The elements from a place on, going left.
    pub fn leftwards(&self, place: usize) -> impl Iterator<Item = Item<'_>> {
        let (nodes, keep) = self.locate(place).map_or((0, 0), |(node, index)| (node + 1, index + 1));
        let nodes = self.nodes.range(..nodes).rev().enumerate();
        nodes.flat_map(move |(nth, node)| node.range(0..if nth == 0 { keep } else { node.len() }).rev())
    }

    /// The nodes, going right.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = &Listpack> {
        self.nodes.iter()
    }

    /// Adds an element at an end.
    pub fn push(&mut self, end: End, bytes: &[u8]) {
        let item = item(bytes);
        let at_end = match end {
            End::Left => self.nodes.front_mut(),
            End::Right => self.nodes.back_mut(),
        };
        let limit = self.limit;
        match at_end.filter(|node| limit.admits(node, Listpack::entry_bytes(item))) {
            Some(node) => keep_account(&mut self.node_bytes, node, |node| push(node, end, item)),
            None => self.push_node(end, item),
        }
        self.len += 1;
    }

    /// Adds a node of one element at an end.
    #[cold]
    fn push_node(&mut self, end: End, item: Item<'_>) {
        let mut node = Listpack::new();
        node.push_back(item);
        self.node_bytes += node.heap_bytes();
        // Most lists never need a second node.
        self.nodes.reserve_exact(usize::from(self.nodes.is_empty()));
        match end {
            End::Left => self.nodes.push_front(node),
            End::Right => self.nodes.push_back(node),
        }
    }

    /// Takes an element from an end, after `see` has seen it.
    pub fn pop<R>(&mut self, end: End, see: impl FnOnce(Item<'_>) -> R) -> Option<R> {
        let (node, at_end) = match end {
            End::Left => (0, self.nodes.front_mut()?),
            End::Right => (self.nodes.len() - 1, self.nodes.back_mut()?),
        };
        let seen = keep_account(&mut self.node_bytes, at_end, |node| match end {
            End::Left => node.pop_front(see),
            End::Right => node.pop_back(see),
        });
        self.len -= usize::from(seen.is_some());
        if at_end.is_empty() {
            self.drop_nodes(node..node + 1);
        }
        seen
    }

    /// Puts an element before the one at a place, or at the right end if there is none.
    pub fn insert(&mut self, place: usize, bytes: &[u8]) {
        let item = item(bytes);
        let entry_bytes = Listpack::entry_bytes(item);
        let Some((node, index)) = self.locate(place) else { return self.push(End::Right, bytes) };
        if self.admits(node, entry_bytes) {
            self.change(node, |node| node.insert(index, item));
        } else if index == 0 && node > 0 && self.admits(node - 1, entry_bytes) {
            self.change(node - 1, |node| node.push_back(item));
        } else {
            let right = self.change(node, |node| node.split_off(index));
            let mut between = Listpack::new();
            between.push_back(item);
            self.add_node(node + 1, right);
            self.add_node(node + 1, between);
            self.drop_if_empty(node);
        }
        self.len += 1;
    }

    /// Puts an element in the place of another; tells whether there is one.
    pub fn set(&mut self, place: usize, bytes: &[u8]) -> bool {
        let item = item(bytes);
        let Some((node, index)) = self.locate(place) else { return false };
        let alone = self.nodes.get(node).is_some_and(|node| node.len() == 1);
        let old = self.get(place).map_or(0, Listpack::entry_bytes);
        let more = Listpack::entry_bytes(item).saturating_sub(old);
        let fits = self.nodes.get(node).is_some_and(|node| node.used_bytes() + more <= self.limit.bytes);
        if alone || fits || more == 0 {
            self.change(node, |node| node.replace(index, item));
        } else {
            self.remove(place, 1);
            self.insert(place, bytes);
        }
        true
    }

    /// Removes elements from a place on.
    pub fn remove(&mut self, place: usize, count: usize) {
        let Some((first, mut index)) = self.locate(place) else { return };
        let mut left = count.min(self.len - place);
        self.len -= left;
        // A node in the middle that is emptied is dropped with its neighbours, all at once.
        let (mut empty, mut node) = (first..first, first);
        while left > 0 && node < self.nodes.len() {
            left -= self.change(node, |node| node.remove(index, left)).min(left);
            if self.nodes.get(node).is_some_and(Listpack::is_empty) {
                empty = if empty.is_empty() { node..node + 1 } else { empty.start..node + 1 };
            }
            (index, node) = (0, node + 1);
        }
        self.drop_nodes(empty);
    }

    /// Removes up to `most` elements that are these bytes, the ones nearest to an end; tells how many it did.
    pub fn remove_equal(&mut self, bytes: &[u8], most: usize, end: End) -> usize {
        let wanted = item(bytes);
        let (mut removed, mut emptied) = (0, false);
        for nth in 0..self.nodes.len() {
            let node = if end == End::Left { nth } else { self.nodes.len() - 1 - nth };
            let found =
                self.nodes.get(node).map_or(0, |pack| pack.iter().filter(|&item| item == wanted).count());
            let going = found.min(most - removed);
            if going > 0 {
                // From the right, the first ones found in a node are the ones that stay.
                let (mut skip, mut left) = (if end == End::Left { 0 } else { found - going }, going);
                self.change(node, |pack| {
                    pack.retain(|item| {
                        let goes = item == wanted && skip == 0 && left > 0;
                        if item == wanted {
                            (skip, left) = (skip.saturating_sub(1), left - usize::from(goes));
                        }
                        !goes
                    });
                    emptied |= pack.is_empty();
                });
                removed += going;
            }
            if removed == most {
                break;
            }
        }
        if emptied {
            let bytes = &mut self.node_bytes;
            self.nodes.retain(|node| {
                *bytes -= if node.is_empty() { node.heap_bytes() } else { 0 };
                !node.is_empty()
            });
        }
        self.len -= removed;
        removed
    }

    /// The bytes it takes outside of itself.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        allocated(self.nodes.capacity() * size_of::<Listpack>()) + self.node_bytes
    }

    /// The node in which a place lies, and the index in it.
    fn locate(&self, place: usize) -> Option<(usize, usize)> {
        if place >= self.len {
            return None;
        }
        if place < self.len / 2 {
            let mut index = place;
            for (number, node) in self.nodes.iter().enumerate() {
                match index.checked_sub(node.len()) {
                    None => return Some((number, index)),
                    Some(rest) => index = rest,
                }
            }
            return None;
        }
        let mut first = self.len;
        for (number, node) in self.nodes.iter().enumerate().rev() {
            first = first.saturating_sub(node.len());
            if first <= place {
                return Some((number, place - first));
            }
        }
        None
    }

    fn admits(&self, node: usize, bytes: usize) -> bool {
        self.nodes.get(node).is_some_and(|node| self.limit.admits(node, bytes))
    }

    /// Changes a node and keeps the account of its memory.
    fn change<R: Default>(&mut self, node: usize, change: impl FnOnce(&mut Listpack) -> R) -> R {
        let Some(node) = self.nodes.get_mut(node) else { return R::default() };
        keep_account(&mut self.node_bytes, node, change)
    }

    /// Puts a node before another, unless it is empty.
    fn add_node(&mut self, before: usize, node: Listpack) {
        if !node.is_empty() {
            self.node_bytes += node.heap_bytes();
            self.nodes.insert(before, node);
        }
    }

    fn drop_if_empty(&mut self, node: usize) {
        if self.nodes.get(node).is_some_and(Listpack::is_empty) {
            self.drop_nodes(node..node + 1);
        }
    }

    fn drop_nodes(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        let dropped: usize = self.nodes.drain(range).map(|node| node.heap_bytes()).sum();
        self.node_bytes -= dropped;
        if self.nodes.capacity() > 4 * self.nodes.len() + 8 {
            self.nodes.shrink_to(self.nodes.len() * 2);
        }
    }
}

/// Changes a node and keeps the account of the memory that all have.
#[inline]
fn keep_account<R>(bytes: &mut usize, node: &mut Listpack, change: impl FnOnce(&mut Listpack) -> R) -> R {
    let before = node.capacity();
    let result = change(node);
    if node.capacity() != before {
        *bytes = *bytes + node.heap_bytes() - allocated(before);
    }
    result
}

fn push(node: &mut Listpack, end: End, item: Item<'_>) {
    match end {
        End::Left => node.push_front(item),
        End::Right => node.push_back(item),
    }
}

impl Clone for List {
    /// A copy has no room to spare, so its memory is counted anew.
    fn clone(&self) -> Self {
        let nodes = self.nodes.clone();
        let node_bytes = nodes.iter().map(Listpack::heap_bytes).sum();
        Self { nodes, node_bytes, ..*self }
    }
}

/// The places among `len` from one index to another, both included; empty if there are none. Negative indices count
/// from the end.
#[must_use]
pub fn places(len: usize, start: i64, stop: i64) -> Range<usize> {
    let len = len as i64;
    let from_left = |index: i64| if index < 0 { (index + len).max(0) } else { index.min(len) };
    // Before the first element there is none to stop at.
    let end = if stop < -len { 0 } else { from_left(stop).saturating_add(1).min(len) };
    let start = from_left(start).min(end);
    start as usize..end as usize
}

/// The bytes as an element: a number where they are the text of one.
#[must_use]
pub fn item(bytes: &[u8]) -> Item<'_> {
    let number = if bytes.len() > Text::DIGITS_MAX { None } else { number::parse_int(bytes) };
    number.map_or(Item::Bytes(bytes), Item::Int)
}

/// The bytes of an element.
#[must_use]
pub fn text(item: Item<'_>) -> Text<'_> {
    match item {
        Item::Bytes(bytes) => Text::Bytes(bytes),
        Item::Int(value) => Text::number(value),
    }
}

impl Kind for List {
    type Ref<'a> = &'a Self;

    #[inline]
    fn of(value: Held<'_>) -> Option<Self::Ref<'_>> {
        if let Held::List(list) = value { Some(list) } else { None }
    }

    #[inline]
    fn of_mut(value: &mut Value) -> Option<&mut Self> {
        if let Value::List(list) = value { Some(list) } else { None }
    }

    fn into_value(self) -> Value {
        Value::List(Box::new(self))
    }

    fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// Nodes that are freed in one go when a list is.
const NODES_FREED_AT_ONCE: usize = 32;

#[cfg(test)]
mod tests;
