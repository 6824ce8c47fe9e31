//! The two clocks of this machine, as the engine wants them.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime};

use redstart_engine::machine::Now;

/// Where monotonic time begins: when it is first asked for.
static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The time.
pub(crate) fn now() -> Now {
    let unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Now { unix_us: unix.as_micros() as u64, mono_us: mono_us() }
}

/// The monotonic time, in microseconds.
pub(crate) fn mono_us() -> u64 {
    ORIGIN.elapsed().as_micros() as u64
}

/// The moment of a monotonic time of the engine's.
pub(crate) fn instant(mono_us: u64) -> Instant {
    *ORIGIN + Duration::from_micros(mono_us)
}
