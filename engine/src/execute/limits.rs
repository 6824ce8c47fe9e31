//! How much clients may take.
//!
//! `client-output-buffer-limit` is about what waits for one of them. Over the hard limit its connection ends at once; over
//! the soft one, when it stays there for the seconds that go with it. What waits is data that a slow reader makes us keep,
//! so the reader goes, not the data of others.
//!
//! `maxmemory-clients` is about all that all of them take together. When it is too much, those go that take most.

use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Reverse;

use redstart_structures::sort_by_key;

use crate::config::{Hot, MemoryLimit, OutputLimit};
use crate::engine::Server;
use crate::machine::{ConnId, LogLevel, Output};
use crate::session::{ClientKind, Ending, Session};
use crate::split_args::quote;

/// Ends a client for which too much waits. Asked after every batch, and for all in the regular round.
#[inline]
pub(crate) fn check_output(server: &mut Server, session: &mut Session) {
    let limit = output_limit(&server.config, session);
    let waiting = session.outbox.listed_bytes() as u64;
    let over_soft = limit.soft > 0 && waiting >= limit.soft;
    let over_hard = limit.hard > 0 && waiting >= limit.hard;
    if !over_soft && !over_hard {
        session.over_soft_since_us = None;
        return;
    }
    let now_us = server.now.mono_us;
    let since_us = *session.over_soft_since_us.get_or_insert(now_us);
    let too_long =
        over_soft && now_us.saturating_sub(since_us) > limit.soft_seconds.saturating_mul(1_000_000);
    if (over_hard || too_long) && session.ending != Ending::Now {
        let who = server.describe(session);
        let text = alloc::format!(
            "Client {who} scheduled to be closed ASAP for overcoming of output buffer limits."
        );
        session.ending = Ending::Now;
        server.log(LogLevel::Warning, text);
    }
}

/// What may wait for a client.
pub(crate) fn output_limit(config: &Hot, session: &Session) -> OutputLimit {
    let limits = &config.client_output_buffer_limits;
    match session.kind() {
        ClientKind::PubSub => limits.pubsub,
        ClientKind::Replica => limits.replica,
        ClientKind::Normal | ClientKind::Primary => limits.normal,
    }
}

/// The bytes of a request that a line of the log shows.
const SHOWN_MAX: usize = 64;

/// Ends a client whose request is longer than `client-query-buffer-limit` before it is all there.
pub(super) fn check_query(server: &mut Server, session: &mut Session) {
    if session.query.len() as u64 <= server.config.client_query_buffer_limit {
        return;
    }
    let beginning = session.query.get(..SHOWN_MAX).unwrap_or(&session.query);
    let text = alloc::format!(
        "Closing client that reached max query buffer length: {} (qbuf initial bytes: {})",
        server.describe(session),
        String::from_utf8_lossy(&quote(beginning))
    );
    session.ending = Ending::Now;
    server.log(LogLevel::Warning, text);
}

impl Server {
    /// A client in one line, for the log.
    fn describe(&self, session: &Session) -> String {
        session.describe(self.now.mono_us, 0, self.watches.is_broken(session.conn))
    }
}

/// Ends the clients that take most, until all that may go fit into `maxmemory-clients`. Asked after every batch.
#[inline]
pub(crate) fn evict_clients(server: &mut Server) {
    let most = match server.config.maxmemory_clients {
        MemoryLimit::Bytes(bytes) => bytes,
        MemoryLimit::Percent(percent) => (server.config.maxmemory / 100).saturating_mul(percent),
    };
    if most > 0 && server.sessions.evictable_bytes() as u64 > most {
        evict_biggest(server, most);
    }
}

#[cold]
fn evict_biggest(server: &mut Server, most: u64) {
    let evictable = server.sessions.iter().filter(|session| session.counted_evictable > 0);
    let mut clients: Vec<(usize, ConnId)> = evictable.map(|it| (it.counted_evictable, it.conn)).collect();
    sort_by_key(&mut clients, |&(bytes, conn)| (Reverse(bytes), conn));
    for (_, conn) in clients {
        if server.sessions.evictable_bytes() as u64 <= most {
            return;
        }
        let Some(text) = server.sessions.get(conn).map(|session| server.describe(session)) else { continue };
        let text = alloc::format!("Evicting client: {text}");
        let Some(session) = server.sessions.get_mut(conn) else { continue };
        session.ending = Ending::Now;
        session.give_up();
        server.sessions.recount(conn);
        server.stats.evicted_clients += 1;
        server.log(LogLevel::Notice, text);
        server.out.push(Output::Abort(conn));
    }
}
