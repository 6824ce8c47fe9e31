//! Our machine, and what it says of a program.

use super::plain::plain;
use super::program::{Against, Program};
use crate::dice::Dice;
use redstart_lua::{Progress, Raise, Setup, Vm};
use std::panic::{self, AssertUnwindSafe};

/// What our machine says. The dice decide how often it is interrupted: that must not be seen.
pub(super) fn ours(program: &Program, seed: u64) -> Vec<u8> {
    let source = program.source();
    let run = panic::catch_unwind(AssertUnwindSafe(|| run_ours(source.as_bytes(), program.against, seed)));
    match run {
        Ok(Ok(text)) => plain(&text),
        Ok(Err(_)) => b"it can't even start".to_vec(),
        Err(_) => b"a panic".to_vec(),
    }
}

fn run_ours(source: &[u8], against: Against, seed: u64) -> Result<Vec<u8>, Raise> {
    const MEMORY: usize = 256 << 20;
    /// No program needs so much.
    const FUEL: u64 = 200_000_000;
    let mut dice = Dice::new(seed);
    let mut vm = Vm::new(Setup { memory: MEMORY, seed: 0 })?;
    vm.open_libraries()?;
    if against == Against::Server {
        for table in [Some(vm.globals()), vm.string_metatable()].into_iter().flatten() {
            vm.heap_mut().set_readonly(table, true);
        }
    }
    let function = match vm.load(source, against.chunk_name()) {
        Ok(function) => function,
        Err(Raise::Error(text)) => return Ok(vm.heap().display(text)),
        Err(other) => return Err(other),
    };
    vm.start(function, &[])?;
    let slice = [7, 100, 5000, 1_000_000][dice.below(4)];
    let collects = dice.chance(20);
    let mut fuel = 0;
    loop {
        match vm.resume(slice) {
            Progress::Done => {
                return Ok(vm.results().first().map_or_else(Vec::new, |text| vm.heap().display(*text)));
            }
            Progress::Failed => {
                // What nobody caught goes through C, where a text ends with its first zero.
                let mut failure = vm.heap().display(vm.failure());
                if against == Against::Server {
                    // A reply is a line.
                    failure.iter_mut().filter(|byte| b"\r\n".contains(byte)).for_each(|byte| *byte = b' ');
                }
                return Ok(failure.split(|&byte| byte == 0).next().unwrap_or_default().to_vec());
            }
            Progress::NeedsHost(_) => return Ok(b"a question".to_vec()),
            Progress::Yielded if fuel > FUEL => return Ok(b"no end".to_vec()),
            Progress::Yielded => {
                // Collecting costs fuel: the debt of one is paid before the next.
                if collects && vm.fuel() >= 0 && dice.chance(10) {
                    vm.collect();
                }
            }
        }
        fuel += slice;
    }
}

/// Nobody reads what a panic prints while programs are made smaller by the hundred.
pub(super) fn hush_panics() {
    panic::set_hook(Box::new(|_| {}));
}
