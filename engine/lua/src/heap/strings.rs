//! Strings. A short one exists once, so that two are equal when they are the same; a long one is compared by its bytes,
//! and its hash is computed when it first is the key of a table. What a script sees of it is the order of `pairs`, which
//! follows from the hashes: every byte counts, whatever the length, as in the Lua that Redis has.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;

use super::arena::Arena;
use crate::value::Str;

/// The longest string that exists once only.
const SHORT: usize = 40;
const NONE: u32 = u32::MAX;

#[derive(Debug, Default)]
pub(crate) struct StringObject {
    bytes: Box<[u8]>,
    /// Of a long string: not known as long as it is `None`.
    hash: Cell<Option<u32>>,
    /// The next short string of the same bucket.
    chain: u32,
}

#[derive(Debug)]
pub(crate) struct Strings {
    objects: Arena<StringObject>,
    buckets: Vec<u32>,
    short: usize,
}

/// What a string of that length is counted with.
pub(crate) const fn weight(len: usize) -> usize {
    56 + len
}

impl Strings {
    pub(crate) fn new() -> Self {
        Self { objects: Arena::new(), buckets: vec![NONE; 64], short: 0 }
    }

    #[inline]
    pub(crate) fn bytes(&self, string: Str) -> &[u8] {
        &self.objects[string.slot()].bytes
    }

    /// The hash that decides on a string's place in a table.
    #[inline]
    pub(crate) fn hash(&self, string: Str) -> u32 {
        if !string.is_long() {
            return string.hash;
        }
        let object = &self.objects[string.slot()];
        let hash = object.hash.get().unwrap_or_else(|| hash(&object.bytes));
        object.hash.set(Some(hash));
        hash
    }

    #[inline]
    pub(crate) fn equal(&self, a: Str, b: Str) -> bool {
        a.id == b.id || (a.is_long() && b.is_long() && self.bytes(a) == self.bytes(b))
    }

    /// The short string of these bytes, if there is one; its hash if there isn't; nothing for bytes of a long one.
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<Result<Str, u32>> {
        if bytes.len() > SHORT {
            return None;
        }
        let hash = hash(bytes);
        let mut id = self.buckets[hash as usize & (self.buckets.len() - 1)];
        while id != NONE {
            let object = &self.objects[id];
            if *object.bytes == *bytes {
                return Some(Ok(Str { id, hash }));
            }
            id = object.chain;
        }
        Some(Err(hash))
    }

    /// Adds a short string that [`find`](Self::find) did not find.
    pub(crate) fn add_short(&mut self, bytes: Box<[u8]>, hash: u32) -> Str {
        if self.short >= self.buckets.len() {
            self.grow();
        }
        let bucket = hash as usize & (self.buckets.len() - 1);
        let object = StringObject { bytes, hash: Cell::new(Some(hash)), chain: self.buckets[bucket] };
        let id = self.objects.insert(object);
        self.buckets[bucket] = id;
        self.short += 1;
        Str { id, hash }
    }

    pub(crate) fn add_long(&mut self, bytes: Box<[u8]>) -> Str {
        let id = self.objects.insert(StringObject { bytes, hash: Cell::new(None), chain: NONE });
        Str { id: id | Str::LONG, hash: 0 }
    }

    fn grow(&mut self) {
        self.buckets = vec![NONE; self.buckets.len() * 2];
        let mask = self.buckets.len() - 1;
        let ids: Vec<u32> = self.objects.ids().collect();
        for id in ids {
            let object = &mut self.objects[id];
            if object.bytes.len() <= SHORT {
                let bucket = object.hash.get().unwrap_or_default() as usize & mask;
                object.chain = self.buckets[bucket];
                self.buckets[bucket] = id;
            }
        }
    }

    /// How much the collector looks at.
    pub(crate) const fn places(&self) -> usize {
        self.objects.len() + self.buckets.len()
    }

    pub(crate) fn mark(&mut self, string: Str) {
        self.objects.mark(string.slot());
    }

    /// Frees the strings that nobody marked; what they weighed.
    pub(crate) fn sweep(&mut self) -> usize {
        for bucket in 0..self.buckets.len() {
            self.unchain(bucket);
        }
        let mut freed = 0;
        let mut short = 0;
        self.objects.sweep(|_, object| {
            freed += weight(object.bytes.len());
            short += usize::from(object.bytes.len() <= SHORT);
        });
        self.short -= short;
        freed
    }

    /// Takes the strings that die out of a bucket's chain.
    fn unchain(&mut self, bucket: usize) {
        let mut last = NONE;
        let mut id = self.buckets[bucket];
        while id != NONE {
            let next = self.objects[id].chain;
            if self.objects.is_marked(id) {
                last = id;
            } else if last == NONE {
                self.buckets[bucket] = next;
            } else {
                self.objects[last].chain = next;
            }
            id = next;
        }
    }
}

/// From the last byte to the first.
fn hash(bytes: &[u8]) -> u32 {
    let start = bytes.len() as u32;
    bytes
        .iter()
        .rev()
        .fold(start, |hash, byte| hash ^ (hash << 5).wrapping_add(hash >> 2).wrapping_add(u32::from(*byte)))
}
