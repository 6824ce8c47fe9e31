//! How long fields live: from now, or until which point in time; in seconds or in milliseconds.
//!
//! They answer for each field: -2 when it is not there, and -1 when it has no time to live. Seconds are rounded up.

use super::{FIELDS, NOT_POSITIVE, fields};
use crate::command::flag::{FAST, READONLY};
use crate::command::key::{ACCESS, RO};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::execute::Call;
use crate::reply::Outcome;
use crate::types::Hash;

pub(super) static HTTL: Command = Command::new("httl", Group::Hash, "7.4.0", -5, httl)
    .summary("Tells how many seconds fields of a hash have left.")
    .complexity("O(N) for N fields")
    .flags(READONLY | FAST)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0), FIELDS]);

fn httl(call: &mut Call<'_>) -> Outcome {
    answer(call, |when_ms, now_ms| seconds(when_ms - now_ms))
}

pub(super) static HPTTL: Command = Command::new("hpttl", Group::Hash, "7.4.0", -5, hpttl)
    .summary("Tells how many milliseconds fields of a hash have left.")
    .complexity("O(N) for N fields")
    .flags(READONLY | FAST)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0), FIELDS]);

fn hpttl(call: &mut Call<'_>) -> Outcome {
    answer(call, |when_ms, now_ms| when_ms - now_ms)
}

pub(super) static HEXPIRETIME: Command = Command::new("hexpiretime", Group::Hash, "7.4.0", -5, hexpiretime)
    .summary("Tells when fields of a hash expire, as Unix times in seconds.")
    .complexity("O(N) for N fields")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0), FIELDS]);

fn hexpiretime(call: &mut Call<'_>) -> Outcome {
    answer(call, |when_ms, _| seconds(when_ms))
}

pub(super) static HPEXPIRETIME: Command =
    Command::new("hpexpiretime", Group::Hash, "7.4.0", -5, hpexpiretime)
        .summary("Tells when fields of a hash expire, as Unix times in milliseconds.")
        .complexity("O(N) for N fields")
        .flags(READONLY | FAST)
        .keys(&[KeySpec::at(1, RO | ACCESS)])
        .args(&[Arg::key("key", 0), FIELDS]);

fn hpexpiretime(call: &mut Call<'_>) -> Outcome {
    answer(call, |when_ms, _| when_ms)
}

/// Answers for each field with what `tell` makes of when it expires and of the present, both in Unix milliseconds.
fn answer(call: &mut Call<'_>, tell: fn(i64, i64) -> i64) -> Outcome {
    let now_ms = call.db.now_ms();
    let hash = call.db.read::<Hash>(call.args.at(1))?;
    let fields = fields(call.args, 2, NOT_POSITIVE)?;
    let mut replied = call.reply.array(fields.len());
    for field in fields.iter() {
        let told = match hash.filter(|hash| hash.contains(field)) {
            None => -2,
            Some(hash) => hash.deadline(field).map_or(-1, |when_ms| tell(when_ms, now_ms)),
        };
        replied = call.reply.int(told);
    }
    Ok(replied)
}

/// Whole seconds, the last one begun included.
const fn seconds(ms: i64) -> i64 {
    ms / 1000 + (ms % 1000 + 999) / 1000
}
