//! `cargo xtask bench --instructions`: how many instructions a request takes, and how often it asks for memory.
//!
//! Unlike time, instructions can be counted on a busy machine: the same program takes the same number. They are counted by
//! callgrind while the engine runs requests in process (`tests/src/bin/requests.rs`), and compared with those that the
//! repository keeps. A change that makes some request take more than [`TOLERANCE`] more fails; where that is worth it,
//! `--update` keeps the new numbers.
//!
//! Callgrind begins at nothing when [`MEASURED`] is entered and writes when it is left: for each function, what it cost and
//! whom it called how often.
//!
//! ```text
//! summary: 5209118                 all that was counted
//! cfn=(41) __rustc::__rust_alloc   a callee, from then on known as (41) …
//! calls=16 0                       … and how often it was called
//! ```

use crate::run::{self, cargo, output, root, say, target};
use crate::{Result, need};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

/// What a request may take more than before.
const TOLERANCE: f64 = 0.03;

/// What asks for memory.
const ALLOCATORS: [&str; 3] = ["__rust_alloc", "__rust_alloc_zeroed", "__rust_realloc"];

/// The function whose calls are counted.
const MEASURED: &str = "*program::measured";

/// What one request takes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cost {
    instructions: f64,
    allocations: f64,
}

/// Counts, compares with what is kept, and prints the table.
pub(super) fn table(filter: Option<&str>, update: bool) -> Result<ExitCode> {
    need::debian(&[("valgrind", "valgrind")])?;
    let build = ["build", "--profile", "counting", "--package", "redstart-tests", "--bin", "requests"];
    run::step("requests to count", cargo(build))?;
    let compiler = output("rustc", &["--version"]).unwrap_or_default();
    let (kept_by, kept) = read_kept()?;
    let mut counted = BTreeMap::new();
    let mut worse = 0;
    say("| request | instructions | before | | allocations | before |");
    say("|---|--:|--:|--:|--:|--:|");
    for (name, requests) in kinds()?.iter().filter(|(name, _)| filter.is_none_or(|part| name.contains(part)))
    {
        let cost = count(name, *requests)?;
        worse += usize::from(row(name, cost, kept.get(name).copied()));
        counted.insert(name.clone(), cost);
    }
    if update {
        keep(&compiler, kept, counted)?;
        return Ok(ExitCode::SUCCESS);
    }
    if kept_by != compiler {
        say(&format!("\nThe numbers before are of {kept_by}, these of {compiler}: no comparison holds."));
        return Ok(ExitCode::SUCCESS);
    }
    if worse > 0 {
        say(&format!("\n{worse} of them take more than {:.0} % more.", TOLERANCE * 100.0));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints what one request takes; tells whether that is too much.
fn row(name: &str, cost: Cost, before: Option<Cost>) -> bool {
    let Some(before) = before else {
        say(&format!("| {name} | {:.0} | | | {:.3} | |", cost.instructions, cost.allocations));
        return false;
    };
    let more = cost.instructions / before.instructions - 1.0;
    say(&format!(
        "| {name} | {:.0} | {:.0} | {:+.1} % | {:.3} | {:.3} |",
        cost.instructions,
        before.instructions,
        more * 100.0,
        cost.allocations,
        before.allocations,
    ));
    more > TOLERANCE || cost.allocations > before.allocations * (1.0 + TOLERANCE) + 0.01
}

/// The kinds of requests that there are, and how many of each are made.
fn kinds() -> Result<Vec<(String, u64)>> {
    let text = output(program(), &[]).ok_or("the program that makes requests doesn't run")?;
    let kind = |line: &str| {
        let (name, requests) = line.split_once(' ')?;
        Some((name.to_owned(), requests.parse().ok()?))
    };
    Ok(text.lines().filter_map(kind).collect())
}

fn program() -> PathBuf {
    target().join("counting/requests")
}

fn count(name: &str, requests: u64) -> Result<Cost> {
    if run::interrupted() {
        return Err("interrupted".into());
    }
    let file = target().join("bench").join(format!("callgrind.{name}"));
    fs::create_dir_all(file.parent().unwrap_or(&file))?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--quiet"]);
    valgrind.arg(format!("--zero-before={MEASURED}")).arg(format!("--dump-after={MEASURED}"));
    valgrind.arg(format!("--callgrind-out-file={}", file.display())).arg(program()).arg(name);
    let done = valgrind.stdin(Stdio::null()).output()?;
    if !done.status.success() {
        return Err(format!("valgrind: {}", String::from_utf8_lossy(&done.stderr)).into());
    }
    // What follows is in the file of the plain name.
    let profile = fs::read_to_string(file.with_extension(format!("{name}.1")))?;
    let (instructions, allocations) = read_profile(&profile).ok_or("callgrind counted nothing")?;
    let each = |total: u64| total as f64 / requests as f64;
    Ok(Cost { instructions: each(instructions), allocations: each(allocations) })
}

/// All instructions, and the calls of functions that ask for memory.
fn read_profile(text: &str) -> Option<(u64, u64)> {
    let mut names = BTreeMap::new();
    let (mut instructions, mut allocations, mut allocates) = (0, 0, false);
    for line in text.lines() {
        if let Some(total) = line.strip_prefix("summary: ") {
            instructions = total.trim().parse().ok()?;
        } else if let Some(named) = line.strip_prefix("fn=").or_else(|| line.strip_prefix("cfn=")) {
            let (number, name) = named.split_once(' ').unwrap_or((named, ""));
            let name = name.strip_prefix("__rustc::").unwrap_or(name);
            let is_one = *names.entry(number).or_insert_with(|| ALLOCATORS.contains(&name));
            if line.starts_with('c') {
                allocates = is_one;
            }
        } else if let Some(calls) = line.strip_prefix("calls=")
            && allocates
        {
            allocations += calls.split(' ').next()?.parse::<u64>().ok()?;
        }
    }
    (instructions > 0).then_some((instructions, allocations))
}

fn file() -> PathBuf {
    root().join("xtask/src/bench/instructions.txt")
}

/// The compiler that made the program whose numbers are kept, and the numbers.
fn read_kept() -> Result<(String, BTreeMap<String, Cost>)> {
    let text = fs::read_to_string(file())?;
    let mut lines = text.lines();
    let compiler = lines.next().unwrap_or_default().trim_start_matches("# ").to_owned();
    let cost = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next()?.to_owned();
        let (instructions, allocations) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Some((name, Cost { instructions, allocations }))
    };
    Ok((compiler, lines.filter_map(cost).collect()))
}

/// Keeps what was counted, and of what wasn't, what was kept before.
fn keep(compiler: &str, kept: BTreeMap<String, Cost>, counted: BTreeMap<String, Cost>) -> Result {
    let mut text = format!("# {compiler}\n");
    let mut all = kept;
    all.extend(counted);
    for (name, Cost { instructions, allocations }) in all {
        text.push_str(&format!("{name:<12} {instructions:>8.1} {allocations:>7.3}\n"));
    }
    Ok(fs::write(file(), text)?)
}

#[cfg(test)]
mod tests {
    use super::read_profile;

    #[test]
    fn calls_of_allocators_are_counted() {
        let profile = "fn=(1) main\n5 10\ncfn=(2) __rustc::__rust_alloc\ncalls=3 0\n5 30\ncfn=(3) free\ncalls=4 0\n5 9\n\
                       fn=(2)\n6 7\nfn=(4) other\ncfn=(2)\ncalls=2 0\n5 20\nsummary: 76\n";
        assert_eq!(read_profile(profile), Some((76, 5)));
        assert_eq!(read_profile("summary: 0\n"), None);
    }
}
