//! Eviction: which key goes when memory is needed.
//!
//! To know the key that was not used for the longest time one would have to keep all keys in the order of their use,
//! and to change that order with every read. Instead a few keys are looked at for each one that goes, and the best
//! candidates ever seen are remembered in a small pool:
//!
//! ```text
//!   maxmemory-samples keys of each database      pool, the least wanted last
//!   ┌───┐┌───┐┌───┐┌───┐┌───┐                    ┌──────┬──────┬───┬──────┬──────┐
//!   │ 7s││90s││ 2s││31s││ 0s│ ── worse than ───▶ │  31s │  55s │ … │  90s │ 250s │ ──▶ goes
//!   └───┘└───┘└───┘└───┘└───┘    what is there   └──────┴──────┴───┴──────┴──────┘
//! ```
//!
//! Before a candidate goes it is looked at once more: one that has been used since is no candidate any more.
//!
//! `volatile-ttl` needs no samples, because keys with a time to live are listed in its order. The random policies need
//! no pool, and take from the databases in turn.

use alloc::vec::Vec;

use redstart_structures::Blob;

use super::entry::Entry;
use super::usage::UsageClock;
use super::{Keyspace, change};
use crate::config::{Hot, MaxmemoryPolicy};
use crate::hasher::Hasher;

/// Candidates that are remembered.
const POOL: usize = 16;

/// Samples are no more than this, whatever the configuration says: one look must stay short.
const SAMPLES_MAX: usize = 1024;

/// Looks at samples before eviction takes whatever key it can get: candidates may have been used since.
const ROUNDS_MAX: usize = 16;

/// What eviction remembers from one key to the next.
#[derive(Debug)]
pub(super) struct Evictor {
    policy: MaxmemoryPolicy,
    samples: usize,
    /// By idleness, the greatest last.
    pool: Vec<Candidate>,
    /// The database that is next to lose a key by chance.
    turn: usize,
}

/// A key that may go.
#[derive(Debug)]
struct Candidate {
    idleness: u32,
    db: usize,
    hash: u64,
    key: Blob,
}

impl Evictor {
    pub(super) const fn new() -> Self {
        Self { policy: MaxmemoryPolicy::Noeviction, samples: 5, pool: Vec::new(), turn: 0 }
    }

    pub(super) fn obey(&mut self, config: &Hot) {
        if self.policy != config.maxmemory_policy {
            self.pool.clear();
        }
        self.policy = config.maxmemory_policy;
        self.samples = usize::try_from(config.maxmemory_samples).unwrap_or(usize::MAX).clamp(1, SAMPLES_MAX);
    }
}

impl Keyspace {
    /// Removes the key that the policy wants least; tells whether there was one that may go.
    pub(crate) fn evict(&mut self, clock: UsageClock) -> bool {
        // What is gone already makes room first.
        if self.waste.free_some() {
            return true;
        }
        let victim = match self.evictor.policy {
            MaxmemoryPolicy::Noeviction => None,
            MaxmemoryPolicy::VolatileTtl => self.soonest(),
            MaxmemoryPolicy::AllkeysRandom | MaxmemoryPolicy::VolatileRandom => self.any_evictable(),
            _ => self.least_wanted(clock).or_else(|| self.any_evictable()),
        };
        let Some((db, hash, key)) = victim else { return false };
        if !self.discard(db, hash, &key) {
            return false;
        }
        self.stats.evicted += 1;
        self.mention(db, &key, change::EVICTED);
        true
    }

    /// The key that expires first.
    fn soonest(&self) -> Option<(usize, u64, Blob)> {
        let all = self.databases.iter().enumerate().filter(|(_, database)| database.volatile_len() > 0);
        let (db, database) = all.min_by_key(|(_, database)| database.earliest_ms())?;
        let entry = database.first_to_expire()?;
        Some((db, database.hash(entry.key), Blob::from(entry.key)))
    }

    /// Any key that may go, of the next database that has one.
    fn any_evictable(&mut self) -> Option<(usize, u64, Blob)> {
        let Self { databases, uses, evictor, .. } = self;
        for _ in 0..databases.len() {
            let db = evictor.turn % databases.len();
            evictor.turn = db + 1;
            let Some(database) = databases.get_mut(db) else { continue };
            let (random, mut found) = (uses.random.next(), None);
            if evictor.policy.is_volatile() {
                let mut seen = 0;
                database.sample_volatile(random, 1, |entry| {
                    seen += 1;
                    if uses.random.below(seen) == 0 {
                        found = Some(Blob::from(entry.key));
                    }
                });
            } else {
                found = database.sample(random).map(|entry| Blob::from(entry.key));
            }
            if let Some(key) = found {
                return Some((db, database.hash(&key), key));
            }
        }
        None
    }

    /// The least wanted key of the pool, after a look at some more.
    fn least_wanted(&mut self, clock: UsageClock) -> Option<(usize, u64, Blob)> {
        for _ in 0..ROUNDS_MAX {
            self.look_around(clock);
            let Self { databases, uses, evictor, .. } = self;
            if evictor.pool.is_empty() {
                return None;
            }
            while let Some(Candidate { idleness, db, hash, key }) = evictor.pool.pop() {
                let entry = databases.get(db).and_then(|database| database.find(hash, &key));
                let may_go = |entry: Entry<'_>| {
                    (entry.expires_ms().is_some() || !evictor.policy.is_volatile())
                        && uses.idleness(entry.usage, clock) >= idleness
                };
                if entry.is_some_and(may_go) {
                    return Some((db, hash, key));
                }
            }
        }
        None
    }

    /// Offers the pool some keys of each database.
    fn look_around(&mut self, clock: UsageClock) {
        let Self { databases, hasher, uses, evictor, .. } = self;
        let (volatile, samples, hasher) = (evictor.policy.is_volatile(), evictor.samples, *hasher);
        // Where many keys are wanted equally little, the database that comes first loses one: they take turns.
        let (start, count) = (evictor.turn, databases.len());
        let mut first = None;
        for db in (start..start + count).map(|turn| turn % count) {
            let Some(database) = databases.get_mut(db).filter(|database| !database.is_empty()) else {
                continue;
            };
            first.get_or_insert(db);
            let random = uses.random.next();
            let offer = |entry: Entry<'_>| {
                evictor.offer(db, hasher, entry, uses.idleness(entry.usage, clock));
            };
            if volatile {
                database.sample_volatile(random, samples, offer);
            } else {
                database.sample_run(random, samples, offer);
            }
        }
        evictor.turn = first.map_or(0, |db| db + 1);
    }
}

impl Evictor {
    /// Remembers a key, if it is among the least wanted of those seen.
    fn offer(&mut self, db: usize, hasher: Hasher, entry: Entry<'_>, idleness: u32) {
        let is_full = self.pool.len() >= POOL;
        if is_full && self.pool.first().is_some_and(|least| least.idleness >= idleness) {
            return;
        }
        let hash = hasher.hash(entry.key);
        self.pool.retain(|known| known.hash != hash || known.db != db);
        if self.pool.len() >= POOL {
            self.pool.remove(0);
        }
        let place = self.pool.partition_point(|known| known.idleness <= idleness);
        self.pool.insert(place, Candidate { idleness, db, hash, key: Blob::from(entry.key) });
    }
}
