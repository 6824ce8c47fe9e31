//! Giving keys a time to live, and taking it away.
//!
//! The four ways to say when differ in the unit and in what they count from; the point in time in Unix milliseconds is
//! what is kept.

use crate::argv::Args;
use crate::command::flag::{FAST, WRITE};
use crate::command::key::{RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Entry, Expiry};
use crate::reply::Outcome;

pub(super) static EXPIRE: Command = Command::new("expire", Group::Generic, "1.0.0", -3, expire)
    .summary("Gives a key so many seconds to live.")
    .complexity("O(1)")
    .history(HISTORY)
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::integer("seconds"), CONDITION]);

fn expire(call: &mut Call<'_>) -> Outcome {
    let now_ms = call.db.now_ms();
    expire_at(call, 1000, now_ms)
}

pub(super) static PEXPIRE: Command = Command::new("pexpire", Group::Generic, "2.6.0", -3, pexpire)
    .summary("Gives a key so many milliseconds to live.")
    .complexity("O(1)")
    .history(HISTORY)
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::integer("milliseconds"), CONDITION]);

fn pexpire(call: &mut Call<'_>) -> Outcome {
    let now_ms = call.db.now_ms();
    expire_at(call, 1, now_ms)
}

pub(super) static EXPIREAT: Command = Command::new("expireat", Group::Generic, "1.2.0", -3, expireat)
    .summary("Lets a key live until a Unix time in seconds.")
    .complexity("O(1)")
    .history(HISTORY)
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::unix_time("unix-time-seconds"), CONDITION]);

fn expireat(call: &mut Call<'_>) -> Outcome {
    expire_at(call, 1000, 0)
}

pub(super) static PEXPIREAT: Command = Command::new("pexpireat", Group::Generic, "2.6.0", -3, pexpireat)
    .summary("Lets a key live until a Unix time in milliseconds.")
    .complexity("O(1)")
    .history(HISTORY)
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::unix_time("unix-time-milliseconds"), CONDITION]);

fn pexpireat(call: &mut Call<'_>) -> Outcome {
    expire_at(call, 1, 0)
}

const HISTORY: &[(&str, &str)] = &[("7.0.0", "Conditions: NX, XX, GT and LT.")];

const CONDITION: Arg =
    Arg::one_of("condition", &[Arg::word("nx", "NX"), Arg::word("xx", "XX"), Arg::word("gt", "GT"), LT])
        .optional()
        .since("7.0.0");

const LT: Arg = Arg::word("lt", "LT");

/// All four: the second argument counts in units of so many milliseconds from `base_ms` on.
fn expire_at(call: &mut Call<'_>, unit_ms: i64, base_ms: i64) -> Outcome {
    let key = call.args.at(1);
    let condition = Condition::parse(call.args.from(3))?;
    let amount = call.args.int(2)?;
    let when_ms = amount
        .checked_mul(unit_ms)
        .and_then(|ms| ms.checked_add(base_ms))
        .ok_or(Error::InvalidExpire(call.command.name))?;
    let Some(entry) = call.db.claim(key) else { return Ok(call.reply.flag(false)) };
    let met = condition.allows(entry.expires_ms(), when_ms);
    let done = met && call.db.expire(key, Expiry::At(when_ms));
    if done && call.db.is_due(when_ms) {
        propagate_expiry(call, key, Expiry::At(when_ms));
    } else if done {
        let mut digits = itoa::Buffer::new();
        call.propagates_with(&[(0, "PEXPIREAT"), (2, digits.format(when_ms))]);
    }
    Ok(call.reply.flag(done))
}

/// Has it propagated when a key expires now, so that it does at the same moment everywhere.
pub(in crate::commands) fn propagate_expiry(call: &mut Call<'_>, key: &[u8], expiry: Expiry) {
    let is_lazy = call.server.config.lazyfree_lazy_expire;
    match expiry {
        Expiry::At(when) if call.db.is_due(when) => {
            call.propagates(if is_lazy { "UNLINK" } else { "DEL" }).word(key);
        }
        Expiry::At(when) => drop(call.propagates("PEXPIREAT").word(key).int(when)),
        Expiry::Never => drop(call.propagates("PERSIST").word(key)),
        Expiry::Keep => {}
    }
}

/// What must be true of the time to live that a key has, for it to get another one.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::commands) struct Condition {
    /// NX: it has none.
    none: bool,
    /// XX: it has one.
    some: bool,
    /// GT: it ends sooner.
    sooner: bool,
    /// LT: it ends later.
    later: bool,
}

impl Condition {
    /// Reads the words that say it; none of them is no condition.
    pub(in crate::commands) fn parse(args: Args<'_>) -> Result<Self, Error> {
        let mut condition = Self::default();
        for index in 0..args.len() {
            if args.is(index, "NX") {
                condition.none = true;
            } else if args.is(index, "XX") {
                condition.some = true;
            } else if args.is(index, "GT") {
                condition.sooner = true;
            } else if args.is(index, "LT") {
                condition.later = true;
            } else {
                return Err(Error::quoting("Unsupported option ", args.at(index), ""));
            }
        }
        let Self { none, some, sooner, later } = condition;
        if none && (some || sooner || later) {
            return Err(Error::Text("ERR NX and XX, GT or LT options at the same time are not compatible"));
        }
        if sooner && later {
            return Err(Error::Text("ERR GT and LT options at the same time are not compatible"));
        }
        Ok(condition)
    }

    /// Whether it holds for another time. What has no time to live counts as living forever.
    pub(in crate::commands) fn allows(self, current_ms: Option<i64>, when_ms: i64) -> bool {
        !(self.none && current_ms.is_some()
            || self.some && current_ms.is_none()
            || self.sooner && current_ms.is_none_or(|current| when_ms <= current)
            || self.later && current_ms.is_some_and(|current| when_ms >= current))
    }
}

pub(super) static PERSIST: Command = Command::new("persist", Group::Generic, "2.2.0", 2, persist)
    .summary("Takes a key's time to live away: it stays.")
    .complexity("O(1)")
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[Arg::key("key", 0)]);

fn persist(call: &mut Call<'_>) -> Outcome {
    let key = call.args.at(1);
    let had_one = call.db.claim(key).and_then(Entry::expires_ms).is_some();
    let done = had_one && call.db.expire(key, Expiry::Never);
    Ok(call.reply.flag(done))
}
