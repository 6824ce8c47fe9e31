//! Transcripts: what a person types into redis-cli and what they see, as text.
//!
//! `tests/transcripts/README.md` tells authors how to write one; this module is its grammar. A file is a list of
//! cases, a case a list of steps, and a step one line that acts plus the lines that it is expected to show. Nothing
//! here runs anything.

mod marker;
mod parse;

pub use marker::{Markers, Rule, Version};
pub use parse::{Flaw, parse};

/// One file.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    /// How messages name the file.
    pub path: String,
    /// Configuration that the server starts with.
    pub setup: Vec<(String, String)>,
    /// The cases in order; they share the store.
    pub cases: Vec<Case>,
}

/// One case: a story with a name. Its connections are its own.
#[derive(Clone, Debug)]
pub struct Case {
    /// The comment above it, or its first command.
    pub name: String,
    /// Where it starts, counted from 1.
    pub line: usize,
    /// Where and how it runs.
    pub markers: Markers,
    /// What is done.
    pub steps: Vec<Step>,
}

/// One acting line and what it shows.
#[derive(Clone, Debug)]
pub struct Step {
    /// Counted from 1.
    pub line: usize,
    /// What is done.
    pub action: Action,
    /// Whether the elements of the reply may come in any order.
    pub unordered: bool,
    /// What is then seen.
    pub expected: Expected,
    /// How many lines of the file say so, from the one after `line`.
    pub expected_lines: usize,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A client sends a command.
    Command {
        /// Which client.
        client: char,
        /// The words of the command.
        argv: Vec<Vec<u8>>,
    },
    /// A client sends these bytes as they are, and the replies are compared as bytes.
    Raw {
        /// Which client.
        client: char,
        /// What it sends.
        bytes: Vec<u8>,
    },
    /// Time passes.
    Advance {
        /// So much of it.
        ms: u64,
    },
    /// The server's configuration changes, seen by no client of the case.
    Config {
        /// The directive.
        name: String,
        /// Its new value.
        value: String,
    },
}

/// What is seen after a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The reply. Empty when none comes yet: the client is parked.
    pub reply: Vec<Line>,
    /// What clients get unasked or late, in the order of the file.
    pub unasked: Vec<(char, Vec<Line>)>,
    /// Whether the server closes the acting client's connection.
    pub closed: bool,
}

/// One expected line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Exactly this.
    Text(String),
    /// Whatever this glob matches.
    Glob(String),
    /// Some line of the reply matches this glob; the lines between don't matter.
    Contains(String),
}

impl Line {
    /// Whether `text` may stand here.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Text(expected) => expected == text,
            Self::Glob(glob) | Self::Contains(glob) => glob_matches(glob.as_bytes(), text.as_bytes()),
        }
    }

    /// How the line is written in a file.
    #[must_use]
    pub fn source(&self) -> String {
        match self {
            Self::Text(text) if text.is_empty() => "@blank".into(),
            Self::Text(text) => text.clone(),
            Self::Glob(glob) if glob == "*" => "@any".into(),
            Self::Glob(glob) => format!("@match {glob}"),
            Self::Contains(glob) => format!("@contains {glob}"),
        }
    }
}

/// Globs with `*` for any text and `?` for one byte; every other byte stands for itself, since replies are full of
/// brackets and backslashes.
fn glob_matches(glob: &[u8], text: &[u8]) -> bool {
    match (glob, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => (0..=text.len()).any(|skipped| glob_matches(rest, &text[skipped..])),
        ([b'?', rest @ ..], [_, after @ ..]) => glob_matches(rest, after),
        ([expected, rest @ ..], [byte, after @ ..]) => expected == byte && glob_matches(rest, after),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_whole_lines() {
        let line = |glob: &str| Line::Glob(glob.into());
        assert!(line("(integer) *").matches("(integer) 17"));
        assert!(line("*").matches(""));
        assert!(line("a?c*").matches("abcd"));
        assert!(!line("a?c").matches("abcd"));
        assert!(line("1) [*]").matches("1) [x]"));
    }
}
