//! The timeline, the clock and what a command did, as the page draws them.

use super::Bytes;

/// The store's clock.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct ClockView {
    /// Its time, in Unix milliseconds.
    pub at: f64,
    /// By how many milliseconds it is ahead of the page's, or behind.
    pub ahead: f64,
    /// How fast it goes: 0 if it stands still.
    pub pace: u32,
}

/// What was done in this session, and where the store stands.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct TimelineView {
    /// The steps that are kept, the oldest first.
    pub steps: Vec<MomentView>,
    /// How many of them are done: the others are undone.
    pub at: usize,
    /// The number of the next one.
    pub next: u32,
}

/// One step.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct MomentView {
    /// Its number.
    pub id: u32,
    /// What was done, short.
    pub label: String,
    /// Whether it changed anything.
    pub changes: bool,
}

/// What a command did.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct DidView {
    /// Its full name.
    pub command: String,
    /// How long it takes.
    pub complexity: &'static str,
    /// What is known of the numbers in that.
    pub counts: Vec<CountView>,
    /// Keys that it read or wrote.
    pub keys: Vec<KeyDidView>,
    /// How many more there are.
    pub more: usize,
    /// The commands that it was propagated as, to the append-only file and to replicas.
    pub propagated: Vec<String>,
    /// Why there are none, or what else is to be known.
    pub note: &'static str,
    /// What it told listeners of the keyspace.
    pub events: Vec<EventView>,
    /// When, in Unix milliseconds as the store has it.
    pub at: f64,
    /// Bytes that were used before it and after it.
    pub memory: (usize, usize),
}

/// A number that the time of a command depends on.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct CountView {
    /// Of what.
    pub what: String,
    /// How many.
    pub count: usize,
}

/// What a command did with a key.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct KeyDidView {
    /// Its database.
    pub db: usize,
    /// The key.
    pub key: Bytes,
    /// For people.
    pub label: String,
    /// In one or two words.
    pub done: &'static str,
    /// What it was; `None` if it was not there.
    pub was: Option<FormView>,
    /// What it is.
    pub is: Option<FormView>,
}

/// How a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FormView {
    /// As TYPE says.
    #[serde(rename = "type")]
    pub type_name: &'static str,
    /// As OBJECT ENCODING says.
    pub encoding: &'static str,
    /// How many elements it has; a string is one.
    pub elements: usize,
    /// Bytes of memory.
    pub memory: usize,
    /// In Unix milliseconds.
    pub expires_at: Option<f64>,
}

/// A keyspace event.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct EventView {
    /// Its name.
    pub name: &'static str,
    /// The letter that selects it in `notify-keyspace-events`.
    pub class: char,
    /// The database and the key.
    pub db: usize,
    /// For people.
    pub label: String,
}

/// A session to be replayed, before it is.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct OfferView {
    /// What would be done, line by line.
    pub lines: Vec<String>,
    /// How many of them are commands.
    pub commands: usize,
    /// How many keys there are already.
    pub keys: usize,
    /// The empty database in which it may be replayed beside them; `None` if it would leave that.
    pub fresh: Option<usize>,
    /// The terminals that it is for.
    pub terminals: Vec<u32>,
    /// Whether some of it is what buttons did.
    pub buttons: bool,
}
