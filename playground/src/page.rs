//! One page: its terminals, what it browses, and its lesson. Several tabs are several pages of one playground.

use std::mem;

use redstart_engine::keyspace::Database;
use redstart_engine::machine::{ConnId, Now};

use crate::complete::complete;
use crate::console::{self, Typed};
use crate::course::Course;
use crate::debugger;
use crate::did::{Asked, Happened};
use crate::help::{help, topic};
use crate::hint::hint;
use crate::keys::{self, Changed};
use crate::playground::Shared;
use crate::session::{self, Act};
use crate::table;
use crate::terminal::{HAND, Terminal, is_typed_into};
use crate::timeline::Deed;
use crate::value::{self, Inspected};
use crate::view::{Assist, Browse, Entry, Line, Tell, Tone, Watched};
use crate::watch::Watch;

/// What one tab shows.
#[derive(Debug)]
pub struct Page {
    /// Its number.
    pub number: u32,
    /// Which lesson is open.
    pub course: Course,
    terminals: Vec<Terminal>,
    browse: Option<Browse>,
    /// The session that may be replayed, and how far that is.
    pub replay: (Vec<Act>, usize),
    inspect: Option<Inspected>,
    changed: Changed,
    /// The list of keys is not up to date.
    stale: bool,
    /// The inspected key may have changed.
    value_stale: bool,
    /// The list of many keys is not made anew before then, on the page's monotonic clock, in microseconds.
    rests_until_us: u64,
    watch: Option<Watch>,
    /// What it is to be told.
    tells: Vec<Tell>,
}

/// How long the list of keys rests for each key in it, in microseconds, so that it takes no more than a part of the time.
const REST_US: u64 = 5;

/// The list of so few keys never rests.
const RESTLESS_MAX: usize = 10_000;

/// What is said of a line that was asked for twice, as its first answer was lost.
const UNKNOWN: &str = "Outcome unknown: the tab that ran it was closed before it answered. Look at the data before you run it again.";

impl Page {
    /// A page without terminals.
    #[must_use]
    pub fn new(number: u32) -> Self {
        Self {
            number,
            course: Course::default(),
            terminals: Vec::new(),
            browse: None,
            inspect: None,
            replay: (Vec::new(), 0),
            changed: Changed::default(),
            stale: false,
            value_stale: false,
            rests_until_us: 0,
            watch: None,
            tells: Vec::new(),
        }
    }

    /// Adds to what it is to be told.
    pub fn tell(&mut self, tell: Tell) {
        self.tells.push(tell);
    }

    /// Takes what it is to be told.
    pub fn take_tells(&mut self) -> Vec<Tell> {
        mem::take(&mut self.tells)
    }

    /// Connects a terminal.
    pub fn open(&mut self, shared: &mut Shared, now: Now, number: u32) {
        self.close(shared, now, number);
        let mut terminal = Terminal::open(number, &mut shared.store, now);
        prompt(&mut terminal, shared, &mut self.tells, false);
        self.terminals.push(terminal);
    }

    /// Disconnects a terminal.
    pub fn close(&mut self, shared: &mut Shared, now: Now, number: u32) {
        if let Some(place) = self.place(number) {
            self.terminals.remove(place).disconnect(&mut shared.store, now);
        }
    }

    /// Disconnects all of them.
    pub fn leave(&mut self, shared: &mut Shared, now: Now) {
        self.terminals.iter_mut().for_each(|terminal| terminal.disconnect(&mut shared.store, now));
    }

    /// Gives every terminal that is typed into a new connection.
    pub fn renew(&mut self, shared: &mut Shared, now: Now) {
        for terminal in self.terminals.iter_mut().filter(|terminal| is_typed_into(terminal.number)) {
            terminal.renew(&mut shared.store, now);
            prompt(terminal, shared, &mut self.tells, false);
        }
    }

    /// Chooses a terminal's protocol.
    pub fn speak(&mut self, shared: &mut Shared, now: Now, number: u32, resp3: bool) {
        if let Some(place) = self.place(number)
            && let Some(terminal) = self.terminals.get_mut(place)
        {
            terminal.speak(&mut shared.store, now, resp3);
            prompt(terminal, shared, &mut self.tells, false);
        }
    }

    /// Shows the prompt, behind what came of the lines before.
    pub fn prompt(&mut self, shared: &Shared, number: u32) {
        if let Some(terminal) = self.terminals.iter_mut().find(|terminal| terminal.number == number) {
            prompt(terminal, shared, &mut self.tells, true);
        }
    }

    /// Does what one line asks for.
    pub fn line(&mut self, shared: &mut Shared, now: Now, number: u32, text: &str, again: bool) {
        let Some(place) = self.place(number) else { return };
        let Some(terminal) = self.terminals.get_mut(place) else { return };
        let mut tell = |terminal: &mut Terminal, shared: &Shared, tell| {
            terminal.show(&shared.store, tell, &mut self.tells);
        };
        let mut entry =
            Entry { prompt: terminal.prompt(&shared.store), text: String::from(text), ..Entry::default() };
        let typed = match terminal.debugs(&shared.store) {
            true => console::read_for_debugger(text),
            false => console::read(text),
        };
        match typed {
            Typed::Nothing => {}
            Typed::Wrong(what) => entry.lines.push(Line::new(what, Tone::Error)),
            Typed::Help(words) => (entry.lines, entry.page) = (help(&words), topic(&words)),
            Typed::Clear => return tell(terminal, shared, Tell::Clear { terminal: number }),
            Typed::Connect => terminal.renew(&mut shared.store, now),
            Typed::Quit => {
                terminal.disconnect(&mut shared.store, now);
                tell(terminal, shared, Tell::Entry { terminal: number, entry });
                return tell(terminal, shared, Tell::Closed { terminal: number });
            }
            Typed::Command { argv, .. } if again && !shared.only_reads(&argv) => {
                entry.lines.push(Line::new(UNKNOWN, Tone::Error));
            }
            Typed::Command { argv, times } => {
                let (debugs, db) = (terminal.debugs(&shared.store), terminal.state(&shared.store).0);
                let asked = Asked::of(&shared.store, terminal.conn(), db, &argv, now.unix_ms());
                let ran = terminal.run(&mut shared.store, now, &argv, times, shared.meter);
                let happened = Happened::to(&mut shared.store);
                let did =
                    asked.did(&shared.store, terminal.conn(), &happened, now.unix_ms()).filter(|_| !debugs);
                let deed = Deed::Line {
                    terminal: number,
                    text: String::from(text),
                    dbs: (db, terminal.state(&shared.store).0),
                    answers: ran.answers,
                };
                let (step, dropped) = match is_typed_into(number) || !happened.changes.is_empty() {
                    true => shared.record(deed, now, now, happened),
                    false => (None, 0),
                };
                let did = did.map(Box::new);
                entry = Entry { prompt: entry.prompt, text: entry.text, step, did, ..ran.entry };
                tell(terminal, shared, Tell::Entry { terminal: number, entry });
                for entry in ran.unasked.into_iter().chain(forked(dropped)) {
                    tell(terminal, shared, Tell::Entry { terminal: number, entry });
                }
                return;
            }
        }
        tell(terminal, shared, Tell::Entry { terminal: number, entry });
    }

    /// Says something in a terminal.
    pub fn remark(&mut self, shared: &Shared, number: u32, text: String) {
        if let Some(terminal) = self.terminals.iter_mut().find(|terminal| terminal.number == number) {
            let entry = Entry { lines: vec![Line::new(text, Tone::Dim)], ..Entry::default() };
            terminal.show(&shared.store, Tell::Entry { terminal: number, entry }, &mut self.tells);
        }
    }

    /// Says in the first terminal what buttons did: nobody pressed one here.
    pub fn remark_of_hand(&mut self, shared: &Shared, text: &str) {
        let typed_into =
            self.terminals.iter().map(|terminal| terminal.number).filter(|it| is_typed_into(*it));
        if let Some(first) = typed_into.min() {
            self.remark(shared, first, session::typed_line(HAND, text));
        }
    }

    /// Gives what was done in this session as text.
    pub fn tell_session(&mut self, shared: &Shared) {
        let (script, transcript) = (session::script(&shared.timeline), session::transcript(&shared.timeline));
        self.tells.push(Tell::Session { script, transcript });
    }

    /// Looks what a session would do, and keeps it to be replayed.
    pub fn offer(&mut self, shared: &Shared, text: &str) {
        let acts = session::read(text);
        let problem = acts.as_ref().err().cloned();
        self.replay = (acts.unwrap_or_default(), 0);
        let view =
            problem.is_none().then(|| session::offer(&self.replay.0, shared.store.engine().keyspace()));
        self.tells.push(Tell::Offer { view, problem });
    }

    /// Gives every terminal, and the hand if it is needed, a new connection, in this database.
    pub fn renew_in(&mut self, shared: &mut Shared, now: Now, db: usize, with_hand: bool) {
        if with_hand && self.place(HAND).is_none() {
            self.open(shared, now, HAND);
        }
        let is_meant = |number| is_typed_into(number) || with_hand && number == HAND;
        for terminal in self.terminals.iter_mut().filter(|terminal| is_meant(terminal.number)) {
            terminal.renew_in(&mut shared.store, now, db);
            prompt(terminal, shared, &mut self.tells, false);
        }
    }

    /// What a text that is being typed may become.
    #[must_use]
    pub fn assist(&self, shared: &Shared, now: Now, number: u32, text: &str, cursor: usize) -> Assist {
        let before = &text[..byte_offset(text, cursor)];
        let terminal = self.place(number).and_then(|place| self.terminals.get(place));
        if terminal.is_some_and(|terminal| terminal.debugs(&shared.store)) {
            return debugger::assist(before);
        }
        let db = terminal.map_or(0, |terminal| terminal.state(&shared.store).0);
        let keyspace = shared.store.engine().keyspace();
        let names = |start: &str| keys::beginning_with(keyspace, now.unix_ms(), db, start, 20);
        let (start, completions) = complete(before, names);
        let words: Vec<Vec<u8>> = text.split_whitespace().map(|word| word.as_bytes().to_vec()).collect();
        let command = table::find(&words).map(|(command, _)| command);
        Assist {
            hint: if before.len() == text.len() { hint(text) } else { String::new() },
            start: before.get(..start).unwrap_or_default().encode_utf16().count(),
            completions,
            command: command.map_or_else(String::new, table::full_name),
            summary: command.map_or_else(String::new, |command| command.summary.into()),
        }
    }

    /// Shows other keys.
    pub fn browse(&mut self, browse: Browse) {
        self.browse = Some(browse);
        self.stale = true;
        self.rests_until_us = 0;
    }

    /// Shows another value.
    pub fn inspect(&mut self, shared: &Shared, now: Now, inspect: Option<Inspected>) {
        self.inspect = inspect;
        self.tell_value(shared, now);
    }

    /// Tells something else as it happens.
    pub fn watch(&mut self, what: Option<Watched>) {
        self.watch = what.map(Watch::open);
    }

    /// Tells what it watches.
    pub fn tell_watched(&mut self, shared: &mut Shared, now: Now) {
        let page_now = shared.clock.page();
        let watch = self.watch.as_mut();
        self.tells.extend(watch.and_then(|watch| watch.look(&mut shared.store, now, page_now)));
    }

    /// How long until there may be something to tell of by itself, in milliseconds of the page's time.
    #[must_use]
    pub fn wait_ms(&self, now: Now) -> f64 {
        let rests = self.rests_until_us.saturating_sub(now.mono_us) as f64 / 1000.0;
        let rest = if self.stale { rests } else { f64::INFINITY };
        self.watch.as_ref().map_or(rest, |watch| watch.wait_ms(now).min(rest))
    }

    /// Shows what came to the terminals.
    pub fn hear(&mut self, shared: &mut Shared, now: Now) {
        for terminal in &mut self.terminals {
            terminal.release(&shared.store, &mut self.tells);
            for entry in terminal.unasked(&mut shared.store, now) {
                if is_typed_into(terminal.number) {
                    let lines = entry.lines.iter().map(|line| line.text.clone()).collect();
                    shared.timeline.hear(terminal.number, lines);
                }
                let tell = Tell::Entry { terminal: terminal.number, entry };
                terminal.show(&shared.store, tell, &mut self.tells);
            }
        }
    }

    /// The server ended a connection; tells whether it was one of this page's.
    pub fn end(&mut self, shared: &mut Shared, now: Now, conn: ConnId) -> bool {
        let Some(terminal) = self.terminals.iter_mut().find(|terminal| terminal.conn() == Some(conn)) else {
            return false;
        };
        if let Some(entry) = terminal.leave_debugger(&mut shared.store, now) {
            let tell = Tell::Entry { terminal: terminal.number, entry };
            terminal.show(&shared.store, tell, &mut self.tells);
            prompt(terminal, shared, &mut self.tells, false);
            return true;
        }
        terminal.end(&mut shared.store, now);
        let tell = Tell::Closed { terminal: terminal.number };
        terminal.show(&shared.store, tell, &mut self.tells);
        true
    }

    /// Shows where scripts stand that are debugged.
    pub fn tell_scripts(&mut self, shared: &Shared) {
        for terminal in &mut self.terminals {
            if let Some(view) = terminal.debug_news(&shared.store) {
                let tell = Tell::Debug { terminal: terminal.number, view };
                terminal.show(&shared.store, tell, &mut self.tells);
                prompt(terminal, shared, &mut self.tells, false);
                // What a script writes is there before it is told.
                (self.stale, self.value_stale) = (true, true);
            }
        }
    }

    /// Keys changed, or anything did.
    pub fn note(&mut self, keys: &[(usize, Vec<u8>)]) {
        self.changed.extend(keys.iter().cloned());
        (self.stale, self.value_stale) = (true, true);
    }

    /// Looks whether steps of its lesson are done; tells whether any is.
    #[must_use]
    pub fn check(&mut self, shared: &mut Shared, now: Now) -> bool {
        self.course.check(&mut shared.progress, &mut shared.store, now)
    }

    /// Shows the key browser and the inspected key again if something changed.
    pub fn tell_keys(&mut self, shared: &Shared, now: Now) {
        if mem::take(&mut self.value_stale) {
            self.tell_value(shared, now);
        }
        let page_us = shared.clock.page().mono_us;
        if !self.stale || page_us < self.rests_until_us {
            return;
        }
        self.stale = false;
        if let Some(browse) = &self.browse {
            let keyspace = shared.store.engine().keyspace();
            let view = keys::view(keyspace, now.unix_ms(), browse, &self.changed);
            let keys = keyspace.databases().get(browse.db).map_or(0, Database::len);
            let rest_us = if keys > RESTLESS_MAX { keys as u64 * REST_US } else { 0 };
            self.rests_until_us = page_us + rest_us;
            self.tells.push(Tell::Keys { view });
        }
        self.changed.clear();
    }

    /// Shows the inspected key.
    fn tell_value(&mut self, shared: &Shared, now: Now) {
        if let Some(inspected) = &self.inspect {
            let view = value::value(shared.store.engine().keyspace(), now, inspected);
            self.tells.push(Tell::Value { view });
        }
    }

    /// Shows the open lesson.
    pub fn tell_lesson(&mut self, shared: &Shared) {
        let (view, lessons) = (self.course.view(&shared.progress), shared.progress.cards());
        self.tells.push(Tell::Lesson { view, lessons, problem: self.course.problem() });
    }

    fn place(&self, number: u32) -> Option<usize> {
        self.terminals.iter().position(|terminal| terminal.number == number)
    }
}

/// What is said when the store's past gets another future.
fn forked(dropped: usize) -> Option<Entry> {
    let commands =
        if dropped == 1 { "The step that was undone is" } else { "The steps that were undone are" };
    let line = Line::new(format!("{commands} dropped: the session goes on from here."), Tone::Dim);
    (dropped > 0).then(|| Entry { lines: vec![line], ..Entry::default() })
}

fn prompt(terminal: &mut Terminal, shared: &Shared, tells: &mut Vec<Tell>, answers: bool) {
    let (prompt, resp3) = (terminal.prompt(&shared.store), terminal.state(&shared.store).1);
    let tell = Tell::Prompt { terminal: terminal.number, prompt, resp3, answers };
    terminal.show(&shared.store, tell, tells);
}

/// The byte offset of so many UTF-16 units, or the text's end.
fn byte_offset(text: &str, units: usize) -> usize {
    let mut passed = 0;
    for (offset, letter) in text.char_indices() {
        if passed >= units {
            return offset;
        }
        passed += letter.len_utf16();
    }
    text.len()
}
