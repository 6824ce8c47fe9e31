//! An intset: sorted numbers of one width.
//!
//! ```text
//!   ┌───────────────┬──────────┬────────┬────────┬───┐
//!   │ 2, 4 or 8     │ numbers  │ number │ number │ … │      signed, lowest byte first
//!   └───────────────┴──────────┴────────┴────────┴───┘
//!    4 bytes         4 bytes    as wide as said
//! ```

use alloc::vec::Vec;

use super::{Malformed, Reader};

/// The numbers, in ascending order.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<i64>, Malformed> {
    let mut reader = Reader::new(bytes);
    let width = u32::from_le_bytes(reader.array()?);
    let count = usize::try_from(u32::from_le_bytes(reader.array()?)).map_err(|_| Malformed)?;
    let width = usize::try_from(width).ok().filter(|width| matches!(width, 2 | 4 | 8)).ok_or(Malformed)?;
    if count.checked_mul(width) != Some(reader.remaining()) {
        return Err(Malformed);
    }
    let mut numbers = Vec::with_capacity(count);
    for _ in 0..count {
        let number = match width {
            2 => i16::from_le_bytes(reader.array()?).into(),
            4 => i32::from_le_bytes(reader.array()?).into(),
            _ => i64::from_le_bytes(reader.array()?),
        };
        if numbers.last().is_some_and(|&last| last >= number) {
            return Err(Malformed);
        }
        numbers.push(number);
    }
    Ok(numbers)
}

/// As narrow as its numbers allow.
pub(super) fn write(numbers: impl Iterator<Item = i64> + Clone) -> Vec<u8> {
    let width: u32 = numbers.clone().map(width).max().unwrap_or(2);
    let mut count = 0_u32;
    let mut bytes = Vec::from(width.to_le_bytes());
    bytes.extend([0; 4]);
    for number in numbers {
        bytes.extend(number.to_le_bytes().into_iter().take(width as usize));
        count += 1;
    }
    for (byte, head) in bytes.iter_mut().skip(4).zip(count.to_le_bytes()) {
        *byte = head;
    }
    bytes
}

fn width(number: i64) -> u32 {
    if i16::try_from(number).is_ok() {
        2
    } else if i32::try_from(number).is_ok() {
        4
    } else {
        8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        assert_eq!(write([1, 2, 3].into_iter()), b"\x02\0\0\0\x03\0\0\0\x01\0\x02\0\x03\0");
        for numbers in [&[-32_768, 32_767][..], &[-1, 32_768], &[i64::MIN, 0, i64::MAX], &[]] {
            assert_eq!(read(&write(numbers.iter().copied())).as_deref(), Ok(numbers));
        }
    }

    #[test]
    fn what_is_no_intset_is_refused() {
        for bytes in [
            &b"\x02\0\0\0\x02\0\0\0\x01\0\x01\0"[..],
            b"\x02\0\0\0\x02\0\0\0\x02\0\x01\0",
            b"\x02\0\0\0\x02\0\0\0\x01\0\x02",
            b"\x02\0\0\0\x01\0\0\0\x01\0\x02\0",
            b"\x03\0\0\0\x01\0\0\0\x01\0\0",
            b"\x08\0\0\0\xff\xff\xff\xff",
            b"\x02\0\0\0",
        ] {
            assert_eq!(read(bytes), Err(Malformed), "{bytes:?}");
        }
    }
}
