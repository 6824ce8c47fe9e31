//! Which commands there are.

use super::FLAGS;
use crate::command::{Arg, Command, Group};
use crate::commands;
use crate::error::Error;
use crate::execute::Call;
use crate::glob;
use crate::reply::{Outcome, Reply};

pub(super) static COUNT: Command = Command::new("command|count", Group::Server, "2.8.13", 2, count)
    .summary("Counts the commands.")
    .complexity("O(1)")
    .flags(FLAGS)
    .categories(&["connection"]);

fn count(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.len(commands::all().count()))
}

pub(super) static LIST: Command = Command::new("command|list", Group::Server, "7.0.0", -2, list)
    .summary("Names the commands, all or some.")
    .complexity("O(N) for N commands")
    .flags(FLAGS)
    .categories(&["connection"])
    .tips(&["nondeterministic_output_order"])
    .args(&[Arg::one_of(
        "filterby",
        &[
            Arg::string("module-name").after("MODULE"),
            Arg::string("category").after("ACLCAT"),
            Arg::pattern("pattern").after("PATTERN"),
        ],
    )
    .after("FILTERBY")
    .optional()]);

fn list(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    if args.len() == 2 {
        return list_if(&mut call.reply, |_| true);
    }
    if args.len() != 5 || !args.is(2, "FILTERBY") {
        return Err(Error::Syntax);
    }
    let wanted = args.at(4);
    if args.is(3, "MODULE") {
        return Ok(call.reply.array(0));
    }
    if args.is(3, "ACLCAT") {
        let category = core::str::from_utf8(wanted).unwrap_or_default().to_ascii_lowercase();
        return list_if(&mut call.reply, |command| command.is_in(&category));
    }
    if args.is(3, "PATTERN") {
        return list_if(&mut call.reply, |command| glob::matches(wanted, command.name.as_bytes(), true));
    }
    Err(Error::Syntax)
}

/// The commands that it is true of, and the subcommands.
fn list_if(reply: &mut Reply<'_>, is: impl Fn(&Command) -> bool) -> Outcome {
    let mark = reply.mark();
    let mut count = 0;
    for command in commands::all() {
        for command in core::iter::once(command).chain(command.subcommands) {
            if is(command) {
                reply.bulk(command.name.as_bytes());
                count += 1;
            }
        }
    }
    Ok(reply.array_since(mark, count))
}
