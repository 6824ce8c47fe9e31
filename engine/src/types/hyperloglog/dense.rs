//! Registers of 6 bits, packed from the lowest bit of the first byte on.
//!
//! ```text
//!   byte     0          1          2
//!   bits     11000000   22221111   33333322      highest bit first: four registers are three bytes
//! ```

use super::{Histogram, REGISTERS};

const BITS: usize = 6;
const MAX: u8 = (1 << BITS) - 1;

/// The bytes of all registers.
pub(super) const BYTES: usize = REGISTERS * BITS / 8;

/// Makes a register at least so great; tells whether it was less.
pub(super) fn raise(registers: &mut [u8], index: usize, value: u8) -> bool {
    let (byte, shift) = (index * BITS / 8, index * BITS % 8);
    // The last register ends with the last byte.
    let low = registers.get(byte).copied().unwrap_or(0);
    let high = registers.get(byte + 1).copied().unwrap_or(0);
    let pair = u16::from_le_bytes([low, high]);
    let mask = u16::from(MAX) << shift;
    if (pair & mask) >> shift >= u16::from(value) {
        return false;
    }
    let pair = pair & !mask | u16::from(value & MAX) << shift;
    for (old, new) in registers.iter_mut().skip(byte).zip(pair.to_le_bytes()) {
        *old = new;
    }
    true
}

/// Every register in order.
pub(super) fn values(registers: &[u8]) -> impl Iterator<Item = u8> {
    registers.as_chunks::<3>().0.iter().flat_map(|[one, two, three]| {
        [one & MAX, one >> 6 | two << 2 & MAX, two >> 4 | three << 4 & MAX, three >> 2]
    })
}

pub(super) fn histogram(registers: &[u8]) -> Histogram {
    Histogram::of(values(registers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    #[test]
    fn registers_are_read_where_they_are_written() {
        let mut packed = vec![0; BYTES];
        let expected: Vec<u8> = (0..REGISTERS).map(|index| (index * 7 % 51) as u8).collect();
        for (index, &value) in expected.iter().enumerate().rev() {
            assert_eq!(raise(&mut packed, index, value), value > 0);
            assert!(!raise(&mut packed, index, value));
        }
        assert!(values(&packed).eq(expected.iter().copied()));
        assert!(!raise(&mut packed, 7, 48));
        assert!(raise(&mut packed, 7, 63));
        assert_eq!(values(&packed).nth(7), Some(63));
        assert_eq!(values(&packed).nth(8), Some(expected[8]));
    }
}
