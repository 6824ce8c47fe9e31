//! Commands explained to people.

use alloc::vec::Vec;

use super::{FLAGS, NAMES, by_name};
use crate::command::flag::SYSTEM;
use crate::command::{Arg, Command, Group};
use crate::commands;
use crate::execute::Call;
use crate::reply::{Outcome, Replied, Reply};

pub(super) static DOCS: Command = Command::new("command|docs", Group::Server, "7.0.0", -2, docs)
    .summary("Explains some commands, or all, to people.")
    .complexity("O(N) for N commands asked for")
    .flags(FLAGS)
    .categories(&["connection"])
    .tips(&["nondeterministic_output_order"])
    .args(NAMES);

fn docs(call: &mut Call<'_>) -> Outcome {
    let asked = call.args.from(2);
    // A name that nobody has is left out.
    let found: Vec<&Command> = if asked.is_empty() {
        commands::all().copied().collect()
    } else {
        asked.iter().filter_map(|name| by_name(call.server, name)).collect()
    };
    let mut replied = call.reply.map(found.len());
    for command in found {
        call.reply.bulk(command.name.as_bytes());
        replied = explain(&mut call.reply, command);
    }
    Ok(replied)
}

fn explain(reply: &mut Reply<'_>, command: &Command) -> Replied {
    let fields = [
        true,
        true,
        true,
        !command.complexity.is_empty(),
        is_marked(command),
        command.deprecated.is_some(),
        command.deprecated.is_some(),
        !command.history.is_empty(),
        !command.args.is_empty(),
        !command.subcommands.is_empty(),
    ];
    let mut replied = reply.map(fields.into_iter().filter(|&there| there).count());
    let texts = [
        ("summary", command.summary),
        ("since", command.since),
        ("group", command.group.name()),
        ("complexity", command.complexity),
    ];
    for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        reply.bulk(name.as_bytes());
        replied = reply.bulk(text.as_bytes());
    }
    marks(reply, command);
    if !command.history.is_empty() {
        reply.bulk(b"history");
        reply.set(command.history.len());
        for (version, change) in command.history {
            replied = reply.bulks(&[version, change]);
        }
    }
    if !command.args.is_empty() {
        reply.bulk(b"arguments");
        replied = arguments(reply, command.args);
    }
    if !command.subcommands.is_empty() {
        reply.bulk(b"subcommands");
        reply.map(command.subcommands.len());
        for sub in command.subcommands {
            reply.bulk(sub.name.as_bytes());
            replied = explain(reply, sub);
        }
    }
    replied
}

const fn is_marked(command: &Command) -> bool {
    command.deprecated.is_some() || command.has(SYSTEM)
}

/// That a command is not for everybody, or not any more.
fn marks(reply: &mut Reply<'_>, command: &Command) {
    if is_marked(command) {
        reply.bulk(b"doc_flags");
        statuses(reply, &[(command.deprecated.is_some(), "deprecated"), (command.has(SYSTEM), "syscmd")]);
    }
    if let Some((since, instead)) = command.deprecated {
        reply.bulk(b"deprecated_since");
        reply.bulk(since.as_bytes());
        reply.bulk(b"replaced_by");
        reply.bulk(instead.as_bytes());
    }
}

fn arguments(reply: &mut Reply<'_>, args: &[Arg]) -> Replied {
    let mut replied = reply.array(args.len());
    for arg in args {
        replied = argument(reply, arg);
    }
    replied
}

fn argument(reply: &mut Reply<'_>, arg: &Arg) -> Replied {
    let flags =
        [(arg.optional, "optional"), (arg.multiple, "multiple"), (arg.multiple_token, "multiple_token")];
    let flagged = flags.iter().any(|&(set, _)| set);
    let texts = [("token", arg.token), ("since", arg.since), ("deprecated_since", arg.deprecated_since)];
    let said = texts.iter().filter(|(_, text)| text.is_some()).count();
    let fields = 2
        + said
        + usize::from(arg.key_spec.is_some())
        + usize::from(flagged)
        + usize::from(!arg.args.is_empty());
    reply.map(fields);
    reply.bulk(b"name");
    reply.bulk(arg.name.as_bytes());
    reply.bulk(b"type");
    let mut replied = reply.bulk(arg.kind.name().as_bytes());
    if let Some(spec) = arg.key_spec {
        reply.bulk(b"key_spec_index");
        replied = reply.int(i64::from(spec));
    }
    for (name, text) in texts {
        if let Some(text) = text {
            reply.bulk(name.as_bytes());
            replied = reply.bulk(text.as_bytes());
        }
    }
    if flagged {
        reply.bulk(b"flags");
        replied = statuses(reply, &flags);
    }
    if !arg.args.is_empty() {
        reply.bulk(b"arguments");
        replied = arguments(reply, arg.args);
    }
    replied
}

/// A set of those words that are true.
fn statuses(reply: &mut Reply<'_>, words: &[(bool, &str)]) -> Replied {
    let said = || words.iter().filter(|&&(set, _)| set);
    let mut replied = reply.set(said().count());
    for (_, word) in said() {
        replied = reply.status(word);
    }
    replied
}
