//! What is stored, as bytes that outlive the process.
//!
//! [`aof`] is every command that changed it. [`rdb`] is how values are written, also by other servers; `commands` writes
//! them as what rebuilds them.
//! A snapshot writes everything stored as an RDB file while commands go on, [`saves`] says when, and [`load`] reads it
//! back. [`store`] is the seam to the disk.

pub mod aof;
mod commands;
pub mod copy;
pub mod load;
pub mod rdb;
pub mod saves;
pub(crate) mod snapshot;
pub mod store;

use self::store::{Asker, StoreResult, Ticket};
use crate::engine::Engine;

/// Hands an answer of the disk's to the part that asked for it.
pub(crate) fn stored(engine: &mut Engine, ticket: Ticket, result: StoreResult) {
    match engine.server.desk.redeem(ticket) {
        Some(Asker::Snapshot { serial }) => {
            let Engine { keyspace, server } = &mut *engine;
            if let Some((purpose, result)) = snapshot::stored(keyspace, server, serial, result) {
                saves::finished(engine, purpose, &result);
            }
        }
        Some(Asker::Aof(work)) => aof::stored(engine, work, result),
        Some(Asker::Load) => load::stored(engine, result),
        Some(Asker::Nobody) | None => {}
    }
}
