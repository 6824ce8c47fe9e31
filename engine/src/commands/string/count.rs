//! Numbers: strings that are counted up and down.

use crate::command::flag::{DENYOOM, FAST, WRITE};
use crate::command::key::{ACCESS, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Expiry, change};
use crate::long_double::LongDouble;
use crate::reply::Outcome;
use crate::types::{Kind, Str};

pub(super) static INCR: Command = Command::new("incr", Group::String, "1.0.0", 2, incr)
    .summary("Adds one to the integer that a key holds.")
    .complexity("O(1)")
    .flags(WRITE | DENYOOM | FAST)
    .keys(COUNTER)
    .args(&[Arg::key("key", 0)]);

/// The keys of every command in this file.
const COUNTER: &[KeySpec] = &[KeySpec::at(1, RW | ACCESS | UPDATE)];

fn incr(call: &mut Call<'_>) -> Outcome {
    add(call, 1)
}

pub(super) static DECR: Command = Command::new("decr", Group::String, "1.0.0", 2, decr)
    .summary("Takes one from the integer that a key holds.")
    .complexity("O(1)")
    .flags(WRITE | DENYOOM | FAST)
    .keys(COUNTER)
    .args(&[Arg::key("key", 0)]);

fn decr(call: &mut Call<'_>) -> Outcome {
    add(call, -1)
}

pub(super) static INCRBY: Command = Command::new("incrby", Group::String, "1.0.0", 3, incrby)
    .summary("Adds to the integer that a key holds.")
    .complexity("O(1)")
    .flags(WRITE | DENYOOM | FAST)
    .keys(COUNTER)
    .args(&[Arg::key("key", 0), Arg::integer("increment")]);

fn incrby(call: &mut Call<'_>) -> Outcome {
    let increment = call.args.int(2)?;
    add(call, increment)
}

pub(super) static DECRBY: Command = Command::new("decrby", Group::String, "1.0.0", 3, decrby)
    .summary("Takes from the integer that a key holds.")
    .complexity("O(1)")
    .flags(WRITE | DENYOOM | FAST)
    .keys(COUNTER)
    .args(&[Arg::key("key", 0), Arg::integer("decrement")]);

fn decrby(call: &mut Call<'_>) -> Outcome {
    let increment = call.args.int(2)?.checked_neg().ok_or(Error::DecrementOverflow)?;
    add(call, increment)
}

/// Adds to the integer of a key, which begins at 0. Counting down is the same event as counting up.
fn add(call: &mut Call<'_>, increment: i64) -> Outcome {
    let key = call.args.at(1);
    let edited = call.db.edit(key, change::INCRBY, |value: &mut Str| {
        let old = value.as_int().ok_or(Error::NotInteger)?;
        let new = old.checked_add(increment).ok_or(Error::Overflow)?;
        *value = Str::Int(new);
        Ok(new)
    })?;
    let new = edited.unwrap_or_else(|| {
        call.db.put(key, Str::Int(increment).into_value(), Expiry::Never, change::INCRBY);
        increment
    });
    Ok(call.reply.int(new))
}

pub(super) static INCRBYFLOAT: Command = Command::new("incrbyfloat", Group::String, "2.6.0", 3, incrbyfloat)
    .summary("Adds to the number that a key holds, which may have decimals.")
    .complexity("O(1)")
    .flags(WRITE | DENYOOM | FAST)
    .keys(COUNTER)
    .args(&[Arg::key("key", 0), Arg::double("increment")]);

fn incrbyfloat(call: &mut Call<'_>) -> Outcome {
    let (key, increment) = (call.args.at(1), call.args.at(2));
    let sum = |old: Option<LongDouble>| {
        let old = old.ok_or(Error::NotFloat)?;
        let increment = LongDouble::parse(increment).ok_or(Error::NotFloat)?;
        let sum = old.plus(increment).filter(|sum| sum.is_finite()).ok_or(Error::NanOrInfinity)?;
        Ok(sum.to_text())
    };
    let edited = call.db.edit(key, change::INCRBYFLOAT, |value: &mut Str| {
        let old = match &*value {
            Str::Int(number) => Some(LongDouble::from(*number)),
            other => LongDouble::parse(&other.bytes()),
        };
        let text = sum(old)?;
        *value = Str::text(text.as_bytes());
        Ok(text)
    })?;
    let text = match edited {
        Some(text) => text,
        None => {
            let text = sum(Some(LongDouble::from(0)))?;
            call.db.put(key, Str::text(text.as_bytes()).into_value(), Expiry::Never, change::INCRBYFLOAT);
            text
        }
    };
    // Elsewhere the sum might be rounded in another way.
    call.propagates("SET").word(key).word(&text).word("KEEPTTL");
    Ok(call.reply.bulk(text.as_bytes()))
}
