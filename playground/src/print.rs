//! Replies as redis-cli 7.0 prints them on a terminal.
//!
//! Lists are numbered, and what is in a list within a list is indented by the width of its number. Maps mark their
//! numbers with `#`, sets with `~`. The replies of a few commands are texts for people and are shown as they are.

use redstart_engine::resp::read::Value;
use redstart_engine::split_args::quote;

use crate::view::{Line, Tone};

/// The lines for a reply to the command of these words.
#[must_use]
pub fn print(reply: &Value, argv: &[Vec<u8>]) -> Vec<Line> {
    let mut out = Vec::new();
    let tone = tone(reply);
    if is_text(argv) {
        raw(reply, &mut out);
    } else {
        format(reply, "", &mut out);
    }
    lines(&out, tone)
}

/// The lines for a message that came unasked.
#[must_use]
pub fn print_push(message: &Value) -> Vec<Line> {
    if let Some(keys) = invalidated(message) {
        return vec![Line::new(format!("-> invalidate: {keys}"), Tone::Plain)];
    }
    print(message, &[])
}

/// Whether redis-cli shows this command's reply as the text it is.
fn is_text(argv: &[Vec<u8>]) -> bool {
    let word = |index: usize| argv.get(index).map(|word| word.to_ascii_lowercase()).unwrap_or_default();
    let sub = word(1);
    match word(0).as_slice() {
        b"info" | b"lolwut" => true,
        b"debug" => matches!(sub.as_slice(), b"htstats" | b"htstats-key" | b"client-eviction"),
        b"memory" => matches!(sub.as_slice(), b"malloc-stats" | b"doctor"),
        b"cluster" => argv.len() == 2 && matches!(sub.as_slice(), b"nodes" | b"info"),
        b"client" => matches!(sub.as_slice(), b"list" | b"info"),
        b"latency" => {
            (argv.len() == 3 && sub.as_slice() == b"graph")
                || (argv.len() == 2 && sub.as_slice() == b"doctor")
        }
        _ => false,
    }
}

/// The colour of a reply that is not a list of other replies.
const fn tone(reply: &Value) -> Tone {
    match reply {
        Value::Simple(_) => Tone::Status,
        Value::Error(_) => Tone::Error,
        Value::Int(_) | Value::Double(..) | Value::BigNumber(_) | Value::Bool(_) => Tone::Number,
        Value::Bulk(_) => Tone::String,
        Value::Null => Tone::Null,
        _ => Tone::Plain,
    }
}

/// The reply as it is: no quotes, no numbers. It may have no line end of its own.
fn raw(reply: &Value, out: &mut Vec<u8>) {
    match reply {
        Value::Bulk(text) | Value::Verbatim(_, text) => out.extend_from_slice(text),
        Value::Error(text) | Value::Simple(text) => {
            out.extend_from_slice(text);
            out.push(b'\n');
        }
        Value::Null => {}
        Value::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b'\n');
                }
                raw(item, out);
            }
        }
        other => format(other, "", out),
    }
}

/// The reply with a line end. The caller has written whatever stands before it on its first line; `indent` stands
/// before the others.
fn format(reply: &Value, indent: &str, out: &mut Vec<u8>) {
    match reply {
        Value::Simple(text) | Value::Verbatim(_, text) => out.extend_from_slice(text),
        Value::Error(text) => {
            out.extend_from_slice(b"(error) ");
            out.extend_from_slice(text);
        }
        Value::Int(number) => out.extend_from_slice(format!("(integer) {number}").as_bytes()),
        Value::Bulk(bytes) => out.extend_from_slice(&quote(bytes)),
        Value::Null => out.extend_from_slice(b"(nil)"),
        Value::Double(_, text) => {
            out.extend_from_slice(b"(double) ");
            out.extend_from_slice(text);
        }
        Value::Bool(true) => out.extend_from_slice(b"(true)"),
        Value::Bool(false) => out.extend_from_slice(b"(false)"),
        // redis-cli 7.0 knows no name for these.
        Value::BigNumber(digits) => {
            out.extend_from_slice(b"(big number) ");
            out.extend_from_slice(digits);
        }
        Value::Attribute(_, value) => return format(value, indent, out),
        Value::Array(items) => return format_list(items, ')', "(empty array)", indent, out),
        Value::Set(items) => return format_list(items, '~', "(empty set)", indent, out),
        Value::Push(items) => return format_list(items, ')', "(empty push)", indent, out),
        Value::Map(pairs) => return format_map(pairs, indent, out),
    }
    out.push(b'\n');
}

fn format_list(items: &[Value], mark: char, empty: &str, indent: &str, out: &mut Vec<u8>) {
    if items.is_empty() {
        out.extend_from_slice(empty.as_bytes());
        return out.push(b'\n');
    }
    let numbers = Numbers::new(items.len(), mark, indent);
    for (index, item) in items.iter().enumerate() {
        numbers.write(index, out);
        format(item, &numbers.inner, out);
    }
}

fn format_map(pairs: &[(Value, Value)], indent: &str, out: &mut Vec<u8>) {
    if pairs.is_empty() {
        return out.extend_from_slice(b"(empty hash)\n");
    }
    let numbers = Numbers::new(pairs.len(), '#', indent);
    for (index, (key, value)) in pairs.iter().enumerate() {
        numbers.write(index, out);
        format(key, &numbers.inner, out);
        out.pop();
        out.extend_from_slice(b" => ");
        let mut text = Vec::new();
        format(value, &numbers.inner, &mut text);
        // A value of several lines begins on a line of its own.
        if text.iter().filter(|&&byte| byte == b'\n').count() > 1 {
            out.push(b'\n');
            out.extend_from_slice(numbers.inner.as_bytes());
        }
        out.extend_from_slice(&text);
    }
}

/// The numbers before the elements of a list, all as wide as the last.
struct Numbers<'a> {
    width: usize,
    mark: char,
    indent: &'a str,
    /// What stands before the later lines of an element.
    inner: String,
}

impl<'a> Numbers<'a> {
    fn new(len: usize, mark: char, indent: &'a str) -> Self {
        let width = len.to_string().len();
        Self { width, mark, indent, inner: format!("{indent}{:1$}", "", width + 2) }
    }

    fn write(&self, index: usize, out: &mut Vec<u8>) {
        let indent = if index == 0 { "" } else { self.indent };
        let (number, width, mark) = (index + 1, self.width, self.mark);
        out.extend_from_slice(format!("{indent}{number:>width$}{mark} ").as_bytes());
    }
}

/// The keys of an `invalidate` message, quoted as redis-cli does.
fn invalidated(message: &Value) -> Option<String> {
    let Value::Push(items) = message else { return None };
    let [Value::Bulk(kind), Value::Array(keys)] = items.as_slice() else { return None };
    if kind != b"invalidate" {
        return None;
    }
    let keys = keys.iter().map(|key| match key {
        Value::Bulk(bytes) => Some(format!("'{}'", String::from_utf8_lossy(bytes))),
        _ => None,
    });
    Some(keys.collect::<Option<Vec<_>>>()?.join(", "))
}

/// A text as lines. What ends it shows as nothing, and so does the CR of a CRLF.
fn lines(text: &[u8], tone: Tone) -> Vec<Line> {
    let text = String::from_utf8_lossy(text);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let line = |line: &str| Line::new(line.strip_suffix('\r').unwrap_or(line), tone);
    text.split('\n').map(line).collect()
}

#[cfg(test)]
mod tests {
    use redstart_engine::resp::read::read;

    use super::*;

    fn shown(reply: &str, command: &str) -> String {
        let (value, _) = read(reply.as_bytes()).unwrap().unwrap();
        let argv: Vec<Vec<u8>> = command.split(' ').map(|word| word.as_bytes().to_vec()).collect();
        let lines: Vec<String> = print(&value, &argv).into_iter().map(|line| line.text).collect();
        lines.join("\n")
    }

    // Every expectation below was printed by redis-cli 7.0.15 for the same bytes, but the big number's.
    #[test]
    fn replies_are_printed_as_redis_cli_does() {
        for (reply, text) in [
            ("+OK\r\n", "OK"),
            ("-ERR x\r\n", "(error) ERR x"),
            (":12\r\n", "(integer) 12"),
            ("$-1\r\n", "(nil)"),
            ("*-1\r\n", "(nil)"),
            ("$5\r\na\"\n\u{1}b\r\n", r#""a\"\n\x01b""#),
            ("*0\r\n", "(empty array)"),
            ("%0\r\n", "(empty hash)"),
            ("~0\r\n", "(empty set)"),
            (",1.5\r\n", "(double) 1.5"),
            ("#t\r\n", "(true)"),
            ("(123\r\n", "(big number) 123"),
            (
                "*2\r\n*2\r\n:1\r\n*1\r\n:2\r\n$1\r\nx\r\n",
                "1) 1) (integer) 1\n   2) 1) (integer) 2\n2) \"x\"",
            ),
            ("%1\r\n+a\r\n:1\r\n", "1# a => (integer) 1"),
            ("~2\r\n+a\r\n+b\r\n", "1~ a\n2~ b"),
            ("%1\r\n$1\r\nk\r\n*2\r\n:1\r\n:2\r\n", "1# \"k\" => \n   1) (integer) 1\n   2) (integer) 2"),
        ] {
            assert_eq!(shown(reply, "x"), text, "{reply:?}");
        }
        let ten = format!("*10\r\n{}", ":7\r\n".repeat(10));
        assert!(shown(&ten, "x").starts_with(" 1) (integer) 7\n 2) (integer) 7"));
        assert!(shown(&ten, "x").ends_with("\n10) (integer) 7"));
    }

    #[test]
    fn texts_for_people_are_shown_as_they_are() {
        let text = "$19\r\n# Server\r\nredis:1\r\n\r\n";
        assert_eq!(shown(text, "INFO server"), "# Server\nredis:1");
        assert_eq!(shown(text, "GET k"), r##""# Server\r\nredis:1\r\n""##);
        assert_eq!(shown("=10\r\ntxt:a\r\nb\r\n\r\n", "x"), "a\nb\n");
        assert_eq!(shown("-ERR no\r\n", "info"), "ERR no");
        assert_eq!(shown("*2\r\n$1\r\na\r\n$1\r\nb\r\n", "info"), "a\nb");
        assert_eq!(shown(":1\r\n", "info"), "1");
    }

    #[test]
    fn invalidations_name_their_keys() {
        let (push, _) = read(b">2\r\n$10\r\ninvalidate\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n").unwrap().unwrap();
        assert_eq!(print_push(&push)[0].text, "-> invalidate: 'a', 'b'");
    }
}
