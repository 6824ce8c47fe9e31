//! Commands that wait for a key: BLPOP and its kin.
//!
//! A command that finds nothing to take is *parked*: its words are kept with its client, which reads no further, and it
//! stands in the line of each key that it waits for.
//!
//! ```text
//!   lines      (db 0, "jobs")  ─► 17: client 3, 21: client 5       by ticket: the longest waiting first
//!              (db 0, "mail")  ─► 21: client 5
//!   deadlines  (at 12.5 s, 21)
//!   ready      "jobs"                                               changed since it was last looked at
//! ```
//!
//! A change makes a key ready if there is a line for it. Once the unit of execution that changed it is done, those in
//! the line run their command again from the top ([`serve`](super::serve)), until one of them leaves nothing for the
//! next. No command has code of its own for being woken.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::mem;

use redstart_structures::{Blob, Ordered, OrderedSet};

use super::call::Call;
use crate::argv::{Args, Argv};
use crate::command::Command;
use crate::error::Error;
use crate::keyspace::Change;
use crate::keyspace::change::{self, Class, Event};
use crate::machine::ConnId;
use crate::persistence::aof::wait::Durable;
use crate::reply::{Outcome, Replied, Reply};
use crate::session::Session;
use crate::types::{Held, Kind};

/// A command that waits, and what it waits for.
#[derive(Debug)]
pub struct Parked {
    /// The words, to run it once more.
    pub(super) argv: Argv,
    /// The command that they name.
    pub(super) command: &'static Command,
    /// The keys, any of which will do.
    keys: Vec<Blob>,
    /// The database that they are in.
    db: usize,
    /// What it waits for.
    wants: Wants,
    /// Until when, on the monotonic clock in microseconds; `None`: for ever.
    until_us: Option<u64>,
    /// What it answers when nothing came.
    pub(crate) nothing: Nothing,
    /// What it wants the disk to have, if it waits for that.
    pub(crate) durable: Option<Durable>,
    /// Whether it waits for an answer that is being worked on, and not for others to act.
    is_answered: bool,
    /// Its place in every line.
    ticket: u64,
}

/// Whether a command wants to run again now that a key holds this, or nothing.
pub type Wants = fn(Option<Held<'_>>) -> bool;

/// Writes the answer of a command that waited in vain.
pub type Nothing = fn(&mut Reply<'_>) -> Replied;

/// Everybody who waits.
#[derive(Debug, Default)]
pub struct Waiting {
    lines: Ordered<(usize, Blob), Ordered<u64, Waiter>>,
    deadlines: Ordered<(u64, u64), ConnId>,
    ready: VecDeque<(usize, Blob)>,
    /// A key that is new, if that was the last change.
    new: Option<(usize, Blob)>,
    /// Lines whose key changed in another way.
    perhaps: Vec<(usize, Blob)>,
    /// What is in `ready`.
    known: OrderedSet<(usize, Blob)>,
    /// How many clients wait.
    len: usize,
    next_ticket: u64,
}

/// Somebody in a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiter {
    pub(super) conn: ConnId,
    pub(super) wants: Wants,
}

impl<'a> Call<'a> {
    /// Parks the command until one of `keys` holds a `T`, or until that time of the monotonic clock; where nothing may
    /// wait, it answers at once that there is nothing.
    pub fn wait_for<T: Kind>(&mut self, keys: Args<'a>, until_us: Option<u64>, nothing: Nothing) -> Outcome {
        self.wait_as(self.args, keys, |value| value.and_then(T::of).is_some(), until_us, nothing)
    }

    /// Parks the command until one of `keys` holds something that it wants, to run again with these words.
    pub fn wait_as(
        &mut self,
        words: Args<'_>,
        keys: Args<'a>,
        wants: Wants,
        until_us: Option<u64>,
        nothing: Nothing,
    ) -> Outcome {
        if !self.may_wait {
            return Ok(nothing(&mut self.reply));
        }
        self.session.parked = Some(Box::new(Parked {
            argv: words.to_owned(),
            command: self.command,
            keys: keys.iter().map(Blob::from).collect(),
            db: self.db.index(),
            wants,
            until_us,
            nothing,
            durable: None,
            is_answered: false,
            ticket: 0,
        }));
        Ok(self.reply.later())
    }

    /// Parks the command until `Server::answer` is called for its client.
    pub fn wait_for_answer(&mut self) -> Replied {
        self.wait_for_answer_or(|reply| reply.error(&Error::Text("ERR The answer is still to come")))
    }

    /// The same for a command that has done its work: a client that can't wait is told `nothing` of what comes after it.
    pub fn wait_for_answer_or(&mut self, nothing: Nothing) -> Replied {
        let parked = Parked {
            argv: self.args.to_owned(),
            command: self.command,
            keys: Vec::new(),
            db: self.db.index(),
            wants: |_| false,
            until_us: None,
            nothing,
            durable: None,
            is_answered: true,
            ticket: 0,
        };
        self.session.parked = Some(Box::new(parked));
        self.reply.later()
    }

    /// Those of `keys` that are worth looking at: once the command was woken, only the one that woke it.
    pub fn candidates(&self, keys: Args<'a>) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let woken_by = self.woken_by;
        keys.iter().filter(move |key| woken_by.is_none_or(|woken_by| woken_by == *key))
    }
}

impl Parked {
    /// Whether somebody else may end the wait: an answer that is on its way can't be had sooner.
    pub const fn can_be_ended(&self) -> bool {
        !self.is_answered
    }
}

impl Waiting {
    /// How many clients wait.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether nobody does.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many of them don't wait for ever.
    #[must_use]
    pub fn timed_len(&self) -> usize {
        self.deadlines.len()
    }

    /// A client whose command was just parked goes to the end of its lines.
    pub(super) fn enter(&mut self, session: &mut Session) {
        let conn = session.conn;
        let Some(parked) = &mut session.parked else { return };
        parked.ticket = self.next_ticket;
        self.next_ticket += 1;
        self.len += 1;
        let waiter = Waiter { conn, wants: parked.wants };
        for key in &parked.keys {
            self.lines.get_or_default((parked.db, key.clone())).insert(parked.ticket, waiter);
        }
        if let Some(until_us) = parked.until_us {
            self.deadlines.insert((until_us, parked.ticket), conn);
        }
    }

    /// It waits no more.
    pub(super) fn leave(&mut self, parked: &Parked) {
        self.len -= 1;
        for key in &parked.keys {
            let line = (parked.db, key.clone());
            if let Some(waiting) = self.lines.get_mut(&line) {
                waiting.remove(&parked.ticket);
                if waiting.is_empty() {
                    self.lines.remove(&line);
                }
            }
        }
        if let Some(until_us) = parked.until_us {
            self.deadlines.remove(&(until_us, parked.ticket));
        }
    }

    /// The next time at which somebody has waited long enough.
    #[must_use]
    pub fn deadline_us(&self) -> Option<u64> {
        self.deadlines.first().map(|(&(until_us, _), _)| until_us)
    }

    /// Somebody who has waited long enough.
    pub(super) fn overdue(&self, now_us: u64) -> Option<ConnId> {
        let (&(until_us, _), &conn) = self.deadlines.first()?;
        (until_us <= now_us).then_some(conn)
    }

    /// Takes note of a change. In Redis's order a key is ready when it comes to be, or when a stream grows; whatever
    /// else may be of use to those in its line comes after that.
    pub(super) fn see(&mut self, change: &Change) {
        if change.event.class == Class::Database {
            let lines = self.lines.range((change.db, Blob::new())..(change.db + 1, Blob::new()));
            let lines: Vec<_> = lines.map(|(line, _)| line.clone()).collect();
            if change.event == change::FLUSH {
                return self.perhaps.extend(lines);
            }
            return lines.into_iter().for_each(|line| self.make_ready(line));
        }
        // That a key is new is told first, by what it is new comes next.
        if change.event == change::NEW {
            self.new = Some((change.db, change.key.clone()));
            return;
        }
        if let Some(line) = self.new.take() {
            let can_be_waited_for = !matches!(change.event.class, Class::String | Class::Hash | Class::Set);
            self.mark(line, can_be_waited_for);
        }
        if may_end_waits(change.event) {
            self.mark((change.db, change.key.clone()), change.event == change::XADD);
        }
    }

    fn mark(&mut self, line: (usize, Blob), is_ready: bool) {
        match self.lines.contains_key(&line) {
            true if is_ready => self.make_ready(line),
            true => self.perhaps.push(line),
            false => {}
        }
    }

    fn make_ready(&mut self, line: (usize, Blob)) {
        if self.known.insert(line.clone()) {
            self.ready.push_back(line);
        }
    }

    /// The key that became ready first.
    pub(super) fn next_ready(&mut self) -> Option<(usize, Blob)> {
        if self.ready.is_empty() {
            if self.perhaps.is_empty() {
                return None;
            }
            for line in mem::take(&mut self.perhaps) {
                self.make_ready(line);
            }
        }
        let line = self.ready.pop_front()?;
        self.known.remove(&line);
        Some(line)
    }

    /// Who stands in the line of a key, the longest waiting first.
    pub(super) fn line(&self, line: &(usize, Blob)) -> Vec<Waiter> {
        self.lines.get(line).map(|waiting| waiting.values().copied().collect()).unwrap_or_default()
    }
}

/// Whether somebody may have waited for this: not for entries to go from a stream, or for its time to be set.
fn may_end_waits(event: Event) -> bool {
    let gives_nothing = [change::XDEL, change::XTRIM, change::EXPIRE, change::PERSIST].contains(&event);
    event.class.is_change() && !gives_nothing || event == change::XGROUP_DESTROY
}
