//! Whole numbers of any size, as far as reading and printing floats need them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// A whole number: digits in base 2^32, the lowest first, the highest not zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Natural(Vec<u32>);

/// The largest powers of ten and of five that fit a digit.
const TEN_TO_9: u32 = 1_000_000_000;
const FIVE_TO_13: u32 = 1_220_703_125;

impl From<u64> for Natural {
    fn from(number: u64) -> Self {
        let mut natural = Self(vec![number as u32, (number >> 32) as u32]);
        natural.trim();
        natural
    }
}

impl Natural {
    /// From decimal digits.
    pub fn from_digits(digits: impl Iterator<Item = u8>) -> Self {
        let mut natural = Self(Vec::new());
        let (mut chunk, mut scale) = (0, 1);
        for digit in digits {
            chunk = chunk * 10 + u32::from(digit.wrapping_sub(b'0').min(9));
            scale *= 10;
            if scale == TEN_TO_9 {
                natural.multiply_add(scale, chunk);
                (chunk, scale) = (0, 1);
            }
        }
        natural.multiply_add(scale, chunk);
        natural
    }

    /// 5 to the power of `power`.
    pub fn power_of_five(power: u32) -> Self {
        let mut natural = Self::from(1);
        natural.multiply_by_five_to(power);
        natural
    }

    /// Multiplies by 5 to the power of `power`.
    pub fn multiply_by_five_to(&mut self, power: u32) {
        for _ in 0..power / 13 {
            self.multiply_add(FIVE_TO_13, 0);
        }
        self.multiply_add(5_u32.pow(power % 13), 0);
    }

    fn multiply_add(&mut self, factor: u32, addend: u32) {
        let mut carry = u64::from(addend);
        for digit in &mut self.0 {
            let product = u64::from(*digit) * u64::from(factor) + carry;
            *digit = product as u32;
            carry = product >> 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    /// How many binary digits it has.
    pub fn bits(&self) -> u32 {
        let high = self.0.last().map_or(0, |digit| u32::BITS - digit.leading_zeros());
        (self.0.len() as u32).saturating_sub(1) * u32::BITS + high
    }

    /// Times 2 to the power of `bits`.
    pub fn shifted_left(&self, bits: u32) -> Self {
        let mut digits = vec![0; (bits / u32::BITS) as usize];
        let shift = bits % u32::BITS;
        let mut carry = 0;
        for &digit in &self.0 {
            let wide = (u64::from(digit) << shift) | carry;
            digits.push(wide as u32);
            carry = wide >> 32;
        }
        digits.push(carry as u32);
        let mut natural = Self(digits);
        natural.trim();
        natural
    }

    /// The highest 128 binary digits, how many there are below them, and whether any of those is set.
    pub fn top(&self) -> (u128, u32, bool) {
        let below = self.bits().saturating_sub(u128::BITS);
        let (skipped, shift) = ((below / u32::BITS) as usize, below % u32::BITS);
        let mut top = 0_u128;
        for (place, &digit) in self.0.iter().skip(skipped).enumerate() {
            let up = place as u32 * u32::BITS;
            let part = u128::from(digit);
            top |= if up >= shift { part.checked_shl(up - shift).unwrap_or(0) } else { part >> (shift - up) };
        }
        let cut = self.0.get(skipped).map_or(0, |digit| digit & ((1 << shift) - 1));
        let lost = cut != 0 || self.0.iter().take(skipped).any(|&digit| digit != 0);
        (top, below, lost)
    }

    /// Divides by another; the quotient must have less than 128 binary digits. Tells whether something is left.
    pub fn divided_by(mut self, divisor: &Self) -> (u128, bool) {
        let steps = self.bits().saturating_sub(divisor.bits()).min(u128::BITS - 1);
        let mut part = divisor.shifted_left(steps);
        let mut quotient = 0;
        for _ in 0..=steps {
            quotient <<= 1;
            if self.compare(&part) != Ordering::Less {
                self.subtract(&part);
                quotient |= 1;
            }
            part.halve();
        }
        (quotient, !self.0.is_empty())
    }

    fn compare(&self, other: &Self) -> Ordering {
        let by_len = self.0.len().cmp(&other.0.len());
        by_len.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    /// Takes away one that is no larger.
    fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        let others = other.0.iter().copied().chain(core::iter::repeat(0));
        for (digit, other) in self.0.iter_mut().zip(others) {
            let (difference, first) = digit.overflowing_sub(other);
            let (difference, second) = difference.overflowing_sub(u32::from(borrow));
            *digit = difference;
            borrow = first || second;
        }
        self.trim();
    }

    fn halve(&mut self) {
        let mut carry = 0;
        for digit in self.0.iter_mut().rev() {
            let low = *digit & 1;
            *digit = (*digit >> 1) | (carry << 31);
            carry = low;
        }
        self.trim();
    }

    /// Divides by a digit; gives what is left.
    fn divide_by_digit(&mut self, divisor: u32) -> u32 {
        let mut rest = 0_u64;
        for digit in self.0.iter_mut().rev() {
            let wide = (rest << 32) | u64::from(*digit);
            *digit = (wide / u64::from(divisor)) as u32;
            rest = wide % u64::from(divisor);
        }
        self.trim();
        rest as u32
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    /// In decimal digits.
    pub fn into_decimal(mut self) -> String {
        let mut chunks = Vec::new();
        while !self.0.is_empty() {
            chunks.push(self.divide_by_digit(TEN_TO_9));
        }
        let mut text = chunks.pop().unwrap_or(0).to_string();
        for chunk in chunks.into_iter().rev() {
            text += &format!("{chunk:09}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_128_bits() {
        let mut seed = 1_u128;
        for round in 0..2000_u32 {
            seed = seed.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(99);
            let (a, b) = (seed >> (round % 120), (seed.rotate_left(64) >> (64 + round % 63)) | 1);
            let natural = Natural::from_digits(a.to_string().bytes());
            assert_eq!(natural.clone().into_decimal(), a.to_string());
            assert_eq!(natural.bits(), u128::BITS - a.leading_zeros());
            let divisor = Natural::from(b as u64);
            assert_eq!(natural.clone().divided_by(&divisor), (a / b, a % b != 0));
            assert_eq!(natural.top(), (a, 0, false));
            let (top, below, lost) = natural.shifted_left(round % 300).top();
            assert!(!lost || a == 0);
            if a > 0 {
                assert_eq!(top >> top.trailing_zeros(), a >> a.trailing_zeros());
                assert_eq!(below + top.trailing_zeros(), round % 300 + a.trailing_zeros());
            }
        }
    }

    #[test]
    fn powers_of_five() {
        assert_eq!(Natural::power_of_five(27).into_decimal(), 5_u128.pow(27).to_string());
        assert_eq!(Natural::power_of_five(0), Natural::from(1));
    }
}
