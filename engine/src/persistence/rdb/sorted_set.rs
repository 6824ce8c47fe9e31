//! Sorted sets, as RDB tells them.
//!
//! In a listpack every score is an element of its own: a number where the score is whole, else its text with all
//! seventeen digits. A table is written from the greatest element down, as redis-server does it, which so can add each
//! in front of all others when it reads them.

use core::ops::Range;

use redstart_structures::Item;

use super::listpack::Listpack;
use super::{Malformed, Reader, Writer, code, listpack, ziplist};
use crate::number;
use crate::types::{Kind, Scored, SortedSet, SortedSetRules, Value, text};

/// Lengths of a score's text that stand for what is no decimal.
const NAN: u8 = 253;
const INFINITE: u8 = 254;
const MINUS_INFINITE: u8 = 255;

pub(super) fn write(set: &SortedSet, writer: &mut Writer<'_>) {
    if let SortedSet::Packed(_) = set {
        let mut packed = Listpack::new();
        for (member, score) in set.iter() {
            packed.push(member);
            match number::whole_in_listpack(score) {
                Some(whole) => packed.push(Item::Int(whole)),
                None => packed.push(Item::Bytes(number::format_float(score).as_bytes())),
            }
        }
        writer.code(code::SORTED_SET_LISTPACK);
        writer.string(&packed.finish());
        return;
    }
    begin(set, writer);
    write_ranks(set, 0..set.len(), writer);
}

/// How many elements of a table follow.
pub(super) fn begin(set: &SortedSet, writer: &mut Writer<'_>) {
    writer.code(code::SORTED_SET_2);
    writer.length(set.len() as u64);
}

/// Some of them, the greatest first.
pub(super) fn write_ranks(set: &SortedSet, ranks: Range<usize>, writer: &mut Writer<'_>) {
    for (member, score) in set.range(ranks).rev() {
        writer.string(&text(member));
        writer.raw(&score.to_le_bytes());
    }
}

/// Reads a sorted set that is one string.
pub(super) fn read(code: u8, reader: &mut Reader<'_>, rules: &SortedSetRules) -> Result<Value, Malformed> {
    let (mut set, packed) = (SortedSet::new(), reader.string()?);
    let items =
        if code == code::SORTED_SET_ZIPLIST { ziplist::read(&packed) } else { listpack::read(&packed) };
    let items = items?;
    let (pairs, rest): (&[[Item<'_>; 2]], _) = items.as_chunks();
    for &[member, score] in pairs {
        let score = match score {
            Item::Int(whole) => whole as f64,
            Item::Bytes(bytes) => number::parse_float(bytes).ok_or(Malformed)?,
        };
        add(&mut set, &text(member), score, rules)?;
    }
    if rest.is_empty() { Ok(set.into_value()) } else { Err(Malformed) }
}

/// Reads another element.
pub(super) fn read_element(
    set: &mut SortedSet,
    code: u8,
    reader: &mut Reader<'_>,
    rules: &SortedSetRules,
) -> Result<(), Malformed> {
    let member = reader.string()?;
    let score = match code {
        code::SORTED_SET => read_text(reader)?,
        _ => f64::from_le_bytes(reader.array()?),
    };
    add(set, &member, score, rules)
}

/// Adds an element, whose member must not be there yet.
fn add(set: &mut SortedSet, member: &[u8], score: f64, rules: &SortedSetRules) -> Result<(), Malformed> {
    let is_new = !score.is_nan() && set.insert(member, score, rules) == Scored::Added;
    if is_new { Ok(()) } else { Err(Malformed) }
}

/// A score of the oldest kind: the length of its text, and the text.
fn read_text(reader: &mut Reader<'_>) -> Result<f64, Malformed> {
    match reader.byte()? {
        NAN => Err(Malformed),
        INFINITE => Ok(f64::INFINITY),
        MINUS_INFINITE => Ok(f64::NEG_INFINITY),
        len => number::parse_float(reader.take(len.into())?).ok_or(Malformed),
    }
}
