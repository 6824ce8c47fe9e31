//! Taking from the ends, and waiting for an element where there is none.

use super::pop::{EXTREMES, Extreme, pop_first};
use crate::command::flag::{BLOCKING, FAST, NOSCRIPT, WRITE};
use crate::command::key::{ACCESS, DELETE, RW};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::options::{self, Several, pop_or_wait};
use crate::execute::Call;
use crate::reply::Outcome;
use crate::types::SortedSet;

pub(super) static BZPOPMIN: Command = Command::new("bzpopmin", Group::SortedSet, "5.0.0", -3, bzpopmin)
    .summary("Takes the lowest member of the first of several sorted sets that is there, and waits for one if none is.")
    .complexity(COMPLEXITY)
    .history(pop_or_wait::HISTORY)
    .flags(WRITE | NOSCRIPT | BLOCKING | FAST)
    .keys(pop_or_wait::KEYS)
    .args(pop_or_wait::ARGS);

const COMPLEXITY: &str = "O(log(N)) for N members in the sorted set";

fn bzpopmin(call: &mut Call<'_>) -> Outcome {
    take_or_wait(call, Extreme::Min)
}

pub(super) static BZPOPMAX: Command = Command::new("bzpopmax", Group::SortedSet, "5.0.0", -3, bzpopmax)
    .summary(
        "Takes the highest member of the first of several sorted sets that is there, and waits for one if none is.",
    )
    .complexity(COMPLEXITY)
    .history(pop_or_wait::HISTORY)
    .flags(WRITE | NOSCRIPT | BLOCKING | FAST)
    .keys(pop_or_wait::KEYS)
    .args(pop_or_wait::ARGS);

fn bzpopmax(call: &mut Call<'_>) -> Outcome {
    take_or_wait(call, Extreme::Max)
}

fn take_or_wait(call: &mut Call<'_>, extreme: Extreme) -> Outcome {
    let last = call.args.len() - 1;
    let until = options::until(call.args.at(last), call.server.now.mono_us)?;
    let keys = call.args.until(last).from(1);
    match pop_first(call, keys, extreme, None)? {
        Some(replied) => Ok(replied),
        None => call.wait_for::<SortedSet>(keys, until, |reply| reply.null_array()),
    }
}

pub(super) static BZMPOP: Command = Command::new("bzmpop", Group::SortedSet, "7.0.0", -5, bzmpop)
    .summary("Takes the lowest or highest members out of the first of several sorted sets that is there, and waits for one if none is.")
    .complexity("O(K)+O(M*log(N)) for K keys, M members taken out of N")
    .flags(WRITE | BLOCKING)
    .keys(&[KeySpec::counted(2, RW | ACCESS | DELETE)])
    .args(&[
        Arg::double("timeout"),
        Arg::integer("numkeys"),
        Arg::key("key", 0).multiple(),
        Arg::one_of("where", EXTREMES),
        Arg::integer("count").after("COUNT").optional(),
    ]);

fn bzmpop(call: &mut Call<'_>) -> Outcome {
    let wanted = Several::read(call.args, 2, Extreme::read)?;
    let until = options::until(call.args.at(1), call.server.now.mono_us)?;
    match pop_first(call, wanted.keys, wanted.end, Some(wanted.count))? {
        Some(replied) => Ok(replied),
        None => call.wait_for::<SortedSet>(wanted.keys, until, |reply| reply.null_array()),
    }
}
