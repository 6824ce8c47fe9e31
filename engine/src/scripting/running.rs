//! A script that runs: for whom, since when, and by what rules.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::Rules;
use super::debug::Debugger;
use crate::argv::Argv;
use crate::command::Command;
use crate::machine::Now;
use crate::reply::Protocol;
use crate::session::Session;
use crate::tracking::Client;

/// What kind of script: it decides who may end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The text of an EVAL.
    Script,
    /// A function of a library.
    Function,
}

/// A script that runs.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) kind: Kind,
    /// Its SHA-1, or the function's name.
    pub(crate) name: String,
    pub(crate) rules: Rules,
    /// When it began, by the meter.
    pub(crate) began_us: u64,
    /// Who called it, and how.
    pub(crate) client: Client,
    pub(crate) command: &'static Command,
    pub(crate) argv: Argv,
    /// When it was called: the time that it lives in.
    pub(crate) began: Now,
    /// The database that it is in.
    pub(crate) db: usize,
    /// The protocol that it is answered in.
    pub(crate) protocol: Protocol,
    /// Who gets what it does: one bit for the append-only file, one for replicas.
    pub(crate) propagates_to: u8,
    /// Whether there was no memory left when it began.
    pub(crate) lacks_memory: bool,
    /// Whether it has written.
    pub(crate) has_written: bool,
    /// Whether it is to end.
    pub(crate) is_killed: bool,
    /// Whether others are told that it takes long.
    pub(crate) is_late: bool,
    /// The session that it is debugged in.
    pub(crate) debugger: Option<Box<Debugger>>,
    /// The reply to EXEC up to this script, if it is a part of a transaction.
    pub(crate) partial: Vec<u8>,
    /// The commands of the transaction that come after it.
    pub(crate) rest: Vec<(&'static Command, Argv)>,
    /// Its caller, if the connection is gone.
    pub(crate) orphan: Option<Box<Session>>,
}
