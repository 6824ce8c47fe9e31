//! What is gone and large is freed in slices, whatever removed it.

mod support;

use redstart_engine::machine::{ConnId, Input, Why};
use support::Front;

/// The client of the front.
const CONN: ConnId = ConnId(0);

/// Elements of a collection that takes many slices.
const MANY: usize = 20_000;

impl Front {
    /// Adds numbered elements to a key.
    fn grow(&mut self, command: &str, element: impl Fn(usize) -> String) {
        let numbers: Vec<usize> = (0..MANY).collect();
        for some in numbers.chunks(500) {
            let elements: Vec<String> = some.iter().map(|&number| element(number)).collect();
            self.say(&format!("{command} {}", elements.join(" ")));
        }
    }

    fn info(&mut self, field: &str) -> usize {
        let info = self.say("INFO memory");
        let line = info.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        line.and_then(|value| value.parse().ok()).expect("a field that is a number")
    }

    /// Gives the engine the turns it wants in order to free, checks that memory never grows, and tells how many.
    fn free_all(&mut self) -> usize {
        let mut turns = 0;
        while self.engine.deadline().why == Why::Freeing {
            assert_eq!(self.engine.deadline().mono_us, self.now.mono_us);
            let before = self.engine.keyspace().memory_bytes();
            self.engine.handle(self.now, Input::Tick, &mut Vec::new());
            assert!(self.engine.keyspace().memory_bytes() <= before);
            turns += 1;
        }
        turns
    }
}

#[test]
fn collections_of_every_type_go_bit_by_bit() {
    let mut front = Front::new();
    let empty = front.engine.keyspace().memory_bytes();
    let fill = |front: &mut Front| {
        front.grow("RPUSH list", |number| format!("a-long-element-{number:0100}"));
        front.grow("SADD set", |number| format!("member-{number}"));
        front.grow("ZADD sorted", |number| format!("{} member-{number}", number * 7919 % MANY));
        front.grow("HSET hash", |number| format!("field-{number} value"));
        front.say("HPEXPIREAT hash 99999999999999 FIELDS 2 field-1 field-2");
        (0..MANY).for_each(|number| drop(front.say(&format!("XADD stream {}-1 field value", number + 1))));
        front.say("XGROUP CREATE stream group 0");
        front.say("XREADGROUP GROUP group consumer COUNT 20000 STREAMS stream >");
    };
    for (remove, after_ms) in [
        ("UNLINK list set sorted hash stream", 0),
        ("DEL list set sorted hash stream", 0),
        ("MSET list a set a sorted a hash a stream a", 0),
        ("FLUSHALL", 0),
        ("PING", 10),
    ] {
        fill(&mut front);
        if after_ms > 0 {
            for key in ["list", "set", "sorted", "hash", "stream"] {
                front.say(&format!("PEXPIRE {key} {after_ms}"));
            }
            front.now.unix_us += 1000 * after_ms;
            front.engine.handle(front.now, Input::Tick, &mut Vec::new());
        }
        let full = front.engine.keyspace().memory_bytes();
        front.say(remove);
        assert!(front.engine.keyspace().memory_bytes() > full / 2, "{remove} freed much at once");
        let freed = front.info("lazyfreed_objects");
        let pending = front.info("lazyfree_pending_objects");
        assert!(pending > 0, "{remove}");
        let turns = front.free_all();
        assert!(turns >= 10, "{remove} was done after {turns} turns");
        assert_eq!(front.info("lazyfree_pending_objects"), 0);
        assert_eq!(front.info("lazyfreed_objects"), freed + pending, "{remove}");
        front.say("FLUSHALL");
        assert_eq!(front.engine.keyspace().memory_bytes(), empty, "{remove}");
    }
    front.say("CONFIG RESETSTAT");
    assert_eq!(front.info("lazyfreed_objects"), 0);
}

#[test]
fn a_database_goes_bit_by_bit() {
    let mut front = Front::new();
    let empty = front.engine.keyspace().memory_bytes();
    front.grow("MSET", |number| format!("key:{number} value:{number}"));
    (0..MANY).for_each(|number| drop(front.say(&format!("PEXPIRE key:{number} 100000"))));
    front.say("FLUSHALL ASYNC");
    assert_eq!(front.say("DBSIZE"), ":0\r\n");
    assert!(front.info("lazyfree_pending_objects") > MANY / 2);
    // What comes meanwhile has nothing to do with it.
    front.say("SET key:1 new");
    assert!(front.free_all() >= 5);
    assert_eq!(front.say("GET key:1"), "$3\r\nnew\r\n");
    front.say("DEL key:1");
    assert_eq!(front.engine.keyspace().memory_bytes(), empty);
}

#[test]
fn commands_free_as_they_run() {
    let mut front = Front::new();
    front.grow("SADD set", |number| format!("member-{number}"));
    front.say("DEL set");
    for _ in 0..10_000 {
        front.engine.handle(front.now, Input::Received { conn: CONN, bytes: b"PING\r\n" }, &mut Vec::new());
        front.say("PING");
    }
    assert_eq!(front.info("lazyfree_pending_objects"), 0);
}
