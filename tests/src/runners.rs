//! The stores that transcripts run on. The browser's is in the crate that makes the wasm.

mod engine;
#[cfg(not(target_arch = "wasm32"))]
mod programs;
#[cfg(not(target_arch = "wasm32"))]
mod tcp;

pub use engine::InProcess;
#[cfg(not(target_arch = "wasm32"))]
pub use programs::{oracle, oracle_version, redstart_server};
#[cfg(not(target_arch = "wasm32"))]
pub use tcp::Tcp;
