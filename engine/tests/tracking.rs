//! Client-side caching where two connections of one client, or limits, come in.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::in_process::InProcess;
use redstart_engine::machine::{ConnId, Now};
use redstart_engine::observe::Host;

struct Front {
    store: InProcess,
    now: Now,
}

impl Front {
    fn new() -> Self {
        let now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };
        Self { store: InProcess::new(Engine::new(Config::new(), Host::default(), 7, now)), now }
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
}

#[test]
fn another_connection_is_told_in_its_place() {
    let mut front = Front::new();
    let (reader, listener, other) = (front.connect(), front.connect(), front.connect());
    let id = front.id(listener);
    front.say(listener, "SUBSCRIBE __redis__:invalidate");
    assert_eq!(front.say(reader, &format!("CLIENT TRACKING ON REDIRECT {id}")), "+OK\r\n");
    assert_eq!(front.say(reader, "CLIENT GETREDIR"), format!(":{id}\r\n"));
    front.say(reader, "GET k");
    front.say(other, "SET k 1");
    assert_eq!(front.hear(reader), "");
    assert_eq!(
        front.hear(listener),
        "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*1\r\n$1\r\nk\r\n"
    );
    front.say(reader, "GET k");
    front.say(other, "FLUSHALL");
    assert_eq!(front.hear(listener), "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*-1\r\n");
}

#[test]
fn a_listener_that_is_gone_is_told_of() {
    let mut front = Front::new();
    let (reader, listener, other) = (front.connect(), front.connect(), front.connect());
    let id = front.id(listener);
    front.say(reader, "HELLO 3");
    front.say(reader, &format!("CLIENT TRACKING ON REDIRECT {id}"));
    front.say(reader, "GET k");
    front.store.disconnect(front.now, listener);
    front.say(other, "SET k 1");
    assert_eq!(front.hear(reader), format!(">2\r\n$21\r\ntracking-redir-broken\r\n:{id}\r\n"));
    assert!(front.say(reader, "CLIENT TRACKINGINFO").contains("broken_redirect"));
}

#[test]
fn a_table_that_is_full_forgets_and_tells() {
    let mut front = Front::new();
    let (reader, other) = (front.connect(), front.connect());
    front.say(other, "CONFIG SET tracking-table-max-keys 10");
    front.say(reader, "HELLO 3");
    front.say(reader, "CLIENT TRACKING ON");
    let mut told = 0;
    for number in 0..50 {
        told += front.say(reader, &format!("GET key:{number}")).matches("invalidate").count();
    }
    let stats = front.say(other, "INFO stats");
    assert!(stats.contains("tracking_total_keys:10\r\n"), "{stats}");
    assert!(stats.contains("tracking_total_items:10\r\n"), "{stats}");
    assert_eq!(told, 40);
}

#[test]
fn whoever_is_gone_is_told_nothing() {
    let mut front = Front::new();
    let (reader, other) = (front.connect(), front.connect());
    front.say(reader, "HELLO 3");
    front.say(reader, "CLIENT TRACKING ON");
    front.say(reader, "GET k");
    front.store.disconnect(front.now, reader);
    let next = front.connect();
    assert_eq!(next, reader, "the name is used again");
    front.say(next, "HELLO 3");
    front.say(next, "CLIENT TRACKING ON");
    front.say(other, "SET k 1");
    assert_eq!(front.hear(next), "");
}
