//! How a connection wants to be treated.

use crate::command::flag::{ADMIN, Flags, LOADING, NOSCRIPT, STALE};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;
use crate::session::Replies;

const FLAGS: Flags = NOSCRIPT | LOADING | STALE;
const ON_OFF: &[Arg] = &[Arg::word("on", "ON"), Arg::word("off", "OFF")];

pub(super) static REPLY: Command = Command::new("client|reply", Group::Connection, "3.2.0", 3, reply)
    .summary("Chooses which replies this connection gets.")
    .complexity("O(1)")
    .flags(FLAGS)
    .args(&[Arg::one_of(
        "on_off_skip",
        &[Arg::word("on", "ON"), Arg::word("off", "OFF"), Arg::word("skip", "SKIP")],
    )]);

fn reply(call: &mut Call<'_>) -> Outcome {
    if call.args.is(2, "ON") {
        call.session.replies = Replies::On;
        return Ok(call.reply.ok());
    }
    if call.args.is(2, "OFF") {
        call.session.replies = Replies::Off;
    } else if !call.args.is(2, "SKIP") {
        return Err(Error::Syntax);
    } else if call.session.replies != Replies::Off {
        call.session.replies = Replies::SkipNext;
    }
    Ok(call.reply.later())
}

pub(super) static NO_EVICT: Command =
    Command::new("client|no-evict", Group::Connection, "7.0.0", 3, no_evict)
        .summary("Keeps this connection when `maxmemory-clients` makes others end.")
        .complexity("O(1)")
        .flags(ADMIN | FLAGS)
        .args(&[Arg::one_of("enabled", ON_OFF)]);

fn no_evict(call: &mut Call<'_>) -> Outcome {
    call.session.no_evict = is_on(call)?;
    Ok(call.reply.ok())
}

pub(super) static NO_TOUCH: Command =
    Command::new("client|no-touch", Group::Connection, "7.2.0", 3, no_touch)
        .summary("Lets what this connection reads count as unused.")
        .complexity("O(1)")
        .flags(FLAGS)
        .args(&[Arg::one_of("enabled", ON_OFF)]);

fn no_touch(call: &mut Call<'_>) -> Outcome {
    call.session.no_touch = is_on(call)?;
    Ok(call.reply.ok())
}

fn is_on(call: &Call<'_>) -> Result<bool, Error> {
    match (call.args.is(2, "ON"), call.args.is(2, "OFF")) {
        (true, _) => Ok(true),
        (_, true) => Ok(false),
        _ => Err(Error::Syntax),
    }
}
