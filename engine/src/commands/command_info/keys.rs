//! Which words of a call are keys: what a client needs that can't read key specs.

use alloc::vec::Vec;

use super::info::access;
use super::{FLAGS, of_call};
use crate::command::flag::NO_MANDATORY_KEYS;
use crate::command::key::{Access, NOT_KEY};
use crate::command::{Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;

pub(super) static GETKEYS: Command = Command::new("command|getkeys", Group::Server, "2.8.13", -4, getkeys)
    .summary("Finds the keys in a call.")
    .complexity("O(N) for N words of the call")
    .flags(FLAGS)
    .categories(&["connection"]);

fn getkeys(call: &mut Call<'_>) -> Outcome {
    let keys: Vec<&[u8]> = find(call)?.into_iter().map(|(key, _)| key).collect();
    Ok(call.reply.bulks(&keys))
}

pub(super) static GETKEYSANDFLAGS: Command =
    Command::new("command|getkeysandflags", Group::Server, "7.0.0", -4, getkeysandflags)
        .summary("Finds the keys in a call, and tells what it does to them.")
        .complexity("O(N) for N words of the call")
        .flags(FLAGS)
        .categories(&["connection"]);

fn getkeysandflags(call: &mut Call<'_>) -> Outcome {
    let keys = find(call)?;
    let mut replied = call.reply.array(keys.len());
    for (key, how) in keys {
        call.reply.array(2);
        call.reply.bulk(key);
        replied = access(&mut call.reply, how);
    }
    Ok(replied)
}

/// The keys in the call that the arguments are, and what it does to each.
fn find<'a>(call: &Call<'a>) -> Result<Vec<(&'a [u8], Access)>, Error> {
    let args = call.args.from(2);
    let command = of_call(call.server, args).ok_or(Error::Text("ERR Invalid command specified"))?;
    let specs = || command.keys.iter().filter(|spec| spec.access & NOT_KEY == 0);
    if specs().next().is_none() {
        return Err(Error::Text("ERR The command has no key arguments"));
    }
    if !command.accepts(args.len()) {
        return Err(Error::Text("ERR Invalid number of arguments specified for command"));
    }
    let keys: Vec<(&[u8], Access)> = specs()
        .flat_map(|spec| spec.positions(args).map(|place| (args.at(place), spec.access_in(args))))
        .collect();
    if keys.is_empty() && !command.has(NO_MANDATORY_KEYS) {
        return Err(Error::Text("ERR Invalid arguments specified for command"));
    }
    Ok(keys)
}
