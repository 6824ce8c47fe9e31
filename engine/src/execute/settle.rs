//! What follows from a command: the list of changes, read once.
//!
//! Readers so far: the feed of what is propagated, commands that wait for a key, clients that watch one or have read it,
//! listeners of keyspace notifications, and whoever looks at the keyspace from inside the process (the page's key
//! browser).

use super::notify::notify;
use crate::engine::{Engine, Server};
use crate::hasher::Hasher;
use crate::keyspace::{Change, Reader, change};

/// Hands the changes of the unit that just ran to everybody who follows from them.
#[inline]
pub(crate) fn settle(engine: &mut Engine) {
    // What a script does is one step, whatever it takes.
    if engine.keyspace.observed && !engine.server.scripts.is_running() {
        hand_out(engine);
    }
}

fn hand_out(engine: &mut Engine) {
    let Engine { keyspace, server } = engine;
    let now_ms = server.now.unix_ms();
    let mut changes = keyspace.take_changes();
    if server.feed.is_read() {
        server.feed.hand_out(&changes, &server.config, server.now);
    }
    tell(server, &changes, keyspace.hasher());
    server.told = 0;
    for change in &changes {
        if !server.watches.is_empty() {
            server.watches.see(change, keyspace, now_ms);
        }
        if !server.waiting.is_empty() {
            server.waiting.see(change);
        }
    }
    if keyspace.has_reader(Reader::Page) {
        server.observed.append(&mut changes);
    }
    keyspace.reuse(changes);
}

/// Tells clients of those of a unit's changes that they don't know of yet: listeners, and whoever has read the keys,
/// hear of what each of a transaction's commands did before the next one runs.
pub(super) fn tell(server: &mut Server, changes: &[Change], hasher: Hasher) {
    let mut was_flushed = false;
    for change in changes.get(server.told..).unwrap_or_default() {
        if !server.tracking.is_empty() {
            // A flush of all databases is one thing to those who have read from any.
            let is_flush = change.event == change::FLUSH;
            if !(is_flush && was_flushed) {
                server.invalidate(change, hasher);
            }
            was_flushed |= is_flush;
        }
        notify(server, change);
    }
    server.told = changes.len();
}
