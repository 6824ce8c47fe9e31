//! The engine in this process, on a virtual clock: nothing waits, and a run is the same every time.

use crate::resp;
use crate::runner::{Received, Runner, Trouble};
use crate::transcript::Transcript;
use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::machine::{ConnId, Input, Now, Output, Peer};
use redstart_engine::observe::Host;
use std::collections::{BTreeMap, BTreeSet};

/// An engine of one file's own.
#[derive(Debug)]
pub struct InProcess {
    engine: Engine,
    now: Now,
    clients: BTreeMap<char, ConnId>,
    closed: BTreeSet<ConnId>,
    next_conn: u32,
}

/// Where the clock starts: in November 2023, far from any rollover.
const START_US: u64 = 1_700_000_000_000_000;

/// What [`crate::server::Server`] starts servers with.
const LIKE_SERVERS: [(&str, &str); 2] = [("save", ""), ("enable-debug-command", "yes")];

/// The seed of every run.
const SEED: u64 = 7;

impl InProcess {
    /// An empty store, configured as the transcript's header says.
    ///
    /// # Errors
    /// When it refuses the configuration.
    pub fn start(transcript: &Transcript) -> Result<Self, Trouble> {
        let now = Now { unix_us: START_US, mono_us: 0 };
        let mut config = Config::new();
        let given = transcript.setup.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in LIKE_SERVERS.into_iter().chain(given) {
            let refused = |reason| Trouble(format!("{name} {value}: {reason:?}"));
            config.put(name, value.as_bytes()).map_err(refused)?;
        }
        let engine = Engine::new(config, Host::default(), SEED, now);
        Ok(Self { engine, now, clients: BTreeMap::new(), closed: BTreeSet::new(), next_conn: 1 })
    }

    fn handle(&mut self, input: Input<'_>) {
        let mut out = Vec::new();
        self.engine.handle(self.now, input, &mut out);
        for output in out {
            match output {
                Output::Close(conn) | Output::Abort(conn) => drop(self.closed.insert(conn)),
                Output::Sleep { us } => self.pass(us),
                Output::Exit => self.closed.extend(self.clients.values()),
                Output::Send(_) | Output::Log(..) | Output::Reconfigured(_) => {}
            }
        }
    }

    const fn pass(&mut self, us: u64) {
        self.now.unix_us += us;
        self.now.mono_us += us;
    }

    fn accept(&mut self) -> ConnId {
        let conn = ConnId(self.next_conn);
        self.next_conn += 1;
        let fd = i32::try_from(conn.0).unwrap_or(i32::MAX);
        self.handle(Input::Accepted { conn, peer: Peer::in_process(fd) });
        conn
    }

    fn take(&mut self, conn: ConnId) -> Vec<u8> {
        let bytes = self.engine.outgoing(conn).to_vec();
        self.handle(Input::Sent { conn, bytes: bytes.len() });
        bytes
    }

    fn conn(&self, client: char) -> Result<ConnId, Trouble> {
        self.clients.get(&client).copied().ok_or_else(|| Trouble(format!("client {client} is not connected")))
    }
}

impl Runner for InProcess {
    fn open(&mut self, client: char) -> Result<(), Trouble> {
        let conn = self.accept();
        self.clients.insert(client, conn);
        Ok(())
    }

    fn close_all(&mut self) {
        for conn in std::mem::take(&mut self.clients).into_values() {
            self.handle(Input::Closed { conn });
        }
        self.closed.clear();
    }

    fn send(&mut self, client: char, bytes: &[u8]) -> Result<(), Trouble> {
        let conn = self.conn(client)?;
        if !self.closed.contains(&conn) {
            self.handle(Input::Received { conn, bytes });
        }
        Ok(())
    }

    fn receive(&mut self, client: char, _patient: bool) -> Result<Received, Trouble> {
        let conn = self.conn(client)?;
        let bytes = self.take(conn);
        if !bytes.is_empty() {
            return Ok(Received::Bytes(bytes));
        }
        Ok(if self.closed.contains(&conn) { Received::Closed } else { Received::Nothing })
    }

    fn settle(&mut self) -> Result<(), Trouble> {
        Ok(())
    }

    /// Steps from one deadline to the next, as a front would that never oversleeps.
    fn advance(&mut self, ms: u64) -> Result<(), Trouble> {
        let end_us = self.now.mono_us + ms * 1000;
        loop {
            // A deadline that stays in the past must not stop time.
            let next_us = self.engine.deadline().mono_us.max(self.now.mono_us + 1000);
            if next_us >= end_us {
                break;
            }
            self.pass(next_us - self.now.mono_us);
            self.handle(Input::Tick);
        }
        self.pass(end_us - self.now.mono_us);
        self.handle(Input::Tick);
        Ok(())
    }

    fn advance_limit_ms(&self) -> Option<u64> {
        None
    }

    fn configure(&mut self, name: &str, value: &str) -> Result<(), Trouble> {
        let conn = self.accept();
        let set = ["CONFIG", "SET", name, value].map(|word| word.as_bytes().to_vec());
        self.handle(Input::Received { conn, bytes: &resp::request(&set) });
        let answer = self.take(conn);
        self.handle(Input::Closed { conn });
        if answer.starts_with(b"+") {
            return Ok(());
        }
        Err(Trouble(format!("CONFIG SET {name} {value}: {}", String::from_utf8_lossy(&answer).trim_end())))
    }
}
