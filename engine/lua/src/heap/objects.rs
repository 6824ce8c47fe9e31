//! Functions and the variables that they share.

use alloc::boxed::Box;

use crate::native::Native;
use crate::value::{Table, Value};

/// A function: what Lua's `function` makes, or what the embedder gave.
#[derive(Debug)]
pub(crate) enum FunctionObject {
    Lua(Closure),
    Native(NativeFunction),
}

impl Default for FunctionObject {
    fn default() -> Self {
        Self::Lua(Closure { proto: 0, environment: Table(0), upvalues: Box::default() })
    }
}

#[derive(Debug)]
pub(crate) struct Closure {
    pub(crate) proto: u32,
    pub(crate) environment: Table,
    /// Ids of upvalues.
    pub(crate) upvalues: Box<[u32]>,
}

#[derive(Debug)]
pub(crate) struct NativeFunction {
    pub(crate) name: &'static str,
    pub(crate) body: Native,
    pub(crate) captured: Box<[Value]>,
    pub(crate) environment: Table,
}

impl FunctionObject {
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Lua(closure) => 72 + closure.upvalues.len() * 4,
            Self::Native(native) => 72 + native.captured.len() * 16,
        }
    }

    pub(crate) const fn environment(&self) -> Table {
        match self {
            Self::Lua(closure) => closure.environment,
            Self::Native(native) => native.environment,
        }
    }
}

/// A variable that functions share with the function that declared it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum UpvalueObject {
    /// It still lives in a register of a coroutine's stack.
    Open { thread: u32, slot: u32 },
    /// Its scope has ended.
    Closed(Value),
}

pub(crate) const UPVALUE_WEIGHT: usize = 40;

impl Default for UpvalueObject {
    fn default() -> Self {
        Self::Closed(Value::Nil)
    }
}
