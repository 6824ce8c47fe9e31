//! Clients that wait until what they have written is durable: WAITAOF.
//!
//! Every session knows up to where in the feed its own writes are. A client is parked as for any other wait; when more of the
//! feed is durable, those whose writes are among it are answered.

use core::mem;

use crate::engine::Server;
use crate::execute::{Nothing, Vain};
use crate::reply::{Replied, Reply};
use crate::session::Session;

/// Nothing will be durable while there is no append-only file.
pub(crate) const TURNED_OFF: &str =
    "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.";

/// What a client waits for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Durable {
    /// The end of its writes in the feed.
    pub(crate) end: u64,
    /// Whether they are to be durable here.
    pub(crate) wants_local: bool,
    /// Whether they are to be durable on replicas, of which there are none.
    pub(crate) wants_replicas: bool,
}

/// Answers whether the writes are durable here, and on how many replicas.
pub(crate) fn answer(is_local: bool) -> Nothing {
    fn both(reply: &mut Reply<'_>, local: i64) -> Replied {
        reply.array(2);
        reply.int(local);
        reply.int(0)
    }
    if is_local { |reply| both(reply, 1) } else { |reply| both(reply, 0) }
}

impl Server {
    /// How much was fed to the append-only file.
    pub(crate) fn fed(&self) -> u64 {
        let waiting = self.feed.aof.as_ref().map_or(0, |stream| stream.waiting().len());
        self.aof.taken + waiting as u64
    }

    /// Whether the feed is durable up to there: as long as the first base is not, no start would find it.
    pub(crate) fn is_durable(&self, end: u64) -> bool {
        let is_begun = self.aof.rewrite.as_ref().is_some_and(super::rewrite::Rewrite::is_turning_on);
        self.feed.aof.is_some() && !is_begun && self.aof.synced >= end
    }

    /// A parked client waits for the disk, if it waits.
    pub(crate) fn wait_for_disk(&mut self, session: &mut Session, durable: Durable) {
        if let Some(parked) = &mut session.parked {
            parked.durable = Some(durable);
            self.aof.waiters.push((durable.end, session.conn));
        }
    }
}

/// Answers those whose writes are durable by now.
pub(super) fn tell(server: &mut Server) {
    for (end, conn) in mem::take(&mut server.aof.waiters) {
        let is_durable = server.is_durable(end);
        let Some(session) = server.sessions.get_mut(conn) else { continue };
        let Some(parked) = &mut session.parked else { continue };
        // Who waits for something else by now is done with this.
        let Some(durable) = parked.durable.filter(|durable| durable.end == end) else { continue };
        if is_durable {
            parked.nothing = answer(true);
        }
        if durable.wants_local && !server.config.appendonly {
            server.end_wait(conn, Vain::Refused(TURNED_OFF));
        } else if is_durable && !durable.wants_replicas {
            server.end_wait(conn, Vain::TimedOut);
        } else if !is_durable {
            server.aof.waiters.push((end, conn));
        }
    }
}
