//! A small hash as it lies with its key.
//!
//! ```text
//!   number of elements, 1 byte │ field value   field value   …      a listpack
//! ```

use redstart_structures::ListpackView;

use super::Hash;

/// The fields and values of a small hash, none of which had ever a deadline.
#[derive(Debug)]
pub struct Pairs {
    bytes: [u8; Self::LEN_MAX],
    len: usize,
}

impl Pairs {
    /// The most bytes. Beyond, what a value of its own takes besides is little, and an edit, which takes the pairs out and
    /// puts them back, should not move much.
    const LEN_MAX: usize = 512;

    /// Those of a hash, if it is such a one.
    #[must_use]
    pub fn of(hash: &Hash) -> Option<Self> {
        let pairs = hash.view().pairs()?;
        let count = u8::try_from(pairs.len()).ok()?;
        let mut bytes = [0; Self::LEN_MAX];
        let [first, rest @ ..] = &mut bytes;
        *first = count;
        rest.get_mut(..pairs.bytes().len())?.copy_from_slice(pairs.bytes());
        Some(Self { bytes, len: 1 + pairs.bytes().len() })
    }

    /// Themselves as bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// What such bytes tell.
    #[inline]
    pub(super) fn view(bytes: &[u8]) -> ListpackView<'_> {
        let (&count, entries) = bytes.split_first().unwrap_or((&0, &[]));
        ListpackView::new(entries, count.into())
    }
}
