//! One bit.

use alloc::vec::Vec;

use redstart_structures::bits;

use super::{bytes_for, offset};
use crate::command::flag::{DENYOOM, FAST, READONLY, WRITE};
use crate::command::key::{ACCESS, RO, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, change};
use crate::reply::Outcome;
use crate::types::Str;

pub(super) static SETBIT: Command = Command::new("setbit", Group::Bitmap, "2.2.0", 4, setbit)
    .summary("Sets or clears a bit of the string that a key holds, and returns what it was.")
    .complexity("O(1)")
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(1, RW | ACCESS | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::integer("offset"), Arg::integer("value")]);

fn setbit(call: &mut Call<'_>) -> Outcome {
    const NO_BIT: Error = Error::Text("ERR bit is not an integer or out of range");
    let at = offset(call.args.at(2), call.server.config.proto_max_bulk_len)?;
    let bit = match call.args.int(3) {
        Ok(0) => false,
        Ok(1) => true,
        _ => return Err(NO_BIT),
    };
    let len = bytes_for(at)?;
    let create = || Str::Raw(Vec::new());
    let old =
        call.db.edit_counted_or_create(call.args.at(1), change::SETBIT, create, |value: &mut Str| {
            let grows = value.len() < len;
            let bytes = value.edit_up_to(len).map_err(|_| Error::OutOfMemory)?;
            let old = bits::set(bytes, at, bit);
            Ok(if grows || old != bit { Edited::changes(old, 1) } else { Edited::nothing(old) })
        })?;
    Ok(call.reply.flag(old))
}

pub(super) static GETBIT: Command = Command::new("getbit", Group::Bitmap, "2.2.0", 3, getbit)
    .summary("Returns a bit of the string that a key holds.")
    .complexity("O(1)")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0), Arg::integer("offset")]);

fn getbit(call: &mut Call<'_>) -> Outcome {
    let at = offset(call.args.at(2), call.server.config.proto_max_bulk_len)?;
    let value = call.db.read::<Str>(call.args.at(1))?;
    let bit = value.is_some_and(|value| bits::get(&value.bytes(), at));
    Ok(call.reply.flag(bit))
}
