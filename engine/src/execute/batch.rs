//! A piece of bytes from a client: every whole request in it is run, the rest is kept.
//!
//! While they run, the session is out of the table and its outgoing bytes are at hand, so that a pipeline of a
//! thousand commands costs one lookup of the session and one write.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem;

use super::ahead::{Ahead, Request, Stop};
use super::call::run;
use super::limits::{check_output, check_query, evict_clients};
use crate::argv::Args;
use crate::engine::{Engine, Server};
use crate::error::Error;
use crate::machine::{ConnId, Output};
use crate::reply::{Protocol, Reply};
use crate::resp::decode::{Decoder, Limits, ProtocolError};
use crate::round::catch_up;
use crate::session::{Ending, Session};

/// Takes bytes from a client and runs what is whole.
pub fn receive(engine: &mut Engine, conn: ConnId, bytes: &[u8]) {
    let Some(mut session) = engine.server.sessions.remove(conn) else { return };
    session.active_us = engine.server.now.mono_us;
    engine.server.stats.net_input_bytes += bytes.len() as u64;
    engine.server.stats.reads += u64::from(!bytes.is_empty());
    if session.waits() {
        session.query.extend_from_slice(bytes);
    } else if session.query.is_empty() {
        let used = run_all(engine, &mut session, bytes);
        session.keep(bytes.get(used..).unwrap_or_default());
    } else {
        session.keep(bytes);
        let mut query = mem::take(&mut session.query);
        let used = run_all(engine, &mut session, &query);
        if used == query.len() {
            query = Vec::new();
        } else {
            query.drain(..used);
        }
        session.query = query;
    }
    check_query(&mut engine.server, &mut session);
    finish(&mut engine.server, session);
}

/// Runs one request of a caller in the same process.
pub fn request(engine: &mut Engine, conn: ConnId, args: Args<'_>) {
    let Some(mut session) = engine.server.sessions.remove(conn) else { return };
    session.active_us = engine.server.now.mono_us;
    let waited = session.waits();
    if session.ending == Ending::No && !args.is_empty() && !session.waits() {
        run(engine, &mut session, Request::new(args));
    }
    if session.is_held || waited {
        // Its turn comes later: it joins what came as bytes.
        let words: Vec<&[u8]> = args.iter().collect();
        Reply::new(&mut session.query, Protocol::Resp2).bulks(&words);
    }
    finish(&mut engine.server, session);
}

/// Runs every whole request that `bytes` begin with; tells how many bytes they were.
fn run_all(engine: &mut Engine, session: &mut Session, bytes: &[u8]) -> usize {
    let mut ahead = mem::take(&mut engine.server.ahead);
    session.running_bytes = bytes.len();
    ahead.resume(&mem::take(&mut session.spans));
    let mut at = 0;
    while session.ending == Ending::No && !session.waits() {
        let limits = Limits {
            word_max: engine.server.config.proto_max_bulk_len,
            authenticated: !engine.server.wants_password(session),
        };
        let stop = ahead.decode(bytes, &mut at, &mut session.decoder, limits);
        ahead.warm(bytes, &engine.server.commands, &engine.keyspace, session.db);
        let ran = run_decoded(engine, session, &ahead, bytes);
        catch_up(engine, ran);
        if session.waits() {
            // What was decoded and has not run is decoded anew when the client waits no more.
            if let Some(start) = ahead.start(ran) {
                at = start;
            }
            session.decoder = Decoder::default();
            break;
        }
        match stop {
            Stop::Full => ahead.clear(),
            Stop::Incomplete => {
                session.spans.extend_from_slice(ahead.unfinished());
                break;
            }
            Stop::Broken(error) if session.ending == Ending::No => refuse(engine, session, error),
            Stop::Broken(_) => break,
        }
    }
    ahead.clear();
    engine.server.ahead = ahead;
    session.running_bytes = 0;
    if session.ending == Ending::No { at } else { bytes.len() }
}

/// Runs requests until one ends the connection or has to wait; tells how many it ran. One that is held did not run.
fn run_decoded(engine: &mut Engine, session: &mut Session, ahead: &Ahead, bytes: &[u8]) -> usize {
    for index in 0..ahead.len() {
        if session.ending != Ending::No || session.waits() {
            return index;
        }
        if let Some(request) = ahead.get(index, bytes) {
            run(engine, session, request);
        }
        if session.is_held {
            return index;
        }
    }
    ahead.len()
}

/// Answers bytes that are no request, and ends the connection.
#[cold]
fn refuse(engine: &mut Engine, session: &mut Session, error: ProtocolError) {
    let protocol = session.protocol;
    let error = Error::Message(alloc::format!("{error}"));
    Reply::new(session.outbox.tail(), protocol).error(&error);
    engine.server.count_error(&error);
    session.ending = Ending::AfterReplies;
}

/// Puts the session back, and tells the front what there is to do for it.
pub(crate) fn finish(server: &mut Server, mut session: Box<Session>) {
    let conn = session.conn;
    check_output(server, &mut session);
    if session.ending != Ending::No {
        server.withdraw(&mut session);
    }
    if session.ending == Ending::Now {
        session.give_up();
        server.out.push(Output::Abort(conn));
    } else {
        let barrier = server.barrier();
        if session.outbox.hold(barrier) {
            server.hold_replies(conn, barrier.unwrap_or_default());
        }
        if session.outbox.announce() {
            server.out.push(Output::Send(conn));
        }
        if session.ending == Ending::AfterReplies && !session.outbox.is_held() {
            server.out.push(Output::Close(conn));
        }
    }
    server.sessions.insert(session);
    evict_clients(server);
}
