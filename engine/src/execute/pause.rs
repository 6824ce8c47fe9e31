//! CLIENT PAUSE, and other reasons for requests not to be run yet.
//!
//! A request that may not run now stays where it is, undecoded among the bytes that its client sent, and the client is
//! *held*. When the pause is over its bytes are looked at again, as if they had just come. Meanwhile nothing expires or
//! is evicted, since that would be writing, too.
//!
//! A request that would change a large value which a snapshot has not got yet is held until it has; see
//! [`picture`](crate::keyspace). Which values those are its key specs say: of a transaction, all that it will run.

use crate::argv::Args;
use crate::command::key::{OW, RO, RW};
use crate::command::{Command, Flags, flag};
use crate::engine::{Engine, Server};
use crate::keyspace::{Database, Entry, Keyspace};
use crate::machine::Output;
use crate::session::Session;

/// A pause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pause {
    /// Until when, on the monotonic clock in microseconds.
    pub until_us: u64,
    /// All commands, or only those that write.
    pub everything: bool,
}

impl Pause {
    fn holds(self, flags: Flags) -> bool {
        const WRITES: Flags = flag::WRITE | flag::MAY_REPLICATE;
        self.everything || flags & WRITES != 0
    }
}

/// Whether a snapshot keeps a command from running now, since it changes what that must have first; then its client is
/// held.
#[inline]
pub(super) fn comes_too_soon(
    engine: &mut Engine,
    session: &mut Session,
    command: &Command,
    args: Args<'_>,
) -> bool {
    engine.keyspace.picture().is_some() && must_wait(engine, session, command, args)
}

#[cold]
fn must_wait(engine: &mut Engine, session: &mut Session, command: &Command, args: Args<'_>) -> bool {
    let Engine { keyspace, server } = engine;
    let (db, now_ms) = (session.db, server.now.unix_ms());
    let queued = session.transaction.as_deref().filter(|_| command.name == "exec");
    let mut must_wait = changes_wanted(keyspace, db, now_ms, command, args);
    for (command, argv) in queued.into_iter().flat_map(|transaction| &transaction.queue) {
        must_wait |= changes_wanted(keyspace, db, now_ms, command, argv.args());
    }
    if must_wait {
        session.is_held = true;
        server.held.push(session.conn);
    }
    must_wait
}

/// Whether a call changes a key that the snapshot must have first; has it taken next.
fn changes_wanted(
    keyspace: &mut Keyspace,
    db: usize,
    now_ms: i64,
    command: &Command,
    args: Args<'_>,
) -> bool {
    // XREADGROUP writes to what its key specs call read.
    let writes_all = command.has(flag::WRITE) && command.keys.iter().all(|spec| spec.access & RO != 0);
    let earliest_ms = keyspace.databases().get(db).map_or(i64::MAX, Database::earliest_ms);
    let mut is_wanted = false;
    for spec in command.keys {
        // What is only to go is no reason to wait.
        let is_change = writes_all || spec.access_in(args) & (RW | OW) != 0;
        if !is_change && earliest_ms > now_ms {
            continue;
        }
        // A mere look at a hash removes the fields whose time has come.
        let is_due = |entry: Entry<'_>| entry.value.next_deadline().is_some_and(|when| when <= now_ms);
        for place in spec.positions(args) {
            is_wanted |= keyspace.take_first(db, args.at(place), |entry| is_change || is_due(entry));
        }
    }
    is_wanted
}

impl Server {
    /// Whether a pause keeps a command from running now; then its client is held.
    #[inline]
    pub(super) fn holds(&mut self, command: &Command, args: Args<'_>, session: &mut Session) -> bool {
        let Some(pause) = self.pause.filter(|pause| pause.until_us > self.now.mono_us) else { return false };
        let held = pause.holds(self.flags_of(command, args) | session.queued_flags(command));
        if held {
            session.is_held = true;
            self.held.push(session.conn);
        }
        held
    }

    /// Runs nobody's commands until the pause is ended.
    pub(crate) const fn pause_all(&mut self) {
        self.pause = Some(Pause { until_us: u64::MAX, everything: true });
    }

    /// Ends the pause if its time is up.
    pub(crate) fn end_pause_in_time(&mut self) {
        if self.pause.is_some_and(|pause| pause.until_us <= self.now.mono_us) {
            self.end_pause();
        }
    }

    /// Those who were held for something else than a pause may go on.
    pub(crate) fn release_held(&mut self) {
        if self.pause.is_none() && !self.held.is_empty() {
            self.end_pause();
        }
    }

    /// Ends the pause: those who are held go on.
    pub fn end_pause(&mut self) {
        self.pause = None;
        // Keys may have been due for a while.
        self.out.push(Output::Sooner);
        for conn in core::mem::take(&mut self.held) {
            if let Some(session) = self.sessions.get_mut(conn) {
                session.is_held = false;
                self.released.push_back(conn);
            }
        }
    }
}
