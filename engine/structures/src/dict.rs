//! A hash table that grows and shrinks piecewise, never pausing, and that can be scanned while it does.
//!
//! One big array must one day be copied into a bigger one: everybody waits, or every lookup searches two arrays while
//! the copy crawls along. And a scan that meets a resize must work out what it has already seen. This table is made of
//! *segments* of at most a few hundred entries each, and only ever rebuilds one of them. A *directory*, indexed by the
//! top bits of the hash, says which segment holds what (extendible hashing):
//!
//! ```text
//!   directory (depth 2)         segments                         buckets
//!   00 ─┐
//!   01 ─┴──────────────▶ prefix 0,  depth 1  ────▶ [▓▓▓▓▓▓][▓▓▓▓░░][▓░░░░░] …   hash 0x0000…
//!   10 ────────────────▶ prefix 10, depth 2  ────▶ [▓▓▓░░░][▓▓▓▓▓▓]─▶[▓░░░░░]        │
//!   11 ────────────────▶ prefix 11, depth 2  ────▶ [▓▓░░░░] …                   hash 0xffff…
//! ```
//!
//! A segment grows from 1 bucket to some 50, then splits in two by one more bit; when its prefix already has as many bits as
//! the directory's index, the directory doubles first. Two sibling segments that become small merge, and once no
//! segment needs the directory's last bit it halves. Hence an insert or a removal moves a few hundred entries at the
//! worst.
//!
//! Directory, segments and buckets are all in order of the hash, so a scan is a walk from hash 0 to the greatest, and
//! its cursor is a hash: the first 48 bits of one. Resizing moves no entry to another hash, so it cannot make the walk
//! skip or repeat an entry. That holds for any number of scans at once, and the table remembers none of them.
//!
//! The caller computes the hashes, and they ought to be good ones. Should they all be equal, nothing here loops or
//! explodes: the directory stays in proportion to the entries, and a segment that will not split grows chains.

mod bucket;
mod iter;
mod sample;
mod segment;

use alloc::vec::Vec;
use core::fmt;
use core::hint::black_box;

use crate::allocated;

use bucket::{Bucket, tag};
pub use iter::{IntoIter, Iter};
use segment::{DEPTH_MOST, POSITION_LEN, Segment};

/// A hash table of entries that know their own keys; see the module.
pub struct Dict<T> {
    directory: Vec<u32>,
    segments: Vec<Segment<T>>,
    len: usize,
    /// Buckets in all segments and chains.
    buckets: usize,
    /// Bits of the directory's index.
    depth: u32,
    /// Segments that use all of these bits.
    deepest: u32,
    /// Entries that a segment that grows is going to have at least; see [`Dict::expect`].
    expected: u32,
}

/// How a table is built, for debugging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// Slots of the directory.
    pub directory: usize,
    /// Segments that it points to.
    pub segments: usize,
    /// Buckets, those of the chains included.
    pub buckets: usize,
    /// Buckets in the longest chain; 1 if there are no chains.
    pub longest_chain: usize,
}

impl<T> Dict<T> {
    /// An empty table, which allocates nothing.
    pub const fn new() -> Self {
        Self {
            directory: Vec::new(),
            segments: Vec::new(),
            len: 0,
            buckets: 0,
            depth: 0,
            deepest: 0,
            expected: 0,
        }
    }

    /// Makes an empty table ready for so many entries, which then need not move as it grows: that is half of what filling a
    /// big one takes. Should they not come, little is lost: space is made for those that do.
    pub fn expect(&mut self, len: usize) {
        let depth = (0..DEPTH_MOST).find(|depth| len >> depth <= EXPECTED_MOST).unwrap_or(DEPTH_MOST);
        if !self.is_empty() || depth == 0 {
            return;
        }
        self.segments = (0..1 << depth).map(|prefix| Segment::with_room(prefix, depth, 0)).collect();
        self.directory = (0..1 << depth).collect();
        (self.depth, self.deepest, self.buckets) = (depth, 1 << depth, 1 << depth);
        self.expected = (len >> depth).min(EXPECTED_MOST) as u32;
    }

    /// How many entries there are.
    #[inline]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The entry with this hash that `eq` recognizes.
    #[inline]
    pub fn find(&self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<&T> {
        let segment = *self.directory.get(self.slot(hash))?;
        self.segments.get(segment as usize)?.bucket(hash)?.find(tag(hash), eq)
    }

    /// The same, to be changed; its hash must stay what it is.
    #[inline]
    pub fn find_mut(&mut self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<&mut T> {
        let segment = *self.directory.get(self.slot(hash))?;
        self.segments.get_mut(segment as usize)?.bucket_mut(hash)?.find_mut(tag(hash), eq)
    }

    /// Brings what [`Self::find`] will read for these hashes near, in one go.
    ///
    /// In a big table every step of a look-up waits for memory: the bucket, then the entry. Look-ups one after the
    /// other wait each in turn; here the processor sees many independent reads at once and waits for all together.
    /// `touch` is shown each candidate and should read what the caller is going to.
    pub fn warm(&self, hashes: &[u64], mut touch: impl FnMut(&T)) {
        let bucket = |hash: u64| {
            let segment = *self.directory.get(self.slot(hash))?;
            self.segments.get(segment as usize)?.bucket(hash)
        };
        for &hash in hashes {
            black_box(bucket(hash).is_some_and(Bucket::is_empty));
        }
        for &hash in hashes {
            if let Some(bucket) = bucket(hash) {
                bucket.find(tag(hash), |entry| {
                    touch(entry);
                    true
                });
            }
        }
    }

    /// Adds an entry, which the caller knows to be absent. `hasher` is asked about the entries that must move.
    pub fn insert(&mut self, hash: u64, value: T, hasher: impl Fn(&T) -> u64) -> &mut T {
        if self.directory.is_empty() {
            self.start();
        }
        let mut index = self.directory[self.slot(hash)] as usize;
        if self.segments[index].is_full() {
            self.make_room(index, &hasher);
            index = self.directory[self.slot(hash)] as usize;
        }
        let (value, chained) = self.segments[index].put(hash, value);
        self.len += 1;
        self.buckets += usize::from(chained);
        value
    }

    /// Takes out the entry with this hash that `eq` recognizes. `hasher` is asked about the entries that must move.
    pub fn remove(&mut self, hash: u64, eq: impl FnMut(&T) -> bool, hasher: impl Fn(&T) -> u64) -> Option<T> {
        let index = *self.directory.get(self.slot(hash))? as usize;
        let segment = self.segments.get_mut(index)?;
        let taken = segment.take(hash, eq)?;
        Some(self.taken(index, taken, hasher))
    }

    /// After an entry was taken from a segment.
    #[inline]
    fn taken(&mut self, index: usize, (value, unchained): (T, bool), hasher: impl Fn(&T) -> u64) -> T {
        self.len -= 1;
        self.buckets -= usize::from(unchained);
        if self.segments[index].len <= MERGE_MOST {
            self.make_small(index, &hasher);
        }
        value
    }

    /// Drops every entry at once; [`Self::drain_some`] does it in slices.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// Visits the entries of the bucket at `cursor` and returns the next cursor: 0 to begin with, 0 at the end.
    ///
    /// An entry that is there from the start of a scan to its end is visited exactly once, whatever is inserted and
    /// removed between the calls; one that is there for part of the time, once at most. Cursors are below 2^48, and
    /// [`Self::position`] tells which side of one an entry is on. Any number is a valid cursor: one out of range is at
    /// the end.
    pub fn scan(&self, cursor: u64, hasher: impl Fn(&T) -> u64, mut visit: impl FnMut(&T)) -> u64 {
        if cursor >= POSITIONS {
            return 0;
        }
        let hash = cursor << 16;
        let Some(&index) = self.directory.get(self.slot(hash)) else { return 0 };
        let Some(segment) = self.segments.get(index as usize) else { return 0 };
        let bucket = segment.bucket_of(hash);
        // The table has changed under this scan if it stands inside a bucket: then the bucket's first part is done.
        let inside = segment.bucket_start(bucket) < cursor;
        if let Some(entries) = segment.buckets.get(bucket) {
            entries
                .iter()
                .filter(|entry| !inside || Self::position(hasher(entry)) >= cursor)
                .for_each(&mut visit);
        }
        let next = segment.bucket_start(bucket + 1);
        debug_assert!(next > cursor);
        if next < POSITIONS { next } else { 0 }
    }

    /// The same for a scan that changes what it visits, hashes excepted: it may visit an entry twice, if the table has
    /// changed since the last call.
    pub fn scan_mut(&mut self, cursor: u64, visit: impl FnMut(&mut T)) -> u64 {
        if cursor >= POSITIONS {
            return 0;
        }
        let hash = cursor << 16;
        let Some(&index) = self.directory.get(self.slot(hash)) else { return 0 };
        let Some(segment) = self.segments.get_mut(index as usize) else { return 0 };
        let bucket = segment.bucket_of(hash);
        let next = segment.bucket_start(bucket + 1);
        if let Some(entries) = segment.buckets.get_mut(bucket) {
            entries.for_each_mut(visit);
        }
        if next < POSITIONS { next } else { 0 }
    }

    /// Where a scan meets the entry with this hash: a scan that has returned a cursor of at most this number (and not
    /// 0) has yet to visit it.
    #[inline]
    pub const fn position(hash: u64) -> u64 {
        hash >> 16
    }

    /// Hands out about `budget` entries and frees the space of those it has: a big table goes in slices. The first call
    /// makes the table forget its order: what it still holds is counted but not found. True when nothing is left.
    pub fn drain_some(&mut self, budget: usize, mut take: impl FnMut(T)) -> bool {
        (self.directory, self.depth, self.deepest) = (Vec::new(), 0, 0);
        let mut left = budget;
        while let Some(segment) = self.segments.last_mut() {
            while let Some(bucket) = segment.buckets.iter_mut().find(|bucket| !bucket.is_empty()) {
                while left > 0
                    && let Some((value, unchained)) = bucket.pop()
                {
                    left -= 1;
                    segment.len -= 1;
                    self.len -= 1;
                    self.buckets -= usize::from(unchained);
                    take(value);
                }
                if left == 0 {
                    return self.len == 0;
                }
            }
            self.buckets -= segment.buckets.len();
            self.segments.pop();
        }
        self.clear();
        true
    }

    /// What the table takes besides the entries' own allocations: the same after the same calls, on any machine of one
    /// pointer width.
    pub const fn memory_bytes(&self) -> usize {
        allocated(self.directory.capacity() * size_of::<u32>())
            + allocated(self.segments.capacity() * size_of::<Segment<T>>())
            + self.buckets * size_of::<Bucket<T>>()
    }

    /// How the table is built.
    pub fn stats(&self) -> Stats {
        let buckets = self.segments.iter().flat_map(|segment| segment.buckets.iter());
        Stats {
            directory: self.directory.len(),
            segments: self.segments.len(),
            buckets: self.buckets,
            longest_chain: buckets.map(|bucket| bucket.chain().count()).max().unwrap_or(0),
        }
    }
}

/// Growing and shrinking.
impl<T> Dict<T> {
    /// The directory's slot for a hash: its first `depth` bits.
    #[inline]
    const fn slot(&self, hash: u64) -> usize {
        // Shifted in two steps, since a shift by 64 is none.
        ((hash >> 1) >> (63 - self.depth)) as usize
    }

    fn start(&mut self) {
        self.directory.push(self.segments.len() as u32);
        (self.depth, self.deepest, self.expected) = (0, 1, 0);
        let first = Segment::with_room(0, 0, 0);
        self.buckets += first.buckets.len();
        self.segments.push(first);
    }

    #[cold]
    #[inline(never)]
    fn make_room(&mut self, index: usize, hasher: &dyn Fn(&T) -> u64) {
        let segment = &self.segments[index];
        if !segment.is_widest() {
            // One more than it has: it is asked to grow when it is full.
            let len = (segment.len + 1).max(self.expected);
            self.resize(index, len, hasher);
        } else if segment.len <= SPLIT_MOST && segment.depth < DEPTH_MOST {
            let directory_most = (self.len / ENTRIES_PER_SLOT).max(DIRECTORY_ALWAYS);
            if segment.depth < self.depth {
                self.split(index, hasher);
            } else if self.directory.len() < directory_most {
                self.double();
                self.split(index, hasher);
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn make_small(&mut self, index: usize, hasher: &dyn Fn(&T) -> u64) {
        let mut index = index;
        let mut moved = 0;
        self.expected = 0;
        while moved <= SPLIT_MOST
            && let Some(sibling) = self.mergeable(index)
        {
            moved += self.segments[index].len + self.segments[sibling].len;
            index = self.merge(index, sibling, hasher);
        }
        let segment = &self.segments[index];
        if moved == 0 && segment.is_sparse() {
            self.resize(index, segment.len + 1, hasher);
        }
    }

    /// Gives a segment the number of buckets that so many entries call for.
    fn resize(&mut self, index: usize, len: u32, hasher: &dyn Fn(&T) -> u64) {
        let segment = &mut self.segments[index];
        let Segment { prefix, depth, .. } = *segment;
        let old = core::mem::replace(segment, Segment::with_room(prefix, depth, len));
        self.buckets -= old.bucket_count();
        old.drain(hasher, &mut |hash, entry| {
            segment.put(hash, entry);
        });
        self.buckets += segment.bucket_count();
    }

    fn split(&mut self, index: usize, hasher: &dyn Fn(&T) -> u64) {
        let Segment { prefix, depth, len, .. } = self.segments[index];
        debug_assert!(depth < self.depth);
        let mut low = Segment::with_room(prefix << 1, depth + 1, len / 2);
        let mut high = Segment::with_room((prefix << 1) | 1, depth + 1, len / 2);
        let old = core::mem::replace(&mut self.segments[index], Segment::with_room(0, 0, 0));
        self.buckets -= old.bucket_count();
        old.drain(hasher, &mut |hash, entry| {
            let half = if (hash >> (63 - depth)) & 1 == 0 { &mut low } else { &mut high };
            half.put(hash, entry);
        });
        self.buckets += low.bucket_count() + high.bucket_count();
        if depth + 1 == self.depth {
            self.deepest += 2;
        }
        self.segments[index] = low;
        self.segments.push(high);
        self.point_at(self.segments.len() - 1);
    }

    /// A segment's sibling, if both are so small that they should be one.
    fn mergeable(&self, index: usize) -> Option<usize> {
        let Segment { prefix, depth, len, .. } = self.segments[index];
        if depth == 0 {
            return None;
        }
        let slot = ((prefix ^ 1) as usize) << (self.depth - depth);
        let sibling = *self.directory.get(slot)? as usize;
        let same = self.segments[sibling].depth == depth;
        (same && len + self.segments[sibling].len <= MERGE_MOST).then_some(sibling)
    }

    /// Makes one segment of two siblings and returns where it is.
    fn merge(&mut self, a: usize, b: usize, hasher: &dyn Fn(&T) -> u64) -> usize {
        let (keep, gone) = (a.min(b), a.max(b));
        let Segment { prefix, depth, len, .. } = self.segments[keep];
        debug_assert_eq!(self.segments[gone].prefix, prefix ^ 1);
        let mut whole = Segment::with_room(prefix >> 1, depth - 1, len + self.segments[gone].len);
        let second = self.segments.swap_remove(gone);
        let first = core::mem::replace(&mut self.segments[keep], Segment::with_room(0, 0, 0));
        self.buckets -= first.bucket_count() + second.bucket_count();
        let mut put = |hash, entry| {
            whole.put(hash, entry);
        };
        first.drain(hasher, &mut put);
        second.drain(hasher, &mut put);
        self.buckets += whole.bucket_count();
        self.segments[keep] = whole;
        self.point_at(keep);
        if gone < self.segments.len() {
            self.point_at(gone); // The last segment took the freed place.
        }
        if self.segments.len() < self.segments.capacity() / 4 {
            self.segments.shrink_to(self.segments.len() * 2);
        }
        if depth == self.depth {
            self.deepest -= 2;
        }
        while self.deepest == 0 && self.depth > 0 {
            self.halve();
        }
        keep
    }

    /// Makes the directory's slots for a segment's prefix point at it.
    fn point_at(&mut self, index: usize) {
        let Segment { prefix, depth, .. } = self.segments[index];
        let shift = self.depth - depth;
        let start = (prefix as usize) << shift;
        self.directory[start..start + (1 << shift)].fill(index as u32);
    }

    fn double(&mut self) {
        let mut doubled = Vec::with_capacity(self.directory.len() * 2);
        doubled.extend(self.directory.iter().flat_map(|&segment| [segment, segment]));
        self.directory = doubled;
        self.depth += 1;
        self.deepest = 0;
    }

    fn halve(&mut self) {
        self.directory = self.directory.iter().copied().step_by(2).collect();
        self.depth -= 1;
        let depth = self.depth;
        self.deepest = self.segments.iter().filter(|segment| segment.depth == depth).count() as u32;
    }
}

impl<T> Default for Dict<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Dict<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dict").field("len", &self.len).field("stats", &self.stats()).finish()
    }
}

/// Cursors are below this.
const POSITIONS: u64 = 1 << POSITION_LEN;

/// Siblings with no more entries than this together merge: well under the 259 to 448 at which one splits.
const MERGE_MOST: u32 = 170;

/// A segment with more entries than this would not split before, so it stays as it is: equal hashes cannot be parted.
const SPLIT_MOST: u32 = 640;

/// The directory has no more slots than one for so many entries (some 60 to 448 are usual) …
const ENTRIES_PER_SLOT: usize = 16;

/// … or than this.
const DIRECTORY_ALWAYS: usize = 64;

/// The most entries for which [`Dict::expect`] makes one segment: few will have so many more that they split.
const EXPECTED_MOST: usize = 230;

#[cfg(test)]
mod tests;
