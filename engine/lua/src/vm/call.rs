//! Entering functions.

use super::Vm;
use super::operate::Event;
use super::thread::{Entered, FRAME_WEIGHT, Frame, NATIVE, TaskEntry, Waits};
use crate::heap::FunctionObject;
use crate::native::{Call, Native, Next, Outcome};
use crate::value::{Function, Raise, Value};

/// How many calls may be within each other.
const FRAMES_MAX: usize = 16_383;
/// How many of them may be of those that C's stack would hold.
pub(super) const DEPTH_MAX: usize = 200;
/// Registers that a frame can always name, whatever it uses.
pub(super) const WINDOW: usize = 256;
/// How many values a native may push.
const PUSHED_MAX: usize = 8000;

impl Vm {
    /// Makes the stack reach that far, and a window further.
    #[inline]
    pub(super) fn ensure_stack(&mut self, end: usize) -> Result<(), Raise> {
        if end + WINDOW <= self.thread.stack.len() { Ok(()) } else { self.grow_stack(end + WINDOW) }
    }

    #[cold]
    fn grow_stack(&mut self, end: usize) -> Result<(), Raise> {
        let len = self.thread.stack.len();
        let grown = end.max(if len < 4096 { len * 2 } else { len + len / 2 });
        let bytes = (grown - len) * size_of::<Value>();
        self.heap.charge(bytes)?;
        self.thread.weight += bytes;
        self.thread.stack.resize(grown, Value::Nil);
        Ok(())
    }

    /// Adds a value to those of the native that runs.
    #[inline]
    pub(crate) fn push(&mut self, value: Value) -> Result<(), Raise> {
        let top = self.top_frame().top as usize;
        self.ensure_stack(top + 1)?;
        self.thread.stack[top] = value;
        self.top_frame_mut().top += 1;
        Ok(())
    }

    /// Gives the native that runs further arguments, within its window.
    pub(crate) fn set_top(&mut self, top: usize) {
        let frame = self.top_frame_mut();
        frame.top = top as u32;
        frame.arguments = top as u32 - frame.base;
    }

    /// Whether the native that runs may push that many values.
    pub(crate) fn may_push(&self, count: usize) -> bool {
        let frame = self.top_frame();
        (frame.top - frame.base) as usize + count <= PUSHED_MAX
    }

    /// Calls the value in a slot with the arguments that follow it. When this returns, the function has been entered, or
    /// has already ended.
    pub(super) fn call(
        &mut self,
        slot: usize,
        mut count: usize,
        wanted: i32,
        entered: Entered,
    ) -> Result<(), Raise> {
        let function = match self.thread.stack[slot] {
            Value::Function(function) => function,
            other => {
                count += 1;
                self.callable(other, slot, count)?
            }
        };
        if entered != Entered::Call {
            self.deepen(entered)?;
        }
        match &self.heap.functions[function.0] {
            FunctionObject::Lua(closure) => {
                let proto = closure.proto;
                self.enter(function, proto, slot, count, wanted, entered)
            }
            FunctionObject::Native(native) => {
                let body = native.body;
                self.ensure_stack(slot + 1 + count)?;
                if self.thread.frames.len() >= FRAMES_MAX {
                    self.shallow(entered);
                    return Err(self.error_at(0, b"stack overflow"));
                }
                self.ensure_frame(entered)?;
                self.thread.frames.push(Frame {
                    function,
                    proto: NATIVE,
                    base: slot as u32 + 1,
                    pc: 0,
                    top: (slot + 1 + count) as u32,
                    ret: slot as u32,
                    wanted,
                    arguments: count as u32,
                    tails: 0,
                    aux: 0,
                    entered,
                    waits: Waits::Nothing,
                });
                let mut call = Call { vm: self, base: slot + 1, count, answers: (0, 0) };
                let flow = match body(&mut call) {
                    Err(Raise::Memory) => self.call_again(body, slot + 1, count)?,
                    other => other?,
                };
                self.follow(flow.0)
            }
        }
    }

    /// A native found no room: it gets what the collector frees.
    #[cold]
    fn call_again(&mut self, body: Native, base: usize, count: usize) -> Outcome {
        let frame = self.top_frame_mut();
        frame.top = (base + count) as u32;
        frame.arguments = count as u32;
        self.collect();
        body(&mut Call { vm: self, base, count, answers: (0, 0) })
    }

    fn deepen(&mut self, entered: Entered) -> Result<(), Raise> {
        self.depth += 1;
        // Whether there is room for a coroutine was asked before it was resumed.
        if self.depth >= DEPTH_MAX && entered != Entered::First {
            self.depth -= 1;
            return Err(self.error_at(0, b"C stack overflow"));
        }
        Ok(())
    }

    /// Makes room for a frame. Frames are pushed where they are made: one that lies in memory first is read back from
    /// there in larger pieces than it was written in, which takes long.
    #[inline]
    fn ensure_frame(&mut self, entered: Entered) -> Result<(), Raise> {
        let frames = &self.thread.frames;
        if frames.len() < frames.capacity() { Ok(()) } else { self.grow_frames(entered) }
    }

    #[cold]
    fn grow_frames(&mut self, entered: Entered) -> Result<(), Raise> {
        let more = self.thread.frames.len().max(8);
        if let Err(raise) = self.heap.charge(more * FRAME_WEIGHT) {
            self.shallow(entered);
            return Err(raise);
        }
        self.thread.weight += more * FRAME_WEIGHT;
        self.thread.frames.reserve_exact(more);
        Ok(())
    }

    /// A call that `deepen` counted is over.
    #[inline]
    pub(super) fn shallow(&mut self, entered: Entered) {
        if entered != Entered::Call {
            self.depth = self.depth.saturating_sub(1);
        }
    }

    /// Enters a function of Lua that lies in a slot, its arguments behind it: its parameters are filled up, its other
    /// registers are empty. The frame is made where it is to lie: handing it on would cost more than making it.
    #[inline]
    fn enter(
        &mut self,
        function: Function,
        proto: u32,
        slot: usize,
        count: usize,
        wanted: i32,
        entered: Entered,
    ) -> Result<(), Raise> {
        let code = &self.code[proto];
        let (params, registers) = (usize::from(code.params), usize::from(code.registers));
        let (mut base, mut filled) = (slot + 1, count.min(params));
        if code.is_vararg {
            filled = params + usize::from(code.needs_arg);
            base = match self.enter_vararg(proto, base, count) {
                Ok(base) => base,
                Err(raise) => {
                    self.shallow(entered);
                    return Err(raise);
                }
            };
        }
        if let Err(raise) = self.ensure_stack(base) {
            self.shallow(entered);
            return Err(raise);
        }
        if self.thread.frames.len() >= FRAMES_MAX {
            self.shallow(entered);
            return Err(self.error_at(0, b"stack overflow"));
        }
        let end = base + registers.max(filled);
        self.thread.stack[base + filled..end].fill(Value::Nil);
        self.ensure_frame(entered)?;
        self.thread.frames.push(Frame {
            function,
            proto,
            base: base as u32,
            pc: 0,
            top: base as u32,
            ret: slot as u32,
            wanted,
            arguments: count as u32,
            tails: 0,
            aux: 0,
            entered,
            waits: Waits::Nothing,
        });
        Ok(())
    }

    /// Moves the parameters behind all arguments, so that the further ones lie below the registers, which begin there.
    fn enter_vararg(&mut self, proto: u32, first: usize, count: usize) -> Result<usize, Raise> {
        let proto = &self.code[proto];
        let (params, needs_arg) = (usize::from(proto.params), proto.needs_arg);
        let further = count.saturating_sub(params);
        let base = first + params + further;
        self.ensure_stack(base + params)?;
        self.thread.stack[first + count.min(params)..first + params].fill(Value::Nil);
        for at in 0..params {
            self.thread.stack[base + at] = self.thread.stack[first + at];
            self.thread.stack[first + at] = Value::Nil;
        }
        if needs_arg {
            let table = self.heap.table(further, 1)?;
            for at in 0..further {
                let value = self.thread.stack[first + params + at];
                self.heap.set_index(table, at + 1, value)?;
            }
            self.heap.set_name(table, b"n", Value::Number(further as f64))?;
            self.thread.stack[base + params] = Value::Table(table);
        }
        Ok(base)
    }

    /// What is called in place of a value that is no function: it becomes the first argument.
    #[cold]
    fn callable(&mut self, value: Value, slot: usize, count: usize) -> Result<Function, Raise> {
        let Value::Function(function) = self.handler_of(value, Event::Call) else {
            return Err(self.operand_error(value, Some(slot), "call"));
        };
        self.ensure_stack(slot + 1 + count)?;
        self.thread.stack.copy_within(slot..slot + count, slot + 1);
        self.thread.stack[slot] = Value::Function(function);
        Ok(function)
    }

    /// Replaces the frame that runs by a function that it calls last; whether it did: natives are called.
    pub(super) fn tail_call(&mut self, slot: usize, count: usize) -> Result<(), Raise> {
        if let Value::Function(function) = self.thread.stack[slot]
            && let FunctionObject::Lua(closure) = &self.heap.functions[function.0]
        {
            let proto = closure.proto;
            let old = *self.top_frame();
            self.close_upvalues(old.base as usize);
            self.thread.frames.pop();
            let ret = old.ret as usize;
            self.thread.stack.copy_within(slot..slot + count + 1, ret);
            self.enter(function, proto, ret, count, old.wanted, old.entered)?;
            let frame = self.top_frame_mut();
            (frame.tails, frame.aux) = (old.tails.saturating_add(1), old.aux);
            return Ok(());
        }
        self.call(slot, count, -1, Entered::Call)
    }

    /// Does what a native said.
    pub(super) fn follow(&mut self, next: Next) -> Result<(), Raise> {
        let frame = *self.top_frame();
        let (base, top) = (frame.base as usize, frame.top as usize);
        match next {
            Next::Return(count) => self.deliver(top - count as usize, count as usize),
            Next::Task(task) => {
                let weight = task.weight() + 64;
                self.heap.charge(weight)?;
                self.thread.tasks.push(TaskEntry { task, weight });
                self.top_frame_mut().waits = Waits::Task;
                self.step()
            }
            Next::Invoke(count) => self.call(top - count as usize - 1, count as usize, -1, Entered::Invoked),
            Next::Pause => {
                // A pause is for fuel: whoever pauses without need pays for it.
                self.fuel = self.fuel.min(0);
                Ok(())
            }
            Next::Protect => {
                self.top_frame_mut().waits = Waits::Protect;
                self.call(base, top - base - 1, -1, Entered::Protected)
            }
            Next::ProtectWith => {
                self.top_frame_mut().waits = Waits::ProtectWith;
                let function = self.thread.stack[base];
                self.push(function)?;
                self.call(top, 0, -1, Entered::Protected)
            }
            Next::Resume { thread, from, wrap } => {
                self.top_frame_mut().waits = if wrap { Waits::Wrap } else { Waits::Resume };
                self.resume_thread(thread, base + from as usize - 1)
            }
            Next::Yield => self.yield_thread(),
            Next::Host(id) => {
                let frame = self.top_frame_mut();
                frame.waits = Waits::Host;
                frame.aux = id;
                Ok(())
            }
        }
    }

    /// Lets the task on top do a step.
    pub(super) fn step(&mut self) -> Result<(), Raise> {
        let frame = *self.top_frame();
        if frame.waits != Waits::Task {
            // Nothing else of a native can be on top between two steps.
            return Err(Raise::Handler);
        }
        let Some(mut entry) = self.thread.tasks.pop() else { return Err(Raise::Handler) };
        // What it pushed before is gone; the answers lie there until it pushes again.
        let count = frame.arguments as usize;
        self.top_frame_mut().top = frame.base + frame.arguments;
        let answers = core::mem::take(&mut self.answers);
        let mut call = Call { vm: self, base: frame.base as usize, count, answers };
        let outcome = entry.task.step(&mut call);
        self.heap.refund(entry.weight);
        entry.weight = entry.task.weight() + 64;
        let charged = self.heap.charge(entry.weight);
        if charged.is_err() {
            entry.weight = 0;
        }
        self.thread.tasks.push(entry);
        charged?;
        let flow = outcome?;
        self.follow(flow.0)
    }
}
