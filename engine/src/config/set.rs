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
    /// The directive could not be applied; for who carries out the change.
    pub fn failed(directive: &Directive, reason: impl Into<Reason>) -> Self {
        Self::Failed { name: directive.name.into(), reason: reason.into() }
    }

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
