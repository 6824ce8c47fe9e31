//! A sorted set: members, each there once and with a score, in the order of scores and then of bytes.
//!
//! | kept as  | when                                                                  | OBJECT ENCODING |
//! |----------|-----------------------------------------------------------------------|-----------------|
//! | `Packed` | at most `zset-max-listpack-entries` members, none of them longer than | `listpack`      |
//! |          | `zset-max-listpack-value` bytes                                       |                 |
//! | `Table`  | anything else, and whatever was so once                               | `skiplist`      |
//!
//! Both answer the same two questions: where is this member, and how many elements come before such and such. The
//! answers are ranks, so every range, by score or by bytes or by rank, is a range of ranks.

mod packed;
mod table;

use alloc::boxed::Box;
use core::fmt;
use core::ops::Range;

use redstart_structures::{Item, RankingIter, allocated};

use super::{Held, Kind, Value, text};
use crate::hasher::Hasher;
pub use packed::Packed;
use packed::Pairs;
pub use table::Table;

/// A sorted set value.
#[derive(Clone)]
pub enum SortedSet {
    /// Few short members.
    Packed(Box<Packed>),
    /// Anything.
    Table(Box<Table>),
}

/// What a sorted set must be told to choose its encoding.
#[derive(Clone, Copy, Debug)]
pub struct SortedSetRules {
    /// The most members that are packed.
    pub packed_max: u64,
    /// The most bytes of a member that is packed.
    pub packed_bytes_max: u64,
    /// How members of tables are hashed.
    pub hasher: Hasher,
}

/// What became of a member's score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scored {
    /// The member is new.
    Added,
    /// It has another score than before.
    Changed,
    /// Nothing is different.
    Kept,
}

impl SortedSet {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::Packed(Box::default())
    }

    /// An empty one that is a table from the start: for results that may be large. [`pack`](Self::pack) them once they
    /// are complete.
    #[must_use]
    pub fn large(hasher: Hasher) -> Self {
        Self::Table(Box::new(Table::new(hasher)))
    }

    /// How many members.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Packed(packed) => packed.len(),
            Self::Table(table) => table.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The score of a member.
    #[must_use]
    pub fn score(&self, member: &[u8]) -> Option<f64> {
        match self {
            Self::Packed(packed) => packed.find(member).map(|(_, score)| score),
            Self::Table(table) => table.score(member),
        }
    }

    /// How many elements come before a member, and its score.
    #[must_use]
    pub fn rank(&self, member: &[u8]) -> Option<(usize, f64)> {
        match self {
            Self::Packed(packed) => packed.find(member),
            Self::Table(table) => table.rank(member),
        }
    }

    pub(super) const fn is_far(&self) -> bool {
        matches!(self, Self::Table(table) if table.is_far())
    }

    pub(super) fn warm(&self, hashes: &[u64]) {
        if let Self::Table(table) = self {
            table.warm(hashes);
        }
    }

    /// Gives a member a score, adding it if it is not there.
    pub fn insert(&mut self, member: &[u8], score: f64, rules: &SortedSetRules) -> Scored {
        self.update(member, rules, |_| Some(score))
    }

    /// Gives a member the score that `decide` names when it is told the present one; `None` leaves things as they
    /// are. A score is any float but NaN.
    pub fn update(
        &mut self,
        member: &[u8],
        rules: &SortedSetRules,
        decide: impl FnOnce(Option<f64>) -> Option<f64>,
    ) -> Scored {
        match self {
            Self::Table(table) => table.update(member, decide),
            Self::Packed(packed) => {
                let found = packed.find(member);
                let Some(score) = decide(found.map(|(_, score)| score)) else { return Scored::Kept };
                match found {
                    Some((_, old)) if old == score => Scored::Kept,
                    Some((rank, _)) => {
                        packed.remove(rank..rank + 1);
                        packed.insert(member, score);
                        Scored::Changed
                    }
                    None if rules.admit(packed.len() + 1, member.len()) => {
                        packed.insert(member, score);
                        Scored::Added
                    }
                    None => {
                        let mut table = self.to_table(rules.hasher);
                        table.update(member, |_| Some(score));
                        *self = Self::Table(Box::new(table));
                        Scored::Added
                    }
                }
            }
        }
    }

    /// Takes a member out; tells whether it was there.
    pub fn remove(&mut self, member: &[u8]) -> bool {
        match self {
            Self::Packed(packed) => {
                let found = packed.find(member);
                if let Some((rank, _)) = found {
                    packed.remove(rank..rank + 1);
                }
                found.is_some()
            }
            Self::Table(table) => table.remove(member),
        }
    }

    /// Takes out the element at a rank, after `see` has seen it.
    pub fn pop<R>(&mut self, rank: usize, see: impl FnOnce((Item<'_>, f64)) -> R) -> Option<R> {
        match self {
            Self::Packed(packed) => {
                let seen = see(packed.range(rank..rank.checked_add(1)?).next()?);
                packed.remove(rank..rank + 1);
                Some(seen)
            }
            Self::Table(table) => table.pop(rank, |member, score| see((Item::Bytes(member), score))),
        }
    }

    /// Takes out the elements whose ranks are in a range.
    pub fn remove_range(&mut self, ranks: Range<usize>) {
        match self {
            Self::Packed(packed) => packed.remove(ranks),
            Self::Table(table) => table.remove_range(ranks),
        }
    }

    /// How many elements have a score for which this holds; it must hold for all below one for which it does.
    pub fn rank_by_score(&self, before: impl Fn(f64) -> bool) -> usize {
        match self {
            Self::Packed(packed) => packed.partition(|score, _| before(score)),
            Self::Table(table) => table.ranking().rank_by_score(before),
        }
    }

    /// How many elements have a member for which this holds, in the same way. Where scores differ, members are in no
    /// order, and the answer is some number.
    pub fn rank_by_member(&self, before: impl Fn(&[u8]) -> bool) -> usize {
        match self {
            Self::Packed(packed) => packed.partition(|_, member| before(&text(member))),
            Self::Table(table) => table.ranking().rank_by_member(before),
        }
    }

    /// The elements in order, from either end.
    #[must_use]
    pub fn iter(&self) -> Elements<'_> {
        self.range(0..self.len())
    }

    /// The elements whose ranks are in a range, or in as much of it as there is, from either end.
    #[must_use]
    pub fn range(&self, ranks: Range<usize>) -> Elements<'_> {
        Elements(match self {
            Self::Packed(packed) => Either::Packed(packed.range(ranks)),
            Self::Table(table) => Either::Table(table.ranking().range(ranks)),
        })
    }

    /// The element at a rank.
    #[must_use]
    pub fn nth(&self, rank: usize) -> Option<(Item<'_>, f64)> {
        self.range(rank..rank.checked_add(1)?).next()
    }

    /// Visits a part of the elements; gives the cursor of the next part, 0 at the end. What is packed is all one part.
    pub fn scan(&self, cursor: u64, mut visit: impl FnMut(Item<'_>, f64)) -> u64 {
        match self {
            Self::Packed(packed) => {
                packed.range(0..packed.len()).for_each(|(member, score)| visit(member, score));
                0
            }
            Self::Table(table) => table.scan(cursor, |member, score| visit(Item::Bytes(member), score)),
        }
    }

    /// Packs a table whose elements could have been packed from the start.
    pub fn pack(&mut self, rules: &SortedSetRules) {
        let Self::Table(table) = self else { return };
        if !rules.admit(table.len(), 0) {
            return;
        }
        let elements = table.ranking().range(0..table.len());
        let longest = elements.clone().map(|(member, _)| member.len()).max().unwrap_or(0);
        if rules.admit(table.len(), longest) {
            let mut packed = Packed::default();
            elements.for_each(|(member, score)| packed.push(member, score));
            *self = Self::Packed(Box::new(packed));
        }
    }

    /// Frees some elements; see [`Value::free_some`].
    pub(super) fn free_some(&mut self) -> bool {
        if let Self::Table(table) = self { table.free_some() } else { false }
    }

    /// The name that OBJECT ENCODING gives.
    #[must_use]
    pub const fn encoding(&self) -> &'static str {
        match self {
            Self::Packed(_) => "listpack",
            Self::Table(_) => "skiplist",
        }
    }

    /// The bytes it takes outside of itself.
    #[must_use]
    pub const fn heap_bytes(&self) -> usize {
        match self {
            Self::Packed(packed) => allocated(size_of::<Packed>()) + packed.heap_bytes(),
            Self::Table(table) => allocated(size_of::<Table>()) + table.heap_bytes(),
        }
    }

    fn to_table(&self, hasher: Hasher) -> Table {
        let mut table = Table::new(hasher);
        for (member, score) in self.iter() {
            table.update(&text(member), |_| Some(score));
        }
        table
    }
}

impl SortedSetRules {
    /// Whether so many members, the longest of them so long, are packed.
    const fn admit(&self, members: usize, longest: usize) -> bool {
        members as u64 <= self.packed_max && longest as u64 <= self.packed_bytes_max
    }
}

/// Elements in order: members and scores, from either end.
#[derive(Clone)]
pub struct Elements<'a>(Either<'a>);

#[derive(Clone)]
enum Either<'a> {
    Packed(Pairs<'a>),
    Table(RankingIter<'a>),
}

impl<'a> Iterator for Elements<'a> {
    type Item = (Item<'a>, f64);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Either::Packed(pairs) => pairs.next(),
            Either::Table(elements) => elements.next().map(|(member, score)| (Item::Bytes(member), score)),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Either::Packed(pairs) => pairs.size_hint(),
            Either::Table(elements) => elements.size_hint(),
        }
    }
}

impl DoubleEndedIterator for Elements<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Either::Packed(pairs) => pairs.next_back(),
            Either::Table(elements) => {
                elements.next_back().map(|(member, score)| (Item::Bytes(member), score))
            }
        }
    }
}

impl ExactSizeIterator for Elements<'_> {}

impl Default for SortedSet {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SortedSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(member, score)| (text(member), score))).finish()
    }
}

impl Kind for SortedSet {
    type Ref<'a> = &'a Self;

    #[inline]
    fn of(value: Held<'_>) -> Option<Self::Ref<'_>> {
        if let Held::SortedSet(set) = value { Some(set) } else { None }
    }

    #[inline]
    fn of_mut(value: &mut Value) -> Option<&mut Self> {
        if let Value::SortedSet(set) = value { Some(set) } else { None }
    }

    fn into_value(self) -> Value {
        Value::SortedSet(self)
    }

    #[inline]
    fn is_empty(&self) -> bool {
        Self::is_empty(self)
    }
}

#[cfg(test)]
mod tests;
