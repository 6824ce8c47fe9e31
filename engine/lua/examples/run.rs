//! Runs a script, as the program `lua` does: `cargo run -p redstart-lua --example run -- script.lua`.

use std::io::Write;

use redstart_lua::{Call, Outcome, Progress, Setup, Value, Vm};

fn main() {
    let path = std::env::args().nth(1).expect("the path of a script");
    let source = std::fs::read(&path).expect("a script that can be read");
    let mut vm = Vm::new(Setup { memory: 1 << 30, seed: 0 }).expect("room for a machine");
    vm.open_libraries().expect("room for the libraries");
    vm.library("", &[("print", print)]).expect("room for print");
    let chunk = vm.load(&source, format!("@{path}").as_bytes());
    let ready = chunk.and_then(|chunk| vm.start(chunk, &[]));
    if let Err(redstart_lua::Raise::Error(error)) = ready {
        fail(&vm, error);
    }
    while vm.resume(1_000_000) == Progress::Yielded {}
    if !vm.failure().is_nil() {
        fail(&vm, vm.failure());
    }
}

fn fail(vm: &Vm, error: Value) -> ! {
    eprintln!("{}", String::from_utf8_lossy(&vm.heap().display(error)));
    std::process::exit(1);
}

fn print(call: &mut Call<'_>) -> Outcome {
    let mut line = Vec::new();
    for at in 1..=call.count() {
        if at > 1 {
            line.push(b'\t');
        }
        line.extend(call.display(call.arg(at)));
    }
    line.push(b'\n');
    match std::io::stdout().write_all(&line) {
        Ok(()) => call.give_nothing(),
        Err(error) => Err(call.error(error.to_string())),
    }
}
