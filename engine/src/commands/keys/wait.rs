//! Waiting for replicas.

use crate::command::flag::NOSCRIPT;
use crate::command::{Arg, Command, Group};
use crate::commands::options::until_ms;
use crate::execute::Call;
use crate::reply::Outcome;

pub(super) static WAIT: Command = Command::new("wait", Group::Generic, "3.0.0", 3, wait)
    .summary("Waits until enough replicas have this connection's writes, and counts those that have.")
    .complexity("O(1)")
    .flags(NOSCRIPT)
    .categories(&["-keyspace", "connection"])
    .tips(&["request_policy:all_shards", "response_policy:agg_min"])
    .args(&[Arg::integer("numreplicas"), Arg::integer("timeout")]);

/// Nobody replicates from this store yet: whoever asks for more than none waits in vain.
fn wait(call: &mut Call<'_>) -> Outcome {
    // Of a larger number redis-server keeps the lowest 32 bits, and so do we.
    let wanted = call.args.int(1)? as i32;
    let until = until_ms(call.args.at(2), call.server.now.mono_us)?;
    if wanted <= 0 {
        return Ok(call.reply.int(0));
    }
    let no_keys = call.args.until(0);
    call.wait_as(call.args, no_keys, |_| false, until, |reply| reply.int(0))
}
