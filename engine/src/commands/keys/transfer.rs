//! Keys that get another name, go to another database, or are copied.

use crate::command::flag::{DENYOOM, FAST, WRITE};
use crate::command::key::{ACCESS, DELETE, INSERT, OW, RO, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;

pub(super) static RENAME: Command = Command::new("rename", Group::Generic, "1.0.0", 3, rename)
    .summary("Gives a key another name, in place of what had that name.")
    .complexity("O(1)")
    .flags(WRITE)
    .keys(&[KeySpec::at(1, RW | ACCESS | DELETE), KeySpec::at(2, OW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::key("newkey", 1)]);

fn rename(call: &mut Call<'_>) -> Outcome {
    let (from, to) = (call.args.at(1), call.args.at(2));
    call.db.claim(from).ok_or(Error::NoSuchKey)?;
    call.db.rename(from, to);
    Ok(call.reply.ok())
}

pub(super) static RENAMENX: Command = Command::new("renamenx", Group::Generic, "1.0.0", 3, renamenx)
    .summary("Gives a key another name, if nothing has that name.")
    .complexity("O(1)")
    .history(&[("3.2.0", "Two times the same name is no error any more.")])
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | ACCESS | DELETE), KeySpec::at(2, OW | INSERT)])
    .args(&[Arg::key("key", 0), Arg::key("newkey", 1)]);

fn renamenx(call: &mut Call<'_>) -> Outcome {
    let (from, to) = (call.args.at(1), call.args.at(2));
    call.db.claim(from).ok_or(Error::NoSuchKey)?;
    let free = from != to && call.db.claim(to).is_none();
    let done = free && call.db.rename(from, to);
    Ok(call.reply.flag(done))
}

pub(super) static MOVE: Command = Command::new("move", Group::Generic, "1.0.0", 3, move_key)
    .summary("Takes a key to another database, if there is none of its name there.")
    .complexity("O(1)")
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | ACCESS | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::integer("db")]);

fn move_key(call: &mut Call<'_>) -> Outcome {
    let there = database(call, 2)?;
    if there == call.db.index() {
        return Err(Error::SameObject);
    }
    let done = call.db.move_to(there, call.args.at(1));
    Ok(call.reply.flag(done))
}

pub(super) static COPY: Command = Command::new("copy", Group::Generic, "6.2.0", -3, copy)
    .summary("Copies a key to another name, another database or both.")
    .complexity("O(1) for a string, O(N) for a collection of N elements")
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(1, RO | ACCESS), KeySpec::at(2, OW | UPDATE)])
    .args(&[
        Arg::key("source", 0),
        Arg::key("destination", 1),
        Arg::integer("destination-db").after("DB").optional(),
        Arg::word("replace", "REPLACE").optional(),
    ]);

fn copy(call: &mut Call<'_>) -> Outcome {
    let (from, to) = (call.args.at(1), call.args.at(2));
    let mut there = call.db.index();
    let mut replace = false;
    let mut index = 3;
    while index < call.args.len() {
        if call.args.is(index, "REPLACE") {
            replace = true;
        } else if call.args.is(index, "DB") && index + 1 < call.args.len() {
            index += 1;
            there = database(call, index)?;
        } else {
            return Err(Error::Syntax);
        }
        index += 1;
    }
    if there == call.db.index() && from == to {
        return Err(Error::SameObject);
    }
    let done = call.db.copy_to(there, from, to, replace);
    Ok(call.reply.flag(done))
}

/// The number of a database, from the argument at a place.
fn database(call: &Call<'_>, place: usize) -> Result<usize, Error> {
    let number = i32::try_from(call.args.int(place)?).map_err(|_| {
        Error::Text("ERR value is out of range, value must between -2147483648 and 2147483647")
    })?;
    let index = usize::try_from(number).map_err(|_| Error::DbIndex)?;
    if index < call.db.databases() { Ok(index) } else { Err(Error::DbIndex) }
}
