//! Names: local variables, variables of the functions around, globals.

use super::Fault;
use super::code::Source;
use super::expression::{Expression, Kind};
use super::parser::Parser;
use crate::value::Str;

const LOCALS_MAX: usize = 200;
const UPVALUES_MAX: usize = 60;

impl Parser<'_> {
    /// Declares a variable that becomes visible later; `waiting` are declared before it and not visible yet.
    pub(super) fn declare(&mut self, name: Str, waiting: usize) -> Result<usize, Fault> {
        if self.func().active.len() + waiting + 1 > LOCALS_MAX {
            return Err(self.limit(LOCALS_MAX, "local variables"));
        }
        Ok(self.func().declare(name))
    }

    pub(super) fn declare_named(&mut self, name: &str, waiting: usize) -> Result<usize, Fault> {
        let name = self.heap.text(name.as_bytes())?;
        self.declare(name, waiting)
    }

    /// Makes declared variables visible: they are the next registers.
    pub(super) fn activate(&mut self, variables: impl IntoIterator<Item = usize>) {
        for at in variables {
            self.func().open_local(at);
        }
    }

    /// What a name stands for here.
    pub(super) fn variable(&mut self, name: Str) -> Result<Expression, Fault> {
        let innermost = self.functions.len() - 1;
        let kind = match self.find(innermost, name, true)? {
            Some(kind) => kind,
            None => Kind::Global(self.func().string_constant(name)?),
        };
        Ok(kind.into())
    }

    /// Finds a variable from the function at that level on outwards.
    fn find(&mut self, level: usize, name: Str, is_own: bool) -> Result<Option<Kind>, Fault> {
        let func = &mut self.functions[level];
        if let Some(register) = func.find_local(name, self.heap) {
            if !is_own
                && let Some(block) = func.blocks.iter_mut().rev().find(|block| block.active <= register)
            {
                block.is_shared = true;
            }
            return Ok(Some(Kind::Local(register)));
        }
        let Some(outer) = level.checked_sub(1) else { return Ok(None) };
        let source = match self.find(outer, name, false)? {
            Some(Kind::Local(index)) => Source { is_local: true, index },
            Some(Kind::Upvalue(index)) => Source { is_local: false, index },
            _ => return Ok(None),
        };
        self.share(level, name, source).map(|index| Some(Kind::Upvalue(index)))
    }

    fn share(&mut self, level: usize, name: Str, source: Source) -> Result<usize, Fault> {
        let func = &mut self.functions[level];
        if let Some(index) = func.sources.iter().position(|other| *other == source) {
            return Ok(index);
        }
        if func.sources.len() + 1 > UPVALUES_MAX {
            // The limit is told of the function that has it.
            self.functions.truncate(level + 1);
            return Err(self.limit(UPVALUES_MAX, "upvalues"));
        }
        func.sources.push(source);
        func.proto.upvalues.push(name);
        Ok(func.sources.len() - 1)
    }
}
