//! From source text to code, in one pass: the parser writes instructions as it reads.

mod code;
mod expression;
mod lexer;
pub(crate) mod opcode;
mod operand;
mod parser;
mod proto;
mod scope;
mod statement;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

pub(crate) use proto::Proto;

use crate::heap::{Arena, Heap};
use crate::text::number::until_zero;
use crate::value::{Raise, Value};
use parser::Parser;

/// Why a chunk is no Lua.
#[derive(Debug)]
enum Fault {
    /// What is wrong at the current token.
    Syntax(&'static str),
    /// The same, in words that were put together.
    At(String),
    /// What is wrong near a text.
    Near(String, Vec<u8>),
    /// What is wrong, without a place in the line.
    Plain(String),
    Raise(Raise),
}

impl From<Raise> for Fault {
    fn from(raise: Raise) -> Self {
        Self::Raise(raise)
    }
}

/// Compiles a chunk; the id of its function. `depth` is how deep the host's stack would be.
pub(crate) fn compile(
    heap: &mut Heap,
    code: &mut Arena<Proto>,
    source: &[u8],
    name: &[u8],
    depth: usize,
) -> Result<u32, Raise> {
    let name = until_zero(name);
    let name_text = heap.text(name)?;
    let mut parser = Parser::new(heap, code, source, name_text, depth);
    match parser.chunk() {
        Ok(proto) => Ok(proto),
        Err(Fault::Raise(raise)) => Err(raise),
        Err(fault) => {
            let (text, near) = match fault {
                Fault::Syntax(text) => (text.into(), parser.shown_token()),
                Fault::At(text) => (text, parser.shown_token()),
                Fault::Near(text, near) => (text, Some(near)),
                Fault::Plain(text) => (text, None),
                Fault::Raise(_) => (String::new(), None),
            };
            let mut whole = chunk_name(name, NAME_MAX_COMPILING);
            whole.extend_from_slice(format!(":{}: {text}", parser.line()).as_bytes());
            if let Some(near) = near {
                whole.extend_from_slice(b" near '");
                whole.extend_from_slice(&near);
                whole.push(b'\'');
            }
            Err(match heap.string(&whole) {
                Ok(text @ Value::String(_)) => Raise::Error(text),
                Ok(_) => Raise::Memory,
                Err(raise) => raise,
            })
        }
    }
}

/// How much room a chunk's name has where an error of the compiler shows it.
const NAME_MAX_COMPILING: usize = 80;
/// How much it has in an error of its functions.
pub(crate) const NAME_MAX_RUNNING: usize = 60;

/// A chunk's name as errors show it: what follows `=` or `@`, or the first line of the source.
pub(crate) fn chunk_name(name: &[u8], room: usize) -> Vec<u8> {
    match name.split_first() {
        Some((b'=', rest)) => rest[..rest.len().min(room - 1)].to_vec(),
        Some((b'@', rest)) => {
            let most = room - 8;
            if rest.len() <= most {
                return rest.to_vec();
            }
            let mut shown = b"...".to_vec();
            shown.extend_from_slice(&rest[rest.len() - most..]);
            shown
        }
        _ => {
            let line = name.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
            let most = room - 17;
            let cut = line.len().min(most);
            let mut shown = b"[string \"".to_vec();
            shown.extend_from_slice(&line[..cut]);
            if cut < name.len() {
                shown.extend_from_slice(b"...");
            }
            shown.extend_from_slice(b"\"]");
            shown
        }
    }
}
