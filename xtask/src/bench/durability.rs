//! `cargo xtask bench --durability`: what it costs to keep data, beside redis-server.
//!
//! Each server gets the same keys of all types, saves them with nothing else to do and while others write, and finds them
//! again when it starts: from its RDB file, and from an append-only file in the form of commands. Memory is what the
//! server's processes have of their own, pages that they share divided among them: a fork is counted for what it copies.

use super::load::{self, Load, call};
use super::{Contender, Paper, Rivals, pauses};
use crate::Result;
use crate::run::{interrupted, say};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// One figure, with its unit in the name.
type Figures = Vec<(&'static str, f64)>;

/// Measures both and prints the table.
pub(super) fn table(rivals: &Rivals, quick: bool) -> Result {
    let keys = if quick { 500_000 } else { 5_000_000 };
    let theirs = measure(&rivals.theirs, keys)?;
    let own = measure(&rivals.ours, keys)?;
    let mut paper = Paper::new("durability");
    paper.say(&format!(
        "\n{keys} keys: seven in ten are strings, the others hashes, lists and sorted sets of few elements\n\n\
         | | {} | redstart | ratio |\n|---|--:|--:|--:|",
        rivals.name
    ));
    for ((name, theirs), (_, own)) in theirs.iter().zip(&own) {
        paper.say(&format!("| {name} | {theirs:.1} | {own:.1} | **{:.2}×** |", own / theirs));
    }
    paper.save(None)
}

fn measure(program: &Path, keys: u64) -> Result<Figures> {
    let mut figures = Vec::new();
    let first = Contender::start(program)?;
    let dir = first.dir();
    fill(first.port, keys)?;
    figures.push(("BGSAVE, s", save(&first)?));
    save_under_load(&first, &mut figures)?;
    save(&first)?;
    drop(first);
    figures.push(("start from an RDB file, s", start(program, &dir, &[])?.1));
    {
        let (writer, _) = start(program, &dir, &["--aof-use-rdb-preamble", "no"])?;
        load::pipeline(writer.port, 1, |out, _| call(out, &["CONFIG", "SET", "appendonly", "yes"]))?;
        wait_for(writer.port, "aof_rewrite_in_progress", 0)?;
    }
    figures.push(("start from commands, s", start(program, &dir, &["--appendonly", "yes"])?.1));
    fs::remove_dir_all(&dir)?;
    for (name, policy, depth, requests) in [
        ("SET/s, everysec", "everysec", 1, 200_000),
        ("SET/s, everysec, -P 16", "everysec", 16, 1_000_000),
        ("SET/s, always", "always", 1, 50_000),
        ("SET/s, always, -P 16", "always", 16, 200_000),
    ] {
        let server = Contender::start_with(program, &["--appendonly", "yes", "--appendfsync", policy])?;
        let measured = server.measure(&Load { words: load::SET, depth, clients: 50, requests })?;
        figures.push((name, measured.per_second));
        fs::remove_dir_all(server.dir())?;
    }
    figures.iter().for_each(|(name, figure)| say(&format!("{}: {name}: {figure:.1}", program.display())));
    Ok(figures)
}

/// Saves while others write: how long it takes and they wait, and what memory it takes.
fn save_under_load(server: &Contender, figures: &mut Figures) -> Result {
    let (port, process) = (server.port, server.server.id());
    let writes = Load { words: load::SET, depth: 16, clients: 50, requests: 1_000_000 };
    let before = memory_bytes(process)?;
    let is_over = AtomicBool::new(false);
    let (took, peak, seen) = thread::scope(|scope| -> Result<_> {
        let probe = scope.spawn(|| pauses::probe(port, process, &is_over).map_err(text));
        let peak = scope.spawn(|| -> std::result::Result<u64, String> {
            let mut peak = 0;
            while !is_over.load(Ordering::Relaxed) {
                peak = peak.max(memory_bytes(process).map_err(text)?);
                thread::sleep(Duration::from_millis(20));
            }
            Ok(peak)
        });
        let writer = scope.spawn(|| -> std::result::Result<(), String> {
            while !is_over.load(Ordering::Relaxed) {
                server.measure(&writes).map_err(text)?;
            }
            Ok(())
        });
        let took = save(server);
        is_over.store(true, Ordering::Relaxed);
        let gone = |_| "a thread panicked".to_owned();
        let peak = peak.join().map_err(gone)??;
        writer.join().map_err(gone)??;
        Ok((took?, peak, probe.join().map_err(gone)??))
    })?;
    figures.push(("BGSAVE while others write, s", took));
    figures.push(("memory that it takes at most, MB", peak.saturating_sub(before) as f64 / 1e6));
    figures.push(("longest wait of a PING meanwhile, ms", seen.worst.as_secs_f64() * 1000.0));
    Ok(())
}

/// What threads can hand over of an error.
fn text(error: Box<dyn std::error::Error>) -> String {
    error.to_string()
}

fn save(server: &Contender) -> Result<f64> {
    let started = Instant::now();
    load::pipeline(server.port, 1, |out, _| call(out, &["BGSAVE"]))?;
    wait_for(server.port, "rdb_bgsave_in_progress", 0)?;
    Ok(started.elapsed().as_secs_f64())
}

/// Starts a server with what is in a folder; tells how long it takes until all of it is there.
fn start(program: &Path, dir: &Path, options: &[&str]) -> Result<(Contender, f64)> {
    let started = Instant::now();
    let server = Contender::start_in(program, options, dir)?;
    wait_for(server.port, "loading", 0)?;
    Ok((server, started.elapsed().as_secs_f64()))
}

fn wait_for(port: u16, name: &str, value: u64) -> Result {
    while load::info(port, name)? != value {
        if interrupted() {
            return Err("interrupted".into());
        }
        thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

fn fill(port: u16, keys: u64) -> Result {
    load::pipeline(port, keys, |out, number| {
        let key = format!("key:{number:012}");
        let words: [String; 6] = std::array::from_fn(|element| (number * 7 + element as u64).to_string());
        let [a, b, c, d, e, f] = words.each_ref().map(String::as_str);
        match number % 10 {
            0 => call(out, &["HSET", &key, a, b, c, d, e, f]),
            1 => call(out, &["RPUSH", &key, a, b, c, d, e, f]),
            2 => call(out, &["ZADD", &key, a, b, c, d, e, f]),
            _ => call(out, &["SET", &key, "0123456789abcdef0123456789abcdef"]),
        }
    })
}

/// The memory of a process and of those that it forked, in bytes.
fn memory_bytes(process: u32) -> Result<u64> {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|id| id.parse().ok());
    // A child may be gone by now.
    let bytes = std::iter::once(process).chain(children).map(|id: u32| {
        let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
        line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()).unwrap_or(0) * 1024
    });
    Ok(bytes.sum())
}
