//! What listeners hear of commands for keys of any type, and how many changes a save counts.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::machine::{ConnId, Input, Now, Peer};
use redstart_engine::observe::Host;

const CONN: ConnId = ConnId(0);

/// What DUMP makes of the string `1`.
const ONE: &[u8] = b"\x00\xc0\x01\x0a\x00\x26\x78\xe7\xb6\xd1\x01\x11\xfc";

/// Runs commands whose words have no spaces, and of which `ONE` is that payload; tells the events of each as `event key`, and the changes.
fn events(commands: &[&str]) -> Vec<(String, u64)> {
    let now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };
    let mut engine = Engine::new(Config::new(), Host::default(), 7, now);
    engine.observe(true);
    let mut out = Vec::new();
    engine.handle(now, Input::Accepted { conn: CONN, peer: Peer::in_process(1) }, &mut out);
    let mut run = |command: &&str| {
        let argv: Vec<&[u8]> =
            command.split(' ').map(|word| if word == "ONE" { ONE } else { word.as_bytes() }).collect();
        let before = engine.keyspace().dirty;
        engine.handle(now, Input::Request { conn: CONN, argv: &argv }, &mut out);
        let changes = engine.take_changes();
        let told = changes
            .iter()
            .map(|change| format!("{} {}", change.event.name, String::from_utf8_lossy(&change.key)));
        (told.collect::<Vec<_>>().join(", "), engine.keyspace().dirty - before)
    };
    commands.iter().map(&mut run).collect()
}

#[track_caller]
fn check(told: &[(&str, &str, u64)]) {
    let commands: Vec<&str> = told.iter().map(|(command, ..)| *command).collect();
    for ((heard, changes), (command, expected, count)) in events(&commands).iter().zip(told) {
        assert_eq!((heard.as_str(), changes), (*expected, count), "{command}");
    }
}

#[test]
fn what_is_sorted_is_stored() {
    check(&[
        ("RPUSH l 3 1 2", "new l, rpush l", 3),
        ("SORT l", "", 0),
        ("SORT l BY w_*", "keymiss w_3, keymiss w_1, keymiss w_2", 0),
        ("SORT l LIMIT 0 1 GET n_*", "keymiss n_1", 0),
        ("SORT l STORE d", "new d, sortstore d", 3),
        ("SORT l LIMIT 0 2 STORE d", "sortstore d", 2),
        ("SORT l STORE l", "sortstore l", 3),
        ("SORT x STORE d", "keymiss x, del d", 1),
        ("SORT x STORE d", "keymiss x", 0),
    ]);
}

#[test]
fn what_is_restored_is_there() {
    check(&[
        ("RESTORE k 0 ONE", "new k, restore k", 1),
        ("RESTORE k 0 ONE", "", 0),
        ("RESTORE k 0 ONE REPLACE", "new k, restore k", 1),
        ("RESTORE t 1000 ONE", "new t, restore t", 1),
        ("RESTORE past 1 ONE ABSTTL", "", 0),
        ("RESTORE past 1 ONE ABSTTL REPLACE", "", 0),
        ("RESTORE k 1 ONE ABSTTL REPLACE", "del k", 1),
        ("RESTORE k 0 nonsense", "", 0),
        ("DUMP k", "keymiss k", 0),
    ]);
}
