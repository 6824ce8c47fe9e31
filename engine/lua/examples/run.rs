//! Runs a script, as the program `lua` does: `cargo run -p redstart-lua --example run -- script.lua`. With `--time` before
//! it, runs it five times and prints the least seconds of CPU time that it took.

use std::io::Write;

use redstart_lua::{Call, Outcome, Progress, Setup, Value, Vm};

fn main() {
    let path = std::env::args().next_back().expect("the path of a script");
    if std::env::args().nth(1).is_some_and(|word| word == "--time") {
        let spent = |path: &str| {
            let began = cpu_seconds();
            run(path);
            cpu_seconds() - began
        };
        println!("{}", (0..5).map(|_| spent(&path)).fold(f64::INFINITY, f64::min));
    } else {
        run(&path);
    }
}

/// The CPU time that this process has had.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds: f64 = stat.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or_default();
    nanoseconds / 1e9
}

fn run(path: &str) {
    let source = std::fs::read(path).expect("a script that can be read");
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
