//! What a script asks of the store: above all to run commands. Each goes the way of any other, with gates of its own
//! before it, and its reply comes back as a value of Lua.

use alloc::string::String;
use alloc::vec::Vec;

use redstart_lua::text::format::{Float, Spec};
use redstart_lua::{Heap, Raise, Value};

use super::debug::Debugger;
use super::environment::{Question, error_table};
use super::{Machine, Running, convert};
use crate::argv::{Args, Argv};
use crate::command::{Command, flag};
use crate::engine::Server;
use crate::error::Error;
use crate::execute::{Call, Request};
use crate::machine::LogLevel;
use crate::reply::Protocol;
use crate::resp::read;

/// Answers what the script asks, by a value or by an error that is raised in it.
pub(super) fn answer(call: &mut Call<'_>, running: &mut Running, machine: &mut Machine, question: Question) {
    let answered = match question {
        Question::Call => call_store(call, running, machine, true),
        Question::Pcall => call_store(call, running, machine, false),
        Question::Log => log(call.server, machine),
        Question::SetResp => set_resp(running, machine),
        Question::SetRepl => set_repl(running, machine),
        Question::AclCheck => acl_check(call, machine),
        Question::Register => {
            refuse(machine, "redis.register_function can only be called on FUNCTION LOAD command")
        }
        Question::Breakpoint => Ok(Value::Bool(running.debugger().map(Debugger::note_breakpoint).is_some())),
        Question::Debug => {
            if let Some(debugger) = running.debugger() {
                debugger.note_values(machine);
            }
            return give_all(machine, Ok(&[]));
        }
        Question::Raised => note_place(machine),
    };
    give(machine, answered);
}

/// Gives the script its answer.
pub(super) fn give(machine: &mut Machine, answered: Result<Value, Raise>) {
    match answered {
        Ok(value) => give_all(machine, Ok(&[value])),
        Err(raise) => give_all(machine, Err(raise)),
    }
}

fn give_all(machine: &mut Machine, answered: Result<&[Value], Raise>) {
    let answered = match answered {
        Ok(values) => machine.vm.answer(values),
        Err(Raise::Error(error)) => {
            machine.vm.raise(error);
            Ok(())
        }
        Err(Raise::Memory | Raise::Handler) => Err(Raise::Memory),
    };
    if answered.is_err() {
        machine.vm.fail_host(super::NO_MEMORY);
    }
}

/// `redis.call` and `redis.pcall`: an error is raised by the one, and returned by the other.
fn call_store(
    call: &mut Call<'_>,
    running: &mut Running,
    machine: &mut Machine,
    raises: bool,
) -> Result<Value, Raise> {
    match words(machine) {
        Ok(argv) => run(call, running, machine, &argv, raises),
        Err(text) => {
            if let Some(debugger) = running.debugger() {
                debugger.note_refusal(text.as_bytes());
            }
            let error = error_table(machine.vm.heap_mut(), text.as_bytes())?;
            if raises { Err(Raise::Error(error)) } else { Ok(error) }
        }
    }
}

/// Runs a command for the script, or for who debugs it.
pub(super) fn run(
    call: &mut Call<'_>,
    running: &mut Running,
    machine: &mut Machine,
    argv: &Argv,
    raises: bool,
) -> Result<Value, Raise> {
    if let Some(debugger) = running.debugger() {
        debugger.note_call(argv.args().iter());
    }
    let error = match permit(call, running, argv.args()) {
        Ok(command) => return carry_out(call, running, machine, command, argv, raises),
        Err(error) => error,
    };
    call.server.count_error(&error);
    let text = alloc::format!("-{error}");
    if let Some(debugger) = running.debugger() {
        debugger.note_refusal(text.strip_prefix("-ERR ").unwrap_or(&text).as_bytes());
    }
    let error = error_table(machine.vm.heap_mut(), text.as_bytes())?;
    mark_counted(machine.vm.heap_mut(), error)?;
    if raises { Err(Raise::Error(error)) } else { Ok(error) }
}

/// Statistics have this error already: it isn't counted again where the script ends with it.
fn mark_counted(heap: &mut Heap, error: Value) -> Result<(), Raise> {
    let Value::Table(table) = error else { return Ok(()) };
    heap.set_name(table, b"ignore_error_stats_update", Value::Bool(true))
}

const NOTHING_ASKED: &str = "Please specify at least one argument for this redis lib call";
const NO_WORD: &str = "Lua redis lib command arguments must be strings or integers";

/// The arguments as the words of a command.
fn words(machine: &Machine) -> Result<Argv, &'static str> {
    let arguments = machine.vm.host_arguments();
    if arguments.is_empty() {
        return Err(NOTHING_ASKED);
    }
    let mut argv = Argv::default();
    for argument in arguments {
        match argument {
            Value::String(text) => argv.push(machine.vm.heap().bytes(*text)),
            Value::Number(number) => push_number(&mut argv, *number),
            _ => return Err(NO_WORD),
        }
    }
    Ok(argv)
}

/// A number with all its digits: as C's `%.17g` has it.
fn push_number(argv: &mut Argv, number: f64) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let whole = number as i64;
    if whole as f64 == number && number.abs() < EXACT && (whole != 0 || number.is_sign_positive()) {
        return argv.push(itoa::Buffer::new().format(whole).as_bytes());
    }
    let mut text = Vec::new();
    Spec { precision: Some(17), ..Spec::PLAIN }.float(Float::Shortest, number, &mut text);
    argv.push(&text);
}

/// The gates of a script's commands, in Redis's order.
fn permit(call: &mut Call<'_>, running: &mut Running, args: Args<'_>) -> Result<&'static Command, Error> {
    let command = call
        .server
        .find_command(Request::new(args))
        .map_err(|_| Error::Text("ERR Unknown Redis command called from script"))?;
    if let Err(error) = may_run(call.server, running, command, args) {
        call.server.note_rejected(command);
        return Err(error);
    }
    running.has_written |= command.has(flag::WRITE);
    Ok(command)
}

fn may_run(server: &Server, running: &Running, command: &Command, args: Args<'_>) -> Result<(), Error> {
    if !command.accepts(args.len()) {
        return Err(Error::Text("ERR Wrong number of args calling Redis command from script"));
    }
    if command.has(flag::NOSCRIPT) && !server.lets_scripts {
        return Err(Error::Text("ERR This Redis command is not allowed from script"));
    }
    // What may be passed on to replicas counts as writing, so that such scripts can run while writing is paused.
    if running.rules.no_writes && command.flags & (flag::WRITE | flag::MAY_REPLICATE) != 0 {
        return Err(Error::Text("ERR Write commands are not allowed from read-only scripts."));
    }
    if command.has(flag::WRITE) {
        if server.lacks_replicas() {
            return Err(Error::NoReplicas);
        }
        if server.saves_fail() {
            return Err(Error::CantSave);
        }
    }
    let lacks_memory = running.lacks_memory && !running.rules.allow_oom && !running.has_written;
    if lacks_memory && command.has(flag::DENYOOM) {
        return Err(Error::OutOfMemory);
    }
    Ok(())
}

fn carry_out(
    call: &mut Call<'_>,
    running: &mut Running,
    machine: &mut Machine,
    command: &'static Command,
    argv: &Argv,
    raises: bool,
) -> Result<Value, Raise> {
    let mut reply = Vec::new();
    call.run_for_script(running, command, argv.args(), &mut reply);
    let Ok(Some((mut value, _))) = read::read(&reply) else {
        return error_table(machine.vm.heap_mut(), b"The reply is nested too deeply")
            .and_then(|e| Err(Raise::Error(e)));
    };
    let protocol = running.protocol;
    if let Some(debugger) = running.debugger() {
        debugger.note_reply(&value, protocol);
    }
    if protocol == Protocol::Resp2 {
        convert::without_nulls(&mut value);
    }
    let heap = machine.vm.heap_mut();
    let answer = convert::to_lua(heap, &value)?;
    if matches!(value, read::Value::Error(_)) {
        mark_counted(heap, answer)?;
        if raises {
            return Err(Raise::Error(answer));
        }
    }
    Ok(answer)
}

pub(super) fn refuse(machine: &mut Machine, text: &str) -> Result<Value, Raise> {
    let error = error_table(machine.vm.heap_mut(), text.as_bytes())?;
    Err(Raise::Error(error))
}

/// `redis.log(level, text, …)`
pub(super) fn log(server: &mut Server, machine: &mut Machine) -> Result<Value, Raise> {
    let arguments = machine.vm.host_arguments();
    let (Some(level), Some(_)) = (arguments.first(), arguments.get(1)) else {
        return refuse(machine, "redis.log() requires two arguments or more.");
    };
    let Some(level) = machine.vm.heap().to_number(*level) else {
        return refuse(machine, "First argument must be a number (log level).");
    };
    let level = match convert::whole(level) {
        0 => LogLevel::Debug,
        1 => LogLevel::Verbose,
        2 => LogLevel::Notice,
        3 => LogLevel::Warning,
        _ => return refuse(machine, "Invalid debug level."),
    };
    let heap = machine.vm.heap();
    let texts = arguments.iter().skip(1).filter(|value| matches!(value, Value::String(_) | Value::Number(_)));
    let texts: Vec<Vec<u8>> = texts.map(|&value| heap.display(value)).collect();
    server.log(level, String::from_utf8_lossy(&texts.join(&b' ')).into_owned());
    Ok(Value::Nil)
}

/// `redis.setresp(version)`
fn set_resp(running: &mut Running, machine: &mut Machine) -> Result<Value, Raise> {
    let &[version] = machine.vm.host_arguments() else {
        return refuse(machine, "redis.setresp() requires one argument.");
    };
    let version = machine.vm.heap().to_number(version).map_or(0, convert::whole);
    match convert::protocol(version) {
        Some(protocol) => running.protocol = protocol,
        None => return refuse(machine, "RESP version must be 2 or 3."),
    }
    Ok(Value::Nil)
}

/// `redis.set_repl(flags)`
fn set_repl(running: &mut Running, machine: &mut Machine) -> Result<Value, Raise> {
    let &[flags] = machine.vm.host_arguments() else {
        return refuse(machine, "redis.set_repl() requires two arguments.");
    };
    match machine.vm.heap().to_number(flags).map_or(0, convert::whole) {
        flags @ 0..=3 => running.propagates_to = flags as u8,
        _ => {
            let text = "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.";
            return refuse(machine, text);
        }
    }
    Ok(Value::Nil)
}

/// `redis.acl_check_cmd(command, …)`: the one user that there is may do everything.
fn acl_check(call: &Call<'_>, machine: &mut Machine) -> Result<Value, Raise> {
    let argv = match words(machine) {
        Ok(argv) => argv,
        Err(text) => return refuse(machine, text),
    };
    match call.server.find_command(Request::new(argv.args())) {
        Ok(_) => Ok(Value::Bool(true)),
        Err(_) => refuse(machine, "Invalid command passed to redis.acl_check_cmd()"),
    }
}

/// An error was raised: it is made a table, with its place in it.
pub(super) fn note_place(machine: &mut Machine) -> Result<Value, Raise> {
    let error = machine.vm.host_arguments().first().copied().unwrap_or_default();
    let place = machine.vm.raised_at().map(|(source, line)| (source.to_vec(), line));
    let table = match error {
        Value::Table(table) => table,
        other => {
            let text = machine.vm.heap().display(other);
            let text = machine.vm.heap_mut().string(&[b"ERR ", text.as_slice()].concat())?;
            let table = machine.vm.heap_mut().table(0, 3)?;
            machine.vm.heap_mut().set_name(table, b"err", text)?;
            table
        }
    };
    if let Some((source, line)) = place {
        let source = machine.vm.heap_mut().string(&source)?;
        machine.vm.heap_mut().set_name(table, b"source", source)?;
        machine.vm.heap_mut().set_name(table, b"line", Value::Number(f64::from(line)))?;
    }
    Ok(Value::Table(table))
}
