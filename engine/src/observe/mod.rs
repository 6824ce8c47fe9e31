//! What the store tells of itself: counters and rates, and facts about where it runs.

mod calls;
mod digest;
mod histogram;
pub mod info;
mod latency;
mod memory;
mod meter;
mod slowlog;
mod stats;

use alloc::string::String;

use crate::engine::Server;
use crate::keyspace::Keyspace;

pub use self::calls::{Calls, CommandCalls};
pub use self::digest::Digest;
pub use self::histogram::Histogram;
pub use self::latency::{Latency, LatencyEvent, Sample, Series};
pub use self::memory::Memory;
pub use self::meter::{Look, Meter};
pub use self::slowlog::{SlowCall, SlowLog, shorten};
pub use self::stats::Stats;

/// The version of Redis that we answer like.
pub const REDIS_VERSION: &str = "7.0.15";

/// Our own version.
pub const REDSTART_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Facts that only the front knows; INFO repeats them.
#[derive(Clone, Debug, Default)]
pub struct Host {
    /// The operating system, or what stands for it.
    pub os: String,
    /// How events are waited for.
    pub multiplexing: &'static str,
    /// The number of the process.
    pub process_id: u32,
    /// The port it listens on.
    pub tcp_port: u16,
    /// The path of the program.
    pub executable: String,
    /// The path of the configuration file.
    pub config_file: String,
    /// The memory that the operating system counts for it, in bytes.
    pub rss_bytes: u64,
    /// The memory of the machine, in bytes.
    pub system_bytes: u64,
    /// CPU time of the process so far: user and system, in microseconds.
    pub cpu_us: (u64, u64),
    /// Whether threads read and write for the engine's.
    pub io_threads_active: bool,
    /// Reads of theirs so far.
    pub io_reads: u64,
    /// Writes of theirs so far.
    pub io_writes: u64,
    /// A clock to measure with, if there is one: the one that [`Now::mono_us`](crate::machine::Now::mono_us) is from.
    pub clock: Option<Look>,
}

/// The bytes of everything stored, and of everything that clients need but the one whose command runs. The cost of
/// asking does not grow with what is stored.
pub(crate) fn used_memory(server: &Server, keyspace: &Keyspace) -> usize {
    server.startup_bytes + keyspace.memory_bytes() + server.sessions.memory_bytes()
}
