//! Hashes, as RDB tells them.
//!
//! Where fields have deadlines, the first of them stands in front, so that a loader knows it early. In a table each
//! deadline is told by how much later it is, plus one, because 0 says that a field stays; in a listpack each is the third
//! element after a field and its value, and the fields are in the order of their deadlines, those that stay last.

use alloc::vec::Vec;

use redstart_structures::{Item, sort_by_key};

use super::listpack::Listpack;
use super::{Malformed, Reader, Writer, code, listpack, ziplist, zipmap};
use crate::types::{Hash, HashRules, HashView, Kind, Value, text};

/// What a listpack says of a field that stays.
const STAYS: i64 = 0;

pub(super) fn write(hash: HashView<'_>, writer: &mut Writer<'_>) {
    match (hash.is_packed(), hash.next_deadline()) {
        (true, None) => {
            let mut packed = Listpack::new();
            for (field, value) in hash.iter() {
                packed.push(field);
                packed.push(value);
            }
            writer.code(code::HASH_LISTPACK);
            writer.string(&packed.finish());
        }
        (true, Some(first)) => {
            writer.code(code::HASH_LISTPACK_DEADLINES);
            writer.moment_ms(first);
            writer.string(&with_deadlines(hash));
        }
        (false, first) => {
            begin(hash, writer);
            hash.iter().for_each(|(field, value)| write_field(hash, first, field, value, writer));
        }
    }
}

/// How many fields of a table follow, and what they need to know: when the first of them expires.
pub(super) fn begin(hash: HashView<'_>, writer: &mut Writer<'_>) {
    match hash.next_deadline() {
        None => writer.code(code::HASH),
        Some(first) => {
            writer.code(code::HASH_DEADLINES);
            writer.moment_ms(first);
        }
    }
    writer.length(hash.len() as u64);
}

/// A field of a table in which the first deadline is `first`.
pub(super) fn write_field(
    hash: HashView<'_>,
    first: Option<i64>,
    field: Item<'_>,
    value: Item<'_>,
    writer: &mut Writer<'_>,
) {
    let field = text(field);
    if let Some(first) = first {
        let deadline = hash.deadline(&field);
        writer.length(deadline.map_or(0, |deadline| deadline.abs_diff(first).saturating_add(1)));
    }
    writer.string(&field);
    writer.string(&text(value));
}

fn with_deadlines(hash: HashView<'_>) -> Vec<u8> {
    let mut rows: Vec<_> = hash.live(i64::MIN).collect();
    sort_by_key(&mut rows, |(_, _, deadline)| deadline.unwrap_or(i64::MAX));
    let mut packed = Listpack::new();
    for (field, value, deadline) in rows {
        packed.push(field);
        packed.push(value);
        packed.push(Item::Int(deadline.unwrap_or(STAYS)));
    }
    packed.finish()
}

/// Reads a hash that is one string.
pub(super) fn read(code: u8, reader: &mut Reader<'_>, rules: &HashRules) -> Result<Value, Malformed> {
    if code == code::HASH_LISTPACK_DEADLINES {
        reader.moment_ms()?;
    }
    let (mut hash, packed) = (Hash::new(), reader.string()?);
    match code {
        code::HASH_ZIPMAP => {
            for (field, value) in zipmap::read(&packed)? {
                add(&mut hash, field, value, None, rules)?;
            }
        }
        code::HASH_ZIPLIST => add_pairs(&mut hash, &ziplist::read(&packed)?, rules)?,
        code::HASH_LISTPACK => add_pairs(&mut hash, &listpack::read(&packed)?, rules)?,
        _ => add_triples(&mut hash, &listpack::read(&packed)?, rules)?,
    }
    Ok(hash.into_value())
}

/// What a table is said to begin with: when the first of its fields expires.
pub(super) fn read_first(code: u8, reader: &mut Reader<'_>) -> Result<i64, Malformed> {
    if code == code::HASH_DEADLINES { reader.moment_ms() } else { Ok(0) }
}

/// Reads another field of a table in which the first deadline is `first`.
pub(super) fn read_field(
    hash: &mut Hash,
    code: u8,
    first: i64,
    reader: &mut Reader<'_>,
    rules: &HashRules,
) -> Result<(), Malformed> {
    let told = if code == code::HASH { 0 } else { reader.length()? };
    let deadline = match (code, told) {
        (_, 0) => None,
        (code::HASH_DEADLINES, later) => Some(first.checked_add_unsigned(later - 1).ok_or(Malformed)?),
        (_, deadline) => Some(i64::try_from(deadline).map_err(|_| Malformed)?),
    };
    add(hash, &reader.string()?, &reader.string()?, deadline, rules)
}

/// Adds a field, which must not be there yet.
fn add(
    hash: &mut Hash,
    field: &[u8],
    value: &[u8],
    deadline: Option<i64>,
    rules: &HashRules,
) -> Result<(), Malformed> {
    if !hash.update(field, value, rules) || deadline.is_some_and(i64::is_negative) {
        return Err(Malformed);
    }
    if deadline.is_some() {
        hash.set_deadline(field, deadline);
    }
    Ok(())
}

fn add_pairs(hash: &mut Hash, items: &[Item<'_>], rules: &HashRules) -> Result<(), Malformed> {
    let (pairs, rest) = items.as_chunks();
    for &[field, value] in pairs {
        add(hash, &text(field), &text(value), None, rules)?;
    }
    if rest.is_empty() { Ok(()) } else { Err(Malformed) }
}

fn add_triples(hash: &mut Hash, items: &[Item<'_>], rules: &HashRules) -> Result<(), Malformed> {
    let (triples, rest) = items.as_chunks();
    for &[field, value, deadline] in triples {
        let Item::Int(deadline) = deadline else { return Err(Malformed) };
        let deadline = Some(deadline).filter(|&deadline| deadline != STAYS);
        add(hash, &text(field), &text(value), deadline, rules)?;
    }
    if rest.is_empty() { Ok(()) } else { Err(Malformed) }
}
