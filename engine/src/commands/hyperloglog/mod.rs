//! HyperLogLogs: how many different elements there were, most likely.
//!
//! | file    | commands                |
//! |---------|-------------------------|
//! | `count` | PFADD, PFCOUNT, PFMERGE |
//! | `debug` | PFDEBUG, PFSELFTEST     |
//!
//! Their bytes are explained in `types::hyperloglog`.

mod count;
mod debug;

use crate::command::Command;
use crate::error::Error;

use crate::types::hyperloglog::{self, Broken, Encoding};

pub(super) static COMMANDS: &[&Command] =
    &[&count::PFADD, &count::PFCOUNT, &count::PFMERGE, &debug::PFDEBUG, &debug::PFSELFTEST];

/// The encoding, if a string is one of these.
fn check(value: &[u8]) -> Result<Encoding, Error> {
    const NONE: Error = Error::Text("WRONGTYPE Key is not a valid HyperLogLog string value.");
    hyperloglog::encoding(value).ok_or(NONE)
}

const fn broken(_: Broken) -> Error {
    Error::Text("INVALIDOBJ Corrupted HLL object detected")
}
