//! What took so long that somebody may want to know why: LATENCY.
//!
//! An event is a kind of work. Its samples are the times that it took at least `latency-monitor-threshold`, at most one
//! for each second: the longest.

use alloc::collections::VecDeque;

use redstart_structures::Ordered;

/// Samples that are kept of an event.
const SAMPLES_MAX: usize = 160;

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LatencyEvent {
    /// A command that may take long.
    Command,
    /// A command that declares that it takes no time to speak of.
    FastCommand,
    /// A command that had waited for a key, once it ran.
    CommandUnblocking,
    /// A turn in which keys expired.
    ExpireCycle,
    /// A search for room, until there was enough.
    EvictionCycle,
}

impl LatencyEvent {
    /// Every event.
    pub const ALL: [Self; 5] =
        [Self::Command, Self::FastCommand, Self::CommandUnblocking, Self::ExpireCycle, Self::EvictionCycle];

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::FastCommand => "fast-command",
            Self::CommandUnblocking => "command-unblocking",
            Self::ExpireCycle => "expire-cycle",
            Self::EvictionCycle => "eviction-cycle",
        }
    }

    /// The event of that name.
    #[must_use]
    pub fn named(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name().as_bytes() == name)
    }
}

/// The longest time that an event took within a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Which second, since the Unix epoch.
    pub unix_secs: u64,
    /// How long, in milliseconds.
    pub ms: u64,
}

/// The samples of an event, the oldest first.
#[derive(Debug, Default)]
pub struct Series {
    samples: VecDeque<Sample>,
    max_ms: u64,
}

impl Series {
    /// The samples, the oldest first.
    #[must_use]
    pub const fn samples(&self) -> &VecDeque<Sample> {
        &self.samples
    }

    /// The longest time ever.
    #[must_use]
    pub const fn max_ms(&self) -> u64 {
        self.max_ms
    }

    fn add(&mut self, sample: Sample) {
        self.max_ms = self.max_ms.max(sample.ms);
        if let Some(last) = self.samples.back_mut().filter(|last| last.unix_secs == sample.unix_secs) {
            last.ms = last.ms.max(sample.ms);
            return;
        }
        if self.samples.len() == SAMPLES_MAX {
            self.samples.pop_front();
        }
        self.samples.push_back(sample);
    }
}

/// The samples of all events that there are any of.
#[derive(Debug, Default)]
pub struct Latency(Ordered<LatencyEvent, Series>);

impl Latency {
    /// Adds a sample.
    pub fn add(&mut self, event: LatencyEvent, sample: Sample) {
        self.0.get_or_default(event).add(sample);
    }

    /// The samples of an event.
    #[must_use]
    pub fn of(&self, event: LatencyEvent) -> Option<&Series> {
        self.0.get(&event)
    }

    /// Every event that there are samples of.
    pub fn iter(&self) -> impl Iterator<Item = (LatencyEvent, &Series)> {
        self.0.iter().map(|(&event, series)| (event, series))
    }

    /// Forgets an event; tells whether there was anything to forget.
    pub fn forget(&mut self, event: LatencyEvent) -> bool {
        self.0.remove(&event).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::{Latency, LatencyEvent, SAMPLES_MAX, Sample};

    #[test]
    fn a_second_keeps_its_longest_and_old_ones_go() {
        let mut latency = Latency::default();
        for (unix_secs, ms) in [(1, 10), (1, 30), (1, 20)] {
            latency.add(LatencyEvent::Command, Sample { unix_secs, ms });
        }
        let series = latency.of(LatencyEvent::Command).unwrap();
        assert_eq!(series.samples(), &[Sample { unix_secs: 1, ms: 30 }]);
        (2..=200).for_each(|unix_secs| latency.add(LatencyEvent::Command, Sample { unix_secs, ms: 1 }));
        let series = latency.of(LatencyEvent::Command).unwrap();
        assert_eq!((series.samples().len(), series.max_ms()), (SAMPLES_MAX, 30));
        assert!(latency.forget(LatencyEvent::Command));
        assert!(!latency.forget(LatencyEvent::Command));
    }
}
