//! FCALL and FCALL_RO: a function of a library, by its name.

use super::eval::{FLAGS, WORST, WORST_READ, split};
use crate::command::flag::{MAY_REPLICATE, READONLY};
use crate::command::key::{ACCESS, RO, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;
use crate::scripting::{self, Kind};

pub(super) static FCALL: Command = Command::new("fcall", Group::Scripting, "7.0.0", -3, fcall)
    .summary("Calls a function.")
    .complexity("That of the function.")
    .flags(FLAGS | MAY_REPLICATE)
    .keys(&[KeySpec::counted(2, RW | ACCESS | UPDATE).notes(WORST)])
    .args(ARGS);

pub(super) static FCALL_RO: Command = Command::new("fcall_ro", Group::Scripting, "7.0.0", -3, fcall)
    .summary("Calls a function that only reads.")
    .complexity("That of the function.")
    .flags(FLAGS | READONLY)
    .keys(&[KeySpec::counted(2, RO | ACCESS).notes(WORST_READ)])
    .args(ARGS);

const ARGS: &[Arg] = &[
    Arg::string("function"),
    Arg::integer("numkeys"),
    Arg::key("key", 0).multiple(),
    Arg::string("arg").multiple(),
];

fn fcall(call: &mut Call<'_>) -> Outcome {
    let function = call.server.scripts.libraries.function(call.args.at(1));
    let function = function.ok_or(Error::Text("ERR Function not found"))?;
    let (name, rules, callback) = (function.name.clone(), function.rules, function.callback);
    let count = call.args.int(2).map_err(|_| Error::Text("ERR Bad number of keys provided"))?;
    let (keys, arguments) = split(call.args, count)?;
    let running = call.new_script(Kind::Function, name, rules)?;
    scripting::begin(call, running, callback, keys, arguments)
}
