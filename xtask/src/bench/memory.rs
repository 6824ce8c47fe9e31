//! `cargo xtask bench --memory`: the bytes that a key or an element takes, beside redis-server.
//!
//! Each row of the table is one million of something, written to fresh servers, so that nothing is measured but what was
//! written. `used` is what the server counts itself, `rss` what the operating system counts for the process; both are
//! what came on top of the empty server.

use super::load::{self, call};
use super::{Contender, Paper, Rivals};
use crate::Result;
use std::fs;
use std::path::Path;

/// One million of something.
struct Case {
    name: &'static str,
    /// Writes the request that adds the next one.
    write: fn(&mut Vec<u8>, u64),
}

const COUNT: u64 = 1_000_000;

const CASES: [Case; 9] = [
    Case { name: "16-byte key, 8-byte value", write: |out, n| set(out, n, 8, &[]) },
    Case { name: "16-byte key, 32-byte value", write: |out, n| set(out, n, 32, &[]) },
    Case { name: "16-byte key, 128-byte value", write: |out, n| set(out, n, 128, &[]) },
    Case { name: "the same of 32 bytes, with an expiry", write: |out, n| set(out, n, 32, &["EX", "86400"]) },
    Case { name: "hash of 5 small fields", write: small_hash },
    Case {
        name: "sorted-set member of 13 bytes",
        write: |out, n| call(out, &["ZADD", "z", &scattered(n).to_string(), &format!("member:{n:06}")]),
    },
    Case {
        name: "set member of 13 bytes",
        write: |out, n| call(out, &["SADD", "s", &format!("member:{n:06}")]),
    },
    Case {
        name: "field of a big hash, 13 and 8 bytes",
        write: |out, n| call(out, &["HSET", "h", &format!("member:{n:06}"), &format!("v{n:07}")]),
    },
    Case {
        name: "stream entry of 2 small fields",
        write: |out, n| {
            let second = n / 100;
            call(out, &["XADD", "x", "*", "sensor", &second.to_string(), "t", &(n % 100).to_string()]);
        },
    },
];

/// Bytes for each key or element.
struct Taken {
    used: f64,
    rss: f64,
    /// The most that the process ever had.
    peak: f64,
}

/// Measures every case whose name has `filter` in it, and prints the table.
pub(super) fn table(rivals: &Rivals, filter: Option<&str>) -> Result {
    let mut paper = Paper::new("memory");
    paper.say(&format!(
        "Bytes for each of 1,000,000\n\n\
         | what | {name} used | redstart used | ratio | {name} rss | redstart rss | ratio | {name} peak | redstart peak |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|",
        name = rivals.name
    ));
    for case in CASES.iter().filter(|case| filter.is_none_or(|filter| case.name.contains(filter))) {
        let theirs = measure(&rivals.theirs, case)?;
        let own = measure(&rivals.ours, case)?;
        paper.say(&format!(
            "| {} | {:.1} | {:.1} | **{:.2}×** | {:.1} | {:.1} | **{:.2}×** | {:.1} | {:.1} |",
            case.name,
            theirs.used,
            own.used,
            own.used / theirs.used,
            theirs.rss,
            own.rss,
            own.rss / theirs.rss,
            theirs.peak,
            own.peak,
        ));
    }
    paper.save(None)
}

fn measure(program: &Path, case: &Case) -> Result<Taken> {
    let contender = Contender::start(program)?;
    let (used, rss) = (used(contender.port)?, rss(contender.server.id())?);
    load::pipeline(contender.port, COUNT, case.write)?;
    let each = |now: u64, before: u64| now.saturating_sub(before) as f64 / COUNT as f64;
    Ok(Taken {
        used: each(self::used(contender.port)?, used),
        rss: each(self::rss(contender.server.id())?, rss),
        peak: each(status(contender.server.id(), "VmHWM:")?, rss),
    })
}

fn set(out: &mut Vec<u8>, number: u64, len: usize, options: &[&str]) {
    let (key, value) = (format!("key:{number:012}"), format!("v{number:0>width$}", width = len - 1));
    let mut words = vec!["SET", &key, &value];
    words.extend(options);
    call(out, &words);
}

fn small_hash(out: &mut Vec<u8>, number: u64) {
    let key = format!("key:{number:012}");
    let values: Vec<String> = (0..5).map(|field| format!("v{:03}", (number + field) % 1000)).collect();
    let mut words = vec!["HSET", &key];
    for (field, value) in ["field1", "field2", "field3", "field4", "field5"].iter().zip(&values) {
        words.extend([field, value.as_str()]);
    }
    call(out, &words);
}

/// The numbers below 2^32 in an order without a pattern.
const fn scattered(number: u64) -> u64 {
    number.wrapping_mul(2_654_435_761) % (1 << 32)
}

/// What a server says it uses.
pub(super) fn used(port: u16) -> Result<u64> {
    load::info(port, "used_memory")
}

/// What the operating system counts for a process.
pub(super) fn rss(process: u32) -> Result<u64> {
    status(process, "VmRSS:")
}

/// A line of a process's status that tells a number of bytes.
fn status(process: u32, name: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or_else(|| format!("no {name}"))?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}
