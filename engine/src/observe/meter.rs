//! How long things take.
//!
//! The engine has no clock: whoever has one may hand it in as a function. It is looked at once for each command, when the
//! command is done; what began then ended the one before. What is measured may be told, in SLOWLOG, LATENCY and INFO, and
//! nothing is ever decided by it. Without a clock only the time counts that DEBUG SLEEP asks for, so that tests see the
//! same with every run.

/// A look at a clock: microseconds, on the same clock as [`Now::mono_us`](crate::machine::Now::mono_us).
pub type Look = fn() -> u64;

/// What measures.
#[derive(Debug, Default)]
pub struct Meter {
    look: Option<Look>,
    /// The time of the last look.
    last_us: u64,
    /// The time that is to be slept once this input is done with.
    slept_us: u64,
}

impl Meter {
    /// A meter with this clock, if there is one.
    pub(crate) const fn new(look: Option<Look>) -> Self {
        Self { look, last_us: 0, slept_us: 0 }
    }

    /// An input came at this time.
    #[inline]
    pub(crate) const fn begin(&mut self, now_us: u64) {
        (self.last_us, self.slept_us) = (now_us, 0);
    }

    /// The time of the last look, which is when the command that runs began.
    #[inline]
    pub(crate) const fn last_us(&self) -> u64 {
        self.last_us
    }

    /// The time now.
    #[inline]
    pub(crate) fn look(&mut self) -> u64 {
        self.last_us = match self.look {
            Some(look) => (look() + self.slept_us).max(self.last_us),
            None => self.last_us,
        };
        self.last_us
    }

    /// Everybody is to sleep: that counts as a part of the command that asks for it.
    pub(crate) const fn sleep(&mut self, us: u64) {
        self.slept_us = self.slept_us.saturating_add(us);
        self.last_us = self.last_us.saturating_add(if self.look.is_none() { us } else { 0 });
    }
}
