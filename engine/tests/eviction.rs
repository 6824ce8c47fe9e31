//! Memory that is needed: which keys go, and how much is kept of what is wanted.

mod support;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use redstart_engine::keyspace::Entry;
use redstart_engine::machine::{Input, Why};
use support::Front;

impl Front {
    /// Lets time pass without giving the engine a turn.
    fn pass_ms(&mut self, ms: u64) {
        self.now.unix_us += ms * 1000;
        self.now.mono_us += ms * 1000;
    }

    fn tick(&mut self) {
        self.engine.handle(self.now, Input::Tick, &mut Vec::new());
    }

    /// Gives the engine its turns until it has no more to evict; tells how many it took.
    fn evict_all(&mut self) -> usize {
        (0..)
            .take_while(|_| {
                self.engine.deadline().why == Why::Eviction && {
                    self.tick();
                    true
                }
            })
            .count()
    }

    fn used(&mut self) -> u64 {
        self.info("used_memory")
    }

    /// Gives the client's buffer the size that the longest reply needs: it counts, too.
    fn warm_up(&mut self) {
        for _ in 0..3 {
            self.used();
        }
    }

    fn info(&mut self, field: &str) -> u64 {
        let info = self.say("INFO everything");
        let line = info.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        line.and_then(|value| value.parse().ok()).expect("a field that is a number")
    }

    /// Sets `maxmemory` to what is used now and so many bytes more.
    fn allow_more(&mut self, bytes: i64) {
        self.warm_up();
        let most = self.used() as i64 + bytes;
        assert_eq!(self.say(&format!("CONFIG SET maxmemory {most}")), "+OK\r\n");
    }

    fn keys(&self, db: usize) -> BTreeSet<String> {
        let name = |entry: Entry<'_>| String::from_utf8_lossy(entry.key).into_owned();
        self.engine.keyspace().databases()[db].iter().map(name).collect()
    }
}

fn with_policy(policy: &str) -> Front {
    let mut front = Front::new();
    front.say(&format!("CONFIG SET maxmemory-policy {policy}"));
    front
}

const OOM: &str = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

/// Random numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A cache of `size` keys under a load in which some keys are wanted far more than others. Gives how many reads found
/// their key here, and how many would in a cache that knows exactly which key was not used for the longest time.
fn hits(policy: &str, samples: usize, size: usize) -> (u32, u32) {
    let mut front = with_policy(policy);
    front.say(&format!("CONFIG SET maxmemory-samples {samples}"));
    let mut dice = Dice(5);
    let (mut ideal, mut uses) = (BTreeMap::new(), VecDeque::new());
    let (mut found, mut ideally) = (0, 0);
    for step in 0..60_000_u64 {
        front.pass_ms(20);
        // The product of three: small numbers are much more likely than great ones.
        let span = 4 * size as u64;
        let key = dice.below(span) * dice.below(span) / span * dice.below(span) / span;
        let hit = front.say(&format!("GET {key:08}")) != "$-1\r\n";
        if !hit {
            front.say(&format!("SET {key:08} 0123456789"));
        }
        let ideal_hit = ideal.insert(key, step).is_some();
        uses.push_back((key, step));
        while ideal.len() > size
            && let Some((key, step)) = uses.pop_front()
        {
            if ideal.get(&key) == Some(&step) {
                ideal.remove(&key);
            }
        }
        if step > 10_000 {
            found += u32::from(hit);
            ideally += u32::from(ideal_hit);
        }
        if front.engine.keyspace().databases()[0].len() == size && front.engine.config().maxmemory == 0 {
            front.allow_more(0);
        }
    }
    (found, ideally)
}

#[test]
fn few_samples_find_nearly_what_true_lru_keeps() {
    for (samples, least_percent) in [(5, 97), (10, 98)] {
        let (found, ideally) = hits("allkeys-lru", samples, 1000);
        assert!(found * 100 >= ideally * least_percent, "{samples} samples: {found} of {ideally}");
    }
}

/// A full store whose keys were used in a known order takes half as many new ones. Gives how many hundredths of what it
/// keeps are the keys that were used last.
fn percent_kept(samples: usize) -> usize {
    let mut front = with_policy("allkeys-lru");
    front.say(&format!("CONFIG SET maxmemory-samples {samples}"));
    for key in 0..4000 {
        front.say(&format!("SET {key:08} 0123456789"));
    }
    // Uses in another order than keys came in.
    let mut order: Vec<u32> = (0..4000).collect();
    let mut dice = Dice(9);
    for place in (1..order.len()).rev() {
        order.swap(place, dice.below(place as u64 + 1) as usize);
    }
    for key in &order {
        front.pass_ms(10);
        front.say(&format!("GET {key:08}"));
    }
    front.allow_more(0);
    for key in 4000..6000 {
        front.pass_ms(10);
        front.say(&format!("SET {key:08} 0123456789"));
        order.push(key);
    }
    let kept = front.keys(0);
    let wanted = order.iter().rev().take(kept.len());
    wanted.filter(|key| kept.contains(&format!("{key:08}"))).count() * 100 / kept.len()
}

#[test]
fn what_was_used_last_is_kept() {
    for (samples, least_percent) in [(3, 90), (5, 93), (10, 95)] {
        let percent = percent_kept(samples);
        assert!(percent >= least_percent, "{samples} samples: {percent} %");
    }
}

#[test]
fn what_is_used_often_is_kept_under_lfu() {
    for policy in ["allkeys-lfu", "volatile-lfu"] {
        let mut front = with_policy(policy);
        for key in 0..100 {
            front.say(&format!("SET hot{key} 0123456789 EX 1000"));
            (0..200).for_each(|_| drop(front.say(&format!("GET hot{key}"))));
        }
        front.allow_more(40_000);
        for key in 0..5000 {
            front.pass_ms(1);
            front.say(&format!("SET cold{key} 0123456789 EX 1000"));
        }
        let kept = (0..100).filter(|key| front.keys(0).contains(&format!("hot{key}"))).count();
        assert!(kept >= 98, "{policy}: {kept}");
        assert!(front.info("evicted_keys") > 4000);
    }
}

#[test]
fn a_policy_takes_only_what_it_may() {
    for policy in ["volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"] {
        // Keys with a time to live among many and among few others.
        for one_in in [2, 200] {
            let mut front = with_policy(policy);
            let volatile: BTreeSet<usize> = (0..4000).filter(|key| key % one_in == 0).collect();
            for key in 0..4000 {
                let expiry =
                    if volatile.contains(&key) { format!(" EX {}", 1000 + key) } else { String::new() };
                front.say(&format!("SET k{key} 0123456789{expiry}"));
            }
            front.allow_more(-600);
            front.evict_all();
            assert!(front.info("evicted_keys") > 4, "{policy} {one_in}");
            front.say("CONFIG SET maxmemory 1");
            front.evict_all();
            let expected =
                (0..4000).filter(|key| !volatile.contains(key)).map(|key| format!("k{key}")).collect();
            assert_eq!(front.keys(0), expected, "{policy} {one_in}");
            assert_eq!(front.say("SET k v"), OOM);
            assert_eq!(front.say("GET k1"), "$10\r\n0123456789\r\n");
        }
    }
    for policy in ["allkeys-lru", "allkeys-lfu", "allkeys-random"] {
        let mut front = with_policy(policy);
        for key in 0..4000 {
            front.say(&format!("SET k{key} 0123456789"));
        }
        front.say("CONFIG SET maxmemory 1");
        front.evict_all();
        assert_eq!(front.keys(0).len(), 0, "{policy}");
        assert_eq!(front.say("SET k v"), OOM);
    }
    let mut front = with_policy("noeviction");
    front.say("SET k v EX 100");
    front.say("CONFIG SET maxmemory 1");
    assert_eq!(front.evict_all(), 1);
    assert_eq!(front.say("SET k v"), OOM);
    assert_eq!(front.say("GET k"), "$1\r\nv\r\n");
    assert_eq!(front.say("DEL k"), ":1\r\n");
}

#[test]
fn what_expires_soonest_goes_first() {
    let mut front = with_policy("volatile-ttl");
    let ttls = [50, 90, 20, 70, 10, 30, 80, 60, 40];
    for (index, ttl) in ttls.iter().enumerate() {
        front.say(&format!("SELECT {}", index % 3));
        front.say(&format!("SET k{ttl} v EX {ttl}"));
    }
    front.say("SELECT 0");
    for gone in [10, 20, 30, 40, 50] {
        front.allow_more(-1);
        front.evict_all();
        let left: BTreeSet<String> = (0..3).flat_map(|db| front.keys(db)).collect();
        assert!(!left.contains(&format!("k{gone}")));
        assert_eq!(left.len(), 9 - gone / 10);
    }
}

#[test]
fn every_database_loses_keys() {
    for policy in ["allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-random"] {
        let mut front = with_policy(policy);
        for key in 0..300 {
            for db in [0, 3, 15] {
                front.pass_ms(10);
                front.say(&format!("SELECT {db}"));
                front.say(&format!("SET k{key} v EX 100"));
            }
        }
        front.allow_more(-22_000);
        front.evict_all();
        let left = [0, 3, 15].map(|db| front.keys(db).len());
        assert!(left.iter().all(|left| (100..250).contains(left)), "{policy}: {left:?}");
    }
}

#[test]
fn much_goes_in_bounded_turns() {
    let mut front = with_policy("allkeys-lru");
    (0..5000).for_each(|key| drop(front.say(&format!("SET k{key} 0123456789"))));
    front.allow_more(-100_000);
    // Commands run while there is too much.
    let mut left = front.keys(0).len();
    let mut turns = 0;
    while front.engine.deadline().why == Why::Eviction {
        assert_eq!(front.engine.deadline().mono_us, front.now.mono_us);
        front.tick();
        let gone = left - front.keys(0).len();
        assert!(gone <= 500, "{gone} in one turn");
        left -= gone;
        turns += 1;
    }
    assert!(turns >= 4, "{turns}");
    assert!(front.used() <= front.engine.config().maxmemory);
}

#[test]
fn commands_run_while_room_is_being_made() {
    let mut front = with_policy("allkeys-lru");
    (0..3000).for_each(|key| drop(front.say(&format!("SET k{key} 0123456789"))));
    front.say("CONFIG SET maxmemory 1000");
    assert_eq!(front.say("SET new v"), "+OK\r\n");
    front.pass_ms(30);
    let (current, total) =
        (front.info("current_eviction_exceeded_time"), front.info("total_eviction_exceeded_time"));
    assert_eq!((current, total), (30, 30));
    front.say("CONFIG SET maxmemory 10mb");
    front.say("PING");
    front.pass_ms(30);
    assert_eq!(front.info("current_eviction_exceeded_time"), 0);
    assert_eq!(front.info("total_eviction_exceeded_time"), 30);
    front.say("CONFIG RESETSTAT");
    assert_eq!(front.info("total_eviction_exceeded_time"), 0);
    assert_eq!(front.info("evicted_keys"), 0);
}

#[test]
fn eviction_is_told() {
    let mut front = with_policy("allkeys-random");
    front.say("SET k v");
    front.engine.observe(true);
    front.say("CONFIG SET maxmemory 1");
    let before = front.info("rdb_changes_since_last_save");
    let told: Vec<String> =
        front.engine.take_changes().iter().map(|it| format!("{} {:?}", it.event.name, it.key)).collect();
    assert_eq!(told, ["evicted b\"k\""]);
    // A command that is refused evicted before it was.
    front.say("CONFIG SET maxmemory 0");
    front.say("SET k v");
    front.engine.take_changes();
    front.say("CONFIG SET maxmemory 1");
    assert_eq!(front.say("SET l v"), OOM);
    assert_eq!(front.engine.take_changes().len(), 1);
    assert_eq!(before, 1);
}

#[test]
fn the_order_of_refusals() {
    let mut front = with_policy("noeviction");
    front.say("CONFIG SET maxmemory 1");
    for (command, reply) in [
        ("NOSUCH a", "-ERR unknown command 'NOSUCH', with args beginning with: 'a' \r\n"),
        ("SET a", "-ERR wrong number of arguments for 'set' command\r\n"),
        ("SET a b", OOM),
        ("SET a b BOGUS", OOM),
        ("GET a", "$-1\r\n"),
        ("COPY a b", OOM),
        ("EXPIRE a 10", ":0\r\n"),
        ("LPOP a", "$-1\r\n"),
        ("LPUSH a b", OOM),
        ("SADD a b", OOM),
    ] {
        assert_eq!(front.say(command), reply, "{command}");
    }
    front.say("CONFIG SET requirepass secret");
}

#[test]
fn memory_that_is_given_back_is_not_counted() {
    let mut front = Front::new();
    front.warm_up();
    let empty = front.used();
    for command in [
        "SET k 0123456789012345678901234567890123456789012345678901234567890123456789",
        "APPEND k 0123456789012345678901234567890123456789",
        "RPUSH l a b c d e f g 1 2 3 4",
        "SADD s a b c d e f g 1 2 3 4",
        "SADD n 1 2 3 4 5 6 700000",
        "EXPIRE k 100",
        "SPOP s 5",
        "LTRIM l 2 4",
        "SMOVE n s 3",
    ] {
        front.say(command);
        let database = &front.engine.keyspace().databases()[0];
        assert_eq!(
            database.entry_bytes(),
            database.iter().map(Entry::memory_bytes).sum::<usize>(),
            "{command}"
        );
    }
    assert!(front.used() > empty);
    front.say("FLUSHALL");
    assert_eq!(front.used(), empty);
}
