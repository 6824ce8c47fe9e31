//! May it run? The gates between a request and its handler, in Redis's own order, since the order decides which
//! error a client sees when several apply.

use alloc::string::String;
use core::fmt::Write;

use super::ahead::Request;
use super::room::{Found, make_room};
use super::settle::settle;
use crate::argv::Args;
use crate::command::{Command, flag};
use crate::engine::{Engine, Server};
use crate::error::Error;
use crate::session::Session;

/// The bytes of arguments that an error about an unknown command may quote.
const QUOTED_MAX: usize = 128;

/// Finds the command that a request names, and decides whether the client may run it now.
#[inline]
pub(super) fn admit(
    engine: &mut Engine,
    session: &Session,
    request: Request<'_>,
) -> Result<&'static Command, Error> {
    let server = &engine.server;
    let command = resolve(server, request)?;
    if command.has(flag::PROTECTED) && !server.config.enable_debug_command.allows(session.is_local()) {
        return Err(Error::DebugForbidden);
    }
    if server.wants_password(session) && !command.has(flag::NO_AUTH) {
        return Err(Error::NoAuth);
    }
    if session.transaction.is_some() && command.has(flag::NO_MULTI) {
        return Err(Error::Text("ERR Command not allowed inside a transaction"));
    }
    if server.config.maxmemory != 0 && !has_room(engine, session) && needs_memory(session, command) {
        return Err(Error::OutOfMemory);
    }
    if session.only_listens() && !command.has(flag::LISTENS) {
        return Err(Error::err(format_args!(
            "Can't execute '{}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context",
            command.name
        )));
    }
    if engine.server.loading && !command.has(flag::LOADING) {
        return Err(Error::Loading);
    }
    Ok(command)
}

/// Whether there is memory for a command, after evicting what may go.
fn has_room(engine: &mut Engine, session: &Session) -> bool {
    let found = make_room(engine, session.memory_bytes_by_now());
    settle(engine);
    found != Found::Nothing
}

/// Whether a command is refused when there is no memory. In a transaction, all are that would be queued: the queue takes
/// memory, too. Then EXEC is judged by what it would run.
fn needs_memory(session: &Session, command: &Command) -> bool {
    match (&session.transaction, command.name) {
        (None, _) | (_, "discard" | "quit" | "reset") => command.has(flag::DENYOOM),
        (Some(transaction), "exec") => transaction.flags & flag::DENYOOM != 0,
        _ => true,
    }
}

/// The declaration that the words name, the number of words checked.
pub fn resolve(server: &Server, request: Request<'_>) -> Result<&'static Command, Error> {
    let args = request.args;
    let command =
        request.command.or_else(|| server.commands.find(args.at(0))).ok_or_else(|| unknown(args))?;
    if command.subcommands.is_empty() {
        return if command.accepts(args.len()) { Ok(command) } else { Err(Error::Arity(command.name)) };
    }
    let Some(word) = args.get(1) else {
        return if command.accepts(args.len()) { Ok(command) } else { Err(Error::Arity(command.name)) };
    };
    let sub = command.subcommand(word).ok_or_else(|| {
        let word = quote(word, QUOTED_MAX);
        let name = command.name.to_ascii_uppercase();
        Error::err(format_args!("unknown subcommand '{word}'. Try {name} HELP."))
    })?;
    if sub.accepts(args.len()) { Ok(sub) } else { Err(Error::Arity(sub.name)) }
}

#[cold]
fn unknown(args: Args<'_>) -> Error {
    let mut quoted = String::new();
    for word in args.from(1).iter() {
        if quoted.len() >= QUOTED_MAX {
            break;
        }
        let room = QUOTED_MAX - quoted.len();
        let _ = write!(quoted, "'{}' ", quote(word, room));
    }
    let name = quote(args.at(0), QUOTED_MAX);
    Error::err(format_args!("unknown command '{name}', with args beginning with: {quoted}"))
}

/// The beginning of a word as text; an error line can't hold line ends.
fn quote(word: &[u8], max: usize) -> String {
    let word = word.get(..max).unwrap_or(word);
    let word = word.split(|&byte| byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(word).replace(['\r', '\n'], " ")
}
