//! A row of things in no order, in pieces that never move once they are of full length.
//!
//! A vector that grows must one day be copied as a whole; here at most one piece is. Taking something out moves the last
//! one into its place, so there are no gaps, and memory is that of what is there.

use alloc::vec::Vec;
use core::fmt;
use core::ops::{Index, IndexMut};

use crate::allocated;

/// A row; see the module.
#[derive(Clone)]
pub struct Row<T> {
    /// All but the last are full.
    pieces: Vec<Vec<T>>,
    len: usize,
}

impl<T> Row<T> {
    /// An empty one, which allocates nothing.
    pub const fn new() -> Self {
        Self { pieces: Vec::new(), len: 0 }
    }

    /// How many there are.
    #[inline]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The one at a place.
    #[inline]
    pub fn get(&self, place: usize) -> Option<&T> {
        self.pieces.get(place / PIECE)?.get(place % PIECE)
    }

    /// The same, to be changed.
    #[inline]
    pub fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        self.pieces.get_mut(place / PIECE)?.get_mut(place % PIECE)
    }

    /// Adds one at the end.
    pub fn push(&mut self, value: T) {
        if self.len == self.pieces.len() * PIECE {
            // The first piece grows with what is in it; there are others only where there is much.
            let room = if self.pieces.is_empty() { FIRST } else { PIECE };
            self.pieces.push(Vec::with_capacity(room));
        }
        let piece = &mut self.pieces[self.len / PIECE];
        if piece.len() == piece.capacity() {
            piece.reserve_exact(piece.len().max(FIRST).min(PIECE - piece.len()));
        }
        piece.push(value);
        self.len += 1;
    }

    /// Takes out the last one.
    pub fn pop(&mut self) -> Option<T> {
        let last = self.pieces.last_mut().and_then(Vec::pop)?;
        self.len -= 1;
        if self.len.is_multiple_of(PIECE) {
            self.pieces.pop();
        }
        if let [only] = self.pieces.as_mut_slice()
            && only.len() < only.capacity() / 4
        {
            only.shrink_to(only.len() * 2);
        }
        Some(last)
    }

    /// Takes one out; the last is in its place from now on.
    pub fn swap_remove(&mut self, place: usize) -> Option<T> {
        if place >= self.len {
            return None;
        }
        let last = self.pop()?;
        match self.get_mut(place) {
            Some(hole) => Some(core::mem::replace(hole, last)),
            None => Some(last),
        }
    }

    /// What it has allocated, besides what is in it.
    pub const fn memory_bytes(&self) -> usize {
        let row = match self.pieces.as_slice() {
            [] => 0,
            [full @ .., last] => {
                full.len() * allocated(PIECE * size_of::<T>()) + allocated(last.capacity() * size_of::<T>())
            }
        };
        allocated(self.pieces.capacity() * size_of::<Vec<T>>()) + row
    }
}

impl<T> Index<usize> for Row<T> {
    type Output = T;

    #[inline]
    fn index(&self, place: usize) -> &T {
        &self.pieces[place / PIECE][place % PIECE]
    }
}

impl<T> IndexMut<usize> for Row<T> {
    #[inline]
    fn index_mut(&mut self, place: usize) -> &mut T {
        &mut self.pieces[place / PIECE][place % PIECE]
    }
}

impl<T> Default for Row<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Row<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row").field("len", &self.len).finish()
    }
}

/// Things in a full piece.
const PIECE: usize = 256;

/// Things that the first piece has room for at first.
const FIRST: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_out_leaves_no_gap() {
        let (mut row, mut model) = (Row::new(), Vec::new());
        for number in 0..2000_usize {
            row.push(number);
            model.push(number);
        }
        assert!(row.memory_bytes() >= 2000 * size_of::<usize>());
        let mut place = 1;
        while !model.is_empty() {
            place = (place * 31 + 7) % model.len();
            assert_eq!(row.swap_remove(place), Some(model.swap_remove(place)));
            assert_eq!((row.len(), row.get(place)), (model.len(), model.get(place)));
        }
        assert_eq!((row.pop(), row.swap_remove(0), row.get(0)), (None, None, None));
        assert!(row.memory_bytes() < 2000);
    }
}
