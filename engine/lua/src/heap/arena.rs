//! Objects of one kind, side by side, named by their number. A freed place is used again by the next object.

use core::ops::{Index, IndexMut};

use alloc::vec::Vec;

/// What the collector knows of a place.
const FREE: u8 = 0;
const WHITE: u8 = 1;
const MARKED: u8 = 2;

#[derive(Debug)]
pub(crate) struct Arena<T> {
    items: Vec<T>,
    states: Vec<u8>,
    free: Vec<u32>,
}

impl<T: Default> Arena<T> {
    pub(crate) const fn new() -> Self {
        Self { items: Vec::new(), states: Vec::new(), free: Vec::new() }
    }

    pub(crate) fn insert(&mut self, item: T) -> u32 {
        if let Some(id) = self.free.pop() {
            self.items[id as usize] = item;
            self.states[id as usize] = WHITE;
            return id;
        }
        self.items.push(item);
        self.states.push(WHITE);
        (self.items.len() - 1) as u32
    }

    /// Marks an object as alive; whether it was not yet.
    #[inline]
    pub(crate) fn mark(&mut self, id: u32) -> bool {
        let state = &mut self.states[id as usize];
        let first = *state == WHITE;
        if first {
            *state = MARKED;
        }
        first
    }

    pub(crate) fn is_marked(&self, id: u32) -> bool {
        self.states[id as usize] == MARKED
    }

    /// Frees what is not marked, after `bury` has seen it, and takes the marks away.
    pub(crate) fn sweep(&mut self, mut bury: impl FnMut(u32, &mut T)) {
        for (id, state) in self.states.iter_mut().enumerate() {
            match *state {
                MARKED => *state = WHITE,
                WHITE => {
                    bury(id as u32, &mut self.items[id]);
                    self.items[id] = T::default();
                    *state = FREE;
                    self.free.push(id as u32);
                }
                _ => {}
            }
        }
    }

    /// How many places there are, the free ones included.
    pub(crate) const fn len(&self) -> usize {
        self.items.len()
    }

    /// The numbers of all objects.
    pub(crate) fn ids(&self) -> impl Iterator<Item = u32> + '_ {
        let all = self.states.iter().enumerate();
        all.filter(|(_, state)| **state != FREE).map(|(id, _)| id as u32)
    }
}

impl<T> Index<u32> for Arena<T> {
    type Output = T;

    #[inline]
    fn index(&self, id: u32) -> &T {
        &self.items[id as usize]
    }
}

impl<T> IndexMut<u32> for Arena<T> {
    #[inline]
    fn index_mut(&mut self, id: u32) -> &mut T {
        &mut self.items[id as usize]
    }
}
