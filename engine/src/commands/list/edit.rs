//! Changes in the middle.

use crate::command::flag::{DENYOOM, WRITE};
use crate::command::key::{DELETE, INSERT, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, change};
use crate::reply::Outcome;
use crate::types::{End, List, item};

pub(super) static LSET: Command = Command::new("lset", Group::List, "1.0.0", 4, lset)
    .summary("Puts an element in the place of the one at an index of a list.")
    .complexity("O(N) for N elements between the index and the nearer end, which are skipped many at a time.")
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::integer("index"), Arg::string("element")]);

fn lset(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    let edited = call.db.edit(args.at(1), change::LSET, |list: &mut List| {
        let place = list.place(args.int(2)?).ok_or(Error::IndexOutOfRange)?;
        list.set(place, args.at(3));
        Ok(())
    })?;
    edited.ok_or(Error::NoSuchKey)?;
    Ok(call.reply.ok())
}

pub(super) static LINSERT: Command = Command::new("linsert", Group::List, "2.2.0", 5, linsert)
    .summary("Puts an element before or after the first one of a list that is the pivot.")
    .complexity("O(N) for N elements from the left end to the pivot.")
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(1, RW | INSERT)])
    .args(&[
        Arg::key("key", 0),
        Arg::one_of("where", &[Arg::word("before", "BEFORE"), Arg::word("after", "AFTER")]),
        Arg::string("pivot"),
        Arg::string("element"),
    ]);

fn linsert(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    let after = args.is(2, "AFTER");
    if !after && !args.is(2, "BEFORE") {
        return Err(Error::Syntax);
    }
    let edited = call.db.edit_counted(args.at(1), change::LINSERT, |list: &mut List| {
        let pivot = item(args.at(3));
        let Some(place) = list.rightwards(0).position(|item| item == pivot) else {
            return Ok(Edited::nothing(-1));
        };
        list.insert(place + usize::from(after), args.at(4));
        Ok(Edited::changes(list.len() as i64, 1))
    })?;
    Ok(call.reply.int(edited.unwrap_or(0)))
}

pub(super) static LREM: Command = Command::new("lrem", Group::List, "1.0.0", 4, lrem)
    .summary("Removes elements that are alike from a list.")
    .complexity("O(N) for N elements of the list.")
    .flags(WRITE)
    .keys(&[KeySpec::at(1, RW | DELETE)])
    .args(&[Arg::key("key", 0), Arg::integer("count"), Arg::string("element")]);

fn lrem(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    let count = args.int(2)?;
    let end = if count < 0 { End::Right } else { End::Left };
    let most = match count.unsigned_abs() {
        0 => usize::MAX,
        count => usize::try_from(count).unwrap_or(usize::MAX),
    };
    let removed = call.db.edit_counted(args.at(1), change::LREM, |list: &mut List| {
        Ok(match list.remove_equal(args.at(3), most, end) {
            0 => Edited::nothing(0),
            removed => Edited::changes(removed, removed),
        })
    })?;
    Ok(call.reply.len(removed.unwrap_or(0)))
}

pub(super) static LTRIM: Command = Command::new("ltrim", Group::List, "1.0.0", 4, ltrim)
    .summary("Keeps the elements of a list from one index to another and removes the others.")
    .complexity("O(N) for N removed elements.")
    .flags(WRITE)
    .keys(&[KeySpec::at(1, RW | DELETE)])
    .args(&[Arg::key("key", 0), Arg::integer("start"), Arg::integer("stop")]);

fn ltrim(call: &mut Call<'_>) -> Outcome {
    let (start, stop) = (call.args.int(2)?, call.args.int(3)?);
    call.db.edit_counted(call.args.at(1), change::LTRIM, |list: &mut List| {
        let (before, kept) = (list.len(), list.places(start, stop));
        list.remove(kept.end, usize::MAX);
        list.remove(0, kept.start);
        Ok(Edited::changes((), before - list.len()))
    })?;
    Ok(call.reply.ok())
}
