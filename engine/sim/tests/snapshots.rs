//! A snapshot is what was stored at one moment, whatever happens while it is taken and whatever the disk does.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::in_process::{InProcess, Outside};
use redstart_engine::machine::{ConnId, Now};
use redstart_engine::observe::Host;
use redstart_engine::persistence::store::{Memory, Storage};
use redstart_engine::random::Random;
use redstart_sim::{Faults, Faulty};

/// An engine, its clock and a client.
struct World<S: Storage> {
    front: InProcess<S>,
    now: Now,
    conn: ConnId,
}

impl<S: Storage> World<S> {
    fn new(storage: S, now: Now) -> Self {
        Self::with(&[], storage, now)
    }

    fn with(options: &[(&str, &str)], storage: S, now: Now) -> Self {
        let mut config = Config::new();
        let usual = [("enable-debug-command", "yes"), ("save", ""), ("databases", "4")];
        for (name, value) in usual.iter().chain(options) {
            config.put(name, value.as_bytes()).expect("these are directives");
        }
        let engine = Engine::new(config, Host::default(), 11, now);
        let mut front = InProcess::with_storage(engine, storage);
        front.start(now);
        let conn = front.connect(now);
        Self { front, now, conn }
    }

    /// Runs a command of words without spaces; gives the reply as it is on the wire.
    fn say(&mut self, command: &str) -> String {
        self.ask(self.conn, command);
        self.answers(self.conn)
    }

    /// Another client says something, for which it may have to wait.
    fn ask(&mut self, conn: ConnId, command: &str) {
        let argv: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        self.front.request(self.now, conn, &argv);
    }

    /// What a client was answered.
    fn answers(&mut self, conn: ConnId) -> String {
        String::from_utf8_lossy(&self.front.take(self.now, conn)).into_owned()
    }

    fn digest(&mut self) -> String {
        self.say("DEBUG DIGEST")
    }

    /// Some time passes.
    fn pass_ms(&mut self, ms: u64) {
        self.now.unix_us += ms * 1000;
        self.now.mono_us += ms * 1000;
        self.front.tick(self.now);
    }

    fn saves(&mut self) -> bool {
        self.say("INFO persistence").contains("rdb_bgsave_in_progress:1")
    }

    /// What a server would find that starts with what is on the disk, at the same time.
    fn digest_after_restart(self) -> (String, S) {
        let mut next = Self::new(self.front.into_storage(), self.now);
        (next.digest(), next.front.into_storage())
    }
}

const NOW: Now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };

/// A command that changes one of some thousand keys, of any type.
fn change(random: &mut Random) -> String {
    let number = random.below(3000);
    let key = format!("k{number}");
    // Letters by chance: they don't compress, so that a snapshot takes its time.
    let long: String = (0..random.below(400)).map(|_| char::from(b'a' + random.below(26) as u8)).collect();
    let small = random.below(50);
    match number % 6 {
        0 => format!("SET {key} {small}{long}"),
        1 => format!("RPUSH {key} {small} {long}x"),
        2 => format!("SADD {key} {small} {}", if small.is_multiple_of(3) { &key } else { "7" }),
        3 => format!("ZADD {key} {small} m{small} 2.5 {long}x"),
        4 => format!("HSET {key} f{small} {small}{long}"),
        _ => format!("XADD {key} * f {small}{long}"),
    }
}

/// A command that makes life hard for a snapshot.
fn upset(random: &mut Random) -> String {
    let mut key = || format!("k{}", random.below(3000));
    let (one, other) = (key(), key());
    match random.below(40) {
        0 => format!("SWAPDB {} {}", random.below(4), random.below(4)),
        1 => "FLUSHDB".to_owned(),
        2..=5 => format!("RENAME {one} {other}"),
        6..=9 => format!("MOVE {one} {}", random.below(4)),
        10..=13 => format!("COPY {one} {other} REPLACE"),
        14..=19 => format!("DEL {one}"),
        20..=23 => format!("PEXPIRE {one} {}", random.below(30)),
        24..=26 => format!("PERSIST {one}"),
        27..=29 => format!("SELECT {}", random.below(4)),
        30 => "HPEXPIRE k4 5 FIELDS 1 f1".to_owned(),
        31 => "CONFIG SET maxmemory 300kb maxmemory-policy allkeys-lru".to_owned(),
        32 => "CONFIG SET maxmemory 0".to_owned(),
        33 => format!("SPOP k{} 3", number_of_set(random)),
        _ => change(random),
    }
}

fn number_of_set(random: &mut Random) -> u64 {
    random.below(500) * 6 + 2
}

fn populated<S: Storage>(storage: S, random: &mut Random) -> World<S> {
    let mut world = World::new(storage, NOW);
    for db in 0..4 {
        world.say(&format!("SELECT {db}"));
        for _ in 0..1500 {
            world.say(&change(random));
        }
        for number in 0..60 {
            world.say(&format!("PEXPIRE k{} {}", number * 7, 5 + number));
        }
    }
    world
}

#[test]
fn a_snapshot_is_of_the_moment_when_it_began() {
    let mut turns = 0;
    for seed in 0..8 {
        let mut random = Random::new(seed);
        let mut world = populated(Memory::default(), &mut random);
        let (digest, began) = (world.digest(), world.now);
        assert_eq!(world.say("BGSAVE"), "+Background saving started\r\n");
        while world.saves() {
            for _ in 0..random.below(60) {
                world.say(&upset(&mut random));
            }
            world.pass_ms(random.below(3));
            turns += 1;
        }
        assert_ne!(world.digest(), digest);
        world.now = began;
        assert_eq!(world.digest_after_restart().0, digest, "seed {seed}");
    }
    assert!(turns > 15, "{turns} turns are no test");
}

#[test]
fn a_save_that_was_acknowledged_survives_everything() {
    let faults = Faults { torn_append: 4, failed_sync: 6, ..Faults::default() };
    let (mut fine, mut failed) = (0, 0);
    for seed in 0..25 {
        let mut random = Random::new(seed);
        let mut world = World::new(Faulty::new(Memory::default(), Faults::default(), seed), NOW);
        let mut saved = world.digest();
        for _ in 0..4 {
            for _ in 0..200 {
                world.say(&change(&mut random));
            }
            world.front.storage_mut().set_faults(faults);
            let digest = world.digest();
            match world.say("SAVE").as_str() {
                "+OK\r\n" => {
                    saved = digest;
                    fine += 1;
                }
                error => {
                    assert_eq!(error, "-ERR\r\n");
                    failed += 1;
                }
            }
        }
        world.say("BGSAVE");
        world.front.storage_mut().set_faults(Faults::default());
        world.front.storage_mut().crash().unwrap();
        let (digest, mut disk) = world.digest_after_restart();
        assert_eq!(digest, saved, "seed {seed}");
        let names = disk.list("").unwrap();
        assert!(names.iter().all(|name| name == "dump.rdb" || name.starts_with("temp-")), "{names:?}");
    }
    assert!(fine > 10 && failed > 10, "{fine} {failed}");
}

#[test]
fn a_full_disk_fails_the_save_and_then_the_writes() {
    let faults = Faults { capacity: 20_000, ..Faults::default() };
    let mut world = populated(Faulty::new(Memory::default(), faults, 3), &mut Random::new(3));
    let argv: [&[u8]; 4] = [b"CONFIG", b"SET", b"save", b"60 1000"];
    world.front.request(world.now, world.conn, &argv);
    world.front.take(world.now, world.conn);
    assert_eq!(world.say("SAVE"), "-ERR\r\n");
    assert_eq!(world.say("SET k0 v"), "+OK\r\n", "only saves in the background stop writes");
    assert_eq!(world.say("BGSAVE"), "+Background saving started\r\n");
    while world.saves() {
        world.pass_ms(1);
    }
    assert!(world.say("SET k0 v").starts_with("-MISCONF Redis is configured to save RDB snapshots, but"));
    assert!(world.say("PING").starts_with("-MISCONF"));
    assert_eq!(world.say("EXISTS k0"), ":1\r\n");
    assert_eq!(world.front.storage_mut().list("").unwrap(), Vec::<String>::new(), "nothing is left behind");
    world.front.storage_mut().set_faults(Faults::default());
    assert_eq!(world.say("SAVE"), "+OK\r\n");
    assert_eq!(world.say("SET k0 v"), "+OK\r\n");
}

/// Commands that make large keys of every type in two databases.
fn large_keys(world: &mut World<Memory>) {
    for db in [0, 2] {
        world.say(&format!("SELECT {db}"));
        world.say(&format!("SETRANGE string {} x", 3_000_000 + db));
        for some in 0..60 {
            let words = |each: &dyn Fn(u64) -> String| -> String {
                (some * 100..(some + 1) * 100).map(|number| format!(" {}", each(number))).collect()
            };
            world.say(&format!("RPUSH list{}", words(&|number| format!("{number:0>99}"))));
            world.say(&format!("SADD set{}", words(&|number| format!("member{number}"))));
            world.say(&format!("ZADD sorted{}", words(&|number| format!("{number} member{number}"))));
            world.say(&format!("HSET hash{}", words(&|number| format!("field{number} {number}"))));
            world.say(&format!("HSET timed{}", words(&|number| format!("field{number} {number}"))));
        }
        world.say("HPEXPIRE timed 100000000 FIELDS 2 field7 field4000");
        for number in 0..3400 {
            world.say(&format!("XADD stream {number}-1 field {number:0>50}"));
        }
        world.say("XGROUP CREATE stream group 0");
        world.say("XREADGROUP GROUP group someone COUNT 10 STREAMS stream >");
        world.say("XREADGROUP GROUP group other COUNT 3000 STREAMS stream >");
        for number in 0..70 {
            world.say(&format!("XGROUP CREATECONSUMER stream group consumer{number}"));
        }
    }
    world.say("SELECT 0");
}

/// What the snapshot that is under way has written so far.
fn written(world: &mut World<Memory>) -> usize {
    let disk = world.front.storage_mut();
    let names = disk.list("").expect("memory lists what it has");
    names
        .iter()
        .filter(|name| name.starts_with("temp-"))
        .filter_map(|name| disk.get(name))
        .map(<[u8]>::len)
        .sum()
}

#[test]
fn large_values_are_taken_in_parts_and_as_they_were() {
    // What happens while they are taken: nothing, or changes to them.
    let upsets: [&[&str]; 6] = [
        &[],
        &[
            "RPUSH list new",
            "SADD set new",
            "ZADD sorted 7 new",
            "HSET hash new 1",
            "XADD stream * f new",
            "APPEND string y",
        ],
        &[
            "DEL list",
            "RENAME set other",
            "RPUSH list new",
            "MOVE sorted 1",
            "PEXPIRE hash 5",
            "HDEL timed field7",
            "SET stream x",
            "PEXPIRE string 1",
        ],
        &["SWAPDB 0 2", "RPUSH list new", "SWAPDB 1 0", "FLUSHDB", "SET k v"],
        &["FLUSHDB", "SET k v", "RPUSH list a b", "SELECT 2", "FLUSHDB"],
        &[
            "HPEXPIRE hash 1 FIELDS 1 field5",
            "MULTI",
            "LPOP list",
            "XREADGROUP GROUP group someone COUNT 10 STREAMS stream >",
            "EXEC",
            "EVAL redis.call('SADD',KEYS[1],'new') 1 set",
            "EVAL redis.call('DEL','string') 0",
        ],
    ];
    for (round, upsets) in upsets.into_iter().enumerate() {
        for after in [3, 60] {
            let mut world = World::new(Memory::default(), NOW);
            large_keys(&mut world);
            let wanted = world.digest();
            let writer = world.front.connect(world.now);
            assert!(world.say("BGSAVE").starts_with('+'));
            let (mut turns, mut before) = (0, 0);
            while world.saves() {
                world.pass_ms(1);
                turns += 1;
                if turns > after && (turns - after) as usize <= upsets.len() {
                    world.ask(writer, upsets[(turns - after) as usize - 1]);
                    assert_eq!(world.say("SET small x"), "+OK\r\n", "others needn't wait");
                    world.say("DEL small");
                }
                let now = written(&mut world);
                assert!(now <= before + 600_000, "a turn wrote from {before} to {now}");
                before = now;
            }
            assert!(round > 0 || turns > 90, "{turns}");
            let replies = world.answers(writer);
            assert!(replies.matches("\r\n").count() >= upsets.len(), "{replies}");
            let (found, _) = world.digest_after_restart();
            assert_eq!(found, wanted, "round {round}, after {after} turns");
        }
    }
}

#[test]
fn who_changes_a_large_value_waits_until_a_snapshot_has_it() {
    let mut world = World::new(Memory::default(), NOW);
    large_keys(&mut world);
    let wanted = world.digest();
    let writer = world.front.connect(world.now);
    assert!(world.say("BGSAVE").starts_with('+'));
    world.ask(writer, "RPUSH list new");
    world.ask(writer, "LLEN list");
    assert_eq!(world.answers(writer), "");
    assert_eq!(world.say("LLEN list"), ":6000\r\n", "who only reads needn't wait");
    while world.say("LLEN list") == ":6000\r\n" {
        world.pass_ms(1);
    }
    assert!(world.saves(), "it is not held until all is saved");
    assert_eq!(world.answers(writer), ":6001\r\n:6001\r\n");
    world.ask(writer, "DEL sorted");
    assert_eq!(world.answers(writer), ":1\r\n", "what goes is left to the snapshot");
    world.ask(writer, "EVAL redis.call('SADD','set','new') 0");
    assert_eq!(world.answers(writer), "$-1\r\n", "a script that was not given the key is not held");
    world.ask(writer, "SELECT 2");
    world.ask(writer, "SETRANGE string 0 y");
    assert_eq!(world.answers(writer), "+OK\r\n");
    world.say("SELECT 2");
    world.say("FLUSHDB");
    assert_eq!(world.answers(writer), "");
    while world.saves() {
        world.pass_ms(1);
    }
    assert_eq!(world.answers(writer), ":1\r\n", "by then there was none");
    assert_eq!(world.digest_after_restart().0, wanted);
}

#[test]
fn large_values_are_written_as_commands_in_parts() {
    let options = [("appendonly", "yes"), ("aof-use-rdb-preamble", "no")];
    let mut world = World::with(&options, Memory::default(), NOW);
    large_keys(&mut world);
    world.say("PEXPIRE string 100000000");
    let wanted = world.digest();
    assert!(world.say("BGREWRITEAOF").starts_with('+'));
    let (mut turns, mut before) = (0, 0);
    while world.say("INFO persistence").contains("aof_rewrite_in_progress:1") {
        world.pass_ms(1);
        let now = written(&mut world);
        assert!(now <= before + 600_000, "a turn wrote from {before} to {now}");
        (turns, before) = (turns + 1, now);
    }
    assert!(turns > 90, "{turns}");
    let mut next = World::with(&options, world.front.into_storage(), world.now);
    assert_eq!(next.digest(), wanted);
}

#[test]
fn a_save_that_need_not_take_its_time_any_more_goes_on_at_once() {
    let mut world = World::with(&[("rdb-key-save-delay", "10000000")], Memory::default(), NOW);
    world.say("DEBUG POPULATE 100");
    world.say("BGSAVE");
    world.pass_ms(1000);
    assert!(world.saves());
    world.say("CONFIG SET rdb-key-save-delay 0");
    for _ in 0..100 {
        world.pass_ms(1);
    }
    assert!(!world.saves());
}

#[test]
fn who_flushes_all_is_answered_when_the_disk_is_as_empty() {
    let mut world = World::with(&[("save", "900 1"), ("dbfilename", "dump.rdb")], Memory::default(), NOW);
    world.say("SET k v");
    world.say("SAVE");
    assert_eq!(world.say("FLUSHALL"), "+OK\r\n");
    // A rewrite needs no snapshot of its own to end first.
    assert_eq!(world.say("BGREWRITEAOF"), "+Background append only file rewriting started\r\n");
    let empty = "+0000000000000000000000000000000000000000\r\n";
    assert_eq!(world.digest_after_restart().0, empty);
}

#[test]
fn who_can_not_wait_for_the_disk_flushes_all_as_well() {
    let mut config = Config::new();
    config.put("save", b"900 1").expect("this is a directive");
    let engine = Engine::new(config, Host::default(), 11, NOW);
    let mut front = InProcess::with_storage(engine, Outside::default());
    let conn = front.connect(NOW);
    front.request_now(NOW, conn, &[b"FLUSHALL"]);
    assert_eq!(front.take(NOW, conn), b"+OK\r\n");
    let other = front.connect(NOW);
    front.request(NOW, other, &[b"FLUSHALL"]);
    assert_eq!(front.take(NOW, other), b"+OK\r\n", "the first one's snapshot is under way: another follows");
}

#[test]
fn a_disk_that_is_full_stops_nobody_from_flushing_all() {
    let disk = Faulty::new(Memory::default(), Faults { capacity: 10, ..Faults::default() }, 1);
    let mut world = World::with(&[("save", "900 1")], disk, NOW);
    world.say("SET k v");
    assert_eq!(world.say("FLUSHALL"), "+OK\r\n");
    assert_eq!(world.say("DBSIZE"), ":0\r\n");
}
