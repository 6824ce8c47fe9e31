//! The nodes of the tree.

use crate::allocated;
use alloc::boxed::Box;
use alloc::vec::Vec;

use super::elements::{Handle, Wanted};

/// A part of the tree.
#[derive(Clone)]
pub(super) enum Node {
    Leaf(Box<Keys<LEAF>>),
    Inner(Box<Inner>),
}

/// A node with nodes below it.
#[derive(Clone)]
pub(super) struct Inner {
    /// The first element below each child.
    keys: Keys<INNER>,
    /// How many elements are below each child.
    counts: [u32; INNER],
    children: Vec<Node>,
}

/// Scores and handles of elements, in order.
#[derive(Clone)]
pub(super) struct Keys<const N: usize> {
    scores: [f64; N],
    handles: [Handle; N],
    len: usize,
}

/// How many nodes there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    leaves: usize,
    inners: usize,
}

impl Shape {
    pub(super) const fn new() -> Self {
        Self { leaves: 0, inners: 0 }
    }

    pub(super) const fn memory_bytes(&self) -> usize {
        self.leaves * allocated(size_of::<Keys<LEAF>>())
            + self.inners * (allocated(size_of::<Inner>()) + allocated(INNER * size_of::<Node>()))
    }
}

impl Node {
    pub(super) fn leaf(shape: &mut Shape) -> Self {
        shape.leaves += 1;
        Self::Leaf(Box::new(Keys::new()))
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many elements are before the first for which `before` does not hold.
    #[inline]
    pub(super) fn partition(&self, before: &impl Fn(f64, Handle) -> bool) -> usize {
        let (mut node, mut passed) = (self, 0);
        loop {
            match node {
                Self::Leaf(keys) => return passed + keys.partition(before),
                Self::Inner(inner) => {
                    let child = inner.keys.partition(before).saturating_sub(1);
                    passed += inner.count(child);
                    node = &inner.children[child];
                }
            }
        }
    }

    /// Adds an element. What has no room comes back as a node that belongs to the right of this one.
    pub(super) fn insert(&mut self, wanted: Wanted<'_>, shape: &mut Shape) -> Option<Self> {
        match self {
            Self::Leaf(keys) => {
                let at = keys.place_of(wanted);
                if keys.len < LEAF {
                    keys.insert(at, wanted.score, wanted.handle);
                    return None;
                }
                let (cut, goes_right) = cut(at, LEAF);
                let mut right = Box::new(keys.split_off(cut));
                let (keys, at) = if goes_right { (&mut *right, at - cut) } else { (&mut **keys, at) };
                keys.insert(at, wanted.score, wanted.handle);
                shape.leaves += 1;
                Some(Self::Leaf(right))
            }
            Self::Inner(inner) => {
                let child = inner.child_of(wanted);
                let Some(split) = inner.children[child].insert(wanted, shape) else {
                    inner.counts[child] += 1;
                    inner.refresh_first(child);
                    return None;
                };
                inner.refresh(child);
                inner.insert(child + 1, split, shape)
            }
        }
    }

    /// Frees leaves from the end on, as many as the budget has; false once there are no more.
    pub(super) fn free_some(&mut self, budget: &mut usize, shape: &mut Shape) -> bool {
        let Self::Inner(inner) = self else { return false };
        while let Some(last) = inner.children.last_mut() {
            if *budget == 0 {
                return true;
            }
            if !last.free_some(budget, shape) {
                match inner.children.pop() {
                    Some(Self::Leaf(_)) => (shape.leaves, *budget) = (shape.leaves - 1, *budget - 1),
                    _ => shape.inners -= 1,
                }
            }
        }
        false
    }

    /// Takes an element out, which must be there.
    pub(super) fn remove(&mut self, wanted: Wanted<'_>, shape: &mut Shape) {
        match self {
            Self::Leaf(keys) => {
                if let Some(at) = keys.find(wanted) {
                    keys.remove(at);
                }
            }
            Self::Inner(inner) => {
                let child = inner.child_of(wanted);
                inner.children[child].remove(wanted, shape);
                inner.counts[child] -= 1;
                inner.tidy(child, shape);
            }
        }
    }

    /// Takes the element at a rank out, which must be there; gives its handle. No element is compared with another.
    pub(super) fn remove_at(&mut self, rank: usize, shape: &mut Shape) -> Option<Handle> {
        match self {
            Self::Leaf(keys) => {
                let handle = keys.handles().get(rank).copied()?;
                keys.remove(rank);
                Some(handle)
            }
            Self::Inner(inner) => {
                let (child, rank) = inner.child_at(rank)?;
                let handle = inner.children[child].remove_at(rank, shape)?;
                inner.counts[child] -= 1;
                inner.tidy(child, shape);
                Some(handle)
            }
        }
    }

    /// Gives an element another score if that leaves it between the same neighbours, and if these lie in one leaf
    /// with it. The elements themselves still have the old one.
    pub(super) fn rescore(&mut self, wanted: Wanted<'_>, score: f64) -> bool {
        match self {
            Self::Leaf(keys) => {
                let place = keys.find(wanted).filter(|&at| keys.is_between(at, score));
                if let Some(at) = place {
                    keys.scores[at] = score;
                }
                place.is_some()
            }
            Self::Inner(inner) => {
                let child = inner.child_of(wanted);
                inner.children[child].rescore(wanted, score)
            }
        }
    }

    /// Knows an element by another handle from now on.
    pub(super) fn rename(&mut self, wanted: Wanted<'_>, new: Handle) {
        match self {
            Self::Leaf(keys) => {
                if let Some(at) = keys.find(wanted) {
                    keys.handles[at] = new;
                }
            }
            Self::Inner(inner) => {
                let child = inner.child_of(wanted);
                inner.children[child].rename(wanted, new);
                inner.refresh_first(child);
            }
        }
    }

    /// How many elements or children it has itself.
    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Leaf(keys) => keys.len,
            Self::Inner(inner) => inner.keys.len,
        }
    }

    const fn is_sparse(&self) -> bool {
        match self {
            Self::Leaf(keys) => keys.len < LEAF / 4,
            Self::Inner(inner) => inner.keys.len < INNER / 4,
        }
    }

    /// How many elements are below it.
    fn count(&self) -> usize {
        match self {
            Self::Leaf(keys) => keys.len,
            Self::Inner(inner) => inner.count(inner.keys.len),
        }
    }

    /// Its first element; some other if it has none.
    const fn first(&self) -> (f64, Handle) {
        match self {
            Self::Leaf(keys) => keys.first(),
            Self::Inner(inner) => inner.keys.first(),
        }
    }

    /// Whether one node has room for what is in it and in its right neighbour.
    const fn fits(&self, right: &Self) -> bool {
        match (self, right) {
            (Self::Leaf(left), Self::Leaf(right)) => left.len + right.len <= LEAF,
            (Self::Inner(left), Self::Inner(right)) => left.keys.len + right.keys.len <= INNER,
            _ => false,
        }
    }

    /// Takes in its right neighbour, for which there is room.
    fn join(&mut self, right: Self, shape: &mut Shape) {
        match (self, right) {
            (Self::Leaf(left), Self::Leaf(right)) => {
                left.append(&right);
                shape.leaves -= 1;
            }
            (Self::Inner(left), Self::Inner(right)) => {
                left.append(*right);
                shape.inners -= 1;
            }
            _ => debug_assert!(false, "all leaves are at the same depth"),
        }
    }
}

impl Inner {
    pub(super) fn new(shape: &mut Shape) -> Self {
        shape.inners += 1;
        Self { keys: Keys::new(), counts: [0; INNER], children: Vec::with_capacity(INNER) }
    }

    /// Adds a child at the end, where there is room.
    pub(super) fn push(&mut self, child: Node) {
        self.put(self.keys.len, child);
    }

    /// Takes its child out if it has but one.
    pub(super) fn take_only(&mut self, shape: &mut Shape) -> Option<Node> {
        if self.keys.len != 1 {
            return None;
        }
        shape.inners -= 1;
        self.keys.len = 0;
        self.children.pop()
    }

    /// The child in which a rank among the elements below lies, and the rank there.
    fn child_at(&self, rank: usize) -> Option<(usize, usize)> {
        let mut left = rank;
        for (child, &count) in self.counts[..self.keys.len].iter().enumerate() {
            match left.checked_sub(count as usize) {
                None => return Some((child, left)),
                Some(rest) => left = rest,
            }
        }
        None
    }

    /// The same, as the node and the rank there.
    pub(super) fn node_at(&self, rank: usize) -> Option<(&Node, usize)> {
        let (child, rank) = self.child_at(rank)?;
        Some((self.children.get(child)?, rank))
    }

    /// The child in which an element lies or ought to.
    fn child_of(&self, wanted: Wanted<'_>) -> usize {
        let not_after = |score, other| other == wanted.handle || wanted.follows(score, other);
        self.keys.partition(&not_after).saturating_sub(1)
    }

    /// How many elements are below the first so many children.
    fn count(&self, children: usize) -> usize {
        self.counts[..children].iter().map(|&count| count as usize).sum()
    }

    /// Adds a child. What has no room comes back as a node that belongs to the right of this one.
    fn insert(&mut self, at: usize, child: Node, shape: &mut Shape) -> Option<Node> {
        if self.keys.len < INNER {
            self.put(at, child);
            return None;
        }
        let (cut, goes_right) = cut(at, INNER);
        let mut right = Box::new(Self::new(shape));
        right.keys = self.keys.split_off(cut);
        right.counts[..INNER - cut].copy_from_slice(&self.counts[cut..]);
        right.children.extend(self.children.drain(cut..));
        if goes_right {
            right.put(at - cut, child);
        } else {
            self.put(at, child);
        }
        Some(Node::Inner(right))
    }

    fn put(&mut self, at: usize, child: Node) {
        let (score, handle) = child.first();
        self.counts.copy_within(at..self.keys.len, at + 1);
        self.counts[at] = child.count() as u32;
        self.keys.insert(at, score, handle);
        self.children.insert(at, child);
    }

    fn take(&mut self, at: usize) -> Node {
        self.counts.copy_within(at + 1..self.keys.len, at);
        self.keys.remove(at);
        self.children.remove(at)
    }

    fn append(&mut self, mut right: Self) {
        let len = self.keys.len;
        self.counts[len..len + right.keys.len].copy_from_slice(&right.counts[..right.keys.len]);
        self.keys.append(&right.keys);
        self.children.append(&mut right.children);
    }

    /// Takes note of what is below a child now.
    fn refresh(&mut self, child: usize) {
        self.refresh_first(child);
        self.counts[child] = self.children[child].count() as u32;
    }

    /// Takes note of what is the first below a child now.
    fn refresh_first(&mut self, child: usize) {
        (self.keys.scores[child], self.keys.handles[child]) = self.children[child].first();
    }

    /// After an element was taken from a child, and from its count: drops it if it is empty, joins it with a neighbour if it is small.
    fn tidy(&mut self, child: usize, shape: &mut Shape) {
        let node = &self.children[child];
        if node.is_empty() {
            match self.take(child) {
                Node::Leaf(_) => shape.leaves -= 1,
                Node::Inner(_) => shape.inners -= 1,
            }
            return;
        }
        let is_sparse = node.is_sparse();
        self.refresh_first(child);
        if !is_sparse {
            return;
        }
        for left in [child.checked_sub(1), Some(child)].into_iter().flatten() {
            if let Some([one, other]) = self.children.get(left..left + 2)
                && one.fits(other)
            {
                let right = self.take(left + 1);
                self.children[left].join(right, shape);
                self.refresh(left);
                return;
            }
        }
    }
}

impl<const N: usize> Keys<N> {
    const fn new() -> Self {
        Self { scores: [0.0; N], handles: [Handle::ANY; N], len: 0 }
    }

    pub(super) fn handles(&self) -> &[Handle] {
        &self.handles[..self.len]
    }

    const fn first(&self) -> (f64, Handle) {
        (self.scores[0], self.handles[0])
    }

    /// How many keys are before the first for which `before` does not hold.
    #[inline]
    fn partition(&self, before: &impl Fn(f64, Handle) -> bool) -> usize {
        let (mut start, mut end) = (0, self.len);
        while start < end {
            let middle = usize::midpoint(start, end);
            if before(self.scores[middle], self.handles[middle]) {
                start = middle + 1;
            } else {
                end = middle;
            }
        }
        start
    }

    /// Where an element lies or ought to.
    fn place_of(&self, wanted: Wanted<'_>) -> usize {
        self.partition(&|score, other| wanted.follows(score, other))
    }

    /// Where an element lies.
    fn find(&self, wanted: Wanted<'_>) -> Option<usize> {
        let at = self.place_of(wanted);
        (self.handles().get(at) == Some(&wanted.handle)).then_some(at)
    }

    /// Whether a score is truly between those of a key's two neighbours.
    fn is_between(&self, at: usize, score: f64) -> bool {
        at > 0 && at + 1 < self.len && self.scores[at - 1] < score && score < self.scores[at + 1]
    }

    fn insert(&mut self, at: usize, score: f64, handle: Handle) {
        self.scores.copy_within(at..self.len, at + 1);
        self.handles.copy_within(at..self.len, at + 1);
        (self.scores[at], self.handles[at]) = (score, handle);
        self.len += 1;
    }

    fn remove(&mut self, at: usize) {
        self.scores.copy_within(at + 1..self.len, at);
        self.handles.copy_within(at + 1..self.len, at);
        self.len -= 1;
    }

    fn split_off(&mut self, at: usize) -> Self {
        let mut right = Self::new();
        right.len = self.len - at;
        right.scores[..right.len].copy_from_slice(&self.scores[at..self.len]);
        right.handles[..right.len].copy_from_slice(&self.handles[at..self.len]);
        self.len = at;
        right
    }

    fn append(&mut self, right: &Self) {
        let end = self.len + right.len;
        self.scores[self.len..end].copy_from_slice(&right.scores[..right.len]);
        self.handles[self.len..end].copy_from_slice(&right.handles[..right.len]);
        self.len = end;
    }
}

#[cfg(test)]
impl Shape {
    pub(super) const fn leaves(&self) -> usize {
        self.leaves
    }
}

#[cfg(test)]
impl Node {
    /// Everything that must hold of the nodes; gives how many there are, and how deep the leaves are.
    pub(super) fn check(&self) -> (Shape, usize) {
        assert!(!self.is_empty());
        let Self::Inner(inner) = self else { return (Shape { leaves: 1, inners: 0 }, 0) };
        assert_eq!(inner.children.len(), inner.keys.len);
        let mut found = Shape { leaves: 0, inners: 1 };
        let mut depths = Vec::new();
        for (at, child) in inner.children.iter().enumerate() {
            assert_eq!(inner.counts[at] as usize, child.count());
            assert_eq!(inner.keys.handles[at], child.first().1);
            assert_eq!(inner.keys.scores[at].to_bits(), child.first().0.to_bits());
            let (shape, depth) = child.check();
            found.leaves += shape.leaves;
            found.inners += shape.inners;
            depths.push(depth);
        }
        assert!(depths.iter().all(|depth| *depth == depths[0]));
        (found, depths[0] + 1)
    }
}

/// Where a full node of `len` is cut for something that goes in at `at`, and whether that goes to the right part. What
/// comes at an end begins a node of its own: in ascending or descending order nodes are filled entirely.
const fn cut(at: usize, len: usize) -> (usize, bool) {
    if at == len {
        (len, true)
    } else if at == 0 {
        (0, false)
    } else {
        (len / 2, at > len / 2)
    }
}

/// Elements of a leaf.
pub(super) const LEAF: usize = 32;

/// Children of an inner node.
pub(super) const INNER: usize = 64;
