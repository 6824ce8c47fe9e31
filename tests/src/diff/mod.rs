//! The differential fuzzer: made-up calls to the real redis-server and to the engine, whose answers must agree.
//!
//! ```text
//!              ┌──► Oracle  redis-server over TCP ──┐
//! generate ──► play                                 ├──► compare, by the rules ──► shrink ──► show
//!              └──► Ours    the engine in process ──┘
//! ```
//!
//! A run is a row of **rounds**. Each round is a `Script` that begins with an empty store and is made from a seed of
//! its own, so that one round can be played again alone. Calls are made from the engine's command table: a new command
//! takes part as soon as it is declared. What may differ, and why, is declared in `rules`.
//!
//! In reading order: `words` are the alphabets, `generate` makes scripts of them, `sides` are the two stores,
//! `play` plays a script on both, `compare`, `feed` and `rules` say what is the same, `shrink` makes a finding small
//! and `show` prints it.

mod compare;
mod feed;
mod generate;
mod play;
mod rules;
mod show;
mod shrink;
mod sides;
mod words;

use crate::runner::Trouble;
use crate::runners::oracle_version;
use crate::transcript::Version;
use generate::Generator;
use play::{Difference, Pace, play};
pub use rules::command_of;
use sides::Sides;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// How long a run goes on, and what it is about.
#[derive(Clone, Debug)]
pub struct Options {
    /// Decides every call. Round `n` has the seed `seed + n`.
    pub seed: u64,
    /// It ends after so many calls,
    pub commands: Option<u64>,
    /// or after this time.
    pub time: Option<Duration>,
    /// The groups of COMMAND DOCS that most calls come from; all when empty.
    pub families: Vec<String>,
    /// Whether a line shows it at work.
    pub progress: bool,
}

/// What came of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    /// Calls that both sides answered.
    pub commands: u64,
    /// Different differences.
    pub differences: usize,
}

/// A call as its words.
pub type Call = Vec<Vec<u8>>;

/// Calls that only make sense together: shrinking keeps or leaves all of them.
type Unit = Vec<Call>;

/// What one round plays, from an empty store on.
#[derive(Clone, Debug)]
struct Script {
    resp3: bool,
    units: Vec<Unit>,
}

/// After so many different findings it is time to mend something first.
const FINDINGS_MAX: usize = 12;

/// Plays rounds until the options' end, and prints each difference, made small.
///
/// # Errors
/// When the oracle can't be started or ceases to answer, or when a family doesn't exist.
pub fn run(options: &Options) -> Result<Outcome, Trouble> {
    let generator = Generator::new(oracle_version()?, &options.families)?;
    let mut sides = Sides::start()?;
    let mut found = BTreeSet::new();
    let mut outcome = Outcome::default();
    let mut progress = Progress::new(options.progress);
    for seed in (0..).map(|round| options.seed.wrapping_add(round)) {
        let over = options.time.is_some_and(|time| progress.started.elapsed() >= time)
            || options.commands.is_some_and(|commands| outcome.commands >= commands);
        if over || found.len() >= FINDINGS_MAX {
            break;
        }
        let script = generator.script(seed);
        let difference =
            play(&mut sides, &script, Pace::BATCHES).map_err(|trouble| of_round(seed, &trouble))?;
        outcome.commands += script.units.iter().map(Vec::len).sum::<usize>() as u64;
        if let Some(difference) = difference
            && let Some((small, difference)) = narrowed(&mut sides, &script, &difference)?
            && found.insert(difference.about())
        {
            outcome.differences = found.len();
            println!("{}", show::finding(outcome.differences, seed, &small, &difference));
        }
        progress.tell(outcome);
    }
    progress.end(outcome);
    Ok(outcome)
}

/// The calls of one round, newer ones than any oracle knows included, for whoever wants many of them.
///
/// # Errors
/// Never, as no family is named.
pub fn calls(seed: u64) -> Result<Vec<Call>, Trouble> {
    let newest = Version::parse("99.0").ok_or_else(|| Trouble("no version".to_owned()))?;
    Ok(Generator::new(newest, &[])?.script(seed).units.concat())
}

/// The difference again, by the smallest script that shows it; nothing if it can't be seen a second time.
fn narrowed(
    sides: &mut Sides,
    script: &Script,
    first: &Difference,
) -> Result<Option<(Script, Difference)>, Trouble> {
    for pace in [Pace::SINGLE, Pace::BATCHES, Pace::BATCHES] {
        if let Some(difference) = play(sides, script, pace)? {
            return shrink::shrink(sides, script, difference).map(Some);
        }
    }
    println!("seen once and not again, so it is the clock's or chance's:\n{}", show::difference(first));
    Ok(None)
}

fn of_round(seed: u64, trouble: &Trouble) -> Trouble {
    Trouble(format!("in the round of seed {seed}: {}", trouble.0))
}

/// The line that shows a run at work.
struct Progress {
    started: Instant,
    told: Instant,
    shown: bool,
}

impl Progress {
    const EVERY: Duration = Duration::from_secs(5);

    fn new(shown: bool) -> Self {
        Self { started: Instant::now(), told: Instant::now(), shown }
    }

    fn tell(&mut self, outcome: Outcome) {
        if self.shown && self.told.elapsed() >= Self::EVERY {
            self.told = Instant::now();
            self.end(outcome);
        }
    }

    fn end(&self, outcome: Outcome) {
        let seconds = self.started.elapsed().as_secs_f64().max(1e-3);
        let rate = outcome.commands as f64 / seconds;
        println!(
            "{:.0} s: {} commands, {rate:.0}/s, {} differences",
            seconds, outcome.commands, outcome.differences
        );
    }
}
