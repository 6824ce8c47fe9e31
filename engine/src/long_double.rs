//! The 80-bit float of x86 (`long double`), in software.
//!
//! INCRBYFLOAT and HINCRBYFLOAT read, add and print in this format, and a sum must come out the same on every
//! platform, to the last digit: `0.1 + 0.2` is `0.3`, because 64 bits of mantissa are more than the 17 decimals that
//! are printed. Reading and printing are exact: the text is rounded once to 64 bits, and the number once to 17
//! decimals, both to the nearest, halves to even.

use alloc::format;
use alloc::string::{String, ToString};
use core::cmp::Ordering;
use core::mem;

use redstart_structures::float::{Format, Natural, Rounded, Scan, round};

/// A number: `mantissa * 2^exponent`, or infinity. The mantissa has its highest bit set unless the exponent is the
/// least there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongDouble {
    negative: bool,
    magnitude: Magnitude,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Magnitude {
    Finite { mantissa: u64, exponent: i32 },
    Infinite,
}

/// The longest text that is taken for a number.
const TEXT_MAX: usize = 5 * 1024 - 1;

/// The decimals that are printed.
const DECIMALS: usize = 17;

/// 10 to the power of that.
const SCALE: u64 = 100_000_000_000_000_000;

impl LongDouble {
    /// Reads what C's `strtold` reads, all of the text and without spaces; not what is no number, too big to be one,
    /// or too small to be other than zero.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        if text.len() > TEXT_MAX {
            return None;
        }
        let scan = Scan::new(text)?;
        let magnitude = match scan.round(Format::LONG_DOUBLE) {
            Rounded::Finite { mantissa, exponent } => Magnitude::Finite { mantissa, exponent },
            Rounded::Infinite => Magnitude::Infinite,
            Rounded::TooBig | Rounded::TooSmall => return None,
        };
        Some(Self { negative: scan.negative, magnitude })
    }

    /// The sum; none if it is infinity less infinity.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let (a, b) = match (self.magnitude, other.magnitude) {
            (Magnitude::Infinite, Magnitude::Infinite) => {
                return (self.negative == other.negative).then_some(self);
            }
            (Magnitude::Infinite, _) => return Some(self),
            (_, Magnitude::Infinite) => return Some(other),
            (
                Magnitude::Finite { mantissa: a, exponent: a_exponent },
                Magnitude::Finite { mantissa: b, exponent: b_exponent },
            ) => ((a_exponent, a, self.negative), (b_exponent, b, other.negative)),
        };
        // The one with the higher exponent is no smaller, and the other one is aligned to it.
        let (high, low) = if a.0 >= b.0 { (a, b) } else { (b, a) };
        Some(add_aligned(high, low))
    }

    /// Whether it is not infinite.
    #[must_use]
    pub const fn is_finite(self) -> bool {
        matches!(self.magnitude, Magnitude::Finite { .. })
    }

    /// Writes it with up to 17 decimals, as `%.17Lf` without the zeros at its end and without a sign before zero.
    #[must_use]
    pub fn to_text(self) -> String {
        let text = match self.magnitude {
            Magnitude::Infinite => String::from("inf"),
            Magnitude::Finite { mantissa, exponent } => print(mantissa, exponent),
        };
        if self.negative && text != "0" { format!("-{text}") } else { text }
    }
}

impl From<i64> for LongDouble {
    fn from(number: i64) -> Self {
        let rounded = round(u128::from(number.unsigned_abs()), false, 0, Format::LONG_DOUBLE);
        Self::from_rounded(number < 0, rounded)
    }
}

impl LongDouble {
    const fn from_rounded(negative: bool, rounded: Rounded) -> Self {
        let magnitude = match rounded {
            Rounded::Finite { mantissa, exponent } => Magnitude::Finite { mantissa, exponent },
            Rounded::Infinite | Rounded::TooBig => Magnitude::Infinite,
            Rounded::TooSmall => {
                Magnitude::Finite { mantissa: 0, exponent: Format::LONG_DOUBLE.exponent_min as i32 }
            }
        };
        Self { negative, magnitude }
    }
}

/// Adds `(exponent, mantissa, negative)` to one whose exponent is no higher.
fn add_aligned(high: (i32, u64, bool), low: (i32, u64, bool)) -> LongDouble {
    /// How far the higher mantissa is moved up, so that the lower one can move down by as much without a loss. The
    /// highest bit is left for the carry.
    const ROOM: u32 = 62;
    let distance = high.0.abs_diff(low.0);
    let mut big = u128::from(high.1) << ROOM;
    let wide = u128::from(low.1) << ROOM;
    let mut small = wide.checked_shr(distance).unwrap_or(0);
    let lost = wide != small.checked_shl(distance).unwrap_or(0);
    let mut negative = high.2;
    let exponent = i64::from(high.0) - i64::from(ROOM);
    if high.2 == low.2 {
        return LongDouble::from_rounded(negative, round(big + small, lost, exponent, Format::LONG_DOUBLE));
    }
    if big.cmp(&small) == Ordering::Less {
        mem::swap(&mut big, &mut small);
        negative = low.2;
    }
    // What was lost makes the smaller one a bit larger, and the difference a bit smaller.
    let difference = (big - small).saturating_sub(u128::from(lost));
    LongDouble::from_rounded(negative, round(difference, lost, exponent, Format::LONG_DOUBLE))
}

fn print(mantissa: u64, exponent: i32) -> String {
    let down = exponent.min(0).unsigned_abs();
    if down == 0 {
        return Natural::from(mantissa).shifted_left(exponent.unsigned_abs()).into_decimal();
    }
    let mut whole = mantissa.checked_shr(down).unwrap_or(0);
    let rest = mantissa - whole.checked_shl(down).unwrap_or(0);
    // Less than 2^64 * 10^17, so that a shift by 128 and more leaves less than a half.
    let scaled = u128::from(rest) * u128::from(SCALE);
    let mut decimals = scaled.checked_shr(down).unwrap_or(0);
    let left = scaled - decimals.checked_shl(down).unwrap_or(0);
    let half = 1_u128.checked_shl(down - 1).unwrap_or(u128::MAX);
    if left > half || (left == half && decimals % 2 == 1) {
        decimals += 1;
    }
    if decimals == u128::from(SCALE) {
        decimals = 0;
        whole += 1;
    }
    // There are less than 20 digits of either.
    crate::number::trim_zeros(&format!("{whole}.{:0DECIMALS$}", decimals as u64)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(a: &str, b: &str) -> Option<String> {
        let sum = LongDouble::parse(a.as_bytes())?.plus(LongDouble::parse(b.as_bytes())?)?;
        sum.is_finite().then(|| sum.to_text())
    }

    #[test]
    fn sums_look_as_people_expect() {
        for (a, b, expected) in [
            ("10.50", "0.1", "10.6"),
            ("5.0e3", "2.0e2", "5200"),
            ("3.0", "1.1", "4.1"),
            ("0.1", "0.2", "0.3"),
            ("1", "-1", "0"),
            ("-0", "0", "0"),
            ("-1e-30", "0", "0"),
            ("1.5e-17", "0", "0.00000000000000002"),
            ("2.5e-17", "0", "0.00000000000000002"),
            ("5e-18", "0", "0"),
            ("0.99999999999999999999", "0", "1"),
            ("9223372036854775807", "1", "9223372036854775808"),
            ("18446744073709551615", "1", "18446744073709551616"),
            ("18446744073709551616", "1", "18446744073709551616"),
            ("18446744073709551616", "3", "18446744073709551620"),
            ("18446744073709551616", "-0.5", "18446744073709551616"),
            ("18446744073709551616", "-0.75", "18446744073709551615"),
            ("1e20", "-1e20", "0"),
            ("0x10", "0x.8p1", "17"),
        ] {
            assert_eq!(sum(a, b).as_deref(), Some(expected), "{a} + {b}");
        }
    }

    #[test]
    fn the_largest_numbers_overflow() {
        assert_eq!(sum("1e4932", "1e4932"), None);
        assert_eq!(sum("inf", "1"), None);
        assert_eq!(sum("inf", "-inf"), None);
        let text = sum("1e4931", "0").unwrap();
        assert_eq!((text.len(), &text[..5]), (4932, "10000"));
    }

    #[test]
    fn texts_that_are_no_numbers() {
        for text in
            ["", " 1", "1 ", "nan", "-nan", "1e4933", "1e-4951", ".", "e5", "1e", "1e+", "0x", "0x1p", "1\0"]
        {
            assert_eq!(LongDouble::parse(text.as_bytes()), None, "{text:?}");
        }
        for text in ["+5", "5.", ".5", "1e-4950", "0e99999999999999999999", "INFINITY", "0X1P-16445"] {
            assert!(LongDouble::parse(text.as_bytes()).is_some(), "{text:?}");
        }
        let long = "1".repeat(TEXT_MAX + 1);
        assert!(LongDouble::parse(long.as_bytes()).is_none());
        assert!(LongDouble::parse(&long.as_bytes()[..4000]).is_some());
    }
}
