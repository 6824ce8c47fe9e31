//! An app, a cache and a slow database: what strategies of caching do to hit rate, load and waiting.
//!
//! ```text
//!   users ─► app ── half a millisecond ──► cache: the engine
//!             └──── some hundred of them ─► database: a few connections, and a line before them
//! ```
//!
//! Only the engine is real; the rest is a queue of events in virtual time (`events.rs`, `shop.rs`), with latencies drawn from the seed.
//! Controls change what is in force while it runs, so that the charts show the difference.

mod behind;
mod database;
mod events;
mod shop;

use self::shop::Shop;
use super::Lab;

/// How reads and writes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// The app asks the cache, then the database; a write removes the key.
    CacheAside,
    /// The cache's library loads what is missing; writes go around it.
    ReadThrough,
    /// A write goes to the database, and then into the cache.
    WriteThrough,
    /// A write goes into the cache, and to the database later.
    WriteBehind,
}

/// What is done so that a key which ends is not fetched by many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// Nothing.
    None,
    /// Who misses takes a lock (SET NX PX) or waits.
    Lock,
    /// Readers fetch before the end, by chance: the sooner it comes, the more likely.
    Early,
}

/// Where write-behind notes what the database has yet to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notes {
    /// In the app's own memory.
    App,
    /// In a list beside the cache.
    Store,
}

/// What the controls say.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Setup {
    /// How reads and writes go.
    pub strategy: Strategy,
    /// Against many misses at once.
    pub guard: Guard,
    /// Where notes are, with write-behind.
    pub notes: Notes,
    /// Requests per second.
    pub rate: f64,
    /// How many percent of them are writes.
    pub writes: f64,
    /// Time to live of what is cached.
    pub ttl_secs: f64,
    /// What a query takes, on average.
    pub latency_ms: f64,
}

/// What is asked of the lab.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Ask {
    /// Time passes.
    Pass {
        /// How much.
        ms: f64,
    },
    /// A control was moved: totals are counted from here.
    Set {
        /// How all of them are.
        setup: Setup,
    },
    /// The app crashes, and is up again a second later.
    Crash,
    /// The cache loses everything (FLUSHALL).
    Empty,
    /// It begins again.
    Restart,
}

/// A second.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// Its end, in seconds since the beginning.
    pub at: u64,
    /// Which part of the reads found something in the cache.
    pub hit_rate: Option<f64>,
    /// Queries that the database began.
    pub queries: u64,
    /// What 99 of 100 reads did not exceed, in milliseconds.
    pub reads_ms: Option<f64>,
    /// The same of writes.
    pub writes_ms: Option<f64>,
}

/// What has been counted since a control was moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    /// Reads that were answered.
    pub reads: u64,
    /// Reads that the cache answered.
    pub hits: u64,
    /// Reads that got less than what had been saved before they began.
    pub stale: u64,
    /// Writes that were answered.
    pub writes: u64,
    /// Writes that were answered and then lost.
    pub lost: u64,
    /// Requests without an answer: the app was down, or it took too long.
    pub failed: u64,
    /// Queries that the database began.
    pub queries: u64,
}

/// What there is to see.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Seconds since the beginning.
    pub now: f64,
    /// The last two minutes.
    pub samples: Vec<Sample>,
    /// Since a control was moved.
    pub totals: Totals,
    /// Whether the app is there.
    pub is_up: bool,
    /// Requests that wait for their answer.
    pub open: usize,
    /// Connections of the database that are busy.
    pub busy: usize,
    /// All of its connections.
    pub connections: usize,
    /// Queries that wait for a connection.
    pub line: usize,
    /// Keys in the cache (DBSIZE).
    pub keys: i64,
    /// Writes that the database has not been told yet.
    pub unwritten: u64,
}

/// The experiment.
#[derive(Debug)]
pub struct Caching {
    seed: u64,
    shop: Shop,
}

impl Caching {
    /// A shop that opens, with an empty cache.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let setup = Setup {
            strategy: Strategy::CacheAside,
            guard: Guard::None,
            notes: Notes::App,
            rate: 200.0,
            writes: 2.0,
            ttl_secs: 10.0,
            latency_ms: 150.0,
        };
        Self { seed, shop: Shop::new(seed, setup) }
    }
}

impl Lab for Caching {
    type Ask = Ask;
    type View = View;

    fn ask(&mut self, ask: Ask) {
        match ask {
            Ask::Pass { ms } => self.shop.pass(ms),
            Ask::Set { setup } => self.shop.set(setup),
            Ask::Crash => self.shop.crash(),
            Ask::Empty => self.shop.empty(),
            Ask::Restart => self.shop = Shop::new(self.seed, self.shop.setup()),
        }
    }

    fn view(&mut self) -> View {
        self.shop.view()
    }
}

#[cfg(test)]
mod tests;
