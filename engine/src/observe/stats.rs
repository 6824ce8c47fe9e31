//! Counters, and rates made from them.

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt::Write;

use crate::error::Error;
use crate::machine::Now;
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
    /// Replies that were errors.
    pub error_replies: u64,
    /// The same by their codes.
    pub errors: BTreeMap<String, u64>,
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
            error_replies: 0,
            errors: BTreeMap::new(),
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
        (self.net_input_bytes, self.net_output_bytes, self.peak_memory) = (0, 0, 0);
        self.errors.clear();
        self.commands_rate = Rate::default();
        self.input_rate = Rate::default();
        self.output_rate = Rate::default();
    }

    /// Counts an error that is going to a client.
    #[cold]
    pub fn count_error(&mut self, error: &Error) {
        self.error_replies += 1;
        *self.errors.entry(error.code()).or_default() += 1;
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

fn forty_digits(random: &mut Random) -> String {
    let mut digits = String::new();
    while digits.len() < 40 {
        let _ = write!(digits, "{:08x}", random.next() >> 32);
    }
    digits
}
