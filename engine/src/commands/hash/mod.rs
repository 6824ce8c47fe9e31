//! Hashes.
//!
//! | file     | commands                                                                              |
//! |----------|---------------------------------------------------------------------------------------|
//! | `set`    | HSET, HSETNX, HMSET, HDEL, HINCRBY, HINCRBYFLOAT                                      |
//! | `get`    | HGET, HMGET, HGETALL, HKEYS, HVALS, HEXISTS, HLEN, HSTRLEN, HSCAN                     |
//! | `random` | HRANDFIELD                                                                            |
//! | `expire` | HEXPIRE, HPEXPIRE, HEXPIREAT, HPEXPIREAT, HPERSIST                                    |
//! | `ttl`    | HTTL, HPTTL, HEXPIRETIME, HPEXPIRETIME                                                |
//! | `both`   | HGETDEL, HGETEX, HSETEX: values and deadlines at once                                 |

mod both;
mod expire;
mod get;
mod random;
mod set;
mod ttl;

use redstart_structures::Item;

use crate::argv::Args;
use crate::command::{Arg, Command};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Db, Edited};
use crate::number;
use crate::reply::{Replied, Reply};
use crate::types::{Hash, HashRules, Kind, text};

pub(super) static COMMANDS: &[&Command] = &[
    &set::HSET,
    &set::HSETNX,
    &set::HMSET,
    &set::HDEL,
    &set::HINCRBY,
    &set::HINCRBYFLOAT,
    &get::HGET,
    &get::HMGET,
    &get::HGETALL,
    &get::HKEYS,
    &get::HVALS,
    &get::HEXISTS,
    &get::HLEN,
    &get::HSTRLEN,
    &get::HSCAN,
    &random::HRANDFIELD,
    &expire::HEXPIRE,
    &expire::HPEXPIRE,
    &expire::HEXPIREAT,
    &expire::HPEXPIREAT,
    &expire::HPERSIST,
    &ttl::HTTL,
    &ttl::HPTTL,
    &ttl::HEXPIRETIME,
    &ttl::HPEXPIRETIME,
    &both::HGETDEL,
    &both::HGETEX,
    &both::HSETEX,
];

/// How hashes choose their encoding now.
fn rules(call: &Call<'_>) -> HashRules {
    HashRules {
        entries_max: call.server.config.hash_max_listpack_entries,
        value_max: call.server.config.hash_max_listpack_value,
        hasher: call.db.hasher(),
    }
}

/// A field or a value as a string.
#[inline]
fn say(reply: &mut Reply<'_>, item: Item<'_>) -> Replied {
    reply.bulk(&text(item))
}

/// A value, or nothing.
#[inline]
fn say_if_any(reply: &mut Reply<'_>, item: Option<Item<'_>>) -> Replied {
    match item {
        Some(item) => say(reply, item),
        None => reply.null(),
    }
}

/// What changing so many fields comes to.
const fn counted(count: usize) -> Edited<usize> {
    if count == 0 { Edited::nothing(count) } else { Edited::changes(count, count) }
}

/// Whether there is a hash under a key that is going to be changed.
fn claim(db: &mut Db<'_>, key: &[u8]) -> Result<bool, Error> {
    match db.claim(key) {
        Some(entry) => Hash::of(entry.value).map(|_| true).ok_or(Error::WrongType),
        None => Ok(false),
    }
}

/// `FIELDS numfields field [field …]`, as COMMAND DOCS shows it.
const FIELDS: Arg =
    Arg::block("fields", &[Arg::integer("numfields"), Arg::string("field").multiple()]).after("FIELDS");

/// The fields behind `FIELDS numfields`, which begin at a place and are the rest of the call. `not_positive` is the
/// error for a number that is none.
fn fields<'a>(args: Args<'a>, place: usize, not_positive: &'static str) -> Result<Args<'a>, Error> {
    if !args.is(place, "FIELDS") {
        return Err(Error::Text("ERR Mandatory argument FIELDS is missing or not at the right position"));
    }
    let count = positive(args.at(place + 1)).ok_or(Error::Text(not_positive))?;
    let fields = args.from(place + 2);
    if count != fields.len() {
        return Err(Error::Text("ERR The `numfields` parameter must match the number of arguments"));
    }
    Ok(fields)
}

/// What most of the commands say to a `numfields` that is not positive.
const NOT_POSITIVE: &str = "ERR Number of fields must be a positive integer";

fn positive(text: &[u8]) -> Option<usize> {
    let count = number::parse_int(text).filter(|&count| count > 0)?;
    // More than there can be is more than there are.
    Some(usize::try_from(count).unwrap_or(usize::MAX))
}
