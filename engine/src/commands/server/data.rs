//! Whole databases.

use crate::command::flag::{ALWAYS, FAST, READONLY, WRITE};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::persistence::saves;
use crate::reply::Outcome;

pub(super) static DBSIZE: Command = Command::new("dbsize", Group::Server, "1.0.0", 1, dbsize)
    .summary("Counts the keys of the database.")
    .complexity("O(1)")
    .flags(READONLY | FAST)
    .categories(&["keyspace"])
    .tips(&["request_policy:all_shards", "response_policy:agg_sum"]);

fn dbsize(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.len(call.db.len()))
}

const FLUSH_ARGS: &[Arg] = &[Arg::one_of(
    "async",
    &[Arg::word("async", "ASYNC").since("4.0.0"), Arg::word("sync", "SYNC").since("6.2.0")],
)
.optional()];

pub(super) static FLUSHALL: Command = Command::new("flushall", Group::Server, "1.0.0", -1, flushall)
    .summary("Removes all keys of all databases.")
    .complexity("O(N) for N keys in all databases")
    .history(&[("4.0.0", "`ASYNC`"), ("6.2.0", "`SYNC`")])
    .flags(WRITE | ALWAYS)
    .categories(&["keyspace", "dangerous"])
    .tips(&["request_policy:all_shards", "response_policy:all_succeeded"])
    .args(FLUSH_ARGS);

fn flushall(call: &mut Call<'_>) -> Outcome {
    check_mode(call)?;
    for index in 0..call.db.databases() {
        call.db.keyspace().flush(index);
    }
    let client = call.may_wait.then(|| call.session.client());
    let waits = saves::all_is_flushed(call.db.keyspace(), call.server, client);
    Ok(if waits { call.wait_for_answer_or(|reply| reply.ok()) } else { call.reply.ok() })
}

pub(super) static FLUSHDB: Command = Command::new("flushdb", Group::Server, "1.0.0", -1, flushdb)
    .summary("Removes all keys of the database.")
    .complexity("O(N) for N keys in the database")
    .history(&[("4.0.0", "`ASYNC`"), ("6.2.0", "`SYNC`")])
    .flags(WRITE | ALWAYS)
    .categories(&["keyspace", "dangerous"])
    .tips(&["request_policy:all_shards", "response_policy:all_succeeded"])
    .args(FLUSH_ARGS);

fn flushdb(call: &mut Call<'_>) -> Outcome {
    check_mode(call)?;
    let index = call.db.index();
    call.db.keyspace().flush(index);
    Ok(call.reply.ok())
}

/// ASYNC and SYNC say who frees the memory. There is no other thread to leave it to, so both mean the same here.
fn check_mode(call: &Call<'_>) -> Result<(), Error> {
    match call.args.len() {
        1 => Ok(()),
        2 if call.args.is(1, "ASYNC") || call.args.is(1, "SYNC") => Ok(()),
        _ => Err(Error::Syntax),
    }
}

pub(super) static SWAPDB: Command = Command::new("swapdb", Group::Server, "4.0.0", 3, swapdb)
    .summary("Exchanges two databases.")
    .complexity("O(N) for N clients that watch, or wait for, keys in either")
    .flags(WRITE | FAST)
    .categories(&["keyspace", "dangerous"])
    .args(&[Arg::integer("index1"), Arg::integer("index2")]);

fn swapdb(call: &mut Call<'_>) -> Outcome {
    let number = |place, text| {
        let index = call.args.int(place).ok().and_then(|index| i32::try_from(index).ok());
        index.ok_or(Error::Text(text))
    };
    let one = number(1, "ERR invalid first DB index")?;
    let other = number(2, "ERR invalid second DB index")?;
    let index = |number: i32| {
        let index = usize::try_from(number).ok().filter(|&index| index < call.db.databases());
        index.ok_or(Error::DbIndex)
    };
    let (one, other) = (index(one)?, index(other)?);
    call.db.keyspace().swap(one, other);
    Ok(call.reply.ok())
}
