//! Requests: from bytes to words, at any split of the bytes.
//!
//! ```text
//! *2\r\n $3\r\n GET\r\n $1\r\n k\r\n      an array of strings: what clients send
//! GET k\r\n                                an inline command: what people type into netcat
//! ```
//!
//! The decoder is given the bytes from the start of a request and keeps where it is in it, so a value of 500 MB
//! that comes in 16 KB pieces is looked at once. It never copies a word of the first form: it says where it lies.
//!
//! Two oddities are Redis's own and kept: the two bytes after a string are skipped unseen, and an array of no or of
//! a negative number of words is no request at all.

use alloc::vec::Vec;
use core::fmt;

use crate::argv::{Argv, Span};
use crate::number;
use crate::split_args::split_args;

/// No line of a request may be longer, in bytes.
const LINE_MAX: usize = 64 * 1024;

/// One step of decoding.
#[derive(Debug, PartialEq, Eq)]
pub enum Decoded {
    /// A whole request of this many bytes; its words are in the spans.
    Words(usize),
    /// A whole inline command of this many bytes.
    Inline(usize, Argv),
    /// This many bytes that are no request: an empty line, an empty array.
    Nothing(usize),
    /// The request isn't all there yet.
    Incomplete,
}

/// Bytes that are no request. The client is told so, and its connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtocolError {
    /// An inline command without an end.
    InlineTooLong,
    /// An inline command whose quotes don't match.
    UnbalancedQuotes,
    /// The line with the number of words has no end.
    CountTooLong,
    /// The number of words is none.
    InvalidCount,
    /// The line with the length of a word has no end.
    LengthTooLong,
    /// The length of a word is none, or too much.
    InvalidLength,
    /// Something else where a word should begin.
    ExpectedBulk(u8),
    /// Too many words from somebody we don't know yet.
    UnauthenticatedCount,
    /// Too long a word from somebody we don't know yet.
    UnauthenticatedLength,
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ERR Protocol error: ")?;
        match self {
            Self::InlineTooLong => f.write_str("too big inline request"),
            Self::UnbalancedQuotes => f.write_str("unbalanced quotes in request"),
            Self::CountTooLong => f.write_str("too big mbulk count string"),
            Self::InvalidCount => f.write_str("invalid multibulk length"),
            Self::LengthTooLong => f.write_str("too big bulk count string"),
            Self::InvalidLength => f.write_str("invalid bulk length"),
            Self::ExpectedBulk(byte) => write!(f, "expected '$', got '{}'", char::from(*byte)),
            Self::UnauthenticatedCount => f.write_str("unauthenticated multibulk length"),
            Self::UnauthenticatedLength => f.write_str("unauthenticated bulk length"),
        }
    }
}

/// What a client may send.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest word, in bytes: proto-max-bulk-len.
    pub word_max: u64,
    /// Whether the client has said who it is; if not, its requests must be small.
    pub authenticated: bool,
}

impl Limits {
    /// The most words, and the longest, that an unknown client may send.
    const UNKNOWN: (i64, u64) = (10, 16_384);
}

/// How far the current request is understood.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    /// The next byte to look at, from the start of the request.
    at: usize,
    /// Words still to come, once their number is known.
    words_left: Option<i64>,
    /// The length of the word that `at` is at, once known.
    word_len: Option<usize>,
}

impl Decoder {
    /// Goes on with the request that `bytes` begin with, and adds its words to `spans`.
    #[inline]
    pub fn decode(
        &mut self,
        bytes: &[u8],
        spans: &mut Vec<Span>,
        limits: Limits,
    ) -> Result<Decoded, ProtocolError> {
        if self.at == 0
            && let Some(len) = whole(bytes, spans)
        {
            return Ok(Decoded::Words(len));
        }
        let decoded = match (self.words_left, bytes.first()) {
            (_, None) => return Ok(Decoded::Incomplete),
            (None, Some(b'*')) | (Some(_), _) => self.array(bytes, spans, limits)?,
            (None, Some(_)) => self.inline(bytes)?,
        };
        if decoded != Decoded::Incomplete {
            *self = Self::default();
        }
        Ok(decoded)
    }

    /// How many bytes of the request are understood already.
    #[must_use]
    pub const fn understood(&self) -> usize {
        self.at
    }

    /// How many bytes the request has at least, as far as it has said.
    #[must_use]
    pub fn announced(&self) -> usize {
        self.word_len.map_or(self.at, |len| self.at.saturating_add(len).saturating_add(2))
    }

    fn array(
        &mut self,
        bytes: &[u8],
        spans: &mut Vec<Span>,
        limits: Limits,
    ) -> Result<Decoded, ProtocolError> {
        let mut left = match self.words_left {
            Some(left) => left,
            None if let Some((count @ 1..10, rest)) = short(bytes, b'*') => {
                self.at = rest;
                count as i64
            }
            None => {
                let Some(line) = self.line(bytes, ProtocolError::CountTooLong)? else {
                    return Ok(Decoded::Incomplete);
                };
                let count = number::parse_int(line.get(1..).unwrap_or_default());
                let count = count.filter(|&count| count <= i64::from(i32::MAX));
                let count = count.ok_or(ProtocolError::InvalidCount)?;
                if count > Limits::UNKNOWN.0 && !limits.authenticated {
                    return Err(ProtocolError::UnauthenticatedCount);
                }
                if count <= 0 {
                    return Ok(Decoded::Nothing(self.at));
                }
                count
            }
        };
        while left > 0 {
            let Some(span) = self.word(bytes, limits)? else {
                self.words_left = Some(left);
                return Ok(Decoded::Incomplete);
            };
            spans.push(span);
            left -= 1;
        }
        Ok(Decoded::Words(self.at))
    }

    #[inline]
    fn word(&mut self, bytes: &[u8], limits: Limits) -> Result<Option<Span>, ProtocolError> {
        let rest = bytes.get(self.at..).unwrap_or_default();
        let len = match self.word_len {
            Some(len) => len,
            None if let Some((len, line)) = short(rest, b'$') => {
                self.at += line;
                len
            }
            None => {
                let Some(line) = self.line(bytes, ProtocolError::LengthTooLong)? else {
                    return Ok(None);
                };
                let len = match line {
                    [b'$', digits @ ..] => number::parse_int(digits),
                    other => {
                        return Err(ProtocolError::ExpectedBulk(other.first().copied().unwrap_or(b'\r')));
                    }
                };
                let len = len.and_then(|len| u64::try_from(len).ok()).filter(|&len| len <= limits.word_max);
                let len = len.ok_or(ProtocolError::InvalidLength)?;
                if len > Limits::UNKNOWN.1 && !limits.authenticated {
                    return Err(ProtocolError::UnauthenticatedLength);
                }
                len as usize
            }
        };
        let end = self.at + len;
        if bytes.len() < end + 2 {
            self.word_len = Some(len);
            return Ok(None);
        }
        let span = Span { start: self.at, end };
        self.at = end + 2;
        self.word_len = None;
        Ok(Some(span))
    }

    /// The line at `at` without its end, stepping over it; `None` when its end isn't there yet.
    #[inline]
    fn line<'b>(
        &mut self,
        bytes: &'b [u8],
        too_long: ProtocolError,
    ) -> Result<Option<&'b [u8]>, ProtocolError> {
        let rest = bytes.get(self.at..).unwrap_or_default();
        match rest.iter().position(|&byte| byte == b'\r') {
            Some(end) if end + 1 < rest.len() => {
                self.at += end + 2;
                Ok(rest.get(..end))
            }
            None if rest.len() > LINE_MAX => Err(too_long),
            _ => Ok(None),
        }
    }

    fn inline(&mut self, bytes: &[u8]) -> Result<Decoded, ProtocolError> {
        let rest = bytes.get(self.at..).unwrap_or_default();
        let Some(end) = rest.iter().position(|&byte| byte == b'\n').map(|end| self.at + end) else {
            if bytes.len() > LINE_MAX {
                return Err(ProtocolError::InlineTooLong);
            }
            self.at = bytes.len();
            return Ok(Decoded::Incomplete);
        };
        let line = bytes.get(..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let words = split_args(line).ok_or(ProtocolError::UnbalancedQuotes)?;
        if words.is_empty() {
            return Ok(Decoded::Nothing(end + 1));
        }
        Ok(Decoded::Inline(end + 1, words.iter().collect()))
    }
}

/// The length of the request that bytes begin with, its words added to `spans`: if all of it is there, and its words are few
/// and short, as nearly always. Nothing need be remembered of it, and whatever else it may be is found out by others.
#[inline]
fn whole(bytes: &[u8], spans: &mut Vec<Span>) -> Option<usize> {
    let (count @ 1..10, mut at) = short(bytes, b'*')? else { return None };
    let before = spans.len();
    for _ in 0..count {
        let word = bytes.get(at..).and_then(|rest| short(rest, b'$'));
        let span = word.map(|(len, line)| Span { start: at + line, end: at + line + len });
        let Some(span) = span.filter(|span| span.end + 2 <= bytes.len()) else {
            spans.truncate(before);
            return None;
        };
        at = span.end + 2;
        spans.push(span);
    }
    Some(at)
}

/// The number of a line, if it is of one digit or two after this byte, as nearly all are; and how long the line is.
#[inline]
fn short(bytes: &[u8], kind: u8) -> Option<(usize, usize)> {
    let digit = |byte: u8| usize::from(byte.wrapping_sub(b'0'));
    match *bytes {
        [first, one @ b'0'..=b'9', b'\r', _, ..] if first == kind => Some((digit(one), 4)),
        [first, ten @ b'1'..=b'9', one @ b'0'..=b'9', b'\r', _, ..] if first == kind => {
            Some((digit(ten) * 10 + digit(one), 5))
        }
        _ => None,
    }
}
