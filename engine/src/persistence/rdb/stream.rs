//! Streams, as RDB tells them.
//!
//! ```text
//!   nodes    count, then for each: the id it begins with, and a listpack:
//!            live, removed, count of names, each name, 0, then for each entry
//!            flags, ms, seq, [count,] values or names and values, how many elements those were
//!   stream   length, last id, and since 7.0: first id, greatest deleted id, entries added
//!   groups   count, then for each: name, last id, since 7.0 entries read,
//!            pending: count, then for each: id, when it was delivered, how often
//!            consumers: count, then for each: name, when seen, since 7.2 when active, the ids that it has
//! ```
//!
//! Nodes keep their borders, because what a trim removes depends on them.

use alloc::vec::Vec;
use core::mem;

use redstart_structures::{Blob, Item, Journal, NodeView, Ordered};

use super::listpack::Listpack;
use super::{Malformed, Reader, Writer, code, listpack};
use crate::types::{Consumer, ConsumerId, Group, Id, Pending, Stream};

/// The entry is removed.
const REMOVED: i64 = 1;
/// The entry has the names of the node.
const SHARED: i64 = 2;

/// Ids of what is pending that are written in one go.
const IDS_AT_ONCE: usize = 256;

/// Where the writing of a stream goes on. A name stands for itself and all greater ones.
#[derive(Debug)]
pub(super) enum Place {
    /// The nodes from this id on.
    Nodes(u128),
    /// What is known of all entries together.
    Summary,
    /// The groups from this name on.
    Groups(Blob),
    /// What is pending in a group, from this id on.
    Pending(Blob, Id),
    /// The consumers of a group, from this name on.
    Consumers(Blob, Blob),
    /// The ids that a consumer of a group has, from this one on.
    Ids(Blob, Blob, Id),
}

/// The least name that is greater.
fn after(name: &[u8]) -> Blob {
    Blob::from([name, b"\0"].concat())
}

pub(super) fn write(stream: &Stream, writer: &mut Writer<'_>) {
    let mut place = Some(begin(stream, writer));
    while let Some(here) = place {
        place = write_some(stream, here, writer);
    }
}

/// How many nodes follow.
pub(super) fn begin(stream: &Stream, writer: &mut Writer<'_>) -> Place {
    writer.code(code::STREAM_2);
    writer.length(stream.entries().nodes_len() as u64);
    Place::Nodes(0)
}

/// Some of what is in a place; gives the next one, if there is one.
pub(super) fn write_some(stream: &Stream, place: Place, writer: &mut Writer<'_>) -> Option<Place> {
    Some(match place {
        Place::Nodes(from) => match stream.entries().node_from(from) {
            Some(node) => {
                writer.string(&node.first().to_be_bytes());
                writer.string(&pack(node));
                node.first().checked_add(1).map_or(Place::Summary, Place::Nodes)
            }
            None => Place::Summary,
        },
        Place::Summary => {
            write_summary(stream, writer);
            Place::Groups(Blob::new())
        }
        Place::Groups(from) => {
            let (name, group) = stream.group_from(&from)?;
            writer.string(name);
            write_id(group.last_id, writer);
            writer.length(group.entries_read.unwrap_or(-1) as u64);
            writer.length(group.pending_len() as u64);
            Place::Pending(name.clone(), Id::MIN)
        }
        Place::Pending(name, from) => {
            let group = stream.group(&name)?;
            match write_pending(group, from, writer) {
                Some(from) => Place::Pending(name, from),
                None => {
                    writer.length(group.consumers_len() as u64);
                    Place::Consumers(name, Blob::new())
                }
            }
        }
        Place::Consumers(group, from) => match stream.group(&group)?.consumers_from(&from).next() {
            Some(consumer) => {
                writer.string(&consumer.name);
                writer.moment_ms(consumer.seen_ms);
                writer.length(consumer.pending_len() as u64);
                Place::Ids(group, consumer.name.clone(), Id::MIN)
            }
            None => Place::Groups(after(&group)),
        },
        Place::Ids(group, name, from) => {
            let consumer = stream.group(&group)?.consumers_from(&name).next()?;
            match write_ids(consumer, from, writer) {
                Some(from) => Place::Ids(group, name, from),
                None => Place::Consumers(group, after(&name)),
            }
        }
    })
}

fn write_summary(stream: &Stream, writer: &mut Writer<'_>) {
    writer.length(stream.len() as u64);
    for id in [stream.last_id, stream.first_id(), stream.max_deleted_id] {
        write_id(id, writer);
    }
    writer.length(stream.entries_added as u64);
    writer.length(stream.groups_len() as u64);
}

/// Some of what is pending in a group, from an id on; gives the id from which on there may be more.
fn write_pending(group: &Group, from: Id, writer: &mut Writer<'_>) -> Option<Id> {
    let mut last = None;
    for (id, pending) in group.all_pending(from).take(IDS_AT_ONCE) {
        writer.raw(&id.0.to_be_bytes());
        writer.moment_ms(pending.delivered_ms);
        writer.length(pending.deliveries as u64);
        last = Some(id);
    }
    last?.next()
}

/// Some of the ids that a consumer has, in the same way.
fn write_ids(consumer: &Consumer, from: Id, writer: &mut Writer<'_>) -> Option<Id> {
    let mut last = None;
    for id in consumer.pending(from).take(IDS_AT_ONCE) {
        writer.raw(&id.0.to_be_bytes());
        last = Some(id);
    }
    last?.next()
}

fn write_id(id: Id, writer: &mut Writer<'_>) {
    writer.length(id.ms());
    writer.length(id.seq());
}

fn pack(node: NodeView<'_>) -> Vec<u8> {
    let mut packed = Listpack::new();
    let int = |packed: &mut Listpack, value: usize| packed.push(Item::Int(value as i64));
    int(&mut packed, node.len());
    int(&mut packed, node.removed());
    int(&mut packed, node.names().count());
    node.names().for_each(|name| packed.push(name));
    int(&mut packed, 0);
    let first = Id(node.first());
    for entry in node.entries() {
        let (id, shared, fields) = (Id(entry.id()), entry.shares_names(), entry.fields());
        let flags = if entry.is_removed() { REMOVED } else { 0 } | if shared { SHARED } else { 0 };
        packed.push(Item::Int(flags));
        packed.push(Item::Int(id.ms().wrapping_sub(first.ms()) as i64));
        packed.push(Item::Int(id.seq().wrapping_sub(first.seq()) as i64));
        let len = fields.len();
        if !shared {
            int(&mut packed, len);
        }
        for (name, value) in fields {
            if !shared {
                packed.push(name);
            }
            packed.push(value);
        }
        int(&mut packed, if shared { 3 + len } else { 4 + 2 * len });
    }
    packed.finish()
}

/// A stream that is being read, and what comes next of it.
#[derive(Debug)]
pub(super) struct Reading {
    code: u8,
    nodes: Nodes,
    stream: Stream,
    group: Option<ReadGroup>,
    next: Section,
    /// How many nodes, then how many groups are still to come.
    left: u64,
}

/// What comes next of a stream.
#[derive(Clone, Copy, Debug)]
enum Section {
    Node,
    Summary,
    Group,
    /// So many more entries are pending in the group.
    Pending(u64),
    /// So many more consumers.
    Consumer(u64),
    /// So many more ids of this one, then so many more consumers.
    Ids(ConsumerId, u64, u64),
}

/// A group that is being read, in which every pending entry must have one consumer.
#[derive(Debug)]
struct ReadGroup {
    name: Vec<u8>,
    group: Group,
    /// Those that have none yet: when they were delivered, and how often.
    pending: Ordered<Id, (i64, i64)>,
}

impl Reading {
    /// Reads how many nodes follow.
    pub(super) fn begin(code: u8, reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let left = reader.length()?;
        let (nodes, stream) = (Nodes::default(), Stream::new());
        Ok(Self { code, nodes, stream, group: None, next: Section::Node, left })
    }

    /// Reads what comes next; tells whether there may be more.
    pub(super) fn read_some(&mut self, reader: &mut Reader<'_>) -> Result<bool, Malformed> {
        self.next = match self.next {
            Section::Node if self.left == 0 => Section::Summary,
            Section::Node => {
                let (first, node) = (reader.string()?, reader.string()?);
                let first = <[u8; 16]>::try_from(&*first).map_err(|_| Malformed)?;
                self.nodes.read(u128::from_be_bytes(first), &listpack::read(&node)?)?;
                self.left -= 1;
                Section::Node
            }
            Section::Summary => {
                self.read_summary(reader)?;
                Section::Group
            }
            Section::Group if self.left == 0 => return Ok(false),
            Section::Group => self.read_group(reader)?,
            Section::Pending(0) => Section::Consumer(reader.length()?),
            Section::Pending(left) => {
                let (id, delivered_ms, deliveries) =
                    (read_raw_id(reader)?, reader.moment_ms()?, reader.length()? as i64);
                let group = self.group.as_mut().ok_or(Malformed)?;
                if group.pending.insert(id, (delivered_ms, deliveries)).is_some() {
                    return Err(Malformed);
                }
                Section::Pending(left - 1)
            }
            Section::Consumer(0) => {
                self.end_group()?;
                Section::Group
            }
            Section::Consumer(left) => self.read_consumer(reader, left - 1)?,
            Section::Ids(_, 0, consumers) => Section::Consumer(consumers),
            Section::Ids(consumer, left, consumers) => {
                let id = read_raw_id(reader)?;
                let ReadGroup { group, pending, .. } = self.group.as_mut().ok_or(Malformed)?;
                let (delivered_ms, deliveries) = pending.remove(&id).ok_or(Malformed)?;
                group.assign(id, Pending { consumer, delivered_ms, deliveries });
                Section::Ids(consumer, left - 1, consumers)
            }
        };
        Ok(true)
    }

    /// What is known of all entries together, and how many groups there are.
    fn read_summary(&mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        let (len, last_id) = (reader.length()?, read_id(reader)?);
        // The first id follows from the entries.
        let since = match self.code {
            code::STREAM => None,
            _ => Some((read_id(reader)?, read_id(reader)?, reader.length()? as i64)),
        };
        self.left = reader.length()?;
        let journal = mem::take(&mut self.nodes).journal;
        if len != journal.len() as u64 || journal.last().is_some_and(|last| last > last_id.0) {
            return Err(Malformed);
        }
        self.stream = Stream::of_entries(journal, last_id);
        if let Some((_, max_deleted_id, entries_added)) = since {
            (self.stream.max_deleted_id, self.stream.entries_added) = (max_deleted_id, entries_added);
        }
        Ok(())
    }

    fn read_group(&mut self, reader: &mut Reader<'_>) -> Result<Section, Malformed> {
        let (name, last_id) = (reader.string()?.to_vec(), read_id(reader)?);
        let entries_read = match self.code {
            // What was not counted yet is worked out, where it can be.
            code::STREAM => self.stream.extent().added_up_to(last_id),
            _ => Some(reader.length()? as i64).filter(|&read| read != -1),
        };
        let pending = reader.length()?;
        let group = Group::new(last_id, entries_read);
        self.group = Some(ReadGroup { name, group, pending: Ordered::new() });
        Ok(Section::Pending(pending))
    }

    fn end_group(&mut self) -> Result<(), Malformed> {
        let ReadGroup { name, group, pending } = self.group.take().ok_or(Malformed)?;
        self.left -= 1;
        if pending.is_empty() && self.stream.add_group(&name, group) { Ok(()) } else { Err(Malformed) }
    }

    /// A consumer, after whom there are so many others.
    fn read_consumer(&mut self, reader: &mut Reader<'_>, others: u64) -> Result<Section, Malformed> {
        let (name, seen_ms) = (reader.string()?, reader.moment_ms()?);
        if self.code == code::STREAM_3 {
            reader.moment_ms()?;
        }
        let ids = reader.length()?;
        let group = self.group.as_mut().ok_or(Malformed)?;
        let (consumer, is_new) = group.group.hear_of(&name, seen_ms);
        if is_new { Ok(Section::Ids(consumer, ids, others)) } else { Err(Malformed) }
    }

    /// The stream, once all of it is read.
    pub(super) fn finish(self) -> Stream {
        self.stream
    }
}

fn read_id(reader: &mut Reader<'_>) -> Result<Id, Malformed> {
    Ok(Id::new(reader.length()?, reader.length()?))
}

fn read_raw_id(reader: &mut Reader<'_>) -> Result<Id, Malformed> {
    reader.array().map(u128::from_be_bytes).map(Id)
}

/// Entries that are being read.
#[derive(Debug, Default)]
struct Nodes {
    journal: Journal,
    /// The id that the last node begins with.
    last_node: Option<u128>,
    /// The id of the last entry that is not removed.
    last: Option<u128>,
}

impl Nodes {
    /// Reads a node, all of whose counts must be right. Ids must grow, but for those of removed entries.
    fn read(&mut self, first: u128, items: &[Item<'_>]) -> Result<(), Malformed> {
        if self.last_node.replace(first).is_some_and(|last| last >= first) {
            return Err(Malformed);
        }
        let mut rest = items;
        let (live, removed) = (take_count(&mut rest)?, take_count(&mut rest)?);
        let names_len = take_count(&mut rest)?;
        let names = take(&mut rest, names_len)?;
        if names.is_empty() || take_count(&mut rest)? != 0 {
            return Err(Malformed);
        }
        self.journal.begin_node(first, names.iter().copied());
        let mut found = (0, 0);
        while !rest.is_empty() {
            let counter = if self.read_entry(first, names, &mut rest)? { &mut found.1 } else { &mut found.0 };
            *counter += 1;
        }
        if found == (live, removed) && live + removed > 0 { Ok(()) } else { Err(Malformed) }
    }

    /// Reads an entry; tells whether it is a removed one.
    fn read_entry(
        &mut self,
        first: u128,
        names: &[Item<'_>],
        rest: &mut &[Item<'_>],
    ) -> Result<bool, Malformed> {
        let before = rest.len();
        let (flags, ms, seq) = (take_int(rest)?, take_int(rest)?, take_int(rest)?);
        let first = Id(first);
        let id = Id::new(first.ms().wrapping_add(ms as u64), first.seq().wrapping_add(seq as u64)).0;
        let is_removed = flags & REMOVED != 0;
        let is_too_small = !is_removed && self.last.is_some_and(|last| last >= id);
        if flags & !(REMOVED | SHARED) != 0 || is_too_small {
            return Err(Malformed);
        }
        if flags & SHARED != 0 {
            let values = take(rest, names.len())?;
            let fields = names.iter().copied().zip(values.iter().copied());
            self.journal.push_to_node(id, fields, is_removed);
        } else {
            let len = take_count(rest)?;
            let (pairs, _) = take(rest, len.checked_mul(2).ok_or(Malformed)?)?.as_chunks();
            if pairs.is_empty() {
                return Err(Malformed);
            }
            let fields = pairs.iter().map(|&[name, value]| (name, value));
            self.journal.push_to_node(id, fields, is_removed);
        }
        let elements = before - rest.len();
        if take_count(rest)? != elements {
            return Err(Malformed);
        }
        if !is_removed {
            self.last = Some(id);
        }
        Ok(is_removed)
    }
}

fn take<'i, 'b>(rest: &mut &'i [Item<'b>], count: usize) -> Result<&'i [Item<'b>], Malformed> {
    let (taken, left) = rest.split_at_checked(count).ok_or(Malformed)?;
    *rest = left;
    Ok(taken)
}

fn take_int(rest: &mut &[Item<'_>]) -> Result<i64, Malformed> {
    match take(rest, 1)? {
        [Item::Int(value)] => Ok(*value),
        _ => Err(Malformed),
    }
}

fn take_count(rest: &mut &[Item<'_>]) -> Result<usize, Malformed> {
    usize::try_from(take_int(rest)?).map_err(|_| Malformed)
}
