//! A session as text, to be kept or passed on: what was typed, and what the buttons of the key browser did, in the format of
//! transcripts.
//!
//! ```text
//!   > SET k v EX 10
//!   b> BLPOP jobs 0
//!   k> EXPIRE k 60                 a button, on the client of the buttons
//!   @advance 10s
//! ```
//!
//! A script has only these lines; a transcript has what was answered, too. Lines that may hold a password are left out.
//!
//! A client's database may be another than what its lines in the script lead to: it was connected anew, or what chose it is
//! undone, or too long ago. Then a `SELECT` stands before its next line.

use std::collections::BTreeMap;

use redstart_engine::command::{Command, Group, flag};
use redstart_engine::keyspace::{Database, Keyspace};

use crate::console::{self, Typed};
use crate::history::is_sensitive;
use crate::lessons::{TERMINALS, typed};
use crate::table;
use crate::terminal::{HAND, is_typed_into};
use crate::timeline::{Deed, Step, Timeline};
use crate::view::OfferView;

/// The most bytes of a script.
const BYTES_MAX: usize = 64 * 1024;

/// The most lines of a script.
const LINES_MAX: usize = 500;

/// The most lines of an answer in a transcript.
const ANSWER_MAX: usize = 1000;

/// The letter of the client of the buttons.
const HAND_LETTER: &str = "k";

/// One line of a script.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// A line is typed.
    Line {
        /// Into which terminal; [`HAND`] if a button did it.
        terminal: u32,
        /// The line.
        text: String,
    },
    /// Time passes.
    Advance {
        /// In milliseconds.
        ms: f64,
    },
}

/// Reads a script.
pub fn read(text: &str) -> Result<Vec<Act>, String> {
    if text.len() > BYTES_MAX {
        return Err(String::from("it is too long"));
    }
    let acts: Result<Vec<Act>, String> =
        text.lines().filter(|line| !line.trim().is_empty()).map(read_line).collect();
    let acts = acts?;
    match acts.len() {
        0 => Err(String::from("there is nothing in it")),
        len if len > LINES_MAX => Err(String::from("it has too many lines")),
        _ => Ok(acts),
    }
}

fn read_line(line: &str) -> Result<Act, String> {
    let wrong = || format!("this is no line of it: {}", line.chars().take(40).collect::<String>());
    if let Some(time) = line.strip_prefix("@advance ") {
        return duration_ms(time.trim()).map(|ms| Act::Advance { ms }).ok_or_else(wrong);
    }
    let by_hand = line.strip_prefix(HAND_LETTER).and_then(|rest| rest.strip_prefix("> "));
    let by_hand = by_hand.map(|text| (HAND, text.trim()));
    let (terminal, text) = by_hand.or_else(|| typed(line)).ok_or_else(wrong)?;
    Ok(Act::Line { terminal, text: String::from(text) })
}

/// `1500ms` or `5s`.
fn duration_ms(text: &str) -> Option<f64> {
    let number = |text: &str| text.parse::<u32>().ok().map(f64::from);
    match text.strip_suffix("ms") {
        Some(number_of) => number(number_of),
        None => number(text.strip_suffix('s')?).map(|secs| secs * 1000.0),
    }
}

fn write_line(act: &Act) -> String {
    match act {
        Act::Line { terminal, text } => typed_line(*terminal, text),
        Act::Advance { ms } if ms % 1000.0 == 0.0 => format!("@advance {}s", ms / 1000.0),
        Act::Advance { ms } => format!("@advance {}ms", ms.round()),
    }
}

/// A line with its client in front.
#[must_use]
pub fn typed_line(terminal: u32, text: &str) -> String {
    format!("{}> {text}", letter(terminal).filter(|_| terminal > 0).unwrap_or(""))
}

fn letter(terminal: u32) -> Option<&'static str> {
    if terminal == HAND {
        return Some(HAND_LETTER);
    }
    let place = terminal as usize;
    TERMINALS.get(place..=place)
}

/// What was done, and is not undone, as a script.
#[must_use]
pub fn script(timeline: &Timeline) -> String {
    done(timeline).flat_map(|(act, _)| [write_line(&act), String::from("\n")]).collect()
}

/// The same with what was answered.
#[must_use]
pub fn transcript(timeline: &Timeline) -> String {
    let mut lines = vec![String::from("# A session in the playground.")];
    if done(timeline).any(|(act, _)| matches!(act, Act::Line { terminal: HAND, .. })) {
        lines.push(format!("# {HAND_LETTER}> is what buttons of the key browser did."));
    }
    for (act, step) in done(timeline) {
        match (&act, step.map(|step| &step.deed)) {
            (Act::Line { terminal, text }, Some(Deed::Line { answers, .. })) => {
                let command = without_times(text);
                for answer in answers {
                    lines.push(typed_line(*terminal, command));
                    lines.extend(seen(answer));
                }
            }
            (Act::Line { .. }, _) => lines.extend([write_line(&act), String::from("OK")]),
            _ => lines.push(write_line(&act)),
        }
        for (terminal, heard) in step.into_iter().flat_map(|step| &step.heard) {
            for (index, line) in heard.iter().enumerate() {
                let name = if index == 0 {
                    format!("{}: ", letter(*terminal).unwrap_or("a"))
                } else {
                    String::from("   ")
                };
                lines.push(format!("{name}{line}"));
            }
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Steps that are done, as lines of a script, and what leads each client to the database that it was in.
fn done(timeline: &Timeline) -> impl Iterator<Item = (Act, Option<&Step>)> {
    let mut before_us = None;
    let mut at: BTreeMap<u32, usize> = BTreeMap::new();
    timeline.steps().take(timeline.at()).flat_map(move |step| {
        let passed_us = before_us.map_or(0, |before| step.time_us.1.saturating_sub(before));
        before_us = Some(step.time_us.1);
        let (mut way, mut act) = (None, None);
        match &step.deed {
            Deed::Line { terminal, text, dbs, .. } if is_shared(*terminal, text) => {
                let terminal = *terminal;
                if at.insert(terminal, dbs.1).unwrap_or(0) != dbs.0 {
                    way = Some(Act::Line { terminal, text: format!("SELECT {}", dbs.0) });
                }
                act = Some(Act::Line { terminal, text: text.clone() });
            }
            Deed::Advance { ms } => act = Some(Act::Advance { ms: ms.round() }),
            Deed::Meanwhile if passed_us > 0 => {
                act = Some(Act::Advance { ms: (passed_us as f64 / 1000.0).ceil() });
            }
            _ => {}
        }
        way.map(|act| (act, None)).into_iter().chain(act.map(|act| (act, Some(step))))
    })
}

/// Whether a line is passed on: neither what panels run, nor passwords.
fn is_shared(terminal: u32, text: &str) -> bool {
    (is_typed_into(terminal) || terminal == HAND) && !is_sensitive(text)
}

/// An answer, as a transcript has it: of one that is too long, the first line.
fn seen(answer: &[String]) -> Vec<String> {
    if answer.len() > ANSWER_MAX {
        let first = answer.first().map_or("", String::as_str);
        return vec![format!("@contains {first}")];
    }
    answer.iter().map(|line| if line.is_empty() { String::from("@blank") } else { line.clone() }).collect()
}

/// A line without the number that repeats it.
fn without_times(text: &str) -> &str {
    match console::read(text) {
        Typed::Command { times, .. } if times > 1 => {
            text.trim_start().split_once(' ').map_or(text, |(_, rest)| rest.trim_start())
        }
        _ => text.trim(),
    }
}

/// What a script would do to what is stored.
#[must_use]
pub fn offer(acts: &[Act], keyspace: &Keyspace) -> OfferView {
    let lines = acts.iter().map(write_line).collect();
    let typed: Vec<(u32, &str)> = acts
        .iter()
        .filter_map(|act| {
            if let Act::Line { terminal, text } = act { Some((*terminal, text.as_str())) } else { None }
        })
        .collect();
    let mut terminals: Vec<u32> = typed.iter().map(|(terminal, _)| *terminal).collect();
    terminals.sort_unstable();
    let buttons = terminals.contains(&HAND);
    terminals.retain(|terminal| is_typed_into(*terminal));
    terminals.dedup();
    let stays = typed.iter().all(|(_, text)| stays(text));
    let empty = keyspace.databases().iter().rposition(Database::is_empty);
    OfferView {
        lines,
        commands: typed.len(),
        keys: keyspace.databases().iter().map(Database::len).sum(),
        fresh: empty.filter(|_| stays),
        terminals,
        buttons,
    }
}

/// Whether a line touches nothing but the database that its client is in.
fn stays(text: &str) -> bool {
    let argv = match console::read(text) {
        Typed::Command { argv, .. } => argv,
        typed => return typed != Typed::Connect,
    };
    let reaches_out = |command: &Command| {
        matches!(command.name, "select" | "flushall" | "swapdb" | "move" | "copy" | "reset")
            || command.group == Group::Scripting
            || command.has(flag::ADMIN)
            || command.has(flag::PROTECTED)
    };
    table::find(&argv).is_none_or(|(command, _)| !reaches_out(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read_as_it_is_written() {
        let text = "> SET k v EX 10\nb> BLPOP jobs 0\n@advance 10s\n@advance 1500ms\n> 3 INCR n\nk> SET \"a> b\" w\n";
        let acts = read(text).unwrap();
        assert_eq!(acts[1], Act::Line { terminal: 1, text: "BLPOP jobs 0".into() });
        assert_eq!(acts[2], Act::Advance { ms: 10_000.0 });
        assert_eq!(acts[5], Act::Line { terminal: HAND, text: "SET \"a> b\" w".into() });
        assert_eq!(acts.iter().map(|act| write_line(act) + "\n").collect::<String>(), text);
    }

    #[test]
    fn what_is_no_script_is_refused() {
        for text in
            ["", "\n\n", "SET k v", "e> GET k", "ab> GET k", "@advance -1s", "@advance 1e9s", "@config x y"]
        {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read(&"> PING\n".repeat(LINES_MAX + 1)).is_err());
        assert!(read(&format!("> ECHO {}", "x".repeat(BYTES_MAX))).is_err());
    }

    #[test]
    fn what_would_leave_its_database_is_known() {
        for line in ["SET k v", "MULTI", "SUBSCRIBE c", "FLUSHDB", "help", "nosuch", "3 INCR n"] {
            assert!(stays(line), "{line}");
        }
        for line in [
            "FLUSHALL",
            "select 2",
            "EVAL x 0",
            "CONFIG SET maxmemory 1",
            "SHUTDOWN",
            "DEBUG SLEEP 1",
            "MOVE k 1",
        ] {
            assert!(!stays(line), "{line}");
        }
    }
}
