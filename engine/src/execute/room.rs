//! Room for more: `maxmemory`.
//!
//! Before a command runs, keys are evicted until what is used fits again: before any command, as reads need memory for
//! their replies, too. What would take long goes on with the engine's next turn, which it asks for at once, while
//! commands run as if there were room: `maxmemory-eviction-tenacity` says how many keys go in one piece. Only when
//! nothing more may be evicted are commands refused, those that declare `DENYOOM`.

use crate::engine::{Engine, Server};
use crate::keyspace::{Keyspace, UsageClock};
use crate::machine::Output;
use crate::observe::{LatencyEvent, used_memory};

/// What became of the wish for room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// There is.
    Enough,
    /// There will be: more is evicted with the next turn.
    Soon,
    /// There is not, and nothing that may be evicted.
    Nothing,
}

/// How far eviction is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Room {
    /// Whether the next turn is to evict.
    pub(crate) wanted: bool,
    /// Whether too much was used when the last command came, and nothing could go.
    pub(crate) is_full: bool,
    /// Whether nothing is evicted, nor refused: while a data set is loaded.
    pub(crate) ignored: bool,
    /// Since when too much is used, on the monotonic clock, if it is.
    exceeded_since_us: Option<u64>,
    /// For how long it was before.
    exceeded_us: u64,
}

impl Room {
    /// For how long too much has been used: this time, and since counting began.
    pub(crate) fn exceeded_us(&self, now_us: u64) -> (u64, u64) {
        let current = self.exceeded_since_us.map_or(0, |since| now_us.saturating_sub(since));
        (current, self.exceeded_us + current)
    }

    /// Sets the counts back.
    pub(crate) const fn reset(&mut self) {
        (self.exceeded_since_us, self.exceeded_us) = (None, 0);
    }

    fn note(&mut self, found: Found, now_us: u64) {
        self.wanted = found == Found::Soon;
        if found == Found::Enough {
            self.exceeded_us = self.exceeded_us(now_us).1;
            self.exceeded_since_us = None;
        } else {
            self.exceeded_since_us.get_or_insert(now_us);
        }
    }
}

/// Evicts keys until what is used fits, or enough for now. `besides` are the bytes that are not in the tables: those of
/// the client whose command is to run.
pub(crate) fn make_room(engine: &mut Engine, besides: usize) -> Found {
    let Engine { keyspace, server } = engine;
    if server.config.maxmemory == 0 || server.room.ignored || server.pause.is_some() {
        server.room.wanted = false;
        return Found::Enough;
    }
    let (began_us, evicted) = (server.meter.last_us(), keyspace.stats.evicted);
    let found = evict(server, keyspace, besides);
    if keyspace.stats.evicted > evicted {
        let us = server.meter.look().saturating_sub(began_us);
        server.note_latency(LatencyEvent::EvictionCycle, us);
    }
    if found == Found::Soon && !server.room.wanted {
        // The front may be asleep until a later time.
        server.out.push(Output::Sooner);
    }
    server.room.note(found, server.now.mono_us);
    found
}

#[inline]
fn evict(server: &Server, keyspace: &mut Keyspace, besides: usize) -> Found {
    let (most, clock) = (server.config.maxmemory, UsageClock::at(server.now));
    let mut left = budget(server.config.maxmemory_eviction_tenacity);
    while (used_memory(server, keyspace) + besides) as u64 > most {
        if left == 0 {
            return Found::Soon;
        }
        if !keyspace.evict(clock) {
            return Found::Nothing;
        }
        left -= 1;
    }
    Found::Enough
}

/// The keys that go in one piece: a millisecond's work at the usual tenacity of 10, and no end at 100.
fn budget(tenacity: u64) -> usize {
    match tenacity {
        0..=10 => (tenacity as usize * 50).max(16),
        11..100 => (10..tenacity).fold(500.0, |keys, _| keys * 1.15) as usize,
        _ => usize::MAX,
    }
}
