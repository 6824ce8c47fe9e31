//! What is left when the power fails, and what the files say.
//!
//! ```text
//!   client ─ SET seat:07 1207 ─► engine ─ append ─► file  ████████████▒▒▒▒▒
//!          ◄──── OK ────                                  synced      │ only handed to the system
//!                                                                     └ gone with the power, any part of it
//! ```
//!
//! A hundred seats are sold again and again, in turn: each key holds the number of the write that was last. So what is lost
//! can be told key by key, the log grows while the data doesn't, and a rewrite has something to leave out.

pub mod annotate;
pub mod view;

use redstart_engine::in_process::Disk;
use redstart_engine::persistence::store::{Memory, Storage, StoreOp, StoreResult, Ticket};
use redstart_engine::resp::read::Value;
use redstart_sim::{Faults, Faulty};

use self::annotate::annotate;
pub use self::view::{Crash, FileView, Opened, Rewrite, Seat, State, View};
use super::{Lab, Server};

/// Keys that are written in turn.
const SEATS: usize = 100;
/// How long a disk needs to make something durable.
const SYNC_MS: f64 = 2.0;
/// When an operating system writes by itself what it was handed.
const SYSTEM_SYNC_MS: f64 = 30_000.0;
/// The most that passes in one portion.
const PORTION_MS: f64 = 250.0;
/// What is read of a file to explain it.
const READ_MAX: usize = 16_384;
/// Parts that are shown from its beginning, and from its end.
const FIRST_PARTS: usize = 60;
const LAST_PARTS: usize = 6;

/// The experiment.
#[derive(Debug)]
pub struct Persistence {
    server: Server<Counting>,
    seed: u64,
    policy: Policy,
    rate: u32,
    /// When the next write comes, and when the system writes by itself.
    next_write_ms: f64,
    next_system_sync_ms: f64,
    /// The number of the last write that was answered.
    acknowledged: u64,
    /// All writes up to this one are sure to survive, if they have survived so far.
    durable: u64,
    /// Writes that power failures took.
    lost: u64,
    /// What each seat was given last.
    sold: Vec<u64>,
    /// Writes in this second, and in the one before.
    second: (u64, u64, u64),
    crash: Option<Crash>,
    rewrite: Option<Rewrite>,
    /// The file that is looked into.
    open: Option<String>,
}

/// A disk that can lose its power, and counts what it was asked to make durable.
#[derive(Debug)]
struct Counting {
    disk: Faulty<Memory>,
    syncs: u64,
}

impl Disk for Counting {
    fn give(&mut self, _: Ticket, op: StoreOp) -> Option<StoreResult> {
        self.syncs += u64::from(matches!(op, StoreOp::Sync { .. }));
        Some(self.disk.perform(&op))
    }
}

/// When the log is made durable: `appendfsync`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// Before each answer.
    Always,
    /// Once a second.
    Everysec,
    /// When the system likes.
    No,
}

impl Policy {
    const fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Everysec => "everysec",
            Self::No => "no",
        }
    }
}

/// What is asked of it.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Ask {
    /// Time passes, with its writes.
    Run {
        /// How much, in milliseconds.
        ms: f64,
    },
    /// So many writes a second come.
    Rate {
        /// How many.
        rate: u32,
    },
    /// CONFIG SET appendfsync.
    Policy {
        /// To what.
        policy: Policy,
    },
    /// The power fails and comes back.
    Crash,
    /// BGREWRITEAOF.
    Rewrite,
    /// SAVE.
    Save,
    /// A file is looked into.
    Open {
        /// Which one.
        name: String,
    },
}

impl Persistence {
    /// A store with a few keys of its own, synced every second.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let disk = Counting { disk: Faulty::new(Memory::default(), Faults::default(), seed), syncs: 0 };
        let mut lab = Self {
            server: boot(disk, 0.0, seed, Policy::Everysec),
            seed,
            policy: Policy::Everysec,
            rate: 100,
            next_write_ms: 0.0,
            next_system_sync_ms: SYSTEM_SYNC_MS,
            acknowledged: 0,
            durable: 0,
            lost: 0,
            sold: vec![0; SEATS],
            second: (0, 0, 0),
            crash: None,
            rewrite: None,
            open: None,
        };
        lab.server.call(&[b"SET", b"offer", b"half price", b"EX", b"86400"]);
        lab.server.call(&[b"RPUSH", b"queue", b"ada", b"bob", b"42"]);
        lab.server.advance(2000.0);
        lab.next_write_ms = lab.server.passed_ms();
        lab
    }

    fn run(&mut self, ms: f64) {
        let end = self.server.passed_ms() + ms.clamp(0.0, PORTION_MS);
        while self.next_write_ms <= end {
            self.pass_to(self.next_write_ms);
            let synced = self.write();
            // Who waits for an answer that waits for the disk writes no faster than the disk.
            let busy_ms = if synced { SYNC_MS } else { 0.0 };
            self.next_write_ms += (1000.0 / f64::from(self.rate)).max(busy_ms);
        }
        self.pass_to(end);
    }

    fn pass_to(&mut self, at_ms: f64) {
        self.server.advance((at_ms - self.server.passed_ms()).max(0.0));
        if self.server.passed_ms() >= self.next_system_sync_ms {
            self.next_system_sync_ms += SYSTEM_SYNC_MS;
            let disk = &mut self.server.disk_mut().disk;
            let names: Vec<String> = disk.objects().map(|(name, ..)| name.to_owned()).collect();
            for name in names {
                // This disk does not fail.
                let _ = disk.sync(&name);
            }
        }
        self.look_at_disk();
    }

    /// Sells a seat; tells whether the answer waited for the disk.
    fn write(&mut self) -> bool {
        let syncs = self.server.disk_mut().syncs;
        let write = self.acknowledged + 1;
        let seat = (write - 1) as usize % SEATS;
        self.server.call(&[b"SET", key(seat).as_bytes(), write.to_string().as_bytes()]);
        self.acknowledged = write;
        self.sold[seat] = write;
        let second = (self.server.passed_ms() / 1000.0) as u64;
        let (last, count, _) = self.second;
        self.second = if second == last { (last, count + 1, self.second.2) } else { (second, 1, count) };
        self.look_at_disk();
        self.server.disk_mut().syncs > syncs
    }

    /// Notes what is durable: everything, in the moments in which the log is synced to its end.
    fn look_at_disk(&mut self) {
        if self.unsynced_bytes() == 0 {
            self.durable = self.acknowledged;
        }
    }

    /// Bytes of the log that are not durable.
    fn unsynced_bytes(&mut self) -> u64 {
        let files = self.server.disk_mut().disk.objects();
        files.filter(|(name, ..)| name.ends_with(".incr.aof")).map(|(_, len, synced)| len - synced).sum()
    }

    fn log_bytes(&mut self) -> u64 {
        let files = self.server.disk_mut().disk.objects();
        files.filter(|(name, ..)| name.starts_with("appendonlydir/")).map(|(_, len, _)| len).sum()
    }

    fn crash(mut self) -> Self {
        let unsynced_bytes = self.unsynced_bytes();
        let before_bytes = self.log_bytes();
        let passed_ms = self.server.passed_ms();
        let survivors = self.crash.map_or(0, |crash| crash.acknowledged);
        let mut disk = self.server.into_disk();
        // Memory never fails.
        let _ = disk.disk.crash();
        let mut server = boot(disk, passed_ms, self.seed, self.policy);
        server.advance(1000.0);
        self.server = server;
        let survived_bytes =
            unsynced_bytes - before_bytes.saturating_sub(self.log_bytes()).min(unsynced_bytes);
        let left = self.seats().iter().filter_map(|seat| seat.write).max().unwrap_or(0).max(survivors);
        let acknowledged = self.acknowledged;
        let lost = acknowledged.saturating_sub(left);
        self.lost += lost;
        self.crash = Some(Crash { acknowledged, lost, unsynced_bytes, survived_bytes });
        self.next_write_ms = self.server.passed_ms();
        // What is there now was read from the disk.
        self.durable = acknowledged;
        self
    }

    fn rewrite(&mut self) {
        let before_bytes = self.log_bytes();
        self.server.call(&[b"BGREWRITEAOF"]);
        self.server.advance(2000.0);
        self.next_write_ms = self.server.passed_ms();
        self.look_at_disk();
        self.rewrite = Some(Rewrite { before_bytes, after_bytes: self.log_bytes() });
    }

    fn seats(&mut self) -> Vec<Seat> {
        let keys: Vec<String> = (0..SEATS).map(key).collect();
        let mut argv: Vec<&[u8]> = vec![b"MGET"];
        argv.extend(keys.iter().map(|key| key.as_bytes()));
        let Value::Array(values) = self.server.call(&argv) else { return Vec::new() };
        let durable = self.durable;
        let seat = |(value, &sold): (Value, &u64)| {
            let write = match value {
                Value::Bulk(text) => String::from_utf8(text).ok().and_then(|text| text.parse().ok()),
                _ => None,
            };
            let state = match write.unwrap_or(0) {
                write if write < sold => State::Lost,
                0 => State::Empty,
                write if write <= durable => State::Durable,
                _ => State::Written,
            };
            Seat { write, sold, state }
        };
        values.into_iter().zip(&self.sold).map(seat).collect()
    }

    fn opened(&mut self) -> Option<Opened> {
        let name = self.open.clone()?;
        let (bytes, len) = self.server.disk_mut().disk.read(&name, 0, READ_MAX).ok()?;
        let mut first = annotate(&name, &bytes);
        let is_whole = bytes.len() as u64 == len;
        let mut last = Vec::new();
        if first.len() > FIRST_PARTS {
            if is_whole {
                last = first.split_off((first.len() - LAST_PARTS).max(FIRST_PARTS));
            }
            first.truncate(FIRST_PARTS);
        }
        let shown: usize = first.iter().chain(&last).map(|part| part.len).sum();
        Some(Opened { name, gap: (shown as u64) < len, first, last })
    }
}

/// Starts a server with what is on a disk.
fn boot(disk: Counting, passed_ms: f64, seed: u64, policy: Policy) -> Server<Counting> {
    // Rewrites are the visitor's to begin.
    let directives =
        [("appendonly", "yes"), ("appendfsync", policy.name()), ("auto-aof-rewrite-percentage", "0")];
    Server::on(disk, passed_ms, seed, &directives)
}

fn key(seat: usize) -> String {
    format!("seat:{seat:02}")
}

impl Lab for Persistence {
    type Ask = Ask;
    type View = View;

    fn ask(&mut self, ask: Ask) {
        match ask {
            Ask::Run { ms } => self.run(ms),
            Ask::Rate { rate } => {
                self.rate = rate.clamp(1, 10_000);
                self.next_write_ms = self.server.passed_ms();
            }
            Ask::Policy { policy } => {
                self.policy = policy;
                self.server.call(&[b"CONFIG", b"SET", b"appendfsync", policy.name().as_bytes()]);
            }
            Ask::Crash => {
                let seed = self.seed;
                let lab = std::mem::replace(self, Self::new(seed));
                *self = lab.crash();
            }
            Ask::Rewrite => self.rewrite(),
            Ask::Save => {
                self.server.call(&[b"SAVE"]);
                self.open = Some("dump.rdb".to_owned());
            }
            Ask::Open { name } => self.open = Some(name),
        }
    }

    fn view(&mut self) -> View {
        let disk = self.server.disk_mut();
        let file =
            |(name, bytes, synced): (&str, u64, u64)| FileView { name: name.to_owned(), bytes, synced };
        let (files, syncs) = (disk.disk.objects().map(file).collect(), disk.syncs);
        View {
            policy: self.policy,
            acknowledged: self.acknowledged,
            durable: self.durable - self.lost,
            lost: self.lost,
            writes_per_second: self.second.2,
            syncs,
            seats: self.seats(),
            files,
            crash: self.crash,
            rewrite: self.rewrite,
            open: self.opened(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::annotate::Part;
    use super::*;

    fn run(lab: &mut Persistence, ms: u32) {
        for _ in 0..ms / 50 {
            lab.ask(Ask::Run { ms: 50.0 });
        }
    }

    /// A lab that was written to for a while, and then lost its power.
    fn crashed(policy: Policy, rate: u32, ms: u32) -> (Persistence, Crash) {
        let mut lab = Persistence::new(5);
        lab.ask(Ask::Policy { policy });
        lab.ask(Ask::Rate { rate });
        run(&mut lab, ms);
        lab.ask(Ask::Crash);
        let crash = lab.view().crash.expect("it has crashed");
        (lab, crash)
    }

    #[test]
    fn with_always_nothing_that_was_answered_is_lost_but_writes_are_as_slow_as_the_disk() {
        let (mut lab, crash) = crashed(Policy::Always, 10_000, 3_950);
        assert_eq!((crash.lost, crash.unsynced_bytes), (0, 0));
        assert!((1_900..2_050).contains(&crash.acknowledged), "{crash:?}");
        assert!(lab.view().seats.iter().all(|seat| seat.state == State::Durable));
    }

    #[test]
    fn with_everysec_a_second_or_two_is_lost() {
        let (mut lab, crash) = crashed(Policy::Everysec, 1000, 3_950);
        assert!(crash.lost > 0 && crash.lost <= 2000, "{crash:?}");
        assert!(crash.unsynced_bytes > 0, "{crash:?}");
        let view = lab.view();
        assert!(view.seats.iter().any(|seat| seat.state == State::Lost));
        // What comes next goes on, and what was lost is written over.
        run(&mut lab, 500);
        assert!(lab.view().seats.iter().all(|seat| seat.state != State::Lost));
    }

    #[test]
    fn with_no_sync_it_may_be_half_a_minute() {
        let (_, everysec) = crashed(Policy::Everysec, 200, 20_000);
        let (_, no) = crashed(Policy::No, 200, 20_000);
        assert!(no.unsynced_bytes > 10 * everysec.unsynced_bytes, "{no:?} {everysec:?}");
        assert!(no.lost > everysec.lost);
        // The system writes by itself in the end.
        let (_, later) = crashed(Policy::No, 200, 30_000);
        assert!(later.unsynced_bytes < no.unsynced_bytes, "{later:?}");
    }

    #[test]
    fn a_second_failure_counts_only_what_it_took_itself() {
        let (mut lab, first) = crashed(Policy::Everysec, 1000, 3_950);
        lab.ask(Ask::Crash);
        let second = lab.view().crash.expect("it has crashed again");
        assert_eq!((second.acknowledged, second.lost), (first.acknowledged, 0));
        let view = lab.view();
        assert_eq!((view.lost, view.durable), (first.lost, first.acknowledged - first.lost));
    }

    #[test]
    fn a_rewrite_leaves_what_there_is() {
        let mut lab = Persistence::new(5);
        lab.ask(Ask::Rate { rate: 1000 });
        run(&mut lab, 5000);
        let before = lab.view();
        lab.ask(Ask::Rewrite);
        let after = lab.view();
        let rewrite = after.rewrite.expect("it was rewritten");
        assert!(rewrite.after_bytes * 20 < rewrite.before_bytes, "{rewrite:?}");
        assert_eq!(after.acknowledged, before.acknowledged);
        lab.ask(Ask::Crash);
        assert_eq!(lab.view().crash.map(|crash| crash.lost), Some(0));
    }

    #[test]
    fn files_are_explained_to_their_ends() {
        let mut lab = Persistence::new(5);
        run(&mut lab, 100);
        lab.ask(Ask::Save);
        let dump = lab.view().open.expect("a save opens its file");
        assert!(dump.first[0].meaning.contains("version 10"), "{:?}", dump.first[0]);
        let all: Vec<&Part> = dump.first.iter().chain(&dump.last).collect();
        assert!(all.last().is_some_and(|part| part.meaning.contains("and it is right")), "{:?}", all.last());
        for file in lab.view().files {
            lab.ask(Ask::Open { name: file.name.clone() });
            let open = lab.view().open.expect("it is there");
            assert!(open.first.iter().all(|part| part.kind != "unknown"), "{open:?}");
        }
    }
}
