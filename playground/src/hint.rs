//! The dimmed text after the cursor: which arguments are still to come, in redis-cli 7.0's way.
//!
//! The grammar's text is cut by one word for every argument typed, and no further than to its first optional
//! part: nobody can tell in general which of the optional parts a word was.

use redstart_engine::split_args::split_args;

use crate::table;

/// The hint for a line; empty if there is none.
#[must_use]
pub fn hint(line: &str) -> String {
    // A quote that is still open begins a word that is not complete.
    let open = [line.as_bytes(), b"\""].concat();
    let Some(words) = split_args(line.as_bytes()).or_else(|| split_args(&open)) else { return String::new() };
    let skip = skipped(&words);
    let Some((command, named)) = table::find(words.get(skip..).unwrap_or_default()) else {
        return String::new();
    };
    let syntax = table::syntax(command.args);
    let mut rest = syntax.as_str();
    for _ in skip + named..words.len() {
        if rest.starts_with('[') {
            break;
        }
        rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
    }
    if rest.is_empty() || line.ends_with(char::is_whitespace) {
        String::from(rest)
    } else {
        format!(" {rest}")
    }
}

/// How many words stand before a command that is an argument of another.
fn skipped(words: &[Vec<u8>]) -> usize {
    let is = |index: usize, text: &str| {
        words.get(index).is_some_and(|word| word.eq_ignore_ascii_case(text.as_bytes()))
    };
    if words.len() > 3 && is(0, "acl") && is(1, "dryrun") {
        3
    } else if words.len() > 2 && is(0, "command") && (is(1, "getkeys") || is(1, "getkeysandflags")) {
        2
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_arguments_are_left_out() {
        assert_eq!(hint("get"), " key");
        assert_eq!(hint("GET "), "key");
        assert_eq!(hint("get k"), "");
        let expiry =
            "[EX seconds|PX milliseconds|EXAT unix-time-seconds|PXAT unix-time-milliseconds|PERSIST]";
        assert_eq!(hint("getex "), format!("key {expiry}"));
        assert_eq!(hint("getex k"), format!(" {expiry}"));
        assert_eq!(hint("getex \"a b\" "), expiry);
        assert_eq!(hint("getex k EX "), expiry);
        assert_eq!(hint("getex \"a"), format!(" {expiry}"));
        assert_eq!(hint("setrange k "), "offset value");
        assert_eq!(hint("mset a b "), "[key value ...]");
        assert_eq!(hint("nosuch "), "");
        assert_eq!(hint(""), "");
    }
}
