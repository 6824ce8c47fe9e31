//! The embedder's side: starting functions, giving them fuel, answering them, looking at them.

use super::thread::{Entered, NATIVE, Status, THREAD_WEIGHT, ThreadObject, Waits};
use super::{State, Vm};
use crate::heap::Heap;
use crate::native::{Call, Flow, Next, Outcome};
use crate::random::Random;
use crate::value::{Raise, Table, Value};

/// A stack of at most so many slots is kept for the next script.
const KEPT: usize = 1024;

/// How far a machine got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The fuel is used up. The next `resume` goes on at the same place.
    Yielded,
    /// The function has returned: see [`Vm::results`].
    Done,
    /// An error was not caught: see [`Vm::failure`].
    Failed,
    /// A function made by [`Vm::host`] was called: see [`Vm::host_arguments`], then [`Vm::answer`] or [`Vm::raise`].
    NeedsHost(u32),
}

/// A value that is kept alive for the embedder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin(u32);

impl Vm {
    /// The table of global variables.
    pub const fn globals(&self) -> Table {
        self.globals
    }

    /// The heap, to look.
    pub const fn heap(&self) -> &Heap {
        &self.heap
    }

    /// The heap, to make values and to change tables.
    pub const fn heap_mut(&mut self) -> &mut Heap {
        &mut self.heap
    }

    /// How many bytes are in use.
    pub const fn memory_used(&self) -> usize {
        self.heap.used()
    }

    /// How many bytes may be in use.
    pub const fn memory_limit(&self) -> usize {
        self.heap.limit()
    }

    /// What all strings have in common.
    pub const fn string_metatable(&self) -> Option<Table> {
        match self.string_metatable {
            0 => None,
            number => Some(Table(number - 1)),
        }
    }

    /// Gives all strings a metatable.
    pub const fn set_string_metatable(&mut self, table: Table) {
        self.string_metatable = table.0 + 1;
    }

    /// Starts chance anew.
    pub const fn seed_random(&mut self, seed: u32) {
        self.random = Random::new(seed);
    }

    /// A function that the embedder answers: calling it gives [`Progress::NeedsHost`] with the id.
    pub fn host(&mut self, id: u32) -> Result<Value, Raise> {
        fn ask(call: &mut Call<'_>) -> Outcome {
            match call.captured(0) {
                Value::Light(id) => Ok(Flow(Next::Host(id))),
                _ => call.give_nothing(),
            }
        }
        self.native_with("host", ask, &[Value::Light(id)])
    }

    /// Keeps a value alive until it is unpinned.
    pub fn pin(&mut self, value: Value) -> Pin {
        if let Some(at) = self.free_pins.pop() {
            self.pins[at as usize] = value;
            return Pin(at);
        }
        self.pins.push(value);
        Pin((self.pins.len() - 1) as u32)
    }

    /// The value that was pinned.
    pub fn pinned(&self, pin: Pin) -> Value {
        self.pins.get(pin.0 as usize).copied().unwrap_or_default()
    }

    /// Lets a value go.
    pub fn unpin(&mut self, pin: Pin) {
        if let Some(slot) = self.pins.get_mut(pin.0 as usize) {
            *slot = Value::Nil;
            self.free_pins.push(pin.0);
        }
    }

    /// Makes a function ready to run with these arguments; what ran before is gone.
    pub fn start(&mut self, function: Value, arguments: &[Value]) -> Result<(), Raise> {
        self.abort();
        self.ensure_stack(arguments.len() + 1)?;
        self.thread.stack[0] = function;
        self.thread.stack[1..=arguments.len()].copy_from_slice(arguments);
        self.results.clear();
        self.results.push(Value::Number(arguments.len() as f64));
        self.state = State::Ready;
        (self.ran, self.moved) = (None, false);
        Ok(())
    }

    /// Goes on for about that many instructions: to the end, an error, a question, or until the fuel is used up.
    pub fn resume(&mut self, fuel: u64) -> Progress {
        // What was spent beyond the last fuel is paid first.
        self.fuel = self.fuel.min(0).saturating_add_unsigned(fuel);
        if self.fuel <= 0 && matches!(self.state, State::Ready | State::Running) && !self.asks_host() {
            return Progress::Yielded;
        }
        self.run()
    }

    /// What is left of the fuel; less than nothing if more was spent than there was.
    pub const fn fuel(&self) -> i64 {
        self.fuel
    }

    fn asks_host(&self) -> bool {
        self.thread.frames.last().is_some_and(|frame| frame.waits == Waits::Host)
    }

    fn run(&mut self) -> Progress {
        loop {
            if let Some(progress) = self.stands() {
                return progress;
            }
            if let Err(raise) = self.advance() {
                self.unwind(raise);
            }
        }
    }

    /// Why it can't go on, if it can't.
    #[inline]
    pub(super) fn stands(&self) -> Option<Progress> {
        match self.state {
            State::Idle | State::Done => return Some(Progress::Done),
            State::Failed => return Some(Progress::Failed),
            State::Ready | State::Running => {}
        }
        match self.thread.frames.last() {
            Some(frame) if frame.waits == Waits::Host => Some(Progress::NeedsHost(frame.aux)),
            _ => (self.fuel <= 0).then_some(Progress::Yielded),
        }
    }

    pub(super) fn advance(&mut self) -> Result<(), Raise> {
        if self.state == State::Ready {
            self.state = State::Running;
            let arguments = match self.results.pop() {
                Some(Value::Number(count)) => count as usize,
                _ => 0,
            };
            self.call(0, arguments, -1, Entered::First)?;
            // Functions that are short may never come to where it is done otherwise.
            self.tidy();
            return Ok(());
        }
        if self.top_frame().proto == NATIVE { self.step() } else { self.execute() }
    }

    pub(super) fn finish(&mut self, state: State, from: usize, count: usize) {
        self.results.clear();
        self.results.extend_from_slice(&self.thread.stack[from..from + count]);
        self.state = state;
    }

    /// What the function returned.
    pub fn results(&self) -> &[Value] {
        if self.state == State::Done { &self.results } else { &[] }
    }

    /// The error that nobody caught.
    pub fn failure(&self) -> Value {
        if self.state == State::Failed {
            self.results.first().copied().unwrap_or_default()
        } else {
            Value::Nil
        }
    }

    /// The arguments of the call that the embedder is to answer.
    pub fn host_arguments(&self) -> &[Value] {
        match self.thread.frames.last() {
            Some(frame) if frame.waits == Waits::Host => {
                &self.thread.stack[frame.base as usize..frame.top as usize]
            }
            _ => &[],
        }
    }

    /// Answers the call: these are its results.
    pub fn answer(&mut self, values: &[Value]) -> Result<(), Raise> {
        if !self.asks_host() {
            return Ok(());
        }
        self.top_frame_mut().waits = Waits::Nothing;
        for value in values {
            self.push(*value)?;
        }
        let top = self.top_frame().top as usize;
        if let Err(raise) = self.deliver(top - values.len(), values.len()) {
            self.unwind(raise);
        }
        Ok(())
    }

    /// Answers the call with an error.
    pub fn raise(&mut self, error: Value) {
        if self.asks_host() {
            self.top_frame_mut().waits = Waits::Nothing;
            self.unwind(Raise::Error(error));
        }
    }

    /// Answers the call with an error whose text tells where the call was.
    pub fn fail_host(&mut self, text: &[u8]) {
        if self.asks_host() {
            self.top_frame_mut().waits = Waits::Nothing;
            let raise = self.error_at(1, text);
            self.unwind(raise);
        }
    }

    /// Ends whatever runs. Nothing in Lua sees it.
    pub fn abort(&mut self) {
        self.back();
        loop {
            self.drop_frames(0);
            self.close_upvalues(0);
            if self.running == self.main {
                break;
            }
            self.thread.status = Status::Dead;
            let resumer = self.thread.resumer.take().unwrap_or(self.main);
            self.switch_to(resumer);
        }
        if self.thread.stack.len() > KEPT {
            self.heap.refund(self.thread.weight - THREAD_WEIGHT);
            self.thread = ThreadObject { weight: THREAD_WEIGHT, ..ThreadObject::default() };
        }
        self.thread.stack.fill(Value::Nil);
        self.thread.status = Status::Running;
        self.depth = 0;
        self.fuel = self.fuel.max(0);
        self.results.clear();
        self.state = State::Idle;
    }

    /// Where the error was raised that an `xpcall` caught last: the chunk and the line. Its handler may ask.
    pub fn raised_at(&self) -> Option<(&[u8], u32)> {
        self.raised_at.as_ref().map(|(source, line)| (source.as_slice(), *line))
    }
}
