//! What a library writes before it becomes a string. Its bytes are asked for before they are there, so that the memory
//! limit holds for them too.

use alloc::vec::Vec;
use core::ops::Range;

use crate::heap::Heap;
use crate::native::Call;
use crate::value::{Raise, Str, Value};

/// Bytes that grow within the limit.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
}

impl Buffer {
    pub(super) const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes that it holds on to.
    pub(super) const fn weight(&self) -> usize {
        self.bytes.capacity()
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Makes sure that so many bytes more fit.
    pub(super) fn reserve(&mut self, heap: &Heap, more: usize) -> Result<(), Raise> {
        let length = self.bytes.len();
        let needed = length.checked_add(more).ok_or(Raise::Memory)?;
        if needed > self.bytes.capacity() {
            let roomy = needed.max(self.bytes.capacity().saturating_mul(2)).max(32);
            let target = if heap.room(roomy).is_ok() { roomy } else { needed };
            heap.room(target)?;
            self.bytes.reserve_exact(target - length);
        }
        Ok(())
    }

    pub(super) fn push(&mut self, heap: &Heap, byte: u8) -> Result<(), Raise> {
        self.reserve(heap, 1)?;
        self.bytes.push(byte);
        Ok(())
    }

    pub(super) fn extend(&mut self, heap: &Heap, bytes: &[u8]) -> Result<(), Raise> {
        self.reserve(heap, bytes.len())?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Lets something write that needs at most so many bytes.
    pub(super) fn write(
        &mut self,
        heap: &Heap,
        most: usize,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), Raise> {
        self.reserve(heap, most)?;
        write(&mut self.bytes);
        Ok(())
    }

    /// Makes a string of it, and pays for its bytes.
    pub(super) fn into_string(self, call: &mut Call<'_>) -> Result<Value, Raise> {
        spend_on_bytes(call, self.bytes.len());
        call.heap_mut().text_from(self.bytes.into_boxed_slice()).map(Value::String)
    }
}

/// Pays for so many bytes that were looked at or written.
pub(super) const fn spend_on_bytes(call: &mut Call<'_>, bytes: usize) {
    call.spend(bytes as u64 / 16);
}

/// A piece of a string, as a string.
pub(super) fn part(call: &mut Call<'_>, string: Str, range: Range<usize>) -> Result<Value, Raise> {
    /// What is not longer is copied by way of the stack.
    const SHORT: usize = 40;
    let bytes = call.bytes(string).get(range).unwrap_or_default();
    let length = bytes.len();
    let mut short = [0; SHORT];
    if let Some(copy) = short.get_mut(..length) {
        copy.copy_from_slice(bytes);
        return call.string(&short[..length]);
    }
    call.heap().room(length)?;
    let copy = bytes.into();
    spend_on_bytes(call, length);
    call.heap_mut().text_from(copy).map(Value::String)
}
