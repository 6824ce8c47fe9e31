//! A store on virtual time, and clients that say words without spaces.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::in_process::InProcess;
use redstart_engine::machine::{ConnId, Now};
use redstart_engine::observe::Host;

/// A store, its clock and its clients.
pub(crate) struct Clients {
    pub(crate) store: InProcess,
    pub(crate) now: Now,
}

impl Clients {
    pub(crate) fn new() -> Self {
        let now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };
        let mut store = InProcess::new(Engine::new(Config::new(), Host::default(), 7, now));
        store.tick(now);
        Self { store, now }
    }

    /// One more client.
    pub(crate) fn connect(&mut self) -> ConnId {
        self.store.connect(self.now)
    }

    /// Sends a command; gives what the client has been told by then, as it is on the wire.
    pub(crate) fn say(&mut self, conn: ConnId, command: &str) -> String {
        let argv: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        self.store.request(self.now, conn, &argv);
        self.hear(conn)
    }

    /// What a client has been told since the last time.
    pub(crate) fn hear(&mut self, conn: ConnId) -> String {
        String::from_utf8_lossy(&self.store.take(self.now, conn)).into_owned()
    }

    /// The number that CLIENT ID gives.
    pub(crate) fn id(&mut self, conn: ConnId) -> String {
        self.say(conn, "CLIENT ID").trim_matches([':', '\r', '\n']).to_owned()
    }
}
