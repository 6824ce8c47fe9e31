//! A large value, written bit by bit.
//!
//! ```text
//!   begin    code key count              how much is to come is known from the start
//!   go on    element element …           as many as fit into a slice …
//!   go on    element element …           … until nothing is left
//! ```
//!
//! Between two slices others are served. The value must stay as it is meanwhile; who wants to change it has it written to
//! its end first.

use core::mem;

use super::{Writer, code, hash, list, sorted_set, stream, write_value};
use crate::types::{Group, HashView, Held, Set, SortedSet, Stream};

/// A string so long is not compressed: that would take too long to be done in one go, and can't be done in parts.
const LONG: usize = 1 << 20;

/// Bytes of a string that are written in one go.
const STRETCH: usize = 64 * 1024;

/// More elements than these are not written in one go …
const MANY: usize = 2048;

/// … nor more nodes of a list or a stream.
const MANY_NODES: usize = 32;

/// Where it goes on.
#[derive(Debug)]
pub struct Parts(Next);

#[derive(Debug)]
enum Next {
    /// The bytes of a string from here on.
    Bytes(usize),
    /// The nodes of a list from this one on.
    Nodes(usize),
    /// The part of a table at this cursor.
    Table(u64),
    /// The elements of a sorted set below this rank.
    Ranks(usize),
    /// What is in a stream from here on.
    Stream(stream::Place),
    /// It is all written.
    Nothing,
}

impl Parts {
    /// Whether it takes too long to write a value in one go.
    #[must_use]
    pub fn are_wanted(value: Held<'_>) -> bool {
        match value {
            Held::Str(string) => string.len() >= LONG,
            Held::List(list) => list.nodes().len() > MANY_NODES,
            Held::Set(Set::Table(_)) | Held::SortedSet(SortedSet::Table(_)) => value.elements() > MANY,
            Held::Hash(hash) => !hash.is_packed() && hash.len() > MANY,
            Held::Stream(stream) => stream.entries().nodes_len() > MANY_NODES || has_many_pending(stream),
            Held::Set(_) | Held::SortedSet(_) => false,
        }
    }

    /// Writes what stands in front of the elements.
    #[must_use]
    pub fn begin(value: Held<'_>, writer: &mut Writer<'_>) -> Self {
        Self(match value {
            Held::Str(string) => {
                writer.code(code::STRING);
                writer.length(string.len() as u64);
                Next::Bytes(0)
            }
            Held::List(list) => {
                list::begin(list, writer);
                Next::Nodes(0)
            }
            Held::Set(set @ Set::Table(_)) => {
                writer.code(code::SET);
                writer.length(set.len() as u64);
                Next::Table(0)
            }
            Held::SortedSet(set @ SortedSet::Table(_)) => {
                sorted_set::begin(set, writer);
                Next::Ranks(set.len())
            }
            Held::Hash(hash) if !hash.is_packed() => {
                hash::begin(hash, writer);
                Next::Table(0)
            }
            Held::Stream(stream) => Next::Stream(stream::begin(stream, writer)),
            small => {
                write_value(small, writer);
                Next::Nothing
            }
        })
    }

    /// Writes on, for about so many bytes; tells whether that was all.
    pub fn go_on(&mut self, value: Held<'_>, writer: &mut Writer<'_>, bytes: usize) -> bool {
        let end = writer.len().saturating_add(bytes);
        while writer.len() < end {
            self.0 = match (mem::replace(&mut self.0, Next::Nothing), value) {
                (Next::Bytes(at), Held::Str(string)) => {
                    let text = string.bytes();
                    let rest = text.get(at..).unwrap_or_default();
                    let stretch = rest.get(..STRETCH).unwrap_or(rest);
                    writer.raw(stretch);
                    next(at + stretch.len(), stretch.len() == rest.len(), Next::Bytes)
                }
                (Next::Nodes(at), Held::List(list)) => {
                    list.nodes().nth(at).into_iter().for_each(|node| list::write_node(node, writer));
                    next(at + 1, at + 1 >= list.nodes().len(), Next::Nodes)
                }
                (Next::Table(cursor), Held::Set(set)) => {
                    let cursor = set.scan(cursor, |member| member.with_bytes(|bytes| writer.string(bytes)));
                    next(cursor, cursor == 0, Next::Table)
                }
                (Next::Table(cursor), Held::Hash(hash)) => {
                    let cursor = write_fields(hash, cursor, writer);
                    next(cursor, cursor == 0, Next::Table)
                }
                (Next::Ranks(below), Held::SortedSet(set)) => {
                    let start = below.saturating_sub(MANY / 16);
                    sorted_set::write_ranks(set, start..below, writer);
                    next(start, start == 0, Next::Ranks)
                }
                (Next::Stream(place), Held::Stream(stream)) => {
                    stream::write_some(stream, place, writer).map_or(Next::Nothing, Next::Stream)
                }
                _ => return true,
            };
        }
        matches!(self.0, Next::Nothing)
    }
}

fn has_many_pending(stream: &Stream) -> bool {
    let count = |group: &Group| group.pending_len() + group.consumers_len();
    stream.groups_len() > MANY_NODES || stream.groups().any(|(_, group)| count(group) > MANY)
}

fn next<T>(at: T, is_done: bool, place: fn(T) -> Next) -> Next {
    if is_done { Next::Nothing } else { place(at) }
}

/// Writes the part of a table of fields at a cursor; gives the next one.
fn write_fields(hash: HashView<'_>, cursor: u64, writer: &mut Writer<'_>) -> u64 {
    let first = hash.next_deadline();
    hash.scan(cursor, |field, value| hash::write_field(hash, first, field, value, writer))
}
