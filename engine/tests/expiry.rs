//! Keys whose time has come: nobody sees them, and they go by themselves, in small steps.

mod support;

use redstart_engine::machine::{ConnId, Input, Output, Why};
use support::Front;

impl Front {
    /// Lets time pass without giving the engine a turn.
    fn pass_ms(&mut self, ms: u64) {
        self.now.unix_us += ms * 1000;
        self.now.mono_us += ms * 1000;
    }

    /// Sends bytes and forgets what comes back.
    fn receive(&mut self, bytes: &[u8]) {
        self.engine.handle(self.now, Input::Received { conn: ConnId(0), bytes }, &mut Vec::new());
        let bytes = self.engine.outgoing(ConnId(0)).len();
        self.engine.handle(self.now, Input::Sent { conn: ConnId(0), bytes }, &mut Vec::new());
    }

    /// How many keys are stored, the dead ones included.
    fn stored(&self) -> usize {
        self.engine.keyspace().databases()[0].len()
    }

    /// Gives the engine its turns until it wants none before the clock's time; tells how many it took.
    fn run_due(&mut self) -> usize {
        let mut turns = 0;
        while self.engine.deadline().mono_us <= self.now.mono_us {
            self.engine.handle(self.now, Input::Tick, &mut Vec::new());
            turns += 1;
        }
        turns
    }
}

/// A front with a live key `live` and a dead one `dead`, which nobody has touched since it died.
fn with_a_dead_key() -> Front {
    let mut front = Front::new();
    front.say("SET live 1");
    front.say("SET dead 2");
    front.say("PEXPIRE dead 5");
    front.pass_ms(5);
    front
}

#[test]
fn no_command_sees_a_dead_key() {
    for (command, reply) in [
        ("GET dead", "$-1\r\n"),
        ("EXISTS dead live", ":1\r\n"),
        ("TYPE dead", "+none\r\n"),
        ("TOUCH dead live", ":1\r\n"),
        ("DEL dead live", ":1\r\n"),
        ("UNLINK dead", ":0\r\n"),
        ("TTL dead", ":-2\r\n"),
        ("PTTL dead", ":-2\r\n"),
        ("EXPIRETIME dead", ":-2\r\n"),
        ("PEXPIRETIME dead", ":-2\r\n"),
        ("EXPIRE dead 100", ":0\r\n"),
        ("PERSIST dead", ":0\r\n"),
        ("RENAME dead live", "-ERR no such key\r\n"),
        ("RENAMENX live dead", ":1\r\n"),
        ("MOVE dead 1", ":0\r\n"),
        ("COPY dead other", ":0\r\n"),
        ("COPY live dead", ":1\r\n"),
        ("OBJECT ENCODING dead", "$-1\r\n"),
        ("OBJECT REFCOUNT dead", "$-1\r\n"),
        ("OBJECT IDLETIME dead", "$-1\r\n"),
        ("OBJECT FREQ dead", "$-1\r\n"),
        ("MEMORY USAGE dead", "$-1\r\n"),
        ("KEYS *", "*1\r\n$4\r\nlive\r\n"),
        ("KEYS dead", "*0\r\n"),
        ("SCAN 0 COUNT 100", "*2\r\n$1\r\n0\r\n*1\r\n$4\r\nlive\r\n"),
        ("SCAN 0 COUNT 100 TYPE string", "*2\r\n$1\r\n0\r\n*1\r\n$4\r\nlive\r\n"),
        ("RANDOMKEY", "$4\r\nlive\r\n"),
    ] {
        assert_eq!(with_a_dead_key().say(command), reply, "{command}");
    }
}

#[test]
fn looking_through_all_keys_removes_dead_ones_only_where_redis_does() {
    for (command, stored) in [
        ("KEYS *", 2),
        ("SCAN 0 COUNT 100", 1),
        ("SCAN 0 MATCH live COUNT 100", 2),
        ("SCAN 0 MATCH d* COUNT 100", 1),
    ] {
        let mut front = with_a_dead_key();
        assert_eq!(front.stored(), 2);
        front.say(command);
        assert_eq!(front.stored(), stored, "{command}");
    }
}

#[test]
fn a_random_key_is_found_among_many_dead_ones() {
    let mut front = Front::new();
    for index in 0..1000 {
        front.say(&format!("SET k{index} v"));
        front.say(&format!("PEXPIRE k{index} 5"));
    }
    front.say("SET live v");
    front.pass_ms(5);
    assert_eq!(front.say("RANDOMKEY"), "$4\r\nlive\r\n");
    front.say("DEL live");
    assert_eq!(front.say("RANDOMKEY"), "$-1\r\n");
    assert_eq!(front.stored(), 0);
}

#[test]
fn the_engine_asks_to_be_woken_when_the_next_key_dies() {
    let mut front = Front::new();
    let start_us = front.now.mono_us;
    assert_eq!(front.engine.deadline().why, Why::Round);
    for (command, wake_ms) in [
        ("SET a v", None),
        ("PEXPIRE a 70", Some(70)),
        ("PEXPIRE a 40", Some(40)),
        ("SET b v", Some(40)),
        ("PEXPIRE b 60", Some(40)),
        ("PERSIST a", Some(60)),
        ("RENAME b c", Some(60)),
        ("MOVE c 1", Some(60)),
        ("SET d v", Some(60)),
        ("PEXPIRE d 20", Some(20)),
        ("COPY d e", Some(20)),
        ("DEL d", Some(20)),
        ("DEL e", Some(60)),
    ] {
        front.say(command);
        let deadline = front.engine.deadline();
        let woken_ms = (deadline.why == Why::Expiry).then_some((deadline.mono_us - start_us) / 1000);
        assert_eq!(woken_ms, wake_ms, "{command}");
    }
    front.pass_ms(59);
    assert_eq!(front.run_due(), 0);
    front.pass_ms(1);
    assert_eq!(front.run_due(), 1);
    assert_eq!(front.engine.keyspace().databases()[1].len(), 0);
    assert_eq!(front.engine.deadline().why, Why::Round);
}

#[test]
fn a_wall_clock_that_is_set_does_not_lose_an_expiry() {
    let mut front = Front::new();
    front.say("SET a v");
    front.say("PEXPIRE a 10000");
    front.now.unix_us += 20_000_000;
    assert!(front.engine.deadline().mono_us >= front.now.mono_us);
    assert_eq!(front.say("GET a"), "$-1\r\n");
    front.say("SET b v");
    front.say("PEXPIRE b 10");
    front.now.unix_us -= 60_000_000;
    front.pass_ms(1000);
    front.run_due();
    assert_eq!(front.say("EXISTS b"), ":1\r\n");
}

#[test]
fn a_crowd_of_dead_keys_goes_in_bounded_turns() {
    let mut front = Front::new();
    for index in 0..5000 {
        front.say(&format!("SET k{index} v"));
        front.say(&format!("PEXPIRE k{index} 50"));
    }
    front.pass_ms(50);
    let mut left = front.stored();
    assert_eq!(left, 5000);
    while left > 0 {
        assert!(front.engine.deadline().mono_us <= front.now.mono_us, "{left} dead keys and no hurry");
        front.engine.handle(front.now, Input::Tick, &mut Vec::new());
        let gone = left - front.stored();
        assert!((1..=500).contains(&gone), "{gone} in one turn");
        left -= gone;
    }
}

#[test]
fn dead_keys_never_pile_up() {
    let mut front = Front::new();
    let mut state = 1_u64;
    for step in 0..20_000_u64 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let key = (state >> 33) % 5000;
        front.say(&format!("SET k{key} v"));
        if !key.is_multiple_of(4) {
            front.say(&format!("PEXPIRE k{key} {}", 1 + (state >> 50) % 900));
        }
        if step.is_multiple_of(20) {
            front.pass_ms(3);
            front.run_due();
            let live = front.say("KEYS *").lines().next().and_then(|line| line[1..].parse().ok());
            assert_eq!(Some(front.stored()), live, "step {step}");
        }
    }
    assert!(front.stored() > 100);
}

/// So many short-lived keys come in each millisecond, in pipelines, and the engine gets one turn in it.
fn dead_among(keys_per_ms: usize, ms: usize) {
    let mut front = Front::new();
    let mut most_dead = 0.0_f64;
    for step in 0..ms * keys_per_ms / 32 {
        let before = front.stored();
        let pipeline: String = (0..32).map(|nth| format!("SET k{} v PX 50\r\n", step * 32 + nth)).collect();
        front.receive(pipeline.as_bytes());
        assert!(front.stored() + 64 >= before + 32, "{} went at once", before + 32 - front.stored());
        if (step + 1) * 32 / keys_per_ms != step * 32 / keys_per_ms {
            front.pass_ms(1);
            let before = front.stored();
            front.engine.handle(front.now, Input::Tick, &mut Vec::new());
            assert!(before - front.stored() <= 500);
            let dead = front.engine.keyspace().databases()[0].due_len(front.now.unix_ms(), usize::MAX);
            most_dead = most_dead.max(dead as f64 / front.stored().max(1) as f64);
        }
    }
    assert!(front.stored() >= 48 * keys_per_ms, "{}", front.stored());
    assert!(most_dead < 0.1, "{most_dead} of the keys were dead, at {keys_per_ms} keys in a millisecond");
}

#[test]
fn few_keys_are_dead_at_any_rate_of_arrival() {
    for (keys_per_ms, ms) in [(100, 500), (600, 120), (4000, 70)] {
        dead_among(keys_per_ms, ms);
    }
}

#[test]
fn a_key_that_expires_before_the_next_turn_has_the_front_woken() {
    let mut front = Front::new();
    let woken = |front: &mut Front, command: &str| {
        let mut out = Vec::new();
        let argv: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        front.engine.handle(front.now, Input::Request { conn: ConnId(0), argv: &argv }, &mut out);
        out.contains(&Output::Sooner)
    };
    assert!(!woken(&mut front, "SET a v EX 10"));
    assert!(woken(&mut front, "SET b v PX 50"));
    assert!(!woken(&mut front, "SET c v PX 60"));
    assert!(woken(&mut front, "PEXPIRE a 40"));
    front.pass_ms(45);
    assert_eq!(front.run_due(), 1);
    assert!(!woken(&mut front, "SET d v PX 30"));
    assert!(woken(&mut front, "SET e v PX 3"));
}

#[test]
fn in_a_pause_dead_keys_stay_unseen_and_nobody_is_woken_for_them() {
    let mut front = with_a_dead_key();
    front.say("CLIENT PAUSE 10000 WRITE");
    for (command, reply) in [
        ("GET dead", "$-1\r\n"),
        ("EXISTS dead live", ":1\r\n"),
        ("TYPE dead", "+none\r\n"),
        ("TTL dead", ":-2\r\n"),
        ("TOUCH dead live", ":1\r\n"),
        ("OBJECT ENCODING dead", "$-1\r\n"),
        ("KEYS *", "*1\r\n$4\r\nlive\r\n"),
        ("SCAN 0", "*2\r\n$1\r\n0\r\n*1\r\n$4\r\nlive\r\n"),
        ("RANDOMKEY", "$4\r\nlive\r\n"),
    ] {
        assert_eq!(front.say(command), reply, "{command}");
    }
    front.pass_ms(1000);
    assert!(front.run_due() < 3, "a turn may come of itself, but not one after the other");
    assert_eq!(front.stored(), 2);
    front.say("CLIENT UNPAUSE");
    front.run_due();
    assert_eq!(front.stored(), 1);
}
