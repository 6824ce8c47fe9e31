//! Source text as tokens.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::Fault;
use crate::heap::Heap;
use crate::text::number;
use crate::value::Str;

/// A token. Symbols of one byte are `Byte`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Token {
    Byte(u8),
    And,
    Break,
    Do,
    Else,
    ElseIf,
    End,
    False,
    For,
    Function,
    If,
    In,
    Local,
    Nil,
    Not,
    Or,
    Repeat,
    Return,
    Then,
    True,
    Until,
    While,
    Concat,
    Dots,
    Equal,
    GreaterEqual,
    LessEqual,
    NotEqual,
    Number,
    Name,
    String,
    #[default]
    Eof,
}

/// Every token that is not a byte, as it is shown.
const TEXTS: [(Token, &str); 31] = [
    (Token::And, "and"),
    (Token::Break, "break"),
    (Token::Do, "do"),
    (Token::Else, "else"),
    (Token::ElseIf, "elseif"),
    (Token::End, "end"),
    (Token::False, "false"),
    (Token::For, "for"),
    (Token::Function, "function"),
    (Token::If, "if"),
    (Token::In, "in"),
    (Token::Local, "local"),
    (Token::Nil, "nil"),
    (Token::Not, "not"),
    (Token::Or, "or"),
    (Token::Repeat, "repeat"),
    (Token::Return, "return"),
    (Token::Then, "then"),
    (Token::True, "true"),
    (Token::Until, "until"),
    (Token::While, "while"),
    (Token::Concat, ".."),
    (Token::Dots, "..."),
    (Token::Equal, "=="),
    (Token::GreaterEqual, ">="),
    (Token::LessEqual, "<="),
    (Token::NotEqual, "~="),
    (Token::Number, "<number>"),
    (Token::Name, "<name>"),
    (Token::String, "<string>"),
    (Token::Eof, "<eof>"),
];
const KEYWORDS: usize = 21;
const LINES_MAX: u32 = i32::MAX as u32 - 2;

/// A token as errors show it.
pub(crate) fn text_of(token: Token) -> String {
    match token {
        Token::Byte(byte) if byte.is_ascii_control() => format!("char({byte})"),
        Token::Byte(byte) => String::from(char::from(byte)),
        _ => TEXTS.iter().find(|(other, _)| *other == token).map_or("", |(_, text)| text).into(),
    }
}

/// What a token stands for, if it is a number, a name or a string.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Lexeme {
    pub(crate) token: Token,
    pub(crate) number: f64,
    pub(crate) text: Option<Str>,
}

pub(crate) struct Lexer<'a> {
    source: &'a [u8],
    at: usize,
    pub(crate) line: u32,
    /// The text of the token that was read last, as far as it was read.
    buffer: Vec<u8>,
}

impl<'a> Lexer<'a> {
    pub(crate) const fn new(source: &'a [u8]) -> Self {
        Self { source, at: 0, line: 1, buffer: Vec::new() }
    }

    fn peek(&self) -> Option<u8> {
        self.source.get(self.at).copied()
    }

    /// Takes the next byte into the token's text.
    fn save(&mut self) {
        if let Some(byte) = self.peek() {
            self.buffer.push(byte);
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// The text of a token for an error: of names, strings and numbers it is what was read.
    pub(crate) fn shown(&self, token: Token) -> Vec<u8> {
        match token {
            Token::Name | Token::String | Token::Number => {
                self.buffer.split(|byte| *byte == 0).next().unwrap_or_default().to_vec()
            }
            Token::Byte(byte) if !byte.is_ascii() => [byte].into(),
            _ => text_of(token).into_bytes(),
        }
    }

    fn fault(&self, text: &str, token: Token) -> Fault {
        Fault::Near(text.into(), self.shown(token))
    }

    /// Goes over a line's end, which may be two bytes.
    fn next_line(&mut self) -> Result<(), Fault> {
        let first = self.peek();
        self.at += 1;
        if let Some(second @ (b'\n' | b'\r')) = self.peek()
            && Some(second) != first
        {
            self.at += 1;
        }
        self.line += 1;
        if self.line >= LINES_MAX { Err(Fault::Syntax("chunk has too many lines")) } else { Ok(()) }
    }

    /// The next token.
    pub(crate) fn next(&mut self, heap: &mut Heap) -> Result<Lexeme, Fault> {
        self.buffer.clear();
        loop {
            let Some(byte) = self.peek() else { return Ok(Lexeme::default()) };
            match byte {
                b'\n' | b'\r' => self.next_line()?,
                b' ' | b'\t' | 0x0b | 0x0c => self.at += 1,
                b'-' => {
                    self.at += 1;
                    if !self.take(b'-') {
                        return Ok(symbol(Token::Byte(b'-')));
                    }
                    self.comment()?;
                }
                b'[' => {
                    return match self.long_bracket() {
                        Some(level) => {
                            self.long_string(Some(level))?;
                            let inside = level + 2..self.buffer.len() - level - 2;
                            self.lexeme(Token::String, inside, heap)
                        }
                        None if self.buffer.len() == 1 => Ok(symbol(Token::Byte(b'['))),
                        None => Err(self.fault("invalid long string delimiter", Token::String)),
                    };
                }
                b'"' | b'\'' => {
                    self.string(byte)?;
                    return self.lexeme(Token::String, 1..self.buffer.len() - 1, heap);
                }
                b'0'..=b'9' => return self.number(),
                b'.' => return self.dots(),
                b'_' | b'a'..=b'z' | b'A'..=b'Z' => return self.name(heap),
                _ => {
                    self.at += 1;
                    return Ok(symbol(self.operator(byte)));
                }
            }
        }
    }

    fn lexeme(&self, token: Token, part: core::ops::Range<usize>, heap: &mut Heap) -> Result<Lexeme, Fault> {
        let text = heap.text(&self.buffer[part]).map_err(Fault::Raise)?;
        Ok(Lexeme { token, number: 0.0, text: Some(text) })
    }

    /// An operator of one byte, or two that end in `=`.
    fn operator(&mut self, byte: u8) -> Token {
        let longer = match byte {
            b'=' => Token::Equal,
            b'<' => Token::LessEqual,
            b'>' => Token::GreaterEqual,
            b'~' => Token::NotEqual,
            _ => return Token::Byte(byte),
        };
        if self.take(b'=') { longer } else { Token::Byte(byte) }
    }

    fn dots(&mut self) -> Result<Lexeme, Fault> {
        self.save();
        if self.take(b'.') {
            let token = if self.take(b'.') { Token::Dots } else { Token::Concat };
            return Ok(symbol(token));
        }
        if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return self.number();
        }
        Ok(symbol(Token::Byte(b'.')))
    }

    fn name(&mut self, heap: &mut Heap) -> Result<Lexeme, Fault> {
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            self.save();
        }
        let keyword = TEXTS[..KEYWORDS].iter().find(|(_, text)| text.as_bytes() == self.buffer);
        match keyword {
            Some((token, _)) => Ok(symbol(*token)),
            None => self.lexeme(Token::Name, 0..self.buffer.len(), heap),
        }
    }

    fn number(&mut self) -> Result<Lexeme, Fault> {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit() || byte == b'.') {
            self.save();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.save();
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.save();
            }
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            self.save();
        }
        match number::from_text(&self.buffer) {
            Some(number) => Ok(Lexeme { token: Token::Number, number, text: None }),
            None => Err(self.fault("malformed number", Token::Number)),
        }
    }

    /// What comes after `--`.
    fn comment(&mut self) -> Result<(), Fault> {
        if self.peek() == Some(b'[') {
            let level = self.long_bracket();
            if level.is_some() {
                self.long_string_of(level, true)?;
                self.buffer.clear();
                return Ok(());
            }
            self.buffer.clear();
        }
        while !matches!(self.peek(), None | Some(b'\n' | b'\r')) {
            self.at += 1;
        }
        Ok(())
    }

    /// Reads `[`, any number of `=`, and tells how many those are if another `[` follows.
    fn long_bracket(&mut self) -> Option<usize> {
        self.save();
        let start = self.buffer.len();
        while self.peek() == Some(b'=') {
            self.save();
        }
        (self.peek() == Some(b'[')).then_some(self.buffer.len() - start)
    }

    fn long_string(&mut self, level: Option<usize>) -> Result<(), Fault> {
        self.long_string_of(level, false)
    }

    fn long_string_of(&mut self, level: Option<usize>, is_comment: bool) -> Result<(), Fault> {
        let level = level.unwrap_or(0);
        self.save();
        if matches!(self.peek(), Some(b'\n' | b'\r')) {
            self.next_line()?;
        }
        loop {
            match self.peek() {
                None => {
                    let what = if is_comment { "unfinished long comment" } else { "unfinished long string" };
                    return Err(self.fault(what, Token::Eof));
                }
                Some(b'[') => {
                    self.save();
                    // An old form of nesting, which 5.1 refuses.
                    if level == 0 && self.peek() == Some(b'[') {
                        self.save();
                        return Err(self.fault("nesting of [[...]] is deprecated", Token::Byte(b'[')));
                    }
                }
                Some(b']') => {
                    self.save();
                    let start = self.buffer.len();
                    while self.peek() == Some(b'=') {
                        self.save();
                    }
                    if self.buffer.len() - start == level && self.peek() == Some(b']') {
                        self.save();
                        return Ok(());
                    }
                }
                Some(b'\n' | b'\r') => {
                    self.next_line()?;
                    self.buffer.push(b'\n');
                }
                Some(_) if is_comment => self.at += 1,
                Some(_) => self.save(),
            }
        }
    }

    fn string(&mut self, quote: u8) -> Result<(), Fault> {
        self.save();
        loop {
            match self.peek() {
                None => return Err(self.fault("unfinished string", Token::Eof)),
                Some(b'\n' | b'\r') => return Err(self.fault("unfinished string", Token::String)),
                Some(b'\\') => self.escape()?,
                Some(byte) => {
                    self.save();
                    if byte == quote {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        self.at += 1;
        let Some(byte) = self.peek() else { return Ok(()) };
        let plain = match byte {
            b'a' => 0x07,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            b'\n' | b'\r' => {
                self.buffer.push(b'\n');
                return self.next_line();
            }
            b'0'..=b'9' => return self.decimal_escape(),
            other => other,
        };
        self.buffer.push(plain);
        self.at += 1;
        Ok(())
    }

    fn decimal_escape(&mut self) -> Result<(), Fault> {
        let mut code = 0_u32;
        for _ in 0..3 {
            let Some(byte @ b'0'..=b'9') = self.peek() else { break };
            code = code * 10 + u32::from(byte - b'0');
            self.at += 1;
        }
        match u8::try_from(code) {
            Ok(byte) => {
                self.buffer.push(byte);
                Ok(())
            }
            Err(_) => Err(self.fault("escape sequence too large", Token::String)),
        }
    }
}

const fn symbol(token: Token) -> Lexeme {
    Lexeme { token, number: 0.0, text: None }
}
