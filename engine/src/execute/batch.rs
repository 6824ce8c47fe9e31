//! A piece of bytes from a client: every whole request in it is run, the rest is kept.
//!
//! While they run, the session is out of the table and its outgoing bytes are at hand, so that a pipeline of a
//! thousand commands costs one lookup of the session and one write.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem;

use super::call::run;
use crate::argv::{Args, Span};
use crate::engine::Engine;
use crate::error::Error;
use crate::machine::{ConnId, LogLevel, Output};
use crate::reply::Reply;
use crate::resp::decode::{Decoded, Limits};
use crate::session::{Ending, Session};

/// Takes bytes from a client and runs what is whole.
pub fn receive(engine: &mut Engine, conn: ConnId, bytes: &[u8]) {
    let Some(mut session) = engine.server.sessions.remove(conn) else { return };
    session.active_us = engine.server.now.mono_us;
    engine.server.stats.net_input_bytes += bytes.len() as u64;
    if session.query.is_empty() {
        let used = run_all(engine, &mut session, bytes);
        session.query.extend_from_slice(bytes.get(used..).unwrap_or_default());
    } else {
        let mut query = mem::take(&mut session.query);
        query.extend_from_slice(bytes);
        let used = run_all(engine, &mut session, &query);
        if used == query.len() {
            query = Vec::new();
        } else {
            query.drain(..used);
        }
        session.query = query;
    }
    if session.query.len() as u64 > engine.server.config.client_query_buffer_limit {
        let text = alloc::format!("Closing client that reached max query buffer length: id={}", session.id);
        engine.server.log(LogLevel::Warning, text);
        session.ending = Ending::Now;
    }
    finish(engine, session);
}

/// Runs one request of a caller in the same process.
pub fn request(engine: &mut Engine, conn: ConnId, args: Args<'_>) {
    let Some(mut session) = engine.server.sessions.remove(conn) else { return };
    session.active_us = engine.server.now.mono_us;
    if session.ending == Ending::No && !args.is_empty() {
        run(engine, &mut session, args);
    }
    finish(engine, session);
}

/// Runs every whole request that `bytes` begin with; tells how many bytes they were.
fn run_all(engine: &mut Engine, session: &mut Session, bytes: &[u8]) -> usize {
    let mut spans = mem::take(&mut session.spans);
    if spans.capacity() == 0 {
        spans = mem::take(&mut engine.server.spare_spans);
    }
    let mut used = 0;
    while session.ending == Ending::No {
        let rest = bytes.get(used..).unwrap_or_default();
        match next(engine, session, rest, &mut spans) {
            Decoded::Words(len) => {
                run(engine, session, Args::new(rest, &spans));
                used += len;
            }
            Decoded::Inline(len, argv) => {
                run(engine, session, argv.args());
                used += len;
            }
            Decoded::Nothing(len) => used += len,
            Decoded::Incomplete => {
                keep_spans(engine, session, spans, rest.is_empty());
                return used;
            }
        }
    }
    keep_spans(engine, session, spans, true);
    bytes.len()
}

/// The spans of an unfinished request stay with the session; otherwise the next batch may have their memory.
fn keep_spans(engine: &mut Engine, session: &mut Session, mut spans: Vec<Span>, done: bool) {
    if done {
        spans.clear();
        engine.server.spare_spans = spans;
    } else {
        session.spans = spans;
    }
}

fn next(engine: &mut Engine, session: &mut Session, rest: &[u8], spans: &mut Vec<Span>) -> Decoded {
    let limits =
        Limits { word_max: engine.server.config.proto_max_bulk_len, authenticated: session.authenticated };
    match session.decoder.decode(rest, spans, limits) {
        Ok(decoded) => decoded,
        Err(error) => {
            let protocol = session.protocol;
            Reply::new(session.outbox.tail(), protocol).error(&Error::Message(alloc::format!("{error}")));
            engine.server.stats.error_replies += 1;
            session.ending = Ending::AfterReplies;
            Decoded::Nothing(0)
        }
    }
}

/// Puts the session back, and tells the front what there is to do for it.
pub(super) fn finish(engine: &mut Engine, mut session: Box<Session>) {
    let conn = session.conn;
    if session.ending == Ending::Now {
        engine.server.out.push(Output::Abort(conn));
    } else {
        if session.outbox.announce() {
            engine.server.out.push(Output::Send(conn));
        }
        if session.ending == Ending::AfterReplies {
            engine.server.out.push(Output::Close(conn));
        }
    }
    engine.server.sessions.insert(session);
}
