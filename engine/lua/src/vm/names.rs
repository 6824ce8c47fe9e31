//! What a register's value is called in the source. It is worked out from the code when an error needs it: which
//! instruction put the value there, and from where.

use alloc::vec::Vec;

use super::Vm;
use super::thread::Frame;
use crate::compile::{Proto, opcode as op};
use crate::text::number::until_zero;
use crate::value::Value;

/// A value's name and what kind of name it is.
pub(crate) struct Named {
    pub(crate) kind: &'static str,
    pub(crate) name: Vec<u8>,
}

impl Vm {
    /// What the value in a register is called where the frame is.
    pub(super) fn name_of(&self, frame: &Frame, register: usize) -> Option<Named> {
        self.name_at(&self.code[frame.proto], (frame.pc as usize).checked_sub(1)?, register)
    }

    /// What the function is called that the frame's instruction calls.
    pub(super) fn name_of_callee(&self, caller: &Frame) -> Option<Named> {
        let proto = &self.code[caller.proto];
        let pc = (caller.pc as usize).checked_sub(1)?;
        let instruction = *proto.code.get(pc)?;
        let calls = matches!(op::op(instruction), op::CALL | op::TAILCALL | op::TFORLOOP);
        if calls { self.name_at(proto, pc, op::a(instruction)) } else { None }
    }

    fn name_at(&self, proto: &Proto, pc: usize, mut register: usize) -> Option<Named> {
        let mut before = pc;
        loop {
            if let Some(name) = proto.local_name(register, before) {
                return Some(Named { kind: "local", name: self.heap.bytes(name).to_vec() });
            }
            let at = self.setter(proto, before, register)?;
            let instruction = proto.code[at];
            let constant = |index: usize| match proto.constants.get(index) {
                Some(Value::String(name)) => until_zero(self.heap.bytes(*name)).to_vec(),
                _ => b"?".to_vec(),
            };
            let key = || match op::c(instruction).checked_sub(op::CONSTANT as usize) {
                Some(index) => constant(index),
                None => b"?".to_vec(),
            };
            return match op::op(instruction) {
                op::GETGLOBAL => Some(Named { kind: "global", name: constant(op::bx(instruction)) }),
                op::GETTABLE => Some(Named { kind: "field", name: key() }),
                op::SELF => Some(Named { kind: "method", name: key() }),
                op::GETUPVAL => {
                    let name = proto.upvalues.get(op::b(instruction));
                    let name = name.map_or_else(|| b"?".to_vec(), |name| self.heap.bytes(*name).to_vec());
                    Some(Named { kind: "upvalue", name })
                }
                op::MOVE if op::b(instruction) < op::a(instruction) => {
                    (before, register) = (at, op::b(instruction));
                    continue;
                }
                _ => None,
            };
        }
    }

    /// The instruction before that one which last set a register.
    fn setter(&self, proto: &Proto, before: usize, register: usize) -> Option<usize> {
        let mut found = None;
        let mut pc = 0;
        while pc < before {
            let here = pc;
            let instruction = proto.code[pc];
            let a = op::a(instruction);
            let mut jump = None;
            let sets = match op::op(instruction) {
                op::LOADNIL => (a..=op::b(instruction)).contains(&register),
                op::CALL | op::TAILCALL => register >= a,
                op::TFORLOOP => register >= a + 2,
                op::SELF => register == a || register == a + 1,
                op::VARARG => match op::b(instruction) {
                    0 => register >= a,
                    count => (a..a + count - 1).contains(&register),
                },
                op::JMP => {
                    jump = Some(op::sbx(instruction));
                    false
                }
                op::FORLOOP | op::FORPREP => {
                    jump = Some(op::sbx(instruction));
                    register == a
                }
                op::SETLIST => {
                    // The count may be the next instruction.
                    pc += usize::from(op::c(instruction) == 0);
                    false
                }
                op::CLOSURE => {
                    pc += self.code[proto.protos[op::bx(instruction)]].upvalues.len();
                    register == a
                }
                op::SETGLOBAL
                | op::SETUPVAL
                | op::SETTABLE
                | op::EQ
                | op::LT
                | op::LE
                | op::RETURN
                | op::CLOSE => false,
                // A test counts as if it had set what it looks at.
                _ => register == a,
            };
            if sets {
                found = Some(here);
            }
            let target = jump.map(|jump| pc as i64 + 1 + i64::from(jump));
            match target {
                Some(target) if target > pc as i64 && target <= before as i64 => pc = target as usize,
                _ => pc += 1,
            }
        }
        found
    }
}
