//! Waiting for replicas, and for the disk.

use crate::command::flag::NOSCRIPT;
use crate::command::{Arg, Command, Group};
use crate::commands::options::until_ms;
use crate::error::Error;
use crate::execute::Call;
use crate::persistence::aof::wait::{self, Durable};
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

pub(super) static WAITAOF: Command = Command::new("waitaof", Group::Generic, "7.2.0", 4, waitaof)
    .summary("Waits until this connection's writes are durable here, and on enough replicas.")
    .complexity("O(1)")
    .flags(NOSCRIPT)
    .categories(&["-keyspace", "connection"])
    .tips(&["request_policy:all_shards", "response_policy:agg_min"])
    .args(&[Arg::integer("numlocal"), Arg::integer("numreplicas"), Arg::integer("timeout")]);

fn waitaof(call: &mut Call<'_>) -> Outcome {
    let wants_local = match call.args.int(1)? {
        0 => false,
        1 => true,
        _ => return Err(Error::Text("ERR value is out of range, value must between 0 and 1")),
    };
    let replicas = call.args.int(2).ok().filter(|&replicas| replicas >= 0).ok_or(Error::NotPositive)?;
    let until = until_ms(call.args.at(3), call.server.now.mono_us)?;
    if wants_local && !call.server.config.appendonly {
        return Err(Error::Text(wait::TURNED_OFF));
    }
    let durable = Durable { end: call.session.written, wants_local, wants_replicas: replicas > 0 };
    let is_local = call.server.is_durable(durable.end);
    let so_far = wait::answer(is_local);
    if !durable.wants_replicas && is_local >= wants_local {
        return Ok(so_far(&mut call.reply));
    }
    let no_keys = call.args.until(0);
    let outcome = call.wait_as(call.args, no_keys, |_| false, until, so_far)?;
    call.server.wait_for_disk(call.session, durable);
    Ok(outcome)
}
