//! Clients that wait for a key: in which order they are served, and what ends a wait besides a key.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::in_process::InProcess;
use redstart_engine::machine::{ConnId, Now};
use redstart_engine::observe::Host;

/// A store, its clock, and clients that say words without spaces.
struct Front {
    store: InProcess,
    now: Now,
}

impl Front {
    fn new() -> Self {
        let now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };
        let mut store = InProcess::new(Engine::new(Config::new(), Host::default(), 7, now));
        store.tick(now);
        Self { store, now }
    }

    fn connect(&mut self) -> ConnId {
        self.store.connect(self.now)
    }

    fn say(&mut self, conn: ConnId, command: &str) -> String {
        let argv: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        self.store.request(self.now, conn, &argv);
        self.hear(conn)
    }

    fn hear(&mut self, conn: ConnId) -> String {
        String::from_utf8_lossy(&self.store.take(self.now, conn)).into_owned()
    }

    fn id(&mut self, conn: ConnId) -> String {
        self.say(conn, "CLIENT ID").trim_matches([':', '\r', '\n']).to_owned()
    }

    fn waiting(&self) -> usize {
        let sessions = self.store.engine().sessions();
        sessions.iter().filter(|session| session.parked.is_some()).count()
    }
}

#[test]
fn another_client_can_end_a_wait() {
    let mut front = Front::new();
    let (waiter, other) = (front.connect(), front.connect());
    let id = front.id(waiter);
    for (how, heard) in [
        ("", "*-1\r\n"),
        (" TIMEOUT", "*-1\r\n"),
        (" ERROR", "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n"),
    ] {
        assert_eq!(front.say(waiter, "BLPOP k 0"), "");
        assert_eq!(front.say(other, &format!("CLIENT UNBLOCK {id}{how}")), ":1\r\n");
        assert_eq!(front.hear(waiter), heard);
        assert_eq!(front.say(other, &format!("CLIENT UNBLOCK {id}{how}")), ":0\r\n");
    }
    // It stands in no line any more.
    assert_eq!(front.say(other, "RPUSH k x"), ":1\r\n");
    assert_eq!(front.say(other, "LLEN k"), ":1\r\n");
}

#[test]
fn whoever_is_gone_takes_nothing() {
    let mut front = Front::new();
    let (gone, killed, patient, other) = (front.connect(), front.connect(), front.connect(), front.connect());
    let id = front.id(killed);
    for waiter in [gone, killed, patient] {
        assert_eq!(front.say(waiter, "BLPOP k 0"), "");
    }
    front.store.disconnect(front.now, gone);
    assert_eq!(front.say(other, &format!("CLIENT KILL ID {id}")), ":1\r\n");
    for ended in front.store.take_ended() {
        front.store.disconnect(front.now, ended);
    }
    assert_eq!(front.say(other, "RPUSH k x y"), ":2\r\n");
    assert_eq!(front.hear(patient), "*2\r\n$1\r\nk\r\n$1\r\nx\r\n");
    assert_eq!(front.say(other, "LLEN k"), ":1\r\n");
    assert_eq!(front.waiting(), 0);
}

#[test]
fn a_thousand_clients_are_served_in_the_order_in_which_they_came() {
    let mut front = Front::new();
    let waiters: Vec<ConnId> = (0..1000).map(|_| front.connect()).collect();
    for &waiter in waiters.iter().rev() {
        front.say(waiter, "BRPOP a b 0");
    }
    let other = front.connect();
    for number in 0..1000 {
        front.say(other, &format!("LPUSH {} {number}", if number % 3 == 0 { "a" } else { "b" }));
    }
    for (number, &waiter) in waiters.iter().rev().enumerate() {
        assert!(front.hear(waiter).ends_with(&format!("\r\n{number}\r\n")), "{number}");
    }
    assert_eq!(front.say(other, "DBSIZE"), ":0\r\n");
}

#[test]
fn a_wait_ends_to_the_millisecond() {
    let mut front = Front::new();
    let waiter = front.connect();
    front.say(waiter, "BLPOP k 0.0015");
    let deadline = front.store.engine().deadline();
    assert_eq!(deadline.mono_us, front.now.mono_us + 2000);
    front.now.mono_us += 1999;
    front.store.tick(front.now);
    assert_eq!(front.hear(waiter), "");
    front.now.mono_us += 1;
    front.store.tick(front.now);
    assert_eq!(front.hear(waiter), "*-1\r\n");
}

#[test]
fn who_can_t_wait_is_told_at_once() {
    let mut front = Front::new();
    let caller = front.connect();
    front.store.request_now(front.now, caller, &[b"BLPOP", b"k", b"0"]);
    assert_eq!(front.hear(caller), "*-1\r\n");
    assert_eq!(front.say(caller, "PING"), "+PONG\r\n");
}

#[test]
fn requests_that_came_while_waiting_run_in_order() {
    let mut front = Front::new();
    let (waiter, other) = (front.connect(), front.connect());
    front.say(waiter, "BLPOP k 0");
    front.say(waiter, "ECHO one");
    front.store.send(front.now, waiter, b"ECHO two\r\nBLPOP k 0\r\nECHO thr");
    front.store.send(front.now, waiter, b"ee\r\n");
    assert_eq!(front.say(other, "RPUSH k x"), ":1\r\n");
    assert_eq!(front.hear(waiter), "*2\r\n$1\r\nk\r\n$1\r\nx\r\n$3\r\none\r\n$3\r\ntwo\r\n");
    assert_eq!(front.say(other, "RPUSH k y"), ":1\r\n");
    assert_eq!(front.hear(waiter), "*2\r\n$1\r\nk\r\n$1\r\ny\r\n$5\r\nthree\r\n");
}
