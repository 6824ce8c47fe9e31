//! One terminal: a client with a connection, which comes and goes as redis-cli's does.
//!
//! A command runs when it is typed, and so do those that were pasted with it. Its reply is written by then, but may have to
//! wait until the append-only file is: until then what there is to show stays here.

use redstart_engine::machine::{ConnId, Now};
use redstart_engine::observe::Look;
use redstart_engine::reply::Protocol;
use redstart_engine::resp::read::{Value, read};
use redstart_engine::session::Outbox;

use crate::console::encode;
use crate::debugger;
use crate::lessons::TERMINALS;
use crate::print::{print, print_push};
use crate::store::Store;
use crate::view::{Bytes, DebugView, Entry, Line, Tell, Tone};

/// A client that somebody types into.
#[derive(Debug)]
pub struct Terminal {
    /// Its number on the page.
    pub number: u32,
    conn: Option<ConnId>,
    /// What the next connection begins with.
    db: usize,
    resp3: bool,
    /// Bytes that wait for the connection and were looked at.
    seen: usize,
    /// What is to be shown when replies may leave.
    held: Vec<Tell>,
    /// The script that it debugs, as the page knows it.
    debug: Option<DebugView>,
}

/// The client of the page's buttons: of what they change in the key browser above all.
pub const HAND: u32 = 10;

/// Whether a terminal of this number is one that somebody types into. Others are the clients of buttons and panels: what they
/// run is not in the history, and on the timeline only if it changes something.
#[must_use]
pub const fn is_typed_into(number: u32) -> bool {
    (number as usize) < TERMINALS.len()
}

const CLOSED: &str = "Error: Server closed the connection";

impl Terminal {
    /// A terminal with a connection.
    #[must_use]
    pub fn open(number: u32, store: &mut Store, now: Now) -> Self {
        Self {
            number,
            conn: Some(store.connect(now)),
            db: 0,
            resp3: false,
            seen: 0,
            held: Vec::new(),
            debug: None,
        }
    }

    /// Its connection, if there is one.
    #[must_use]
    pub const fn conn(&self) -> Option<ConnId> {
        self.conn
    }

    /// Ends its connection.
    pub fn disconnect(&mut self, store: &mut Store, now: Now) {
        if let Some(conn) = self.conn.take() {
            store.disconnect(now, conn);
        }
        self.seen = 0;
    }

    /// The server ended its connection: replies that waited are lost.
    pub fn end(&mut self, store: &mut Store, now: Now) {
        self.disconnect(store, now);
        for tell in &mut self.held {
            if let Tell::Entry { entry, .. } = tell {
                entry.lines = vec![Line::new(CLOSED, Tone::Error)];
                entry.reply = Bytes::default();
            }
        }
    }

    /// Begins anew: another connection, and nothing said on it.
    pub fn renew(&mut self, store: &mut Store, now: Now) {
        self.disconnect(store, now);
        let held = std::mem::take(&mut self.held);
        *self = Self { held, ..Self::open(self.number, store, now) };
    }

    /// The same, in a database.
    pub fn renew_in(&mut self, store: &mut Store, now: Now, db: usize) {
        self.renew(store, now);
        if let Some(conn) = self.conn {
            self.exchange(store, now, conn, &encode(&[b"SELECT".to_vec(), db.to_string().into_bytes()]));
        }
        self.db = db;
    }

    /// Shows something, behind what waits.
    pub fn show(&mut self, store: &Store, tell: Tell, tells: &mut Vec<Tell>) {
        self.held.push(tell);
        self.release(store, tells);
    }

    /// Shows what waited, if replies may leave.
    pub fn release(&mut self, store: &Store, tells: &mut Vec<Tell>) {
        if !self.outbox(store).is_some_and(Outbox::is_held) {
            tells.append(&mut self.held);
        }
    }

    fn outbox<'a>(&self, store: &'a Store) -> Option<&'a Outbox> {
        let session = self.conn.and_then(|conn| store.engine().sessions().get(conn));
        session.map(|session| &session.outbox)
    }

    /// Whether a script stands still in its debugger.
    #[must_use]
    pub fn debugs(&self, store: &Store) -> bool {
        self.conn.is_some_and(|conn| store.engine().watched(conn).is_some())
    }

    /// The script that it debugs, if that is not what the page knows.
    pub fn debug_news(&mut self, store: &Store) -> Option<Option<DebugView>> {
        let view = self.conn.and_then(|conn| store.engine().watched(conn)).map(debugger::view);
        if view == self.debug {
            return None;
        }
        self.debug.clone_from(&view);
        Some(view)
    }

    /// Its connection was that of a session of the debugger, which is over: another one takes its place.
    pub fn leave_debugger(&mut self, store: &mut Store, now: Now) -> Option<Entry> {
        let session = self.conn.and_then(|conn| store.engine().sessions().get(conn))?;
        session.debugs?;
        self.disconnect(store, now);
        self.connected(store, now);
        Some(Entry { lines: vec![Line::new(debugger::OVER, Tone::Dim)], ..Entry::default() })
    }

    /// The database that its commands work on, and whether it speaks RESP3; what a new connection would begin with,
    /// if there is none.
    #[must_use]
    pub fn state(&self, store: &Store) -> (usize, bool) {
        let session = self.conn.and_then(|conn| store.engine().sessions().get(conn));
        session.map_or((self.db, self.resp3), |session| (session.db, session.protocol == Protocol::Resp3))
    }

    /// What stands before the cursor.
    #[must_use]
    pub fn prompt(&self, store: &Store) -> String {
        if self.debugs(store) {
            return String::from(debugger::PROMPT);
        }
        let Some(session) = self.conn.and_then(|conn| store.engine().sessions().get(conn)) else {
            return String::from("not connected> ");
        };
        let db = if session.db == 0 { String::new() } else { format!("[{}]", session.db) };
        let transaction = if session.transaction.is_some() { "(TX)" } else { "" };
        format!("127.0.0.1:6379{db}{transaction}> ")
    }

    /// Chooses the protocol, silently.
    pub fn speak(&mut self, store: &mut Store, now: Now, resp3: bool) {
        self.resp3 = resp3;
        if let Some(conn) = self.conn {
            let version: &[u8] = if resp3 { b"3" } else { b"2" };
            self.exchange(store, now, conn, &encode(&[b"HELLO".to_vec(), version.to_vec()]));
        }
    }

    /// Runs a command so many times: what came of it, and what came besides.
    pub fn run(&mut self, store: &mut Store, now: Now, argv: &[Vec<u8>], times: u32, meter: Look) -> Ran {
        let mut ran = Ran::default();
        let conn = self.connected(store, now);
        let request = encode(argv);
        let start = meter();
        for _ in 0..times {
            let debugged = self.debugs(store);
            let (early, reply) = self.exchange(store, now, conn, &request);
            ran.unasked.extend(values(&early).into_iter().map(|(value, bytes)| message(&value, bytes)));
            let before = ran.entry.lines.len();
            ran.add(&request, &reply, argv, debugged || self.debugs(store));
            let answer = ran.entry.lines.iter().skip(before).map(|line| line.text.clone());
            ran.answers.push(answer.collect());
            if store.engine().sessions().get(conn).is_none() || store.is_ended(conn) {
                break;
            }
        }
        ran.entry.micros = meter().saturating_sub(start) as f64;
        (self.db, self.resp3) = self.state(store);
        let asked_for = argv.first().is_some_and(|name| name.eq_ignore_ascii_case(b"shutdown"));
        if store.is_ended(conn) && ran.entry.lines.is_empty() && !asked_for {
            ran.entry.lines.push(Line::new(CLOSED, Tone::Error));
        }
        ran
    }

    /// What came unasked.
    pub fn unasked(&mut self, store: &mut Store, now: Now) -> Vec<Entry> {
        let Some(conn) = self.conn else { return Vec::new() };
        let bytes = store.take(now, conn);
        let seen = self.seen.min(bytes.len());
        self.seen -= seen;
        let unseen = bytes.get(seen..).unwrap_or_default();
        let debugs = self.debug.is_some();
        let late = |(value, bytes): (Value, &[u8])| match debugger::lines(&value).filter(|_| debugs) {
            Some(lines) => Entry { lines, reply: Bytes(bytes.to_vec()), ..Entry::default() },
            None => message(&value, bytes),
        };
        values(unseen).into_iter().map(late).collect()
    }

    /// Sends a request; gives what had come before it, and what is written for it, even if that may not leave yet.
    fn exchange(&mut self, store: &mut Store, now: Now, conn: ConnId, request: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let before = self.outbox(store).map_or(0, Outbox::len);
        store.send(now, conn, request);
        let all = self.outbox(store).map_or(&[][..], Outbox::all);
        let early = all.get(self.seen..before).unwrap_or_default().to_vec();
        let reply = all.get(before..).unwrap_or_default().to_vec();
        self.seen = all.len();
        let taken = store.take(now, conn).len();
        self.seen -= taken.min(self.seen);
        (early, reply)
    }

    /// The connection; a new one begins where the last one was.
    fn connected(&mut self, store: &mut Store, now: Now) -> ConnId {
        if let Some(conn) = self.conn {
            return conn;
        }
        let conn = store.connect(now);
        self.conn = Some(conn);
        if self.resp3 {
            self.speak(store, now, true);
        }
        if self.db != 0 {
            let db = self.db.to_string().into_bytes();
            self.exchange(store, now, conn, &encode(&[b"SELECT".to_vec(), db]));
        }
        conn
    }
}

/// What came of a command.
#[derive(Debug, Default)]
pub struct Ran {
    /// Its replies.
    pub entry: Entry,
    /// What each of them prints.
    pub answers: Vec<Vec<String>>,
    /// Messages that came before or after them.
    pub unasked: Vec<Entry>,
}

impl Ran {
    fn add(&mut self, request: &[u8], reply: &[u8], argv: &[Vec<u8>], debugs: bool) {
        self.entry.request.0.extend_from_slice(request);
        let mut answered = false;
        for (value, bytes) in values(reply) {
            if let Some(lines) = debugger::lines(&value).filter(|_| debugs) {
                self.entry.lines.extend(lines);
                self.entry.reply.0.extend_from_slice(bytes);
            } else if answered || matches!(value, Value::Push(_)) {
                self.unasked.push(message(&value, bytes));
            } else {
                answered = true;
                self.entry.lines.extend(print(&value, argv));
                if let Value::Error(error) = &value {
                    self.entry.lines.extend(debugger::place(argv, error));
                }
                self.entry.reply.0.extend_from_slice(bytes);
            }
        }
    }
}

fn message(value: &Value, bytes: &[u8]) -> Entry {
    Entry { lines: print_push(value), reply: Bytes(bytes.to_vec()), ..Entry::default() }
}

/// The replies in bytes from the engine, which are always whole.
fn values(mut bytes: &[u8]) -> Vec<(Value, &[u8])> {
    let mut found = Vec::new();
    while let Ok(Some((value, used))) = read(bytes) {
        let (reply, rest) = bytes.split_at(used);
        found.push((value, reply));
        bytes = rest;
    }
    found
}
