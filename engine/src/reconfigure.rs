//! CONFIG SET once the values are set: what follows from them, and what only the front can do.
//!
//! Most directives the engine obeys itself. A port, addresses, a folder and the number of open files are the front's:
//! it is told with [`Output::CarryOut`] and answers with [`Input::CarriedOut`]. Until then the client waits and the change
//! is *pending*; if the front can't, all of it is taken back.
//!
//! ```text
//! CONFIG SET port 80 hz 20 ─► values set ─► CarryOut(["port"]) ─► CarriedOut(Ok)   obeyed, OK
//!                                                              └► CarriedOut(Err)  taken back, an error
//! ```
//!
//! Within a transaction nothing can wait: there the answer is OK, and a change that failed is taken back and logged.
//!
//! [`Input::CarriedOut`]: crate::machine::Input::CarriedOut

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::config::{Change, SetError};
use crate::engine::{Engine, Server};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Keyspace, Reader};
use crate::machine::{LogLevel, Output, Refusal};
use crate::persistence::aof;
use crate::reply::Replied;
use crate::tracking::Client;

/// A change that the front is carrying out.
#[derive(Debug)]
pub(crate) struct Pending {
    change: Change,
    /// Who waits for it, if anybody could.
    client: Option<Client>,
}

/// Carries out a change of directives that hold their new values already.
pub(crate) fn begin(call: &mut Call<'_>, change: Change) -> Replied {
    let server = &mut *call.server;
    let fronts: Vec<&'static str> = change.fronts().map(|directive| directive.name).collect();
    if fronts.is_empty() {
        obey(call.db.keyspace(), server, &change);
        return call.reply.ok();
    }
    server.out.push(Output::CarryOut(fronts));
    let client = call.may_wait.then(|| call.session.client());
    server.pending_changes.push_back(Pending { change, client });
    if client.is_some() { call.wait_for_answer() } else { call.reply.ok() }
}

/// The front has carried out the first of the changes that it was asked for, or couldn't.
pub(crate) fn carried_out(engine: &mut Engine, result: Result<(), Refusal>) {
    let Engine { keyspace, server } = engine;
    let Some(Pending { change, client }) = server.pending_changes.pop_front() else { return };
    match result {
        Ok(()) => {
            obey(keyspace, server, &change);
            if let Some(client) = client {
                server.answer(client, |reply| reply.ok());
            }
        }
        Err(refusal) => {
            let text = format!(
                "Failed applying new configuration. Possibly related to new {} setting. Restoring previous settings.",
                refusal.directive
            );
            server.log(LogLevel::Warning, text);
            server.config.revert(change);
            if let Some(client) = client {
                server.refuse(client, &refused(refusal));
            }
        }
    }
}

/// What follows from directives that have other values now: here, and nowhere else.
fn obey(keyspace: &mut Keyspace, server: &mut Server, change: &Change) {
    keyspace.obey(&server.config);
    for directive in &change.changed {
        if directive.name == "maxmemory" {
            // Keys go with the next turn, not while the one who wants less memory waits.
            server.room.wanted = true;
            server.out.push(Output::Sooner);
        }
        if directive.name == "slowlog-max-len" {
            server.slowlog.keep(server.config.slowlog_max_len);
        }
        // Who was let in stays in, whatever the password is now; who waits to be let in is asked for the new one.
        // Everything the engine itself obeys it reads where it needs it. The rest is the front's.
        if !directive.is_fronts {
            server.out.push(Output::Reconfigured(directive.name));
        }
    }
    keyspace.listen(Reader::Listeners, server.config.notify_keyspace_events != 0);
    aof::obey(keyspace, server);
}

/// Why nothing was changed, as clients are told.
pub(crate) fn error(error: &SetError) -> Error {
    Error::Message(String::from_utf8_lossy(&error.reply()).into_owned())
}

fn refused(refusal: Refusal) -> Error {
    error(&SetError::Failed { name: refusal.directive.into(), reason: refusal.reason.into() })
}
