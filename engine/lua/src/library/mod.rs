//! The libraries.

mod base;
mod bit;
mod buffer;
mod cjson;
mod cmsgpack;
mod convert;
mod coroutine;
mod math;
mod sort;
mod string;
mod structs;
mod table;

use crate::value::{Raise, Value};
use crate::vm::Vm;

impl Vm {
    /// Adds all libraries to the globals.
    pub fn open_libraries(&mut self) -> Result<(), Raise> {
        self.library("", base::LIBRARY)?;
        let globals = self.globals;
        self.heap.set_name(globals, b"_G", Value::Table(globals))?;
        let version = self.heap.string(b"Lua 5.1")?;
        self.heap.set_name(globals, b"_VERSION", version)?;
        self.library("coroutine", coroutine::LIBRARY)?;
        self.library("table", table::LIBRARY)?;
        let math = self.library("math", math::LIBRARY)?;
        self.heap.set_name(math, b"pi", Value::Number(core::f64::consts::PI))?;
        self.heap.set_name(math, b"huge", Value::Number(f64::INFINITY))?;
        base::open_iterators(self)?;
        string::open(self)?;
        self.library("bit", bit::LIBRARY)?;
        self.library("struct", structs::LIBRARY)?;
        cjson::open(self)?;
        cmsgpack::open(self)
    }
}
