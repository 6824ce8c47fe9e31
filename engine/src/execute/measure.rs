//! How long a command took, and who is told: INFO, SLOWLOG and LATENCY.
//!
//! ```text
//!   BLPOP finds nothing      a call, and its time
//!   … is served later        its time once more; only now it is known how long it took
//! ```
//!
//! Nothing is decided by these times; see [`Meter`](crate::observe::Meter).

use alloc::string::String;
use alloc::vec::Vec;

use super::call::Call;
use crate::command::{Command, flag};
use crate::engine::Server;
use crate::machine::Transport;
use crate::observe::{LatencyEvent, Sample, SlowCall, shorten};
use crate::session::Session;

impl Call<'_> {
    /// Takes note of the command, which began at this time and is done; `has_failed` says that it answered with an error.
    #[inline]
    pub(super) fn take_note(&mut self, began_us: u64, has_failed: bool) {
        let us = self.server.meter.look().saturating_sub(began_us);
        let (waits, was_woken) = (self.session.parked.is_some(), self.woken_by.is_some());
        if waits && was_woken {
            return;
        }
        let config = &self.server.config;
        if let Some(calls) = self.server.calls.of(self.command) {
            calls.us += us;
            calls.calls += u64::from(!was_woken);
            calls.failed += u64::from(has_failed);
            if config.latency_tracking && !waits {
                calls.latencies.record_us(us);
            }
        }
        let (slow_us, slow_ms) = (config.slowlog_log_slower_than_us, config.latency_monitor_threshold_ms);
        if !waits && slow_us >= 0 && us >= slow_us as u64 && !self.command.has(flag::SKIP_SLOWLOG) {
            self.log_slow(us);
        }
        if slow_ms > 0 && us / 1000 >= slow_ms {
            let event = match (was_woken, self.command.has(flag::FAST)) {
                (true, _) => LatencyEvent::CommandUnblocking,
                (_, true) => LatencyEvent::FastCommand,
                (_, false) => LatencyEvent::Command,
            };
            self.server.note_latency(event, us);
        }
    }

    #[cold]
    fn log_slow(&mut self, us: u64) {
        let words: Vec<&[u8]> = (0..self.args.len()).map(|place| self.shown(place)).collect();
        let call = SlowCall {
            id: 0,
            unix_secs: self.server.now.unix_us / 1_000_000,
            us,
            words: shorten(words.into_iter()),
            peer: peer(self.session),
            name: self.session.name.clone(),
        };
        self.server.slowlog.push(call, self.server.config.slowlog_max_len);
    }
}

fn peer(session: &Session) -> String {
    match session.peer.transport {
        Transport::Unix => session.peer.local.clone(),
        Transport::Tcp { .. } | Transport::InProcess => session.peer.remote.clone(),
    }
}

impl Server {
    /// A command was not allowed to run.
    #[cold]
    pub(crate) fn note_rejected(&mut self, command: &'static Command) {
        if let Some(calls) = self.calls.of(command) {
            calls.rejected += 1;
        }
    }

    /// A command had to wait, and its wait ended with nothing to show for it.
    pub(super) fn note_vain(&mut self, command: &'static Command, has_failed: bool) {
        let tracks = self.config.latency_tracking;
        if let Some(calls) = self.calls.of(command) {
            calls.failed += u64::from(has_failed);
            if tracks {
                calls.latencies.record_us(0);
            }
        }
    }

    /// Adds a sample of an event that took so long, if that is long.
    pub(crate) fn note_latency(&mut self, event: LatencyEvent, us: u64) {
        let (ms, threshold_ms) = (us / 1000, self.config.latency_monitor_threshold_ms);
        if threshold_ms > 0 && ms >= threshold_ms {
            self.latency.add(event, Sample { unix_secs: self.now.unix_us / 1_000_000, ms });
        }
    }
}
