//! The end of waiting: a key became ready, time is up, or somebody says so.
//!
//! Whoever is served runs its command again, and the key may then be empty, or other keys ready (BLMOVE feeds another
//! line): so it goes on until no key is ready. What a served client sent meanwhile runs afterwards, when the input that
//! the engine was called for is done with.

use alloc::boxed::Box;

use redstart_structures::Blob;

use super::batch::{finish, receive};
use super::call::{keep_or_drop_reply, run_again};
use super::wait::Parked;
use crate::engine::{Engine, Server};
use crate::error::Error;
use crate::keyspace::Reader;
use crate::machine::{ConnId, Output};
use crate::reply::{Replied, Reply};
use crate::session::Session;
use crate::tracking::Client;

/// How a wait ends without anything to show for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vain {
    /// Time is up, or it is to seem so.
    TimedOut,
    /// Somebody ended it, with this error.
    Refused(&'static str),
}

/// Puts a client whose command was parked into its lines.
#[cold]
pub(super) fn park(engine: &mut Engine, session: &mut Session) {
    let server = &mut engine.server;
    server.waiting.enter(session);
    engine.keyspace.listen(Reader::Waiting, true);
    // The front may be asleep until a later time.
    server.out.push(Output::Sooner);
}

/// Serves those who wait for keys that are ready: for each key, whoever in its line wants what it holds by then.
#[inline]
pub(crate) fn serve_ready(engine: &mut Engine) {
    while let Some(line) = engine.server.waiting.next_ready() {
        serve_line(engine, &line);
    }
}

#[cold]
fn serve_line(engine: &mut Engine, line: &(usize, Blob)) {
    let mut waiters = engine.server.waiting.line(line).into_iter();
    loop {
        let (now_ms, (db, key)) = (engine.server.now.unix_ms(), line);
        let value = engine.keyspace.find(*db, key, now_ms).map(|entry| entry.value);
        let Some(waiter) = waiters.find(|waiter| (waiter.wants)(value)) else { break };
        serve(engine, waiter.conn, key);
    }
}

/// Runs a client's command again.
fn serve(engine: &mut Engine, conn: ConnId, key: &Blob) {
    let Some(mut session) = engine.server.sessions.remove(conn) else { return };
    let Some(parked) = session.parked.take() else {
        engine.server.sessions.insert(session);
        return;
    };
    let mark = session.outbox.tail().len();
    run_again(engine, &mut session, &parked, key);
    if session.parked.is_some() {
        // There was nothing for it: it keeps its place.
        session.parked = Some(parked);
        engine.server.sessions.insert(session);
        return;
    }
    keep_or_drop_reply(&mut session, mark);
    engine.server.waiting.leave(&parked);
    release(&mut engine.server, session);
}

/// Ends the waits whose time is up.
pub(crate) fn end_overdue(server: &mut Server) {
    while let Some(conn) = server.waiting.overdue(server.now.mono_us) {
        server.end_wait(conn, Vain::TimedOut);
    }
}

impl Server {
    /// A connection is gone, and nothing of it stays behind.
    pub(crate) fn forget(&mut self, conn: ConnId) {
        if let Some(mut session) = self.sessions.remove(conn) {
            self.withdraw(&mut session);
            // What it has called goes on without it.
            if let Some(running) = self.scripts.running.as_mut().filter(|running| running.client.conn == conn)
            {
                running.orphan = Some(session);
            }
        }
    }

    /// A connection ends, or has: nobody counts on the client any more, although bytes may still leave.
    pub(crate) fn withdraw(&mut self, session: &mut Session) {
        let conn = session.conn;
        self.watches.unwatch(conn);
        if let Some(tracking) = session.tracking.take() {
            self.tracking.leave(session.client(), &tracking);
        }
        self.tracking.forget(session.client());
        self.monitors.remove(&conn);
        self.held.retain(|&held| held != conn);
        self.pubsub.forget(conn, &mut session.subscriptions);
        if let Some(parked) = session.parked.take() {
            self.waiting.leave(&parked);
        }
    }

    /// Ends a client's wait in vain; tells whether it waited at all.
    pub fn end_wait(&mut self, conn: ConnId, how: Vain) -> bool {
        self.end_wait_with(conn, |parked, server, reply| {
            server.note_vain(parked.command, matches!(how, Vain::Refused(_)));
            match how {
                Vain::TimedOut => (parked.nothing)(reply),
                Vain::Refused(text) => {
                    let error = Error::Text(text);
                    server.count_error(&error);
                    reply.error(&error)
                }
            }
        })
    }

    /// Answers a client that waits for just that, if it is still there.
    pub(crate) fn answer(&mut self, client: Client, write: impl FnOnce(&mut Reply<'_>) -> Replied) {
        self.answer_as(client, false, write);
    }

    /// Answers a client that waits for an answer with an error.
    pub(crate) fn refuse(&mut self, client: Client, error: &Error) {
        self.count_error(error);
        self.answer_as(client, true, |reply| reply.error(error));
    }

    fn answer_as(&mut self, client: Client, has_failed: bool, write: impl FnOnce(&mut Reply<'_>) -> Replied) {
        let is_there = self.sessions.get(client.conn).is_some_and(|session| session.id == client.id);
        if is_there {
            self.end_wait_with(client.conn, |parked, server, reply| {
                server.note_vain(parked.command, has_failed);
                write(reply)
            });
        }
    }

    fn end_wait_with(
        &mut self,
        conn: ConnId,
        write: impl FnOnce(&Parked, &mut Self, &mut Reply<'_>) -> Replied,
    ) -> bool {
        let Some(mut session) = self.sessions.remove(conn) else { return false };
        let Some(parked) = session.parked.take() else {
            self.sessions.insert(session);
            return false;
        };
        self.waiting.leave(&parked);
        let mark = session.outbox.tail().len();
        let protocol = session.protocol;
        write(&parked, self, &mut Reply::new(session.outbox.tail(), protocol));
        keep_or_drop_reply(&mut session, mark);
        release(self, session);
        true
    }
}

/// A client waits no more: its reply leaves, and what it sent meanwhile is to run.
fn release(server: &mut Server, session: Box<Session>) {
    server.released.push_back(session.conn);
    finish(server, session);
}

/// Runs what clients sent while they waited, and notes it if nobody needs the list of changes any more.
#[inline]
pub(crate) fn resume_released(engine: &mut Engine) {
    while let Some(conn) = engine.server.released.pop_front() {
        receive(engine, conn, &[]);
    }
    let Engine { keyspace, server } = engine;
    for (reader, is_gone) in [
        (Reader::Waiting, server.waiting.is_empty()),
        (Reader::Watching, server.watches.is_empty()),
        (Reader::Tracking, server.tracking.is_empty()),
    ] {
        if is_gone && keyspace.has_reader(reader) {
            keyspace.listen(reader, false);
            if reader == Reader::Tracking {
                server.tracking.forget_reads();
            }
        }
    }
}
