//! The very start, while the disk takes its time.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::machine::{ConnId, Input, Now, Output, Peer};
use redstart_engine::observe::Host;
use redstart_engine::persistence::store::{Memory, Storage, StoreOp, Ticket};

/// Who comes before it is known what there is to load waits, and then hears that it is being loaded.
#[test]
fn nobody_is_served_before_the_append_only_file_is_loaded() {
    let now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };
    let mut config = Config::new();
    config.put("appendonly", b"yes").unwrap();
    let mut disk = Memory::default();
    disk.put("appendonlydir/appendonly.aof.manifest", b"file a seq 1 type i\n".to_vec());
    disk.put("appendonlydir/a", b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n".to_vec());
    let mut engine = Engine::new(config, Host::default(), 1, now);
    let (mut out, conn) = (Vec::new(), ConnId(0));
    engine.handle(now, Input::Start, &mut out);
    engine.handle(now, Input::Accepted { conn, peer: Peer::in_process(8) }, &mut out);
    let mut heard = Vec::new();
    for turn in 0..20 {
        engine.handle(now, Input::Received { conn, bytes: b"GET k\r\n" }, &mut out);
        engine.handle(now, Input::Tick, &mut out);
        let said = String::from_utf8_lossy(engine.outgoing(conn)).into_owned();
        engine.handle(now, Input::Sent { conn, bytes: said.len() }, &mut out);
        assert!(turn > 0 || said.is_empty(), "it doesn't wait: {said}");
        heard.extend(said.split_inclusive("\r\n").map(str::to_owned));
        let ops: Vec<(Ticket, StoreOp)> = out
            .drain(..)
            .filter_map(
                |output| if let Output::Store { ticket, op } = output { Some((ticket, op)) } else { None },
            )
            .collect();
        for (ticket, op) in ops {
            let result = disk.perform(&op);
            engine.handle(now, Input::Stored { ticket, result }, &mut out);
        }
    }
    assert!(
        heard.iter().all(|line| line.starts_with("-LOADING") || line == "$1\r\n" || line == "v\r\n"),
        "{heard:?}"
    );
    assert_eq!(heard.last().map(String::as_str), Some("v\r\n"));
}
