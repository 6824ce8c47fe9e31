//! Taking from the ends.

use super::Form;
use crate::argv::Args;
use crate::command::flag::{FAST, WRITE};
use crate::command::key::{ACCESS, DELETE, RW};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::options::Several;
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, Event, change};
use crate::number;
use crate::reply::{Outcome, Protocol, Replied, Reply};
use crate::types::{Kind, SortedSet};

pub(super) static ZPOPMIN: Command = Command::new("zpopmin", Group::SortedSet, "5.0.0", -2, zpopmin)
    .summary("Takes the members with the lowest scores out of a sorted set and returns them.")
    .complexity(COMPLEXITY)
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | ACCESS | DELETE)])
    .args(&[Arg::key("key", 0), Arg::integer("count").optional()]);

const COMPLEXITY: &str = "O(log(N)*M) for N members in the sorted set, M of them taken out";

fn zpopmin(call: &mut Call<'_>) -> Outcome {
    pop(call, Extreme::Min)
}

pub(super) static ZPOPMAX: Command = Command::new("zpopmax", Group::SortedSet, "5.0.0", -2, zpopmax)
    .summary("Takes the members with the highest scores out of a sorted set and returns them.")
    .complexity(COMPLEXITY)
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | ACCESS | DELETE)])
    .args(&[Arg::key("key", 0), Arg::integer("count").optional()]);

fn zpopmax(call: &mut Call<'_>) -> Outcome {
    pop(call, Extreme::Max)
}

fn pop(call: &mut Call<'_>, extreme: Extreme) -> Outcome {
    let count = match call.args.len() {
        2 => None,
        3 => {
            let count = number::parse_int(call.args.at(2)).and_then(|count| usize::try_from(count).ok());
            Some(count.ok_or(Error::NotPositive)?)
        }
        _ => return Err(Error::Syntax),
    };
    let reply = &mut call.reply;
    let form = match (count, reply.protocol()) {
        (Some(_), Protocol::Resp3) => Form::Pairs,
        _ => Form::Flat,
    };
    let popped = call.db.edit_counted(call.args.at(1), extreme.event(), |set: &mut SortedSet| {
        Ok(take(set, extreme, count.unwrap_or(1), form, reply))
    })?;
    Ok(popped.unwrap_or_else(|| call.reply.array(0)))
}

pub(super) static ZMPOP: Command = Command::new("zmpop", Group::SortedSet, "7.0.0", -4, zmpop)
    .summary("Takes the lowest or highest members out of the first of several sorted sets that is there.")
    .complexity("O(K)+O(M*log(N)) for K keys, M members taken out of N")
    .flags(WRITE)
    .keys(&[KeySpec::counted(1, RW | ACCESS | DELETE)])
    .args(&[
        Arg::integer("numkeys"),
        Arg::key("key", 0).multiple(),
        Arg::one_of("where", EXTREMES),
        Arg::integer("count").after("COUNT").optional(),
    ]);

pub(super) const EXTREMES: &[Arg] = &[Arg::word("min", "MIN"), Arg::word("max", "MAX")];

fn zmpop(call: &mut Call<'_>) -> Outcome {
    let wanted = Several::read(call.args, 1, Extreme::read)?;
    match pop_first(call, wanted.keys, wanted.end, Some(wanted.count))? {
        Some(replied) => Ok(replied),
        None => Ok(call.reply.null_array()),
    }
}

/// Which end to take from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extreme {
    /// The lowest scores.
    Min,
    /// The highest scores.
    Max,
}

impl Extreme {
    /// The one that the word at a place names.
    pub(super) fn read(args: Args<'_>, place: usize) -> Result<Self, Error> {
        match (args.is(place, "MIN"), args.is(place, "MAX")) {
            (true, _) => Ok(Self::Min),
            (_, true) => Ok(Self::Max),
            _ => Err(Error::Syntax),
        }
    }

    /// What taking from there is told as.
    const fn event(self) -> Event {
        match self {
            Self::Min => change::ZPOPMIN,
            Self::Max => change::ZPOPMAX,
        }
    }
}

/// Takes from the first of these sorted sets that is there, and replies with its key and what was taken: one element's
/// member and score, or an array of up to `count` pairs.
pub(super) fn pop_first<'a>(
    call: &mut Call<'a>,
    keys: Args<'a>,
    extreme: Extreme,
    count: Option<usize>,
) -> Result<Option<Replied>, Error> {
    for key in call.candidates(keys) {
        let Some(entry) = call.db.claim(key) else { continue };
        let len = SortedSet::of(entry.value).ok_or(Error::WrongType)?.len();
        let reply = &mut call.reply;
        reply.array(if count.is_some() { 2 } else { 3 });
        reply.bulk(key);
        let replied = call.db.edit_counted(key, extreme.event(), |set: &mut SortedSet| {
            Ok(match count {
                Some(count) => take(set, extreme, count, Form::Pairs, reply),
                None => take_one(set, extreme, Form::Flat, reply),
            })
        })?;
        let pop = if extreme == Extreme::Min { "ZPOPMIN" } else { "ZPOPMAX" };
        call.propagates(pop).word(key).counts(count.map(|count| count.min(len)));
        return Ok(replied);
    }
    Ok(None)
}

/// Takes up to `count` elements from an end and replies with them, in the order in which they go.
fn take(
    set: &mut SortedSet,
    extreme: Extreme,
    count: usize,
    form: Form,
    reply: &mut Reply<'_>,
) -> Edited<Replied> {
    let (len, count) = (set.len(), count.min(set.len()));
    if count == 1 {
        form.begin(reply, 1);
        return take_one(set, extreme, form, reply);
    }
    let (ranks, replied) = match extreme {
        Extreme::Min => (0..count, form.say_all(reply, set.range(0..count))),
        Extreme::Max => (len - count..len, form.say_all(reply, set.range(len - count..len).rev())),
    };
    if count == 0 {
        return Edited::nothing(replied);
    }
    set.remove_range(ranks);
    Edited::changes(replied, count)
}

/// Takes an element from an end and replies with it, without an array around all.
fn take_one(set: &mut SortedSet, extreme: Extreme, form: Form, reply: &mut Reply<'_>) -> Edited<Replied> {
    let rank = if extreme == Extreme::Min { 0 } else { set.len().saturating_sub(1) };
    let replied = set.pop(rank, |element| form.say(reply, element));
    Edited::changes(replied.unwrap_or_else(|| reply.null()), 1)
}
