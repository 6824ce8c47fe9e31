//! Functions that are not written in Lua. One gets a [`Call`], which shows its arguments and takes its results, and ends
//! at once; or it becomes a [`Task`], which the machine steps until it is over. A task can call functions of Lua and can
//! stop when the fuel runs out: nothing of it is on the host's stack meanwhile.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::heap::{FunctionObject, Heap};
use crate::text::number;
use crate::value::{Raise, Str, Table, Thread, Value};
use crate::vm::Vm;

/// A native function.
pub type Native = fn(&mut Call<'_>) -> Outcome;

/// How a native function, or a step of its task, ended.
pub type Outcome = Result<Flow, Raise>;

/// What happens after a native function, or a step of its task. The methods of [`Call`] make it.
#[derive(Debug)]
pub struct Flow(pub(crate) Next);

pub(crate) enum Next {
    /// The last so many values pushed are the results.
    Return(u32),
    /// The native goes on as this.
    Task(Box<dyn Task>),
    /// The value below the last so many pushed is called with them.
    Invoke(u32),
    /// Out of fuel.
    Pause,
    /// `pcall`: the first argument is called with the others.
    Protect,
    /// `xpcall`: the first argument is called, the second handles its errors.
    ProtectWith,
    /// The coroutine goes on with the arguments from the given one on.
    Resume { thread: Thread, from: u32, wrap: bool },
    /// The coroutine gives its arguments to who resumed it.
    Yield,
    /// The embedder answers.
    Host(u32),
}

impl core::fmt::Debug for Next {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Return(_) => "Return",
            Self::Task(_) => "Task",
            Self::Invoke(_) => "Invoke",
            Self::Pause => "Pause",
            Self::Protect => "Protect",
            Self::ProtectWith => "ProtectWith",
            Self::Resume { .. } => "Resume",
            Self::Yield => "Yield",
            Self::Host(_) => "Host",
        })
    }
}

/// A native function that takes several steps. Its values are among the arguments of the call, which stay where they are
/// and keep them alive; itself it holds plain data.
pub trait Task: Send {
    /// Does a step: the first, one after a function that it invoked, or one after a pause.
    fn step(&mut self, call: &mut Call<'_>) -> Outcome;

    /// The bytes that it holds; they are counted against the memory limit.
    fn weight(&self) -> usize {
        0
    }
}

/// A native function's view of the machine while it runs.
#[derive(Debug)]
pub struct Call<'a> {
    pub(crate) vm: &'a mut Vm,
    /// The slot of the first argument.
    pub(crate) base: usize,
    /// How many arguments there are.
    pub(crate) count: usize,
    /// Where the results of the function that was invoked are.
    pub(crate) answers: (usize, usize),
}

impl Call<'_> {
    /// How many arguments there are.
    #[inline]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// An argument, counted from 1; `nil` if it is missing.
    #[inline]
    pub fn arg(&self, number: usize) -> Value {
        if number > self.count { Value::Nil } else { self.vm.thread.stack[self.base + number - 1] }
    }

    /// Replaces an argument, or adds the next one.
    pub fn set_arg(&mut self, number: usize, value: Value) {
        if number > self.count {
            self.count = number;
            self.vm.set_top(self.base + number);
        }
        self.vm.thread.stack[self.base + number - 1] = value;
    }

    /// The heap, to look.
    #[inline]
    pub const fn heap(&self) -> &Heap {
        &self.vm.heap
    }

    /// The heap, to make values and to change tables.
    #[inline]
    pub const fn heap_mut(&mut self) -> &mut Heap {
        &mut self.vm.heap
    }

    /// The bytes of a string.
    #[inline]
    pub fn bytes(&self, string: Str) -> &[u8] {
        self.vm.heap.bytes(string)
    }

    /// A new string.
    #[inline]
    pub fn string(&mut self, bytes: &[u8]) -> Result<Value, Raise> {
        self.vm.heap.string(bytes)
    }

    /// An argument that must be a string; a number is made one.
    pub fn text(&mut self, number: usize) -> Result<Str, Raise> {
        match self.arg(number) {
            Value::String(string) => Ok(string),
            Value::Number(value) => {
                let text = self.vm.heap.number_text(value)?;
                self.set_arg(number, Value::String(text));
                Ok(text)
            }
            _ => Err(self.type_error(number, "string")),
        }
    }

    /// An argument that must be a string if it is there and not `nil`.
    pub fn optional_text(&mut self, number: usize) -> Result<Option<Str>, Raise> {
        if self.arg(number).is_nil() { Ok(None) } else { self.text(number).map(Some) }
    }

    /// An argument that must be a number, or a string that reads as one.
    #[inline]
    pub fn number(&mut self, number: usize) -> Result<f64, Raise> {
        if let Value::Number(value) = self.arg(number) {
            return Ok(value);
        }
        match self.to_number(self.arg(number)) {
            Some(value) => Ok(value),
            None => Err(self.type_error(number, "number")),
        }
    }

    /// An argument that must be a number if it is there and not `nil`.
    pub fn optional_number(&mut self, number: usize, default: f64) -> Result<f64, Raise> {
        if self.arg(number).is_nil() { Ok(default) } else { self.number(number) }
    }

    /// An argument that must be a number, cut to a whole one.
    #[inline]
    pub fn integer(&mut self, number: usize) -> Result<i64, Raise> {
        self.number(number).map(to_integer)
    }

    /// An argument that must be a number if it is there and not `nil`, cut to a whole one.
    pub fn optional_integer(&mut self, number: usize, default: i64) -> Result<i64, Raise> {
        if self.arg(number).is_nil() { Ok(default) } else { self.integer(number) }
    }

    /// An argument that must be a table.
    #[inline]
    pub fn table(&mut self, number: usize) -> Result<Table, Raise> {
        match self.arg(number) {
            Value::Table(table) => Ok(table),
            _ => Err(self.type_error(number, "table")),
        }
    }

    /// An argument that must be a function.
    pub fn function(&mut self, number: usize) -> Result<Value, Raise> {
        match self.arg(number) {
            function @ Value::Function(_) => Ok(function),
            _ => Err(self.type_error(number, "function")),
        }
    }

    /// An argument that must be there.
    pub fn any(&mut self, number: usize) -> Result<Value, Raise> {
        if number > self.count {
            return Err(self.bad_argument(number, "value expected"));
        }
        Ok(self.arg(number))
    }

    /// A value as `tostring` shows it, whatever its metatable says.
    pub fn display(&self, value: Value) -> Vec<u8> {
        self.vm.heap.display(value)
    }

    /// A number, or what a string reads as.
    pub fn to_number(&self, value: Value) -> Option<f64> {
        self.vm.heap.to_number(value)
    }

    /// Sets an entry as a script does by `rawset`: not in a read-only table.
    #[inline]
    pub fn set(&mut self, table: Table, key: Value, value: Value) -> Result<(), Raise> {
        self.writable(table)?;
        self.vm.heap.set(table, key, value)
    }

    /// Fails for a read-only table.
    #[inline]
    pub fn writable(&mut self, table: Table) -> Result<(), Raise> {
        if self.vm.heap.is_readonly(table) {
            return Err(self.vm.heap.plain_error(b"Attempt to modify a readonly table"));
        }
        Ok(())
    }

    /// Makes a native function that keeps values.
    pub fn native(&mut self, name: &'static str, body: Native, captured: &[Value]) -> Result<Value, Raise> {
        self.vm.native_with(name, body, captured)
    }

    /// A value that this function keeps, counted from 0.
    pub fn captured(&self, at: usize) -> Value {
        match &self.vm.heap.functions[self.vm.top_frame().function.0] {
            FunctionObject::Native(native) => native.captured.get(at).copied().unwrap_or_default(),
            FunctionObject::Lua(_) => Value::Nil,
        }
    }

    /// Replaces a value that this function keeps.
    pub fn set_captured(&mut self, at: usize, value: Value) {
        let function = self.vm.top_frame().function;
        if let FunctionObject::Native(native) = &mut self.vm.heap.functions[function.0]
            && let Some(slot) = native.captured.get_mut(at)
        {
            *slot = value;
        }
    }

    /// The next of the numbers below 2^31 that follow from the seed.
    pub const fn random(&mut self) -> u32 {
        self.vm.random.draw()
    }

    // --- fuel ---

    /// Pays for work; more than there is fuel runs into debt, which is paid before the next instruction.
    #[inline]
    pub const fn spend(&mut self, fuel: u64) {
        self.vm.fuel = self.vm.fuel.saturating_sub_unsigned(fuel);
    }

    /// Whether the fuel is used up: a task should pause now.
    #[inline]
    pub const fn exhausted(&self) -> bool {
        self.vm.fuel <= 0
    }

    // --- how it ends ---

    /// Ends with one result.
    #[inline]
    pub fn give(&mut self, value: Value) -> Outcome {
        self.push(value)?;
        Ok(Flow(Next::Return(1)))
    }

    /// Ends without a result.
    #[inline]
    pub const fn give_nothing(&mut self) -> Outcome {
        Ok(Flow(Next::Return(0)))
    }

    /// Ends with these results.
    pub fn give_all(&mut self, values: &[Value]) -> Outcome {
        for value in values {
            self.push(*value)?;
        }
        Ok(Flow(Next::Return(values.len() as u32)))
    }

    /// Adds a value to those that will be given.
    #[inline]
    pub fn push(&mut self, value: Value) -> Result<(), Raise> {
        self.vm.push(value)
    }

    /// Ends with the last so many values pushed.
    pub const fn give_pushed(&mut self, count: usize) -> Outcome {
        Ok(Flow(Next::Return(count as u32)))
    }

    /// Goes on as a task.
    pub fn become_task(&mut self, task: Box<dyn Task>) -> Outcome {
        Ok(Flow(Next::Task(task)))
    }

    /// Calls a function; only a task can. The task's next step finds the results in [`result`](Self::result).
    pub fn invoke(&mut self, function: Value, arguments: &[Value]) -> Outcome {
        self.push(function)?;
        for argument in arguments {
            self.push(*argument)?;
        }
        Ok(Flow(Next::Invoke(arguments.len() as u32)))
    }

    /// How many results the function had that was invoked.
    pub const fn results(&self) -> usize {
        self.answers.1
    }

    /// A result of the function that was invoked, counted from 1; `nil` if it is missing.
    pub fn result(&self, number: usize) -> Value {
        let (from, count) = self.answers;
        if number > count { Value::Nil } else { self.vm.thread.stack[from + number - 1] }
    }

    /// Waits for fuel; only a task can.
    pub const fn pause(&mut self) -> Outcome {
        Ok(Flow(Next::Pause))
    }

    // --- errors ---

    /// An error at the place that called this function.
    pub fn error(&mut self, text: impl AsRef<[u8]>) -> Raise {
        self.vm.error_at(1, text.as_ref())
    }

    /// An argument is not right.
    pub fn bad_argument(&mut self, number: usize, text: impl AsRef<[u8]>) -> Raise {
        self.vm.bad_argument(number, text.as_ref())
    }

    /// An argument is not of its type.
    pub fn type_error(&mut self, number: usize, expected: &str) -> Raise {
        let found = if number > self.count { "no value" } else { self.arg(number).type_name() };
        self.bad_argument(number, alloc::format!("{expected} expected, got {found}"))
    }
}

/// A number cut to a whole one, as C on a 64-bit machine does: what doesn't fit is the least number.
#[inline]
pub(crate) fn to_integer(number: f64) -> i64 {
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number) {
        number as i64
    } else {
        i64::MIN
    }
}

impl Heap {
    /// A number's text.
    pub(crate) fn number_text(&mut self, number: f64) -> Result<Str, Raise> {
        let text = number::to_text(number);
        self.text(text.as_bytes())
    }

    /// A value as `tostring` shows it, whatever its metatable says.
    pub fn display(&self, value: Value) -> Vec<u8> {
        let object = |id: u32| {
            alloc::format!("{}: {:#014x}", value.type_name(), 0x5580_0000_0000 + (u64::from(id) << 5))
        };
        match value {
            Value::Nil => b"nil".to_vec(),
            Value::Bool(true) => b"true".to_vec(),
            Value::Bool(false) => b"false".to_vec(),
            Value::Number(number) => number::to_text(number).as_bytes().to_vec(),
            Value::String(string) => self.bytes(string).to_vec(),
            Value::Light(0) => b"userdata: (nil)".to_vec(),
            Value::Light(id) => alloc::format!("userdata: {id:#x}").into_bytes(),
            Value::Table(Table(id)) => object(id).into_bytes(),
            Value::Function(function) => object(function.0).into_bytes(),
            Value::Thread(Thread(id)) => object(id).into_bytes(),
        }
    }

    /// A number, or what a string reads as.
    #[inline]
    pub fn to_number(&self, value: Value) -> Option<f64> {
        match value {
            Value::Number(number) => Some(number),
            Value::String(string) => number::from_text(self.bytes(string)),
            _ => None,
        }
    }
}
