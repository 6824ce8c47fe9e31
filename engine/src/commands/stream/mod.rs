//! Streams.
//!
//! | file      | what it holds                                              |
//! |-----------|------------------------------------------------------------|
//! | `add`     | XADD, XTRIM: entries come and the oldest go                |
//! | `edit`    | XDEL, XSETID                                               |
//! | `range`   | XLEN, XRANGE, XREVRANGE                                    |
//! | `read`    | XREAD, XREADGROUP: what is new, waiting for it if need be  |
//! | `group`   | XGROUP                                                     |
//! | `pending` | XACK, XPENDING: what was delivered                         |
//! | `claim`   | XCLAIM, XAUTOCLAIM: delivered to somebody else             |
//! | `info`    | XINFO                                                      |

mod add;
mod claim;
mod delivery;
mod edit;
mod group;
mod info;
mod pending;
mod radix;
mod range;
mod read;

use redstart_structures::Entry;

use crate::argv::Args;
use crate::command::Command;
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, change};
use crate::reply::{Replied, Reply};
use crate::types::{Id, Stream, text};

pub(super) static COMMANDS: &[&Command] = &[
    &pending::XACK,
    &add::XADD,
    &claim::XAUTOCLAIM,
    &claim::XCLAIM,
    &edit::XDEL,
    &group::XGROUP,
    &info::XINFO,
    &range::XLEN,
    &pending::XPENDING,
    &range::XRANGE,
    &read::XREAD,
    &read::XREADGROUP,
    &range::XREVRANGE,
    &edit::XSETID,
    &add::XTRIM,
];

const INVALID_ID: Error = Error::Text("ERR Invalid stream ID specified as stream command argument");

/// The id that a word is.
fn id(word: &[u8]) -> Result<Id, Error> {
    Id::parse(word, 0).ok_or(INVALID_ID)
}

/// The ids that words are, one and all.
fn ids(words: Args<'_>) -> Result<(), Error> {
    words.iter().try_for_each(|word| id(word).map(drop))
}

/// The id that a word is, where `-` is the smallest and `+` the greatest, and a time alone has the number `seq`.
fn id_or_edge(word: &[u8], seq: u64) -> Result<Id, Error> {
    match word {
        b"-" => Ok(Id::MIN),
        b"+" => Ok(Id::MAX),
        _ => Id::parse(word, seq).ok_or(INVALID_ID),
    }
}

/// Where an interval begins; `(id` is after an id.
fn start(word: &[u8]) -> Result<Id, Error> {
    const INVALID: Error = Error::Text("ERR invalid start ID for the interval");
    match word {
        [b'(', excluded @ ..] if !excluded.is_empty() => id(excluded)?.next().ok_or(INVALID),
        _ => id_or_edge(word, 0),
    }
}

/// Where an interval ends; `(id` is before an id.
fn end(word: &[u8]) -> Result<Id, Error> {
    const INVALID: Error = Error::Text("ERR invalid end ID for the interval");
    match word {
        [b'(', excluded @ ..] if !excluded.is_empty() => {
            Id::parse(excluded, u64::MAX).ok_or(INVALID_ID)?.previous().ok_or(INVALID)
        }
        _ => id_or_edge(word, u64::MAX),
    }
}

/// An id as a string.
fn say_id(reply: &mut Reply<'_>, id: Id) -> Replied {
    id.with_text(|text| reply.bulk(text))
}

/// An entry: its id, then its names and values.
fn say_entry(reply: &mut Reply<'_>, entry: Entry<'_>) -> Replied {
    reply.array(2);
    say_id(reply, Id(entry.id()));
    let fields = entry.fields();
    let mut replied = reply.array(2 * fields.len());
    for (name, value) in fields {
        reply.bulk(&text(name));
        replied = reply.bulk(&text(value));
    }
    replied
}

/// Entries as an array.
fn say_entries<'e>(reply: &mut Reply<'_>, entries: impl Iterator<Item = Entry<'e>>) -> Replied {
    let mark = reply.mark();
    let mut len = 0;
    for entry in entries {
        say_entry(reply, entry);
        len += 1;
    }
    reply.array_since(mark, len)
}

/// There is no such stream, or it has no such group.
fn no_group(key: &[u8], group: &[u8]) -> Error {
    Error::quoting_all(&[b"NOGROUP No such key '", key, b"' or consumer group '", group, b"'"])
}

/// Notes that a command made a consumer by naming it.
fn note_new_consumer(call: &mut Call<'_>, key: &[u8]) -> Result<(), Error> {
    let made = |_: &mut Stream| Ok(Edited::changes((), 1));
    call.db.edit_counted(key, change::XGROUP_CREATECONSUMER, made).map(drop)
}
