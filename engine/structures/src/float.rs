//! From a decimal or hexadecimal text to the nearest binary number, as C's `strtod` and `strtold` find it.
//!
//! The standard library reads floats faster where they have many digits, by a table of 10 kB that a page would have to
//! download; here those are divided in whole numbers. Nearly all have few, and are exact after one division of floats.

mod natural;

pub use natural::Natural;

/// A binary format: how many bits its mantissas have, and between which exponents a mantissa may stand.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    bits: u32,
    /// The least exponent of a mantissa, which then need not have its highest bit.
    pub exponent_min: i64,
    exponent_max: i64,
}

impl Format {
    /// The 80-bit format of x86.
    pub const LONG_DOUBLE: Self = Self { bits: 64, exponent_min: -16445, exponent_max: 16320 };
    /// An `f64`.
    pub const DOUBLE: Self = Self { bits: 53, exponent_min: -1074, exponent_max: 971 };
}

/// What a text comes to in a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounded {
    /// `mantissa * 2^exponent`
    Finite {
        /// Its highest bit is set unless the exponent is the format's least.
        mantissa: u64,
        /// Of two.
        exponent: i32,
    },
    /// The text says so.
    Infinite,
    /// Beyond the largest number.
    TooBig,
    /// Nearer to zero than to the smallest number, but not zero.
    TooSmall,
}

/// The text of a number taken apart; its sign is separate.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    /// Whether it begins with a `-`.
    pub negative: bool,
    body: Body<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Body<'a> {
    Infinite,
    /// `digits.digits`, all of the base, times a power: of ten, or of two for hexadecimal digits.
    Digits {
        hexadecimal: bool,
        whole: &'a [u8],
        fraction: &'a [u8],
        power: i64,
    },
}

/// So many decimal digits fit 64 bits.
const FEW: usize = 19;

/// Whole numbers up to this one are doubles.
const WHOLE_MAX: u64 = 1 << 53;

/// Those that are doubles, as far as few digits have use for them.
const POWERS_OF_TEN: [f64; FEW + 1] = [
    1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19,
];

/// More than the digits of any number halfway between two doubles, and than those of any text of a long double.
const DIGITS_MAX: usize = 5 * 1024;

/// Beyond this many decimal digits before or zeros after the point there is no number in any format.
const DECIMAL_EXPONENT_MAX: i64 = 5000;

impl<'a> Scan<'a> {
    /// Takes a text apart that `strtod` reads to its end.
    #[must_use]
    pub fn new(text: &'a [u8]) -> Option<Self> {
        Self::prefix(text).and_then(|(scan, rest)| rest.is_empty().then_some(scan))
    }

    /// Takes the number apart that a text begins with, and gives what follows it: `inf`, `infinity`, decimal or
    /// hexadecimal digits with or without a point and an exponent. No blanks come first, and NaN is no number.
    #[must_use]
    pub fn prefix(text: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (negative, rest) = split_sign(text);
        let (body, rest) = match rest {
            [b'0', b'x' | b'X', digits @ ..] => {
                // Without a digit behind it, the x is not part of the number.
                Body::digits(digits, true).or_else(|| Body::digits(rest, false))
            }
            [b'0'..=b'9' | b'.', ..] => Body::digits(rest, false),
            _ => Body::word(rest),
        }?;
        Some((Self { negative, body }, rest))
    }

    /// The nearest `f64`: infinity if it is too large, 0 if it is too small.
    #[must_use]
    pub fn double(&self) -> f64 {
        self.signed(self.few_digits().unwrap_or_else(|| self.round(Format::DOUBLE).double()))
    }

    /// The nearest `f64`, unless that can't tell the number from infinity or from zero.
    #[must_use]
    pub fn double_in_range(&self) -> Option<f64> {
        let value = self.few_digits().or_else(|| match self.round(Format::DOUBLE) {
            Rounded::TooBig | Rounded::TooSmall => None,
            rounded => Some(rounded.double()),
        })?;
        Some(self.signed(value))
    }

    const fn signed(&self, value: f64) -> f64 {
        if self.negative { -value } else { value }
    }

    /// A decimal number whose digits and power of ten are doubles themselves, so that only their quotient is rounded.
    fn few_digits(&self) -> Option<f64> {
        let Body::Digits { hexadecimal: false, whole, fraction, power: 0 } = self.body else { return None };
        if whole.len() + fraction.len() > FEW {
            return None;
        }
        let digits = whole.iter().chain(fraction);
        let value = digits.fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
        let divisor = POWERS_OF_TEN.get(fraction.len()).filter(|_| value <= WHOLE_MAX)?;
        Some(value as f64 / divisor)
    }

    /// The nearest number of a format.
    #[must_use]
    pub fn round(&self, format: Format) -> Rounded {
        match self.body {
            Body::Infinite => Rounded::Infinite,
            Body::Digits { hexadecimal: true, whole, fraction, power } => {
                let power = power.saturating_sub(4 * fraction.len() as i64);
                round_hexadecimal(whole.iter().chain(fraction), power, format)
            }
            Body::Digits { hexadecimal: false, whole, fraction, power } => {
                let power = power.saturating_sub(fraction.len() as i64);
                round_decimal(whole.iter().chain(fraction), power, format)
            }
        }
    }
}

impl<'a> Body<'a> {
    fn word(text: &'a [u8]) -> Option<(Self, &'a [u8])> {
        [8, 3].into_iter().find_map(|len| {
            let (word, rest) = text.split_at_checked(len)?;
            b"infinity"
                .get(..len)
                .is_some_and(|whole| word.eq_ignore_ascii_case(whole))
                .then_some((Self::Infinite, rest))
        })
    }

    fn digits(text: &'a [u8], hexadecimal: bool) -> Option<(Self, &'a [u8])> {
        let is_digit = if hexadecimal { u8::is_ascii_hexdigit } else { u8::is_ascii_digit };
        let (whole, rest) = split_digits(text, is_digit);
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => split_digits(rest, is_digit),
            _ => (&[][..], rest),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let power = match rest {
            [b'e' | b'E', power @ ..] if !hexadecimal => read_power(power),
            [b'p' | b'P', power @ ..] if hexadecimal => read_power(power),
            _ => None,
        };
        // Without a digit behind it, the letter is not part of the number.
        let (power, rest) = power.unwrap_or((0, rest));
        Some((Self::Digits { hexadecimal, whole, fraction, power }, rest))
    }
}

impl Rounded {
    /// The same as an `f64`, if it was rounded to one.
    fn double(self) -> f64 {
        match self {
            Self::Finite { mantissa, exponent } => {
                // Without its highest bit it is one of the smallest, whose exponent is written as that of nothing.
                let place = (i64::from(exponent) - Format::DOUBLE.exponent_min) as u64;
                let top = Format::DOUBLE.bits - 1;
                // The highest bit is not written: it is one more in the exponent.
                f64::from_bits((place << top) + mantissa)
            }
            Self::Infinite | Self::TooBig => f64::INFINITY,
            Self::TooSmall => 0.0,
        }
    }
}

fn split_sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

fn split_digits(text: &[u8], is_digit: fn(&u8) -> bool) -> (&[u8], &[u8]) {
    let len = text.iter().take_while(|byte| is_digit(byte)).count();
    text.split_at(len)
}

/// A decimal exponent and what follows it; one beyond all bounds is as good as one far beyond all formats.
fn read_power(text: &[u8]) -> Option<(i64, &[u8])> {
    let (negative, rest) = split_sign(text);
    let (digits, rest) = split_digits(rest, u8::is_ascii_digit);
    let power = digits.iter().fold(0_i64, |power, digit| {
        power.saturating_mul(10).saturating_add(i64::from(digit - b'0')).min(i64::MAX / 4)
    });
    (!digits.is_empty()).then_some((if negative { -power } else { power }, rest))
}

/// `digits * 2^power`
fn round_hexadecimal<'a>(digits: impl Iterator<Item = &'a u8>, power: i64, format: Format) -> Rounded {
    let (mut value, mut lost, mut power) = (0_u128, false, power);
    for &digit in digits {
        let digit = char::from(digit).to_digit(16).unwrap_or(0);
        if value >> 120 == 0 {
            value = (value << 4) | u128::from(digit);
        } else {
            lost |= digit != 0;
            power = power.saturating_add(4);
        }
    }
    round(value, lost, power, format)
}

/// `digits * 10^power`
fn round_decimal<'a>(digits: impl Iterator<Item = &'a u8> + Clone, power: i64, format: Format) -> Rounded {
    let digits = digits.copied().skip_while(|&digit| digit == b'0');
    let count = digits.clone().count();
    let magnitude = power.saturating_add(count as i64);
    if count == 0 {
        return round(0, false, 0, format);
    }
    if magnitude > DECIMAL_EXPONENT_MAX {
        return Rounded::TooBig;
    }
    if magnitude < -DECIMAL_EXPONENT_MAX {
        return Rounded::TooSmall;
    }
    if count <= FEW {
        let value = digits.clone().fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
        match power {
            0..=19 => return round(u128::from(value) * 10_u128.pow(power as u32), false, 0, format),
            -18..0 => return round_quotient(value, 10_u64.pow(power.unsigned_abs() as u32), format),
            _ => {}
        }
    }
    // What stands behind so many only tells whether there is more.
    let more = digits.clone().skip(DIGITS_MAX).any(|digit| digit != b'0');
    let number = Natural::from_digits(digits.take(DIGITS_MAX).chain(more.then_some(b'1')));
    let cut = count.saturating_sub(DIGITS_MAX) as i64 - i64::from(more);
    let power = power.saturating_add(cut);
    // A power of ten is one of five and one of two, and that of two is only added to the exponent.
    let fives = power.unsigned_abs() as u32;
    if power < 0 { divide_by_fives(number, fives, format) } else { multiply_by_fives(number, fives, format) }
}

/// A quotient of few digits; the divisor is below 2^60, so that the quotient has at least 67 bits.
fn round_quotient(value: u64, divisor: u64, format: Format) -> Rounded {
    let up = u128::from(value).leading_zeros();
    let (value, divisor) = (u128::from(value) << up, u128::from(divisor));
    let quotient = value / divisor;
    round(quotient, value != quotient * divisor, -i64::from(up), format)
}

/// `number * 10^fives`
fn multiply_by_fives(mut number: Natural, fives: u32, format: Format) -> Rounded {
    number.multiply_by_five_to(fives);
    let (top, below, lost) = number.top();
    round(top, lost, i64::from(below) + i64::from(fives), format)
}

/// `number / 10^fives`
fn divide_by_fives(number: Natural, fives: u32, format: Format) -> Rounded {
    /// More than any mantissa and a bit to round by.
    const QUOTIENT_BITS: i64 = 100;
    let divisor = Natural::power_of_five(fives);
    let up = QUOTIENT_BITS + i64::from(divisor.bits()) - i64::from(number.bits());
    let shift = up.unsigned_abs() as u32;
    let (quotient, lost) = if up >= 0 {
        number.shifted_left(shift).divided_by(&divisor)
    } else {
        number.divided_by(&divisor.shifted_left(shift))
    };
    round(quotient, lost, -up - i64::from(fives), format)
}

/// The number of a format that is nearest to `value * 2^exponent`; of two, the one with an even mantissa. `lost` tells
/// that the value is a bit larger; it must then have two bits more than the format.
pub fn round(value: u128, lost: bool, exponent: i64, format: Format) -> Rounded {
    if value == 0 && !lost {
        return Rounded::Finite { mantissa: 0, exponent: format.exponent_min as i32 };
    }
    let bits = i64::from(u128::BITS - value.leading_zeros());
    let mut target = (exponent + bits - i64::from(format.bits)).max(format.exponent_min);
    let mut mantissa = match u32::try_from(target - exponent) {
        Ok(down) => shift_rounding(value, lost, down),
        Err(_) if target > format.exponent_max => return Rounded::TooBig,
        Err(_) => value.checked_shl((exponent - target) as u32).unwrap_or(0),
    };
    if mantissa == 1 << format.bits {
        mantissa >>= 1;
        target += 1;
    }
    if mantissa == 0 {
        Rounded::TooSmall
    } else if target > format.exponent_max {
        Rounded::TooBig
    } else {
        Rounded::Finite { mantissa: mantissa as u64, exponent: target as i32 }
    }
}

fn shift_rounding(value: u128, lost: bool, down: u32) -> u128 {
    let kept = value.checked_shr(down).unwrap_or(0);
    let Some(half) = down.checked_sub(1) else { return kept };
    let Some(half) = 1_u128.checked_shl(half) else { return 0 };
    let rest = value - kept.checked_shl(down).unwrap_or(0);
    let up = rest > half || (rest == half && (lost || kept % 2 == 1));
    kept + u128::from(up)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;
    use std::string::String;

    /// Numbers as the standard library reads them, which is right for any decimal text.
    fn agrees(text: &str) {
        let (expected, scan) = (text.parse::<f64>().unwrap(), Scan::new(text.as_bytes()).unwrap());
        assert_eq!(scan.double().to_bits(), expected.to_bits(), "{text}");
        let is_zero = text.bytes().take_while(|byte| *byte != b'e').all(|byte| b"-.0".contains(&byte));
        let fits = expected.is_finite() && (expected != 0.0 || is_zero);
        assert_eq!(scan.double_in_range(), fits.then_some(expected), "{text}");
    }

    fn randoms(count: usize) -> impl Iterator<Item = u64> {
        let mut state = 7_u64;
        core::iter::repeat_with(move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state ^ (state >> 29)
        })
        .take(count)
    }

    #[test]
    fn doubles_come_back_from_their_texts() {
        for bits in randoms(3000) {
            let value = f64::from_bits(bits);
            if value.is_finite() {
                agrees(&format!("{value:e}"));
                agrees(&format!("{value:.16e}"));
                agrees(&format!("{value:.25e}"));
            }
        }
    }

    #[test]
    fn texts_of_any_digits_and_powers_are_read() {
        for random in randoms(5000) {
            let digits = random >> (random % 60);
            let power = (random >> 20) as i64 % 40 - 20;
            agrees(&format!("{digits}e{power}"));
            agrees(&format!("-{digits}e{}", power * 17));
            let (whole, fraction) = (digits / 1000, digits % 1000);
            agrees(&format!("{whole}.{fraction:03}"));
        }
    }

    #[test]
    fn halves_are_even_however_far_one_must_look() {
        // Halfway between 2^53 and what comes next, and a bit more that is further behind than any half has digits.
        let more = |zeros: usize| format!("9007199254740993.{}1", "0".repeat(zeros));
        agrees("9007199254740993");
        for zeros in [0, 100, 800, DIGITS_MAX, 3 * DIGITS_MAX] {
            agrees(&more(zeros));
            agrees(&format!("{}e-{}", more(zeros).replace('.', ""), zeros + 1));
        }
        let halfway: String = format!("{:.1074}", f64::from_bits(1)) + "5";
        for text in
            [&halfway, "4.9406564584124654e-324", "2.4703282292062327e-324", "2.4703282292062328e-324"]
        {
            agrees(text);
        }
        agrees("1.7976931348623158e308");
        agrees("1.7976931348623159e308");
    }

    #[test]
    fn a_number_ends_where_it_can_not_go_on() {
        for (text, value, rest) in [
            ("1e", 1.0, "e"),
            ("-1.5e+x", -1.5, "e+x"),
            ("1.5.2", 1.5, ".2"),
            ("5.", 5.0, ""),
            ("0xg", 0.0, "xg"),
            ("0x1.8p", 1.5, "p"),
            ("infinit", f64::INFINITY, "init"),
            ("+Infinityx", f64::INFINITY, "x"),
        ] {
            let (scan, left) = Scan::prefix(text.as_bytes()).unwrap();
            assert_eq!((scan.double(), left), (value, rest.as_bytes()), "{text}");
            assert_eq!(Scan::new(text.as_bytes()).is_some(), rest.is_empty(), "{text}");
        }
        for text in ["", " 1", "-", ".", "+.e1", "in", "nan"] {
            assert!(Scan::prefix(text.as_bytes()).is_none(), "{text:?}");
        }
    }
}
