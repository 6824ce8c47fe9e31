//! What is stored, as bytes that outlive the process.
//!
//! [`image`] is the keyspace as the commands that rebuild it. [`rdb`] is how other servers write values.
//! [`store`] is the seam to whatever keeps them.

pub mod image;
pub mod rdb;
pub mod store;

use self::store::{Asker, StoreResult, Ticket};
use crate::engine::Engine;

/// Hands an answer of the disk's to the part that asked for it.
pub(crate) fn stored(engine: &mut Engine, ticket: Ticket, result: StoreResult) {
    match engine.server.desk.redeem(ticket) {
        Some(Asker::Snapshot | Asker::Load) => drop(result),
        None => {}
    }
}
