//! What the store knows of a value besides the value.

use crate::command::flag::{LOADING, READONLY, STALE};
use crate::command::key::RO;
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;
use crate::types::{Held, StrView};

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

fn object_freq(call: &mut Call<'_>) -> Outcome {
    let Some(usage) = call.db.inspect(call.args.at(2)).map(|entry| entry.usage) else {
        return Ok(call.reply.null());
    };
    let frequency = call.db.uses().frequency(usage, call.db.clock()).ok_or(Error::Text(
        "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching \
         between policies at runtime LRU and LFU data will take some time to adjust.",
    ))?;
    Ok(call.reply.int(i64::from(frequency)))
}

static OBJECT_HELP: Command = Command::new("object|help", Group::Generic, "6.2.0", 2, object_help)
    .summary("Lists the subcommands.")
    .complexity("O(1)")
    .flags(LOADING | STALE);

fn object_help(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.lines(&[
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
    ]))
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
    let Some(usage) = call.db.inspect(call.args.at(2)).map(|entry| entry.usage) else {
        return Ok(call.reply.null());
    };
    if call.db.uses().counts() {
        return Err(Error::Text(
            "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between \
             policies at runtime LRU and LFU data will take some time to adjust.",
        ));
    }
    Ok(call.reply.int(i64::from(usage.idle_secs(call.db.clock()))))
}

static OBJECT_REFCOUNT: Command =
    Command::new("object|refcount", Group::Generic, "2.2.3", 3, object_refcount)
        .summary("Tells how many keys share the memory of a value.")
        .complexity("O(1)")
        .flags(READONLY)
        .tips(&["nondeterministic_output"])
        .keys(&[KeySpec::at(2, RO)])
        .args(&[Arg::key("key", 0)]);

/// Values are not shared here, but people ask in order to see that small numbers cost nothing; they don't. Redis shares
/// none when it has to know of each key how it is used.
fn object_refcount(call: &mut Call<'_>) -> Outcome {
    let config = &call.server.config;
    let shares = config.maxmemory == 0 || !config.maxmemory_policy.needs_usage();
    match call.db.inspect(call.args.at(2)).map(|entry| entry.value) {
        Some(Held::Str(StrView::Int(0..=9999))) if shares => Ok(call.reply.int(i64::from(i32::MAX))),
        Some(_) => Ok(call.reply.int(1)),
        None => Ok(call.reply.null()),
    }
}
