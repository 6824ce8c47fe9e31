//! What the store knows of a value besides the value: OBJECT, and MEMORY for keys.

use crate::command::flag::{LOADING, READONLY, STALE};
use crate::command::key::RO;
use crate::command::{Arg, Command, Group, KeySpec};
use crate::config::MaxmemoryPolicy;
use crate::error::Error;
use crate::execute::Call;
use crate::reply::{Outcome, Reply};
use crate::types::{Str, Value};

pub(super) static OBJECT: Command = Command::container(
    "object",
    Group::Generic,
    "2.2.3",
    -2,
    &[&OBJECT_ENCODING, &OBJECT_FREQ, &OBJECT_HELP, &OBJECT_IDLETIME, &OBJECT_REFCOUNT],
)
.summary("Tells how a value is kept.")
.complexity("Depends on the subcommand");

static OBJECT_ENCODING: Command =
    Command::new("object|encoding", Group::Generic, "2.2.3", 3, object_encoding)
        .summary("Names the encoding of a value.")
        .complexity("O(1)")
        .flags(READONLY)
        .tips(&["nondeterministic_output"])
        .keys(&[KeySpec::at(2, RO)])
        .args(&[Arg::key("key", 0)]);

fn object_encoding(call: &mut Call<'_>) -> Outcome {
    match call.db.inspect(call.args.at(2)) {
        Some(entry) => Ok(call.reply.bulk(entry.value.encoding().as_bytes())),
        None => Ok(call.reply.null()),
    }
}

static OBJECT_FREQ: Command = Command::new("object|freq", Group::Generic, "4.0.0", 3, object_freq)
    .summary("Tells how often a key is used, on a logarithmic scale.")
    .complexity("O(1)")
    .flags(READONLY)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(2, RO)])
    .args(&[Arg::key("key", 0)]);

/// Uses are only counted for eviction, and nothing is evicted yet: under an LFU policy every key is as good as unused.
fn object_freq(call: &mut Call<'_>) -> Outcome {
    if call.db.inspect(call.args.at(2)).is_none() {
        return Ok(call.reply.null());
    }
    if counts_uses(call) {
        return Ok(call.reply.int(0));
    }
    Err(Error::Text(
        "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching \
         between policies at runtime LRU and LFU data will take some time to adjust.",
    ))
}

static OBJECT_HELP: Command = Command::new("object|help", Group::Generic, "6.2.0", 2, object_help)
    .summary("Lists the subcommands.")
    .complexity("O(1)")
    .flags(LOADING | STALE);

fn object_help(call: &mut Call<'_>) -> Outcome {
    help(
        &mut call.reply,
        &[
            "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
            "ENCODING <key>",
            "    Name the way in which the value of <key> is kept.",
            "FREQ <key>",
            "    Tell how often <key> is used, on a logarithmic scale. Needs an LFU",
            "    maxmemory-policy.",
            "IDLETIME <key>",
            "    Tell for how many seconds <key> has not been used.",
            "REFCOUNT <key>",
            "    Tell how many keys share the memory of the value of <key>.",
            "HELP",
            "    Print this help.",
        ],
    )
}

static OBJECT_IDLETIME: Command =
    Command::new("object|idletime", Group::Generic, "2.2.3", 3, object_idletime)
        .summary("Tells for how many seconds a key has not been used.")
        .complexity("O(1)")
        .flags(READONLY)
        .tips(&["nondeterministic_output"])
        .keys(&[KeySpec::at(2, RO)])
        .args(&[Arg::key("key", 0)]);

fn object_idletime(call: &mut Call<'_>) -> Outcome {
    let clock_s = call.db.clock_s();
    let Some(touched_s) = call.db.inspect(call.args.at(2)).map(|entry| entry.touched_s) else {
        return Ok(call.reply.null());
    };
    if counts_uses(call) {
        return Err(Error::Text(
            "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between \
             policies at runtime LRU and LFU data will take some time to adjust.",
        ));
    }
    Ok(call.reply.int(i64::from(clock_s.saturating_sub(touched_s))))
}

/// Whether the policy goes by how often keys are used, and not by how long ago.
fn counts_uses(call: &Call<'_>) -> bool {
    let policy = call.server.config.maxmemory_policy;
    matches!(policy, MaxmemoryPolicy::VolatileLfu | MaxmemoryPolicy::AllkeysLfu)
}

static OBJECT_REFCOUNT: Command =
    Command::new("object|refcount", Group::Generic, "2.2.3", 3, object_refcount)
        .summary("Tells how many keys share the memory of a value.")
        .complexity("O(1)")
        .flags(READONLY)
        .tips(&["nondeterministic_output"])
        .keys(&[KeySpec::at(2, RO)])
        .args(&[Arg::key("key", 0)]);

/// Values are not shared here, but people ask in order to see that small numbers cost nothing; they don't.
fn object_refcount(call: &mut Call<'_>) -> Outcome {
    match call.db.inspect(call.args.at(2)).map(|entry| &entry.value) {
        Some(Value::Str(Str::Int(0..=9999))) => Ok(call.reply.int(i64::from(i32::MAX))),
        Some(_) => Ok(call.reply.int(1)),
        None => Ok(call.reply.null()),
    }
}

pub(super) static MEMORY: Command =
    Command::container("memory", Group::Server, "4.0.0", -2, &[&MEMORY_HELP, &MEMORY_USAGE])
        .summary("Tells where memory goes.")
        .complexity("Depends on the subcommand");

static MEMORY_HELP: Command = Command::new("memory|help", Group::Server, "4.0.0", 2, memory_help)
    .summary("Lists the subcommands.")
    .complexity("O(1)")
    .flags(LOADING | STALE);

fn memory_help(call: &mut Call<'_>) -> Outcome {
    help(
        &mut call.reply,
        &[
            "MEMORY <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
            "USAGE <key> [SAMPLES <count>]",
            "    Tell how many bytes <key> and its value take. The count is exact: SAMPLES",
            "    is accepted and makes no difference.",
            "HELP",
            "    Print this help.",
        ],
    )
}

static MEMORY_USAGE: Command = Command::new("memory|usage", Group::Server, "4.0.0", -3, memory_usage)
    .summary("Tells how many bytes a key and its value take.")
    .complexity("O(1)")
    .flags(READONLY)
    .keys(&[KeySpec::at(2, RO)])
    .args(&[Arg::key("key", 0), Arg::integer("count").after("SAMPLES").optional()]);

fn memory_usage(call: &mut Call<'_>) -> Outcome {
    let mut index = 3;
    while index < call.args.len() {
        if !call.args.is(index, "SAMPLES") || index + 1 == call.args.len() {
            return Err(Error::Syntax);
        }
        if call.args.int(index + 1)? < 0 {
            return Err(Error::Syntax);
        }
        index += 2;
    }
    match call.db.peek(call.args.at(2)) {
        Some(entry) => Ok(call.reply.len(entry.memory_bytes())),
        None => Ok(call.reply.null()),
    }
}

/// A help text: one status a line.
fn help(reply: &mut Reply<'_>, lines: &[&str]) -> Outcome {
    let mut replied = reply.array(lines.len());
    for line in lines {
        replied = reply.status(line);
    }
    Ok(replied)
}
