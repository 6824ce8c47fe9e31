//! Snapshots: everything stored at one moment, written to a file while commands go on. No process is forked.
//!
//! ```text
//!   Walking    the keyspace's picture is taken in slices, its bytes leave in pieces ─► temp-1234.rdb
//!   Syncing    all of it is written; the disk makes it durable
//!   Renaming   it takes its place ─────────────────────────────────────────────────► dump.rdb
//! ```
//!
//! Each turn of the engine walks one slice, which is a fraction of a millisecond's work, and asks for the next turn at
//! once: clients come in between. When more has left than the disk is done with, the walk waits for it. A snapshot in a
//! hurry (SAVE) takes no turns: it walks until the disk is behind, and goes on as soon as it has caught up.

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;
use core::mem;

use super::load::Reload;
use super::rdb::file::{FileWriter, Options};
use super::store::{Asker, StoreError, StoreOp, StoreResult};
use crate::engine::Server;
use crate::keyspace::Keyspace;
use crate::machine::{LogLevel, Output};
use crate::observe::used_memory;
use crate::tracking::Client;

/// The bytes that one turn writes, some for each entry added: a fifth of a millisecond's work, and so about as much as the
/// commands that come in between.
const SLICE: usize = 32 * 1024;

/// Bytes leave when they are so many.
const PIECE: usize = 256 * 1024;

/// The walk waits while the disk has so many bytes to write.
const IN_FLIGHT_MAX: usize = 16 * 1024 * 1024;

/// With `rdb-save-incremental-fsync` the disk is to make so many bytes durable at a time.
const SYNC_EVERY: u64 = 4 * 1024 * 1024;

/// What a snapshot is for, and so what happens when it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// SAVE: this client waits for it.
    Foreground(Client),
    /// FLUSHALL: this client waits until the disk is as empty as the memory, or can't be.
    Flush(Client),
    /// BGSAVE, a save point.
    Background,
    /// The server ends.
    Shutdown,
    /// The base of the append-only file; of a new one, before anybody is served.
    AofBase {
        /// Whether it is that.
        is_first: bool,
    },
    /// DEBUG RELOAD: this client waits for it to be read back.
    Reload(Client, Reload),
}

impl Purpose {
    /// Whether the walk takes no turns.
    const fn hurries(self) -> bool {
        !matches!(self, Self::Background | Self::AofBase { is_first: false })
    }
}

/// How far a snapshot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Walking,
    Syncing,
    Renaming,
}

/// A snapshot under way.
#[derive(Debug)]
pub(crate) struct Saving {
    /// Tells its answers from those to an earlier one that was given up.
    serial: u32,
    pub(crate) purpose: Purpose,
    target: Target,
    stage: Stage,
    /// The bytes that have left.
    written: u64,
    /// Those that are durable once all answers are there.
    synced: u64,
    /// The bytes of each op that the disk has not answered, and all together.
    in_flight: VecDeque<usize>,
    in_flight_bytes: usize,
    /// When it began, in microseconds.
    pub(crate) started_us: u64,
    /// When the next slice is due: at once, unless `rdb-key-save-delay` wants it to take its time.
    next_us: u64,
    /// The changes that it makes durable.
    dirty: u64,
}

impl Saving {
    /// Whether it wants the engine's next turn at once.
    const fn wants_turn(&self) -> bool {
        matches!(self.stage, Stage::Walking) && self.in_flight_bytes < IN_FLIGHT_MAX
    }
}

/// Where a snapshot goes.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The object that it is written to.
    pub(crate) temp: String,
    /// The name that this gets once it is complete and durable.
    pub(crate) name: String,
    /// Whether commands follow that go on from it.
    pub(crate) is_aof_base: bool,
    /// Whether it has the form of commands itself.
    pub(crate) is_commands: bool,
}

impl Target {
    /// The file that `dbfilename` names.
    fn dump(server: &Server) -> Self {
        Self {
            temp: format!("temp-{}.rdb", server.host.process_id),
            name: String::from_utf8_lossy(server.config.values().text("dbfilename")).into_owned(),
            is_aof_base: false,
            is_commands: false,
        }
    }
}

/// Begins a snapshot of what is stored now, to be the file that the server starts with.
pub(crate) fn begin(keyspace: &mut Keyspace, server: &mut Server, purpose: Purpose) {
    let target = Target::dump(server);
    server.saves.count += 1;
    begin_to(keyspace, server, target, purpose);
}

/// Begins a snapshot of what is stored now. No other may be under way.
pub(crate) fn begin_to(keyspace: &mut Keyspace, server: &mut Server, target: Target, purpose: Purpose) {
    let options = Options {
        compresses: server.config.rdbcompression,
        is_checked: server.config.values().flag("rdbchecksum"),
        is_aof_base: target.is_aof_base,
        is_commands: target.is_commands,
    };
    let used = used_memory(server, keyspace);
    let mut file = FileWriter::new(keyspace, &server.config, used, server.now, options);
    server.scripts.libraries.sources().for_each(|source| file.library(source));
    server.saves.serial += 1;
    server.saves.running = Some(Saving {
        serial: server.saves.serial,
        purpose,
        target,
        stage: Stage::Walking,
        written: 0,
        synced: 0,
        in_flight: VecDeque::new(),
        in_flight_bytes: 0,
        started_us: server.now.mono_us,
        next_us: server.now.mono_us,
        dirty: keyspace.dirty,
    });
    keyspace.begin_picture(file);
    if purpose.hurries() {
        walk(keyspace, server);
    } else {
        server.out.push(Output::Sooner);
    }
}

/// When a snapshot wants the engine's next turn, if it does.
pub(crate) fn deadline_us(server: &Server) -> Option<u64> {
    let saving = server.saves.running.as_ref().filter(|saving| saving.wants_turn())?;
    let due_us = if key_delay_us(server) > 0 { saving.next_us } else { 0 };
    Some(due_us.max(server.now.mono_us))
}

/// For how long it pauses after a key. Who sets that back to nothing does not wait for a pause that has begun.
fn key_delay_us(server: &Server) -> u64 {
    u64::try_from(server.config.values().number("rdb-key-save-delay")).unwrap_or(0)
}

/// Walks on, if a snapshot is under way: one slice, or as far as the disk keeps up if it is in a hurry.
pub(crate) fn walk(keyspace: &mut Keyspace, server: &mut Server) {
    let (now_us, key_delay_us) = (server.now.mono_us, key_delay_us(server));
    while let Some(saving) = server.saves.running.as_mut().filter(|saving| saving.wants_turn()) {
        let hurries = saving.purpose.hurries();
        if !hurries && key_delay_us > 0 && saving.next_us > now_us {
            return;
        }
        let taken = |keyspace: &Keyspace| keyspace.picture().map_or(0, |picture| picture.taken as u64);
        let before = taken(keyspace);
        let is_complete = keyspace.walk_picture(if key_delay_us > 0 { 1 } else { SLICE });
        saving.next_us = now_us + (taken(keyspace) - before) * key_delay_us;
        if let Some(picture) = keyspace.picture_mut() {
            if mem::take(&mut picture.has_served) {
                server.release_held();
            }
            if is_complete {
                picture.file.end();
                server.saves.last_early_bytes = picture.early_bytes;
            }
            if is_complete || picture.file.len() >= PIECE {
                let bytes = picture.file.take();
                write(server, bytes, is_complete);
            }
        }
        if is_complete {
            keyspace.end_picture();
        }
        if !hurries {
            return;
        }
    }
}

/// Has the disk write a piece, and make it durable if it is the last one or there was much since the last time.
fn write(server: &mut Server, bytes: alloc::vec::Vec<u8>, is_last: bool) {
    let little_by_little = server.config.values().flag("rdb-save-incremental-fsync");
    let Some(saving) = &mut server.saves.running else { return };
    let (name, offset, len) = (saving.target.temp.clone(), saving.written, bytes.len());
    saving.written += len as u64;
    let syncs = is_last || little_by_little && saving.written - saving.synced >= SYNC_EVERY;
    if syncs {
        saving.synced = saving.written;
    }
    if is_last {
        saving.stage = Stage::Syncing;
    }
    ask(server, StoreOp::Append { name: name.clone(), offset, bytes }, len);
    if syncs {
        ask(server, StoreOp::Sync { name }, 0);
    }
}

/// Asks the disk for something that moves the snapshot on.
fn ask(server: &mut Server, op: StoreOp, bytes: usize) {
    let Some(saving) = &mut server.saves.running else { return };
    saving.in_flight.push_back(bytes);
    saving.in_flight_bytes += bytes;
    let asker = Asker::Snapshot { serial: saving.serial };
    server.store(asker, op);
}

/// The disk has answered; gives what the snapshot was for once that ends it.
pub(crate) fn stored(
    keyspace: &mut Keyspace,
    server: &mut Server,
    serial: u32,
    result: StoreResult,
) -> Option<(Purpose, Result<(), StoreError>)> {
    let saving = server.saves.running.as_mut().filter(|saving| saving.serial == serial)?;
    if let Err(error) = result {
        let (purpose, started_us) = (saving.purpose, saving.started_us);
        give_up(keyspace, server);
        server.saves.note(purpose, started_us, false, server.now);
        return Some((purpose, Err(error)));
    }
    saving.in_flight_bytes -= saving.in_flight.pop_front().unwrap_or(0);
    match saving.stage {
        Stage::Walking if saving.purpose.hurries() => walk(keyspace, server),
        Stage::Walking => server.out.push(Output::Sooner),
        Stage::Syncing if saving.in_flight.is_empty() => {
            saving.stage = Stage::Renaming;
            let op = StoreOp::Rename { from: saving.target.temp.clone(), to: saving.target.name.clone() };
            ask(server, op, 0);
        }
        Stage::Syncing => {}
        Stage::Renaming => {
            let saving = server.saves.running.take()?;
            if matches!(saving.purpose, Purpose::AofBase { .. }) {
                return Some((saving.purpose, Ok(())));
            }
            // What was changed since it began is still to be saved.
            keyspace.dirty = keyspace.dirty.saturating_sub(saving.dirty);
            server.log(LogLevel::Notice, String::from("DB saved on disk"));
            server.saves.note(saving.purpose, saving.started_us, true, server.now);
            return Some((saving.purpose, Ok(())));
        }
    }
    None
}

/// Ends a snapshot before it is done, whatever it was for; nothing of it remains.
pub(crate) fn give_up(keyspace: &mut Keyspace, server: &mut Server) {
    let Some(saving) = server.saves.running.take() else { return };
    keyspace.end_picture();
    server.release_held();
    // Nobody waits for that answer.
    server.store(Asker::Nobody, StoreOp::Remove { name: saving.target.temp });
}
