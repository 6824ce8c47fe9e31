//! The differential fuzzer for Lua: made-up programs for the real redis-server's EVAL and for our machine, which must say
//! the same.
//!
//! ```text
//!              ┌──► Oracle  redis-server, by EVAL ──┐
//! generate ────┤                                    ├──► equal? ──► shrink ──► print
//!              └──► ours    the machine by itself ──┘
//! ```
//!
//! A program works on a few variables, shows all that comes of it, and returns that as one string. Each is made from a
//! seed of its own, so that it can be made again alone. What it may contain is declared in `grammar`, as templates with
//! holes; `words` fills the holes that are no templates: numbers, patterns, texts that are almost JSON. Our machine is
//! interrupted while it runs, and sometimes made to collect its garbage, which must not be seen.
//!
//! In reading order: `grammar` and `words` say what is made, `generate` makes a `program` of it, `sides` run it, and
//! `shrink` makes a finding small.

mod generate;
mod grammar;
mod program;
mod shrink;
mod sides;
mod words;

use crate::runner::Trouble;
use generate::program;
use shrink::{Finding, compare, shrink};
use sides::{Oracle, hush_panics};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// How long a run goes on, and what it is about.
#[derive(Clone, Debug)]
pub struct Options {
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
    let mut oracle = Oracle::start()?;
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
        if let Some(finding) = compare(&mut oracle, program(seed), seed)? {
            let finding = shrink(&mut oracle, finding, seed)?;
            if found.insert(finding.program.source()) {
                outcome.differences = found.len();
                print(outcome.differences, seed, &finding);
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
fn print(number: usize, seed: u64, finding: &Finding) {
    println!("difference {number} (again: cargo xtask fuzz lua --seed {seed} --programs 1)");
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
