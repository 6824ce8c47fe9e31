//! A listpack as other servers keep it in memory, and therefore in their files.
//!
//! ```text
//!   ┌──────────┬──────────┬───────┬───────┬───┬────┐
//!   │ bytes    │ elements │ entry │ entry │ … │ ff │        an entry:  head and body, then their length,
//!   └──────────┴──────────┴───────┴───────┴───┴────┘                   to be read backwards
//!    4 bytes    2 bytes, ffff if they are too many
//! ```
//!
//! | head                | body                                          |
//! |---------------------|-----------------------------------------------|
//! | `0nnnnnnn`          | none: a number from 0 to 127                  |
//! | `10llllll`          | `l` bytes                                     |
//! | `110nnnnn nnnnnnnn` | none: a signed number of 13 bits              |
//! | `1110llll llllllll` | `l` bytes                                     |
//! | `f0` and 4 bytes    | as many bytes as those say                    |
//! | `f1` … `f4`         | a signed number of 2, 3, 4 or 8 bytes         |

use alloc::vec::Vec;

use redstart_structures::Item;

use super::{Malformed, Reader};

const END: u8 = 0xff;
const HEAD_LEN: usize = 6;
/// A count that doesn't tell.
const UNCOUNTED: u16 = 0xffff;

/// The elements of a listpack.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Item<'_>>, Malformed> {
    let mut reader = Reader::new(bytes);
    let total = u32::from_le_bytes(reader.array()?);
    let count = u16::from_le_bytes(reader.array()?);
    if usize::try_from(total) != Ok(bytes.len()) {
        return Err(Malformed);
    }
    // A head, no body, the length of the head: two bytes at least.
    let mut items = Vec::with_capacity(usize::from(count).min(bytes.len() / 2));
    loop {
        let before = reader.remaining();
        let head = reader.byte()?;
        if head == END {
            break;
        }
        items.push(read_item(head, &mut reader)?);
        let len = before - reader.remaining();
        let backwards = Backwards::new(len);
        if reader.take(backwards.len)? != backwards.as_slice() {
            return Err(Malformed);
        }
    }
    let counted = count == UNCOUNTED || usize::from(count) == items.len();
    if counted && reader.remaining() == 0 { Ok(items) } else { Err(Malformed) }
}

fn read_item<'a>(head: u8, reader: &mut Reader<'a>) -> Result<Item<'a>, Malformed> {
    let item = match head {
        0..0x80 => Item::Int(head.into()),
        0x80..0xc0 => Item::Bytes(reader.take(usize::from(head & 0x3f))?),
        0xc0..0xe0 => {
            let bits = u16::from_be_bytes([head & 0x1f, reader.byte()?]);
            // Thirteen bits: the sign is the highest of them.
            Item::Int(((bits << 3).cast_signed() >> 3).into())
        }
        0xe0..0xf0 => {
            let len = u16::from_be_bytes([head & 0x0f, reader.byte()?]);
            Item::Bytes(reader.take(len.into())?)
        }
        0xf0 => {
            let len = u32::from_le_bytes(reader.array()?);
            Item::Bytes(reader.take(usize::try_from(len).map_err(|_| Malformed)?)?)
        }
        0xf1 => Item::Int(i16::from_le_bytes(reader.array()?).into()),
        0xf2 => Item::Int(int24(reader.array()?)),
        0xf3 => Item::Int(i32::from_le_bytes(reader.array()?).into()),
        0xf4 => Item::Int(i64::from_le_bytes(reader.array()?)),
        _ => return Err(Malformed),
    };
    Ok(item)
}

/// A signed number of three bytes.
pub(super) fn int24([a, b, c]: [u8; 3]) -> i64 {
    (i32::from_le_bytes([0, a, b, c]) >> 8).into()
}

/// Makes a listpack.
#[derive(Debug)]
pub(super) struct Listpack {
    bytes: Vec<u8>,
    count: usize,
}

impl Listpack {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::from([0; HEAD_LEN]), count: 0 }
    }

    /// Adds an element.
    pub(super) fn push(&mut self, item: Item<'_>) {
        let start = self.bytes.len();
        match item {
            Item::Int(value) => self.push_int(value),
            Item::Bytes(bytes) => {
                let len = bytes.len();
                match len {
                    0..0x40 => self.bytes.push(0x80 | len as u8),
                    0x40..0x1000 => self.bytes.extend((0xe000 | len as u16).to_be_bytes()),
                    _ => {
                        self.bytes.push(0xf0);
                        self.bytes.extend((len as u32).to_le_bytes());
                    }
                }
                self.bytes.extend_from_slice(bytes);
            }
        }
        let backwards = Backwards::new(self.bytes.len() - start);
        self.bytes.extend_from_slice(backwards.as_slice());
        self.count += 1;
    }

    fn push_int(&mut self, value: i64) {
        let [a, b, c, d, ..] = value.to_le_bytes();
        match value {
            0..0x80 => self.bytes.push(a),
            -0x1000..0x1000 => self.bytes.extend((0xc000 | (value as u16 & 0x1fff)).to_be_bytes()),
            -0x8000..0x8000 => self.bytes.extend([0xf1, a, b]),
            -0x80_0000..0x80_0000 => self.bytes.extend([0xf2, a, b, c]),
            -0x8000_0000..0x8000_0000 => self.bytes.extend([0xf3, a, b, c, d]),
            _ => {
                self.bytes.push(0xf4);
                self.bytes.extend(value.to_le_bytes());
            }
        }
    }

    /// Its bytes.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.bytes.push(END);
        let total = self.bytes.len() as u32;
        let count = u16::try_from(self.count).unwrap_or(UNCOUNTED);
        for (byte, head) in
            self.bytes.iter_mut().zip(total.to_le_bytes().into_iter().chain(count.to_le_bytes()))
        {
            *byte = head;
        }
        self.bytes
    }
}

/// The length behind an entry. Every byte but the first says with its highest bit that there is one more before it.
struct Backwards {
    bytes: [u8; 5],
    len: usize,
}

impl Backwards {
    const fn new(len: usize) -> Self {
        // Just below a power of two other servers take a byte more than needed.
        let size = match len {
            0..=127 => 1,
            128..16_383 => 2,
            16_383..2_097_151 => 3,
            2_097_151..268_435_455 => 4,
            _ => 5,
        };
        let mut bytes = [0; 5];
        let mut place = size;
        let mut rest = len;
        while place > 0 {
            place -= 1;
            bytes[place] = (rest & 0x7f) as u8 | if place > 0 { 0x80 } else { 0 };
            rest >>= 7;
        }
        Self { bytes, len: size }
    }

    fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn written(items: &[Item<'_>]) -> Vec<u8> {
        let mut listpack = Listpack::new();
        items.iter().for_each(|&item| listpack.push(item));
        listpack.finish()
    }

    #[test]
    fn it_is_what_other_servers_make() {
        let few = [Item::Bytes(b"a"), Item::Int(1), Item::Int(-5000), Item::Int(70_000)];
        assert_eq!(
            written(&few),
            b"\x15\0\0\0\x04\0\x81a\x02\x01\x01\xf1\x78\xec\x03\xf2\x70\x11\x01\x04\xff"
        );
        let numbers = [127, 128, -1, 4095, -4096].map(Item::Int);
        let expected = b"\x15\0\0\0\x05\0\x7f\x01\xc0\x80\x02\xdf\xff\x02\xcf\xff\x02\xd0\x00\x02\xff";
        assert_eq!(written(&numbers), expected);
        let long = vec![b'x'; 16_383 - 5];
        assert!(written(&[Item::Bytes(&long)]).ends_with(b"x\x00\xff\xff\xff"));
    }

    #[test]
    fn what_is_written_is_read() {
        let borders =
            [0, 127, 128, 4095, 4096, 32_767, 32_768, 8_388_607, 8_388_608, 2_147_483_647, 2_147_483_648];
        let numbers = borders.into_iter().flat_map(|border: i64| [border, -border, -border - 1]);
        let lens = [0, 1, 63, 64, 126, 127, 4095, 4096, 16_377, 16_378, 16_379, 70_000, 2_097_150];
        let strings: Vec<Vec<u8>> = lens.into_iter().map(|len| vec![b'x'; len]).collect();
        let numbers = numbers.chain([i64::MIN, i64::MAX]).map(Item::Int);
        let items: Vec<Item<'_>> = numbers.chain(strings.iter().map(|bytes| Item::Bytes(bytes))).collect();
        assert_eq!(read(&written(&items)), Ok(items));
        assert_eq!(read(&written(&[])), Ok(vec![]));
        let many = vec![Item::Int(7); 70_000];
        assert_eq!(read(&written(&many)), Ok(many));
    }

    #[test]
    fn any_damage_is_noticed() {
        let whole = written(&[Item::Bytes(b"ab"), Item::Int(-5000), Item::Int(7)]);
        for len in 0..whole.len() {
            assert_eq!(read(&whole[..len]), Err(Malformed));
        }
        assert_eq!(read(&[&whole[..], b"\xff"].concat()), Err(Malformed));
        let mut miscounted = whole;
        miscounted[4] = 4;
        assert_eq!(read(&miscounted), Err(Malformed));
        miscounted[4..6].copy_from_slice(&[0xff; 2]);
        assert!(read(&miscounted).is_ok());
    }
}
