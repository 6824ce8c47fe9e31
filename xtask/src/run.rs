//! Runs other programs: steps that end, shown with a line each, and companions that go on until they are stopped.
//!
//! Every program gets a process group of its own, so that what it starts ends with it; Control-C therefore reaches
//! only this process, which passes it on.

use crate::Result;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{IsTerminal, Read, Seek, SeekFrom, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use std::{env, io, thread};

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Where cargo builds, and where we keep tools and logs.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// A cargo command, run in the repository.
pub(crate) fn cargo<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments).current_dir(root());
    cargo
}

/// What a program prints, or `None` when it can't be run or fails.
pub(crate) fn output(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let output =
        Command::new(program).args(arguments).current_dir(root()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// How a step ended.
pub(crate) struct Done {
    /// Whether it succeeded.
    pub(crate) status: ExitStatus,
    /// How long it took.
    pub(crate) took: Duration,
    /// What it printed, kept in this file.
    pub(crate) log: PathBuf,
}

impl Done {
    /// All that it printed.
    pub(crate) fn text(&self) -> String {
        fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }
}

/// Runs a program to its end with a line that shows it at work, and fails when it fails.
pub(crate) fn step(name: &str, command: Command) -> Result {
    let done = quietly(name, command, STEP_LIMIT)?;
    if done.status.success() {
        say(&format!("{} {name:<34} {}", good(), seconds(done.took)));
        return Ok(());
    }
    say(&format!("{} {name:<34} {}\n", bad(), seconds(done.took)));
    eprintln!("{}", tail(&done.text(), 40));
    Err(format!("{name}: {}; all of it is in {}", done.status, done.log.display()).into())
}

/// Runs a program to its end, its output into a log of that name, and says nothing once it has ended.
pub(crate) fn quietly(name: &str, mut command: Command, limit: Duration) -> Result<Done> {
    let log = target().join("test-logs").join(format!("{}.log", slug(name)));
    fs::create_dir_all(log.parent().unwrap_or(&log))?;
    let file = File::create(&log)?;
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).process_group(0);
    let started = Instant::now();
    let child = command.spawn().map_err(|error| format!("{name}: can't run {program}: {error}"))?;
    let mut companion = Companion { child, name: name.to_owned() };
    let mut spinner = Spinner::new(name, &log);
    loop {
        if let Some(status) = companion.child.try_wait()? {
            spinner.clear();
            return Ok(Done { status, took: started.elapsed(), log });
        }
        if interrupted() {
            spinner.clear();
            return Err("interrupted".into());
        }
        if started.elapsed() > limit {
            spinner.clear();
            return Err(format!("{name}: not done after {}; see {}", seconds(limit), log.display()).into());
        }
        spinner.turn();
        thread::sleep(TURN);
    }
}

/// A program that goes on until it is dropped: then it and all it started are asked to end, and made to if they don't.
pub(crate) struct Companion {
    child: Child,
    name: String,
}

impl Companion {
    /// Starts one.
    pub(crate) fn start(name: &str, mut command: Command) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).process_group(0);
        let child = command.spawn().map_err(|error| format!("{name}: can't run {program}: {error}"))?;
        Ok(Self { child, name: name.to_owned() })
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Fails once it has ended by itself.
    pub(crate) fn check(&mut self) -> Result {
        match self.child.try_wait()? {
            Some(status) => Err(format!("{} ended: {status}", self.name).into()),
            None => Ok(()),
        }
    }

    fn signal(&self, signal: &str) {
        let group = format!("-{}", self.child.id());
        let kill = Command::new("kill")
            .args([signal, "--", &group])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        debug_assert!(kill.is_ok(), "kill is on every system");
    }
}

impl Drop for Companion {
    fn drop(&mut self) {
        let deadline = Instant::now() + GRACE;
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal("-TERM");
        }
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() > deadline {
                self.signal("-KILL");
                let _ = self.child.wait();
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// From now on Control-C and a polite kill are remembered instead of ending us on the spot.
pub(crate) fn catch_interrupts() -> Result {
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(flag()))?;
    }
    Ok(())
}

/// Whether somebody wants us to end.
pub(crate) fn interrupted() -> bool {
    flag().load(Ordering::Relaxed)
}

/// `1.2 s`, or minutes when it takes that long.
pub(crate) fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 100.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{}m {:02}s", time.as_secs() / 60, time.as_secs() % 60)
    }
}

/// The last lines of a text.
pub(crate) fn tail(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// The mark of a step that went well.
pub(crate) fn good() -> &'static str {
    if io::stdout().is_terminal() { "\x1b[32m✓\x1b[0m" } else { "✓" }
}

/// The mark of one that did not.
pub(crate) fn bad() -> &'static str {
    if io::stdout().is_terminal() { "\x1b[31m✗\x1b[0m" } else { "✗" }
}

/// Prints a line at once, also when nobody has a terminal.
pub(crate) fn say(line: &str) {
    println!("{line}");
    let _ = io::stdout().flush();
}

/// Longest time for one step of an installation or a build.
const STEP_LIMIT: Duration = Duration::from_secs(30 * 60);

/// How long a companion may take to end when asked.
const GRACE: Duration = Duration::from_secs(5);

/// How often a running step is looked at.
const TURN: Duration = Duration::from_millis(80);

fn flag() -> &'static Arc<AtomicBool> {
    static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    FLAG.get_or_init(Arc::default)
}

fn slug(name: &str) -> String {
    let letters = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    name.chars().map(letters).collect()
}

/// A line on the terminal that shows the time and the last thing the step printed. Without a terminal: nothing.
struct Spinner<'a> {
    name: &'a str,
    log: &'a Path,
    started: Instant,
    turns: usize,
}

impl<'a> Spinner<'a> {
    fn new(name: &'a str, log: &'a Path) -> Self {
        Self { name, log, started: Instant::now(), turns: 0 }
    }

    fn turn(&mut self) {
        const SHAPES: [char; 8] = ['⣷', '⣯', '⣟', '⡿', '⢿', '⣻', '⣽', '⣾'];
        if !io::stdout().is_terminal() {
            return;
        }
        self.turns += 1;
        let shape = SHAPES[self.turns % SHAPES.len()];
        let last: String = last_line(self.log).chars().filter(|c| !c.is_control()).take(36).collect();
        print!(
            "\r\x1b[K{shape} {:<34} {:<8} \x1b[2m{last}\x1b[0m",
            self.name,
            seconds(self.started.elapsed())
        );
        let _ = io::stdout().flush();
    }

    fn clear(&self) {
        if self.turns > 0 {
            print!("\r\x1b[K");
        }
    }
}

fn last_line(log: &Path) -> String {
    let mut end = Vec::new();
    let read = File::open(log).and_then(|mut file| {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(400)))?;
        file.read_to_end(&mut end)
    });
    let text = if read.is_ok() { String::from_utf8_lossy(&end) } else { return String::new() };
    text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
}
