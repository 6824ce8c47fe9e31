//! What follows from a command: the list of changes, read once.
//!
//! Readers so far: whoever watches the keyspace from inside the process (the page's key browser).

use crate::engine::Engine;

/// Hands the changes of the command that just ran to everybody who follows from them.
#[inline]
pub(crate) fn settle(engine: &mut Engine) {
    if engine.keyspace.observed {
        let changes = engine.keyspace.take_changes();
        engine.server.observed.extend(changes);
    }
}
