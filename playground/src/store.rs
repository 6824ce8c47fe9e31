//! The engine and its clients in this process: bytes go in, bytes come out, connections come and go.

use std::mem;

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::machine::{ConnId, Deadline, Input, Now, Output, Peer};
use redstart_engine::observe::Host;

/// An engine with in-process clients.
#[derive(Debug)]
pub struct Store {
    engine: Engine,
    out: Vec<Output>,
    /// Connections that the engine ended, until somebody asks.
    ended: Vec<ConnId>,
    /// Names that are free again.
    free: Vec<ConnId>,
    next: u32,
}

impl Store {
    /// An empty store; `seed` decides every random choice it will make.
    #[must_use]
    pub fn new(seed: u64, now: Now) -> Self {
        let host = Host {
            os: String::from("WebAssembly"),
            multiplexing: "worker",
            process_id: 1,
            tcp_port: 6379,
            executable: String::from("redstart"),
            ..Host::default()
        };
        let mut engine = Engine::new(Config::new(), host, seed, now);
        engine.observe(true);
        Self { engine, out: Vec::new(), ended: Vec::new(), free: Vec::new(), next: 0 }
    }

    /// The engine, for looking at what is stored and who is connected.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The engine, for what is not a request.
    pub const fn engine_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// Connects a client.
    pub fn connect(&mut self, now: Now) -> ConnId {
        let conn = self.free.pop().unwrap_or_else(|| {
            let conn = ConnId(self.next);
            self.next += 1;
            conn
        });
        // Descriptors of a server begin after its own few.
        let peer = Peer::in_process(i32::try_from(conn.0).unwrap_or(0).saturating_add(8));
        self.handle(now, Input::Accepted { conn, peer });
        conn
    }

    /// Disconnects it.
    pub fn disconnect(&mut self, now: Now, conn: ConnId) {
        self.handle(now, Input::Closed { conn });
        self.free.push(conn);
    }

    /// Sends bytes, and gives what came back at once.
    pub fn send(&mut self, now: Now, conn: ConnId, bytes: &[u8]) -> Vec<u8> {
        self.handle(now, Input::Received { conn, bytes });
        self.take(now, conn)
    }

    /// What waits for a client.
    pub fn take(&mut self, now: Now, conn: ConnId) -> Vec<u8> {
        let bytes = self.engine.outgoing(conn).to_vec();
        if !bytes.is_empty() {
            self.handle(now, Input::Sent { conn, bytes: bytes.len() });
        }
        bytes
    }

    /// Gives the engine a turn.
    pub fn tick(&mut self, now: Now) {
        self.handle(now, Input::Tick);
    }

    /// When it wants its next.
    #[must_use]
    pub fn deadline(&self) -> Deadline {
        self.engine.deadline()
    }

    /// Whether the engine ended this connection.
    #[must_use]
    pub fn is_ended(&self, conn: ConnId) -> bool {
        self.ended.contains(&conn)
    }

    /// The connections that the engine ended since the last time, their last bytes still to be taken. Each must be
    /// [disconnected](Self::disconnect).
    pub fn take_ended(&mut self) -> Vec<ConnId> {
        mem::take(&mut self.ended)
    }

    fn handle(&mut self, now: Now, input: Input<'_>) {
        self.engine.handle(now, input, &mut self.out);
        for output in mem::take(&mut self.out) {
            match output {
                Output::Close(conn) | Output::Abort(conn) => self.end(conn),
                // The server ends, and is started again at once: its clients notice.
                Output::Exit => {
                    let all: Vec<ConnId> =
                        self.engine.sessions().iter().map(|session| session.conn).collect();
                    for conn in all {
                        self.end(conn);
                    }
                }
                Output::Send(_) | Output::Log(..) | Output::Reconfigured(_) | Output::Sleep { .. } => {}
            }
        }
    }

    fn end(&mut self, conn: ConnId) {
        if !self.ended.contains(&conn) {
            self.ended.push(conn);
        }
    }
}
