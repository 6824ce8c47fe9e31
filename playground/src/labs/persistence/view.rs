//! What there is to see of a store that may lose its power.

use super::Policy;
use super::annotate::Part;

/// What a power failure did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Crash {
    /// The last write that was answered.
    pub acknowledged: u64,
    /// Answered writes that are gone.
    pub lost: u64,
    /// Bytes that were not synced, and how many of them were there nevertheless.
    pub unsynced_bytes: u64,
    /// See there.
    pub survived_bytes: u64,
}

/// What a rewrite did to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rewrite {
    /// Bytes before it.
    pub before_bytes: u64,
    /// Bytes after it.
    pub after_bytes: u64,
}

/// How sure a seat's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It has none yet.
    Empty,
    /// It is on disk.
    Durable,
    /// The system has it, the disk perhaps not.
    Written,
    /// It is older than the one that a client was told is kept.
    Lost,
}

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Seat {
    /// What GET says.
    pub write: Option<u64>,
    /// What it was given last.
    pub sold: u64,
    /// How sure it is.
    pub state: State,
}

/// A file on the disk.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FileView {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
    /// How many of them are sure to survive.
    pub synced: u64,
}

/// A file, opened.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Opened {
    /// Its name.
    pub name: String,
    /// Its first parts.
    pub first: Vec<Part>,
    /// Whether there is something between them and the last ones.
    pub gap: bool,
    /// Its last parts.
    pub last: Vec<Part>,
}

/// What there is to see.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// `appendfsync`, as the server has it.
    pub policy: Policy,
    /// The number of the last write that was answered.
    pub acknowledged: u64,
    /// How many writes are sure to survive.
    pub durable: u64,
    /// How many are lost.
    pub lost: u64,
    /// Writes in the second before this one.
    pub writes_per_second: u64,
    /// What the disk was asked to make durable so far.
    pub syncs: u64,
    /// All keys that are written.
    pub seats: Vec<Seat>,
    /// All files.
    pub files: Vec<FileView>,
    /// The last power failure.
    pub crash: Option<Crash>,
    /// The last rewrite.
    pub rewrite: Option<Rewrite>,
    /// The file that is looked into.
    pub open: Option<Opened>,
}
