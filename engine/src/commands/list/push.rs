//! Adding at the ends.

use super::new_list;
use crate::command::flag::{DENYOOM, FAST, WRITE};
use crate::command::key::{INSERT, RW};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::execute::Call;
use crate::keyspace::{Edited, Event, change};
use crate::reply::Outcome;
use crate::types::{End, List};

pub(super) static LPUSH: Command = Command::new("lpush", Group::List, "1.0.0", -3, lpush)
    .summary("Adds elements at the left end of a list, one after the other.")
    .complexity("O(N) for N elements.")
    .history(&[("2.4.0", "Takes more than one element.")])
    .flags(WRITE | DENYOOM | FAST)
    .keys(TARGET)
    .args(ELEMENTS);

/// The keys of every command in this file.
const TARGET: &[KeySpec] = &[KeySpec::at(1, RW | INSERT)];

/// The arguments of every command in this file.
const ELEMENTS: &[Arg] = &[Arg::key("key", 0), Arg::string("element").multiple()];

fn lpush(call: &mut Call<'_>) -> Outcome {
    push(call, End::Left)
}

pub(super) static RPUSH: Command = Command::new("rpush", Group::List, "1.0.0", -3, rpush)
    .summary("Adds elements at the right end of a list, one after the other.")
    .complexity("O(N) for N elements.")
    .history(&[("2.4.0", "Takes more than one element.")])
    .flags(WRITE | DENYOOM | FAST)
    .keys(TARGET)
    .args(ELEMENTS);

fn rpush(call: &mut Call<'_>) -> Outcome {
    push(call, End::Right)
}

fn push(call: &mut Call<'_>, end: End) -> Outcome {
    let create = new_list(call.server.config.list_max_listpack_size);
    let elements = call.args.from(2);
    let len = call.db.edit_counted_or_create(call.args.at(1), event(end), create, |list: &mut List| {
        elements.iter().for_each(|element| list.push(end, element));
        Ok(Edited::changes(list.len(), elements.len()))
    })?;
    Ok(call.reply.len(len))
}

pub(super) static LPUSHX: Command = Command::new("lpushx", Group::List, "2.2.0", -3, lpushx)
    .summary("Adds elements at the left end of a list, if there is such a list.")
    .complexity("O(N) for N elements.")
    .history(&[("4.0.0", "Takes more than one element.")])
    .flags(WRITE | DENYOOM | FAST)
    .keys(TARGET)
    .args(ELEMENTS);

fn lpushx(call: &mut Call<'_>) -> Outcome {
    push_to_existing(call, End::Left)
}

pub(super) static RPUSHX: Command = Command::new("rpushx", Group::List, "2.2.0", -3, rpushx)
    .summary("Adds elements at the right end of a list, if there is such a list.")
    .complexity("O(N) for N elements.")
    .history(&[("4.0.0", "Takes more than one element.")])
    .flags(WRITE | DENYOOM | FAST)
    .keys(TARGET)
    .args(ELEMENTS);

fn rpushx(call: &mut Call<'_>) -> Outcome {
    push_to_existing(call, End::Right)
}

fn push_to_existing(call: &mut Call<'_>, end: End) -> Outcome {
    let elements = call.args.from(2);
    let len = call.db.edit_counted(call.args.at(1), event(end), |list: &mut List| {
        elements.iter().for_each(|element| list.push(end, element));
        Ok(Edited::changes(list.len(), elements.len()))
    })?;
    Ok(call.reply.len(len.unwrap_or(0)))
}

/// What a push at an end is told as.
pub(super) const fn event(end: End) -> Event {
    match end {
        End::Left => change::LPUSH,
        End::Right => change::RPUSH,
    }
}
