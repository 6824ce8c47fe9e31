//! What an instance is told to do, and the functions that tell it. They answer with what holds from then on.
//!
//! It is kept in a table that no script can reach: the functions of the instance keep it.

use alloc::format;

use super::super::convert::to_int;
use crate::heap::Heap;
use crate::native::{Call, Outcome};
use crate::text::number::until_zero;
use crate::value::{Raise, Table, Value};

/// What an instance is told to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Config {
    /// A sparse array becomes an object and is no error.
    pub(super) sparse_convert: bool,
    /// An array is sparse when its last place is beyond so many times its elements,
    pub(super) sparse_ratio: i32,
    /// and beyond this.
    pub(super) sparse_safe: i32,
    pub(super) encode_max_depth: i32,
    pub(super) decode_max_depth: i32,
    pub(super) precision: i32,
    /// Has no effect here; it is remembered.
    pub(super) keep_buffer: bool,
    pub(super) encode_invalid: Invalid,
    /// `nan`, `inf`, hexadecimal and the like are read.
    pub(super) decode_invalid: bool,
}

/// What becomes of a number that JSON doesn't have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Invalid {
    /// An error.
    Refused,
    /// Its name.
    Written,
    /// Null.
    Null,
}

impl Config {
    pub(super) const DEFAULT: Self = Self {
        sparse_convert: false,
        sparse_ratio: 2,
        sparse_safe: 10,
        encode_max_depth: 1000,
        decode_max_depth: 1000,
        precision: 14,
        keep_buffer: true,
        encode_invalid: Invalid::Refused,
        decode_invalid: true,
    };

    /// A table that holds it.
    pub(super) fn keep(self, heap: &mut Heap) -> Result<Table, Raise> {
        let table = heap.table(Self::SLOTS, 0)?;
        self.write(heap, table)?;
        Ok(table)
    }

    /// That of the instance whose function is called.
    pub(super) fn of(call: &Call<'_>) -> Self {
        let Value::Table(table) = call.captured(0) else { return Self::DEFAULT };
        let number = |slot| match call.heap().get_index(table, slot) {
            Value::Number(number) => number as i32,
            _ => 0,
        };
        Self {
            sparse_convert: number(1) != 0,
            sparse_ratio: number(2),
            sparse_safe: number(3),
            encode_max_depth: number(4),
            decode_max_depth: number(5),
            precision: number(6),
            keep_buffer: number(7) != 0,
            encode_invalid: match number(8) {
                0 => Invalid::Refused,
                1 => Invalid::Written,
                _ => Invalid::Null,
            },
            decode_invalid: number(9) != 0,
        }
    }

    const SLOTS: usize = 9;

    fn write(self, heap: &mut Heap, table: Table) -> Result<(), Raise> {
        let slots: [i32; Self::SLOTS] = [
            self.sparse_convert.into(),
            self.sparse_ratio,
            self.sparse_safe,
            self.encode_max_depth,
            self.decode_max_depth,
            self.precision,
            self.keep_buffer.into(),
            match self.encode_invalid {
                Invalid::Refused => 0,
                Invalid::Written => 1,
                Invalid::Null => 2,
            },
            self.decode_invalid.into(),
        ];
        for (slot, number) in slots.into_iter().enumerate() {
            heap.set_index(table, slot + 1, Value::Number(number.into()))?;
        }
        Ok(())
    }

    fn save(self, call: &mut Call<'_>) -> Result<(), Raise> {
        match call.captured(0) {
            Value::Table(table) => self.write(call.heap_mut(), table),
            _ => Ok(()),
        }
    }
}

pub(super) fn encode_sparse_array(call: &mut Call<'_>) -> Outcome {
    at_most(call, 3)?;
    let mut config = Config::of(call);
    config.sparse_convert = switch(call, 1, config.sparse_convert)?;
    config.save(call)?;
    config.sparse_ratio = integer(call, 2, config.sparse_ratio, 0, i32::MAX)?;
    config.save(call)?;
    config.sparse_safe = integer(call, 3, config.sparse_safe, 0, i32::MAX)?;
    config.save(call)?;
    let (ratio, safe) = (config.sparse_ratio.into(), config.sparse_safe.into());
    call.give_all(&[Value::Bool(config.sparse_convert), Value::Number(ratio), Value::Number(safe)])
}

pub(super) fn encode_max_depth(call: &mut Call<'_>) -> Outcome {
    number(call, 1, i32::MAX, |config| &mut config.encode_max_depth)
}

pub(super) fn decode_max_depth(call: &mut Call<'_>) -> Outcome {
    number(call, 1, i32::MAX, |config| &mut config.decode_max_depth)
}

pub(super) fn encode_number_precision(call: &mut Call<'_>) -> Outcome {
    number(call, 1, 14, |config| &mut config.precision)
}

pub(super) fn encode_keep_buffer(call: &mut Call<'_>) -> Outcome {
    truth(call, |config| &mut config.keep_buffer)
}

pub(super) fn decode_invalid_numbers(call: &mut Call<'_>) -> Outcome {
    truth(call, |config| &mut config.decode_invalid)
}

pub(super) fn encode_invalid_numbers(call: &mut Call<'_>) -> Outcome {
    at_most(call, 1)?;
    let mut config = Config::of(call);
    config.encode_invalid = match call.arg(1) {
        Value::Nil => config.encode_invalid,
        Value::Bool(on) => {
            if on {
                Invalid::Written
            } else {
                Invalid::Refused
            }
        }
        _ => match option(call, 1, &[b"off", b"on", b"null"])? {
            0 => Invalid::Refused,
            1 => Invalid::Written,
            _ => Invalid::Null,
        },
    };
    config.save(call)?;
    let value = match config.encode_invalid {
        Invalid::Refused => Value::Bool(false),
        Invalid::Written => Value::Bool(true),
        Invalid::Null => call.string(b"null")?,
    };
    call.give(value)
}

fn number(call: &mut Call<'_>, least: i32, most: i32, field: fn(&mut Config) -> &mut i32) -> Outcome {
    at_most(call, 1)?;
    let mut config = Config::of(call);
    let value = integer(call, 1, *field(&mut config), least, most)?;
    *field(&mut config) = value;
    config.save(call)?;
    call.give(Value::Number(value.into()))
}

fn truth(call: &mut Call<'_>, field: fn(&mut Config) -> &mut bool) -> Outcome {
    at_most(call, 1)?;
    let mut config = Config::of(call);
    let value = switch(call, 1, *field(&mut config))?;
    *field(&mut config) = value;
    config.save(call)?;
    call.give(Value::Bool(value))
}

fn at_most(call: &mut Call<'_>, count: usize) -> Result<(), Raise> {
    if call.count() > count { Err(call.bad_argument(count + 1, "found too many arguments")) } else { Ok(()) }
}

/// Whichever argument is out of bounds, the first is blamed.
fn integer(call: &mut Call<'_>, place: usize, old: i32, least: i32, most: i32) -> Result<i32, Raise> {
    if call.arg(place).is_nil() {
        return Ok(old);
    }
    let value = call.integer(place)?;
    match i32::try_from(value) {
        Ok(value) if (least..=most).contains(&value) => Ok(value),
        _ => Err(call.bad_argument(1, format!("expected integer between {least} and {most}"))),
    }
}

fn switch(call: &mut Call<'_>, place: usize, old: bool) -> Result<bool, Raise> {
    match call.arg(place) {
        Value::Nil => Ok(old),
        Value::Bool(value) => Ok(value),
        _ => Ok(option(call, place, &[b"off", b"on"])? == 1),
    }
}

/// Which of these an argument is.
fn option(call: &mut Call<'_>, place: usize, options: &[&[u8]]) -> Result<usize, Raise> {
    let text = call.text(place)?;
    let text = until_zero(call.bytes(text)).to_vec();
    let found = options.iter().position(|option| *option == text);
    found.ok_or_else(|| call.bad_argument(place, [&b"invalid option '"[..], &text, b"'"].concat()))
}
