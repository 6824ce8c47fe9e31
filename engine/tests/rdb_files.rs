//! RDB files, read in pieces of any size and damaged in any way.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::in_process::InProcess;
use redstart_engine::machine::{ConnId, Now};
use redstart_engine::observe::Host;
use redstart_engine::persistence::rdb::Rules;
use redstart_engine::persistence::rdb::load::{FileReader, RdbError, Record};
use redstart_engine::random::Random;

const NOW: Now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };

fn front(dump: Option<&[u8]>) -> (InProcess, ConnId) {
    let mut config = Config::new();
    config.put("enable-debug-command", b"yes").expect("this is a directive");
    let mut front = InProcess::new(Engine::new(config, Host::default(), 5, NOW));
    if let Some(dump) = dump {
        front.storage_mut().put("dump.rdb", dump.to_vec());
    }
    front.start(NOW);
    let conn = front.connect(NOW);
    (front, conn)
}

fn say(front: &mut InProcess, conn: ConnId, command: &str) -> String {
    let argv: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
    front.request(NOW, conn, &argv);
    String::from_utf8_lossy(&front.take(NOW, conn)).into_owned()
}

/// A file with a bit of everything.
fn file() -> (Vec<u8>, String) {
    let (mut front, conn) = front(None);
    for command in [
        "SET number 12345",
        "SET text hello PX 100000",
        "SET long aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "RPUSH list a 1 -70000 b",
        "SADD ints 1 2 300000",
        "SADD words a b c",
        "ZADD scores 1 a 2.5 b inf c",
        "HSET hash f v g w",
        "HPEXPIRE hash 50000 FIELDS 1 f",
        "XADD stream 1-1 f v",
        "XGROUP CREATE stream group 0",
        "XREADGROUP GROUP group me COUNT 1 STREAMS stream >",
        "SELECT 9",
        "SET elsewhere v",
        "SAVE",
    ] {
        let reply = say(&mut front, conn, command);
        assert!(!reply.starts_with('-'), "{command}: {reply}");
    }
    let digest = say(&mut front, conn, "DEBUG DIGEST");
    (front.storage_mut().get("dump.rdb").expect("it was saved").to_vec(), digest)
}

/// Reads a file in pieces; gives how many keys it has.
fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>, checks: bool) -> Result<usize, RdbError> {
    let (front, _) = front(None);
    let rules = Rules::new(front.engine().config(), front.engine().keyspace().hasher());
    let mut reader = FileReader::new(checks);
    let (mut keys, mut is_over) = (0, false);
    for piece in pieces.map(Some).chain([None]) {
        match piece {
            Some(piece) => reader.feed(piece),
            None => reader.finish(),
        }
        while let Some(record) = reader.next(&rules)? {
            match record {
                Record::End => {
                    is_over = true;
                    break;
                }
                Record::Key(_) => keys += 1,
                Record::Aux { .. } | Record::Library(_) | Record::Size { .. } | Record::EmptyKey(_) => {}
            }
        }
        if is_over {
            return Ok(keys);
        }
    }
    panic!("a whole file ends or is bad")
}

#[test]
fn a_file_comes_back_as_it_was() {
    let (file, digest) = file();
    assert!(file.starts_with(b"REDIS0012"), "fields have deadlines");
    let (mut front, conn) = front(Some(&file));
    assert_eq!(say(&mut front, conn, "DEBUG DIGEST"), digest);
    let info = say(&mut front, conn, "INFO persistence");
    assert!(info.contains("rdb_last_load_keys_loaded:10\r\n"), "{info}");
}

#[test]
fn pieces_may_be_of_any_size() {
    let (file, _) = file();
    for size in (1..40).chain([100, file.len() - 1, file.len()]) {
        assert_eq!(read(file.chunks(size), true), Ok(10), "{size}");
    }
}

#[test]
fn a_file_that_was_cut_off_is_an_error_that_says_where() {
    let (file, _) = file();
    for len in 0..file.len() {
        let part = &file[..len];
        let error = read(part.chunks(50), true).unwrap_err();
        assert_eq!(error.what, "Unexpected end of the file");
        assert!(error.offset <= len as u64);
        assert!(error.to_string().ends_with(&format!("(at offset {})", error.offset)));
    }
}

#[test]
fn a_changed_byte_is_noticed() {
    let (file, _) = file();
    let mut random = Random::new(1);
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 1 << random.below(8);
        // The version may seem to be one that has no checksum.
        let result = read(changed.chunks(64), true);
        assert!(result.is_err() || at < 9, "{at}: {result:?}");
        // Without a checksum much goes unnoticed, but nothing breaks.
        let _ = read(changed.chunks(64), false);
    }
}

#[test]
fn hostile_lengths_are_held_against_what_is_there() {
    for body in [
        // A string, a compressed string, a list, a hash, a module's data: each says that it is huge.
        &b"\x00\x01k\x81\x7f\xff\xff\xff\xff\xff\xff\xff"[..],
        b"\x00\x01k\xc3\x05\x81\x7f\xff\xff\xff\xff\xff\xff\xffabcde",
        b"\x01\x01k\x81\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\x04\x01k\x80\xff\xff\xff\xff",
        b"\x0f\x01k\x80\xff\xff\xff\xff",
        b"\xf7\x01\x02\x02\x05\x80\xff\xff\xff\xff",
        b"\xf5\x80\xff\xff\xff\xff",
    ] {
        let file = [b"REDIS0010", body, b"\xff"].concat();
        let error = read(file.chunks(1000), false).unwrap_err();
        assert_eq!(error.offset, 9, "{error}");
    }
}

#[test]
fn what_is_not_for_us_is_skipped_or_refused() {
    let rest = b"\x00\x01k\x01v\xff\0\0\0\0\0\0\0\0";
    for (head, result) in [
        (&b"REDIS0010"[..], Ok(1)),
        // A module's data: its number, when to read it, and a value of each kind.
        (b"REDIS0010\xf7\x01\x02\x02\x01\x07\x02\x09\x03ffff\x04dddddddd\x05\x02xy\x00", Ok(1)),
        (b"REDIS0011\xf4\x05\x06\x07", Ok(1)),
        (b"REDIS0003\xfd\xff\xff\xff\x7f", Ok(1)),
        // Collections without elements.
        (b"REDIS0010\x02\x01e\x00\x0b\x01f\x08\x02\0\0\0\0\0\0\0\x04\x01h\x00", Ok(1)),
        (b"REDIS0010\xf7\x01\x02\x02\x06\x00", Err("Bad module's data (at offset 9)")),
        (
            b"REDIS0010\x07\x01k\x01",
            Err("Module integrity check failed: type 7 of the key 'k' in database 0 (at offset 9)"),
        ),
        (b"REDIS0013", Err("Can't handle RDB format version 0013 (at offset 0)")),
        (b"RUBIS0010", Err("Wrong signature: this is no RDB file (at offset 0)")),
    ] {
        let file = [head, rest].concat();
        let outcome = read(file.chunks(7), true).map_err(|error| error.to_string());
        assert_eq!(outcome, result.map_err(str::to_owned));
    }
}

#[test]
fn a_key_that_is_there_twice_ends_the_start() {
    let (mut front, conn) = front(None);
    front.storage_mut().put("dump.rdb", b"REDIS0003\x00\x01k\x01v\x00\x01k\x01w\xff".to_vec());
    front.start(NOW);
    assert!(front.is_ended(conn));
}

#[test]
fn a_file_that_promises_more_keys_than_it_can_hold_is_not_believed() {
    let promise = b"\xfb\x81\xff\xff\xff\xff\xff\xff\xff\xff\x00";
    let file = [&b"REDIS0011\xfe\x00"[..], promise, b"\x00\x03key\x05value", b"\xff", &[0; 8]].concat();
    let (mut front, conn) = front(Some(&file));
    assert_eq!(say(&mut front, conn, "GET key"), "$5\r\nvalue\r\n");
    assert_eq!(say(&mut front, conn, "DBSIZE"), ":1\r\n");
    let (mut empty, other) = self::front(None);
    say(&mut empty, other, "SET key value");
    let used = |text: &str| -> usize {
        let line = text.lines().find_map(|line| line.strip_prefix("used_memory:"));
        line.and_then(|line| line.trim().parse().ok()).expect("INFO tells it")
    };
    let loaded = used(&say(&mut front, conn, "INFO memory"));
    assert!(loaded < used(&say(&mut empty, other, "INFO memory")) + 10_000, "{loaded}");
}
