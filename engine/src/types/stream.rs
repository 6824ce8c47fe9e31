//! A stream: entries under ids that only ever grow, and groups that read them.
//!
//! ```text
//!   entries   1-0  2-0  ✗    4-0  5-0  5-1          last id 5-1, 6 added, 3-0 the greatest that was deleted
//!                        ▲
//!   group     "mail"  ───┘ read up to 3-0
//!             consumers  ann: 1-0        delivered and not yet acknowledged,
//!                        bob: 2-0        each to one consumer
//! ```
//!
//! A stream without entries is still a stream: it remembers its last id and its groups.

mod group;
mod id;

use redstart_structures::{Blob, Entry, Journal, Keep, NodeMost, Ordered};

pub use self::group::{Consumer, ConsumerId, Group, Pending};
pub use self::id::{Id, ParsedId};

use super::{Held, Kind, Value, item};
use crate::argv::Args;

/// A stream value.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    entries: Journal,
    /// The greatest id that any entry had.
    pub last_id: Id,
    /// The greatest id of an entry that was deleted.
    pub max_deleted_id: Id,
    /// How many entries were ever added.
    pub entries_added: i64,
    groups: Ordered<Blob, Group>,
    group_bytes: usize,
}

/// How far a stream is: what it takes to tell how far behind a group is.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    len: i64,
    first_id: Id,
    last_id: Id,
    max_deleted_id: Id,
    added: i64,
}

impl Stream {
    /// An empty stream.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            entries: Journal::new(),
            last_id: Id::MIN,
            max_deleted_id: Id::MIN,
            entries_added: 0,
            groups: Ordered::new(),
            group_bytes: 0,
        }
    }

    /// A stream of these entries, the last of which had the id `last_id`.
    #[must_use]
    pub fn of_entries(entries: Journal, last_id: Id) -> Self {
        let entries_added = entries.len() as i64;
        Self { entries, last_id, entries_added, ..Self::new() }
    }

    /// Frees some entries, or what some groups remember of them; see [`Value::free_some`].
    pub(super) fn free_some(&mut self) -> bool {
        if self.entries.free_some() {
            return true;
        }
        let Some((_, group)) = self.groups.first_mut() else { return false };
        let bytes = group.heap_bytes();
        let is_left = group.free_some();
        let left = if is_left { group.heap_bytes() } else { 0 };
        self.group_bytes = (self.group_bytes + left).saturating_sub(bytes);
        if !is_left {
            self.groups.pop_first();
        }
        true
    }

    /// How many entries.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Its entries.
    #[must_use]
    pub const fn entries(&self) -> &Journal {
        &self.entries
    }

    /// The id of the first entry; without entries the smallest one.
    #[must_use]
    pub fn first_id(&self) -> Id {
        self.entries.first().map_or(Id::MIN, Id)
    }

    /// The id of the last entry that is still there.
    #[must_use]
    pub fn top_id(&self) -> Option<Id> {
        self.entries.last().map(Id)
    }

    /// Adds an entry: words are names and values in turn. Its id must be greater than the last one.
    pub fn push(&mut self, id: Id, words: Args<'_>, most: NodeMost) {
        let fields = (0..words.len() / 2).map(|nth| (item(words.at(2 * nth)), item(words.at(2 * nth + 1))));
        self.entries.push(id.0, fields, most);
        self.last_id = id;
        self.entries_added = self.entries_added.wrapping_add(1);
    }

    /// Deletes the entry of an id; tells whether there is one.
    pub fn delete(&mut self, id: Id) -> bool {
        let deleted = self.entries.remove(id.0);
        if deleted {
            self.max_deleted_id = self.max_deleted_id.max(id);
        }
        deleted
    }

    /// Removes entries from the front; tells how many it did. See [`Journal::trim`].
    pub fn trim(&mut self, keep: Keep, whole_nodes: bool, most: usize) -> usize {
        self.entries.trim(keep, whole_nodes, most)
    }

    /// How many groups it has.
    #[must_use]
    pub const fn groups_len(&self) -> usize {
        self.groups.len()
    }

    /// Its groups in the order of their names.
    pub fn groups(&self) -> impl Iterator<Item = (&Blob, &Group)> {
        self.groups.iter()
    }

    /// The first group of a name or a greater one.
    #[must_use]
    pub fn group_from(&self, name: &Blob) -> Option<(&Blob, &Group)> {
        self.groups.range(name..).next()
    }

    /// The group of a name.
    #[must_use]
    pub fn group(&self, name: &[u8]) -> Option<&Group> {
        self.groups.get(name)
    }

    /// Changes a group, beside the entries that it reads; `None` if there is no such group.
    pub fn edit_group<R>(&mut self, name: &[u8], edit: impl FnOnce(&mut Group, &Journal) -> R) -> Option<R> {
        let group = self.groups.get_mut(name)?;
        let before = group.heap_bytes();
        let result = edit(group, &self.entries);
        self.group_bytes = self.group_bytes + group.heap_bytes() - before;
        Some(result)
    }

    /// Adds a group; tells whether the name was free.
    pub fn add_group(&mut self, name: &[u8], group: Group) -> bool {
        if self.groups.contains_key(name) {
            return false;
        }
        self.group_bytes += Self::bytes_of(name, &group);
        self.groups.insert(Blob::from(name), group);
        true
    }

    /// Removes a group; tells whether there is one.
    pub fn remove_group(&mut self, name: &[u8]) -> bool {
        let Some(group) = self.groups.remove(name) else { return false };
        self.group_bytes -= Self::bytes_of(name, &group);
        true
    }

    fn bytes_of(name: &[u8], group: &Group) -> usize {
        Blob::from(name).heap_bytes() + size_of::<Blob>() + size_of::<Group>() + group.heap_bytes()
    }

    /// Gives a consumer of a group up to `count` entries that nobody in the group has had, and, if they are to be
    /// acknowledged, remembers that it has them. `None` for a group or a consumer that isn't there.
    pub fn deliver(
        &mut self,
        group: &[u8],
        consumer: ConsumerId,
        count: usize,
        acknowledged_ms: Option<i64>,
        mut each: impl FnMut(Entry<'_>),
    ) -> Option<()> {
        let extent = self.extent();
        self.edit_group(group, |group, entries| {
            let Some(from) = group.last_id.next() else { return };
            for entry in entries.forwards(from.0, u128::MAX).take(count) {
                group.advance(Id(entry.id()), extent);
                if let Some(now_ms) = acknowledged_ms {
                    group.deliver(Id(entry.id()), consumer, now_ms);
                }
                each(entry);
            }
        })
    }

    /// How far it is.
    #[must_use]
    pub fn extent(&self) -> Extent {
        Extent {
            len: self.len() as i64,
            first_id: self.first_id(),
            last_id: self.last_id,
            max_deleted_id: self.max_deleted_id,
            added: self.entries_added,
        }
    }

    /// The bytes it takes outside of itself.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.entries.heap_bytes() + self.group_bytes
    }
}

impl Extent {
    /// Whether entries from an id on may have been deleted from between others.
    const fn has_gaps_from(self, id: Id) -> bool {
        self.len > 0 && !self.is_whole() && id.0 <= self.max_deleted_id.0
    }

    /// Whether nothing was deleted from between the entries that are there.
    const fn is_whole(self) -> bool {
        self.max_deleted_id.0 == 0 || self.max_deleted_id.0 < self.first_id.0
    }

    /// How many entries were ever added up to an id, if that can be told.
    #[must_use]
    pub const fn added_up_to(self, id: Id) -> Option<i64> {
        if self.added == 0 {
            return Some(0);
        }
        if self.len == 0 && id.0 <= self.last_id.0 || id.0 == self.last_id.0 {
            return Some(self.added);
        }
        if id.0 > self.last_id.0 || !self.is_whole() || id.0 > self.first_id.0 {
            return None;
        }
        let up_to_first = self.added.wrapping_sub(self.len);
        Some(up_to_first.wrapping_add((id.0 == self.first_id.0) as i64))
    }

    /// How many entries a group has yet to read, if that can be told.
    #[must_use]
    pub const fn lag(self, group: &Group) -> Option<i64> {
        if self.added == 0 {
            return Some(0);
        }
        let read = match group.entries_read {
            Some(read) if !self.has_gaps_from(group.last_id) => Some(read),
            _ => self.added_up_to(group.last_id),
        };
        match read {
            Some(read) => Some(self.added.wrapping_sub(read)),
            None => None,
        }
    }
}

impl Kind for Stream {
    type Ref<'a> = &'a Self;

    #[inline]
    fn of(value: Held<'_>) -> Option<Self::Ref<'_>> {
        if let Held::Stream(stream) = value { Some(stream) } else { None }
    }

    #[inline]
    fn of_mut(value: &mut Value) -> Option<&mut Self> {
        if let Value::Stream(stream) = value { Some(stream) } else { None }
    }

    fn into_value(self) -> Value {
        Value::Stream(alloc::boxed::Box::new(self))
    }

    /// A stream without entries is kept.
    fn is_empty(&self) -> bool {
        false
    }
}
