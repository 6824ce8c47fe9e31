//! What instructions do when their operands are not the usual ones: metatables are asked.
//!
//! A metamethod is called above the registers of the function whose instruction asks. When it returns, the instruction
//! is looked at again and finished with the result (`finish_instruction`).

use alloc::vec::Vec;

use super::Vm;
use super::thread::{Entered, Frame};
use crate::compile::opcode as op;
use crate::heap::FunctionObject;
use crate::power::pow;
use crate::text::number;
use crate::value::{Raise, Table, Value};

/// A longer text is not joined in the buffer that is kept.
const BUFFER_MAX: usize = 1024;
/// How many tables `__index` may lead through.
const CHAIN_MAX: usize = 100;

/// What a metatable has a handler for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    Index,
    NewIndex,
    Mode,
    Eq,
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    Unm,
    Len,
    Lt,
    Le,
    Concat,
    Call,
    Metatable,
    ToString,
}

impl Event {
    pub(crate) const COUNT: usize = 18;
    pub(crate) const NAMES: [&'static str; Self::COUNT] = [
        "__index",
        "__newindex",
        "__mode",
        "__eq",
        "__add",
        "__sub",
        "__mul",
        "__div",
        "__mod",
        "__pow",
        "__unm",
        "__len",
        "__lt",
        "__le",
        "__concat",
        "__call",
        "__metatable",
        "__tostring",
    ];
    /// So many of the first are remembered to be absent.
    const REMEMBERED: usize = 4;
}

impl Vm {
    /// A value's metatable.
    #[inline]
    pub(crate) fn metatable_of(&self, value: Value) -> Option<Table> {
        let id = match value {
            Value::Table(table) => self.heap.tables[table.0].metatable,
            Value::String(_) => self.string_metatable,
            _ => 0,
        };
        id.checked_sub(1).map(Table)
    }

    /// What a value's metatable has for an event.
    #[inline]
    pub(crate) fn handler_of(&mut self, value: Value, event: Event) -> Value {
        match self.metatable_of(value) {
            Some(metatable) => self.handler_in(metatable, event),
            None => Value::Nil,
        }
    }

    pub(crate) fn handler_in(&mut self, metatable: Table, event: Event) -> Value {
        let table = &mut self.heap.tables[metatable.0];
        let bit = 1_u8.checked_shl(event as u32).unwrap_or(0);
        let remembered = (event as usize) < Event::REMEMBERED;
        if remembered && table.absent & bit != 0 {
            return Value::Nil;
        }
        let Some(name) = self.events[event as usize] else { return Value::Nil };
        let handler = table.get_short(name);
        if remembered && handler.is_nil() {
            table.absent |= bit;
        }
        handler
    }

    /// Calls a metamethod for the instruction that runs.
    fn call_handler(
        &mut self,
        handler: Value,
        arguments: &[Value],
        entered: Entered,
        operand: i32,
    ) -> Result<(), Raise> {
        let frame = self.top_frame();
        let slot = frame.base as usize + usize::from(self.code[frame.proto].registers);
        self.ensure_stack(slot + 1 + arguments.len())?;
        self.thread.stack[slot] = handler;
        self.thread.stack[slot + 1..=slot + arguments.len()].copy_from_slice(arguments);
        self.call(slot, arguments.len(), operand, entered)
    }

    /// Long strings are compared byte by byte, which takes time.
    pub(crate) fn pay_for_key(&mut self, key: Value) {
        if let Value::String(string) = key
            && string.is_long()
        {
            self.fuel -= (self.heap.bytes(string).len() / 64) as i64;
        }
    }

    fn register(&mut self, register: usize) -> &mut Value {
        let base = self.top_frame().base as usize;
        &mut self.thread.stack[base + register]
    }

    /// `R[target] = object[key]`. `register` holds the object, if one does.
    pub(super) fn index(
        &mut self,
        target: usize,
        mut object: Value,
        key: Value,
        register: Option<usize>,
    ) -> Result<(), Raise> {
        let mut named = register;
        self.pay_for_key(key);
        for _ in 0..CHAIN_MAX {
            let handler = if let Value::Table(table) = object {
                let value = self.heap.get(table, key);
                let handler = if value.is_nil() { self.handler_of(object, Event::Index) } else { Value::Nil };
                if handler.is_nil() {
                    *self.register(target) = value;
                    return Ok(());
                }
                handler
            } else {
                let handler = self.handler_of(object, Event::Index);
                if handler.is_nil() {
                    return Err(self.register_error(object, named, "index"));
                }
                handler
            };
            if matches!(handler, Value::Function(_)) {
                return self.call_handler(handler, &[object, key], Entered::Meta, 0);
            }
            object = handler;
            named = None;
        }
        Err(self.error_at(0, b"loop in gettable"))
    }

    /// `object[key] = value`. `register` holds the object, if one does.
    pub(super) fn set_index(
        &mut self,
        mut object: Value,
        key: Value,
        value: Value,
        register: Option<usize>,
    ) -> Result<(), Raise> {
        let mut named = register;
        self.pay_for_key(key);
        for _ in 0..CHAIN_MAX {
            let handler = if let Value::Table(table) = object {
                if self.heap.is_readonly(table) {
                    return Err(self.error_at(0, b"Attempt to modify a readonly table"));
                }
                let metatable = self.heap.metatable(table);
                if let Err(Raise::Memory) = self.heap.place(table, key) {
                    self.collect();
                }
                let place = match self.heap.place(table, key) {
                    Ok(place) => place,
                    Err(raise) => return Err(self.locate(raise)),
                };
                if !place.is_nil() || metatable.is_none() {
                    *place = value;
                    return Ok(());
                }
                let handler = self.handler_of(object, Event::NewIndex);
                if handler.is_nil() {
                    return self.heap.set(table, key, value);
                }
                handler
            } else {
                let handler = self.handler_of(object, Event::NewIndex);
                if handler.is_nil() {
                    return Err(self.register_error(object, named, "index"));
                }
                handler
            };
            if matches!(handler, Value::Function(_)) {
                return self.call_handler(handler, &[object, key, value], Entered::Meta, 0);
            }
            object = handler;
            named = None;
        }
        Err(self.error_at(0, b"loop in settable"))
    }

    /// Arithmetic of what is not two numbers. `places` are the registers of the operands, where they have some.
    pub(super) fn arithmetic(
        &mut self,
        instruction: u32,
        left: Value,
        right: Value,
        places: (Option<usize>, Option<usize>),
    ) -> Result<(), Raise> {
        let (first, second) = (self.heap.to_number(left), self.heap.to_number(right));
        if let (Some(first), Some(second)) = (first, second) {
            *self.register(op::a(instruction)) = Value::Number(compute(op::op(instruction), first, second));
            return Ok(());
        }
        let event = match op::op(instruction) {
            op::ADD => Event::Add,
            op::SUB => Event::Sub,
            op::MUL => Event::Mul,
            op::DIV => Event::Div,
            op::MOD => Event::Mod,
            op::POW => Event::Pow,
            _ => Event::Unm,
        };
        let mut handler = self.handler_of(left, event);
        if handler.is_nil() {
            handler = self.handler_of(right, event);
        }
        if handler.is_nil() {
            let (value, place) = if first.is_none() { (left, places.0) } else { (right, places.1) };
            return Err(self.register_error(value, place, "perform arithmetic on"));
        }
        self.call_handler(handler, &[left, right], Entered::Meta, 0)
    }

    /// `R[A] = #R[B]`, of what is neither a string nor a table.
    pub(super) fn length(&mut self, value: Value, register: usize) -> Result<(), Raise> {
        let handler = self.handler_of(value, Event::Len);
        if handler.is_nil() {
            return Err(self.register_error(value, Some(register), "get length of"));
        }
        self.call_handler(handler, &[value, Value::Nil], Entered::Meta, 0)
    }

    /// `==`, of two values that are not the same. The next instruction is skipped if it isn't `expected`.
    pub(super) fn equal(&mut self, left: Value, right: Value, expected: bool) -> Result<(), Raise> {
        let handler = match (left, right) {
            (Value::Table(_), Value::Table(_)) => {
                let (first, second) = (self.metatable_of(left), self.metatable_of(right));
                let handler = self.handler_of(left, Event::Eq);
                let other = self.handler_of(right, Event::Eq);
                if first == second || self.heap.equals(handler, other) { handler } else { Value::Nil }
            }
            _ => Value::Nil,
        };
        if handler.is_nil() {
            self.pay_for_key(left);
            let equal = self.heap.equals(left, right);
            self.skip_unless(equal == expected);
            return Ok(());
        }
        self.call_handler(handler, &[left, right], Entered::Meta, 0)
    }

    /// `<` and `<=`, of what is not two numbers.
    pub(super) fn compare(&mut self, instruction: u32, left: Value, right: Value) -> Result<(), Raise> {
        let or_equal = op::op(instruction) == op::LE;
        if let (Value::String(first), Value::String(second)) = (left, right) {
            let (first, second) = (self.heap.bytes(first), self.heap.bytes(second));
            let outcome = if or_equal { first <= second } else { first < second };
            self.fuel -= (first.len().min(second.len()) / 64) as i64;
            self.skip_unless(outcome == (op::a(instruction) != 0));
            return Ok(());
        }
        let event = if or_equal { Event::Le } else { Event::Lt };
        match self.order_handler(left, right, event) {
            Some(handler) => self.call_handler(handler, &[left, right], Entered::Meta, 0),
            None if or_equal => match self.order_handler(right, left, Event::Lt) {
                Some(handler) => self.call_handler(handler, &[right, left], Entered::MetaNot, 0),
                None => Err(self.order_error(left, right)),
            },
            None => Err(self.order_error(left, right)),
        }
    }

    /// Two values of one type have an order if their metatables agree on it.
    pub(crate) fn order_handler(&mut self, left: Value, right: Value, event: Event) -> Option<Value> {
        if left.type_name() != right.type_name() {
            return None;
        }
        let handler = self.handler_of(left, event);
        let other = self.handler_of(right, event);
        (!handler.is_nil() && self.heap.equals(handler, other)).then_some(handler)
    }

    fn skip_unless(&mut self, holds: bool) {
        if !holds {
            self.top_frame_mut().pc += 1;
        }
    }

    /// `R[A] = R[B] .. … .. R[last]`.
    pub(super) fn concat(&mut self, instruction: u32, mut last: usize) -> Result<(), Raise> {
        let first = op::b(instruction);
        let joins = |value: Value| matches!(value, Value::String(_) | Value::Number(_));
        while last > first {
            let (left, right) = (*self.register(last - 1), *self.register(last));
            if !joins(left) || !joins(right) {
                let mut handler = self.handler_of(left, Event::Concat);
                if handler.is_nil() {
                    handler = self.handler_of(right, Event::Concat);
                }
                if handler.is_nil() {
                    let wrong = if joins(left) { last } else { last - 1 };
                    let value = *self.register(wrong);
                    return Err(self.register_error(value, Some(wrong), "concatenate"));
                }
                return self.call_handler(handler, &[left, right], Entered::Meta, last as i32 - 1);
            }
            let mut start = last - 1;
            while start > first && joins(*self.register(start - 1)) {
                start -= 1;
            }
            let joined = self.join(start, last)?;
            *self.register(start) = joined;
            last = start;
        }
        let value = *self.register(first);
        *self.register(op::a(instruction)) = value;
        Ok(())
    }

    /// Joins the strings and numbers in these registers.
    fn join(&mut self, first: usize, last: usize) -> Result<Value, Raise> {
        let base = self.top_frame().base as usize;
        let slots = base + first..=base + last;
        // A number's text is at most this long.
        let most = |value: &Value| match value {
            Value::String(string) => self.heap.bytes(*string).len(),
            _ => 24,
        };
        let total: usize = self.thread.stack[slots.clone()].iter().map(most).sum();
        self.fuel -= (total / 64) as i64;
        self.tidy();
        self.make_room(total)?;
        let mut joined = core::mem::take(&mut self.buffer);
        joined.clear();
        if total > BUFFER_MAX {
            joined = Vec::with_capacity(total);
        }
        for slot in slots {
            match self.thread.stack[slot] {
                Value::String(string) => joined.extend_from_slice(self.heap.bytes(string)),
                Value::Number(value) => number::write(value, &mut joined),
                _ => {}
            }
        }
        if total > BUFFER_MAX {
            return self.heap.text_from(joined.into_boxed_slice()).map(Value::String);
        }
        let string = self.heap.string(&joined);
        self.buffer = joined;
        string
    }

    /// The metamethod of an instruction has returned.
    pub(super) fn finish_instruction(&mut self, frame: &Frame, value: Value) -> Result<(), Raise> {
        let caller = *self.top_frame();
        let instruction = self.code[caller.proto].code[caller.pc as usize - 1];
        match op::op(instruction) {
            op::SETTABLE | op::SETGLOBAL => Ok(()),
            op::EQ | op::LT | op::LE => {
                let outcome = value.is_true() != (frame.entered == Entered::MetaNot);
                self.skip_unless(outcome == (op::a(instruction) != 0));
                Ok(())
            }
            op::CONCAT => {
                let at = frame.wanted as usize;
                *self.register(at) = value;
                self.concat(instruction, at)
            }
            _ => {
                *self.register(op::a(instruction)) = value;
                Ok(())
            }
        }
    }

    /// The iterator of a `for` has returned: its first result decides whether there is another round.
    pub(super) fn advance_loop(&mut self) {
        let frame = *self.top_frame();
        let code = &self.code[frame.proto].code;
        let pc = frame.pc as usize;
        let control = op::a(code[pc - 1]) + 2;
        let jump = op::sbx(code[pc]);
        let value = *self.register(control + 1);
        let mut next = pc as i32 + 1;
        if !value.is_nil() {
            *self.register(control) = value;
            next += jump;
        }
        self.top_frame_mut().pc = next as u32;
    }

    /// Prepares a numeric `for`.
    pub(super) fn prepare_loop(&mut self, instruction: u32) -> Result<(), Raise> {
        let first = op::a(instruction);
        let mut numbers = [0.0; 3];
        let names = ["initial value", "limit", "step"];
        for (at, name) in names.into_iter().enumerate() {
            let value = *self.register(first + at);
            let Some(number) = self.heap.to_number(value) else {
                return Err(self.error_at(0, alloc::format!("'for' {name} must be a number").as_bytes()));
            };
            numbers[at] = number;
        }
        let [start, limit, step] = numbers;
        *self.register(first) = Value::Number(start - step);
        *self.register(first + 1) = Value::Number(limit);
        *self.register(first + 2) = Value::Number(step);
        let frame = self.top_frame_mut();
        frame.pc = frame.pc.wrapping_add_signed(op::sbx(instruction));
        Ok(())
    }

    /// The environment of the function that runs.
    pub(super) fn environment(&self) -> Table {
        self.heap.functions[self.top_frame().function.0].environment()
    }

    /// Gives a function of Lua another environment; whether it is one.
    pub(crate) fn set_environment(&mut self, function: Value, environment: Table) -> bool {
        if let Value::Function(function) = function
            && let FunctionObject::Lua(closure) = &mut self.heap.functions[function.0]
        {
            closure.environment = environment;
            return true;
        }
        false
    }

    pub(crate) fn is_lua_function(&self, value: Value) -> bool {
        matches!(value, Value::Function(function) if !self.native_at(function))
    }

    pub(crate) fn native_at(&self, function: crate::value::Function) -> bool {
        matches!(self.heap.functions[function.0], FunctionObject::Native(_))
    }
}

/// What an arithmetic instruction makes of two numbers.
#[inline]
pub(crate) fn compute(operation: u32, left: f64, right: f64) -> f64 {
    let value = match operation {
        op::ADD => left + right,
        op::SUB => left - right,
        op::MUL => left * right,
        op::DIV => left / right,
        op::MOD => modulo(left, right),
        op::POW => pow(left, right),
        _ => return -left,
    };
    if value.is_nan() { not_a_number(left, right) } else { value }
}

/// C's remainder by the floored quotient.
#[inline]
pub(super) fn modulo(left: f64, right: f64) -> f64 {
    left - floor(left / right) * right
}

#[inline]
pub(crate) fn floor(value: f64) -> f64 {
    // Whole already, or not finite; both zeros stay as they are.
    let has_fraction = value.abs() < 4_503_599_627_370_496.0;
    if !has_fraction || value == 0.0 {
        return value;
    }
    let cut = value as i64 as f64;
    if cut > value { cut - 1.0 } else { cut }
}

/// The NaN that comes out of an operation, whose sign is printed: an operand's, or the one that x86 makes.
#[cold]
pub(crate) fn not_a_number(left: f64, right: f64) -> f64 {
    match (left.is_nan(), right.is_nan()) {
        (true, _) => left,
        (_, true) => right,
        _ => f64::from_bits(0xfff8_0000_0000_0000),
    }
}
