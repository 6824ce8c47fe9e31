//! Members that are added, taken out, looked for and listed.

use alloc::vec::Vec;

use redstart_structures::Blob;

use super::{rules, say};
use crate::command::flag::{DENYOOM, FAST, READONLY, WRITE};
use crate::command::key::{ACCESS, DELETE, INSERT, RO, RW};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::keys::{Wanted, parse_cursor, say_part};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, change};
use crate::reply::Outcome;
use crate::types::{Kind, Member, Set};

pub(super) static SADD: Command = Command::new("sadd", Group::Set, "1.0.0", -3, sadd)
    .summary("Adds members to a set.")
    .complexity("O(1) for each member")
    .history(SEVERAL)
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | INSERT)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), Arg::string("member").multiple()]);

fn sadd(call: &mut Call<'_>) -> Outcome {
    let (key, members, rules) = (call.args.at(1), call.args.from(2), rules(call));
    let added = call.db.edit_counted_or_create(key, change::SADD, Set::new, |set: &mut Set| {
        Ok(counted(members.iter().filter(|member| set.insert(Member::Bytes(member), &rules)).count()))
    })?;
    Ok(call.reply.len(added))
}

pub(super) static SREM: Command = Command::new("srem", Group::Set, "1.0.0", -3, srem)
    .summary("Takes members out of a set.")
    .complexity("O(1) for each member")
    .history(SEVERAL)
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | DELETE)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), Arg::string("member").multiple()]);

fn srem(call: &mut Call<'_>) -> Outcome {
    let (key, members) = (call.args.at(1), call.args.from(2));
    let removed = call.db.edit_counted(key, change::SREM, |set: &mut Set| {
        Ok(counted(members.iter().filter(|member| set.remove(Member::Bytes(member))).count()))
    })?;
    Ok(call.reply.len(removed.unwrap_or(0)))
}

const SEVERAL: &[(&str, &str)] = &[("2.4.0", "Takes several members at once.")];

/// What adding or taking out so many members comes to.
const fn counted(count: usize) -> Edited<usize> {
    if count == 0 { Edited::nothing(count) } else { Edited::changes(count, count) }
}

pub(super) static SISMEMBER: Command = Command::new("sismember", Group::Set, "1.0.0", 3, sismember)
    .summary("Tells whether a set has a member.")
    .complexity("O(1)")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), Arg::string("member")]);

fn sismember(call: &mut Call<'_>) -> Outcome {
    let member = Member::Bytes(call.args.at(2));
    let is_there = call.db.read::<Set>(call.args.at(1))?.is_some_and(|set| set.contains(member));
    Ok(call.reply.flag(is_there))
}

pub(super) static SMISMEMBER: Command = Command::new("smismember", Group::Set, "6.2.0", -3, smismember)
    .summary("Tells for each of several members whether a set has it.")
    .complexity("O(1) for each member")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), Arg::string("member").multiple()]);

fn smismember(call: &mut Call<'_>) -> Outcome {
    let members = call.args.from(2);
    let set = call.db.read::<Set>(call.args.at(1))?;
    let mut replied = call.reply.array(members.len());
    for member in members.iter() {
        replied = call.reply.flag(set.is_some_and(|set| set.contains(Member::Bytes(member))));
    }
    Ok(replied)
}

pub(super) static SCARD: Command = Command::new("scard", Group::Set, "1.0.0", 2, scard)
    .summary("Counts the members of a set.")
    .complexity("O(1)")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO)])
    .args(&[Arg::key("key", 0)]);

fn scard(call: &mut Call<'_>) -> Outcome {
    let len = call.db.read::<Set>(call.args.at(1))?.map_or(0, Set::len);
    Ok(call.reply.len(len))
}

pub(super) static SMEMBERS: Command = Command::new("smembers", Group::Set, "1.0.0", 2, smembers)
    .summary("Lists the members of a set.")
    .complexity("O(N) for N members")
    .flags(READONLY)
    .tips(&["nondeterministic_output_order"])
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0)]);

fn smembers(call: &mut Call<'_>) -> Outcome {
    let Some(set) = call.db.read::<Set>(call.args.at(1))? else { return Ok(call.reply.set(0)) };
    let mut replied = call.reply.set(set.len());
    for member in set.iter() {
        replied = say(&mut call.reply, member);
    }
    Ok(replied)
}

pub(super) static SMOVE: Command = Command::new("smove", Group::Set, "1.0.0", 4, smove)
    .summary("Takes a member out of one set and adds it to another.")
    .complexity("O(1)")
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | ACCESS | DELETE), KeySpec::at(2, RW | INSERT)])
    .args(&[Arg::key("source", 0), Arg::key("destination", 1), Arg::string("member")]);

fn smove(call: &mut Call<'_>) -> Outcome {
    let (from, to, rules) = (call.args.at(1), call.args.at(2), rules(call));
    let member = Member::Bytes(call.args.at(3));
    if !call.db.contains(from) {
        return Ok(call.reply.flag(false));
    }
    if call.db.peek(to).is_some_and(|entry| Set::of(entry.value).is_none()) {
        return Err(Error::WrongType);
    }
    if from == to {
        let set = call.db.claim(from).map(|entry| Set::of(entry.value).ok_or(Error::WrongType));
        let is_there = set.transpose()?.is_some_and(|set| set.contains(member));
        return Ok(call.reply.flag(is_there));
    }
    let moved = call.db.edit_counted(from, change::SREM, |set: &mut Set| Ok(noted(set.remove(member))))?;
    if moved != Some(true) {
        return Ok(call.reply.flag(false));
    }
    call.db.edit_counted_or_create(to, change::SADD, Set::new, |set: &mut Set| {
        Ok(noted(set.insert(member, &rules)))
    })?;
    Ok(call.reply.flag(true))
}

/// What an edit of one member comes to that did something or not.
const fn noted(done: bool) -> Edited<bool> {
    if done { Edited::changes(done, 1) } else { Edited::nothing(done) }
}

pub(super) static SSCAN: Command = Command::new("sscan", Group::Set, "2.8.0", -3, sscan)
    .summary("Goes through the members of a set bit by bit.")
    .complexity("O(1) for a call, O(N) for all calls that it takes to go through N members")
    .flags(READONLY)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[
        Arg::key("key", 0),
        Arg::integer("cursor"),
        Arg::pattern("pattern").after("MATCH").optional(),
        Arg::integer("count").after("COUNT").optional(),
    ]);

fn sscan(call: &mut Call<'_>) -> Outcome {
    let cursor = parse_cursor(call.args.at(2))?;
    let Some(set) = call.db.read::<Set>(call.args.at(1))? else {
        return Ok(say_part(&mut call.reply, 0, &[]));
    };
    let wanted = Wanted::parse(call.args.from(3), false)?;
    let mut members: Vec<Blob> = Vec::new();
    let cursor = wanted.gather(cursor, |cursor, seen| {
        set.scan(cursor, |member| {
            *seen += 1;
            if member.with_bytes(|bytes| wanted.matches(bytes)) {
                members.push(member.to_blob());
            }
        })
    });
    Ok(say_part(&mut call.reply, cursor, &members))
}
