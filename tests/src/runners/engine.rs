//! The engine in this process, on a virtual clock: nothing waits, and a run is the same every time.

use crate::runner::{Received, Runner, Trouble};
use crate::transcript::Transcript;
use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::in_process::InProcess as Store;
use redstart_engine::machine::{ConnId, Now, Why};
use redstart_engine::observe::Host;
use std::collections::BTreeMap;

/// An engine of one file's own.
#[derive(Debug)]
pub struct InProcess {
    store: Store,
    now: Now,
    clients: BTreeMap<char, ConnId>,
}

/// Where the clock starts: in November 2023, far from any rollover.
const START_US: u64 = 1_700_000_000_000_000;

/// What [`crate::server::Server`] starts servers with.
const LIKE_SERVERS: [(&str, &str); 2] = [("save", ""), ("enable-debug-command", "yes")];

/// How many turns a script gets while its reply is waited for.
const SCRIPT_TURNS: usize = 40;

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
        Ok(Self { store: Store::new(engine), now, clients: BTreeMap::new() })
    }

    const fn pass(&mut self, us: u64) {
        self.now.unix_us += us;
        self.now.mono_us += us;
    }

    fn conn(&self, client: char) -> Result<ConnId, Trouble> {
        self.clients.get(&client).copied().ok_or_else(|| Trouble(format!("client {client} is not connected")))
    }
}

impl Runner for InProcess {
    fn open(&mut self, client: char) -> Result<(), Trouble> {
        let conn = self.store.connect(self.now);
        self.clients.insert(client, conn);
        Ok(())
    }

    fn close(&mut self, client: char) -> Result<(), Trouble> {
        let conn = self.conn(client)?;
        self.clients.remove(&client);
        self.store.disconnect(self.now, conn);
        Ok(())
    }

    fn close_all(&mut self) {
        for conn in std::mem::take(&mut self.clients).into_values() {
            self.store.disconnect(self.now, conn);
        }
    }

    fn send(&mut self, client: char, bytes: &[u8]) -> Result<(), Trouble> {
        let conn = self.conn(client)?;
        if !self.store.is_ended(conn) {
            self.store.send(self.now, conn, bytes);
            // DEBUG SLEEP takes no time here: it only passes.
            let slept_us = self.store.take_slept_us();
            self.pass(slept_us);
        }
        Ok(())
    }

    fn receive(&mut self, client: char, _patient: bool) -> Result<Received, Trouble> {
        let conn = self.conn(client)?;
        let mut bytes = self.store.take(self.now, conn);
        // A script that takes long gets its turns at once, but one that doesn't end must end this.
        for _ in 0..SCRIPT_TURNS {
            if !bytes.is_empty() || self.store.engine().deadline().why != Why::Script {
                break;
            }
            self.store.tick(self.now);
            bytes = self.store.take(self.now, conn);
        }
        if !bytes.is_empty() {
            return Ok(Received::Bytes(bytes));
        }
        Ok(if self.store.is_ended(conn) { Received::Closed } else { Received::Nothing })
    }

    fn settle(&mut self) -> Result<(), Trouble> {
        Ok(())
    }

    /// Steps from one deadline to the next, as a front would that never oversleeps.
    fn advance(&mut self, ms: u64) -> Result<(), Trouble> {
        let end_us = self.now.mono_us + ms * 1000;
        loop {
            // A deadline that stays in the past must not stop time.
            let next_us = self.store.engine().deadline().mono_us.max(self.now.mono_us + 1000);
            if next_us >= end_us {
                break;
            }
            self.pass(next_us - self.now.mono_us);
            self.store.tick(self.now);
        }
        self.pass(end_us - self.now.mono_us);
        self.store.tick(self.now);
        Ok(())
    }

    fn advance_limit_ms(&self) -> Option<u64> {
        None
    }

    fn configure(&mut self, name: &str, value: &str) -> Result<(), Trouble> {
        let conn = self.store.connect(self.now);
        let set = ["CONFIG", "SET", name, value].map(str::as_bytes);
        self.store.request(self.now, conn, &set);
        let answer = self.store.take(self.now, conn);
        self.store.disconnect(self.now, conn);
        if answer.starts_with(b"+") {
            return Ok(());
        }
        Err(Trouble(format!("CONFIG SET {name} {value}: {}", String::from_utf8_lossy(&answer).trim_end())))
    }
}
