//! Members that are taken out by their names or by ranges.

use super::bounds::{Bounds, By};
use crate::command::flag::{FAST, WRITE};
use crate::command::key::{DELETE, RW};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::execute::Call;
use crate::keyspace::{Edited, Event, change};
use crate::reply::Outcome;
use crate::types::SortedSet;

pub(super) static ZREM: Command = Command::new("zrem", Group::SortedSet, "1.2.0", -3, zrem)
    .summary("Takes members out of a sorted set.")
    .complexity("O(log(N)) for each member, N of them in the sorted set")
    .history(&[("2.4.0", "Takes several members at once.")])
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | DELETE)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), Arg::string("member").multiple()]);

fn zrem(call: &mut Call<'_>) -> Outcome {
    let (key, members) = (call.args.at(1), call.args.from(2));
    let removed = call.db.edit_counted(key, change::ZREM, |set: &mut SortedSet| {
        Ok(counted(members.iter().filter(|member| set.remove(member)).count()))
    })?;
    Ok(call.reply.len(removed.unwrap_or(0)))
}

pub(super) static ZREMRANGEBYRANK: Command =
    Command::new("zremrangebyrank", Group::SortedSet, "2.0.0", 4, zremrangebyrank)
        .summary("Takes the members between two ranks out of a sorted set.")
        .complexity(COMPLEXITY)
        .flags(WRITE)
        .keys(&[KeySpec::at(1, RW | DELETE)])
        .args(&[Arg::key("key", 0), Arg::integer("start"), Arg::integer("stop")]);

const COMPLEXITY: &str = "O(log(N)*M) for N members in the sorted set, M of them taken out";

fn zremrangebyrank(call: &mut Call<'_>) -> Outcome {
    remove_range(call, By::Rank, change::ZREMRANGEBYRANK)
}

pub(super) static ZREMRANGEBYSCORE: Command =
    Command::new("zremrangebyscore", Group::SortedSet, "1.2.0", 4, zremrangebyscore)
        .summary("Takes the members whose scores are between two out of a sorted set.")
        .complexity(COMPLEXITY)
        .flags(WRITE)
        .keys(&[KeySpec::at(1, RW | DELETE)])
        .args(&[Arg::key("key", 0), Arg::double("min"), Arg::double("max")]);

fn zremrangebyscore(call: &mut Call<'_>) -> Outcome {
    remove_range(call, By::Score, change::ZREMRANGEBYSCORE)
}

pub(super) static ZREMRANGEBYLEX: Command =
    Command::new("zremrangebylex", Group::SortedSet, "2.8.9", 4, zremrangebylex)
        .summary("Takes the members between two out of a sorted set of equal scores.")
        .complexity(COMPLEXITY)
        .flags(WRITE)
        .keys(&[KeySpec::at(1, RW | DELETE)])
        .args(&[Arg::key("key", 0), Arg::string("min"), Arg::string("max")]);

fn zremrangebylex(call: &mut Call<'_>) -> Outcome {
    remove_range(call, By::Lex, change::ZREMRANGEBYLEX)
}

fn remove_range(call: &mut Call<'_>, by: By, event: Event) -> Outcome {
    let bounds = Bounds::read(by, call.args, 2, 3)?;
    let removed = call.db.edit_counted(call.args.at(1), event, |set: &mut SortedSet| {
        let ranks = bounds.ranks(set, false);
        let count = ranks.len();
        set.remove_range(ranks);
        Ok(counted(count))
    })?;
    Ok(call.reply.len(removed.unwrap_or(0)))
}

/// What taking out so many members comes to.
const fn counted(count: usize) -> Edited<usize> {
    if count == 0 { Edited::nothing(count) } else { Edited::changes(count, count) }
}
