//! May it run? The gates between a request and its handler, in Redis's own order, since the order decides which
//! error a client sees when several apply.

use alloc::format;
use alloc::vec::Vec;

use super::ahead::Request;
use super::room::{Found, make_room};
use super::settle::settle;
use crate::argv::Args;
use crate::command::{Command, Flags, flag};
use crate::engine::{Engine, Server};
use crate::error::{Error, until_zero};
use crate::persistence::load::Loading;
use crate::session::Session;

/// The bytes of arguments that an error about an unknown command may quote.
const QUOTED_MAX: usize = 128;

/// What a client that looks on with MONITOR may not call: it counts as a kind of replica.
const ABOUT_KEYS: Flags = flag::READONLY | flag::WRITE | flag::MAY_REPLICATE;

/// A request that is not carried out.
pub(super) struct Refused {
    /// The command that it names, if there is one of that name.
    pub(super) command: Option<&'static Command>,
    /// Why not.
    pub(super) error: Error,
}

/// Finds the command that a request names, and decides whether the client may run it now.
#[inline]
pub(super) fn admit(
    engine: &mut Engine,
    session: &mut Session,
    request: Request<'_>,
) -> Result<&'static Command, Refused> {
    let command = find(&engine.server, request).map_err(|error| Refused { command: None, error })?;
    if engine.server.scripts.is_running() {
        let beside = engine.server.admit_beside_script(session, command, request.args);
        return beside.map(|()| command).map_err(|error| Refused { command: Some(command), error });
    }
    let may_run = match command.accepts(request.args.len()) {
        true if session.is_obeyed => Ok(()),
        true => gates(engine, session, command),
        false => Err(Error::Arity(command.name)),
    };
    may_run.map(|()| command).map_err(|error| Refused { command: Some(command), error })
}

/// Whether a client may run a command now.
#[inline]
fn gates(engine: &mut Engine, session: &Session, command: &'static Command) -> Result<(), Error> {
    let server = &engine.server;
    if command.has(flag::PROTECTED) && !server.config.enable_debug_command.allows(session.is_local()) {
        return Err(Error::DebugForbidden);
    }
    if server.wants_password(session) && !command.has(flag::NO_AUTH) {
        return Err(Error::NoAuth);
    }
    if session.transaction.is_some() && command.has(flag::NO_MULTI) {
        return Err(Error::Text("ERR Command not allowed inside a transaction"));
    }
    engine.server.room.is_full = server.config.maxmemory != 0 && !has_room(engine, session);
    if engine.server.room.is_full && needs_memory(session, command) {
        return Err(Error::OutOfMemory);
    }
    if !engine.server.saves.last_was_fine && depends_on_saves(&engine.server, session, command) {
        return Err(Error::CantSave);
    }
    if let Some(error) = &engine.server.aof.error
        && changes(session, command)
    {
        return Err(Error::Message(format!("MISCONF Errors writing to the AOF file: {error}")));
    }
    if engine.server.lacks_replicas() && session.flags_of(command) & flag::WRITE != 0 {
        return Err(Error::NoReplicas);
    }
    if session.only_listens() && !command.has(flag::LISTENS) {
        return Err(Error::err(format_args!(
            "Can't execute '{}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context",
            command.name
        )));
    }
    if engine.server.is_loading() && !command.has(flag::LOADING) {
        return Err(Error::Loading);
    }
    if session.monitors && session.flags_of(command) & ABOUT_KEYS != 0 {
        return Err(Error::Text("ERR Replica can't interact with the keyspace"));
    }
    Ok(())
}

/// Whether there is memory for a command, after evicting what may go.
fn has_room(engine: &mut Engine, session: &Session) -> bool {
    let found = make_room(engine, session.memory_bytes_by_now());
    settle(engine);
    // A client that is told after the reply would take what the command did for what was evicted before it.
    engine.server.messages_come_first();
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

/// Whether a command is refused while the disk fails: what would change the data set, and PING, so that whoever asks
/// whether all is well hears of it.
#[cold]
fn depends_on_saves(server: &Server, session: &Session, command: &Command) -> bool {
    server.needs_saves() && changes(session, command)
}

#[cold]
fn changes(session: &Session, command: &Command) -> bool {
    let queued = session.transaction.as_deref().filter(|_| command.name == "exec");
    let flags = command.flags | queued.map_or(0, |transaction| transaction.flags);
    flags & flag::WRITE != 0 || command.name == "ping"
}

impl Server {
    /// Whether nothing may be written now, because the disk fails.
    pub(crate) fn saves_fail(&self) -> bool {
        !self.saves.last_was_fine && self.needs_saves()
    }

    /// Whether nothing may be written now, because fewer replicas than `min-replicas-to-write` would have it: none has.
    pub(crate) fn lacks_replicas(&self) -> bool {
        self.config.min_replicas_to_write > 0 && self.config.min_replicas_max_lag_secs > 0
    }

    /// Whether it is told so to whoever asks for what is not there yet.
    pub(super) fn is_loading(&self) -> bool {
        self.loading.as_deref().is_some_and(Loading::is_under_way)
    }

    fn needs_saves(&self) -> bool {
        self.config.stop_writes_on_bgsave_error && !self.config.values().save_points().is_empty()
    }

    /// The declaration that the words name.
    pub(crate) fn find_command(&self, request: Request<'_>) -> Result<&'static Command, Error> {
        find(self, request)
    }
}

/// The declaration that the words name, the number of words checked.
pub fn resolve(server: &Server, request: Request<'_>) -> Result<&'static Command, Error> {
    let command = find(server, request)?;
    if command.accepts(request.args.len()) { Ok(command) } else { Err(Error::Arity(command.name)) }
}

/// The declaration that the words name.
fn find(server: &Server, request: Request<'_>) -> Result<&'static Command, Error> {
    let args = request.args;
    let command =
        request.command.or_else(|| server.commands.find(args.at(0))).ok_or_else(|| unknown(args))?;
    let Some(word) = args.get(1).filter(|_| !command.subcommands.is_empty()) else { return Ok(command) };
    command.subcommand(word).ok_or_else(|| {
        let after = format!("'. Try {} HELP.", command.name.to_ascii_uppercase());
        Error::quoting("unknown subcommand '", beginning(word, QUOTED_MAX), &after)
    })
}

#[cold]
fn unknown(args: Args<'_>) -> Error {
    let mut quoted = Vec::new();
    for word in args.from(1).iter() {
        if quoted.len() >= QUOTED_MAX {
            break;
        }
        let room = QUOTED_MAX - quoted.len();
        quoted.extend([b"'", until_zero(beginning(word, room)), b"' "].concat());
    }
    let name = until_zero(beginning(args.at(0), QUOTED_MAX));
    Error::Quoting([b"ERR unknown command '", name, b"', with args beginning with: ", &quoted].concat())
}

fn beginning(word: &[u8], max: usize) -> &[u8] {
    word.get(..max).unwrap_or(word)
}
