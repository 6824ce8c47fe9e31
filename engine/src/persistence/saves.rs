//! When snapshots are taken, and what became of them: SAVE, BGSAVE, `save` points, and what INFO tells.

use alloc::format;
use alloc::string::String;

use super::snapshot::{self, Purpose, Saving};
use super::store::StoreError;
use super::{aof, load};
use crate::config::SavePoint;
use crate::engine::{Engine, Server};
use crate::error::Error;
use crate::execute::resume_released;
use crate::keyspace::Keyspace;
use crate::machine::{LogLevel, Now};
use crate::tracking::Client;

/// After a save that failed, save points wait so long before the next try.
const RETRY_US: u64 = 5_000_000;

/// Snapshots, past, present and to come.
#[derive(Debug)]
pub struct Saves {
    pub(super) running: Option<Saving>,
    /// The number of the last one.
    pub(super) serial: u32,
    /// How many were begun.
    pub count: u64,
    /// When the data set was last saved, in seconds since the Unix epoch; at first, the start counts as a save.
    pub last_secs: u64,
    /// Whether the last one in the background was saved.
    pub last_was_fine: bool,
    /// How long it took.
    pub last_took_secs: Option<u64>,
    /// The memory of what it wrote early, because that was about to change.
    pub last_early_bytes: usize,
    /// When it began, in microseconds.
    last_try_us: u64,
    /// Whether one is to begin with the next round.
    pub is_scheduled: bool,
}

impl Saves {
    /// None so far.
    #[must_use]
    pub const fn new(now: Now) -> Self {
        Self {
            running: None,
            serial: 0,
            count: 0,
            last_secs: now.unix_us / 1_000_000,
            last_was_fine: true,
            last_took_secs: None,
            last_early_bytes: 0,
            last_try_us: 0,
            is_scheduled: false,
        }
    }

    /// Whether one is under way.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// What the one under way is for.
    pub(crate) fn purpose(&self) -> Option<Purpose> {
        self.running.as_ref().map(|saving| saving.purpose)
    }

    /// For how many seconds the one in the background has been under way.
    #[must_use]
    pub fn background_secs(&self, now: Now) -> Option<u64> {
        let saving = self.running.as_ref().filter(|saving| saving.purpose == Purpose::Background)?;
        Some(now.mono_us.saturating_sub(saving.started_us) / 1_000_000)
    }

    /// Writes down how one ended.
    pub(super) fn note(&mut self, purpose: Purpose, started_us: u64, is_saved: bool, now: Now) {
        if is_saved && !matches!(purpose, Purpose::AofBase { .. }) {
            self.last_secs = now.unix_us / 1_000_000;
            self.last_was_fine = true;
        }
        if purpose == Purpose::Background {
            self.last_was_fine = is_saved;
            self.last_took_secs = Some(now.mono_us.saturating_sub(started_us) / 1_000_000);
        }
    }
}

/// BGSAVE, or a save point: begins a snapshot in the background.
pub(crate) fn begin_in_background(keyspace: &mut Keyspace, server: &mut Server) {
    server.saves.last_try_us = server.now.mono_us;
    server.saves.is_scheduled = false;
    let text = format!("Background saving started by pid {}", server.host.process_id);
    server.log(LogLevel::Notice, text);
    snapshot::begin(keyspace, server, Purpose::Background);
}

/// FLUSHALL: what a snapshot in the background would save is not wanted any more. Where there are save points, the disk is
/// to be as empty as the memory: at once if there is a client that can wait for it, and it does so if this is true; else
/// soon.
pub(crate) fn all_is_flushed(keyspace: &mut Keyspace, server: &mut Server, waiting: Option<Client>) -> bool {
    if server.saves.purpose() == Some(Purpose::Background) {
        server.log(
            LogLevel::Notice,
            String::from("Everything is flushed: the snapshot under way is given up."),
        );
        snapshot::give_up(keyspace, server);
    }
    if server.config.values().save_points().is_empty() {
        return false;
    }
    keyspace.dirty = 0;
    match waiting {
        Some(client) if !server.saves.is_running() => {
            snapshot::begin(keyspace, server, Purpose::Flush(client));
            true
        }
        _ => {
            server.saves.is_scheduled = true;
            false
        }
    }
}

/// Begins what is due: a snapshot that was scheduled, or one for a save point.
pub(crate) fn begin_due(engine: &mut Engine) {
    let Engine { keyspace, server } = engine;
    if server.saves.is_running() || server.loading.is_some() || server.shutdown.is_some() {
        return;
    }
    if server.saves.is_scheduled {
        return begin_in_background(keyspace, server);
    }
    let (saves, now) = (&server.saves, server.now);
    if !saves.last_was_fine && now.mono_us.saturating_sub(saves.last_try_us) <= RETRY_US {
        return;
    }
    let passed_secs = (now.unix_us / 1_000_000).saturating_sub(saves.last_secs) as i64;
    let changes = keyspace.dirty as i64;
    let is_due = |point: &&SavePoint| changes >= point.changes && passed_secs > point.seconds;
    let due = server.config.values().save_points().iter().find(is_due).copied();
    if let Some(SavePoint { seconds, changes }) = due {
        server.log(LogLevel::Notice, format!("{changes} changes in {seconds} seconds. Saving..."));
        begin_in_background(keyspace, server);
    }
}

/// A snapshot is done, or failed: whoever wanted it is told.
pub(super) fn finished(engine: &mut Engine, purpose: Purpose, result: &Result<(), StoreError>) {
    let server = &mut engine.server;
    if let Err(error) = result {
        let text = format!("Error writing the snapshot temp-{}.rdb: {error}", server.host.process_id);
        server.log(LogLevel::Warning, text);
    }
    match (purpose, result) {
        (Purpose::Foreground(client), Ok(())) | (Purpose::Flush(client), _) => {
            server.answer(client, |reply| reply.ok());
        }
        (Purpose::Foreground(client), Err(_)) => server.refuse(client, &Error::Text("ERR")),
        (Purpose::Background, Ok(())) => {
            server.log(LogLevel::Notice, String::from("Background saving terminated with success"));
        }
        (Purpose::Background, Err(_)) => {
            server.log(LogLevel::Warning, String::from("Background saving error"));
        }
        (Purpose::AofBase { .. }, result) => aof::rewrite::base_done(engine, result),
        (Purpose::Shutdown, result) => server.final_save_ended(result.is_ok()),
        (Purpose::Reload(client, how), Ok(())) => load::reload(&mut engine.keyspace, server, client, how),
        (Purpose::Reload(client, _), Err(_)) => {
            server.end_pause();
            server.refuse(client, &Error::Text("ERR"));
        }
    }
    resume_released(engine);
}
