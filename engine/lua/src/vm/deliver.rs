//! Leaving functions: their results go to whoever called them.

use super::thread::{Entered, Frame, Status, Waits};
use super::{State, Vm};
use crate::value::{Raise, Value};

impl Vm {
    /// Ends the function on top with the results in these slots, and all natives for which that is the end.
    pub(super) fn deliver(&mut self, mut from: usize, mut count: usize) -> Result<(), Raise> {
        loop {
            let frame = *self.top_frame();
            self.pop_frame();
            match frame.entered {
                Entered::Call => {
                    self.place(&frame, from, count);
                    return Ok(());
                }
                Entered::Iterator => {
                    self.place(&frame, from, count);
                    self.advance_loop();
                    return Ok(());
                }
                Entered::Meta | Entered::MetaNot => {
                    let value = if count > 0 { self.thread.stack[from] } else { Value::Nil };
                    return self.finish_instruction(&frame, value);
                }
                Entered::Invoked => {
                    let ret = frame.ret as usize;
                    self.thread.stack.copy_within(from..from + count, ret);
                    self.answers = (ret, count);
                    self.top_frame_mut().top = (ret + count) as u32;
                    return Ok(());
                }
                Entered::Protected => {
                    let target = self.top_frame().ret as usize;
                    self.thread.stack.copy_within(from..from + count, target + 1);
                    self.thread.stack[target] = Value::Bool(true);
                    (from, count) = (target, count + 1);
                }
                Entered::Handler => {
                    let value = if count > 0 { self.thread.stack[from] } else { Value::Nil };
                    let target = self.top_frame().ret as usize;
                    self.thread.stack[target] = Value::Bool(false);
                    self.thread.stack[target + 1] = value;
                    (from, count) = (target, 2);
                }
                Entered::First if self.running == self.main => {
                    self.finish(State::Done, from, count);
                    return Ok(());
                }
                Entered::First => {
                    self.thread.status = Status::Dead;
                    (from, count) = self.return_to_resumer(from, count)?;
                }
            }
        }
    }

    fn pop_frame(&mut self) {
        if let Some(frame) = self.thread.frames.pop() {
            self.shallow(frame.entered);
            if frame.waits == Waits::Task
                && let Some(entry) = self.thread.tasks.pop()
            {
                self.heap.refund(entry.weight);
            }
        }
    }

    /// Takes away all frames but that many.
    pub(super) fn drop_frames(&mut self, keep: usize) {
        while self.thread.frames.len() > keep {
            self.pop_frame();
        }
    }

    /// Moves results where the caller wants them, as many as it wants.
    #[inline]
    pub(super) fn place(&mut self, frame: &Frame, from: usize, count: usize) {
        let ret = frame.ret as usize;
        let stack = &mut self.thread.stack;
        if frame.wanted == 1 {
            // A number that was just written is read as it was written: as a whole it would have to wait for that.
            stack[ret] = match stack[from] {
                _ if count == 0 => Value::Nil,
                Value::Number(number) => Value::Number(number),
                other => other,
            };
            return;
        }
        if frame.wanted < 0 {
            stack.copy_within(from..from + count, ret);
            if let Some(caller) = self.thread.frames.last_mut() {
                caller.top = (ret + count) as u32;
            }
            return;
        }
        let wanted = frame.wanted as usize;
        let moved = count.min(wanted);
        stack.copy_within(from..from + moved, ret);
        stack[ret + moved..ret + wanted].fill(Value::Nil);
    }

    /// Gives results to the native that resumed this coroutine, which is left; where they are now.
    pub(super) fn return_to_resumer(&mut self, from: usize, count: usize) -> Result<(usize, usize), Raise> {
        let values = self.thread.stack[from..from + count].to_vec();
        let resumer = self.thread.resumer.take().unwrap_or(self.main);
        self.switch_to(resumer);
        self.thread.status = Status::Running;
        let frame = *self.top_frame();
        let target = frame.ret as usize;
        let wrap = frame.waits == Waits::Wrap;
        self.ensure_stack(target + 1 + count)?;
        let start = if wrap { target } else { target + 1 };
        self.thread.stack[target] = Value::Bool(true);
        self.thread.stack[start..start + count].copy_from_slice(&values);
        Ok((target, count + start - target))
    }
}
