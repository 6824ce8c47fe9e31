//! Members in the order of their scores: what comes after what, which is the thousandth, and the how-manieth is this.
//!
//! Every member with its score is an *element*. Elements lie in a row, without order, and each is known
//! by its place there, its [`Handle`]. The order is a tree of handles (a B+tree), whose nodes know how many elements are
//! below them:
//!
//! ```text
//!   inner   first element below: 1.0 #4 │ 2.5 #7 │ 9.0 #2
//!           how many are below:       3 │      2 │      3
//!           child:                    │       │       └──────────────────┐
//!                     ┌───────────────┘       └────────┐                 │
//!   leaves  ┌─────────┴─────────────┐ ┌────────────────┴┐ ┌──────────────┴────────┐
//!           │ 1.0 #4  1.0 #1  2.0 #6│ │ 2.5 #7   8.0 #5 │ │ 9.0 #2  9.5 #8  9.9 #3│
//!           └───────────────────────┘ └─────────────────┘ └───────────────────────┘
//!   elements    #1 (1.0, b)  #2 (9.0, x)  #3 (9.9, y)  #4 (1.0, a)  #5 (8.0, q) …
//! ```
//!
//! A node is an array of scores beside an array of handles, so that a search among scores reads nothing but them; the
//! members decide only between equal scores. A member is thus stored once, and an index by member (a [`Dict`] of
//! handles, say) can be four bytes an entry.
//!
//! A node that is full splits: in the middle, or where the new element goes if that is its end, so that what comes in
//! ascending or descending order fills nodes entirely. A node that falls below a quarter is joined with a neighbour if
//! the two fit into one. Removing an element leaves a hole in the row; where there are many, elements are given other
//! handles ([`Ranking::tighten`]), hence memory is that of what is there, twice the row at most.
//!
//! The caller keeps members apart: none is added twice. Scores are compared as floats are, -0 equals 0; NaN is no score.
//!
//! [`Dict`]: crate::Dict

mod elements;
mod node;

use alloc::boxed::Box;
use core::ops::Range;

use elements::Elements;
use node::{Inner, Node, Shape};

pub use elements::Handle;

/// Members in the order of their scores; see the module.
#[derive(Clone, Default)]
pub struct Ranking {
    elements: Elements,
    root: Option<Node>,
    shape: Shape,
}

impl Ranking {
    /// An empty one, which allocates nothing.
    pub const fn new() -> Self {
        Self { elements: Elements::new(), root: None, shape: Shape::new() }
    }

    /// How many elements.
    #[inline]
    pub const fn len(&self) -> usize {
        self.elements.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The member of an element.
    #[inline]
    pub fn member(&self, handle: Handle) -> &[u8] {
        self.elements.member(handle)
    }

    /// The score of an element.
    #[inline]
    pub fn score(&self, handle: Handle) -> f64 {
        self.elements.score(handle)
    }

    /// Adds an element, whose member the caller knows to be absent.
    pub fn insert(&mut self, member: &[u8], score: f64) -> Handle {
        debug_assert!(!score.is_nan());
        let handle = self.elements.push(member, score);
        self.enter(handle);
        handle
    }

    /// Gives an element another score.
    pub fn set_score(&mut self, handle: Handle, score: f64) {
        debug_assert!(!score.is_nan());
        if let Some(root) = &mut self.root
            && root.rescore(self.elements.wanted(handle), score)
        {
            self.elements.set_score(handle, score);
            return;
        }
        if let Some(root) = &mut self.root {
            root.remove(self.elements.wanted(handle), &mut self.shape);
        }
        self.lower();
        self.elements.set_score(handle, score);
        self.enter(handle);
    }

    /// Takes an element out. [`tighten`](Self::tighten) afterwards.
    pub fn remove(&mut self, handle: Handle) {
        let Self { elements, root, shape } = self;
        if let Some(root) = root {
            root.remove(elements.wanted(handle), shape);
        }
        self.lower();
        self.elements.remove(handle);
    }

    /// The same for the element at a rank, which is found by that.
    pub fn remove_nth(&mut self, rank: usize) {
        let Some(root) = &mut self.root else { return };
        if let Some(handle) = root.remove_at(rank, &mut self.shape) {
            self.lower();
            self.elements.remove(handle);
        }
    }

    /// Gives an element another handle where that saves memory; tells the old and the new one. To be called after elements
    /// were taken out until it does nothing.
    pub fn tighten(&mut self) -> Option<(Handle, Handle)> {
        let (old, new) = self.elements.next_move()?;
        if let Some(root) = &mut self.root {
            root.rename(self.elements.wanted(old), new);
        }
        self.elements.make_move((old, new));
        Some((old, new))
    }

    /// Takes all elements out.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// Frees some elements, whichever they are; false once none is left. For what goes as a whole, but in slices: after the
    /// first call it is good for nothing else.
    pub fn free_some(&mut self) -> bool {
        let mut budget = NODES_FREED_AT_ONCE;
        if let Some(root) = &mut self.root {
            if root.free_some(&mut budget, &mut self.shape) {
                return true;
            }
            (self.root, self.shape) = (None, Shape::new());
        }
        self.elements.free_some()
    }

    /// How many elements come before one.
    pub fn rank(&self, handle: Handle) -> usize {
        let wanted = self.elements.wanted(handle);
        self.partition(|score, other| wanted.follows(score, other))
    }

    /// How many elements have a score for which this holds; it must hold for all below one for which it does.
    pub fn rank_by_score(&self, before: impl Fn(f64) -> bool) -> usize {
        self.partition(|score, _| before(score))
    }

    /// How many elements have a member for which this holds, in the same way. Only where scores are equal are members
    /// in order; elsewhere the answer is some number.
    pub fn rank_by_member(&self, before: impl Fn(&[u8]) -> bool) -> usize {
        self.partition(|_, handle| before(self.elements.member(handle)))
    }

    /// The element at a rank.
    pub fn nth(&self, rank: usize) -> Option<Handle> {
        self.around(rank).and_then(|(handles, index)| handles.get(index).copied())
    }

    /// The elements whose ranks are in a range, or in as much of it as there is, from either end.
    pub fn range(&self, ranks: Range<usize>) -> Iter<'_> {
        let end = ranks.end.min(self.len());
        let start = ranks.start.min(end);
        Iter { ranking: self, ranks: start..end, front: &[], back: &[] }
    }

    /// What it has allocated: the same after the same calls, on any machine of one pointer width.
    pub const fn memory_bytes(&self) -> usize {
        self.elements.memory_bytes() + self.shape.memory_bytes()
    }

    /// How many elements come before the first for which `before` does not hold.
    #[inline]
    fn partition(&self, before: impl Fn(f64, Handle) -> bool) -> usize {
        self.root.as_ref().map_or(0, |root| root.partition(&before))
    }

    /// Puts an element into the tree.
    fn enter(&mut self, handle: Handle) {
        let Self { elements, root, shape } = self;
        let root = root.get_or_insert_with(|| Node::leaf(shape));
        if let Some(right) = root.insert(elements.wanted(handle), shape) {
            let left = core::mem::replace(root, Node::Inner(Box::new(Inner::new(shape))));
            if let Node::Inner(inner) = root {
                inner.push(left);
                inner.push(right);
            }
        }
    }

    /// After an element was taken out of the tree: makes it lower if its root has but one child.
    fn lower(&mut self) {
        let Some(root) = &mut self.root else { return };
        while let Node::Inner(inner) = root
            && let Some(only) = inner.take_only(&mut self.shape)
        {
            *root = only;
        }
        if root.is_empty() {
            self.root = None;
            self.shape = Shape::new();
        }
    }

    /// The elements next to the one at a rank, as many as its leaf has, and where it is among them.
    pub fn around(&self, rank: usize) -> Option<(&[Handle], usize)> {
        let mut node = self.root.as_ref()?;
        let mut index = rank;
        loop {
            match node {
                Node::Leaf(keys) => return Some((keys.handles(), index)),
                Node::Inner(inner) => (node, index) = inner.node_at(index)?,
            }
        }
    }
}

/// Leaves that are freed in one go when all are.
const NODES_FREED_AT_ONCE: usize = 16;

/// Elements in order, from either end.
#[derive(Clone)]
pub struct Iter<'a> {
    ranking: &'a Ranking,
    ranks: Range<usize>,
    /// What is left of the leaves that the two ends are in.
    front: &'a [Handle],
    back: &'a [Handle],
}

impl<'a> Iter<'a> {
    fn element(&self, handle: Handle) -> (&'a [u8], f64) {
        (self.ranking.elements.member(handle), self.ranking.elements.score(handle))
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a [u8], f64);

    fn next(&mut self) -> Option<Self::Item> {
        let rank = self.ranks.next()?;
        if self.front.is_empty() {
            let (handles, index) = self.ranking.around(rank)?;
            self.front = handles.get(index..)?;
        }
        let (handle, rest) = self.front.split_first()?;
        self.front = rest;
        Some(self.element(*handle))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.ranks.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let rank = self.ranks.next_back()?;
        if self.back.is_empty() {
            let (handles, index) = self.ranking.around(rank)?;
            self.back = handles.get(..=index)?;
        }
        let (handle, rest) = self.back.split_last()?;
        self.back = rest;
        Some(self.element(*handle))
    }
}

impl ExactSizeIterator for Iter<'_> {}

#[cfg(test)]
mod tests;
