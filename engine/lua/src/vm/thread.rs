//! Coroutines: a stack of values, and a stack of frames that say which part of it belongs to whom.
//!
//! ```text
//!   stack   │ f │ x │ y │ t │ g │ a │ b │ b │   │ …         values; a function's registers start at its base
//!             ▲   └── base of f  ▲       └── base of the native g; its pushed values follow its arguments
//!             └── ret of f       └── ret of g: where its results go
//!   frames  [ f: pc, base, ret, … ][ g: … ]
//! ```

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::native::Task;
use crate::value::{Function, Thread, Value};

/// In place of a frame's code: it runs a native function.
pub(crate) const NATIVE: u32 = u32::MAX;

/// What a running function has of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) function: Function,
    pub(crate) proto: u32,
    /// The slot of register 0, or of the first argument.
    pub(crate) base: u32,
    /// The next instruction.
    pub(crate) pc: u32,
    /// Of a native: the end of what it pushed. Of Lua: the end of values of which there are "as many as there are".
    pub(crate) top: u32,
    /// Where its results go.
    pub(crate) ret: u32,
    /// How many results are wanted; -1 for all. Of a metamethod of `..`: which operand the result stands for.
    pub(crate) wanted: i32,
    /// Of a native: how many arguments it has.
    pub(crate) arguments: u32,
    /// How many frames were replaced by it.
    pub(crate) tails: u32,
    /// With `Waits::Handler`: how often the handler was asked. With `Waits::Host`: the embedder's id.
    pub(crate) aux: u32,
    pub(crate) entered: Entered,
    pub(crate) waits: Waits,
}

/// Who called a function, and hence what its results are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entered {
    /// A call in Lua.
    Call,
    /// An instruction that found a metamethod.
    Meta,
    /// The same, and the outcome is to be negated: `a <= b` as `not (b < a)`.
    MetaNot,
    /// A generic `for`.
    Iterator,
    /// The task of a native.
    Invoked,
    /// `pcall` or `xpcall`.
    Protected,
    /// `xpcall`, about an error.
    Handler,
    /// Nobody: it is the first of its coroutine.
    First,
}

/// What a native's frame waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waits {
    /// Nothing: it is Lua, or has just been entered.
    Nothing,
    /// Its task goes on.
    Task,
    /// The function that `pcall` protects.
    Protect,
    /// The function that `xpcall` protects.
    ProtectWith,
    /// The handler of `xpcall`.
    Handler,
    /// The coroutine that it resumed.
    Resume,
    /// The same, for the function that `coroutine.wrap` makes.
    Wrap,
    /// To be resumed.
    Yield,
    /// The embedder.
    Host,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Status {
    /// It has not begun, or has yielded.
    #[default]
    Suspended,
    Running,
    /// It has resumed another.
    Normal,
    Dead,
}

pub(crate) struct TaskEntry {
    pub(crate) task: Box<dyn Task>,
    pub(crate) weight: usize,
}

impl core::fmt::Debug for TaskEntry {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TaskEntry").field("weight", &self.weight).finish_non_exhaustive()
    }
}

/// A coroutine. While it runs, it is taken out of the heap.
#[derive(Debug, Default)]
pub(crate) struct ThreadObject {
    pub(crate) stack: Vec<Value>,
    pub(crate) frames: Vec<Frame>,
    /// One for each frame with [`Waits::Task`].
    pub(crate) tasks: Vec<TaskEntry>,
    /// Upvalues that live on the stack: slot and id, in the order of the slots.
    pub(crate) open: Vec<(u32, u32)>,
    pub(crate) status: Status,
    pub(crate) resumer: Option<Thread>,
    /// The bytes that it is counted with.
    pub(crate) weight: usize,
}

pub(crate) const THREAD_WEIGHT: usize = 160;
pub(crate) const FRAME_WEIGHT: usize = 48;

impl ThreadObject {
    /// The end of what is in use of the stack.
    pub(crate) fn top(&self, registers_of: impl Fn(u32) -> usize) -> usize {
        match self.frames.last() {
            None => self.stack.len(),
            Some(frame) if frame.proto == NATIVE => frame.top as usize,
            Some(frame) => (frame.base as usize + registers_of(frame.proto)).max(frame.top as usize),
        }
    }

    /// What its tasks hold.
    pub(crate) fn task_weight(&self) -> usize {
        self.tasks.iter().map(|entry| entry.weight).sum()
    }
}
