//! From the end of one list to the end of another, or of the same one.

use super::{ENDS, end, new_list, pop, push};
use crate::command::flag::{DENYOOM, WRITE};
use crate::command::key::{ACCESS, DELETE, INSERT, RW};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::Edited;
use crate::reply::{Outcome, Replied};
use crate::types::{End, Kind, List, text};

pub(super) static LMOVE: Command = Command::new("lmove", Group::List, "6.2.0", 5, lmove)
    .summary("Takes an element from an end of a list, adds it at an end of another and returns it.")
    .complexity("O(1)")
    .flags(WRITE | DENYOOM)
    .keys(FROM_AND_TO)
    .args(&[
        Arg::key("source", 0),
        Arg::key("destination", 1),
        Arg::one_of("wherefrom", ENDS),
        Arg::one_of("whereto", ENDS),
    ]);

/// The keys of every command in this file.
pub(super) const FROM_AND_TO: &[KeySpec] =
    &[KeySpec::at(1, RW | ACCESS | DELETE), KeySpec::at(2, RW | INSERT)];

fn lmove(call: &mut Call<'_>) -> Outcome {
    let (from, to) = (end(call.args, 3)?, end(call.args, 4)?);
    Ok(move_element(call, from, to)?.unwrap_or_else(|| call.reply.null()))
}

pub(super) static RPOPLPUSH: Command = Command::new("rpoplpush", Group::List, "1.2.0", 3, rpoplpush)
    .summary("Takes the last element of a list, makes it the first one of another and returns it.")
    .complexity("O(1)")
    .deprecated("6.2.0", "LMOVE with RIGHT and LEFT")
    .flags(WRITE | DENYOOM)
    .keys(FROM_AND_TO)
    .args(&[Arg::key("source", 0), Arg::key("destination", 1)]);

fn rpoplpush(call: &mut Call<'_>) -> Outcome {
    Ok(move_element(call, End::Right, End::Left)?.unwrap_or_else(|| call.reply.null()))
}

/// Moves an element and replies with it, if there is one. The push comes first, and listeners hear of it first; a save
/// counts both as one change.
pub(super) fn move_element(call: &mut Call<'_>, from: End, to: End) -> Result<Option<Replied>, Error> {
    let (source, destination) = (call.args.at(1), call.args.at(2));
    let Some(entry) = call.db.peek(source) else { return Ok(None) };
    let list = List::of(entry.value).ok_or(Error::WrongType)?;
    let element = list.end(from).map(|item| text(item).to_vec()).unwrap_or_default();
    let create = new_list(call.server.config.list_max_listpack_size);
    call.db.edit_counted_or_create(destination, push::event(to), create, |list: &mut List| {
        list.push(to, &element);
        Ok(Edited::changes((), 0))
    })?;
    call.db.edit(source, pop::event(from), |list: &mut List| {
        // What was pushed onto the end that is popped lies before the element itself, and is the same.
        list.pop(from, |_| ());
        Ok(())
    })?;
    Ok(Some(call.reply.bulk(&element)))
}
