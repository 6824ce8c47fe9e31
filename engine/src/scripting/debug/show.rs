//! How the debugger shows things: values of Lua, replies, lines of the script.

use alloc::format;
use alloc::vec::Vec;

use redstart_lua::text::format::{Float, Spec};
use redstart_lua::{Heap, Value};

use super::Watched;
use crate::reply::Protocol;
use crate::resp::read;
use crate::split_args::quote;

/// Tables within tables that are shown.
const DEPTH_MAX: usize = 10;

/// Words of a command that are shown.
const WORDS_MAX: usize = 10;

/// A value of Lua. A table that is a list is shown as one; any other with its keys.
pub(super) fn value(heap: &mut Heap, value: Value) -> Vec<u8> {
    let mut out = Vec::new();
    write_value(heap, value, 0, &mut out);
    out
}

fn write_value(heap: &mut Heap, value: Value, depth: usize, out: &mut Vec<u8>) {
    if depth == DEPTH_MAX {
        out.extend(b"<max recursion level reached! Nested table?>");
        return;
    }
    match value {
        Value::Nil => out.extend(b"nil"),
        Value::Bool(value) => out.extend(if value { b"true".as_slice() } else { b"false" }),
        Value::Number(number) => Spec::PLAIN.float(Float::Shortest, number, out),
        Value::String(text) => out.extend(quote(heap.bytes(text))),
        Value::Table(_) => write_table(heap, value, depth, out),
        Value::Light(_) | Value::Function(_) | Value::Thread(_) => {
            let name = heap.display(value);
            let at = name.iter().position(|&byte| byte == b':').unwrap_or(name.len());
            let (kind, place) = name.split_at(at);
            out.extend([b"\"", kind, b"@", place.get(2..).unwrap_or_default(), b"\""].concat());
        }
    }
}

fn write_table(heap: &mut Heap, table: Value, depth: usize, out: &mut Vec<u8>) {
    let Value::Table(table) = table else { return };
    let (mut as_list, mut with_keys) = (Vec::new(), Vec::new());
    let (mut is_list, mut index, mut last) = (true, 1.0, Value::Nil);
    while let Ok(Some((key, value))) = heap.next(table, last) {
        is_list &= matches!(key, Value::Number(number) if number == index);
        let mut shown = Vec::new();
        write_value(heap, value, depth + 1, &mut shown);
        let mut name = Vec::new();
        write_value(heap, key, depth + 1, &mut name);
        with_keys.push([b"[", name.as_slice(), b"]=", &shown].concat());
        as_list.push(shown);
        (index, last) = (index + 1.0, key);
    }
    out.push(b'{');
    out.extend(if is_list { as_list } else { with_keys }.join(b"; ".as_slice()));
    out.push(b'}');
}

/// A reply, on one line.
pub(super) fn reply(reply: &read::Value, protocol: Protocol) -> Vec<u8> {
    use read::Value as R;
    let list = |items: &[R]| -> Vec<u8> {
        items.iter().map(|item| self::reply(item, protocol)).collect::<Vec<_>>().join(b",".as_slice())
    };
    match reply {
        R::Int(number) => format!("{number}").into_bytes(),
        R::Bulk(bytes) | R::Verbatim(_, bytes) => quote(bytes),
        R::Simple(text) => quote(&[b"+", text.as_slice()].concat()),
        R::Error(text) => quote(&[b"-", text.as_slice()].concat()),
        R::Null if protocol == Protocol::Resp2 => b"NULL".to_vec(),
        R::Null => b"(null)".to_vec(),
        R::Bool(value) => if *value { "#true" } else { "#false" }.into(),
        R::Double(_, text) => [b"(double) ", text.as_slice()].concat(),
        R::BigNumber(digits) => digits.clone(),
        R::Array(items) | R::Push(items) => [b"[", list(items).as_slice(), b"]"].concat(),
        R::Set(items) => [b"~(", list(items).as_slice(), b")"].concat(),
        R::Map(pairs) => {
            let pair = |(key, value): &(R, R)| {
                [self::reply(key, protocol), self::reply(value, protocol)].join(b" => ".as_slice())
            };
            [b"{", pairs.iter().map(pair).collect::<Vec<_>>().join(b",".as_slice()).as_slice(), b"}"].concat()
        }
        R::Attribute(_, value) => self::reply(value, protocol),
    }
}

/// The words of a command, each with a space before it; not all, if they are many.
pub(super) fn words<'a>(words: impl ExactSizeIterator<Item = &'a [u8]>) -> Vec<u8> {
    let count = words.len();
    let mut shown = Vec::new();
    for word in words.take(WORDS_MAX) {
        shown.push(b' ');
        shown.extend(word);
    }
    if count > WORDS_MAX {
        shown.extend(format!(" ... ({} more)", count - WORDS_MAX - 1).into_bytes());
    }
    shown
}

/// A line of the script, marked if it comes next, or if it is one to stop at.
pub(super) fn source_line(watched: &Watched, line: i64) -> Vec<u8> {
    let index = usize::try_from(line - 1).ok();
    let text = index.and_then(|index| watched.source.get(index));
    let is_next = usize::try_from(line) == Ok(watched.line);
    let is_marked = usize::try_from(line).is_ok_and(|line| watched.breakpoints.contains(&line));
    let mark = match (is_next, is_marked) {
        (true, true) => "->#",
        (true, false) => "-> ",
        (false, true) => "  #",
        (false, false) => "   ",
    };
    let text = text.map_or(b"<out of range source code line>".as_slice(), Vec::as_slice);
    [format!("{mark}{line:<3} ").as_bytes(), text].concat()
}
