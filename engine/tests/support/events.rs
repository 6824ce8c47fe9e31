//! What listeners hear of commands, and in which order.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::machine::{ConnId, Input, Now, Peer};
use redstart_engine::observe::Host;

const CONN: ConnId = ConnId(0);

/// Runs commands whose words have no spaces, and compares the events of each, as `event key, event key`.
#[track_caller]
pub(crate) fn check(told: &[(&str, &str)]) {
    let now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };
    let mut engine = Engine::new(Config::new(), Host::default(), 7, now);
    engine.observe(true);
    let mut out = Vec::new();
    engine.handle(now, Input::Accepted { conn: CONN, peer: Peer::in_process(1) }, &mut out);
    for (command, expected) in told {
        let argv: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        engine.handle(now, Input::Request { conn: CONN, argv: &argv }, &mut out);
        let changes = engine.take_changes();
        let heard = changes
            .iter()
            .map(|change| format!("{} {}", change.event.name, String::from_utf8_lossy(&change.key)));
        assert_eq!(heard.collect::<Vec<_>>().join(", "), *expected, "{command}");
    }
}
