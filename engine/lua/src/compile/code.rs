//! A function that is being compiled: its instructions, constants, jumps and registers.
//!
//! A jump whose target is not known yet is a *list*: each jump of it holds the distance to the next one, until the target
//! is known and all are patched. Jumps to "the next instruction, whatever it will be" are `pending`.

use alloc::vec::Vec;

use redstart_structures::Ordered;

use super::Fault;
use super::opcode as op;
use super::proto::{Local, Proto};
use crate::heap::Heap;
use crate::value::{Str, Value};

/// The end of a list of jumps.
pub(super) const NO_JUMP: i32 = -1;
/// No register: a jump that carries no value.
const NO_REGISTER: usize = 255;
const REGISTERS_MAX: usize = 250;
const CONSTANTS_MAX: usize = op::BX_MAX as usize;

/// A block: what must be undone at its end.
#[derive(Debug)]
pub(super) struct Block {
    /// The jumps out of it, by `break`.
    pub(super) breaks: i32,
    /// How many variables were active before it.
    pub(super) active: usize,
    /// Whether a function shares one of its variables.
    pub(super) is_shared: bool,
    pub(super) is_loop: bool,
}

/// Where a function finds a variable that it shares: a register of the enclosing one, or an upvalue of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) is_local: bool,
    pub(super) index: usize,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Constant {
    Nil,
    Bool(bool),
    /// Bits, of which both zeros have the same.
    Number(u64),
    String(u32, u32),
}

#[derive(Debug, Default)]
pub(super) struct Func {
    pub(super) proto: Proto,
    constants: Ordered<Constant, u32>,
    /// The last instruction that something jumps to; what is before must not be merged with what comes after.
    last_target: i32,
    pending: i32,
    /// The first register that is free.
    pub(super) free: usize,
    /// The variables that are visible: their places in `proto.locals`.
    pub(super) active: Vec<usize>,
    pub(super) blocks: Vec<Block>,
    pub(super) sources: Vec<Source>,
    /// The line that instructions are noted with.
    pub(super) line: u32,
}

impl Func {
    pub(super) fn new(source: Str, line: u32) -> Self {
        let proto = Proto { source: Some(source), line, registers: 2, ..Proto::default() };
        Self { proto, last_target: -1, pending: NO_JUMP, ..Self::default() }
    }

    pub(super) fn pc(&self) -> i32 {
        self.proto.code.len() as i32
    }

    pub(super) fn instruction(&mut self, pc: i32) -> &mut u32 {
        &mut self.proto.code[pc as usize]
    }

    pub(super) fn emit(&mut self, instruction: u32) -> Result<i32, Fault> {
        let pending = core::mem::replace(&mut self.pending, NO_JUMP);
        self.patch_values(pending, self.pc(), NO_REGISTER, self.pc())?;
        self.proto.code.push(instruction);
        self.proto.lines.push(self.line);
        Ok(self.pc() - 1)
    }

    pub(super) fn abc(&mut self, code: u32, a: usize, b: usize, c: usize) -> Result<i32, Fault> {
        self.emit(op::abc(code, a as u32, b as u32, c as u32))
    }

    pub(super) fn abx(&mut self, code: u32, a: usize, bx: usize) -> Result<i32, Fault> {
        self.emit(op::abx(code, a as u32, bx as u32))
    }

    /// The last instruction is noted with another line.
    pub(super) fn fix_line(&mut self, line: u32) {
        if let Some(last) = self.proto.lines.last_mut() {
            *last = line;
        }
    }

    // --- registers ---

    pub(super) fn check_registers(&mut self, count: usize) -> Result<(), Fault> {
        let end = self.free + count;
        if end > usize::from(self.proto.registers) {
            if end >= REGISTERS_MAX {
                return Err(Fault::Syntax("function or expression too complex"));
            }
            self.proto.registers = end as u8;
        }
        Ok(())
    }

    pub(super) fn reserve(&mut self, count: usize) -> Result<(), Fault> {
        self.check_registers(count)?;
        self.free += count;
        Ok(())
    }

    /// Frees a register, if it is one of no variable.
    pub(super) fn release(&mut self, operand: usize) {
        if operand < op::CONSTANT as usize && operand >= self.active.len() {
            self.free -= 1;
        }
    }

    // --- constants ---

    fn constant(&mut self, key: Constant, value: Value) -> Result<usize, Fault> {
        if let Some(index) = self.constants.get(&key) {
            return Ok(*index as usize);
        }
        let index = self.proto.constants.len();
        if index > CONSTANTS_MAX {
            return Err(Fault::Syntax("constant table overflow"));
        }
        self.proto.constants.push(value);
        self.constants.insert(key, index as u32);
        Ok(index)
    }

    pub(super) fn string_constant(&mut self, text: Str) -> Result<usize, Fault> {
        self.constant(Constant::String(text.id, text.hash), Value::String(text))
    }

    pub(super) fn number_constant(&mut self, number: f64) -> Result<usize, Fault> {
        let bits = if number == 0.0 { 0 } else { number.to_bits() };
        self.constant(Constant::Number(bits), Value::Number(number))
    }

    pub(super) fn bool_constant(&mut self, value: bool) -> Result<usize, Fault> {
        self.constant(Constant::Bool(value), Value::Bool(value))
    }

    pub(super) fn nil_constant(&mut self) -> Result<usize, Fault> {
        self.constant(Constant::Nil, Value::Nil)
    }

    // --- simple instructions ---

    /// Sets registers to `nil`; joins with an instruction before that did the same.
    pub(super) fn nil(&mut self, from: usize, count: usize) -> Result<(), Fault> {
        if self.pc() > self.last_target {
            if self.pc() == 0 {
                // The registers of a function are empty when it begins.
                if from >= self.active.len() {
                    return Ok(());
                }
            } else {
                let previous = self.instruction(self.pc() - 1);
                if op::op(*previous) == op::LOADNIL {
                    let (first, last) = (op::a(*previous), op::b(*previous));
                    if first <= from && from <= last + 1 {
                        if from + count - 1 > last {
                            *previous = op::abc(op::LOADNIL, first as u32, (from + count - 1) as u32, 0);
                        }
                        return Ok(());
                    }
                }
            }
        }
        self.abc(op::LOADNIL, from, from + count - 1, 0)?;
        Ok(())
    }

    pub(super) fn ret(&mut self, from: usize, count: Option<usize>) -> Result<(), Fault> {
        self.abc(op::RETURN, from, count.map_or(0, |count| count + 1), 0)?;
        Ok(())
    }

    /// Sets the elements that wait in registers above the table's.
    pub(super) fn set_list(
        &mut self,
        table: usize,
        done: usize,
        waiting: Option<usize>,
    ) -> Result<(), Fault> {
        let block = (done - 1) / op::FIELDS_PER_FLUSH as usize + 1;
        let count = waiting.unwrap_or(0);
        if block < 512 {
            self.abc(op::SETLIST, table, count, block)?;
        } else {
            self.abc(op::SETLIST, table, count, 0)?;
            self.emit(block as u32)?;
        }
        // The table alone stays.
        self.free = table + 1;
        Ok(())
    }

    // --- jumps ---

    pub(super) fn jump(&mut self) -> Result<i32, Fault> {
        let pending = core::mem::replace(&mut self.pending, NO_JUMP);
        let at = self.emit(op::abx(op::JMP, 0, (NO_JUMP + op::JUMP_BIAS) as u32))?;
        self.join(at, pending)
    }

    /// A place that may be jumped to.
    pub(super) fn label(&mut self) -> i32 {
        self.last_target = self.pc();
        self.pc()
    }

    fn target_of(&mut self, jump: i32) -> i32 {
        match op::sbx(*self.instruction(jump)) {
            NO_JUMP => NO_JUMP,
            distance => jump + 1 + distance,
        }
    }

    fn fix_jump(&mut self, jump: i32, target: i32) -> Result<(), Fault> {
        let distance = target - (jump + 1);
        if distance.abs() > op::JUMP_BIAS {
            return Err(Fault::Syntax("control structure too long"));
        }
        let instruction = self.instruction(jump);
        *instruction =
            op::abx(op::op(*instruction), op::a(*instruction) as u32, (distance + op::JUMP_BIAS) as u32);
        Ok(())
    }

    /// One list of both.
    pub(super) fn join(&mut self, first: i32, second: i32) -> Result<i32, Fault> {
        if second == NO_JUMP {
            return Ok(first);
        }
        if first == NO_JUMP {
            return Ok(second);
        }
        let mut last = first;
        loop {
            match self.target_of(last) {
                NO_JUMP => break,
                next => last = next,
            }
        }
        self.fix_jump(last, second)?;
        Ok(first)
    }

    /// The instruction that decides whether the jump is taken: the one before it, if it is a test.
    pub(super) fn control_of(&mut self, jump: i32) -> i32 {
        if jump >= 1 {
            let before = op::op(*self.instruction(jump - 1));
            if matches!(before, op::EQ | op::LT | op::LE | op::TEST | op::TESTSET) {
                return jump - 1;
            }
        }
        jump
    }

    /// Whether some jump of a list brings no value along.
    pub(super) fn needs_value(&mut self, mut list: i32) -> bool {
        while list != NO_JUMP {
            let control = self.control_of(list);
            if op::op(*self.instruction(control)) != op::TESTSET {
                return true;
            }
            list = self.target_of(list);
        }
        false
    }

    /// Says which register a test leaves its value in; whether it leaves one.
    fn patch_test(&mut self, jump: i32, register: usize) -> bool {
        let control = self.control_of(jump);
        let instruction = self.instruction(control);
        if op::op(*instruction) != op::TESTSET {
            return false;
        }
        let (b, c) = (op::b(*instruction) as u32, op::c(*instruction) as u32);
        *instruction = if register != NO_REGISTER && register as u32 != b {
            op::abc(op::TESTSET, register as u32, b, c)
        } else {
            op::abc(op::TEST, b, 0, c)
        };
        true
    }

    pub(super) fn drop_values(&mut self, mut list: i32) {
        while list != NO_JUMP {
            self.patch_test(list, NO_REGISTER);
            list = self.target_of(list);
        }
    }

    /// Patches a list: jumps that bring a value go to `with_value`, others to `plain`.
    pub(super) fn patch_values(
        &mut self,
        mut list: i32,
        with_value: i32,
        register: usize,
        plain: i32,
    ) -> Result<(), Fault> {
        while list != NO_JUMP {
            let next = self.target_of(list);
            let target = if self.patch_test(list, register) { with_value } else { plain };
            self.fix_jump(list, target)?;
            list = next;
        }
        Ok(())
    }

    pub(super) fn patch(&mut self, list: i32, target: i32) -> Result<(), Fault> {
        if target == self.pc() {
            self.patch_here(list)
        } else {
            self.patch_values(list, target, NO_REGISTER, target)
        }
    }

    pub(super) fn patch_here(&mut self, list: i32) -> Result<(), Fault> {
        self.label();
        self.pending = self.join(self.pending, list)?;
        Ok(())
    }

    // --- variables ---

    pub(super) fn open_local(&mut self, at: usize) {
        self.proto.locals[at].start = self.pc() as u32;
        self.active.push(at);
    }

    /// Ends the scope of all variables but the first so many.
    pub(super) fn close_locals(&mut self, keep: usize) {
        while self.active.len() > keep {
            if let Some(at) = self.active.pop() {
                self.proto.locals[at].end = self.pc() as u32;
            }
        }
    }

    pub(super) fn declare(&mut self, name: Str) -> usize {
        self.proto.locals.push(Local { name, start: 0, end: 0 });
        self.proto.locals.len() - 1
    }

    /// The register of the variable with that name.
    pub(super) fn find_local(&self, name: Str, heap: &Heap) -> Option<usize> {
        let same = |at: &usize| heap.equals(Value::String(self.proto.locals[*at].name), Value::String(name));
        self.active.iter().rposition(same)
    }
}
