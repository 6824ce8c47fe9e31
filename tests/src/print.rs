//! Replies as redis-cli 7.0 shows them on a terminal.
//!
//! A transcript's expected output is this text, so that anyone can check a case by typing it.

use crate::quote;
use crate::resp::Reply;

/// The lines that redis-cli prints for `reply` to the command `argv`.
#[must_use]
pub fn lines(reply: &Reply, argv: &[Vec<u8>]) -> Vec<String> {
    let mut out = String::new();
    if shown_raw(argv) {
        print_raw(reply, &mut out);
    } else {
        print(reply, "", &mut out);
    }
    split(&out)
}

/// The lines of a message that came unasked: a push, or a published message.
#[must_use]
pub fn unasked_lines(reply: &Reply) -> Vec<String> {
    if let Some(keys) = invalidated(reply) {
        return vec![format!("-> invalidate: {}", keys.join(", "))];
    }
    lines(reply, &[])
}

/// Whether redis-cli shows this command's reply as plain text, without quotes or numbers.
fn shown_raw(argv: &[Vec<u8>]) -> bool {
    let word = |at: usize| argv.get(at).map(|word| word.to_ascii_lowercase()).unwrap_or_default();
    let (command, sub) = (word(0), word(1));
    match &command[..] {
        b"info" | b"lolwut" => true,
        b"debug" => matches!(&sub[..], b"htstats" | b"htstats-key" | b"client-eviction"),
        b"memory" => matches!(&sub[..], b"malloc-stats" | b"doctor"),
        b"cluster" => argv.len() == 2 && matches!(&sub[..], b"nodes" | b"info"),
        b"client" => matches!(&sub[..], b"list" | b"info"),
        b"latency" => (argv.len() == 3 && sub == b"graph") || (argv.len() == 2 && sub == b"doctor"),
        _ => false,
    }
}

/// Text to lines. A trailing newline of the text itself shows as nothing, and the CR of a CRLF is not seen.
fn split(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    while lines.len() > 1 && lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

fn print(reply: &Reply, indent: &str, out: &mut String) {
    match reply {
        Reply::Status(text) | Reply::Verbatim(text) => out.push_str(&String::from_utf8_lossy(text)),
        Reply::Error(text) => {
            out.push_str("(error) ");
            out.push_str(&String::from_utf8_lossy(text));
        }
        Reply::Integer(number) => out.push_str(&format!("(integer) {number}")),
        Reply::Bulk(bytes) => out.push_str(&quote::quoted(bytes)),
        Reply::Nil => out.push_str("(nil)"),
        Reply::Double(digits) => out.push_str(&format!("(double) {}", String::from_utf8_lossy(digits))),
        // redis-cli 7.0 gives up on these; the words are ours.
        Reply::BigNumber(digits) => {
            out.push_str(&format!("(big number) {}", String::from_utf8_lossy(digits)));
        }
        Reply::Boolean(true) => out.push_str("(true)"),
        Reply::Boolean(false) => out.push_str("(false)"),
        Reply::Array(items) => return print_items(items, ')', "(empty array)\n", indent, out),
        Reply::Set(items) => return print_items(items, '~', "(empty set)\n", indent, out),
        Reply::Push(items) => return print_items(items, ')', "(empty push)\n", indent, out),
        Reply::Map(pairs) => return print_map(pairs, indent, out),
    }
    out.push('\n');
}

fn print_items(items: &[Reply], mark: char, empty: &str, indent: &str, out: &mut String) {
    if items.is_empty() {
        return out.push_str(empty);
    }
    let width = digits(items.len());
    let deeper = format!("{indent}{}", " ".repeat(width + 2));
    for (at, item) in items.iter().enumerate() {
        let lead = if at == 0 { "" } else { indent };
        out.push_str(&format!("{lead}{:>width$}{mark} ", at + 1));
        print(item, &deeper, out);
    }
}

fn print_map(pairs: &[(Reply, Reply)], indent: &str, out: &mut String) {
    if pairs.is_empty() {
        return out.push_str("(empty hash)\n");
    }
    let width = digits(pairs.len());
    let deeper = format!("{indent}{}", " ".repeat(width + 2));
    for (at, (key, value)) in pairs.iter().enumerate() {
        let lead = if at == 0 { "" } else { indent };
        out.push_str(&format!("{lead}{:>width$}# ", at + 1));
        print(key, &deeper, out);
        out.pop();
        out.push_str(" => ");
        let mut shown = String::new();
        print(value, &deeper, &mut shown);
        // What needs several lines starts on one of its own.
        if shown.lines().count() > 1 {
            out.push('\n');
            out.push_str(&deeper);
        }
        out.push_str(&shown);
    }
}

const fn digits(number: usize) -> usize {
    match number.checked_ilog10() {
        Some(log) => log as usize + 1,
        None => 1,
    }
}

fn print_raw(reply: &Reply, out: &mut String) {
    match reply {
        Reply::Bulk(bytes) => out.push_str(&String::from_utf8_lossy(bytes)),
        Reply::Error(text) => out.push_str(&String::from_utf8_lossy(text)),
        other => print(other, "", out),
    }
}

/// The keys of a RESP3 `invalidate` push, quoted as redis-cli does.
fn invalidated(reply: &Reply) -> Option<Vec<String>> {
    let Reply::Push(items) = reply else { return None };
    let [Reply::Bulk(kind), Reply::Array(keys)] = &items[..] else { return None };
    if kind != b"invalidate" {
        return None;
    }
    keys.iter()
        .map(|key| match key {
            Reply::Bulk(bytes) => Some(format!("'{}'", String::from_utf8_lossy(bytes))),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulk(text: &str) -> Reply {
        Reply::Bulk(text.as_bytes().to_vec())
    }

    #[test]
    fn nested_arrays_are_indented_by_the_width_of_the_number() {
        let mut items: Vec<Reply> = (1..=9).map(Reply::Integer).collect();
        items.push(Reply::Array(vec![bulk("x"), Reply::Nil]));
        let shown = lines(&Reply::Array(items), &[]);
        assert_eq!(shown[0], " 1) (integer) 1");
        assert_eq!(shown[9], "10) 1) \"x\"");
        assert_eq!(shown[10], "    2) (nil)");
    }

    #[test]
    fn maps_show_their_pairs() {
        let map = Reply::Map(vec![
            (bulk("k"), Reply::Array(vec![bulk("a"), bulk("b")])),
            (bulk("n"), Reply::Integer(1)),
        ]);
        assert_eq!(
            lines(&map, &[]),
            ["1# \"k\" => ", "   1) \"a\"", "   2) \"b\"", "2# \"n\" => (integer) 1"]
        );
    }

    #[test]
    fn info_is_shown_as_text() {
        let info = bulk("# Server\r\nredis_mode:standalone\r\n");
        assert_eq!(lines(&info, &[b"INFO".to_vec()]), ["# Server", "redis_mode:standalone"]);
    }
}
