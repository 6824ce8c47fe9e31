//! `cargo xtask bench`: redstart-server beside the installed redis-server, or another one, in one run on one machine.
//!
//! Numbers of one machine mean little elsewhere, ratios of one run travel. Each kind of table has a file of its own here;
//! what it shows is also kept as Markdown, and as a plot where there is one.

mod crowd;
mod durability;
mod floor;
mod instructions;
mod load;
mod lua;
mod memory;
mod package;
mod pauses;
mod plot;
mod rate;
mod speed;
mod stats;

use crate::run::{self, Companion, cargo, say, target};
use crate::{Result, need};
use load::{Load, Measured};
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
    /// The server to be measured beside, if not redis-server.
    against: Option<PathBuf>,
    /// Part of the names of what is to be measured.
    filter: Option<String>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, Default)]
enum What {
    #[default]
    Speed,
    Latency,
    Memory,
    Crowd,
    Instructions,
    Lua,
    Pauses,
    Durability,
    Floor,
    Package,
}

impl Options {
    pub(crate) fn parse(mut arguments: lexopt::Parser) -> Result<Self> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next()? {
            match argument {
                lexopt::Arg::Long("quick") => options.quick = true,
                lexopt::Arg::Long("against") => options.against = Some(arguments.value()?.into()),
                lexopt::Arg::Long("latency") => options.what = What::Latency,
                lexopt::Arg::Long("memory") => options.what = What::Memory,
                lexopt::Arg::Long("crowd") => options.what = What::Crowd,
                lexopt::Arg::Long("pauses") => options.what = What::Pauses,
                lexopt::Arg::Long("durability") => options.what = What::Durability,
                lexopt::Arg::Long("floor") => options.what = What::Floor,
                lexopt::Arg::Long("package") => options.what = What::Package,
                lexopt::Arg::Long("instructions") => options.what = What::Instructions,
                lexopt::Arg::Long("lua") => options.what = What::Lua,
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

/// Our server and the one that it is measured beside.
struct Rivals {
    ours: PathBuf,
    theirs: PathBuf,
    /// What the other one is called.
    name: String,
}

/// What is shown, and kept.
struct Paper {
    name: &'static str,
    text: String,
}

impl Paper {
    fn new(name: &'static str) -> Self {
        Self { name, text: String::new() }
    }

    fn say(&mut self, lines: &str) {
        say(lines);
        self.text.push_str(lines);
        self.text.push('\n');
    }

    /// Keeps the text, and the plot if there is one, and says where.
    fn save(self, plot: Option<&str>) -> Result {
        let file = target().join("bench").join(self.name);
        fs::write(file.with_extension("md"), self.text)?;
        let mut kept = vec![file.with_extension("md").display().to_string()];
        if let Some(plot) = plot {
            fs::write(file.with_extension("svg"), plot)?;
            kept.push(file.with_extension("svg").display().to_string());
        }
        say(&format!("\nKept in {}.", kept.join(" and ")));
        Ok(())
    }
}

/// Builds, then measures what the options choose and prints a table.
pub(crate) fn bench(options: &Options) -> Result<ExitCode> {
    let filter = options.filter.as_deref();
    if matches!(options.what, What::Instructions) {
        return instructions::table(filter, options.update);
    }
    if matches!(options.what, What::Lua) {
        lua::table()?;
        return Ok(ExitCode::SUCCESS);
    }
    if matches!(options.what, What::Package) {
        return package::table(options.quick);
    }
    need::debian(&[
        ("redis-server", "redis-server"),
        ("redis-benchmark", "redis-tools"),
        ("taskset", "util-linux"),
    ])?;
    run::step("redstart-server", cargo(["build", "--release", "--package", "redstart-server"]))?;
    let theirs = options.against.clone().unwrap_or_else(|| "redis-server".into());
    let name = theirs.file_name().unwrap_or(theirs.as_os_str()).to_string_lossy().into_owned();
    let rivals = Rivals { ours: target().join("release/redstart-server"), theirs, name };
    match options.what {
        What::Memory => memory::table(&rivals, filter)?,
        What::Crowd => crowd::table(&rivals)?,
        What::Floor => floor::table(&rivals)?,
        What::Durability => durability::table(&rivals, options.quick)?,
        What::Latency => rate::table(&rivals, options.quick)?,
        What::Pauses => pauses::table(&rivals, filter, options.quick)?,
        _ => speed::table(&rivals, filter, options.quick)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What a server is told that more than ten thousand connect to.
const FOR_CROWDS: [&str; 4] = ["--maxclients", "12000", "--tcp-backlog", "1024"];

/// Measures both, round by round. Who goes first changes, so that neither always finds the machine as the other left it.
fn take_turns<T>(
    theirs: &Contender,
    ours: &Contender,
    rounds: usize,
    measure: impl Fn(&Contender) -> Result<T>,
) -> Result<(Vec<T>, Vec<T>)> {
    let (mut of_theirs, mut of_ours) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let mut turns = [(theirs, &mut of_theirs), (ours, &mut of_ours)];
        turns.rotate_left(round % 2);
        for (contender, runs) in turns {
            runs.push(measure(contender)?);
        }
    }
    Ok((of_theirs, of_ours))
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
