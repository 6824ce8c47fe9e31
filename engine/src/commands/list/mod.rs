//! Lists.
//!
//! | file       | what it holds                         |
//! |------------|---------------------------------------|
//! | `push`     | adding at the ends                    |
//! | `pop`      | taking from the ends                  |
//! | `transfer` | from the end of one list to another's |
//! | `blocking` | the same, waiting for an element      |
//! | `read`     | looking without changing              |
//! | `edit`     | changes in the middle                 |

mod blocking;
mod edit;
mod pop;
mod push;
mod read;
mod transfer;

use redstart_structures::Item;

use crate::argv::Args;
use crate::command::{Arg, Command};
use crate::error::Error;
use crate::reply::{Replied, Reply};
use crate::types::{End, List, NodeLimit};

pub(super) static COMMANDS: &[&Command] = &[
    &blocking::BLMOVE,
    &blocking::BLMPOP,
    &blocking::BLPOP,
    &blocking::BRPOP,
    &blocking::BRPOPLPUSH,
    &read::LINDEX,
    &edit::LINSERT,
    &read::LLEN,
    &transfer::LMOVE,
    &pop::LMPOP,
    &pop::LPOP,
    &read::LPOS,
    &push::LPUSH,
    &push::LPUSHX,
    &read::LRANGE,
    &edit::LREM,
    &edit::LSET,
    &edit::LTRIM,
    &pop::RPOP,
    &transfer::RPOPLPUSH,
    &push::RPUSH,
    &push::RPUSHX,
];

/// Writes an element.
#[inline]
fn element(reply: &mut Reply<'_>, item: Item<'_>) -> Replied {
    match item {
        Item::Bytes(bytes) => reply.bulk(bytes),
        Item::Int(value) => reply.bulk_int(value),
    }
}

/// `LEFT` or `RIGHT`, as an argument.
const ENDS: &[Arg] = &[Arg::word("left", "LEFT"), Arg::word("right", "RIGHT")];

/// The end that the word at a place names.
fn end(args: Args<'_>, place: usize) -> Result<End, Error> {
    if args.is(place, "LEFT") {
        Ok(End::Left)
    } else if args.is(place, "RIGHT") {
        Ok(End::Right)
    } else {
        Err(Error::Syntax)
    }
}

/// A list as it begins, under the configuration of the moment.
const fn new_list(size: i64) -> impl Fn() -> List {
    move || List::new(NodeLimit::new(size))
}
