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
//! The modules below stand in the order to read them in, group by group.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

// The border.
pub mod engine;
pub mod in_process;
pub mod machine;

// A request and its way.
pub mod argv;
pub mod command;
pub mod commands;
pub mod error;
pub mod execute;
pub mod reply;
pub mod resp;
pub mod session;
pub mod tracking;

// What is stored.
pub mod keyspace;
pub mod persistence;
pub mod pubsub;
pub mod types;

// What it is run with, and what it tells.
pub mod config;
pub mod observe;
mod reconfigure;
mod round;
pub mod scripting;
mod shutdown;

// Small tools.
pub mod geo;
pub mod glob;
pub mod hasher;
pub mod long_double;
pub mod number;
pub mod random;
pub mod split_args;

pub use self::engine::Engine;
