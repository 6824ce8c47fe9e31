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

pub(super) fn read(code: u8, reader: &mut Reader<'_>, rules: &SetRules) -> Result<Value, Malformed> {
    let mut set = Set::new();
    // No member comes twice.
    let mut add = |member: Member<'_>| if set.insert(member, rules) { Ok(()) } else { Err(Malformed) };
    match code {
        code::SET_INTSET => {
            for number in intset::read(&reader.string()?)? {
                add(Member::Int(number))?;
            }
        }
        code::SET_LISTPACK => {
            for item in listpack::read(&reader.string()?)? {
                add(match item {
                    Item::Int(number) => Member::Int(number),
                    Item::Bytes(bytes) => Member::Bytes(bytes),
                })?;
            }
        }
        _ => {
            for _ in 0..reader.count()? {
                add(Member::Bytes(&reader.string()?))?;
            }
        }
    }
    Ok(Value::Set(set))
}
