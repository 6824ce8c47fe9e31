//! Saving the data set.

use crate::command::flag::{ADMIN, FAST, LOADING, NO_ASYNC_LOADING, NO_MULTI, NOSCRIPT, STALE};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::persistence::aof::rewrite;
use crate::persistence::saves;
use crate::persistence::snapshot::{self, Purpose};
use crate::reply::Outcome;

const UNDER_WAY: Error = Error::Text("ERR Background save already in progress");

pub(super) static BGSAVE: Command = Command::new("bgsave", Group::Server, "1.0.0", -1, bgsave)
    .summary("Begins to save the data set, and answers at once.")
    .complexity("O(1)")
    .history(&[("3.2.2", "`SCHEDULE`")])
    .flags(ADMIN | NOSCRIPT | NO_ASYNC_LOADING)
    .args(&[Arg::word("schedule", "SCHEDULE").optional().since("3.2.2")]);

/// SCHEDULE is for when a rewrite of the append-only file keeps a snapshot from beginning at once. In a transaction it
/// begins afterwards, too.
fn bgsave(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    if args.len() > 2 || args.len() == 2 && !args.is(1, "SCHEDULE") {
        return Err(Error::Syntax);
    }
    let rewrites = call.server.aof.is_rewriting();
    if call.server.saves.is_running() && !rewrites {
        return Err(UNDER_WAY);
    }
    if rewrites && call.may_wait && args.len() == 1 {
        return Err(Error::Text(
            "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a \
             BGSAVE whenever possible.",
        ));
    }
    if !call.may_wait || rewrites {
        call.server.saves.is_scheduled = true;
        return Ok(call.reply.status("Background saving scheduled"));
    }
    saves::begin_in_background(call.db.keyspace(), call.server);
    Ok(call.reply.status("Background saving started"))
}

pub(super) static BGREWRITEAOF: Command =
    Command::new("bgrewriteaof", Group::Server, "1.0.0", 1, bgrewriteaof)
        .summary("Begins to make the append-only file as short as it can be, and answers at once.")
        .complexity("O(1)")
        .flags(ADMIN | NOSCRIPT | NO_ASYNC_LOADING);

fn bgrewriteaof(call: &mut Call<'_>) -> Outcome {
    if call.server.aof.is_rewriting() {
        return Err(Error::Text("ERR Background append only file rewriting already in progress"));
    }
    call.server.aof.rewrites.ask();
    let is_busy = call.server.saves.is_running() || call.server.aof.rewrite.is_some();
    if is_busy || !call.may_wait || call.server.aof.error.is_some() {
        return Ok(call.reply.status("Background append only file rewriting scheduled"));
    }
    rewrite::begin(call.db.keyspace(), call.server);
    Ok(call.reply.status("Background append only file rewriting started"))
}

pub(super) static SAVE: Command = Command::new("save", Group::Server, "1.0.0", 1, save)
    .summary("Saves the data set, and answers when that is done.")
    .complexity("O(N) for N keys in all databases")
    .flags(ADMIN | NOSCRIPT | NO_ASYNC_LOADING | NO_MULTI);

fn save(call: &mut Call<'_>) -> Outcome {
    if call.server.saves.is_running() {
        return Err(UNDER_WAY);
    }
    let purpose = Purpose::Foreground(call.session.client());
    snapshot::begin(call.db.keyspace(), call.server, purpose);
    Ok(call.wait_for_answer())
}

pub(super) static LASTSAVE: Command = Command::new("lastsave", Group::Server, "1.0.0", 1, lastsave)
    .summary("Tells when the data set was last saved.")
    .complexity("O(1)")
    .flags(LOADING | STALE | FAST)
    .categories(&["admin", "dangerous"])
    .tips(&["nondeterministic_output"]);

fn lastsave(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.int(call.server.saves.last_secs as i64))
}
