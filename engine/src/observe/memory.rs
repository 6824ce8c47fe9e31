//! Where memory goes: what INFO, MEMORY STATS and MEMORY DOCTOR tell of it.
//!
//! ```text
//!   rss ─ what the operating system counts for the process, which only the front knows
//!    └─ used ─ what we count ourselves, the same on every machine
//!        ├─ startup   the empty engine
//!        ├─ clients   their buffers and what is kept of them
//!        ├─ tables    what it takes to find keys, and to know when they expire
//!        └─ dataset   keys and values
//! ```

use super::info::View;

/// The account at one time, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// All that we count.
    pub used: u64,
    /// The most that it was.
    pub peak: u64,
    /// Of the empty engine.
    pub startup: u64,
    /// Of clients.
    pub clients: u64,
    /// How many clients there are.
    pub client_count: u64,
    /// Of the tables of keys and expiries.
    pub tables: u64,
    /// How many keys there are.
    pub keys: u64,
    /// Of the process, as the operating system counts it; what we count where there is none.
    pub rss: u64,
}

impl Memory {
    /// The account now.
    #[must_use]
    pub fn new(view: &View<'_>) -> Self {
        let databases = view.keyspace.databases();
        let used = view.used_memory() as u64;
        Self {
            used,
            peak: used.max(view.server.stats.peak_memory as u64),
            startup: view.server.startup_bytes as u64,
            clients: (view.server.sessions.memory_bytes() + view.session.counted_bytes) as u64,
            client_count: view.server.sessions.len() as u64 + 1,
            tables: databases.iter().map(|it| it.table_bytes() + it.deadline_bytes()).sum::<usize>() as u64,
            keys: databases.iter().map(|it| it.len()).sum::<usize>() as u64,
            rss: if view.server.host.rss_bytes > 0 { view.server.host.rss_bytes } else { used },
        }
    }

    /// All but keys and values.
    #[must_use]
    pub const fn overhead(&self) -> u64 {
        self.startup + self.clients + self.tables
    }

    /// Keys and values.
    #[must_use]
    pub const fn dataset(&self) -> u64 {
        self.used.saturating_sub(self.overhead())
    }

    /// All but the empty engine.
    #[must_use]
    pub const fn net(&self) -> u64 {
        self.used.saturating_sub(self.startup)
    }

    /// The share of keys and values in what came since the start, in hundredths.
    #[must_use]
    pub fn dataset_percent(&self) -> f64 {
        percent(self.dataset(), self.net())
    }

    /// The share of what is used in the most that was, in hundredths.
    #[must_use]
    pub fn peak_percent(&self) -> f64 {
        percent(self.used, self.peak)
    }

    /// How many times as much the operating system counts, and how much more that is.
    #[must_use]
    pub fn fragmentation(&self) -> (f64, i64) {
        (self.rss as f64 / self.used.max(1) as f64, self.rss as i64 - self.used as i64)
    }
}

fn percent(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}
