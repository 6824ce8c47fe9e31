//! Numbers as Lua 5.1 reads and writes them.
//!
//! Reading is C's `strtod` and nothing less, because scripts see it: decimal and hexadecimal digits with a fraction and an
//! exponent, `inf` and `nan` in any case, blanks on either side. A byte 0 ends the text, as it ends a string of C's.
//! Writing is `%.14g`: 14 digits, which hide what is not exact in a sum of decimals.

use alloc::vec::Vec;

use super::format::{Float, Spec};

/// The digits that a number is written with unless somebody asks for others.
const DIGITS: usize = 14;

/// Below this, whole numbers are written with all of their digits.
const WHOLE_MAX: f64 = 1e14;

/// The number that a text is, if it is one from its first byte to its last.
#[must_use]
pub fn parse(text: &[u8]) -> Option<f64> {
    let text = trim(until_zero(text));
    let (negative, unsigned) = split_sign(text);
    let value = match unsigned {
        [b'0', b'x' | b'X', digits @ ..] => hexadecimal(digits)?,
        [b'0'..=b'9' | b'.', ..] => core::str::from_utf8(unsigned).ok()?.parse().ok()?,
        _ => word(unsigned)?,
    };
    // Not a product with -1: that would leave the sign of a NaN to the machine.
    Some(f64::from_bits(value.to_bits() | u64::from(negative) << 63))
}

/// The number that a text is in a base from 2 to 36, as C's `strtoul` sees it: 64 bits without a sign, so that -1 is the
/// largest of them, as is everything beyond it.
#[must_use]
pub fn parse_in_base(text: &[u8], base: u32) -> Option<f64> {
    let text = trim(until_zero(text));
    let (negative, mut digits) = split_sign(text);
    if base == 16
        && let [b'0', b'x' | b'X', rest @ ..] = digits
    {
        digits = rest;
    }
    if digits.is_empty() {
        return None;
    }
    let (mut value, mut fits) = (0_u64, true);
    for &byte in digits {
        let digit = char::from(byte).to_digit(base)?;
        let next = value.checked_mul(base.into()).and_then(|value| value.checked_add(digit.into()));
        fits &= next.is_some();
        value = next.unwrap_or(value);
    }
    let value = match (fits, negative) {
        (false, _) => u64::MAX,
        (true, false) => value,
        (true, true) => value.wrapping_neg(),
    };
    Some(value as f64)
}

/// Writes a number as `tostring` does.
pub fn write(value: f64, out: &mut Vec<u8>) {
    if value.abs() < WHOLE_MAX && value == (value as i64) as f64 && (value != 0.0 || value.is_sign_positive())
    {
        write_whole(value as i64, out);
    } else {
        Spec { precision: Some(DIGITS), ..Spec::PLAIN }.float(Float::Shortest, value, out);
    }
}

fn write_whole(value: i64, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    let start = out.len();
    let mut rest = value.unsigned_abs();
    loop {
        out.push(b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out[start..].reverse();
}

/// Whether C calls a byte a blank.
#[must_use]
pub const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// What C sees of a text.
#[must_use]
pub fn until_zero(text: &[u8]) -> &[u8] {
    text.split(|&byte| byte == 0).next().unwrap_or_default()
}

fn trim(text: &[u8]) -> &[u8] {
    let start = text.iter().take_while(|&&byte| is_blank(byte)).count();
    let text = text.get(start..).unwrap_or_default();
    let end = text.iter().rev().take_while(|&&byte| is_blank(byte)).count();
    text.get(..text.len() - end).unwrap_or_default()
}

const fn split_sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

/// `inf`, `infinity`, `nan`, and `nan(…)` with whatever a system may want to tell of it.
fn word(text: &[u8]) -> Option<f64> {
    let lower = text.to_ascii_lowercase();
    match lower.as_slice() {
        b"inf" | b"infinity" => Some(f64::INFINITY),
        b"nan" => Some(positive_nan()),
        [b'n', b'a', b'n', b'(', told @ .., b')'] => {
            let fine = told.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'_');
            fine.then(positive_nan)
        }
        _ => None,
    }
}

/// Rust promises nothing about the sign of its own.
const fn positive_nan() -> f64 {
    f64::from_bits(0x7ff8_0000_0000_0000)
}

/// What follows `0x`: digits with or without a point, and a power of two.
fn hexadecimal(text: &[u8]) -> Option<f64> {
    let (mut mantissa, mut exponent, mut rest_is_zero) = (0_u64, 0_i64, true);
    let (mut digits, mut point) = (0, false);
    let mut left = text;
    while let Some((&byte, rest)) = left.split_first() {
        if let Some(digit) = char::from(byte).to_digit(16) {
            digits += 1;
            if mantissa >> 60 == 0 {
                mantissa = mantissa << 4 | u64::from(digit);
            } else {
                rest_is_zero &= digit == 0;
                exponent += 4;
            }
            exponent -= if point { 4 } else { 0 };
        } else if byte == b'.' && !point {
            point = true;
        } else {
            break;
        }
        left = rest;
    }
    if digits == 0 {
        return None;
    }
    exponent = exponent.saturating_add(power(left)?);
    if mantissa == 0 {
        return Some(0.0);
    }
    let shift = mantissa.leading_zeros();
    let sticky = u64::from(!rest_is_zero);
    Some(nearest(mantissa << shift | sticky, exponent.saturating_sub(shift.into())))
}

/// `p` and a number, or nothing.
fn power(text: &[u8]) -> Option<i64> {
    let [b'p' | b'P', rest @ ..] = text else { return text.is_empty().then_some(0) };
    let (negative, digits) = split_sign(rest);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let size = digits.iter().fold(0_i64, |sum, &digit| {
        // More than enough to leave the numbers there are on either side.
        (sum * 10 + i64::from(digit - b'0')).min(1 << 50)
    });
    Some(if negative { -size } else { size })
}

/// The number nearest to `mantissa * 2^exponent`, of two the even one. The mantissa's highest bit is set, and its lowest
/// stands for everything below it.
fn nearest(mantissa: u64, exponent: i64) -> f64 {
    /// The highest bit's exponent in the smallest number that has all 53 bits.
    const NORMAL_MIN: i64 = -1022;
    let highest = exponent.saturating_add(63);
    if highest > 1023 {
        return f64::INFINITY;
    }
    let lost = NORMAL_MIN.saturating_sub(highest).clamp(0, 54);
    let drop = 11 + lost;
    let wide = u128::from(mantissa);
    let kept = (wide >> drop) as u64;
    let (rest, half) = (wide & ((1 << drop) - 1), 1 << (drop - 1));
    let up = rest > half || (rest == half && kept & 1 == 1);
    // A carry out of the mantissa goes on into the exponent, where it belongs.
    let biased = if lost > 0 { 0 } else { (highest - NORMAL_MIN) as u64 };
    f64::from_bits((biased << 52) + kept + u64::from(up))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn written(value: f64) -> String {
        let mut out = Vec::new();
        write(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn texts_are_read_as_c_reads_them() {
        for (text, value) in [
            (&b"10"[..], 10.0),
            (b" \t\n\x0b\x0c\r-1.5e1 ", -15.0),
            (b".5", 0.5),
            (b"5.", 5.0),
            (b"+1e400", f64::INFINITY),
            (b"1e-400", 0.0),
            (b"10\0abc", 10.0),
            (b"0x1p4", 16.0),
            (b"0xA", 10.0),
            (b"-0x.8", -0.5),
            (b"0x1.00000000000008", 1.0),
            (b"0x1.00000000000008000000000001", 1.0 + f64::EPSILON),
            (b"0x1p-1074", 5e-324),
            (b"0x1.8p-1075", 5e-324),
            (b"0x1p-1075", 0.0),
            (b"0x1p-9999999999999999999999", 0.0),
            (b"0x1.fffffffffffff7p1023", f64::MAX),
            (b"0x1.fffffffffffff8p1023", f64::INFINITY),
            (b"0x0p99999", 0.0),
            (b"0x0.8p-1021", f64::MIN_POSITIVE),
            (b"0xffffffffffffffffffff", 1_208_925_819_614_629_174_706_175.0),
            (b"Infinity", f64::INFINITY),
            (b"-INF", f64::NEG_INFINITY),
        ] {
            assert_eq!(parse(text), Some(value), "{}", text.escape_ascii());
        }
        for text in [
            "", " ", "x", "1x", "0x", "0x.", "0x1p", "0x1p+", "1e", "1e+", "1 2", "--1", "- 1", ".", "1_0",
            "nan(", "in",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_number_has_a_sign() {
        assert_eq!(written(parse(b"nan").unwrap()), "nan");
        assert_eq!(written(parse(b"-NaN(12_a)").unwrap()), "-nan");
        assert_eq!(parse(b"-0").map(written), Some("-0".into()));
    }

    #[test]
    fn other_bases_have_64_bits_and_no_sign() {
        for (text, base, value) in [
            (" 10 ", 2, 2.0),
            ("z", 36, 35.0),
            ("0xA", 16, 10.0),
            ("-1", 16, 18_446_744_073_709_551_615.0),
            ("ffffffffffffffffffff", 16, 18_446_744_073_709_551_615.0),
            ("-ffffffffffffffffffff", 16, 18_446_744_073_709_551_615.0),
        ] {
            assert_eq!(parse_in_base(text.as_bytes(), base), Some(value), "{text:?}");
        }
        for (text, base) in [("2", 2), ("", 16), ("0x", 16), ("-", 8), ("1.5", 16), ("0x1", 8), ("\0", 16)] {
            assert_eq!(parse_in_base(text.as_bytes(), base), None, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_written_with_fourteen_digits() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (-12.0, "-12"),
            (0.1, "0.1"),
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.33333333333333"),
            (99_999_999_999_999.0, "99999999999999"),
            (1e14, "1e+14"),
            (99_999_999_999_999.9, "1e+14"),
            (123_456_789_012_345.0, "1.2345678901234e+14"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e100, "1e+100"),
            (-5e-324, "-4.9406564584125e-324"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(written(value), text);
        }
    }
}
