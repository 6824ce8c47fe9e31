//! MONITOR: looking on.

use crate::command::flag::{ADMIN, LOADING, NOSCRIPT, STALE};
use crate::command::{Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;

pub(super) static MONITOR: Command = Command::new("monitor", Group::Server, "1.0.0", 1, monitor)
    .summary("Shows every command that any client calls, as it comes.")
    .flags(ADMIN | NOSCRIPT | LOADING | STALE);

fn monitor(call: &mut Call<'_>) -> Outcome {
    if !call.may_wait {
        return Err(Error::Text("ERR MONITOR isn't allowed for DENY BLOCKING client"));
    }
    call.server.monitors.insert(call.session.conn);
    call.session.monitors = true;
    Ok(call.reply.ok())
}
