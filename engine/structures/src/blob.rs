//! An owned byte string in 24 bytes, of which up to 22 are the contents themselves.
//!
//! ```text
//!   short   ┌──┬──┬──────────────────────────────────────────────┐
//!           │ 0│ n│ 22 bytes                                     │
//!           └──┴──┴──────────────────────────────────────────────┘
//!   long    ┌──┬───────────┬─────────────────┬───────────────────┐
//!           │ 1│           │ address         │ length            │   on 64 bits
//!           └──┴───────────┴─────────────────┴───────────────────┘
//! ```
//!
//! Most byte strings are short: for those there is neither an allocation nor a pointer to follow. A blob is not edited in
//! place; values that grow (APPEND, SETRANGE) are vectors.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

use crate::allocated;

/// An owned byte string, inline up to [`Blob::INLINE_MOST`] bytes.
#[derive(Clone)]
pub struct Blob(Inner);

#[derive(Clone)]
enum Inner {
    Short(u8, [u8; Blob::INLINE_MOST]),
    Long(Box<[u8]>),
}

impl Blob {
    /// Contents up to this long need no allocation.
    pub const INLINE_MOST: usize = 22;

    /// The empty string.
    pub const fn new() -> Self {
        Self(Inner::Short(0, [0; Self::INLINE_MOST]))
    }

    /// The bytes.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        match &self.0 {
            Inner::Short(len, bytes) => bytes.get(..usize::from(*len)).unwrap_or(bytes),
            Inner::Long(bytes) => bytes,
        }
    }

    /// How much memory it has besides the 24 bytes.
    #[inline]
    pub const fn heap_bytes(&self) -> usize {
        match &self.0 {
            Inner::Short(..) => 0,
            Inner::Long(bytes) => allocated(bytes.len()),
        }
    }

    fn short(bytes: &[u8]) -> Option<Self> {
        let mut inline = [0; Self::INLINE_MOST];
        inline.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Self(Inner::Short(bytes.len() as u8, inline)))
    }
}

impl From<&[u8]> for Blob {
    fn from(bytes: &[u8]) -> Self {
        Self::short(bytes).unwrap_or_else(|| Self(Inner::Long(bytes.into())))
    }
}

impl<const N: usize> From<&[u8; N]> for Blob {
    fn from(bytes: &[u8; N]) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self::short(&bytes).unwrap_or_else(|| Self(Inner::Long(bytes.into_boxed_slice())))
    }
}

impl From<Blob> for Vec<u8> {
    fn from(blob: Blob) -> Self {
        match blob.0 {
            Inner::Short(..) => blob.as_slice().to_vec(),
            Inner::Long(bytes) => bytes.into_vec(),
        }
    }
}

impl Default for Blob {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for Blob {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl AsRef<[u8]> for Blob {
    fn as_ref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl Borrow<[u8]> for Blob {
    fn borrow(&self) -> &[u8] {
        self.as_slice()
    }
}

impl PartialEq for Blob {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Blob {}

impl PartialEq<[u8]> for Blob {
    fn eq(&self, other: &[u8]) -> bool {
        self.as_slice() == other
    }
}

impl PartialOrd for Blob {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Blob {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_slice().cmp(other.as_slice())
    }
}

impl Hash for Blob {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

/// As it would be written in Rust: `b"caf\xc3\xa9"`.
impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.as_slice().escape_ascii())
    }
}

const _: () = assert!(size_of::<Blob>() <= 24);
const _: () = assert!(size_of::<Option<Blob>>() <= 24);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::format;

    #[test]
    fn holds_any_length() {
        let bytes: Vec<u8> = (0..=255).collect();
        for len in 0..=bytes.len() {
            let blob = Blob::from(&bytes[..len]);
            assert_eq!(blob.as_slice(), &bytes[..len]);
            assert_eq!(blob.heap_bytes(), if len > 22 { allocated(len) } else { 0 });
            assert_eq!(blob, blob.clone());
            assert_eq!(Blob::from(bytes[..len].to_vec()), blob);
            assert_eq!(Vec::from(blob), &bytes[..len]);
        }
    }

    #[test]
    fn compares_and_hashes_as_its_bytes() {
        let mut words = ["b", "", "a", "the quick brown fox jumps over", "the quick brown fox", "B", "ab"];
        let blobs: BTreeSet<Blob> = words.iter().map(|word| Blob::from(word.as_bytes())).collect();
        words.sort_unstable();
        assert!(blobs.iter().map(Blob::as_slice).eq(words.iter().map(|word| word.as_bytes())));
        assert!(blobs.contains(&b"the quick brown fox"[..]));
        assert!(!blobs.contains(&b"the quick brown"[..]));
    }

    #[test]
    fn prints_as_a_literal() {
        assert_eq!(format!("{:?}", Blob::from(b"a\r\n\"\xff")), r#"b"a\r\n\"\xff""#);
    }
}
