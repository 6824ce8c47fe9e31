//! The row of elements, in pieces that never move once they are of full length.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use crate::{Blob, allocated};

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
    /// All but the last are full.
    pieces: Vec<Vec<Element>>,
    len: usize,
    /// The bytes that members have allocated for themselves.
    member_bytes: usize,
}

impl Elements {
    pub(super) const fn new() -> Self {
        Self { pieces: Vec::new(), len: 0, member_bytes: 0 }
    }

    #[inline]
    pub(super) const fn len(&self) -> usize {
        self.len
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
        let Element { member, score } = self.pieces.get(place / PIECE)?.get(place % PIECE)?;
        Some((member, *score))
    }

    pub(super) fn set_score(&mut self, handle: Handle, score: f64) {
        self.at_mut(handle).score = score;
    }

    /// An element, to be looked for in the tree.
    #[inline]
    pub(super) fn wanted(&self, handle: Handle) -> Wanted<'_> {
        let Element { member, score } = self.at(handle);
        Wanted { elements: self, handle, score: *score, member }
    }

    /// The handle of the row's last element.
    pub(super) fn last(&self) -> Option<Handle> {
        self.len.checked_sub(1).map(Handle::of)
    }

    /// Adds an element at the end.
    pub(super) fn push(&mut self, member: &[u8], score: f64) -> Handle {
        let element = Element { member: Blob::from(member), score };
        self.member_bytes += element.member.heap_bytes();
        if self.len == self.pieces.len() * PIECE {
            // The first piece grows with what is in it; there are others only where there are many elements.
            let room = if self.pieces.is_empty() { FIRST } else { PIECE };
            self.pieces.push(Vec::with_capacity(room));
        }
        let piece = &mut self.pieces[self.len / PIECE];
        if piece.len() == piece.capacity() {
            piece.reserve_exact(piece.len().max(FIRST).min(PIECE - piece.len()));
        }
        piece.push(element);
        self.len += 1;
        Handle::of(self.len - 1)
    }

    /// Takes an element out; the last one of the row is in its place from now on.
    pub(super) fn swap_remove(&mut self, handle: Handle) {
        let Some(last) = self.pieces.last_mut().and_then(Vec::pop) else { return };
        self.len -= 1;
        let removed =
            if handle.index() == self.len { last } else { core::mem::replace(self.at_mut(handle), last) };
        self.member_bytes -= removed.member.heap_bytes();
        if self.len.is_multiple_of(PIECE) {
            self.pieces.pop();
        }
        if let [only] = self.pieces.as_mut_slice()
            && only.len() < only.capacity() / 4
        {
            only.shrink_to(only.len() * 2);
        }
    }

    pub(super) const fn memory_bytes(&self) -> usize {
        let row = match self.pieces.as_slice() {
            [] => 0,
            [full @ .., last] => {
                full.len() * allocated(PIECE * size_of::<Element>())
                    + allocated(last.capacity() * size_of::<Element>())
            }
        };
        allocated(self.pieces.capacity() * size_of::<Vec<Element>>()) + row + self.member_bytes
    }

    #[inline]
    fn at(&self, handle: Handle) -> &Element {
        &self.pieces[handle.index() / PIECE][handle.index() % PIECE]
    }

    #[inline]
    fn at_mut(&mut self, handle: Handle) -> &mut Element {
        &mut self.pieces[handle.index() / PIECE][handle.index() % PIECE]
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

/// Elements in a full piece: with 32 bytes each, two pages.
const PIECE: usize = 256;

/// Elements that the first piece has room for at first.
const FIRST: usize = 4;
