//! Loading: an RDB file becomes what is stored, while clients are told to wait.
//!
//! Pieces of the file are asked for ahead of time. Each answer of the disk is one slice of the work: clients who come in
//! between hear `-LOADING`, and INFO how far it is.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use super::aof;
use super::rdb::Rules;
use super::rdb::load::{FileReader, Key, Record};
use super::store::{Asker, StoreError, StoreOp, StoreResult, Stored};
use crate::engine::{Engine, Server};
use crate::error::Error;
use crate::execute::resume_released;
use crate::keyspace::{Arrival, Keyspace, UsageClock};
use crate::machine::{LogLevel, Now, Output};
use crate::scripting::Policy;
use crate::tracking::Client;

/// Bytes that one answer of the disk brings: about a millisecond's work.
const PIECE: usize = 128 * 1024;

/// Pieces that are asked for ahead of time.
const AHEAD: usize = 4;

/// A share of the file after which the log tells how far it is, in bytes.
const TELL_EVERY: u64 = 1 << 30;

/// Keys that are taken in together, so that the processor waits once for the memory that all of them go to.
const KEYS_AT_A_TIME: usize = 16;

/// Empty keys of one piece that the log names.
const EMPTY_KEYS_TOLD: usize = 10;

/// What the loading is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// The server starts.
    Start,
    /// DEBUG RELOAD: this client waits for it.
    Reload(Client),
    /// It is the base of an append-only file, which sees to the rest.
    Aof,
}

/// A data set that is being loaded.
#[derive(Debug)]
pub struct Loading {
    purpose: Purpose,
    name: String,
    reader: FileReader,
    rules: Rules,
    /// What becomes of what is there already.
    how: Reload,
    /// When it began.
    pub started: Now,
    /// The length of the file, once that is known.
    pub total_bytes: u64,
    /// How much of it is read.
    pub loaded_bytes: u64,
    /// What the server that wrote it said that it takes in memory.
    pub used_memory: u64,
    /// The next piece to ask for.
    next_offset: u64,
    /// How many pieces are asked for and not there yet.
    asked: usize,
    told_bytes: u64,
    /// When the next keys are taken in, if `key-load-delay` wants it to take its time.
    resume_us: u64,
    keys: u64,
    expired: u64,
    /// Keys that held nothing.
    empty: u64,
    libraries: Vec<Vec<u8>>,
}

impl Loading {
    /// Whether it is known that there is something to load. Before that, whoever asks for something waits.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        matches!(self.purpose, Purpose::Aof) || self.total_bytes > 0
    }

    /// How much of the file is read, in percent.
    #[must_use]
    pub fn percent(&self) -> f64 {
        self.loaded_bytes as f64 * 100.0 / self.total_bytes.max(1) as f64
    }

    /// For how many seconds it will go on, if it goes on as so far.
    #[must_use]
    pub fn eta_secs(&self, now: Now) -> u64 {
        let passed_secs = now.mono_us.saturating_sub(self.started.mono_us) / 1_000_000;
        let left = self.total_bytes.saturating_sub(self.loaded_bytes);
        passed_secs.saturating_mul(left).checked_div(self.loaded_bytes).unwrap_or(0)
    }
}

/// What INFO tells of the last loading.
#[derive(Clone, Copy, Debug, Default)]
pub struct LastLoad {
    /// Keys that were loaded.
    pub keys: u64,
    /// Keys that were not, as their time had come.
    pub expired: u64,
}

/// The server starts: what is on disk is to be stored. Clients that are there already wait until it is known whether there
/// is anything, and needn't hear of it if there isn't.
pub(crate) fn start(engine: &mut Engine) {
    if engine.server.config.appendonly {
        return aof::load::start(engine);
    }
    engine.server.pause_all();
    begin(&mut engine.server, engine.keyspace.hasher(), Purpose::Start, Reload::FROM_NOTHING);
}

/// DEBUG RELOAD: what is stored goes, unless it is to stay, and what is on disk comes.
pub(crate) fn reload(keyspace: &mut Keyspace, server: &mut Server, client: Client, how: Reload) {
    if how.flushes {
        for db in 0..keyspace.databases().len() {
            keyspace.flush(db);
        }
    }
    begin(server, keyspace.hasher(), Purpose::Reload(client), how);
}

/// How DEBUG RELOAD loads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reload {
    /// Whether what is stored goes first.
    pub(crate) flushes: bool,
    /// Whether keys that are there already are overwritten.
    pub(crate) merges: bool,
}

impl Reload {
    /// There is nothing, or it goes.
    const FROM_NOTHING: Self = Self { flushes: true, merges: false };

    /// What becomes of libraries that are there already.
    const fn policy(self) -> Policy {
        match self {
            Self { merges: true, .. } => Policy::Replace,
            Self { flushes: true, .. } => Policy::Flush,
            Self { .. } => Policy::Append,
        }
    }
}

fn begin(server: &mut Server, hasher: crate::hasher::Hasher, purpose: Purpose, how: Reload) {
    let name = String::from_utf8_lossy(server.config.values().text("dbfilename")).into_owned();
    prepare(server, hasher, purpose, how, name);
    ask_ahead(server);
}

fn prepare(server: &mut Server, hasher: crate::hasher::Hasher, purpose: Purpose, how: Reload, name: String) {
    let checks = server.config.values().flag("rdbchecksum") && !server.skips_checksums;
    server.room.ignored = true;
    server.loading = Some(Box::new(Loading {
        purpose,
        name,
        reader: FileReader::new(checks),
        rules: Rules::new(&server.config, hasher),
        how,
        started: server.now,
        total_bytes: 0,
        loaded_bytes: 0,
        used_memory: 0,
        next_offset: 0,
        asked: 0,
        told_bytes: 0,
        resume_us: 0,
        empty: 0,
        keys: 0,
        expired: 0,
        libraries: Vec::new(),
    }));
}

/// The files of an append-only file are loaded, a base first.
pub(super) fn begin_aof(server: &mut Server, hasher: crate::hasher::Hasher) {
    server.scripts.libraries.forget_all();
    prepare(server, hasher, Purpose::Aof, Reload::FROM_NOTHING, String::new());
}

/// So much more of them is read; as far as is known, they have so much in all.
pub(super) fn note_progress(server: &mut Server, bytes: usize, known_bytes: u64) {
    if let Some(loading) = &mut server.loading {
        loading.loaded_bytes += bytes as u64;
        loading.total_bytes = loading.total_bytes.max(loading.loaded_bytes).max(known_bytes);
    }
}

/// Takes in a piece of a base; gives its length and what follows it once it is all there.
pub(super) fn take_in_preamble(
    engine: &mut Engine,
    bytes: &[u8],
    is_last: bool,
) -> Result<Option<(u64, Vec<u8>)>, String> {
    if let Some(loading) = &mut engine.server.loading {
        loading.reader.feed(bytes);
        if is_last {
            loading.reader.finish();
        }
    }
    let is_whole = take_in(engine)?;
    if is_whole {
        take_in_libraries(&mut engine.server).map_err(|error| format!("{error}"))?;
    }
    let reader = engine.server.loading.as_ref().filter(|_| is_whole).map(|loading| &loading.reader);
    Ok(reader.map(|reader| (reader.position(), reader.rest().to_vec())))
}

/// All of them are loaded.
pub(super) fn end_aof(keyspace: &mut Keyspace, server: &mut Server) {
    let started = server.loading.as_ref().map_or(server.now, |loading| loading.started);
    let Some(loading) = drop_aof(server) else { return };
    keyspace.dirty = 0;
    server.last_load = LastLoad { keys: loading.keys, expired: loading.expired };
    let took_us = server.now.mono_us.saturating_sub(started.mono_us);
    let secs = took_us as f64 / 1_000_000.0;
    server.log(LogLevel::Notice, format!("DB loaded from append only file: {secs:.3} seconds"));
}

/// Loading is over, well or not.
pub(super) fn drop_aof(server: &mut Server) -> Option<Box<Loading>> {
    server.room.ignored = false;
    server.room.wanted = server.config.maxmemory > 0;
    server.out.push(Output::Sooner);
    server.loading.take()
}

/// Asks for the next pieces: for one, until it is known how long the file is.
fn ask_ahead(server: &mut Server) {
    while let Some(loading) = &mut server.loading
        && (loading.next_offset == 0 || loading.next_offset < loading.total_bytes && loading.asked < AHEAD)
    {
        let op = StoreOp::Read { name: loading.name.clone(), offset: loading.next_offset, len: PIECE };
        loading.next_offset += PIECE as u64;
        loading.asked += 1;
        server.store(Asker::Load, op);
    }
}

/// The disk has answered.
pub(crate) fn stored(engine: &mut Engine, result: StoreResult) {
    let is_first = |loading: &Loading| loading.purpose == Purpose::Start && loading.loaded_bytes == 0;
    if engine.server.loading.as_deref().is_some_and(is_first) {
        engine.server.end_pause();
    }
    let Some(loading) = &mut engine.server.loading else { return };
    loading.asked = loading.asked.saturating_sub(1);
    let (bytes, object_len) = match result {
        Ok(Stored::Piece { bytes, object_len }) => (bytes, object_len),
        Err(StoreError::Missing) if loading.purpose == Purpose::Start => return end(engine, false),
        Err(error) => return fail(engine, &format!("{error}")),
        Ok(_) => return fail(engine, "The disk gave something else than what was asked for"),
    };
    loading.loaded_bytes += bytes.len() as u64;
    loading.total_bytes = object_len;
    loading.reader.feed(&bytes);
    if loading.loaded_bytes >= object_len || bytes.is_empty() {
        loading.reader.finish();
    }
    go_on(engine);
}

/// When loading wants the engine's next turn, if it waits for nothing else.
pub(crate) fn deadline_us(server: &Server) -> Option<u64> {
    server.loading.as_ref().map(|loading| loading.resume_us).filter(|&resume_us| resume_us > 0)
}

/// Takes in what is there, if any is.
pub(crate) fn go_on(engine: &mut Engine) {
    let now_us = engine.server.now.mono_us;
    if engine.server.loading.as_ref().is_none_or(|loading| loading.resume_us > now_us) {
        return;
    }
    match take_in(engine) {
        Ok(true) => match take_in_libraries(&mut engine.server) {
            Ok(()) => end(engine, true),
            Err(error) => fail(engine, &format!("Failed loading a library of functions: {error}")),
        },
        Ok(false) => {
            tell_progress(&mut engine.server);
            ask_ahead(&mut engine.server);
        }
        Err(text) => fail(engine, &text),
    }
}

/// Takes in what is there; tells whether that was all.
fn take_in(engine: &mut Engine) -> Result<bool, String> {
    let Engine { keyspace, server } = engine;
    let now = server.now;
    let Some(loading) = &mut server.loading else { return Ok(false) };
    let key_delay_us = u64::try_from(server.config.values().number("key-load-delay")).unwrap_or(0);
    let (mut facts, mut empty, mut keys) = (Vec::new(), Vec::new(), Vec::with_capacity(KEYS_AT_A_TIME));
    loading.resume_us = 0;
    let is_whole = loop {
        if keys.len() >= KEYS_AT_A_TIME {
            take_in_keys(keyspace, loading, &mut keys, now)?;
            if key_delay_us > 0 {
                loading.resume_us = now.mono_us + KEYS_AT_A_TIME as u64 * key_delay_us;
                break false;
            }
        }
        match loading.reader.next(&loading.rules).map_err(|error| format!("{error}"))? {
            None => break false,
            Some(Record::End) => break true,
            Some(Record::Aux { name, value }) => facts.push((name, value)),
            Some(Record::Library(source)) => loading.libraries.push(source),
            Some(Record::Size { db, keys }) => {
                let bytes_left = loading.total_bytes.saturating_sub(loading.reader.position());
                keyspace.expect_keys(db, keys, bytes_left);
            }
            Some(Record::Key(key)) => keys.push(key),
            Some(Record::EmptyKey(name)) => {
                loading.empty += 1;
                empty.push(name);
            }
        }
    };
    take_in_keys(keyspace, loading, &mut keys, now)?;
    for name in empty.into_iter().take(EMPTY_KEYS_TOLD) {
        let text =
            format!("A collection without elements is no value, skipping empty key: {}", name.escape_ascii());
        server.log(LogLevel::Notice, text);
    }
    for (name, value) in facts {
        note_fact(server, &name, &String::from_utf8_lossy(&value));
    }
    Ok(is_whole)
}

/// The libraries are those of the file now, unless others stay beside them.
fn take_in_libraries(server: &mut Server) -> Result<(), Error> {
    let Some(loading) = &mut server.loading else { return Ok(()) };
    let (sources, policy) = (mem::take(&mut loading.libraries), loading.how.policy());
    server.restore_libraries(&sources, policy)
}

/// Takes in some keys, in their order.
fn take_in_keys(
    keyspace: &mut Keyspace,
    loading: &mut Loading,
    keys: &mut Vec<Key>,
    now: Now,
) -> Result<(), String> {
    keyspace.warm_keys(keys);
    keys.drain(..).try_for_each(|key| take_in_key(keyspace, loading, key, now))
}

fn take_in_key(keyspace: &mut Keyspace, loading: &mut Loading, key: Key, now: Now) -> Result<(), String> {
    // Commands that follow may ask for what has expired since.
    let drops = loading.purpose != Purpose::Aof;
    if drops && key.expires_ms.is_some_and(|when| when <= now.unix_ms()) {
        loading.expired += 1;
        return Ok(());
    }
    let db = key.db;
    match keyspace.load(key, UsageClock::at(now), loading.how.merges) {
        Arrival::Loaded => {
            loading.keys += 1;
            Ok(())
        }
        Arrival::Duplicate(name) => Err(format!(
            "The key '{}' is in database {db} twice (before offset {})",
            name.escape_ascii(),
            loading.reader.position()
        )),
        Arrival::NoDatabase => Err(format!(
            "Database {db} is one more than 'databases' allows (before offset {})",
            loading.reader.position()
        )),
    }
}

/// What the file says of the server that wrote it.
fn note_fact(server: &mut Server, name: &[u8], value: &str) {
    let Some(loading) = &mut server.loading else { return };
    let text = match name {
        b"redis-ver" | b"valkey-ver" => format!("Loading RDB produced by version {value}"),
        b"ctime" => {
            let written_secs: u64 = value.parse().unwrap_or(0);
            let age_secs = (server.now.unix_us / 1_000_000).saturating_sub(written_secs);
            format!("RDB age {age_secs} seconds")
        }
        b"used-mem" => {
            loading.used_memory = value.parse().unwrap_or(0);
            format!("RDB memory usage when created {:.2} Mb", loading.used_memory as f64 / (1024.0 * 1024.0))
        }
        [b'%', ..] => format!("RDB '{}': {value}", String::from_utf8_lossy(name)),
        _ => return,
    };
    server.log(LogLevel::Notice, text);
}

fn tell_progress(server: &mut Server) {
    let Some(loading) = &mut server.loading else { return };
    if loading.loaded_bytes - loading.told_bytes >= TELL_EVERY {
        loading.told_bytes = loading.loaded_bytes;
        let text = format!("Loading: {:.0}%, {} keys so far", loading.percent(), loading.keys);
        server.log(LogLevel::Notice, text);
    }
}

/// Everything is stored, or there is nothing to store.
fn end(engine: &mut Engine, was_there: bool) {
    let Engine { keyspace, server } = &mut *engine;
    let Some(loading) = server.loading.take() else { return };
    server.desk.forget(Asker::Load);
    server.room.ignored = false;
    server.room.wanted = server.config.maxmemory > 0;
    // Some of it may expire sooner than the next turn.
    server.out.push(Output::Sooner);
    if was_there {
        keyspace.dirty = 0;
        server.last_load = LastLoad { keys: loading.keys, expired: loading.expired };
        let (keys, expired) = (loading.keys, loading.expired);
        let empty = match loading.empty {
            0 => String::new(),
            empty => format!(", empty keys skipped: {empty}"),
        };
        let text = format!("Done loading RDB, keys loaded: {keys}, keys expired: {expired}{empty}.");
        server.log(LogLevel::Notice, text);
        let took_us = server.now.mono_us.saturating_sub(loading.started.mono_us);
        server.log(
            LogLevel::Notice,
            format!("DB loaded from disk: {:.3} seconds", took_us as f64 / 1_000_000.0),
        );
    }
    match loading.purpose {
        Purpose::Start => server.log(LogLevel::Notice, String::from("Ready to accept connections")),
        Purpose::Aof => {}
        Purpose::Reload(client) => {
            server.log(LogLevel::Warning, String::from("DB reloaded by DEBUG RELOAD"));
            server.end_pause();
            server.answer(client, |reply| reply.ok());
        }
    }
    resume_released(engine);
}

/// It can't be loaded. A server that can't start with its data doesn't start without them.
fn fail(engine: &mut Engine, text: &str) {
    let server = &mut engine.server;
    let Some(loading) = server.loading.take() else { return };
    server.desk.forget(Asker::Load);
    server.room.ignored = false;
    let name = &loading.name;
    server.log(LogLevel::Warning, format!("Bad RDB file {name}: {text}"));
    match loading.purpose {
        Purpose::Start => {
            let advice = format!(
                "To see how far {name} is good, run redstart-server --check-rdb {name}. To start, put a good copy in its \
                 place; to start without the data, move it away."
            );
            server.log(LogLevel::Warning, advice);
            let text = "Terminating server after rdb file reading failure.";
            server.log(LogLevel::Warning, String::from(text));
            let last = "Fatal error loading the DB, check the lines above. Exiting.";
            server.log(LogLevel::Warning, String::from(last));
            server.out.push(Output::Exit { failed: true });
        }
        Purpose::Aof => {}
        Purpose::Reload(client) => {
            server.end_pause();
            server.refuse(client, &Error::Text("ERR Error trying to load the RDB dump"));
        }
    }
    resume_released(engine);
}
