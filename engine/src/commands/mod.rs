//! The commands, one file per family: each declares its commands and carries them out.
//!
//! To add one: write its declaration and its handler in the family's file and its name in the family's list.

mod options;
mod pick;
mod store;

mod bitmap;
mod client;
mod command_info;
mod config;
mod connection;
mod debug;
mod geo;
mod hash;
mod hyperloglog;
mod keys;
mod latency;
mod list;
mod pubsub;
mod scripting;
mod server;
mod set;
mod slowlog;
mod sorted_set;
mod stream;
mod string;
mod transaction;

use crate::command::Command;

/// Every command, family by family.
pub fn all() -> impl Iterator<Item = &'static &'static Command> + Clone {
    FAMILIES.iter().copied().flatten()
}

static FAMILIES: &[&[&Command]] = &[
    bitmap::COMMANDS,
    client::COMMANDS,
    command_info::COMMANDS,
    config::COMMANDS,
    connection::COMMANDS,
    debug::COMMANDS,
    geo::COMMANDS,
    hash::COMMANDS,
    hyperloglog::COMMANDS,
    keys::COMMANDS,
    latency::COMMANDS,
    list::COMMANDS,
    pubsub::COMMANDS,
    scripting::COMMANDS,
    server::COMMANDS,
    set::COMMANDS,
    slowlog::COMMANDS,
    sorted_set::COMMANDS,
    stream::COMMANDS,
    string::COMMANDS,
    transaction::COMMANDS,
];
