//! The library `cmsgpack`: values as MessagePack, and back.

mod pack;
mod unpack;

use crate::native::Native;
use crate::value::{Raise, Value};
use crate::vm::Vm;

static FUNCTIONS: &[(&str, Native)] = &[
    ("pack", pack::pack),
    ("unpack", unpack::unpack),
    ("unpack_one", unpack::unpack_one),
    ("unpack_limit", unpack::unpack_limit),
];

static ABOUT: &[(&str, &str)] = &[
    ("_NAME", "cmsgpack"),
    ("_VERSION", "lua-cmsgpack 0.4.0"),
    ("_COPYRIGHT", "Copyright (C) 2012, Salvatore Sanfilippo"),
    ("_DESCRIPTION", "MessagePack C implementation for Lua"),
];

/// Opens the library.
pub(super) fn open(vm: &mut Vm) -> Result<(), Raise> {
    let table = vm.heap_mut().table(0, 0)?;
    let globals = vm.globals();
    vm.heap_mut().set_name(globals, b"cmsgpack", Value::Table(table))?;
    for (name, body) in FUNCTIONS {
        let function = vm.native(name, *body)?;
        vm.heap_mut().set_name(table, name.as_bytes(), function)?;
    }
    for (name, text) in ABOUT {
        let text = vm.heap_mut().string(text.as_bytes())?;
        vm.heap_mut().set_name(table, name.as_bytes(), text)?;
    }
    Ok(())
}
