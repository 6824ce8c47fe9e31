//! Variables that functions share. As long as the function runs that declared one, it is a register of it; then it moves
//! out of the stack.

use super::Vm;
use crate::heap::{UPVALUE_WEIGHT, UpvalueObject};
use crate::value::{Raise, Value};

impl Vm {
    /// The upvalue for a slot of the stack: all functions share the one.
    pub(super) fn find_upvalue(&mut self, slot: usize) -> Result<u32, Raise> {
        let slot = slot as u32;
        let at = match self.thread.open.binary_search_by_key(&slot, |open| open.0) {
            Ok(at) => return Ok(self.thread.open[at].1),
            Err(at) => at,
        };
        self.heap.charge(UPVALUE_WEIGHT)?;
        let id = self.heap.upvalues.insert(UpvalueObject::Open { thread: self.running.0, slot });
        self.thread.open.insert(at, (slot, id));
        Ok(id)
    }

    /// Moves the variables from a slot on out of the stack.
    #[inline]
    pub(super) fn close_upvalues(&mut self, from: usize) {
        while let Some((slot, id)) = self.thread.open.last().copied() {
            if (slot as usize) < from {
                break;
            }
            self.thread.open.pop();
            self.heap.upvalues[id] = UpvalueObject::Closed(self.thread.stack[slot as usize]);
        }
    }

    #[inline]
    pub(super) fn upvalue(&self, id: u32) -> Value {
        match self.heap.upvalues[id] {
            UpvalueObject::Closed(value) => value,
            UpvalueObject::Open { thread, slot } if thread == self.running.0 => {
                self.thread.stack[slot as usize]
            }
            UpvalueObject::Open { thread, slot } => self.heap.threads[thread].stack[slot as usize],
        }
    }

    #[inline]
    pub(super) fn set_upvalue(&mut self, id: u32, value: Value) {
        match &mut self.heap.upvalues[id] {
            UpvalueObject::Closed(old) => *old = value,
            UpvalueObject::Open { thread, slot } => {
                let (thread, slot) = (*thread, *slot as usize);
                if thread == self.running.0 {
                    self.thread.stack[slot] = value;
                } else {
                    self.heap.threads[thread].stack[slot] = value;
                }
            }
        }
    }
}
