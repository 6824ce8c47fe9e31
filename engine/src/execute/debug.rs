//! Scripts that are debugged, and copies of the store to debug them in.
//!
//! ```text
//!   client ─ SCRIPT DEBUG YES, EVAL ─►  store ── copied ──► another store, whose only client it is
//!          ─ step ────────────────────►   └───── bytes ───►   (there it is SCRIPT DEBUG SYNC)
//!          ◄──────────────────────────────────── bytes ────
//! ```
//!
//! Other servers fork for this. A copy comes to the same: the script sees the store as it was when it began, nobody sees
//! what it does, and all of it is gone when the session ends. It takes the time and the memory of writing all keys down
//! and reading them back.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem;

use super::batch::finish;
use super::call::Call;
use super::script::go_on;
use crate::engine::{Engine, Server};
use crate::error::Error;
use crate::machine::{ConnId, Input, Output, Peer};
use crate::persistence::copy;
use crate::reply::Outcome;
use crate::scripting::{DebugMode, Watched};
use crate::session::Ending;

/// A store of its own, for one client.
#[derive(Debug)]
pub(crate) struct StoreCopy {
    /// The client, here and there.
    conn: ConnId,
    id: u64,
    engine: Box<Engine>,
}

impl Call<'_> {
    /// Runs this call in a copy of the store, in the debugger. From now on its client speaks to that.
    pub(crate) fn debug_in_copy(&mut self) -> Outcome {
        let now = self.server.now;
        let conn = self.session.conn;
        let (mut config, host) = (self.server.config.clone(), self.server.host.clone());
        // Nothing of a copy is kept.
        for (name, off) in [("appendonly", &b"no"[..]), ("save", b"")] {
            config.put(name, off).map_err(|_| Error::Text("ERR The store can't be copied"))?;
        }
        let mut engine = Box::new(Engine::new(config, host, self.server.random.next(), now));
        let file = copy::to_rdb(self.db.keyspace(), self.server, now);
        let mut out = Vec::new();
        engine
            .replace_with_rdb(now, &file, &mut out)
            .map_err(|error| Error::Message(alloc::format!("ERR The store can't be copied: {error}")))?;
        engine.handle(now, Input::Accepted { conn, peer: Peer::in_process(self.session.peer.fd) }, &mut out);
        if let Some(session) = engine.server.sessions.get_mut(conn) {
            (session.db, session.protocol) = (self.session.db, self.session.protocol);
            session.authenticated = true;
            session.debugs = Some(DebugMode::Direct);
        }
        let argv: Vec<&[u8]> = self.args.iter().collect();
        engine.handle(now, Input::Request { conn, argv: &argv }, &mut out);
        self.server.copies.push(StoreCopy { conn, id: self.session.id, engine });
        Ok(self.wait_for_answer())
    }
}

/// Goes on with what is debugged: its client has said something, or it has more to do.
#[inline]
pub(crate) fn go_on_debugging(engine: &mut Engine) {
    if engine.server.scripts.running.is_some() || !engine.server.copies.is_empty() {
        go_on_with_debugged(engine);
    }
}

#[cold]
fn go_on_with_debugged(engine: &mut Engine) {
    let mut copies = mem::take(&mut engine.server.copies);
    copies.retain_mut(|copy| copy.go_on(&mut engine.server));
    engine.server.copies = copies;
    let Some(running) = &engine.server.scripts.running else { return };
    let Some(debugger) = &running.debugger else { return };
    let is_told = |conn| engine.server.sessions.get(conn).is_none_or(|session| !session.query.is_empty());
    if !debugger.stands() || is_told(running.client.conn) {
        go_on(engine);
    }
}

/// Whether a script is to get another slice.
pub(crate) fn wants_turn(engine: &Engine) -> bool {
    let running = engine.server.scripts.running.as_ref();
    let runs = running.is_some_and(|it| it.debugger.as_ref().is_none_or(|debugger| !debugger.stands()));
    runs || engine.server.copies.iter().any(|copy| wants_turn(&copy.engine))
}

/// What a client sees of the script that it debugs.
pub(crate) fn watched(engine: &Engine, conn: ConnId) -> Option<&Watched> {
    if let Some(copy) = engine.server.copies.iter().find(|copy| copy.conn == conn) {
        return watched(&copy.engine, conn);
    }
    let running = engine.server.scripts.running.as_ref().filter(|running| running.client.conn == conn)?;
    running.debugger.as_ref()?.watched()
}

impl StoreCopy {
    /// Hands over what the client said, and what it is answered; tells whether the session goes on.
    fn go_on(&mut self, server: &mut Server) -> bool {
        let (conn, now) = (self.conn, server.now);
        let Some(session) = server.sessions.get_mut(conn).filter(|session| session.id == self.id) else {
            return false;
        };
        let bytes = mem::take(&mut session.query);
        let mut out = Vec::new();
        if !bytes.is_empty() {
            self.engine.handle(now, Input::Received { conn, bytes: &bytes }, &mut out);
        } else if wants_turn(&self.engine) {
            self.engine.handle(now, Input::Tick, &mut out);
        }
        let reply = self.engine.outgoing(conn).to_vec();
        self.engine.handle(now, Input::Sent { conn, bytes: reply.len() }, &mut out);
        let has_ended = !self.engine.server.scripts.is_running();
        server.out.extend(out.into_iter().filter(|output| matches!(output, Output::Log(..))));
        if (!reply.is_empty() || has_ended)
            && let Some(mut session) = server.sessions.remove(conn)
        {
            session.outbox.tail().extend(reply);
            if has_ended {
                if let Some(parked) = session.parked.take() {
                    server.waiting.leave(&parked);
                }
                session.ending = Ending::AfterReplies;
            }
            finish(server, session);
        }
        !has_ended
    }
}
