//! Lines for terminals, and what is printed there.

use super::Snippet;
use super::sections::{Numbered, Problem};

/// The letters of terminals, in order.
pub const TERMINALS: &str = "abcd";

/// The mark of a snippet that answers with an error.
const FAILS: &str = "#!";

/// A line of a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which terminal it is typed in: 0 is a.
    pub terminal: u32,
    /// The line.
    pub text: String,
    /// The answer, line by line, with the marks that [`is_like`](super::is_like) knows; `None` if it differs from run to run, or is none.
    pub answer: Option<String>,
}

/// A transcript: `> ` or `b> ` and a command, then its answer.
pub(super) fn transcript(lines: &[Numbered<'_>]) -> Result<Vec<Line>, Problem> {
    let mut found: Vec<(usize, u32, &str, Vec<&str>)> = Vec::new();
    for &(line, text) in lines {
        match (typed(text), found.last_mut()) {
            (Some((terminal, command)), _) => found.push((line, terminal, command, Vec::new())),
            (None, Some((_, _, _, answer))) => answer.push(text),
            (None, None) => return Err(Problem::new(line, "a transcript begins with `> ` and a command")),
        }
    }
    let whole = |(line, terminal, command, answer): (usize, u32, &str, Vec<&str>)| {
        let answer = answer.join("\n");
        if answer.is_empty() {
            return Err(Problem::new(line, "a command without an answer; `~` if there is none"));
        }
        let answer = (answer.trim() != "~").then_some(answer);
        Ok(Line { terminal, text: String::from(command), answer })
    };
    found.into_iter().map(whole).collect()
}

/// Snippets, one a line: a command, in front of which a terminal may be named.
pub(super) fn snippets(lines: &[Numbered<'_>]) -> Vec<Snippet> {
    let filled = lines.iter().map(|(_, text)| text.trim_end()).filter(|text| !text.is_empty());
    let snippet = |text| {
        let (terminal, text) = typed(text).unwrap_or((0, text));
        let (text, fails) = text.strip_suffix(FAILS).map_or((text, false), |text| (text.trim_end(), true));
        Snippet { terminal, text: String::from(text), fails }
    };
    filled.map(snippet).collect()
}

/// The terminal and the command of a line such as `b> GET k`.
#[must_use]
pub fn typed(text: &str) -> Option<(u32, &str)> {
    let (before, command) = text.split_once("> ")?;
    let terminal = match before {
        "" => 0,
        letter => TERMINALS.split("").skip(1).position(|known| known == letter && letter.len() == 1)?,
    };
    Some((u32::try_from(terminal).ok()?, command.trim()))
}
