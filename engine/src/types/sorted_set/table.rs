//! Many elements: a [`Ranking`], which has them in order, and a [`Dict`] that finds them by their members.
//!
//! A member lies in the ranking alone; the dictionary's entries are its handles there, four bytes each.

use core::hint::black_box;
use core::ops::Range;

use redstart_structures::{Dict, Handle, Ranking};

use super::Scored;
use crate::hasher::Hasher;

/// The elements of a sorted set that are many or long.
pub struct Table {
    ranking: Ranking,
    members: Dict<Handle>,
    hasher: Hasher,
}

impl Table {
    pub(super) const fn new(hasher: Hasher) -> Self {
        Self { ranking: Ranking::new(), members: Dict::new(), hasher }
    }

    pub(super) const fn len(&self) -> usize {
        self.ranking.len()
    }

    pub(super) const fn ranking(&self) -> &Ranking {
        &self.ranking
    }

    pub(super) fn score(&self, member: &[u8]) -> Option<f64> {
        let handle = self.find(self.hasher.hash(member), member)?;
        Some(self.ranking.score(handle))
    }

    pub(super) fn rank(&self, member: &[u8]) -> Option<(usize, f64)> {
        let handle = self.find(self.hasher.hash(member), member)?;
        Some((self.ranking.rank(handle), self.ranking.score(handle)))
    }

    pub(super) fn update(
        &mut self,
        member: &[u8],
        decide: impl FnOnce(Option<f64>) -> Option<f64>,
    ) -> Scored {
        let hash = self.hasher.hash(member);
        let found = self.find(hash, member);
        let old = found.map(|handle| self.ranking.score(handle));
        let Some(score) = decide(old) else { return Scored::Kept };
        match found {
            Some(_) if old == Some(score) => Scored::Kept,
            Some(handle) => {
                self.ranking.set_score(handle, score);
                Scored::Changed
            }
            None => {
                let handle = self.ranking.insert(member, score);
                self.index(hash, handle);
                Scored::Added
            }
        }
    }

    pub(super) fn remove(&mut self, member: &[u8]) -> bool {
        let hash = self.hasher.hash(member);
        let found = self.find(hash, member);
        if let Some(handle) = found {
            self.take(hash, handle);
        }
        found.is_some()
    }

    pub(super) fn remove_range(&mut self, ranks: Range<usize>) {
        if ranks == (0..self.len()) {
            *self = Self::new(self.hasher);
            return;
        }
        let last = ranks.end.min(self.len());
        for _ in ranks.start..last {
            let Some(handle) = self.ranking.nth(ranks.start) else { return };
            self.take_nth(ranks.start, handle);
        }
    }

    /// Takes out the element at a rank, after `see` has seen its member and score.
    pub(super) fn pop<R>(&mut self, rank: usize, see: impl FnOnce(&[u8], f64) -> R) -> Option<R> {
        let handle = self.next_to_pop(rank)?;
        let seen = see(self.ranking.member(handle), self.ranking.score(handle));
        self.take_nth(rank, handle);
        Some(seen)
    }

    /// The element at a rank, and with it those near that are likely to be next.
    fn next_to_pop(&self, rank: usize) -> Option<Handle> {
        let (around, index) = self.ranking.around(rank)?;
        // In a page and in a test sorted sets are small: there it would only make the module larger.
        let has_far = cfg!(not(target_family = "wasm"));
        if has_far && around.len().is_multiple_of(POPPED_AHEAD) && self.is_far() {
            self.warm_next(around, index);
        }
        around.get(index).copied()
    }

    /// Takes out the element that is at a rank.
    fn take_nth(&mut self, rank: usize, handle: Handle) {
        self.unindex(self.hasher.hash(self.ranking.member(handle)), handle);
        self.ranking.remove_nth(rank);
        self.tighten();
    }

    /// Whether it is too large to lie in a cache.
    pub(super) const fn is_far(&self) -> bool {
        self.heap_bytes() >= NEAR_BYTES
    }

    /// Brings the members of these hashes near.
    pub(super) fn warm(&self, hashes: &[u64]) {
        self.members.warm(hashes, |&handle| {
            // Copied: a mere reference would read nothing.
            black_box(self.ranking.member(handle).first().copied());
        });
    }

    /// Brings those near that are popped next, if it goes on at that end: what they need lies anywhere, and each would wait for
    /// it in turn.
    #[inline(never)]
    fn warm_next(&self, around: &[Handle], index: usize) {
        let next = match index {
            0 => around.get(..POPPED_AHEAD),
            _ => around.get((index + 1).saturating_sub(POPPED_AHEAD)..=index),
        };
        let next = next.unwrap_or_default();
        for &handle in next {
            black_box(self.ranking.score(handle));
        }
        let mut hashes = [0; POPPED_AHEAD];
        for (hash, &handle) in hashes.iter_mut().zip(next) {
            *hash = self.hasher.hash(self.ranking.member(handle));
        }
        self.members.warm(hashes.get(..next.len()).unwrap_or_default(), |_| ());
    }

    pub(super) fn scan(&self, cursor: u64, mut visit: impl FnMut(&[u8], f64)) -> u64 {
        let Self { ranking, members, hasher } = self;
        let hash = |&handle: &Handle| hasher.hash(ranking.member(handle));
        members.scan(cursor, hash, |&handle| visit(ranking.member(handle), ranking.score(handle)))
    }

    pub(super) fn free_some(&mut self) -> bool {
        !self.members.drain_some(FREED_AT_ONCE, |_| ()) || self.ranking.free_some()
    }

    pub(super) const fn heap_bytes(&self) -> usize {
        self.ranking.memory_bytes() + self.members.memory_bytes()
    }

    #[inline]
    fn find(&self, hash: u64, member: &[u8]) -> Option<Handle> {
        self.members.find(hash, |&handle| self.ranking.member(handle) == member).copied()
    }

    fn index(&mut self, hash: u64, handle: Handle) {
        let Self { ranking, members, hasher } = self;
        members.insert(hash, handle, |&handle| hasher.hash(ranking.member(handle)));
    }

    /// Takes out an element whose member has this hash.
    fn take(&mut self, hash: u64, handle: Handle) {
        self.unindex(hash, handle);
        self.ranking.remove(handle);
        self.tighten();
    }

    fn unindex(&mut self, hash: u64, handle: Handle) {
        let Self { ranking, members, hasher } = self;
        members.remove(hash, |&other| other == handle, |&other| hasher.hash(ranking.member(other)));
    }

    /// After something was taken out: others may get other handles.
    fn tighten(&mut self) {
        while let Some((old, new)) = self.ranking.tighten() {
            let hash = self.hasher.hash(self.ranking.member(new));
            if let Some(entry) = self.members.find_mut(hash, |&other| other == old) {
                *entry = new;
            }
        }
    }
}

/// So many bytes lie in a cache of the processor as it is.
const NEAR_BYTES: usize = 1024 * 1024;

/// Elements that are brought near at once while they are popped one after the other.
const POPPED_AHEAD: usize = 8;

/// Elements whose places in the table go at once.
const FREED_AT_ONCE: usize = 256;

impl Clone for Table {
    fn clone(&self) -> Self {
        let mut copy = Self { ranking: self.ranking.clone(), ..Self::new(self.hasher) };
        for &handle in self.members.iter() {
            copy.index(self.hasher.hash(self.ranking.member(handle)), handle);
        }
        copy
    }
}
