//! What listeners hear of stream commands, and in which order, with what is noted for those who copy the data.

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
fn entries_come_and_go() {
    check(&[
        ("XADD s NOMKSTREAM 1-1 f v", ""),
        ("XADD s 0-0 f v", ""),
        ("XADD s 1-1 f v", "new s, xadd s"),
        ("XADD s 1-1 f v", ""),
        ("XADD s MAXLEN 1 2-1 f v", "xadd s, xtrim s"),
        ("XADD s MAXLEN 5 3-1 f v", "xadd s"),
        ("XTRIM s MAXLEN 5", ""),
        ("XTRIM s MAXLEN 1", "xtrim s"),
        ("XDEL s 1-1", ""),
        ("XDEL s 3-1", "xdel s"),
        ("XSETID s 9-9", "xsetid s"),
        ("XSETID s x", ""),
        ("XREAD STREAMS s none 0 0", "keymiss none, keymiss none"),
        ("XRANGE none - +", "keymiss none"),
    ]);
}

#[test]
fn groups_read() {
    check(&[
        ("XGROUP CREATE s g 0", ""),
        ("XGROUP CREATE s g 0 MKSTREAM", "new s, xgroup-create s"),
        ("XGROUP CREATE s g 0", ""),
        ("XGROUP CREATE s h 0", "xgroup-create s"),
        ("XGROUP SETID s h $", "xgroup-setid s"),
        ("XGROUP CREATECONSUMER s g ann", "xgroup-createconsumer s"),
        ("XGROUP CREATECONSUMER s g ann", ""),
        ("XREADGROUP GROUP g ann STREAMS s >", ""),
        ("XADD s 1-1 f v", "xadd s"),
        ("XREADGROUP GROUP g ann STREAMS s >", "xreadgroup s"),
        ("XREADGROUP GROUP g bob STREAMS s 0", "xreadgroup s, xgroup-createconsumer s"),
        ("XCLAIM s g bob 0 1-1 JUSTID", "xclaim s"),
        ("XCLAIM s g bob 100 1-1 JUSTID", ""),
        ("XAUTOCLAIM s g carol 0 0", "xclaim s, xgroup-createconsumer s"),
        ("XACK s g 1-1 2-2", "xack s"),
        ("XACK s g 1-1", ""),
        ("XGROUP DELCONSUMER s g ann", "xgroup-delconsumer s"),
        ("XGROUP DELCONSUMER s g ann", ""),
        ("XGROUP DESTROY s g", "xgroup-destroy s"),
        ("XGROUP DESTROY s g", ""),
    ]);
}
