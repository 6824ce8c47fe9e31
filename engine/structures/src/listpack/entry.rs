//! An entry of a listpack: how an element is written and read; the drawing is [there](super).

use alloc::vec::Vec;

use super::Item;

/// The element that bytes begin with, and the size of its entry.
#[inline]
pub(super) fn read(bytes: &[u8]) -> Option<(Item<'_>, usize)> {
    let (item, end) = read_untailed(bytes)?;
    Some((item, end + Length::size(end)))
}

/// The element that bytes begin with, and the size of its head and body.
#[inline]
pub(crate) fn read_untailed(bytes: &[u8]) -> Option<(Item<'_>, usize)> {
    let (head, head_len) = read_head(bytes)?;
    let end = head_len.checked_add(head >> 1)?;
    let body = bytes.get(head_len..end)?;
    let item = if head & 1 == 0 { Item::Bytes(body) } else { Item::Int(read_number(body)) };
    Some((item, end))
}

/// What the head says that bytes begin with, and its own size.
#[inline]
fn read_head(bytes: &[u8]) -> Option<(usize, usize)> {
    match bytes.first()? {
        &short if short < 0x80 => Some((short.into(), 1)),
        _ => read_length(bytes.iter()),
    }
}

/// Writes the head and the body of an element: what is only read forwards needs no tail.
pub(crate) fn write_untailed(item: Item<'_>, out: &mut Vec<u8>) {
    Encoded::new(item).append_untailed(out);
}

/// Writes the tail of something of a size that is made of several elements.
pub(crate) fn write_tail(size: usize, out: &mut Vec<u8>) {
    Length::new(size).backwards().append(out);
}

/// The size of that tail.
pub(crate) const fn tail_size(size: usize) -> usize {
    Length::size(size)
}

/// Whether bytes begin with an entry of this head and body. Names that are alike mostly differ at their ends.
#[inline]
pub(super) fn is_at(bytes: &[u8], head: &[u8], body: &[u8]) -> bool {
    bytes.first() == head.first()
        && bytes.get((head.len() + body.len()).wrapping_sub(1)) == body.last().or_else(|| head.last())
        && bytes.strip_prefix(head).is_some_and(|rest| rest.starts_with(body))
}

/// The size of the entry that bytes begin with.
#[inline]
pub(super) fn size_of_first(bytes: &[u8]) -> Option<usize> {
    match bytes.first()? {
        // A tail of one byte goes with a head of one byte.
        &short if short < 0x80 => Some(usize::from(short >> 1) + 2),
        _ => size_of_long(bytes),
    }
}

#[inline(never)]
fn size_of_long(bytes: &[u8]) -> Option<usize> {
    let (head, head_len) = read_head(bytes)?;
    let end = head_len.checked_add(head >> 1)?;
    Some(end + Length::size(end))
}

/// The size of the entry that bytes end with.
pub(crate) fn size_of_last(bytes: &[u8]) -> Option<usize> {
    let (size, tail_len) = read_length(bytes.iter().rev())?;
    Some(size + tail_len)
}

/// A length, and the bytes it takes.
#[inline]
fn read_length<'a>(bytes: impl Iterator<Item = &'a u8>) -> Option<(usize, usize)> {
    let mut value = 0;
    for (place, &byte) in bytes.enumerate().take(LENGTH_MAX) {
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, place + 1));
        }
    }
    None
}

fn read_number(body: &[u8]) -> i64 {
    let negative = body.last().is_some_and(|&top| top & 0x80 != 0);
    let mut bytes = [if negative { 0xff } else { 0 }; 8];
    for (byte, &low) in bytes.iter_mut().zip(body) {
        *byte = low;
    }
    i64::from_le_bytes(bytes)
}

/// The most bytes of a length: more have no room in memory, on 32 bits nor on 64.
const LENGTH_MAX: usize = if usize::BITS == 64 { 9 } else { 5 };

/// A length as it is written.
#[derive(Clone, Copy)]
pub(super) struct Length {
    bytes: [u8; LENGTH_MAX],
    len: usize,
}

impl Length {
    #[inline]
    fn new(value: usize) -> Self {
        let mut bytes = [0; LENGTH_MAX];
        match value {
            0..0x80 => {
                bytes[0] = value as u8;
                Self { bytes, len: 1 }
            }
            0x80..0x4000 => {
                (bytes[0], bytes[1]) = (value as u8 | 0x80, (value >> 7) as u8);
                Self { bytes, len: 2 }
            }
            _ => Self::long(value),
        }
    }

    #[cold]
    fn long(mut value: usize) -> Self {
        let mut length = Self { bytes: [0; LENGTH_MAX], len: Self::size(value) };
        for (place, byte) in length.bytes.iter_mut().take(length.len).enumerate() {
            let more = place + 1 < length.len;
            *byte = (value & 0x7f) as u8 | if more { 0x80 } else { 0 };
            value >>= 7;
        }
        length
    }

    /// Itself, to be read from its end.
    #[inline]
    fn backwards(mut self) -> Self {
        if self.len > 1
            && let Some(bytes) = self.bytes.get_mut(..self.len)
        {
            bytes.reverse();
        }
        self
    }

    #[inline]
    fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Adds it to bytes: nearly all are one or two, for which no call is made.
    fn append(&self, out: &mut Vec<u8>) {
        match self.len {
            1 => out.push(self.bytes[0]),
            2 => {
                out.push(self.bytes[0]);
                out.push(self.bytes[1]);
            }
            _ => out.extend_from_slice(self.as_slice()),
        }
    }

    /// Writes it over what bytes begin with; gives those after it.
    fn write<'b>(&self, to: &'b mut [u8]) -> &'b mut [u8] {
        match (self.len, to) {
            (1, [one, rest @ ..]) => {
                *one = self.bytes[0];
                rest
            }
            (2, [one, two, rest @ ..]) => {
                (*one, *two) = (self.bytes[0], self.bytes[1]);
                rest
            }
            (_, to) => write(self.as_slice(), to),
        }
    }

    /// The bytes it takes to write a value.
    #[inline]
    pub(super) const fn size(value: usize) -> usize {
        match value {
            0..0x80 => 1,
            0x80..0x4000 => 2,
            0x4000..0x20_0000 => 3,
            0x20_0000..0x1000_0000 => 4,
            _ => (usize::BITS - value.leading_zeros()).div_ceil(7) as usize,
        }
    }
}

/// An entry as it is written.
pub(super) struct Encoded<'a> {
    head: Length,
    /// The low bytes of a number, and how many of them count.
    number: [u8; 8],
    width: usize,
    /// The bytes of anything else.
    string: &'a [u8],
    tail: Length,
}

impl<'a> Encoded<'a> {
    #[inline]
    pub(super) fn new(item: Item<'a>) -> Self {
        let (number, width, string) = match item {
            Item::Bytes(string) => ([0; 8], 0, string),
            Item::Int(value) => (value.to_le_bytes(), width(value), &[][..]),
        };
        let body = width + string.len();
        let head = Length::new(body * 2 + usize::from(width > 0));
        let tail = Length::new(head.len + body).backwards();
        Self { head, number, width, string, tail }
    }

    pub(super) const fn len(&self) -> usize {
        self.head.len + self.width + self.string.len() + self.tail.len
    }

    /// Its head and its body, as they are written.
    pub(super) fn untailed(&self) -> (&[u8], &[u8]) {
        (self.head.as_slice(), self.body())
    }

    fn body(&self) -> &[u8] {
        if self.width == 0 { self.string } else { self.number.get(..self.width).unwrap_or_default() }
    }

    /// Adds it to bytes.
    pub(super) fn append(&self, out: &mut Vec<u8>) {
        self.append_untailed(out);
        self.tail.append(out);
    }

    fn append_untailed(&self, out: &mut Vec<u8>) {
        self.head.append(out);
        out.extend_from_slice(self.body());
    }

    /// Writes it over the bytes at a place.
    pub(super) fn write(&self, bytes: &mut [u8], at: usize) {
        let place = bytes.get_mut(at..).unwrap_or_default();
        let rest = write(self.body(), self.head.write(place));
        self.tail.write(rest);
    }
}

/// Writes a part over what bytes begin with; gives those after it.
fn write<'b>(part: &[u8], to: &'b mut [u8]) -> &'b mut [u8] {
    let Some((place, rest)) = to.split_at_mut_checked(part.len()) else { return &mut [] };
    place.copy_from_slice(part);
    rest
}

/// How many low bytes of a number tell it.
pub(super) const fn width(value: i64) -> usize {
    let magnitude = if value < 0 { !value } else { value };
    // One more bit for the sign.
    (65 - magnitude.leading_zeros()).div_ceil(8) as usize
}
