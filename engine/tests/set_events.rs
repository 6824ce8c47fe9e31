//! What listeners hear of set commands, and in which order.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::machine::{ConnId, Input, Now, Peer};
use redstart_engine::observe::Host;

const CONN: ConnId = ConnId(0);

/// Runs commands whose words have no spaces; tells the events of each as `event key`.
fn events(commands: &[&str]) -> Vec<String> {
    let now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };
    let mut engine = Engine::new(Config::new(), Host::default(), 7, now);
    engine.observe(true);
    let mut out = Vec::new();
    engine.handle(now, Input::Accepted { conn: CONN, peer: Peer::in_process(1) }, &mut out);
    let mut run = |command: &&str| {
        let argv: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        engine.handle(now, Input::Request { conn: CONN, argv: &argv }, &mut out);
        let changes = engine.take_changes();
        let told = changes
            .iter()
            .map(|change| format!("{} {}", change.event.name, String::from_utf8_lossy(&change.key)));
        told.collect::<Vec<_>>().join(", ")
    };
    commands.iter().map(&mut run).collect()
}

#[track_caller]
fn check(told: &[(&str, &str)]) {
    let commands: Vec<&str> = told.iter().map(|(command, _)| *command).collect();
    for (heard, (command, expected)) in events(&commands).iter().zip(told) {
        assert_eq!(heard, expected, "{command}");
    }
}

#[test]
fn members_come_and_go() {
    check(&[
        ("SADD s a b", "new s, sadd s"),
        ("SADD s a", ""),
        ("SREM s x", ""),
        ("SREM s a", "srem s"),
        ("SMOVE s t b", "srem s, del s, new t, sadd t"),
        ("SMOVE t t b", ""),
        ("SPOP t 0", ""),
        ("SPOP t", "spop t, del t"),
        ("SADD u a b", "new u, sadd u"),
        ("SPOP u 9", "spop u, del u"),
        ("SPOP u 9", ""),
    ]);
}

#[test]
fn results_are_stored() {
    check(&[
        ("SADD a 1 2", "new a, sadd a"),
        ("SUNIONSTORE d a b", "keymiss b, new d, sunionstore d"),
        ("SINTERSTORE d a d", "sinterstore d"),
        ("SDIFFSTORE d a a", "del d"),
        ("SINTERSTORE d a b", "keymiss b"),
    ]);
}
