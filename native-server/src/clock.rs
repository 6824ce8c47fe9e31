//! The two clocks of this machine, as the engine wants them.

use std::time::{Instant, SystemTime};

use redstart_engine::machine::Now;

/// The clocks of this process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// Where monotonic time begins.
    origin: Instant,
}

impl Clock {
    /// Monotonic time begins now.
    pub(crate) fn new() -> Self {
        Self { origin: Instant::now() }
    }

    /// The time.
    pub(crate) fn now(self) -> Now {
        let unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Now { unix_us: unix.as_micros() as u64, mono_us: self.origin.elapsed().as_micros() as u64 }
    }

    /// The moment of a monotonic time of the engine's.
    pub(crate) fn instant(self, mono_us: u64) -> Instant {
        self.origin + std::time::Duration::from_micros(mono_us)
    }
}
