//! An RDB file: everything stored, at one moment.
//!
//! ```text
//!   REDIS0010
//!   250 name value               facts about the server that wrote it, as many as it likes
//!   245 source                   libraries of functions
//!   254 database                 what follows belongs to this one …
//!   251 keys keys-that-expire    … which has so many
//!   252 milliseconds             when the next key expires, if it does
//!   248 seconds or 249 counter   when it was last used, or how often, if the policy goes by it
//!   code key value               the key itself
//!   255                          the end
//!   checksum                     of all before, 8 bytes, the lowest first; 0 if there is none
//! ```
//!
//! The base of an append-only file may have the form of commands instead (`aof-use-rdb-preamble no`): it is written in the
//! same way, entry by entry.
//!
//! A database may be selected more than once. That is what lets a snapshot put a key
//! into the file when it is about to change, whichever database it walks just then.

use alloc::format;
use alloc::vec::Vec;
use core::mem;

use super::dump::Checksum;
use super::{VERSION, VERSION_WITH_FIELD_DEADLINES, Writer, write_value};
use crate::config::{Hot, MaxmemoryPolicy};
use crate::keyspace::{Entry, Keyspace, UsageClock, Uses};
use crate::machine::Now;
use crate::observe::REDIS_VERSION;
use crate::persistence::{commands, rdb};
use crate::random::Random;

/// What is no value but says something about the file or the next key.
pub mod opcode {
    /// The slot that follows, and how much is in it.
    pub const SLOT_INFO: u8 = 244;
    /// A library of functions: its source.
    pub const FUNCTION: u8 = 245;
    /// The same as release candidates of 7.0 wrote it.
    pub const FUNCTION_EARLY: u8 = 246;
    /// What a module keeps besides values.
    pub const MODULE_AUX: u8 = 247;
    /// For how many seconds the next key has not been used.
    pub const IDLE: u8 = 248;
    /// How often the next key is used.
    pub const FREQUENCY: u8 = 249;
    /// A fact about the server that wrote the file.
    pub const AUX: u8 = 250;
    /// How many keys the database has, and how many of them expire.
    pub const SIZES: u8 = 251;
    /// When the next key expires, in Unix milliseconds.
    pub const EXPIRES_MS: u8 = 252;
    /// The same in seconds.
    pub const EXPIRES_SECS: u8 = 253;
    /// Which database follows.
    pub const SELECT: u8 = 254;
    /// There is no more.
    pub const END: u8 = 255;
}

/// How a file is written.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether long strings are compressed.
    pub compresses: bool,
    /// Whether there is a checksum.
    pub is_checked: bool,
    /// Whether commands follow that go on from it.
    pub is_aof_base: bool,
    /// Whether it is no RDB file at all, but the commands that make what is stored.
    pub is_commands: bool,
}

/// A large value that is being written.
#[derive(Debug)]
pub(crate) enum Parts {
    /// As RDB tells it.
    Value(rdb::Parts),
    /// As commands that rebuild it.
    Commands(commands::Parts),
}

/// A file that is being written, to be taken away in pieces.
#[derive(Debug)]
pub struct FileWriter {
    out: Vec<u8>,
    /// What comes after a large value that is being written, until that is done.
    behind: Option<Vec<u8>>,
    checksum: Option<Checksum>,
    options: Options,
    selected: Option<usize>,
    /// How many keys each database has, and how many of them expire, until that is written.
    sizes: Vec<Option<(usize, usize)>>,
    usage: Option<Uses>,
    clock: UsageClock,
    /// The moment that it shows, in Unix milliseconds.
    moment_ms: i64,
}

impl FileWriter {
    /// Begins a file about what is stored now.
    #[must_use]
    pub fn new(keyspace: &Keyspace, config: &Hot, used_memory: usize, now: Now, options: Options) -> Self {
        use MaxmemoryPolicy::{AllkeysLfu, AllkeysLru, VolatileLfu, VolatileLru};
        let tells_usage =
            matches!(config.maxmemory_policy, AllkeysLfu | AllkeysLru | VolatileLfu | VolatileLru);
        let usage = tells_usage.then(|| {
            let mut uses = Uses::new(Random::new(0));
            uses.obey(config);
            uses
        });
        let sizes =
            keyspace.databases().iter().map(|database| Some((database.len(), database.volatile_len())));
        let mut file = Self {
            out: Vec::new(),
            behind: None,
            checksum: (options.is_checked && !options.is_commands).then(Checksum::new),
            options,
            selected: None,
            sizes: sizes.collect(),
            usage,
            clock: UsageClock::at(now),
            moment_ms: now.unix_ms(),
        };
        if options.is_commands {
            if config.aof_timestamp_enabled {
                file.out.extend(format!("#TS:{}\r\n", now.unix_us / 1_000_000).bytes());
            }
            return file;
        }
        let has_field_deadlines = keyspace.databases().iter().any(|it| it.has_field_deadlines());
        let version = if has_field_deadlines { VERSION_WITH_FIELD_DEADLINES } else { VERSION };
        file.out.extend(format!("REDIS{version:04}").bytes());
        file.aux(b"redis-ver", REDIS_VERSION.as_bytes());
        file.aux(b"redis-bits", format!("{}", usize::BITS).as_bytes());
        file.aux(b"ctime", format!("{}", now.unix_us / 1_000_000).as_bytes());
        file.aux(b"used-mem", format!("{used_memory}").as_bytes());
        file.aux(b"aof-base", if options.is_aof_base { b"1" } else { b"0" });
        file
    }

    /// A fact about the server.
    fn aux(&mut self, name: &[u8], value: &[u8]) {
        let mut writer = Writer::new(&mut self.out, false);
        writer.byte(opcode::AUX);
        writer.string(name);
        writer.string(value);
    }

    /// A library of functions.
    pub fn library(&mut self, source: &[u8]) {
        if self.options.is_commands {
            return commands::command(&[b"FUNCTION", b"LOAD", source], &mut self.out);
        }
        let mut writer = Writer::new(&mut self.out, self.options.compresses);
        writer.byte(opcode::FUNCTION);
        writer.string(source);
    }

    /// A key of a database.
    pub fn entry(&mut self, db: usize, entry: Entry<'_>) {
        let front = self.behind.take().map(|behind| mem::replace(&mut self.out, behind));
        self.write_entry(db, entry);
        self.behind = front.map(|front| mem::replace(&mut self.out, front));
    }

    fn write_entry(&mut self, db: usize, entry: Entry<'_>) {
        if self.options.is_commands && entry.is_due(self.moment_ms) {
            return;
        }
        self.announce(db, entry);
        if self.options.is_commands {
            return commands::write_entry(entry, self.moment_ms, &mut self.out);
        }
        write_value(entry.value, &mut Writer::new(&mut self.out, self.options.compresses).keyed(entry.key));
    }

    /// Whether it is better to write a key in parts.
    pub(crate) fn wants_parts(&self, entry: Entry<'_>) -> bool {
        let is_written = !self.options.is_commands || !entry.is_due(self.moment_ms);
        is_written && rdb::Parts::are_wanted(entry.value)
    }

    /// Begins to write a key in parts. Until all of it is written, other keys wait behind it.
    pub(crate) fn begin_parts(&mut self, db: usize, entry: Entry<'_>) -> Parts {
        self.announce(db, entry);
        let parts = if self.options.is_commands {
            Parts::Commands(commands::Parts::begin(entry))
        } else {
            let mut writer = Writer::new(&mut self.out, self.options.compresses).keyed(entry.key);
            Parts::Value(rdb::Parts::begin(entry.value, &mut writer))
        };
        self.behind = Some(Vec::new());
        parts
    }

    /// Writes about so many bytes of it; tells whether those were the last.
    pub(crate) fn go_on(&mut self, parts: &mut Parts, entry: Entry<'_>, bytes: usize) -> bool {
        let is_done = match parts {
            Parts::Commands(parts) => parts.go_on(entry, self.moment_ms, &mut self.out, bytes),
            Parts::Value(parts) => {
                let mut writer = Writer::new(&mut self.out, self.options.compresses);
                parts.go_on(entry.value, &mut writer, bytes)
            }
        };
        if is_done {
            self.out.append(&mut self.behind.take().unwrap_or_default());
        }
        is_done
    }

    /// What stands in front of a key: its database, and what is said of it besides its value.
    fn announce(&mut self, db: usize, entry: Entry<'_>) {
        if self.selected != Some(db) {
            self.select(db);
        }
        if self.options.is_commands {
            return;
        }
        let mut writer = Writer::new(&mut self.out, self.options.compresses);
        if let Some(when_ms) = entry.expires_ms() {
            writer.byte(opcode::EXPIRES_MS);
            writer.moment_ms(when_ms);
        }
        if let Some(uses) = &self.usage {
            match uses.frequency(entry.usage, self.clock) {
                Some(frequency) => writer.raw(&[opcode::FREQUENCY, frequency]),
                None => {
                    writer.byte(opcode::IDLE);
                    writer.length(entry.usage.idle_secs(self.clock).into());
                }
            }
        }
    }

    fn select(&mut self, db: usize) {
        self.selected = Some(db);
        if self.options.is_commands {
            return commands::command(&[b"SELECT", format!("{db}").as_bytes()], &mut self.out);
        }
        let mut writer = Writer::new(&mut self.out, false);
        writer.byte(opcode::SELECT);
        writer.length(db as u64);
        if let Some((keys, volatile)) = self.sizes.get_mut(db).and_then(Option::take) {
            writer.byte(opcode::SIZES);
            writer.length(keys as u64);
            writer.length(volatile as u64);
        }
    }

    /// Ends the file, and gives all of it that was not taken.
    #[must_use]
    pub fn into_bytes(mut self) -> Vec<u8> {
        self.end();
        self.out
    }

    /// Ends the file.
    pub fn end(&mut self) {
        if self.options.is_commands {
            return;
        }
        self.out.push(opcode::END);
        let sum = self.checksum.as_mut().map_or(0, |checksum| {
            checksum.update(&self.out);
            checksum.value()
        });
        self.out.extend(sum.to_le_bytes());
        self.checksum = None;
    }

    /// How many bytes wait to be taken.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether none do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Takes the bytes that were written since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        if let Some(checksum) = &mut self.checksum {
            checksum.update(&self.out);
        }
        // The next piece is likely to be as long.
        let room = Vec::with_capacity(self.out.len());
        mem::replace(&mut self.out, room)
    }
}
