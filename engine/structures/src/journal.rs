//! Entries of fields under 128-bit ids that only ever grow: what a stream's entries lie in.
//!
//! ```text
//!   nodes   5-0 ─► ┌ names: temp, wind ──────────────────────────────────┐
//!                  │ 5-0  21 3 │ 5-1  22 3 │ 6-0 temp: 20 │ ✗ 7-0  19 4 │
//!                  └─────────────────────────────────────────────────────┘
//!           8-3 ─► ┌ names: temp, wind ─────────┐
//!                  │ 8-3  18 1 │ 8-4  18 2      │
//!                  └────────────────────────────┘
//! ```
//!
//! A node is one allocation for many entries, found by the id of its first one. Entries are written as distances from
//! that id, and those that have the fields of the first entry don't repeat their names. An entry that is removed is only
//! marked (✗); a node goes once all of its entries are marked.
//!
//! Ids grow from entry to entry, but for removed ones: after those an id may be used again, or one before it.
//!
//! Where one node ends and the next begins can be seen from outside: a trim that need not be exact removes whole nodes.
//! So it is decided exactly as Redis does, by the number of entries and by the [`size`](size) that a node has there.

mod node;
mod size;

pub use self::node::{Entry, Fields};

use self::node::Node;
use crate::{Item, Ordered, stepwise};

/// How much a node may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeMost {
    /// Bytes, as data files count them; 0: as many as can be.
    pub bytes: usize,
    /// Entries, marked ones included; 0: any number.
    pub entries: usize,
}

/// What a trim leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// So many entries, the newest.
    Newest(usize),
    /// The entries from an id on.
    From(u128),
}

/// A map from ids to entries.
#[derive(Debug, Default)]
pub struct Journal {
    nodes: Ordered<u128, Node>,
    len: usize,
    /// The id of the first entry.
    first: Option<u128>,
    /// The bytes that the nodes have allocated.
    node_bytes: usize,
}

/// Nodes that are freed in one go when all are.
const NODES_FREED_AT_ONCE: usize = 32;

impl Journal {
    /// The most bytes of the names and values of one entry.
    pub const ENTRY_MOST: usize = 1 << 30;

    /// An empty one.
    pub const fn new() -> Self {
        Self { nodes: Ordered::new(), len: 0, first: None, node_bytes: 0 }
    }

    /// How many entries.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The id of the first entry.
    pub const fn first(&self) -> Option<u128> {
        self.first
    }

    /// The id of the last entry.
    pub fn last(&self) -> Option<u128> {
        self.backwards(0, u128::MAX).next().map(|entry| entry.id())
    }

    /// The ids that the nodes are found by, in order.
    pub fn node_ids(&self) -> impl Iterator<Item = u128> {
        self.nodes.keys().copied()
    }

    /// Adds an entry at the end: its id must be greater than that of any entry.
    pub fn push<'f>(
        &mut self,
        id: u128,
        fields: impl ExactSizeIterator<Item = (Item<'f>, Item<'f>)> + Clone,
        most: NodeMost,
    ) {
        if let Some((&first, node)) = self.nodes.last_mut() {
            let before = node.heap_bytes();
            let fits = node.admits(fields.clone(), most);
            if fits {
                node.push(first, id, fields.clone());
            } else {
                node.shrink();
            }
            self.node_bytes = self.node_bytes + node.heap_bytes() - before;
            if fits {
                return self.count_in(id);
            }
        }
        let mut node = Node::new(fields.clone().map(|(name, _)| name));
        node.push(id, id, fields);
        self.node_bytes += node.heap_bytes();
        self.nodes.insert(id, node);
        self.count_in(id);
    }

    fn count_in(&mut self, id: u128) {
        self.len += 1;
        self.first.get_or_insert(id);
    }

    /// Frees some entries, whichever they are; false if none is left. For what goes as a whole, but in slices.
    pub fn free_some(&mut self) -> bool {
        for _ in 0..NODES_FREED_AT_ONCE {
            let Some((_, node)) = self.nodes.pop_last() else { return false };
            self.node_bytes -= node.heap_bytes();
        }
        true
    }

    /// The entry of an id.
    pub fn get(&self, id: u128) -> Option<Entry<'_>> {
        self.forwards(id, id).next()
    }

    /// The entries from one id to another, both included.
    pub fn forwards(&self, from: u128, to: u128) -> impl Iterator<Item = Entry<'_>> {
        let nodes = self.nodes.range(self.node_of(from).unwrap_or(0)..);
        let entries = nodes.flat_map(|(&first, node)| node.entries(first));
        let left = entries.filter(move |entry| !entry.is_removed() && entry.id() >= from);
        stepwise(left.take_while(move |entry| entry.id() <= to))
    }

    /// The same, from the last to the first.
    pub fn backwards(&self, from: u128, to: u128) -> impl Iterator<Item = Entry<'_>> {
        let nodes = self.nodes.range(..=self.node_of(to).unwrap_or(u128::MAX)).rev();
        let entries = nodes.flat_map(|(&first, node)| node.entries(first).rev());
        let left = entries.filter(move |entry| !entry.is_removed() && entry.id() <= to);
        stepwise(left.take_while(move |entry| entry.id() >= from))
    }

    /// Where the node begins in which an id would be.
    fn node_of(&self, id: u128) -> Option<u128> {
        self.nodes.range(..=id).next_back().map(|(&first, _)| first)
    }

    /// Removes the entry of an id; tells whether there is one.
    pub fn remove(&mut self, id: u128) -> bool {
        let Some(first) = self.node_of(id) else { return false };
        let Some(node) = self.nodes.get_mut(&first) else { return false };
        if !node.remove(first, id) {
            return false;
        }
        let is_empty = node.is_empty();
        self.len -= 1;
        if is_empty {
            self.drop_node(first);
        }
        if self.first == Some(id) {
            self.find_first();
        }
        true
    }

    /// Removes entries from the front until only what is to be kept is left; tells how many it did. It stops before a
    /// node that would bring them over `most`, which 0 is no bound, and if only whole nodes may go, before the first one
    /// that has something to keep.
    pub fn trim(&mut self, keep: Keep, whole_nodes: bool, most: usize) -> usize {
        let mut removed = 0;
        while let Some((&first, node)) = self.nodes.first_mut() {
            let (done, whole) = match keep {
                Keep::Newest(count) => (self.len <= count, self.len - node.len() >= count),
                Keep::From(id) => (false, node.last_id(first).is_some_and(|last| last < id)),
            };
            if done || most > 0 && removed + node.len() > most {
                break;
            }
            if whole {
                removed += node.len();
                self.len -= node.len();
                self.drop_node(first);
                continue;
            }
            if !whole_nodes {
                let excess = match keep {
                    Keep::Newest(count) => node.remove_front(first, self.len - count, u128::MAX),
                    Keep::From(id) => node.remove_front(first, usize::MAX, id),
                };
                removed += excess;
                self.len -= excess;
            }
            break;
        }
        if removed > 0 {
            self.find_first();
        }
        removed
    }

    fn drop_node(&mut self, first: u128) {
        if let Some(node) = self.nodes.remove(&first) {
            self.node_bytes -= node.heap_bytes();
        }
    }

    fn find_first(&mut self) {
        let first = self.forwards(0, u128::MAX).next().map(|entry| entry.id());
        self.first = first;
    }

    /// The bytes it takes outside of itself.
    pub fn heap_bytes(&self) -> usize {
        self.node_bytes + self.nodes.heap_bytes()
    }
}

/// Node by node, as data files tell it.
impl Journal {
    /// How many nodes there are.
    pub const fn nodes_len(&self) -> usize {
        self.nodes.len()
    }

    /// The nodes in order.
    pub fn nodes(&self) -> impl Iterator<Item = NodeView<'_>> {
        self.nodes.iter().map(|(&first, node)| NodeView { first, node })
    }

    /// The first node that begins at an id or after it.
    pub fn node_from(&self, id: u128) -> Option<NodeView<'_>> {
        self.nodes.range(id..).next().map(|(&first, node)| NodeView { first, node })
    }

    /// Begins a node for entries from an id on, which must be greater than those of the other nodes.
    pub fn begin_node<'f>(&mut self, first: u128, names: impl ExactSizeIterator<Item = Item<'f>> + Clone) {
        let node = Node::new(names);
        self.node_bytes += node.heap_bytes();
        self.nodes.insert(first, node);
    }

    /// Adds an entry to the last node, or one that was removed from it.
    pub fn push_to_node<'f>(
        &mut self,
        id: u128,
        fields: impl ExactSizeIterator<Item = (Item<'f>, Item<'f>)> + Clone,
        is_removed: bool,
    ) {
        let Some((&first, node)) = self.nodes.last_mut() else { return };
        let before = node.heap_bytes();
        node.push(first, id, fields);
        self.node_bytes = self.node_bytes + node.heap_bytes() - before;
        if is_removed {
            node.remove_last(first);
        } else {
            self.count_in(id);
        }
    }
}

/// A node as it is found.
#[derive(Clone, Copy, Debug)]
pub struct NodeView<'a> {
    first: u128,
    node: &'a Node,
}

impl<'a> NodeView<'a> {
    /// The id that it is found by.
    pub const fn first(self) -> u128 {
        self.first
    }

    /// How many entries, those that are removed aside.
    pub const fn len(self) -> usize {
        self.node.len()
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.node.is_empty()
    }

    /// How many entries are removed.
    pub const fn removed(self) -> usize {
        self.node.removed()
    }

    /// The names that entries may share.
    pub fn names(self) -> impl Iterator<Item = Item<'a>> {
        self.node.names()
    }

    /// The entries, removed ones included.
    pub fn entries(self) -> impl Iterator<Item = Entry<'a>> {
        self.node.entries(self.first)
    }
}

impl Clone for Journal {
    /// A copy has no room to spare, so its memory is counted anew.
    fn clone(&self) -> Self {
        let nodes = self.nodes.clone();
        let node_bytes = nodes.values().map(Node::heap_bytes).sum();
        Self { nodes, node_bytes, ..*self }
    }
}

#[cfg(test)]
mod tests;
