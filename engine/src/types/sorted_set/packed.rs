//! Few elements: a listpack of member, score, member, score, in order.
//!
//! A score that is a whole number is kept as one, which is short, and so -0 becomes 0, as it does in Redis; any other is
//! kept as the eight bytes of the float.

use core::ops::Range;

use redstart_structures::{Item, Listpack, ListpackIter};

use crate::number;
use crate::types::{item, text};

/// The elements of a sorted set that are few and short.
#[derive(Clone, Default)]
pub struct Packed {
    pairs: Listpack,
}

impl Packed {
    pub(super) const fn len(&self) -> usize {
        self.pairs.len() / 2
    }

    /// The rank and the score of a member.
    pub(super) fn find(&self, member: &[u8]) -> Option<(usize, f64)> {
        let (index, mut items) = self.pairs.view().find(item(member), 2)?;
        Some((index / 2, read_score(items.nth(1)?)))
    }

    /// How many elements come before the first for which `before` does not hold.
    pub(super) fn partition(&self, before: impl Fn(f64, Item<'_>) -> bool) -> usize {
        self.range(0..self.len()).take_while(|&(member, score)| before(score, member)).count()
    }

    pub(super) fn range(&self, ranks: Range<usize>) -> Pairs<'_> {
        let end = ranks.end.min(self.len());
        let start = ranks.start.min(end);
        Pairs(self.pairs.range(2 * start..2 * end))
    }

    /// Puts in an element whose member is not there yet, where it belongs.
    pub(super) fn insert(&mut self, member: &[u8], score: f64) {
        let rank = self.partition(|other, item| other < score || (other == score && *text(item) < *member));
        with_score(score, |score| {
            self.pairs.insert(2 * rank, score);
            self.pairs.insert(2 * rank, item(member));
        });
    }

    /// Adds an element that comes after all that are there.
    pub(super) fn push(&mut self, member: &[u8], score: f64) {
        self.pairs.push_back(item(member));
        with_score(score, |score| self.pairs.push_back(score));
    }

    pub(super) fn remove(&mut self, ranks: Range<usize>) {
        self.pairs.remove(2 * ranks.start, 2 * ranks.len());
    }

    pub(super) const fn heap_bytes(&self) -> usize {
        self.pairs.heap_bytes()
    }
}

/// Elements in order, from either end.
#[derive(Clone)]
pub(super) struct Pairs<'a>(ListpackIter<'a>);

impl<'a> Iterator for Pairs<'a> {
    type Item = (Item<'a>, f64);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let member = self.0.next()?;
        Some((member, read_score(self.0.next()?)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.0.len() / 2;
        (len, Some(len))
    }
}

impl DoubleEndedIterator for Pairs<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        let score = read_score(self.0.next_back()?);
        Some((self.0.next_back()?, score))
    }
}

fn with_score(score: f64, use_it: impl FnOnce(Item<'_>)) {
    match number::whole(score + 0.0) {
        Some(whole) => use_it(Item::Int(whole)),
        None => use_it(Item::Bytes(&score.to_le_bytes())),
    }
}

#[inline]
fn read_score(item: Item<'_>) -> f64 {
    match item {
        Item::Int(whole) => whole as f64,
        Item::Bytes(bytes) => bytes.try_into().map_or(0.0, f64::from_le_bytes),
    }
}
