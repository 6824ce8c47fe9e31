//! Values, each choosing its encoding by what it holds.

mod hash;
pub mod hyperloglog;
mod list;
mod set;
mod sorted_set;
mod stream;
mod string;

use alloc::boxed::Box;

use redstart_structures::allocated;

pub use self::hash::{Hash, HashRules};
pub use self::list::{End, List, NodeLimit, item, places, text};
pub use self::set::{Member, Set, SetRules, Table};
pub use self::sorted_set::{Elements, Packed, Scored, SortedSet, SortedSetRules, Table as SortedTable};
pub use self::stream::{Consumer, ConsumerId, Extent, Group, Id, ParsedId, Pending, Stream};
pub use self::string::{Str, Text};

/// What a deadline takes in a row of them: a node of the tree has 192 bytes for up to eleven; it is two thirds full, or hardly more than
/// half if deadlines come in their order.
pub(crate) const DEADLINE_BYTES: usize = 32;

/// What a key holds.
#[derive(Clone, Debug)]
pub enum Value {
    /// A string.
    Str(Str),
    /// A list.
    List(Box<List>),
    /// A set.
    Set(Set),
    /// A sorted set.
    SortedSet(SortedSet),
    /// A hash.
    Hash(Box<Hash>),
    /// A stream.
    Stream(Box<Stream>),
}

impl Value {
    /// The name that TYPE gives.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Str(_) => "string",
            Self::List(_) => "list",
            Self::Set(_) => "set",
            Self::SortedSet(_) => "zset",
            Self::Hash(_) => "hash",
            Self::Stream(_) => "stream",
        }
    }

    /// The name that OBJECT ENCODING gives.
    #[must_use]
    pub const fn encoding(&self) -> &'static str {
        match self {
            Self::Str(string) => string.encoding(),
            Self::List(_) => "quicklist",
            Self::Set(set) => set.encoding(),
            Self::SortedSet(set) => set.encoding(),
            Self::Hash(hash) => hash.encoding(),
            Self::Stream(_) => "stream",
        }
    }

    /// The first byte of what lies outside of itself: reading it brings the rest near.
    #[inline]
    #[must_use]
    pub fn first_byte(&self) -> u8 {
        match self {
            Self::Str(Str::Raw(bytes)) => bytes.first().copied().unwrap_or(0),
            Self::Str(_) | Self::Set(_) => 0,
            Self::List(list) => list.len() as u8,
            Self::SortedSet(set) => set.len() as u8,
            Self::Hash(hash) => hash.len() as u8,
            Self::Stream(stream) => stream.len() as u8,
        }
    }

    /// The bytes it takes outside of itself.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        match self {
            Self::Str(string) => string.heap_bytes(),
            Self::List(list) => allocated(size_of::<List>()) + list.heap_bytes(),
            Self::Set(set) => set.heap_bytes(),
            Self::SortedSet(set) => set.heap_bytes(),
            Self::Hash(hash) => allocated(size_of::<Hash>()) + hash.heap_bytes(),
            Self::Stream(stream) => allocated(size_of::<Stream>()) + stream.heap_bytes(),
        }
    }

    /// When the next of its fields expires, in Unix milliseconds: only a hash has such.
    #[inline]
    #[must_use]
    pub fn next_deadline(&self) -> Option<i64> {
        if let Self::Hash(hash) = self { hash.next_deadline() } else { None }
    }

    /// Whether it is a hash in which the time of all fields has come.
    #[must_use]
    pub fn is_due(&self, now_ms: i64) -> bool {
        if let Self::Hash(hash) = self { hash.is_due(now_ms) } else { false }
    }
}

/// A type that a key can hold.
pub trait Kind: Sized {
    /// The value, if it is of this type.
    fn of(value: &Value) -> Option<&Self>;
    /// The value for editing, if it is of this type.
    fn of_mut(value: &mut Value) -> Option<&mut Self>;
    /// Itself as a value.
    fn into_value(self) -> Value;
    /// Whether it is a collection of nothing: a key can't hold such a one. A string of no bytes is still a string.
    fn is_empty(&self) -> bool;

    /// When the next part of it expires, in Unix milliseconds, if parts of it do.
    #[inline]
    fn next_deadline(&self) -> Option<i64> {
        None
    }
}

impl Kind for Str {
    #[inline]
    fn of(value: &Value) -> Option<&Self> {
        if let Value::Str(string) = value { Some(string) } else { None }
    }

    #[inline]
    fn of_mut(value: &mut Value) -> Option<&mut Self> {
        if let Value::Str(string) = value { Some(string) } else { None }
    }

    fn into_value(self) -> Value {
        Value::Str(self)
    }

    #[inline]
    fn is_empty(&self) -> bool {
        false
    }
}

impl Kind for Set {
    #[inline]
    fn of(value: &Value) -> Option<&Self> {
        if let Value::Set(set) = value { Some(set) } else { None }
    }

    #[inline]
    fn of_mut(value: &mut Value) -> Option<&mut Self> {
        if let Value::Set(set) = value { Some(set) } else { None }
    }

    fn into_value(self) -> Value {
        Value::Set(self)
    }

    #[inline]
    fn is_empty(&self) -> bool {
        Self::is_empty(self)
    }
}
