//! COMMAND: what there is to call, and how. Everything here is read from the declarations.
//!
//! | file   | subcommands                |
//! |--------|----------------------------|
//! | `info` | COMMAND itself, INFO       |
//! | `docs` | DOCS                       |
//! | `list` | COUNT, LIST                |
//! | `keys` | GETKEYS, GETKEYSANDFLAGS   |

mod docs;
mod info;
mod keys;
mod list;

use crate::argv::Args;
use crate::command::flag::{Flags, LOADING, STALE};
use crate::command::{Arg, Command, Group};
use crate::engine::Server;
use crate::execute::Call;
use crate::reply::Outcome;

pub(super) static COMMANDS: &[&Command] = &[&COMMAND];

const FLAGS: Flags = LOADING | STALE;
const NAMES: &[Arg] = &[Arg::string("command-name").multiple().optional()];

static SUBCOMMANDS: &[&Command] =
    &[&list::COUNT, &docs::DOCS, &keys::GETKEYS, &keys::GETKEYSANDFLAGS, &HELP, &info::INFO, &list::LIST];

static COMMAND: Command = Command {
    subcommands: SUBCOMMANDS,
    ..Command::new("command", Group::Server, "2.8.13", -1, info::all)
        .summary("Tells of every command what clients need to know.")
        .complexity("O(N) for N commands")
        .flags(FLAGS)
        .categories(&["connection"])
        .tips(&["nondeterministic_output_order"])
};

static HELP: Command = Command::new("command|help", Group::Server, "5.0.0", 2, help)
    .summary("Lists the subcommands.")
    .complexity("O(1)")
    .flags(FLAGS)
    .categories(&["connection"]);

fn help(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.lines(&[
        "COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "(no subcommand)",
        "    Tell of every command what clients need to know.",
        "COUNT",
        "    Count the commands.",
        "DOCS [<command-name> ...]",
        "    Explain these commands, or all, to people.",
        "GETKEYS <full-command>",
        "    Find the keys in a call.",
        "GETKEYSANDFLAGS <full-command>",
        "    Find the keys in a call, and tell what it does to them.",
        "INFO [<command-name> ...]",
        "    Tell of these commands, or of all, what clients need to know.",
        "LIST [FILTERBY (MODULE <name>|ACLCAT <category>|PATTERN <glob>)]",
        "    Name the commands.",
        "HELP",
        "    Print this help.",
    ]))
}

/// The command of that name; a subcommand's is `container|sub`.
fn by_name(server: &Server, name: &[u8]) -> Option<&'static Command> {
    let Some(bar) = name.iter().position(|&byte| byte == b'|') else { return server.commands.find(name) };
    let (container, sub) = name.split_at(bar);
    server.commands.find(container)?.subcommand(sub.get(1..)?)
}

/// The command that a call is of.
fn of_call(server: &Server, args: Args<'_>) -> Option<&'static Command> {
    let command = server.commands.find(args.at(0))?;
    match args.get(1) {
        Some(word) if !command.subcommands.is_empty() => command.subcommand(word),
        _ => Some(command),
    }
}
