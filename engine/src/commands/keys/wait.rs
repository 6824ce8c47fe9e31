//! Waiting for replicas.

use crate::command::flag::NOSCRIPT;
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::number;
use crate::reply::Outcome;

pub(super) static WAIT: Command = Command::new("wait", Group::Generic, "3.0.0", 3, wait)
    .summary("Waits until enough replicas have this connection's writes, and counts those that have.")
    .complexity("O(1)")
    .flags(NOSCRIPT)
    .categories(&["-keyspace", "connection"])
    .tips(&["request_policy:all_shards", "response_policy:agg_min"])
    .args(&[Arg::integer("numreplicas"), Arg::integer("timeout")]);

/// Nobody replicates from this store yet, so no waiting would change the answer.
fn wait(call: &mut Call<'_>) -> Outcome {
    call.args.int(1)?;
    let timeout_ms = number::parse_int(call.args.at(2))
        .ok_or(Error::Text("ERR timeout is not an integer or out of range"))?;
    if timeout_ms < 0 {
        return Err(Error::Text("ERR timeout is negative"));
    }
    Ok(call.reply.int(0))
}
