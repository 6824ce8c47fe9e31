//! Running a program and keeping what it prints.

use std::sync::Mutex;

use redstart_lua::{Call, Outcome, Progress, Raise, Setup, Value, Vm};

static PRINTED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// What a program prints, and the error that ends it, if one does.
pub(crate) fn output_of(source: &[u8], name: &str, memory: usize) -> Vec<u8> {
    PRINTED.lock().expect("no test failed while printing").clear();
    let mut vm = Vm::new(Setup { memory, seed: 0 }).expect("room for a machine");
    vm.open_libraries().expect("room for the libraries");
    vm.library("", &[("print", print)]).expect("room for print");
    let ready = vm.load(source, name.as_bytes()).and_then(|chunk| vm.start(chunk, &[]));
    let error = match ready {
        Ok(()) => {
            // So that every program is also one that stops and goes on in odd places.
            while vm.resume(997) == Progress::Yielded {}
            vm.failure()
        }
        Err(Raise::Error(error)) => error,
        Err(_) => Value::Nil,
    };
    let mut printed = std::mem::take(&mut *PRINTED.lock().expect("no test failed while printing"));
    if !error.is_nil() {
        printed.extend(vm.heap().display(error));
        printed.push(b'\n');
    }
    printed
}

fn print(call: &mut Call<'_>) -> Outcome {
    let shown: Vec<Vec<u8>> = (1..=call.count()).map(|at| call.display(call.arg(at))).collect();
    let mut printed = PRINTED.lock().expect("no test failed while printing");
    printed.extend(shown.join(&b'\t'));
    printed.push(b'\n');
    drop(printed);
    call.give_nothing()
}
