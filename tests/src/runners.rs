//! The stores that transcripts run on.

mod programs;
mod tcp;

pub use programs::{oracle, oracle_version, redstart_server};
pub use tcp::Tcp;
