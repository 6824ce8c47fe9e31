//! Expressions whose value is not where it is wanted yet. What an operand is decides on the instruction that uses it:
//! `a + 1` takes `a` from its register and `1` from the constants, and only then chooses where the sum goes.

use super::Fault;
use super::code::{Func, NO_JUMP};
use super::opcode as op;
use crate::vm::compute;

/// Where the value of an expression is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// There is none.
    Void,
    Nil,
    True,
    False,
    Constant(usize),
    Number(f64),
    /// In a variable's register.
    Local(usize),
    Upvalue(usize),
    /// The global with the name that this constant is.
    Global(usize),
    /// The element of the table in a register under a key (RK).
    Indexed(usize, usize),
    /// A test, whose jump this is: taken if it holds.
    Jump(i32),
    /// What an instruction leaves in a register that can still be chosen.
    Relocatable(i32),
    Register(usize),
    /// The results of a call.
    Call(i32),
    /// `...`
    Vararg(i32),
}

/// An expression: its value, and the jumps out of it that know its truth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expression {
    pub(super) kind: Kind,
    /// Taken when it is true.
    pub(super) on_true: i32,
    /// Taken when it is false.
    pub(super) on_false: i32,
}

/// An operator between two operands, or before one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    /// With its instruction.
    Arithmetic(u32),
    Concat,
    NotEqual,
    Equal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unary {
    Minus,
    Not,
    Length,
}

impl From<Kind> for Expression {
    fn from(kind: Kind) -> Self {
        Self { kind, on_true: NO_JUMP, on_false: NO_JUMP }
    }
}

impl Expression {
    const fn has_jumps(&self) -> bool {
        self.on_true != self.on_false
    }

    /// A number that can be computed with now.
    const fn numeral(&self) -> Option<f64> {
        match self.kind {
            Kind::Number(number) if self.on_true == NO_JUMP && self.on_false == NO_JUMP => Some(number),
            _ => None,
        }
    }
}

impl Func {
    /// Asks a call or `...` for that many values; all if `None`.
    pub(super) fn set_results(&mut self, e: &Expression, count: Option<usize>) -> Result<(), Fault> {
        let count = count.map_or(0, |count| count + 1) as u32;
        match e.kind {
            Kind::Call(pc) => {
                let call = self.instruction(pc);
                *call = op::abc(op::CALL, op::a(*call) as u32, op::b(*call) as u32, count);
            }
            Kind::Vararg(pc) => {
                let register = self.free as u32;
                *self.instruction(pc) = op::abc(op::VARARG, register, count, 0);
                self.reserve(1)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// A call or `...` as a single value.
    pub(super) fn set_one_result(&mut self, e: &mut Expression) {
        match e.kind {
            Kind::Call(pc) => e.kind = Kind::Register(op::a(*self.instruction(pc))),
            Kind::Vararg(pc) => {
                let instruction = self.instruction(pc);
                *instruction = op::abc(op::VARARG, op::a(*instruction) as u32, 2, 0);
                e.kind = Kind::Relocatable(pc);
            }
            _ => {}
        }
    }

    /// Reads variables: the value is then in a register, or on its way.
    pub(super) fn discharge(&mut self, e: &mut Expression) -> Result<(), Fault> {
        e.kind = match e.kind {
            Kind::Local(register) => Kind::Register(register),
            Kind::Upvalue(index) => Kind::Relocatable(self.abc(op::GETUPVAL, 0, index, 0)?),
            Kind::Global(name) => Kind::Relocatable(self.abx(op::GETGLOBAL, 0, name)?),
            Kind::Indexed(table, key) => {
                self.release(key);
                self.release(table);
                Kind::Relocatable(self.abc(op::GETTABLE, 0, table, key)?)
            }
            Kind::Call(_) | Kind::Vararg(_) => {
                self.set_one_result(e);
                return Ok(());
            }
            kind => kind,
        };
        Ok(())
    }

    fn discharge_to(&mut self, e: &mut Expression, register: usize) -> Result<(), Fault> {
        self.discharge(e)?;
        match e.kind {
            Kind::Nil => self.nil(register, 1)?,
            Kind::True | Kind::False => {
                self.abc(op::LOADBOOL, register, usize::from(e.kind == Kind::True), 0)?;
            }
            Kind::Constant(index) => {
                self.abx(op::LOADK, register, index)?;
            }
            Kind::Number(number) => {
                let index = self.number_constant(number)?;
                self.abx(op::LOADK, register, index)?;
            }
            Kind::Relocatable(pc) => {
                let instruction = self.instruction(pc);
                *instruction = *instruction & !(0xff << 6) | (register as u32) << 6;
            }
            Kind::Register(from) if from != register => {
                self.abc(op::MOVE, register, from, 0)?;
            }
            Kind::Register(_) => {}
            _ => return Ok(()),
        }
        e.kind = Kind::Register(register);
        Ok(())
    }

    fn discharge_to_any(&mut self, e: &mut Expression) -> Result<(), Fault> {
        if matches!(e.kind, Kind::Register(_)) {
            return Ok(());
        }
        self.reserve(1)?;
        self.discharge_to(e, self.free - 1)
    }

    /// The value is in that register, whichever way it was reached.
    pub(super) fn put_in(&mut self, e: &mut Expression, register: usize) -> Result<(), Fault> {
        self.discharge_to(e, register)?;
        if let Kind::Jump(jump) = e.kind {
            e.on_true = self.join(e.on_true, jump)?;
        }
        if e.has_jumps() {
            let (mut load_false, mut load_true) = (NO_JUMP, NO_JUMP);
            if self.needs_value(e.on_true) || self.needs_value(e.on_false) {
                let over = if matches!(e.kind, Kind::Jump(_)) { NO_JUMP } else { self.jump()? };
                self.label();
                load_false = self.abc(op::LOADBOOL, register, 0, 1)?;
                self.label();
                load_true = self.abc(op::LOADBOOL, register, 1, 0)?;
                self.patch_here(over)?;
            }
            let end = self.label();
            self.patch_values(e.on_false, end, register, load_false)?;
            self.patch_values(e.on_true, end, register, load_true)?;
        }
        *e = Kind::Register(register).into();
        Ok(())
    }

    pub(super) fn put_in_next(&mut self, e: &mut Expression) -> Result<(), Fault> {
        self.discharge(e)?;
        self.release_expression(e);
        self.reserve(1)?;
        self.put_in(e, self.free - 1)
    }

    pub(super) fn put_in_any(&mut self, e: &mut Expression) -> Result<usize, Fault> {
        self.discharge(e)?;
        if let Kind::Register(register) = e.kind {
            if !e.has_jumps() {
                return Ok(register);
            }
            if register >= self.active.len() {
                self.put_in(e, register)?;
                return Ok(register);
            }
        }
        self.put_in_next(e)?;
        match e.kind {
            Kind::Register(register) => Ok(register),
            _ => Ok(0),
        }
    }

    pub(super) fn settle(&mut self, e: &mut Expression) -> Result<(), Fault> {
        if e.has_jumps() { self.put_in_any(e).map(|_| ()) } else { self.discharge(e) }
    }

    /// The value as an operand: a constant if it is one that can be named in an instruction.
    pub(super) fn operand(&mut self, e: &mut Expression) -> Result<usize, Fault> {
        self.settle(e)?;
        let few = self.proto.constants.len() <= 255;
        let constant = match e.kind {
            Kind::Nil if few => Some(self.nil_constant()?),
            Kind::True | Kind::False if few => Some(self.bool_constant(e.kind == Kind::True)?),
            Kind::Number(number) if few => Some(self.number_constant(number)?),
            Kind::Constant(index) if index <= 255 => Some(index),
            _ => None,
        };
        match constant {
            Some(index) => {
                e.kind = Kind::Constant(index);
                Ok(index + op::CONSTANT as usize)
            }
            None => self.put_in_any(e),
        }
    }

    pub(super) fn release_expression(&mut self, e: &Expression) {
        if let Kind::Register(register) = e.kind {
            self.release(register);
        }
    }

    /// `variable = e`
    pub(super) fn store(&mut self, variable: &Expression, e: &mut Expression) -> Result<(), Fault> {
        match variable.kind {
            Kind::Local(register) => {
                self.release_expression(e);
                return self.put_in(e, register);
            }
            Kind::Upvalue(index) => {
                let from = self.put_in_any(e)?;
                self.abc(op::SETUPVAL, from, index, 0)?;
            }
            Kind::Global(name) => {
                let from = self.put_in_any(e)?;
                self.abx(op::SETGLOBAL, from, name)?;
            }
            Kind::Indexed(table, key) => {
                let value = self.operand(e)?;
                self.abc(op::SETTABLE, table, key, value)?;
            }
            _ => {}
        }
        self.release_expression(e);
        Ok(())
    }

    /// `e:key`: the function and the object in two registers.
    pub(super) fn method(&mut self, e: &mut Expression, key: &mut Expression) -> Result<(), Fault> {
        let object = self.put_in_any(e)?;
        self.release_expression(e);
        let function = self.free;
        self.reserve(2)?;
        let key_operand = self.operand(key)?;
        self.abc(op::SELF, function, object, key_operand)?;
        self.release_expression(key);
        e.kind = Kind::Register(function);
        Ok(())
    }

    /// `table[key]`
    pub(super) fn indexed(&mut self, table: &mut Expression, key: &mut Expression) -> Result<(), Fault> {
        let key = self.operand(key)?;
        if let Kind::Register(register) = table.kind {
            table.kind = Kind::Indexed(register, key);
        }
        Ok(())
    }

    fn conditional_jump(&mut self, code: u32, a: usize, b: usize, c: usize) -> Result<i32, Fault> {
        self.abc(code, a, b, c)?;
        self.jump()
    }

    fn negate(&mut self, jump: i32) {
        let control = self.control_of(jump);
        let instruction = self.instruction(control);
        *instruction ^= 1 << 6;
    }

    fn jump_if(&mut self, e: &mut Expression, condition: bool) -> Result<i32, Fault> {
        if let Kind::Relocatable(pc) = e.kind {
            let instruction = *self.instruction(pc);
            if op::op(instruction) == op::NOT {
                // The test is turned round instead.
                self.proto.code.pop();
                self.proto.lines.pop();
                return self.conditional_jump(op::TEST, op::b(instruction), 0, usize::from(!condition));
            }
        }
        self.discharge_to_any(e)?;
        self.release_expression(e);
        let register = if let Kind::Register(register) = e.kind { register } else { 0 };
        self.conditional_jump(op::TESTSET, 255, register, usize::from(condition))
    }

    /// What follows runs if the expression is true.
    pub(super) fn go_if_true(&mut self, e: &mut Expression) -> Result<(), Fault> {
        self.discharge(e)?;
        let jump = match e.kind {
            Kind::Constant(_) | Kind::Number(_) | Kind::True => NO_JUMP,
            Kind::Jump(jump) => {
                self.negate(jump);
                jump
            }
            _ => self.jump_if(e, false)?,
        };
        e.on_false = self.join(e.on_false, jump)?;
        self.patch_here(e.on_true)?;
        e.on_true = NO_JUMP;
        Ok(())
    }

    /// What follows runs if the expression is false.
    pub(super) fn go_if_false(&mut self, e: &mut Expression) -> Result<(), Fault> {
        self.discharge(e)?;
        let jump = match e.kind {
            Kind::Nil | Kind::False => NO_JUMP,
            Kind::Jump(jump) => jump,
            _ => self.jump_if(e, true)?,
        };
        e.on_true = self.join(e.on_true, jump)?;
        self.patch_here(e.on_false)?;
        e.on_false = NO_JUMP;
        Ok(())
    }

    fn not(&mut self, e: &mut Expression) -> Result<(), Fault> {
        self.discharge(e)?;
        match e.kind {
            Kind::Nil | Kind::False => e.kind = Kind::True,
            Kind::Constant(_) | Kind::Number(_) | Kind::True => e.kind = Kind::False,
            Kind::Jump(jump) => self.negate(jump),
            Kind::Relocatable(_) | Kind::Register(_) => {
                self.discharge_to_any(e)?;
                self.release_expression(e);
                let register = if let Kind::Register(register) = e.kind { register } else { 0 };
                e.kind = Kind::Relocatable(self.abc(op::NOT, 0, register, 0)?);
            }
            _ => {}
        }
        core::mem::swap(&mut e.on_true, &mut e.on_false);
        self.drop_values(e.on_false);
        self.drop_values(e.on_true);
        Ok(())
    }

    /// Computes what is known now, unless the result would be no number.
    fn folded(code: u32, left: &Expression, right: &Expression) -> Option<f64> {
        let (left, right) = (left.numeral()?, right.numeral()?);
        if matches!(code, op::DIV | op::MOD) && right == 0.0 || code == op::LEN {
            return None;
        }
        let value = compute(code, left, right);
        (!value.is_nan()).then_some(value)
    }

    fn arithmetic(&mut self, code: u32, left: &mut Expression, right: &mut Expression) -> Result<(), Fault> {
        if let Some(value) = Self::folded(code, left, right) {
            left.kind = Kind::Number(value);
            return Ok(());
        }
        let is_unary = matches!(code, op::UNM | op::LEN);
        let second = if is_unary { 0 } else { self.operand(right)? };
        let first = self.operand(left)?;
        // Registers are freed from the top.
        if first > second {
            self.release_expression(left);
            self.release_expression(right);
        } else {
            self.release_expression(right);
            self.release_expression(left);
        }
        left.kind = Kind::Relocatable(self.abc(code, 0, first, second)?);
        left.on_true = NO_JUMP;
        left.on_false = NO_JUMP;
        Ok(())
    }

    fn comparison(
        &mut self,
        code: u32,
        condition: bool,
        left: &mut Expression,
        right: &mut Expression,
    ) -> Result<(), Fault> {
        let mut first = self.operand(left)?;
        let mut second = self.operand(right)?;
        self.release_expression(right);
        self.release_expression(left);
        let mut condition = condition;
        if !condition && code != op::EQ {
            // `a > b` is `b < a`.
            core::mem::swap(&mut first, &mut second);
            condition = true;
        }
        let jump = self.conditional_jump(code, usize::from(condition), first, second)?;
        *left = Kind::Jump(jump).into();
        Ok(())
    }

    pub(super) fn prefix(&mut self, operator: Unary, e: &mut Expression) -> Result<(), Fault> {
        let mut nothing = Expression::from(Kind::Number(0.0));
        match operator {
            Unary::Not => self.not(e),
            Unary::Minus => {
                if e.numeral().is_none() {
                    self.put_in_any(e)?;
                }
                self.arithmetic(op::UNM, e, &mut nothing)
            }
            Unary::Length => {
                self.put_in_any(e)?;
                self.arithmetic(op::LEN, e, &mut nothing)
            }
        }
    }

    /// The left operand, when the operator has been read.
    pub(super) fn infix(&mut self, operator: Binary, left: &mut Expression) -> Result<(), Fault> {
        match operator {
            Binary::And => self.go_if_true(left),
            Binary::Or => self.go_if_false(left),
            // Operands of `..` lie side by side.
            Binary::Concat => self.put_in_next(left),
            Binary::Arithmetic(_) if left.numeral().is_some() => Ok(()),
            _ => self.operand(left).map(|_| ()),
        }
    }

    /// Both operands, when the right one has been read.
    pub(super) fn postfix(
        &mut self,
        operator: Binary,
        left: &mut Expression,
        right: &mut Expression,
    ) -> Result<(), Fault> {
        match operator {
            Binary::And => {
                self.discharge(right)?;
                right.on_false = self.join(right.on_false, left.on_false)?;
                *left = *right;
                Ok(())
            }
            Binary::Or => {
                self.discharge(right)?;
                right.on_true = self.join(right.on_true, left.on_true)?;
                *left = *right;
                Ok(())
            }
            Binary::Concat => self.concat(left, right),
            Binary::Arithmetic(code) => self.arithmetic(code, left, right),
            Binary::Equal => self.comparison(op::EQ, true, left, right),
            Binary::NotEqual => self.comparison(op::EQ, false, left, right),
            Binary::Less => self.comparison(op::LT, true, left, right),
            Binary::LessEqual => self.comparison(op::LE, true, left, right),
            Binary::Greater => self.comparison(op::LT, false, left, right),
            Binary::GreaterEqual => self.comparison(op::LE, false, left, right),
        }
    }

    fn concat(&mut self, left: &mut Expression, right: &mut Expression) -> Result<(), Fault> {
        self.settle(right)?;
        if let (Kind::Relocatable(pc), Kind::Register(first)) = (right.kind, left.kind) {
            let instruction = *self.instruction(pc);
            if op::op(instruction) == op::CONCAT {
                // `a .. (b .. c)` is one instruction.
                self.release_expression(left);
                *self.instruction(pc) = op::abc(op::CONCAT, 0, first as u32, op::c(instruction) as u32);
                left.kind = Kind::Relocatable(pc);
                return Ok(());
            }
        }
        self.put_in_next(right)?;
        self.arithmetic(op::CONCAT, left, right)
    }
}
