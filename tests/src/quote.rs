//! The quoting of redis-cli: arguments on a line in, bytes as a person reads them out.

/// The arguments of a line typed into redis-cli.
///
/// # Errors
/// With the reason, when the quotes don't balance.
pub fn split(line: &str) -> Result<Vec<Vec<u8>>, String> {
    let mut rest = line.as_bytes();
    let mut arguments = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            return Ok(arguments);
        }
        let (argument, after) = argument(rest).ok_or_else(|| format!("unbalanced quotes in `{line}`"))?;
        arguments.push(argument);
        rest = after;
    }
}

/// `bytes` in double quotes, with escapes for what doesn't print.
#[must_use]
pub fn quoted(bytes: &[u8]) -> String {
    let mut out = String::from('"');
    for &byte in bytes {
        match byte {
            b'\\' | b'"' => out.extend(['\\', char::from(byte)]),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            0x07 => out.push_str("\\a"),
            0x08 => out.push_str("\\b"),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}

fn argument(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut argument = Vec::new();
    while let Some((&byte, after)) = rest.split_first() {
        match byte {
            b'"' => return double_quoted(argument, after).and_then(ended),
            b'\'' => return single_quoted(argument, after).and_then(ended),
            _ if byte.is_ascii_whitespace() => break,
            _ => argument.push(byte),
        }
        rest = after;
    }
    Some((argument, rest))
}

/// A closing quote must be followed by a space or by nothing.
fn ended((argument, rest): (Vec<u8>, &[u8])) -> Option<(Vec<u8>, &[u8])> {
    rest.first().is_none_or(u8::is_ascii_whitespace).then_some((argument, rest))
}

fn double_quoted(mut argument: Vec<u8>, mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    loop {
        rest = match rest {
            [b'"', after @ ..] => return Some((argument, after)),
            [b'\\', b'x', high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                argument.push(hex(*high) << 4 | hex(*low));
                after
            }
            [b'\\', letter, after @ ..] => {
                argument.push(match letter {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 0x08,
                    b'a' => 0x07,
                    other => *other,
                });
                after
            }
            [byte, after @ ..] => {
                argument.push(*byte);
                after
            }
            [] => return None,
        };
    }
}

fn single_quoted(mut argument: Vec<u8>, mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    loop {
        rest = match rest {
            [b'\'', after @ ..] => return Some((argument, after)),
            [b'\\', b'\'', after @ ..] => {
                argument.push(b'\'');
                after
            }
            [byte, after @ ..] => {
                argument.push(*byte);
                after
            }
            [] => return None,
        };
    }
}

const fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit - b'A' + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_may_be_quoted_and_escaped() {
        let arguments = split(r#"SET "a b" 'it\'s' "\x00\n\"" plain ''"#).unwrap();
        assert_eq!(arguments, [&b"SET"[..], b"a b", b"it's", b"\0\n\"", b"plain", b""]);
    }

    #[test]
    fn unbalanced_quotes_are_refused() {
        assert!(split(r#"GET "k"#).is_err());
        assert!(split(r#"GET "k"x"#).is_err());
    }

    #[test]
    fn what_is_quoted_reads_back() {
        let every_byte: Vec<u8> = (0..=255).collect();
        assert_eq!(split(&quoted(&every_byte)).unwrap(), [every_byte]);
    }
}
