//! The machine: it runs what the compiler made, on fuel, and nothing of what runs is on the host's stack.
//!
//! `run` looks at the topmost frame again and again. Is it Lua, `execute` goes through its instructions; is it a native's
//! task, the task does a step. A function that ends hands its results to what called it (`deliver`), an error takes
//! frames away until one catches it (`unwind`).

mod call;
mod collect;
mod debug;
mod deliver;
mod execute;
mod explain;
mod host;
mod names;
mod operate;
mod resume;
mod thread;
mod unwind;
mod variables;

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::compile::{Proto, compile};
use crate::heap::{Arena, Closure, FunctionObject, Heap, NativeFunction};
use crate::native::Native;
use crate::random::Random;
use crate::value::{Raise, Str, Table, Thread, Value};

pub use debug::{Level, Step};
use debug::{Place, Still};
pub use host::{Pin, Progress};
pub(crate) use operate::{Event, compute, not_a_number};
use thread::{Frame, THREAD_WEIGHT};
pub(crate) use thread::{Status, ThreadObject};

/// What a machine is made with.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// How many bytes it may use.
    pub memory: usize,
    /// What chance follows from.
    pub seed: u32,
}

/// A machine: its heap, its globals, and what runs.
#[derive(Debug)]
pub struct Vm {
    pub(crate) heap: Heap,
    pub(crate) code: Arena<Proto>,
    /// The coroutine that runs.
    pub(crate) thread: ThreadObject,
    pub(crate) running: Thread,
    main: Thread,
    pub(crate) fuel: i64,
    pub(crate) globals: Table,
    /// The metatable of strings: its id plus one.
    pub(crate) string_metatable: u32,
    pub(crate) events: [Option<Str>; Event::COUNT],
    pub(crate) random: Random,
    /// Calls that a yield can't cross: of metamethods, of natives' tasks, of coroutines.
    depth: usize,
    /// Where the results are of the function that a task invoked.
    answers: (usize, usize),
    state: State,
    results: Vec<Value>,
    /// Where strings are joined.
    buffer: Vec<u8>,
    pins: Vec<Value>,
    free_pins: Vec<u32>,
    /// The texts of the errors that must not need memory.
    memory_text: Value,
    handler_text: Value,
    /// Where the error was raised that an `xpcall` caught last.
    raised_at: Option<(Vec<u8>, u32)>,
    /// The last instruction that was run by itself.
    ran: Option<Place>,
    /// Whether nobody has looked yet if a line begins where it stands.
    moved: bool,
    /// What stands still while something else runs.
    still: Option<Box<Still>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    /// A function and its arguments are on the stack.
    Ready,
    Running,
    Done,
    Failed,
}

impl Vm {
    /// A machine without any library.
    pub fn new(setup: Setup) -> Result<Self, Raise> {
        let mut heap = Heap::new(setup.memory);
        let globals = heap.table(0, 0)?;
        let memory_text = heap.string(b"not enough memory")?;
        let handler_text = heap.string(b"error in error handling")?;
        let mut events = [None; Event::COUNT];
        for (slot, name) in events.iter_mut().zip(Event::NAMES) {
            *slot = Some(heap.text(name.as_bytes())?);
        }
        heap.charge(THREAD_WEIGHT)?;
        let main = Thread(heap.threads.insert(ThreadObject::default()));
        Ok(Self {
            heap,
            code: Arena::new(),
            thread: ThreadObject {
                status: Status::Running,
                weight: THREAD_WEIGHT,
                ..ThreadObject::default()
            },
            running: main,
            main,
            fuel: 0,
            globals,
            string_metatable: 0,
            events,
            random: Random::new(setup.seed),
            depth: 0,
            answers: (0, 0),
            state: State::Idle,
            results: Vec::new(),
            buffer: Vec::new(),
            pins: Vec::new(),
            free_pins: Vec::new(),
            memory_text,
            handler_text,
            raised_at: None,
            ran: None,
            moved: false,
            still: None,
        })
    }

    /// Compiles a chunk: a function of any arguments. An error's text starts with the chunk's name and the line.
    ///
    /// A name that starts with `@` or `=` is shown without that; any other is taken for the source itself.
    pub fn load(&mut self, source: &[u8], name: &[u8]) -> Result<Value, Raise> {
        self.load_in(source, name, self.globals)
    }

    /// The same with other global variables.
    pub fn load_in(&mut self, source: &[u8], name: &[u8], environment: Table) -> Result<Value, Raise> {
        let proto = compile(&mut self.heap, &mut self.code, source, name, self.depth)?;
        let closure = Closure { proto, environment, upvalues: [].into() };
        self.heap.function(FunctionObject::Lua(closure)).map(Value::Function)
    }

    /// Makes a function of a native one. Its name is for whoever debugs.
    pub fn native(&mut self, name: &'static str, body: Native) -> Result<Value, Raise> {
        self.native_with(name, body, &[])
    }

    pub(crate) fn native_with(
        &mut self,
        name: &'static str,
        body: Native,
        captured: &[Value],
    ) -> Result<Value, Raise> {
        let environment = self.globals;
        let native = NativeFunction { name, body, captured: captured.into(), environment };
        self.heap.function(FunctionObject::Native(native)).map(Value::Function)
    }

    /// Adds functions to a global table, which is made if there is none; without a name, to the globals themselves.
    pub fn library(&mut self, name: &str, functions: &[(&'static str, Native)]) -> Result<Table, Raise> {
        let table = match self.heap.get_name(self.globals, name.as_bytes()) {
            _ if name.is_empty() => self.globals,
            Value::Table(table) => table,
            _ => {
                let table = self.heap.table(0, functions.len())?;
                self.heap.set_name(self.globals, name.as_bytes(), Value::Table(table))?;
                table
            }
        };
        for (name, body) in functions {
            let function = self.native(name, *body)?;
            self.heap.set_name(table, name.as_bytes(), function)?;
        }
        Ok(table)
    }

    pub(crate) fn top_frame(&self) -> &Frame {
        self.thread.frames.last().expect("something runs")
    }

    pub(crate) fn top_frame_mut(&mut self) -> &mut Frame {
        self.thread.frames.last_mut().expect("something runs")
    }
}
