//! `cargo xtask bench --pauses`: for how long a server lets others wait while it does something large, beside
//! redis-server.
//!
//! A probe sends PING a thousand times a second over a connection of its own, while the load does its work over another
//! one. It is a real-time task where that is allowed (to root): else it would wait for a processor behind the load, and
//! seem to wait for the server. What the table shows is the slowest of its replies, and how much CPU time the server spent
//! at most while the probe waited for one: on a busy machine a reply may be late because the server had no processor, and
//! that is not its fault.

use super::load::{self, call};
use super::{Contender, Paper, Rivals};
use crate::Result;
use crate::run::say;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What may take long.
struct Phase {
    name: &'static str,
    /// What is there before; nobody looks meanwhile.
    prepare: fn(u16, u64) -> Result,
    act: fn(u16, u64) -> Result,
    /// What INFO must have come to when it is over.
    until: fn(u16) -> Result<bool>,
}

const PHASES: [Phase; 10] = [
    // What the machine itself lets a reply wait: no figure below says more than its distance from this one.
    Phase {
        name: "doing nothing",
        prepare: |_, _| Ok(()),
        act: |_, scale| {
            thread::sleep(Duration::from_secs(20 / scale.min(10)));
            Ok(())
        },
        until: |_| Ok(true),
    },
    Phase {
        name: "growing to 20,000,000 keys",
        prepare: |_, _| Ok(()),
        act: |port, scale| fill(port, 20_000_000 / scale, "k", &[]),
        until: |_| Ok(true),
    },
    Phase {
        name: "FLUSHALL ASYNC of them",
        prepare: |_, _| Ok(()),
        act: |port, _| request(port, &["FLUSHALL", "ASYNC"]),
        until: nothing_waits,
    },
    // The allocator and the machine have memory for them now.
    Phase {
        name: "growing to 20,000,000 keys once more",
        prepare: |_, _| Ok(()),
        act: |port, scale| fill(port, 20_000_000 / scale, "k", &[]),
        until: |_| Ok(true),
    },
    Phase {
        name: "saving 10,000,000 keys while they are overwritten",
        prepare: |port, scale| {
            request(port, &["FLUSHALL", "SYNC"])?;
            fill(port, 10_000_000 / scale, "k", &[])
        },
        act: |port, scale| {
            request(port, &["BGSAVE"])?;
            fill(port, 10_000_000 / scale, "k", &[])
        },
        until: |port| Ok(load::info(port, "rdb_bgsave_in_progress")? == 0),
    },
    Phase {
        name: "growing a sorted set to 5,000,000 members",
        prepare: |port, _| request(port, &["FLUSHALL", "SYNC"]),
        act: |port, scale| {
            load::pipeline(port, 5_000_000 / scale, |out, n| {
                call(
                    out,
                    &[
                        "ZADD",
                        "z",
                        &(n.wrapping_mul(2_654_435_761) % (1 << 32)).to_string(),
                        &format!("member:{n}"),
                    ],
                );
            })
        },
        until: |_| Ok(true),
    },
    Phase {
        name: "a ZADD to it as soon as a BGSAVE begins",
        prepare: |_, _| Ok(()),
        act: |port, _| {
            request(port, &["BGSAVE"])?;
            request(port, &["ZADD", "z", "7", "new"])
        },
        until: |port| Ok(load::info(port, "rdb_bgsave_in_progress")? == 0),
    },
    Phase {
        name: "DEL of it",
        prepare: |_, _| Ok(()),
        act: |port, _| request(port, &["DEL", "z"]),
        until: nothing_waits,
    },
    Phase {
        name: "growing a hash to 5,000,000 fields",
        prepare: |_, _| Ok(()),
        act: |port, scale| {
            load::pipeline(port, 5_000_000 / scale, |out, n| {
                call(out, &["HSET", "h", &format!("field:{n}"), "value"]);
            })
        },
        until: |_| Ok(true),
    },
    Phase {
        name: "2,000,000 keys expiring in a second",
        prepare: |port, scale| {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
            // Late enough that all are written by then.
            let due = (now.as_millis() as u64 + 60_000 / scale.min(4)).to_string();
            fill(port, 2_000_000 / scale, "e", &["PXAT", &due])
        },
        act: |_, _| Ok(()),
        until: no_key_expires,
    },
];

/// What the probe saw.
pub(super) struct Seen {
    /// The slowest reply, and the slowest but one in a thousand.
    pub(super) worst: Duration,
    usual: Duration,
    /// The most CPU time of the server for a reply.
    spent: Duration,
}

/// Goes through all phases on both servers, one after the other, and prints the table.
pub(super) fn table(rivals: &Rivals, filter: Option<&str>, quick: bool) -> Result {
    let scale = if quick { 20 } else { 1 };
    let theirs = measure(&rivals.theirs, filter, scale)?;
    let own = measure(&rivals.ours, filter, scale)?;
    let mut paper = Paper::new("pauses");
    paper.say(&format!(
        "\nThe slowest of the replies to a probe at 1 kHz, in milliseconds; sizes divided by {scale}\n\n\
         | while | {} | its CPU | its p99.9 | redstart | its CPU | its p99.9 |\n|---|--:|--:|--:|--:|--:|--:|",
        rivals.name
    ));
    for ((name, theirs), (_, own)) in theirs.iter().zip(&own) {
        let cells =
            |seen: &Seen| format!("{:.2} | {:.2} | {:.2}", ms(seen.worst), ms(seen.spent), ms(seen.usual));
        paper.say(&format!("| {name} | {} | {} |", cells(theirs), cells(own)));
    }
    let (worst, mean) = first_touch();
    paper.say(&format!(
        "\nFor 2 MB of memory that it has not handed out lately, the machine takes {:.2} ms, {:.2} at most: who grows \
         waits for it.",
        ms(mean),
        ms(worst)
    ));
    paper.save(None)
}

/// How long the machine takes for new memory, 2 MB each, at most and in the mean. One that has its own takes a fifth of a
/// millisecond; a virtual one may have given what was free back to its host.
fn first_touch() -> (Duration, Duration) {
    const PAGE: usize = 4096;
    const CHUNK: usize = 2 << 20;
    const CHUNKS: u32 = 1024;
    let mut memory = vec![0u8; CHUNK * CHUNKS as usize];
    let times = memory.chunks_mut(CHUNK).map(|chunk| {
        let started = Instant::now();
        chunk.iter_mut().step_by(PAGE).for_each(|byte| *byte = 1);
        started.elapsed()
    });
    let (worst, sum) =
        times.fold((Duration::ZERO, Duration::ZERO), |(worst, sum), took| (worst.max(took), sum + took));
    std::hint::black_box(memory);
    (worst, sum / CHUNKS)
}

fn measure(program: &Path, filter: Option<&str>, scale: u64) -> Result<Vec<(&'static str, Seen)>> {
    let contender = Contender::start(program)?;
    let (port, process) = (contender.port, contender.server.id());
    let mut all = Vec::new();
    for phase in PHASES.iter().filter(|phase| filter.is_none_or(|part| phase.name.contains(part))) {
        (phase.prepare)(port, scale)?;
        let over = Arc::new(AtomicBool::new(false));
        let probe = thread::spawn({
            let over = Arc::clone(&over);
            move || probe(port, process, &over).map_err(|error| error.to_string())
        });
        (phase.act)(port, scale)?;
        let deadline = Instant::now() + Duration::from_secs(120);
        while !(phase.until)(port)? {
            if Instant::now() > deadline {
                return Err(format!("{}: no end of it", phase.name).into());
            }
            thread::sleep(Duration::from_millis(50));
        }
        over.store(true, Ordering::Relaxed);
        let seen = probe.join().map_err(|_| "the probe panicked")??;
        say(&format!("{}: {}: {:.2} ms", program.display(), phase.name, ms(seen.worst)));
        all.push((phase.name, seen));
    }
    Ok(all)
}

/// Has this thread run as soon as it can, if that is allowed.
fn hurry() -> Result {
    let thread = fs::read_link("/proc/thread-self")?;
    let id = thread.file_name().unwrap_or_default();
    let mut chrt = Command::new("chrt");
    chrt.args(["--fifo", "--pid", "1"]).arg(id).stdout(Stdio::null()).stderr(Stdio::null());
    if !chrt.status()?.success() {
        say(
            "The probe is no real-time task: only root may have that. It may seem to wait longer than it does.",
        );
    }
    Ok(())
}

/// Asks until it is over.
pub(super) fn probe(port: u16, process: u32, over: &AtomicBool) -> Result<Seen> {
    hurry()?;
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_nodelay(true)?;
    let (mut waits, mut spent) = (Vec::new(), 0);
    let mut reply = [0; "+PONG\r\n".len()];
    while !over.load(Ordering::Relaxed) || waits.is_empty() {
        let before = load::cpu_ns(process)?;
        let asked = Instant::now();
        stream.write_all(b"PING\r\n")?;
        stream.read_exact(&mut reply)?;
        let waited = asked.elapsed();
        spent = spent.max(load::cpu_ns(process)?.saturating_sub(before).min(waited.as_nanos() as u64));
        waits.push(waited);
        thread::sleep(Duration::from_millis(1).saturating_sub(waited));
    }
    waits.sort_unstable();
    let at = |share: usize| waits.get(waits.len().saturating_sub(1 + waits.len() / share)).copied();
    Ok(Seen {
        worst: waits.last().copied().unwrap_or_default(),
        usual: at(1000).unwrap_or_default(),
        spent: Duration::from_nanos(spent),
    })
}

fn fill(port: u16, count: u64, prefix: &str, options: &[&str]) -> Result {
    load::pipeline(port, count, |out, number| {
        let key = format!("{prefix}:{number:012}");
        let mut words = vec!["SET", &key, "v0000000"];
        words.extend(options);
        call(out, &words);
    })
}

fn request(port: u16, words: &[&str]) -> Result {
    load::pipeline(port, 1, |out, _| call(out, words))
}

/// Whether all that is gone is freed.
fn nothing_waits(port: u16) -> Result<bool> {
    Ok(load::info(port, "lazyfree_pending_objects")? == 0)
}

/// Whether no key is left that has a time to live.
fn no_key_expires(port: u16) -> Result<bool> {
    Ok(load::text(port, "KEYSPACE")?
        .lines()
        .all(|line| !line.starts_with("db") || line.contains("expires=0,")))
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
