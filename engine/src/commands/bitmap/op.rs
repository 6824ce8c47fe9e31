//! Several strings made into one, bit by bit.

use alloc::vec::Vec;

use redstart_structures::bits::Combine;

use crate::command::flag::{DENYOOM, WRITE};
use crate::command::key::{ACCESS, OW, RO, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Expiry, change};
use crate::reply::Outcome;
use crate::types::{Kind, Str, StrView, Text};

pub(super) static BITOP: Command = Command::new("bitop", Group::Bitmap, "2.6.0", -4, bitop)
    .summary("Combines the strings of several keys bit by bit, and stores the result.")
    .complexity("O(N) for N bytes of the longest string.")
    .history(&[("8.2.0", "`DIFF`, `DIFF1`, `ANDOR` and `ONE`.")])
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(2, OW | UPDATE), KeySpec::range(3, -1, 1, RO | ACCESS)])
    .args(&[Arg::string("operation"), Arg::key("destkey", 0), Arg::key("key", 1).multiple()]);

fn bitop(call: &mut Call<'_>) -> Outcome {
    let operation = named(call.args.at(1))?;
    let (dest, keys) = (call.args.at(2), call.args.from(3));
    check_count(operation, keys.len())?;
    for key in keys.iter() {
        call.db.read::<Str>(key)?;
    }
    let db = &call.db;
    let values = keys.iter().map(|key| db.again(key).and_then(|entry| Str::of(entry.value)));
    let values: Vec<Text<'_>> = values.map(|value| value.map_or(Text::Bytes(b""), StrView::bytes)).collect();
    let rows: Vec<&[u8]> = values.iter().map(|value| &**value).collect();
    let result = operation.rows(&rows).map_err(|_| Error::OutOfMemory)?;
    let len = result.len();
    if len == 0 {
        call.db.discard(dest, change::DEL);
    } else {
        call.db.put(dest, Str::Raw(result).into_value(), Expiry::Never, change::SET);
    }
    Ok(call.reply.len(len))
}

fn named(word: &[u8]) -> Result<Combine, Error> {
    const NAMES: [(&[u8], Combine); 8] = [
        (b"AND", Combine::And),
        (b"OR", Combine::Or),
        (b"XOR", Combine::Xor),
        (b"NOT", Combine::Not),
        (b"DIFF", Combine::Diff),
        (b"DIFF1", Combine::Diff1),
        (b"ANDOR", Combine::AndOr),
        (b"ONE", Combine::One),
    ];
    let found = NAMES.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    found.map(|(_, operation)| operation).ok_or(Error::Syntax)
}

/// Whether an operation can do something with so many strings.
const fn check_count(operation: Combine, count: usize) -> Result<(), Error> {
    let text = match operation {
        Combine::Not if count != 1 => "ERR BITOP NOT must be called with a single source key.",
        Combine::Diff if count < 2 => "ERR BITOP DIFF must be called with at least two source keys.",
        Combine::Diff1 if count < 2 => "ERR BITOP DIFF1 must be called with at least two source keys.",
        Combine::AndOr if count < 2 => "ERR BITOP ANDOR must be called with at least two source keys.",
        _ => return Ok(()),
    };
    Err(Error::Text(text))
}
