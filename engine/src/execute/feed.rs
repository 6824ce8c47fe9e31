//! The feed: the commands that make another store what this one is, for whoever keeps up with it.
//!
//! A call that changed something is propagated in its own words, with nothing said in its handler. Where the words mean
//! something else at another time or place, the handler says others in their stead ([`Call::propagates`]); where the call
//! stands for what it has others do, its declaration does ([`flag::EFFECTS`]). What goes by itself, because its time
//! came or to make room, is propagated as the command that removes it.
//!
//! ```text
//!   a unit of execution                    a stream: what one reader gets
//!   EXPIRE k 10 in database 2       ─►     SELECT 2
//!                                          PEXPIREAT k 1700000010000
//!   EXEC: SET a 1, GET b, INCR c    ─►     MULTI, SET a 1, DEL b, INCR c, EXEC         b's time had come
//! ```
//!
//! A unit of several commands is wrapped, so that nobody ever sees a part of it; keys that go by themselves while no
//! command asks for them are not one unit. As long as nobody reads the feed, nothing is written down.

use alloc::vec::Vec;
use core::mem;

use super::call::Call;
use crate::argv::{Args, Span};
use crate::command::{Command, flag};
use crate::config::Hot;
use crate::engine::Server;
use crate::keyspace::{Change, change};
use crate::machine::Now;
use crate::reply::{Protocol, Reply};
use crate::types::Id;

/// What is propagated, and who gets it.
#[derive(Debug, Default)]
pub struct Feed {
    /// The commands of the unit that runs.
    unit: Unit,
    /// How many of its changes are dealt with.
    seen: usize,
    /// Whether what is done now was propagated before: a file of commands is loaded.
    pub(crate) is_muted: bool,
    /// What the append-only file gets, while there is one.
    pub(crate) aof: Option<Stream>,
    /// What whoever follows from inside the process gets.
    pub(crate) follower: Option<Stream>,
}

/// Some commands, word by word.
#[derive(Debug, Default)]
struct Unit {
    /// Each command's database and its first word.
    commands: Vec<(usize, usize)>,
    bytes: Vec<u8>,
    words: Vec<Span>,
}

/// What one reader has not taken yet.
#[derive(Debug, Default)]
pub struct Stream {
    bytes: Vec<u8>,
    /// The database that the reader is at; at first, nobody knows.
    db: Option<usize>,
    /// When the last remark about the time was made, in Unix seconds.
    stamped_secs: u64,
}

/// A command on its way into the feed, to be given its words.
#[derive(Debug)]
pub struct Propagated<'a>(Option<&'a mut Unit>);

impl Propagated<'_> {
    /// Adds a word.
    pub fn word(self, word: impl AsRef<[u8]>) -> Self {
        self.words(core::iter::once(word))
    }

    /// Adds words.
    pub fn words(mut self, words: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        if let Some(unit) = &mut self.0 {
            words.into_iter().for_each(|word| unit.push(word.as_ref()));
        }
        self
    }

    /// Adds a number.
    pub fn int(self, number: i64) -> Self {
        self.word(itoa::Buffer::new().format(number))
    }

    /// Adds a count.
    pub fn count(self, count: usize) -> Self {
        self.int(count as i64)
    }

    /// Adds a count, if one is said.
    pub fn counts(self, count: Option<usize>) -> Self {
        match count {
            Some(count) => self.count(count),
            None => self,
        }
    }

    /// Adds the id of a stream's entry.
    pub fn id(mut self, id: Id) -> Self {
        if let Some(unit) = &mut self.0 {
            id.with_text(|text| unit.push(text));
        }
        self
    }
}

impl Call<'_> {
    /// Has a command propagated in the place of the call's own words; said several times, several.
    pub fn propagates(&mut self, name: &str) -> Propagated<'_> {
        self.says_what = true;
        if !self.server.feed.is_read() {
            return Propagated(None);
        }
        self.see_departures();
        let unit = &mut self.server.feed.unit;
        unit.begin(self.db.index());
        Propagated(Some(unit)).word(name)
    }

    /// Has the call propagated with some of its words exchanged, or added behind the last one.
    pub fn propagates_with<W: AsRef<[u8]>>(&mut self, exchanged: &[(usize, W)]) {
        let args = self.args;
        let word = |place: usize| {
            let exchanged = exchanged.iter().find(|(exchanged, _)| *exchanged == place);
            exchanged.map(|(_, word)| word.as_ref()).or_else(|| args.get(place))
        };
        let name = word(0).and_then(|name| core::str::from_utf8(name).ok()).unwrap_or(self.command.name);
        self.propagates(name).words((1..).map_while(word));
    }

    /// Has what the call did propagated, once its handler is through: `changed` tells whether that is anything.
    pub(super) fn propagate(&mut self, changed: bool) {
        let is_itself = if self.command.has(flag::ALWAYS) { !self.has_failed } else { changed };
        let is_itself = is_itself && !self.says_what && is_propagated(self.command);
        // Keys that a command comes upon at random go one by one.
        if is_itself || !comes_upon_keys(self.command) {
            self.see_departures();
        }
        if is_itself {
            let unit = &mut self.server.feed.unit;
            unit.begin(self.db.index());
            Propagated(Some(unit)).words(self.args.iter());
        }
        // Where the unit will begin is known, and all of it is made durable at once.
        if self.server.feed.mark() > 0 {
            self.session.written = self.server.fed() + 1;
        }
    }

    /// Has those keys and fields removed that went by themselves until now.
    fn see_departures(&mut self) {
        let Server { feed, config, .. } = &mut *self.server;
        let changes = self.db.keyspace().changes();
        changes.iter().skip(feed.seen).for_each(|change| feed.unit.depart(change, config));
        feed.seen = changes.len();
    }
}

/// Whether calls of a command are propagated in their own words if they change something. What administrators look
/// into and change is their own store.
const fn is_propagated(command: &Command) -> bool {
    !command.has(flag::EFFECTS) && (command.has(flag::WRITE) || !command.has(flag::ADMIN))
}

/// Whether a command asks for no key of its own: SCAN, RANDOMKEY.
const fn comes_upon_keys(command: &Command) -> bool {
    command.has(flag::READONLY) && command.keys.is_empty()
}

impl Feed {
    /// How many commands the unit has by now: with [`cut`](Self::cut), a way back.
    pub(super) const fn mark(&self) -> usize {
        self.unit.commands.len()
    }

    /// Forgets the unit's commands since a mark.
    pub(super) fn cut(&mut self, mark: usize) {
        if let Some(&(_, first)) = self.unit.commands.get(mark) {
            self.unit.commands.truncate(mark);
            self.unit.words.truncate(first);
        }
    }

    /// Whether anybody reads it.
    #[inline]
    #[must_use]
    pub const fn is_read(&self) -> bool {
        !self.is_muted && (self.aof.is_some() || self.follower.is_some())
    }

    /// Hands what a unit of execution comes to out to the readers. `changes` are all of the unit's.
    pub(super) fn hand_out(&mut self, changes: &[Change], config: &Hot, now: Now) {
        let several = self.unit.commands.len() > 1;
        changes.iter().skip(mem::take(&mut self.seen)).for_each(|change| self.unit.depart(change, config));
        if let Some(stream) = &mut self.aof
            && config.aof_timestamp_enabled
            && !self.unit.commands.is_empty()
        {
            stream.stamp(now);
        }
        for stream in self.aof.iter_mut().chain(&mut self.follower) {
            stream.write(&self.unit, several);
        }
        self.unit.clear();
    }
}

impl Unit {
    fn begin(&mut self, db: usize) {
        self.commands.push((db, self.words.len()));
    }

    fn push(&mut self, word: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(word);
        self.words.push(Span { start, end: self.bytes.len() });
    }

    /// Adds the command that removes what went by itself, if that is what a change is.
    fn depart(&mut self, change: &Change, config: &Hot) {
        let is_lazy = match change.event {
            change::EXPIRED => config.lazyfree_lazy_expire,
            change::EVICTED => config.lazyfree_lazy_eviction,
            change::HEXPIRED => {
                self.begin(change.db);
                let command = Propagated(Some(self)).word("HDEL").word(&change.key);
                command.words(change.fields.iter());
                return;
            }
            _ => return,
        };
        self.begin(change.db);
        Propagated(Some(self)).word(if is_lazy { "UNLINK" } else { "DEL" }).word(&change.key);
    }

    /// The commands with their databases, in order.
    fn iter(&self) -> impl Iterator<Item = (usize, Args<'_>)> {
        let ends = self.commands.iter().skip(1).map(|&(_, first)| first).chain([self.words.len()]);
        self.commands.iter().zip(ends).map(|(&(db, first), end)| {
            let words = self.words.get(first..end).unwrap_or_default();
            (db, Args::new(&self.bytes, words))
        })
    }

    fn clear(&mut self) {
        self.commands.clear();
        self.bytes.clear();
        self.words.clear();
    }
}

impl Stream {
    /// What the reader has not taken yet.
    #[must_use]
    pub fn waiting(&self) -> &[u8] {
        &self.bytes
    }

    /// The reader takes what there is.
    pub fn take(&mut self) -> Vec<u8> {
        mem::take(&mut self.bytes)
    }

    /// The reader begins anew, at no database: the next command is preceded by a SELECT.
    pub const fn begin_anew(&mut self) {
        self.db = None;
    }

    fn write(&mut self, unit: &Unit, is_wrapped: bool) {
        let Some(&(first_db, _)) = unit.commands.first() else { return };
        if is_wrapped {
            self.select(first_db);
            self.command(["MULTI"].iter());
        }
        for (db, args) in unit.iter() {
            self.select(db);
            self.command(args.iter());
        }
        if is_wrapped {
            self.command(["EXEC"].iter());
        }
    }

    /// Remarks on the time, if it is another second.
    fn stamp(&mut self, now: Now) {
        let secs = now.unix_us / 1_000_000;
        if self.stamped_secs != secs {
            self.stamped_secs = secs;
            self.bytes.extend_from_slice(alloc::format!("#TS:{secs}\r\n").as_bytes());
        }
    }

    fn select(&mut self, db: usize) {
        if self.db != Some(db) {
            self.db = Some(db);
            self.command([b"SELECT".as_slice(), itoa::Buffer::new().format(db).as_bytes()].iter());
        }
    }

    fn command<W: AsRef<[u8]>>(&mut self, words: impl ExactSizeIterator<Item = W>) {
        let mut out = Reply::new(&mut self.bytes, Protocol::Resp2);
        out.array(words.len());
        for word in words {
            out.bulk(word.as_ref());
        }
    }
}
