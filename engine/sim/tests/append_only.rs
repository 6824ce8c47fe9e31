//! What was acknowledged is in the append-only file, wherever the server dies.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::in_process::InProcess;
use redstart_engine::machine::{ConnId, Now};
use redstart_engine::observe::Host;
use redstart_engine::persistence::store::{Memory, Storage, StoreError};
use redstart_engine::random::Random;
use redstart_sim::{Faults, Faulty};

/// A disk whose server dies: from some op on nothing is done any more.
struct Dying {
    disk: Faulty<Memory>,
    /// Ops until then.
    left: u64,
}

impl Dying {
    fn with<R>(
        &mut self,
        act: impl FnOnce(&mut Faulty<Memory>) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            Err(StoreError::Failed("the server is dead".into()))
        } else {
            act(&mut self.disk)
        }
    }
}

impl Storage for Dying {
    fn read(&mut self, name: &str, offset: u64, len: usize) -> Result<(Vec<u8>, u64), StoreError> {
        self.with(|disk| disk.read(name, offset, len))
    }

    fn append(&mut self, name: &str, offset: u64, bytes: &[u8]) -> Result<(), StoreError> {
        self.with(|disk| disk.append(name, offset, bytes))
    }

    fn sync(&mut self, name: &str) -> Result<(), StoreError> {
        self.with(|disk| disk.sync(name))
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), StoreError> {
        self.with(|disk| disk.rename(from, to))
    }

    fn remove(&mut self, name: &str) -> Result<(), StoreError> {
        self.with(|disk| disk.remove(name))
    }

    fn list(&mut self, folder: &str) -> Result<Vec<String>, StoreError> {
        self.with(|disk| disk.list(folder))
    }
}

/// An engine, its clock and a client.
struct World {
    front: InProcess<Dying>,
    now: Now,
    conn: ConnId,
}

const NOW: Now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };

impl World {
    fn new(disk: Faulty<Memory>, left: u64, options: &[(&str, &str)]) -> Self {
        let mut config = Config::new();
        let always =
            [("enable-debug-command", "yes"), ("save", ""), ("databases", "3"), ("appendonly", "yes")];
        for (name, value) in always.iter().chain(options) {
            config.put(name, value.as_bytes()).expect("these are directives");
        }
        let engine = Engine::new(config, Host::default(), 11, NOW);
        let mut front = InProcess::with_storage(engine, Dying { disk, left });
        front.start(NOW);
        let conn = front.connect(NOW);
        Self { front, now: NOW, conn }
    }

    fn say(&mut self, command: &str) -> String {
        let argv: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        self.front.request(self.now, self.conn, &argv);
        String::from_utf8_lossy(&self.front.take(self.now, self.conn)).into_owned()
    }

    fn is_dead(&mut self) -> bool {
        self.front.storage_mut().left == 0
    }

    /// Some time passes, in the steps of a front.
    fn pass_ms(&mut self, ms: u64) {
        for _ in 0..ms {
            self.now.unix_us += 1000;
            self.now.mono_us += 1000;
            self.front.tick(self.now);
        }
    }

    /// What is stored, read without a word of the server's.
    fn digest(&self) -> String {
        redstart_engine::observe::Digest::of_keyspace(self.front.engine().keyspace()).to_text()
    }
}

/// A command about one of a few keys, of any type.
fn change(random: &mut Random) -> String {
    let number = random.below(40);
    let (key, small) = (format!("k{number}"), random.below(9));
    match (random.below(12), number % 6) {
        (0, _) => format!("DEL {key} k{small}"),
        (1, _) => format!("COPY {key} k{small} REPLACE"),
        (2, _) => format!("SELECT {}", random.below(3)),
        (3, _) => format!("PEXPIRE {key} {}", 1_000_000 + small),
        (_, 0) => format!("INCRBY n{number} {small}"),
        (_, 1) => format!("RPUSH {key} {small} {}", "x".repeat(random.below(300) as usize + 1)),
        (_, 2) if small < 3 => format!("SPOP {key} {}", small + 1),
        (_, 2) => format!("SADD {key} {small} a b c {}", random.below(100)),
        (_, 3) => format!("ZADD {key} {small} m{small} 2.5 {}", random.below(100)),
        (_, 4) => format!("HINCRBYFLOAT {key} f{small} 0.{small}"),
        _ => format!("XADD {key} MAXLEN ~ 3 * f {small}"),
    }
}

/// The data of another server.
fn elsewhere(seed: u64) -> Vec<u8> {
    let disk = Faulty::new(Memory::default(), Faults::default(), 0);
    let (mut world, mut random) = (World::new(disk, u64::MAX, &[]), Random::new(seed));
    for _ in 0..20 {
        world.say(&change(&mut random));
    }
    world.front.engine().to_rdb(world.now)
}

/// What a client and the disk saw of a server's life.
struct Life {
    disk: Faulty<Memory>,
    /// What was stored after each command.
    history: Vec<String>,
    /// How many of them were answered.
    answered: usize,
    ops: u64,
}

/// Lives until the disk dies, or for some commands.
fn live(seed: u64, left: u64, options: &[(&str, &str)], faults: Faults) -> Life {
    let mut random = Random::new(seed);
    let mut world = World::new(Faulty::new(Memory::default(), faults, seed), left, options);
    let (mut history, mut answered) = (vec![world.digest()], 0);
    for _ in 0..120 {
        if world.is_dead() || world.front.has_failed() {
            break;
        }
        match random.below(30) {
            0 => {
                world.say("BGREWRITEAOF");
            }
            1 => world.pass_ms(random.below(4)),
            2 => {
                world.say("MULTI");
                world.say("INCR one");
                world.say("INCR two");
                let said = world.say("EXEC");
                history.push(world.digest());
                if said.starts_with('*') && !world.is_dead() {
                    answered = history.len() - 1;
                }
            }
            3 if random.below(3) == 0 => {
                let file = elsewhere(random.below(100));
                let replaced = world.front.replace_with_rdb(world.now, &file);
                assert!(replaced.is_ok(), "{replaced:?}");
                history.push(world.digest());
                if !world.is_dead() && !world.front.has_failed() {
                    answered = history.len() - 1;
                }
            }
            _ => {
                let said = world.say(&change(&mut random));
                history.push(world.digest());
                if !said.is_empty() && !world.is_dead() {
                    answered = history.len() - 1;
                }
            }
        }
    }
    let Dying { disk, left: unused } = world.front.into_storage();
    Life { disk, history, answered, ops: left - unused }
}

/// What a server finds that starts with what is on the disk.
fn find(disk: Faulty<Memory>, what: &str) -> String {
    let mut world = World::new(disk, u64::MAX, &[]);
    assert_eq!(world.say("PING"), "+PONG\r\n", "{what}: it doesn't start");
    world.digest()
}

/// How many seeds to try: some, or so many times as many as `SEEDS` says.
fn lives(some: u64) -> u64 {
    let times = std::env::var("SEEDS").ok().and_then(|times| times.parse::<u64>().ok());
    some * times.unwrap_or(1)
}

#[test]
fn what_was_acknowledged_survives_a_crash_at_any_point() {
    for (policy, power_fails) in [("always", true), ("always", false), ("everysec", false), ("no", false)] {
        for preamble in ["yes", "no"] {
            let options = [("appendfsync", policy), ("aof-use-rdb-preamble", preamble)];
            for seed in 0..lives(2) {
                let whole = live(seed, u64::MAX, &options, Faults::default());
                let mut random = Random::new(seed);
                for _ in 0..20 {
                    let left = 1 + random.below(whole.ops);
                    let Life { mut disk, history, answered, .. } =
                        live(seed, left, &options, Faults::default());
                    if power_fails {
                        disk.crash().unwrap();
                    }
                    let what = format!("{policy}, preamble {preamble}, seed {seed}, dead at op {left}");
                    let found = find(disk, &what);
                    let place = history.iter().skip(answered).position(|digest| *digest == found);
                    assert!(place.is_some(), "{what}: {answered} answers of {}", history.len());
                }
            }
        }
    }
}

#[test]
fn without_a_sync_what_survives_is_the_state_of_some_moment() {
    let options = [("appendfsync", "everysec")];
    for seed in 0..lives(4) {
        let whole = live(seed, u64::MAX, &options, Faults::default());
        let mut random = Random::new(seed);
        for _ in 0..20 {
            let left = 1 + random.below(whole.ops);
            let Life { mut disk, history, .. } = live(seed, left, &options, Faults::default());
            disk.crash().unwrap();
            let what = format!("seed {seed}, dead at op {left}");
            let found = find(disk, &what);
            assert!(history.contains(&found), "{what}");
        }
    }
}

#[test]
fn a_disk_that_fails_now_and_then_loses_nothing() {
    let faults = Faults { torn_append: 7, ..Faults::default() };
    let mut refused = 0;
    for seed in 0..lives(20) {
        let mut random = Random::new(seed);
        let mut world = World::new(Faulty::new(Memory::default(), Faults::default(), seed), u64::MAX, &[]);
        world.front.storage_mut().disk.set_faults(faults);
        for _ in 0..150 {
            refused += usize::from(
                world.say(&change(&mut random)).starts_with("-MISCONF Errors writing to the AOF file: "),
            );
            if random.below(20) == 0 {
                world.say("BGREWRITEAOF");
            }
            world.pass_ms(random.below(200));
        }
        world.front.storage_mut().disk.set_faults(Faults::default());
        world.pass_ms(300);
        assert_eq!(world.say("SET last v"), "+OK\r\n");
        let digest = world.digest();
        assert_eq!(find(world.front.into_storage().disk, &format!("seed {seed}")), digest);
    }
    assert!(refused > 0, "nothing failed");
}

/// A file of these commands, and the manifest that names it.
fn disk_of(commands: &[&[&str]]) -> Faulty<Memory> {
    let mut memory = Memory::default();
    let words = |words: &[&str]| -> String {
        let each = words.iter().map(|word| format!("${}\r\n{word}\r\n", word.len()));
        format!("*{}\r\n{}", words.len(), each.collect::<String>())
    };
    let text: String = commands.iter().map(|command| words(command)).collect();
    memory.put("appendonlydir/appendonly.aof.manifest", b"file commands seq 1 type i\n".to_vec());
    memory.put("appendonlydir/commands", text.into_bytes());
    Faulty::new(memory, Faults::default(), 0)
}

#[test]
fn a_script_in_the_file_that_takes_long_is_loaded_to_its_end_while_others_are_told_so() {
    let slow = "for i = 1, 300000 do end redis.call('SET', KEYS[1], 'done') redis.call('INCR', 'steps')";
    let disk = disk_of(&[
        &["SELECT", "2"],
        &["EVAL", slow, "1", "one"],
        &["INCR", "steps"],
        &["MULTI"],
        &["INCR", "steps"],
        &["EVAL", slow, "1", "two"],
        &["INCR", "steps"],
        &["EXEC"],
        &["SET", "last", "v"],
    ]);
    let mut world = World::new(disk, u64::MAX, &[]);
    let mut turns = 0;
    while world.say("PING").starts_with("-LOADING") {
        assert!(world.say("SCRIPT KILL").starts_with("-LOADING"), "it is not for clients to end");
        world.pass_ms(1);
        turns += 1;
    }
    assert!(turns > 5, "{turns}");
    world.say("SELECT 2");
    assert_eq!(
        world.say("MGET one two steps last"),
        "*4\r\n$4\r\ndone\r\n$4\r\ndone\r\n$1\r\n5\r\n$1\r\nv\r\n"
    );
    assert_eq!(world.say("SET more v"), "+OK\r\n");
}

#[test]
fn what_the_disk_answers_to_a_rewrite_that_was_given_up_is_for_nobody() {
    for turns in 0..12 {
        let mut world = World::new(Faulty::new(Memory::default(), Faults::default(), 0), u64::MAX, &[]);
        for number in 0..500 {
            world.say(&format!("SET k{number} v"));
        }
        world.say("BGREWRITEAOF");
        world.pass_ms(turns);
        world.say("CONFIG SET appendonly no");
        world.say("CONFIG SET appendonly yes");
        world.say("SET last v");
        while world.say("INFO persistence").contains("aof_rewrite_in_progress:1") {
            world.pass_ms(1);
        }
        let digest = world.digest();
        assert_eq!(find(world.front.into_storage().disk, &format!("{turns} turns")), digest);
    }
}

#[test]
fn appends_are_as_slow_as_debug_wants_them() {
    let mut world = World::new(Faulty::new(Memory::default(), Faults::default(), 0), u64::MAX, &[]);
    assert_eq!(world.say("DEBUG AOF-FLUSH-SLEEP 700"), "+OK\r\n");
    world.say("GET k");
    assert_eq!(world.front.take_slept_us(), 0, "nothing is appended");
    world.say("SET k v");
    assert_eq!(world.front.take_slept_us(), 700);
    world.say("DEBUG AOF-FLUSH-SLEEP 0");
    world.say("SET k v");
    assert_eq!(world.front.take_slept_us(), 0);
}
