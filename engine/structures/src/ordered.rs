//! A map in the order of its keys, in chunks: the one ordered container for whatever isn't read by every command.
//!
//! ```text
//!   chunks   ─► │ b 1 │ d 7 │ f 2 │         each a piece of the order, never empty
//!            ─► │ k 5 │ m 0 │             ◀─ a key is looked for by the chunks' first keys, then in its chunk
//!            ─► │ p 3 │ q 8 │ t 1 │ w 4 │
//! ```
//!
//! A chunk holds at most as many pairs as there are chunks, but some even if they are few and not too many if they are a
//! lot: so neither to move pairs within a chunk nor to move chunks ever takes long, and there is no third level.
//!
//! ```text
//!   full, a key comes in the middle   │ a c e g │  + d   ─►   │ a c d │   │ e g │       halves
//!   full, it comes at the end         │ a c e g │  + h   ─►   │ a c e g │   │ h │       what comes in order fills chunks
//!   few are left                      │ a │   │ e g │    ─►   │ a e g │                neighbours join if there is room
//! ```
//!
//! A tree would do with fewer moves, but it is much code, and each type of keys or values has its own copy of it.

mod set;
#[cfg(test)]
mod tests;

use alloc::vec::{self, Vec};
use core::borrow::Borrow;
use core::fmt;
use core::iter::{Flatten, FusedIterator};
use core::ops::{Bound, RangeBounds};
use core::slice;

pub use self::set::OrderedSet;

/// A map in the order of its keys; see the module.
#[derive(Clone)]
pub struct Ordered<K, V> {
    chunks: Vec<Vec<(K, V)>>,
    len: usize,
}

/// Where a pair is, or would be: its chunk, and its place there.
type Place = (usize, usize);

/// Pairs that any chunk may hold …
const FULL_MIN: usize = 64;

/// … and that none may hold more than.
const FULL_MAX: usize = 1024;

impl<K, V> Ordered<K, V> {
    /// An empty one, which allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }

    /// How many pairs.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// The first pair.
    #[must_use]
    pub fn first(&self) -> Option<(&K, &V)> {
        self.chunks.first()?.first().map(shared)
    }

    /// The last pair.
    #[must_use]
    pub fn last(&self) -> Option<(&K, &V)> {
        self.chunks.last()?.last().map(shared)
    }

    /// The first pair, its value to be changed.
    pub fn first_mut(&mut self) -> Option<(&K, &mut V)> {
        self.at_mut(Some((0, 0)))
    }

    /// The last pair, its value to be changed.
    pub fn last_mut(&mut self) -> Option<(&K, &mut V)> {
        self.at_mut(self.before((self.chunks.len(), 0)))
    }

    /// Takes out the first pair.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        (self.len > 0).then(|| self.remove_at((0, 0)))
    }

    /// Takes out the last pair.
    pub fn pop_last(&mut self) -> Option<(K, V)> {
        let last = self.before((self.chunks.len(), 0))?;
        Some(self.remove_at(last))
    }

    /// All pairs.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.between((0, 0), (self.chunks.len(), 0))
    }

    /// All keys.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    /// All values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// All values, taken out.
    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.into_iter().map(|(_, value)| value)
    }

    /// All pairs, their values to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.chunks.iter_mut().flatten().map(changing)
    }

    /// All values, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.iter_mut().map(|(_, value)| value)
    }

    /// Removes the pairs that are not to be kept.
    pub fn retain(&mut self, mut keeps: impl FnMut(&K, &mut V) -> bool) {
        self.chunks.retain_mut(|chunk| {
            chunk.retain_mut(|(key, value)| keeps(key, value));
            !chunk.is_empty()
        });
        self.len = self.chunks.iter().map(Vec::len).sum();
    }

    /// The bytes it takes outside of itself, about: a fifth of what the chunks have allocated is free if keys come in no
    /// order, little if they come in theirs.
    #[must_use]
    pub const fn heap_bytes(&self) -> usize {
        self.len * size_of::<(K, V)>() * 9 / 8 + self.chunks.len() * size_of::<Vec<(K, V)>>()
    }

    /// How many pairs a chunk may hold.
    fn full(&self) -> usize {
        self.chunks.len().next_power_of_two().clamp(FULL_MIN, FULL_MAX)
    }

    /// What lies from one place up to before another.
    fn between(&self, from: Place, to: Place) -> Iter<'_, K, V> {
        let part = |chunk: usize, start: usize, end: usize| {
            let chunk = self.chunks.get(chunk).map_or(&[][..], Vec::as_slice);
            chunk.get(start..end.min(chunk.len())).unwrap_or_default().iter()
        };
        if from.0 >= to.0 {
            return Iter { front: part(from.0, from.1, to.1), middle: [].iter(), back: [].iter() };
        }
        let middle = self.chunks.get(from.0 + 1..to.0).unwrap_or_default().iter();
        Iter { front: part(from.0, from.1, usize::MAX), middle, back: part(to.0, 0, to.1) }
    }

    /// The place before another.
    fn before(&self, (chunk, at): Place) -> Option<Place> {
        if at > 0 {
            return Some((chunk, at - 1));
        }
        let earlier = chunk.checked_sub(1)?;
        Some((earlier, self.chunks.get(earlier)?.len() - 1))
    }

    fn at_mut(&mut self, place: Option<Place>) -> Option<(&K, &mut V)> {
        let (chunk, at) = place?;
        self.chunks.get_mut(chunk)?.get_mut(at).map(changing)
    }

    fn insert_at(&mut self, (chunk, at): Place, pair: (K, V)) -> Place {
        let full = self.full();
        self.len += 1;
        let Some(there) = self.chunks.get_mut(chunk) else {
            self.chunks.push(Vec::from([pair]));
            return (chunk, 0);
        };
        if there.len() < full {
            there.insert(at, pair);
            return (chunk, at);
        }
        let cut = if at == there.len() { at } else { there.len() / 2 };
        let later = there.split_off(cut);
        self.chunks.insert(chunk + 1, later);
        let (chunk, at) = if at < cut { (chunk, at) } else { (chunk + 1, at - cut) };
        self.chunks[chunk].insert(at, pair);
        (chunk, at)
    }

    fn remove_at(&mut self, (chunk, at): Place) -> (K, V) {
        let sparse = self.full() / 4;
        self.len -= 1;
        let there = &mut self.chunks[chunk];
        let pair = there.remove(at);
        if self.len == 0 {
            self.clear();
        } else if there.is_empty() {
            self.chunks.remove(chunk);
        } else if there.len() < sparse {
            self.join(chunk);
            self.join(chunk.wrapping_sub(1));
        }
        pair
    }

    /// Joins a chunk with the next one if they don't fill one.
    fn join(&mut self, chunk: usize) {
        let room = self.full() * 3 / 4;
        if let Some([first, second]) = self.chunks.get(chunk..).and_then(|chunks| chunks.first_chunk())
            && first.len() + second.len() <= room
        {
            let mut second = self.chunks.remove(chunk + 1);
            self.chunks[chunk].append(&mut second);
        }
    }
}

impl<K: Ord, V> Ordered<K, V> {
    /// Puts a value under a key; gives back the one before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok((chunk, at)) => Some(core::mem::replace(&mut self.chunks[chunk][at].1, value)),
            Err(place) => {
                self.insert_at(place, (key, value));
                None
            }
        }
    }

    /// The value of a key, which is made if there is none.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let (chunk, at) = self.find(&key).unwrap_or_else(|place| self.insert_at(place, (key, make())));
        &mut self.chunks[chunk][at].1
    }

    /// The value of a key, the default if there is none.
    pub fn get_or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.get_or_insert_with(key, V::default)
    }

    /// The value of a key.
    #[must_use]
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let (chunk, at) = self.find(key).ok()?;
        Some(&self.chunks[chunk][at].1)
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let (chunk, at) = self.find(key).ok()?;
        Some(&mut self.chunks[chunk][at].1)
    }

    /// Whether there is such a key.
    #[must_use]
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// Takes out the value of a key.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        Some(self.remove_at(place).1)
    }

    /// The pairs whose keys are in a range.
    pub fn range(&self, range: impl RangeBounds<K>) -> Iter<'_, K, V> {
        let from = self.edge(range.start_bound(), (0, 0), false);
        let to = self.edge(range.end_bound(), (self.chunks.len(), 0), true);
        self.between(from, to)
    }

    /// The last pair up to a key, its value to be changed.
    pub fn up_to_mut(&mut self, key: &K) -> Option<(&K, &mut V)> {
        self.at_mut(self.before(self.edge(Bound::Included(key), (0, 0), true)))
    }

    /// The last pair before a key, its value to be changed.
    pub fn before_mut(&mut self, key: &K) -> Option<(&K, &mut V)> {
        self.at_mut(self.before(self.edge(Bound::Included(key), (0, 0), false)))
    }

    /// Where a range begins or ends: before the key of the bound or after it.
    fn edge(&self, bound: Bound<&K>, unbounded: Place, is_end: bool) -> Place {
        let (key, after) = match bound {
            Bound::Unbounded => return unbounded,
            Bound::Included(key) => (key, is_end),
            Bound::Excluded(key) => (key, !is_end),
        };
        match self.find(key) {
            Ok((chunk, at)) => (chunk, at + usize::from(after)),
            Err(place) => place,
        }
    }

    /// Where a key is, or where it would be put: at the end of a chunk rather than at the beginning of the next.
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<Place, Place>
    where
        K: Borrow<Q>,
    {
        let is_earlier = |chunk: &Vec<(K, V)>| chunk.first().is_some_and(|(first, _)| first.borrow() <= key);
        let chunk = self.chunks.partition_point(is_earlier).saturating_sub(1);
        let Some(there) = self.chunks.get(chunk) else { return Err((chunk, 0)) };
        let found = there.binary_search_by(|(other, _)| other.borrow().cmp(key));
        found.map(|at| (chunk, at)).map_err(|at| (chunk, at))
    }
}

/// Pairs in their order, from either side.
pub struct Iter<'a, K, V> {
    front: slice::Iter<'a, (K, V)>,
    middle: slice::Iter<'a, Vec<(K, V)>>,
    back: slice::Iter<'a, (K, V)>,
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(pair) = self.front.next() {
                return Some(shared(pair));
            }
            let Some(chunk) = self.middle.next() else { return self.back.next().map(shared) };
            self.front = chunk.iter();
        }
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(pair) = self.back.next_back() {
                return Some(shared(pair));
            }
            let Some(chunk) = self.middle.next_back() else { return self.front.next_back().map(shared) };
            self.back = chunk.iter();
        }
    }
}

impl<K, V> FusedIterator for Iter<'_, K, V> {}

const fn shared<K, V>((key, value): &(K, V)) -> (&K, &V) {
    (key, value)
}

const fn changing<K, V>((key, value): &mut (K, V)) -> (&K, &mut V) {
    (key, value)
}

impl<K, V> Default for Ordered<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Ordered<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Ordered<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other)
    }
}

impl<K: Ord, V> Extend<(K, V)> for Ordered<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        for (key, value) in pairs {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Ordered<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut map = Self::new();
        map.extend(pairs);
        map
    }
}

impl<K, V> IntoIterator for Ordered<K, V> {
    type Item = (K, V);
    type IntoIter = Flatten<vec::IntoIter<Vec<(K, V)>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.chunks.into_iter().flatten()
    }
}

impl<'a, K, V> IntoIterator for &'a Ordered<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
