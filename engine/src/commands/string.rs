//! Strings and counters.

use crate::command::flag::{DENYOOM, FAST, READONLY, WRITE};
use crate::command::key::{ACCESS, OW, RO, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::execute::Call;
use crate::keyspace::{Expiry, change};
use crate::reply::Outcome;
use crate::types::Str;

pub(super) static COMMANDS: &[&Command] = &[&GET, &SET];

static GET: Command = Command::new("get", Group::String, "1.0.0", 2, get)
    .summary("Returns the string that a key holds.")
    .complexity("O(1)")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0)]);

fn get(call: &mut Call<'_>) -> Outcome {
    match call.db.read::<Str>(call.args.at(1))? {
        Some(value) => Ok(call.reply.bulk(&value.bytes())),
        None => Ok(call.reply.null()),
    }
}

static SET: Command = Command::new("set", Group::String, "1.0.0", -3, set)
    .summary("Sets a key to a string.")
    .complexity("O(1)")
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(1, OW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::string("value")]);

fn set(call: &mut Call<'_>) -> Outcome {
    call.db.set(call.args.at(1), call.args.at(2), Expiry::Never, change::SET);
    Ok(call.reply.ok())
}
