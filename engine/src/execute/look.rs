//! A look: a command that only reads, run for nobody, so that nobody can tell that it ran.
//!
//! ```text
//!   a client's read      admit ─► call ─► note it: hits, uses, calls, MONITOR, SLOWLOG, tracking ─► settle
//!   a look                        call ─► what it counted is taken back
//! ```
//!
//! Keys whose time has come stay where they are, unseen, and so does the luck of the commands after it. Only fields of a
//! hash whose time has come go, as they would with the next tick, and that is told like any change.

use alloc::vec::Vec;

use super::call::Call;
use super::settle::settle;
use crate::argv::Args;
use crate::command::{Command, Group, flag};
use crate::engine::Engine;
use crate::keyspace::{Db, UsageClock, change};
use crate::machine::{ConnId, Now, Peer};
use crate::reply::Reply;
use crate::session::Session;

/// Commands that do not count as reading the keyspace, and change nothing either.
const INSPECTORS: [&str; 24] = [
    "client|list",
    "command",
    "command|count",
    "command|docs",
    "command|info",
    "command|list",
    "config|get",
    "function|list",
    "function|stats",
    "info",
    "lastsave",
    "latency|histogram",
    "latency|history",
    "latency|latest",
    "memory|stats",
    "pubsub|channels",
    "pubsub|numpat",
    "pubsub|numsub",
    "pubsub|shardchannels",
    "pubsub|shardnumsub",
    "script|exists",
    "slowlog|get",
    "slowlog|len",
    "time",
];

/// The reply to a command in RESP2; `None` if it is one that may leave a trace, or if nobody may look now.
pub(crate) fn look(engine: &mut Engine, now: Now, args: Args<'_>) -> Option<Vec<u8>> {
    if engine.loading().is_some() || engine.server.scripts.is_running() {
        return None;
    }
    let command = super::resolve(&engine.server, super::Request::new(args)).ok()?;
    if !only_looks(command) {
        return None;
    }
    engine.server.now = now;
    let Engine { keyspace, server } = &mut *engine;
    let (stats, random) = (keyspace.stats, server.random.clone());
    let mut session = Session::new(0, ConnId(u32::MAX), Peer::in_process(0), now);
    let mut bytes = Vec::new();
    let db = Db::new(keyspace, 0, now.unix_ms(), UsageClock::at(now), false).keeping_due(true);
    let reply = Reply::new(&mut bytes, session.protocol);
    let mut call = Call::new(command, args, db, reply, &mut session, server);
    let outcome = (command.handler)(&mut call);
    if let Err(error) = &outcome {
        call.reply.cut(0);
        call.reply.error(error);
    }
    let (expired, capped) = (keyspace.stats.expired, keyspace.stats.expiry_capped);
    keyspace.stats = stats;
    (keyspace.stats.expired, keyspace.stats.expiry_capped) = (expired, capped);
    server.random = random;
    let mut changes = keyspace.take_changes();
    changes.retain(|change| change.event != change::KEY_MISS);
    keyspace.put_back(changes);
    settle(engine);
    Some(bytes)
}

fn only_looks(command: &Command) -> bool {
    let reads = command.has(flag::READONLY) && command.group != Group::Scripting;
    reads || INSPECTORS.contains(&command.name)
}
