//! Values, each choosing its encoding by what it holds.

mod list;
mod set;
mod stream;
mod string;

use alloc::boxed::Box;

pub use self::list::{End, List, NodeLimit, item, text};
pub use self::set::{Member, Set, SetRules, Table};
pub use self::stream::{Consumer, ConsumerId, Extent, Group, Id, ParsedId, Pending, Stream};
pub use self::string::{Str, Text};

/// What a key holds.
#[derive(Clone, Debug)]
pub enum Value {
    /// A string.
    Str(Str),
    /// A list.
    List(Box<List>),
    /// A set.
    Set(Set),
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
            Self::Stream(stream) => stream.len() as u8,
        }
    }

    /// The bytes it takes outside of itself.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        match self {
            Self::Str(string) => string.heap_bytes(),
            Self::List(list) => size_of::<List>() + list.heap_bytes(),
            Self::Set(set) => set.heap_bytes(),
            Self::Stream(stream) => size_of::<Stream>() + stream.heap_bytes(),
        }
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
