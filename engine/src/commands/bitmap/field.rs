//! Numbers of any width at any place of a string.
//!
//! A call is a list of operations. All of them are read before the first is carried out, so a call with a mistake
//! changes nothing, and if any of them writes, the string first becomes as long as the last bit written asks for.

use alloc::vec::Vec;

use redstart_structures::bits::Field;

use super::{BIT_OFFSET, bytes_for, checked};
use crate::argv::Args;
use crate::command::flag::{DENYOOM, FAST, READONLY, WRITE};
use crate::command::key::{ACCESS, Access, RO, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, change};
use crate::number;
use crate::reply::{Outcome, Reply};
use crate::types::{Str, StrView};

pub(super) static BITFIELD: Command = Command::new("bitfield", Group::Bitmap, "3.2.0", -2, bitfield)
    .summary("Reads, sets and adds to numbers of any width within the string that a key holds.")
    .complexity("O(1) for each operation.")
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(1, RW | ACCESS | UPDATE)
        .varying(access)
        .notes("It may only read, or write as well.")])
    .args(&[
        Arg::key("key", 0),
        Arg::one_of(
            "operation",
            &[
                Arg::block("encoding_offset", PLACE).after("GET"),
                Arg::block(
                    "write",
                    &[
                        Arg::one_of(
                            "wrap_sat_fail",
                            &[Arg::word("wrap", "WRAP"), Arg::word("sat", "SAT"), Arg::word("fail", "FAIL")],
                        )
                        .after("OVERFLOW")
                        .optional(),
                        Arg::one_of(
                            "write_operation",
                            &[
                                Arg::block(
                                    "encoding_offset_value",
                                    &[Arg::string("encoding"), Arg::integer("offset"), Arg::integer("value")],
                                )
                                .after("SET"),
                                Arg::block(
                                    "encoding_offset_increment",
                                    &[
                                        Arg::string("encoding"),
                                        Arg::integer("offset"),
                                        Arg::integer("increment"),
                                    ],
                                )
                                .after("INCRBY"),
                            ],
                        ),
                    ],
                ),
            ],
        )
        .optional()
        .multiple(),
    ]);

const PLACE: &[Arg] = &[Arg::string("encoding"), Arg::integer("offset")];

/// With nothing but `GET` it only reads.
fn access(args: Args<'_>) -> Access {
    let only_reads = (2..args.len()).step_by(3).all(|place| args.is(place, "GET"));
    if only_reads { RO | ACCESS } else { RW | ACCESS | UPDATE }
}

fn bitfield(call: &mut Call<'_>) -> Outcome {
    let operations = read(call.args.from(2), call.server.config.proto_max_bulk_len)?;
    let last_bit = operations.iter().filter_map(Operation::last_written).max();
    let Some(last_bit) = last_bit else { return look(call, &operations) };
    let len = bytes_for(last_bit)?;
    let reply = &mut call.reply;
    let create = || Str::Raw(Vec::new());
    call.db.edit_counted_or_create(call.args.at(1), change::SETBIT, create, |value: &mut Str| {
        let grows = value.len() < len;
        let bytes = value.edit_up_to(len).map_err(|_| Error::OutOfMemory)?;
        let replied = reply.array(operations.len());
        let written = operations.iter().filter(|operation| operation.carry_out(bytes, reply, grows)).count();
        Ok(if written > 0 { Edited::changes(replied, written) } else { Edited::nothing(replied) })
    })
}

pub(super) static BITFIELD_RO: Command = Command::new("bitfield_ro", Group::Bitmap, "6.0.0", -2, bitfield_ro)
    .summary("Reads numbers of any width within the string that a key holds.")
    .complexity("O(1) for each operation.")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[
        Arg::key("key", 0),
        Arg::block("encoding_offset", PLACE).after("GET").optional().multiple_token(),
    ]);

fn bitfield_ro(call: &mut Call<'_>) -> Outcome {
    let operations = read(call.args.from(2), call.server.config.proto_max_bulk_len)?;
    if operations.iter().any(|operation| operation.last_written().is_some()) {
        return Err(Error::Text("ERR BITFIELD_RO only supports the GET subcommand"));
    }
    look(call, &operations)
}

/// Answers operations that all read.
fn look(call: &mut Call<'_>, operations: &[Operation]) -> Outcome {
    let value = call.db.read::<Str>(call.args.at(1))?.map(StrView::bytes);
    let bytes = value.as_deref().unwrap_or_default();
    let mut replied = call.reply.array(operations.len());
    for operation in operations {
        replied = call.reply.int(operation.number.get(bytes));
    }
    Ok(replied)
}

struct Operation {
    number: Number,
    act: Act,
}

/// A field, and whether its highest bit is a sign.
#[derive(Clone, Copy)]
struct Number {
    field: Field,
    signed: bool,
}

#[derive(Clone, Copy)]
enum Act {
    Get,
    Set(i64, Overflow),
    Add(i64, Overflow),
}

/// What becomes of a number that is too great or too small for its field.
#[derive(Clone, Copy)]
enum Overflow {
    /// Its lowest bits are taken.
    Wrap,
    /// The nearest number that fits is taken.
    Saturate,
    /// Nothing is written.
    Fail,
}

/// The operations of a call.
fn read(args: Args<'_>, max: u64) -> Result<Vec<Operation>, Error> {
    let (mut operations, mut overflow, mut index) = (Vec::new(), Overflow::Wrap, 0);
    while index < args.len() {
        let left = args.len() - index - 1;
        if args.is(index, "OVERFLOW") && left >= 1 {
            overflow = Overflow::named(args, index + 1)?;
            index += 2;
            continue;
        }
        let words = match () {
            () if args.is(index, "GET") && left >= 2 => 3,
            () if (args.is(index, "SET") || args.is(index, "INCRBY")) && left >= 3 => 4,
            () => return Err(Error::Syntax),
        };
        let number = Number::read(args.at(index + 1), args.at(index + 2), max)?;
        let act = match words {
            3 => Act::Get,
            _ if args.is(index, "SET") => Act::Set(args.int(index + 3)?, overflow),
            _ => Act::Add(args.int(index + 3)?, overflow),
        };
        operations.push(Operation { number, act });
        index += words;
    }
    Ok(operations)
}

impl Overflow {
    fn named(args: Args<'_>, index: usize) -> Result<Self, Error> {
        match () {
            () if args.is(index, "WRAP") => Ok(Self::Wrap),
            () if args.is(index, "SAT") => Ok(Self::Saturate),
            () if args.is(index, "FAIL") => Ok(Self::Fail),
            () => Err(Error::Text("ERR Invalid OVERFLOW type specified")),
        }
    }
}

impl Operation {
    /// The last bit that it writes, if it writes.
    const fn last_written(&self) -> Option<u64> {
        let Field { at, bits } = self.number.field;
        if matches!(self.act, Act::Get) { None } else { Some(at + bits as u64 - 1) }
    }

    /// Does it and answers; tells whether it wrote something. In a string that has grown whatever is written is new.
    fn carry_out(&self, bytes: &mut [u8], reply: &mut Reply<'_>, grown: bool) -> bool {
        let old = self.number.get(bytes);
        let new = match self.act {
            Act::Get => Some(old),
            Act::Set(value, overflow) => self.number.fit(value, 0, overflow),
            Act::Add(increment, overflow) => self.number.fit(old, increment, overflow),
        };
        let Some(new) = new else {
            reply.null();
            return false;
        };
        reply.int(if matches!(self.act, Act::Add(..)) { new } else { old });
        if matches!(self.act, Act::Get) {
            return false;
        }
        self.number.field.write(bytes, new as u64);
        grown || old != new
    }
}

impl Number {
    /// The number that a call means by `i8 100` or `u4 #3`.
    fn read(kind: &[u8], offset: &[u8], max: u64) -> Result<Self, Error> {
        let (signed, bits) = match kind {
            [b'i', bits @ ..] => (true, bits),
            [b'u', bits @ ..] => (false, bits),
            _ => return Err(NO_TYPE),
        };
        let bits = number::parse_int(bits).and_then(|bits| u32::try_from(bits).ok());
        let bits_max = if signed { 64 } else { 63 };
        let bits = bits.filter(|bits| (1..=bits_max).contains(bits)).ok_or(NO_TYPE)?;
        let (offset, times) = match offset {
            [b'#', offset @ ..] => (offset, bits),
            _ => (offset, 1),
        };
        // A product past 64 bits wraps around, as it does in Redis.
        let at = number::parse_int(offset).map(|offset| offset.wrapping_mul(i64::from(times)));
        let at = at.and_then(|at| checked(at, max)).ok_or(BIT_OFFSET)?;
        Ok(Self { field: Field { at, bits }, signed })
    }

    fn get(self, bytes: &[u8]) -> i64 {
        self.extend(self.field.read(bytes))
    }

    /// The number that the lowest bits of `raw` mean.
    const fn extend(self, raw: u64) -> i64 {
        let unused = 64 - self.field.bits;
        if self.signed { ((raw << unused) as i64) >> unused } else { (raw << unused >> unused) as i64 }
    }

    /// The sum of two numbers as it is written here, if it is written.
    fn fit(self, value: i64, increment: i64, overflow: Overflow) -> Option<i64> {
        let (min, max) = if self.signed {
            (-1 << (self.field.bits - 1), (1 << (self.field.bits - 1)) - 1)
        } else {
            (0, (1 << self.field.bits) - 1)
        };
        let wide = if self.signed { i128::from(value) } else { i128::from(value as u64) };
        let sum = wide + i128::from(increment);
        // Redis counts what is left up to the greatest in 64 bits: a number so small that they overflow is too great.
        let is_far = self.signed && self.field.bits < 64 && max - wide > i128::from(i64::MAX);
        let is_too_great = sum > max || is_far;
        if !is_too_great && sum >= min {
            return Some(sum as i64);
        }
        match overflow {
            Overflow::Wrap => Some(self.extend(sum as u64)),
            Overflow::Saturate => Some(if is_too_great { max } else { min } as i64),
            Overflow::Fail => None,
        }
    }
}

const NO_TYPE: Error = Error::Text(
    "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.",
);

#[cfg(test)]
mod tests {
    use super::*;

    fn number(kind: &str) -> Number {
        Number::read(kind.as_bytes(), b"0", 1).unwrap()
    }

    #[test]
    fn types_have_a_sign_and_a_width() {
        for text in ["i1", "i64", "u1", "u63"] {
            assert!(Number::read(text.as_bytes(), b"0", 1).is_ok(), "{text}");
        }
        for text in ["", "i", "u0", "i0", "u64", "i65", "i-1", "i08", "x8", "I8", "8", "i4294967297"] {
            assert_eq!(Number::read(text.as_bytes(), b"0", 1).err(), Some(NO_TYPE), "{text}");
        }
    }

    #[test]
    fn numbers_that_do_not_fit_wrap_saturate_or_fail() {
        for (kind, value, increment, wrapped, saturated) in [
            ("u8", 255, 1, 0, 255),
            ("u8", 0, -1, 255, 0),
            ("u8", 300, 0, 44, 255),
            ("u8", -1, 0, 255, 255),
            ("u63", 0, -1, i64::MAX, 0),
            ("u63", i64::MAX, i64::MAX, i64::MAX - 1, i64::MAX),
            ("i8", 127, 1, -128, 127),
            ("i8", -128, -1, 127, -128),
            ("i8", -129, 0, 127, -128),
            ("i8", i64::MIN, 0, 0, 127),
            ("i1", 1, 0, -1, 0),
            ("i64", i64::MAX, 1, i64::MIN, i64::MAX),
            ("i64", i64::MIN, -1, i64::MAX, i64::MIN),
        ] {
            let number = number(kind);
            assert_eq!(number.fit(value, increment, Overflow::Wrap), Some(wrapped), "{kind} {value}");
            assert_eq!(number.fit(value, increment, Overflow::Saturate), Some(saturated), "{kind} {value}");
            assert_eq!(number.fit(value, increment, Overflow::Fail), None, "{kind} {value}");
        }
        for (kind, value, increment, sum) in [("u8", 254, 1, 255), ("i8", -127, -1, -128), ("i64", 1, -2, -1)]
        {
            for overflow in [Overflow::Wrap, Overflow::Saturate, Overflow::Fail] {
                assert_eq!(number(kind).fit(value, increment, overflow), Some(sum), "{kind} {value}");
            }
        }
    }
}
