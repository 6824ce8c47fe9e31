//! An engine and one client on virtual time.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::machine::{ConnId, Input, Now, Peer};
use redstart_engine::observe::Host;

const CONN: ConnId = ConnId(0);

/// An engine, its clock and a client.
pub(crate) struct Front {
    pub(crate) engine: Engine,
    pub(crate) now: Now,
}

impl Front {
    pub(crate) fn new() -> Self {
        let now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };
        let mut config = Config::new();
        // Nobody does what the disk is asked for.
        config.put("save", b"").expect("this is a directive");
        let mut engine = Engine::new(config, Host::default(), 7, now);
        engine.handle(now, Input::Accepted { conn: CONN, peer: Peer::in_process(1) }, &mut Vec::new());
        engine.handle(now, Input::Tick, &mut Vec::new());
        Self { engine, now }
    }

    /// Sends a command of words without spaces; gives the reply as it is on the wire.
    pub(crate) fn say(&mut self, command: &str) -> String {
        let argv: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        self.engine.handle(self.now, Input::Request { conn: CONN, argv: &argv }, &mut Vec::new());
        let reply = self.engine.outgoing(CONN).to_vec();
        self.engine.handle(self.now, Input::Sent { conn: CONN, bytes: reply.len() }, &mut Vec::new());
        String::from_utf8_lossy(&reply).into_owned()
    }
}
