//! Every entry, one after the other.

use alloc::vec::{self, Vec};
use core::{fmt, slice};

use super::Dict;
use super::bucket::Bucket;
use super::segment::Segment;

impl<T> Dict<T> {
    /// Every entry.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { segments: self.segments.iter(), buckets: [].iter(), overflow: None, slots: [].iter() }
    }
}

impl<T> IntoIterator for Dict<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter {
            segments: self.segments.into_iter(),
            buckets: Vec::new().into_iter(),
            bucket: Bucket::new(),
            left: self.len,
        }
    }
}

/// The entries of a table, looked at. Written out, as adapters would be made anew for whatever is done with them.
pub struct Iter<'a, T> {
    segments: slice::Iter<'a, Segment<T>>,
    buckets: slice::Iter<'a, Bucket<T>>,
    overflow: Option<&'a Bucket<T>>,
    slots: slice::Iter<'a, Option<T>>,
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        loop {
            if let Some(value) = self.slots.find_map(Option::as_ref) {
                return Some(value);
            }
            if let Some(bucket) = self.overflow.or_else(|| self.buckets.next()) {
                (self.slots, self.overflow) = bucket.parts();
            } else {
                self.buckets = self.segments.next()?.buckets.iter();
            }
        }
    }
}

/// The entries of a table that is being taken apart; the space of those handed out is freed on the way.
pub struct IntoIter<T> {
    segments: vec::IntoIter<Segment<T>>,
    buckets: vec::IntoIter<Bucket<T>>,
    bucket: Bucket<T>,
    left: usize,
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        loop {
            if let Some((value, _)) = self.bucket.pop() {
                self.left -= 1;
                return Some(value);
            }
            match self.buckets.next() {
                Some(bucket) => self.bucket = bucket,
                None => self.buckets = self.segments.next()?.buckets.into_vec().into_iter(),
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> ExactSizeIterator for IntoIter<T> {}

impl<T> fmt::Debug for IntoIter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntoIter").field("left", &self.left).finish()
    }
}
