//! The library `string`.

mod find;
mod format;
mod gsub;

use alloc::vec::Vec;
use core::ops::Range;

use super::buffer::{Buffer, part};
use crate::heap::FunctionObject;
use crate::native::{Call, Native, Outcome};
use crate::value::{Raise, Value};
use crate::vm::Vm;

static LIBRARY: &[(&str, Native)] = &[
    ("byte", byte),
    ("char", char),
    ("dump", dump),
    ("find", find::find),
    ("format", format::format),
    ("gfind", find::gmatch),
    ("gmatch", find::gmatch),
    ("gsub", gsub::gsub),
    ("len", len),
    ("lower", lower),
    ("match", find::match_),
    ("rep", rep),
    ("reverse", reverse),
    ("sub", sub),
    ("upper", upper),
];

/// Opens the library, and lets strings be indexed by it.
pub(super) fn open(vm: &mut Vm) -> Result<(), Raise> {
    let table = vm.library("string", LIBRARY)?;
    let gmatch = vm.heap().get_name(table, b"gmatch");
    vm.heap_mut().set_name(table, b"gfind", gmatch)?;
    let metatable = vm.heap_mut().table(0, 1)?;
    vm.heap_mut().set_name(metatable, b"__index", Value::Table(table))?;
    vm.set_string_metatable(metatable);
    Ok(())
}

/// An argument as a C `int`.
fn int(call: &mut Call<'_>, number: usize) -> Result<i32, Raise> {
    call.integer(number).map(|value| value as i32)
}

/// A place counted from 1, or from the end if it is negative; 0 is before the first.
const fn place(position: i64, length: usize) -> i64 {
    let position = if position < 0 { position.saturating_add(length as i64 + 1) } else { position };
    if position < 0 { 0 } else { position }
}

/// The bytes from one place to another that there are.
fn between(from: i64, to: i64, length: usize) -> Range<usize> {
    let to = to.min(length as i64);
    let from = from.max(1);
    if from > to { 0..0 } else { from as usize - 1..to as usize }
}

fn len(call: &mut Call<'_>) -> Outcome {
    let text = call.text(1)?;
    let length = call.bytes(text).len();
    call.give(Value::Number(length as f64))
}

fn sub(call: &mut Call<'_>) -> Outcome {
    let text = call.text(1)?;
    let length = call.bytes(text).len();
    let from = place(call.integer(2)?, length);
    let to = place(call.optional_integer(3, -1)?, length);
    let piece = part(call, text, between(from, to, length))?;
    call.give(piece)
}

fn byte(call: &mut Call<'_>) -> Outcome {
    let text = call.text(1)?;
    let length = call.bytes(text).len();
    let from = place(call.optional_integer(2, 1)?, length);
    let to = place(call.optional_integer(3, from)?, length);
    let range = between(from, to, length);
    let count = range.len();
    if !call.vm.may_push(count) {
        return Err(call.error("stack overflow (string slice too long)"));
    }
    for at in range {
        let byte = call.bytes(text)[at];
        call.push(Value::Number(byte.into()))?;
    }
    call.give_pushed(count)
}

fn char(call: &mut Call<'_>) -> Outcome {
    let mut bytes = Vec::new();
    for number in 1..=call.count() {
        let byte = int(call, number)?;
        let byte = u8::try_from(byte).map_err(|_| call.bad_argument(number, "invalid value"))?;
        bytes.push(byte);
    }
    let text = call.string(&bytes)?;
    call.give(text)
}

/// Bytecode is nothing that would load, so there is no more of it than what it begins with.
fn dump(call: &mut Call<'_>) -> Outcome {
    if let Value::Function(function) = call.function(1)?
        && matches!(call.heap().functions[function.0], FunctionObject::Native(_))
    {
        return Err(call.error("unable to dump given function"));
    }
    let mark = call.string(b"\x1bLua")?;
    call.give(mark)
}

fn rep(call: &mut Call<'_>) -> Outcome {
    let text = call.text(1)?;
    let times = int(call, 2)?.max(0) as usize;
    let total = call.bytes(text).len().checked_mul(times).ok_or(Raise::Memory)?;
    let mut out = Buffer::new();
    out.write(call.heap(), total, |out| match call.bytes(text) {
        [byte] => out.resize(times, *byte),
        [] => {}
        bytes => (0..times).for_each(|_| out.extend_from_slice(bytes)),
    })?;
    let text = out.into_string(call)?;
    call.give(text)
}

fn lower(call: &mut Call<'_>) -> Outcome {
    changed(call, |bytes| bytes.make_ascii_lowercase())
}

fn upper(call: &mut Call<'_>) -> Outcome {
    changed(call, |bytes| bytes.make_ascii_uppercase())
}

fn reverse(call: &mut Call<'_>) -> Outcome {
    changed(call, |bytes| bytes.reverse())
}

fn changed(call: &mut Call<'_>, change: fn(&mut [u8])) -> Outcome {
    let text = call.text(1)?;
    let bytes = call.bytes(text);
    let mut out = Buffer::new();
    out.write(call.heap(), bytes.len(), |out| {
        out.extend_from_slice(bytes);
        change(out);
    })?;
    let text = out.into_string(call)?;
    call.give(text)
}
