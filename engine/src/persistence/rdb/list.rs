//! Lists, as RDB tells them.

use alloc::vec::Vec;

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

/// Reads a list that is one string.
pub(super) fn read(reader: &mut Reader<'_>, limit: NodeLimit) -> Result<Value, Malformed> {
    let mut list = List::new(limit);
    push_all(&mut list, ziplist::read(&reader.string()?)?);
    Ok(list.into_value())
}

/// Reads another element, or another node of them.
pub(super) fn read_node(list: &mut List, code: u8, reader: &mut Reader<'_>) -> Result<(), Malformed> {
    let container = if code == code::LIST_QUICKLIST_2 { Some(reader.length()?) } else { None };
    let node = reader.string()?;
    match container {
        None if code == code::LIST => list.push(End::Right, &node),
        None => push_all(list, ziplist::read(&node)?),
        Some(PACKED) => push_all(list, listpack::read(&node)?),
        Some(PLAIN) if !node.is_empty() => list.push(End::Right, &node),
        Some(_) => return Err(Malformed),
    }
    Ok(())
}

fn push_all(list: &mut List, items: Vec<Item<'_>>) {
    items.into_iter().for_each(|item| list.push(End::Right, &text(item)));
}
