//! `cargo xtask bench --floor`: how far both servers are from one that answers PONG and does nothing else.
//!
//! Requests that come one by one cost a system call to read and one to write, and the network between. What is left above
//! the floor is all that a server could save.

use super::load::Load;
use super::stats::Sample;
use super::{Contender, Paper, Rivals};
use crate::Result;
use crate::run::{self, cargo, target};

const LOAD: Load<'_> = Load { words: &["PING"], depth: 1, clients: 50, requests: 200_000 };
const ROUNDS: usize = 7;

/// Measures the three in turn, and prints the table.
pub(super) fn table(rivals: &Rivals) -> Result {
    run::step("pong", cargo(["build", "--release", "--package", "redstart-tests", "--bin", "pong"]))?;
    let programs = [
        ("pong", &target().join("release/pong")),
        (rivals.name.as_str(), &rivals.theirs),
        ("redstart", &rivals.ours),
    ];
    let mut contenders = Vec::new();
    for (name, program) in programs {
        contenders.push((name, Contender::start(program)?, Vec::new()));
    }
    for _ in 0..ROUNDS {
        for (_, contender, runs) in &mut contenders {
            runs.push(contender.measure(&LOAD)?);
        }
    }
    let mut paper = Paper::new("floor");
    paper.say(&format!(
        "PING, one by one, 50 clients, median of {ROUNDS} rounds\n\n\
         | server | req/s | µs CPU | CPU beside pong |\n|---|--:|--:|--:|"
    ));
    let Some((_, _, floor)) = contenders.first() else { return Ok(()) };
    for (name, _, runs) in &contenders {
        let speed = Sample::new(runs.iter().map(|run| run.per_second)).median();
        let cpu = Sample::new(runs.iter().map(|run| run.cpu_us)).median();
        paper.say(&format!(
            "| {name} | {speed:.0} | {cpu:.2} | {} |",
            Sample::ratios(runs, floor, |run| run.cpu_us)
        ));
    }
    paper.save(None)
}
