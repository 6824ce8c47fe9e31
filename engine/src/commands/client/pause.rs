//! Holding clients up for a while.

use crate::command::flag::{ADMIN, LOADING, NOSCRIPT, STALE};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::{Call, Pause};
use crate::machine::Output;
use crate::reply::Outcome;

pub(super) static PAUSE: Command = Command::new("client|pause", Group::Connection, "2.9.50", -3, pause)
    .summary("Lets all clients wait for some time, or those that write.")
    .complexity("O(1)")
    .history(&[("6.2.0", "`WRITE`")])
    .flags(ADMIN | NOSCRIPT | LOADING | STALE)
    .args(&[
        Arg::integer("timeout"),
        Arg::one_of("mode", &[Arg::word("write", "WRITE"), Arg::word("all", "ALL")])
            .optional()
            .since("6.2.0"),
    ]);

/// A pause that is there already gets no shorter and no milder.
fn pause(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    if args.len() > 4 {
        return Err(Error::subcommand(args.at(1), "CLIENT"));
    }
    let everything = match args.len() {
        4 if args.is(3, "WRITE") => false,
        4 if !args.is(3, "ALL") => {
            return Err(Error::Text("ERR CLIENT PAUSE mode must be WRITE or ALL"));
        }
        _ => true,
    };
    let ms = args.int(2).map_err(|_| Error::Text("ERR timeout is not an integer or out of range"))?;
    let ms = u64::try_from(ms).map_err(|_| Error::Text("ERR timeout is negative"))?;
    let before = call.server.pause.unwrap_or_default();
    call.server.pause = Some(Pause {
        until_us: call.server.now.mono_us.saturating_add(ms.saturating_mul(1000)).max(before.until_us),
        everything: everything || before.everything,
    });
    call.server.out.push(Output::Sooner);
    Ok(call.reply.ok())
}

pub(super) static UNPAUSE: Command = Command::new("client|unpause", Group::Connection, "6.2.0", 2, unpause)
    .summary("Lets the clients that wait because of CLIENT PAUSE go on.")
    .complexity("O(N) for N clients that wait")
    .flags(ADMIN | NOSCRIPT | LOADING | STALE);

fn unpause(call: &mut Call<'_>) -> Outcome {
    call.server.end_pause();
    Ok(call.reply.ok())
}
