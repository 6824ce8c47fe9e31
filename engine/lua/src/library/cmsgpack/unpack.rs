//! MessagePack as values: all that a text has, one, or so many, from a place on.
//!
//! Between any two values it is safe to stop. What has been read and hangs on nothing else by then - finished values, the
//! keys of maps, tables that are keys - is kept in a table of its own, which is an argument.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use super::super::buffer::part;
use crate::native::{Call, Outcome, Task};
use crate::value::{Raise, Str, Table, Value};

/// How many values may be on the stack that values within values are kept on.
const STACK_MAX: usize = 8000;

const TOO_MANY: &str = "too many return values at once; use unpack_one or unpack_limit instead.";

pub(super) fn unpack(call: &mut Call<'_>) -> Outcome {
    let source = call.text(1)?;
    let stacked = call.count();
    begin(call, source, None, 0, stacked)
}

pub(super) fn unpack_one(call: &mut Call<'_>) -> Outcome {
    let offset = call.optional_integer(2, 0)?;
    let source = call.text(1)?;
    begin(call, source, Some(1), offset, 1)
}

pub(super) fn unpack_limit(call: &mut Call<'_>) -> Outcome {
    let limit = call.integer(2)?;
    let offset = call.optional_integer(3, 0)?;
    let source = call.text(1)?;
    // No limit and no offset: that is how all of it is asked for within.
    let limit = (limit != 0 || offset != 0).then_some(limit);
    begin(call, source, limit, offset, 1)
}

fn begin(call: &mut Call<'_>, source: Str, limit: Option<i64>, offset: i64, stacked: usize) -> Outcome {
    let length = call.bytes(source).len();
    // Both are shown as an `int` of C's.
    let (shown, shown_length) = (offset as i32, length as i32);
    if offset < 0 || limit.is_some_and(|limit| limit < 0) {
        let text = format!("Invalid request to unpack with offset of {shown} and limit of {shown_length}.");
        return Err(call.error(text));
    }
    let Some(at) = usize::try_from(offset).ok().filter(|&at| at <= length) else {
        let text = format!("Start offset {shown} greater than input length {shown_length}.");
        return Err(call.error(text));
    };
    let kept = call.heap_mut().table(0, 0)?;
    let slot = call.count() + 1;
    call.set_arg(slot, Value::Table(kept));
    let limit = limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
    call.become_task(Box::new(Unpack { source, at, limit, count: 0, kept, open: Vec::new(), stacked }))
}

struct Unpack {
    source: Str,
    at: usize,
    /// How many values are asked for, if it is not all of them.
    limit: Option<usize>,
    /// How many are finished.
    count: usize,
    kept: Table,
    /// The tables that are being read, each within the one before.
    open: Vec<Open>,
    /// How many values would be on Lua's stack.
    stacked: usize,
}

#[derive(Clone, Copy)]
struct Open {
    table: Table,
    /// How many elements or entries are still to come.
    left: usize,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    /// How many elements there are.
    Array(usize),
    /// The key whose value comes next.
    Map(Option<Value>),
}

/// What the next bytes are.
enum Item {
    Value(Value),
    Array(usize),
    Map(usize),
}

impl Task for Unpack {
    fn step(&mut self, call: &mut Call<'_>) -> Outcome {
        loop {
            if call.exhausted() {
                return call.pause();
            }
            call.spend(1);
            if let Some(open) = self.open.last().copied() {
                if open.left == 0 {
                    self.close(call)?;
                    continue;
                }
            } else {
                let left = call.bytes(self.source).len() - self.at;
                if left == 0 || self.limit == Some(self.count) {
                    return self.finish(call, left);
                }
            }
            self.ask_stack(call, 1, TOO_MANY)?;
            match self.item(call)? {
                Item::Value(value) => self.put(call, value)?,
                Item::Array(left) => {
                    self.ask_stack(call, 2, "in function mp_decode_to_lua_array")?;
                    self.begin(call, left, Kind::Array(0))?;
                }
                Item::Map(left) => self.begin(call, left, Kind::Map(None))?,
            }
        }
    }

    fn weight(&self) -> usize {
        size_of::<Self>() + self.open.capacity() * size_of::<Open>()
    }
}

impl Unpack {
    fn finish(&self, call: &mut Call<'_>, left: usize) -> Outcome {
        let mut results = Vec::new();
        if self.limit.is_some() {
            self.ask_stack(call, 1, "in function mp_unpack_full")?;
            results.push(Value::Number(if left == 0 { -1.0 } else { self.at as f64 }));
        }
        results.extend((1..=self.count).map(|number| call.heap().get_index(self.kept, number)));
        call.give_all(&results)
    }

    fn ask_stack(&self, call: &mut Call<'_>, more: usize, place: &str) -> Result<(), Raise> {
        if self.stacked + more > STACK_MAX {
            return Err(call.error(format!("stack overflow ({place})")));
        }
        Ok(())
    }

    /// Begins a table, and puts it where it belongs before it is filled.
    fn begin(&mut self, call: &mut Call<'_>, left: usize, kind: Kind) -> Result<(), Raise> {
        let table = call.heap_mut().table(0, 0)?;
        self.hang(call, Value::Table(table))?;
        self.open.push(Open { table, left, kind });
        // The table, and the place of an element.
        self.stacked += if matches!(kind, Kind::Array(_)) { 2 } else { 1 };
        Ok(())
    }

    fn close(&mut self, call: &mut Call<'_>) -> Result<(), Raise> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        self.stacked -= if matches!(open.kind, Kind::Array(_)) { 2 } else { 1 };
        self.put(call, Value::Table(open.table))
    }

    /// Lets a value hang on something that is kept: the table around it, or else the table of what is kept.
    fn hang(&self, call: &mut Call<'_>, value: Value) -> Result<(), Raise> {
        let depth = self.open.len();
        let heap = call.heap_mut();
        match self.open.last().map(|open| (open.table, open.kind)) {
            Some((table, Kind::Array(length))) => heap.set_index(table, length + 1, value),
            Some((table, Kind::Map(Some(key)))) if is_key(key) => heap.set(table, key, value),
            Some((_, Kind::Map(_))) => heap.set(self.kept, Value::Number(-(depth as f64)), value),
            None => heap.set_index(self.kept, self.count + 1, value),
        }
    }

    /// A value is finished.
    fn put(&mut self, call: &mut Call<'_>, value: Value) -> Result<(), Raise> {
        self.hang(call, value)?;
        let Some(open) = self.open.last_mut() else {
            self.count += 1;
            self.stacked += 1;
            return Ok(());
        };
        match &mut open.kind {
            Kind::Array(length) => {
                *length += 1;
                open.left -= 1;
            }
            Kind::Map(Some(key)) => {
                let key = *key;
                open.kind = Kind::Map(None);
                open.left -= 1;
                self.stacked -= 1;
                // One that no table takes is only complained of now.
                if !is_key(key) {
                    call.heap_mut().set(open.table, key, value)?;
                }
            }
            Kind::Map(key @ None) => {
                *key = Some(value);
                self.stacked += 1;
            }
        }
        Ok(())
    }

    fn item(&mut self, call: &mut Call<'_>) -> Result<Item, Raise> {
        let [tag] = self.bytes(call)?;
        let number = |value: f64| Ok(Item::Value(Value::Number(value)));
        match tag {
            0..0x80 | 0xe0.. => number(tag.cast_signed().into()),
            0x80..0x90 => Ok(Item::Map((tag & 15).into())),
            0x90..0xa0 => Ok(Item::Array((tag & 15).into())),
            0xa0..0xc0 => self.string(call, (tag & 31).into()),
            0xc0 => Ok(Item::Value(Value::Nil)),
            0xc2 | 0xc3 => Ok(Item::Value(Value::Bool(tag == 0xc3))),
            0xca => number(f32::from_be_bytes(self.bytes(call)?).into()),
            0xcb => number(f64::from_be_bytes(self.bytes(call)?)),
            0xcc => number(u8::from_be_bytes(self.bytes(call)?).into()),
            0xcd => number(u16::from_be_bytes(self.bytes(call)?).into()),
            0xce => number(u32::from_be_bytes(self.bytes(call)?).into()),
            // Without a sign or with one: Lua is given it with one.
            0xcf | 0xd3 => number(i64::from_be_bytes(self.bytes(call)?) as f64),
            0xd0 => number(i8::from_be_bytes(self.bytes(call)?).into()),
            0xd1 => number(i16::from_be_bytes(self.bytes(call)?).into()),
            0xd2 => number(i32::from_be_bytes(self.bytes(call)?).into()),
            0xd9 => self.length::<1>(call).and_then(|length| self.string(call, length)),
            0xda => self.length::<2>(call).and_then(|length| self.string(call, length)),
            0xdb => self.length::<4>(call).and_then(|length| self.string(call, length)),
            0xdc => self.length::<2>(call).map(Item::Array),
            0xdd => self.length::<4>(call).map(Item::Array),
            0xde => self.length::<2>(call).map(Item::Map),
            0xdf => self.length::<4>(call).map(Item::Map),
            _ => Err(call.error("Bad data format in input.")),
        }
    }

    fn bytes<const COUNT: usize>(&mut self, call: &mut Call<'_>) -> Result<[u8; COUNT], Raise> {
        let rest = call.bytes(self.source).get(self.at..).unwrap_or_default();
        let bytes = rest.first_chunk().copied();
        self.at += COUNT;
        bytes.ok_or_else(|| call.error("Missing bytes in input."))
    }

    fn length<const BYTES: usize>(&mut self, call: &mut Call<'_>) -> Result<usize, Raise> {
        let bytes: [u8; BYTES] = self.bytes(call)?;
        Ok(bytes.iter().fold(0, |sum, &byte| sum << 8 | usize::from(byte)))
    }

    fn string(&mut self, call: &mut Call<'_>, length: usize) -> Result<Item, Raise> {
        if call.bytes(self.source).len() - self.at < length {
            return Err(call.error("Missing bytes in input."));
        }
        let text = part(call, self.source, self.at..self.at + length)?;
        self.at += length;
        Ok(Item::Value(text))
    }
}

/// Whether a table takes it for a key.
const fn is_key(value: Value) -> bool {
    match value {
        Value::Nil => false,
        Value::Number(number) => !number.is_nan(),
        _ => true,
    }
}
