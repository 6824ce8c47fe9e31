//! What the server is, and its end.

use alloc::vec::Vec;

use crate::command::flag::{ADMIN, ALLOW_BUSY, FAST, LOADING, NO_MULTI, NOSCRIPT, STALE};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::observe::info::{View, report};
use crate::reply::Outcome;
use crate::shutdown;

pub(super) static INFO: Command = Command::new("info", Group::Server, "1.0.0", -1, info)
    .summary("Tells how the server is doing.")
    .complexity("O(1)")
    .history(&[("7.0.0", "Takes more than one section.")])
    .flags(LOADING | STALE)
    .categories(&["dangerous"])
    .tips(&["nondeterministic_output", "request_policy:all_shards", "response_policy:special"])
    .args(&[Arg::string("section").multiple().optional()]);

fn info(call: &mut Call<'_>) -> Outcome {
    let sections: Vec<&[u8]> = call.args.from(1).iter().collect();
    let view = View { server: call.server, keyspace: call.db.keyspace(), session: call.session };
    let text = report(&view, &sections);
    Ok(call.reply.verbatim(&text))
}

pub(super) static ROLE: Command = Command::new("role", Group::Server, "2.8.12", 1, role)
    .summary("Tells whether the server is a primary or a replica, and of whom.")
    .complexity("O(1)")
    .flags(NOSCRIPT | LOADING | STALE | FAST)
    .categories(&["admin", "dangerous"]);

fn role(call: &mut Call<'_>) -> Outcome {
    call.reply.array(3);
    call.reply.bulk(b"master");
    call.reply.int(0);
    Ok(call.reply.array(0))
}

pub(super) static SHUTDOWN: Command = Command::new("shutdown", Group::Server, "1.0.0", -1, shutdown)
    .summary("Saves the data set and ends the server.")
    .complexity("O(N) for N keys to save, O(1) without saving")
    .history(&[("7.0.0", "`NOW`, `FORCE` and `ABORT`")])
    .flags(ADMIN | NOSCRIPT | LOADING | STALE | NO_MULTI | ALLOW_BUSY)
    .args(&[
        Arg::one_of("nosave_save", &[Arg::word("nosave", "NOSAVE"), Arg::word("save", "SAVE")]).optional(),
        Arg::word("now", "NOW").optional().since("7.0.0"),
        Arg::word("force", "FORCE").optional().since("7.0.0"),
        Arg::word("abort", "ABORT").optional().since("7.0.0"),
    ]);

fn shutdown(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    let has = |word| (1..args.len()).any(|index| args.is(index, word));
    let known = |index| ["SAVE", "NOSAVE", "NOW", "FORCE", "ABORT"].iter().any(|word| args.is(index, word));
    let how = has("SAVE") || has("NOSAVE") || has("NOW") || has("FORCE");
    if !(1..args.len()).all(known) || has("SAVE") && has("NOSAVE") || has("ABORT") && how {
        return Err(Error::Syntax);
    }
    if has("ABORT") {
        // Whoever waits for the end is held until it comes, so nobody can call it off.
        return Err(Error::Text("ERR No shutdown in progress."));
    }
    let saves = if has("NOSAVE") { Some(false) } else { has("SAVE").then_some(true) };
    let how = shutdown::How { saves, is_forced: has("FORCE") };
    let client = call.session.client();
    shutdown::begin(call.db.keyspace(), call.server, how, Some(client));
    Ok(call.wait_for_answer())
}

pub(super) static TIME: Command = Command::new("time", Group::Server, "2.6.0", 1, time)
    .summary("Tells the server's time: seconds since 1970, and microseconds.")
    .complexity("O(1)")
    .flags(LOADING | STALE | FAST)
    .tips(&["nondeterministic_output"]);

fn time(call: &mut Call<'_>) -> Outcome {
    let unix_us = call.server.now.unix_us;
    call.reply.array(2);
    call.reply.bulk_int((unix_us / 1_000_000) as i64);
    Ok(call.reply.bulk_int((unix_us % 1_000_000) as i64))
}
