//! The store: commands in, replies out; no IO, no clock, no chance.
//!
//! An engine is a function: **(state, now, input) → (state, outputs)**. Fronts own sockets, files, clocks and pages;
//! they carry bytes in and effects out. A request flows one way, and each station is one module:
//!
//! ```text
//! bytes ─► resp::decode ─► execute::admit ─► execute::call ─► execute::settle ─► session::outbox ─► bytes
//!                           may it run?       the handler,      what follows?
//!                                             in commands
//! ```
//!
//! The modules below are in reading order.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod argv;
pub mod engine;
pub mod error;
pub mod machine;
pub mod number;
pub mod reply;

pub mod command;
pub mod commands;
pub mod config_tmp;
pub mod execute;
pub mod keyspace;
pub mod resp;
pub mod session;
pub mod split_args;
pub mod types;
pub use config_tmp as config;
pub mod observe;
pub mod random;
mod round;

pub use self::engine::Engine;
