//! Any bytes as an RDB file, cut anywhere: they give the same keys or the same error as if they had come at once, and a
//! server that starts with them never panics.
//!
//! The first byte chooses how to cut. The checksum is not looked at: hardly a file would get past it. Run it with
//! `cargo xtask fuzz rdb`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::hasher::Hasher;
use redstart_engine::in_process::InProcess;
use redstart_engine::machine::Now;
use redstart_engine::observe::Host;
use redstart_engine::persistence::rdb::Rules;
use redstart_engine::persistence::rdb::dump;
use redstart_engine::persistence::rdb::load::{FileReader, Record};
use redstart_engine::persistence::store::{Memory, Storage};

const NOW: Now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };

fuzz_target!(|data: &[u8]| {
    let Some((&first, bytes)) = data.split_first() else { return };
    let file = [b"REDIS0012".as_slice(), bytes].concat();
    assert_eq!(records(&file, usize::from(first).max(1)), records(&file, file.len()));
    let mut config = Config::new();
    config.put("rdbchecksum", b"no").expect("this is a directive");
    let mut disk = Memory::default();
    disk.append("dump.rdb", 0, &file).expect("there is room");
    let mut front = InProcess::with_storage(Engine::new(config, Host::default(), 7, NOW), disk);
    front.start(NOW);
    let conn = front.connect(NOW);
    for argv in [&[b"DEBUG".as_slice(), b"DIGEST"][..], &[b"SAVE"], &[b"FLUSHALL"]] {
        front.request(NOW, conn, argv);
        front.take(NOW, conn);
    }
});

/// What is found in a file that comes in pieces, up to its end or what is wrong with it.
fn records(file: &[u8], piece: usize) -> Vec<String> {
    let rules = Rules::new(&Config::new(), Hasher::new((1, 2)));
    let mut reader = FileReader::new(false);
    let mut found = Vec::new();
    for piece in file.chunks(piece).chain([&[][..]]) {
        reader.feed(piece);
        if piece.is_empty() {
            reader.finish();
        }
        loop {
            match reader.next(&rules) {
                Ok(None) => break,
                Ok(Some(Record::End)) => return found,
                Ok(Some(Record::Key(key))) => {
                    let value = dump::write(key.value.held(), false);
                    found.push(format!("{} {:?} {:?} {value:?}", key.db, key.name, key.expires_ms));
                }
                Ok(Some(record)) => found.push(format!("{record:?}")),
                Err(error) => {
                    found.push(error.to_string());
                    return found;
                }
            }
        }
    }
    found
}
