//! From a decimal or hexadecimal text to the nearest binary number.

use super::natural::Natural;

/// A binary format: how many bits its mantissas have, and between which exponents a mantissa may stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Format {
    bits: u32,
    pub(super) exponent_min: i64,
    exponent_max: i64,
}

impl Format {
    /// The 80-bit format of x86.
    pub(super) const LONG_DOUBLE: Self = Self { bits: 64, exponent_min: -16445, exponent_max: 16320 };
    /// An `f64`.
    pub(crate) const DOUBLE: Self = Self { bits: 53, exponent_min: -1074, exponent_max: 971 };
}

/// What a text comes to in a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounded {
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
pub(crate) struct Scan<'a> {
    /// Whether it begins with a `-`.
    pub(crate) negative: bool,
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

/// Beyond this many decimal digits before or zeros after the point there is no number in any format.
const DECIMAL_EXPONENT_MAX: i64 = 5000;

impl<'a> Scan<'a> {
    /// Takes a text apart that C's `strtod` reads to its end: `inf`, `infinity`, decimal or hexadecimal digits with
    /// or without a point and an exponent. NaN is no number.
    pub(crate) fn new(text: &'a [u8]) -> Option<Self> {
        let (negative, rest) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        if rest.eq_ignore_ascii_case(b"inf") || rest.eq_ignore_ascii_case(b"infinity") {
            return Some(Self { negative, body: Body::Infinite });
        }
        let (hexadecimal, rest) = match rest {
            [b'0', b'x' | b'X', rest @ ..] => (true, rest),
            _ => (false, rest),
        };
        let is_digit = if hexadecimal { u8::is_ascii_hexdigit } else { u8::is_ascii_digit };
        let (whole, rest) = split_digits(rest, is_digit);
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => split_digits(rest, is_digit),
            _ => (&[][..], rest),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let power = match (rest, hexadecimal) {
            ([], _) => 0,
            ([b'e' | b'E', power @ ..], false) | ([b'p' | b'P', power @ ..], true) => read_power(power)?,
            _ => return None,
        };
        Some(Self { negative, body: Body::Digits { hexadecimal, whole, fraction, power } })
    }

    /// The nearest number of a format.
    pub(crate) fn round(&self, format: Format) -> Rounded {
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

fn split_digits(text: &[u8], is_digit: fn(&u8) -> bool) -> (&[u8], &[u8]) {
    let len = text.iter().take_while(|byte| is_digit(byte)).count();
    text.split_at(len)
}

/// A decimal exponent; one beyond all bounds is as good as one far beyond all formats.
fn read_power(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let power = digits.iter().fold(0_i64, |power, digit| {
        power.saturating_mul(10).saturating_add(i64::from(digit - b'0')).min(i64::MAX / 4)
    });
    Some(if negative { -power } else { power })
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
    if count <= 19 {
        let value = digits.clone().fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
        match power {
            0..=19 => return round(u128::from(value) * 10_u128.pow(power as u32), false, 0, format),
            -18..0 => return round_quotient(value, 10_u64.pow(power.unsigned_abs() as u32), format),
            _ => {}
        }
    }
    let number = Natural::from_digits(digits);
    // A power of ten is one of five and one of two, and that of two is only added to the exponent.
    let fives = power.unsigned_abs() as u32;
    if power < 0 { divide_by_fives(number, fives, format) } else { multiply_by_fives(number, fives, format) }
}

/// A quotient of few digits; the divisor is below 2^60, so that the quotient has at least 67 bits.
fn round_quotient(value: u64, divisor: u64, format: Format) -> Rounded {
    let up = u128::from(value).leading_zeros();
    let (value, divisor) = (u128::from(value) << up, u128::from(divisor));
    round(value / divisor, value % divisor != 0, -i64::from(up), format)
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
pub(super) fn round(value: u128, lost: bool, exponent: i64, format: Format) -> Rounded {
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
