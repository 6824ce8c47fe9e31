//! Payloads for RESTORE that were tampered with: whatever is in them, nothing panics, and what is no value is said to be
//! bad.

mod support;

use redstart_engine::config::Config;
use redstart_engine::hasher::Hasher;
use redstart_engine::machine::{ConnId, Input};
use redstart_engine::persistence::rdb::{Rules, dump};
use redstart_engine::random::Random;
use support::Front;

const CONN: ConnId = ConnId(0);

/// A value of each code, without its version and checksum.
const BODIES: &[&[u8]] = &[
    // A list of strings.
    b"\x01\x03\x01a\xc0\x05\x00",
    // A list as a ziplist.
    b"\x0a++\x00\x00\x00%\x00\x00\x00\x08\x00\x00\x01a\x03\xf1\x02\xfd\x02\xfe\x0d\x03\xfe\xff\x03\xc0,\x01\x04\xe0\x90\xee\xfe\xff\xff\xff\xff\xff\x0a\x03xyz\xff",
    // A list as ziplists.
    b"\x0e\x02\x10\x10\x00\x00\x00\x0d\x00\x00\x00\x02\x00\x00\x01a\x03\xf2\xff\x10\x10\x00\x00\x00\x0d\x00\x00\x00\x02\x00\x00\x01b\x03\xf3\xff",
    // A list as listpacks and a plain node.
    b"\x12\x03\x02\x13\x13\x00\x00\x00\x04\x00\x81a\x02\x01\x01\xf1x\xec\x03\xdf\xfd\x02\xff\x01\x05plain\x02\x14\x14\x00\x00\x00\xff\xff\x81b\x02\xf4\x00\x00\x00\x00\x00\x01\x00\x00\x09\xff",
    // A set.
    b"\x02\x03\x01a\xc0\x05\x00",
    // A set of numbers.
    b"\x0b\x14\x04\x00\x00\x00\x03\x00\x00\x00\xfb\xff\xff\xff\x01\x00\x00\x00p\x11\x01\x00",
    // A set as a listpack.
    b"\x14\x0e\x0e\x00\x00\x00\x03\x00\x81a\x02\x01\x01\x80\x01\xff",
    // A hash.
    b"\x04\x02\x01f\x01v\xc0\x05\xc0\x06",
    // A hash as a zipmap.
    b"\x09\x0e\x02\x01f\x01\x00v\x01g\x02\x0112x\xff",
    // A hash as a ziplist.
    b"\x0d\x15\x15\x00\x00\x00\x12\x00\x00\x00\x04\x00\x00\x01f\x03\x01v\x03\xf6\x02\xf7\xff",
    // A hash as a listpack.
    b"\x10\x12\x12\x00\x00\x00\x04\x00\x81f\x02\x81v\x02\x05\x01\xdd\xa8\x02\xff",
    // Fields with deadlines.
    b"\x18\x00\xd8\xc3,\xbb\x03\x00\x00\x03\x00\x01f\x01v\x01\x01g\x01w\x06\x01h\x01x",
    // The same as a listpack.
    b"\x19\x00\xd8\xc3,\xbb\x03\x00\x00\x1f\x1f\x00\x00\x00\x06\x00\x81g\x02\x81w\x02\xf4\x00\xd8\xc3,\xbb\x03\x00\x00\x09\x81f\x02\x81v\x02\x00\x01\xff",
    // The same, early.
    b"\x16\x02\x00\x01f\x01v\x81\x00\x00\x03\xbb,\xc3\xd8\x00\x01g\x01w",
    // The same as a listpack, early.
    b"\x17\x1f\x1f\x00\x00\x00\x06\x00\x81g\x02\x81w\x02\xf4\x00\xd8\xc3,\xbb\x03\x00\x00\x09\x81f\x02\x81v\x02\x00\x01\xff",
    // A sorted set whose scores are texts.
    b"\x03\x04\x01a\x031.5\x01b\xff\xc0\x05\xfe\x01c\x02-3",
    // A sorted set.
    b"\x05\x03\x01a\x00\x00\x00\x00\x00\x00\x04@\x01b\x00\x00\x00\x00\x00\x00\xf0\xff\xc0\x05\x9cu\x00\x88<\xe47~",
    // A sorted set as a ziplist.
    b"\x0c  \x00\x00\x00\x1a\x00\x00\x00\x06\x00\x00\x01a\x03\xfe\xfd\x03\x01b\x03\x032.5\x05\xf6\x02\x03inf\xff",
    // A sorted set as a listpack.
    b"\x11\x1c\x1c\x00\x00\x00\x06\x00\x81a\x02\xdf\xfd\x02\x81b\x02\x832.5\x04\x05\x01\x83inf\x04\xff",
    // A compressed string.
    b"\x00\xc3\x08\x0e\x01ab\xe0\x02\x01\x00c",
];

/// The reply to a call of any words.
fn ask(front: &mut Front, argv: &[&[u8]]) -> Vec<u8> {
    front.engine.handle(front.now, Input::Request { conn: CONN, argv }, &mut Vec::new());
    let reply = front.engine.outgoing(CONN).to_vec();
    front.engine.handle(front.now, Input::Sent { conn: CONN, bytes: reply.len() }, &mut Vec::new());
    reply
}

/// The string that a reply is.
fn bulk(reply: &[u8]) -> Vec<u8> {
    let start = reply.iter().position(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    reply[start..reply.len() - 2].to_vec()
}

/// What is in a payload, and of payloads that DUMP made of larger values.
fn bodies(front: &mut Front) -> Vec<Vec<u8>> {
    let mut bodies: Vec<Vec<u8>> = BODIES.iter().map(|body| body.to_vec()).collect();
    let words: Vec<String> =
        (0..400).map(|number| format!("{}word{number}", "x".repeat(number % 50))).collect();
    let calls = [("RPUSH", 400), ("SADD", 400), ("HSET", 40), ("HSET", 400)];
    for (command, len) in calls {
        let key = format!("{command}{len}");
        let mut argv = vec![command.as_bytes(), key.as_bytes()];
        argv.extend(words[..len].iter().map(|word| word.as_bytes()));
        ask(front, &argv);
        if len == 40 {
            front.say(&format!("HPEXPIREAT {key} 4102444800000 FIELDS 1 word0"));
        }
        let payload = bulk(&ask(front, &[b"DUMP", key.as_bytes()]));
        bodies.push(dump::open(&payload, true).expect("DUMP makes whole payloads").to_vec());
    }
    for number in 0..200 {
        front.say(&format!("ZADD scores {} member{number}", f64::from(number) / 8.0));
    }
    let payload = bulk(&ask(front, &[b"DUMP", b"scores"]));
    bodies.push(dump::open(&payload, true).expect("DUMP makes whole payloads").to_vec());
    bodies
}

/// Changes something: a byte or several, or how many there are.
fn tamper(body: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..1 + random.next() % 3 {
        let place = random.next() as usize % (body.len() + 1);
        match random.next() % 6 {
            0 => body.truncate(place),
            1 => body.insert(place, random.next() as u8),
            2 if place < body.len() => drop(body.remove(place)),
            3 if place < body.len() => {
                body[place] = [0, 1, 0x7f, 0x80, 0xfe, 0xff][random.next() as usize % 6];
            }
            4 => {
                let from = random.next() as usize % (place + 1);
                body.extend_from_within(from..place);
            }
            _ if place < body.len() => body[place] ^= 1 << (random.next() % 8),
            _ => {}
        }
    }
}

#[test]
fn what_was_tampered_with_is_a_value_or_bad() {
    let mut front = Front::new();
    let whole = bodies(&mut front);
    let mut random = Random::new(29);
    let (mut good, mut bad) = (0, 0);
    for round in 0..5000 {
        let mut body = whole[round % whole.len()].clone();
        tamper(&mut body, &mut random);
        dump::seal(&mut body, 10);
        let reply = ask(&mut front, &[b"RESTORE", b"k", b"0", &body, b"REPLACE"]);
        match reply.as_slice() {
            b"+OK\r\n" => {
                good += 1;
                // It is a value as good as any: what is made of it comes back.
                let again = ask(&mut front, &[b"DUMP", b"k"]);
                if again != b"$-1\r\n" {
                    let reply = ask(&mut front, &[b"RESTORE", b"k2", b"0", &bulk(&again), b"REPLACE"]);
                    assert_eq!(reply, b"+OK\r\n", "{}", body.escape_ascii());
                }
            }
            b"-ERR Bad data format\r\n" => bad += 1,
            other => panic!("{}: {}", body.escape_ascii(), other.escape_ascii()),
        }
    }
    assert!(good > 250 && bad > 1500, "{good} {bad}");
}

#[test]
fn a_value_that_is_cut_off_is_bad() {
    let rules = Rules::new(&Config::new(), Hasher::new((1, 2)));
    for body in bodies(&mut Front::new()) {
        assert!(dump::read(&body, &rules).is_ok());
        for len in 0..body.len() {
            assert!(dump::read(&body[..len], &rules).is_err(), "{} at {len}", body.escape_ascii());
        }
    }
}

#[test]
fn a_damaged_payload_is_not_opened() {
    for body in BODIES {
        let mut payload = body.to_vec();
        dump::seal(&mut payload, 10);
        assert_eq!(dump::open(&payload, true), Some(*body));
        for place in 0..payload.len() {
            let mut damaged = payload.clone();
            damaged[place] ^= 0x10;
            assert_eq!(dump::open(&damaged, true), None);
            assert_eq!(dump::open(&payload[..place], true), None);
        }
    }
}
