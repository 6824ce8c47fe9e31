//! The shop: what happens, event by event.
//!
//! A [`Job`] is a request on its way. It travels through the queue of events; each says what is done with it next, and where:
//!
//! ```text
//!   read   Look ─ hit ──────────────────────────────► Answer
//!           └ miss ─► (Lock) ─► Query ─► Fill ──────► Answer
//!   write  cache-aside      Query ─► Drop ──────────► Answer
//!          read-through     Query ──────────────────► Answer
//!          write-through    Query ─► Fill ──────────► Answer
//!          write-behind     Accept ─────────────────► Answer     and once a second a batch of them:
//!                                                                Collect ─► Query ─► Settle
//! ```
//!
//! A product has versions, counted by its writes. A read is stale if its version is older than one that somebody had been
//! told to be saved before the read began.

use std::collections::{BTreeMap, VecDeque};

use redstart_engine::resp::read::Value;

use super::database::{CONNECTIONS, Database};
use super::events::{Event, Events, Job, Purpose, Step};
use super::{Guard, Sample, Setup, Strategy, Totals, View};
use crate::labs::Server;
use crate::labs::chance::{Chance, Zipf};

/// Products of the shop.
const PRODUCTS: usize = 100;
/// How long a user waits.
const PATIENCE_US: u64 = 2_000_000;
/// How long a lock lasts if nobody releases it.
const LOCK_MS: &[u8] = b"3000";
/// How long one who did not get the lock waits before looking again.
const RETRY_US: f64 = 20_000.0;
/// How long the app takes to be up again.
pub(super) const OUTAGE_US: u64 = 1_000_000;
/// Samples that are kept.
const SAMPLES: usize = 120;
pub(super) const SECOND_US: u64 = 1_000_000;

/// Removes a lock if it is still one's own.
const RELEASE: &[u8] =
    b"if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

/// What the current second has seen.
#[derive(Debug, Default)]
struct Second {
    reads_ms: Vec<f64>,
    writes_ms: Vec<f64>,
    hits: u64,
    queries: u64,
}

/// All of it.
#[derive(Debug)]
pub(super) struct Shop {
    pub(super) setup: Setup,
    chance: Chance,
    favourites: Zipf,
    pub(super) events: Events,
    pub(super) cache: Server,
    database: Database<Box<Job>>,
    /// The newest version of each product, wherever it is; and the newest that somebody was told to be saved.
    newest: Vec<u64>,
    saved: Vec<u64>,
    /// Write-behind's notes in the app's memory: a version, and how many writes made it.
    pub(super) dirty: BTreeMap<usize, (u64, u64)>,
    pub(super) is_flushing: bool,
    pub(super) life: u32,
    pub(super) up_us: u64,
    open: usize,
    second: Second,
    samples: VecDeque<Sample>,
    pub(super) totals: Totals,
}

impl Shop {
    pub(super) fn new(seed: u64, setup: Setup) -> Self {
        let mut shop = Self {
            setup,
            chance: Chance::new(seed),
            favourites: Zipf::new(PRODUCTS),
            events: Events::default(),
            cache: Server::new(seed, &[]),
            database: Database::new(PRODUCTS),
            newest: vec![1; PRODUCTS],
            saved: vec![1; PRODUCTS],
            dirty: BTreeMap::new(),
            is_flushing: false,
            life: 0,
            up_us: 0,
            open: 0,
            second: Second::default(),
            samples: VecDeque::new(),
            totals: Totals::default(),
        };
        shop.events.foresee(0.0, Event::Arrival);
        shop.events.foresee(SECOND_US as f64, Event::Second);
        shop.events.foresee(SECOND_US as f64, Event::Collect);
        shop
    }

    pub(super) const fn setup(&self) -> Setup {
        self.setup
    }

    pub(super) fn set(&mut self, setup: Setup) {
        self.setup = setup;
        self.totals = Totals::default();
    }

    pub(super) fn pass(&mut self, ms: f64) {
        let end_us = self.now_us() + (ms.clamp(0.0, 60_000.0) * 1000.0) as u64;
        while let Some(event) = self.events.next(end_us) {
            self.cache.advance_to_us(self.events.now_us());
            self.happen(event);
        }
        self.cache.advance_to_us(end_us);
    }

    pub(super) fn view(&mut self) -> View {
        let unwritten = self.unwritten();
        View {
            now: self.now_us() as f64 / 1e6,
            samples: self.samples.iter().copied().collect(),
            totals: self.totals,
            is_up: self.is_up(),
            open: self.open,
            busy: self.database.busy,
            connections: CONNECTIONS,
            line: self.database.waiting(),
            keys: self.cache.count(&[b"DBSIZE"]),
            unwritten,
        }
    }

    pub(super) const fn is_up(&self) -> bool {
        self.now_us() >= self.up_us
    }

    pub(super) const fn now_us(&self) -> u64 {
        self.events.now_us()
    }

    /// A job goes on after a way through the network.
    pub(super) fn send(&mut self, job: Box<Job>, step: Step) {
        let way_us = 150.0 + self.chance.exponential(100.0);
        self.events.foresee(way_us, Event::Go(job, step));
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Arrival => self.arrive(),
            Event::Collect => self.collect(),
            Event::Second => self.end_second(),
            Event::Go(job, Step::Queried) => self.queried(job),
            Event::Go(job, _) if job.life != self.life => self.fail(&job),
            Event::Go(job, Step::Look) => self.look(job),
            Event::Go(job, Step::Lock) => self.lock(job),
            Event::Go(job, Step::Query) => self.query(job),
            Event::Go(job, Step::Fill) => self.fill(job),
            Event::Go(job, Step::Drop) => {
                self.cache.call(&[b"DEL", key(job.product).as_bytes()]);
                self.send(job, Step::Answer);
            }
            Event::Go(job, Step::Accept) => self.accept(job),
            Event::Go(job, Step::Settle) => self.settle(&job),
            Event::Go(job, Step::Answer) => self.answer(&job),
        }
    }

    fn arrive(&mut self) {
        let wait_us = self.chance.exponential(1e6 / self.setup.rate.max(0.1));
        self.events.foresee(wait_us, Event::Arrival);
        let is_write = self.chance.part() * 100.0 < self.setup.writes;
        let product = self.favourites.pick(&mut self.chance);
        if !self.is_up() {
            self.totals.failed += 1;
            return;
        }
        self.open += 1;
        let job = self.job(if is_write { Purpose::Write } else { Purpose::Read }, product);
        let step = match (is_write, self.setup.strategy) {
            (false, _) => Step::Look,
            (true, Strategy::WriteBehind) => Step::Accept,
            (true, _) => Step::Query,
        };
        self.send(job, step);
    }

    pub(super) fn job(&self, purpose: Purpose, product: usize) -> Box<Job> {
        Box::new(Job {
            purpose,
            number: self.events.foreseen(),
            product,
            began_us: self.now_us(),
            saved: self.saved.get(product).copied().unwrap_or(0),
            version: 0,
            asked_us: 0,
            locked: false,
            missed: false,
            life: self.life,
            batch: Vec::new(),
        })
    }

    /// In the cache: is it there?
    fn look(&mut self, mut job: Box<Job>) {
        let Some((version, took_ms)) = self.cached(job.product) else {
            job.missed = true;
            let step = if self.setup.guard == Guard::Lock { Step::Lock } else { Step::Query };
            return self.send(job, step);
        };
        job.version = version;
        if self.setup.guard == Guard::Early {
            let left_ms = self.cache.count(&[b"PTTL", key(job.product).as_bytes()]);
            let ahead_ms = self.chance.exponential(took_ms);
            if left_ms >= 0 && ahead_ms >= left_ms as f64 {
                let refresh = self.job(Purpose::Refresh, job.product);
                self.send(refresh, Step::Query);
            }
        }
        self.send(job, Step::Answer);
    }

    /// In the cache: am I the one who fetches?
    fn lock(&mut self, mut job: Box<Job>) {
        let (lock, token) = (lock(job.product), job.number.to_string());
        let reply = self.cache.call(&[b"SET", lock.as_bytes(), token.as_bytes(), b"NX", b"PX", LOCK_MS]);
        if reply != Value::Null {
            job.locked = true;
            self.send(job, Step::Query);
        } else if self.now_us() - job.began_us > PATIENCE_US {
            self.fail(&job);
        } else {
            self.events.foresee(RETRY_US, Event::Go(job, Step::Look));
        }
    }

    /// At the database: it may have to wait.
    fn query(&mut self, mut job: Box<Job>) {
        job.asked_us = self.now_us();
        self.database.join(job);
        self.serve();
    }

    fn serve(&mut self) {
        while let Some(mut job) = self.database.next() {
            let is_late = self.now_us() - job.asked_us > PATIENCE_US && job.purpose != Purpose::Flush;
            if job.life != self.life || is_late {
                self.fail(&job);
                continue;
            }
            self.database.busy += 1;
            self.second.queries += 1;
            self.totals.queries += 1;
            if matches!(job.purpose, Purpose::Read | Purpose::Refresh) {
                job.version = self.database.version(job.product);
            }
            let mean_us = self.setup.latency_ms * 1000.0;
            let took_us = mean_us / 2.0 + self.chance.exponential(mean_us / 2.0);
            self.events.foresee(took_us, Event::Go(job, Step::Queried));
        }
    }

    /// The database is done with it.
    fn queried(&mut self, mut job: Box<Job>) {
        self.database.busy -= 1;
        match job.purpose {
            Purpose::Read | Purpose::Refresh => {}
            Purpose::Write => {
                job.version = self.next_version(job.product);
                self.database.save(job.product, job.version);
            }
            Purpose::Flush => {
                for (product, version, writes) in &mut job.batch {
                    self.database.save(*product, *version);
                    *writes = 0;
                }
            }
        }
        self.serve();
        if job.life != self.life {
            return self.fail(&job);
        }
        let step = match (job.purpose, self.setup.strategy) {
            (Purpose::Flush, _) => Step::Settle,
            (Purpose::Write, Strategy::CacheAside) => Step::Drop,
            (Purpose::Write, Strategy::ReadThrough) => Step::Answer,
            _ => Step::Fill,
        };
        self.send(job, step);
    }

    /// In the cache: what the database said, and how long it took.
    fn fill(&mut self, job: Box<Job>) {
        let took_ms = (self.now_us() - job.asked_us) as f64 / 1000.0;
        // With write-behind, what a slow reader brings may be older than the only copy of what was written meanwhile.
        let is_late = self.setup.strategy == Strategy::WriteBehind
            && self.cached(job.product).is_some_and(|(version, _)| version > job.version);
        if !is_late {
            self.put(job.product, job.version, took_ms, true);
        }
        if job.locked {
            self.release(&job);
        }
        self.send(job, Step::Answer);
    }

    fn release(&mut self, job: &Job) {
        let (lock, token) = (lock(job.product), job.number.to_string());
        self.cache.call(&[b"EVAL", RELEASE, b"1", lock.as_bytes(), token.as_bytes()]);
    }

    pub(super) fn put(&mut self, product: usize, version: u64, took_ms: f64, ends: bool) {
        let (name, value) = (key(product), format!("{version} {took_ms:.0}"));
        let ttl = format!("{:.0}", (self.setup.ttl_secs * 1000.0).max(1.0));
        let mut argv: Vec<&[u8]> = vec![b"SET", name.as_bytes(), value.as_bytes()];
        if ends {
            argv.extend([b"PX".as_slice(), ttl.as_bytes()]);
        }
        self.cache.call(&argv);
    }

    /// The version in the cache, and how long it took to fetch.
    pub(super) fn cached(&mut self, product: usize) -> Option<(u64, f64)> {
        let Value::Bulk(text) = self.cache.call(&[b"GET", key(product).as_bytes()]) else { return None };
        let text = String::from_utf8(text).ok()?;
        let (version, took_ms) = text.split_once(' ')?;
        Some((version.parse().ok()?, took_ms.parse().ok()?))
    }

    pub(super) fn next_version(&mut self, product: usize) -> u64 {
        self.newest.get_mut(product).map_or(0, |newest| {
            *newest += 1;
            *newest
        })
    }

    fn answer(&mut self, job: &Job) {
        let ms = (self.now_us() - job.began_us) as f64 / 1000.0;
        match job.purpose {
            Purpose::Read => {
                self.open = self.open.saturating_sub(1);
                self.second.reads_ms.push(ms);
                self.second.hits += u64::from(!job.missed);
                self.totals.reads += 1;
                self.totals.hits += u64::from(!job.missed);
                self.totals.stale += u64::from(job.version < job.saved);
            }
            Purpose::Write => {
                self.open = self.open.saturating_sub(1);
                self.second.writes_ms.push(ms);
                self.totals.writes += 1;
                if let Some(saved) = self.saved.get_mut(job.product) {
                    *saved = job.version.max(*saved);
                }
            }
            Purpose::Refresh | Purpose::Flush => {}
        }
    }

    /// A job ends without an answer.
    fn fail(&mut self, job: &Job) {
        if job.locked && job.life == self.life {
            self.release(job);
        }
        if matches!(job.purpose, Purpose::Read | Purpose::Write) {
            self.open = self.open.saturating_sub(1);
            self.totals.failed += 1;
        }
        self.totals.lost += job.batch.iter().map(|(_, _, writes)| writes).sum::<u64>();
    }

    fn end_second(&mut self) {
        self.events.foresee(SECOND_US as f64, Event::Second);
        let mut second = std::mem::take(&mut self.second);
        let reads = second.reads_ms.len();
        if self.samples.len() == SAMPLES {
            self.samples.pop_front();
        }
        self.samples.push_back(Sample {
            at: self.now_us() / SECOND_US,
            hit_rate: (reads > 0).then(|| second.hits as f64 / reads as f64),
            queries: second.queries,
            reads_ms: slowest_but_one_percent(&mut second.reads_ms),
            writes_ms: slowest_but_one_percent(&mut second.writes_ms),
        });
    }
}

#[cfg(test)]
impl Shop {
    pub(super) fn database_is_behind(&self) -> bool {
        self.newest.iter().enumerate().any(|(product, &newest)| self.database.version(product) < newest)
    }
}

pub(super) fn key(product: usize) -> String {
    format!("product:{product}")
}

fn lock(product: usize) -> String {
    format!("lock:product:{product}")
}

/// What 99 of 100 don't exceed.
fn slowest_but_one_percent(all: &mut [f64]) -> Option<f64> {
    all.sort_unstable_by(f64::total_cmp);
    all.get((all.len() * 99).div_ceil(100).checked_sub(1)?).copied()
}
