//! A set of integers: a sorted array, each as wide as the widest needs.
//!
//! ```text
//!   {1, 5, 9}             i16  │  1│  5│  9│                    2 bytes each
//!   add 70000             i32  │    1│    5│    9│70000│        4 bytes each, all of them
//! ```
//!
//! A small set of numbers so takes a few bytes for each, in one piece of memory that a binary search walks through. It
//! is meant for some hundred numbers: adding and removing move all that are greater. An array that became wide stays so.

use alloc::vec::Vec;
use core::fmt;

use crate::allocated;

/// A sorted set of integers; see the module.
#[derive(Clone)]
pub struct IntSet(Width);

#[derive(Clone)]
enum Width {
    Narrow(Vec<i16>),
    Middle(Vec<i32>),
    Wide(Vec<i64>),
}

impl IntSet {
    /// An empty set, which allocates nothing.
    pub const fn new() -> Self {
        Self(Width::Narrow(Vec::new()))
    }

    /// How many numbers there are.
    pub const fn len(&self) -> usize {
        match &self.0 {
            Width::Narrow(values) => values.len(),
            Width::Middle(values) => values.len(),
            Width::Wide(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether this number is in it.
    pub fn contains(&self, value: i64) -> bool {
        match &self.0 {
            Width::Narrow(values) => place(values, value).is_ok(),
            Width::Middle(values) => place(values, value).is_ok(),
            Width::Wide(values) => place(values, value).is_ok(),
        }
    }

    /// Adds a number; tells whether it is new.
    pub fn insert(&mut self, value: i64) -> bool {
        self.widen_for(value);
        match &mut self.0 {
            Width::Narrow(values) => insert(values, value),
            Width::Middle(values) => insert(values, value),
            Width::Wide(values) => insert(values, value),
        }
    }

    /// Takes a number out; tells whether it was there.
    pub fn remove(&mut self, value: i64) -> bool {
        match &mut self.0 {
            Width::Narrow(values) => remove(values, value),
            Width::Middle(values) => remove(values, value),
            Width::Wide(values) => remove(values, value),
        }
    }

    /// The number at a place, in ascending order.
    pub fn get(&self, index: usize) -> Option<i64> {
        match &self.0 {
            Width::Narrow(values) => values.get(index).map(|&value| value.into()),
            Width::Middle(values) => values.get(index).map(|&value| value.into()),
            Width::Wide(values) => values.get(index).copied(),
        }
    }

    /// The numbers in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = i64> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// How many bytes are allocated.
    pub const fn heap_bytes(&self) -> usize {
        match &self.0 {
            Width::Narrow(values) => allocated(values.capacity() * size_of::<i16>()),
            Width::Middle(values) => allocated(values.capacity() * size_of::<i32>()),
            Width::Wide(values) => allocated(values.capacity() * size_of::<i64>()),
        }
    }

    /// Makes every number wide enough for this one.
    fn widen_for(&mut self, value: i64) {
        let is_middle = i32::try_from(value).is_ok();
        let wider = match &self.0 {
            Width::Narrow(_) if i16::try_from(value).is_ok() => return,
            Width::Narrow(values) if is_middle => Width::Middle(copied(values)),
            Width::Narrow(values) => Width::Wide(copied(values)),
            Width::Middle(values) if !is_middle => Width::Wide(copied(values)),
            Width::Middle(_) | Width::Wide(_) => return,
        };
        self.0 = wider;
    }
}

/// The same numbers in another width, and room for one more.
fn copied<T: Copy, U: From<T>>(values: &[T]) -> Vec<U> {
    let mut copy = Vec::with_capacity(values.len() + 1);
    copy.extend(values.iter().map(|&value| U::from(value)));
    copy
}

fn place<T: Copy + Into<i64>>(values: &[T], value: i64) -> Result<usize, usize> {
    values.binary_search_by_key(&value, |&held| held.into())
}

/// Adds a number that fits the width.
fn insert<T: Copy + Into<i64> + TryFrom<i64>>(values: &mut Vec<T>, value: i64) -> bool {
    let Ok(narrowed) = T::try_from(value) else { return false };
    // Numbers often come in ascending order.
    let is_last = values.last().is_none_or(|&last| last.into() < value);
    let place = if is_last { Err(values.len()) } else { place(values, value) };
    match place {
        Ok(_) => false,
        Err(place) => {
            values.insert(place, narrowed);
            true
        }
    }
}

fn remove<T: Copy + Into<i64>>(values: &mut Vec<T>, value: i64) -> bool {
    let Ok(place) = place(values, value) else { return false };
    values.remove(place);
    if values.len() < values.capacity() / 4 {
        values.shrink_to(values.len() * 2);
    }
    true
}

impl Default for IntSet {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for IntSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Numbers on both sides of every border between widths, and near each other.
    fn number(state: &mut u64) -> i64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let chosen = *state >> 33;
        let near = (chosen >> 4) as i64 % 24 - 12;
        let base = match chosen % 40 {
            0 => i64::from(i16::MIN),
            1 => i64::from(i16::MAX),
            2 => i64::from(i32::MIN),
            3 => i64::from(i32::MAX),
            4 => i64::MIN,
            5 => i64::MAX,
            _ => 0,
        };
        base.saturating_add(near)
    }

    #[test]
    fn behaves_as_a_set_does() {
        for seed in 0..200 {
            let (mut set, mut model, mut state) = (IntSet::new(), BTreeSet::new(), seed);
            for step in 0..300 {
                let value = number(&mut state);
                if state >> 60 < 9 {
                    assert_eq!(set.insert(value), model.insert(value), "seed {seed} step {step}");
                } else {
                    assert_eq!(set.remove(value), model.remove(&value), "seed {seed} step {step}");
                }
                let other = number(&mut state);
                assert_eq!(set.contains(other), model.contains(&other), "seed {seed} step {step}");
                assert_eq!(set.len(), model.len());
                assert_eq!(set.is_empty(), model.is_empty());
            }
            assert!(set.iter().eq(model.iter().copied()), "seed {seed}");
            assert!(
                (0..=set.len()).map(|index| set.get(index)).eq(model.iter().copied().map(Some).chain([None]))
            );
            assert!(set.clone().iter().eq(set.iter()));
        }
    }

    #[test]
    fn is_as_wide_as_it_needs_to_be() {
        let mut set = IntSet::new();
        assert_eq!(set.heap_bytes(), 0);
        for (value, bytes_each) in [(7, 2), (-32768, 2), (32768, 4), (8, 4), (1 << 31, 8)] {
            assert!(set.insert(value));
            assert_eq!(set.heap_bytes() % bytes_each, 0);
        }
        let narrow: usize = {
            let mut set = IntSet::new();
            (0..512).for_each(|value| assert!(set.insert(value)));
            set.heap_bytes()
        };
        assert_eq!(narrow, 1024);
    }

    #[test]
    fn gives_memory_back() {
        let mut set = IntSet::new();
        (0..1000).for_each(|value| assert!(set.insert(value)));
        (1..1000).for_each(|value| assert!(set.remove(value)));
        assert!(set.heap_bytes() <= 8, "{}", set.heap_bytes());
    }
}
