//! A bucket: as many tags as fit into a word, a slot for each, and a chain for the rare entries that do not fit.
//!
//! ```text
//!   tags: u64                     slots: 8 × Option<T>                             overflow
//!  ┌──┬──┬──┬──┬──┬──┬──┬──┐   ┌─────┬─────┬─────┬─────┬─────┬─────┬─────┬─────┐   ┌─────┐
//!  │7c│00│e1│05│00│00│00│00│   │  T  │  ∅  │  T  │  T  │  ∅  │  ∅  │  ∅  │  ∅  │   │  ∅  │
//!  └──┴──┴──┴──┴──┴──┴──┴──┘   └─────┴─────┴─────┴─────┴─────┴─────┴─────┴─────┘   └─────┘
//! ```
//!
//! Where entries are handles of four bytes, as they mostly are, that is 48 bytes. A tag is the low byte of the entry's hash
//! (1 instead of 0, for 0 says "empty"), so all eight are compared in one subtraction and a lookup follows about one wrong
//! entry in forty.
//!
//! In a chain only the first overflow bucket may have holes: inserting looks no further than it, removing fills the
//! hole it makes from it. So both are O(1) besides the search, however long the chain.

use alloc::boxed::Box;
use core::slice;

/// Up to [`SLOTS`] entries, and more behind them.
pub(crate) struct Bucket<T> {
    tags: u64,
    slots: [Option<T>; SLOTS],
    overflow: Option<Box<Self>>,
}

impl<T> Bucket<T> {
    pub(crate) const fn new() -> Self {
        Self { tags: 0, slots: [const { None }; SLOTS], overflow: None }
    }

    #[inline]
    pub(crate) fn find(&self, tag: u8, mut eq: impl FnMut(&T) -> bool) -> Option<&T> {
        let mut bucket = self;
        loop {
            let mut matches = bucket.matches(tag);
            while matches != 0 {
                if let Some(Some(value)) = bucket.slots.get(lowest(matches))
                    && eq(value)
                {
                    return Some(value);
                }
                matches &= matches - 1;
            }
            bucket = bucket.overflow.as_deref()?;
        }
    }

    #[inline]
    pub(crate) fn find_mut(&mut self, tag: u8, mut eq: impl FnMut(&T) -> bool) -> Option<&mut T> {
        let mut bucket = self;
        loop {
            if let Some(slot) = bucket.position(tag, &mut eq) {
                return bucket.slots[slot].as_mut();
            }
            bucket = bucket.overflow.as_deref_mut()?;
        }
    }

    /// Adds an entry; tells also whether an overflow bucket was made for it.
    pub(crate) fn put(&mut self, tag: u8, value: T) -> (&mut T, bool) {
        if let Some(slot) = self.vacant() {
            return (self.fill(slot, tag, value), false);
        }
        let vacant = self.overflow.as_ref().and_then(|head| head.vacant());
        if vacant.is_none() {
            let mut head = Box::new(Self::new());
            head.overflow = self.overflow.take();
            self.overflow = Some(head);
        }
        let head = self.overflow.get_or_insert_with(|| Box::new(Self::new()));
        (head.fill(vacant.unwrap_or(0), tag, value), vacant.is_none())
    }

    /// Removes an entry; tells also whether an overflow bucket went with it.
    pub(crate) fn take(&mut self, tag: u8, mut eq: impl FnMut(&T) -> bool) -> Option<(T, bool)> {
        let mut link = 0;
        let mut bucket = &mut *self;
        let (slot, value) = loop {
            if let Some(slot) = bucket.position(tag, &mut eq) {
                break (slot, bucket.empty(slot)?.1);
            }
            link += 1;
            bucket = bucket.overflow.as_deref_mut()?;
        };
        Some((value, self.close(link, slot)))
    }

    /// Removes the entry that comes after so many others; tells also whether an overflow bucket went with it.
    pub(crate) fn take_nth(&mut self, nth: usize) -> Option<(T, bool)> {
        let (link, slot) = self.place_of(nth)?;
        let (_, value) = self.link_mut(link)?.empty(slot)?;
        Some((value, self.close(link, slot)))
    }

    /// Fills the hole that an entry has left; tells whether an overflow bucket went with that.
    fn close(&mut self, link: usize, slot: usize) -> bool {
        // A hole anywhere but in the first overflow bucket is filled from there.
        if link != 1
            && let Some((tag, spare)) = self.overflow.as_mut().and_then(|head| head.take_first())
            && let Some(bucket) = self.link_mut(link)
        {
            bucket.fill(slot, tag, spare);
        }
        self.trim()
    }

    /// How many entries it and its chain hold.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        let (mut bucket, mut len) = (self, count(self.taken()));
        while let Some(next) = bucket.overflow.as_deref() {
            (bucket, len) = (next, len + count(next.taken()));
        }
        len
    }

    /// The entry that comes after so many others.
    pub(crate) fn nth(&self, nth: usize) -> Option<&T> {
        let (link, slot) = self.place_of(nth)?;
        self.chain().nth(link)?.slots.get(slot)?.as_ref()
    }

    /// The link and the slot of the entry that comes after so many others.
    fn place_of(&self, nth: usize) -> Option<(usize, usize)> {
        let mut left = nth;
        for (link, bucket) in self.chain().enumerate() {
            let mut taken = bucket.taken();
            let len = count(taken);
            if left < len {
                for _ in 0..left {
                    taken &= taken - 1;
                }
                return Some((link, lowest(taken)));
            }
            left -= len;
        }
        None
    }

    /// Takes any entry out, from the chain first.
    pub(crate) fn pop(&mut self) -> Option<(T, bool)> {
        match self.overflow.as_mut().and_then(|head| head.take_first()) {
            Some((_, value)) => Some((value, self.trim())),
            None => self.take_first().map(|(_, value)| (value, false)),
        }
    }

    /// Takes every entry out.
    pub(crate) fn drain(&mut self, mut take: impl FnMut(T)) {
        let mut next = Some(self);
        while let Some(bucket) = next {
            bucket.tags = 0;
            bucket.slots.iter_mut().filter_map(Option::take).for_each(&mut take);
            next = bucket.overflow.as_deref_mut();
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.chain().flat_map(|bucket| bucket.slots.iter().flatten())
    }

    /// Its own slots, and the bucket behind it.
    pub(crate) fn parts(&self) -> (slice::Iter<'_, Option<T>>, Option<&Self>) {
        (self.slots.iter(), self.overflow.as_deref())
    }

    pub(crate) fn for_each_mut(&mut self, mut visit: impl FnMut(&mut T)) {
        let mut next = Some(self);
        while let Some(bucket) = next {
            bucket.slots.iter_mut().flatten().for_each(&mut visit);
            next = bucket.overflow.as_deref_mut();
        }
    }

    /// This bucket and its overflow buckets.
    pub(crate) fn chain(&self) -> impl Iterator<Item = &Self> {
        core::iter::successors(Some(self), |bucket| bucket.overflow.as_deref())
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.tags == 0
    }

    fn position(&self, tag: u8, eq: &mut impl FnMut(&T) -> bool) -> Option<usize> {
        let mut matches = self.matches(tag);
        while matches != 0 {
            let slot = lowest(matches);
            if let Some(Some(value)) = self.slots.get(slot)
                && eq(value)
            {
                return Some(slot);
            }
            matches &= matches - 1;
        }
        None
    }

    /// A mark in the high bit of each byte that may hold this tag. The lowest mark is right; one above it may be
    /// wrong by a borrow, so what a mark leads to is compared.
    #[inline]
    const fn matches(&self, tag: u8) -> u64 {
        let differ = self.tags ^ (LOW_BITS * tag as u64);
        differ.wrapping_sub(LOW_BITS) & !differ & HIGH_BITS
    }

    /// A mark in the high bit of each byte whose slot is taken.
    #[inline]
    const fn taken(&self) -> u64 {
        (((self.tags & !HIGH_BITS) + !HIGH_BITS) | self.tags) & HIGH_BITS
    }

    fn vacant(&self) -> Option<usize> {
        let matches = self.matches(0);
        (matches != 0).then(|| lowest(matches))
    }

    fn fill(&mut self, slot: usize, tag: u8, value: T) -> &mut T {
        debug_assert!(tag != 0);
        debug_assert!(self.slots[slot].is_none());
        self.tags |= u64::from(tag) << (slot * 8);
        self.slots[slot].insert(value)
    }

    fn empty(&mut self, slot: usize) -> Option<(u8, T)> {
        let value = self.slots[slot].take()?;
        let tag = (self.tags >> (slot * 8)) as u8;
        self.tags &= !(0xff << (slot * 8));
        Some((tag, value))
    }

    fn take_first(&mut self) -> Option<(u8, T)> {
        let slot = self.slots.iter().position(Option::is_some)?;
        self.empty(slot)
    }

    fn link_mut(&mut self, link: usize) -> Option<&mut Self> {
        let mut bucket = self;
        for _ in 0..link {
            bucket = bucket.overflow.as_deref_mut()?;
        }
        Some(bucket)
    }

    /// Unlinks the first overflow bucket if it is empty.
    fn trim(&mut self) -> bool {
        let Some(head) = self.overflow.as_mut().filter(|head| head.is_empty()) else { return false };
        let rest = head.overflow.take();
        self.overflow = rest;
        true
    }
}

/// Frees a chain link by link: left to itself the compiler recurses, and a long chain would exhaust the stack.
impl<T> Drop for Bucket<T> {
    fn drop(&mut self) {
        let mut next = self.overflow.take();
        while let Some(mut bucket) = next {
            next = bucket.overflow.take();
        }
    }
}

/// The tag of an entry with this hash.
#[inline]
pub(crate) const fn tag(hash: u64) -> u8 {
    let low = hash as u8;
    if low == 0 { 1 } else { low }
}

#[inline]
const fn lowest(matches: u64) -> usize {
    (matches.trailing_zeros() / 8) as usize
}

/// How many marks there are: each is added up in the highest byte.
#[inline]
const fn count(marks: u64) -> usize {
    ((marks >> 7).wrapping_mul(LOW_BITS) >> 56) as usize
}

/// Entries that a bucket holds before it chains.
pub(crate) const SLOTS: usize = 8;

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

const _: () = assert!(size_of::<Bucket<core::num::NonZeroU32>>() <= 48);
