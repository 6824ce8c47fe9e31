//! Between replies and values of Lua.
//!
//! | reply              | Lua                                  | back                         |
//! |--------------------|--------------------------------------|------------------------------|
//! | number             | number                               | number, cut to a whole one   |
//! | string             | string                               | string                       |
//! | array              | table                                | array, up to the first `nil` |
//! | status, error      | `{ok = text}`, `{err = text}`        | the same                     |
//! | nothing            | `false`; after `setresp(3)` `nil`    | nothing                      |
//! | map, set           | `{map = {…}}`, `{set = {k = true}}`  | the same                     |
//! | double, big number | `{double = n}`, `{big_number = s}`   | the same                     |
//! | true, false        | `true`, `false`                      | 1 and nothing, or booleans   |
//! | verbatim           | `{verbatim_string = {string, format}}` | the same                   |

use alloc::vec::Vec;

use redstart_lua::{Heap, Raise, Table, Value};

use super::environment::error_table;
use crate::error::{Error, until_zero};
use crate::reply::{Protocol, Replied, Reply};
use crate::resp::read;

/// A reply as a value of Lua.
pub(super) fn to_lua(heap: &mut Heap, reply: &read::Value) -> Result<Value, Raise> {
    use read::Value as R;
    Ok(match reply {
        R::Int(number) => Value::Number(*number as f64),
        R::Bulk(bytes) => heap.string(bytes)?,
        R::Simple(text) => {
            let text = heap.string(text)?;
            wrapped(heap, b"ok", text)?
        }
        R::Error(text) => error_table(heap, &[b"-", text.as_slice()].concat())?,
        R::Null => Value::Nil,
        R::Bool(value) => Value::Bool(*value),
        R::Double(number, _) => wrapped(heap, b"double", Value::Number(*number))?,
        R::BigNumber(digits) => {
            let digits = heap.string(digits)?;
            wrapped(heap, b"big_number", digits)?
        }
        R::Verbatim(format, text) => verbatim(heap, format, text)?,
        R::Array(items) | R::Push(items) => {
            let table = heap.table(items.len(), 0)?;
            for (at, item) in items.iter().enumerate() {
                let item = to_lua(heap, item)?;
                heap.set_index(table, at + 1, item)?;
            }
            Value::Table(table)
        }
        R::Map(pairs) => {
            let table = heap.table(0, pairs.len())?;
            for (key, value) in pairs {
                let (key, value) = (to_lua(heap, key)?, to_lua(heap, value)?);
                heap.set(table, key, value)?;
            }
            wrapped(heap, b"map", Value::Table(table))?
        }
        R::Set(items) => {
            let table = heap.table(0, items.len())?;
            for item in items {
                let item = to_lua(heap, item)?;
                heap.set(table, item, Value::Bool(true))?;
            }
            wrapped(heap, b"set", Value::Table(table))?
        }
        R::Attribute(_, value) => to_lua(heap, value)?,
    })
}

/// In RESP2 there is nothing that Lua would not take for the end of a table: so nothing is `false` there.
pub(super) fn without_nulls(reply: &mut read::Value) {
    match reply {
        read::Value::Null => *reply = read::Value::Bool(false),
        read::Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

fn wrapped(heap: &mut Heap, name: &[u8], value: Value) -> Result<Value, Raise> {
    let table = heap.table(0, 1)?;
    heap.set_name(table, name, value)?;
    Ok(Value::Table(table))
}

fn verbatim(heap: &mut Heap, format: &[u8], text: &[u8]) -> Result<Value, Raise> {
    let (format, text) = (heap.string(format)?, heap.string(text)?);
    let table = heap.table(0, 2)?;
    heap.set_name(table, b"string", text)?;
    heap.set_name(table, b"format", format)?;
    wrapped(heap, b"verbatim_string", Value::Table(table))
}

/// Tables within tables that a reply may have: as many as the stack of Redis's Lua holds.
const DEPTH_MAX: usize = 7_995;

/// Where in a table's reply the writer is.
enum Place {
    /// Before this item of an array.
    Array { table: Table, next: usize, len: usize },
    /// Behind the pair of this key.
    Pairs { table: Table, last: Value, has_values: bool },
    /// At the value of a pair.
    Value { value: Value },
}

/// Writes what a script returned. `speaks3` tells whether it has asked for RESP3. Tables within tables wait on a list of
/// their own, so no script can exhaust the stack.
pub(super) fn to_reply(heap: &mut Heap, reply: &mut Reply<'_>, value: Value, speaks3: bool) -> Replied {
    let mut places = Vec::new();
    let mut replied = write(heap, reply, value, speaks3, &mut places);
    while let Some(place) = places.pop() {
        let next = match place {
            Place::Array { next, len, .. } if next > len => continue,
            Place::Array { table, next, len } => {
                places.push(Place::Array { table, next: next + 1, len });
                heap.get_index(table, next)
            }
            Place::Pairs { table, last, has_values } => {
                let Ok(Some((key, value))) = heap.next(table, last) else { continue };
                places.push(Place::Pairs { table, last: key, has_values });
                if has_values {
                    places.push(Place::Value { value });
                }
                key
            }
            Place::Value { value } => value,
        };
        replied = write(heap, reply, next, speaks3, &mut places);
    }
    replied
}

/// Writes a value, or what a table begins with; the rest of it is noted.
fn write(
    heap: &mut Heap,
    reply: &mut Reply<'_>,
    value: Value,
    speaks3: bool,
    places: &mut Vec<Place>,
) -> Replied {
    if places.len() > DEPTH_MAX {
        return reply.error(&Error::Text("ERR reached lua stack limit"));
    }
    match value {
        Value::String(text) => reply.bulk(heap.bytes(text)),
        Value::Number(number) => reply.int(whole(number)),
        Value::Bool(value) if speaks3 => reply.boolean(value),
        Value::Bool(true) => reply.int(1),
        Value::Table(table) => write_table(heap, reply, table, places),
        Value::Bool(false) | Value::Nil | Value::Light(_) | Value::Function(_) | Value::Thread(_) => {
            reply.null()
        }
    }
}

fn write_table(heap: &mut Heap, reply: &mut Reply<'_>, table: Table, places: &mut Vec<Place>) -> Replied {
    if let Value::String(text) = heap.get_name(table, b"err") {
        return reply.error(&Error::Quoting(one_line(until_zero(heap.bytes(text)))));
    }
    if let Value::String(text) = heap.get_name(table, b"ok") {
        return reply.status(one_line(until_zero(heap.bytes(text))));
    }
    if let Value::Number(number) = heap.get_name(table, b"double") {
        return reply.double(number);
    }
    if let Value::Table(pairs) = heap.get_name(table, b"map") {
        let len = count(heap, pairs);
        places.push(Place::Pairs { table: pairs, last: Value::Nil, has_values: true });
        return reply.map(len);
    }
    if let Value::Table(items) = heap.get_name(table, b"set") {
        let len = count(heap, items);
        places.push(Place::Pairs { table: items, last: Value::Nil, has_values: false });
        return reply.set(len);
    }
    if let Value::String(digits) = heap.get_name(table, b"big_number") {
        return reply.big_number(one_line(heap.bytes(digits)));
    }
    if let Value::Table(parts) = heap.get_name(table, b"verbatim_string")
        && let Value::String(text) = heap.get_name(parts, b"string")
        && let Value::String(format) = heap.get_name(parts, b"format")
    {
        let mut letters = *b"   ";
        letters.iter_mut().zip(heap.bytes(format)).for_each(|(letter, &given)| *letter = given);
        return reply.verbatim_as(letters, heap.bytes(text));
    }
    let len = (1..).take_while(|&at| !heap.get_index(table, at).is_nil()).count();
    places.push(Place::Array { table, next: 1, len });
    reply.array(len)
}

fn count(heap: &mut Heap, table: Table) -> usize {
    let (mut count, mut last) = (0, Value::Nil);
    while let Ok(Some((key, _))) = heap.next(table, last) {
        (count, last) = (count + 1, key);
    }
    count
}

fn one_line(text: &[u8]) -> Vec<u8> {
    text.iter().map(|byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { *byte }).collect()
}

/// A number without its fraction; what no number of 64 bits is becomes the least, as on the machines that Redis runs on.
pub(super) fn whole(number: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&number) { number as i64 } else { i64::MIN }
}

/// A protocol by its number.
pub(super) const fn protocol(number: i64) -> Option<Protocol> {
    match number {
        2 => Some(Protocol::Resp2),
        3 => Some(Protocol::Resp3),
        _ => None,
    }
}
