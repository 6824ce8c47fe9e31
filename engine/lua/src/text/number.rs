//! Numbers as Lua 5.1 reads and writes them.
//!
//! Reading is C's `strtod` and nothing less, because scripts see it: decimal and hexadecimal digits with a fraction and an
//! exponent, `inf` and `nan` in any case, blanks on either side. A byte 0 ends the text, as it ends a string of C's.
//! Writing is `%.14g`: 14 digits, which hide what is not exact in a sum of decimals.

use alloc::vec::Vec;

use redstart_structures::float::Scan;

use super::digits::Digits;

/// The digits that a number is written with unless somebody asks for others.
const DIGITS: usize = 14;

/// Below this, whole numbers are written with all of their digits.
const WHOLE_MAX: f64 = 1e14;

/// A number as `tostring` shows it. The longest are like `-1.2345678901234e-308`.
pub type Text = Digits<24>;

/// The number that a text is, if it is one from its first byte to its last.
#[must_use]
pub fn from_text(text: &[u8]) -> Option<f64> {
    let text = trim(until_zero(text));
    prefix(text).filter(|&(_, length)| length == text.len()).map(|(value, _)| value)
}

/// The number that a text begins with, as far as it can be read as one, and how many bytes that is. No blanks come first.
#[must_use]
pub fn prefix(text: &[u8]) -> Option<(f64, usize)> {
    match Scan::prefix(text) {
        Some((scan, rest)) => Some((scan.double(), text.len() - rest.len())),
        None => nan(text),
    }
}

/// The number that a text is in a base from 2 to 36, as C's `strtoul` sees it: 64 bits without a sign, so that -1 is the
/// largest of them, as is everything beyond it.
#[must_use]
pub fn from_text_in_base(text: &[u8], base: u32) -> Option<f64> {
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
#[must_use]
pub fn to_text(value: f64) -> Text {
    let mut text = Text::new();
    if value.abs() < WHOLE_MAX && value == (value as i64) as f64 && (value != 0.0 || value.is_sign_positive())
    {
        text.print(format_args!("{}", value as i64));
        return text;
    }
    if value.is_sign_negative() {
        text.push(b"-");
    }
    if value.is_finite() {
        text.shortest(value.abs(), DIGITS, false);
    } else {
        text.push(if value.is_nan() { b"nan" } else { b"inf" });
    }
    text
}

/// Adds a number as `tostring` shows it.
pub fn write(value: f64, out: &mut Vec<u8>) {
    out.extend_from_slice(to_text(value).as_bytes());
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

/// `nan`, and `nan(…)` with whatever a system may want to tell of it.
fn nan(text: &[u8]) -> Option<(f64, usize)> {
    let (negative, word) = split_sign(text);
    if !word.get(..3)?.eq_ignore_ascii_case(b"nan") {
        return None;
    }
    let told = word.get(4..).unwrap_or_default();
    let told = told.iter().take_while(|&&byte| byte.is_ascii_alphanumeric() || byte == b'_').count();
    let closed = word.get(3) == Some(&b'(') && word.get(4 + told) == Some(&b')');
    let length = text.len() - word.len() + if closed { told + 5 } else { 3 };
    Some((f64::from_bits(NAN | u64::from(negative) << 63), length))
}

/// Rust promises nothing about the sign of its own.
const NAN: u64 = 0x7ff8_0000_0000_0000;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn written(value: f64) -> String {
        String::from_utf8(to_text(value).as_bytes().to_vec()).unwrap()
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
            assert_eq!(from_text(text), Some(value), "{}", text.escape_ascii());
        }
        for text in [
            "", " ", "x", "1x", "0x", "0x.", "0x1p", "0x1p+", "1e", "1e+", "1 2", "--1", "- 1", ".", "1_0",
            "nan(", "in",
        ] {
            assert_eq!(from_text(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn a_number_ends_where_it_can_not_go_on() {
        for (text, value, length) in [
            ("1e", 1.0, 1),
            ("1e+x", 1.0, 1),
            ("1.5.2", 1.5, 3),
            ("0x", 0.0, 1),
            ("0xg", 0.0, 1),
            ("-0x1p+", -1.0, 4),
            ("infinit", f64::INFINITY, 3),
            ("+infinityx", f64::INFINITY, 9),
            ("12abc", 12.0, 2),
        ] {
            assert_eq!(prefix(text.as_bytes()), Some((value, length)), "{text:?}");
        }
        for (text, length) in [("nan", 3), ("nan(", 3), ("nan(a-)", 3), ("-nan(a_1)x", 9)] {
            assert_eq!(prefix(text.as_bytes()).map(|(_, length)| length), Some(length), "{text:?}");
        }
        for text in ["", " 1", "x", "-", ".", "+.e1"] {
            assert_eq!(prefix(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_number_has_a_sign() {
        assert_eq!(written(from_text(b"nan").unwrap()), "nan");
        assert_eq!(written(from_text(b"-NaN(12_a)").unwrap()), "-nan");
        assert_eq!(from_text(b"-0").map(written), Some("-0".into()));
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
            assert_eq!(from_text_in_base(text.as_bytes(), base), Some(value), "{text:?}");
        }
        for (text, base) in [("2", 2), ("", 16), ("0x", 16), ("-", 8), ("1.5", 16), ("0x1", 8), ("\0", 16)] {
            assert_eq!(from_text_in_base(text.as_bytes(), base), None, "{text:?}");
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
