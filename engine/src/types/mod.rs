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

pub use self::hash::{Hash, HashRules, HashView, Pairs};
pub use self::list::{End, List, NodeLimit, item, places, text};
pub use self::set::{Member, Set, SetRules, Table};
pub use self::sorted_set::{Elements, Packed, Scored, SortedSet, SortedSetRules, Table as SortedTable};
pub use self::stream::{Consumer, ConsumerId, Extent, Group, Id, ParsedId, Pending, Stream};
pub use self::string::{Str, StrView, Text};

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

/// What a key holds, to be looked at.
#[derive(Clone, Copy, Debug)]
pub enum Held<'a> {
    /// A string.
    Str(StrView<'a>),
    /// A list.
    List(&'a List),
    /// A set.
    Set(&'a Set),
    /// A sorted set.
    SortedSet(&'a SortedSet),
    /// A hash.
    Hash(HashView<'a>),
    /// A stream.
    Stream(&'a Stream),
}

impl Value {
    /// Itself, to be looked at.
    #[inline]
    #[must_use]
    pub fn held(&self) -> Held<'_> {
        match self {
            Self::Str(string) => Held::Str(StrView::Own(string)),
            Self::List(list) => Held::List(list),
            Self::Set(set) => Held::Set(set),
            Self::SortedSet(set) => Held::SortedSet(set),
            Self::Hash(hash) => Held::Hash(hash.view()),
            Self::Stream(stream) => Held::Stream(stream),
        }
    }

    /// The bytes it takes outside of itself.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.held().heap_bytes()
    }

    /// Frees a few hundred of its elements, whichever they are; false once it may as well be dropped. It is good for
    /// nothing else from then on.
    pub fn free_some(&mut self) -> bool {
        match self {
            Self::Str(_) => false,
            Self::List(list) => list.free_some(),
            Self::Set(set) => set.free_some(),
            Self::SortedSet(set) => set.free_some(),
            Self::Hash(hash) => hash.free_some(),
            Self::Stream(stream) => stream.free_some(),
        }
    }

    /// When the next of its fields expires, in Unix milliseconds: only a hash has such.
    #[inline]
    #[must_use]
    pub fn next_deadline(&self) -> Option<i64> {
        self.held().next_deadline()
    }
}

impl Held<'_> {
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
    pub fn encoding(&self) -> &'static str {
        match self {
            Self::Str(string) => string.encoding(),
            Self::List(_) => "quicklist",
            Self::Set(set) => set.encoding(),
            Self::SortedSet(set) => set.encoding(),
            Self::Hash(hash) => hash.encoding(),
            Self::Stream(_) => "stream",
        }
    }

    /// How many elements it has; a string is one.
    #[must_use]
    pub fn elements(&self) -> usize {
        match self {
            Self::Str(_) => 1,
            Self::List(list) => list.len(),
            Self::Set(set) => set.len(),
            Self::SortedSet(set) => set.len(),
            Self::Hash(hash) => hash.len(),
            Self::Stream(stream) => stream.len(),
        }
    }

    /// Whether it is so large that a look-up in it waits for memory.
    #[must_use]
    pub const fn is_far(&self) -> bool {
        match self {
            Self::Set(set) => set.is_far(),
            Self::SortedSet(set) => set.is_far(),
            Self::Hash(HashView::Own(hash)) => hash.is_far(),
            _ => false,
        }
    }

    /// Brings the members or fields of these hashes near.
    pub fn warm(&self, hashes: &[u64]) {
        match self {
            Self::Set(set) => set.warm(hashes),
            Self::SortedSet(set) => set.warm(hashes),
            Self::Hash(HashView::Own(hash)) => hash.warm(hashes),
            _ => {}
        }
    }

    /// Whether it is a value of its own, rather than lying with its key.
    #[must_use]
    pub const fn is_own(&self) -> bool {
        match self {
            Self::Str(string) => matches!(string, StrView::Own(_)),
            Self::Hash(hash) => matches!(hash, HashView::Own(_)),
            Self::List(_) | Self::Set(_) | Self::SortedSet(_) | Self::Stream(_) => true,
        }
    }

    /// The bytes that it takes outside of itself as a value; if it lies with its key, those it has there.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        match self {
            Self::Str(StrView::Own(string)) => string.heap_bytes(),
            Self::Str(string) => string.len(),
            Self::List(list) => allocated(size_of::<List>()) + list.heap_bytes(),
            Self::Set(set) => set.heap_bytes(),
            Self::SortedSet(set) => set.heap_bytes(),
            Self::Hash(hash) => hash.heap_bytes(),
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

    /// A copy of it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match *self {
            Self::Str(string) => Value::Str(string.to_str()),
            Self::List(list) => Value::List(Box::new(list.clone())),
            Self::Set(set) => Value::Set(set.clone()),
            Self::SortedSet(set) => Value::SortedSet(set.clone()),
            Self::Hash(hash) => Value::Hash(Box::new(hash.to_hash())),
            Self::Stream(stream) => Value::Stream(Box::new(stream.clone())),
        }
    }
}

/// A type that a key can hold.
pub trait Kind: Sized {
    /// It, to be looked at.
    type Ref<'a>;
    /// The value, if it is of this type.
    fn of(value: Held<'_>) -> Option<Self::Ref<'_>>;
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
    type Ref<'a> = StrView<'a>;

    #[inline]
    fn of(value: Held<'_>) -> Option<Self::Ref<'_>> {
        if let Held::Str(string) = value { Some(string) } else { None }
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
    type Ref<'a> = &'a Self;

    #[inline]
    fn of(value: Held<'_>) -> Option<Self::Ref<'_>> {
        if let Held::Set(set) = value { Some(set) } else { None }
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
