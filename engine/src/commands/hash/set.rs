//! Fields that get values, count and go.

use super::{counted, rules};
use crate::command::flag::{DENYOOM, FAST, WRITE};
use crate::command::key::{ACCESS, DELETE, INSERT, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, change};
use crate::long_double::LongDouble;
use crate::number;
use crate::reply::Outcome;
use crate::types::{Hash, text};
use redstart_structures::Item;

pub(super) static HSET: Command = Command::new("hset", Group::Hash, "2.0.0", -4, hset)
    .summary("Gives fields of a hash values.")
    .complexity("O(1) for each field")
    .history(&[("4.0.0", "Takes several fields at once.")])
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), FIELD_VALUE]);

const FIELD_VALUE: Arg = Arg::block("field_value", &[Arg::string("field"), Arg::string("value")]).multiple();

fn hset(call: &mut Call<'_>) -> Outcome {
    let added = set_all(call)?;
    Ok(call.reply.len(added))
}

pub(super) static HMSET: Command = Command::new("hmset", Group::Hash, "2.0.0", -4, hmset)
    .summary("Gives several fields of a hash values.")
    .complexity("O(N) for N fields")
    .deprecated("4.0.0", "`HSET` with multiple field-value pairs")
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), FIELD_VALUE]);

fn hmset(call: &mut Call<'_>) -> Outcome {
    set_all(call)?;
    Ok(call.reply.ok())
}

/// Gives fields values, in pairs from the second argument on; tells how many are new.
fn set_all(call: &mut Call<'_>) -> Result<usize, Error> {
    let (key, pairs, rules) = (call.args.at(1), call.args.from(2), rules(call));
    if pairs.len() % 2 != 0 {
        return Err(Error::Arity(call.command.name));
    }
    call.db.edit_counted_or_create(key, change::HSET, Hash::new, |hash: &mut Hash| {
        let mut words = pairs.iter();
        let mut added = 0;
        while let (Some(field), Some(value)) = (words.next(), words.next()) {
            added += usize::from(hash.set(field, value, &rules));
        }
        Ok(Edited::changes(added, pairs.len() / 2))
    })
}

pub(super) static HSETNX: Command = Command::new("hsetnx", Group::Hash, "2.0.0", 4, hsetnx)
    .summary("Gives a field of a hash a value if it has none.")
    .complexity("O(1)")
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | INSERT)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), Arg::string("field"), Arg::string("value")]);

fn hsetnx(call: &mut Call<'_>) -> Outcome {
    let (args, rules) = (call.args, rules(call));
    let done = call.db.edit_counted_or_create(args.at(1), change::HSET, Hash::new, |hash: &mut Hash| {
        if hash.contains(args.at(2)) {
            return Ok(Edited::nothing(false));
        }
        hash.set(args.at(2), args.at(3), &rules);
        Ok(Edited::changes(true, 1))
    })?;
    Ok(call.reply.flag(done))
}

pub(super) static HDEL: Command = Command::new("hdel", Group::Hash, "2.0.0", -3, hdel)
    .summary("Takes fields out of a hash.")
    .complexity("O(1) for each field")
    .history(&[("2.4.0", "Takes several fields at once.")])
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | DELETE)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), Arg::string("field").multiple()]);

fn hdel(call: &mut Call<'_>) -> Outcome {
    let (key, fields) = (call.args.at(1), call.args.from(2));
    let removed = call.db.edit_counted(key, change::HDEL, |hash: &mut Hash| {
        Ok(counted(fields.iter().filter(|field| hash.remove(field)).count()))
    })?;
    Ok(call.reply.len(removed.unwrap_or(0)))
}

pub(super) static HINCRBY: Command = Command::new("hincrby", Group::Hash, "2.0.0", 4, hincrby)
    .summary("Adds to the integer in a field of a hash.")
    .complexity("O(1)")
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | ACCESS | UPDATE)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), Arg::string("field"), Arg::integer("increment")]);

fn hincrby(call: &mut Call<'_>) -> Outcome {
    let (args, rules) = (call.args, rules(call));
    let increment = args.int(3)?;
    let sum = call.db.edit_counted_or_create(args.at(1), change::HINCRBY, Hash::new, |hash: &mut Hash| {
        let old = match hash.get(args.at(2)) {
            None => Some(0),
            Some(Item::Int(number)) => Some(number),
            Some(Item::Bytes(bytes)) => number::parse_int(bytes),
        };
        let old = old.ok_or(Error::Text("ERR hash value is not an integer"))?;
        let sum = old.checked_add(increment).ok_or(Error::Overflow)?;
        hash.update(args.at(2), itoa::Buffer::new().format(sum).as_bytes(), &rules);
        Ok(Edited::changes(sum, 1))
    })?;
    Ok(call.reply.int(sum))
}

pub(super) static HINCRBYFLOAT: Command = Command::new("hincrbyfloat", Group::Hash, "2.6.0", 4, hincrbyfloat)
    .summary("Adds to the number in a field of a hash, which may have decimals.")
    .complexity("O(1)")
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | ACCESS | UPDATE)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), Arg::string("field"), Arg::double("increment")]);

fn hincrbyfloat(call: &mut Call<'_>) -> Outcome {
    let (args, rules) = (call.args, rules(call));
    let increment = LongDouble::parse(args.at(3)).ok_or(Error::NotFloat)?;
    if !increment.is_finite() {
        return Err(Error::Text("ERR value is NaN or Infinity"));
    }
    let event = change::HINCRBYFLOAT;
    let sum = call.db.edit_counted_or_create(args.at(1), event, Hash::new, |hash: &mut Hash| {
        let old = match hash.get(args.at(2)) {
            None => Some(LongDouble::from(0)),
            Some(value) => LongDouble::parse(&text(value)),
        };
        let old = old.ok_or(Error::Text("ERR hash value is not a float"))?;
        let sum = old.plus(increment).filter(|sum| sum.is_finite()).ok_or(Error::NanOrInfinity)?;
        let sum = sum.to_text();
        hash.update(args.at(2), sum.as_bytes(), &rules);
        Ok(Edited::changes(sum, 1))
    })?;
    // Elsewhere the sum might be rounded in another way.
    call.propagates("HSET").word(args.at(1)).word(args.at(2)).word(&sum);
    Ok(call.reply.bulk(sum.as_bytes()))
}
