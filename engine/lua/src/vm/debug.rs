//! The debugger's side: going on line by line, looking at what runs, running something else beside it.
//!
//! ```text
//!   resume      x = f(y)        as many instructions as there is fuel for
//!   step_line   │ │ │ │ │       one at a time; after each: does a line begin here?
//! ```
//!
//! A line begins where PUC's line hook is called: at a function's first instruction, at one of another line than the one
//! that ran before it in this function, and wherever a loop jumps back. `resume` knows nothing of lines: a script that
//! nobody watches pays nothing.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem;

use super::host::Progress;
use super::thread::{Entered, Frame, NATIVE, Status};
use super::{State, Vm};
use crate::heap::FunctionObject;
use crate::value::{Raise, Thread, Value};

/// A function that runs, for those who watch.
#[derive(Debug, Clone)]
pub struct Level {
    /// The chunk's name as it is shown; `[C]` for a native function.
    pub source: Vec<u8>,
    /// The same as it was given; nothing for a native function.
    pub given: Vec<u8>,
    /// What it was called as, if that is known.
    pub name: Vec<u8>,
    /// The line that it is at; 0 for a native function.
    pub line: u32,
    /// Its local variables.
    pub locals: Vec<(Vec<u8>, Value)>,
}

/// How far a step came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A line begins: see [`Vm::current_line`].
    Line,
    /// It didn't come to one, for this reason.
    Other(Progress),
}

/// An instruction that comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    thread: Thread,
    depth: usize,
    proto: u32,
    pc: u32,
}

/// What stands still while something runs beside it.
#[derive(Debug)]
pub(super) struct Still {
    pub(super) main: Thread,
    pub(super) running: Thread,
    state: State,
    depth: usize,
    ran: Option<Place>,
    moved: bool,
}

impl Vm {
    /// Goes on until a line begins, or as [`Vm::resume`] does until something else happens.
    ///
    /// ```
    /// # use redstart_lua::{Setup, Step, Vm};
    /// # fn main() -> Result<(), redstart_lua::Raise> {
    /// # let mut vm = Vm::new(Setup { memory: 1 << 20, seed: 0 })?;
    /// let script = vm.load(b"local a = 1\nlocal b = a + 1\nreturn b", b"@script")?;
    /// vm.start(script, &[])?;
    /// let mut seen = Vec::new();
    /// while vm.step_line(1_000) == Step::Line {
    ///     seen.push((vm.current_line(), vm.levels()[0].locals.len()));
    /// }
    /// assert_eq!(seen, [(1, 0), (2, 1), (3, 2)]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn step_line(&mut self, fuel: u64) -> Step {
        self.fuel = self.fuel.min(0).saturating_add_unsigned(fuel);
        loop {
            if let Some(next) = self.place_next()
                && mem::take(&mut self.moved)
                && self.begins_line(next)
            {
                return Step::Line;
            }
            if let Some(progress) = self.stands() {
                return Step::Other(progress);
            }
            let before = self.place_next();
            let left = self.fuel;
            if before.is_some() {
                self.fuel = 1;
            }
            if let Err(raise) = self.advance() {
                self.unwind(raise);
            }
            if before.is_some() {
                self.fuel += left - 1;
                self.ran = before;
            }
            self.moved = true;
        }
    }

    /// What comes next, if it is an instruction.
    fn place_next(&self) -> Option<Place> {
        let frame = self.thread.frames.last().filter(|frame| frame.proto != NATIVE)?;
        let (depth, proto, pc) = (self.thread.frames.len(), frame.proto, frame.pc);
        Some(Place { thread: self.running, depth, proto, pc })
    }

    /// Whether a line begins with an instruction: that depends on which one ran before it.
    fn begins_line(&self, next: Place) -> bool {
        let in_this_function =
            |ran: &Place| (ran.thread, ran.depth, ran.proto) == (next.thread, next.depth, next.proto);
        // Whoever comes back to a function has left it with the instruction before.
        let ran = self.ran.filter(in_this_function).map_or_else(|| next.pc.wrapping_sub(1), |ran| ran.pc);
        let lines = &self.code[next.proto].lines;
        let line = |pc: u32| lines.get(pc as usize);
        next.pc == 0 || next.pc <= ran || line(next.pc) != line(ran)
    }

    /// The line that the innermost function of Lua is at: it comes next, or it made the call that runs. 0 if none runs.
    pub fn current_line(&self) -> u32 {
        let mut frames = self.thread.frames.iter().enumerate().rev();
        let found = frames.find(|(_, frame)| frame.proto != NATIVE);
        found.map_or(0, |(at, frame)| self.line_of(&self.as_watched(at, frame)))
    }

    /// The name, as it was given, of the chunk that the function on top is of; nothing for a native function.
    pub fn current_chunk(&self) -> &[u8] {
        let frame = self.thread.frames.last().filter(|frame| frame.proto != NATIVE);
        let source = frame.and_then(|frame| self.code[frame.proto].source);
        source.map_or(&[], |source| self.heap.bytes(source))
    }

    /// A frame with its place moved on to the instruction that is shown: the next one, if the frame is on top.
    fn as_watched(&self, at: usize, frame: &Frame) -> Frame {
        Frame { pc: frame.pc + u32::from(at + 1 == self.thread.frames.len()), ..*frame }
    }

    /// The functions that run, the innermost first.
    pub fn levels(&self) -> Vec<Level> {
        self.thread.frames.iter().enumerate().rev().map(|(at, frame)| self.level(at, frame)).collect()
    }

    fn level(&self, at: usize, frame: &Frame) -> Level {
        if frame.proto == NATIVE {
            let name = match &self.heap.functions[frame.function.0] {
                FunctionObject::Native(native) => native.name,
                FunctionObject::Lua(_) => "",
            };
            let name = name.as_bytes().to_vec();
            let (source, given) = (b"[C]".to_vec(), Vec::new());
            return Level { source, given, name, line: 0, locals: Vec::new() };
        }
        let frame = self.as_watched(at, frame);
        let proto = &self.code[frame.proto];
        let pc = frame.pc.saturating_sub(1);
        let live = proto.locals.iter().filter(|local| local.start <= pc && pc < local.end);
        let named = live.enumerate().map(|(register, local)| {
            let name = self.heap.bytes(local.name).to_vec();
            (name, self.thread.stack[frame.base as usize + register])
        });
        let source = self.chunk_name(proto);
        let given = proto.source.map_or_else(Vec::new, |source| self.heap.bytes(source).to_vec());
        let name = at.checked_sub(1).and_then(|at| {
            let caller = &self.thread.frames[at];
            if caller.proto == NATIVE || frame.entered != Entered::Call || frame.tails > 0 {
                None
            } else {
                self.name_of_callee(caller)
            }
        });
        let name = name.map_or_else(Vec::new, |named| named.name);
        Level { source, given, name, line: self.line_of(&frame), locals: named.collect() }
    }

    /// Makes a function ready to run beside what runs, which stands still until [`Vm::back`] is called.
    pub fn aside(&mut self, function: Value) -> Result<(), Raise> {
        self.back();
        let thread = self.new_thread(function)?;
        let (main, running, state) = (self.main, self.running, self.state);
        let still = Still { main, running, state, depth: self.depth, ran: self.ran, moved: self.moved };
        self.switch_to(thread);
        self.main = thread;
        (self.state, self.depth) = (State::Idle, 0);
        let started = self.start(function, &[]);
        // Only from here on is there something to go back from: starting ends whatever ran.
        self.still = Some(Box::new(still));
        started
    }

    /// Ends what runs beside, wherever it is; what stood still can go on.
    pub fn back(&mut self) {
        let Some(still) = self.still.take() else { return };
        self.abort();
        self.thread.status = Status::Dead;
        self.switch_to(still.running);
        self.thread.status = Status::Running;
        self.main = still.main;
        (self.state, self.depth) = (still.state, still.depth);
        (self.ran, self.moved) = (still.ran, still.moved);
    }
}
