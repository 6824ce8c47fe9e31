//! Examples as the page shows them: the lines of a transcript, without the marks that only tests need.

use crate::lessons::TERMINALS;
use crate::lessons::sections::{Numbered, Problem};

/// A line of an example.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Shown {
    /// What is typed.
    Typed {
        /// Where: 0 is terminal a.
        terminal: u32,
        /// The line.
        text: String,
    },
    /// What is answered.
    Answer {
        /// A line of it.
        text: String,
    },
    /// What comes unasked or late.
    Late {
        /// Where.
        terminal: u32,
        /// A line of it.
        text: String,
    },
    /// What happens besides.
    Note {
        /// In words.
        text: String,
    },
}

/// Marks that say where a test runs, and how it compares.
const FOR_TESTS: [&str; 5] = ["since", "not", "only", "unordered", "resp3"];

/// Reads the lines of a transcript with one case.
pub(super) fn read(lines: &[Numbered<'_>]) -> Result<Vec<Shown>, Problem> {
    let mut shown = Vec::new();
    for &(line, text) in lines {
        shown.extend(read_line(line, text, shown.last())?);
    }
    Ok(shown)
}

fn read_line(line: usize, text: &str, last: Option<&Shown>) -> Result<Option<Shown>, Problem> {
    if text.trim().is_empty() || text.starts_with('#') {
        return Err(Problem::new(line, "an example is one case: without blank lines and comments"));
    }
    let (before, command) = text.split_once("> ").unwrap_or((" ", ""));
    if let Some(terminal) = if before.is_empty() { Some(0) } else { terminal(before) } {
        return Ok(Some(Shown::Typed { terminal, text: String::from(command) }));
    }
    if let Some((terminal, text)) =
        text.split_once(": ").and_then(|(name, text)| Some((terminal(name)?, text)))
    {
        return Ok(Some(Shown::Late { terminal, text: answer(text) }));
    }
    if let (Some(Shown::Late { terminal, .. }), Some(more)) = (last, text.strip_prefix("   ")) {
        return Ok(Some(Shown::Late { terminal: *terminal, text: answer(more) }));
    }
    let (mark, rest) =
        text.strip_prefix('@').map_or(("", ""), |mark| mark.split_once(' ').unwrap_or((mark, "")));
    Ok(match mark {
        "" | "match" | "any" | "contains" => Some(Shown::Answer { text: answer(text) }),
        "blank" => Some(Shown::Answer { text: String::new() }),
        "closed" => Some(Shown::Note { text: String::from("The server closes the connection.") }),
        "advance" => Some(Shown::Note { text: format!("{rest} pass.") }),
        "config" => Some(Shown::Note { text: format!("The configuration says: {rest}.") }),
        _ if FOR_TESTS.contains(&mark) => None,
        _ => return Err(Problem::new(line, "no mark of an example")),
    })
}

/// An answer, in which `…` stands for what differs from run to run.
fn answer(text: &str) -> String {
    match text.split_once(' ').unwrap_or((text, "")) {
        ("@match", glob) => glob.replace(['*', '?'], "…"),
        ("@contains", "*") => String::from("…"),
        ("@contains", glob) => format!("… {} …", glob.trim_matches('*').replace('*', "…")),
        ("@any", _) => String::from("…"),
        _ => String::from(text),
    }
}

fn terminal(name: &str) -> Option<u32> {
    let place = TERMINALS.find(name).filter(|_| name.len() == 1)?;
    u32::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_shown_without_marks() {
        let lines = [
            "@since 7.4",
            "b> BLPOP k 0",
            "> RPUSH k v",
            "(integer) 1",
            "b: 1) \"k\"",
            "   2) \"v\"",
            "@advance 5s",
            "> ID",
            "@match (integer) *",
        ];
        let lines: Vec<Numbered<'_>> = (1..).zip(lines).collect();
        let late = |text: &str| Shown::Late { terminal: 1, text: text.into() };
        assert_eq!(
            read(&lines).unwrap(),
            [
                Shown::Typed { terminal: 1, text: "BLPOP k 0".into() },
                Shown::Typed { terminal: 0, text: "RPUSH k v".into() },
                Shown::Answer { text: "(integer) 1".into() },
                late("1) \"k\""),
                late("2) \"v\""),
                Shown::Note { text: "5s pass.".into() },
                Shown::Typed { terminal: 0, text: "ID".into() },
                Shown::Answer { text: "(integer) …".into() },
            ]
        );
        assert!(read(&[(1, "")]).is_err() && read(&[(1, "@nosuch")]).is_err());
    }
}
