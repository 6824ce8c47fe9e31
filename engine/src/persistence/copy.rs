//! Everything stored as one RDB file, and the other way round, in one go: for programs that carry data in and out
//! themselves, such as a page.
//!
//! Commands don't tell what a file brings. So an append-only file is turned off before it, and begun anew with all that is
//! stored after it. Until its new base is there, a start finds what was stored before, and nobody is served. If it can't be
//! made, the server ends.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use super::aof;
use super::rdb::Rules;
use super::rdb::file::{FileWriter, Options};
use super::rdb::load::{FileReader, Key, Record};
use super::snapshot::{self, Purpose};
use crate::engine::{Engine, Server};
use crate::execute::{resume_released, settle};
use crate::keyspace::{Keyspace, UsageClock};
use crate::machine::{Now, Output};
use crate::observe::used_memory;
use crate::scripting::Policy;

/// Everything stored at this moment, as an RDB file.
pub(crate) fn to_rdb(keyspace: &Keyspace, server: &Server, now: Now) -> Vec<u8> {
    let values = server.config.values();
    let options = Options {
        compresses: values.flag("rdbcompression"),
        is_checked: values.flag("rdbchecksum"),
        is_aof_base: false,
        is_commands: false,
    };
    write_all(keyspace, server, now, options)
}

/// Everything stored, in the form that is asked for.
pub(super) fn write_all(keyspace: &Keyspace, server: &Server, now: Now, options: Options) -> Vec<u8> {
    let mut file = FileWriter::new(keyspace, &server.config, used_memory(server, keyspace), now, options);
    server.scripts.libraries.sources().for_each(|source| file.library(source));
    for (db, database) in keyspace.databases().iter().enumerate() {
        database.iter().for_each(|entry| file.entry(db, entry));
    }
    file.into_bytes()
}

impl Engine {
    /// Everything stored at this moment, as an RDB file.
    #[must_use]
    pub fn to_rdb(&self, now: Now) -> Vec<u8> {
        to_rdb(&self.keyspace, &self.server, now)
    }

    /// Replaces everything stored with what an RDB file holds; gives the number of keys. A file that can't be read changes
    /// nothing; the error says what is wrong with it, and where.
    pub fn replace_with_rdb(
        &mut self,
        now: Now,
        file: &[u8],
        out: &mut Vec<Output>,
    ) -> Result<usize, String> {
        self.server.now = now;
        if self.loading().is_some() {
            return Err(String::from("the data set is still being loaded"));
        }
        // Somebody waits for that snapshot; any other is given up.
        if !matches!(self.server.saves.purpose(), None | Some(Purpose::Background | Purpose::AofBase { .. }))
        {
            return Err(String::from("the data set is just being saved"));
        }
        let libraries = self.check_rdb(file)?;
        mem::swap(&mut self.server.out, out);
        let replaced = self
            .server
            .restore_libraries(&libraries, Policy::Flush)
            .map_err(|error| format!("a library of functions can't be loaded: {error}"))
            .and_then(|()| self.take_in_rdb(file));
        mem::swap(&mut self.server.out, out);
        replaced
    }

    /// Reads a file to its end; gives its libraries.
    fn check_rdb(&self, file: &[u8]) -> Result<Vec<Vec<u8>>, String> {
        let databases = self.keyspace.databases().len();
        let mut libraries = Vec::new();
        let rules = Rules::new(&self.server.config, self.keyspace.hasher());
        read(&mut self.rdb_reader(file), &rules, |record| match record {
            Record::Library(source) => {
                libraries.push(source);
                Ok(())
            }
            Record::Key(Key { db, .. }) if db >= databases => {
                Err(format!("database {db} is one more than 'databases' allows"))
            }
            _ => Ok(()),
        })?;
        Ok(libraries)
    }

    fn take_in_rdb(&mut self, file: &[u8]) -> Result<usize, String> {
        let Self { keyspace, server } = &mut *self;
        let has_aof = server.feed.aof.is_some() || server.config.appendonly;
        aof::suspend(keyspace, server);
        snapshot::give_up(keyspace, server);
        for db in 0..self.keyspace.databases().len() {
            self.keyspace.flush(db);
        }
        let now = self.server.now;
        let rules = Rules::new(&self.server.config, self.keyspace.hasher());
        let mut reader = self.rdb_reader(file);
        read(&mut reader, &rules, |record| {
            match record {
                Record::Size { db, keys } => self.keyspace.expect_keys(db, keys, file.len() as u64),
                Record::Key(key) if key.expires_ms.is_none_or(|when| when > now.unix_ms()) => {
                    self.keyspace.load(key, UsageClock::at(now), true);
                }
                _ => {}
            }
            Ok(())
        })?;
        settle(self);
        if has_aof {
            aof::begin_anew(&mut self.keyspace, &mut self.server);
        }
        self.server.room.wanted = self.server.config.maxmemory > 0;
        self.server.out.push(Output::Sooner);
        resume_released(self);
        Ok(self.keyspace.databases().iter().map(crate::keyspace::Database::len).sum())
    }

    fn rdb_reader(&self, file: &[u8]) -> FileReader {
        let mut reader = FileReader::new(self.server.config.values().flag("rdbchecksum"));
        reader.feed(file);
        reader.finish();
        reader
    }
}

/// Hands all records of a file over.
fn read(
    reader: &mut FileReader,
    rules: &Rules,
    mut take: impl FnMut(Record) -> Result<(), String>,
) -> Result<(), String> {
    loop {
        match reader.next(rules).map_err(|error| format!("{error}"))? {
            Some(Record::End) => return Ok(()),
            Some(record) => take(record)?,
            None => return Err(format!("the file ends too early (at offset {})", reader.position())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::in_process::InProcess;
    use crate::machine::ConnId;
    use crate::observe::Host;
    use alloc::vec;

    const NOW: Now = Now { unix_us: 1_700_000_000_000_000, mono_us: 5_000_000 };

    fn open(options: &[(&str, &str)]) -> (InProcess, ConnId) {
        let mut config = Config::without_save_points();
        for (name, value) in options {
            config.put(name, value.as_bytes()).unwrap();
        }
        let mut store = InProcess::new(Engine::new(config, Host::default(), 3, NOW));
        store.start(NOW);
        let conn = store.connect(NOW);
        (store, conn)
    }

    fn say(store: &mut InProcess, conn: ConnId, line: &str) -> String {
        let line = format!("{line}\r\n");
        String::from_utf8_lossy(&store.ask(NOW, conn, line.as_bytes())).trim_end().replace("\r\n", " ")
    }

    fn fill(store: &mut InProcess, conn: ConnId) -> Vec<u8> {
        for line in [
            "SET k v",
            "SET brief x PX 1000",
            "RPUSH list a b c",
            "SELECT 3",
            "ZADD z 1.5 m",
            "FUNCTION LOAD \"#!lua name=lib\\nredis.register_function('f', function() return 7 end)\"",
        ] {
            assert!(!say(store, conn, line).starts_with('-'), "{line}");
        }
        store.engine().to_rdb(NOW)
    }

    #[test]
    fn a_store_is_copied() {
        let (mut one, conn) = open(&[]);
        let file = fill(&mut one, conn);
        let (mut other, conn) = open(&[]);
        say(&mut other, conn, "SET mine x");
        assert_eq!(other.replace_with_rdb(NOW, &file), Ok(4));
        assert_eq!(say(&mut other, conn, "GET k"), "$1 v");
        assert_eq!(say(&mut other, conn, "EXISTS mine"), ":0");
        assert_eq!(say(&mut other, conn, "PTTL brief"), ":1000");
        assert_eq!(say(&mut other, conn, "FCALL f 0"), ":7");
        say(&mut other, conn, "SELECT 3");
        assert_eq!(say(&mut other, conn, "ZSCORE z m"), "$3 1.5");
        let later = Now { unix_us: NOW.unix_us + 1_000_000, ..NOW };
        assert_eq!(open(&[]).0.replace_with_rdb(later, &file), Ok(3));
    }

    #[test]
    fn a_file_that_is_cut_off_or_changed_changes_nothing() {
        let (mut one, conn) = open(&[]);
        let file = fill(&mut one, conn);
        let (mut other, conn) = open(&[]);
        say(&mut other, conn, "SET mine x");
        for len in 0..file.len() {
            let error = other.replace_with_rdb(NOW, &file[..len]).unwrap_err();
            assert!(error.contains("offset"), "cut at {len}: {error}");
        }
        let mut changed = file.clone();
        let last = changed.len() - 12;
        changed[last] ^= 1;
        assert!(other.replace_with_rdb(NOW, &changed).is_err());
        let (mut few, _) = open(&[("databases", "2")]);
        assert_eq!(
            few.replace_with_rdb(NOW, &file),
            Err("database 3 is one more than 'databases' allows".into())
        );
        assert_eq!(say(&mut other, conn, "KEYS *"), "*1 $4 mine");
    }

    #[test]
    fn what_was_copied_is_in_the_append_only_file() {
        let (mut one, conn) = open(&[]);
        let file = fill(&mut one, conn);
        let options = [("appendonly", "yes")];
        let (mut other, conn) = open(&options);
        say(&mut other, conn, "SET mine x");
        assert_eq!(other.replace_with_rdb(NOW, &file), Ok(4));
        say(&mut other, conn, "SET after x");
        let mut config = Config::without_save_points();
        config.put("appendonly", b"yes").unwrap();
        let engine = Engine::new(config, Host::default(), 4, NOW);
        let mut again = InProcess::with_storage(engine, other.into_storage());
        again.start(NOW);
        let conn = again.connect(NOW);
        let mut keys: Vec<String> = say(&mut again, conn, "KEYS *").split(' ').map(String::from).collect();
        keys.retain(|word| !word.starts_with(['*', '$']));
        keys.sort();
        assert_eq!(keys, vec!["after", "brief", "k", "list"]);
        assert_eq!(say(&mut again, conn, "FCALL f 0"), ":7");
    }
}
