//! CONFIG SET: several directives at once, all of them or none.
//!
//! First every name is judged, then every value is read, and the first fault
//! in that order is the answer. A change that went through remembers what was
//! before, so that it can be taken back when applying it fails (a port that
//! cannot be had): to the client both look the same.

use alloc::format;
use alloc::vec::Vec;

use super::value::{Reason, Value, split_spaces};
use super::{Config, Directive, ProtectedAction, TABLE, find};

/// Who asks, and when: what protected directives depend on.
#[derive(Debug, Clone, Copy)]
pub struct Gate {
    /// The client is on this machine.
    pub local: bool,
    /// The dataset is being loaded.
    pub loading: bool,
}

/// A change that went through.
#[derive(Debug)]
pub struct Change {
    /// The directives whose value is another now.
    pub changed: Vec<&'static Directive>,
    before: Vec<(usize, Value)>,
}

impl Change {
    /// Those of the directives that only the front can carry out.
    pub fn fronts(&self) -> impl Iterator<Item = &'static Directive> {
        self.changed.iter().copied().filter(|directive| directive.is_fronts)
    }
}

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetError {
    /// A name without a value.
    Syntax,
    /// No such directive.
    Unknown(Vec<u8>),
    /// Not while the dataset is loading.
    Loading,
    /// This directive does not take this value.
    Failed {
        /// The directive.
        name: Vec<u8>,
        /// What is wrong.
        reason: Reason,
    },
}

impl SetError {
    /// The error reply, code first, on one line.
    pub fn reply(&self) -> Vec<u8> {
        let mut text = match self {
            Self::Syntax => Vec::from("ERR syntax error"),
            Self::Loading => Vec::from("LOADING Redis is loading the dataset in memory"),
            Self::Unknown(name) => {
                [b"ERR Unknown option or number of arguments for CONFIG SET - '", name.as_slice(), b"'"]
                    .concat()
            }
            Self::Failed { name, reason } => {
                let reason = format!("') - {reason}");
                [b"ERR CONFIG SET failed (possibly related to argument '", name.as_slice(), reason.as_bytes()]
                    .concat()
            }
        };
        for byte in &mut text {
            if matches!(byte, b'\r' | b'\n') {
                *byte = b' ';
            }
        }
        text
    }
}

impl Config {
    /// CONFIG SET: names and values in turn.
    pub fn set(&mut self, args: &[impl AsRef<[u8]>], gate: Gate) -> Result<Change, SetError> {
        if !args.len().is_multiple_of(2) {
            return Err(SetError::Syntax);
        }
        let targets = self.targets(args, gate)?;
        let mut change = Change { changed: Vec::new(), before: Vec::new() };
        for (row, name, text) in targets {
            let Some((directive, before)) = TABLE.get(row).zip(self.values.get(row)) else { continue };
            let before = before.clone();
            let words = if directive.kind.takes_several() { split_spaces(text) } else { Vec::from([text]) };
            if let Err(reason) = self.values.assign(row, &words) {
                self.revert(change);
                return Err(SetError::Failed { name: name.into(), reason });
            }
            if directive.volatile || self.values.get(row) != Some(&before) {
                change.changed.push(directive);
            }
            change.before.push((row, before));
        }
        self.refresh();
        Ok(change)
    }

    /// Takes a change back.
    pub fn revert(&mut self, change: Change) {
        // Backwards: a directive set by both of its names was changed twice.
        for (row, before) in change.before.into_iter().rev() {
            if let Some(value) = self.values.get_mut(row) {
                *value = before;
            }
        }
        self.refresh();
    }

    /// Judges the names: the row, the name and the text of each pair.
    fn targets<'a>(&self, args: &'a [impl AsRef<[u8]>], gate: Gate) -> Result<Vec<Target<'a>>, SetError> {
        let mut targets: Vec<Target<'a>> = Vec::new();
        for pair in args.chunks_exact(2) {
            let [given, text] = pair else { continue };
            let given = given.as_ref();
            let Some((row, name)) = find(given) else {
                return Err(SetError::Unknown(given.to_vec()));
            };
            let Some(directive) = TABLE.get(row) else { continue };
            let refuse =
                |reason: &'static str| SetError::Failed { name: given.to_vec(), reason: reason.into() };
            if !directive.mutable {
                return Err(refuse("can't set immutable config"));
            }
            if directive.protected && !self.allows_protected(gate) {
                return Err(refuse("can't set protected config"));
            }
            if directive.denied_while_loading && gate.loading {
                return Err(SetError::Loading);
            }
            // By name, not by row: an alias beside its name is no duplicate.
            if targets.iter().any(|(_, known, _)| *known == name) {
                return Err(refuse("duplicate parameter"));
            }
            targets.push((row, name, text.as_ref()));
        }
        Ok(targets)
    }

    fn allows_protected(&self, gate: Gate) -> bool {
        ProtectedAction::read(&self.values, "enable-protected-configs").allows(gate.local)
    }
}

type Target<'a> = (usize, &'static str, &'a [u8]);

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::super::Config;
    use super::{Gate, SetError};

    const GATE: Gate = Gate { local: true, loading: false };

    fn set(config: &mut Config, args: &[&str]) -> String {
        match config.set(args, GATE) {
            Ok(_) => "OK".into(),
            Err(error) => String::from_utf8_lossy(&error.reply()).into_owned(),
        }
    }

    #[test]
    fn names_are_judged_first() {
        let mut config = Config::new();
        for (args, reply) in [
            (&["maxmemory", "1", "2"][..], "ERR syntax error"),
            (
                &["maxmemory", "10", "f\no", "x"],
                "ERR Unknown option or number of arguments for CONFIG SET - 'f o'",
            ),
            (
                &["Timeout", "5", "TIMEOUT", "6"],
                "ERR CONFIG SET failed (possibly related to argument 'TIMEOUT') - duplicate parameter",
            ),
            (
                &["timeout", "x", "Daemonize", "yes"],
                "ERR CONFIG SET failed (possibly related to argument 'Daemonize') - can't set immutable config",
            ),
            (
                &["dir", "/"],
                "ERR CONFIG SET failed (possibly related to argument 'dir') - can't set protected config",
            ),
            (&["slave-read-only", "yes", "replica-read-only", "no"], "OK"),
        ] {
            assert_eq!(set(&mut config, args), reply);
        }
        assert_eq!((config.maxmemory, config.timeout_secs, config.replica_read_only), (0, 0, false));
    }

    #[test]
    fn every_reason_is_that_of_redis() {
        let mut config = Config::new();
        for (name, value, reason) in [
            ("PORT", "abc", "argument couldn't be parsed into an integer"),
            ("maxmemory", "abc", "argument must be a memory value"),
            ("maxmemory-clients", "abc", "argument must be a memory or percent value"),
            ("maxmemory-clients", "101%", "percentage argument must be less or equal to 100"),
            ("activerehashing", "maybe", "argument must be 'yes' or 'no'"),
            ("repl-timeout", "0", "argument must be between 1 and 2147483647 inclusive"),
            ("proto-max-bulk-len", "1", "argument must be between 1048576 and 9223372036854775807 inclusive"),
            ("loglevel", "x", "argument(s) must be one of the following: debug, verbose, notice, warning"),
            ("save", "1  2", "Invalid save parameters"),
            ("oom-score-adj-values", "1 2", "wrong number of arguments"),
            ("notify-keyspace-events", "Q", "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."),
            (
                "shutdown-on-sigint",
                "save nosave",
                "shutdown options SAVE and NOSAVE can't be used simultaneously",
            ),
            ("bind", "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7", "Too many bind addresses specified."),
            ("proc-title-template", "{foo}", "template format is invalid or contains unknown variables"),
            (
                "latency-tracking-info-percentiles",
                "50 a",
                "Invalid latency-tracking-info-percentiles parameters",
            ),
            (
                "client-output-buffer-limit",
                "normal 1",
                "Wrong number of arguments in buffer limit configuration.",
            ),
        ] {
            let Err(SetError::Failed { name: blamed, reason: given }) = config.set(&[name, value], GATE)
            else {
                panic!("{name} {value} was accepted")
            };
            assert_eq!((blamed, given.as_ref()), (name.to_ascii_lowercase().into_bytes(), reason));
        }
    }

    #[test]
    fn all_or_nothing() {
        let mut config = Config::new();
        assert_ne!(set(&mut config, &["maxmemory", "5", "hz", "20", "activerehashing", "zz"]), "OK");
        assert_eq!((config.maxmemory, config.hz), (0, 10));
    }

    #[test]
    fn a_change_names_what_changed_and_can_be_taken_back() {
        let mut config = Config::new();
        let change = config.set(&["hz", "10", "maxmemory", "1mb", "tls-cert-file", ""], GATE).unwrap();
        let names: Vec<&str> = change.changed.iter().map(|directive| directive.name).collect();
        assert_eq!(names, ["maxmemory", "tls-cert-file"]);
        config.revert(change);
        assert_eq!(config.maxmemory, 0);
    }

    #[test]
    fn loading_and_protection() {
        let mut config = Config::new();
        let loading = Gate { local: true, loading: true };
        assert_eq!(config.set(&["appendonly", "yes"], loading).unwrap_err(), SetError::Loading);
        config.put("enable-protected-configs", b"local").unwrap();
        assert!(config.set(&["dir", "/tmp"], GATE).is_ok());
        assert!(config.set(&["dir", "/"], Gate { local: false, loading: false }).is_err());
    }
}
