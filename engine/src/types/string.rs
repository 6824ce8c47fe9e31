//! A string: any bytes, kept as a number where the bytes are one.
//!
//! | kept as  | when                                             | OBJECT ENCODING |
//! |----------|--------------------------------------------------|-----------------|
//! | `Int`    | the canonical text of a signed 64-bit number     | `int`           |
//! | `Short`  | up to 44 bytes, not edited since it was set      | `embstr`        |
//! | `Raw`    | anything else                                    | `raw`           |
//!
//! `Short` is a [`Blob`], which keeps up to 22 bytes in place. `Raw` has room to grow. Only strings that were
//! edited are kept so; others lie with their keys (see [`Entry`](crate::keyspace::Entry)), and are looked at as a [`StrView`].

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::ops::Deref;
use core::{fmt, mem};

use redstart_structures::{Blob, allocated};

use crate::number;

/// The longest string that is kept as `embstr`.
const SHORT_MAX: usize = 44;

/// The longest text of a 64-bit number.
const INT_MAX: usize = 20;

/// A string value.
#[derive(Clone, Debug)]
pub enum Str {
    /// The text of this number.
    Int(i64),
    /// Few bytes.
    Short(Blob),
    /// Many bytes, or bytes that were edited.
    Raw(Vec<u8>),
}

impl Str {
    /// Chooses the encoding for these bytes.
    #[inline]
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        if bytes.len() > SHORT_MAX {
            return Self::Raw(bytes.to_vec());
        }
        match Self::as_number(bytes) {
            Some(value) => Self::Int(value),
            None => Self::Short(Blob::from(bytes)),
        }
    }

    /// Whether so many bytes are `raw` even if nobody edited them.
    pub(crate) const fn is_long(bytes: &[u8]) -> bool {
        bytes.len() > SHORT_MAX
    }

    /// The same, without copying them.
    #[inline]
    pub(crate) fn sight(bytes: &[u8]) -> StrView<'_> {
        if bytes.len() > SHORT_MAX {
            return StrView::Raw(bytes);
        }
        Self::as_number(bytes).map_or(StrView::Short(bytes), StrView::Int)
    }

    /// These bytes, kept as they are even if they are the text of a number.
    #[must_use]
    pub fn text(bytes: &[u8]) -> Self {
        if bytes.len() > SHORT_MAX { Self::Raw(bytes.to_vec()) } else { Self::Short(Blob::from(bytes)) }
    }

    /// The number that the bytes are the text of.
    fn as_number(bytes: &[u8]) -> Option<i64> {
        if bytes.len() > INT_MAX { None } else { number::parse_int(bytes) }
    }

    /// Its bytes.
    #[inline]
    #[must_use]
    pub fn bytes(&self) -> Text<'_> {
        match self {
            Self::Int(value) => Text::number(*value),
            Self::Short(bytes) => Text::Bytes(bytes),
            Self::Raw(bytes) => Text::Bytes(bytes),
        }
    }

    /// How many bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number it is the text of.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Short(bytes) => Self::as_number(bytes),
            Self::Raw(bytes) => Self::as_number(bytes),
        }
    }

    /// Its bytes for editing in place; it is `raw` from then on.
    pub fn edit(&mut self) -> &mut Vec<u8> {
        if !matches!(self, Self::Raw(_)) {
            *self = Self::Raw(self.bytes().to_vec());
        }
        match self {
            Self::Raw(bytes) => bytes,
            Self::Int(_) | Self::Short(_) => unreachable!("it was just made raw"),
        }
    }

    /// Its bytes for editing in place, zero bytes added until they are so many; it is `raw` from then on. Without memory
    /// for that they stay as they are.
    pub fn edit_up_to(&mut self, len: usize) -> Result<&mut Vec<u8>, TryReserveError> {
        let bytes = self.edit();
        bytes.try_reserve(len.saturating_sub(bytes.len()))?;
        bytes.resize(len.max(bytes.len()), 0);
        Ok(bytes)
    }

    /// Writes bytes over its own from `offset` on, with zero bytes before them if it was shorter; tells how long it
    /// is then. Without memory for that it stays as it is.
    pub fn overwrite(&mut self, offset: usize, bytes: &[u8]) -> Result<usize, TryReserveError> {
        let mut raw = match mem::replace(self, Self::Int(0)) {
            Self::Raw(raw) => raw,
            other => other.bytes().to_vec(),
        };
        let end = offset.saturating_add(bytes.len());
        let reserved = raw.try_reserve(end.saturating_sub(raw.len()));
        if reserved.is_ok() {
            let over = raw.get_mut(offset..).unwrap_or_default();
            let both = over.len().min(bytes.len());
            let (head, tail) = bytes.split_at(both);
            over.split_at_mut(both).0.copy_from_slice(head);
            if !tail.is_empty() {
                raw.resize(raw.len().max(offset), 0);
                raw.extend_from_slice(tail);
            }
        }
        let len = raw.len();
        *self = Self::Raw(raw);
        reserved.map(|()| len)
    }

    /// The name that OBJECT ENCODING gives.
    #[must_use]
    pub const fn encoding(&self) -> &'static str {
        match self {
            Self::Int(_) => "int",
            Self::Short(_) => "embstr",
            Self::Raw(_) => "raw",
        }
    }

    /// The bytes it takes outside of itself.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        match self {
            Self::Int(_) => 0,
            Self::Short(bytes) => bytes.heap_bytes(),
            Self::Raw(bytes) => allocated(bytes.capacity()),
        }
    }
}

/// A string as it is read, wherever it lies.
#[derive(Clone, Copy, Debug)]
pub enum StrView<'a> {
    /// The text of this number.
    Int(i64),
    /// Few bytes.
    Short(&'a [u8]),
    /// Many bytes.
    Raw(&'a [u8]),
    /// A value of its own.
    Own(&'a Str),
}

impl<'a> StrView<'a> {
    /// Its bytes.
    #[inline]
    #[must_use]
    pub fn bytes(self) -> Text<'a> {
        match self {
            Self::Int(value) => Text::number(value),
            Self::Short(bytes) | Self::Raw(bytes) => Text::Bytes(bytes),
            Self::Own(string) => string.bytes(),
        }
    }

    /// How many bytes.
    #[must_use]
    pub fn len(self) -> usize {
        self.bytes().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The number it is the text of.
    #[must_use]
    pub fn as_int(self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(value),
            Self::Short(bytes) | Self::Raw(bytes) => Str::as_number(bytes),
            Self::Own(string) => string.as_int(),
        }
    }

    /// The name that OBJECT ENCODING gives.
    #[must_use]
    pub const fn encoding(self) -> &'static str {
        match self {
            Self::Int(_) => "int",
            Self::Short(_) => "embstr",
            Self::Raw(_) => "raw",
            Self::Own(string) => string.encoding(),
        }
    }

    /// A string to be edited.
    #[must_use]
    pub fn to_str(self) -> Str {
        match self {
            Self::Int(value) => Str::Int(value),
            Self::Short(bytes) => Str::Short(Blob::from(bytes)),
            Self::Raw(bytes) => Str::Raw(bytes.to_vec()),
            Self::Own(string) => string.clone(),
        }
    }
}

/// The bytes of a string: borrowed, or the digits of a number.
#[derive(Clone, Copy)]
pub enum Text<'a> {
    /// Bytes that lie in the value.
    Bytes(&'a [u8]),
    /// Digits, and how many.
    Digits([u8; INT_MAX], usize),
}

impl Text<'_> {
    /// The longest text of a number.
    pub(super) const DIGITS_MAX: usize = INT_MAX;

    /// The digits of a number.
    #[must_use]
    pub fn number(value: i64) -> Self {
        let mut buffer = [0; INT_MAX];
        let mut digits = itoa::Buffer::new();
        let text = digits.format(value).as_bytes();
        let (head, _) = buffer.split_at_mut(text.len().min(INT_MAX));
        head.copy_from_slice(text);
        Text::Digits(buffer, text.len())
    }
}

impl Deref for Text<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Text::Bytes(bytes) => bytes,
            Text::Digits(digits, len) => digits.get(..*len).unwrap_or_default(),
        }
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.escape_ascii())
    }
}
