//! Sets, as RDB tells them.

use redstart_structures::Item;

use super::{Malformed, Reader, Writer, code, intset, listpack};
use crate::types::{Member, Set, SetRules, Value};

pub(super) fn write(set: &Set, writer: &mut Writer<'_>) {
    if let Set::Ints(numbers) = set {
        writer.code(code::SET_INTSET);
        writer.string(&intset::write((0..numbers.len()).filter_map(|place| numbers.get(place))));
        return;
    }
    writer.code(code::SET);
    writer.length(set.len() as u64);
    for member in set.iter() {
        member.with_bytes(|bytes| writer.string(bytes));
    }
}

/// Reads a set that is one string.
pub(super) fn read(code: u8, reader: &mut Reader<'_>, rules: &SetRules) -> Result<Value, Malformed> {
    let (mut set, packed) = (Set::new(), reader.string()?);
    match code {
        code::SET_INTSET => {
            for number in intset::read(&packed)? {
                add(&mut set, Member::Int(number), rules)?;
            }
        }
        _ => {
            for item in listpack::read(&packed)? {
                let member = match item {
                    Item::Int(number) => Member::Int(number),
                    Item::Bytes(bytes) => Member::Bytes(bytes),
                };
                add(&mut set, member, rules)?;
            }
        }
    }
    Ok(Value::Set(set))
}

/// Reads another member.
pub(super) fn read_member(set: &mut Set, reader: &mut Reader<'_>, rules: &SetRules) -> Result<(), Malformed> {
    add(set, Member::Bytes(&reader.string()?), rules)
}

/// No member comes twice.
fn add(set: &mut Set, member: Member<'_>, rules: &SetRules) -> Result<(), Malformed> {
    if set.insert(member, rules) { Ok(()) } else { Err(Malformed) }
}
