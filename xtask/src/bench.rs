//! `cargo xtask bench`: redstart-server beside the installed redis-server, in one run on one machine.
//!
//! Numbers of one machine mean little elsewhere, ratios of one run travel. Both servers are up at once with the same
//! million keys, on the same core, and take turns under the same load from redis-benchmark on the other core. The CPU
//! time that a server needs per request is the steadier figure: throughput also depends on how fast the load comes.

mod crowd;
mod durability;
mod instructions;
mod load;
mod memory;
mod pauses;
mod stats;

use crate::run::{self, Companion, cargo, say, target};
use crate::{Result, need};
use load::{Load, Measured};
use stats::Sample;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// What the command line says.
#[derive(Debug, Default)]
pub(crate) struct Options {
    quick: bool,
    what: What,
    /// Whether what is counted is kept, to be compared with.
    update: bool,
    /// Part of the names of what is to be measured.
    filter: Option<String>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, Default)]
enum What {
    #[default]
    Speed,
    Memory,
    Crowd,
    Instructions,
    Pauses,
    Durability,
}

impl Options {
    pub(crate) fn parse(mut arguments: lexopt::Parser) -> Result<Self> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next()? {
            match argument {
                lexopt::Arg::Long("quick") => options.quick = true,
                lexopt::Arg::Long("memory") => options.what = What::Memory,
                lexopt::Arg::Long("crowd") => options.what = What::Crowd,
                lexopt::Arg::Long("pauses") => options.what = What::Pauses,
                lexopt::Arg::Long("durability") => options.what = What::Durability,
                lexopt::Arg::Long("instructions") => options.what = What::Instructions,
                lexopt::Arg::Long("update") => options.update = true,
                lexopt::Arg::Value(filter) if options.filter.is_none() => {
                    options.filter = Some(filter.to_string_lossy().into_owned());
                }
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }
}

/// One of the two.
struct Contender {
    server: Companion,
    port: u16,
}

const COMMANDS: [&str; 5] = ["get", "set", "incr", "mset", "ping_mbulk"];
const DEPTHS: [u32; 3] = [1, 16, 64];

/// Builds, then measures what the options choose and prints a table.
pub(crate) fn bench(options: &Options) -> Result<ExitCode> {
    let filter = options.filter.as_deref();
    if matches!(options.what, What::Instructions) {
        return instructions::table(filter, options.update);
    }
    need::debian(&[
        ("redis-server", "redis-server"),
        ("redis-benchmark", "redis-tools"),
        ("taskset", "util-linux"),
    ])?;
    run::step("redstart-server", cargo(["build", "--release", "--package", "redstart-server"]))?;
    let ours = target().join("release/redstart-server");
    match options.what {
        What::Memory => memory::table(&ours, filter)?,
        What::Crowd => crowd::table(&ours)?,
        What::Durability => durability::table(&ours, options.quick)?,
        What::Pauses => pauses::table(&ours, filter, options.quick)?,
        _ => speed(options, &ours)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Loads both servers, then measures every command at every depth.
fn speed(options: &Options, ours: &Path) -> Result {
    let redis = Contender::start(Path::new("redis-server"))?;
    let ours = Contender::start(ours)?;
    for contender in [&redis, &ours] {
        load::fill(contender.port)?;
    }
    let (rounds, seconds) = if options.quick { (3, 0.7) } else { (5, 3.0) };
    say(&format!("1,000,000 keys of 64 bytes, 50 clients, median of {rounds} rounds (lowest to highest)\n"));
    say(
        "| command | -P | redis req/s | redstart req/s | throughput | redis µs CPU | redstart µs CPU | CPU per request |",
    );
    say("|---|--:|--:|--:|--:|--:|--:|--:|");
    for command in COMMANDS {
        for depth in DEPTHS {
            say(&row(command, depth, rounds, seconds, &redis, &ours)?);
        }
    }
    say("\nThroughput above 1 and CPU per request below 1 are in redstart's favour.");
    Ok(())
}

fn row(
    command: &str,
    depth: u32,
    rounds: usize,
    seconds: f64,
    redis: &Contender,
    ours: &Contender,
) -> Result<String> {
    let mut load = Load { command, depth, requests: 50_000 };
    let trial = redis.measure(&load)?;
    // To the nearest thousand, the same for both, whatever their speed.
    load.requests = ((trial.per_second * seconds / 1000.0).round() as u64).max(20) * 1000;
    let (mut theirs, mut own) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        // Who goes first changes, so that neither always finds the machine as the other left it.
        if round % 2 == 0 {
            theirs.push(redis.measure(&load)?);
            own.push(ours.measure(&load)?);
        } else {
            own.push(ours.measure(&load)?);
            theirs.push(redis.measure(&load)?);
        }
    }
    let of = |runs: &[Measured], what: fn(&Measured) -> f64| Sample::new(runs.iter().map(what));
    let speed = |run: &Measured| run.per_second;
    let cpu = |run: &Measured| run.cpu_us;
    Ok(format!(
        "| {} | {depth} | {:.0} | {:.0} | {} | {:.2} | {:.2} | {} |",
        command.to_uppercase(),
        of(&theirs, speed).median(),
        of(&own, speed).median(),
        Sample::ratios(&own, &theirs, speed),
        of(&theirs, cpu).median(),
        of(&own, cpu).median(),
        Sample::ratios(&own, &theirs, cpu),
    ))
}

impl Contender {
    /// Starts a server on the first core, with nothing to save.
    fn start(program: &Path) -> Result<Self> {
        Self::start_with(program, &[])
    }

    /// The same, with more on its command line.
    fn start_with(program: &Path, options: &[&str]) -> Result<Self> {
        let port = free_port()?;
        Self::start_at(program, options, port, &folder(port))
    }

    /// The same with what is in a folder.
    fn start_in(program: &Path, options: &[&str], dir: &Path) -> Result<Self> {
        Self::start_at(program, options, free_port()?, dir)
    }

    fn start_at(program: &Path, options: &[&str], port: u16, dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir)?;
        let mut server = Command::new("taskset");
        server.args(["--cpu-list", "0"]).arg(program);
        server.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        server.args(options).arg("--dir").arg(dir).stdout(Stdio::null()).stderr(Stdio::null());
        let mut server = Companion::start(&program.display().to_string(), server)?;
        load::wait_until_open(port, &mut server)?;
        Ok(Self { server, port })
    }

    /// The folder that it has if it was not given another one.
    fn dir(&self) -> PathBuf {
        folder(self.port)
    }

    fn measure(&self, load: &Load<'_>) -> Result<Measured> {
        load.run(self.port, self.server.id())
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn folder(port: u16) -> PathBuf {
    target().join("bench").join(port.to_string())
}
