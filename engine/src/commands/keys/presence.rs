//! Whether keys are there, and how they cease to be.

use crate::argv::Args;
use crate::command::flag::{FAST, NO_TOUCH, READONLY, WRITE};
use crate::command::key::{DELETE, RM, RO};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::execute::Call;
use crate::keyspace::{Db, change};
use crate::reply::Outcome;

pub(super) static EXISTS: Command = Command::new("exists", Group::Generic, "1.0.0", -2, exists)
    .summary("Counts how many of the keys there are.")
    .complexity("O(N) for N keys")
    .history(&[("3.0.3", "Takes more than one key.")])
    .flags(READONLY | FAST | NO_TOUCH)
    .tips(&["request_policy:multi_shard", "response_policy:agg_sum"])
    .keys(&[KeySpec::range(1, -1, 1, RO)])
    .args(&[Arg::key("key", 0).multiple()]);

fn exists(call: &mut Call<'_>) -> Outcome {
    let found = count(call.args, |key| call.db.get(key).is_some());
    Ok(call.reply.len(found))
}

pub(super) static TYPE: Command = Command::new("type", Group::Generic, "1.0.0", 2, type_name)
    .summary("Names the type of the value that a key holds.")
    .complexity("O(1)")
    .flags(READONLY | FAST | NO_TOUCH)
    .keys(&[KeySpec::at(1, RO)])
    .args(&[Arg::key("key", 0)]);

fn type_name(call: &mut Call<'_>) -> Outcome {
    let name = call.db.get(call.args.at(1)).map_or("none", |entry| entry.value.type_name());
    Ok(call.reply.status(name))
}

pub(super) static TOUCH: Command = Command::new("touch", Group::Generic, "3.2.1", -2, touch)
    .summary("Marks keys as used just now, and counts those that are there.")
    .complexity("O(N) for N keys")
    .flags(READONLY | FAST)
    .tips(&["request_policy:multi_shard", "response_policy:agg_sum"])
    .keys(&[KeySpec::range(1, -1, 1, RO)])
    .args(&[Arg::key("key", 0).multiple()]);

fn touch(call: &mut Call<'_>) -> Outcome {
    let found = count(call.args, |key| call.db.touch(key));
    Ok(call.reply.len(found))
}

pub(super) static DEL: Command = Command::new("del", Group::Generic, "1.0.0", -2, remove)
    .summary("Removes keys, and counts those that were there.")
    .complexity("O(N) for N keys, and O(M) more for each that holds a collection of M elements")
    .flags(WRITE)
    .tips(&["request_policy:multi_shard", "response_policy:agg_sum"])
    .keys(&[KeySpec::range(1, -1, 1, RM | DELETE)])
    .args(&[Arg::key("key", 0).multiple()]);

pub(super) static UNLINK: Command = Command::new("unlink", Group::Generic, "4.0.0", -2, remove)
    .summary("Removes keys like DEL; the memory of big values is freed later, bit by bit.")
    .complexity("O(1) for each key, and O(M) later for each collection of M elements")
    .flags(WRITE | FAST)
    .tips(&["request_policy:multi_shard", "response_policy:agg_sum"])
    .keys(&[KeySpec::range(1, -1, 1, RM | DELETE)])
    .args(&[Arg::key("key", 0).multiple()]);

fn remove(call: &mut Call<'_>) -> Outcome {
    let gone = count(call.args, |key| Db::remove(&mut call.db, key, change::DEL));
    Ok(call.reply.len(gone))
}

/// How many of the keys, from the first argument on, it is true of.
fn count<'a>(args: Args<'a>, mut is: impl FnMut(&'a [u8]) -> bool) -> usize {
    args.from(1).iter().filter(|&key| is(key)).count()
}
