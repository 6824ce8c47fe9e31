//! Values as JSON. The tables that are being written are a list, so that neither how deep they lie nor how many there are
//! takes anything of the host.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use super::super::buffer::{Buffer, spend_on_bytes};
use super::super::convert::to_int;
use super::STACK_MAX;
use super::config::{Config, Invalid};
use crate::native::{Call, Outcome, Task};
use crate::text::format::{Float, Spec};
use crate::value::{Raise, Str, Table, Value};

pub(super) fn encode(call: &mut Call<'_>) -> Outcome {
    if call.count() != 1 {
        return Err(call.bad_argument(1, "expected 1 argument"));
    }
    let mut encode = Encode { config: Config::of(call), out: Buffer::new(), open: Vec::new(), stacked: 1 };
    encode.value(call, call.arg(1))?;
    if encode.open.is_empty() {
        let text = encode.out.into_string(call)?;
        return call.give(text);
    }
    call.become_task(Box::new(encode))
}

struct Encode {
    config: Config,
    out: Buffer,
    /// The tables that are being written, each within the one before.
    open: Vec<Open>,
    /// How many values would be on Lua's stack meanwhile.
    stacked: usize,
}

#[derive(Clone, Copy)]
enum Open {
    Array { table: Table, written: usize, length: usize },
    Object { table: Table, last: Value },
}

impl Open {
    /// The values on Lua's stack that it is written from: an element, or a key and its value.
    const fn stacked(self) -> usize {
        match self {
            Self::Array { .. } => 1,
            Self::Object { .. } => 2,
        }
    }
}

impl Task for Encode {
    fn step(&mut self, call: &mut Call<'_>) -> Outcome {
        while let Some(open) = self.open.last().copied() {
            if call.exhausted() {
                return call.pause();
            }
            call.spend(1);
            match open {
                Open::Array { table, written, length } => self.element(call, table, written, length)?,
                Open::Object { table, last } => self.entry(call, table, last)?,
            }
        }
        let text = core::mem::take(&mut self.out).into_string(call)?;
        call.give(text)
    }

    fn weight(&self) -> usize {
        size_of::<Self>() + self.out.weight() + self.open.capacity() * size_of::<Open>()
    }
}

impl Encode {
    fn element(
        &mut self,
        call: &mut Call<'_>,
        table: Table,
        written: usize,
        length: usize,
    ) -> Result<(), Raise> {
        if written == length {
            return self.close(call, b']');
        }
        if written > 0 {
            self.out.push(call.heap(), b',')?;
        }
        let written = written + 1;
        self.go_to(Open::Array { table, written, length });
        self.value(call, call.heap().get_index(table, written))
    }

    fn entry(&mut self, call: &mut Call<'_>, table: Table, last: Value) -> Result<(), Raise> {
        let Some((key, value)) = call.heap_mut().next(table, last)? else { return self.close(call, b'}') };
        if !last.is_nil() {
            self.out.push(call.heap(), b',')?;
        }
        match key {
            Value::Number(number) => {
                self.out.push(call.heap(), b'"')?;
                self.number(call, number)?;
                self.out.extend(call.heap(), b"\":")?;
            }
            Value::String(text) => {
                self.string(call, text)?;
                self.out.push(call.heap(), b':')?;
            }
            _ => return Err(refuse(call, key, "table key must be a number or string")),
        }
        self.go_to(Open::Object { table, last: key });
        self.value(call, value)
    }

    fn go_to(&mut self, place: Open) {
        if let Some(open) = self.open.last_mut() {
            *open = place;
        }
    }

    fn close(&mut self, call: &Call<'_>, bracket: u8) -> Result<(), Raise> {
        self.stacked -= self.open.pop().map_or(0, Open::stacked);
        self.out.push(call.heap(), bracket)
    }

    fn value(&mut self, call: &mut Call<'_>, value: Value) -> Result<(), Raise> {
        match value {
            Value::String(text) => self.string(call, text),
            Value::Number(number) => self.number(call, number),
            Value::Bool(true) => self.out.extend(call.heap(), b"true"),
            Value::Bool(false) => self.out.extend(call.heap(), b"false"),
            Value::Nil | Value::Light(0) => self.out.extend(call.heap(), b"null"),
            Value::Table(table) => self.table(call, table),
            _ => Err(refuse(call, value, "type not supported")),
        }
    }

    fn table(&mut self, call: &mut Call<'_>, table: Table) -> Result<(), Raise> {
        const NEEDED: usize = 3;
        let depth = self.open.len() + 1;
        if depth > self.config.encode_max_depth as usize || self.stacked + NEEDED > STACK_MAX {
            return Err(call.error(format!("Cannot serialise, excessive nesting ({depth})")));
        }
        let length = self.array_length(call, table)?;
        let (bracket, open) = match usize::try_from(length) {
            Ok(length) if length > 0 => (b'[', Open::Array { table, written: 0, length }),
            _ => (b'{', Open::Object { table, last: Value::Nil }),
        };
        self.stacked += open.stacked();
        self.open.push(open);
        self.out.push(call.heap(), bracket)
    }

    /// The last place of an array; nothing above 0 for what is none.
    fn array_length(&self, call: &mut Call<'_>, table: Table) -> Result<i32, Raise> {
        let (mut last, mut items) = (0_i32, 0_i32);
        let mut key = Value::Nil;
        while let Some((next, _)) = call.heap_mut().next(table, key)? {
            call.spend(1);
            let Value::Number(place) = next else { return Ok(-1) };
            if place < 1.0 || libm::floor(place) != place {
                return Ok(-1);
            }
            // A place that is no `int` becomes the least of them, which what comes after it is above.
            if place > f64::from(last) {
                last = to_int(place);
            }
            items = items.wrapping_add(1);
            key = next;
        }
        let config = &self.config;
        let sparse = config.sparse_ratio > 0
            && last > items.wrapping_mul(config.sparse_ratio)
            && last > config.sparse_safe;
        match sparse {
            false => Ok(last),
            true if config.sparse_convert => Ok(-1),
            true => Err(refuse(call, Value::Table(table), "excessively sparse array")),
        }
    }

    fn number(&mut self, call: &mut Call<'_>, number: f64) -> Result<(), Raise> {
        match self.config.encode_invalid {
            _ if number.is_finite() => {}
            Invalid::Refused => return Err(refuse(call, Value::Number(number), "must not be NaN or Inf")),
            Invalid::Null => return self.out.extend(call.heap(), b"null"),
            Invalid::Written if number.is_nan() => return self.out.extend(call.heap(), b"nan"),
            Invalid::Written => {}
        }
        let spec = Spec { precision: usize::try_from(self.config.precision).ok(), ..Spec::PLAIN };
        self.out.write(call.heap(), 32, |out| spec.float(Float::Shortest, number, out))
    }

    fn string(&mut self, call: &mut Call<'_>, text: Str) -> Result<(), Raise> {
        let bytes = call.bytes(text);
        let length = bytes.len();
        let more = |byte: &u8| escape(*byte).map_or(0, |escape| escape.len() - 1);
        let more: usize = bytes.iter().map(more).sum();
        self.out.write(call.heap(), length + more + 2, |out| {
            out.push(b'"');
            for byte in bytes {
                match escape(*byte) {
                    Some(escape) => out.extend_from_slice(escape.as_bytes()),
                    None => out.push(*byte),
                }
            }
            out.push(b'"');
        })?;
        spend_on_bytes(call, length);
        Ok(())
    }
}

fn refuse(call: &mut Call<'_>, value: Value, why: &str) -> Raise {
    call.error(format!("Cannot serialise {}: {why}", value.type_name()))
}

/// How a byte of a string is written that can't stand for itself.
const fn escape(byte: u8) -> Option<&'static str> {
    const BELOW_BLANK: [&str; 32] = [
        "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007", "\\b", "\\t",
        "\\n", "\\u000b", "\\f", "\\r", "\\u000e", "\\u000f", "\\u0010", "\\u0011", "\\u0012", "\\u0013",
        "\\u0014", "\\u0015", "\\u0016", "\\u0017", "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c",
        "\\u001d", "\\u001e", "\\u001f",
    ];
    match byte {
        0..32 => Some(BELOW_BLANK[byte as usize]),
        b'"' => Some("\\\""),
        b'\\' => Some("\\\\"),
        b'/' => Some("\\/"),
        127 => Some("\\u007f"),
        _ => None,
    }
}
