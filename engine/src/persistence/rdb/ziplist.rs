//! A ziplist: what servers before 7.0 kept small collections in.
//!
//! ```text
//!   ┌──────────┬──────────┬──────────┬───────┬───────┬───┬────┐
//!   │ bytes    │ last at  │ elements │ entry │ entry │ … │ ff │       an entry:  length of the one before,
//!   └──────────┴──────────┴──────────┴───────┴───────┴───┴────┘                  head, body
//!    4 bytes    4 bytes    2 bytes, ffff if they are too many
//! ```
//!
//! The length of the entry before takes one byte, or five of which the first is `fe`. Heads:
//!
//! | head                | body                                          |
//! |---------------------|-----------------------------------------------|
//! | `00llllll`          | `l` bytes                                     |
//! | `01llllll llllllll` | `l` bytes                                     |
//! | `80` and 4 bytes    | as many bytes as those say, highest first     |
//! | `c0`, `d0`, `e0`    | a signed number of 2, 4 or 8 bytes            |
//! | `f0`, `fe`          | a signed number of 3 bytes or 1               |
//! | `f1` … `fd`         | none: a number from 0 to 12                   |

use alloc::vec::Vec;

use redstart_structures::Item;

use super::listpack::int24;
use super::{Malformed, Reader};

const END: u8 = 0xff;
/// The length of the entry before takes four more bytes.
const LONG: u8 = 0xfe;
/// A count that doesn't tell.
const UNCOUNTED: u16 = 0xffff;
const HEAD_LEN: usize = 10;

/// The elements of a ziplist.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Item<'_>>, Malformed> {
    let mut reader = Reader::new(bytes);
    let total = u32::from_le_bytes(reader.array()?);
    let last_at = u32::from_le_bytes(reader.array()?);
    let count = u16::from_le_bytes(reader.array()?);
    if usize::try_from(total) != Ok(bytes.len()) {
        return Err(Malformed);
    }
    let mut items = Vec::with_capacity(usize::from(count).min(bytes.len() / 2));
    let (mut len_before, mut last) = (0, HEAD_LEN);
    loop {
        let before = reader.remaining();
        let mut told = match reader.byte()? {
            END => break,
            LONG => u32::from_le_bytes(reader.array()?),
            short => short.into(),
        };
        items.push(read_item(&mut reader)?);
        // The first has none before it, whatever is told.
        if items.len() == 1 {
            told = 0;
        }
        if usize::try_from(told) != Ok(len_before) {
            return Err(Malformed);
        }
        len_before = before - reader.remaining();
        last = bytes.len() - before;
    }
    let counted = count == UNCOUNTED || usize::from(count) == items.len();
    let ends = reader.remaining() == 0 && usize::try_from(last_at) == Ok(last);
    if counted && ends { Ok(items) } else { Err(Malformed) }
}

fn read_item<'a>(reader: &mut Reader<'a>) -> Result<Item<'a>, Malformed> {
    let head = reader.byte()?;
    let item = match head {
        0..0x40 => Item::Bytes(reader.take(head.into())?),
        0x40..0x80 => {
            let len = u16::from_be_bytes([head & 0x3f, reader.byte()?]);
            Item::Bytes(reader.take(len.into())?)
        }
        0x80 => {
            let len = u32::from_be_bytes(reader.array()?);
            Item::Bytes(reader.take(usize::try_from(len).map_err(|_| Malformed)?)?)
        }
        0xc0 => Item::Int(i16::from_le_bytes(reader.array()?).into()),
        0xd0 => Item::Int(i32::from_le_bytes(reader.array()?).into()),
        0xe0 => Item::Int(i64::from_le_bytes(reader.array()?)),
        0xf0 => Item::Int(int24(reader.array()?)),
        0xfe => Item::Int(i8::from_le_bytes(reader.array()?).into()),
        0xf1..=0xfd => Item::Int(i64::from(head & 0x0f) - 1),
        _ => return Err(Malformed),
    };
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As 6.2 makes it of the elements below.
    const BYTES: &[u8] = b"\x28\0\0\0\x23\0\0\0\x08\0\
        \x00\x01a\x03\xf1\x02\xfd\x02\xfe\x7f\x03\xc0\x78\xec\x04\xf0\x70\x11\x01\
        \x05\xd0\x00\x00\x00\x80\x06\x02xy\xff";

    #[test]
    fn every_head_is_known() {
        let items = [
            Item::Bytes(b"a"),
            Item::Int(0),
            Item::Int(12),
            Item::Int(127),
            Item::Int(-5000),
            Item::Int(70_000),
            Item::Int(i32::MIN.into()),
            Item::Bytes(b"xy"),
        ];
        assert_eq!(read(BYTES).as_deref(), Ok(&items[..]));
        for len in 0..BYTES.len() {
            assert!(read(&BYTES[..len]).is_err());
        }
        for place in [0, 4, 8, 13] {
            let mut damaged = BYTES.to_vec();
            damaged[place] ^= 1;
            assert!(read(&damaged).is_err(), "{place}");
        }
    }

    #[test]
    fn long_entries_are_read() {
        let long = [b'x'; 300];
        let longer = [b'y'; 20_000];
        let mut bytes = [0; HEAD_LEN].to_vec();
        bytes.extend_from_slice(b"\x00\x41\x2c");
        bytes.extend_from_slice(&long);
        bytes.extend_from_slice(b"\xfe\x2f\x01\x00\x00\x80\x00\x00\x4e\x20");
        bytes.extend_from_slice(&longer);
        let last = bytes.len();
        bytes.extend_from_slice(b"\xfe\x2a\x4e\x00\x00\xe0\x00\x00\x00\x00\x00\x00\x00\x80\xff");
        let total = bytes.len();
        bytes[..4].copy_from_slice(&(total as u32).to_le_bytes());
        bytes[4..8].copy_from_slice(&(last as u32).to_le_bytes());
        bytes[8] = 3;
        let items = [Item::Bytes(&long), Item::Bytes(&longer), Item::Int(i64::MIN)];
        assert_eq!(read(&bytes).as_deref(), Ok(&items[..]));
    }

    #[test]
    fn an_empty_one_has_no_last_entry() {
        assert_eq!(read(b"\x0b\0\0\0\x0a\0\0\0\0\0\xff").as_deref(), Ok(&[][..]));
    }
}
