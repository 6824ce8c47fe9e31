//! The row of elements.

use core::num::NonZeroU32;

use crate::{Blob, Row};

/// Which element. It is good until an element is removed; see [`Ranking::remove`](super::Ranking::remove).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle(NonZeroU32);

impl Handle {
    /// A handle for places where none matters.
    pub(super) const ANY: Self = Self(NonZeroU32::MIN);

    const fn of(index: usize) -> Self {
        debug_assert!(index < u32::MAX as usize);
        match NonZeroU32::new(index as u32 + 1) {
            Some(number) => Self(number),
            None => Self::ANY,
        }
    }

    const fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

#[derive(Clone)]
struct Element {
    member: Blob,
    score: f64,
}

/// The row.
#[derive(Clone, Default)]
pub(super) struct Elements {
    row: Row<Element>,
    /// The bytes that members have allocated for themselves.
    member_bytes: usize,
}

impl Elements {
    pub(super) const fn new() -> Self {
        Self { row: Row::new(), member_bytes: 0 }
    }

    #[inline]
    pub(super) const fn len(&self) -> usize {
        self.row.len()
    }

    #[inline]
    pub(super) fn member(&self, handle: Handle) -> &[u8] {
        &self.at(handle).member
    }

    #[inline]
    pub(super) fn score(&self, handle: Handle) -> f64 {
        self.at(handle).score
    }

    pub(super) fn at_place(&self, place: usize) -> Option<(&[u8], f64)> {
        let Element { member, score } = self.row.get(place)?;
        Some((member, *score))
    }

    pub(super) fn set_score(&mut self, handle: Handle, score: f64) {
        self.row[handle.index()].score = score;
    }

    /// An element, to be looked for in the tree.
    #[inline]
    pub(super) fn wanted(&self, handle: Handle) -> Wanted<'_> {
        let Element { member, score } = self.at(handle);
        Wanted { elements: self, handle, score: *score, member }
    }

    /// The handle of the row's last element.
    pub(super) fn last(&self) -> Option<Handle> {
        self.len().checked_sub(1).map(Handle::of)
    }

    /// Adds an element at the end.
    pub(super) fn push(&mut self, member: &[u8], score: f64) -> Handle {
        let element = Element { member: Blob::from(member), score };
        self.member_bytes += element.member.heap_bytes();
        self.row.push(element);
        Handle::of(self.len() - 1)
    }

    /// Takes an element out; the last one of the row is in its place from now on.
    pub(super) fn swap_remove(&mut self, handle: Handle) {
        if let Some(removed) = self.row.swap_remove(handle.index()) {
            self.member_bytes -= removed.member.heap_bytes();
        }
    }

    /// Frees some elements; false if none is left.
    pub(super) fn free_some(&mut self) -> bool {
        for _ in 0..FREED_AT_ONCE {
            let Some(element) = self.row.pop() else { return false };
            self.member_bytes -= element.member.heap_bytes();
        }
        true
    }

    pub(super) const fn memory_bytes(&self) -> usize {
        self.row.memory_bytes() + self.member_bytes
    }

    #[inline]
    fn at(&self, handle: Handle) -> &Element {
        &self.row[handle.index()]
    }
}

/// An element that is looked for, and what it is compared by.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    elements: &'a Elements,
    pub(super) handle: Handle,
    pub(super) score: f64,
    member: &'a [u8],
}

impl Wanted<'_> {
    /// Whether it comes after another element, whose score is known: those of one score are in the order of their bytes.
    #[inline]
    pub(super) fn follows(&self, score: f64, other: Handle) -> bool {
        score < self.score
            || (score == self.score && other != self.handle && self.elements.member(other) < self.member)
    }
}

/// Elements that are freed in one go.
const FREED_AT_ONCE: usize = 512;
