//! Giving fields a time to live, and taking it away.
//!
//! A time to live ends with the value: HSET makes a field one that stays, while counting leaves its deadline alone. Each
//! field has an answer of its own:
//!
//! | answer | the field                                                  |
//! |--------|------------------------------------------------------------|
//! | 2      | is gone, because the time has passed already               |
//! | 1      | lives as long as was said, or stays                        |
//! | 0      | is as before, because the condition is not met             |
//! | -1     | had no time to live that could have been taken away        |
//! | -2     | is not there                                               |

use alloc::vec::Vec;

use super::{FIELDS, NOT_POSITIVE, claim, counted, fields};
use crate::command::flag::{DENYOOM, FAST, WRITE};
use crate::command::key::{RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::keys::Condition;
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Event, change};
use crate::number;
use crate::reply::Outcome;
use crate::types::Hash;

pub(super) static HEXPIRE: Command = Command::new("hexpire", Group::Hash, "7.4.0", -6, hexpire)
    .summary("Gives fields of a hash so many seconds to live.")
    .complexity("O(N) for N fields")
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::integer("seconds"), CONDITION, FIELDS]);

fn hexpire(call: &mut Call<'_>) -> Outcome {
    let now_ms = call.db.now_ms();
    expire_at(call, Since { unit_ms: 1000, base_ms: now_ms })
}

pub(super) static HPEXPIRE: Command = Command::new("hpexpire", Group::Hash, "7.4.0", -6, hpexpire)
    .summary("Gives fields of a hash so many milliseconds to live.")
    .complexity("O(N) for N fields")
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::integer("milliseconds"), CONDITION, FIELDS]);

fn hpexpire(call: &mut Call<'_>) -> Outcome {
    let now_ms = call.db.now_ms();
    expire_at(call, Since { unit_ms: 1, base_ms: now_ms })
}

pub(super) static HEXPIREAT: Command = Command::new("hexpireat", Group::Hash, "7.4.0", -6, hexpireat)
    .summary("Lets fields of a hash live until a Unix time in seconds.")
    .complexity("O(N) for N fields")
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::unix_time("unix-time-seconds"), CONDITION, FIELDS]);

fn hexpireat(call: &mut Call<'_>) -> Outcome {
    expire_at(call, Since { unit_ms: 1000, base_ms: 0 })
}

pub(super) static HPEXPIREAT: Command = Command::new("hpexpireat", Group::Hash, "7.4.0", -6, hpexpireat)
    .summary("Lets fields of a hash live until a Unix time in milliseconds.")
    .complexity("O(N) for N fields")
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::unix_time("unix-time-milliseconds"), CONDITION, FIELDS]);

fn hpexpireat(call: &mut Call<'_>) -> Outcome {
    expire_at(call, Since { unit_ms: 1, base_ms: 0 })
}

const CONDITION: Arg = Arg::one_of(
    "condition",
    &[Arg::word("nx", "NX"), Arg::word("xx", "XX"), Arg::word("gt", "GT"), Arg::word("lt", "LT")],
)
.optional();

/// How a deadline is written: in units of so many milliseconds from `base_ms` on.
#[derive(Clone, Copy)]
pub(super) struct Since {
    pub(super) unit_ms: i64,
    pub(super) base_ms: i64,
}

impl Since {
    /// The last deadline that a field can have, in Unix milliseconds: some two thousand years from now.
    const LATEST_MS: i64 = (1 << 46) - 1;

    /// The deadline in Unix milliseconds that a number says. Errors name the command.
    pub(super) fn deadline(self, number: &[u8], command: &'static str) -> Result<i64, Error> {
        let number = number::parse_int(number).ok_or(Error::NotInteger)?;
        if number < 0 {
            return Err(Error::Text("ERR invalid expire time, must be >= 0"));
        }
        number
            .checked_mul(self.unit_ms)
            .and_then(|ms| ms.checked_add(self.base_ms))
            .filter(|&when_ms| when_ms <= Self::LATEST_MS)
            .ok_or(Error::InvalidExpire(command))
    }
}

/// All four. The third argument may be a condition.
fn expire_at(call: &mut Call<'_>, since: Since) -> Outcome {
    let Call { args, db, reply, command, .. } = call;
    let key = args.at(1);
    let is_there = claim(db, key)?;
    let when_ms = since.deadline(args.at(2), command.name)?;
    let condition = Condition::parse(args.from(3).until(1)).ok();
    let place = if condition.is_some() { 4 } else { 3 };
    let fields = fields(*args, place, "ERR Parameter `numFields` should be greater than 0")?;
    let mut replied = reply.array(fields.len());
    if !is_there {
        for _ in fields.iter() {
            replied = reply.int(-2);
        }
        return Ok(replied);
    }
    let condition = condition.unwrap_or_default();
    let is_due = db.is_due(when_ms);
    let mut changed = Vec::new();
    db.edit_counted(key, event(is_due), |hash: &mut Hash| {
        for field in fields.iter() {
            let answer = if !hash.contains(field) {
                -2
            } else if !condition.allows(hash.deadline(field), when_ms) {
                0
            } else {
                changed.push(field);
                if expire(hash, field, when_ms, is_due) { 1 } else { 2 }
            };
            replied = reply.int(answer);
        }
        Ok(counted(changed.len()))
    })?;
    propagate(call, key, when_ms, &changed);
    Ok(replied)
}

/// Has it propagated that fields of a hash, if any, expire at a moment, or that they are gone because it has passed.
pub(super) fn propagate(call: &mut Call<'_>, key: &[u8], when_ms: i64, fields: &[&[u8]]) {
    if fields.is_empty() {
        return;
    }
    if call.db.is_due(when_ms) {
        call.propagates("HDEL").word(key).words(fields);
    } else {
        let command = call.propagates("HPEXPIREAT").word(key).int(when_ms);
        command.word("FIELDS").count(fields.len()).words(fields);
    }
}

/// What listeners hear when fields get a deadline.
pub(super) const fn event(is_due: bool) -> Event {
    if is_due { change::HDEL } else { change::HEXPIRE }
}

/// Gives a field a deadline, or takes it out if that has passed; tells whether it lives.
pub(super) fn expire(hash: &mut Hash, field: &[u8], when_ms: i64, is_due: bool) -> bool {
    if is_due {
        hash.remove(field);
    } else {
        hash.set_deadline(field, Some(when_ms));
    }
    !is_due
}

pub(super) static HPERSIST: Command = Command::new("hpersist", Group::Hash, "7.4.0", -5, hpersist)
    .summary("Takes the time to live of fields of a hash away: they stay.")
    .complexity("O(N) for N fields")
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[Arg::key("key", 0), FIELDS]);

fn hpersist(call: &mut Call<'_>) -> Outcome {
    let Call { args, db, reply, .. } = call;
    let key = args.at(1);
    let is_there = claim(db, key)?;
    let fields = fields(*args, 2, NOT_POSITIVE)?;
    let mut replied = reply.array(fields.len());
    if !is_there {
        for _ in fields.iter() {
            replied = reply.int(-2);
        }
        return Ok(replied);
    }
    db.edit_counted(key, change::HPERSIST, |hash: &mut Hash| {
        let mut changed = 0;
        for field in fields.iter() {
            let persisted = persist(hash, field);
            changed += usize::from(persisted);
            let answer = if persisted { 1 } else { -1 };
            replied = reply.int(if hash.contains(field) { answer } else { -2 });
        }
        Ok(counted(changed))
    })?;
    Ok(replied)
}

/// Lets a field stay; tells whether it would have gone.
pub(super) fn persist(hash: &mut Hash, field: &[u8]) -> bool {
    let had_one = hash.deadline(field).is_some();
    if had_one {
        hash.set_deadline(field, None);
    }
    had_one
}
