//! A key and what it holds, and how both are kept.
//!
//! ```text
//!   a record   key │ head                          │ payload
//!                  │ form, mark │ usage │ when it expires │ number: 8 bytes; text: itself;
//!                  │ 1          │ 4     │ 8, if it does   │ small hash: its `Pairs`;
//!                                                         │ anything else: its place in the row of values, 4 bytes
//! ```
//!
//! A string or a small hash thus lies with its key and all that must be remembered of it in one piece. Only a string that
//! was edited, to be edited again, and other collections are values of their own.

use redstart_structures::Record;

use super::usage::Usage;
use crate::types::{HashView, Held, StrView, Value};

/// A key, what it holds, and what the store remembers of it.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The name.
    pub key: &'a [u8],
    /// What it holds.
    pub value: Held<'a>,
    /// When it ceases to exist, in Unix milliseconds; [`Entry::NEVER`] if it doesn't.
    pub(super) expires_ms: i64,
    /// When it was last used, or how often.
    pub usage: Usage,
    /// The last [picture](super::picture) that has nothing more to take from it.
    pub(super) mark: Mark,
    /// The bytes of its record.
    record_bytes: usize,
}

impl<'a> Entry<'a> {
    /// The expiry of an entry that has none.
    pub const NEVER: i64 = i64::MIN;

    /// Reads a record; `own` finds a value that is not in it.
    #[inline]
    pub(super) fn read(record: Record<'a>, own: impl FnOnce(u32) -> Option<&'a Value>) -> Option<Self> {
        let (head, payload) = Head::read(record.value);
        let value = match head.form {
            Form::Int => Held::Str(StrView::Int(payload.try_into().map_or(0, i64::from_le_bytes))),
            Form::Short => Held::Str(StrView::Short(payload)),
            Form::Raw => Held::Str(StrView::Raw(payload)),
            Form::Pairs => Held::Hash(HashView::Pairs(payload)),
            Form::Own => own(place(payload))?.held(),
        };
        let Head { usage, expires_ms, mark, .. } = head;
        Some(Self { key: record.key, value, expires_ms, usage, mark, record_bytes: record.cell_bytes() })
    }

    /// When it ceases to exist, in Unix milliseconds.
    #[must_use]
    pub const fn expires_ms(self) -> Option<i64> {
        if self.expires_ms == Self::NEVER { None } else { Some(self.expires_ms) }
    }

    /// Whether its time has come, or that of all that it holds.
    #[inline]
    #[must_use]
    pub fn is_due(self, now_ms: i64) -> bool {
        self.is_key_due(now_ms) || self.value.is_due(now_ms)
    }

    /// Whether the time of the key itself has come.
    #[inline]
    pub(super) const fn is_key_due(self, now_ms: i64) -> bool {
        self.expires_ms <= now_ms && self.expires_ms != Self::NEVER
    }

    /// The bytes it takes: its own, its key's and its value's.
    #[must_use]
    pub fn memory_bytes(self) -> usize {
        let own = if self.value.is_own() { size_of::<Kept>() + self.value.heap_bytes() } else { 0 };
        self.record_bytes + own
    }
}

/// An entry that is in no database.
#[derive(Debug)]
pub(super) struct Detached {
    pub(super) value: Value,
    pub(super) expires_ms: i64,
    pub(super) usage: Usage,
}

impl Detached {
    /// The same as if it still were under its key.
    pub(super) fn entry<'a>(&'a self, key: &'a [u8]) -> Entry<'a> {
        let (value, mark) = (self.value.held(), Mark::default());
        Entry { key, value, expires_ms: self.expires_ms, usage: self.usage, mark, record_bytes: 0 }
    }
}

/// A value of its own, and by whose hash it is found.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) value: Value,
    pub(super) hash: u64,
}

/// What a payload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A number.
    Int = 0,
    /// Few bytes.
    Short = 1,
    /// Many bytes.
    Raw = 2,
    /// The place of a value of its own.
    Own = 3,
    /// The fields and values of a small hash, as [`Pairs`](crate::types::Pairs).
    Pairs = 4,
}

/// The number of a [picture](super::picture), in the bits that a form leaves of its byte: after the last one the first
/// comes again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark(u8);

impl Mark {
    /// How many there are.
    pub(super) const COUNT: u8 = 16;

    /// The mark of the next picture.
    pub(super) const fn next(self) -> Self {
        Self((self.0 + 1) % Self::COUNT)
    }
}

/// What a record begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) form: Form,
    pub(super) usage: Usage,
    pub(super) expires_ms: i64,
    pub(super) mark: Mark,
}

impl Head {
    /// The form's bits in the first byte; the next one tells whether there is an expiry; the others are the mark's.
    const FORM: u8 = 7;
    const EXPIRES: u8 = 8;
    const MARK_SHIFT: u32 = 4;

    /// Where the expiry is, if there is one.
    const EXPIRY_AT: usize = 5;

    /// Before a payload longer than this there is always room for an expiry: it need not move when there is one.
    const MOVED_MOST: usize = 256;

    /// The longest head.
    pub(super) const LEN_MAX: usize = 13;

    /// The head of a record and its payload.
    #[inline]
    pub(super) fn read(bytes: &[u8]) -> (Self, &[u8]) {
        let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
        let (usage, mut rest) = rest.split_first_chunk().unwrap_or((&[0; 4], &[]));
        let mut expires_ms = Entry::NEVER;
        if first & Self::EXPIRES != 0
            && let Some((when, payload)) = rest.split_first_chunk()
        {
            (expires_ms, rest) = (i64::from_le_bytes(*when), payload);
        }
        let form = match first & Self::FORM {
            0 => Form::Int,
            1 => Form::Short,
            2 => Form::Raw,
            4 => Form::Pairs,
            _ => Form::Own,
        };
        let mark = Mark(first >> Self::MARK_SHIFT);
        (Self { form, usage: Usage::from_raw(u32::from_le_bytes(*usage)), expires_ms, mark }, rest)
    }

    /// How long it is before a payload of so many bytes.
    pub(super) const fn len(&self, payload: usize) -> usize {
        let has_room = self.expires_ms != Entry::NEVER || payload > Self::MOVED_MOST;
        if has_room { Self::LEN_MAX } else { Self::EXPIRY_AT }
    }

    /// Its bytes before a payload of so many bytes, and how many of them there are.
    #[inline]
    pub(super) fn to_bytes(self, payload: usize) -> ([u8; Self::LEN_MAX], usize) {
        let mut bytes = [0; Self::LEN_MAX];
        let len = self.len(payload);
        let expires = if len == Self::LEN_MAX { Self::EXPIRES } else { 0 };
        bytes[0] = self.form as u8 | expires | self.mark.0 << Self::MARK_SHIFT;
        bytes[1..Self::EXPIRY_AT].copy_from_slice(&self.usage.raw().to_le_bytes());
        bytes[Self::EXPIRY_AT..].copy_from_slice(&self.expires_ms.to_le_bytes());
        (bytes, len)
    }

    /// Writes it over one that was as long.
    pub(super) fn write(self, record: &mut [u8], payload: usize) {
        let (bytes, len) = self.to_bytes(payload);
        if let Some((head, bytes)) = record.get_mut(..len).zip(bytes.get(..len)) {
            head.copy_from_slice(bytes);
        }
    }

    /// Changes the mark where it is kept.
    pub(super) fn set_mark(bytes: &mut [u8], mark: Mark) {
        if let Some(first) = bytes.first_mut() {
            *first = *first & (Self::FORM | Self::EXPIRES) | mark.0 << Self::MARK_SHIFT;
        }
    }

    /// Changes the usage where it is kept.
    #[inline]
    pub(super) fn update_usage(bytes: &mut [u8], update: impl FnOnce(&mut Usage)) {
        if let Some(place) = bytes.get_mut(1..).and_then(<[u8]>::first_chunk_mut) {
            let mut usage = Usage::from_raw(u32::from_le_bytes(*place));
            update(&mut usage);
            *place = usage.raw().to_le_bytes();
        }
    }
}

// Every mark has room beside the form and the expiry.
const _: () = assert!(Mark::COUNT as u32 == 1 << (u8::BITS - Head::MARK_SHIFT));

/// The place of a value of its own that a payload names.
pub(super) fn place(payload: &[u8]) -> u32 {
    payload.try_into().map_or(u32::MAX, u32::from_le_bytes)
}
