//! Fields that are read: one, several, all, bit by bit.

use alloc::vec::Vec;

use redstart_structures::{Blob, Item};

use super::{say, say_if_any};
use crate::command::flag::{FAST, READONLY};
use crate::command::key::{ACCESS, RO};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::keys::{Wanted, parse_cursor, say_part};
use crate::execute::Call;
use crate::reply::Outcome;
use crate::types::{Hash, HashView, text};

pub(super) static HGET: Command = Command::new("hget", Group::Hash, "2.0.0", 3, hget)
    .summary("Returns the value of a field of a hash.")
    .complexity("O(1)")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), Arg::string("field")]);

fn hget(call: &mut Call<'_>) -> Outcome {
    let hash = call.db.read::<Hash>(call.args.at(1))?;
    Ok(say_if_any(&mut call.reply, hash.and_then(|hash| hash.get(call.args.at(2)))))
}

pub(super) static HMGET: Command = Command::new("hmget", Group::Hash, "2.0.0", -3, hmget)
    .summary("Returns the values of several fields of a hash.")
    .complexity("O(N) for N fields")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), Arg::string("field").multiple()]);

fn hmget(call: &mut Call<'_>) -> Outcome {
    let fields = call.args.from(2);
    let hash = call.db.read::<Hash>(call.args.at(1))?;
    let mut replied = call.reply.array(fields.len());
    for field in fields.iter() {
        replied = say_if_any(&mut call.reply, hash.and_then(|hash| hash.get(field)));
    }
    Ok(replied)
}

pub(super) static HGETALL: Command = Command::new("hgetall", Group::Hash, "2.0.0", 2, hgetall)
    .summary("Returns the fields of a hash with their values.")
    .complexity("O(N) for N fields")
    .flags(READONLY)
    .tips(&["nondeterministic_output_order"])
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0)]);

fn hgetall(call: &mut Call<'_>) -> Outcome {
    let Some(hash) = call.db.read::<Hash>(call.args.at(1))? else { return Ok(call.reply.map(0)) };
    let mut replied = call.reply.map(hash.len());
    for (field, value) in hash.iter() {
        say(&mut call.reply, field);
        replied = say(&mut call.reply, value);
    }
    Ok(replied)
}

pub(super) static HKEYS: Command = Command::new("hkeys", Group::Hash, "2.0.0", 2, hkeys)
    .summary("Lists the fields of a hash.")
    .complexity("O(N) for N fields")
    .flags(READONLY)
    .tips(&["nondeterministic_output_order"])
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0)]);

fn hkeys(call: &mut Call<'_>) -> Outcome {
    list(call, |(field, _)| field)
}

pub(super) static HVALS: Command = Command::new("hvals", Group::Hash, "2.0.0", 2, hvals)
    .summary("Lists the values of a hash.")
    .complexity("O(N) for N fields")
    .flags(READONLY)
    .tips(&["nondeterministic_output_order"])
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0)]);

fn hvals(call: &mut Call<'_>) -> Outcome {
    list(call, |(_, value)| value)
}

/// Answers with one half of each pair.
fn list(call: &mut Call<'_>, half: for<'a> fn((Item<'a>, Item<'a>)) -> Item<'a>) -> Outcome {
    let Some(hash) = call.db.read::<Hash>(call.args.at(1))? else { return Ok(call.reply.array(0)) };
    let mut replied = call.reply.array(hash.len());
    for pair in hash.iter() {
        replied = say(&mut call.reply, half(pair));
    }
    Ok(replied)
}

pub(super) static HEXISTS: Command = Command::new("hexists", Group::Hash, "2.0.0", 3, hexists)
    .summary("Tells whether a hash has a field.")
    .complexity("O(1)")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), Arg::string("field")]);

fn hexists(call: &mut Call<'_>) -> Outcome {
    let field = call.args.at(2);
    let is_there = call.db.read::<Hash>(call.args.at(1))?.is_some_and(|hash| hash.contains(field));
    Ok(call.reply.flag(is_there))
}

pub(super) static HLEN: Command = Command::new("hlen", Group::Hash, "2.0.0", 2, hlen)
    .summary("Counts the fields of a hash.")
    .complexity("O(1)")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO)])
    .args(&[Arg::key("key", 0)]);

fn hlen(call: &mut Call<'_>) -> Outcome {
    let len = call.db.read::<Hash>(call.args.at(1))?.map_or(0, HashView::len);
    Ok(call.reply.len(len))
}

pub(super) static HSTRLEN: Command = Command::new("hstrlen", Group::Hash, "3.2.0", 3, hstrlen)
    .summary("Tells how many bytes the value of a field has.")
    .complexity("O(1)")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), Arg::string("field")]);

fn hstrlen(call: &mut Call<'_>) -> Outcome {
    let hash = call.db.read::<Hash>(call.args.at(1))?;
    let value = hash.and_then(|hash| hash.get(call.args.at(2)));
    Ok(call.reply.len(value.map_or(0, |value| text(value).len())))
}

pub(super) static HSCAN: Command = Command::new("hscan", Group::Hash, "2.8.0", -3, hscan)
    .summary("Goes through the fields of a hash bit by bit.")
    .complexity("O(1) for a call, O(N) for all calls that it takes to go through N fields")
    .history(&[("7.4.0", "NOVALUES")])
    .flags(READONLY)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[
        Arg::key("key", 0),
        Arg::integer("cursor"),
        Arg::pattern("pattern").after("MATCH").optional(),
        Arg::integer("count").after("COUNT").optional(),
        Arg::word("novalues", "NOVALUES").optional().since("7.4.0"),
    ]);

fn hscan(call: &mut Call<'_>) -> Outcome {
    let cursor = parse_cursor(call.args.at(2))?;
    let Some(hash) = call.db.read::<Hash>(call.args.at(1))? else {
        return Ok(say_part(&mut call.reply, 0, &[]));
    };
    let wanted = Wanted::parse_of_hash(call.args.from(3))?;
    let mut found: Vec<Blob> = Vec::new();
    let cursor = wanted.gather(cursor, |cursor, seen| {
        hash.scan(cursor, |field, value| {
            *seen += 1;
            let field = text(field);
            if wanted.matches(&field) {
                found.push(Blob::from(&*field));
                found.extend(wanted.values.then(|| Blob::from(&*text(value))));
            }
        })
    });
    Ok(say_part(&mut call.reply, cursor, &found))
}
