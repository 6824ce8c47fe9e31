//! Going through instructions.
//!
//! The common case of each is here: numbers, tables without metatables, strings as keys. It works on a *window* of 256
//! registers, so that no operand has to be checked. Everything else is in `operate`: the place is saved, the method may
//! call, and whichever function is on top then goes on.

use alloc::boxed::Box;

use super::Vm;
use super::call::WINDOW;
use super::operate::{compute, modulo, not_a_number};
use super::thread::{Entered, NATIVE};
use crate::compile::opcode as op;
use crate::heap::{Closure, FunctionObject, UpvalueObject, whole};
use crate::value::{Raise, Value};

#[inline]
const fn is_long(key: Value) -> bool {
    matches!(key, Value::String(string) if string.is_long())
}

/// Where an operand's register is, if it is no constant.
const fn place(operand: usize) -> Option<usize> {
    if operand < op::CONSTANT as usize { Some(operand) } else { None }
}

impl Vm {
    /// Runs the functions of Lua on top, until there is something else on top or the fuel is used up.
    #[expect(clippy::too_many_lines, reason = "one instruction after the other, which share what is at hand")]
    pub(super) fn execute(&mut self) -> Result<(), Raise> {
        'frame: loop {
            let Some(frame) = self.thread.frames.last() else { return Ok(()) };
            if frame.proto == NATIVE {
                return Ok(());
            }
            let (base, function) = (frame.base as usize, frame.function);
            let mut pc = frame.pc as usize;
            let mut fuel = self.fuel;
            let proto = &self.code[frame.proto];
            let code = &proto.code[..];
            let constants = &proto.constants[..];
            let registers =
                self.thread.stack[base..].first_chunk_mut::<WINDOW>().expect("a window fits above the base");
            let heap = &mut self.heap;

            // A reference: copying a value before its kind is known would cost more than the rest of an addition.
            macro_rules! rk {
                ($operand:expr) => {{
                    let operand = $operand;
                    if operand < op::CONSTANT as usize {
                        &registers[operand & 0xff]
                    } else {
                        &constants[operand - op::CONSTANT as usize]
                    }
                }};
            }
            // Saves the place and does what may call.
            macro_rules! leave {
                ($action:expr) => {{
                    self.fuel = fuel;
                    self.top_frame_mut().pc = pc as u32;
                    $action?;
                    continue 'frame;
                }};
            }
            macro_rules! arithmetic {
                ($instruction:expr, $x:ident, $y:ident, $value:expr) => {{
                    let (b, c) = (op::b($instruction), op::c($instruction));
                    let (left, right) = (rk!(b), rk!(c));
                    if let (&Value::Number($x), &Value::Number($y)) = (left, right) {
                        let value: f64 = $value;
                        let value = if value.is_nan() { not_a_number($x, $y) } else { value };
                        registers[op::a($instruction)] = Value::Number(value);
                    } else {
                        let (left, right) = (*left, *right);
                        leave!(self.arithmetic($instruction, left, right, (place(b), place(c))));
                    }
                }};
            }
            macro_rules! order {
                ($instruction:expr, $operator:tt) => {{
                    let (left, right) = (rk!(op::b($instruction)), rk!(op::c($instruction)));
                    if let (&Value::Number(x), &Value::Number(y)) = (left, right) {
                        if (x $operator y) == (op::a($instruction) != 0) {
                            pc = (pc as i32 + 1 + op::sbx(code[pc])) as usize;
                        } else {
                            pc += 1;
                        }
                    } else {
                        let (left, right) = (*left, *right);
                        leave!(self.compare($instruction, left, right));
                    }
                }};
            }

            loop {
                if fuel <= 0 {
                    self.fuel = fuel;
                    self.top_frame_mut().pc = pc as u32;
                    return Ok(());
                }
                fuel -= 1;
                let instruction = code[pc];
                pc += 1;
                let a = op::a(instruction);
                match op::op(instruction) {
                    op::MOVE => registers[a] = registers[op::b(instruction) & 0xff],
                    op::LOADK => registers[a] = constants[op::bx(instruction)],
                    op::LOADBOOL => {
                        registers[a] = Value::Bool(op::b(instruction) != 0);
                        pc += usize::from(op::c(instruction) != 0);
                    }
                    op::LOADNIL => registers[a..=op::b(instruction) & 0xff].fill(Value::Nil),
                    op::GETUPVAL => {
                        let id = upvalues(&heap.functions[function.0])[op::b(instruction)];
                        registers[a] = match heap.upvalues[id] {
                            UpvalueObject::Closed(value) => value,
                            UpvalueObject::Open { .. } => {
                                let value = self.upvalue(id);
                                self.thread.stack[base + a] = value;
                                leave!(Ok::<(), Raise>(()));
                            }
                        };
                    }
                    op::GETGLOBAL => {
                        let key = constants[op::bx(instruction)];
                        let environment = heap.functions[function.0].environment();
                        let value = heap.get(environment, key);
                        if value.is_nil() {
                            leave!(self.index(a, Value::Table(environment), key, None));
                        }
                        registers[a] = value;
                    }
                    op::GETTABLE => {
                        let b = op::b(instruction) & 0xff;
                        let (object, key) = (registers[b], *rk!(op::c(instruction)));
                        if let Value::Table(table) = object
                            && !is_long(key)
                        {
                            let value = heap.get(table, key);
                            if !value.is_nil() || heap.tables[table.0].metatable == 0 {
                                registers[a] = value;
                                continue;
                            }
                        }
                        leave!(self.index(a, object, key, Some(b)));
                    }
                    op::SETGLOBAL => {
                        let key = constants[op::bx(instruction)];
                        let environment = heap.functions[function.0].environment();
                        let value = registers[a];
                        leave!(self.set_index(Value::Table(environment), key, value, None));
                    }
                    op::SETUPVAL => {
                        let id = upvalues(&heap.functions[function.0])[op::b(instruction)];
                        let value = registers[a];
                        if let UpvalueObject::Closed(old) = &mut heap.upvalues[id] {
                            *old = value;
                        } else {
                            self.set_upvalue(id, value);
                            leave!(Ok::<(), Raise>(()));
                        }
                    }
                    op::SETTABLE => {
                        let (object, key) = (registers[a], *rk!(op::b(instruction)));
                        let value = *rk!(op::c(instruction));
                        if let Value::Table(table) = object {
                            let table = &mut heap.tables[table.0];
                            let (bare, writable) = (table.metatable == 0, !table.readonly);
                            let slot = match key {
                                Value::Number(number) => whole(number).and_then(|index| {
                                    table.array.get_mut((index as u32).wrapping_sub(1) as usize)
                                }),
                                Value::String(string) if !string.is_long() => {
                                    table.absent = 0;
                                    table.slot_short(string)
                                }
                                _ => None,
                            };
                            if let Some(slot) = slot
                                && writable
                                && (bare || !slot.is_nil())
                            {
                                *slot = value;
                                continue;
                            }
                        }
                        leave!(self.set_index(object, key, value, Some(a)));
                    }
                    op::NEWTABLE => {
                        let (b, c) = (op::b(instruction), op::c(instruction));
                        leave!(self.new_table(a, op::from_small_float(b), op::from_small_float(c)));
                    }
                    op::SELF => {
                        let b = op::b(instruction) & 0xff;
                        let (object, key) = (registers[b], *rk!(op::c(instruction)));
                        registers[(a + 1) & 0xff] = object;
                        if let Value::Table(table) = object
                            && !is_long(key)
                        {
                            let value = heap.get(table, key);
                            if !value.is_nil() || heap.tables[table.0].metatable == 0 {
                                registers[a] = value;
                                continue;
                            }
                        }
                        leave!(self.index(a, object, key, Some(b)));
                    }
                    op::ADD => arithmetic!(instruction, x, y, x + y),
                    op::SUB => arithmetic!(instruction, x, y, x - y),
                    op::MUL => arithmetic!(instruction, x, y, x * y),
                    op::DIV => arithmetic!(instruction, x, y, x / y),
                    op::MOD => arithmetic!(instruction, x, y, modulo(x, y)),
                    op::POW => arithmetic!(instruction, x, y, compute(op::POW, x, y)),
                    op::UNM => {
                        let b = op::b(instruction) & 0xff;
                        if let Value::Number(number) = registers[b] {
                            registers[a] = Value::Number(-number);
                        } else {
                            let value = registers[b];
                            leave!(self.arithmetic(instruction, value, value, (Some(b), Some(b))));
                        }
                    }
                    op::NOT => registers[a] = Value::Bool(!registers[op::b(instruction) & 0xff].is_true()),
                    op::LEN => {
                        let b = op::b(instruction) & 0xff;
                        let length = match registers[b] {
                            Value::Table(table) => heap.border(table),
                            Value::String(string) => heap.bytes(string).len(),
                            other => leave!(self.length(other, b)),
                        };
                        registers[a] = Value::Number(length as f64);
                    }
                    op::CONCAT => leave!(self.concat(instruction, op::c(instruction))),
                    op::JMP => pc = (pc as i32 + op::sbx(instruction)) as usize,
                    op::EQ => {
                        let (left, right) = (*rk!(op::b(instruction)), *rk!(op::c(instruction)));
                        let expected = a != 0;
                        let equal = match (left, right) {
                            (Value::Table(x), Value::Table(y)) if x != y => {
                                leave!(self.equal(left, right, expected))
                            }
                            (Value::String(x), Value::String(y)) if x.is_long() && y.is_long() => {
                                leave!(self.equal(left, right, expected))
                            }
                            _ => heap.equals(left, right),
                        };
                        if equal == expected {
                            pc = (pc as i32 + 1 + op::sbx(code[pc])) as usize;
                        } else {
                            pc += 1;
                        }
                    }
                    op::LT => order!(instruction, <),
                    op::LE => order!(instruction, <=),
                    op::TEST => {
                        if registers[a].is_true() == (op::c(instruction) != 0) {
                            pc = (pc as i32 + 1 + op::sbx(code[pc])) as usize;
                        } else {
                            pc += 1;
                        }
                    }
                    op::TESTSET => {
                        let value = registers[op::b(instruction) & 0xff];
                        if value.is_true() == (op::c(instruction) != 0) {
                            registers[a] = value;
                            pc = (pc as i32 + 1 + op::sbx(code[pc])) as usize;
                        } else {
                            pc += 1;
                        }
                    }
                    op::CALL => {
                        let slot = base + a;
                        self.fuel = fuel;
                        let frame = self.top_frame_mut();
                        frame.pc = pc as u32;
                        let count = match op::b(instruction) {
                            0 => frame.top as usize - slot - 1,
                            count => count - 1,
                        };
                        self.call(slot, count, op::c(instruction) as i32 - 1, Entered::Call)?;
                        self.tidy();
                        continue 'frame;
                    }
                    op::TAILCALL => {
                        let slot = base + a;
                        self.fuel = fuel;
                        let frame = self.top_frame_mut();
                        frame.pc = pc as u32;
                        let count = match op::b(instruction) {
                            0 => frame.top as usize - slot - 1,
                            count => count - 1,
                        };
                        self.tail_call(slot, count)?;
                        continue 'frame;
                    }
                    op::RETURN => {
                        let from = base + a;
                        self.fuel = fuel;
                        let frame = *self.top_frame();
                        let count = match op::b(instruction) {
                            0 => frame.top as usize - from,
                            count => count - 1,
                        };
                        if !self.thread.open.is_empty() {
                            self.close_upvalues(base);
                        }
                        if frame.entered == Entered::Call {
                            self.thread.frames.pop();
                            self.place(&frame, from, count);
                        } else {
                            self.deliver(from, count)?;
                            if self.has_ended() {
                                return Ok(());
                            }
                        }
                        continue 'frame;
                    }
                    op::FORLOOP => {
                        if let (Value::Number(index), Value::Number(limit), Value::Number(step)) =
                            (registers[a], registers[(a + 1) & 0xff], registers[(a + 2) & 0xff])
                        {
                            let index = index + step;
                            if if step > 0.0 { index <= limit } else { limit <= index } {
                                registers[a] = Value::Number(index);
                                registers[(a + 3) & 0xff] = Value::Number(index);
                                pc = (pc as i32 + op::sbx(instruction)) as usize;
                            }
                        }
                    }
                    op::FORPREP => leave!(self.prepare_loop(instruction)),
                    op::TFORLOOP => {
                        let first = (a + 3) & 0xff;
                        for at in 0..3 {
                            registers[(first + at) & 0xff] = registers[(a + at) & 0xff];
                        }
                        leave!(self.call(base + first, 2, op::c(instruction) as i32, Entered::Iterator));
                    }
                    op::SETLIST => {
                        let mut block = op::c(instruction);
                        if block == 0 {
                            block = code[pc] as usize;
                            pc += 1;
                        }
                        leave!(self.set_list(a, op::b(instruction), block));
                    }
                    op::CLOSE => {
                        self.close_upvalues(base + a);
                        leave!(Ok::<(), Raise>(()));
                    }
                    op::CLOSURE => {
                        let inner = proto.protos[op::bx(instruction)];
                        leave!(self.new_closure(a, inner));
                    }
                    _ => leave!(self.spread_varargs(a, op::b(instruction))),
                }
            }
        }
    }

    /// Collects when it is time.
    #[inline]
    pub(super) fn tidy(&mut self) {
        if self.heap.used() >= self.heap.threshold {
            self.collect();
        }
    }

    fn new_table(&mut self, target: usize, array: usize, entries: usize) -> Result<(), Raise> {
        self.tidy();
        self.try_room(256 + array * 16 + entries * 80);
        let table = self.heap.table(array, entries)?;
        let base = self.top_frame().base as usize;
        self.thread.stack[base + target] = Value::Table(table);
        Ok(())
    }

    /// Sets elements of a table that is being constructed: those above its register.
    fn set_list(&mut self, register: usize, count: usize, block: usize) -> Result<(), Raise> {
        let frame = *self.top_frame();
        let from = frame.base as usize + register;
        let count = if count == 0 { frame.top as usize - from - 1 } else { count };
        let Value::Table(table) = self.thread.stack[from] else { return Ok(()) };
        let before = (block - 1) * op::FIELDS_PER_FLUSH as usize;
        self.try_room((before + count) * 16);
        self.heap.reserve_array(table, before + count)?;
        for at in 1..=count {
            let value = self.thread.stack[from + at];
            self.heap.set_index(table, before + at, value)?;
        }
        self.fuel -= (count / 8) as i64;
        Ok(())
    }

    /// Makes a function; the instructions that follow say which variables it shares.
    fn new_closure(&mut self, target: usize, proto: u32) -> Result<(), Raise> {
        self.tidy();
        let frame = *self.top_frame();
        let count = self.code[proto].upvalues.len();
        self.try_room(256 + count * 64);
        let mut upvalues = alloc::vec![0; count];
        for (at, upvalue) in upvalues.iter_mut().enumerate() {
            let source = self.code[frame.proto].code[frame.pc as usize + at];
            *upvalue = if op::op(source) == op::MOVE {
                self.find_upvalue(frame.base as usize + op::b(source))?
            } else {
                self::upvalues(&self.heap.functions[frame.function.0])[op::b(source)]
            };
        }
        let environment = self.environment();
        let closure = Closure { proto, environment, upvalues: Box::from(upvalues) };
        let function = self.heap.function(FunctionObject::Lua(closure))?;
        self.thread.stack[frame.base as usize + target] = Value::Function(function);
        self.top_frame_mut().pc += count as u32;
        Ok(())
    }

    /// `R[A], … = …`
    fn spread_varargs(&mut self, target: usize, count: usize) -> Result<(), Raise> {
        let frame = *self.top_frame();
        let params = usize::from(self.code[frame.proto].params);
        let first = frame.ret as usize + 1 + params;
        let given = frame.base as usize - first;
        let to = frame.base as usize + target;
        let wanted = if count == 0 { given } else { count - 1 };
        self.ensure_stack(to + wanted)?;
        let moved = wanted.min(given);
        self.thread.stack.copy_within(first..first + moved, to);
        self.thread.stack[to + moved..to + wanted].fill(Value::Nil);
        if count == 0 {
            self.top_frame_mut().top = (to + wanted) as u32;
        }
        self.fuel -= (wanted / 16) as i64;
        Ok(())
    }

    pub(super) fn has_ended(&self) -> bool {
        self.thread.frames.is_empty()
    }
}

/// The upvalues of a function of Lua.
#[inline]
fn upvalues(function: &FunctionObject) -> &[u32] {
    match function {
        FunctionObject::Lua(closure) => &closure.upvalues,
        FunctionObject::Native(_) => &[],
    }
}
