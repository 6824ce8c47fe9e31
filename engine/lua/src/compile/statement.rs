//! Reading statements.

use alloc::vec::Vec;

use super::Fault;
use super::code::NO_JUMP;
use super::expression::{Expression, Kind};
use super::lexer::Token;
use super::opcode as op;
use super::parser::Parser;

impl Parser<'_> {
    /// Statements up to the end of the block.
    pub(super) fn statements(&mut self) -> Result<(), Fault> {
        self.enter_level()?;
        let mut is_last = false;
        while !is_last && !self.block_ends() {
            is_last = self.statement()?;
            self.take(Token::Byte(b';'))?;
            let func = self.func();
            func.free = func.active.len();
        }
        self.leave_level();
        Ok(())
    }

    const fn block_ends(&self) -> bool {
        matches!(self.token(), Token::Else | Token::ElseIf | Token::End | Token::Until | Token::Eof)
    }

    /// A statement; whether it must be the last of its block.
    fn statement(&mut self) -> Result<bool, Fault> {
        let line = self.line();
        match self.token() {
            Token::If => self.conditional(line)?,
            Token::While => self.while_loop(line)?,
            Token::Do => {
                self.advance()?;
                self.block()?;
                self.expect_end(Token::End, Token::Do, line)?;
            }
            Token::For => self.for_loop(line)?,
            Token::Repeat => self.repeat_loop(line)?,
            Token::Function => self.function(line)?,
            Token::Local => {
                self.advance()?;
                if self.take(Token::Function)? {
                    self.local_function()?;
                } else {
                    self.local()?;
                }
            }
            Token::Return => {
                self.ret()?;
                return Ok(true);
            }
            Token::Break => {
                self.advance()?;
                self.leave_loop()?;
                return Ok(true);
            }
            _ => self.call_or_assignment()?,
        }
        Ok(false)
    }

    fn block(&mut self) -> Result<(), Fault> {
        self.enter_block(false);
        self.statements()?;
        self.leave_block()
    }

    // --- conditions and loops ---

    /// A condition: the jumps that are taken if it is false.
    fn condition(&mut self) -> Result<i32, Fault> {
        let mut e = self.expression()?;
        if e.kind == Kind::Nil {
            e.kind = Kind::False;
        }
        self.func().go_if_true(&mut e)?;
        Ok(e.on_false)
    }

    fn conditional(&mut self, line: u32) -> Result<(), Fault> {
        let mut ends = NO_JUMP;
        let mut otherwise = self.branch()?;
        while self.token() == Token::ElseIf {
            let func = self.func();
            let jump = func.jump()?;
            ends = func.join(ends, jump)?;
            func.patch_here(otherwise)?;
            otherwise = self.branch()?;
        }
        if self.token() == Token::Else {
            let func = self.func();
            let jump = func.jump()?;
            ends = func.join(ends, jump)?;
            func.patch_here(otherwise)?;
            self.advance()?;
            self.block()?;
        } else {
            ends = self.func().join(ends, otherwise)?;
        }
        self.func().patch_here(ends)?;
        self.expect_end(Token::End, Token::If, line)
    }

    /// `if` or `elseif`, condition, `then`, block.
    fn branch(&mut self) -> Result<i32, Fault> {
        self.advance()?;
        let otherwise = self.condition()?;
        self.expect(Token::Then)?;
        self.block()?;
        Ok(otherwise)
    }

    fn while_loop(&mut self, line: u32) -> Result<(), Fault> {
        self.advance()?;
        let start = self.func().label();
        let exit = self.condition()?;
        self.enter_block(true);
        self.expect(Token::Do)?;
        self.block()?;
        let jump = self.func().jump()?;
        self.func().patch(jump, start)?;
        self.expect_end(Token::End, Token::While, line)?;
        self.leave_block()?;
        self.func().patch_here(exit)
    }

    fn repeat_loop(&mut self, line: u32) -> Result<(), Fault> {
        let start = self.func().label();
        self.enter_block(true);
        self.enter_block(false);
        self.advance()?;
        self.statements()?;
        self.expect_end(Token::Until, Token::Repeat, line)?;
        // The condition sees the variables of the block.
        let exit = self.condition()?;
        let is_shared = self.func().blocks.last().is_some_and(|block| block.is_shared);
        if is_shared {
            // They must be closed on both ways out.
            self.leave_loop()?;
            self.func().patch_here(exit)?;
            self.leave_block()?;
            let jump = self.func().jump()?;
            self.func().patch(jump, start)?;
        } else {
            self.leave_block()?;
            self.func().patch(exit, start)?;
        }
        self.leave_block()
    }

    /// `break`
    fn leave_loop(&mut self) -> Result<(), Fault> {
        let func = self.func();
        let Some(at) = func.blocks.iter().rposition(|block| block.is_loop) else {
            return Err(Fault::Syntax("no loop to break"));
        };
        let is_shared = func.blocks[at + 1..].iter().any(|block| block.is_shared);
        if is_shared {
            let active = func.blocks[at].active;
            func.abc(op::CLOSE, active, 0, 0)?;
        }
        let jump = func.jump()?;
        let breaks = func.blocks[at].breaks;
        func.blocks[at].breaks = func.join(breaks, jump)?;
        Ok(())
    }

    fn for_loop(&mut self, line: u32) -> Result<(), Fault> {
        self.enter_block(true);
        self.advance()?;
        let name = self.name()?;
        match self.token() {
            Token::Byte(b'=') => self.numeric_for(name, line)?,
            Token::Byte(b',') | Token::In => self.generic_for(name)?,
            _ => return Err(Fault::Syntax("'=' or 'in' expected")),
        }
        self.expect_end(Token::End, Token::For, line)?;
        self.leave_block()
    }

    fn numeric_for(&mut self, name: crate::value::Str, line: u32) -> Result<(), Fault> {
        let base = self.func().free;
        let mut hidden = Vec::new();
        for name in ["(for index)", "(for limit)", "(for step)"] {
            hidden.push(self.declare_named(name, hidden.len())?);
        }
        let variable = self.declare(name, 3)?;
        self.expect(Token::Byte(b'='))?;
        self.one_value()?;
        self.expect(Token::Byte(b','))?;
        self.one_value()?;
        if self.take(Token::Byte(b','))? {
            self.one_value()?;
        } else {
            let func = self.func();
            let one = func.number_constant(1.0)?;
            func.abx(op::LOADK, func.free, one)?;
            func.reserve(1)?;
        }
        self.activate(hidden);
        self.expect(Token::Do)?;
        let prepare = self.func().abx(op::FORPREP, base, (NO_JUMP + op::JUMP_BIAS) as usize)?;
        self.loop_body([variable])?;
        self.func().patch_here(prepare)?;
        let func = self.func();
        let end = func.abx(op::FORLOOP, base, (NO_JUMP + op::JUMP_BIAS) as usize)?;
        func.fix_line(line);
        func.patch(end, prepare + 1)
    }

    fn generic_for(&mut self, first: crate::value::Str) -> Result<(), Fault> {
        let base = self.func().free;
        let mut hidden = Vec::new();
        for name in ["(for generator)", "(for state)", "(for control)"] {
            hidden.push(self.declare_named(name, hidden.len())?);
        }
        let mut variables = Vec::new();
        variables.push(self.declare(first, 3)?);
        while self.take(Token::Byte(b','))? {
            let name = self.name()?;
            variables.push(self.declare(name, 3 + variables.len())?);
        }
        self.expect(Token::In)?;
        let line = self.line();
        let (mut last, count) = self.expressions()?;
        self.adjust(3, count, &mut last)?;
        // Room to call the generator.
        self.func().check_registers(3)?;
        self.activate(hidden);
        self.expect(Token::Do)?;
        let prepare = self.func().jump()?;
        let count = variables.len();
        self.loop_body(variables)?;
        self.func().patch_here(prepare)?;
        let func = self.func();
        func.abc(op::TFORLOOP, base, 0, count)?;
        func.fix_line(line);
        let end = func.jump()?;
        func.patch(end, prepare + 1)
    }

    fn loop_body(&mut self, variables: impl IntoIterator<Item = usize>) -> Result<(), Fault> {
        self.enter_block(false);
        let variables: Vec<usize> = variables.into_iter().collect();
        let count = variables.len();
        self.activate(variables);
        self.func().reserve(count)?;
        self.block()?;
        self.leave_block()
    }

    fn one_value(&mut self) -> Result<(), Fault> {
        let mut e = self.expression()?;
        self.func().put_in_next(&mut e)
    }

    // --- functions ---

    fn function(&mut self, line: u32) -> Result<(), Fault> {
        self.advance()?;
        let name = self.name()?;
        let mut target = self.variable(name)?;
        while self.token() == Token::Byte(b'.') {
            self.field(&mut target)?;
        }
        let is_method = self.token() == Token::Byte(b':');
        if is_method {
            self.field(&mut target)?;
        }
        let mut body = self.function_body(is_method, line)?;
        let func = self.func();
        func.store(&target, &mut body)?;
        func.fix_line(line);
        Ok(())
    }

    fn local_function(&mut self) -> Result<(), Fault> {
        let name = self.name()?;
        let variable = self.declare(name, 0)?;
        let register = self.func().free;
        self.func().reserve(1)?;
        // It is visible in its own body, but for those who debug only when it has a value.
        self.activate([variable]);
        let line = self.line();
        let mut body = self.function_body(false, line)?;
        let func = self.func();
        func.store(&Kind::Local(register).into(), &mut body)?;
        func.proto.locals[variable].start = func.pc() as u32;
        Ok(())
    }

    fn local(&mut self) -> Result<(), Fault> {
        let mut variables = Vec::new();
        loop {
            let name = self.name()?;
            variables.push(self.declare(name, variables.len())?);
            if !self.take(Token::Byte(b','))? {
                break;
            }
        }
        let (mut last, count) =
            if self.take(Token::Byte(b'='))? { self.expressions()? } else { (Kind::Void.into(), 0) };
        self.adjust(variables.len(), count, &mut last)?;
        self.activate(variables);
        Ok(())
    }

    fn ret(&mut self) -> Result<(), Fault> {
        self.advance()?;
        if self.block_ends() || self.token() == Token::Byte(b';') {
            return self.func().ret(0, Some(0));
        }
        let (mut last, count) = self.expressions()?;
        let func = self.func();
        if let Kind::Call(pc) = last.kind {
            func.set_results(&last, None)?;
            if count == 1 {
                let call = func.instruction(pc);
                *call = *call & !0x3f | op::TAILCALL;
            }
            let first = func.active.len();
            return func.ret(first, None);
        }
        if matches!(last.kind, Kind::Vararg(_)) {
            func.set_results(&last, None)?;
            let first = func.active.len();
            return func.ret(first, None);
        }
        if count == 1 {
            let first = func.put_in_any(&mut last)?;
            return func.ret(first, Some(1));
        }
        func.put_in_next(&mut last)?;
        let first = func.active.len();
        func.ret(first, Some(count))
    }

    // --- assignments ---

    fn call_or_assignment(&mut self) -> Result<(), Fault> {
        let first = self.primary()?;
        if let Kind::Call(pc) = first.kind {
            let call = self.func().instruction(pc);
            *call = op::abc(op::CALL, op::a(*call) as u32, op::b(*call) as u32, 1);
            return Ok(());
        }
        let mut targets = alloc::vec![first];
        while matches!(self.token(), Token::Byte(b',')) {
            check_assignable(targets.last())?;
            self.advance()?;
            let next = self.primary()?;
            if let Kind::Local(register) = next.kind {
                self.keep_operands(&mut targets, register)?;
            }
            let most = self.levels_left();
            if targets.len() > most {
                return Err(self.limit(most, "variables in assignment"));
            }
            targets.push(next);
        }
        check_assignable(targets.last())?;
        self.expect(Token::Byte(b'='))?;
        let (mut last, count) = self.expressions()?;
        if count == targets.len() {
            self.func().set_one_result(&mut last);
            if let Some(target) = targets.pop() {
                self.func().store(&target, &mut last)?;
            }
        } else {
            self.adjust(targets.len(), count, &mut last)?;
            let wanted = targets.len();
            if count > wanted {
                self.func().free -= count - wanted;
            }
        }
        while let Some(target) = targets.pop() {
            let func = self.func();
            let mut value = Kind::Register(func.free - 1).into();
            func.store(&target, &mut value)?;
        }
        Ok(())
    }

    /// `a[i], a = …`: the variable that is assigned is used by a target before it, which gets a copy.
    fn keep_operands(&mut self, targets: &mut [Expression], register: usize) -> Result<(), Fault> {
        let copy = self.func().free;
        let mut conflicts = false;
        for target in targets {
            if let Kind::Indexed(table, key) = &mut target.kind {
                for operand in [table, key] {
                    if *operand == register {
                        *operand = copy;
                        conflicts = true;
                    }
                }
            }
        }
        if conflicts {
            let func = self.func();
            func.abc(op::MOVE, copy, register, 0)?;
            func.reserve(1)?;
        }
        Ok(())
    }

    /// Makes as many values as there are variables.
    fn adjust(&mut self, variables: usize, values: usize, last: &mut Expression) -> Result<(), Fault> {
        let func = self.func();
        if matches!(last.kind, Kind::Call(_) | Kind::Vararg(_)) {
            let wanted = (variables + 1).saturating_sub(values);
            func.set_results(last, Some(wanted))?;
            if wanted > 1 {
                func.reserve(wanted - 1)?;
            }
            return Ok(());
        }
        if last.kind != Kind::Void {
            func.put_in_next(last)?;
        }
        if variables > values {
            let from = func.free;
            func.reserve(variables - values)?;
            func.nil(from, variables - values)?;
        }
        Ok(())
    }
}

fn check_assignable(target: Option<&Expression>) -> Result<(), Fault> {
    match target.map(|target| target.kind) {
        Some(Kind::Local(_) | Kind::Upvalue(_) | Kind::Global(_) | Kind::Indexed(..)) => Ok(()),
        _ => Err(Fault::Syntax("syntax error")),
    }
}
