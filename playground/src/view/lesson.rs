//! Lessons and progress, as the page draws them.

use crate::manual::called;

/// Progress in all lessons, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Steps done of each lesson, from the first.
    pub done: Vec<usize>,
    /// Answers to each lesson's quiz: the option that was chosen last.
    pub quiz: Vec<Vec<Option<usize>>>,
}

/// A lesson in the list of lessons.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct LessonCard {
    /// From 1.
    pub number: u32,
    /// Its name.
    pub title: &'static str,
    /// For whom.
    pub level: Level,
    /// How long it may take.
    pub hours: u32,
    /// Whether it can be played.
    pub ready: bool,
    /// Steps that are done.
    pub done: usize,
    /// All steps.
    pub steps: usize,
}

/// How much a lesson asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing.
    Beginner,
    /// Some practice.
    Intermediate,
    /// A good deal of it.
    Advanced,
}

impl Level {
    /// The level of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "beginner" => Some(Self::Beginner),
            "intermediate" => Some(Self::Intermediate),
            "advanced" => Some(Self::Advanced),
            _ => None,
        }
    }
}

/// The open lesson.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct LessonView {
    /// Its card.
    pub card: LessonCard,
    /// A short introduction.
    pub intro: Vec<Block>,
    /// What is to be done.
    pub steps: Vec<StepView>,
    /// The step to do now; equal to the number of steps when all are done.
    pub current: usize,
    /// What goes wrong where it matters.
    pub production: Vec<Block>,
    /// What to ask oneself at the end.
    pub quiz: Vec<QuestionView>,
    /// Where to read on.
    pub further: Vec<LinkView>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    /// Its name.
    pub title: String,
    /// Whether it builds something that real programs need.
    pub is_build: bool,
    /// What there is to know.
    pub text: Vec<Block>,
    /// What is to be reached.
    pub goal: Vec<Span>,
    /// Whether it is.
    pub done: bool,
    /// Hints shown so far.
    pub hints: Vec<Vec<Span>>,
    /// Whether there is another one; the last is the solution.
    pub more_hints: bool,
    /// Whether the solution is no secret any more: the step is done, or the hints are used up.
    pub is_solved: bool,
    /// One way to the goal, as commands.
    pub solution: Vec<Block>,
    /// The same in programs.
    pub clients: Vec<Block>,
}

/// A question, and what was answered.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct QuestionView {
    /// What is asked.
    pub text: Vec<Span>,
    /// What may be answered.
    pub options: Vec<Vec<Span>>,
    /// What was.
    pub chosen: Option<usize>,
    /// Whether that is right.
    pub right: bool,
    /// Why; empty until the right answer is given.
    pub why: Vec<Span>,
}

/// A link to another site.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct LinkView {
    /// What is there.
    pub text: String,
    /// Its address.
    pub url: String,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Block {
    /// A paragraph.
    Text {
        /// Its pieces.
        spans: Vec<Span>,
    },
    /// A command for the prompt.
    Command {
        /// The terminal that it is for.
        terminal: u32,
        /// The line.
        text: String,
        /// The command whose page tells more.
        page: Option<String>,
    },
    /// A program to read and to copy.
    Code {
        /// What it is written in.
        language: String,
        /// Its lines.
        text: String,
    },
    /// A lab to open.
    Lab {
        /// Its name in links.
        name: &'static str,
        /// What it is called.
        title: &'static str,
        /// What there is to see.
        summary: &'static str,
    },
}

impl Block {
    /// A command for a terminal.
    #[must_use]
    pub fn command(terminal: u32, text: &str) -> Self {
        Self::Command { terminal, text: String::from(text), page: called(text) }
    }
}

/// A piece of a paragraph.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Span {
    /// Its words.
    pub text: String,
    /// Whether they are code.
    pub code: bool,
    /// Whether they are important.
    pub strong: bool,
    /// The command whose page tells more.
    pub page: Option<String>,
}
