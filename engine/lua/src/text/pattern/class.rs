//! The items that take one byte: the byte itself, `.`, a class like `%d`, a set like `[%a_]`.

use super::{PatternError, Texts};

/// Where the item that begins at `item` ends, without the sign that says how often it may be there.
pub(super) fn end_of_class(texts: Texts<'_>, item: usize) -> Result<usize, PatternError> {
    match texts.sign(item) {
        b'%' if texts.sign(item + 1) == 0 => Err(PatternError::EndsWithPercent),
        b'%' => Ok(item + 2),
        b'[' => end_of_set(texts, item + 1),
        _ => Ok(item + 1),
    }
}

/// Whatever stands first in a set belongs to it, a `]` too.
fn end_of_set(texts: Texts<'_>, first: usize) -> Result<usize, PatternError> {
    let mut place = if texts.sign(first) == b'^' { first + 1 } else { first };
    loop {
        match texts.sign(place) {
            0 => return Err(PatternError::UnclosedSet),
            b'%' if texts.sign(place + 1) != 0 => place += 2,
            _ => place += 1,
        }
        if texts.sign(place) == b']' {
            return Ok(place + 1);
        }
    }
}

/// Whether a byte is one that the item from `item` to `end` takes.
pub(super) fn fits_single(texts: Texts<'_>, byte: u8, item: usize, end: usize) -> bool {
    match texts.sign(item) {
        b'.' => true,
        b'%' => fits_class(byte, texts.sign(item + 1)),
        b'[' => fits_set(texts, byte, item, end),
        literal => literal == byte,
    }
}

/// Whether a byte is in the set from its `[` to behind its `]`.
pub(super) fn fits_set(texts: Texts<'_>, byte: u8, set: usize, end: usize) -> bool {
    let bracket = end - 1;
    let excludes = texts.sign(set + 1) == b'^';
    let mut place = if excludes { set + 2 } else { set + 1 };
    while place < bracket {
        let member = texts.sign(place);
        let fits = if member == b'%' {
            place += 1;
            fits_class(byte, texts.sign(place))
        } else if texts.sign(place + 1) == b'-' && place + 2 < bracket {
            place += 2;
            (member..=texts.sign(place)).contains(&byte)
        } else {
            member == byte
        };
        if fits {
            return !excludes;
        }
        place += 1;
    }
    excludes
}

/// Whether a byte is of a class. In upper case the class is everything else; what is no class stands for itself.
fn fits_class(byte: u8, class: u8) -> bool {
    let fits = match class.to_ascii_lowercase() {
        b'a' => byte.is_ascii_alphabetic(),
        b'c' => byte.is_ascii_control(),
        b'd' => byte.is_ascii_digit(),
        b'l' => byte.is_ascii_lowercase(),
        b'p' => byte.is_ascii_punctuation(),
        b's' => crate::text::number::is_blank(byte),
        b'u' => byte.is_ascii_uppercase(),
        b'w' => byte.is_ascii_alphanumeric(),
        b'x' => byte.is_ascii_hexdigit(),
        b'z' => byte == 0,
        _ => return class == byte,
    };
    fits != class.is_ascii_uppercase()
}
