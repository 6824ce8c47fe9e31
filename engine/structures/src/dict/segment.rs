//! A segment: the entries whose hashes share a prefix, in up to 64 buckets laid out in hash order.
//!
//! ```text
//!  hash, 64 bits:  1 0 1 1│0 1 1 0 1 0 1 1 … │ …           │ c 5 │
//!                  prefix │ place            │             │ tag │
//!                  depth  │ 16 bits          │             │     │
//! ```
//!
//! The place is a fraction of the segment's range, so any number of buckets can share the range in equal parts.
//!
//! Good hashes fill all segments alike. Were all to split at one size, they would do so at one time: the whole table
//! would be half empty right after it, and the memory for an entry would swing by two. So how many buckets a segment has
//! before it splits depends on which quarter of all hashes it is in: while one quarter has just split, another is full.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::bucket::{Bucket, SLOTS, tag};

/// Part of a table: one range of hashes.
pub(crate) struct Segment<T> {
    pub(crate) buckets: Box<[Bucket<T>]>,
    pub(crate) len: u32,
    /// The top `depth` bits of every hash in here.
    pub(crate) prefix: u32,
    pub(crate) depth: u32,
}

impl<T> Segment<T> {
    /// An empty segment with space for `len` entries and a quarter more.
    pub(crate) fn with_room(prefix: u32, depth: u32, len: u32) -> Self {
        let wanted = len + len / 4;
        let most = most_buckets(prefix, depth);
        // A size close to the greatest is passed over.
        let mut sizes = (0..).map(|bits| 1 << bits).take_while(|size| size + size / 2 <= most);
        let size = sizes.find(|&size| capacity(size) >= wanted).unwrap_or(most);
        let buckets = (0..size).map(|_| Bucket::new()).collect();
        Self { buckets, len: 0, prefix, depth }
    }

    #[inline]
    pub(crate) const fn bucket_of(&self, hash: u64) -> usize {
        let place = (hash << self.depth) >> (u64::BITS - PLACE_BITS);
        (place as usize * self.buckets.len()) >> PLACE_BITS
    }

    #[inline]
    pub(crate) fn bucket(&self, hash: u64) -> Option<&Bucket<T>> {
        self.buckets.get(self.bucket_of(hash))
    }

    #[inline]
    pub(crate) fn bucket_mut(&mut self, hash: u64) -> Option<&mut Bucket<T>> {
        self.buckets.get_mut(self.bucket_of(hash))
    }

    /// The scan position where a bucket begins; the one after the last begins where the segment ends.
    pub(crate) const fn bucket_start(&self, bucket: usize) -> u64 {
        let place = (bucket << PLACE_BITS).div_ceil(self.buckets.len());
        (((self.prefix as u64) << PLACE_BITS) + place as u64) << (POSITION_LEN - PLACE_BITS - self.depth)
    }

    /// Adds an entry; tells also whether an overflow bucket was made for it.
    pub(crate) fn put(&mut self, hash: u64, value: T) -> (&mut T, bool) {
        self.len += 1;
        let bucket = self.bucket_of(hash);
        self.buckets[bucket].put(tag(hash), value)
    }

    /// Removes an entry; tells also whether an overflow bucket went with it.
    pub(crate) fn take(&mut self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<(T, bool)> {
        let taken = self.bucket_mut(hash)?.take(tag(hash), eq)?;
        self.len -= 1;
        Some(taken)
    }

    /// Takes every entry out with its hash, to be put where it now belongs.
    ///
    /// All hashes come first: computing one waits for its entry's memory, and without the putting in between the
    /// processor waits for several at once. Filling a big table costs two fifths less for it.
    pub(crate) fn drain(mut self, hasher: &dyn Fn(&T) -> u64, take: &mut dyn FnMut(u64, T)) {
        let entries = self.buckets.iter().flat_map(Bucket::iter);
        let mut hashes = entries.map(hasher).collect::<Vec<u64>>().into_iter();
        for bucket in &mut self.buckets {
            bucket.drain(|entry| {
                let hash = hashes.next().unwrap_or_else(|| hasher(&entry));
                take(hash, entry);
            });
        }
    }

    /// Removes the entry of a bucket that comes after so many others, in the same way.
    pub(crate) fn take_nth(&mut self, bucket: usize, nth: usize) -> Option<(T, bool)> {
        let taken = self.buckets.get_mut(bucket)?.take_nth(nth)?;
        self.len -= 1;
        Some(taken)
    }

    /// Whether it should have more buckets or be two segments.
    pub(crate) const fn is_full(&self) -> bool {
        self.len >= capacity(self.buckets.len())
    }

    /// Whether it has all the buckets that it may have.
    pub(crate) const fn is_widest(&self) -> bool {
        self.buckets.len() >= most_buckets(self.prefix, self.depth)
    }

    /// Whether half the buckets or fewer would do, with much room left.
    pub(crate) const fn is_sparse(&self) -> bool {
        self.buckets.len() > 1 && self.len < capacity(self.buckets.len()) / 4
    }

    /// Its buckets, those of the chains included.
    pub(crate) fn bucket_count(&self) -> usize {
        self.buckets.iter().map(|bucket| bucket.chain().count()).sum()
    }
}

/// How many entries so many buckets take before they should be more: seven eighths of their slots.
const fn capacity(buckets: usize) -> u32 {
    if buckets == 1 { SLOTS as u32 } else { (SLOTS * 7 * buckets / 8) as u32 }
}

/// The most buckets of a segment with this prefix; when they are full it splits.
const fn most_buckets(prefix: u32, depth: u32) -> usize {
    // The first two bits of its hashes; of a segment that has more than a quarter, of the least of them.
    let quarter = if depth < 2 { prefix << (2 - depth) } else { prefix >> (depth - 2) };
    MOST_BUCKETS_OF_QUARTERS[(quarter & 3) as usize]
}

/// About equal steps from half to the whole, as wide as jemalloc's pieces for buckets of 48 bytes.
const MOST_BUCKETS_OF_QUARTERS: [usize; 4] = [MOST_BUCKETS, 53, 42, 37];

/// The most buckets of any segment.
pub(crate) const MOST_BUCKETS: usize = 64;

/// Bits of a hash that say where in its segment an entry belongs.
const PLACE_BITS: u32 = 16;

/// Bits of a hash that have a say in where its entry lies: scan cursors hold just these.
pub(crate) const POSITION_LEN: u32 = 48;

/// Bits that a prefix may have: enough for ten thousand million entries.
pub(crate) const DEPTH_MOST: u32 = 26;

const _: () = assert!(DEPTH_MOST + PLACE_BITS <= POSITION_LEN);
