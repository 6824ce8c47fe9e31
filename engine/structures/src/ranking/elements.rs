//! The row of elements.
//!
//! Taking one out leaves a hole, which the next that comes fills: moving another element there would mean to look for it
//! in the tree and in its caller's index, at places that are in no cache. Only where there are as many holes as elements
//! is one moved, for each that goes.

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

/// A place of the row.
#[derive(Clone)]
enum Place {
    Taken(Element),
    /// A hole, and those before and after it in the list of all holes.
    Free {
        before: Option<Handle>,
        after: Option<Handle>,
    },
}

/// The row. Its last place is taken.
#[derive(Clone, Default)]
pub(super) struct Elements {
    row: Row<Place>,
    len: usize,
    /// The first of the holes.
    hole: Option<Handle>,
    /// The bytes that members have allocated for themselves.
    member_bytes: usize,
}

impl Elements {
    pub(super) const fn new() -> Self {
        Self { row: Row::new(), len: 0, hole: None, member_bytes: 0 }
    }

    #[inline]
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn member(&self, handle: Handle) -> &[u8] {
        self.at(handle).map_or(&[], |element| &element.member)
    }

    #[inline]
    pub(super) fn score(&self, handle: Handle) -> f64 {
        self.at(handle).map_or(0.0, |element| element.score)
    }

    pub(super) fn set_score(&mut self, handle: Handle, score: f64) {
        if let Some(Place::Taken(element)) = self.row.get_mut(handle.index()) {
            element.score = score;
        }
    }

    /// An element, to be looked for in the tree.
    #[inline]
    pub(super) fn wanted(&self, handle: Handle) -> Wanted<'_> {
        Wanted { elements: self, handle, score: self.score(handle), member: self.member(handle) }
    }

    /// Adds an element: in a hole, or at the end.
    pub(super) fn push(&mut self, member: &[u8], score: f64) -> Handle {
        let element = Element { member: Blob::from(member), score };
        self.member_bytes += element.member.heap_bytes();
        self.len += 1;
        match self.hole {
            Some(hole) => {
                self.fill(hole, Place::Taken(element));
                hole
            }
            None => {
                self.row.push(Place::Taken(element));
                Handle::of(self.row.len() - 1)
            }
        }
    }

    /// Takes an element out.
    pub(super) fn remove(&mut self, handle: Handle) {
        let hole = Place::Free { before: None, after: self.hole };
        let place = self.row.get_mut(handle.index()).map(|place| core::mem::replace(place, hole));
        let Some(Place::Taken(removed)) = place else { return };
        self.member_bytes -= removed.member.heap_bytes();
        self.len -= 1;
        self.link(self.hole, |before, _| *before = Some(handle));
        self.hole = Some(handle);
        self.trim();
    }

    /// The move that makes the row shorter, if there are as many holes as elements: of the last element into a hole.
    pub(super) fn next_move(&self) -> Option<(Handle, Handle)> {
        if self.row.len() <= 2 * self.len + HOLES_LEAST {
            return None;
        }
        Some((Handle::of(self.row.len() - 1), self.hole?))
    }

    /// Makes that move.
    pub(super) fn make_move(&mut self, (_, hole): (Handle, Handle)) {
        if let Some(last) = self.row.pop() {
            self.fill(hole, last);
            self.trim();
        }
    }

    /// Frees some elements; false if none is left.
    pub(super) fn free_some(&mut self) -> bool {
        for _ in 0..FREED_AT_ONCE {
            match self.row.pop() {
                Some(Place::Taken(element)) => self.member_bytes -= element.member.heap_bytes(),
                Some(Place::Free { .. }) => {}
                None => return false,
            }
        }
        true
    }

    pub(super) const fn memory_bytes(&self) -> usize {
        self.row.memory_bytes() + self.member_bytes
    }

    /// Puts something into a hole.
    fn fill(&mut self, hole: Handle, taken: Place) {
        self.unlink(hole);
        self.row[hole.index()] = taken;
    }

    /// Drops holes at the end.
    fn trim(&mut self) {
        while let Some(last) = self.row.len().checked_sub(1)
            && let Some(Place::Free { .. }) = self.row.get(last)
        {
            self.unlink(Handle::of(last));
            self.row.pop();
        }
    }

    /// Takes a hole out of the list.
    fn unlink(&mut self, hole: Handle) {
        let Some(&Place::Free { before, after }) = self.row.get(hole.index()) else { return };
        self.link(before, |_, next| *next = after);
        self.link(after, |next, _| *next = before);
        if self.hole == Some(hole) {
            self.hole = after;
        }
    }

    /// Changes the links of a hole, if there is one.
    fn link(&mut self, hole: Option<Handle>, change: impl FnOnce(&mut Option<Handle>, &mut Option<Handle>)) {
        if let Some(hole) = hole
            && let Some(Place::Free { before, after }) = self.row.get_mut(hole.index())
        {
            change(before, after);
        }
    }

    #[inline]
    fn at(&self, handle: Handle) -> Option<&Element> {
        match self.row.get(handle.index()) {
            Some(Place::Taken(element)) => Some(element),
            _ => None,
        }
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

/// So few holes are not worth a move.
const HOLES_LEAST: usize = 32;

/// Elements that are freed in one go.
const FREED_AT_ONCE: usize = 512;
