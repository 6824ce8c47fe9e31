//! Lessons: Markdown files in `playground/lessons`, one a step of the course.
//!
//! ```text
//!   lessons/02-strings.md ─ build script ─► index: title, level, hours, number of steps: built in
//!                         ─ the page fetches it when it is opened ─► read ─► Lesson
//! ```
//!
//! A step is done when its check holds: commands that only read are run unseen and must answer as the file says,
//! so any way to the goal will do. CONTRIBUTING.md explains the format. Tests play every file: its solutions, its near
//! misses, its snippets.

mod blocks;
mod check;
mod index;
pub(crate) mod read;
pub(crate) mod sections;
mod transcript;

pub use self::blocks::{blocks, spans};
pub use self::check::{Check, is_like};
pub use self::index::{Brief, all, get};
pub use self::read::read;
pub use self::sections::Problem;
pub use self::transcript::{Line, TERMINALS, typed};

use crate::labs::About;
use crate::view::Level;

/// A lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// Its name.
    pub title: String,
    /// For whom.
    pub level: Level,
    /// How long it may take.
    pub hours: u32,
    /// The keys that its steps make, as globs: removed when it is begun again.
    pub keys: Vec<String>,
    /// The settings that its steps change: put back when it is left or begun again.
    pub settings: Vec<String>,
    /// Commands that undo what else its steps change, for when it is begun again.
    pub again: Vec<String>,
    /// Whether it can be played; an outline can only be read.
    pub ready: bool,
    /// What it is about.
    pub intro: Vec<Part>,
    /// What is to be done.
    pub steps: Vec<Step>,
    /// What goes wrong where it matters.
    pub production: Vec<Part>,
    /// What to ask oneself at the end.
    pub quiz: Vec<Question>,
    /// Where to read on.
    pub further: Vec<Link>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A paragraph; code stands between backquotes, what is important between two asterisks.
    Say(String),
    /// A command for a terminal.
    Run(Snippet),
    /// A program: its language and its lines.
    Code(String, String),
    /// A lab to open.
    Lab(&'static About),
}

/// A command to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The terminal: 0 is a.
    pub terminal: u32,
    /// The line.
    pub text: String,
    /// Whether it is there to show an error.
    pub fails: bool,
}

/// One thing to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub title: String,
    /// Whether it builds something that real programs need.
    pub is_build: bool,
    /// What there is to know.
    pub text: Vec<Part>,
    /// What is to be reached.
    pub goal: String,
    /// Whether it is.
    pub check: Check,
    /// Each says more than the one before; the solution comes after the last.
    pub hints: Vec<String>,
    /// One way to the goal.
    pub solution: Vec<Line>,
    /// Ways that end beside the goal: terminals and lines.
    pub wrong: Vec<Vec<Snippet>>,
    /// The same in programs: a client library's name, and code.
    pub clients: Vec<(String, String)>,
}

/// A question of the quiz.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub text: String,
    /// What may be answered.
    pub options: Vec<String>,
    /// Which of them is right.
    pub right: usize,
    /// Why.
    pub why: String,
}

/// A link to another site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What is there.
    pub text: String,
    /// Its address.
    pub url: String,
}
