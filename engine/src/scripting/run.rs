//! Running a script: its beginning, its slices, its end.

use alloc::boxed::Box;
use alloc::vec::Vec;

use redstart_lua::{Pin, Progress, Raise, Value};

use super::environment::Question;
use super::{Kind, Machine, Running, ask, convert, debug};
use crate::argv::Args;
use crate::error::{Error, until_zero};
use crate::execute::Call;
use crate::reply::{Outcome, Protocol, Replied};

/// Instructions of a slice: about a millisecond's.
pub(super) const SLICE: i64 = 100_000;

/// What a command that a script calls counts for, in instructions.
pub(super) const COMMAND: i64 = 100;

/// Runs a script for the command that called it.
///
/// # Errors
/// Those that the script ends with, and those of what keeps it from running at all.
pub(crate) fn begin(
    call: &mut Call<'_>,
    mut running: Running,
    function: Pin,
    keys: Args<'_>,
    arguments: Args<'_>,
) -> Outcome {
    let rules = running.rules;
    if !rules.is_plain && !rules.no_writes {
        if call.server.saves_fail() {
            return Err(Error::CantSave);
        }
        if running.lacks_memory && !rules.allow_oom {
            return Err(Error::OutOfMemory);
        }
    }
    let Some(machine) = call.server.scripts.machine_of(running.kind).as_deref_mut() else {
        return Err(NO_MACHINE);
    };
    let function = machine.vm.pinned(function);
    let ready = match running.kind {
        Kind::Script => machine.start_script(function, keys, arguments),
        Kind::Function => machine.start_function(function, keys, arguments),
    };
    if let Err(raise) = ready {
        let text = machine.text_of(raise);
        machine.vm.abort();
        return Err(Error::Quoting([b"ERR ".as_slice(), &text].concat()));
    }
    // Whoever looks on sees the script before what it calls.
    call.show_first();
    if running.debugger.is_some() {
        call.server.scripts.running = Some(Box::new(running));
        return Ok(call.wait_for_script());
    }
    match slice(call, &mut running)? {
        Some(replied) => Ok(replied),
        None => {
            call.server.scripts.running = Some(Box::new(running));
            Ok(call.wait_for_script())
        }
    }
}

const NO_MACHINE: Error = Error::Text("ERR There is no machine to run scripts");

/// Gives the script that was put aside another slice; tells whether it is done, and how it ended.
pub(crate) fn go_on(call: &mut Call<'_>, running: &mut Running) -> Result<Option<Replied>, Error> {
    slice(call, running)
}

impl Machine {
    /// A script finds its words in globals.
    fn start_script(&mut self, script: Value, keys: Args<'_>, arguments: Args<'_>) -> Result<(), Raise> {
        let (keys, arguments) = (self.words(keys.iter())?, self.words(arguments.iter())?);
        let globals = self.vm.globals();
        self.vm.heap_mut().set_name(globals, b"KEYS", keys)?;
        self.vm.heap_mut().set_name(globals, b"ARGV", arguments)?;
        self.start(script, &[])
    }

    /// A function gets its words as arguments.
    fn start_function(&mut self, function: Value, keys: Args<'_>, arguments: Args<'_>) -> Result<(), Raise> {
        let words = [self.words(keys.iter())?, self.words(arguments.iter())?];
        self.start(function, &words)
    }

    /// Makes a function ready to run, its errors caught.
    pub(super) fn start(&mut self, function: Value, arguments: &[Value]) -> Result<(), Raise> {
        let (protect, handler) = (self.vm.pinned(self.protect), self.vm.pinned(self.handler));
        self.vm.start(protect, &[&[function, handler], arguments].concat())
    }
}

fn slice(call: &mut Call<'_>, running: &mut Running) -> Result<Option<Replied>, Error> {
    let mut machine = call.server.scripts.machine_of(running.kind).take().ok_or(NO_MACHINE)?;
    if running.debugger.is_some() {
        let ended = debug::slice(call, running, &mut machine);
        *call.server.scripts.machine_of(running.kind) = Some(machine);
        return ended.transpose();
    }
    let mut fuel = SLICE;
    let ended = loop {
        if running.is_killed {
            break Some(Err(ended_early(&mut machine, running, "Script killed by user with SCRIPT KILL...")));
        }
        if fuel <= 0 {
            break None;
        }
        match machine.vm.resume(fuel.unsigned_abs()) {
            Progress::Yielded => break None,
            Progress::NeedsHost(id) => match Question::of(id) {
                Some(question) => ask::answer(call, running, &mut machine, question),
                None => machine.vm.fail_host(b"nobody answers this"),
            },
            Progress::Done => break Some(finish(call, running, &mut machine)),
            Progress::Failed => break Some(Err(Error::Text("ERR not enough memory"))),
        }
        fuel = machine.vm.fuel() - COMMAND;
    };
    *call.server.scripts.machine_of(running.kind) = Some(machine);
    ended.transpose()
}

/// Writes what a script returned, or gives the error that it ended with.
pub(super) fn finish(
    call: &mut Call<'_>,
    running: &Running,
    machine: &mut Machine,
) -> Result<Replied, Error> {
    let results = machine.vm.results();
    let is_fine = matches!(results.first(), Some(Value::Bool(true)));
    let value = results.get(1).copied().unwrap_or_default();
    if !is_fine {
        return fail(call, running, machine, value);
    }
    let returns_error = machine.text_in(value, b"err").is_some();
    let speaks3 = running.protocol == Protocol::Resp3;
    let mark = call.reply.mark();
    let replied = convert::to_reply(machine.vm.heap_mut(), &mut call.reply, value, speaks3);
    if returns_error {
        // It is the script's own, so it counts as one.
        call.has_failed = true;
        let line: Vec<u8> = call.reply.since(mark).trim_ascii_end().iter().skip(1).copied().collect();
        note_error(call, machine, value, &Error::Quoting(line));
    }
    Ok(replied)
}

/// The error that nobody caught, and where it was raised.
fn fail(call: &mut Call<'_>, running: &Running, machine: &Machine, value: Value) -> Result<Replied, Error> {
    let text = machine.text_in(value, b"err").unwrap_or_else(|| match value {
        // Memory that is used up leaves no room to say where.
        Value::String(text) => [b"ERR ".as_slice(), machine.vm.heap().bytes(text)].concat(),
        _ => b"ERR unknown error".to_vec(),
    });
    let mut line = [until_zero(&text), b" script: ", running.name.as_bytes()].concat();
    if let Value::Table(table) = value
        && let Some(source) = machine.text_in(value, b"source")
    {
        let number = machine.vm.heap().get_name(table, b"line");
        line.extend([b", on ", source.as_slice(), b":", &machine.vm.heap().display(number)].concat());
    }
    line.push(b'.');
    let error = Error::Quoting(line);
    if was_counted(machine, value) {
        call.has_failed = true;
        return Ok(call.reply.error(&error));
    }
    Err(error)
}

fn note_error(call: &mut Call<'_>, machine: &Machine, value: Value, error: &Error) {
    if !was_counted(machine, value) {
        call.server.count_error(error);
    }
}

/// Whether an error is that of a command, which was counted then.
fn was_counted(machine: &Machine, error: Value) -> bool {
    let Value::Table(table) = error else { return false };
    machine.vm.heap().get_name(table, b"ignore_error_stats_update").is_true()
}

/// Ends a script that somebody wants to end, for this reason.
pub(super) fn ended_early(machine: &mut Machine, running: &Running, why: &str) -> Error {
    let levels = machine.vm.levels();
    machine.vm.abort();
    let mut text = alloc::format!("ERR {why} script: {}", running.name).into_bytes();
    if let Some(level) = levels.iter().find(|level| level.line > 0) {
        text.extend(
            [b", on ".as_slice(), &level.given, b":", itoa::Buffer::new().format(level.line).as_bytes()]
                .concat(),
        );
    }
    text.push(b'.');
    Error::Quoting(text)
}

impl Kind {
    /// The command that ends a script of this kind.
    pub(crate) const fn killer(self) -> &'static str {
        match self {
            Self::Script => "SCRIPT KILL",
            Self::Function => "FUNCTION KILL",
        }
    }
}
