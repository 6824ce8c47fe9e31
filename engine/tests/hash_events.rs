//! What listeners hear of hash commands, and in which order; and when fields go by themselves.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::machine::{ConnId, Input, Now, Peer, Why};
use redstart_engine::observe::Host;

const CONN: ConnId = ConnId(0);

/// An engine whose changes are heard.
struct Listener {
    engine: Engine,
    now: Now,
}

impl Listener {
    fn new() -> Self {
        let now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };
        let mut engine = Engine::new(Config::new(), Host::default(), 7, now);
        engine.observe(true);
        engine.handle(now, Input::Accepted { conn: CONN, peer: Peer::in_process(1) }, &mut Vec::new());
        engine.handle(now, Input::Tick, &mut Vec::new());
        Self { engine, now }
    }

    /// Runs a command whose words have no spaces; tells the events as `event key`.
    fn hear(&mut self, command: &str) -> String {
        let argv: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        self.engine.handle(self.now, Input::Request { conn: CONN, argv: &argv }, &mut Vec::new());
        self.heard()
    }

    fn heard(&mut self) -> String {
        let changes = self.engine.take_changes();
        let told = changes
            .iter()
            .map(|change| format!("{} {}", change.event.name, String::from_utf8_lossy(&change.key)));
        told.collect::<Vec<_>>().join(", ")
    }

    /// Lets time pass without giving the engine a turn.
    fn pass_ms(&mut self, ms: u64) {
        self.now.unix_us += ms * 1000;
        self.now.mono_us += ms * 1000;
    }

    /// Gives the engine its turns until it wants none before the clock's time; tells how many it took.
    fn run_due(&mut self) -> usize {
        let mut turns = 0;
        while self.engine.deadline().mono_us <= self.now.mono_us {
            self.engine.handle(self.now, Input::Tick, &mut Vec::new());
            turns += 1;
        }
        turns
    }

    /// After how many milliseconds it wants to be woken for an expiry, if for one.
    fn wakes_in_ms(&self) -> Option<u64> {
        let deadline = self.engine.deadline();
        (deadline.why == Why::Expiry).then(|| (deadline.mono_us - self.now.mono_us) / 1000)
    }

    /// How many keys are stored, the dead ones included.
    fn stored(&self) -> usize {
        self.engine.keyspace().databases().iter().map(redstart_engine::keyspace::Database::len).sum()
    }
}

#[track_caller]
fn check(told: &[(&str, &str)]) {
    let mut listener = Listener::new();
    for (command, expected) in told {
        assert_eq!(listener.hear(command), *expected, "{command}");
    }
}

#[test]
fn fields_come_and_go() {
    check(&[
        ("HSET h a 1 b 2", "new h, hset h"),
        ("HSET h a 1", "hset h"),
        ("HMSET h a 1 c 3", "hset h"),
        ("HSETNX h a 1", ""),
        ("HSETNX h d 1", "hset h"),
        ("HSETNX n a 1", "new n, hset n"),
        ("HDEL h x", ""),
        ("HDEL h a b", "hdel h"),
        ("HDEL h c d x", "hdel h, del h"),
        ("HDEL h c", ""),
        ("HGET h a", "keymiss h"),
        ("HINCRBY i n 5", "new i, hincrby i"),
        ("HINCRBY i n 0", "hincrby i"),
        ("HINCRBY i n x", ""),
        ("HINCRBYFLOAT i n 1.5", "hincrbyfloat i"),
        ("HINCRBY i n 1", ""),
        ("HINCRBYFLOAT f n 1", "new f, hincrbyfloat f"),
    ]);
}

#[test]
fn fields_get_deadlines_and_lose_them() {
    check(&[
        ("HSET h a 1 b 2 c 3", "new h, hset h"),
        ("HEXPIRE h 100 FIELDS 2 a x", "hexpire h"),
        ("HEXPIRE h 100 NX FIELDS 1 a", ""),
        ("HPEXPIREAT h 1 FIELDS 1 a", "hdel h"),
        ("HPERSIST h FIELDS 1 b", ""),
        ("HEXPIRE h 100 FIELDS 1 b", "hexpire h"),
        ("HPERSIST h FIELDS 1 b", "hpersist h"),
        ("HEXPIRE h 0 FIELDS 2 b c", "hdel h, del h"),
        ("HEXPIRE h 0 FIELDS 1 b", ""),
        ("HPERSIST h FIELDS 1 b", ""),
        ("HTTL h FIELDS 1 b", "keymiss h"),
    ]);
}

#[test]
fn values_and_deadlines_change_at_once() {
    check(&[
        ("HSETEX h FIELDS 2 a 1 b 2", "new h, hset h"),
        ("HSETEX h FNX FIELDS 1 a 1", ""),
        ("HSETEX h KEEPTTL FIELDS 1 a 1", "hset h"),
        ("HSETEX h EX 10 FIELDS 1 c 1", "hset h, hexpire h"),
        ("HSETEX h PXAT 1 FIELDS 1 c 1", "hset h, hdel h"),
        ("HSETEX n PXAT 1 FIELDS 1 c 1", "new n, hset n, hdel n, del n"),
        ("HGETEX h FIELDS 1 a", ""),
        ("HGETEX h EX 10 FIELDS 1 x", ""),
        ("HGETEX h EX 10 FIELDS 2 a x", "hexpire h"),
        ("HGETEX h PERSIST FIELDS 2 a b", "hpersist h"),
        ("HGETEX h PERSIST FIELDS 2 a b", ""),
        ("HGETEX h EX 0 FIELDS 1 a", "hdel h"),
        ("HGETDEL h FIELDS 1 x", ""),
        ("HGETDEL h FIELDS 2 x b", "hdel h, del h"),
        ("HGETDEL h FIELDS 1 b", ""),
    ]);
}

/// One field of `part` and all of `whole` are dead, and nobody has touched them since.
fn with_dead_fields() -> Listener {
    let mut listener = Listener::new();
    for command in [
        "HSET part a 1 b 2",
        "HSET whole a 1 b 2",
        "HPEXPIRE part 5 FIELDS 1 a",
        "HPEXPIRE whole 5 FIELDS 2 a b",
    ] {
        listener.hear(command);
    }
    listener.pass_ms(5);
    listener
}

#[test]
fn the_first_to_ask_removes_what_is_dead() {
    for (command, heard) in [
        ("HGET part a", "hexpired part"),
        ("HLEN part", "hexpired part"),
        ("HDEL part b", "hexpired part, hdel part, del part"),
        ("HSET part a 1", "hexpired part, hset part"),
        ("HGET whole a", "hexpired whole, del whole, keymiss whole"),
        ("HSET whole a 1", "hexpired whole, del whole, new whole, hset whole"),
        ("DEL whole", "hexpired whole, del whole"),
        ("TYPE whole", "hexpired whole, del whole, keymiss whole"),
        ("SCAN 0 COUNT 100", "hexpired part, hexpired whole, del whole"),
        ("KEYS *", ""),
    ] {
        let mut listener = with_dead_fields();
        let mut told: Vec<String> = listener.hear(command).split(", ").map(String::from).collect();
        let mut expected: Vec<&str> = heard.split(", ").collect();
        if command.starts_with("SCAN") {
            told.sort_unstable();
            expected.sort_unstable();
        }
        assert_eq!(told, expected, "{command}");
    }
}

#[test]
fn fields_go_by_themselves() {
    let mut listener = with_dead_fields();
    assert_eq!(listener.stored(), 2);
    assert_eq!(listener.run_due(), 1);
    let mut told: Vec<String> = listener.heard().split(", ").map(String::from).collect();
    told.sort_unstable();
    assert_eq!(told, ["del whole", "hexpired part", "hexpired whole"]);
    assert_eq!(listener.stored(), 1);
}

#[test]
fn many_fields_go_in_small_steps() {
    for limit in ["5000", "0"] {
        let mut listener = Listener::new();
        listener.hear(&format!("CONFIG SET hash-max-listpack-entries {limit}"));
        let fields: Vec<String> = (0..1000).map(|field| format!("f{field}")).collect();
        listener.hear(&format!("HSET h stays 1 {} 1", fields.join(" 1 ")));
        listener.hear(&format!("HPEXPIRE h 5 FIELDS 1000 {}", fields.join(" ")));
        listener.pass_ms(5);
        assert_eq!(listener.run_due(), 2, "steps of 500");
        assert_eq!(listener.heard(), "hexpired h, hexpired h");
        assert_eq!(listener.wakes_in_ms(), None);
    }
}

#[test]
fn the_engine_asks_to_be_woken_when_the_next_field_dies() {
    let mut listener = Listener::new();
    for (command, wakes_in_ms) in [
        ("HSET h a 1 b 2", None),
        ("HPEXPIRE h 70 FIELDS 1 a", Some(70)),
        ("HPEXPIRE h 40 FIELDS 1 b", Some(40)),
        ("HPERSIST h FIELDS 1 b", Some(70)),
        ("RENAME h i", Some(70)),
        ("MOVE i 1", Some(70)),
        ("SELECT 1", Some(70)),
        ("HSET i a 1", None),
        ("HPEXPIRE i 60 FIELDS 1 a", Some(60)),
        ("COPY i c", Some(60)),
        ("DEL i", Some(60)),
        ("SET k v PX 50", Some(50)),
        ("DEL k", Some(60)),
        ("SET c v", None),
        ("HSETEX h PX 30 FIELDS 2 a 1 b 2", Some(30)),
        ("HGETDEL h FIELDS 1 a", Some(30)),
        ("HDEL h b", None),
        ("HSETEX h PX 30 FIELDS 2 a 1 b 2", Some(30)),
        ("SUNIONSTORE h s", None),
        ("HSETEX h PX 30 FIELDS 2 a 1 b 2", Some(30)),
        ("SADD s a", Some(30)),
        ("SUNIONSTORE h s", None),
        ("DEL h", None),
        ("HSETEX h PX 30 FIELDS 2 a 1 b 2", Some(30)),
        ("SWAPDB 1 2", Some(30)),
        ("FLUSHALL", None),
    ] {
        listener.hear(command);
        assert_eq!(listener.wakes_in_ms(), wakes_in_ms, "{command}");
    }
}
