//! What follows from a command: the list of changes, read once.
//!
//! Readers so far: the feed of what is propagated, commands that wait for a key, clients that watch one or have read it,
//! listeners of keyspace notifications, and whoever looks at the keyspace from inside the process (the page's key
//! browser).

use core::mem;

use super::notify::notify;
use crate::engine::Engine;
use crate::keyspace::Reader;

/// Hands the changes of the unit that just ran to everybody who follows from them.
#[inline]
pub(crate) fn settle(engine: &mut Engine) {
    if engine.keyspace.observed {
        hand_out(engine);
    }
}

fn hand_out(engine: &mut Engine) {
    let Engine { keyspace, server } = engine;
    let now_ms = server.now.unix_ms();
    let (mut changes, told_ahead) = keyspace.take_changes();
    if server.feed.is_read() {
        server.feed.hand_out(&changes, &server.config, server.now);
    }
    if !server.tracking.is_empty() {
        server.invalidate(changes.get(told_ahead..).unwrap_or_default(), keyspace.hasher());
    }
    let told = mem::take(&mut server.told);
    for (place, change) in changes.iter().enumerate() {
        if !server.watches.is_empty() {
            server.watches.see(change, keyspace, now_ms);
        }
        if !server.waiting.is_empty() {
            server.waiting.see(change);
        }
        if place >= told {
            notify(server, change);
        }
    }
    if keyspace.has_reader(Reader::Page) {
        server.observed.append(&mut changes);
    }
    keyspace.reuse(changes);
}
