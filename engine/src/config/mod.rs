//! The configuration: one table of directives, and the value of each.
//!
//! ```text
//! redis.conf ─┐                    ┌─► CONFIG GET   get(patterns)
//! --options  ─┼─► Line ─► load ─► values
//! CONFIG SET ─┴──────── set ──────►└─► Hot          plain fields, read while serving
//! ```
//!
//! [`TABLE`] declares each directive once. The values stand in a vector in
//! the table's order, and [`Hot`] is a typed copy of those the engine reads
//! often, taken anew after every change: `config.maxclients` is a field read.
//!
//! What a new value *does* (listen on another port, start the AOF) is not
//! here. [`Config::set`] answers which directives changed; whoever applies
//! that and fails takes it back with [`Config::revert`].

mod check;
mod directive;
pub mod events;
mod file;
mod hot;
mod number;
mod set;
mod table;
mod value;
mod values;

use alloc::vec::Vec;
use core::ops::Deref;

use redstart_structures::sort_by_key;

pub use directive::{Check, Directive, Form, Kind, Words};
pub use file::{CommandLine, ConfError, Declaration, Line, Loaded, Warning, command_line, parse};
pub use hot::{Appendfsync, Hot, LogLevel, MaxmemoryPolicy, MemoryLimit, OutputLimits, ProtectedAction};
pub use number::parse_memory;
pub use set::{Change, Gate, SetError};
pub use table::TABLE;
pub use value::{OutputLimit, Reason, SavePoint, Value};
pub use values::Values;

use self::value::split_spaces;
use crate::glob;

/// The value of every directive.
#[derive(Debug, Clone)]
pub struct Config {
    values: Values,
    hot: Hot,
}

/// The values read often are fields: `config.maxclients`.
impl Deref for Config {
    type Target = Hot;

    fn deref(&self) -> &Hot {
        &self.hot
    }
}

impl Config {
    /// Every directive at its default.
    #[expect(clippy::new_without_default, reason = "there are defaults, but no default server")]
    pub fn new() -> Self {
        let values = Values::new();
        Self { hot: Hot::read(&values), values }
    }

    /// Every directive at its default but `save`: a store in a page or a program, where a file that nobody takes would be
    /// a second copy in memory.
    #[must_use]
    pub fn without_save_points() -> Self {
        let mut config = Self::new();
        let is_known = config.put("save", b"").is_ok();
        debug_assert!(is_known, "no save points is a value of save");
        config
    }

    /// CONFIG GET: the names and values that match any of the patterns, in the
    /// table's order. A name that is no pattern is answered as it was spelled.
    pub fn get(&self, patterns: &[impl AsRef<[u8]>]) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut found: Vec<(Position, &[u8])> = Vec::new();
        let mut add = |position, name| {
            if !found.iter().any(|(known, _)| *known == position) {
                found.push((position, name));
            }
        };
        for pattern in patterns.iter().map(AsRef::as_ref) {
            if pattern.iter().any(|byte| b"[*?".contains(byte)) {
                for (position, name) in matching(pattern) {
                    add(position, name.as_bytes());
                }
            } else if let Some((row, name)) = find(pattern) {
                add((row, name), pattern);
            }
        }
        // Of one row, the older name comes after the current one.
        let place = |(row, name): &Position| (*row, Some(*name) != TABLE.get(*row).map(|it| it.name));
        sort_by_key(&mut found, |(position, _)| place(position));
        found.into_iter().map(|((row, _), name)| (name.to_vec(), self.values.render(row))).collect()
    }

    /// Every directive and its value as text, in the table's order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Directive, Vec<u8>)> {
        TABLE.iter().enumerate().map(|(row, directive)| (directive, self.values.render(row)))
    }

    /// Gives a directive a value, whatever CONFIG SET would say: for REPLICAOF,
    /// and for what the front knows (the port it got, its directory).
    pub fn put(&mut self, name: &str, text: &[u8]) -> Result<(), Reason> {
        let Some((row, _)) = find(name.as_bytes()) else {
            return Err("no such directive".into());
        };
        let several = TABLE.get(row).is_some_and(|directive| directive.kind.takes_several());
        self.values.assign(row, &if several { split_spaces(text) } else { Vec::from([text]) })?;
        self.refresh();
        Ok(())
    }

    /// The values by name, for what is read seldom: `config.values().flag("daemonize")`.
    pub fn values(&self) -> &Values {
        &self.values
    }

    fn refresh(&mut self) {
        self.hot = Hot::read(&self.values);
    }
}

/// The directive of that name, in any case, by any of its names.
pub fn lookup(name: &[u8]) -> Option<&'static Directive> {
    find(name).and_then(|(row, _)| TABLE.get(row))
}

/// Whether the value of a directive stays out of SLOWLOG and MONITOR.
pub fn is_sensitive(name: &[u8]) -> bool {
    lookup(name).is_some_and(|directive| directive.sensitive)
}

/// A row and which of its names: an alias is answered beside the name.
type Position = (usize, &'static str);

fn find(name: &[u8]) -> Option<Position> {
    TABLE.iter().enumerate().find_map(|(row, directive)| Some((row, directive.spelling(name)?)))
}

fn matching(pattern: &[u8]) -> impl Iterator<Item = (Position, &'static str)> {
    let listed = TABLE.iter().enumerate().filter(|(_, directive)| !directive.hidden);
    let names =
        listed.flat_map(|(row, directive)| directive.listed_names().map(move |name| ((row, name), name)));
    names.filter(|(_, name)| glob::matches(pattern, name.as_bytes(), true))
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::{Config, MaxmemoryPolicy, MemoryLimit, TABLE, lookup};

    fn get(config: &Config, patterns: &[&str]) -> Vec<String> {
        let found = config.get(patterns);
        let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        found
            .iter()
            .map(|(name, value)| format!("{} {}", show(name), show(value)).trim_end().into())
            .collect()
    }

    #[test]
    fn every_name_and_default_is_that_of_redis() {
        let mut ours = get(&Config::new(), &["*"]);
        ours.sort();
        let theirs: Vec<&str> = include_str!("defaults-7.0.15.txt").lines().collect();
        assert_eq!(ours, theirs);
    }

    #[test]
    fn names_are_answered_as_they_are_asked() {
        let config = Config::new();
        assert_eq!(get(&config, &["MAXMEMORY", "maxmemor?"]), ["MAXMEMORY 0"]);
        assert_eq!(get(&config, &["maxmemor?", "MAXMEMORY"]), ["maxmemory 0"]);
        assert_eq!(get(&config, &["slaveof", "replica*of"]), ["replicaof", "slaveof"]);
        assert_eq!(get(&config, &["timeout", "PORT"]), ["PORT 6379", "timeout 0"]);
        assert_eq!(get(&config, &["primaryauth"]), ["primaryauth"]);
    }

    #[test]
    fn hidden_directives_want_their_exact_name() {
        let config = Config::new();
        assert_eq!(get(&config, &["key-load-*"]), [""; 0]);
        assert_eq!(get(&config, &["key-load-delay"]), ["key-load-delay 0"]);
    }

    #[test]
    fn fields_follow_the_directives() {
        let mut config = Config::new();
        assert_eq!((config.maxclients, config.hz), (10000, 10));
        for (name, value) in [
            ("maxmemory-policy", "allkeys-lfu"),
            ("maxmemory-clients", "5%"),
            ("client-output-buffer-limit", "replica 1mb 2k 3"),
            ("hz", "9999"),
            ("replicaof", "10.0.0.1 6380"),
        ] {
            let words: Vec<&[u8]> = value.as_bytes().split(|&byte| byte == b' ').collect();
            let row = TABLE.iter().position(|it| it.name == name).unwrap();
            config.values.assign(row, &words).unwrap();
        }
        config.put("requirepass", b"a b").unwrap();
        assert_eq!(config.maxmemory_policy, MaxmemoryPolicy::AllkeysLfu);
        assert_eq!(config.maxmemory_clients, MemoryLimit::Percent(5));
        assert_eq!(config.client_output_buffer_limits.replica.soft, 2000);
        assert_eq!((config.hz, config.requirepass.as_slice()), (500, b"a b".as_slice()));
        assert_eq!(config.values().primary(), Some((b"10.0.0.1".as_slice(), 6380)));
    }

    #[test]
    fn put_reads_several_words() {
        let mut config = Config::new();
        config.put("replicaof", b"host 7000").unwrap();
        assert_eq!(config.values().primary(), Some((b"host".as_slice(), 7000)));
        config.put("replicaof", b"no one").unwrap();
        assert_eq!(config.values().primary(), None);
        assert!(config.put("nosuch", b"").is_err());
    }

    #[test]
    fn names_are_unique() {
        for directive in TABLE {
            let names = directive.listed_names().chain(directive.unlisted_alias);
            for name in names {
                assert_eq!(lookup(name.as_bytes()).map(|found| found.name), Some(directive.name));
            }
        }
    }

    #[test]
    fn what_is_shown_reads_back() {
        let mut config = Config::new();
        for (directive, text) in Config::new().iter() {
            if directive.name != "replicaof" {
                config.put(directive.name, &text).unwrap();
            }
        }
        assert_eq!(get(&config, &["*"]), get(&Config::new(), &["*"]));
    }
}
