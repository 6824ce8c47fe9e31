//! Reading expressions.

use alloc::vec::Vec;

use super::Fault;
use super::code::NO_JUMP;
use super::expression::{Binary, Expression, Kind, Unary};
use super::lexer::Token;
use super::opcode as op;
use super::parser::{Parser, expected};

/// How strongly a prefix binds.
const UNARY_PRIORITY: u8 = 8;
const SIZE_MAX: usize = i32::MAX as usize - 2;

/// The elements of a table constructor.
struct Constructor {
    register: usize,
    /// The element that was read last and waits to be put into a register.
    item: Option<Expression>,
    /// Elements by name or key.
    keyed: u32,
    /// Elements in sequence.
    listed: u32,
    /// Of those, the ones that wait in registers.
    waiting: usize,
}

/// An operator, and how strongly it binds to its left and to its right.
const fn binary(token: Token) -> Option<(Binary, u8, u8)> {
    Some(match token {
        Token::Byte(b'+') => (Binary::Arithmetic(op::ADD), 6, 6),
        Token::Byte(b'-') => (Binary::Arithmetic(op::SUB), 6, 6),
        Token::Byte(b'*') => (Binary::Arithmetic(op::MUL), 7, 7),
        Token::Byte(b'/') => (Binary::Arithmetic(op::DIV), 7, 7),
        Token::Byte(b'%') => (Binary::Arithmetic(op::MOD), 7, 7),
        Token::Byte(b'^') => (Binary::Arithmetic(op::POW), 10, 9),
        Token::Concat => (Binary::Concat, 5, 4),
        Token::NotEqual => (Binary::NotEqual, 3, 3),
        Token::Equal => (Binary::Equal, 3, 3),
        Token::Byte(b'<') => (Binary::Less, 3, 3),
        Token::LessEqual => (Binary::LessEqual, 3, 3),
        Token::Byte(b'>') => (Binary::Greater, 3, 3),
        Token::GreaterEqual => (Binary::GreaterEqual, 3, 3),
        Token::And => (Binary::And, 2, 2),
        Token::Or => (Binary::Or, 1, 1),
        _ => return None,
    })
}

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Result<Expression, Fault> {
        self.operation(0)
    }

    /// An expression whose operators bind more strongly than that.
    fn operation(&mut self, priority: u8) -> Result<Expression, Fault> {
        self.enter_level()?;
        let unary = match self.token() {
            Token::Not => Some(Unary::Not),
            Token::Byte(b'-') => Some(Unary::Minus),
            Token::Byte(b'#') => Some(Unary::Length),
            _ => None,
        };
        let mut left = if let Some(operator) = unary {
            self.advance()?;
            let mut operand = self.operation(UNARY_PRIORITY)?;
            self.func().prefix(operator, &mut operand)?;
            operand
        } else {
            self.simple()?
        };
        while let Some((operator, on_left, on_right)) = binary(self.token())
            && on_left > priority
        {
            self.advance()?;
            self.func().infix(operator, &mut left)?;
            let mut right = self.operation(on_right)?;
            self.func().postfix(operator, &mut left, &mut right)?;
        }
        self.leave_level();
        Ok(left)
    }

    fn simple(&mut self) -> Result<Expression, Fault> {
        let kind = match self.token() {
            Token::Number => Kind::Number(self.current.number),
            Token::String => return self.string(),
            Token::Nil => Kind::Nil,
            Token::True => Kind::True,
            Token::False => Kind::False,
            Token::Dots => {
                let func = self.func();
                if !func.proto.is_vararg {
                    return Err(Fault::Syntax("cannot use '...' outside a vararg function"));
                }
                func.proto.needs_arg = false;
                Kind::Vararg(func.abc(op::VARARG, 0, 1, 0)?)
            }
            Token::Byte(b'{') => return self.constructor(),
            Token::Function => {
                let line = self.line();
                self.advance()?;
                return self.function_body(false, line);
            }
            _ => return self.primary(),
        };
        self.advance()?;
        Ok(kind.into())
    }

    fn string(&mut self) -> Result<Expression, Fault> {
        let Some(text) = self.current.text else { return Err(expected(Token::String)) };
        let constant = self.func().string_constant(text)?;
        self.advance()?;
        Ok(Kind::Constant(constant).into())
    }

    /// A variable, or an expression in parentheses, with what follows it: `.name`, `[key]`, `:method()`, `()`.
    pub(super) fn primary(&mut self) -> Result<Expression, Fault> {
        let mut e = self.prefix()?;
        loop {
            match self.token() {
                Token::Byte(b'.') => self.field(&mut e)?,
                Token::Byte(b'[') => {
                    self.func().put_in_any(&mut e)?;
                    let mut key = self.bracketed()?;
                    self.func().indexed(&mut e, &mut key)?;
                }
                Token::Byte(b':') => {
                    self.advance()?;
                    let name = self.name()?;
                    let mut key = Kind::Constant(self.func().string_constant(name)?).into();
                    self.func().method(&mut e, &mut key)?;
                    self.arguments(&mut e)?;
                }
                Token::Byte(b'(' | b'{') | Token::String => {
                    self.func().put_in_next(&mut e)?;
                    self.arguments(&mut e)?;
                }
                _ => return Ok(e),
            }
        }
    }

    fn prefix(&mut self) -> Result<Expression, Fault> {
        match self.token() {
            Token::Byte(b'(') => {
                let line = self.line();
                self.advance()?;
                let mut e = self.expression()?;
                self.expect_end(Token::Byte(b')'), Token::Byte(b'('), line)?;
                self.func().discharge(&mut e)?;
                Ok(e)
            }
            Token::Name => {
                let name = self.name()?;
                self.variable(name)
            }
            _ => Err(Fault::Syntax("unexpected symbol")),
        }
    }

    pub(super) fn field(&mut self, e: &mut Expression) -> Result<(), Fault> {
        self.func().put_in_any(e)?;
        self.advance()?;
        let name = self.name()?;
        let mut key = Kind::Constant(self.func().string_constant(name)?).into();
        self.func().indexed(e, &mut key)
    }

    fn bracketed(&mut self) -> Result<Expression, Fault> {
        self.advance()?;
        let mut key = self.expression()?;
        self.func().settle(&mut key)?;
        self.expect(Token::Byte(b']'))?;
        Ok(key)
    }

    /// The arguments of a call whose function is in a register.
    fn arguments(&mut self, e: &mut Expression) -> Result<(), Fault> {
        let line = self.line();
        let mut last = match self.token() {
            Token::Byte(b'(') => {
                if line != self.last_line {
                    return Err(Fault::Syntax("ambiguous syntax (function call x new statement)"));
                }
                self.advance()?;
                let last = if self.token() == Token::Byte(b')') {
                    Kind::Void.into()
                } else {
                    let (last, _) = self.expressions()?;
                    self.func().set_results(&last, None)?;
                    last
                };
                self.expect_end(Token::Byte(b')'), Token::Byte(b'('), line)?;
                last
            }
            Token::Byte(b'{') => self.constructor()?,
            Token::String => self.string()?,
            _ => return Err(Fault::Syntax("function arguments expected")),
        };
        let base = match e.kind {
            Kind::Register(register) => register,
            _ => 0,
        };
        let func = self.func();
        let count = if matches!(last.kind, Kind::Call(_) | Kind::Vararg(_)) {
            0
        } else {
            if last.kind != Kind::Void {
                func.put_in_next(&mut last)?;
            }
            func.free - base
        };
        e.kind = Kind::Call(func.abc(op::CALL, base, count, 2)?);
        (e.on_true, e.on_false) = (NO_JUMP, NO_JUMP);
        func.fix_line(line);
        func.free = base + 1;
        Ok(())
    }

    /// Expressions with commas between: the last one, and how many. The others are in registers.
    pub(super) fn expressions(&mut self) -> Result<(Expression, usize), Fault> {
        let mut count = 1;
        let mut last = self.expression()?;
        while self.take(Token::Byte(b','))? {
            self.func().put_in_next(&mut last)?;
            last = self.expression()?;
            count += 1;
        }
        Ok((last, count))
    }

    fn constructor(&mut self) -> Result<Expression, Fault> {
        let line = self.line();
        let pc = self.func().abc(op::NEWTABLE, 0, 0, 0)?;
        let mut table = Expression::from(Kind::Relocatable(pc));
        self.func().put_in_next(&mut table)?;
        let Kind::Register(register) = table.kind else { return Ok(table) };
        let mut all = Constructor { register, item: None, keyed: 0, listed: 0, waiting: 0 };
        self.expect(Token::Byte(b'{'))?;
        while self.token() != Token::Byte(b'}') {
            self.close_item(&mut all)?;
            self.element(&mut all)?;
            if !self.take(Token::Byte(b','))? && !self.take(Token::Byte(b';'))? {
                break;
            }
        }
        self.expect_end(Token::Byte(b'}'), Token::Byte(b'{'), line)?;
        self.last_item(&mut all)?;
        let (listed, keyed) = (op::small_float(all.listed), op::small_float(all.keyed));
        let instruction = self.func().instruction(pc);
        *instruction = op::abc(op::NEWTABLE, op::a(*instruction) as u32, listed, keyed);
        Ok(table)
    }

    fn element(&mut self, all: &mut Constructor) -> Result<(), Fault> {
        match self.token() {
            Token::Name if self.look_ahead()? == Token::Byte(b'=') => {
                let name = self.name()?;
                let key = Kind::Constant(self.func().string_constant(name)?).into();
                let free = self.func().free;
                self.keyed_element(all, key, free)
            }
            Token::Byte(b'[') => {
                let free = self.func().free;
                let key = self.bracketed()?;
                self.keyed_element(all, key, free)
            }
            _ => {
                all.item = Some(self.expression()?);
                if all.listed as usize >= SIZE_MAX {
                    return Err(self.limit(SIZE_MAX, "items in a constructor"));
                }
                all.listed += 1;
                all.waiting += 1;
                Ok(())
            }
        }
    }

    /// `= value`; from `free` on, registers are free again afterwards.
    fn keyed_element(
        &mut self,
        all: &mut Constructor,
        mut key: Expression,
        free: usize,
    ) -> Result<(), Fault> {
        all.keyed += 1;
        self.expect(Token::Byte(b'='))?;
        let key = self.func().operand(&mut key)?;
        let mut value = self.expression()?;
        let func = self.func();
        let value = func.operand(&mut value)?;
        func.abc(op::SETTABLE, all.register, key, value)?;
        func.free = free;
        Ok(())
    }

    /// Puts the item that waits into a register, and all of those into the table when they are many.
    fn close_item(&mut self, all: &mut Constructor) -> Result<(), Fault> {
        let Some(mut item) = all.item.take() else { return Ok(()) };
        let func = self.func();
        func.put_in_next(&mut item)?;
        if all.waiting == op::FIELDS_PER_FLUSH as usize {
            func.set_list(all.register, all.listed as usize, Some(all.waiting))?;
            all.waiting = 0;
        }
        Ok(())
    }

    fn last_item(&mut self, all: &mut Constructor) -> Result<(), Fault> {
        if all.waiting == 0 {
            return Ok(());
        }
        let func = self.func();
        match all.item.take() {
            Some(item) if matches!(item.kind, Kind::Call(_) | Kind::Vararg(_)) => {
                func.set_results(&item, None)?;
                func.set_list(all.register, all.listed as usize, None)?;
                all.listed -= 1;
                return Ok(());
            }
            Some(mut item) => func.put_in_next(&mut item)?,
            None => {}
        }
        func.set_list(all.register, all.listed as usize, Some(all.waiting))
    }

    /// A function's parameters and body; `function` has been read.
    pub(super) fn function_body(&mut self, is_method: bool, line: u32) -> Result<Expression, Fault> {
        self.open_function(line);
        self.expect(Token::Byte(b'('))?;
        if is_method {
            let this = self.declare_named("self", 0)?;
            self.activate([this]);
        }
        self.parameters()?;
        self.expect(Token::Byte(b')'))?;
        self.statements()?;
        self.expect_end(Token::End, Token::Function, line)?;
        let sources: Vec<_> = core::mem::take(&mut self.func().sources);
        let proto = self.close_function()?;
        let func = self.func();
        func.proto.protos.push(proto);
        let pc = func.abx(op::CLOSURE, 0, func.proto.protos.len() - 1)?;
        for source in sources {
            let code = if source.is_local { op::MOVE } else { op::GETUPVAL };
            func.abc(code, 0, source.index, 0)?;
        }
        Ok(Kind::Relocatable(pc).into())
    }

    fn parameters(&mut self) -> Result<(), Fault> {
        let mut declared = Vec::new();
        let mut has_arg = false;
        if self.token() != Token::Byte(b')') {
            loop {
                match self.token() {
                    Token::Name => {
                        let name = self.name()?;
                        declared.push(self.declare(name, declared.len())?);
                    }
                    Token::Dots => {
                        self.advance()?;
                        // The further arguments are also a table, unless `...` is used.
                        declared.push(self.declare_named("arg", declared.len())?);
                        let proto = &mut self.func().proto;
                        (proto.is_vararg, proto.needs_arg) = (true, true);
                        has_arg = true;
                    }
                    _ => return Err(Fault::Syntax("<name> or '...' expected")),
                }
                if has_arg || !self.take(Token::Byte(b','))? {
                    break;
                }
            }
        }
        self.activate(declared);
        let func = self.func();
        let active = func.active.len();
        func.proto.params = (active - usize::from(has_arg)) as u8;
        func.reserve(active)
    }
}
