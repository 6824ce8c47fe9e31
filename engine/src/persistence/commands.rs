//! The keyspace as the commands that rebuild it: what the base of an append-only file is, unless it is an RDB file.
//!
//! ```text
//! SET key value [PXAT unix-time-milliseconds] a string,
//! RPUSH key element [element …]               a list, bit by bit,
//! SADD key member [member …]                  a set,
//! ZADD key score member [score member …]      a sorted set,
//! HSET key field value [field value …]        a hash,
//! HPEXPIREAT key when FIELDS 1 field          whose fields get their times to live one by one,
//! XADD …, XSETID …, XGROUP CREATE …, XCLAIM … or a stream, as the module for streams explains;
//! PEXPIREAT key unix-time-milliseconds        what is no string gets its time to live afterwards
//! ```
//!
//! Commands are arrays of strings, as clients send them. A large value takes many of them, and they are written bit by bit,
//! like the [parts](super::rdb) of an RDB file.

mod stream;

use alloc::format;
use alloc::vec::Vec;
use core::ops::Deref;

use redstart_structures::Blob;

use crate::keyspace::Entry;
use crate::number::format_float;
use crate::types::{HashView, Held, List, Member, StrView, text};

/// Words that one command adds to a collection: an even number, where two are one element.
const WORDS_PER_COMMAND: usize = 512;

/// Bytes of a string, or of nodes of a list, that are written in one go.
const STRETCH: usize = 64 * 1024;

/// Where the writing of a key goes on.
#[derive(Debug)]
enum Place {
    /// The bytes of a string from here on.
    Bytes(usize),
    /// The nodes of a list from this one on.
    Nodes(usize),
    /// The part of a table at this cursor.
    Table(u64),
    /// The elements of a sorted set from this rank on.
    Ranks(usize),
    /// What is in a stream from here on.
    Stream(stream::Place),
    /// When it expires.
    Expiry,
}

/// A key that is written bit by bit.
#[derive(Debug)]
pub(crate) struct Parts(Option<Place>);

impl Parts {
    /// Nothing of it is written yet.
    pub(super) const fn begin(entry: Entry<'_>) -> Self {
        Self(Some(match entry.value {
            Held::Str(_) => Place::Bytes(0),
            Held::List(_) => Place::Nodes(0),
            Held::Set(_) | Held::Hash(_) => Place::Table(0),
            Held::SortedSet(_) => Place::Ranks(0),
            Held::Stream(_) => Place::Stream(stream::Place::Entries(0)),
        }))
    }

    /// Writes on, for about so many bytes, what has not expired by a time; tells whether that was all.
    pub(super) fn go_on(&mut self, entry: Entry<'_>, now_ms: i64, out: &mut Vec<u8>, bytes: usize) -> bool {
        let end = out.len().saturating_add(bytes);
        while out.len() < end
            && let Some(place) = self.0.take()
        {
            self.0 = write_some(entry, place, now_ms, out);
        }
        self.0.is_none()
    }
}

/// The commands that rebuild a key.
pub(super) fn write_entry(entry: Entry<'_>, now_ms: i64, out: &mut Vec<u8>) {
    Parts::begin(entry).go_on(entry, now_ms, out, usize::MAX);
}

/// Some of what is in a place; gives the next one, if there is one.
fn write_some(entry: Entry<'_>, place: Place, now_ms: i64, out: &mut Vec<u8>) -> Option<Place> {
    let key = entry.key;
    match (place, entry.value) {
        (Place::Bytes(at), Held::Str(string)) => write_stretch(entry, string, at, out).map(Place::Bytes),
        (Place::Nodes(at), Held::List(list)) => Some(write_nodes(key, list, at, out)),
        (Place::Table(mut cursor), Held::Set(set)) => {
            let mut members = Vec::new();
            loop {
                cursor = set.scan(cursor, |member| members.push(Member::to_blob(member)));
                if cursor == 0 || members.len() >= WORDS_PER_COMMAND {
                    break;
                }
            }
            write_elements(b"SADD", key, &members, out);
            Some(rest_of_table(cursor))
        }
        (Place::Table(cursor), Held::Hash(hash)) => {
            Some(rest_of_table(write_fields(key, hash, cursor, now_ms, out)))
        }
        (Place::Ranks(from), Held::SortedSet(set)) => {
            // All seventeen digits of a score: they read back as the same float.
            let element =
                |(member, score)| [Blob::from(format_float(score).into_bytes()), Blob::from(&*text(member))];
            let end = (from + WORDS_PER_COMMAND / 2).min(set.len());
            let words: Vec<Blob> = set.range(from..end).flat_map(element).collect();
            write_elements(b"ZADD", key, &words, out);
            Some(if end < set.len() { Place::Ranks(end) } else { Place::Expiry })
        }
        (Place::Stream(place), Held::Stream(stream)) => {
            Some(stream::write_some(stream, key, place, out).map_or(Place::Expiry, Place::Stream))
        }
        (Place::Expiry, _) => {
            if let Some(when) = entry.expires_ms() {
                command(&[b"PEXPIREAT", key, format!("{when}").as_bytes()], out);
            }
            None
        }
        _ => None,
    }
}

const fn rest_of_table(cursor: u64) -> Place {
    if cursor == 0 { Place::Expiry } else { Place::Table(cursor) }
}

/// A part of the one command that makes a string; gives where it goes on, if it does.
fn write_stretch(entry: Entry<'_>, string: StrView<'_>, at: usize, out: &mut Vec<u8>) -> Option<usize> {
    let (text, when) = (string.bytes(), entry.expires_ms().map(|when| format!("{when}")));
    if at == 0 {
        begin_command(if when.is_some() { 5 } else { 3 }, out);
        [b"SET", entry.key].into_iter().for_each(|it| word(it, out));
        begin_word(text.len(), out);
    }
    let rest = text.get(at..).unwrap_or_default();
    let stretch = rest.get(..STRETCH).unwrap_or(rest);
    out.extend_from_slice(stretch);
    if stretch.len() < rest.len() {
        return Some(at + stretch.len());
    }
    out.extend_from_slice(b"\r\n");
    if let Some(when) = when {
        [b"PXAT", when.as_bytes()].into_iter().for_each(|it| word(it, out));
    }
    None
}

/// Some nodes of a list.
fn write_nodes(key: &[u8], list: &List, at: usize, out: &mut Vec<u8>) -> Place {
    let (mut elements, mut bytes, mut next) = (Vec::new(), 0, at);
    for node in list.nodes().skip(at) {
        elements.extend(node.iter().map(text));
        bytes += node.heap_bytes();
        next += 1;
        if elements.len() >= WORDS_PER_COMMAND || bytes >= STRETCH {
            break;
        }
    }
    write_elements(b"RPUSH", key, &elements, out);
    if next < list.nodes().len() { Place::Nodes(next) } else { Place::Expiry }
}

/// The fields of a part of a table, without those whose time has come; gives the cursor of the next part.
fn write_fields(key: &[u8], hash: HashView<'_>, mut cursor: u64, now_ms: i64, out: &mut Vec<u8>) -> u64 {
    let has_deadlines = hash.next_deadline().is_some();
    let (mut words, mut deadlines) = (Vec::new(), Vec::new());
    loop {
        cursor = hash.scan(cursor, |field, value| {
            let field = Blob::from(&*text(field));
            let deadline = if has_deadlines { hash.deadline(&field) } else { None };
            if deadline.is_some_and(|when| when <= now_ms) {
                return;
            }
            deadlines.extend(deadline.map(|when| (field.clone(), format!("{when}"))));
            words.extend([field, Blob::from(&*text(value))]);
        });
        if cursor == 0 || words.len() >= WORDS_PER_COMMAND {
            break;
        }
    }
    write_elements(b"HSET", key, &words, out);
    for (field, when) in deadlines {
        command(&[b"HPEXPIREAT", key, when.as_bytes(), b"FIELDS", b"1", &field], out);
    }
    cursor
}

/// The commands that add elements to a collection, some at a time.
fn write_elements(add: &[u8], key: &[u8], elements: &[impl Deref<Target = [u8]>], out: &mut Vec<u8>) {
    for some in elements.chunks(WORDS_PER_COMMAND) {
        let words = [add, key].into_iter().chain(some.iter().map(|element| &**element));
        command(&words.collect::<Vec<_>>(), out);
    }
}

/// A command as an array of strings.
pub(super) fn command(words: &[&[u8]], out: &mut Vec<u8>) {
    begin_command(words.len(), out);
    words.iter().for_each(|it| word(it, out));
}

fn begin_command(words: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("*{words}\r\n").as_bytes());
}

fn word(word: &[u8], out: &mut Vec<u8>) {
    begin_word(word.len(), out);
    out.extend_from_slice(word);
    out.extend_from_slice(b"\r\n");
}

fn begin_word(len: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("${len}\r\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::argv::Args;
    use crate::config::Config;
    use crate::engine::Engine;
    use crate::execute::{self, Request};
    use crate::keyspace::{Db, Expiry, UsageClock, change};
    use crate::machine::{ConnId, Now, Peer};
    use crate::observe::Host;
    use crate::persistence::copy::write_all;
    use crate::persistence::rdb::file::Options;
    use crate::resp::decode::{Decoded, Decoder, Limits};
    use crate::session::Session;
    use crate::types::{
        End, Hash, HashRules, Kind, List, NodeLimit, Set, SetRules, SortedSet, SortedSetRules,
    };
    use alloc::string::String;

    const NOW: Now = Now { unix_us: 1_700_000_000_000_000, mono_us: 5_000_000 };

    /// All commands that rebuild what is stored.
    fn write(engine: &Engine, now: Now) -> Vec<u8> {
        let options = Options { compresses: false, is_checked: false, is_aof_base: true, is_commands: true };
        write_all(&engine.keyspace, &engine.server, now, options)
    }

    /// Runs them.
    fn load(engine: &mut Engine, commands: &[u8]) {
        let mut session = Session::new(0, ConnId(9), Peer::in_process(9), NOW);
        session.authenticated = true;
        let limits = Limits { word_max: u64::MAX, authenticated: true };
        let (mut decoder, mut spans, mut rest) = (Decoder::default(), Vec::new(), commands);
        while !rest.is_empty() {
            spans.clear();
            let Ok(Decoded::Words(len)) = decoder.decode(rest, &mut spans, limits) else {
                panic!("{rest:?}")
            };
            execute::run(engine, &mut session, Request::new(Args::new(rest, &spans)));
            let reply = session.outbox.tail();
            assert!(!reply.starts_with(b"-"), "{}", String::from_utf8_lossy(reply));
            reply.clear();
            rest = &rest[len..];
        }
    }

    fn engine() -> Engine {
        Engine::new(Config::new(), Host::default(), 3, NOW)
    }

    fn set(engine: &mut Engine, db: usize, key: &[u8], value: &[u8], expiry: Expiry) {
        Db::new(&mut engine.keyspace, db, NOW.unix_ms(), UsageClock::default(), true).set(
            key,
            value,
            expiry,
            change::SET,
        );
    }

    fn push(engine: &mut Engine, key: &[u8], len: usize, expiry: Expiry) {
        let mut list = List::new(NodeLimit::new(-2));
        for number in 0..len {
            list.push(End::Right, format!("{number}\r\n").as_bytes());
        }
        Db::new(&mut engine.keyspace, 2, NOW.unix_ms(), UsageClock::default(), true).put(
            key,
            list.into_value(),
            expiry,
            change::RPUSH,
        );
    }

    fn contents(engine: &Engine) -> Vec<String> {
        let mut all = Vec::new();
        for (db, database) in engine.keyspace.databases().iter().enumerate() {
            for entry in database.iter() {
                let value = match entry.value {
                    Held::Str(string) => format!("{:?}", string.bytes()),
                    Held::List(list) => format!("{:?}", list.rightwards(0).map(text).collect::<Vec<_>>()),
                    Held::Set(set) => {
                        let mut members: Vec<Blob> = set.iter().map(Member::to_blob).collect();
                        members.sort();
                        format!("{} {members:?}", set.encoding())
                    }
                    Held::SortedSet(set) => format!("{} {set:?}", set.encoding()),
                    Held::Hash(hash) => {
                        let mut fields: Vec<String> = hash
                            .live(NOW.unix_ms())
                            .map(|(field, value, when)| {
                                format!("{:?} {:?} {when:?}", text(field), text(value))
                            })
                            .collect();
                        fields.sort();
                        format!("{} {fields:?}", hash.encoding())
                    }
                    Held::Stream(stream) => format!("{stream:?}"),
                };
                all.push(format!("{db} {:?} {value} {:?}", entry.key, entry.expires_ms()));
            }
        }
        all.sort();
        all
    }

    fn full() -> Engine {
        let mut engine = engine();
        for number in 0..300 {
            set(
                &mut engine,
                0,
                format!("k{number}").as_bytes(),
                format!("{number}").as_bytes(),
                Expiry::Never,
            );
        }
        set(&mut engine, 0, b"\r\n\0\xff", b"\r\n*1\r\n#END ", Expiry::Never);
        set(&mut engine, 0, b"", b"", Expiry::Never);
        set(&mut engine, 3, b"later", b"x", Expiry::At(NOW.unix_ms() + 1));
        set(&mut engine, 15, b"long", &[7; 100_000], Expiry::Never);
        push(&mut engine, b"list", 30_000, Expiry::Never);
        push(&mut engine, b"list for a while", 3, Expiry::At(NOW.unix_ms() + 5));
        for (key, members, expiry) in [("few", 5, Expiry::Never), ("many", 2000, Expiry::At(i64::MAX))] {
            let mut value = Set::new();
            let rules = SetRules { ints_max: 512, hasher: engine.keyspace.hasher() };
            (0..members).for_each(|number| assert!(value.insert(Member::Int(number * number), &rules)));
            let mut db = Db::new(&mut engine.keyspace, 1, NOW.unix_ms(), UsageClock::default(), true);
            db.put(key.as_bytes(), crate::types::Value::Set(value), expiry, change::SADD);
        }
        for (key, members, expiry) in
            [("high scores", 5, Expiry::At(i64::MAX)), ("many scores", 2000, Expiry::Never)]
        {
            let mut value = SortedSet::new();
            let hasher = engine.keyspace.hasher();
            let rules = SortedSetRules { packed_max: 128, packed_bytes_max: 64, hasher };
            for number in 0..members {
                let score = f64::from(number).sin() * f64::from(number % 40 - 20).exp2();
                value.insert(format!("{number}").as_bytes(), score, &rules);
            }
            value.insert(b"last", f64::INFINITY, &rules);
            let mut db = Db::new(&mut engine.keyspace, 4, NOW.unix_ms(), UsageClock::default(), true);
            db.put(key.as_bytes(), value.into_value(), expiry, change::ZADD);
        }
        for (key, fields) in [("small", 4), ("large", 1000)] {
            let mut value = Hash::new();
            let rules = HashRules { entries_max: 512, value_max: 64, hasher: engine.keyspace.hasher() };
            for number in 0..fields {
                let field = format!("f{number}");
                value.set(field.as_bytes(), format!("{number}\r\n").as_bytes(), &rules);
                let deadline = (number % 3 > 0).then_some(NOW.unix_ms() + number % 2);
                value.set_deadline(field.as_bytes(), deadline);
            }
            let mut db = Db::new(&mut engine.keyspace, 4, NOW.unix_ms(), UsageClock::default(), true);
            db.put(key.as_bytes(), value.into_value(), Expiry::Never, change::HSET);
        }
        engine
    }

    /// Runs commands whose words have no spaces.
    fn run(engine: &mut Engine, commands: &str) {
        let mut session = Session::new(0, ConnId(9), Peer::in_process(9), NOW);
        session.authenticated = true;
        engine.server.now = NOW;
        for line in commands.lines() {
            let argv: crate::argv::Argv = line.split_whitespace().collect();
            execute::run(engine, &mut session, Request::new(argv.args()));
            assert!(!session.outbox.tail().starts_with(b"-"), "{line}");
            session.outbox.tail().clear();
        }
    }

    /// What is known about a stream, entries and groups and all.
    fn stream_info(engine: &mut Engine, key: &str) -> String {
        let mut session = Session::new(0, ConnId(9), Peer::in_process(9), NOW);
        session.authenticated = true;
        let argv: crate::argv::Argv = ["XINFO", "STREAM", key, "FULL", "COUNT", "0"].into_iter().collect();
        execute::run(engine, &mut session, Request::new(argv.args()));
        String::from_utf8_lossy(session.outbox.tail()).into_owned()
    }

    #[test]
    fn streams_come_back_with_their_groups() {
        let mut before = engine();
        run(
            &mut before,
            "XADD s 1-1 f 1
             XADD s 2-1 f 2 g \u{fffd}
             XADD s 3-1 f 3
             XADD s 4-1 f 4
             XGROUP CREATE s g 0
             XGROUP CREATE s unknown 2-1
             XREADGROUP GROUP g ann COUNT 3 STREAMS s >
             XCLAIM s g bob 0 2-1 TIME 1600000000000 RETRYCOUNT 7
             XACK s g 3-1
             XGROUP CREATECONSUMER s g idle
             XDEL s 4-1
             XSETID s 3-9
             XGROUP CREATE empty g $ MKSTREAM
             XADD gone 5-5 f v
             XDEL gone 5-5
             XSETID gone 7-7 ENTRIESADDED 9",
        );
        for number in 0..200 {
            run(&mut before, &format!("XADD long {number}-1 f {number}\nXGROUP CREATE long g{number} 0"));
            run(&mut before, &format!("XGROUP CREATECONSUMER long g0 c{number}"));
        }
        run(&mut before, "XREADGROUP GROUP g0 c1 COUNT 150 STREAMS long >");
        let mut after = engine();
        load(&mut after, &write(&before, NOW));
        for key in ["s", "empty", "gone", "long"] {
            assert_eq!(stream_info(&mut after, key), stream_info(&mut before, key));
        }
    }

    #[test]
    fn what_was_stored_comes_back() {
        let before = full();
        let mut after = engine();
        load(&mut after, &write(&before, NOW));
        assert_eq!(contents(&after).len(), 312);
        assert_eq!(contents(&after), contents(&before));
    }

    #[test]
    fn what_has_expired_stays_away() {
        let later = Now { unix_us: NOW.unix_us + 1000, ..NOW };
        let is_there = |now| write(&full(), now).windows(5).any(|word| word == b"later");
        assert!(is_there(NOW) && !is_there(later));
    }
}
