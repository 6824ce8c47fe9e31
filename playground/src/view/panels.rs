//! The panels beside the keys: memory, the slow log, and what goes on.

use super::KeyRow;

/// What a page wants to be told as it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Watched {
    /// Calls that took long.
    SlowLog,
    /// What goes on, every second.
    Stats,
}

/// Where a database's memory is.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct MemoryView {
    /// Which.
    pub db: usize,
    /// All keys.
    pub all: Share,
    /// Those that expire.
    pub expiring: Share,
    /// By type, the most memory first.
    pub types: Vec<Share>,
    /// By what stands before the first colon of their names.
    pub prefixes: Vec<Share>,
    /// The keys that take the most.
    pub biggest: Vec<KeyRow>,
}

/// Some of the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Share {
    /// What they have in common.
    pub label: String,
    /// How many they are.
    pub keys: usize,
    /// Their memory in bytes.
    pub memory: usize,
}

/// The slow log.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct SlowLogView {
    /// From how many microseconds on a call is kept; less than 0 keeps none.
    pub threshold: f64,
    /// The calls, the latest first.
    pub calls: Vec<SlowCallView>,
}

/// A call that took long.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct SlowCallView {
    /// Its number.
    pub id: f64,
    /// When it ended, in Unix milliseconds.
    pub at: f64,
    /// How long it took, in microseconds.
    pub micros: f64,
    /// What was called, as one would type it.
    pub command: String,
    /// Who called it: its address, and its name if it has one.
    pub client: String,
}

/// What went on in about a second.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct StatsView {
    /// When it ended, in Unix milliseconds.
    pub at: f64,
    /// Commands per second.
    pub commands: f64,
    /// Bytes of memory in use.
    pub memory: f64,
    /// The most that ever were.
    pub peak: f64,
    /// Clients that are connected.
    pub clients: f64,
    /// Reads of keys that were there.
    pub hits: f64,
    /// Reads of keys that were not.
    pub misses: f64,
    /// Keys that expired.
    pub expired: f64,
    /// Keys that were evicted.
    pub evicted: f64,
    /// Bytes that came, per second.
    pub input: f64,
    /// Bytes that went, per second.
    pub output: f64,
}
