//! Bitmaps: strings as rows of bits.
//!
//! | file    | commands                          |
//! |---------|-----------------------------------|
//! | `bit`   | SETBIT, GETBIT                    |
//! | `range` | BITCOUNT, BITPOS                  |
//! | `op`    | BITOP                             |
//! | `field` | BITFIELD, BITFIELD_RO             |
//!
//! What they do to bits is in `redstart_structures::bits`.

mod bit;
mod field;
mod op;
mod range;

use crate::command::Command;
use crate::error::Error;
use crate::number;

pub(super) static COMMANDS: &[&Command] = &[
    &bit::SETBIT,
    &bit::GETBIT,
    &range::BITCOUNT,
    &range::BITPOS,
    &op::BITOP,
    &field::BITFIELD,
    &field::BITFIELD_RO,
];

const BIT_OFFSET: Error = Error::Text("ERR bit offset is not an integer or out of range");

/// The place of a bit: its byte must lie in a string of at most `max` bytes.
fn offset(word: &[u8], max: u64) -> Result<u64, Error> {
    number::parse_int(word).and_then(|offset| checked(offset, max)).ok_or(BIT_OFFSET)
}

fn checked(offset: i64, max: u64) -> Option<u64> {
    u64::try_from(offset).ok().filter(|offset| offset / 8 < max)
}

/// How many bytes there must be for a bit to be among them.
fn bytes_for(offset: u64) -> Result<usize, Error> {
    usize::try_from(offset / 8 + 1).map_err(|_| Error::OutOfMemory)
}
