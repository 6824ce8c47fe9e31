//! Ending the wait of another client.

use crate::command::flag::{ADMIN, LOADING, NOSCRIPT, STALE};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::{Call, Vain};
use crate::reply::Outcome;
use crate::session::Session;

pub(super) static UNBLOCK: Command = Command::new("client|unblock", Group::Connection, "5.0.0", -3, unblock)
    .summary("Ends the wait of a client whose command waits.")
    .complexity("O(N) for N connections")
    .flags(ADMIN | NOSCRIPT | LOADING | STALE)
    .args(&[
        Arg::integer("client-id"),
        Arg::one_of("timeout_error", &[Arg::word("timeout", "TIMEOUT"), Arg::word("error", "ERROR")])
            .optional(),
    ]);

fn unblock(call: &mut Call<'_>) -> Outcome {
    let how = match call.args.len() {
        3 => Vain::TimedOut,
        4 if call.args.is(3, "TIMEOUT") => Vain::TimedOut,
        4 if call.args.is(3, "ERROR") => Vain::Refused("UNBLOCKED client unblocked via CLIENT UNBLOCK"),
        4 => return Err(Error::Text("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")),
        _ => return Err(Error::subcommand(call.args.at(1), "CLIENT")),
    };
    let id = call.args.int(2)?;
    let waits = |session: &&Session| session.parked.as_ref().is_some_and(|parked| parked.waits_for_keys());
    let client = call.server.sessions.iter().filter(waits).find(|session| session.id as i64 == id);
    let conn = client.map(|session| session.conn);
    let ended = conn.is_some_and(|conn| call.server.end_wait(conn, how));
    Ok(call.reply.flag(ended))
}
