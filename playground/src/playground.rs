//! The playground: what the page asks goes in, what it is to show comes out.
//!
//! It owns a store, its terminals, the course and the history, and no clock: every call brings the time, and
//! [`Playground::wait_ms`] tells when the next one is due at the latest. After everything that may have changed
//! the store, `follow` looks what follows: ended connections, messages, the key browser, the lesson.

use std::mem;

use redstart_engine::keyspace::change::Class;
use redstart_engine::machine::{Now, Why};
use redstart_engine::persistence::image;

use crate::complete::complete;
use crate::console::{self, Typed, encode};
use crate::course::Course;
use crate::debugger;
use crate::help::help;
use crate::hint::hint;
use crate::history::History;
use crate::keys::{self, Browse, Changed};
use crate::lessons::Look;
use crate::store::{self, Store};
use crate::table;
use crate::terminal::Terminal;
use crate::view::{Ask, Assist, Bytes, Entry, Line, Tell, Tone};

/// What is kept besides the data.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Notes {
    /// Lines that were typed.
    pub history: Vec<String>,
    /// Steps done of each lesson.
    pub done: Vec<usize>,
}

/// Everything behind the page.
#[derive(Debug)]
pub struct Playground {
    store: Store,
    terminals: Vec<Terminal>,
    browse: Option<Browse>,
    inspect: Option<(usize, Vec<u8>)>,
    changed: Changed,
    /// The key browser is not up to date.
    stale: bool,
    course: Course,
    history: History,
    /// The data changed since it was last written.
    data_unsaved: bool,
    /// Progress or history did.
    notes_unsaved: bool,
    /// Microseconds of some clock, to say how long commands took. Nothing else depends on it.
    meter: fn() -> f64,
}

/// How long the engine may be left alone, in milliseconds, when no key expires.
const ROUND_MS: f64 = 1000.0;

impl Playground {
    /// An empty one; `seed` decides every random choice of its store.
    #[must_use]
    pub fn new(seed: u64, now: Now, meter: fn() -> f64) -> Self {
        Self {
            store: store::open(seed, now),
            terminals: Vec::new(),
            browse: None,
            inspect: None,
            changed: Changed::default(),
            stale: false,
            course: Course::default(),
            history: History::default(),
            data_unsaved: false,
            notes_unsaved: false,
            meter,
        }
    }

    /// Brings back what was kept. An image that can't be read leaves the store empty, and is said to be set aside;
    /// the error tells the caller to do so.
    pub fn restore(
        &mut self,
        now: Now,
        image: Option<&[u8]>,
        notes: Notes,
    ) -> (Vec<Tell>, Result<(), image::ImageError>) {
        self.history = History::of(notes.history);
        self.course = Course::of(&notes.done);
        let loaded = image.map_or(Ok(0), |image| image::load(self.store.engine_mut(), now, image));
        let mut tells = vec![Tell::Ready {
            version: env!("CARGO_PKG_VERSION"),
            commands: table::count(),
            restored_keys: *loaded.as_ref().unwrap_or(&0),
            lessons: self.course.cards(),
            history: self.history.lines().to_vec(),
        }];
        if let Err(error) = &loaded {
            let error = Some(format!(
                "The data of your last visit could not be read ({error}). It is set aside, \
                and the store starts empty."
            ));
            tells.push(Tell::Saved { at: now.unix_ms() as f64, bytes: 0, error });
        }
        (tells, loaded.map(drop))
    }

    /// Whether there is data to be written.
    #[must_use]
    pub const fn data_unsaved(&self) -> bool {
        self.data_unsaved
    }

    /// Whether there are notes to be written.
    #[must_use]
    pub const fn notes_unsaved(&self) -> bool {
        self.notes_unsaved
    }

    /// The data as bytes for [`Playground::restore`]; from now on it counts as written.
    pub fn image(&mut self, now: Now) -> Vec<u8> {
        self.data_unsaved = false;
        image::write(self.store.engine().keyspace(), now.unix_ms())
    }

    /// The notes for [`Playground::restore`]; from now on they count as written.
    pub fn notes(&mut self) -> Notes {
        self.notes_unsaved = false;
        Notes { history: self.history.lines().to_vec(), done: self.course.done() }
    }

    /// Writing failed: it must be tried again.
    pub const fn write_failed(&mut self) {
        self.data_unsaved = true;
        self.notes_unsaved = true;
    }

    /// Does what the page asks.
    pub fn ask(&mut self, now: Now, ask: Ask) -> Vec<Tell> {
        let mut tells = Vec::new();
        match ask {
            Ask::Open { terminal } => self.open(now, terminal, &mut tells),
            Ask::Close { terminal } => self.close(now, terminal),
            Ask::Submit { terminal, text } => self.submit(now, terminal, &text, &mut tells),
            Ask::Edit { terminal, text, cursor } => {
                let assist = self.assist(now, terminal, &text, cursor);
                return vec![Tell::Assist { terminal, text, assist }];
            }
            Ask::Resp3 { terminal, on } => {
                if let Some(place) = self.place(terminal)
                    && let Some(terminal) = self.terminals.get_mut(place)
                {
                    terminal.speak(&mut self.store, now, on);
                    tells.push(prompt(&self.store, terminal));
                }
            }
            Ask::Browse { db, pattern, limit } => {
                self.browse = Some(Browse { db, pattern, limit });
                self.stale = true;
            }
            Ask::Inspect { db, key } => {
                self.inspect = key.map(|Bytes(key)| (db, key));
                self.tell_value(now, &mut tells);
            }
            Ask::Lesson { number } => {
                self.course.open(number);
                self.tell_lesson(&mut tells);
            }
            Ask::RestartLesson => self.restart_lesson(now, &mut tells),
            Ask::Hint => {
                self.course.hint();
                self.tell_lesson(&mut tells);
            }
            Ask::Erase => self.erase(now, &mut tells),
        }
        self.follow(now, &mut tells);
        self.tell_keys(now, &mut tells);
        tells
    }

    /// Time passed.
    pub fn tick(&mut self, now: Now) -> Vec<Tell> {
        let mut tells = Vec::new();
        self.store.tick(now);
        self.follow(now, &mut tells);
        self.tell_keys(now, &mut tells);
        tells
    }

    /// How long until the next [`Playground::tick`] at the latest, in milliseconds.
    #[must_use]
    pub fn wait_ms(&self, now: Now) -> f64 {
        let expiry = self.store.engine().keyspace().earliest_ms();
        let expiry = expiry.map_or(f64::INFINITY, |when| when as f64 - now.unix_us as f64 / 1000.0);
        let deadline = self.store.engine().deadline();
        if deadline.why == Why::Script && deadline.mono_us <= now.mono_us {
            return 0.0;
        }
        expiry.clamp(0.0, ROUND_MS)
    }

    fn open(&mut self, now: Now, number: u32, tells: &mut Vec<Tell>) {
        self.close(now, number);
        let terminal = Terminal::open(number, &mut self.store, now);
        tells.push(prompt(&self.store, &terminal));
        self.terminals.push(terminal);
    }

    fn close(&mut self, now: Now, number: u32) {
        if let Some(place) = self.place(number) {
            self.terminals.remove(place).disconnect(&mut self.store, now);
        }
    }

    fn submit(&mut self, now: Now, number: u32, text: &str, tells: &mut Vec<Tell>) {
        let Some(place) = self.place(number) else { return };
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            self.notes_unsaved |= self.history.add(line);
            self.line(now, place, line, tells);
            self.follow(now, tells);
        }
        if let Some(terminal) = self.terminals.get(place) {
            tells.push(prompt(&self.store, terminal));
        }
    }

    /// Does what one line asks for.
    fn line(&mut self, now: Now, place: usize, text: &str, tells: &mut Vec<Tell>) {
        let Some(terminal) = self.terminals.get_mut(place) else { return };
        let number = terminal.number;
        let mut entry =
            Entry { prompt: terminal.prompt(&self.store), text: String::from(text), ..Entry::default() };
        let typed = match terminal.debugs(&self.store) {
            true => console::read_for_debugger(text),
            false => console::read(text),
        };
        match typed {
            Typed::Nothing => {}
            Typed::Wrong(what) => entry.lines.push(Line::new(what, Tone::Error)),
            Typed::Help(words) => entry.lines = help(&words),
            Typed::Clear => return tells.push(Tell::Clear { terminal: number }),
            Typed::Connect => terminal.renew(&mut self.store, now),
            Typed::Quit => {
                terminal.disconnect(&mut self.store, now);
                tells.push(Tell::Entry { terminal: number, entry });
                return tells.push(Tell::Closed { terminal: number });
            }
            Typed::Command { argv, times } => {
                let ran = terminal.run(&mut self.store, now, &argv, times, self.meter);
                entry = Entry { prompt: entry.prompt, text: entry.text, ..ran.entry };
                tells.push(Tell::Entry { terminal: number, entry });
                let unasked = ran.unasked.into_iter().map(|entry| Tell::Entry { terminal: number, entry });
                return tells.extend(unasked);
            }
        }
        tells.push(Tell::Entry { terminal: number, entry });
    }

    fn assist(&self, now: Now, number: u32, text: &str, cursor: usize) -> Assist {
        let before = &text[..byte_offset(text, cursor)];
        let db = self.place(number).and_then(|place| self.terminals.get(place));
        let db = db.map_or(0, |terminal| terminal.state(&self.store).0);
        if self.place(number).is_some_and(|at| self.terminals[at].debugs(&self.store)) {
            return debugger::assist(before);
        }
        let keyspace = self.store.engine().keyspace();
        let names = |start: &str| keys::beginning_with(keyspace, now.unix_ms(), db, start, 20);
        let (start, completions) = complete(before, names);
        let words: Vec<Vec<u8>> = text.split_whitespace().map(|word| word.as_bytes().to_vec()).collect();
        Assist {
            hint: if before.len() == text.len() { hint(text) } else { String::new() },
            start: before.get(..start).unwrap_or_default().encode_utf16().count(),
            completions,
            summary: table::find(&words).map_or_else(String::new, |(command, _)| command.summary.into()),
        }
    }

    /// Removes the open lesson's keys, gives every terminal a new connection, and begins at the first step.
    fn restart_lesson(&mut self, now: Now, tells: &mut Vec<Tell>) {
        let Some(lesson) = self.course.lesson() else { return };
        self.remove_keys(now, lesson.keys);
        for terminal in &mut self.terminals {
            terminal.renew(&mut self.store, now);
            tells.push(prompt(&self.store, terminal));
        }
        self.course.restart();
        self.notes_unsaved = true;
        self.tell_lesson(tells);
    }

    /// Removes the keys that match a pattern from every database.
    fn remove_keys(&mut self, now: Now, patterns: &[&str]) {
        let mut requests = Vec::new();
        for (db, database) in self.store.engine().keyspace().databases().iter().enumerate() {
            let mut del = vec![b"DEL".to_vec()];
            let is_meant = |key: &[u8]| {
                patterns.iter().any(|pattern| redstart_engine::glob::matches(pattern.as_bytes(), key, false))
            };
            del.extend(database.iter().filter(|entry| is_meant(entry.key)).map(|entry| entry.key.to_vec()));
            if del.len() > 1 {
                requests.push(vec![b"SELECT".to_vec(), db.to_string().into_bytes()]);
                requests.push(del);
            }
        }
        self.say(now, &requests);
    }

    fn erase(&mut self, now: Now, tells: &mut Vec<Tell>) {
        self.say(now, &[vec![b"FLUSHALL".to_vec()]]);
        self.history = History::default();
        let open = self.course.view().map_or(0, |view| view.card.number);
        self.course = Course::default();
        self.course.open(open);
        self.data_unsaved = true;
        self.notes_unsaved = true;
        self.tell_lesson(tells);
    }

    /// Runs commands on a connection of their own.
    fn say(&mut self, now: Now, requests: &[Vec<Vec<u8>>]) {
        let conn = self.store.connect(now);
        for request in requests {
            self.store.ask(now, conn, &encode(request));
        }
        self.store.disconnect(now, conn);
    }

    /// Sees to what follows from what just happened.
    fn follow(&mut self, now: Now, tells: &mut Vec<Tell>) {
        for terminal in &self.terminals {
            let unasked = terminal.unasked(&mut self.store, now);
            tells.extend(unasked.into_iter().map(|entry| Tell::Entry { terminal: terminal.number, entry }));
        }
        for conn in self.store.take_ended() {
            if let Some(terminal) = self.terminals.iter_mut().find(|terminal| terminal.conn() == Some(conn)) {
                if let Some(entry) = terminal.leave_debugger(&mut self.store, now) {
                    tells.push(Tell::Entry { terminal: terminal.number, entry });
                    tells.push(prompt(&self.store, terminal));
                } else {
                    terminal.disconnect(&mut self.store, now);
                    tells.push(Tell::Closed { terminal: terminal.number });
                }
            }
        }
        for terminal in &mut self.terminals {
            if let Some(view) = terminal.debug_news(&self.store) {
                tells.push(Tell::Debug { terminal: terminal.number, view });
                tells.push(prompt(&self.store, terminal));
                // What a script writes is there before it is told.
                self.stale = true;
            }
        }
        let engine = self.store.engine_mut();
        let changes = engine.take_changes();
        if !changes.is_empty() {
            self.data_unsaved = true;
            let of_keys = changes.into_iter().filter(|change| change.event.class != Class::Database);
            self.changed.extend(of_keys.map(|change| (change.db, change.key.to_vec())));
            self.stale = true;
        }
        let engine = self.store.engine();
        let look = Look { keyspace: engine.keyspace(), sessions: engine.sessions(), now_ms: now.unix_ms() };
        if self.course.check(&look) {
            self.notes_unsaved = true;
            self.tell_lesson(tells);
        }
    }

    /// Shows the key browser and the inspected key again if something changed.
    fn tell_keys(&mut self, now: Now, tells: &mut Vec<Tell>) {
        if !mem::take(&mut self.stale) {
            return;
        }
        self.tell_value(now, tells);
        if let Some(browse) = &self.browse {
            let keyspace = self.store.engine().keyspace();
            let view = keys::view(keyspace, now.unix_ms(), browse, &self.changed);
            tells.push(Tell::Keys { view });
        }
        self.changed.clear();
    }

    fn tell_value(&self, now: Now, tells: &mut Vec<Tell>) {
        let keyspace = self.store.engine().keyspace();
        if let Some((db, key)) = &self.inspect {
            let view = keys::value(keyspace, now.unix_ms(), *db, key, &self.changed);
            tells.push(Tell::Value { view });
        }
    }

    fn tell_lesson(&self, tells: &mut Vec<Tell>) {
        tells.push(Tell::Lesson { view: self.course.view(), lessons: self.course.cards() });
    }

    fn place(&self, number: u32) -> Option<usize> {
        self.terminals.iter().position(|terminal| terminal.number == number)
    }
}

fn prompt(store: &Store, terminal: &Terminal) -> Tell {
    let resp3 = terminal.state(store).1;
    Tell::Prompt { terminal: terminal.number, prompt: terminal.prompt(store), resp3 }
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
