//! What the page and the playground say to each other: the Rust side of `www/src/protocol.ts`.
//!
//! Everything here is plain data. Names on the wire are those of the TypeScript, in camel case; bytes are
//! `Uint8Array`s there and [`Bytes`] here.

mod keys;
mod lesson;
mod manual;
mod panels;
mod timeline;

use crate::labs::About;
use std::fmt;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

pub use self::keys::{
    Branch, Browse, ConsumerGroup, Content, DatabaseView, Element, Item, KeyRow, KeysView, Row, Sort,
    TypeView, ValueView,
};
pub use self::lesson::{Block, Kept, LessonCard, LessonView, Level, LinkView, QuestionView, Span, StepView};
pub use self::manual::{ArgView, ArticleView, CommandView, GroupView, ManualView, VersionView};
pub use self::panels::{MemoryView, Share, SlowCallView, SlowLogView, StatsView, Watched};
pub use self::timeline::{
    ClockView, CountView, DidView, EventView, FormView, KeyDidView, MomentView, OfferView, TimelineView,
};

/// From the page.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Ask {
    /// Connect a client.
    Open {
        /// A small number that the page chose.
        terminal: u32,
    },
    /// Disconnect it.
    Close {
        /// Which.
        terminal: u32,
    },
    /// Run what was typed or pasted.
    Submit {
        /// Where.
        terminal: u32,
        /// One line or several.
        text: String,
        /// Whether it was asked before, and never answered: what may have been done is not done again.
        #[serde(default)]
        again: bool,
    },
    /// The text changed.
    Edit {
        /// Where.
        terminal: u32,
        /// All of it.
        text: String,
        /// Where the cursor is, in UTF-16 units.
        cursor: usize,
    },
    /// Speak RESP3 or RESP2 from now on.
    Resp3 {
        /// Where.
        terminal: u32,
        /// RESP3.
        on: bool,
    },
    /// What the key browser shows.
    Browse(Browse),
    /// Which key's value to show.
    Inspect {
        /// The database.
        db: usize,
        /// `None` for no key.
        key: Option<Bytes>,
        /// How many of its elements come before the page that is shown.
        #[serde(default)]
        from: usize,
    },
    /// Look where the memory of a database is.
    Memory {
        /// Which.
        db: usize,
    },
    /// What to be told of as it happens; `None` for nothing.
    Watch {
        /// A panel.
        what: Option<Watched>,
    },
    /// Open a lesson; 0 leaves lessons.
    Lesson {
        /// From 1.
        number: u32,
        /// Its file.
        #[serde(default)]
        text: String,
        /// Where to say what is put back of the one before.
        #[serde(default)]
        terminal: Option<u32>,
    },
    /// Answer a question of the open lesson's quiz.
    Answer {
        /// Which, from 0.
        question: usize,
        /// The option, from 0.
        option: usize,
    },
    /// Give the progress in all lessons.
    SaveProgress,
    /// Replace the progress in all lessons.
    LoadProgress {
        /// What was given before.
        progress: Kept,
    },
    /// Find commands by what they are called and what they do.
    Find {
        /// Words.
        text: String,
    },
    /// Show the page of a command.
    Manual {
        /// Its full name.
        name: String,
        /// Its family's file, once it is there.
        text: Option<String>,
    },
    /// Show all commands.
    Commands,
    /// Remove the keys of examples: one is about to be run.
    Example,
    /// Bring the open lesson back to its start.
    RestartLesson {
        /// Where to say what is put back.
        #[serde(default)]
        terminal: Option<u32>,
    },
    /// Show the current step's next hint.
    Hint,
    /// Forget everything kept.
    Erase,
    /// Give all data as an RDB file.
    Export,
    /// Replace all data with an RDB file's.
    Import {
        /// The file.
        file: Bytes,
    },
    /// Go to the moment before a step of the timeline, or to its end.
    Travel {
        /// The step's number.
        to: Option<u32>,
        /// Where to say so, if anywhere.
        #[serde(default)]
        terminal: Option<u32>,
    },
    /// Let the store's time go so many times as fast; 0 stops it.
    Pace {
        /// 0, 1, 10 or 100.
        pace: u32,
    },
    /// Put the store's time forward.
    Advance {
        /// By so many milliseconds.
        ms: f64,
    },
    /// Give what was done in this session as text.
    Session,
    /// Look what such a text would do.
    Offer {
        /// The text.
        text: String,
    },
    /// Begin to do it.
    Replay {
        /// In an empty database, beside what is there.
        fresh: bool,
    },
    /// Do the next line of it.
    Play,
}

/// To the page.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Tell {
    /// The data of the last visit is being loaded.
    Loading {
        /// How much of it is, in percent.
        percent: u32,
    },
    /// The prompt may be used.
    Ready {
        /// Of Redstart.
        version: &'static str,
        /// How many commands there are.
        commands: usize,
        /// How many keys came back from the last visit.
        restored_keys: usize,
        /// All lessons.
        lessons: Vec<LessonCard>,
        /// All labs.
        labs: &'static [About],
        /// Lines typed before, the oldest first.
        history: Vec<String>,
    },
    /// A command was run.
    Entry {
        /// Where.
        terminal: u32,
        /// What came of it.
        entry: Entry,
    },
    /// The prompt from now on.
    Prompt {
        /// Where.
        terminal: u32,
        /// Its text.
        prompt: String,
        /// Whether the client speaks RESP3.
        resp3: bool,
        /// Whether a submit is done with it.
        answers: bool,
    },
    /// The script that a terminal debugs, as it stands; nothing when it is over.
    Debug {
        /// Where.
        terminal: u32,
        /// The script.
        view: Option<DebugView>,
    },
    /// The answer to `edit`.
    Assist {
        /// Where.
        terminal: u32,
        /// The text that it is about.
        text: String,
        /// Hint and completions.
        assist: Assist,
    },
    /// What the terminal shows is to be cleared.
    Clear {
        /// Where.
        terminal: u32,
    },
    /// The connection ended from the other side.
    Closed {
        /// Where.
        terminal: u32,
    },
    /// The key browser.
    Keys {
        /// Its rows.
        view: KeysView,
    },
    /// The key that is inspected; `None` if there is none.
    Value {
        /// What it holds.
        view: Option<ValueView>,
    },
    /// Where the memory is.
    Memory {
        /// By what keys have in common.
        view: MemoryView,
    },
    /// The slow log, when it is not what it was.
    SlowLog {
        /// Its calls.
        view: SlowLogView,
    },
    /// What went on in the last second.
    Stats {
        /// In numbers.
        view: StatsView,
    },
    /// The open lesson and all cards.
    Lesson {
        /// `None` when none is open.
        view: Option<LessonView>,
        /// All lessons.
        lessons: Vec<LessonCard>,
        /// What is wrong with the lesson's file.
        problem: Option<String>,
    },
    /// The progress in all lessons.
    Progress {
        /// To be kept somewhere.
        progress: Kept,
    },
    /// Commands that were looked for.
    Found {
        /// The words.
        text: String,
        /// What matches, the best first.
        commands: Vec<CommandView>,
    },
    /// The page of a command.
    Manual {
        /// The name that was asked for.
        name: String,
        /// `None` when there is no such command.
        view: Option<ManualView>,
        /// What is wrong with its family's file.
        problem: Option<String>,
    },
    /// All commands.
    Commands {
        /// By their families.
        groups: Vec<GroupView>,
    },
    /// Data was written, or could not be.
    Saved {
        /// In Unix milliseconds.
        at: f64,
        /// How long the append-only file is.
        bytes: f64,
        /// Whether all of it is durable.
        durable: bool,
        /// What went wrong.
        error: Option<String>,
    },
    /// All data as an RDB file.
    Exported {
        /// The file.
        file: Bytes,
    },
    /// What was done in this session, and where the store stands.
    Timeline {
        /// Its steps.
        view: TimelineView,
    },
    /// The store's clock goes otherwise.
    Clock {
        /// From now on.
        view: ClockView,
    },
    /// What was done in this session, as text.
    Session {
        /// What was typed.
        script: String,
        /// And what was answered.
        transcript: String,
    },
    /// What a text would do, or what is wrong with it.
    Offer {
        /// All of it.
        view: Option<OfferView>,
        /// What is wrong.
        problem: Option<String>,
    },
    /// How far a replay is.
    Played {
        /// Lines that are done.
        done: usize,
        /// All of them.
        total: usize,
    },
    /// All data was replaced, or a file could not be read.
    Imported {
        /// How many keys there are now.
        keys: usize,
        /// What is wrong with the file.
        error: Option<String>,
    },
}

/// One command and what came of it.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Entry {
    /// The prompt it was typed at.
    pub prompt: String,
    /// What was typed; empty for what came unasked.
    pub text: String,
    /// What redis-cli would print.
    pub lines: Vec<Line>,
    /// The bytes that went.
    pub request: Bytes,
    /// The bytes that came.
    pub reply: Bytes,
    /// Microseconds in the engine.
    pub micros: f64,
    /// Its step of the timeline.
    pub step: Option<u32>,
    /// What it did.
    pub did: Option<Box<DidView>>,
    /// The command whose page tells more; with no name, all of them.
    pub page: Option<String>,
}

/// One line of output.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Line {
    /// Without a line end.
    pub text: String,
    /// How to colour it.
    pub tone: Tone,
}

impl Line {
    /// A line of a tone.
    #[must_use]
    pub fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }
}

/// The colour of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// None.
    Plain,
    /// An error.
    Error,
    /// A status such as `OK`.
    Status,
    /// A number.
    Number,
    /// A string.
    String,
    /// Nothing.
    Null,
    /// Less important.
    Dim,
    /// A heading.
    Heading,
}

/// Help for what is being typed.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Assist {
    /// Dimmed text after the cursor.
    pub hint: String,
    /// Where the word that a completion replaces begins, in UTF-16 units.
    pub start: usize,
    /// What it may become.
    pub completions: Vec<Completion>,
    /// The command that is being typed, if it is one.
    pub command: String,
    /// One line about it.
    pub summary: String,
}

/// One way to go on.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Completion {
    /// The word.
    pub text: String,
    /// One line about it.
    pub summary: String,
}

/// A script in the debugger.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct DebugView {
    /// Its lines.
    pub source: Vec<String>,
    /// The one that comes next, from 1.
    pub line: usize,
    /// Those that it stops at.
    pub breakpoints: Vec<usize>,
    /// The local variables of the function that it is in.
    pub locals: Vec<LocalView>,
    /// What it has asked of the store.
    pub calls: Vec<AskedView>,
}

/// A local variable.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LocalView {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub value: String,
}

/// A command that a script has run.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AskedView {
    /// The line of the script.
    pub line: usize,
    /// The command.
    pub command: String,
    /// Its reply.
    pub reply: String,
}

/// Bytes, as one value rather than a list of numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(BytesVisitor)
    }
}

struct BytesVisitor;

impl<'de> Visitor<'de> for BytesVisitor {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes(bytes.to_vec()))
    }

    fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
        Ok(Bytes(bytes))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Bytes, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = items.next_element()? {
            bytes.push(byte);
        }
        Ok(Bytes(bytes))
    }
}
