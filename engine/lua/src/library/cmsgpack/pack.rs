//! Values as MessagePack: each argument after the other.
//!
//! A table whose keys are the whole numbers from 1 to its length is an array, any other is a map; below sixteen tables
//! within each other there is nothing but nil. What MessagePack has no form for is nil too.

use alloc::boxed::Box;

use crate::library::buffer::{Buffer, spend_on_bytes};
use crate::native::{Call, Outcome, Task, to_integer};
use crate::value::{Raise, Str, Table, Value};

/// Tables within each other.
const DEPTH_MAX: usize = 16;

pub(super) fn pack(call: &mut Call<'_>) -> Outcome {
    if call.count() == 0 {
        return Err(call.bad_argument(0, "MessagePack pack needs input."));
    }
    if !call.vm.may_push(call.count()) {
        return Err(call.bad_argument(0, "Too many arguments for MessagePack pack."));
    }
    call.become_task(Box::new(Pack { out: Buffer::new(), argument: 0, open: [None; DEPTH_MAX], depth: 0 }))
}

struct Pack {
    out: Buffer,
    /// The last argument that was begun.
    argument: usize,
    /// The tables that are being written, each within the one before.
    open: [Option<Open>; DEPTH_MAX],
    depth: usize,
}

#[derive(Clone, Copy)]
enum Open {
    Array {
        table: Table,
        written: usize,
        length: usize,
    },
    /// After which key it goes on, and the value of that key if it is still to be written.
    Map {
        table: Table,
        last: Value,
        due: Option<Value>,
    },
}

impl Task for Pack {
    fn step(&mut self, call: &mut Call<'_>) -> Outcome {
        loop {
            if call.exhausted() {
                return call.pause();
            }
            call.spend(1);
            match self.depth.checked_sub(1).and_then(|at| self.open[at]) {
                Some(Open::Array { written, length, .. }) if written == length => self.depth -= 1,
                Some(Open::Array { table, written, length }) => {
                    let written = written + 1;
                    self.go_to(Open::Array { table, written, length });
                    self.value(call, call.heap().get_index(table, written))?;
                }
                Some(Open::Map { table, last, due: Some(value) }) => {
                    self.go_to(Open::Map { table, last, due: None });
                    self.value(call, value)?;
                }
                Some(Open::Map { table, last, due: None }) => match call.heap_mut().next(table, last)? {
                    None => self.depth -= 1,
                    Some((key, value)) => {
                        self.go_to(Open::Map { table, last: key, due: Some(value) });
                        self.value(call, key)?;
                    }
                },
                None if self.argument == call.count() => {
                    let text = core::mem::take(&mut self.out).into_string(call)?;
                    return call.give(text);
                }
                None => {
                    self.argument += 1;
                    self.value(call, call.arg(self.argument))?;
                }
            }
        }
    }

    fn weight(&self) -> usize {
        size_of::<Self>() + self.out.weight()
    }
}

impl Pack {
    fn go_to(&mut self, place: Open) {
        self.open[self.depth - 1] = Some(place);
    }

    fn value(&mut self, call: &mut Call<'_>, value: Value) -> Result<(), Raise> {
        match value {
            Value::String(text) => self.string(call, text),
            Value::Number(number) => self.number(call, number),
            Value::Bool(false) => self.out.push(call.heap(), 0xc2),
            Value::Bool(true) => self.out.push(call.heap(), 0xc3),
            Value::Table(table) if self.depth < DEPTH_MAX => self.table(call, table),
            _ => self.out.push(call.heap(), 0xc0),
        }
    }

    fn string(&mut self, call: &mut Call<'_>, text: Str) -> Result<(), Raise> {
        let length = call.bytes(text).len();
        match length {
            0..32 => self.out.push(call.heap(), 0xa0 | length as u8)?,
            32..0x100 => self.out.extend(call.heap(), &[0xd9, length as u8])?,
            0x100..0x1_0000 => self.tagged(call, 0xda, &(length as u16).to_be_bytes())?,
            _ => self.tagged(call, 0xdb, &(length as u32).to_be_bytes())?,
        }
        spend_on_bytes(call, length);
        self.out.extend(call.heap(), call.bytes(text))
    }

    /// The shortest form that says the number exactly.
    fn number(&mut self, call: &Call<'_>, number: f64) -> Result<(), Raise> {
        let whole = to_integer(number);
        if whole as f64 == number {
            return self.whole(call, whole);
        }
        let single = number as f32;
        if f64::from(single) == number {
            self.tagged(call, 0xca, &single.to_be_bytes())
        } else {
            self.tagged(call, 0xcb, &number.to_be_bytes())
        }
    }

    fn whole(&mut self, call: &Call<'_>, number: i64) -> Result<(), Raise> {
        match number {
            -32..0x80 => self.out.push(call.heap(), number as u8),
            0x80..0x100 => self.tagged(call, 0xcc, &[number as u8]),
            0x100..0x1_0000 => self.tagged(call, 0xcd, &(number as u16).to_be_bytes()),
            0x1_0000..0x1_0000_0000 => self.tagged(call, 0xce, &(number as u32).to_be_bytes()),
            0x1_0000_0000.. => self.tagged(call, 0xcf, &number.to_be_bytes()),
            -0x80..-32 => self.tagged(call, 0xd0, &[number as u8]),
            -0x8000..-0x80 => self.tagged(call, 0xd1, &(number as i16).to_be_bytes()),
            -0x8000_0000..-0x8000 => self.tagged(call, 0xd2, &(number as i32).to_be_bytes()),
            _ => self.tagged(call, 0xd3, &number.to_be_bytes()),
        }
    }

    fn tagged(&mut self, call: &Call<'_>, tag: u8, bytes: &[u8]) -> Result<(), Raise> {
        self.out.push(call.heap(), tag)?;
        self.out.extend(call.heap(), bytes)
    }

    fn table(&mut self, call: &mut Call<'_>, table: Table) -> Result<(), Raise> {
        let (count, is_array) = measure(call, table)?;
        let (short, tag) = if is_array { (0x90, 0xdc) } else { (0x80, 0xde) };
        match count {
            0..16 => self.out.push(call.heap(), short | count as u8)?,
            16..0x1_0000 => self.tagged(call, tag, &(count as u16).to_be_bytes())?,
            _ => self.tagged(call, tag + 1, &(count as u32).to_be_bytes())?,
        }
        self.depth += 1;
        self.go_to(if is_array {
            Open::Array { table, written: 0, length: count }
        } else {
            Open::Map { table, last: Value::Nil, due: None }
        });
        Ok(())
    }
}

/// How many entries a table has, and whether their keys are the numbers from 1 to that.
fn measure(call: &mut Call<'_>, table: Table) -> Result<(usize, bool), Raise> {
    let (mut count, mut last, mut all_places) = (0, 0.0, true);
    let mut key = Value::Nil;
    while let Some((next, _)) = call.heap_mut().next(table, key)? {
        call.spend(1);
        count += 1;
        match next {
            Value::Number(place) if place >= 1.0 && libm::floor(place) == place => {
                last = f64::max(last, place)
            }
            _ => all_places = false,
        }
        key = next;
    }
    Ok((count, all_places && last == count as f64))
}
