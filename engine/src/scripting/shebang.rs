//! The first line of a script: `#!lua flags=no-writes,allow-oom`. It says what the script may do, and the store
//! decides by that whether to run it at all. A script without one is held to the rules of each command that it calls.

use alloc::vec::Vec;

use crate::command::{Flags, flag};
use crate::error::Error;

/// What a script says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    /// It has no first line that says anything: each of its commands is judged by itself.
    pub is_plain: bool,
    /// It doesn't write.
    pub no_writes: bool,
    /// It may run when there is no memory left.
    pub allow_oom: bool,
    /// It may run on a replica that has lost its primary.
    pub allow_stale: bool,
    /// It doesn't run in a cluster.
    pub no_cluster: bool,
    /// Its keys may be of several slots.
    pub allow_cross_slot_keys: bool,
}

impl Rules {
    /// Nothing is said.
    pub(super) const PLAIN: Self = Self {
        is_plain: true,
        no_writes: false,
        allow_oom: false,
        allow_stale: false,
        no_cluster: false,
        allow_cross_slot_keys: false,
    };

    /// What a script's text says of it, and the Lua in it: lines keep their numbers.
    ///
    /// # Errors
    /// When the first line says what can't be understood.
    pub(crate) fn of_script(text: &[u8]) -> Result<(Self, Vec<u8>), Error> {
        if !text.starts_with(b"#!") {
            return Ok((Self::PLAIN, text.to_vec()));
        }
        let end =
            text.iter().position(|&byte| byte == b'\n').ok_or(Error::Text("ERR Invalid script shebang"))?;
        let (line, body) = text.split_at(end);
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let engine = words.next().unwrap_or_default();
        if engine != b"#!lua" {
            return Err(Error::quoting("Unexpected engine in script shebang: ", engine, ""));
        }
        let mut rules = Self::default();
        for word in words {
            let Some(flags) = word.strip_prefix(b"flags=") else {
                return Err(Error::quoting("Unknown lua shebang option: ", word, ""));
            };
            for flag in flags.split(|byte| *byte == b',').filter(|_| !flags.is_empty()) {
                if !rules.add(flag) {
                    return Err(Error::quoting("Unexpected flag in script shebang: ", flag, ""));
                }
            }
        }
        Ok((rules, body.to_vec()))
    }

    /// What it comes to as flags of a command.
    pub(crate) const fn flags(&self) -> Flags {
        let writes = if self.no_writes { 0 } else { flag::WRITE };
        let takes_memory = if self.allow_oom { 0 } else { flag::DENYOOM };
        writes | takes_memory
    }

    /// The names of its flags.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        let flags = [
            (self.no_writes, "no-writes"),
            (self.allow_oom, "allow-oom"),
            (self.allow_stale, "allow-stale"),
            (self.no_cluster, "no-cluster"),
            (self.allow_cross_slot_keys, "allow-cross-slot-keys"),
        ];
        flags.into_iter().filter_map(|(is_set, name)| is_set.then_some(name))
    }

    /// Adds a flag by its name; tells whether there is such a one.
    pub(super) fn add(&mut self, flag: &[u8]) -> bool {
        let flag = match flag {
            b"no-writes" => &mut self.no_writes,
            b"allow-oom" => &mut self.allow_oom,
            b"allow-stale" => &mut self.allow_stale,
            b"no-cluster" => &mut self.no_cluster,
            b"allow-cross-slot-keys" => &mut self.allow_cross_slot_keys,
            _ => return false,
        };
        *flag = true;
        true
    }
}
