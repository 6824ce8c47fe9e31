//! A segment: the entries whose hashes share a prefix, in up to 64 buckets laid out in hash order.
//!
//! ```text
//!  hash, 64 bits:  1 0 1 1│0 1 1 0 1 0 …               │ … │ c 5 │
//!                  prefix │ 32 bits × buckets >> 32    │   │ tag │
//!                  (depth)│ = the bucket               │
//! ```
//!
//! The bucket is a multiplication rather than a mask, so their number need not be a power of two: 32, 48, 64. Two
//! steps per doubling instead of one keep the load between about a half and four fifths.

use alloc::boxed::Box;

use super::bucket::{Bucket, tag};

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
        let count = SIZES.into_iter().find(|&count| capacity(count) >= wanted).unwrap_or(MOST_BUCKETS);
        let buckets = (0..count).map(|_| Bucket::new()).collect();
        Self { buckets, len: 0, prefix, depth }
    }

    #[inline]
    pub(crate) fn bucket_of(&self, hash: u64) -> usize {
        let below = ((hash & POSITION_BITS) << self.depth) >> 32;
        ((below * self.buckets.len() as u64) >> 32) as usize
    }

    #[inline]
    pub(crate) fn bucket(&self, hash: u64) -> Option<&Bucket<T>> {
        self.buckets.get(self.bucket_of(hash))
    }

    #[inline]
    pub(crate) fn bucket_mut(&mut self, hash: u64) -> Option<&mut Bucket<T>> {
        self.buckets.get_mut(self.bucket_of(hash))
    }

    /// The scan positions where a bucket begins; that of the bucket after the last is where the segment ends.
    pub(crate) fn bucket_start(&self, bucket: usize) -> u64 {
        let below = ((bucket as u64) << 32).div_ceil(self.buckets.len() as u64);
        let offset = if self.depth <= 16 {
            below << (16 - self.depth)
        } else {
            below.div_ceil(1 << (self.depth - 16))
        };
        (u64::from(self.prefix) << (48 - self.depth)) + offset
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

    /// Takes every entry out, to be put where it now belongs.
    pub(crate) fn drain(mut self, mut take: impl FnMut(T)) {
        for bucket in &mut self.buckets {
            bucket.drain(&mut take);
        }
    }

    pub(crate) const fn is_full(&self) -> bool {
        self.len >= capacity(self.buckets.len())
    }

    /// Whether the buckets are more than about four times what the entries need.
    pub(crate) const fn is_sparse(&self) -> bool {
        self.buckets.len() > 1 && (self.len as usize) * 2 < self.buckets.len() * 3
    }

    /// Its buckets, those of the chains included.
    pub(crate) fn bucket_count(&self) -> usize {
        self.buckets.iter().map(|bucket| bucket.chain().count()).sum()
    }
}

/// How many entries this many buckets take before they should be more: four fifths of their slots.
const fn capacity(buckets: usize) -> u32 {
    if buckets == 1 { 6 } else { (buckets * 24 / 5) as u32 }
}

/// The part of a hash that has a say in where its entry lies: scan cursors hold just these bits.
pub(crate) const POSITION_BITS: u64 = !0xffff;

/// The most buckets of a segment; a full segment of that many splits.
pub(crate) const MOST_BUCKETS: usize = 64;

const SIZES: [usize; 12] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, MOST_BUCKETS];
