//! FUNCTION: the libraries that are known, and the function that runs.

use super::script::end_running;
use crate::command::flag::{ALLOW_BUSY, DENYOOM, LOADING, NOSCRIPT, STALE, WRITE};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::glob;
use crate::persistence::rdb::dump::{self as payload, NotLibraries};
use crate::reply::{Outcome, Replied, Reply};
use crate::scripting::{Kind, Library, Policy};

pub(super) static FUNCTION: Command = Command::container(
    "function",
    Group::Scripting,
    "7.0.0",
    -2,
    &[&DELETE, &DUMP, &FLUSH, &HELP, &KILL, &LIST, &LOAD, &RESTORE, &STATS],
)
.summary("Manages libraries of functions.")
.complexity("Depends on the subcommand.");

const BY_ALL: &[&str] = &["request_policy:all_shards", "response_policy:all_succeeded"];

static LOAD: Command = Command::new("function|load", Group::Scripting, "7.0.0", -3, load)
    .summary("Loads a library.")
    .complexity("O(1) beside what it takes to compile and run it.")
    .flags(NOSCRIPT | WRITE | DENYOOM)
    .tips(BY_ALL)
    .args(&[Arg::word("replace", "REPLACE").optional(), Arg::string("function-code")]);

fn load(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    let source = args.len() - 1;
    let mut replaces = false;
    for at in 2..source {
        if !args.is(at, "REPLACE") {
            return Err(Error::quoting("Unknown option given: ", args.at(at), ""));
        }
        replaces = true;
    }
    let name = call.server.load_library(args.at(source), replaces)?;
    call.db.keyspace().dirty += 1;
    Ok(call.reply.bulk(name.as_bytes()))
}

static LIST: Command = Command::new("function|list", Group::Scripting, "7.0.0", -2, list)
    .summary("Lists the libraries and their functions.")
    .complexity("O(N) for N functions.")
    .flags(NOSCRIPT)
    .tips(&["nondeterministic_output_order"])
    .args(&[
        Arg::string("library-name-pattern").after("LIBRARYNAME").optional(),
        Arg::word("withcode", "WITHCODE").optional(),
    ]);

fn list(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    let (mut pattern, mut with_code, mut at) = (None, false, 2);
    while at < args.len() {
        if !with_code && args.is(at, "WITHCODE") {
            with_code = true;
        } else if pattern.is_none() && args.is(at, "LIBRARYNAME") {
            at += 1;
            let given = args.get(at);
            pattern = Some(given.ok_or(Error::Text("ERR library name argument was not given"))?);
        } else {
            return Err(Error::quoting("Unknown argument ", args.at(at), ""));
        }
        at += 1;
    }
    let is_wanted =
        |library: &&Library| pattern.is_none_or(|it| glob::matches(it, library.name.as_bytes(), true));
    let libraries = || call.server.scripts.libraries.iter().filter(is_wanted);
    let mut replied = call.reply.array(libraries().count());
    for library in libraries() {
        replied = describe(&mut call.reply, library, with_code);
    }
    Ok(replied)
}

fn describe(reply: &mut Reply<'_>, library: &Library, with_code: bool) -> Replied {
    reply.map(3 + usize::from(with_code));
    reply.bulk(b"library_name");
    reply.bulk(library.name.as_bytes());
    reply.bulk(b"engine");
    reply.bulk(b"LUA");
    reply.bulk(b"functions");
    let mut replied = reply.array(library.functions.len());
    for function in &library.functions {
        reply.map(3);
        reply.bulk(b"name");
        reply.bulk(function.name.as_bytes());
        reply.bulk(b"description");
        match &function.description {
            Some(description) => reply.bulk(description),
            None => reply.null(),
        };
        reply.bulk(b"flags");
        replied = reply.set(function.rules.names().count());
        for name in function.rules.names() {
            replied = reply.status(name);
        }
    }
    if with_code {
        reply.bulk(b"library_code");
        replied = reply.bulk(&library.source);
    }
    replied
}

static DELETE: Command = Command::new("function|delete", Group::Scripting, "7.0.0", 3, delete)
    .summary("Deletes a library.")
    .complexity("O(N) for N functions of it.")
    .flags(NOSCRIPT | WRITE)
    .tips(BY_ALL)
    .args(&[Arg::string("library-name")]);

fn delete(call: &mut Call<'_>) -> Outcome {
    if !call.server.scripts.libraries.forget(call.args.at(2)) {
        return Err(Error::Text("ERR Library not found"));
    }
    call.db.keyspace().dirty += 1;
    Ok(call.reply.ok())
}

static FLUSH: Command = Command::new("function|flush", Group::Scripting, "7.0.0", -2, flush)
    .summary("Deletes all libraries.")
    .complexity("O(N) for N functions.")
    .flags(NOSCRIPT | WRITE)
    .tips(BY_ALL)
    .args(&[Arg::one_of("async", &[Arg::word("async", "ASYNC"), Arg::word("sync", "SYNC")]).optional()]);

fn flush(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    if args.len() > 3 {
        return Err(Error::subcommand(args.at(1), "FUNCTION"));
    }
    if args.len() == 3 && !args.is(2, "SYNC") && !args.is(2, "ASYNC") {
        return Err(Error::Text("ERR FUNCTION FLUSH only supports SYNC|ASYNC option"));
    }
    call.server.scripts.libraries.forget_all();
    call.db.keyspace().dirty += 1;
    Ok(call.reply.ok())
}

static DUMP: Command = Command::new("function|dump", Group::Scripting, "7.0.0", 2, dump)
    .summary("Gives all libraries as a payload.")
    .complexity("O(N) for N functions.")
    .flags(NOSCRIPT);

fn dump(call: &mut Call<'_>) -> Outcome {
    let compresses = call.server.config.rdbcompression;
    let payload = payload::write_libraries(call.server.scripts.libraries.sources(), compresses);
    Ok(call.reply.bulk(&payload))
}

static RESTORE: Command = Command::new("function|restore", Group::Scripting, "7.0.0", -3, restore)
    .summary("Loads all libraries of a payload.")
    .complexity("O(N) for N functions in the payload.")
    .flags(NOSCRIPT | WRITE | DENYOOM)
    .tips(BY_ALL)
    .args(&[
        Arg::string("serialized-value"),
        Arg::one_of(
            "policy",
            &[Arg::word("flush", "FLUSH"), Arg::word("append", "APPEND"), Arg::word("replace", "REPLACE")],
        )
        .optional(),
    ]);

fn restore(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    let policy = match args.len() {
        3 => Policy::Append,
        4 if args.is(3, "FLUSH") => Policy::Flush,
        4 if args.is(3, "APPEND") => Policy::Append,
        4 if args.is(3, "REPLACE") => Policy::Replace,
        4 => {
            let text = "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.";
            return Err(Error::Text(text));
        }
        _ => return Err(Error::subcommand(args.at(1), "FUNCTION")),
    };
    let body = payload::open(args.at(2), !call.server.skips_checksums)
        .ok_or(Error::Text("ERR DUMP payload version or checksum are wrong"))?;
    let sources = payload::read_libraries(body).map_err(|why| match why {
        NotLibraries::Other => Error::Text("ERR given type is not a function"),
        NotLibraries::Malformed => Error::Text("ERR Failed loading library payload"),
    })?;
    call.server.restore_libraries(&sources, policy)?;
    call.db.keyspace().dirty += 1;
    Ok(call.reply.ok())
}

static STATS: Command = Command::new("function|stats", Group::Scripting, "7.0.0", 2, stats)
    .summary("Tells of the function that runs, and how many there are.")
    .complexity("O(1)")
    .flags(NOSCRIPT | ALLOW_BUSY)
    .tips(&["nondeterministic_output", "request_policy:all_shards", "response_policy:special"]);

fn stats(call: &mut Call<'_>) -> Outcome {
    let now_us = call.server.now.mono_us;
    if call.server.scripts.running.as_ref().is_some_and(|running| running.kind == Kind::Script) {
        return Err(call.server.busy());
    }
    let (scripts, reply) = (&call.server.scripts, &mut call.reply);
    reply.map(2);
    reply.bulk(b"running_script");
    match &scripts.running {
        Some(running) => {
            reply.map(3);
            reply.bulk(b"name");
            reply.bulk(running.name.as_bytes());
            reply.bulk(b"command");
            reply.array(running.argv.args().len());
            for word in running.argv.args().iter() {
                reply.bulk(word);
            }
            reply.bulk(b"duration_ms");
            reply.int((now_us.saturating_sub(running.began.mono_us) / 1000) as i64);
        }
        None => {
            reply.null();
        }
    }
    reply.bulk(b"engines");
    reply.map(1);
    reply.bulk(b"LUA");
    reply.map(2);
    reply.bulk(b"libraries_count");
    reply.len(scripts.libraries.iter().count());
    reply.bulk(b"functions_count");
    Ok(reply.len(scripts.libraries.functions_len()))
}

static KILL: Command = Command::new("function|kill", Group::Scripting, "7.0.0", 2, kill)
    .summary("Ends the function that runs, unless it has written.")
    .complexity("O(1)")
    .flags(NOSCRIPT | ALLOW_BUSY)
    .tips(&["request_policy:all_shards", "response_policy:one_succeeded"]);

fn kill(call: &mut Call<'_>) -> Outcome {
    end_running(call, Kind::Function)
}

static HELP: Command = Command::new("function|help", Group::Scripting, "7.0.0", 2, help)
    .summary("Lists the subcommands.")
    .complexity("O(1)")
    .flags(LOADING | STALE);

fn help(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.lines(&[
        "FUNCTION <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "DELETE <library>",
        "    Delete a library.",
        "DUMP",
        "    Give all libraries as a payload for RESTORE.",
        "FLUSH [ASYNC|SYNC]",
        "    Delete all libraries.",
        "KILL",
        "    End the function that runs, unless it has written.",
        "LIST [LIBRARYNAME <pattern>] [WITHCODE]",
        "    List the libraries and their functions.",
        "LOAD [REPLACE] <code>",
        "    Load a library.",
        "RESTORE <payload> [FLUSH|APPEND|REPLACE]",
        "    Load all libraries of a payload. FLUSH deletes all others first, APPEND (the default) accepts no library that",
        "    is there already, REPLACE replaces those.",
        "STATS",
        "    Tell of the function that runs, and how many there are.",
        "HELP",
        "    Print this help.",
    ]))
}
