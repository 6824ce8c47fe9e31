//! How numbers are written in directives: strictly, with units, in octal, or
//! the loose way of C's `strtoll` where Redis is that lenient.

/// A whole number in its one spelling: no plus, no leading zero, no blank.
pub(super) fn parse_integer(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let well_formed = match digits {
        b"0" => digits.len() == text.len(),
        [b'1'..=b'9', ..] => true,
        _ => false,
    };
    if !well_formed {
        return None;
    }
    core::str::from_utf8(text).ok()?.parse().ok()
}

/// An amount of memory: digits and a unit (`k` is 1000, `kb` 1024, …).
///
/// No digits are zero, as in Redis. What would not fit is the greatest amount.
pub fn parse_memory(text: &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let (_, scale) = UNITS.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(unit))?;
    let number = number.iter().fold(0u64, |number, digit| {
        number.saturating_mul(10).saturating_add(u64::from(digit.wrapping_sub(b'0')))
    });
    Some(number.saturating_mul(*scale))
}

/// `10%`: the ten.
pub(super) fn parse_percent(text: &[u8]) -> Option<u64> {
    let number = parse_integer(text.strip_suffix(b"%")?)?;
    u64::try_from(number).ok()
}

/// A number in base 8, read loosely.
pub(super) fn parse_octal(text: &[u8]) -> Option<i64> {
    parse_with_radix(text, 8).filter(|number| *number != i64::MAX && *number != i64::MIN)
}

/// A number as C reads it: blanks and a sign before it are allowed, no digits
/// at all are zero, and what does not fit is the nearest that does.
pub(super) fn parse_loose(text: &[u8]) -> Option<i64> {
    parse_with_radix(text, 10)
}

fn parse_with_radix(text: &[u8], radix: u32) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let blanks = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).count();
    let (negative, digits) = match text.get(blanks..)? {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0i64, |number, digit| {
        let digit = i64::from(char::from(*digit).to_digit(radix)?);
        let digit = if negative { -digit } else { digit };
        Some(number.saturating_mul(i64::from(radix)).saturating_add(digit))
    })
}

const UNITS: &[(&str, u64)] = &[
    ("", 1),
    ("b", 1),
    ("k", 1000),
    ("kb", 1 << 10),
    ("m", 1_000_000),
    ("mb", 1 << 20),
    ("g", 1_000_000_000),
    ("gb", 1 << 30),
];

#[cfg(test)]
mod tests {
    use super::{parse_integer, parse_loose, parse_memory, parse_octal, parse_percent};

    #[test]
    fn integers_have_one_spelling() {
        assert_eq!(parse_integer(b"-9223372036854775808"), Some(i64::MIN));
        for wrong in ["", "+5", "05", "-0", "1 ", "9223372036854775808", "-"] {
            assert_eq!(parse_integer(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn memory_has_units() {
        for (text, bytes) in
            [("7", 7), ("2k", 2000), ("1Kb", 1024), ("3GB", 3 << 30), ("", 0), ("mb", 0), ("5b", 5)]
        {
            assert_eq!(parse_memory(text.as_bytes()), Some(bytes), "{text}");
        }
        assert_eq!(parse_memory(b"999999999999999999999999"), Some(u64::MAX));
        for wrong in ["abc", "-1", "3gb1", "1.5gb", "7 ", "100%"] {
            assert_eq!(parse_memory(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(parse_percent(b"10%"), Some(10));
        assert_eq!(parse_percent(b"-1%"), None);
        assert_eq!(parse_percent(b"%"), None);
    }

    #[test]
    fn loose_numbers() {
        assert_eq!(parse_loose(b" +12"), Some(12));
        assert_eq!(parse_loose(b""), Some(0));
        assert_eq!(parse_loose(b"99999999999999999999"), Some(i64::MAX));
        assert_eq!(parse_loose(b"1x"), None);
        assert_eq!(parse_octal(b"777"), Some(0o777));
        assert_eq!(parse_octal(b"9"), None);
    }
}
