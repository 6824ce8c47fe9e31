//! Commands about the client's own connection.

use crate::command::flag::{FAST, LOADING, NO_AUTH, STALE};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;

pub(super) static COMMANDS: &[&Command] = &[&PING, &ECHO];

static PING: Command = Command::new("ping", Group::Connection, "1.0.0", -1, ping)
    .summary("Answers, to show that the connection is alive.")
    .complexity("O(1)")
    .flags(FAST)
    .tips(&["request_policy:all_shards", "response_policy:all_succeeded"])
    .args(&[Arg::string("message").optional()]);

fn ping(call: &mut Call<'_>) -> Outcome {
    match call.args.len() {
        1 => Ok(call.reply.status("PONG")),
        2 => Ok(call.reply.bulk(call.args.at(1))),
        _ => Err(Error::Arity("ping")),
    }
}

static ECHO: Command = Command::new("echo", Group::Connection, "1.0.0", 2, echo)
    .summary("Gives its argument back.")
    .complexity("O(1)")
    .flags(FAST | LOADING | STALE)
    .args(&[Arg::string("message")]);

fn echo(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.bulk(call.args.at(1)))
}

#[expect(dead_code, reason = "AUTH and HELLO will use it")]
const OPEN: u32 = NO_AUTH;
