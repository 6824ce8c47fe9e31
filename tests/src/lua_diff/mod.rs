//! The differential fuzzer for Lua: made-up programs for the real redis-server's EVAL, or for lua5.1, and for our machine,
//! which must say the same.
//!
//! ```text
//!              ┌──► Oracle  redis-server, by EVAL; or lua5.1 ──┐
//! generate ────┤                                               ├──► equal? ──► shrink ──► print
//!              └──► ours    the machine by itself ─────────────┘
//! ```
//!
//! A program works on a few variables, shows all that comes of it, and returns that as one string. Each is made from a
//! seed of its own, so that it can be made again alone. What it may contain is declared in `grammar`, as templates with
//! holes; `words` fills the holes that are no templates: numbers, patterns, texts that are almost JSON. Our machine is
//! interrupted while it runs, and sometimes made to collect its garbage, which must not be seen.
//!
//! In reading order: `grammar` and `words` say what is made, `generate` makes a `program` of it, `oracle` (with
//! `eval` and `alone`) and `ours` run it, and `shrink` makes a finding small.

mod alone;
mod eval;
mod generate;
mod grammar;
mod oracle;
mod ours;
mod plain;
mod program;
mod shrink;
mod words;

use crate::runner::Trouble;
use generate::program;
use oracle::Oracle;
use ours::hush_panics;
pub use program::Against;
use shrink::{Finding, compare, shrink};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// How long a run goes on, and what it is about.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who says what is right.
    pub against: Against,
    /// Decides every program. Program `n` has the seed `seed + n`.
    pub seed: u64,
    /// It ends after so many programs,
    pub programs: Option<u64>,
    /// or after this time.
    pub time: Option<Duration>,
}

/// What came of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    /// Programs that both sides ran.
    pub programs: u64,
    /// Different differences.
    pub differences: usize,
}

/// After so many different findings it is time to mend something first.
const FINDINGS_MAX: usize = 12;

/// How often a line shows it at work.
const PROGRESS: Duration = Duration::from_secs(5);

/// Runs programs until the options' end, and prints each difference, made small.
///
/// # Errors
/// When the oracle can't be started or ceases to answer.
pub fn run(options: &Options) -> Result<Outcome, Trouble> {
    let mut oracle = Oracle::start(options.against)?;
    hush_panics();
    let mut found = BTreeSet::new();
    let mut outcome = Outcome::default();
    let (started, mut told) = (Instant::now(), Instant::now());
    for seed in (0..).map(|number| options.seed.wrapping_add(number)) {
        let over = options.time.is_some_and(|time| started.elapsed() >= time)
            || options.programs.is_some_and(|programs| outcome.programs >= programs);
        if over || found.len() >= FINDINGS_MAX {
            break;
        }
        outcome.programs += 1;
        if let Some(finding) = compare(&mut oracle, program(seed, options.against), seed)? {
            let finding = shrink(&mut oracle, finding, seed)?;
            if found.insert(finding.program.source()) {
                outcome.differences = found.len();
                let how = if options.against == Against::Lua { "lua --against lua5.1" } else { "lua" };
                println!(
                    "difference {} (again: cargo xtask fuzz {how} --seed {seed} --programs 1)",
                    found.len()
                );
                print(&finding);
            }
        }
        if told.elapsed() >= PROGRESS {
            told = Instant::now();
            tell(started, outcome, oracle.skipped);
        }
    }
    tell(started, outcome, oracle.skipped);
    Ok(outcome)
}

/// The program without what all have in common, and the lines that differ: `-` is the oracle's, `+` is ours.
fn print(finding: &Finding) {
    print!("{}", finding.program.own());
    let (theirs, ours) = (lines(&finding.oracle), lines(&finding.ours));
    let same = theirs.iter().zip(&ours).take_while(|(theirs, ours)| theirs == ours).count();
    theirs.iter().skip(same).take(4).for_each(|line| println!("  - {line}"));
    ours.iter().skip(same).take(4).for_each(|line| println!("  + {line}"));
}

fn lines(text: &[u8]) -> Vec<String> {
    text.split(|&byte| byte == b'\n')
        .map(|line| String::from_utf8_lossy(line).escape_debug().to_string())
        .collect()
}

fn tell(started: Instant, outcome: Outcome, skipped: u64) {
    let seconds = started.elapsed().as_secs_f64().max(1e-3);
    let rate = outcome.programs as f64 / seconds;
    let (programs, differences) = (outcome.programs, outcome.differences);
    println!(
        "{seconds:.0} s: {programs} programs, {rate:.0}/s, {skipped} skipped, {differences} differences"
    );
}
