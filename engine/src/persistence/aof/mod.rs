//! The append-only file: every command that changed something, so that it can be done again.
//!
//! It is several files in a folder of their own, and a [manifest] that names them: a base, which is all that
//! was stored when the file was last rewritten, and commands since then.
//!
//! ```text
//!   the feed ──► waiting ──► Append ──► appendonly.aof.3.incr.aof          replies that the bytes belong to wait
//!                              └─────► Sync, as appendfsync says           for the answer, and then leave
//! ```
//!
//! While an append is under way, what comes meanwhile gathers for the next one: the busier the disk, the more commands it
//! gets at a time. With `appendfsync always` replies wait for the sync as well. What a client was told is in the file.
//!
//! | file       | what it holds                                     |
//! |------------|---------------------------------------------------|
//! | `manifest` | which files there are                             |
//! | `rewrite`  | making a new base, so that the rest can go        |
//! | `load`     | doing all commands again when the server starts   |
//! | `wait`     | clients that wait until their writes are durable  |

pub(crate) mod load;
pub mod manifest;
mod replay;
pub(crate) mod rewrite;
pub(crate) mod wait;

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use self::manifest::Manifest;
use self::rewrite::Rewrite;
use super::store::{Asker, StoreError, StoreOp, StoreResult, Stored};
use crate::config::Appendfsync;
use crate::engine::{Engine, Server};
use crate::execute::{Stream, finish};
use crate::keyspace::{Keyspace, Reader};
use crate::machine::{ConnId, LogLevel, Output};

/// With `appendfsync everysec`, how long what is written may not be durable.
const SYNC_EVERY_US: u64 = 1_000_000;

/// What an op on the append-only file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// The commands that wait longest.
    Append,
    /// What is written so far is to be durable.
    Sync,
    /// A step of the rewrite of this number.
    Rewrite(u32, rewrite::Step),
    /// A step of loading.
    Load,
}

/// How far the append-only file is, in bytes since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Whether it is turned on.
    pub is_on: bool,
    /// How long it is, with all that a start would load.
    pub size: u64,
    /// What is written, and so survives the program.
    pub written: u64,
    /// What is durable, and so survives the machine.
    pub synced: u64,
    /// Why the disk refuses what is to be written, if it does.
    pub error: Option<String>,
}

/// The append-only file.
#[derive(Debug, Default)]
pub struct Aof {
    manifest: Manifest,
    /// The object that commands go to.
    incr: String,
    /// How long it is, as far as is known.
    incr_len: u64,
    /// How long all objects are that a start would load.
    pub(crate) size: u64,
    /// The same when they were last rewritten, or at the start.
    pub(crate) base_size: u64,
    /// What is being appended, or failed to be.
    appending: Vec<u8>,
    /// How many appends are under way, and how one of them failed.
    outstanding: usize,
    failure: Option<StoreError>,
    /// Whether commands wait until it is settled where they go.
    is_halted: bool,
    /// Bytes of the feed that were taken; that are written; that are durable.
    taken: u64,
    written: u64,
    synced: u64,
    /// The bytes that the syncs under way make durable.
    syncing: VecDeque<u64>,
    synced_us: u64,
    /// Clients whose replies wait until so many bytes are safe.
    held: VecDeque<(u64, ConnId)>,
    /// Clients that wait until so many bytes are durable, or did.
    waiters: Vec<(u64, ConnId)>,
    /// Why the disk refuses what is to be appended, if it does.
    pub(crate) error: Option<String>,
    /// The rewrite under way.
    pub(crate) rewrite: Option<Rewrite>,
    /// What became of rewrites.
    pub(crate) rewrites: rewrite::Past,
    load: Option<load::Load>,
    /// How long everybody waits before an append: DEBUG AOF-FLUSH-SLEEP.
    pub(crate) flush_sleep_us: u64,
    /// Whether the server waits to begin until there is an append-only file.
    is_new: bool,
    /// Whether the server ends once everything is durable.
    is_last: bool,
}

/// The name of an object in the folder of the append-only file.
fn path(server: &Server, name: &str) -> String {
    let folder = String::from_utf8_lossy(server.config.values().text("appenddirname")).into_owned();
    format!("{folder}/{name}")
}

/// What all names begin with.
fn stem(server: &Server) -> String {
    String::from_utf8_lossy(server.config.values().text("appendfilename")).into_owned()
}

impl Aof {
    /// The bytes that wait to be written.
    #[must_use]
    pub const fn buffer_len(&self) -> usize {
        self.appending.len()
    }

    /// How many bytes are safe, as `appendfsync` wants it.
    const fn safe(&self, policy: Appendfsync) -> u64 {
        if matches!(policy, Appendfsync::Always) { self.synced } else { self.written }
    }

    /// Whether a new base is being made.
    pub(crate) fn is_rewriting(&self) -> bool {
        self.rewrite.as_ref().is_some_and(|rewrite| !rewrite.is_cleaning())
    }

    /// Whether what is there is being loaded, or a first file made.
    pub(crate) const fn is_starting(&self) -> bool {
        self.load.is_some() || self.is_new
    }

    /// The server has ended.
    pub(crate) const fn end_is_reached(&mut self) {
        self.is_last = false;
    }

    /// Whether a sync is under way.
    #[must_use]
    pub(crate) fn is_syncing(&self) -> bool {
        !self.syncing.is_empty()
    }
}

impl Engine {
    /// How far the append-only file is.
    #[must_use]
    pub fn aof_progress(&self) -> Progress {
        let aof = &self.server.aof;
        Progress {
            is_on: self.server.feed.aof.is_some(),
            size: aof.size,
            written: aof.written,
            synced: aof.synced,
            error: aof.error.clone(),
        }
    }
}

impl Server {
    /// What must be safe before replies that are written by now may leave.
    #[inline]
    pub(crate) fn barrier(&self) -> Option<u64> {
        let stream = self.feed.aof.as_ref()?;
        let end = self.aof.taken + stream.waiting().len() as u64;
        (end > self.aof.safe(self.config.appendfsync) && self.aof.error.is_none()).then_some(end)
    }

    /// A client's replies wait for that.
    pub(crate) fn hold_replies(&mut self, conn: ConnId, barrier: u64) {
        self.aof.held.push_back((barrier, conn));
    }
}

/// Has the disk append what was propagated, if it is not busy with that already.
#[inline]
pub(crate) fn flush(server: &mut Server) {
    if server.feed.aof.as_ref().is_some_and(|stream| !stream.waiting().is_empty()) {
        append(server);
    }
}

/// Has made durable what was written before `appendfsync always` was wanted.
fn sync_rest(server: &mut Server) {
    let aof = &server.aof;
    let is_wanted = server.config.appendfsync == Appendfsync::Always && aof.synced < aof.written;
    if is_wanted && aof.outstanding == 0 && !aof.is_syncing() && !aof.is_halted && aof.error.is_none() {
        sync(server);
    }
}

#[cold]
fn append(server: &mut Server) {
    let aof = &mut server.aof;
    if aof.outstanding > 0 || aof.is_halted || aof.error.is_some() {
        return;
    }
    append_all(server);
}

/// Has all appended that was propagated by now, behind what is being appended.
fn append_all(server: &mut Server) {
    let Server { feed, aof, .. } = server;
    let Some(stream) = &mut feed.aof else { return };
    let bytes = stream.take();
    if bytes.is_empty() {
        return;
    }
    if aof.flush_sleep_us > 0 {
        server.meter.sleep(aof.flush_sleep_us);
        server.out.push(Output::Sleep { us: aof.flush_sleep_us });
    }
    aof.taken += bytes.len() as u64;
    aof.outstanding += 1;
    let offset = aof.incr_len + aof.appending.len() as u64;
    aof.appending.extend_from_slice(&bytes);
    let op = StoreOp::Append { name: aof.incr.clone(), offset, bytes };
    server.store(Asker::Aof(Work::Append), op);
}

fn append_again(server: &mut Server) {
    let aof = &mut server.aof;
    aof.outstanding += 1;
    let op = StoreOp::Append { name: aof.incr.clone(), offset: aof.incr_len, bytes: aof.appending.clone() };
    server.store(Asker::Aof(Work::Append), op);
}

fn sync(server: &mut Server) {
    let aof = &mut server.aof;
    aof.syncing.push_back(aof.taken);
    aof.synced_us = server.now.mono_us;
    let op = StoreOp::Sync { name: aof.incr.clone() };
    server.store(Asker::Aof(Work::Sync), op);
}

/// The disk has answered.
pub(super) fn stored(engine: &mut Engine, work: Work, result: StoreResult) {
    match work {
        Work::Append => appended(&mut engine.server, result),
        Work::Sync => was_synced(&mut engine.server, result),
        Work::Rewrite(serial, step) => rewrite::stored(engine, serial, step, result),
        Work::Load => load::stored(engine, result),
    }
}

fn appended(server: &mut Server, result: StoreResult) {
    let (aof, always) = (&mut server.aof, server.config.appendfsync == Appendfsync::Always);
    aof.outstanding = aof.outstanding.saturating_sub(1);
    if let Err(error) = result {
        aof.failure = Some(error);
    }
    if aof.outstanding > 0 {
        return;
    }
    if let Some(error) = aof.failure.take() {
        return append_failed(server, &error);
    }
    let bytes = mem::take(&mut aof.appending).len() as u64;
    aof.incr_len += bytes;
    aof.size += bytes;
    aof.written = aof.taken;
    if aof.error.take().is_some() {
        let text = "AOF write error looks solved. The server can write again.";
        server.log(LogLevel::Warning, String::from(text));
    }
    if always {
        sync(server);
    }
    release(server);
    append(server);
    rewrite::go_on(server);
}

/// What can't be written is tried again with each round, and until then nothing is changed any more. With
/// `appendfsync always` clients rely on what they were told, so it can't go on.
fn append_failed(server: &mut Server, error: &StoreError) {
    if server.feed.aof.is_none() {
        server.aof.appending.clear();
        return;
    }
    let text = format!("Error writing to the AOF file: {error}");
    server.log(LogLevel::Warning, text);
    if server.config.appendfsync == Appendfsync::Always {
        let text = "Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...";
        server.log(LogLevel::Warning, String::from(text));
        server.out.push(Output::Exit { failed: true });
        return;
    }
    server.aof.error = Some(format!("{error}"));
    release(server);
}

fn was_synced(server: &mut Server, result: StoreResult) {
    let Some(synced) = server.aof.syncing.pop_front() else { return };
    if server.aof.is_last && server.aof.syncing.is_empty() {
        return server.exit();
    }
    match result {
        Ok(_) => {
            server.aof.synced = server.aof.synced.max(synced);
            sync_rest(server);
        }
        Err(error) if server.config.appendfsync == Appendfsync::Always => {
            let text = format!(
                "Can't persist AOF for fsync error when the AOF fsync policy is 'always': {error}. Exiting..."
            );
            server.log(LogLevel::Warning, text);
            server.out.push(Output::Exit { failed: true });
            return;
        }
        Err(error) => {
            server.log(LogLevel::Warning, format!("Fail to fsync the AOF file: {error}"));
            server.aof.error = Some(format!("{error}"));
        }
    }
    release(server);
}

/// Lets replies leave that waited for what is safe now.
fn release(server: &mut Server) {
    let is_moot = server.aof.error.is_some() || server.feed.aof.is_none();
    let safe = if is_moot { u64::MAX } else { server.aof.safe(server.config.appendfsync) };
    while let Some(&(barrier, conn)) = server.aof.held.front()
        && barrier <= safe
    {
        server.aof.held.pop_front();
        if let Some(mut session) = server.sessions.remove(conn) {
            session.outbox.release(safe);
            finish(server, session);
        }
    }
    wait::tell(server);
}

/// What is due with each round: a sync, another try, a rewrite.
pub(crate) fn round(engine: &mut Engine) {
    let server = &mut engine.server;
    if server.feed.aof.is_some() {
        let aof = &server.aof;
        let waits = server.config.values().flag("no-appendfsync-on-rewrite") && server.saves.is_running();
        let is_due = server.now.mono_us.saturating_sub(aof.synced_us) >= SYNC_EVERY_US;
        let everysec = server.config.appendfsync == Appendfsync::Everysec && !waits;
        if aof.error.is_some() && aof.outstanding == 0 && !aof.appending.is_empty() {
            append_again(server);
        } else if aof.error.is_some() && aof.appending.is_empty() && !aof.is_syncing() {
            server.aof.error = None;
            sync(server);
        } else if everysec && is_due && aof.synced < aof.written && !aof.is_syncing() {
            sync(server);
        }
        flush(server);
    }
    rewrite::begin_due(engine);
}

/// The server ends once everything that was fed is durable.
pub(crate) fn close_and_exit(server: &mut Server) {
    if server.feed.aof.is_none() {
        return server.exit();
    }
    server.log(LogLevel::Notice, String::from("Calling fsync() on the AOF file."));
    server.aof.is_last = true;
    close(server);
}

/// From now on commands are fed to this object.
fn open(keyspace: &mut Keyspace, server: &mut Server, incr: String, len: u64) {
    server.aof.incr = incr;
    server.aof.incr_len = len;
    if server.feed.aof.is_none() {
        server.feed.aof = Some(Stream::default());
        keyspace.listen(Reader::Feed, true);
    }
}

/// `appendonly` or another directive changed.
pub(crate) fn obey(keyspace: &mut Keyspace, server: &mut Server) {
    if server.config.appendonly && server.feed.aof.is_none() {
        rewrite::turn_on(keyspace, server);
    } else if !server.config.appendonly && server.feed.aof.is_some() {
        turn_off(keyspace, server);
    }
    if server.feed.aof.is_some() {
        sync_rest(server);
        rewrite::clean(server);
    }
    wait::tell(server);
}

/// The append-only file is turned off, if it is on, until [`begin_anew`] turns it on again.
pub(in crate::persistence) fn suspend(keyspace: &mut Keyspace, server: &mut Server) {
    if server.feed.aof.is_some() {
        turn_off(keyspace, server);
    }
}

/// An append-only file begins with what is stored now. Nobody is served before it is there.
pub(in crate::persistence) fn begin_anew(keyspace: &mut Keyspace, server: &mut Server) {
    server.pause_all();
    server.aof.is_new = true;
    rewrite::begin(keyspace, server);
}

/// What was fed is written and made durable; the files stay as they are.
fn turn_off(keyspace: &mut Keyspace, server: &mut Server) {
    rewrite::give_up(keyspace, server);
    close(server);
    server.feed.aof = None;
    if server.aof.error.take().is_some() {
        // What could not be written is not for the file that may follow.
        server.aof.appending.clear();
    }
    keyspace.listen(Reader::Feed, server.feed.is_read());
    release(server);
}

/// Has everything written that was fed, and made durable.
pub(crate) fn close(server: &mut Server) {
    if !server.aof.is_halted && server.aof.error.is_none() {
        append_all(server);
    }
    sync(server);
}

/// What a disk read, if it did.
fn piece(result: StoreResult) -> Result<(Vec<u8>, u64), StoreError> {
    match result? {
        Stored::Piece { bytes, object_len } => Ok((bytes, object_len)),
        Stored::Done | Stored::Names(_) => {
            Err(StoreError::Failed(String::from("The disk gave something else than what was asked for")))
        }
    }
}
