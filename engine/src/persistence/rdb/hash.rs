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

pub(super) fn read(code: u8, reader: &mut Reader<'_>, rules: &HashRules) -> Result<Value, Malformed> {
    let mut fields = Fields { hash: Hash::new(), rules };
    match code {
        code::HASH => {
            for _ in 0..reader.count()? {
                fields.add(&reader.string()?, &reader.string()?, None)?;
            }
        }
        code::HASH_ZIPMAP => {
            for (field, value) in zipmap::read(&reader.string()?)? {
                fields.add(field, value, None)?;
            }
        }
        code::HASH_ZIPLIST => fields.add_pairs(&ziplist::read(&reader.string()?)?)?,
        code::HASH_LISTPACK => fields.add_pairs(&listpack::read(&reader.string()?)?)?,
        code::HASH_DEADLINES => {
            let first = reader.moment_ms()?;
            for _ in 0..reader.count()? {
                let later = match reader.length()? {
                    0 => None,
                    later => Some(first.checked_add_unsigned(later - 1).ok_or(Malformed)?),
                };
                fields.add(&reader.string()?, &reader.string()?, later)?;
            }
        }
        code::HASH_DEADLINES_EARLY => {
            for _ in 0..reader.count()? {
                let deadline = i64::try_from(reader.length()?).map_err(|_| Malformed)?;
                let deadline = Some(deadline).filter(|&deadline| deadline != STAYS);
                fields.add(&reader.string()?, &reader.string()?, deadline)?;
            }
        }
        code::HASH_LISTPACK_DEADLINES => {
            reader.moment_ms()?;
            fields.add_triples(&listpack::read(&reader.string()?)?)?;
        }
        code::HASH_LISTPACK_DEADLINES_EARLY => fields.add_triples(&listpack::read(&reader.string()?)?)?,
        _ => return Err(Malformed),
    }
    Ok(fields.hash.into_value())
}

/// A hash that is being read.
struct Fields<'r> {
    hash: Hash,
    rules: &'r HashRules,
}

impl Fields<'_> {
    /// Adds a field, which must not be there yet.
    fn add(&mut self, field: &[u8], value: &[u8], deadline: Option<i64>) -> Result<(), Malformed> {
        if !self.hash.update(field, value, self.rules) || deadline.is_some_and(i64::is_negative) {
            return Err(Malformed);
        }
        if deadline.is_some() {
            self.hash.set_deadline(field, deadline);
        }
        Ok(())
    }

    fn add_pairs(&mut self, items: &[Item<'_>]) -> Result<(), Malformed> {
        let (pairs, rest) = items.as_chunks();
        for &[field, value] in pairs {
            self.add(&text(field), &text(value), None)?;
        }
        if rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }

    fn add_triples(&mut self, items: &[Item<'_>]) -> Result<(), Malformed> {
        let (triples, rest) = items.as_chunks();
        for &[field, value, deadline] in triples {
            let Item::Int(deadline) = deadline else { return Err(Malformed) };
            self.add(&text(field), &text(value), Some(deadline).filter(|&deadline| deadline != STAYS))?;
        }
        if rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}
