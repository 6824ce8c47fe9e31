//! XINFO: what there is to know about a stream.

use super::group::no_group_in;
use super::radix;
use super::{say_entries, say_entry, say_id};
use crate::argv::Args;
use crate::command::flag::{LOADING, READONLY, STALE};
use crate::command::key::{ACCESS, RO};
use crate::command::{Arg, Command, Group as Family, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::{Outcome, Replied, Reply};
use crate::types::{Extent, Group, Id, Pending, Stream};

pub(super) static XINFO: Command =
    Command::container("xinfo", Family::Stream, "5.0.0", -2, &[&CONSUMERS, &GROUPS, &HELP, &STREAM])
        .summary("Tells about streams, their groups and consumers.")
        .complexity("Depends on the subcommand");

static CONSUMERS: Command = Command::new("xinfo|consumers", Family::Stream, "5.0.0", 4, consumers)
    .summary("Lists the consumers of a group.")
    .complexity("O(1)")
    .flags(READONLY)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(2, RO | ACCESS)])
    .args(&[Arg::key("key", 0), Arg::string("groupname")]);

fn consumers(call: &mut Call<'_>) -> Outcome {
    let Call { db, reply, args, .. } = call;
    let (key, name, now_ms) = (args.at(2), args.at(3), db.now_ms());
    let stream = db.read::<Stream>(key)?.ok_or(Error::NoSuchKey)?;
    let group = stream.group(name).ok_or_else(|| no_group_in(key, name))?;
    let mut replied = reply.array(group.consumers_len());
    for consumer in group.consumers() {
        reply.map(3);
        reply.bulk(b"name");
        reply.bulk(&consumer.name);
        reply.bulk(b"pending");
        reply.len(consumer.pending_len());
        reply.bulk(b"idle");
        replied = reply.int(now_ms.saturating_sub(consumer.seen_ms).max(0));
    }
    Ok(replied)
}

static GROUPS: Command = Command::new("xinfo|groups", Family::Stream, "5.0.0", 3, groups)
    .summary("Lists the groups of a stream.")
    .complexity("O(1)")
    .history(&[("7.0.0", "Tells `entries-read` and `lag`.")])
    .flags(READONLY)
    .keys(&[KeySpec::at(2, RO | ACCESS)])
    .args(&[Arg::key("key", 0)]);

fn groups(call: &mut Call<'_>) -> Outcome {
    let Call { db, reply, args, .. } = call;
    let stream = db.read::<Stream>(args.at(2))?.ok_or(Error::NoSuchKey)?;
    let mut replied = reply.array(stream.groups_len());
    for (name, group) in stream.groups() {
        reply.map(6);
        reply.bulk(b"name");
        reply.bulk(name);
        reply.bulk(b"consumers");
        reply.len(group.consumers_len());
        reply.bulk(b"pending");
        reply.len(group.pending_len());
        replied = say_progress(reply, group, stream.extent());
    }
    Ok(replied)
}

/// How far a group has read: three pairs.
fn say_progress(reply: &mut Reply<'_>, group: &Group, extent: Extent) -> Replied {
    reply.bulk(b"last-delivered-id");
    say_id(reply, group.last_id);
    reply.bulk(b"entries-read");
    say_number(reply, group.entries_read);
    reply.bulk(b"lag");
    say_number(reply, extent.lag(group))
}

fn say_number(reply: &mut Reply<'_>, number: Option<i64>) -> Replied {
    match number {
        Some(number) => reply.int(number),
        None => reply.null(),
    }
}

static HELP: Command = Command::new("xinfo|help", Family::Stream, "5.0.0", 2, help)
    .summary("Lists the subcommands.")
    .complexity("O(1)")
    .flags(LOADING | STALE);

fn help(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.lines(&[
        "XINFO <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CONSUMERS <key> <groupname>",
        "    List the consumers of a group.",
        "GROUPS <key>",
        "    List the groups of a stream.",
        "STREAM <key> [FULL [COUNT <count>]]",
        "    Tell about a stream; FULL: with its first entries, its groups and what",
        "    they have pending, <count> of each.",
        "HELP",
        "    Print this help.",
    ]))
}

static STREAM: Command = Command::new("xinfo|stream", Family::Stream, "5.0.0", -3, stream)
    .summary("Tells about a stream.")
    .complexity("O(N) for N nodes of entries.")
    .history(&[
        ("6.0.0", "Takes `FULL`."),
        (
            "7.0.0",
            "Tells `max-deleted-entry-id`, `entries-added`, `recorded-first-entry-id`, `entries-read` and `lag`.",
        ),
    ])
    .flags(READONLY)
    .keys(&[KeySpec::at(2, RO | ACCESS)])
    .args(&[
        Arg::key("key", 0),
        Arg::block("full", &[Arg::integer("count").after("COUNT").optional()]).after("FULL").optional(),
    ]);

fn stream(call: &mut Call<'_>) -> Outcome {
    let Call { db, reply, args, .. } = call;
    let stream = db.read::<Stream>(args.at(2))?.ok_or(Error::NoSuchKey)?;
    let full = full(*args)?;
    reply.map(if full.is_some() { 9 } else { 10 });
    say_basics(reply, stream);
    let entries = stream.entries();
    let Some(count) = full else {
        reply.bulk(b"groups");
        reply.len(stream.groups_len());
        reply.bulk(b"first-entry");
        match entries.forwards(0, u128::MAX).next() {
            Some(entry) => say_entry(reply, entry),
            None => reply.null(),
        };
        reply.bulk(b"last-entry");
        return Ok(match entries.backwards(0, u128::MAX).next() {
            Some(entry) => say_entry(reply, entry),
            None => reply.null(),
        });
    };
    reply.bulk(b"entries");
    say_entries(reply, entries.forwards(0, u128::MAX).take(count));
    reply.bulk(b"groups");
    let mut replied = reply.array(stream.groups_len());
    for (name, group) in stream.groups() {
        reply.map(7);
        reply.bulk(b"name");
        reply.bulk(name);
        say_progress(reply, group, stream.extent());
        replied = say_members(reply, group, count);
    }
    Ok(replied)
}

/// Whether all is asked for, and how many of each thing.
fn full(args: Args<'_>) -> Result<Option<usize>, Error> {
    const COUNT: usize = 10;
    let is_count = args.len() == 4 || args.is(4, "COUNT");
    match args.len() {
        3 => return Ok(None),
        4 | 6 if args.is(3, "FULL") && is_count => {}
        _ => return Err(Error::subcommand(args.at(1), "XINFO")),
    }
    if args.len() == 4 {
        return Ok(Some(COUNT));
    }
    Ok(Some(match args.int(5)? {
        0 => usize::MAX,
        count => usize::try_from(count).unwrap_or(COUNT),
    }))
}

/// What is always told: seven pairs.
fn say_basics(reply: &mut Reply<'_>, stream: &Stream) {
    reply.bulk(b"length");
    reply.len(stream.len());
    reply.bulk(b"radix-tree-keys");
    reply.len(stream.entries().nodes_len());
    reply.bulk(b"radix-tree-nodes");
    reply.len(radix::nodes(stream.entries().node_ids()));
    reply.bulk(b"last-generated-id");
    say_id(reply, stream.last_id);
    reply.bulk(b"max-deleted-entry-id");
    say_id(reply, stream.max_deleted_id);
    reply.bulk(b"entries-added");
    reply.int(stream.entries_added);
    reply.bulk(b"recorded-first-entry-id");
    say_id(reply, stream.first_id());
}

/// What the consumers of a group have: three pairs.
fn say_members(reply: &mut Reply<'_>, group: &Group, count: usize) -> Replied {
    reply.bulk(b"pel-count");
    reply.len(group.pending_len());
    reply.bulk(b"pending");
    reply.array(group.pending_len().min(count));
    for (id, pending) in group.all_pending(Id::MIN).take(count) {
        reply.array(4);
        say_id(reply, id);
        reply.bulk(group.name_of(pending));
        say_deliveries(reply, pending);
    }
    reply.bulk(b"consumers");
    let mut replied = reply.array(group.consumers_len());
    for consumer in group.consumers() {
        reply.map(4);
        reply.bulk(b"name");
        reply.bulk(&consumer.name);
        reply.bulk(b"seen-time");
        reply.int(consumer.seen_ms);
        reply.bulk(b"pel-count");
        reply.len(consumer.pending_len());
        reply.bulk(b"pending");
        replied = reply.array(consumer.pending_len().min(count));
        let its = consumer.pending(Id::MIN).take(count);
        for (id, pending) in its.filter_map(|id| Some((id, group.pending(id)?))) {
            reply.array(3);
            say_id(reply, id);
            replied = say_deliveries(reply, pending);
        }
    }
    replied
}

fn say_deliveries(reply: &mut Reply<'_>, pending: &Pending) -> Replied {
    reply.int(pending.delivered_ms);
    reply.int(pending.deliveries)
}
