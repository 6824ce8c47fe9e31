//! The server as a whole.
//!
//! | file      | commands                             |
//! |-----------|--------------------------------------|
//! | `data`    | DBSIZE, FLUSHALL, FLUSHDB, SWAPDB    |
//! | `process` | INFO, LASTSAVE, ROLE, SHUTDOWN, TIME |
//! | `monitor` | MONITOR                              |
//! | `lolwut`  | LOLWUT                               |

mod data;
mod lolwut;
mod monitor;
mod process;

use crate::command::Command;

pub(super) static COMMANDS: &[&Command] = &[
    &data::DBSIZE,
    &data::FLUSHALL,
    &data::FLUSHDB,
    &data::SWAPDB,
    &lolwut::LOLWUT,
    &monitor::MONITOR,
    &process::INFO,
    &process::LASTSAVE,
    &process::ROLE,
    &process::SHUTDOWN,
    &process::TIME,
];
