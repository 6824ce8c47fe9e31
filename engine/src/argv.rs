//! The words of one call: a buffer and where each word lies in it.
//!
//! [`Args`] is a view. While a batch runs it points straight into the bytes that came from the socket, so a request
//! is never copied before its handler looks at it. What must live longer (a parked command, a queued one) is an
//! owned [`Argv`], and gives the same view.

use alloc::vec::Vec;

use crate::error::Error;
use crate::number;

/// Where a word lies in the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// The words of one call, borrowed.
#[derive(Clone, Copy, Debug)]
pub struct Args<'a> {
    buffer: &'a [u8],
    spans: &'a [Span],
}

impl<'a> Args<'a> {
    /// A view of `spans` in `buffer`; spans outside of it read as empty words.
    #[must_use]
    pub const fn new(buffer: &'a [u8], spans: &'a [Span]) -> Self {
        Self { buffer, spans }
    }

    /// How many words.
    #[must_use]
    pub const fn len(self) -> usize {
        self.spans.len()
    }

    /// Whether there is no word at all.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.spans.is_empty()
    }

    /// The word at a place.
    #[inline]
    #[must_use]
    pub fn get(self, index: usize) -> Option<&'a [u8]> {
        let span = self.spans.get(index)?;
        Some(self.buffer.get(span.start..span.end).unwrap_or_default())
    }

    /// The word at a place, or an empty one: for places that the arity vouches for.
    #[inline]
    #[must_use]
    pub fn at(self, index: usize) -> &'a [u8] {
        self.get(index).unwrap_or_default()
    }

    /// The words from a place on.
    #[must_use]
    pub fn from(self, index: usize) -> Self {
        Self { spans: self.spans.get(index..).unwrap_or_default(), ..self }
    }

    /// The words before a place.
    #[must_use]
    pub fn until(self, index: usize) -> Self {
        Self { spans: self.spans.get(..index).unwrap_or(self.spans), ..self }
    }

    /// The words in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = &'a [u8]> + DoubleEndedIterator + Clone {
        self.spans.iter().map(move |span| self.buffer.get(span.start..span.end).unwrap_or_default())
    }

    /// Whether the word at a place is `word`, which is in upper case, in any case.
    #[must_use]
    pub fn is(self, index: usize, word: &str) -> bool {
        self.get(index).is_some_and(|arg| arg.eq_ignore_ascii_case(word.as_bytes()))
    }

    /// The word at a place as a signed 64-bit number.
    pub fn int(self, index: usize) -> Result<i64, Error> {
        number::parse_int(self.at(index)).ok_or(Error::NotInteger)
    }

    /// An owned copy.
    #[must_use]
    pub fn to_owned(self) -> Argv {
        let mut argv = Argv::default();
        for word in self.iter() {
            argv.push(word);
        }
        argv
    }
}

/// The words of one call, owned: one buffer for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Argv {
    buffer: Vec<u8>,
    spans: Vec<Span>,
}

impl Argv {
    /// Adds a word.
    pub fn push(&mut self, word: &[u8]) {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(word);
        self.spans.push(Span { start, end: self.buffer.len() });
    }

    /// The view that everything else works on.
    #[must_use]
    pub fn args(&self) -> Args<'_> {
        Args::new(&self.buffer, &self.spans)
    }

    /// The bytes it takes.
    #[must_use]
    pub const fn memory_bytes(&self) -> usize {
        self.buffer.capacity() + self.spans.capacity() * size_of::<Span>()
    }
}

impl<W: AsRef<[u8]>> FromIterator<W> for Argv {
    fn from_iter<I: IntoIterator<Item = W>>(words: I) -> Self {
        let mut argv = Self::default();
        for word in words {
            argv.push(word.as_ref());
        }
        argv
    }
}
