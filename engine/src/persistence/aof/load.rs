//! Loading: all commands are done again.
//!
//! ```text
//!   manifest missing, old file missing   there is nothing: a first base is made before anybody is served
//!   manifest missing, old file there     it becomes the base, and moves into the folder
//!   manifest                             base, then commands, file by file, piece by piece
//! ```
//!
//! They go through the one path of all commands, for a client that is obeyed: nothing is asked of it, nobody hears its
//! replies, and no time comes for what it makes, since that was seen to before. A script that takes long is put aside as
//! always; what comes after it waits until it is done.
//!
//! A server that died may have left half a command at the very end, or a transaction without its EXEC: that was never
//! answered, and is cut off (`aof-load-truncated`). Any other damage is for people to judge.

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use super::manifest::{File, Manifest};
use super::replay::Reader;
use super::{Work, append_all, open, path, piece, rewrite, stem};
use crate::engine::{Engine, Server};
use crate::error::Error;
use crate::execute;
use crate::machine::{LogLevel, Output};
use crate::persistence::load as rdb;
use crate::persistence::store::{Asker, StoreError, StoreOp, StoreResult};
use crate::tracking::Client;

/// Bytes that one answer of the disk brings: about a millisecond's work.
const PIECE: usize = 128 * 1024;

/// What is being loaded.
#[derive(Debug)]
pub(super) struct Load {
    stage: Stage,
    /// DEBUG LOADAOF: this client waits for it.
    client: Option<Client>,
    /// The files that are still to come.
    parts: VecDeque<File>,
    /// The one that is being read.
    part: Option<Part>,
    /// The bytes of all files before it.
    before_bytes: u64,
    /// How many commands were done.
    commands: u64,
    /// Whether a script that one of them has called is not done yet.
    waits_for_script: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Is there a manifest?
    Manifest,
    /// There is none. Is there a file of the days before?
    OldFile,
    /// A file for the commands to come is made, as there is none.
    MakeIncr,
    /// The manifest that names either is put on disk.
    WriteManifest,
    SyncManifest,
    RenameManifest,
    /// And the old file moves.
    MoveOldFile,
    /// The files are read.
    Reading,
    /// The end of the last one is cut off.
    Truncating,
}

/// A file of commands, or a base.
#[derive(Debug)]
struct Part {
    name: String,
    len: u64,
    next_offset: u64,
    /// Whether it begins as an RDB file does, until that is read.
    is_rdb: Option<bool>,
    reader: Reader,
}

/// The server starts, with its append-only file turned on.
pub(in crate::persistence) fn start(engine: &mut Engine) {
    engine.server.pause_all();
    begin(&mut engine.server, None);
}

/// DEBUG LOADAOF: what is stored goes, and what the append-only file makes comes.
pub(crate) fn reload(server: &mut Server, client: Client) {
    server.pause_all();
    if !server.aof.is_halted && server.aof.error.is_none() {
        append_all(server);
    }
    begin(server, Some(client));
}

fn begin(server: &mut Server, client: Option<Client>) {
    server.feed.is_muted = true;
    server.aof.load = Some(Load {
        stage: Stage::Manifest,
        client,
        parts: VecDeque::new(),
        part: None,
        before_bytes: 0,
        commands: 0,
        waits_for_script: false,
    });
    let name = manifest_name(server);
    ask(server, StoreOp::Read { name, offset: 0, len: usize::MAX >> 1 });
}

fn manifest_name(server: &Server) -> String {
    path(server, &format!("{}.manifest", stem(server)))
}

fn temporary_manifest(server: &Server) -> String {
    path(server, &format!("temp-{}.manifest", stem(server)))
}

fn ask(server: &mut Server, op: StoreOp) {
    server.store(Asker::Aof(Work::Load), op);
}

/// The disk has answered.
pub(super) fn stored(engine: &mut Engine, result: StoreResult) {
    let Some(load) = &engine.server.aof.load else { return };
    match (load.stage, result) {
        (Stage::Manifest, Err(StoreError::Missing)) => {
            let name = stem(&engine.server);
            go(&mut engine.server, Stage::OldFile, StoreOp::Read { name, offset: 0, len: 0 });
        }
        (Stage::Manifest, result) => read_manifest(engine, result),
        (Stage::OldFile, Err(StoreError::Missing)) => begin_anew(engine),
        (Stage::OldFile, Ok(_)) => upgrade(&mut engine.server),
        (Stage::Reading, result) => read(engine, result),
        (Stage::Truncating, Ok(_)) => end_part(engine),
        (Stage::MoveOldFile, Err(error)) => {
            let name = stem(&engine.server);
            fail(engine, &unreadable(&name, &error));
        }
        (_, Err(error)) => fail(engine, &format!("{error}")),
        (Stage::WriteManifest, Ok(_)) => {
            let name = temporary_manifest(&engine.server);
            go(&mut engine.server, Stage::SyncManifest, StoreOp::Sync { name });
        }
        (Stage::SyncManifest, Ok(_)) => {
            let (from, to) = (temporary_manifest(&engine.server), manifest_name(&engine.server));
            go(&mut engine.server, Stage::RenameManifest, StoreOp::Rename { from, to });
        }
        (Stage::MakeIncr, Ok(_)) => write_manifest(&mut engine.server),
        (Stage::RenameManifest, Ok(_)) if engine.server.aof.manifest.incrs.is_empty() => {
            move_old_file(&mut engine.server);
        }
        (Stage::RenameManifest, Ok(_)) => end(engine),
        (Stage::MoveOldFile, Ok(_)) => begin_parts(engine),
    }
}

fn go(server: &mut Server, stage: Stage, op: StoreOp) {
    if let Some(load) = &mut server.aof.load {
        load.stage = stage;
    }
    ask(server, op);
}

fn read_manifest(engine: &mut Engine, result: StoreResult) {
    let bytes = match piece(result) {
        Ok((bytes, _)) => bytes,
        Err(error) => return fail(engine, &format!("{error}")),
    };
    match Manifest::parse(&bytes) {
        Ok(manifest) => {
            engine.server.aof.manifest = manifest;
            begin_parts(engine);
        }
        Err(error) => {
            let text = format!(
                "*** FATAL AOF MANIFEST FILE ERROR ***\nReading the manifest file, at line {}\n>>> '{}'\n{}",
                error.line, error.text, error.reason
            );
            fail(engine, &text);
        }
    }
}

/// There is nothing. Nobody is served before there is a base for what is to come.
fn begin_anew(engine: &mut Engine) {
    let Engine { keyspace, server } = engine;
    server.feed.is_muted = false;
    if let Some(client) = server.aof.load.take().and_then(|load| load.client) {
        return finish_reload(server, client, true);
    }
    server.aof.is_new = true;
    rewrite::begin(keyspace, server);
}

/// The old file is the base from now on: first the manifest says so, then it moves.
fn upgrade(server: &mut Server) {
    let old = stem(server);
    server.log(LogLevel::Notice, format!("Successfully migrated an old-style AOF configuration ({old})"));
    server.aof.manifest = Manifest::of_one(&old);
    write_manifest(server);
}

fn write_manifest(server: &mut Server) {
    let (name, bytes) = (temporary_manifest(server), server.aof.manifest.text());
    go(server, Stage::WriteManifest, StoreOp::Append { name, offset: 0, bytes });
}

fn move_old_file(server: &mut Server) {
    let old = stem(server);
    let to = path(server, &old);
    go(server, Stage::MoveOldFile, StoreOp::Rename { from: old, to });
}

fn begin_parts(engine: &mut Engine) {
    let Engine { keyspace, server } = &mut *engine;
    let Some(load) = &mut server.aof.load else { return };
    load.parts = server.aof.manifest.parts().cloned().collect();
    load.stage = Stage::Reading;
    for db in 0..keyspace.databases().len() {
        keyspace.flush(db);
    }
    rdb::begin_aof(server, keyspace.hasher());
    server.end_pause();
    next_part(engine);
}

fn next_part(engine: &mut Engine) {
    let server = &mut engine.server;
    let Some(load) = &mut server.aof.load else { return };
    let Some(File { name, .. }) = load.parts.pop_front() else {
        if load.client.is_some() || !server.aof.manifest.incrs.is_empty() {
            return end(engine);
        }
        // Nobody wrote commands yet, so there is no file for them.
        let stem = stem(server);
        let name = server.aof.manifest.add_incr(&stem);
        server.aof.incr_len = 0;
        let name = path(server, &name);
        return go(server, Stage::MakeIncr, StoreOp::Append { name, offset: 0, bytes: Vec::new() });
    };
    load.part = Some(Part { name, len: 0, next_offset: 0, is_rdb: None, reader: Reader::new(server.now) });
    ask_next(server);
}

fn ask_next(server: &mut Server) {
    let Some(part) = server.aof.load.as_mut().and_then(|load| load.part.as_mut()) else { return };
    let offset = part.next_offset;
    part.next_offset += PIECE as u64;
    let name = part.name.clone();
    let name = path(server, &name);
    ask(server, StoreOp::Read { name, offset, len: PIECE });
}

/// A piece of a file is there.
fn read(engine: &mut Engine, result: StoreResult) {
    let server = &mut engine.server;
    let (bytes, len) = match piece(result) {
        Ok(read) => read,
        Err(StoreError::Missing) if is_half_upgraded(server) => return move_old_file(server),
        Err(error) => {
            let name =
                server.aof.load.as_ref().and_then(|load| load.part.as_ref()).map(|part| part.name.clone());
            return fail(engine, &unreadable(&name.unwrap_or_default(), &error));
        }
    };
    let Some(mut part) = server.aof.load.as_mut().and_then(|load| load.part.take()) else { return };
    part.len = len;
    let is_last_piece = part.next_offset >= len;
    let is_rdb = *part.is_rdb.get_or_insert_with(|| bytes.starts_with(b"REDIS"));
    let before_bytes = server.aof.load.as_ref().map_or(0, |load| load.before_bytes);
    rdb::note_progress(server, bytes.len(), before_bytes + len);
    let commands = if is_rdb {
        match rdb::take_in_preamble(engine, &bytes, is_last_piece) {
            Ok(None) => Vec::new(),
            Ok(Some((position, rest))) => {
                // Commands follow, if anything does.
                part.is_rdb = Some(false);
                part.reader.begin_at(position);
                rest
            }
            Err(text) => {
                return fail(
                    engine,
                    &format!("Error reading the RDB preamble of the AOF file {}: {text}", part.name),
                );
            }
        }
    } else {
        bytes
    };
    part.reader.take_in(&commands);
    if let Some(load) = &mut engine.server.aof.load {
        load.part = Some(part);
    }
    do_commands(engine);
}

/// Does the commands that are there, and asks for more.
fn do_commands(engine: &mut Engine) {
    let Some(mut part) = engine.server.aof.load.as_mut().and_then(|load| load.part.take()) else { return };
    let mut done = 0;
    let damage = part.reader.run(engine, &mut done);
    let (name, is_last_piece) = (part.name.clone(), part.next_offset >= part.len);
    let waits_for_script = engine.server.scripts.is_running();
    if let Some(load) = &mut engine.server.aof.load {
        load.commands += done;
        load.part = Some(part);
        load.waits_for_script = waits_for_script;
    }
    match damage {
        Err(damage) => fail(engine, &damage.text(&name)),
        Ok(()) if waits_for_script => {}
        Ok(()) if is_last_piece => judge_end(engine),
        Ok(()) => ask_next(&mut engine.server),
    }
}

/// No script runs any more: what comes after it is done, if it was one of the file's.
pub(crate) fn resume(engine: &mut Engine) {
    if engine.server.aof.load.as_ref().is_some_and(|load| load.waits_for_script) {
        do_commands(engine);
    }
}

fn unreadable(name: &str, error: &StoreError) -> String {
    format!("Fatal error: can't open the append log file {name} for reading: {error}")
}

/// Whether the server died after the manifest named the old file, and before that moved.
fn is_half_upgraded(server: &Server) -> bool {
    let base = server.aof.manifest.base.as_ref();
    server.aof.manifest.incrs.is_empty() && base.is_some_and(|base| base.name == stem(server))
}

/// A file is read to its end: was that the end of a command, outside of any transaction?
fn judge_end(engine: &mut Engine) {
    let server = &mut engine.server;
    let cuts = server.config.values().flag("aof-load-truncated");
    let folder = path(server, "");
    let Some(load) = &server.aof.load else { return };
    let Some(part) = &load.part else { return };
    let (name, len, fine) = (part.name.clone(), part.len, part.reader.fine());
    if part.is_rdb == Some(true) {
        return fail(
            engine,
            &format!("Unexpected end of file reading the RDB preamble of the AOF file {name}"),
        );
    }
    if fine >= len {
        return end_part(engine);
    }
    if !load.parts.is_empty() {
        return fail(engine, &format!("Fatal error: the truncated file is not the last file ({name})"));
    }
    let in_transaction = part.reader.is_in_transaction();
    if in_transaction {
        server.log(LogLevel::Warning, format!("Revert incomplete MULTI/EXEC transaction in AOF file {name}"));
    }
    if !cuts {
        return fail(
            engine,
            &format!(
                "Unexpected end of file reading the append only file {name}. You can: 1) Make a backup of your AOF file, \
                 then use redstart-server --check-aof <filename.manifest> --fix. 2) Alternatively you can set the \
                 'aof-load-truncated' configuration option to yes and restart the server."
            ),
        );
    }
    server.log(LogLevel::Warning, format!("!!! Warning: short read while loading the AOF file {name}!!!"));
    server.log(LogLevel::Warning, format!("AOF {name} loaded anyway because aof-load-truncated is enabled"));
    server.log(LogLevel::Warning, format!("Truncating the AOF {name} at offset {fine}"));
    if let Some(part) = server.aof.load.as_mut().and_then(|load| load.part.as_mut()) {
        part.len = fine;
    }
    let op = StoreOp::Append { name: format!("{folder}{name}"), offset: fine, bytes: Vec::new() };
    go(server, Stage::Truncating, op);
}

fn end_part(engine: &mut Engine) {
    let Some(load) = &mut engine.server.aof.load else { return };
    load.stage = Stage::Reading;
    if let Some(part) = &load.part {
        load.before_bytes += part.len;
        if load.parts.is_empty() {
            engine.server.aof.incr_len = part.len;
        }
        let is_base = engine.server.aof.manifest.base.as_ref().is_some_and(|base| base.name == part.name);
        if is_base {
            engine.server.aof.base_size = part.len;
        }
        let what = if is_base { "base file" } else { "incr file" };
        let text = format!("DB loaded from {what} {}", part.name);
        engine.server.log(LogLevel::Notice, text);
    }
    next_part(engine);
}

/// All is stored: commands go on where the last file ends, or in a first one.
fn end(engine: &mut Engine) {
    let Engine { keyspace, server } = &mut *engine;
    let Some(load) = server.aof.load.take() else { return };
    server.feed.is_muted = false;
    server.aof.size = load.before_bytes;
    rdb::end_aof(keyspace, server);
    if let Some(client) = load.client {
        return finish_reload(server, client, true);
    }
    let last = server.aof.manifest.incrs.last().map(|file| file.name.clone());
    if let Some(name) = last {
        let (name, len) = (path(server, &name), server.aof.incr_len);
        open(keyspace, server, name, len);
        rewrite::clean(server);
        server.log(LogLevel::Notice, String::from("Ready to accept connections"));
    }
    execute::resume_released(engine);
}

fn finish_reload(server: &mut Server, client: Client, is_fine: bool) {
    server.end_pause();
    if is_fine {
        server.log(LogLevel::Warning, String::from("Append Only File loaded by DEBUG LOADAOF"));
        server.answer(client, |reply| reply.ok());
    } else {
        server.refuse(client, &Error::Text("ERR Error trying to load the AOF files, check server logs."));
    }
}

/// It can't be loaded. A server that can't start with its data doesn't start without them.
fn fail(engine: &mut Engine, text: &str) {
    let server = &mut engine.server;
    for line in text.split('\n') {
        server.log(LogLevel::Warning, String::from(line));
    }
    let load = mem::take(&mut server.aof.load);
    server.feed.is_muted = false;
    rdb::drop_aof(server);
    if let Some(client) = load.and_then(|load| load.client) {
        return finish_reload(server, client, false);
    }
    server.out.push(Output::Exit { failed: true });
}
