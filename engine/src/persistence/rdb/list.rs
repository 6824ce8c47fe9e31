//! Lists, as RDB tells them.

use redstart_structures::{self as structures, Item};

use super::listpack::Listpack;
use super::{Malformed, Reader, Writer, code, listpack, ziplist};
use crate::types::{End, Kind, List, NodeLimit, Value, text};

/// A node that is one element, as it is.
const PLAIN: u64 = 1;
/// A node that is a listpack.
const PACKED: u64 = 2;

/// An element so long is not put into a listpack, whose length would be more than it can tell.
const PLAIN_FROM: usize = 1 << 30;

/// Writes the nodes as they are.
pub(super) fn write(list: &List, writer: &mut Writer<'_>) {
    begin(list, writer);
    list.nodes().for_each(|node| write_node(node, writer));
}

/// How many nodes follow.
pub(super) fn begin(list: &List, writer: &mut Writer<'_>) {
    writer.code(code::LIST_QUICKLIST_2);
    writer.length(list.nodes().len() as u64);
}

pub(super) fn write_node(node: &structures::Listpack, writer: &mut Writer<'_>) {
    if let Some(Item::Bytes(bytes)) = node.get(0)
        && bytes.len() >= PLAIN_FROM
    {
        writer.length(PLAIN);
        writer.string(bytes);
        return;
    }
    let mut packed = Listpack::new();
    node.iter().for_each(|item| packed.push(item));
    writer.length(PACKED);
    writer.string(&packed.finish());
}

pub(super) fn read(code: u8, reader: &mut Reader<'_>, limit: NodeLimit) -> Result<Value, Malformed> {
    let mut list = List::new(limit);
    let mut push = |item: Item<'_>| list.push(End::Right, &text(item));
    match code {
        code::LIST_ZIPLIST => ziplist::read(&reader.string()?)?.into_iter().for_each(push),
        code::LIST => {
            for _ in 0..reader.count()? {
                push(Item::Bytes(&reader.string()?));
            }
        }
        _ => {
            for _ in 0..reader.count()? {
                let container = if code == code::LIST_QUICKLIST { None } else { Some(reader.length()?) };
                let node = reader.string()?;
                match container {
                    None => ziplist::read(&node)?.into_iter().for_each(&mut push),
                    Some(PACKED) => listpack::read(&node)?.into_iter().for_each(&mut push),
                    Some(PLAIN) if !node.is_empty() => push(Item::Bytes(&node)),
                    Some(_) => return Err(Malformed),
                }
            }
        }
    }
    Ok(list.into_value())
}
