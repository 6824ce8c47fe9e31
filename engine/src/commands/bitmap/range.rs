//! The bits of a range: how many are set, where the first one is.

use redstart_structures::bits;

use crate::argv::Args;
use crate::command::flag::READONLY;
use crate::command::key::{ACCESS, RO};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;
use crate::types::Str;

const UNIT: Arg = Arg::one_of("index_unit", &[Arg::word("byte", "BYTE"), Arg::word("bit", "BIT")])
    .since("7.0.0")
    .optional();

pub(super) static BITCOUNT: Command = Command::new("bitcount", Group::Bitmap, "2.6.0", -2, bitcount)
    .summary("Counts the bits that are set in the string that a key holds, or in a part of it.")
    .complexity("O(N) for N bytes that are looked at.")
    .history(&[("7.0.0", "`BYTE` and `BIT`.")])
    .flags(READONLY)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[
        Arg::key("key", 0),
        Arg::block("index", &[Arg::integer("start"), Arg::integer("end"), UNIT]).optional(),
    ]);

fn bitcount(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    let Some(value) = call.db.read::<Str>(args.at(1))? else { return Ok(call.reply.int(0)) };
    let bytes = value.bytes();
    let count = match args.len() {
        2 => bits::count(&bytes),
        4 | 5 => {
            let (start, end) = (args.int(2)?, args.int(3)?);
            // A range that can't be one is none, whatever comes after it.
            if start < 0 && end < 0 && start > end {
                0
            } else {
                let (from, to) = unit(args, 4)?.places(bytes.len(), start, end);
                bits::count_between(&bytes, from, to)
            }
        }
        _ => return Err(Error::Syntax),
    };
    Ok(call.reply.int(count as i64))
}

pub(super) static BITPOS: Command = Command::new("bitpos", Group::Bitmap, "2.8.7", -3, bitpos)
    .summary("Finds the first bit that is set, or clear, in the string that a key holds.")
    .complexity("O(N) for N bytes that are looked at.")
    .history(&[("7.0.0", "`BYTE` and `BIT`.")])
    .flags(READONLY)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[
        Arg::key("key", 0),
        Arg::integer("bit"),
        Arg::block(
            "index",
            &[Arg::integer("start"), Arg::block("end_index", &[Arg::integer("end"), UNIT]).optional()],
        )
        .optional(),
    ]);

fn bitpos(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    let bit = match args.int(2)? {
        0 => false,
        1 => true,
        _ => return Err(Error::Text("ERR The bit argument must be 1 or 0.")),
    };
    let Some(value) = call.db.read::<Str>(args.at(1))? else {
        return Ok(call.reply.int(if bit { -1 } else { 0 }));
    };
    let bytes = value.bytes();
    if args.len() > 6 {
        return Err(Error::Syntax);
    }
    let start = if args.len() > 3 { args.int(3)? } else { 0 };
    let unit = unit(args, 5)?;
    let end = if args.len() > 4 { args.int(4)? } else { -1 };
    let (from, to) = unit.places(bytes.len(), start, end);
    let found = bits::find(&bytes, bit, from, to);
    // To the right of a string lie zeros without end, unless the call says where to end.
    let zeros = !bit && args.len() <= 4 && from < to;
    let place = found.or_else(|| zeros.then_some(to));
    Ok(call.reply.int(place.map_or(-1, |place| place as i64)))
}

/// What the ends of a range count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Byte,
    Bit,
}

/// The unit that a word names, if it is there: bytes, without one.
fn unit(args: Args<'_>, index: usize) -> Result<Unit, Error> {
    match args.get(index) {
        None => Ok(Unit::Byte),
        Some(_) if args.is(index, "BIT") => Ok(Unit::Bit),
        Some(_) if args.is(index, "BYTE") => Ok(Unit::Byte),
        Some(_) => Err(Error::Syntax),
    }
}

impl Unit {
    /// The first bit of a range in `len` bytes, and the one after its last. Both ends are in the range; negative ones
    /// count from the end of the string.
    fn places(self, len: usize, start: i64, end: i64) -> (u64, u64) {
        let bits = if self == Self::Byte { 8 } else { 1 };
        let total = len as i64 * 8 / bits;
        let place = |index: i64| (if index < 0 { index.saturating_add(total) } else { index }).max(0);
        let (first, last) = (place(start), place(end).min(total - 1));
        if first > last {
            return (0, 0);
        }
        ((first * bits) as u64, ((last + 1) * bits) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_bits_from_one_to_another() {
        for (unit, start, end, expected) in [
            (Unit::Byte, 0, -1, (0, 24)),
            (Unit::Byte, 1, 1, (8, 16)),
            (Unit::Byte, -1, 99, (16, 24)),
            (Unit::Byte, i64::MIN, i64::MAX, (0, 24)),
            (Unit::Byte, 3, 3, (0, 0)),
            (Unit::Byte, i64::MAX, i64::MIN, (0, 0)),
            (Unit::Bit, 0, -1, (0, 24)),
            (Unit::Bit, 5, 5, (5, 6)),
            (Unit::Bit, -3, -2, (21, 23)),
            (Unit::Bit, 24, 24, (0, 0)),
            (Unit::Bit, -99, 0, (0, 1)),
        ] {
            assert_eq!(unit.places(3, start, end), expected, "{start} {end}");
            assert_eq!(unit.places(0, start, end), (0, 0));
        }
    }
}
