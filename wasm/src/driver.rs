//! The engine as JavaScript uses it: its clock is set from outside, calls give values, and data can be carried away.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::in_process::{Disk, InProcess, Outside};
use redstart_engine::machine::{ConnId, Now};
use redstart_engine::observe::Host;
use redstart_engine::persistence::store::{Memory, Storage, StoreOp, StoreResult, Ticket};
use redstart_engine::resp::read::{Value, read};
use redstart_engine::session::{Ending, Outbox};

/// Where a store keeps what is to outlive it.
#[derive(Debug)]
enum Kept {
    /// In memory: it is gone with the store.
    Here(Memory),
    /// Wherever its owner puts it.
    Outside(Outside),
}

impl Disk for Kept {
    fn give(&mut self, ticket: Ticket, op: StoreOp) -> Option<StoreResult> {
        match self {
            Self::Here(memory) => Some(memory.perform(&op)),
            Self::Outside(outside) => outside.give(ticket, op),
        }
    }
}

/// An engine, its clients, and the time.
#[derive(Debug)]
pub struct Driver {
    store: InProcess<Kept>,
    now: Now,
    /// The client behind [`Driver::call`], once there was a call, and its own number: names are used again.
    caller: Option<(ConnId, u64)>,
}

impl Driver {
    /// An empty store. `seed` decides every random choice it will make.
    #[must_use]
    pub fn new(seed: u64, now: Now) -> Self {
        Self::with(Config::without_save_points(), seed, now, Kept::Here(Memory::default()))
    }

    /// A store whose disk its owner has, with these directives and their values. Once it is [started](Self::start) it loads
    /// what is there. The error says which directive can't be set.
    pub fn with_disk(seed: u64, now: Now, directives: &[(String, String)]) -> Result<Self, String> {
        let mut config = Config::without_save_points();
        for (name, value) in directives {
            config.put(name, value.as_bytes()).map_err(|_| format!("'{name}' can't be '{value}'"))?;
        }
        Ok(Self::with(config, seed, now, Kept::Outside(Outside::default())))
    }

    fn with(config: Config, seed: u64, now: Now, kept: Kept) -> Self {
        let host = Host {
            os: String::from("WebAssembly"),
            multiplexing: "in-process",
            executable: String::from("redstart"),
            ..Host::default()
        };
        let engine = Engine::new(config, host, seed, now);
        Self { store: InProcess::with_storage(engine, kept), now, caller: None }
    }

    /// Loads what is on disk.
    pub fn start(&mut self) {
        self.store.start(self.now);
    }

    /// What the disk is to do, in order. Each op must be answered once.
    pub fn take_store_ops(&mut self) -> Vec<(Ticket, StoreOp)> {
        match self.store.storage_mut() {
            Kept::Here(_) => Vec::new(),
            Kept::Outside(outside) => outside.take(),
        }
    }

    /// What came of an op.
    pub fn stored(&mut self, ticket: Ticket, result: StoreResult) {
        self.store.stored(self.now, ticket, result);
    }

    /// How much of the data is loaded, in percent; `None` once all is.
    #[must_use]
    pub fn loading(&self) -> Option<f64> {
        self.store.engine().loading()
    }

    /// Whether the store ended because it can't go on; what it warned of says why.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.store.has_failed()
    }

    /// What the store warned of since the last time.
    pub fn take_warnings(&mut self) -> Vec<String> {
        self.store.take_warnings()
    }

    /// Whether a request does nothing but read, so that it may be made twice.
    #[must_use]
    pub fn only_reads(&self, argv: &[&[u8]]) -> bool {
        self.store.engine().only_reads(argv)
    }

    /// The time of what follows. Expired keys are gone from then on; [`Driver::tick`] also gives their memory back.
    pub const fn set_time(&mut self, now: Now) {
        self.now = now;
    }

    /// Sets the time and gives the engine a turn.
    pub fn tick(&mut self, now: Now) {
        self.now = now;
        self.store.tick(now);
    }

    /// When the engine wants its next turn, in microseconds on the monotonic clock.
    #[must_use]
    pub fn deadline_us(&self) -> u64 {
        self.store.engine().deadline().mono_us
    }

    /// Connects a client; gives its number.
    pub fn connect(&mut self) -> u32 {
        self.store.connect(self.now).0
    }

    /// Disconnects it.
    pub fn disconnect(&mut self, conn: u32) {
        self.store.disconnect(self.now, ConnId(conn));
    }

    /// Takes bytes from a client.
    pub fn receive(&mut self, conn: u32, bytes: &[u8]) {
        self.store.send(self.now, ConnId(conn), bytes);
    }

    /// Gives the bytes that wait for a client.
    pub fn outgoing(&mut self, conn: u32) -> Vec<u8> {
        self.store.take(self.now, ConnId(conn))
    }

    /// Takes bytes from a client and puts what it is answered at once into `answer`.
    pub fn exchange(&mut self, now: Now, conn: u32, bytes: &[u8], answer: &mut Vec<u8>) {
        self.now = now;
        self.store.send(now, ConnId(conn), bytes);
        self.store.take_into(now, ConnId(conn), answer);
    }

    /// Ends a client's waiting as if its time were up, and puts what it is answered into `answer`.
    pub fn give_up(&mut self, conn: u32, answer: &mut Vec<u8>) {
        self.store.give_up(self.now, ConnId(conn));
        self.store.take_into(self.now, ConnId(conn), answer);
    }

    /// Whether other clients were given bytes, or any was ended, since the last time.
    #[must_use]
    pub const fn has_news(&self) -> bool {
        self.store.has_news()
    }

    /// The clients for whom bytes wait.
    pub fn take_waiting(&mut self) -> Vec<u32> {
        self.store.take_waiting().into_iter().map(|conn| conn.0).collect()
    }

    /// The clients that the engine ended since the last time. Their last bytes are still to be taken; then they must
    /// be [disconnected](Self::disconnect).
    pub fn take_ended(&mut self) -> Vec<u32> {
        self.store.take_ended().into_iter().map(|conn| conn.0).collect()
    }

    /// Runs a request from inside, in RESP3; it doesn't wait, for the disk neither. `None`: it has no reply, as with CLIENT
    /// REPLY OFF.
    pub fn call(&mut self, argv: &[&[u8]]) -> Option<Value> {
        let caller = self.caller();
        self.store.take(self.now, caller);
        // What may not leave yet is known all the same, and nobody's when it does.
        let known = self.outbox(caller).map_or(0, Outbox::len);
        self.store.request_now(self.now, caller, argv);
        let bytes = self.outbox(caller).map_or(Vec::new(), |outbox| outbox.all().to_vec());
        self.store.take(self.now, caller);
        let mut rest = bytes.get(known..).unwrap_or_default();
        while let Ok(Some((value, used))) = read(rest) {
            if !matches!(value, Value::Push(_)) {
                return Some(value);
            }
            rest = rest.get(used..).unwrap_or_default();
        }
        None
    }

    /// Everything stored, as an RDB file.
    #[must_use]
    pub fn save_rdb(&self) -> Vec<u8> {
        self.store.engine().to_rdb(self.now)
    }

    /// Replaces everything stored with what an RDB file holds; gives the number of keys. A file that can't be read changes
    /// nothing.
    pub fn load_rdb(&mut self, file: &[u8]) -> Result<usize, String> {
        self.store.replace_with_rdb(self.now, file)
    }

    fn outbox(&self, conn: ConnId) -> Option<&Outbox> {
        self.store.engine().sessions().get(conn).map(|session| &session.outbox)
    }

    /// The client behind calls; if somebody ended it, another.
    fn caller(&mut self) -> ConnId {
        if let Some((caller, id)) = self.caller {
            let session = self.store.engine().sessions().get(caller).filter(|session| session.id == id);
            if session.is_some_and(|session| session.ending == Ending::No) {
                return caller;
            }
            if session.is_some() {
                self.store.disconnect(self.now, caller);
            }
        }
        let caller = self.store.connect(self.now);
        self.caller = self.store.engine().sessions().get(caller).map(|session| (caller, session.id));
        self.store.request(self.now, caller, &[b"HELLO", b"3"]);
        self.store.take(self.now, caller);
        caller
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
    fn who_is_given_something_is_told() {
        let mut driver = Driver::new(1, NOW);
        let (listener, speaker) = (driver.connect(), driver.connect());
        let mut answer = Vec::new();
        driver.exchange(NOW, listener, b"SUBSCRIBE news\r\n", &mut answer);
        assert!(answer.ends_with(b":1\r\n"));
        assert!(!driver.has_news());
        driver.exchange(NOW, speaker, b"PUBLISH news hello\r\n", &mut answer);
        assert_eq!(answer, b":1\r\n");
        assert!(driver.has_news());
        assert_eq!(driver.take_waiting(), [listener]);
        assert!(driver.outgoing(listener).ends_with(b"hello\r\n"));
        assert!(!driver.has_news());
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
    fn who_waits_can_be_told_to_go_on() {
        let mut driver = Driver::new(1, NOW);
        let (id, mut answer) = (driver.connect(), Vec::new());
        driver.exchange(NOW, id, b"BLPOP queue 0\r\n", &mut answer);
        assert_eq!(answer, b"");
        driver.give_up(id, &mut answer);
        assert_eq!(answer, b"*-1\r\n");
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
        let file = driver.save_rdb();
        let mut other = Driver::new(2, NOW);
        other.call(&[b"SET", b"mine", b"x"]);
        assert!(other.load_rdb(b"nonsense").is_err());
        assert_eq!(other.call(&[b"GET", b"mine"]), bulk("x"));
        assert_eq!(other.load_rdb(&file), Ok(1));
        assert_eq!(other.call(&[b"GET", b"k"]), bulk("v"));
        assert_eq!(other.call(&[b"GET", b"mine"]), Some(Value::Null));
    }

    #[test]
    fn what_is_kept_outside_is_there_again() {
        let directives = [("appendonly".to_owned(), "yes".to_owned())];
        let mut disk = Memory::default();
        let mut live = |request: &[u8]| {
            let mut driver = Driver::with_disk(1, NOW, &directives).unwrap();
            let mut serve = |driver: &mut Driver| {
                while let ops = driver.take_store_ops()
                    && !ops.is_empty()
                {
                    ops.into_iter().for_each(|(ticket, op)| driver.stored(ticket, disk.perform(&op)));
                }
            };
            driver.start();
            assert_eq!(driver.loading(), Some(0.0));
            serve(&mut driver);
            assert_eq!(driver.loading(), None);
            let id = driver.connect();
            driver.receive(id, request);
            let at_once = driver.outgoing(id);
            serve(&mut driver);
            (String::from_utf8(at_once).unwrap(), String::from_utf8(driver.outgoing(id)).unwrap())
        };
        // Nothing is answered before it is written.
        assert_eq!(live(b"SET k v\r\nGET k\r\n"), (String::new(), "+OK\r\n$1\r\nv\r\n".to_owned()));
        assert_eq!(live(b"GET k\r\n"), ("$1\r\nv\r\n".to_owned(), String::new()));
        assert!(Driver::with_disk(1, NOW, &[("appendonly".to_owned(), "maybe".to_owned())]).is_err());
    }

    #[test]
    fn calls_do_not_wait_for_the_disk() {
        let directives = [("appendonly".to_owned(), "yes".to_owned())];
        let (mut driver, mut disk) = (Driver::with_disk(1, NOW, &directives).unwrap(), Memory::default());
        driver.start();
        let mut serve = |driver: &mut Driver| {
            while let ops = driver.take_store_ops()
                && !ops.is_empty()
            {
                ops.into_iter().for_each(|(ticket, op)| driver.stored(ticket, disk.perform(&op)));
            }
        };
        serve(&mut driver);
        assert_eq!(driver.call(&[b"INCR", b"n"]), Some(Value::Int(1)));
        assert_eq!(driver.call(&[b"INCR", b"n"]), Some(Value::Int(2)));
        serve(&mut driver);
        assert_eq!(driver.call(&[b"INCR", b"n"]), Some(Value::Int(3)));
        assert_eq!(driver.call(&[b"GET", b"n"]), bulk("3"));
    }

    #[test]
    fn what_only_reads_may_be_asked_twice() {
        let driver = Driver::new(1, NOW);
        for (argv, expected) in [
            (&[&b"get"[..], b"k"][..], true),
            (&[b"XINFO", b"STREAM", b"s"], true),
            (&[b"INCR", b"k"], false),
            (&[b"CONFIG", b"SET", b"hz", b"10"], false),
            (&[b"PING"], false),
            (&[b"NOSUCH"], false),
            (&[], false),
        ] {
            assert_eq!(driver.only_reads(argv), expected, "{argv:?}");
        }
    }
}
