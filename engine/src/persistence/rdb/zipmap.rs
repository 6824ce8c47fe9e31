//! A zipmap: what servers before 2.6 kept small hashes in.
//!
//! ```text
//!   ┌────────┬─────┬───────┬─────┬──────┬───────┬──────┬───┬────┐
//!   │ fields │ len │ field │ len │ free │ value │ idle │ … │ ff │
//!   └────────┴─────┴───────┴─────┴──────┴───────┴──────┴───┴────┘
//!    1 byte                       1 byte         as many bytes as `free` says
//! ```
//!
//! A length takes one byte, or five of which the first is `fe`. So many fields that a byte can't tell are told as `fe`,
//! too.

use alloc::vec::Vec;

use super::{Malformed, Reader};

const END: u8 = 0xff;
const LONG: u8 = 0xfe;

/// A field and its value.
type Pair<'a> = (&'a [u8], &'a [u8]);

/// The fields and values.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Pair<'_>>, Malformed> {
    let mut reader = Reader::new(bytes);
    let count = reader.byte()?;
    let mut pairs = Vec::new();
    loop {
        let first = reader.byte()?;
        if first == END {
            break;
        }
        let field_len = len(first, &mut reader)?;
        let field = reader.take(field_len)?;
        let first = reader.byte()?;
        let value_len = len(first, &mut reader)?;
        let free = reader.byte()?;
        let value = reader.take(value_len)?;
        reader.take(free.into())?;
        pairs.push((field, value));
    }
    let counted = count >= LONG || usize::from(count) == pairs.len();
    if counted && reader.remaining() == 0 { Ok(pairs) } else { Err(Malformed) }
}

fn len(first: u8, reader: &mut Reader<'_>) -> Result<usize, Malformed> {
    match first {
        END => Err(Malformed),
        LONG => usize::try_from(u32::from_le_bytes(reader.array()?)).map_err(|_| Malformed),
        short => Ok(short.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_values_are_read() {
        let bytes = b"\x02\x03foo\x03\x00bar\x05hello\xfe\x05\0\0\0\x02worldxx\xff";
        assert_eq!(read(bytes).as_deref(), Ok(&[(&b"foo"[..], &b"bar"[..]), (b"hello", b"world")][..]));
        for len in 0..bytes.len() {
            assert!(read(&bytes[..len]).is_err());
        }
        assert!(read(b"\x01\xff").is_err());
        assert!(read(b"\x01\x01a\xff\x00\xff").is_err());
        assert_eq!(read(b"\x00\xff").as_deref(), Ok(&[][..]));
    }
}
