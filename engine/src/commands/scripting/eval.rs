//! EVAL and its kin: a script by its text or by its SHA-1, with the keys and arguments that it gets.

use alloc::boxed::Box;
use alloc::string::String;

use super::NO_SCRIPT;
use crate::argv::Args;
use crate::command::flag::{
    EFFECTS, Flags, MAY_REPLICATE, NO_MANDATORY_KEYS, NOSCRIPT, READONLY, SKIP_MONITOR, STALE,
};
use crate::command::key::{ACCESS, RO, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;
use crate::scripting::debug::{self, Debugger};
use crate::scripting::{self, DebugMode, Running};

pub(super) const FLAGS: Flags = NOSCRIPT | STALE | SKIP_MONITOR | NO_MANDATORY_KEYS | EFFECTS;

/// The digits of a SHA-1.
const SHA1_DIGITS: usize = 40;

pub(super) const WORST: &str =
    "We cannot tell how the keys will be used so we assume the worst, RW and UPDATE";
pub(super) const WORST_READ: &str =
    "We cannot tell how the keys will be used so we assume the worst, RO and ACCESS";

const BY_TEXT: &[Arg] = &[
    Arg::string("script"),
    Arg::integer("numkeys"),
    Arg::key("key", 0).optional().multiple(),
    Arg::string("arg").optional().multiple(),
];
const BY_SHA: &[Arg] = &[
    Arg::string("sha1"),
    Arg::integer("numkeys"),
    Arg::key("key", 0).optional().multiple(),
    Arg::string("arg").optional().multiple(),
];
const BY_TEXT_RO: &[Arg] = &[
    Arg::string("script"),
    Arg::integer("numkeys"),
    Arg::key("key", 0).multiple(),
    Arg::string("arg").multiple(),
];
const BY_SHA_RO: &[Arg] = &[
    Arg::string("sha1"),
    Arg::integer("numkeys"),
    Arg::key("key", 0).multiple(),
    Arg::string("arg").multiple(),
];

pub(super) static EVAL: Command = Command::new("eval", Group::Scripting, "2.6.0", -3, eval)
    .summary("Runs a script of Lua.")
    .complexity("That of the script.")
    .flags(FLAGS | MAY_REPLICATE)
    .keys(&[KeySpec::counted(2, RW | ACCESS | UPDATE).notes(WORST)])
    .args(BY_TEXT);

pub(super) static EVALSHA: Command = Command::new("evalsha", Group::Scripting, "2.6.0", -3, evalsha)
    .summary("Runs a script of Lua that is known, by the SHA-1 of its text.")
    .complexity("That of the script.")
    .flags(FLAGS | MAY_REPLICATE)
    .keys(&[KeySpec::counted(2, RW | ACCESS | UPDATE)])
    .args(BY_SHA);

pub(super) static EVAL_RO: Command = Command::new("eval_ro", Group::Scripting, "7.0.0", -3, eval)
    .summary("Runs a script of Lua that only reads.")
    .complexity("That of the script.")
    .flags(FLAGS | READONLY)
    .keys(&[KeySpec::counted(2, RO | ACCESS).notes(WORST_READ)])
    .args(BY_TEXT_RO);

pub(super) static EVALSHA_RO: Command = Command::new("evalsha_ro", Group::Scripting, "7.0.0", -3, evalsha)
    .summary("Runs a script of Lua that is known and only reads, by the SHA-1 of its text.")
    .complexity("That of the script.")
    .flags(FLAGS | READONLY)
    .keys(&[KeySpec::counted(2, RO | ACCESS)])
    .args(BY_SHA_RO);

fn eval(call: &mut Call<'_>) -> Outcome {
    match call.session.debugs {
        None => eval_with(call, None),
        Some(_) if !call.may_wait => Err(Error::Text("ERR A script of a transaction can't be debugged")),
        Some(DebugMode::Copied) => call.debug_in_copy(),
        Some(DebugMode::Direct) => {
            let debugger = Debugger::new(call.args.at(1), call.server.now.mono_us);
            eval_with(call, Some(Box::new(debugger))).or_else(|error| Ok(debug::refuse(call, &error)))
        }
    }
}

fn eval_with(call: &mut Call<'_>, debugger: Option<Box<Debugger>>) -> Outcome {
    let (keys, arguments) = words(call.args)?;
    let memory = call.server.config.script_memory_limit;
    let name = call.server.scripts.load(call.args.at(1), memory)?;
    run(call, name, keys, arguments, debugger)
}

fn evalsha(call: &mut Call<'_>) -> Outcome {
    if call.session.debugs.is_some() && call.args.at(1).len() == SHA1_DIGITS {
        return Err(Error::Text("ERR Please use EVAL instead of EVALSHA for debugging"));
    }
    let name = String::from_utf8_lossy(call.args.at(1)).to_ascii_lowercase();
    if !call.server.scripts.knows(&name) {
        return Err(NO_SCRIPT);
    }
    let (keys, arguments) = words(call.args)?;
    run(call, name, keys, arguments, None)
}

/// The keys and the arguments, whose number stands before them.
pub(super) fn words<'a>(args: Args<'a>) -> Result<(Args<'a>, Args<'a>), Error> {
    split(args, args.int(2)?)
}

/// The keys, which are so many, and the arguments.
pub(super) fn split(args: Args<'_>, count: i64) -> Result<(Args<'_>, Args<'_>), Error> {
    if count > args.len() as i64 - 3 {
        return Err(Error::Text("ERR Number of keys can't be greater than number of args"));
    }
    let count = usize::try_from(count).map_err(|_| Error::Text("ERR Number of keys can't be negative"))?;
    Ok((args.from(3).until(count), args.from(3 + count)))
}

fn run(
    call: &mut Call<'_>,
    name: String,
    keys: Args<'_>,
    arguments: Args<'_>,
    debugger: Option<Box<Debugger>>,
) -> Outcome {
    let Some((function, rules)) = call.server.scripts.known(&name) else { return Err(NO_SCRIPT) };
    let running = call.new_script(scripting::Kind::Script, name, rules)?;
    let running = Running { debugger, ..running };
    scripting::begin(call, running, function, keys, arguments)
}
