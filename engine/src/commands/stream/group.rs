//! XGROUP: groups and their consumers.

use super::{id, id_or_edge};
use crate::argv::Args;
use crate::command::flag::{DENYOOM, LOADING, STALE, WRITE};
use crate::command::key::{DELETE, INSERT, RW, UPDATE};
use crate::command::{Arg, Command, Group as Family, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, change};
use crate::reply::Outcome;
use crate::types::{Group, Id, Kind, Stream};

pub(super) static XGROUP: Command = Command::container(
    "xgroup",
    Family::Stream,
    "5.0.0",
    -2,
    &[&CREATE, &CREATECONSUMER, &DELCONSUMER, &DESTROY, &HELP, &SETID],
)
.summary("Makes and changes groups of consumers.")
.complexity("Depends on the subcommand");

static CREATE: Command = Command::new("xgroup|create", Family::Stream, "5.0.0", -5, create)
    .summary("Makes a group that reads from an id on.")
    .complexity("O(1)")
    .history(&[("7.0.0", "Takes `ENTRIESREAD`.")])
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(2, RW | INSERT)])
    .args(&[
        Arg::key("key", 0),
        Arg::string("groupname"),
        Arg::one_of("id", ID),
        Arg::word("mkstream", "MKSTREAM").optional(),
        ENTRIES_READ,
    ]);

const ID: &[Arg] = &[Arg::string("id"), Arg::word("new_id", "$")];
const ENTRIES_READ: Arg = Arg::integer("entries_read").after("ENTRIESREAD").optional();

fn create(call: &mut Call<'_>) -> Outcome {
    let options = Options::read(call, true)?;
    let (key, name) = (call.args.at(2), call.args.at(3));
    let is_there = is_stream(call)?;
    if !is_there && !options.make_stream {
        return Err(NO_KEY);
    }
    at_most(call.args, 8)?;
    // `None`: the last one.
    let from = match call.args.at(4) {
        b"$" => None,
        word => Some(id(word)?),
    };
    let create = |stream: &mut Stream| {
        let group = Group::new(from.unwrap_or(stream.last_id), options.entries_read);
        if !stream.add_group(name, group) {
            return Err(Error::Text("BUSYGROUP Consumer Group name already exists"));
        }
        Ok(())
    };
    let event = if is_there { change::XGROUP_CREATE } else { change::XGROUP_CREATE_STREAM };
    call.db.edit_or_create(key, event, Stream::new, create)?;
    Ok(call.reply.ok())
}

static SETID: Command = Command::new("xgroup|setid", Family::Stream, "5.0.0", -5, setid)
    .summary("Sets up to which id a group has read.")
    .complexity("O(1)")
    .history(&[("7.0.0", "Takes `ENTRIESREAD`.")])
    .flags(WRITE)
    .keys(&[KeySpec::at(2, RW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::string("groupname"), Arg::one_of("id", ID), ENTRIES_READ]);

fn setid(call: &mut Call<'_>) -> Outcome {
    let options = Options::read(call, false)?;
    let (key, name) = (call.args.at(2), call.args.at(3));
    require_group(call)?;
    at_most(call.args, 7)?;
    let to = match call.args.at(4) {
        b"$" => None,
        word => Some(id_or_edge(word, 0)?),
    };
    call.db.edit(key, change::XGROUP_SETID, |stream: &mut Stream| {
        let last_id: Id = stream.last_id;
        stream.edit_group(name, |group, _| {
            group.last_id = to.unwrap_or(last_id);
            group.entries_read = options.entries_read;
        });
        Ok(())
    })?;
    Ok(call.reply.ok())
}

static DESTROY: Command = Command::new("xgroup|destroy", Family::Stream, "5.0.0", 4, destroy)
    .summary("Removes a group.")
    .complexity("O(N) for N pending entries.")
    .flags(WRITE)
    .keys(&[KeySpec::at(2, RW | DELETE)])
    .args(&[Arg::key("key", 0), Arg::string("groupname")]);

fn destroy(call: &mut Call<'_>) -> Outcome {
    if !is_stream(call)? {
        return Err(NO_KEY);
    }
    let (key, name) = (call.args.at(2), call.args.at(3));
    let removed = call.db.edit_counted(key, change::XGROUP_DESTROY, |stream: &mut Stream| {
        let removed = stream.remove_group(name);
        Ok(if removed { Edited::changes(true, 1) } else { Edited::nothing(false) })
    })?;
    Ok(call.reply.flag(removed.unwrap_or(false)))
}

static CREATECONSUMER: Command =
    Command::new("xgroup|createconsumer", Family::Stream, "6.2.0", 5, createconsumer)
        .summary("Makes a consumer in a group.")
        .complexity("O(1)")
        .flags(WRITE | DENYOOM)
        .keys(&[KeySpec::at(2, RW | INSERT)])
        .args(CONSUMER);

const CONSUMER: &[Arg] = &[Arg::key("key", 0), Arg::string("groupname"), Arg::string("consumername")];

fn createconsumer(call: &mut Call<'_>) -> Outcome {
    require_group(call)?;
    let (key, group, name, now_ms) = (call.args.at(2), call.args.at(3), call.args.at(4), call.db.now_ms());
    let made = call.db.edit_counted(key, change::XGROUP_CREATECONSUMER, |stream: &mut Stream| {
        let make = |group: &mut Group| group.find(name).is_none() && group.hear_of(name, now_ms).1;
        let made = stream.edit_group(group, |group, _| make(group)).unwrap_or(false);
        Ok(if made { Edited::changes(true, 1) } else { Edited::nothing(false) })
    })?;
    Ok(call.reply.flag(made.unwrap_or(false)))
}

static DELCONSUMER: Command = Command::new("xgroup|delconsumer", Family::Stream, "5.0.0", 5, delconsumer)
    .summary("Removes a consumer from a group, and forgets what it had.")
    .complexity("O(1)")
    .flags(WRITE)
    .keys(&[KeySpec::at(2, RW | DELETE)])
    .args(CONSUMER);

fn delconsumer(call: &mut Call<'_>) -> Outcome {
    require_group(call)?;
    let (key, group, name) = (call.args.at(2), call.args.at(3), call.args.at(4));
    let pending = call.db.edit_counted(key, change::XGROUP_DELCONSUMER, |stream: &mut Stream| {
        let pending = stream.edit_group(group, |group, _| group.remove(name)).flatten();
        Ok(pending.map_or(Edited::nothing(0), |pending| Edited::changes(pending, 1)))
    })?;
    Ok(call.reply.len(pending.unwrap_or(0)))
}

static HELP: Command = Command::new("xgroup|help", Family::Stream, "5.0.0", 2, help)
    .summary("Lists the subcommands.")
    .complexity("O(1)")
    .flags(LOADING | STALE);

fn help(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.lines(&[
        "XGROUP <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CREATE <key> <groupname> <id|$> [MKSTREAM] [ENTRIESREAD <entries-read>]",
        "    Make a group that reads the entries after <id>, or after the last one ($).",
        "    * MKSTREAM",
        "      Make the stream, too, if it is not there.",
        "    * ENTRIESREAD",
        "      Say how many entries there ever were up to <id>.",
        "CREATECONSUMER <key> <groupname> <consumername>",
        "    Make a consumer in a group.",
        "DELCONSUMER <key> <groupname> <consumername>",
        "    Remove a consumer from a group, and forget what it had.",
        "DESTROY <key> <groupname>",
        "    Remove a group.",
        "SETID <key> <groupname> <id|$> [ENTRIESREAD <entries-read>]",
        "    Set up to which id a group has read.",
        "HELP",
        "    Print this help.",
    ]))
}

const NO_KEY: Error = Error::Text(
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option \
     to create an empty stream automatically.",
);

/// Whether there is a stream.
fn is_stream(call: &mut Call<'_>) -> Result<bool, Error> {
    match call.db.claim(call.args.at(2)) {
        None => Ok(false),
        Some(entry) => Stream::of(entry.value).map(|_| true).ok_or(Error::WrongType),
    }
}

fn require_group(call: &mut Call<'_>) -> Result<(), Error> {
    let (key, name) = (call.args.at(2), call.args.at(3));
    let entry = call.db.claim(key).ok_or(NO_KEY)?;
    let stream = Stream::of(entry.value).ok_or(Error::WrongType)?;
    stream.group(name).map(drop).ok_or_else(|| no_group_in(key, name))
}

/// A stream has no such group.
pub(super) fn no_group_in(key: &[u8], group: &[u8]) -> Error {
    Error::quoting_all(&[b"NOGROUP No such consumer group '", group, b"' for key name '", key, b"'"])
}

/// Options may be repeated, but there is an end to it.
fn at_most(args: Args<'_>, words: usize) -> Result<(), Error> {
    if args.len() <= words { Ok(()) } else { Err(Error::subcommand(args.at(1), "XGROUP")) }
}

/// What may follow the id.
#[derive(Default)]
struct Options {
    make_stream: bool,
    entries_read: Option<i64>,
}

impl Options {
    fn read(call: &Call<'_>, creates: bool) -> Result<Self, Error> {
        let (args, mut options) = (call.args, Self::default());
        let mut place = 5;
        while place < args.len() {
            if creates && args.is(place, "MKSTREAM") {
                options.make_stream = true;
                place += 1;
            } else if args.is(place, "ENTRIESREAD") && place + 1 < args.len() {
                options.entries_read = match args.int(place + 1)? {
                    -1 => None,
                    count @ 0.. => Some(count),
                    _ => return Err(Error::Text("ERR value for ENTRIESREAD must be positive or -1")),
                };
                place += 2;
            } else {
                return Err(Error::subcommand(args.at(1), "XGROUP"));
            }
        }
        Ok(options)
    }
}
