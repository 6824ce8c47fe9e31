//! Counters, and rates made from them.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use redstart_structures::Ordered;

use crate::engine::Server;
use crate::error::Error;
use crate::machine::{LogLevel, Now, Output};
use crate::random::Random;

/// How many samples a rate is the mean of.
const SAMPLES: usize = 16;

/// What INFO counts since the start or since CONFIG RESETSTAT.
#[derive(Debug)]
pub struct Stats {
    /// When the server started.
    pub started: Now,
    /// Forty hexadecimal digits that name this run.
    pub run_id: String,
    /// Forty more, that name the history of this data set.
    pub replication_id: String,
    /// Commands that ran.
    pub commands: u64,
    /// Connections that came.
    pub connections: u64,
    /// Connections that were turned away.
    pub rejected: u64,
    /// Connections that had to go because clients took too much memory.
    pub evicted_clients: u64,
    /// Replies that were errors.
    pub error_replies: u64,
    /// The same by their codes.
    pub errors: Ordered<String, u64>,
    /// How often bytes came.
    pub reads: u64,
    /// How often bytes went.
    pub writes: u64,
    /// How long turns took in which keys expired, in microseconds.
    pub expiry_us: u64,
    /// Bytes that came.
    pub net_input_bytes: u64,
    /// Bytes that went.
    pub net_output_bytes: u64,
    /// The most memory that was in use at a round, in bytes.
    pub peak_memory: usize,
    commands_rate: Rate,
    input_rate: Rate,
    output_rate: Rate,
}

/// A counter's growth per second, over the last [`SAMPLES`] rounds.
#[derive(Debug, Default)]
struct Rate {
    samples: [u64; SAMPLES],
    next: usize,
    last: u64,
    last_us: u64,
}

impl Rate {
    fn sample(&mut self, value: u64, now_us: u64) {
        let passed = now_us.saturating_sub(self.last_us).max(1);
        let grown = value.saturating_sub(self.last);
        if let Some(slot) = self.samples.get_mut(self.next) {
            *slot = grown.saturating_mul(1_000_000) / passed;
        }
        self.next = (self.next + 1) % SAMPLES;
        (self.last, self.last_us) = (value, now_us);
    }

    fn per_second(&self) -> u64 {
        self.samples.iter().sum::<u64>() / SAMPLES as u64
    }
}

impl Stats {
    /// All counts at zero.
    pub fn new(now: Now, random: &mut Random) -> Self {
        Self {
            started: now,
            run_id: forty_digits(random),
            replication_id: forty_digits(random),
            commands: 0,
            connections: 0,
            rejected: 0,
            evicted_clients: 0,
            error_replies: 0,
            errors: Ordered::new(),
            reads: 0,
            writes: 0,
            expiry_us: 0,
            net_input_bytes: 0,
            net_output_bytes: 0,
            peak_memory: 0,
            commands_rate: Rate::default(),
            input_rate: Rate::default(),
            output_rate: Rate::default(),
        }
    }

    /// Sets the counts back: CONFIG RESETSTAT.
    pub fn reset(&mut self) {
        (self.commands, self.connections, self.rejected, self.error_replies) = (0, 0, 0, 0);
        (self.evicted_clients, self.reads, self.writes, self.expiry_us) = (0, 0, 0, 0);
        (self.net_input_bytes, self.net_output_bytes, self.peak_memory) = (0, 0, 0);
        self.errors.clear();
        self.commands_rate = Rate::default();
        self.input_rate = Rate::default();
        self.output_rate = Rate::default();
    }

    /// Takes a sample for every rate.
    pub fn sample_rates(&mut self, now: Now) {
        self.commands_rate.sample(self.commands, now.mono_us);
        self.input_rate.sample(self.net_input_bytes, now.mono_us);
        self.output_rate.sample(self.net_output_bytes, now.mono_us);
    }

    /// Commands per second.
    #[must_use]
    pub fn commands_per_second(&self) -> u64 {
        self.commands_rate.per_second()
    }

    /// Bytes in per second.
    #[must_use]
    pub fn input_per_second(&self) -> u64 {
        self.input_rate.per_second()
    }

    /// Bytes out per second.
    #[must_use]
    pub fn output_per_second(&self) -> u64 {
        self.output_rate.per_second()
    }
}

/// Error codes that are counted one by one. A script can make up as many as it likes.
const CODES_MAX: usize = 128;

/// What all others are counted as.
const OTHER_CODES: &str = "ERRORSTATS_OVERFLOW";

impl Server {
    /// Counts an error that is going to a client.
    #[cold]
    pub fn count_error(&mut self, error: &Error) {
        let (stats, code) = (&mut self.stats, error.code());
        stats.error_replies += 1;
        if let Some(count) = stats.errors.get_mut(&code) {
            *count += 1;
            return;
        }
        let is_full = stats.errors.len() >= CODES_MAX;
        if is_full && !stats.errors.contains_key(OTHER_CODES) {
            let known: Vec<&str> = stats.errors.keys().map(String::as_str).collect();
            let lines = [
                String::from(
                    "Errorstats stopped adding new errors because the number of errors reached the limit",
                ),
                alloc::format!("Current errors code list: {}", known.join(", ")),
            ];
            lines.into_iter().for_each(|line| self.out.push(Output::Log(LogLevel::Warning, line)));
        }
        let code = if is_full { String::from(OTHER_CODES) } else { code };
        *self.stats.errors.get_or_default(code) += 1;
    }
}

fn forty_digits(random: &mut Random) -> String {
    let mut digits = String::new();
    while digits.len() < 40 {
        let _ = write!(digits, "{:08x}", random.next() >> 32);
    }
    digits
}
