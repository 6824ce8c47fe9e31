//! Changing from one coroutine to another.

use core::mem;

use super::Vm;
use super::thread::{Entered, Status, Waits};
use crate::value::{Raise, Thread, Value};

impl Vm {
    /// Puts the coroutine that runs back into the heap and takes another.
    pub(super) fn switch_to(&mut self, thread: Thread) {
        if thread != self.running {
            mem::swap(&mut self.thread, &mut self.heap.threads[self.running.0]);
            mem::swap(&mut self.thread, &mut self.heap.threads[thread.0]);
            self.running = thread;
        }
    }

    /// Where a coroutine stands.
    pub(crate) fn status_of(&self, thread: Thread) -> Status {
        if thread == self.running { Status::Running } else { self.heap.threads[thread.0].status }
    }

    /// Goes on with a coroutine; it gets the values from a slot on to the top.
    pub(super) fn resume_thread(&mut self, thread: Thread, from: usize) -> Result<(), Raise> {
        if self.depth >= super::call::DEPTH_MAX {
            return self.refuse_resume();
        }
        let top = self.top_frame().top as usize;
        let values = self.thread.stack[from..top].to_vec();
        let resumer = self.running;
        self.thread.status = Status::Normal;
        self.switch_to(thread);
        self.thread.status = Status::Running;
        self.thread.resumer = Some(resumer);
        if self.thread.frames.is_empty() {
            // Slot 0 holds its function.
            self.ensure_stack(1 + values.len())?;
            self.thread.stack[1..=values.len()].copy_from_slice(&values);
            return self.call(0, values.len(), -1, Entered::First);
        }
        self.depth += 1;
        self.top_frame_mut().waits = Waits::Nothing;
        let top = self.top_frame().top as usize;
        self.ensure_stack(top + values.len())?;
        self.thread.stack[top..top + values.len()].copy_from_slice(&values);
        self.deliver(top, values.len())
    }

    /// Too many coroutines run each other.
    fn refuse_resume(&mut self) -> Result<(), Raise> {
        let frame = *self.top_frame();
        let raise = self.heap.plain_error(b"C stack overflow");
        let Raise::Error(text) = raise else { return Err(raise) };
        if frame.waits == Waits::Wrap {
            return Err(raise);
        }
        let target = frame.ret as usize;
        self.thread.stack[target] = Value::Bool(false);
        self.thread.stack[target + 1] = text;
        self.deliver(target, 2)
    }

    /// Gives the arguments of the native on top to who resumed the coroutine.
    pub(super) fn yield_thread(&mut self) -> Result<(), Raise> {
        let crossed = |entered: Entered| !matches!(entered, Entered::Call | Entered::First);
        if self.running == self.main || self.thread.frames.iter().any(|frame| crossed(frame.entered)) {
            return Err(self.heap.plain_error(b"attempt to yield across metamethod/C-call boundary"));
        }
        let frame = *self.top_frame();
        self.top_frame_mut().waits = Waits::Yield;
        self.thread.status = Status::Suspended;
        self.depth = self.depth.saturating_sub(1);
        let (base, top) = (frame.base as usize, frame.top as usize);
        let (from, count) = self.return_to_resumer(base, top - base)?;
        self.deliver(from, count)
    }

    /// A coroutine that will run a function.
    pub(crate) fn new_thread(&mut self, function: Value) -> Result<Thread, Raise> {
        let thread = super::ThreadObject {
            stack: alloc::vec![function],
            weight: super::THREAD_WEIGHT + size_of::<Value>(),
            ..super::ThreadObject::default()
        };
        self.heap.charge(thread.weight)?;
        Ok(Thread(self.heap.threads.insert(thread)))
    }
}

impl Vm {
    /// The coroutine that runs, unless it is the main one.
    pub(crate) fn coroutine(&self) -> Option<Thread> {
        (self.running != self.main).then_some(self.running)
    }
}
