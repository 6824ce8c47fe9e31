//! Rewriting: a new base makes all files before it history.
//!
//! ```text
//!   Closing     the picture of what is stored is taken; what was fed before is made durable
//!   Cutting     commands from then on are for a new file, which the manifest has to name first, so they wait
//!   Walking     the new base is written, while commands go to the new file
//!   Rebasing    the manifest names the new base and that file; what was before is history
//!   Cleaning    history is removed, and then forgotten
//! ```
//!
//! Whenever the server dies, the manifest on disk names files that hold everything. Where the append-only file is turned
//! on, there is no old file that could hold what comes before the base is there: commands then go to a temporary one,
//! which gets its name (`Naming`) before the manifest names it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use super::manifest::Manifest;
use super::{Work, append, append_all, open, path, piece, release, stem, wait};
use crate::engine::{Engine, Server};
use crate::keyspace::Keyspace;
use crate::machine::{LogLevel, Now, Output};
use crate::persistence::snapshot::{self, Purpose, Target};
use crate::persistence::store::{Asker, StoreError, StoreOp, StoreResult, Stored};

/// After so many failures in a row, the next try waits: one minute, two, four, up to an hour.
const FAILURES_MAX: u32 = 3;

/// A rewrite under way.
#[derive(Debug)]
pub(crate) struct Rewrite {
    stage: Stage,
    pub(crate) started_us: u64,
    /// Whether it turns the append-only file on.
    turns_on: bool,
    /// The manifest that is being written.
    next: Manifest,
    /// Whether it is on disk.
    is_persisted: bool,
    /// Whether the file for the commands to come is there.
    has_incr: bool,
    /// Whether the new base is there; how long it is.
    has_base: bool,
    base_len: u64,
    /// The name of the file for the commands to come, and of the new base.
    incr: String,
    base: String,
    /// Files that are still to be removed.
    left: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Closing,
    Cutting,
    Walking,
    Naming,
    Rebasing,
    Cleaning,
    Forgetting,
}

/// An op of a rewrite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// What manifest there is, before the append-only file is turned on.
    ReadManifest,
    /// There is a folder for all files.
    MakeFolder,
    /// All is durable that was fed before.
    SyncOld,
    /// The file for the commands to come is made.
    MakeIncr,
    /// The temporary file for them gets its name.
    NameIncr,
    /// The manifest is written, made durable, put in its place.
    WriteManifest,
    SyncManifest,
    RenameManifest,
    /// How long the base is.
    MeasureBase,
    /// A file of history is removed.
    Remove,
}

/// What became of rewrites.
#[derive(Debug)]
pub(crate) struct Past {
    /// The number of the last one: what the disk answers to one that was given up is for nobody.
    serial: u32,
    /// How many were begun.
    pub(crate) count: u64,
    /// Whether the last one was fine.
    pub(crate) last_was_fine: bool,
    /// How many failed since one didn't.
    pub(crate) failures: u32,
    /// How long the last one took.
    pub(crate) last_took_secs: Option<u64>,
    /// Whether one is to begin when it can.
    pub(crate) is_scheduled: bool,
    next_try_us: u64,
}

impl Default for Past {
    fn default() -> Self {
        Self {
            serial: 0,
            count: 0,
            last_was_fine: true,
            failures: 0,
            last_took_secs: None,
            is_scheduled: false,
            next_try_us: 0,
        }
    }
}

impl Past {
    /// One is wanted now, however the last ones went.
    pub(crate) const fn ask(&mut self) {
        (self.is_scheduled, self.next_try_us) = (true, 0);
    }
}

impl Rewrite {
    /// Whether there is no append-only file yet that a start would find.
    pub(crate) const fn is_turning_on(&self) -> bool {
        self.turns_on && !self.is_cleaning()
    }

    /// Whether all that is left to do is to remove history.
    pub(crate) const fn is_cleaning(&self) -> bool {
        matches!(self.stage, Stage::Cleaning | Stage::Forgetting)
    }

    fn new(turns_on: bool, past: &mut Past, now: Now) -> Self {
        past.serial = past.serial.wrapping_add(1);
        Self {
            stage: Stage::Closing,
            started_us: now.mono_us,
            turns_on,
            next: Manifest::default(),
            is_persisted: false,
            has_incr: false,
            has_base: false,
            base_len: 0,
            incr: String::new(),
            base: String::new(),
            left: 0,
        }
    }
}

/// Begins what is due: a rewrite that was scheduled, or one because the file has grown.
pub(super) fn begin_due(engine: &mut Engine) {
    let Engine { keyspace, server } = engine;
    let is_busy = server.saves.is_running() || server.aof.rewrite.is_some() || server.loading.is_some();
    if is_busy || server.shutdown.is_some() {
        return;
    }
    if server.aof.rewrites.is_scheduled && server.now.mono_us >= server.aof.rewrites.next_try_us {
        return begin(keyspace, server);
    }
    let (aof, values) = (&server.aof, server.config.values());
    let percentage = values.number("auto-aof-rewrite-percentage").max(0) as u64;
    let least = values.memory("auto-aof-rewrite-min-size");
    if server.feed.aof.is_none() || percentage == 0 || aof.size <= least || aof.error.is_some() {
        return;
    }
    let growth = (aof.size.saturating_mul(100) / aof.base_size.max(1)).saturating_sub(100);
    if growth >= percentage && server.now.mono_us >= aof.rewrites.next_try_us {
        server.log(LogLevel::Notice, format!("Starting automatic rewriting of AOF on {growth}% growth"));
        begin(keyspace, server);
    }
}

/// Begins a rewrite; no snapshot may be under way.
pub(crate) fn begin(keyspace: &mut Keyspace, server: &mut Server) {
    server.aof.rewrites.is_scheduled = false;
    if server.feed.aof.is_none() {
        // Nobody listens yet: a base of what is stored, and nothing after it.
        server.aof.rewrite = Some(Rewrite::new(true, &mut server.aof.rewrites, server.now));
        let op = StoreOp::Read { name: manifest_name(server), offset: 0, len: usize::MAX >> 1 };
        ask(server, Step::ReadManifest, op);
        return;
    }
    server.aof.rewrite = Some(Rewrite::new(false, &mut server.aof.rewrites, server.now));
    append_all(server);
    server.aof.is_halted = true;
    let mut next = server.aof.manifest.clone();
    let stem = stem(server);
    let incr = next.add_incr(&stem);
    server.log(LogLevel::Notice, format!("Creating AOF incr file {incr} on background rewrite"));
    take_picture(keyspace, server, next, incr);
}

/// The append-only file is turned on: while the server runs, or because there is none when it starts.
pub(super) fn turn_on(keyspace: &mut Keyspace, server: &mut Server) {
    let is_at_that = |rewrite: &Rewrite| rewrite.turns_on && rewrite.stage == Stage::Closing;
    if server.aof.rewrite.as_ref().is_some_and(is_at_that) {
        return;
    }
    if server.saves.is_running() || server.aof.rewrite.is_some() {
        server.aof.rewrites.is_scheduled = true;
    } else {
        begin(keyspace, server);
    }
}

/// Everything that is stored now belongs to the base, and every command from now on to the new file.
fn take_picture(keyspace: &mut Keyspace, server: &mut Server, next: Manifest, incr: String) {
    server.aof.rewrites.count += 1;
    let (stem, is_rdb) = (stem(server), server.config.values().flag("aof-use-rdb-preamble"));
    let base = next.next_base(&stem, is_rdb);
    let target = Target {
        temp: format!("temp-rewriteaof-bg-{}.aof", server.host.process_id),
        name: path(server, &base),
        is_aof_base: true,
        is_commands: !is_rdb,
    };
    let pid = server.host.process_id;
    server.log(LogLevel::Notice, format!("Background append only file rewriting started by pid {pid}"));
    let Some(rewrite) = &mut server.aof.rewrite else { return };
    (rewrite.incr, rewrite.base) = (incr.clone(), base);
    rewrite.next = next;
    let object = if rewrite.turns_on {
        rewrite.stage = Stage::Walking;
        if !incr.is_empty() {
            open(keyspace, server, temporary_incr(server), 0);
        }
        temporary_incr(server)
    } else {
        path(server, &incr)
    };
    if let Some(stream) = &mut server.feed.aof {
        stream.begin_anew();
        ask(server, Step::MakeIncr, StoreOp::Append { name: object, offset: 0, bytes: Vec::new() });
    }
    let is_first = server.aof.is_new;
    snapshot::begin_to(keyspace, server, target, Purpose::AofBase { is_first });
}

fn temporary_incr(server: &Server) -> String {
    format!("temp-{}.incr", stem(server))
}

fn manifest_name(server: &Server) -> String {
    path(server, &format!("{}.manifest", stem(server)))
}

fn temporary_manifest(server: &Server) -> String {
    path(server, &format!("temp-{}.manifest", stem(server)))
}

fn ask(server: &mut Server, step: Step, op: StoreOp) {
    server.store(Asker::Aof(Work::Rewrite(server.aof.rewrites.serial, step)), op);
}

/// Puts a manifest on disk.
fn persist(server: &mut Server) {
    let name = temporary_manifest(server);
    let Some(rewrite) = &mut server.aof.rewrite else { return };
    rewrite.is_persisted = false;
    let bytes = rewrite.next.text();
    ask(server, Step::WriteManifest, StoreOp::Append { name, offset: 0, bytes });
}

/// The disk has answered.
pub(super) fn stored(engine: &mut Engine, serial: u32, step: Step, result: StoreResult) {
    let Engine { keyspace, server } = engine;
    if server.aof.rewrite.is_none() || serial != server.aof.rewrites.serial {
        return;
    }
    let result = match (step, result) {
        (Step::ReadManifest, result) => return read_manifest(keyspace, server, result),
        (Step::MakeFolder, Ok(_)) => return begin_to_turn_on(keyspace, server),
        // Who can't be removed stays.
        (Step::Remove, _) => Ok(Stored::Done),
        (_, result) => result,
    };
    let was_cleaning = server.aof.rewrite.as_ref().is_some_and(Rewrite::is_cleaning);
    match result {
        Ok(answer) => advance(server, step, &answer),
        Err(error) => fail(keyspace, server, &error),
    }
    if was_cleaning && server.aof.rewrite.is_none() {
        // Another one may have been asked for meanwhile.
        begin_due(engine);
    }
}

fn read_manifest(keyspace: &mut Keyspace, server: &mut Server, result: StoreResult) {
    let manifest = match piece(result) {
        Ok((bytes, _)) => Manifest::parse(&bytes).map_err(|error| StoreError::Failed(error.reason.into())),
        Err(StoreError::Missing) => Ok(Manifest::default()),
        Err(error) => Err(error),
    };
    match manifest {
        Ok(next) => {
            // The first thing that is written to the folder makes it.
            let op = StoreOp::Append { name: temporary_manifest(server), offset: 0, bytes: next.text() };
            if let Some(rewrite) = &mut server.aof.rewrite {
                rewrite.next = next;
            }
            ask(server, Step::MakeFolder, op);
        }
        Err(error) => fail(keyspace, server, &error),
    }
}

fn begin_to_turn_on(keyspace: &mut Keyspace, server: &mut Server) {
    let Some(rewrite) = &server.aof.rewrite else { return };
    let mut next = rewrite.next.clone();
    let wanted = server.config.appendonly;
    let incr = if wanted { next.add_incr(&stem(server)) } else { String::new() };
    take_picture(keyspace, server, next, incr);
}

fn advance(server: &mut Server, step: Step, answer: &Stored) {
    let (temporary, manifest) = (temporary_manifest(server), manifest_name(server));
    let Some(rewrite) = &mut server.aof.rewrite else { return };
    match step {
        Step::ReadManifest | Step::MakeFolder => {}
        Step::MakeIncr if rewrite.turns_on => {}
        Step::MakeIncr => rewrite.has_incr = true,
        Step::SyncOld => persist(server),
        Step::WriteManifest => ask(server, Step::SyncManifest, StoreOp::Sync { name: temporary }),
        Step::SyncManifest => {
            ask(server, Step::RenameManifest, StoreOp::Rename { from: temporary, to: manifest });
        }
        Step::RenameManifest => {
            rewrite.is_persisted = true;
            server.aof.manifest = rewrite.next.clone();
        }
        Step::MeasureBase => {
            if let Stored::Piece { object_len, .. } = answer {
                rewrite.base_len = *object_len;
            }
            rewrite.has_base = true;
        }
        Step::NameIncr => {
            let name = rewrite.incr.clone();
            server.aof.incr = path(server, &name);
            rebase(server);
        }
        Step::Remove => rewrite.left = rewrite.left.saturating_sub(1),
    }
    go_on(server);
}

fn measure_base(server: &mut Server) {
    let Some(rewrite) = &server.aof.rewrite else { return };
    let base = rewrite.base.clone();
    let op = StoreOp::Read { name: path(server, &base), offset: 0, len: 0 };
    ask(server, Step::MeasureBase, op);
}

/// The snapshot that is to be the new base is done, or failed.
pub(in crate::persistence) fn base_done(engine: &mut Engine, result: &Result<(), StoreError>) {
    let Engine { keyspace, server } = engine;
    match result {
        Ok(()) => measure_base(server),
        Err(error) => fail(keyspace, server, error),
    }
}

/// Goes to the next stage if this one has all that it needs.
pub(super) fn go_on(server: &mut Server) {
    let is_quiet = server.aof.outstanding == 0 && server.aof.appending.is_empty();
    let Some(rewrite) = &mut server.aof.rewrite else { return };
    match rewrite.stage {
        Stage::Closing if rewrite.has_incr && is_quiet => {
            rewrite.stage = Stage::Cutting;
            let name = server.aof.incr.clone();
            ask(server, Step::SyncOld, StoreOp::Sync { name });
        }
        Stage::Cutting if rewrite.is_persisted => {
            rewrite.stage = Stage::Walking;
            let incr = rewrite.incr.clone();
            let incr = path(server, &incr);
            server.aof.incr = incr;
            server.aof.incr_len = 0;
            server.aof.synced = server.aof.written;
            server.aof.is_halted = false;
            wait::tell(server);
            append(server);
            go_on(server);
        }
        Stage::Walking if rewrite.has_base && (!rewrite.turns_on || rewrite.incr.is_empty()) => {
            rebase(server);
        }
        Stage::Walking if rewrite.has_base => {
            server.aof.is_halted = true;
            if is_quiet {
                rewrite.stage = Stage::Naming;
                let incr = rewrite.incr.clone();
                let op = StoreOp::Rename { from: temporary_incr(server), to: path(server, &incr) };
                ask(server, Step::NameIncr, op);
            }
        }
        Stage::Rebasing if rewrite.is_persisted => rebased(server),
        Stage::Cleaning if rewrite.left == 0 => {
            rewrite.stage = Stage::Forgetting;
            rewrite.next.history.clear();
            persist(server);
        }
        Stage::Forgetting if rewrite.is_persisted => server.aof.rewrite = None,
        _ => {}
    }
}

/// The manifest is to name the new base.
fn rebase(server: &mut Server) {
    let Some(rewrite) = &mut server.aof.rewrite else { return };
    rewrite.stage = Stage::Rebasing;
    rewrite.next.rebase(rewrite.base.clone(), usize::from(!rewrite.incr.is_empty()));
    persist(server);
}

/// The new base is in force.
fn rebased(server: &mut Server) {
    let Some(rewrite) = &mut server.aof.rewrite else { return };
    let took_secs = server.now.mono_us.saturating_sub(rewrite.started_us) / 1_000_000;
    let base_len = rewrite.base_len;
    server.aof.rewrite = None;
    clean(server);
    let aof = &mut server.aof;
    aof.size = base_len + aof.incr_len;
    aof.base_size = aof.size;
    aof.is_halted = false;
    let past = &mut aof.rewrites;
    (past.last_was_fine, past.failures, past.last_took_secs) = (true, 0, Some(took_secs));
    server.log(LogLevel::Notice, String::from("Background AOF rewrite finished successfully"));
    append(server);
    release(server);
    if mem::take(&mut server.aof.is_new) {
        server.end_pause();
        server.log(LogLevel::Notice, String::from("Ready to accept connections"));
    }
}

/// Has history removed, if there is any, unless it is to be kept.
pub(super) fn clean(server: &mut Server) {
    let history: Vec<String> = server.aof.manifest.history.iter().map(|file| file.name.clone()).collect();
    let keeps = server.config.values().flag("aof-disable-auto-gc");
    if history.is_empty() || keeps || server.aof.rewrite.is_some() {
        return;
    }
    let mut rewrite = Rewrite::new(false, &mut server.aof.rewrites, server.now);
    (rewrite.stage, rewrite.left) = (Stage::Cleaning, history.len());
    rewrite.next = server.aof.manifest.clone();
    server.aof.rewrite = Some(rewrite);
    for name in history {
        server.log(LogLevel::Notice, format!("Removing the history file {name} in the background"));
        let op = StoreOp::Remove { name: path(server, &name) };
        ask(server, Step::Remove, op);
    }
}

/// It has come to nothing. The manifest on disk still names files that hold everything.
fn fail(keyspace: &mut Keyspace, server: &mut Server, error: &StoreError) {
    server.log(LogLevel::Warning, format!("Background AOF rewrite terminated with error: {error}"));
    give_up(keyspace, server);
    if server.aof.is_new {
        server.log(
            LogLevel::Warning,
            String::from("Fatal error: the append-only file can't be made. Exiting."),
        );
        server.out.push(Output::Exit { failed: true });
        return;
    }
    let past = &mut server.aof.rewrites;
    past.last_was_fine = false;
    past.failures += 1;
    if past.failures >= FAILURES_MAX {
        let minutes = 1_u64 << (past.failures - FAILURES_MAX).min(6);
        past.next_try_us = server.now.mono_us + minutes.min(60) * 60_000_000;
    }
    // Without a base the append-only file is still to be turned on.
    past.is_scheduled = server.config.appendonly && server.feed.aof.is_none();
    append(server);
}

/// Ends a rewrite before it is done.
pub(super) fn give_up(keyspace: &mut Keyspace, server: &mut Server) {
    let Some(rewrite) = server.aof.rewrite.take() else { return };
    if !rewrite.is_cleaning() {
        // Who looks for this in a log looks for the words that it has had for years.
        server.log(
            LogLevel::Notice,
            String::from("Killing the AOF rewrite under way, which is no child process"),
        );
    }
    if matches!(server.saves.purpose(), Some(Purpose::AofBase { .. })) {
        snapshot::give_up(keyspace, server);
    }
    server.aof.is_halted = false;
    if rewrite.is_turning_on() {
        server.feed.aof = None;
        keyspace.listen(crate::keyspace::Reader::Feed, server.feed.is_read());
        release(server);
    }
}
