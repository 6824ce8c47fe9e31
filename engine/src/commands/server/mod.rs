//! The server as a whole.
//!
//! | file      | commands                             |
//! |-----------|--------------------------------------|
//! | `data`    | DBSIZE, FLUSHALL, FLUSHDB, SWAPDB    |
//! | `process` | INFO, ROLE, SHUTDOWN, TIME           |
//! | `save`    | BGSAVE, LASTSAVE, SAVE               |
//! | `monitor` | MONITOR                              |
//! | `lolwut`  | LOLWUT                               |

mod data;
mod lolwut;
mod monitor;
mod process;
mod save;

use crate::command::Command;

pub(super) static COMMANDS: &[&Command] = &[
    &data::DBSIZE,
    &data::FLUSHALL,
    &data::FLUSHDB,
    &data::SWAPDB,
    &lolwut::LOLWUT,
    &monitor::MONITOR,
    &process::INFO,
    &process::ROLE,
    &process::SHUTDOWN,
    &process::TIME,
    &save::BGREWRITEAOF,
    &save::BGSAVE,
    &save::LASTSAVE,
    &save::SAVE,
];
