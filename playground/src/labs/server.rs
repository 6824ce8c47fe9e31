//! A lab's own server: one client, and a clock that moves when it is told to.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::in_process::{Disk, InProcess};
use redstart_engine::machine::{ConnId, Now};
use redstart_engine::observe::Host;
use redstart_engine::persistence::store::Memory;
use redstart_engine::resp::read::{Value, read};

/// When labs take place: a day in spring, in microseconds since 1970.
const START_US: u64 = 1_775_000_000_000_000;

/// An engine, its clock and one client.
#[derive(Debug)]
pub struct Server<S: Disk = Memory> {
    store: InProcess<S>,
    now: Now,
    client: ConnId,
}

impl Server {
    /// An empty store with these directives; those that it doesn't know are left out.
    #[must_use]
    pub fn new(seed: u64, directives: &[(&str, &str)]) -> Self {
        Self::on(Memory::default(), 0.0, seed, directives)
    }
}

impl<S: Disk> Server<S> {
    /// A store with what is on this disk, started so many milliseconds after the lab began.
    #[must_use]
    pub fn on(disk: S, passed_ms: f64, seed: u64, directives: &[(&str, &str)]) -> Self {
        let mut config = Config::without_save_points();
        for (name, value) in directives {
            let is_known = config.put(name, value.as_bytes()).is_ok();
            debug_assert!(is_known, "{name} can be {value}");
        }
        let passed_us = (passed_ms * 1000.0) as u64;
        let now = Now { unix_us: START_US + passed_us, mono_us: passed_us };
        let mut store = InProcess::with_storage(Engine::new(config, Host::default(), seed, now), disk);
        store.start(now);
        let client = store.connect(now);
        Self { store, now, client }
    }

    /// The disk.
    pub const fn disk_mut(&mut self) -> &mut S {
        self.store.storage_mut()
    }

    /// The disk, when the server is gone.
    #[must_use]
    pub fn into_disk(self) -> S {
        self.store.into_storage()
    }

    /// Runs a command.
    pub fn call(&mut self, argv: &[&[u8]]) -> Value {
        self.store.request(self.now, self.client, argv);
        let reply = self.reply();
        read(&reply).ok().flatten().map_or(Value::Null, |(value, _)| value)
    }

    /// Runs a command that answers with a number.
    pub fn count(&mut self, argv: &[&[u8]]) -> i64 {
        match self.call(argv) {
            Value::Int(number) => number,
            _ => 0,
        }
    }

    /// Sends bytes as on a socket, and gives those that come back.
    pub fn send(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.store.send(self.now, self.client, bytes);
        self.reply()
    }

    /// What comes back. A long script is not done at once: it goes on with each turn, while the clock stands.
    fn reply(&mut self) -> Vec<u8> {
        let mut reply = self.store.take(self.now, self.client);
        while reply.is_empty() && self.store.engine().deadline().mono_us <= self.now.mono_us {
            self.store.tick(self.now);
            reply = self.store.take(self.now, self.client);
        }
        reply
    }

    /// Runs a command that only reads, without a trace: it counts as no use of a key, and in no statistics.
    pub fn look(&mut self, argv: &[&[u8]]) -> Value {
        let reply = self.store.look(self.now, argv).unwrap_or_default();
        read(&reply).ok().flatten().map_or(Value::Null, |(value, _)| value)
    }

    /// A number of INFO.
    pub fn info(&mut self, section: &str, field: &str) -> u64 {
        let Value::Bulk(text) = self.look(&[b"INFO", section.as_bytes()]) else { return 0 };
        let text = String::from_utf8_lossy(&text);
        let mut lines = text.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(name, _)| *name == field).and_then(|(_, number)| number.parse().ok()).unwrap_or(0)
    }

    /// Time passes, in milliseconds; what is due meanwhile is done in its time.
    pub fn advance(&mut self, ms: f64) {
        self.advance_to_us(self.now.mono_us + (ms * 1000.0) as u64);
    }

    /// The same until a time, in microseconds since the lab began.
    pub fn advance_to_us(&mut self, us: u64) {
        let passed_us = us.saturating_sub(self.now.mono_us);
        let end = Now { unix_us: self.now.unix_us + passed_us, mono_us: self.now.mono_us + passed_us };
        loop {
            let due = self.store.engine().deadline().mono_us.max(self.now.mono_us + 1);
            if due > end.mono_us {
                break;
            }
            self.now = Now { unix_us: end.unix_us - (end.mono_us - due), mono_us: due };
            self.store.tick(self.now);
        }
        self.now = end;
    }

    /// The time, in milliseconds since the lab began.
    #[must_use]
    pub const fn passed_ms(&self) -> f64 {
        self.now.mono_us as f64 / 1000.0
    }

    /// The time of day, in milliseconds since 1970.
    #[must_use]
    pub const fn unix_ms(&self) -> i64 {
        self.now.unix_ms()
    }

    /// The engine, for looking at what is stored.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        self.store.engine()
    }
}
