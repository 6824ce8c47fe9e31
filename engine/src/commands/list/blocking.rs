//! Taking from lists, and waiting for an element where there is none.

use super::pop::pop_first;
use super::transfer::{FROM_AND_TO, move_element};
use super::{ENDS, end};
use crate::command::flag::{BLOCKING, DENYOOM, NOSCRIPT, WRITE};
use crate::command::key::{ACCESS, DELETE, RW};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::options::{self, Several, pop_or_wait};
use crate::execute::Call;
use crate::reply::Outcome;
use crate::types::{End, List};

pub(super) static BLPOP: Command = Command::new("blpop", Group::List, "2.0.0", -3, blpop)
    .summary(
        "Takes the first element of the first of several lists that is there, and waits for one if none is.",
    )
    .complexity("O(N) for N keys.")
    .history(pop_or_wait::HISTORY)
    .flags(WRITE | NOSCRIPT | BLOCKING)
    .keys(pop_or_wait::KEYS)
    .args(pop_or_wait::ARGS);

fn blpop(call: &mut Call<'_>) -> Outcome {
    take_or_wait(call, End::Left)
}

pub(super) static BRPOP: Command = Command::new("brpop", Group::List, "2.0.0", -3, brpop)
    .summary(
        "Takes the last element of the first of several lists that is there, and waits for one if none is.",
    )
    .complexity("O(N) for N keys.")
    .history(pop_or_wait::HISTORY)
    .flags(WRITE | NOSCRIPT | BLOCKING)
    .keys(pop_or_wait::KEYS)
    .args(pop_or_wait::ARGS);

fn brpop(call: &mut Call<'_>) -> Outcome {
    take_or_wait(call, End::Right)
}

fn take_or_wait(call: &mut Call<'_>, end: End) -> Outcome {
    let last = call.args.len() - 1;
    let until = options::until(call.args.at(last), call.server.now.mono_us)?;
    let keys = call.args.until(last).from(1);
    match pop_first(call, keys, end, None)? {
        Some(replied) => Ok(replied),
        None => call.wait_for::<List>(keys, until, |reply| reply.null_array()),
    }
}

pub(super) static BLMPOP: Command = Command::new("blmpop", Group::List, "7.0.0", -5, blmpop)
    .summary("Takes elements from an end of the first of several lists that is there, and waits for one if none is.")
    .complexity("O(N+M) for N keys and M elements.")
    .flags(WRITE | BLOCKING)
    .keys(&[KeySpec::counted(2, RW | ACCESS | DELETE)])
    .args(&[
        Arg::double("timeout"),
        Arg::integer("numkeys"),
        Arg::key("key", 0).multiple(),
        Arg::one_of("where", ENDS),
        Arg::integer("count").after("COUNT").optional(),
    ]);

fn blmpop(call: &mut Call<'_>) -> Outcome {
    let wanted = Several::read(call.args, 2, end)?;
    let until = options::until(call.args.at(1), call.server.now.mono_us)?;
    match pop_first(call, wanted.keys, wanted.end, Some(wanted.count))? {
        Some(replied) => Ok(replied),
        None => call.wait_for::<List>(wanted.keys, until, |reply| reply.null_array()),
    }
}

pub(super) static BLMOVE: Command = Command::new("blmove", Group::List, "6.2.0", 6, blmove)
    .summary("Takes an element from an end of a list, waiting for one if need be, and adds it at an end of another.")
    .complexity("O(1)")
    .flags(WRITE | DENYOOM | NOSCRIPT | BLOCKING)
    .keys(FROM_AND_TO)
    .args(&[
        Arg::key("source", 0),
        Arg::key("destination", 1),
        Arg::one_of("wherefrom", ENDS),
        Arg::one_of("whereto", ENDS),
        Arg::double("timeout"),
    ]);

fn blmove(call: &mut Call<'_>) -> Outcome {
    let (from, to) = (end(call.args, 3)?, end(call.args, 4)?);
    move_or_wait(call, (from, to), "LMOVE", 5)
}

pub(super) static BRPOPLPUSH: Command = Command::new("brpoplpush", Group::List, "2.2.0", 4, brpoplpush)
    .summary("Takes the last element of a list, waiting for one if need be, and makes it the first one of another.")
    .complexity("O(1)")
    .history(pop_or_wait::HISTORY)
    .deprecated("6.2.0", "BLMOVE with RIGHT and LEFT")
    .flags(WRITE | DENYOOM | NOSCRIPT | BLOCKING)
    .keys(FROM_AND_TO)
    .args(&[Arg::key("source", 0), Arg::key("destination", 1), Arg::double("timeout")]);

fn brpoplpush(call: &mut Call<'_>) -> Outcome {
    move_or_wait(call, (End::Right, End::Left), "RPOPLPUSH", 3)
}

/// Both: `name` is the command that does the same at once. The timeout is the last word.
fn move_or_wait(call: &mut Call<'_>, (from, to): (End, End), name: &str, timeout: usize) -> Outcome {
    let until = options::until(call.args.at(timeout), call.server.now.mono_us)?;
    match move_element(call, from, to)? {
        Some(replied) => {
            let words = call.args.until(timeout).from(1);
            call.propagates(name).words(words.iter());
            Ok(replied)
        }
        None if call.may_wait => {
            call.wait_for::<List>(call.args.until(2).from(1), until, |reply| reply.null_array())
        }
        // One element is what there is not, and no list of them.
        None => Ok(call.reply.null()),
    }
}
