//! The border as a front sees it: bytes in, bytes out, at any split.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::machine::{ConnId, Input, Now, Output, Peer};
use redstart_engine::observe::Host;

struct Front {
    engine: Engine,
    now: Now,
}

const CONN: ConnId = ConnId(0);

impl Front {
    fn new() -> Self {
        let now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };
        let mut engine = Engine::new(Config::new(), Host::default(), 7, now);
        engine.handle(now, Input::Accepted { conn: CONN, peer: Peer::in_process(1) }, &mut Vec::new());
        Self { engine, now }
    }

    fn say(&mut self, bytes: &[u8]) -> (String, Vec<Output>) {
        let mut out = Vec::new();
        self.engine.handle(self.now, Input::Received { conn: CONN, bytes }, &mut out);
        let reply = self.engine.outgoing(CONN).to_vec();
        self.engine.handle(self.now, Input::Sent { conn: CONN, bytes: reply.len() }, &mut out);
        (String::from_utf8_lossy(&reply).into_owned(), out)
    }
}

#[test]
fn a_request_may_come_in_any_pieces() {
    let request =
        b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nv\r\n\xff!\r\nPING hi\r\n*2\r\n$3\r\nget\r\n$1\r\nk\r\n";
    let whole = Front::new().say(request).0;
    assert_eq!(whole, "+OK\r\n$2\r\nhi\r\n$5\r\nv\r\n\u{fffd}!\r\n");
    for first in 0..request.len() {
        for second in first..request.len() {
            let mut front = Front::new();
            let mut heard = front.say(&request[..first]).0;
            heard += &front.say(&request[first..second]).0;
            heard += &front.say(&request[second..]).0;
            assert_eq!(heard, whole, "split at {first} and {second}");
        }
    }
}

#[test]
fn a_protocol_error_ends_the_connection() {
    let (heard, out) = Front::new().say(b"*1\r\n+PING\r\n");
    assert_eq!(heard, "-ERR Protocol error: expected '$', got '+'\r\n");
    assert!(out.contains(&Output::Close(CONN)));
}
