//! The regular round: what happens because time passed, in steps that are bounded.
//!
//! The engine asks for a turn at the next expiry or, `hz` times a second, for its round: rates for INFO, idle
//! clients. A turn that finds more to expire, to evict or to free than its budget asks for another one at once, so clients come
//! first.

use alloc::vec::Vec;

use crate::engine::Engine;
use crate::execute::{check_output, end_overdue, go_on, make_room, serve_ready, settle, wants_turn};
use crate::machine::{ConnId, Deadline, Now, Output, Why};
use crate::observe::LatencyEvent;
use crate::persistence::{aof, load, saves, snapshot};
use crate::session::Ending;

/// Keys that one turn may expire: well under a millisecond of work.
const EXPIRE_BUDGET: usize = 500;

/// How long a round that is paused waits before it looks again.
const PAUSE_US: u64 = 100_000;
/// Slices of what is gone that one turn may free: as much.
const FREE_BUDGET: usize = 16;

/// When the next round is due.
#[derive(Debug)]
pub(crate) struct Round {
    next_us: u64,
    /// Whether the last turn left keys whose time has come.
    behind: bool,
    /// Whether nothing happens because time passed: DEBUG PAUSE-CRON.
    pub(crate) is_paused: bool,
}

impl Round {
    /// The first round is due at once.
    #[must_use]
    pub(crate) const fn new(now: Now) -> Self {
        Self { next_us: now.mono_us, behind: false, is_paused: false }
    }
}

/// When the engine wants its next turn.
pub(crate) fn deadline(engine: &Engine) -> Deadline {
    if wants_turn(engine) {
        return Deadline { mono_us: engine.server.now.mono_us, why: Why::Script };
    }
    if engine.server.scripts.is_running() {
        return Deadline { mono_us: engine.server.now.mono_us + PAUSE_US, why: Why::Script };
    }
    let mut soonest = Deadline { mono_us: engine.server.round.next_us, why: Why::Round };
    if engine.server.round.is_paused {
        return soonest;
    }
    let paused_us = engine.server.pause.map(|pause| pause.until_us);
    for mono_us in engine.server.waiting.deadline_us().into_iter().chain(paused_us) {
        if mono_us < soonest.mono_us {
            soonest = Deadline { mono_us, why: Why::Waiting };
        }
    }
    let going_on = snapshot::deadline_us(&engine.server).into_iter().chain(load::deadline_us(&engine.server));
    for mono_us in going_on {
        if mono_us < soonest.mono_us {
            soonest = Deadline { mono_us, why: Why::Disk };
        }
    }
    if engine.server.room.wanted {
        return Deadline { mono_us: engine.server.now.mono_us, why: Why::Eviction };
    }
    if engine.keyspace.has_waste() {
        return Deadline { mono_us: engine.server.now.mono_us, why: Why::Freeing };
    }
    // In a pause nothing expires, however long it has been due.
    let earliest_ms = engine.keyspace.earliest_ms().filter(|_| engine.server.pause.is_none());
    let Some(expiry_ms) = earliest_ms else { return soonest };
    let now = engine.server.now;
    let wait_us = u64::try_from(expiry_ms.saturating_mul(1000)).unwrap_or(0).saturating_sub(now.unix_us);
    let expiry = Deadline { mono_us: now.mono_us.saturating_add(wait_us), why: Why::Expiry };
    if expiry.mono_us < soonest.mono_us { expiry } else { soonest }
}

/// One turn.
pub(crate) fn tick(engine: &mut Engine) {
    if engine.server.scripts.is_running() {
        go_on(engine);
        if !engine.server.scripts.is_running() {
            aof::load::resume(engine);
        }
        return;
    }
    let now = engine.server.now;
    end_overdue(&mut engine.server);
    engine.server.end_pause_in_time();
    if engine.server.round.is_paused {
        engine.server.round.next_us = now.mono_us + PAUSE_US;
        return;
    }
    expire(engine, EXPIRE_BUDGET);
    free(engine, FREE_BUDGET);
    if engine.server.round.behind {
        engine.keyspace.stats.expiry_capped += 1;
    }
    if engine.server.room.wanted {
        make_room(engine, 0);
        settle(engine);
    }
    snapshot::walk(&mut engine.keyspace, &mut engine.server);
    // Only a loading that takes its time waits for a turn; any other goes on when there is more to read.
    if load::deadline_us(&engine.server).is_some() {
        load::go_on(engine);
    }
    // Some wait for a key to be gone.
    serve_ready(engine);
    if now.mono_us >= engine.server.round.next_us {
        let period_us = 1_000_000 / engine.server.config.hz.clamp(1, 500);
        engine.server.round.next_us = now.mono_us + period_us;
        engine.server.stats.sample_rates(now);
        let used = crate::observe::used_memory(&engine.server, &engine.keyspace);
        engine.server.stats.peak_memory = engine.server.stats.peak_memory.max(used);
        close_idle(engine);
        close_slow(engine);
        saves::begin_due(engine);
        aof::round(engine);
    }
    let round_ms =
        now.unix_ms().saturating_add((engine.server.round.next_us.saturating_sub(now.mono_us) / 1000) as i64);
    engine.keyspace.set_alarm(round_ms);
}

/// Lets a run of commands remove keys whose time has come, twice as many as it could add, while turns alone don't keep up
/// with them. However fast keys come, dead ones so never pile up, and each step stays short.
#[inline]
pub(crate) fn catch_up(engine: &mut Engine, commands: usize) {
    if engine.server.round.behind && !engine.server.scripts.is_running() {
        expire(engine, commands.saturating_mul(2));
    }
    if engine.keyspace.has_waste() {
        free(engine, 1);
    }
}

/// Frees so many slices of what is gone.
fn free(engine: &mut Engine, slices: usize) {
    (0..slices).all(|_| engine.keyspace.free_some());
}

fn expire(engine: &mut Engine, budget: usize) {
    let now_ms = engine.server.now.unix_ms();
    let is_idle = engine.server.pause.is_none() && engine.server.loading.is_none();
    let may_go = engine.keyspace.active_expiry && is_idle;
    let began_us = engine.server.meter.last_us();
    let expired = if may_go { engine.keyspace.expire_due(now_ms, budget) } else { 0 };
    engine.server.round.behind = expired >= budget;
    if expired > 0 {
        let us = engine.server.meter.look().saturating_sub(began_us);
        engine.server.stats.expiry_us += us;
        engine.server.note_latency(LatencyEvent::ExpireCycle, us);
        settle(engine);
    }
}

/// Ends connections for which more waits than they may let wait.
fn close_slow(engine: &mut Engine) {
    let server = &mut engine.server;
    let mut sessions = core::mem::take(&mut server.sessions);
    for session in sessions.iter_mut() {
        check_output(server, session);
        if session.ending == Ending::Now {
            server.out.push(Output::Abort(session.conn));
        }
    }
    server.sessions = sessions;
}

/// Ends connections that said nothing for longer than `timeout`.
fn close_idle(engine: &mut Engine) {
    let server = &mut engine.server;
    let timeout_us = server.config.timeout_secs.saturating_mul(1_000_000);
    if timeout_us == 0 {
        return;
    }
    let now_us = server.now.mono_us;
    let idle = |active_us: u64| now_us.saturating_sub(active_us) > timeout_us;
    let idle: Vec<ConnId> = server
        .sessions
        .iter()
        .filter(|session| session.parked.is_none() && idle(session.active_us))
        .map(|session| session.conn)
        .collect();
    server.out.extend(idle.into_iter().map(Output::Abort));
}
