//! Any bytes as an append-only file: a server that starts with them serves what is good, or doesn't start, and never
//! panics. If it serves, it finds the same when it starts once more.
//!
//! The first byte chooses what is made up: the commands, or the manifest. Run it with `cargo xtask fuzz aof`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::in_process::InProcess;
use redstart_engine::machine::Now;
use redstart_engine::observe::{Digest, Host};
use redstart_engine::persistence::store::{Memory, Storage};

const NOW: Now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };
const MANIFEST: &[u8] = b"file commands seq 1 type i\n";

fuzz_target!(|data: &[u8]| {
    let Some((&first, bytes)) = data.split_first() else { return };
    let (manifest, commands) = if first % 8 == 0 { (bytes, &[][..]) } else { (MANIFEST, bytes) };
    let mut disk = Memory::default();
    for (name, bytes) in [("appendonly.aof.manifest", manifest), ("commands", commands)] {
        disk.append(&format!("appendonlydir/{name}"), 0, bytes).expect("there is room");
    }
    let Some((disk, found)) = start(disk) else { return };
    let (_, again) = start(disk).expect("what it served before is good");
    assert_eq!(again, found);
});

/// Starts a server; gives what is on the disk and a digest of what is stored once it serves, if it does.
fn start(disk: Memory) -> Option<(Memory, String)> {
    let mut config = Config::new();
    config.put("appendonly", b"yes").expect("this is a directive");
    let mut front = InProcess::with_storage(Engine::new(config, Host::default(), 7, NOW), disk);
    front.start(NOW);
    let conn = front.connect(NOW);
    front.request(NOW, conn, &[b"PING"]);
    if front.take(NOW, conn) != b"+PONG\r\n" {
        return None;
    }
    let found = Digest::of_keyspace(front.engine().keyspace()).to_text();
    Some((front.into_storage(), found))
}
