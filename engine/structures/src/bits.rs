//! Bytes as a row of bits, the highest bit of a byte first.
//!
//! ```text
//!   byte    0               1
//!   bit     0 1 2 3 4 5 6 7 8 9 …
//! ```
//!
//! Counting, searching and combining go over whole words. A *field* is a number of up to 64 bits anywhere in the row,
//! its highest bit first; bits past the last byte read as zeros and can't be written.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

/// How many bits are set.
#[must_use]
pub fn count(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let words: u64 = words.iter().map(|word| u64::from(u64::from_ne_bytes(*word).count_ones())).sum();
    words + rest.iter().map(|byte| u64::from(byte.count_ones())).sum::<u64>()
}

/// How many bits are set from one place up to another.
#[must_use]
pub fn count_between(bytes: &[u8], from: u64, to: u64) -> u64 {
    let to = to.min(bytes.len() as u64 * 8);
    if from >= to {
        return 0;
    }
    // The bytes that hold the first and the last bit count in part.
    let (first, last) = (place(from), place(to - 1));
    let byte = |index: usize| bytes.get(index).copied().unwrap_or(0);
    let (before, after) = (byte(first) & !head_mask(from), byte(last) & tail_mask(to));
    let all = bytes.get(first..=last).map_or(0, count);
    all - u64::from(before.count_ones()) - u64::from(after.count_ones())
}

/// The first place of such a bit, from one place up to another.
#[must_use]
pub fn find(bytes: &[u8], bit: bool, from: u64, to: u64) -> Option<u64> {
    // What is searched for is a one in what remains after this.
    let flip = if bit { 0 } else { 0xff };
    let bytes = bytes.get(..place(to.saturating_add(7))).unwrap_or(bytes);
    let first = place(from);
    let head = (bytes.get(first)? ^ flip) & head_mask(from);
    let found = if head == 0 {
        let rest = bytes.get(first + 1..)?;
        let skipped = leading(rest, flip);
        let byte = rest.get(skipped)? ^ flip;
        (first as u64 + 1 + skipped as u64) * 8 + u64::from(byte.leading_zeros())
    } else {
        first as u64 * 8 + u64::from(head.leading_zeros())
    };
    (found < to).then_some(found)
}

/// How many bytes at the beginning are this one.
fn leading(bytes: &[u8], byte: u8) -> usize {
    let (words, _) = bytes.as_chunks::<8>();
    let same = words.iter().take_while(|word| **word == [byte; 8]).count() * 8;
    same + bytes.iter().skip(same).take_while(|other| **other == byte).count()
}

/// The bits of a byte from a place on.
const fn head_mask(from: u64) -> u8 {
    0xff >> (from % 8)
}

/// The bits of a byte that come at a place or after it, if it is not the first.
const fn tail_mask(to: u64) -> u8 {
    if to.is_multiple_of(8) { 0 } else { head_mask(to) }
}

/// The byte in which a bit is.
fn place(bit: u64) -> usize {
    usize::try_from(bit / 8).unwrap_or(usize::MAX)
}

/// The bit at a place.
#[must_use]
pub fn get(bytes: &[u8], at: u64) -> bool {
    bytes.get(place(at)).is_some_and(|byte| byte & (0x80 >> (at % 8)) != 0)
}

/// Sets or clears the bit at a place; tells what it was.
pub fn set(bytes: &mut [u8], at: u64, bit: bool) -> bool {
    let Some(byte) = bytes.get_mut(place(at)) else { return false };
    let mask = 0x80 >> (at % 8);
    let old = *byte & mask != 0;
    *byte = if bit { *byte | mask } else { *byte & !mask };
    old
}

/// A field of so many bits, at most 64, at any place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its first bit.
    pub at: u64,
    /// How many bits.
    pub bits: u32,
}

/// A field may begin within a byte, so it touches one byte more than it has.
const FIELD_BYTES: usize = 9;

impl Field {
    /// The number in it.
    #[must_use]
    pub fn read(self, bytes: &[u8]) -> u64 {
        ((self.window(bytes) >> self.shift()) as u64) & self.mask()
    }

    /// Writes the lowest bits of a number into it.
    pub fn write(self, bytes: &mut [u8], value: u64) {
        let mask = u128::from(self.mask()) << self.shift();
        let value = u128::from(value & self.mask()) << self.shift();
        let window = self.window(bytes) & !mask | value;
        let touched = bytes.iter_mut().skip(place(self.at)).take(FIELD_BYTES);
        for (byte, new) in touched.zip(window.to_be_bytes().into_iter().skip(16 - FIELD_BYTES)) {
            *byte = new;
        }
    }

    /// The bytes that it may touch, as one number.
    fn window(self, bytes: &[u8]) -> u128 {
        let touched = bytes.get(place(self.at)..).unwrap_or_default();
        let byte = |index: usize| u128::from(touched.get(index).copied().unwrap_or(0));
        (0..FIELD_BYTES).fold(0, |window, index| window << 8 | byte(index))
    }

    /// How many bits of the window come after it.
    const fn shift(self) -> u32 {
        (8 * FIELD_BYTES as u32).saturating_sub((self.at % 8) as u32 + self.bits)
    }

    const fn mask(self) -> u64 {
        if self.bits >= 64 { u64::MAX } else { (1 << self.bits) - 1 }
    }
}

/// A way to make one row of bits of several. Rows that are shorter than the longest end in zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// What is set in all.
    And,
    /// What is set in any.
    Or,
    /// What is set in an odd number of them.
    Xor,
    /// What is not set in the first.
    Not,
    /// What is set in the first and in no other.
    Diff,
    /// What is set in others but not in the first.
    Diff1,
    /// What is set in the first and in any other.
    AndOr,
    /// What is set in exactly one.
    One,
}

/// Combining goes on in blocks that stay near the processor, however many rows there are.
const BLOCK: usize = 4096;

impl Combine {
    /// The combined row, as long as the longest.
    pub fn rows(self, rows: &[&[u8]]) -> Result<Vec<u8>, TryReserveError> {
        let len = rows.iter().map(|row| row.len()).max().unwrap_or(0);
        let mut result = Vec::new();
        result.try_reserve_exact(len)?;
        result.resize(len, 0);
        for (number, block) in result.chunks_mut(BLOCK).enumerate() {
            self.block(rows, number * BLOCK, block);
        }
        Ok(result)
    }

    /// Fills a block of the result, which is all zeros and begins at a place.
    fn block<'r>(self, rows: &[&'r [u8]], at: usize, block: &mut [u8]) {
        let Some((first, others)) = rows.split_first() else { return };
        let end = at + block.len();
        let part = |row: &&'r [u8]| row.get(at.min(row.len())..end.min(row.len())).unwrap_or_default();
        let first = part(first);
        let others = others.iter().map(part);
        let all = core::iter::once(first).chain(others.clone());
        match self {
            Self::And => {
                fold(block, first, |_, new| new);
                others.for_each(|row| keep(block, row));
            }
            Self::Or => all.for_each(|row| fold(block, row, |old, new| old | new)),
            Self::Xor => all.for_each(|row| fold(block, row, |old, new| old ^ new)),
            Self::Not => {
                fold(block, first, |_, new| new);
                block.iter_mut().for_each(|byte| *byte = !*byte);
            }
            Self::Diff => {
                fold(block, first, |_, new| new);
                others.for_each(|row| fold(block, row, |old, new| old & !new));
            }
            Self::Diff1 => {
                others.for_each(|row| fold(block, row, |old, new| old | new));
                fold(block, first, |old, new| old & !new);
            }
            Self::AndOr => {
                others.for_each(|row| fold(block, row, |old, new| old | new));
                keep(block, first);
            }
            Self::One => {
                let mut twice = [0; BLOCK];
                for row in all {
                    for ((once, twice), new) in block.iter_mut().zip(&mut twice).zip(row) {
                        *twice |= *once & new;
                        *once |= new;
                    }
                }
                fold(block, &twice, |once, twice| once & !twice);
            }
        }
    }
}

/// Does something to each byte of a block that a row reaches.
#[inline]
fn fold(block: &mut [u8], row: &[u8], with: impl Fn(u8, u8) -> u8) {
    for (old, new) in block.iter_mut().zip(row) {
        *old = with(*old, *new);
    }
}

/// Keeps the bits of a block that a row has, too.
fn keep(block: &mut [u8], row: &[u8]) {
    fold(block, row, |old, new| old & new);
    block.get_mut(row.len()..).unwrap_or_default().fill(0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    /// Bytes that look random, with long runs of the same in between.
    fn sample(seed: u64, len: usize) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        (0..len)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                match state % 5 {
                    0 => state.to_le_bytes()[5],
                    1 | 2 => 0xff,
                    _ => 0,
                }
            })
            .collect()
    }

    fn bits(bytes: &[u8]) -> Vec<bool> {
        bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte & (0x80 >> bit) != 0)).collect()
    }

    #[test]
    fn counting_and_finding_agree_with_bits_one_by_one() {
        for seed in 0..40 {
            let bytes = sample(seed, seed as usize);
            let bits = bits(&bytes);
            assert_eq!(count(&bytes), bits.iter().filter(|bit| **bit).count() as u64);
            for from in 0..=bits.len() {
                assert_eq!(get(&bytes, from as u64), bits.get(from).copied().unwrap_or(false));
                for to in (from..=bits.len()).step_by(3) {
                    let part = &bits[from..to];
                    let (start, end) = (from as u64, to as u64);
                    let ones = part.iter().filter(|bit| **bit).count() as u64;
                    assert_eq!(count_between(&bytes, start, end), ones, "{from}..{to}");
                    for bit in [false, true] {
                        let first = part.iter().position(|other| *other == bit).map(|at| (from + at) as u64);
                        assert_eq!(find(&bytes, bit, start, end), first, "{bit} in {from}..{to}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_lies_outside_is_not_there() {
        assert_eq!(find(b"", false, 0, 8), None);
        assert_eq!(find(b"\xff", false, 0, u64::MAX), None);
        assert_eq!(find(b"\0", false, 9, u64::MAX), None);
        assert_eq!(count_between(b"\xff", 3, u64::MAX), 5);
        assert_eq!(count_between(b"\xff", u64::MAX, u64::MAX), 0);
        assert!(!get(b"\xff", u64::MAX));
        assert!(!set(&mut [0xff], 8, false));
    }

    #[test]
    fn a_bit_is_set_where_it_is_read() {
        let mut bytes = vec![0; 3];
        for at in 0..24 {
            assert!(!set(&mut bytes, at, true));
            assert!(get(&bytes, at));
            assert_eq!(find(&bytes, true, 0, 24), Some(at));
            assert!(set(&mut bytes, at, false));
        }
    }

    #[test]
    fn fields_change_their_own_bits_only() {
        for bits in 1..=64 {
            for at in 0..20 {
                let field = Field { at, bits };
                let value = 0x9e37_79b9_7f4a_7c15 >> (64 - bits);
                for background in [0, 0xff] {
                    let mut bytes = vec![background; 12];
                    field.write(&mut bytes, value);
                    assert_eq!(field.read(&bytes), value, "{field:?}");
                    field.write(&mut bytes, u64::from(background) * 0x0101_0101_0101_0101);
                    assert_eq!(bytes, vec![background; 12], "{field:?}");
                }
            }
        }
    }

    #[test]
    fn a_field_past_the_end_is_cut_off() {
        let mut bytes = vec![0; 2];
        Field { at: 12, bits: 8 }.write(&mut bytes, 0xff);
        assert_eq!(bytes, [0, 0x0f]);
        assert_eq!(Field { at: 12, bits: 8 }.read(&bytes), 0xf0);
        assert_eq!(Field { at: u64::MAX, bits: 64 }.read(&bytes), 0);
    }

    #[test]
    fn rows_are_combined_bit_by_bit() {
        type Rule = fn(&[bool]) -> bool;
        let any = |bits: &[bool]| bits.iter().any(|bit| *bit);
        let rules: [(Combine, Rule); 8] = [
            (Combine::And, |bits| bits.iter().all(|bit| *bit)),
            (Combine::Or, any),
            (Combine::Xor, |bits| bits.iter().filter(|bit| **bit).count() % 2 == 1),
            (Combine::Not, |bits| !bits[0]),
            (Combine::Diff, |bits| bits[0] && !bits[1..].iter().any(|bit| *bit)),
            (Combine::Diff1, |bits| !bits[0] && bits[1..].iter().any(|bit| *bit)),
            (Combine::AndOr, |bits| bits[0] && bits[1..].iter().any(|bit| *bit)),
            (Combine::One, |bits| bits.iter().filter(|bit| **bit).count() == 1),
        ];
        for lens in [[0, 0, 0], [3, 3, 3], [1, 5, 3], [5000, 10, 9000], [9000, 4096, 0]] {
            let rows: Vec<Vec<u8>> = (1..).zip(lens).map(|(seed, len)| sample(seed, len)).collect();
            let rows: Vec<&[u8]> = rows.iter().map(Vec::as_slice).collect();
            for (combine, rule) in rules {
                for count in 1..=3 {
                    let rows = &rows[..count];
                    let len = rows.iter().map(|row| row.len()).max().unwrap_or(0);
                    let bits_of: Vec<Vec<bool>> = rows.iter().map(|row| bits(row)).collect();
                    let expected = (0..len * 8).map(|at| {
                        let column = bits_of.iter().map(|bits| bits.get(at).copied().unwrap_or(false));
                        rule(&column.collect::<Vec<_>>())
                    });
                    let result = combine.rows(rows).unwrap();
                    assert!(bits(&result).into_iter().eq(expected), "{combine:?} of {count}, {lens:?}");
                }
            }
        }
    }
}
