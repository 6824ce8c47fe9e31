//! Run it: the handler gets its words, the door to the keyspace, and a place for its reply.

use alloc::string::String;
use alloc::vec::Vec;

use super::admit::{Refused, admit};
use super::ahead::Request;
use super::pause::comes_too_soon;
use super::serve::{park, serve_ready};
use super::settle::{settle, tell};
use super::wait::Parked;
use crate::argv::Args;
use crate::command::{Command, Group, flag};
#[cfg(debug_assertions)]
use crate::command::{KeySpec, key::RW};
use crate::engine::{Engine, Server};
use crate::error::Error;
use crate::keyspace::{Db, Keyspace, UsageClock};
use crate::machine::{LogLevel, Now};
use crate::reply::Reply;
use crate::session::{Ending, Replies, Session};

/// What a handler works with.
#[derive(Debug)]
pub struct Call<'a> {
    /// The command that was called.
    pub command: &'static Command,
    /// Its words, the command's own name first.
    pub args: Args<'a>,
    /// The client's database.
    pub db: Db<'a>,
    /// Where the reply goes.
    pub reply: Reply<'a>,
    /// The client.
    pub session: &'a mut Session,
    /// Everything else: configuration, statistics, other clients.
    pub server: &'a mut Server,
    /// Whether it may be parked when there is nothing for it yet.
    pub may_wait: bool,
    /// The key that became ready, if it was parked and runs again because of that.
    pub woken_by: Option<&'a [u8]>,
    /// Whether the handler said what is propagated in the place of the call's own words.
    pub(super) says_what: bool,
    /// Whether the answer is an error.
    pub(crate) has_failed: bool,
    /// Whether a script calls it.
    pub(crate) is_of_script: bool,
}

/// Runs one request of a client and writes its reply.
#[inline]
pub fn run(engine: &mut Engine, session: &mut Session, request: Request<'_>) {
    let mark = session.outbox.tail().len();
    engine.server.leave(session);
    // That one listens now, or no more, is told like the messages that follow: whether or not one wants replies.
    let mut is_message = false;
    match admit(engine, session, request) {
        Ok(_) if session.is_held => {}
        Ok(command) if engine.server.holds(command, request.args, session) => {}
        Ok(command) if session.transaction.is_some() && !command.has(flag::UNQUEUED) => {
            queue(&engine.server, session, command, request.args);
        }
        Ok(command) if comes_too_soon(engine, session, command, request.args) => {}
        Ok(command) => {
            session.last = Some(command);
            engine.server.stats.commands += 1;
            carry_out(engine, session, command, request, None);
            forget_exception(session, Some(command));
            is_message = command.has(flag::PUBSUB | flag::LISTENS);
        }
        Err(Refused { command, error }) => {
            command.into_iter().for_each(|command| engine.server.note_rejected(command));
            if request.args.is(0, "EXEC") {
                give_up(engine, session, &error);
            } else {
                refuse(engine, session, request.args, &error);
                forget_exception(session, None);
            }
        }
    }
    if !session.waits() {
        let unwanted_from = if is_message { session.outbox.tail().len() } else { mark };
        keep_or_drop_reply(session, unwanted_from);
    }
    // What a command made known comes before its own reply, what its consequences did after it.
    if let Some(messages) = engine.server.take_messages() {
        insert(session, mark, messages);
    }
    if session.parked.is_some() {
        park(engine, session);
    }
    serve_ready(engine);
    engine.server.come_back(session);
}

/// Puts messages before a reply.
#[cold]
fn insert(session: &mut Session, mark: usize, messages: Vec<u8>) {
    session.outbox.tail().splice(mark..mark, messages);
}

/// CLIENT CACHING is about the next command, even if that was none, or the next transaction.
#[inline]
fn forget_exception(session: &mut Session, command: Option<&Command>) {
    let Some(tracking) = session.tracking.as_deref_mut() else { return };
    let is_about_client = command.is_some_and(|command| command.name.starts_with("client|"));
    if session.transaction.is_none() && !is_about_client {
        tracking.caching = false;
    }
}

/// Keeps a command for EXEC.
#[inline(never)]
fn queue(server: &Server, session: &mut Session, command: &'static Command, args: Args<'_>) {
    if let Some(transaction) = &mut session.transaction {
        transaction.push(command, server.flags_of(command, args), args);
    }
    Reply::new(session.outbox.tail(), session.protocol).status("QUEUED");
}

/// Runs a command that was parked once more, because a key that it waits for is ready. If there still is nothing for
/// it, it is parked again.
pub(super) fn run_again(engine: &mut Engine, session: &mut Session, parked: &Parked, key: &[u8]) {
    engine.server.leave(session);
    carry_out(engine, session, parked.command, Request::new(parked.argv.args()), Some(key));
    engine.server.come_back(session);
}

#[inline]
fn carry_out(
    engine: &mut Engine,
    session: &mut Session,
    command: &'static Command,
    request: Request<'_>,
    woken_by: Option<&[u8]>,
) {
    let (Engine { keyspace, server }, may_wait) = (&mut *engine, !session.is_obeyed);
    let mut out = core::mem::take(session.outbox.tail());
    let db = open(keyspace, server, session, command, server.now).expecting(request.hash);
    let reply = Reply::new(&mut out, session.protocol);
    let mut call =
        Call { may_wait, woken_by, ..Call::new(command, request.args, db, reply, session, server) };
    call.invoke();
    // Nothing is to be freed: an empty list stood in.
    core::mem::forget(core::mem::replace(session.outbox.tail(), out));
    settle(engine);
}

/// The client's database, as the command sees it at a time.
#[inline]
pub(super) fn open<'a>(
    keyspace: &'a mut Keyspace,
    server: &Server,
    session: &Session,
    command: &'static Command,
    now: Now,
) -> Db<'a> {
    let touches = !session.no_touch && !command.has(flag::NO_TOUCH);
    let keeps_due = server.pause.is_some() && !command.has(flag::WRITE);
    let db =
        Db::new(keyspace, session.db, now.unix_ms(), UsageClock::at(now), touches).keeping_due(keeps_due);
    if session.is_obeyed { db.repeating() } else { db }
}

impl<'a> Call<'a> {
    /// A call that can't wait, of nobody's script.
    #[inline]
    pub(super) const fn new(
        command: &'static Command,
        args: Args<'a>,
        db: Db<'a>,
        reply: Reply<'a>,
        session: &'a mut Session,
        server: &'a mut Server,
    ) -> Self {
        Self {
            command,
            args,
            db,
            reply,
            session,
            server,
            may_wait: false,
            woken_by: None,
            says_what: false,
            has_failed: false,
            is_of_script: false,
        }
    }
}

impl Call<'_> {
    /// Runs another command as a part of this one: for the same client, its reply behind what is written already. It
    /// doesn't wait.
    pub fn run_within(&mut self, command: &'static Command, args: Args<'_>) {
        self.server.stats.commands += 1;
        let db = open(self.db.keyspace(), self.server, self.session, command, self.server.now);
        let reply = self.reply.within(self.session.protocol);
        Call::new(command, args, db, reply, self.session, self.server).invoke();
        let keyspace = self.db.keyspace();
        tell(self.server, keyspace.changes(), keyspace.hasher());
    }

    /// Has the handler write its reply, or writes its error.
    #[inline]
    pub(super) fn invoke(&mut self) {
        let mark = self.reply.mark();
        let began_us = self.server.meter.last_us();
        let dirty = self.db.keyspace().dirty;
        let outcome = (self.command.handler)(self);
        if let Err(error) = &outcome {
            self.reply.cut(mark);
            self.reply.error(error);
            self.server.count_error(error);
            self.has_failed = true;
        }
        if self.server.feed.is_read() {
            let changed = self.db.keyspace().dirty != dirty;
            self.propagate(changed);
        }
        #[cfg(debug_assertions)]
        hold_against_declaration(self, dirty);
        if !self.server.scripts.is_running() {
            let has_failed = self.has_failed;
            self.take_note(began_us, has_failed);
        }
        // A read that waited was remembered when it began to.
        // Of a script, it is for what it calls to say whether it reads.
        let is_script = self.is_of_script || self.command.group == Group::Scripting;
        if !is_script && self.woken_by.is_none() && self.command.has(flag::READONLY) {
            self.remember_read();
        }
        if !self.server.monitors.is_empty() {
            self.show_to_monitors();
        }
    }
}

impl Call<'_> {
    /// Remembers the keys that the words name, if the client wants to hear of their changes.
    #[inline]
    pub(super) fn remember_read(&mut self) {
        if self.session.remembers_reads() {
            let hasher = self.db.hasher();
            // What this command, or one before it in a transaction, changed is older than what was read.
            tell(self.server, self.db.keyspace().changes(), hasher);
            self.server.tracking.remember(self.session.client(), self.command, self.args, hasher);
        }
    }
}

/// A handler keeps to what its command declares: it asks for no key that the key specs don't name, and changes none
/// without the WRITE flag, or a key spec that says so. Where a spec is open, no
/// key can be held against it. Administrators' commands may do either, and so may those that run
/// others.
#[cfg(debug_assertions)]
fn hold_against_declaration(call: &mut Call<'_>, dirty: u64) {
    let Call { command, args, .. } = *call;
    if command.has(flag::ADMIN) || matches!(command.group, Group::Transactions | Group::Scripting) {
        return;
    }
    assert!(
        command.has(flag::WRITE)
            || command.keys.iter().any(|spec| spec.access & RW != 0)
            || call.db.keyspace().dirty == dirty,
        "{} changed a key without the WRITE flag",
        command.name
    );
    let named = |key: &[u8]| {
        let mut places = command.keys.iter().flat_map(|spec| spec.positions(args));
        places.any(|place| args.at(place) == key)
    };
    if command.keys.is_empty() || command.keys.iter().any(KeySpec::is_open) {
        return;
    }
    for key in &call.db.asked {
        assert!(named(key), "{} asked for {key:?}, which its key specs don't name", command.name);
    }
}

/// EXEC itself may not run: so the transaction is over, if there is one.
#[cold]
fn give_up(engine: &mut Engine, session: &mut Session, error: &Error) {
    session.transaction = None;
    engine.server.watches.unwatch(session.conn);
    session.watched_bytes = 0;
    let text = alloc::format!("{error}");
    let why = text.strip_prefix("ERR ").unwrap_or(&text);
    let error = Error::Message(alloc::format!("EXECABORT Transaction discarded because of: {why}"));
    Reply::new(session.outbox.tail(), session.protocol).error(&error);
    engine.server.count_error(&error);
}

#[cold]
fn refuse(engine: &mut Engine, session: &mut Session, args: Args<'_>, error: &Error) {
    // Somebody speaks HTTP to us: a browser was made to, so nothing it says is meant.
    if args.is(0, "POST") || args.is(0, "HOST:") {
        let text = String::from(
            "Somebody sent POST or Host: instead of a command: most likely a web page that was made to speak to this \
             port. The connection is closed.",
        );
        engine.server.log(LogLevel::Warning, text);
        session.ending = Ending::Now;
        return;
    }
    if let Some(transaction) = &mut session.transaction {
        transaction.is_broken = true;
    }
    Reply::new(session.outbox.tail(), session.protocol).error(error);
    engine.server.count_error(error);
}

/// CLIENT REPLY: a reply that nobody wants is forgotten as soon as it is written.
#[inline]
pub(super) fn keep_or_drop_reply(session: &mut Session, mark: usize) {
    match session.replies {
        Replies::On => {}
        Replies::Off => session.outbox.tail().truncate(mark),
        Replies::SkipNext => {
            session.outbox.tail().truncate(mark);
            session.replies = Replies::Skip;
        }
        Replies::Skip => {
            session.outbox.tail().truncate(mark);
            session.replies = Replies::On;
        }
    }
}
