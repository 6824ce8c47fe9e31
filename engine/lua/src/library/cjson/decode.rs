//! JSON as values.
//!
//! A table is put into the one around it before it is filled, so all of them hang on the outermost, which is kept as an
//! argument: between any two values it is safe to stop. A key is not: it is read together with the beginning of its value.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use super::super::buffer::spend_on_bytes;
use super::config::Config;
use super::lexer::{Lexer, Token};
use super::{NULL, STACK_MAX};
use crate::native::{Call, Outcome, Task};
use crate::value::{Raise, Table, Value};

pub(super) fn decode(call: &mut Call<'_>) -> Outcome {
    if call.count() != 1 {
        return Err(call.bad_argument(1, "expected 1 argument"));
    }
    let source = call.text(1)?;
    if let [0, _, ..] | [_, 0, ..] = call.bytes(source) {
        return Err(call.error("JSON parser does not support UTF-16 or UTF-32"));
    }
    spend_on_bytes(call, call.bytes(source).len());
    let config = Config::of(call);
    let lexer = Lexer::new(source, config.decode_invalid);
    let mut decode = Decode { config, lexer, open: Vec::new(), stacked: 1 };
    let token = decode.lexer.next(call.heap())?;
    decode.value(call, token, None)?;
    call.become_task(Box::new(decode))
}

struct Decode {
    config: Config,
    lexer: Lexer,
    /// The tables that are being read, each within the one before.
    open: Vec<Open>,
    /// How many values would be on Lua's stack meanwhile.
    stacked: usize,
}

#[derive(Clone, Copy)]
enum Open {
    Array { table: Table, length: usize },
    Object { table: Table },
}

impl Task for Decode {
    fn step(&mut self, call: &mut Call<'_>) -> Outcome {
        loop {
            if call.exhausted() {
                return call.pause();
            }
            call.spend(1);
            let token = self.lexer.next(call.heap())?;
            match (self.open.last(), token) {
                (None, Token::End) => return call.give(call.arg(2)),
                (None, _) => return Err(self.unexpected(call, "the end", token)),
                (Some(Open::Array { .. }), Token::Comma) => {
                    let token = self.lexer.next(call.heap())?;
                    self.value(call, token, None)?;
                }
                (Some(Open::Object { .. }), Token::Comma) => {
                    let token = self.lexer.next(call.heap())?;
                    self.entry(call, token)?;
                }
                (Some(Open::Array { .. }), Token::ArrayEnd)
                | (Some(Open::Object { .. }), Token::ObjectEnd) => {
                    self.close();
                }
                (Some(Open::Array { .. }), _) => {
                    return Err(self.unexpected(call, "comma or array end", token));
                }
                (Some(Open::Object { .. }), _) => {
                    return Err(self.unexpected(call, "comma or object end", token));
                }
            }
        }
    }

    fn weight(&self) -> usize {
        size_of::<Self>() + self.lexer.text.weight() + self.open.capacity() * size_of::<Open>()
    }
}

impl Open {
    /// The values on Lua's stack for it: the table, and a key.
    const fn stacked(self) -> usize {
        match self {
            Self::Array { .. } => 1,
            Self::Object { .. } => 2,
        }
    }
}

impl Decode {
    /// Reads a value that begins with this piece. Of tables within tables only the beginning is read, up to the first value
    /// that is none.
    fn value(&mut self, call: &mut Call<'_>, mut token: Token, mut key: Option<Value>) -> Result<(), Raise> {
        loop {
            let value = match token {
                Token::String => call.string(self.lexer.text.as_slice())?,
                Token::Number(number) => Value::Number(number),
                Token::Boolean(boolean) => Value::Bool(boolean),
                Token::Null => NULL,
                Token::ArrayBegin => {
                    self.begin(call, key, 2, |table| Open::Array { table, length: 0 })?;
                    token = self.lexer.next(call.heap())?;
                    if token == Token::ArrayEnd {
                        self.close();
                        return Ok(());
                    }
                    key = None;
                    continue;
                }
                Token::ObjectBegin => {
                    self.begin(call, key, 3, |table| Open::Object { table })?;
                    token = self.lexer.next(call.heap())?;
                    if token == Token::ObjectEnd {
                        self.close();
                        return Ok(());
                    }
                    key = Some(self.key(call, token)?);
                    token = self.lexer.next(call.heap())?;
                    continue;
                }
                _ => return Err(self.unexpected(call, "value", token)),
            };
            return self.put(call, key, value);
        }
    }

    fn entry(&mut self, call: &mut Call<'_>, token: Token) -> Result<(), Raise> {
        let key = self.key(call, token)?;
        let token = self.lexer.next(call.heap())?;
        self.value(call, token, Some(key))
    }

    fn key(&mut self, call: &mut Call<'_>, token: Token) -> Result<Value, Raise> {
        if token != Token::String {
            return Err(self.unexpected(call, "object key string", token));
        }
        let key = call.string(self.lexer.text.as_slice())?;
        match self.lexer.next(call.heap())? {
            Token::Colon => Ok(key),
            other => Err(self.unexpected(call, "colon", other)),
        }
    }

    /// Begins a table, for which so many values must fit on the stack.
    fn begin(
        &mut self,
        call: &mut Call<'_>,
        key: Option<Value>,
        needed: usize,
        open: fn(Table) -> Open,
    ) -> Result<(), Raise> {
        let depth = self.open.len() + 1;
        if depth > self.config.decode_max_depth as usize || self.stacked + needed > STACK_MAX {
            let at = self.lexer.at;
            let text = format!("Found too many nested data structures ({depth}) at character {at}");
            return Err(call.error(text));
        }
        let table = call.heap_mut().table(0, 0)?;
        self.put(call, key, Value::Table(table))?;
        let open = open(table);
        self.stacked += open.stacked();
        self.open.push(open);
        Ok(())
    }

    fn close(&mut self) {
        self.stacked -= self.open.pop().map_or(0, Open::stacked);
    }

    /// Puts a value where it belongs.
    fn put(&mut self, call: &mut Call<'_>, key: Option<Value>, value: Value) -> Result<(), Raise> {
        match self.open.last_mut() {
            None => call.set_arg(2, value),
            Some(Open::Array { table, length }) => {
                *length += 1;
                call.heap_mut().set_index(*table, *length, value)?;
            }
            Some(Open::Object { table }) => call.heap_mut().set(*table, key.unwrap_or_default(), value)?,
        }
        Ok(())
    }

    fn unexpected(&self, call: &mut Call<'_>, expected: &str, found: Token) -> Raise {
        let (name, place) = (found.name(), self.lexer.start + 1);
        call.error(format!("Expected {expected} but found {name} at character {place}"))
    }
}
