//! The library `cjson`: values as JSON, and back.
//!
//! An instance is a table of functions that share a configuration. The library itself is one, and `cjson.new` makes
//! another. Which of Lua's tables is an array is a guess, and the guess is what programs rely on: one with no keys but
//! whole numbers from 1 on, of which not too many are missing.

mod config;
mod decode;
mod encode;
mod lexer;

use crate::native::{Call, Native, Outcome};
use crate::value::{Raise, Table, Value};
use crate::vm::Vm;
use config::Config;

static FUNCTIONS: &[(&str, Native)] = &[
    ("encode", encode::encode),
    ("decode", decode::decode),
    ("encode_sparse_array", config::encode_sparse_array),
    ("encode_max_depth", config::encode_max_depth),
    ("decode_max_depth", config::decode_max_depth),
    ("encode_number_precision", config::encode_number_precision),
    ("encode_keep_buffer", config::encode_keep_buffer),
    ("encode_invalid_numbers", config::encode_invalid_numbers),
    ("decode_invalid_numbers", config::decode_invalid_numbers),
    ("new", new),
];

/// What JSON calls null.
const NULL: Value = Value::Light(0);

/// How many values may be on the stack that values within values are kept on.
const STACK_MAX: usize = 8000;

/// Opens the library.
pub(super) fn open(vm: &mut Vm) -> Result<(), Raise> {
    let table = instance(vm)?;
    let globals = vm.globals();
    vm.heap_mut().set_name(globals, b"cjson", Value::Table(table))
}

fn new(call: &mut Call<'_>) -> Outcome {
    let table = instance(call.vm)?;
    call.give(Value::Table(table))
}

fn instance(vm: &mut Vm) -> Result<Table, Raise> {
    let table = vm.heap_mut().table(0, 0)?;
    let config = Config::DEFAULT.keep(vm.heap_mut())?;
    for (name, body) in FUNCTIONS {
        let function = vm.native_with(name, *body, &[Value::Table(config)])?;
        vm.heap_mut().set_name(table, name.as_bytes(), function)?;
    }
    let heap = vm.heap_mut();
    heap.set_name(table, b"null", NULL)?;
    for (name, text) in [("_NAME", "cjson"), ("_VERSION", "2.1.0")] {
        let text = heap.string(text.as_bytes())?;
        heap.set_name(table, name.as_bytes(), text)?;
    }
    Ok(table)
}
