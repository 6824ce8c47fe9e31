//! Taking from the ends.

use super::{ENDS, element, end};
use crate::argv::Args;
use crate::command::flag::{FAST, WRITE};
use crate::command::key::{ACCESS, DELETE, RW};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::options::Several;
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, Event, change};
use crate::reply::{Outcome, Replied, Reply};
use crate::types::{End, List};

pub(super) static LPOP: Command = Command::new("lpop", Group::List, "1.0.0", -2, lpop)
    .summary("Takes elements from the left end of a list and returns them.")
    .complexity("O(N) for N elements.")
    .history(&[("6.2.0", "The `count` argument.")])
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | ACCESS | DELETE)])
    .args(&[Arg::key("key", 0), Arg::integer("count").since("6.2.0").optional()]);

fn lpop(call: &mut Call<'_>) -> Outcome {
    pop(call, End::Left)
}

pub(super) static RPOP: Command = Command::new("rpop", Group::List, "1.0.0", -2, rpop)
    .summary("Takes elements from the right end of a list and returns them.")
    .complexity("O(N) for N elements.")
    .history(&[("6.2.0", "The `count` argument.")])
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | ACCESS | DELETE)])
    .args(&[Arg::key("key", 0), Arg::integer("count").since("6.2.0").optional()]);

fn rpop(call: &mut Call<'_>) -> Outcome {
    pop(call, End::Right)
}

fn pop(call: &mut Call<'_>, end: End) -> Outcome {
    let count = match call.args.len() {
        2 => None,
        3 => Some(
            call.args.int(2).ok().and_then(|count| usize::try_from(count).ok()).ok_or(Error::NotPositive)?,
        ),
        _ => return Err(Error::Arity(call.command.name)),
    };
    let reply = &mut call.reply;
    let edited = call.db.edit_counted(call.args.at(1), event(end), |list: &mut List| match count {
        Some(0) => Ok(Edited::nothing(reply.array(0))),
        Some(count) => Ok(pop_several(list, end, count, reply)),
        None => Ok(pop_one(list, end, reply)),
    })?;
    Ok(match edited {
        Some(replied) => replied,
        None if count.is_some() => call.reply.null_array(),
        None => call.reply.null(),
    })
}

/// Takes an element from an end and replies with it.
fn pop_one(list: &mut List, end: End, reply: &mut Reply<'_>) -> Edited<Replied> {
    let replied = list.pop(end, |item| element(reply, item));
    Edited::changes(replied.unwrap_or_else(|| reply.null()), 1)
}

/// Takes up to `count` elements from an end and replies with them, in the order in which they go.
fn pop_several(list: &mut List, end: End, count: usize, reply: &mut Reply<'_>) -> Edited<Replied> {
    let count = count.min(list.len());
    let replied = reply.array(count);
    match end {
        End::Left => list.visit(0..count, |item| {
            element(reply, item);
        }),
        End::Right => {
            let last = list.len().saturating_sub(1);
            list.leftwards(last).take(count).for_each(|item| {
                element(reply, item);
            });
        }
    }
    remove(list, end, count);
    Edited::changes(replied, count)
}

/// Removes `count` elements, which are there, from an end.
fn remove(list: &mut List, end: End, count: usize) {
    let place = if end == End::Left { 0 } else { list.len().saturating_sub(count) };
    list.remove(place, count);
}

/// What a pop at an end is told as.
pub(super) const fn event(end: End) -> Event {
    match end {
        End::Left => change::LPOP,
        End::Right => change::RPOP,
    }
}

pub(super) static LMPOP: Command = Command::new("lmpop", Group::List, "7.0.0", -4, lmpop)
    .summary("Takes elements from an end of the first of several lists that is there.")
    .complexity("O(N+M) for N keys and M elements.")
    .flags(WRITE)
    .keys(&[KeySpec::counted(1, RW | ACCESS | DELETE)])
    .args(&[
        Arg::integer("numkeys"),
        Arg::key("key", 0).multiple(),
        Arg::one_of("where", ENDS),
        Arg::integer("count").after("COUNT").optional(),
    ]);

fn lmpop(call: &mut Call<'_>) -> Outcome {
    let wanted = Several::read(call.args, 1, end)?;
    match pop_first(call, wanted.keys, wanted.end, Some(wanted.count))? {
        Some(replied) => Ok(replied),
        None => Ok(call.reply.null_array()),
    }
}

/// Takes from the first of these lists that is there, and replies with its key and what was taken: one element, or an
/// array of up to `count`.
pub(super) fn pop_first<'a>(
    call: &mut Call<'a>,
    keys: Args<'a>,
    end: End,
    count: Option<usize>,
) -> Result<Option<Replied>, Error> {
    for key in call.candidates(keys) {
        let reply = &mut call.reply;
        let popped = call.db.edit_counted(key, event(end), |list: &mut List| {
            reply.array(2);
            reply.bulk(key);
            let (count, edited) = match count {
                Some(count) => (Some(count.min(list.len())), pop_several(list, end, count, reply)),
                None => (None, pop_one(list, end, reply)),
            };
            Ok(edited.map(|replied| (replied, count)))
        })?;
        if let Some((replied, count)) = popped {
            let pop = if end == End::Left { "LPOP" } else { "RPOP" };
            call.propagates(pop).word(key).counts(count);
            return Ok(Some(replied));
        }
    }
    Ok(None)
}
