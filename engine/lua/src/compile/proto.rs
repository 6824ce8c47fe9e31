//! What the compiler makes of a function.

use alloc::vec::Vec;

use crate::value::{Str, Value};

/// A function's code and what is known about it.
#[derive(Debug, Default)]
pub(crate) struct Proto {
    pub(crate) code: Vec<u32>,
    /// The line of each instruction.
    pub(crate) lines: Vec<u32>,
    pub(crate) constants: Vec<Value>,
    /// The functions that are written in it.
    pub(crate) protos: Vec<u32>,
    pub(crate) upvalues: Vec<Str>,
    pub(crate) locals: Vec<Local>,
    /// The chunk's name, as it was given.
    pub(crate) source: Option<Str>,
    /// Where it begins; 0 for a whole chunk.
    pub(crate) line: u32,
    pub(crate) params: u8,
    /// How many registers it uses.
    pub(crate) registers: u8,
    pub(crate) is_vararg: bool,
    /// Whether its further arguments come as the table `arg`.
    pub(crate) needs_arg: bool,
}

/// A local variable and the instructions during which it exists.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Local {
    pub(crate) name: Str,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Proto {
    pub(crate) const fn weight(&self) -> usize {
        128 + self.code.len() * 8
            + self.constants.len() * 16
            + self.protos.len() * 8
            + self.upvalues.len() * 8
            + self.locals.len() * 16
    }

    /// The name of the local variable in a register when an instruction runs.
    pub(crate) fn local_name(&self, register: usize, pc: usize) -> Option<Str> {
        let live =
            self.locals.iter().filter(|local| (local.start as usize..local.end as usize).contains(&pc));
        live.map(|local| local.name).nth(register)
    }
}
