//! SLOWLOG: the calls that took at least `slowlog-log-slower-than`.

use crate::command::flag::{ADMIN, Flags, LOADING, STALE};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;

pub(super) static COMMANDS: &[&Command] = &[&SLOWLOG];

const FLAGS: Flags = ADMIN | LOADING | STALE;

static SLOWLOG: Command =
    Command::container("slowlog", Group::Server, "2.2.12", -2, &[&GET, &HELP, &LEN, &RESET])
        .summary("Shows the calls that took long.")
        .complexity("Depends on the subcommand");

static GET: Command = Command::new("slowlog|get", Group::Server, "2.2.12", -2, get)
    .summary("Shows calls that took long, the latest first.")
    .complexity("O(N) for N calls that are shown")
    .history(&[("4.0.0", "Shows where the client came from, and its name.")])
    .flags(FLAGS)
    .tips(&["request_policy:all_nodes", "nondeterministic_output"])
    .args(&[Arg::integer("count").optional()]);

/// The calls that are shown unless it is said how many.
const USUAL: usize = 10;

fn get(call: &mut Call<'_>) -> Outcome {
    let wanted = match call.args.len() {
        2 => USUAL,
        3 => {
            let count = call.args.int(2).ok().filter(|&count| count >= -1);
            let text = "ERR count should be greater than or equal to -1";
            usize::try_from(count.ok_or(Error::Text(text))?).unwrap_or(usize::MAX)
        }
        _ => return Err(Error::subcommand(call.args.at(1), "SLOWLOG")),
    };
    let log = &call.server.slowlog;
    let reply = &mut call.reply;
    let mut replied = reply.array(log.len().min(wanted));
    for slow in log.iter().take(wanted) {
        reply.array(6);
        reply.int(slow.id as i64);
        reply.int(slow.unix_secs as i64);
        reply.int(slow.us as i64);
        reply.bulks(&slow.words);
        reply.bulk(slow.peer.as_bytes());
        replied = reply.bulk(&slow.name);
    }
    Ok(replied)
}

static HELP: Command = Command::new("slowlog|help", Group::Server, "6.2.0", 2, help)
    .summary("Lists the subcommands.")
    .complexity("O(1)")
    .flags(LOADING | STALE);

fn help(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.lines(&[
        "SLOWLOG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "GET [<count>]",
        "    Show that many calls that took long (default: 10, -1: all), the latest first:",
        "    number, Unix time, microseconds, words, where the client came from, its name.",
        "LEN",
        "    Tell how many there are.",
        "RESET",
        "    Forget them.",
        "HELP",
        "    Print this help.",
    ]))
}

static LEN: Command = Command::new("slowlog|len", Group::Server, "2.2.12", 2, len)
    .summary("Tells how many calls took long.")
    .complexity("O(1)")
    .flags(FLAGS)
    .tips(&["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"]);

fn len(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.len(call.server.slowlog.len()))
}

static RESET: Command = Command::new("slowlog|reset", Group::Server, "2.2.12", 2, reset)
    .summary("Forgets the calls that took long.")
    .complexity("O(N) for N calls")
    .flags(FLAGS)
    .tips(&["request_policy:all_nodes", "response_policy:all_succeeded"]);

fn reset(call: &mut Call<'_>) -> Outcome {
    call.server.slowlog.reset();
    Ok(call.reply.ok())
}
