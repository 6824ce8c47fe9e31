//! Which keys stay when memory is full: the same requests under every eviction policy.
//!
//! ```text
//!   workload ─ key ─┬─► server with allkeys-lru   GET; after a miss, SET
//!                   ├─► server with allkeys-lfu
//!                   └─► … eight of them, each with the same maxmemory
//! ```
//!
//! The keys are numbered by how much they are wanted, the favourite first. A request takes some milliseconds of the stores'
//! clock, so that keys grow old. What the limit must be for a part of the keys to fit is measured: on a store without
//! one, which gets all of them.

use redstart_engine::resp::read::Value;

use super::chance::{Chance, Zipf};
use super::{Lab, Server};

/// Keys that are asked for: the page shows them in rows of 40.
const KEYS: usize = 1000;
/// Requests of a whole run.
const REQUESTS: u32 = 20_000;
/// Time between two requests, on the stores' clock.
const REQUEST_MS: f64 = 50.0;
/// Requests between two points of a hit rate.
const INTERVAL: u32 = 250;
/// Intervals that a point of a hit rate looks back.
const SPAN: usize = 4;
/// Bytes of a value.
const VALUE: usize = 1000;

/// All policies, in the order of the page.
pub const POLICIES: [&str; 8] = [
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
    "noeviction",
];

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Workload {
    /// Favourites that stay the same.
    Steady,
    /// Favourites, and now and then somebody who reads every key once.
    Scan,
    /// Other favourites with time.
    Shifting,
}

/// What the controls say.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
pub struct Setup {
    /// What is asked for.
    pub workload: Workload,
    /// How many percent of the keys fit.
    pub room: u32,
    /// `maxmemory-samples`.
    pub samples: u32,
    /// How many percent of the keys have a time to live.
    pub volatile: usize,
}

/// What is asked of the lab.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Ask {
    /// More requests come.
    Run {
        /// How many.
        requests: u32,
    },
    /// It begins again, as the controls are now.
    Set {
        /// How they are.
        setup: Setup,
    },
    /// It begins again, with other requests of the same kind.
    Restart,
    /// Another policy's keys are to be seen.
    Watch {
        /// Its place in [`POLICIES`].
        policy: usize,
    },
}

/// How a policy does.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// `maxmemory-policy`.
    pub policy: &'static str,
    /// Requests that found their key (INFO's `keyspace_hits`).
    pub hits: u64,
    /// What `evicted_keys` of INFO says.
    pub evicted: u64,
    /// Writes that were refused, for there was no room.
    pub refused: u64,
    /// DBSIZE.
    pub keys: i64,
    /// The hit rate of the last thousand requests, at every 250th.
    pub rates: Vec<f64>,
}

/// What there is to see.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Requests that came.
    pub requests: u32,
    /// Requests of a whole run.
    pub all_requests: u32,
    /// Requests between two points.
    pub interval: u32,
    /// All policies.
    pub scores: Vec<Score>,
    /// The policy whose keys are seen.
    pub watched: usize,
    /// Of each key what OBJECT FREQ or IDLETIME says; nothing if it isn't there.
    pub cells: Vec<Option<u32>>,
    /// Whether cells are frequencies. Otherwise they are seconds.
    pub counts: bool,
    /// Which keys get a time to live.
    pub volatile: Vec<bool>,
    /// Which keys have been asked for.
    pub known: Vec<bool>,
    /// `used_memory` of the watched store.
    pub used: u64,
    /// `maxmemory`.
    pub limit: u64,
}

/// The experiment.
#[derive(Debug)]
pub struct Eviction {
    seed: u64,
    setup: Setup,
    limit: u64,
    requests: u32,
    wishes: Wishes,
    known: Vec<bool>,
    caches: Vec<Cache>,
    watched: usize,
}

impl Eviction {
    /// Empty caches, and requests that this seed decides.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::with(seed, Setup { workload: Workload::Steady, room: 20, samples: 5, volatile: 90 })
    }

    fn with(seed: u64, setup: Setup) -> Self {
        let limit = limit(setup.room);
        let caches = POLICIES.iter().map(|policy| Cache::new(seed, policy, limit, setup.samples));
        Self {
            seed,
            setup,
            limit,
            requests: 0,
            wishes: Wishes::new(seed, setup.workload),
            known: vec![false; KEYS],
            caches: caches.collect(),
            watched: 0,
        }
    }

    fn begin_again(&mut self, seed: u64, setup: Setup) {
        *self = Self { watched: self.watched, ..Self::with(seed, setup) };
    }

    fn run(&mut self, requests: u32) {
        let end = self.requests.saturating_add(requests).min(REQUESTS);
        while self.requests < end {
            let key = self.wishes.next();
            if let Some(known) = self.known.get_mut(key) {
                *known = true;
            }
            let name = name(key);
            let ttl = is_volatile(key, self.setup.volatile).then(|| ttl_secs(key).to_string());
            self.requests += 1;
            for cache in &mut self.caches {
                cache.request(name.as_bytes(), ttl.as_deref());
                if self.requests.is_multiple_of(INTERVAL) {
                    cache.marks.push(cache.hits);
                }
            }
        }
    }
}

impl Lab for Eviction {
    type Ask = Ask;
    type View = View;

    fn ask(&mut self, ask: Ask) {
        match ask {
            Ask::Run { requests } => self.run(requests),
            Ask::Set { setup } => self.begin_again(self.seed, setup),
            Ask::Restart => self.begin_again(self.seed.wrapping_add(1), self.setup),
            Ask::Watch { policy } => self.watched = policy.min(POLICIES.len() - 1),
        }
    }

    fn view(&mut self) -> View {
        let scores = self.caches.iter_mut().map(Cache::score).collect();
        let (mut cells, mut counts, mut used) = (Vec::new(), false, 0);
        if let Some(cache) = self.caches.get_mut(self.watched) {
            counts = cache.policy.ends_with("lfu");
            let what: &[u8] = if counts { b"FREQ" } else { b"IDLETIME" };
            cells.extend((0..KEYS).map(|key| cache.usage(what, key)));
            used = cache.server.info("memory", "used_memory");
        }
        View {
            requests: self.requests,
            all_requests: REQUESTS,
            interval: INTERVAL,
            scores,
            watched: self.watched,
            cells,
            counts,
            volatile: (0..KEYS).map(|key| is_volatile(key, self.setup.volatile)).collect(),
            known: self.known.clone(),
            used,
            limit: self.limit,
        }
    }
}

/// A store under one policy.
#[derive(Debug)]
struct Cache {
    policy: &'static str,
    server: Server,
    hits: u32,
    refused: u64,
    /// Hits until the end of each interval.
    marks: Vec<u32>,
}

impl Cache {
    fn new(seed: u64, policy: &'static str, limit: u64, samples: u32) -> Self {
        let directives = [
            ("maxmemory", &*limit.to_string()),
            ("maxmemory-policy", policy),
            ("maxmemory-samples", &*samples.to_string()),
        ];
        Self { policy, server: Server::new(seed, &directives), hits: 0, refused: 0, marks: Vec::new() }
    }

    /// The program looks aside: after a miss, it puts the key in.
    fn request(&mut self, key: &[u8], ttl_secs: Option<&str>) {
        self.server.advance(REQUEST_MS);
        if self.server.call(&[b"GET", key]) != Value::Null {
            self.hits += 1;
        } else if let Value::Error(_) = put(&mut self.server, key, ttl_secs) {
            self.refused += 1;
        }
    }

    /// What OBJECT says of a key, if it is there.
    fn usage(&mut self, what: &[u8], key: usize) -> Option<u32> {
        match self.server.look(&[b"OBJECT", what, name(key).as_bytes()]) {
            Value::Int(number) => u32::try_from(number).ok(),
            _ => None,
        }
    }

    fn score(&mut self) -> Score {
        let before =
            |end: usize| end.checked_sub(SPAN).and_then(|at| self.marks.get(at)).copied().unwrap_or(0);
        let rate = |(end, &hits): (usize, &u32)| {
            let requests = INTERVAL * SPAN.min(end + 1) as u32;
            f64::from(hits - before(end)) / f64::from(requests)
        };
        Score {
            policy: self.policy,
            rates: self.marks.iter().enumerate().map(rate).collect(),
            hits: self.server.info("stats", "keyspace_hits"),
            evicted: self.server.info("stats", "evicted_keys"),
            refused: self.refused,
            keys: self.server.count(&[b"DBSIZE"]),
        }
    }
}

/// The keys that are asked for, one after the other.
#[derive(Debug)]
struct Wishes {
    workload: Workload,
    chance: Chance,
    favourites: Zipf,
    asked: usize,
}

impl Wishes {
    /// A scan begins every so many requests.
    const CYCLE: usize = 3000;
    /// Favourites move on by a key every so many requests.
    const MOVE: usize = 16;

    fn new(seed: u64, workload: Workload) -> Self {
        Self { workload, chance: Chance::new(seed), favourites: Zipf::new(KEYS), asked: 0 }
    }

    fn next(&mut self) -> usize {
        let asked = self.asked;
        self.asked += 1;
        let favourite = self.favourites.pick(&mut self.chance);
        // Every second request is the scan's, while there is one.
        let at = (asked % Self::CYCLE).checked_sub(Self::CYCLE - 2 * KEYS);
        match (self.workload, at) {
            (Workload::Scan, Some(at)) if at.is_multiple_of(2) => at / 2,
            (Workload::Shifting, _) => (favourite + asked / Self::MOVE) % KEYS,
            _ => favourite,
        }
    }
}

fn name(key: usize) -> String {
    format!("page:{key}")
}

/// Whether a key gets a time to live: `percent` of every hundred do.
const fn is_volatile(key: usize, percent: usize) -> bool {
    key * 37 % 100 < percent
}

/// From one hour to ten, so that nothing ends during a run.
const fn ttl_secs(key: usize) -> usize {
    3600 * (1 + key * 7 % 10)
}

fn put(server: &mut Server, key: &[u8], ttl_secs: Option<&str>) -> Value {
    const TEXT: [u8; VALUE] = [b'.'; VALUE];
    match ttl_secs {
        Some(secs) => server.call(&[b"SET", key, &TEXT, b"EX", secs.as_bytes()]),
        None => server.call(&[b"SET", key, &TEXT]),
    }
}

/// The `maxmemory` under which so many percent of the keys fit.
fn limit(percent: u32) -> u64 {
    let mut server = Server::new(0, &[]);
    let empty = server.info("memory", "used_memory");
    for key in 0..KEYS {
        put(&mut server, name(key).as_bytes(), Some("3600"));
    }
    let full = server.info("memory", "used_memory");
    empty + full.saturating_sub(empty) * u64::from(percent) / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOME: u32 = 6000;

    /// What there is to see after some requests, under these policies alone.
    fn seen(policies: &[&str], workload: Workload, change: impl FnOnce(&mut Setup)) -> View {
        let mut setup = Setup { workload, ..Eviction::new(7).setup };
        change(&mut setup);
        let mut lab = Eviction::with(7, setup);
        lab.caches.retain(|cache| policies.contains(&cache.policy));
        lab.ask(Ask::Run { requests: SOME });
        lab.view()
    }

    fn score<'v>(view: &'v View, policy: &str) -> &'v Score {
        view.scores.iter().find(|score| score.policy == policy).expect("this policy was tried")
    }

    #[test]
    fn a_scan_drives_out_what_was_used_lately_but_not_what_is_used_often() {
        let view = seen(&["allkeys-lru", "allkeys-lfu"], Workload::Scan, |_| ());
        let (lru, lfu) = (score(&view, "allkeys-lru"), score(&view, "allkeys-lfu"));
        assert!(lfu.hits > lru.hits + 150, "{lfu:?} {lru:?}");
    }

    #[test]
    fn when_favourites_move_on_recent_use_tells_more_than_old_fame() {
        let view = seen(&["allkeys-lru", "allkeys-lfu", "noeviction"], Workload::Shifting, |_| ());
        let lru = score(&view, "allkeys-lru");
        assert!(lru.hits > score(&view, "allkeys-lfu").hits + 150, "{:?}", view.scores);
        assert!(lru.rates.last() > score(&view, "noeviction").rates.last(), "{:?}", view.scores);
    }

    #[test]
    fn without_a_time_to_live_a_volatile_policy_removes_nothing() {
        let policies = ["allkeys-lru", "volatile-lru", "volatile-ttl", "noeviction"];
        let view = seen(&policies, Workload::Steady, |setup| setup.volatile = 0);
        let refusing = score(&view, "noeviction");
        for policy in ["volatile-lru", "volatile-ttl"] {
            let it = score(&view, policy);
            assert_eq!((it.evicted, it.hits, it.refused), (0, refusing.hits, refusing.refused), "{policy}");
        }
        assert!(refusing.refused > 0 && score(&view, "allkeys-lru").evicted > 0);
    }

    #[test]
    fn a_volatile_policy_keeps_every_key_without_a_time_to_live() {
        let view = seen(&["volatile-lru"], Workload::Steady, |_| ());
        let lost: Vec<usize> =
            (0..KEYS).filter(|&key| view.known[key] && view.cells[key].is_none()).collect();
        assert!(lost.len() > 100 && lost.iter().all(|&key| view.volatile[key]), "{lost:?}");
    }

    #[test]
    fn about_as_many_keys_fit_as_the_control_says() {
        for room in [10, 50] {
            let view = seen(&["allkeys-lru"], Workload::Steady, |setup| setup.room = room);
            let keys = score(&view, "allkeys-lru").keys;
            assert!((keys - i64::from(room) * 10).abs() < 25, "{keys} of {room} percent");
            assert!(view.used <= view.limit + 3 * VALUE as u64, "{} of {}", view.used, view.limit);
        }
    }

    #[test]
    fn hits_are_what_the_store_counts_and_the_same_seed_gives_the_same() {
        let see = || seen(&["allkeys-lfu"], Workload::Scan, |_| ());
        let view = see();
        assert_eq!(view, see());
        let score = score(&view, "allkeys-lfu");
        let rates: f64 = score.rates.iter().skip(SPAN - 1).step_by(SPAN).sum();
        assert_eq!((rates * 1000.0).round() as u64, score.hits);
    }
}
