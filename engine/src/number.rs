//! Numbers as Redis reads and writes them.
//!
//! Reading is strict: no spaces, no `+`, no leading zeros, so that a text is a number only if writing the number
//! gives the text back. That is what lets a string be kept as an integer. Writing a float follows C's `%.17g`,
//! because replies and data files have to agree with the other servers to the last digit.

use alloc::format;
use alloc::string::{String, ToString};

use redstart_structures::float::Scan;

/// Reads a signed 64-bit number in its one canonical form.
#[inline]
#[must_use]
pub fn parse_int(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    match digits {
        [b'0'] if !negative => return Some(0),
        [b'1'..=b'9', ..] if digits.len() <= 19 => {}
        _ => return None,
    }
    let mut value = 0_u64;
    for &digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
    }
    if negative { 0_i64.checked_sub_unsigned(value) } else { i64::try_from(value).ok() }
}

/// Reads a floating-point number as `strtod` does where Redis asks for one: any decimal or hexadecimal form, `inf` and
/// `infinity`, but no spaces, no NaN, nothing after the number, and nothing that a double can't tell from infinity or
/// from zero.
#[must_use]
pub fn parse_float(text: &[u8]) -> Option<f64> {
    // Most are whole, and small enough to be exact.
    if text.len() <= 15
        && let Some(whole) = parse_int(text)
    {
        return Some(whole as f64);
    }
    Scan::new(text)?.double_in_range()
}

/// Reads a floating-point number as `strtod` does where Redis takes whatever that gives for the bound of a range: spaces
/// may come first, nothing at all is 0, a number too large is infinite and one too small is 0. A byte 0 ends the text.
#[must_use]
pub fn parse_bound(text: &[u8]) -> Option<f64> {
    let text = text.split(|&byte| byte == 0).next().unwrap_or_default();
    if text.is_empty() {
        return Some(0.0);
    }
    let spaces = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).count();
    Some(Scan::new(text.get(spaces..)?)?.double())
}

/// Writes a float as C's `%.17g` does: the form of scores and of doubles in replies.
#[must_use]
pub fn format_float(value: f64) -> String {
    if value.is_nan() {
        return String::from("nan");
    }
    if value.is_infinite() {
        return String::from(if value > 0.0 { "inf" } else { "-inf" });
    }
    if value == 0.0 {
        return String::from(if value.is_sign_negative() { "-0" } else { "0" });
    }
    if let Some(whole) = whole(value) {
        return whole.to_string();
    }
    let scientific = format!("{value:.16e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..17).contains(&exponent) {
        let mantissa = trim_zeros(mantissa);
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs());
    }
    let decimals = usize::try_from(16 - exponent).unwrap_or(0);
    trim_zeros(&format!("{value:.decimals$}")).to_string()
}

/// Writes a float with up to 17 decimals and never an exponent, as C's `%.17f` without the zeros at its end.
#[must_use]
pub fn format_decimal(value: f64) -> String {
    let mut text = format!("{value:.17}");
    text.truncate(trim_zeros(&text).len());
    text
}

/// The whole number that a float is, if its text is that number's: it needs no rounding, and is not -0.
#[inline]
#[must_use]
pub fn whole(value: f64) -> Option<i64> {
    let whole = value as i64;
    (value.abs() < 1e17 && whole as f64 == value && (whole != 0 || value.is_sign_positive())).then_some(whole)
}

/// The whole number that a float is, as far as other servers' listpacks hold floats as such; -0 is 0.
#[must_use]
pub fn whole_in_listpack(value: f64) -> Option<i64> {
    const MAX: f64 = (i64::MAX / 2) as f64;
    (value.abs() <= MAX && value == libm::trunc(value)).then_some(value as i64)
}

/// Drops the zeros after the point that say nothing, and the point with them.
#[must_use]
pub fn trim_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_one_form() {
        assert_eq!(parse_int(b"0"), Some(0));
        assert_eq!(parse_int(b"-1"), Some(-1));
        assert_eq!(parse_int(b"9223372036854775807"), Some(i64::MAX));
        assert_eq!(parse_int(b"-9223372036854775808"), Some(i64::MIN));
        for text in
            ["", "-", "+1", "01", "-0", " 1", "1 ", "1x", "9223372036854775808", "-9223372036854775809"]
        {
            assert_eq!(parse_int(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn floats_print_as_seventeen_digits() {
        for (value, text) in [
            (3.0, "3"),
            (0.1, "0.10000000000000001"),
            (1e17, "1e+17"),
            (1e16, "10000000000000000"),
            (1.5e-7, "1.4999999999999999e-07"),
            (-2.5, "-2.5"),
            (1e300, "1.0000000000000001e+300"),
            (0.0001, "0.0001"),
        ] {
            assert_eq!(format_float(value), text);
        }
    }

    #[test]
    fn floats_are_read_as_c_reads_them() {
        assert_eq!(parse_float(b"0x1p3"), Some(8.0));
        assert_eq!(parse_float(b"0x.8"), Some(0.5));
        assert_eq!(parse_float(b"-0x1.8p-1074"), Some(-1e-323));
        assert_eq!(parse_float(b"0x1.fffffffffffff7ffp1023"), Some(f64::MAX));
        assert_eq!(parse_float(b"0x1.00000000000008000000000000000000001"), Some(1.0 + f64::EPSILON));
        assert_eq!(parse_float(b"0x0p99999999999999999999"), Some(0.0));
        assert_eq!(parse_float(b"-inf"), Some(f64::NEG_INFINITY));
        assert_eq!(parse_float(b"+Infinity"), Some(f64::INFINITY));
        assert_eq!(parse_float(b"4e-324"), Some(5e-324));
        assert_eq!(parse_float(b"-0.0e-999"), Some(0.0));
        assert_eq!(parse_float(b"3.0e3"), Some(3000.0));
        for text in [
            "",
            " 1",
            "1 ",
            "nan",
            "1e999",
            "1e-400",
            "0x",
            "0x1p",
            "0x1p1024",
            "0x1p-1075",
            "--1",
            "1e",
            ".",
            "1_0",
            "1\0",
        ] {
            assert_eq!(parse_float(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn bounds_are_whatever_c_makes_of_them() {
        for (text, value) in [
            (&b""[..], 0.0),
            (b"\0nothing", 0.0),
            (b" \t\n\r1.5", 1.5),
            (b"2\0x", 2.0),
            (b"1e999", f64::INFINITY),
            (b"-1e999", f64::NEG_INFINITY),
            (b"1e-999", 0.0),
            (b"+0x10", 16.0),
            (b"-0x1p9999", f64::NEG_INFINITY),
            (b"0.1", 0.1),
            (b"-inf", f64::NEG_INFINITY),
        ] {
            assert_eq!(parse_bound(text), Some(value), "{}", text.escape_ascii());
        }
        for text in [" ", "x", "1x", "nan", "1 ", "(1", "--1"] {
            assert_eq!(parse_bound(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn decimals_have_no_exponent() {
        for (value, text) in [
            (180.0, "180"),
            (-179.999_997_317_790_99, "-179.99999731779098511"),
            (0.000_002_682_209_014_892_578, "0.00000268220901489"),
            (0.0, "0"),
            (1e17, "100000000000000000"),
        ] {
            assert_eq!(format_decimal(value), text);
        }
    }

    #[test]
    fn whole_numbers_are_told_from_others() {
        assert_eq!((whole(-3.0), whole(0.0), whole(1e16)), (Some(-3), Some(0), Some(10_000_000_000_000_000)));
        for value in [-0.0, 0.5, 1e17, f64::INFINITY, f64::NAN] {
            assert_eq!(whole(value), None, "{value}");
        }
    }
}
