//! What clients need to know of a command.

use super::{FLAGS, NAMES, by_name};
use crate::command::key::{Begin, Find, KeySpec};
use crate::command::{Command, Group, flag, key};
use crate::commands;
use crate::execute::Call;
use crate::reply::{Outcome, Replied, Reply};

pub(super) static INFO: Command = Command::new("command|info", Group::Server, "2.8.13", -2, info)
    .summary("Tells of some commands, or of all, what clients need to know.")
    .complexity("O(N) for N commands asked for")
    .history(&[("7.0.0", "Without a name, tells of all.")])
    .flags(FLAGS)
    .categories(&["connection"])
    .tips(&["nondeterministic_output_order"])
    .args(NAMES);

fn info(call: &mut Call<'_>) -> Outcome {
    if call.args.len() == 2 {
        return all(call);
    }
    let names = call.args.from(2);
    let mut replied = call.reply.array(names.len());
    for name in names.iter() {
        replied = match by_name(call.server, name) {
            Some(command) => describe(&mut call.reply, command),
            None => call.reply.null(),
        };
    }
    Ok(replied)
}

/// COMMAND without a subcommand.
pub(super) fn all(call: &mut Call<'_>) -> Outcome {
    let mut replied = call.reply.array(commands::all().count());
    for command in commands::all() {
        replied = describe(&mut call.reply, command);
    }
    Ok(replied)
}

fn describe(reply: &mut Reply<'_>, command: &Command) -> Replied {
    reply.array(10);
    reply.bulk(command.name.as_bytes());
    reply.int(i64::from(command.arity));
    names(reply, command.told_flags(), flag::NAMES);
    let range = command.key_range();
    reply.int(range.first);
    reply.int(range.last);
    reply.int(range.step);
    reply.set(command.acl_categories().count());
    for category in command.acl_categories() {
        reply.status(alloc::format!("@{category}"));
    }
    reply.set(command.tips.len());
    for tip in command.tips {
        reply.bulk(tip.as_bytes());
    }
    reply.set(command.keys.len());
    for spec in command.keys {
        key_spec(reply, spec);
    }
    if command.subcommands.is_empty() {
        return reply.set(0);
    }
    let mut replied = reply.array(command.subcommands.len());
    for sub in command.subcommands {
        replied = describe(reply, sub);
    }
    replied
}

/// The names of the bits that are set.
fn names<B: Copy + core::ops::BitAnd<Output = B> + PartialEq>(
    reply: &mut Reply<'_>,
    bits: B,
    table: &'static [(B, &str)],
) -> Replied {
    let set = || table.iter().filter(move |&&(bit, _)| bits & bit == bit);
    let mut replied = reply.set(set().count());
    for (_, name) in set() {
        replied = reply.status(name);
    }
    replied
}

/// The names of what is done to a key.
pub(super) fn access(reply: &mut Reply<'_>, access: key::Access) -> Replied {
    names(reply, access, key::NAMES)
}

fn key_spec(reply: &mut Reply<'_>, spec: &KeySpec) {
    reply.map(if spec.notes.is_empty() { 3 } else { 4 });
    if !spec.notes.is_empty() {
        reply.bulk(b"notes");
        reply.bulk(spec.notes.as_bytes());
    }
    reply.bulk(b"flags");
    access(reply, spec.access);
    reply.bulk(b"begin_search");
    begin(reply, spec.begin);
    reply.bulk(b"find_keys");
    find(reply, spec.find);
}

fn begin(reply: &mut Reply<'_>, begin: Begin) {
    match begin {
        Begin::Index(index) => method(reply, "index", &[("index", index as i64)]),
        Begin::Keyword(word, from) => {
            head(reply, "keyword", 2);
            reply.bulk(b"keyword");
            reply.bulk(word.as_bytes());
            reply.bulk(b"startfrom");
            reply.int(i64::from(from));
        }
        Begin::Unknown => method(reply, "unknown", &[]),
    }
}

fn find(reply: &mut Reply<'_>, find: Find) {
    match find {
        Find::Range { last, step, limit } => {
            let fields = [("lastkey", i64::from(last)), ("keystep", step as i64), ("limit", limit as i64)];
            method(reply, "range", &fields);
        }
        Find::KeyNum { at, first, step } => {
            let fields = [("keynumidx", at as i64), ("firstkey", first as i64), ("keystep", step as i64)];
            method(reply, "keynum", &fields);
        }
        Find::Parsed(_) | Find::Unknown => method(reply, "unknown", &[]),
    }
}

/// A way of searching, with its numbers.
fn method(reply: &mut Reply<'_>, kind: &str, fields: &[(&str, i64)]) {
    head(reply, kind, fields.len());
    for (name, value) in fields {
        reply.bulk(name.as_bytes());
        reply.int(*value);
    }
}

fn head(reply: &mut Reply<'_>, kind: &str, fields: usize) {
    reply.map(2);
    reply.bulk(b"type");
    reply.bulk(kind.as_bytes());
    reply.bulk(b"spec");
    reply.map(fields);
}
