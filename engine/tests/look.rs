//! A look at the store leaves no trace: whoever compares before and after can't tell that somebody looked.

#[path = "support/clients.rs"]
mod clients;

use clients::Clients;
use redstart_engine::machine::ConnId;

/// Looks that touch every way in which a read leaves traces.
const LOOKS: &[&str] = &[
    "GET text",
    "GET nothing",
    "GET hash",
    "HGETALL hash",
    "HRANDFIELD hash",
    "SRANDMEMBER set",
    "RANDOMKEY",
    "ZRANGE board 0 -1",
    "XRANGE log - +",
    "XREAD STREAMS log 0",
    "PFCOUNT visitors",
    "TTL dying",
    "EXISTS dead",
    "GET dead",
    "KEYS *",
    "SCAN 0",
    "OBJECT IDLETIME text",
    "OBJECT FREQ text",
    "MEMORY USAGE text",
    "CLIENT LIST",
    "CONFIG GET maxmemory",
    "INFO",
    "PUBSUB CHANNELS",
    "SLOWLOG GET",
];

impl Clients {
    fn look(&mut self, command: &str) -> Option<String> {
        let argv: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        let reply = self.store.look(self.now, &argv);
        reply.map(|reply| String::from_utf8_lossy(&reply).into_owned())
    }

    fn pass_ms(&mut self, ms: u64) {
        self.now.unix_us += ms * 1000;
        self.now.mono_us += ms * 1000;
    }
}

/// A store with a bit of everything, one key of which is dead, and somebody who listens to all that happens.
fn store() -> (Clients, ConnId, [ConnId; 3]) {
    let mut clients = Clients::new();
    let one = clients.connect();
    for command in [
        "CONFIG SET notify-keyspace-events KEAm",
        "CONFIG SET maxmemory-policy allkeys-lfu",
        "SET text hello",
        "HSET hash a 1 b 2 c 3",
        "SADD set a b c d e",
        "ZADD board 1 ada 2 bob",
        "XADD log 1-1 a 1",
        "PFADD visitors ada bob cyd",
        "SET dying 1 EX 100",
        "SET dead 1 PX 5",
    ] {
        assert!(!clients.say(one, command).starts_with('-'), "{command}");
    }
    let others = [clients.connect(), clients.connect(), clients.connect()];
    clients.say(others[0], "PSUBSCRIBE *");
    clients.say(others[1], "MONITOR");
    clients.say(others[2], "HELLO 3");
    clients.say(others[2], "CLIENT TRACKING ON BCAST");
    others.iter().for_each(|&conn| drop(clients.hear(conn)));
    clients.store.engine_mut().observe(true);
    clients.pass_ms(5000);
    (clients, one, others)
}

/// All that a client can learn about the past.
fn known(clients: &mut Clients, one: ConnId) -> Vec<String> {
    let asked = [
        "INFO stats",
        "INFO commandstats",
        "INFO errorstats",
        "INFO keyspace",
        "INFO persistence",
        "OBJECT FREQ text",
        "OBJECT IDLETIME text",
        "OBJECT ENCODING visitors",
        "GET visitors",
        "SLOWLOG LEN",
        "RANDOMKEY",
        "SRANDMEMBER set",
        "HRANDFIELD hash",
        "CLIENT LIST",
        "DBSIZE",
    ];
    asked.iter().map(|command| clients.say(one, command)).collect()
}

#[test]
fn nobody_can_tell_that_somebody_looked() {
    let (mut quiet, one, _) = store();
    let (mut looked_at, other, others) = store();
    for look in LOOKS {
        assert!(looked_at.look(look).is_some(), "{look}");
    }
    for conn in others {
        assert_eq!(looked_at.hear(conn), "");
    }
    assert_eq!(looked_at.store.engine_mut().take_changes(), []);
    let (before, after) = (known(&mut quiet, one), known(&mut looked_at, other));
    assert_eq!(before, after);
    let (newcomer, other) = (quiet.connect(), looked_at.connect());
    assert_eq!(quiet.id(newcomer), looked_at.id(other));
}

#[test]
fn a_look_sees_what_a_client_sees() {
    let (mut clients, one, _) = store();
    for look in [
        "GET text",
        "GET hash",
        "ZRANGE board 0 -1 WITHSCORES",
        "PFCOUNT visitors",
        "EXISTS dead",
        "LLEN none",
    ] {
        let seen = clients.look(look);
        assert_eq!(seen, Some(clients.say(one, look)), "{look}");
    }
}

#[test]
fn what_may_leave_a_trace_is_no_look() {
    let (mut clients, one, _) = store();
    for command in [
        "SET a 1",
        "DEL text",
        "GETDEL text",
        "INCR n",
        "BLPOP l 0",
        "SUBSCRIBE c",
        "MONITOR",
        "MULTI",
        "SELECT 1",
        "EVAL return(1) 0",
        "EVAL_RO return(1) 0",
        "CONFIG SET maxmemory 1",
        "CONFIG RESETSTAT",
        "CLIENT KILL TYPE normal",
        "DEBUG SLEEP 1",
        "SHUTDOWN",
        "FLUSHALL",
        "SPOP set",
        "EXPIRE text 1",
        "GET",
        "NONSENSE",
        "SLOWLOG RESET",
        "SAVE",
    ] {
        assert_eq!(clients.look(command), None, "{command}");
    }
    assert_eq!(clients.say(one, "GET text"), "$5\r\nhello\r\n");
}

#[test]
fn successes_are_calls_that_did_not_fail() {
    let (mut clients, one, _) = store();
    let successes = |clients: &Clients, name| clients.store.engine().successes(name);
    assert_eq!(successes(&clients, "incr"), 0);
    clients.say(one, "INCR text");
    assert_eq!(successes(&clients, "incr"), 0);
    clients.say(one, "INCR number");
    clients.say(one, "INCR");
    assert_eq!(successes(&clients, "incr"), 1);
    assert_eq!(successes(&clients, "config|set"), 2);
    assert_eq!(successes(&clients, "nonsense"), 0);
}
