//! How long keys live: from now, or until which point in time; in seconds or in milliseconds.
//!
//! They all answer -2 when there is no such key and -1 when it has no time to live. Seconds are rounded to the nearest.

use crate::command::flag::{FAST, NO_TOUCH, READONLY};
use crate::command::key::{ACCESS, RO};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::execute::Call;
use crate::keyspace::Entry;
use crate::reply::Outcome;

pub(super) static TTL: Command = Command::new("ttl", Group::Generic, "1.0.0", 2, ttl)
    .summary("Tells how many seconds a key has left.")
    .complexity("O(1)")
    .history(&[("2.8.0", "Answers -2 when there is no such key.")])
    .flags(READONLY | FAST | NO_TOUCH)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0)]);

fn ttl(call: &mut Call<'_>) -> Outcome {
    answer(call, |when_ms, now_ms| seconds(left(when_ms, now_ms)))
}

pub(super) static PTTL: Command = Command::new("pttl", Group::Generic, "2.6.0", 2, pttl)
    .summary("Tells how many milliseconds a key has left.")
    .complexity("O(1)")
    .history(&[("2.8.0", "Answers -2 when there is no such key.")])
    .flags(READONLY | FAST | NO_TOUCH)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0)]);

fn pttl(call: &mut Call<'_>) -> Outcome {
    answer(call, left)
}

pub(super) static EXPIRETIME: Command = Command::new("expiretime", Group::Generic, "7.0.0", 2, expiretime)
    .summary("Tells when a key expires, as a Unix time in seconds.")
    .complexity("O(1)")
    .flags(READONLY | FAST | NO_TOUCH)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0)]);

fn expiretime(call: &mut Call<'_>) -> Outcome {
    answer(call, |when_ms, _| seconds(when_ms))
}

pub(super) static PEXPIRETIME: Command = Command::new("pexpiretime", Group::Generic, "7.0.0", 2, pexpiretime)
    .summary("Tells when a key expires, as a Unix time in milliseconds.")
    .complexity("O(1)")
    .flags(READONLY | FAST | NO_TOUCH)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0)]);

fn pexpiretime(call: &mut Call<'_>) -> Outcome {
    answer(call, |when_ms, _| when_ms)
}

/// Answers with what `tell` makes of when the key expires and of the present, both in Unix milliseconds.
fn answer(call: &mut Call<'_>, tell: fn(i64, i64) -> i64) -> Outcome {
    let now_ms = call.db.now_ms();
    let told = match call.db.get(call.args.at(1)).map(Entry::expires_ms) {
        None => -2,
        Some(None) => -1,
        Some(Some(when_ms)) => tell(when_ms, now_ms),
    };
    Ok(call.reply.int(told))
}

const fn left(when_ms: i64, now_ms: i64) -> i64 {
    when_ms.saturating_sub(now_ms)
}

/// The nearest whole number of seconds.
const fn seconds(ms: i64) -> i64 {
    ms / 1000 + (ms % 1000 + 500) / 1000
}
