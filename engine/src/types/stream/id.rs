//! The ids of a stream's entries: a time in milliseconds and a number within it.

use core::fmt;

/// An id. Its upper half is the time, its lower half the number, so that ids are in the order of plain numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id(pub u128);

/// An id as it was written: `5-*` leaves the number open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParsedId {
    /// Both halves.
    Whole(Id),
    /// The time only.
    Open(u64),
}

impl Id {
    /// The smallest, which no entry has.
    pub const MIN: Self = Self(0);
    /// The greatest.
    pub const MAX: Self = Self(u128::MAX);

    /// An id of its halves.
    #[must_use]
    pub const fn new(ms: u64, seq: u64) -> Self {
        Self(((ms as u128) << 64) | seq as u128)
    }

    /// The time.
    #[must_use]
    pub const fn ms(self) -> u64 {
        (self.0 >> 64) as u64
    }

    /// The number.
    #[must_use]
    pub const fn seq(self) -> u64 {
        self.0 as u64
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }

    /// The one before it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.checked_sub(1).map(Self)
    }

    /// Its text, `ms-seq`.
    pub fn with_text<R>(self, use_it: impl FnOnce(&[u8]) -> R) -> R {
        const LEN_MOST: usize = 20 + 1 + 20;
        let (mut ms, mut seq) = (itoa::Buffer::new(), itoa::Buffer::new());
        let (ms, seq) = (ms.format(self.ms()).as_bytes(), seq.format(self.seq()).as_bytes());
        let mut text = [b'-'; LEN_MOST];
        for (place, part) in [(0, ms), (ms.len() + 1, seq)] {
            if let Some(place) = text.get_mut(place..place + part.len()) {
                place.copy_from_slice(part);
            }
        }
        use_it(text.get(..ms.len() + 1 + seq.len()).unwrap_or(&text))
    }

    /// Reads `ms-seq`; `ms` alone has the number `seq`.
    #[must_use]
    pub fn parse(text: &[u8], seq: u64) -> Option<Self> {
        match ParsedId::parse(text, seq)? {
            ParsedId::Whole(id) => Some(id),
            ParsedId::Open(_) => None,
        }
    }
}

impl ParsedId {
    /// Reads `ms-seq` or `ms-*`; `ms` alone has the number `seq`.
    #[must_use]
    pub fn parse(text: &[u8], seq: u64) -> Option<Self> {
        // Longer ones are refused, and what follows a zero byte is not looked at.
        const LEN_MOST: usize = 127;
        if text.len() > LEN_MOST {
            return None;
        }
        let text = text.split(|&byte| byte == 0).next().unwrap_or_default();
        let Some(dash) = text.iter().position(|&byte| byte == b'-') else {
            return Some(Self::Whole(Id::new(parse_half(text)?, seq)));
        };
        let (ms, seq) = (parse_half(text.get(..dash)?)?, text.get(dash + 1..)?);
        if seq == b"*" {
            return Some(Self::Open(ms));
        }
        Some(Self::Whole(Id::new(ms, parse_half(seq)?)))
    }
}

/// Reads a number as C's `strtoull` does: spaces and signs may come first, and what is below zero wraps around, except
/// for a number that is written in the one canonical way.
fn parse_half(text: &[u8]) -> Option<u64> {
    if crate::number::parse_int(text).is_some_and(|value| value < 0) {
        return None;
    }
    let spaces = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).count();
    let unspaced = text.get(spaces..)?;
    let (negative, digits) = match unspaced {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, unspaced),
    };
    if digits.is_empty() {
        return None;
    }
    let value = digits.iter().try_fold(0_u64, |value, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })?;
    Some(if negative { value.wrapping_neg() } else { value })
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| f.write_str(core::str::from_utf8(text).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn ids_are_read_as_they_are_written() {
        const MAX: u64 = u64::MAX;
        for (text, id) in [
            ("5-1", Id::new(5, 1)),
            ("5", Id::new(5, 7)),
            ("0-0", Id::MIN),
            ("18446744073709551615-18446744073709551615", Id::MAX),
            ("007-+1", Id::new(7, 1)),
            (" 1- 2", Id::new(1, 2)),
            ("1- -1", Id::new(1, MAX)),
            ("1--0", Id::new(1, 0)),
            ("5-1\x00junk", Id::new(5, 1)),
        ] {
            assert_eq!(ParsedId::parse(text.as_bytes(), 7), Some(ParsedId::Whole(id)), "{text:?}");
        }
        for id in [Id::MIN, Id::new(1, 20), Id::MAX] {
            assert_eq!(Id::parse(id.to_string().as_bytes(), 7), Some(id));
        }
        assert_eq!(ParsedId::parse(b"5-*", 7), Some(ParsedId::Open(5)));
        assert_eq!(Id::parse(b"5-*", 7), None);
        for text in
            ["", "-", "+", "*", "-5", "1-", "1--5", "1-2-3", "1-x", "x", "1 ", "18446744073709551616", "1-**"]
        {
            assert_eq!(ParsedId::parse(text.as_bytes(), 7), None, "{text:?}");
        }
        assert_eq!(ParsedId::parse(&[b'1'; 128], 0), None);
    }

    #[test]
    fn ids_have_neighbours() {
        assert_eq!(Id::new(1, u64::MAX).next(), Some(Id::new(2, 0)));
        assert_eq!(Id::new(2, 0).previous(), Some(Id::new(1, u64::MAX)));
        assert_eq!((Id::MAX.next(), Id::MIN.previous()), (None, None));
    }
}
