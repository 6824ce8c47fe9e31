//! A line of text to words: inline commands, redis.conf, a console's input.
//!
//! Words are parted by blanks. `"…"` knows `\n \r \t \b \a`, `\xHH` and a
//! backslash before any other byte; `'…'` knows only `\'`. A closing quote is
//! followed by a blank or by the end: `"a"b` is as wrong as `"a`.
//! A quote may open inside a word: `a"b c"` is the one word `ab c`.
//! A zero byte ends the line, as it ends a C string.

use alloc::vec::Vec;

/// The words of `line`, or `None` when its quotes do not balance.
pub fn split_args(line: &[u8]) -> Option<Vec<Vec<u8>>> {
    let end = line.iter().position(|&byte| byte == 0).unwrap_or(line.len());
    let mut left = line.get(..end).unwrap_or_default();
    let mut words = Vec::new();
    loop {
        left = skip_blanks(left);
        if left.is_empty() {
            return Some(words);
        }
        let (word, rest) = take_word(left)?;
        words.push(word);
        left = rest;
    }
}

/// `bytes` in double quotes, so that [`split_args`] reads it back as one word.
pub fn quote(bytes: &[u8]) -> Vec<u8> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = Vec::with_capacity(bytes.len() + 2);
    text.push(b'"');
    for &byte in bytes {
        match byte {
            b'\\' | b'"' => text.extend([b'\\', byte]),
            b'\n' => text.extend(b"\\n"),
            b'\r' => text.extend(b"\\r"),
            b'\t' => text.extend(b"\\t"),
            0x07 => text.extend(b"\\a"),
            0x08 => text.extend(b"\\b"),
            b' '..=b'~' => text.push(byte),
            _ => {
                let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
                text.extend([b'\\', b'x', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
    text.push(b'"');
    text
}

fn take_word(mut left: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut word = Vec::new();
    loop {
        left = match left {
            [] => return Some((word, left)),
            [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] => return Some((word, rest)),
            // A closing quote always ends the word too.
            [b'"', rest @ ..] => {
                let rest = take_double_quoted(rest, &mut word)?;
                return Some((word, rest));
            }
            [b'\'', rest @ ..] => {
                let rest = take_single_quoted(rest, &mut word)?;
                return Some((word, rest));
            }
            [byte, rest @ ..] => {
                word.push(*byte);
                rest
            }
        };
    }
}

fn take_double_quoted<'a>(mut left: &'a [u8], word: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        left = match left {
            [] => return None,
            [b'"', rest @ ..] => return ends_word(rest),
            [b'\\', b'x', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                word.push(hex_digit(*high) * 16 + hex_digit(*low));
                rest
            }
            [b'\\', escaped, rest @ ..] => {
                word.push(match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 0x08,
                    b'a' => 0x07,
                    other => *other,
                });
                rest
            }
            [byte, rest @ ..] => {
                word.push(*byte);
                rest
            }
        };
    }
}

fn take_single_quoted<'a>(mut left: &'a [u8], word: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        left = match left {
            [] => return None,
            [b'\'', rest @ ..] => return ends_word(rest),
            [b'\\', b'\'', rest @ ..] => {
                word.push(b'\'');
                rest
            }
            [byte, rest @ ..] => {
                word.push(*byte);
                rest
            }
        };
    }
}

fn ends_word(rest: &[u8]) -> Option<&[u8]> {
    rest.first().is_none_or(|&byte| is_blank(byte)).then_some(rest)
}

fn skip_blanks(line: &[u8]) -> &[u8] {
    let blanks = line.iter().take_while(|&&byte| is_blank(byte)).count();
    line.get(blanks..).unwrap_or_default()
}

/// What C calls a space: the vertical tab too, unlike Rust's ASCII whitespace.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn hex_digit(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        b'A'..=b'F' => digit - b'A' + 10,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{quote, split_args};

    fn words(line: &str) -> Option<Vec<Vec<u8>>> {
        split_args(line.as_bytes())
    }

    fn list(words: &[&str]) -> Option<Vec<Vec<u8>>> {
        Some(words.iter().map(|word| word.as_bytes().to_vec()).collect())
    }

    #[test]
    fn blanks_part_words() {
        assert_eq!(words("  set\tkey  value \r\n"), list(&["set", "key", "value"]));
        assert_eq!(words(""), list(&[]));
        assert_eq!(words(" \x0b "), list(&[]));
        assert_eq!(words("a\0b c"), list(&["a"]));
    }

    #[test]
    fn quotes() {
        assert_eq!(words(r#"set k "a b" 'c d' "" ''"#), list(&["set", "k", "a b", "c d", "", ""]));
        assert_eq!(words(r#""\x41\n\t\"\q\xZZ""#), list(&["A\n\t\"qxZZ"]));
        assert_eq!(words(r"'it\'s \n'"), list(&[r"it's \n"]));
        assert_eq!(words(r#"a"b c""#), list(&["ab c"]));
        assert_eq!(split_args(b"\"\\xff\""), Some(alloc::vec![alloc::vec![0xff]]));
    }

    #[test]
    fn unbalanced() {
        for line in [r#"""#, "'", r#""a"b"#, "'a'b", r#"x "a\""#, r#"foo "a"#] {
            assert_eq!(words(line), None, "{line}");
        }
    }

    #[test]
    fn what_is_quoted_reads_back() {
        let every_byte: Vec<u8> = (0..=255).collect();
        assert_eq!(split_args(&quote(&every_byte)), Some(alloc::vec![every_byte]));
        assert_eq!(quote(b"a\"\\\x01"), br#""a\"\\\x01""#);
    }
}
