//! Errors: frames go until one is reached that catches them.

use alloc::vec::Vec;

use super::call::DEPTH_MAX;
use super::thread::{Entered, NATIVE, Status, Waits};
use super::{State, Vm};
use crate::value::{Raise, Value};

/// The handler of `xpcall` is asked about errors of its own until that is so deep. Once on the way there, where calls end
/// otherwise, it is asked about that instead.
const HANDLER_DEPTH_MAX: usize = DEPTH_MAX + DEPTH_MAX / 8 - 1;

impl Vm {
    /// Takes frames away until one catches the error, which then goes on with it.
    pub(super) fn unwind(&mut self, mut raise: Raise) {
        loop {
            let catches =
                |waits: Waits| matches!(waits, Waits::Protect | Waits::ProtectWith | Waits::Handler);
            let found = self.thread.frames.iter().rposition(|frame| catches(frame.waits));
            let outcome = match found {
                Some(at) => self.catch(at, raise),
                None if self.running == self.main => {
                    self.fail(raise);
                    return;
                }
                None => self.fail_in_resumer(raise),
            };
            match outcome {
                Ok(()) => return,
                Err(next) => raise = next,
            }
        }
    }

    fn value_of(&self, raise: Raise) -> Value {
        match raise {
            Raise::Error(value) => value,
            Raise::Memory => self.memory_text,
            Raise::Handler => self.handler_text,
        }
    }

    /// Where the error that is being raised comes from: the innermost function, or what called it if that is native.
    fn place_of_error(&self) -> Option<(Vec<u8>, u32)> {
        let frame = self.thread.frames.iter().rev().take(2).find(|frame| frame.proto != NATIVE)?;
        let source = self.code[frame.proto].source.map(|source| self.heap.bytes(source).to_vec());
        Some((source.unwrap_or_default(), self.line_of(frame)))
    }

    fn fail(&mut self, raise: Raise) {
        let value = self.value_of(raise);
        self.drop_frames(0);
        self.close_upvalues(0);
        self.results.clear();
        self.results.push(value);
        self.state = State::Failed;
    }

    /// The frame at that place is a `pcall` or `xpcall` that the error reaches.
    fn catch(&mut self, at: usize, raise: Raise) -> Result<(), Raise> {
        if self.thread.frames[at].waits == Waits::ProtectWith {
            self.raised_at = self.place_of_error();
        }
        self.drop_frames(at + 1);
        let frame = *self.top_frame();
        self.close_upvalues(frame.base as usize);
        // Each handler stands within what it is asked about.
        let depth = self.depth + frame.aux as usize + 1;
        let asks = match (frame.waits, raise) {
            (Waits::ProtectWith, Raise::Error(_)) => true,
            (Waits::Handler, Raise::Error(_)) => depth < HANDLER_DEPTH_MAX,
            _ => false,
        };
        let mut value = self.value_of(raise);
        // Of memory that is used up nobody's handler is asked, not even one that used it up.
        if frame.waits == Waits::Handler && !asks && !matches!(raise, Raise::Memory) {
            value = self.handler_text;
        }
        if asks && depth == DEPTH_MAX {
            let overflow = self.error_at(0, b"C stack overflow");
            value = self.value_of(overflow);
        }
        let base = frame.base as usize;
        if asks {
            let handler = self.thread.stack[base + 1];
            let top = self.top_frame_mut();
            top.waits = Waits::Handler;
            top.aux += 1;
            if matches!(handler, Value::Function(_)) {
                self.thread.stack[base + 2] = handler;
                self.thread.stack[base + 3] = value;
                self.top_frame_mut().top = base as u32 + 4;
                return self.call(base + 2, 1, 1, Entered::Handler);
            }
            value = self.handler_text;
        }
        let target = frame.ret as usize;
        self.thread.stack[target] = Value::Bool(false);
        self.thread.stack[target + 1] = value;
        self.deliver(target, 2)
    }

    /// Nobody in the coroutine catches the error: it is dead, and who resumed it is told.
    fn fail_in_resumer(&mut self, raise: Raise) -> Result<(), Raise> {
        let value = self.value_of(raise);
        self.drop_frames(0);
        self.close_upvalues(0);
        self.thread.status = Status::Dead;
        let resumer = self.thread.resumer.take().unwrap_or(self.main);
        self.switch_to(resumer);
        self.thread.status = Status::Running;
        let frame = *self.top_frame();
        if frame.waits == Waits::Wrap {
            return Err(match value {
                Value::String(_) | Value::Number(_) => {
                    let text = self.heap.display(value);
                    self.error_at(1, &text)
                }
                _ => Raise::Error(value),
            });
        }
        let target = frame.ret as usize;
        self.thread.stack[target] = Value::Bool(false);
        self.thread.stack[target + 1] = value;
        self.deliver(target, 2)
    }
}
