//! An engine whose clients are in the same program: it carries bytes and values, and remembers what the engine
//! wants done until somebody asks.

use std::mem;

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::machine::{ConnId, Input, Now, Output, Peer};
use redstart_engine::observe::Host;
use redstart_engine::persistence::image::{self, ImageError};
use redstart_engine::resp::read::{Value, read};

/// An engine and its clients.
#[derive(Debug)]
pub struct Driver {
    engine: Engine,
    now: Now,
    out: Vec<Output>,
    /// The client behind [`Driver::call`], once there was a call.
    caller: Option<ConnId>,
    /// Connections that the engine ended, until somebody asks.
    ended: Vec<u32>,
    free: Vec<u32>,
    next: u32,
}

impl Driver {
    /// An empty store. `seed` decides every random choice it will make.
    #[must_use]
    pub fn new(seed: u64, now: Now) -> Self {
        let host = Host {
            os: String::from("WebAssembly"),
            multiplexing: "in-process",
            executable: String::from("redstart"),
            ..Host::default()
        };
        Self {
            engine: Engine::new(Config::new(), host, seed, now),
            now,
            out: Vec::new(),
            caller: None,
            ended: Vec::new(),
            free: Vec::new(),
            next: 0,
        }
    }

    /// The time of what follows. Expired keys are gone from then on; [`Driver::tick`] also gives their memory back.
    pub const fn set_time(&mut self, now: Now) {
        self.now = now;
    }

    /// Sets the time and gives the engine a turn.
    pub fn tick(&mut self, now: Now) {
        self.now = now;
        self.handle(Input::Tick);
    }

    /// When the engine wants its next turn, in microseconds on the monotonic clock.
    #[must_use]
    pub fn deadline_us(&self) -> u64 {
        self.engine.deadline().mono_us
    }

    /// Connects a client; gives its number.
    pub fn connect(&mut self) -> u32 {
        let conn = self.free.pop().unwrap_or_else(|| {
            self.next += 1;
            self.next - 1
        });
        let fd = i32::try_from(conn).unwrap_or(0).saturating_add(8);
        self.handle(Input::Accepted { conn: ConnId(conn), peer: Peer::in_process(fd) });
        conn
    }

    /// Disconnects it.
    pub fn disconnect(&mut self, conn: u32) {
        if self.engine.sessions().get(ConnId(conn)).is_some() {
            self.handle(Input::Closed { conn: ConnId(conn) });
            self.ended.retain(|&ended| ended != conn);
            self.free.push(conn);
        }
    }

    /// Takes bytes from a client.
    pub fn receive(&mut self, conn: u32, bytes: &[u8]) {
        self.handle(Input::Received { conn: ConnId(conn), bytes });
    }

    /// Gives the bytes that wait for a client.
    pub fn outgoing(&mut self, conn: u32) -> Vec<u8> {
        let bytes = self.engine.outgoing(ConnId(conn)).to_vec();
        if !bytes.is_empty() {
            self.handle(Input::Sent { conn: ConnId(conn), bytes: bytes.len() });
        }
        bytes
    }

    /// The clients that the engine ended since the last time. Their last bytes are still to be taken; then they must
    /// be [disconnected](Self::disconnect).
    pub fn take_ended(&mut self) -> Vec<u32> {
        mem::take(&mut self.ended)
    }

    /// Runs a request from inside, in RESP3. `None`: it has no reply, as with CLIENT REPLY OFF.
    pub fn call(&mut self, argv: &[&[u8]]) -> Option<Value> {
        let caller = self.caller();
        self.handle(Input::Request { conn: caller, argv });
        let bytes = self.outgoing(caller.0);
        let mut rest = bytes.as_slice();
        while let Ok(Some((value, used))) = read(rest) {
            if !matches!(value, Value::Push(_)) {
                return Some(value);
            }
            rest = rest.get(used..).unwrap_or_default();
        }
        None
    }

    /// The data as bytes.
    #[must_use]
    pub fn export_data(&self) -> Vec<u8> {
        image::write(self.engine.keyspace(), self.now.unix_ms())
    }

    /// Replaces the data; gives the number of keys. Bytes that can't be read change nothing.
    pub fn import_data(&mut self, bytes: &[u8]) -> Result<usize, ImageError> {
        image::check(bytes)?;
        let before = self.export_data();
        self.call(&[b"FLUSHALL"]);
        let loaded = image::load(&mut self.engine, self.now, bytes);
        if loaded.is_err() {
            image::load(&mut self.engine, self.now, &before)?;
        }
        loaded
    }

    /// The client behind calls; if somebody ended it, another.
    fn caller(&mut self) -> ConnId {
        if let Some(caller) = self.caller {
            if !self.ended.contains(&caller.0) {
                return caller;
            }
            self.disconnect(caller.0);
        }
        let caller = ConnId(self.connect());
        self.caller = Some(caller);
        self.handle(Input::Request { conn: caller, argv: &[b"HELLO", b"3"] });
        self.outgoing(caller.0);
        caller
    }

    fn handle(&mut self, input: Input<'_>) {
        self.engine.handle(self.now, input, &mut self.out);
        for output in mem::take(&mut self.out) {
            match output {
                Output::Close(conn) | Output::Abort(conn) => self.end(conn),
                Output::Exit => {
                    let all: Vec<ConnId> =
                        self.engine.sessions().iter().map(|session| session.conn).collect();
                    all.into_iter().for_each(|conn| self.end(conn));
                }
                Output::Send(_) | Output::Log(..) | Output::Reconfigured(_) | Output::Sleep { .. } => {}
            }
        }
    }

    fn end(&mut self, conn: ConnId) {
        if !self.ended.contains(&conn.0) {
            self.ended.push(conn.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };

    fn bulk(text: &str) -> Option<Value> {
        Some(Value::Bulk(text.as_bytes().to_vec()))
    }

    #[test]
    fn clients_and_callers_share_the_data() {
        let mut driver = Driver::new(1, NOW);
        let id = driver.connect();
        driver.receive(id, b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n");
        assert_eq!(driver.outgoing(id), b"");
        driver.receive(id, b"$1\r\nv\r\n");
        assert_eq!(driver.outgoing(id), b"+OK\r\n");
        assert_eq!(driver.call(&[b"GET", b"k"]), bulk("v"));
        driver.disconnect(id);
        assert_eq!(driver.connect(), id);
    }

    #[test]
    fn what_the_engine_ends_is_told_once() {
        let mut driver = Driver::new(1, NOW);
        let id = driver.connect();
        driver.receive(id, b"*1\r\n+PING\r\n");
        assert_eq!(driver.take_ended(), [id]);
        assert_eq!(driver.take_ended(), []);
        assert!(driver.outgoing(id).starts_with(b"-ERR Protocol error"));
    }

    #[test]
    fn time_is_the_caller_s() {
        let mut driver = Driver::new(1, NOW);
        driver.call(&[b"SET", b"k", b"v", b"PX", b"100"]);
        driver.set_time(Now { unix_us: NOW.unix_us + 99_000, ..NOW });
        assert_eq!(driver.call(&[b"GET", b"k"]), bulk("v"));
        driver.tick(Now { unix_us: NOW.unix_us + 100_000, mono_us: NOW.mono_us + 100_000 });
        assert_eq!(driver.call(&[b"GET", b"k"]), Some(Value::Null));
    }

    #[test]
    fn data_can_be_carried_away() {
        let mut driver = Driver::new(1, NOW);
        driver.call(&[b"SET", b"k", b"v"]);
        let data = driver.export_data();
        let mut other = Driver::new(2, NOW);
        other.call(&[b"SET", b"mine", b"x"]);
        assert!(other.import_data(b"nonsense").is_err());
        assert_eq!(other.call(&[b"GET", b"mine"]), bulk("x"));
        assert_eq!(other.import_data(&data), Ok(1));
        assert_eq!(other.call(&[b"GET", b"k"]), bulk("v"));
        assert_eq!(other.call(&[b"GET", b"mine"]), Some(Value::Null));
    }
}
