//! A segment: the entries whose hashes share a prefix, in up to 64 buckets laid out in hash order.
//!
//! ```text
//!  hash, 64 bits:  1 0 1 1│0 1 1 0 1 0│ …                  │ c 5 │
//!                  prefix │ bucket    │                    │ tag │
//!                  depth  │ bits ≤ 6  │                    │     │
//! ```
//!
//! Doubling the buckets and splitting the segment are thus the same to an entry: one more bit of its hash counts.

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
    /// The number of buckets is 2 to this power.
    bits: u32,
}

impl<T> Segment<T> {
    /// An empty segment with space for `len` entries and a quarter more.
    pub(crate) fn with_room(prefix: u32, depth: u32, len: u32) -> Self {
        let wanted = len + len / 4;
        let bits = (0..MOST_BITS).find(|&bits| capacity(bits) >= wanted).unwrap_or(MOST_BITS);
        let buckets = (0..1 << bits).map(|_| Bucket::new()).collect();
        Self { buckets, len: 0, prefix, depth, bits }
    }

    #[inline]
    pub(crate) const fn bucket_of(&self, hash: u64) -> usize {
        // Shifted in two steps, since a shift by 64 is none.
        ((((hash & POSITION_BITS) << self.depth) >> 1) >> (63 - self.bits)) as usize
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
        (((self.prefix as u64) << self.bits) + bucket as u64) << (48 - self.depth - self.bits)
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

    /// Whether it should have more buckets or be two segments.
    pub(crate) const fn is_full(&self) -> bool {
        self.len >= capacity(self.bits)
    }

    /// Whether half the buckets would do, with much room left.
    pub(crate) const fn is_sparse(&self) -> bool {
        self.bits > 0 && self.len < capacity(self.bits) / 3
    }

    /// Its buckets, those of the chains included.
    pub(crate) fn bucket_count(&self) -> usize {
        self.buckets.iter().map(|bucket| bucket.chain().count()).sum()
    }
}

/// How many entries 2^bits buckets take before they should be more: seven eighths of their slots.
const fn capacity(bits: u32) -> u32 {
    if bits == 0 { SLOTS as u32 } else { ((SLOTS as u32 * 7) << bits) / 8 }
}

/// The part of a hash that has a say in where its entry lies: scan cursors hold just these bits.
pub(crate) const POSITION_BITS: u64 = !0xffff;

/// The most buckets of a segment; a full segment of that many splits.
pub(crate) const MOST_BUCKETS: usize = 1 << MOST_BITS;
const MOST_BITS: u32 = 6;
