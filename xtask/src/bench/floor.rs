//! `cargo xtask bench --floor`: how far both servers are from one that answers PONG and does nothing else.
//!
//! Where a request does little, it costs a system call to read and one to write, and the network between. What is left
//! above the floor is all that a server could save; a rate above that of the floor is one that the load itself doesn't
//! come to.

use super::load::Load;
use super::stats::Sample;
use super::{Contender, FOR_CROWDS, Paper, Rivals};
use crate::Result;
use crate::run::{self, cargo, target};

/// How PING is sent: the depth of pipelines, by how many clients, how often.
const LOADS: [(u32, u32, u64); 4] =
    [(1, 50, 200_000), (1, 1_000, 200_000), (1, 10_000, 200_000), (16, 50, 2_000_000)];
const ROUNDS: usize = 7;

/// Measures the three in turn, and prints the table.
pub(super) fn table(rivals: &Rivals) -> Result {
    run::step("pong", cargo(["build", "--release", "--package", "redstart-tests", "--bin", "pong"]))?;
    let pong = target().join("release/pong");
    let programs = [(rivals.name.as_str(), &rivals.theirs), ("pong", &pong), ("redstart", &rivals.ours)];
    let mut contenders = Vec::new();
    for (name, program) in programs {
        contenders.push((name, Contender::start_with(program, &FOR_CROWDS)?));
    }
    let mut paper = Paper::new("floor");
    paper.say(&format!(
        "PING, median of {ROUNDS} rounds (lowest to highest)\n\n\
         | server | -P | clients | req/s | throughput beside {name} | µs CPU | CPU beside {name} |\n\
         |---|--:|--:|--:|--:|--:|--:|",
        name = rivals.name
    ));
    for (depth, clients, requests) in LOADS {
        let load = Load { words: &["PING"], depth, clients, requests };
        let mut runs = [const { Vec::new() }; 3];
        for _ in 0..ROUNDS {
            for ((_, contender), runs) in contenders.iter().zip(&mut runs) {
                runs.push(contender.measure(&load)?);
            }
        }
        for ((name, _), own) in contenders.iter().zip(&runs) {
            let speed = Sample::new(own.iter().map(|run| run.per_second)).median();
            let cpu = Sample::new(own.iter().map(|run| run.cpu_us)).median();
            paper.say(&format!(
                "| {name} | {depth} | {clients} | {speed:.0} | {} | {cpu:.2} | {} |",
                Sample::ratios(own, &runs[0], |run| run.per_second),
                Sample::ratios(own, &runs[0], |run| run.cpu_us)
            ));
        }
    }
    paper.save(None)
}
