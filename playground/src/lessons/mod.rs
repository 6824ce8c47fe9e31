//! The lessons: plain data, and checks that look at the store.
//!
//! A step is done when its check holds. A check sees what is stored and who is connected, never what was typed, so
//! any way to the goal will do. The last hint is the solution; a test plays all solutions, compares every answer
//! that a solution promises, and proves each check false before its step and true after it.

mod outlines;
mod setup;
mod strings;

use redstart_engine::keyspace::{Entry, Keyspace};
use redstart_engine::session::{Session, Sessions};
use redstart_engine::types::{Kind, Str, StrView};

use crate::view::{Block, Level, Span};

/// A lesson.
#[derive(Debug)]
pub struct Lesson {
    /// Its name.
    pub title: &'static str,
    /// For whom.
    pub level: Level,
    /// How long it may take.
    pub hours: u32,
    /// What it is about.
    pub intro: &'static [Part],
    /// What is to be done; an outline's steps are only named.
    pub steps: &'static [Step],
    /// Whether it can be played.
    pub ready: bool,
    /// The keys that its steps make: removed when it is begun again.
    pub keys: &'static [&'static str],
}

/// A part of a text.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// A paragraph; code stands between backquotes.
    Say(&'static str),
    /// A command for the prompt.
    Run(&'static str),
    /// A program: its language and its lines.
    Code(&'static str, &'static str),
}

/// One thing to do.
#[derive(Debug)]
pub struct Step {
    /// Its name.
    pub title: &'static str,
    /// What there is to know, in at most 150 words.
    pub text: &'static [Part],
    /// What is to be reached.
    pub goal: &'static str,
    /// Each says more than the one before; the solution comes after the last.
    pub hints: &'static [&'static str],
    /// One way to the goal.
    pub solution: &'static [Line],
    /// Whether the goal is reached.
    pub check: fn(&Look<'_>) -> bool,
}

impl Step {
    /// A step of an outline: only its name.
    const fn planned(title: &'static str) -> Self {
        Self { title, text: &[], goal: "", hints: &[], solution: &[], check: |_| false }
    }
}

/// A line of a solution.
#[derive(Debug)]
pub struct Line {
    /// Which terminal it is typed in: 0 is a, 1 is b.
    pub terminal: u32,
    /// The line.
    pub text: &'static str,
    /// The answer, line by line; `None` if it differs from run to run.
    pub answer: Option<&'static str>,
}

/// A line for terminal a, and its answer.
const fn a(text: &'static str, answer: &'static str) -> Line {
    Line { terminal: 0, text, answer: Some(answer) }
}

/// A line for terminal b, and its answer.
const fn b(text: &'static str, answer: &'static str) -> Line {
    Line { terminal: 1, text, answer: Some(answer) }
}

/// What a check may look at.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// What is stored.
    pub keyspace: &'a Keyspace,
    /// Who is connected.
    pub sessions: &'a Sessions,
    /// The time in Unix milliseconds.
    pub now_ms: i64,
}

impl<'a> Look<'a> {
    fn entry(&self, db: usize, key: &str) -> Option<Entry<'a>> {
        self.keyspace.find(db, key.as_bytes(), self.now_ms)
    }

    /// Whether a key is there, in database 0.
    fn has(&self, key: &str) -> bool {
        self.entry(0, key).is_some()
    }

    /// Whether a key of database 0 holds this string.
    fn holds(&self, key: &str, text: &str) -> bool {
        let value = self.entry(0, key).and_then(|entry| Str::of(entry.value));
        value.is_some_and(|value| *value.bytes() == *text.as_bytes())
    }

    /// The number that a key of database 0 holds.
    fn number(&self, key: &str) -> Option<i64> {
        self.entry(0, key).and_then(|entry| Str::of(entry.value)).and_then(StrView::as_int)
    }

    /// How long a key of database 0 has to live, in milliseconds.
    fn ttl_ms(&self, key: &str) -> Option<i64> {
        Some(self.entry(0, key)?.expires_ms()? - self.now_ms)
    }

    /// How a key of database 0 is encoded.
    fn encoding(&self, key: &str) -> &'static str {
        self.entry(0, key).map_or("", |entry| entry.value.encoding())
    }

    /// Whether some client is like this.
    fn any_client(&self, is_meant: impl Fn(&Session) -> bool) -> bool {
        self.sessions.iter().any(is_meant)
    }

    /// Whether some client's last command was this one.
    fn last(&self, name: &str) -> bool {
        self.any_client(|session| session.last.is_some_and(|last| last.name == name))
    }
}

/// All lessons, in order.
static ALL: [&Lesson; 16] = [
    &setup::LESSON,
    &strings::LESSON,
    &outlines::COLLECTIONS,
    &outlines::BITMAPS,
    &outlines::EXPIRY,
    &outlines::PUBSUB,
    &outlines::STREAMS,
    &outlines::CACHING,
    &outlines::LUA,
    &outlines::TRANSACTIONS,
    &outlines::PIPELINING,
    &outlines::PERSISTENCE,
    &outlines::REPLICATION,
    &outlines::CLUSTER,
    &outlines::SECURITY,
    &outlines::OPERATIONS,
];

/// All lessons with their numbers, which begin with 1.
pub fn all() -> impl Iterator<Item = (u32, &'static Lesson)> {
    (1..).zip(ALL)
}

/// The lesson of a number.
#[must_use]
pub fn get(number: u32) -> Option<&'static Lesson> {
    ALL.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
}

/// A text as the page draws it.
#[must_use]
pub fn blocks(parts: &[Part]) -> Vec<Block> {
    parts.iter().map(block).collect()
}

fn block(part: &Part) -> Block {
    match *part {
        Part::Say(text) => {
            let spans = text.split('`').enumerate().filter(|(_, text)| !text.is_empty());
            let span = |(index, text): (usize, &str)| Span { text: String::from(text), code: index % 2 == 1 };
            Block::Text { spans: spans.map(span).collect() }
        }
        Part::Run(text) => Block::Command { text: String::from(text) },
        Part::Code(language, text) => Block::Code { language, text: String::from(text) },
    }
}

/// The solution of a step as a hint: one line for each command. The hints before it say in which terminal.
#[must_use]
pub fn solution(step: &Step) -> String {
    step.solution.iter().map(|line| line.text).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::{self, Typed};
    use crate::table;

    #[test]
    fn texts_are_short() {
        for (number, lesson) in all() {
            assert!(!lesson.intro.is_empty(), "lesson {number}");
            for step in lesson.steps {
                let words = |part: &Part| match part {
                    Part::Say(text) => text.split_whitespace().count(),
                    Part::Run(_) | Part::Code(..) => 0,
                };
                let words: usize = step.text.iter().map(words).sum();
                assert!(words <= 150, "{words} words in {}", step.title);
                if lesson.ready {
                    assert!(words > 20 && !step.goal.is_empty(), "{}", step.title);
                    assert!(!step.hints.is_empty() && !step.solution.is_empty(), "{}", step.title);
                }
            }
        }
    }

    #[test]
    fn code_in_texts_is_closed() {
        for (_, lesson) in all() {
            for part in lesson.steps.iter().flat_map(|step| step.text).chain(lesson.intro) {
                if let Part::Say(text) = part {
                    assert!(text.matches('`').count() % 2 == 0, "{text}");
                }
            }
        }
    }

    #[test]
    fn every_command_in_a_text_exists() {
        for (_, lesson) in all() {
            let parts = lesson.steps.iter().flat_map(|step| step.text).chain(lesson.intro);
            let shown = parts.filter_map(|part| if let Part::Run(text) = part { Some(*text) } else { None });
            let solved = lesson.steps.iter().flat_map(|step| step.solution).map(|line| line.text);
            for text in shown.chain(solved) {
                let Typed::Command { argv, .. } = console::read(text) else { panic!("no command: {text}") };
                let (command, _) = table::find(&argv).unwrap_or_else(|| panic!("unknown: {text}"));
                assert!(command.accepts(argv.len()), "number of words: {text}");
            }
        }
    }
}
