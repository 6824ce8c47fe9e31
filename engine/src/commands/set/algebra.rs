//! What several sets have in common, have together, and have one without the others.
//!
//! Each comes as a reply or, with STORE, as a new set. The sets that take part are read one by one first: that finds
//! keys of other types, and counts as a read of each. Then they are held together. A key that is not there is an empty
//! set.

use alloc::vec::Vec;

use redstart_structures::sort_by_key;

use super::{rules, say};
use crate::argv::Args;
use crate::command::flag::{DENYOOM, READONLY, WRITE};
use crate::command::key::{ACCESS, OW, RO, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::store::store;
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Db, change};
use crate::number;
use crate::reply::Outcome;
use crate::types::{Kind, Member, Set, SetRules};

pub(super) static SINTER: Command = Command::new("sinter", Group::Set, "1.0.0", -2, sinter)
    .summary("Returns what all of some sets have in common.")
    .complexity("O(N*M) for M sets, the smallest of N members")
    .flags(READONLY)
    .tips(&["nondeterministic_output_order"])
    .keys(&[KeySpec::range(1, -1, 1, RO | ACCESS)])
    .args(&[Arg::key("key", 0).multiple()]);

fn sinter(call: &mut Call<'_>) -> Outcome {
    let sets = read(&mut call.db, call.args.from(1))?;
    let mark = call.reply.mark();
    let mut found = 0;
    for member in common(&sets) {
        say(&mut call.reply, member);
        found += 1;
    }
    Ok(call.reply.set_since(mark, found))
}

pub(super) static SINTERSTORE: Command = Command::new("sinterstore", Group::Set, "1.0.0", -3, sinterstore)
    .summary("Stores what all of some sets have in common.")
    .complexity("O(N*M) for M sets, the smallest of N members")
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(1, RW | UPDATE), KeySpec::range(2, -1, 1, RO | ACCESS)])
    .args(&[Arg::key("destination", 0), Arg::key("key", 1).multiple()]);

fn sinterstore(call: &mut Call<'_>) -> Outcome {
    let rules = rules(call);
    let sets = read(&mut call.db, call.args.from(2))?;
    let mut result = Set::new();
    for member in common(&sets) {
        result.insert(member, &rules);
    }
    store(call, result, Set::len, change::SINTERSTORE)
}

pub(super) static SINTERCARD: Command = Command::new("sintercard", Group::Set, "7.0.0", -3, sintercard)
    .summary("Counts what all of some sets have in common.")
    .complexity("O(N*M) for M sets, the smallest of N members")
    .flags(READONLY)
    .keys(&[KeySpec::counted(1, RO | ACCESS)])
    .args(&[
        Arg::integer("numkeys"),
        Arg::key("key", 0).multiple(),
        Arg::integer("limit").after("LIMIT").optional(),
    ]);

fn sintercard(call: &mut Call<'_>) -> Outcome {
    let numkeys = number::parse_int(call.args.at(1)).and_then(|keys| usize::try_from(keys).ok());
    let numkeys =
        numkeys.filter(|&keys| keys > 0).ok_or(Error::Text("ERR numkeys should be greater than 0"))?;
    if numkeys > call.args.len() - 2 {
        return Err(Error::Text("ERR Number of keys can't be greater than number of args"));
    }
    let options = call.args.from(2 + numkeys);
    let mut limit = 0;
    let mut index = 0;
    while index < options.len() {
        if !options.is(index, "LIMIT") || index + 1 == options.len() {
            return Err(Error::Syntax);
        }
        let value = number::parse_int(options.at(index + 1)).and_then(|limit| usize::try_from(limit).ok());
        limit = value.ok_or(Error::Text("ERR LIMIT can't be negative"))?;
        index += 2;
    }
    let limit = if limit == 0 { usize::MAX } else { limit };
    let sets = read(&mut call.db, call.args.from(2).until(numkeys))?;
    let count = common(&sets).take(limit).count();
    Ok(call.reply.len(count))
}

pub(super) static SUNION: Command = Command::new("sunion", Group::Set, "1.0.0", -2, sunion)
    .summary("Returns what is in any of some sets.")
    .complexity("O(N) for N members in all of the sets")
    .flags(READONLY)
    .tips(&["nondeterministic_output_order"])
    .keys(&[KeySpec::range(1, -1, 1, RO | ACCESS)])
    .args(&[Arg::key("key", 0).multiple()]);

fn sunion(call: &mut Call<'_>) -> Outcome {
    let rules = rules(call);
    let result = union(&read(&mut call.db, call.args.from(1))?, &rules);
    answer(call, &result)
}

pub(super) static SUNIONSTORE: Command = Command::new("sunionstore", Group::Set, "1.0.0", -3, sunionstore)
    .summary("Stores what is in any of some sets.")
    .complexity("O(N) for N members in all of the sets")
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(1, OW | UPDATE), KeySpec::range(2, -1, 1, RO | ACCESS)])
    .args(&[Arg::key("destination", 0), Arg::key("key", 1).multiple()]);

fn sunionstore(call: &mut Call<'_>) -> Outcome {
    let rules = rules(call);
    let result = union(&read(&mut call.db, call.args.from(2))?, &rules);
    store(call, result, Set::len, change::SUNIONSTORE)
}

pub(super) static SDIFF: Command = Command::new("sdiff", Group::Set, "1.0.0", -2, sdiff)
    .summary("Returns what is in the first of some sets and in no other.")
    .complexity("O(N) for N members in all of the sets")
    .flags(READONLY)
    .tips(&["nondeterministic_output_order"])
    .keys(&[KeySpec::range(1, -1, 1, RO | ACCESS)])
    .args(&[Arg::key("key", 0).multiple()]);

fn sdiff(call: &mut Call<'_>) -> Outcome {
    let rules = rules(call);
    let result = difference(&read(&mut call.db, call.args.from(1))?, &rules);
    answer(call, &result)
}

pub(super) static SDIFFSTORE: Command = Command::new("sdiffstore", Group::Set, "1.0.0", -3, sdiffstore)
    .summary("Stores what is in the first of some sets and in no other.")
    .complexity("O(N) for N members in all of the sets")
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(1, OW | UPDATE), KeySpec::range(2, -1, 1, RO | ACCESS)])
    .args(&[Arg::key("destination", 0), Arg::key("key", 1).multiple()]);

fn sdiffstore(call: &mut Call<'_>) -> Outcome {
    let rules = rules(call);
    let result = difference(&read(&mut call.db, call.args.from(2))?, &rules);
    store(call, result, Set::len, change::SDIFFSTORE)
}

/// The sets of some keys, in their order.
fn read<'a>(db: &'a mut Db<'_>, keys: Args<'_>) -> Result<Vec<Option<&'a Set>>, Error> {
    for key in keys.iter() {
        db.read::<Set>(key)?;
    }
    Ok(keys.iter().map(|key| db.again(key).and_then(|entry| Set::of(entry.value))).collect())
}

/// The members that are in every set: those of the smallest that are in the others.
fn common<'a>(sets: &[Option<&'a Set>]) -> impl Iterator<Item = Member<'a>> {
    let mut sets: Vec<&'a Set> = sets.iter().copied().collect::<Option<_>>().unwrap_or_default();
    sort_by_key(&mut sets, |set| set.len());
    let smallest = sets.first().copied();
    let members = smallest.into_iter().flat_map(Set::iter);
    members.filter(move |&member| sets.iter().skip(1).all(|set| set.contains(member)))
}

fn union(sets: &[Option<&Set>], rules: &SetRules) -> Set {
    let mut result = Set::new();
    for member in sets.iter().flatten().flat_map(|set| set.iter()) {
        result.insert(member, rules);
    }
    result
}

/// Either every member of the first set is looked for in the others, or the members of the others are taken out of a
/// copy of the first: whichever promises less work.
fn difference(sets: &[Option<&Set>], rules: &SetRules) -> Set {
    let mut result = Set::new();
    let Some((&Some(first), others)) = sets.split_first() else { return result };
    let mut others: Vec<&Set> = others.iter().copied().flatten().collect();
    if others.iter().any(|other| core::ptr::eq(*other, first)) {
        return result;
    }
    // Looking for members ends early when they are found, which is likely in large sets: hence the half.
    let looking = first.len().saturating_mul(others.len() + 1) / 2;
    let taking = others.iter().fold(first.len(), |sum, other| sum.saturating_add(other.len()));
    if looking <= taking {
        sort_by_key(&mut others, |other| core::cmp::Reverse(other.len()));
        for member in first.iter().filter(|&member| !others.iter().any(|other| other.contains(member))) {
            result.insert(member, rules);
        }
        return result;
    }
    for member in first.iter() {
        result.insert(member, rules);
    }
    for member in others.iter().flat_map(|other| other.iter()) {
        result.remove(member);
        if result.is_empty() {
            break;
        }
    }
    result
}

fn answer(call: &mut Call<'_>, result: &Set) -> Outcome {
    let mut replied = call.reply.set(result.len());
    for member in result.iter() {
        replied = say(&mut call.reply, member);
    }
    Ok(replied)
}
