//! Reading whole values, and what a read may do besides.

use crate::command::flag::{FAST, READONLY, WRITE};
use crate::command::key::{ACCESS, DELETE, RO, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::keys::propagate_expiry;
use crate::commands::options::Life;
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::change;
use crate::reply::{Outcome, Replied};
use crate::types::{Kind, Str};

pub(super) static GET: Command = Command::new("get", Group::String, "1.0.0", 2, get)
    .summary("Returns the string that a key holds.")
    .complexity("O(1)")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0)]);

fn get(call: &mut Call<'_>) -> Outcome {
    reply_string(call)
}

/// Answers with the string that the first argument holds, or with nothing.
#[inline]
pub(super) fn reply_string(call: &mut Call<'_>) -> Result<Replied, Error> {
    match call.db.read::<Str>(call.args.at(1))? {
        Some(value) => Ok(call.reply.bulk(&value.bytes())),
        None => Ok(call.reply.null()),
    }
}

pub(super) static MGET: Command = Command::new("mget", Group::String, "1.0.0", -2, mget)
    .summary("Returns the strings that several keys hold.")
    .complexity("O(N) for N keys.")
    .flags(READONLY | FAST)
    .tips(&["request_policy:multi_shard"])
    .keys(&[KeySpec::range(1, -1, 1, RO | ACCESS)])
    .args(&[Arg::key("key", 0).multiple()]);

fn mget(call: &mut Call<'_>) -> Outcome {
    let keys = call.args.from(1);
    let replied = call.reply.array(keys.len());
    for key in keys.iter() {
        // A key of another type counts as one without a string.
        match call.db.get(key).and_then(|entry| Str::of(entry.value)) {
            Some(value) => call.reply.bulk(&value.bytes()),
            None => call.reply.null(),
        };
    }
    Ok(replied)
}

pub(super) static GETDEL: Command = Command::new("getdel", Group::String, "6.2.0", 2, getdel)
    .summary("Returns the string that a key holds, and removes the key.")
    .complexity("O(1)")
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | ACCESS | DELETE)])
    .args(&[Arg::key("key", 0)]);

fn getdel(call: &mut Call<'_>) -> Outcome {
    let replied = reply_string(call)?;
    if call.db.remove(call.args.at(1), change::DEL) {
        call.propagates_with(&[(0, "DEL")]);
    }
    Ok(replied)
}

pub(super) static GETEX: Command = Command::new("getex", Group::String, "6.2.0", -2, getex)
    .summary("Returns the string that a key holds, and may change when the key expires.")
    .complexity("O(1)")
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | ACCESS | UPDATE).notes("The time to live may be written.")])
    .args(&[
        Arg::key("key", 0),
        Arg::one_of(
            "expiration",
            &[
                Arg::integer("seconds").after("EX"),
                Arg::integer("milliseconds").after("PX"),
                Arg::unix_time("unix-time-seconds").after("EXAT"),
                Arg::unix_time("unix-time-milliseconds").after("PXAT"),
                Arg::word("persist", "PERSIST"),
            ],
        )
        .optional(),
    ]);

fn getex(call: &mut Call<'_>) -> Outcome {
    let key = call.args.at(1);
    let life = read_life(call)?;
    let Some(value) = call.db.read::<Str>(key)? else { return Ok(call.reply.null()) };
    let replied = call.reply.bulk(&value.bytes());
    if life != Life::Unsaid {
        let expiry = life.expiry(call.db.now_ms(), call.command.name)?;
        if call.db.expire(key, expiry) {
            propagate_expiry(call, key, expiry);
        }
    }
    Ok(replied)
}

fn read_life<'a>(call: &Call<'a>) -> Result<Life<'a>, Error> {
    let mut life = Life::Unsaid;
    let mut index = 2;
    while index < call.args.len() {
        index += match life.read_until(call.args, index)? {
            0 if call.args.is(index, "PERSIST") => {
                life.become_one(Life::Persist)?;
                1
            }
            0 => return Err(Error::Syntax),
            words => words,
        };
    }
    Ok(life)
}
