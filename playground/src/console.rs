//! A line of text to what it asks for, by redis-cli's rules.
//!
//! A line is split into words as redis-cli splits it. A number before a command repeats it. A few words are for the
//! console itself and never reach the store: `help` and `?`, `clear`, `quit` and `exit`, `connect`, `:set`.

use redstart_engine::split_args::split_args;

use crate::debugger;

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Nothing: it is blank.
    Nothing,
    /// Nothing: it is wrong, and this is what to say.
    Wrong(String),
    /// Help about these words.
    Help(Vec<Vec<u8>>),
    /// An empty screen.
    Clear,
    /// The end of the connection.
    Quit,
    /// Another connection.
    Connect,
    /// A command for the store, so many times.
    Command {
        /// Its words.
        argv: Vec<Vec<u8>>,
        /// How often, at least once.
        times: u32,
    },
}

/// The most that a number before a command may repeat it: the page has to draw every reply.
const TIMES_MAX: i64 = 10_000;

/// Reads a line.
#[must_use]
pub fn read(line: &str) -> Typed {
    let Some(mut words) = split_args(line.as_bytes()) else {
        return Typed::Wrong(String::from("Invalid argument(s)"));
    };
    let mut times = 1;
    if words.len() > 1
        && let Some(number) = words.first().and_then(|word| number(word))
    {
        if number <= 0 {
            return Typed::Wrong(String::from("Invalid redis-cli repeat command option value."));
        }
        times = number.min(TIMES_MAX) as u32;
        words.remove(0);
    }
    let Some(name) = words.first() else { return Typed::Nothing };
    match (name.to_ascii_lowercase().as_slice(), words.len()) {
        (b"help" | b"?", _) => Typed::Help(words.split_off(1)),
        (b"quit" | b"exit", _) => Typed::Quit,
        (b"clear", 1) => Typed::Clear,
        (b"connect", 1 | 3) => Typed::Connect,
        ([b':', ..], _) => preference(&words),
        _ => Typed::Command { argv: words, times },
    }
}

/// Reads a line while a script stands still in the debugger: all is for that but the way out.
#[must_use]
pub fn read_for_debugger(line: &str) -> Typed {
    match (debugger::words(line), read(line)) {
        (None, _) => Typed::Wrong(String::from("Invalid argument(s)")),
        (_, Typed::Quit) => Typed::Quit,
        (_, Typed::Clear) => Typed::Clear,
        (Some(argv), _) if argv.is_empty() => Typed::Nothing,
        (Some(argv), _) => Typed::Command { argv, times: 1 },
    }
}

/// The words as the bytes that a client sends for them.
#[must_use]
pub fn encode<W: AsRef<[u8]>>(argv: &[W]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", argv.len()).into_bytes();
    for word in argv.iter().map(AsRef::as_ref) {
        bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        bytes.extend_from_slice(word);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// A number as C's `strtol` reads it, if it is the whole word. What doesn't fit is no valid number of times: 0.
fn number(word: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(word).ok()?;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(0))
}

fn preference(words: &[Vec<u8>]) -> Typed {
    let word =
        |index: usize| String::from_utf8_lossy(words.get(index).map_or(&[], Vec::as_slice)).into_owned();
    if !word(0).eq_ignore_ascii_case(":set") || words.len() < 2 {
        return Typed::Wrong(format!("unknown redis-cli internal command '{}'", word(0)));
    }
    match word(1).to_ascii_lowercase().as_str() {
        "hints" | "nohints" => Typed::Nothing,
        _ => Typed::Wrong(format!("unknown redis-cli preference '{}'", word(1))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &[&str], times: u32) -> Typed {
        Typed::Command { argv: words.iter().map(|word| word.as_bytes().to_vec()).collect(), times }
    }

    #[test]
    fn lines_are_read_as_redis_cli_reads_them() {
        assert_eq!(read(" \t"), Typed::Nothing);
        assert_eq!(read("get k"), command(&["get", "k"], 1));
        assert_eq!(read(r#"set k "a b\n" 'c'"#), command(&["set", "k", "a b\n", "c"], 1));
        assert_eq!(read("set k \"a"), Typed::Wrong("Invalid argument(s)".into()));
        assert_eq!(read("set k 'a'b"), Typed::Wrong("Invalid argument(s)".into()));
        assert_eq!(read("3 ping"), command(&["ping"], 3));
        assert_eq!(read("3"), command(&["3"], 1));
        for line in ["0 ping", "-1 ping", "99999999999999999999 ping"] {
            assert_eq!(read(line), Typed::Wrong("Invalid redis-cli repeat command option value.".into()));
        }
        assert_eq!(read("999999999 ping"), command(&["ping"], TIMES_MAX as u32));
        assert_eq!(read("3x ping"), command(&["3x", "ping"], 1));
    }

    #[test]
    fn some_words_are_for_the_console() {
        assert_eq!(read("HELP set"), Typed::Help(vec![b"set".to_vec()]));
        assert_eq!(read("?"), Typed::Help(vec![]));
        assert_eq!(read("clear"), Typed::Clear);
        assert_eq!(read("exit now"), Typed::Quit);
        assert_eq!(read("connect 127.0.0.1 6379"), Typed::Connect);
        assert_eq!(read(":set nohints"), Typed::Nothing);
        assert_eq!(read(":set x"), Typed::Wrong("unknown redis-cli preference 'x'".into()));
        assert_eq!(read(":x"), Typed::Wrong("unknown redis-cli internal command ':x'".into()));
    }

    #[test]
    fn words_go_out_as_an_array_of_strings() {
        assert_eq!(encode(&[b"SET".to_vec(), b"".to_vec()]), b"*2\r\n$3\r\nSET\r\n$0\r\n\r\n");
    }
}
