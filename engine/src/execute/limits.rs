//! How much may wait for a client: `client-output-buffer-limit`.
//!
//! Over the hard limit a connection ends at once; over the soft one, when it stays there for the seconds that go with
//! it. What waits is data that a slow reader makes us keep, so the reader goes, not the data of others.

use crate::engine::Server;
use crate::machine::LogLevel;
use crate::session::{ClientKind, Ending, Session};

/// Ends a client for which too much waits. Asked after every batch, and for all in the regular round.
#[inline]
pub(crate) fn check_output(server: &mut Server, session: &mut Session) {
    let limits = &server.config.client_output_buffer_limits;
    let limit = match session.kind() {
        ClientKind::PubSub => limits.pubsub,
        ClientKind::Replica => limits.replica,
        ClientKind::Normal | ClientKind::Primary => limits.normal,
    };
    let waiting = session.outbox.len() as u64;
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
        session.ending = Ending::Now;
        let text = alloc::format!(
            "Client id={} addr={} closed for overcoming of output buffer limits.",
            session.id,
            session.peer.remote
        );
        server.log(LogLevel::Warning, text);
    }
}
