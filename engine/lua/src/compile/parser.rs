//! The parser: its tokens, and the functions that it is in the middle of.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::Fault;
use super::code::{Block, Func, NO_JUMP};
use super::lexer::{Lexeme, Lexer, Token, text_of};
use super::opcode as op;
use super::proto::Proto;
use crate::heap::{Arena, Heap};
use crate::value::Str;

/// How deep constructs may be within each other, counted together with calls.
const LEVELS_MAX: usize = 200;

pub(super) struct Parser<'a> {
    pub(super) heap: &'a mut Heap,
    pub(super) code: &'a mut Arena<Proto>,
    lexer: Lexer<'a>,
    pub(super) current: Lexeme,
    ahead: Option<Lexeme>,
    /// The line of the token before the current one.
    pub(super) last_line: u32,
    /// The functions that are being compiled, the innermost last.
    pub(super) functions: Vec<Func>,
    pub(super) source: Str,
    levels: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(
        heap: &'a mut Heap,
        code: &'a mut Arena<Proto>,
        text: &'a [u8],
        source: Str,
        depth: usize,
    ) -> Self {
        Self {
            heap,
            code,
            lexer: Lexer::new(text),
            current: Lexeme::default(),
            ahead: None,
            last_line: 1,
            functions: Vec::new(),
            source,
            levels: depth,
        }
    }

    /// A whole chunk.
    pub(super) fn chunk(&mut self) -> Result<u32, Fault> {
        self.open_function(0);
        self.func().proto.is_vararg = true;
        self.advance()?;
        self.statements()?;
        self.check(Token::Eof)?;
        self.close_function()
    }

    pub(super) const fn line(&self) -> u32 {
        self.lexer.line
    }

    pub(super) fn func(&mut self) -> &mut Func {
        self.functions.last_mut().expect("a function is being compiled")
    }

    pub(super) fn open_function(&mut self, line: u32) {
        let mut func = Func::new(self.source, line);
        func.line = self.last_line;
        self.functions.push(func);
    }

    /// Ends the innermost function; its id.
    pub(super) fn close_function(&mut self) -> Result<u32, Fault> {
        let func = self.func();
        func.close_locals(0);
        func.ret(0, Some(0))?;
        let Some(func) = self.functions.pop() else { return Err(Fault::Syntax("")) };
        let mut proto = func.proto;
        proto.code.shrink_to_fit();
        proto.lines.shrink_to_fit();
        proto.constants.shrink_to_fit();
        self.heap.charge(proto.weight())?;
        let last_line = self.last_line;
        if let Some(outer) = self.functions.last_mut() {
            outer.line = last_line;
        }
        Ok(self.code.insert(proto))
    }

    // --- tokens ---

    pub(super) const fn token(&self) -> Token {
        self.current.token
    }

    pub(super) fn shown_token(&self) -> Option<Vec<u8>> {
        // A byte 0 is taken for no token at all.
        (self.current.token != Token::Byte(0)).then(|| self.lexer.shown(self.current.token))
    }

    pub(super) fn advance(&mut self) -> Result<(), Fault> {
        self.last_line = self.lexer.line;
        let line = self.last_line;
        self.func().line = line;
        self.current = match self.ahead.take() {
            Some(lexeme) => lexeme,
            None => self.lexer.next(self.heap)?,
        };
        Ok(())
    }

    /// The token after the current one.
    pub(super) fn look_ahead(&mut self) -> Result<Token, Fault> {
        let lexeme = self.lexer.next(self.heap)?;
        self.ahead = Some(lexeme);
        Ok(lexeme.token)
    }

    pub(super) fn take(&mut self, token: Token) -> Result<bool, Fault> {
        let found = self.current.token == token;
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    pub(super) fn check(&self, token: Token) -> Result<(), Fault> {
        if self.current.token == token { Ok(()) } else { Err(expected(token)) }
    }

    pub(super) fn expect(&mut self, token: Token) -> Result<(), Fault> {
        self.check(token)?;
        self.advance()
    }

    /// Expects what ends a construct that began on that line.
    pub(super) fn expect_end(&mut self, token: Token, start: Token, line: u32) -> Result<(), Fault> {
        if self.take(token)? {
            return Ok(());
        }
        if line == self.lexer.line {
            return Err(expected(token));
        }
        let (end, start) = (text_of(token), text_of(start));
        Err(Fault::At(format!("'{end}' expected (to close '{start}' at line {line})")))
    }

    pub(super) fn name(&mut self) -> Result<Str, Fault> {
        self.check(Token::Name)?;
        let Some(name) = self.current.text else { return Err(expected(Token::Name)) };
        self.advance()?;
        Ok(name)
    }

    // --- limits ---

    pub(super) fn enter_level(&mut self) -> Result<(), Fault> {
        self.levels += 1;
        if self.levels > LEVELS_MAX {
            return Err(Fault::Plain("chunk has too many syntax levels".to_string()));
        }
        Ok(())
    }

    pub(super) const fn leave_level(&mut self) {
        self.levels -= 1;
    }

    pub(super) const fn levels_left(&self) -> usize {
        LEVELS_MAX.saturating_sub(self.levels)
    }

    /// The innermost function has too many of something.
    pub(super) fn limit(&self, limit: usize, what: &str) -> Fault {
        let line = self.functions.last().map_or(0, |func| func.proto.line);
        Fault::At(if line == 0 {
            format!("main function has more than {limit} {what}")
        } else {
            format!("function at line {line} has more than {limit} {what}")
        })
    }

    // --- blocks ---

    pub(super) fn enter_block(&mut self, is_loop: bool) {
        let func = self.func();
        let active = func.active.len();
        func.blocks.push(Block { breaks: NO_JUMP, active, is_shared: false, is_loop });
    }

    pub(super) fn leave_block(&mut self) -> Result<(), Fault> {
        let func = self.func();
        let Some(block) = func.blocks.pop() else { return Ok(()) };
        func.close_locals(block.active);
        if block.is_shared {
            func.abc(op::CLOSE, block.active, 0, 0)?;
        }
        func.free = func.active.len();
        func.patch_here(block.breaks)
    }
}

pub(super) fn expected(token: Token) -> Fault {
    Fault::At(format!("'{}' expected", text_of(token)))
}
