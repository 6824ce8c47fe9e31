//! SCRIPT: the scripts that are known, and the one that runs.

use alloc::string::String;

use crate::command::flag::{ALLOW_BUSY, LOADING, NOSCRIPT, STALE};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;
use crate::scripting::{DebugMode, Kind};

pub(super) static SCRIPT: Command = Command::container(
    "script",
    Group::Scripting,
    "2.6.0",
    -2,
    &[&DEBUG, &EXISTS, &FLUSH, &HELP, &KILL, &LOAD],
)
.summary("Manages the scripts that are known.")
.complexity("Depends on the subcommand.");

static LOAD: Command = Command::new("script|load", Group::Scripting, "2.6.0", 3, load)
    .summary("Makes a script known without running it.")
    .complexity("O(N) for N bytes of the script.")
    .flags(NOSCRIPT | STALE)
    .tips(&["request_policy:all_nodes", "response_policy:all_succeeded"])
    .args(&[Arg::string("script")]);

fn load(call: &mut Call<'_>) -> Outcome {
    let memory = call.server.config.script_memory_limit;
    let name = call.server.scripts.load(call.args.at(2), memory)?;
    Ok(call.reply.bulk(name.as_bytes()))
}

static EXISTS: Command = Command::new("script|exists", Group::Scripting, "2.6.0", -3, exists)
    .summary("Tells which scripts are known, by their SHA-1.")
    .complexity("O(N log M) for N scripts that are asked for and M that are known.")
    .flags(NOSCRIPT)
    .tips(&["request_policy:all_shards", "response_policy:agg_logical_and"])
    .args(&[Arg::string("sha1").multiple()]);

fn exists(call: &mut Call<'_>) -> Outcome {
    let names = call.args.from(2);
    let mut replied = call.reply.array(names.len());
    for name in names.iter() {
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let is_known = call.server.scripts.knows(&name);
        replied = call.reply.flag(is_known);
    }
    Ok(replied)
}

static FLUSH: Command = Command::new("script|flush", Group::Scripting, "2.6.0", -2, flush)
    .summary("Forgets all scripts.")
    .complexity("O(N) for N scripts.")
    .history(&[("6.2.0", "`ASYNC` and `SYNC`")])
    .flags(NOSCRIPT)
    .tips(&["request_policy:all_nodes", "response_policy:all_succeeded"])
    .args(&[Arg::one_of("async", &[Arg::word("async", "ASYNC"), Arg::word("sync", "SYNC")])
        .optional()
        .since("6.2.0")]);

fn flush(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    if args.len() > 2 && !(args.len() == 3 && (args.is(2, "SYNC") || args.is(2, "ASYNC"))) {
        return Err(Error::Text("ERR SCRIPT FLUSH only support SYNC|ASYNC option"));
    }
    call.server.scripts.forget_all();
    Ok(call.reply.ok())
}

static KILL: Command = Command::new("script|kill", Group::Scripting, "2.6.0", 2, kill)
    .summary("Ends the script that runs, unless it has written.")
    .complexity("O(1)")
    .flags(NOSCRIPT | ALLOW_BUSY)
    .tips(&["request_policy:all_shards", "response_policy:one_succeeded"]);

fn kill(call: &mut Call<'_>) -> Outcome {
    end_running(call, Kind::Script)
}

/// Ends what runs, if it is of this kind and has not written.
pub(super) fn end_running(call: &mut Call<'_>, kind: Kind) -> Outcome {
    let busy = call.server.busy();
    let Some(running) = &mut call.server.scripts.running else {
        return Err(Error::Text("NOTBUSY No scripts in execution right now."));
    };
    if running.kind != kind {
        return Err(busy);
    }
    if running.has_written {
        return Err(Error::Text(
            "UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait \
             the script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.",
        ));
    }
    running.is_killed = true;
    Ok(call.reply.ok())
}

static DEBUG: Command = Command::new("script|debug", Group::Scripting, "3.2.0", 3, debug)
    .summary("Opens a session of the debugger with the next EVAL: YES in a copy of the store, SYNC in the store itself.")
    .complexity("O(1)")
    .flags(NOSCRIPT)
    .args(&[Arg::one_of(
        "mode",
        &[Arg::word("yes", "YES"), Arg::word("sync", "SYNC"), Arg::word("no", "NO")],
    )]);

fn debug(call: &mut Call<'_>) -> Outcome {
    if call.reply.mark() > 0 {
        return Err(Error::Text("ERR SCRIPT DEBUG must be called outside a pipeline"));
    }
    let args = call.args;
    call.session.debugs = match () {
        () if args.is(2, "YES") => Some(DebugMode::Copied),
        () if args.is(2, "SYNC") => Some(DebugMode::Direct),
        () if args.is(2, "NO") => None,
        () => return Err(Error::Text("ERR Use SCRIPT DEBUG YES/SYNC/NO")),
    };
    Ok(call.reply.ok())
}

static HELP: Command = Command::new("script|help", Group::Scripting, "5.0.0", 2, help)
    .summary("Lists the subcommands.")
    .complexity("O(1)")
    .flags(LOADING | STALE);

fn help(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.lines(&[
        "SCRIPT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "DEBUG (YES|SYNC|NO)",
        "    Open a session of the debugger with the next EVAL. With YES what the script writes is undone.",
        "EXISTS <sha1> [<sha1> ...]",
        "    Tell of each script, by the SHA-1 of its text, whether it is known.",
        "FLUSH [ASYNC|SYNC]",
        "    Forget all scripts.",
        "KILL",
        "    End the script that runs, unless it has written.",
        "LOAD <script>",
        "    Make a script known without running it.",
        "HELP",
        "    Print this help.",
    ]))
}
