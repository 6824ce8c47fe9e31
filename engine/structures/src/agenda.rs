//! What is to happen when: moments in their order, each with the hash of what it is about.
//!
//! ```text
//!   map     first point      chunk
//!           (1000, 05…) ──▶  │ +0 05… │ +0 7c… │ +3 11… │ …      eight bytes each, in order
//!           (1730, a0…) ──▶  │ +0 a0… │ +9 05… │ …
//!
//!   an entry, 64 bits   │ milliseconds after the chunk's first point │ hash: top 32 bits, low 8 │
//!                       │ 24                                         │ 40                       │
//! ```
//!
//! Of a hash it remembers no more than a [`Dict`](crate::Dict) looks at to find what has it: [`Agenda::known`]. Two things
//! may hence be the same to it; it then has the two of them, and gives either back.
//!
//! A chunk that is full gives to the one before it, or splits: where the new entry goes if that is its end, so that what
//! comes in order fills chunks entirely. Chunks that become small are joined. Only of equals may a chunk have more.

use alloc::vec::Vec;

use crate::Ordered;

/// Moments in their order; see the module.
#[derive(Debug, Clone, Default)]
pub struct Agenda {
    /// Each begins at its key or later, and ends before the next one's.
    chunks: Ordered<Point, Vec<u64>>,
    len: usize,
}

/// A moment in milliseconds, and the part of a hash that is remembered.
type Point = (i64, u64);

impl Agenda {
    /// An empty one, which allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { chunks: Ordered::new(), len: 0 }
    }

    /// How much there is.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What is remembered of a hash: enough for a [`Dict`](crate::Dict) to find what has it, among few others.
    #[must_use]
    pub const fn known(hash: u64) -> u64 {
        hash & KNOWN
    }

    /// Adds something, whatever is there already.
    pub fn insert(&mut self, when_ms: i64, hash: u64) {
        self.put((when_ms, Self::known(hash)));
        self.len += 1;
    }

    fn put(&mut self, point: Point) {
        if let Some((&start, chunk)) = self.chunks.up_to_mut(&point)
            && let Some(entry) = encode(start, point)
        {
            let at = chunk.partition_point(|&other| other < entry);
            if chunk.len() < CHUNK {
                return put_at(chunk, at, entry);
            }
            if at < chunk.len() {
                if self.divide(start) {
                    return self.put(point);
                }
                // It is all equals, and stays together.
                return self.chunks.get_mut(&start).into_iter().for_each(|chunk| put_at(chunk, at, entry));
            }
        }
        self.open(point);
    }

    /// Begins a chunk; earlier than its first point if nothing lies there, for those that come before it.
    fn open(&mut self, point: Point) {
        let early = point.0.saturating_sub(SPAN / 2);
        let before = self.chunks.range(..=point).next_back();
        let is_free = before.is_none_or(|(start, _)| start.0.saturating_add(SPAN) <= early);
        let start = if is_free { (early, 0) } else { point };
        self.chunks.insert(start, encode(start, point).into_iter().collect());
    }

    /// Divides a full chunk between itself and the one before it, or a new one; tells whether it could be.
    fn divide(&mut self, start: Point) -> bool {
        let Some(mut chunk) = self.chunks.remove(&start) else { return false };
        let given = self.give(start, &chunk);
        let from_half = |at: &usize| chunk.get(*at).is_some_and(|&entry| decode(start, entry) > start);
        let at = if given > 0 { Some(given) } else { (CHUNK / 2..chunk.len()).find(from_half) };
        let rest = at.map(|at| chunk.split_off(at));
        if given == 0 {
            self.chunks.insert(start, chunk);
        }
        rest.is_some_and(|rest| self.keep_from(start, rest))
    }

    /// Gives the first entries of a chunk to the one before it, as far as there is room; tells how many it took.
    fn give(&mut self, start: Point, chunk: &[u64]) -> usize {
        let Some((&before, earlier)) = self.chunks.before_mut(&start) else { return 0 };
        if earlier.len() > ROOMY {
            return 0;
        }
        let count = earlier.len();
        let wanted = chunk.iter().take((CHUNK - count) / 2);
        for entry in wanted.map_while(|&entry| encode(before, decode(start, entry))) {
            grow(earlier);
            earlier.push(entry);
        }
        earlier.len() - count
    }

    /// Takes something out; tells whether it was there.
    pub fn remove(&mut self, when_ms: i64, hash: u64) -> bool {
        let point = (when_ms, Self::known(hash));
        // Equals may lie on both sides of where a chunk begins.
        let mut reached = self.chunks.up_to_mut(&point);
        let found = loop {
            let Some((&start, chunk)) = reached else { return false };
            if let Some(at) = encode(start, point).and_then(|entry| chunk.binary_search(&entry).ok()) {
                chunk.remove(at);
                break (start, chunk.len());
            }
            if start < point {
                return false;
            }
            reached = self.chunks.before_mut(&start);
        };
        self.len -= 1;
        if found.1 < SPARSE {
            self.join(found.0);
        }
        true
    }

    /// Drops a chunk if it is empty; if it is small, joins it with the next if they fit into one.
    fn join(&mut self, start: Point) {
        let Some(len) = self.chunks.get(&start).map(Vec::len) else { return };
        if len == 0 {
            self.chunks.remove(&start);
            return;
        }
        let Some((&next, later)) = self.chunks.range(start..).nth(1) else { return };
        let is_near = later.last().is_some_and(|&last| encode(start, decode(next, last)).is_some());
        if is_near
            && len + later.len() <= ROOMY
            && let Some((mut chunk, later)) = self.chunks.remove(&start).zip(self.chunks.remove(&next))
        {
            chunk.extend(later.iter().filter_map(|&entry| encode(start, decode(next, entry))));
            self.chunks.insert(start, chunk);
        }
    }

    /// The first moment, and the hash of what it is about.
    #[inline]
    #[must_use]
    pub fn first(&self) -> Option<(i64, u64)> {
        self.iter().next()
    }

    /// The last.
    #[must_use]
    pub fn last(&self) -> Option<(i64, u64)> {
        let (&start, chunk) = self.chunks.last()?;
        Some(decode(start, *chunk.last()?))
    }

    /// All of it in order.
    pub fn iter(&self) -> impl Iterator<Item = (i64, u64)> {
        entries(self.chunks.iter())
    }

    /// What comes after such a one in order.
    pub fn after(&self, (when_ms, hash): (i64, u64)) -> impl Iterator<Item = (i64, u64)> {
        let point = (when_ms, Self::known(hash));
        let first = self.chunks.range(..=point).next_back().map_or(point, |(&start, _)| start);
        entries(self.chunks.range(first..)).skip_while(move |&other| other <= point)
    }

    /// Frees some of what it has; false once nothing is left. For what goes as a whole, but in slices.
    pub fn free_some(&mut self) -> bool {
        let Some((_, chunk)) = self.chunks.pop_first() else { return false };
        self.len -= chunk.len();
        true
    }

    /// About what it has allocated: the same for each entry, so that with any of them there is less.
    #[must_use]
    pub const fn memory_bytes(&self) -> usize {
        self.len * ENTRY_BYTES
    }

    /// Keeps the later part of what was a chunk that begins at `old`; tells whether there is such a part.
    fn keep_from(&mut self, old: Point, mut chunk: Vec<u64>) -> bool {
        let Some(&first) = chunk.first() else { return false };
        for entry in &mut chunk {
            *entry -= first & !HASH_MASK;
        }
        chunk.reserve_exact(CHUNK.saturating_sub(chunk.len()));
        self.chunks.insert(decode(old, first), chunk);
        true
    }
}

fn entries<'a>(chunks: impl Iterator<Item = (&'a Point, &'a Vec<u64>)>) -> impl Iterator<Item = (i64, u64)> {
    chunks.flat_map(|(&start, chunk)| chunk.iter().map(move |&entry| decode(start, entry)))
}

fn put_at(chunk: &mut Vec<u64>, at: usize, entry: u64) {
    grow(chunk);
    chunk.insert(at, entry);
}

/// Makes room for one more.
fn grow(chunk: &mut Vec<u64>) {
    if chunk.len() == chunk.capacity() {
        chunk.reserve_exact((chunk.len() * 2).clamp(FIRST, CHUNK).saturating_sub(chunk.len()).max(1));
    }
}

/// A point as an entry of a chunk that begins at `start`, if it is not too far from there.
#[inline]
const fn encode(start: Point, (when, hash): Point) -> Option<u64> {
    let far = when.wrapping_sub(start.0) as u64;
    if when < start.0 || far >= SPAN as u64 {
        return None;
    }
    Some(far << HASH_BITS | hash >> 24 & !0xff & HASH_MASK | hash & 0xff)
}

#[inline]
const fn decode(start: Point, entry: u64) -> Point {
    let when = start.0.wrapping_add((entry >> HASH_BITS) as i64);
    (when, (entry & HASH_MASK & !0xff) << 24 | entry & 0xff)
}

/// The bits of a hash that are remembered.
const KNOWN: u64 = 0xffff_ffff_0000_00ff;

const HASH_BITS: u32 = 40;
const HASH_MASK: u64 = (1 << HASH_BITS) - 1;

/// The milliseconds that a chunk can span.
const SPAN: i64 = 1 << (u64::BITS - HASH_BITS);

/// Entries in a full chunk.
const CHUNK: usize = 128;

/// Entries that a chunk has room for at first.
const FIRST: usize = 4;

/// With so many at most there is room for others' …
const ROOMY: usize = CHUNK * 3 / 4;

/// … and with fewer it is small.
const SPARSE: usize = CHUNK / 4;

/// What an entry takes: 8.5 bytes if they come in their order, 11.7 if they come in none, 17 if from behind.
const ENTRY_BYTES: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocated;

    fn check(agenda: &Agenda, model: &[Point]) {
        assert_eq!(agenda.len(), model.len());
        assert_eq!(agenda.iter().collect::<Vec<_>>(), model);
        assert_eq!((agenda.first(), agenda.last()), (model.first().copied(), model.last().copied()));
        assert!(agenda.chunks.values().all(|chunk| !chunk.is_empty()));
    }

    fn next(state: &mut u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *state ^ *state >> 29
    }

    #[test]
    fn behaves_like_a_sorted_list() {
        for (range, seed) in [(1, 1), (50, 2), (1 << 20, 3), (1 << 40, 4), (u64::MAX >> 1, 5)] {
            let (mut agenda, mut model, mut state) = (Agenda::new(), Vec::new(), seed);
            for round in 0..6000_u64 {
                // Grows, then shrinks.
                let adds = next(&mut state) % 4 < if round < 4000 { 3 } else { 1 };
                if adds || model.is_empty() {
                    let when = (next(&mut state) % range) as i64 - (range / 2) as i64;
                    let hash = next(&mut state) & 0x00ff_ff00_0000_000f;
                    agenda.insert(when, hash | 0xbe00);
                    let at = model.partition_point(|&other| other < (when, hash));
                    model.insert(at, (when, hash));
                } else {
                    let (when, hash) = model.remove(next(&mut state) as usize % model.len());
                    assert!(agenda.remove(when, hash));
                    assert_eq!(
                        agenda.remove(when, hash),
                        model.binary_search(&(when, hash)).is_ok() && {
                            let at = model.binary_search(&(when, hash)).unwrap();
                            model.remove(at);
                            true
                        }
                    );
                }
                if round % 500 == 0 {
                    check(&agenda, &model);
                }
            }
            let middle = model[model.len() / 2];
            let after: Vec<_> = model.iter().copied().filter(|&point| point > middle).collect();
            assert_eq!(agenda.after(middle).collect::<Vec<_>>(), after);
            while agenda.free_some() {}
            check(&agenda, &[]);
        }
    }

    #[test]
    fn equals_are_as_many_as_were_added() {
        let mut agenda = Agenda::new();
        for _ in 0..1000 {
            agenda.insert(7, 7);
        }
        check(&agenda, &[(7, 7); 1000]);
        for left in (0..1000).rev() {
            assert!(agenda.remove(7, 7));
            assert_eq!(agenda.len(), left);
        }
        assert!(!agenda.remove(7, 7));
        check(&agenda, &[]);
    }

    #[test]
    fn the_ends_of_time_are_moments_too() {
        let mut agenda = Agenda::new();
        let whens = [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX];
        for when in whens.into_iter().rev() {
            agenda.insert(when, u64::MAX);
        }
        check(&agenda, &whens.map(|when| (when, KNOWN)));
        assert!(whens.into_iter().all(|when| agenda.remove(when, u64::MAX)));
    }

    #[test]
    fn it_takes_little_memory_in_whatever_order_it_is_filled() {
        let mut state = 9;
        let mut filled = |when: &dyn Fn(u64, u64) -> i64| {
            let mut agenda = Agenda::new();
            for number in 0..100_000 {
                let random = next(&mut state);
                agenda.insert(when(number, random), random);
            }
            let chunks = agenda.chunks.values().map(|chunk| allocated(chunk.capacity() * 8));
            (agenda.chunks.heap_bytes() + chunks.sum::<usize>()) as f64 / 100_000.0
        };
        let ascending = filled(&|number, _| number as i64);
        let descending = filled(&|number, _| -(number as i64));
        let at_once = filled(&|number, _| number as i64 / 400);
        let anyhow = filled(&|_, random| (random >> 44) as i64);
        assert!(ascending < 9.0, "{ascending}");
        assert!(descending < 17.5, "{descending}");
        assert!(at_once < 11.5, "{at_once}");
        assert!(anyhow < 12.0, "{anyhow}");
    }
}
