//! Clients that want too much: each limit, on virtual time.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::machine::{ConnId, Input, Now, Output, Peer, Transport};
use redstart_engine::observe::Host;

const CONN: ConnId = ConnId(3);

/// An engine with some directives changed, and a client that does what a test wants.
struct Scene {
    engine: Engine,
    now: Now,
}

impl Scene {
    fn new(directives: &[(&str, &str)], transport: Transport) -> (Self, Vec<Output>) {
        let now = Now { unix_us: 1_700_000_000_000_000, mono_us: 5_000_000 };
        let mut config = Config::new();
        for (name, value) in directives {
            assert!(config.put(name, value.as_bytes()).is_ok(), "{name} {value}");
        }
        let mut scene = Self { engine: Engine::new(config, Host::default(), 7, now), now };
        let peer = Peer { transport, ..Peer::in_process(3) };
        let out = scene.tell(Input::Accepted { conn: CONN, peer });
        (scene, out)
    }

    fn tell(&mut self, input: Input<'_>) -> Vec<Output> {
        let mut out = Vec::new();
        self.engine.handle(self.now, input, &mut out);
        out
    }

    fn say(&mut self, bytes: &[u8]) -> Vec<Output> {
        self.tell(Input::Received { conn: CONN, bytes })
    }

    fn heard(&self) -> String {
        String::from_utf8_lossy(self.engine.outgoing(CONN)).into_owned()
    }

    /// Lets time pass, with a turn at every deadline.
    fn pass(&mut self, ms: u64) -> Vec<Output> {
        let end_us = self.now.mono_us + ms * 1000;
        let mut out = Vec::new();
        while self.now.mono_us < end_us {
            let next_us = self.engine.deadline().mono_us.clamp(self.now.mono_us + 1000, end_us);
            self.now.unix_us += next_us - self.now.mono_us;
            self.now.mono_us = next_us;
            out.extend(self.tell(Input::Tick));
        }
        out
    }
}

#[test]
fn an_idle_client_is_closed_after_the_timeout_and_not_before() {
    let (mut scene, _) = Scene::new(&[("timeout", "5")], Transport::InProcess);
    assert!(!scene.pass(4_900).contains(&Output::Abort(CONN)));
    scene.say(b"PING\r\n");
    assert!(!scene.pass(4_900).contains(&Output::Abort(CONN)), "what it said counts");
    assert!(scene.pass(300).contains(&Output::Abort(CONN)));
}

#[test]
fn without_a_timeout_a_client_may_stay() {
    let (mut scene, _) = Scene::new(&[], Transport::InProcess);
    assert!(!scene.pass(3_600_000).contains(&Output::Abort(CONN)));
}

#[test]
fn a_request_that_never_ends_is_not_kept_for_ever() {
    let limit = [("client-query-buffer-limit", "1mb")];
    let (mut scene, _) = Scene::new(&limit, Transport::InProcess);
    assert!(!scene.say(b"*2\r\n$3\r\nSET\r\n$5000000\r\n").contains(&Output::Abort(CONN)));
    let piece = vec![b'x'; 600_000];
    assert!(!scene.say(&piece).contains(&Output::Abort(CONN)));
    assert!(scene.say(&piece).contains(&Output::Abort(CONN)));
    assert_eq!(scene.heard(), "", "nobody is told why");
}

#[test]
fn too_much_waiting_ends_a_client_at_once_or_after_a_while() {
    let limit = [("client-output-buffer-limit", "normal 200kb 100kb 10")];
    let (mut scene, _) = Scene::new(&limit, Transport::InProcess);
    scene.say(format!("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$60000\r\n{}\r\n", "v".repeat(60_000)).as_bytes());
    assert!(!scene.say(b"GET k\r\nGET k\r\n").contains(&Output::Abort(CONN)), "over the soft limit");
    assert!(!scene.pass(9_000).contains(&Output::Abort(CONN)));
    assert!(scene.pass(2_000).contains(&Output::Abort(CONN)), "for too long");

    let (mut scene, _) = Scene::new(&limit, Transport::InProcess);
    scene.say(format!("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$60000\r\n{}\r\n", "v".repeat(60_000)).as_bytes());
    scene.say(b"GET k\r\nGET k\r\n");
    let bytes = scene.heard().len();
    scene.tell(Input::Sent { conn: CONN, bytes });
    assert!(!scene.pass(60_000).contains(&Output::Abort(CONN)), "it read in time");
    let many = b"GET k\r\n".repeat(4);
    assert!(scene.say(&many).contains(&Output::Abort(CONN)), "over the hard limit");
}

#[test]
fn who_takes_most_goes_when_clients_take_too_much() {
    let (mut scene, _) = Scene::new(&[("maxmemory-clients", "3mb")], Transport::InProcess);
    let set = format!("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$750000\r\n{}\r\n", "v".repeat(750_000));
    scene.say(b"MULTI\r\n");
    let gone: Vec<bool> = (0..5).map(|_| scene.say(set.as_bytes()).contains(&Output::Abort(CONN))).collect();
    assert_eq!(gone, [false, false, false, false, true], "what is queued counts");

    let (mut scene, _) = Scene::new(&[("maxmemory-clients", "1mb")], Transport::InProcess);
    assert!(scene.say(b"*2\r\n$2000000\r\n").contains(&Output::Abort(CONN)), "so does what is announced");

    let (mut scene, _) = Scene::new(&[("maxmemory-clients", "1mb")], Transport::InProcess);
    scene.say(b"CLIENT NO-EVICT on\r\n");
    assert!(!scene.say(b"*2\r\n$2000000\r\n").contains(&Output::Abort(CONN)), "who asked for it stays");
}

#[test]
fn watched_keys_channels_and_prefixes_count_as_memory_of_a_client() {
    for call in ["WATCH k", "SUBSCRIBE k", "PSUBSCRIBE k", "CLIENT TRACKING on BCAST PREFIX k"] {
        let (mut scene, _) = Scene::new(&[("maxmemory-clients", "10kb")], Transport::InProcess);
        let went = (1000..2000).any(|number| {
            let gone = scene.say(format!("{call}{number}\r\n").as_bytes()).contains(&Output::Abort(CONN));
            let bytes = scene.heard().len();
            scene.tell(Input::Sent { conn: CONN, bytes });
            gone
        });
        assert!(went, "{call}");
    }
}

#[test]
fn protected_mode_turns_strangers_away() {
    let outside = Transport::Tcp { loopback: false };
    let (scene, out) = Scene::new(&[], outside);
    assert!(scene.heard().starts_with("-DENIED Redis is running in protected mode"), "{}", scene.heard());
    assert!(out.contains(&Output::Close(CONN)));
    for (directives, transport) in [
        (&[][..], Transport::Tcp { loopback: true }),
        (&[][..], Transport::Unix),
        (&[("protected-mode", "no")][..], outside),
        (&[("requirepass", "secret")][..], outside),
    ] {
        let (scene, out) = Scene::new(directives, transport);
        assert_eq!(scene.heard(), "");
        assert!(!out.contains(&Output::Close(CONN)));
    }
}
