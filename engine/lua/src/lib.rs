//! A Lua 5.1 virtual machine that runs on fuel and knows nothing of Redis.
//!
//! A script is compiled to code for registers and run for as many instructions as it is given. It can stop anywhere, in a
//! loop, in a pattern, in a coroutine, and go on at the same place; it can call out to the embedder, who answers when it
//! likes; it can't use more memory than it may, and it can't notice that it is ended. What it computes, to the order of
//! `pairs` and the texts of errors, is what PUC's Lua 5.1 computes as Redis builds it, and is the same on every machine.
//!
//! ```
//! use redstart_lua::{Progress, Setup, Value, Vm};
//!
//! # fn main() -> Result<(), redstart_lua::Raise> {
//! let mut vm = Vm::new(Setup { memory: 1 << 20, seed: 0 })?;
//! vm.open_libraries()?;
//! let get = vm.host(1)?;
//! let globals = vm.globals();
//! vm.heap_mut().set_name(globals, b"get", get)?;
//!
//! let script = vm.load(b"local n = ... return get('apples') + n", b"@script")?;
//! vm.start(script, &[Value::Number(2.0)])?;
//! while let Progress::Yielded | Progress::NeedsHost(_) = match vm.resume(1_000) {
//!     Progress::NeedsHost(1) => {
//!         vm.answer(&[Value::Number(40.0)])?;
//!         Progress::Yielded
//!     }
//!     other => other,
//! } {}
//! assert!(matches!(vm.results(), [Value::Number(42.0)]));
//! # Ok(())
//! # }
//! ```
#![no_std]
#![forbid(unsafe_code)]
extern crate alloc;
#[cfg(test)]
extern crate std;

mod compile;
mod heap;
mod library;
mod native;
mod power;
mod random;
pub mod text;
mod value;
mod vm;

pub use heap::Heap;
pub use native::{Call, Flow, Native, Outcome, Task};
pub use value::{Function, Raise, Str, Table, Thread, Value};
pub use vm::{Level, Pin, Progress, Setup, Step, Vm};
