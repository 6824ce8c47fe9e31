//! Any bytes as a payload of RESTORE: a value or an error, never a panic; and a value gives a payload that restores it.
//!
//! The checksum is made to fit. Run it with `cargo xtask fuzz restore`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::in_process::InProcess;
use redstart_engine::machine::{ConnId, Now};
use redstart_engine::observe::Host;
use redstart_engine::persistence::rdb::dump::Checksum;
use redstart_engine::resp::read::{Value, read};

const NOW: Now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };

fuzz_target!(|data: &[u8]| {
    let mut payload = [data, &10_u16.to_le_bytes()].concat();
    let mut checksum = Checksum::new();
    checksum.update(&payload);
    payload.extend(checksum.value().to_le_bytes());
    let mut front = InProcess::new(Engine::new(Config::new(), Host::default(), 7, NOW));
    let conn = front.connect(NOW);
    if say(&mut front, conn, &[b"RESTORE", b"k", b"0", &payload]) != b"+OK\r\n" {
        return;
    }
    let digest = say(&mut front, conn, &[b"DEBUG", b"DIGEST"]);
    let dumped = say(&mut front, conn, &[b"DUMP", b"k"]);
    // Nothing is left of a hash whose fields had all expired.
    let Some(own) = bulk(&dumped) else { return };
    assert_eq!(say(&mut front, conn, &[b"RESTORE", b"k", b"0", &own, b"REPLACE"]), b"+OK\r\n");
    assert_eq!(say(&mut front, conn, &[b"DEBUG", b"DIGEST"]), digest);
});

fn say(front: &mut InProcess, conn: ConnId, argv: &[&[u8]]) -> Vec<u8> {
    front.request(NOW, conn, argv);
    front.take(NOW, conn)
}

/// The bytes of a reply that is a string, if it is one.
fn bulk(reply: &[u8]) -> Option<Vec<u8>> {
    match read(reply) {
        Ok(Some((Value::Bulk(bytes), _))) => Some(bytes),
        Ok(Some((Value::Null, _))) => None,
        other => panic!("DUMP answers {other:?}"),
    }
}
