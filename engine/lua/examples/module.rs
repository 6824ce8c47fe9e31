//! The machine as a wasm module, to be measured: how fast it runs a script, and how many bytes it takes. Without
//! `--cfg empty` it is all there; with it, the rest of such a module is.
#![cfg(target_arch = "wasm32")]

#[cfg(not(empty))]
use redstart_lua::{Progress, Raise, Setup, Vm};
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs a script; gives what it returns, or its error.
#[wasm_bindgen]
#[must_use]
pub fn run(source: &str) -> String {
    #[cfg(not(empty))]
    return execute(source).unwrap_or_else(|_| String::from("not enough memory"));
    #[cfg(empty)]
    return format!("{}", source.len());
}

#[cfg(not(empty))]
fn execute(source: &str) -> Result<String, Raise> {
    let mut vm = Vm::new(Setup { memory: 1 << 30, seed: 0 })?;
    vm.open_libraries()?;
    let chunk = match vm.load(source.as_bytes(), b"@script") {
        Ok(chunk) => chunk,
        Err(Raise::Error(error)) => {
            return Ok(String::from_utf8_lossy(&vm.heap().display(error)).into_owned());
        }
        Err(other) => return Err(other),
    };
    vm.start(chunk, &[])?;
    while vm.resume(1_000_000) == Progress::Yielded {}
    let value = vm.results().first().copied().unwrap_or_else(|| vm.failure());
    Ok(String::from_utf8_lossy(&vm.heap().display(value)).into_owned())
}
