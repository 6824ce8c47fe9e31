//! `cargo xtask fuzz [target] [--seconds N]`: bytes that a fuzzer makes up, guided by what they reach.
//!
//! A finding is a file that libFuzzer names at the end; the same verb with `--file` runs it again.
//!
//! `cargo xtask fuzz diff` makes up calls instead, and the real redis-server says what their answers should be. It is
//! a program of the crate `redstart-tests` and takes all further options itself. `cargo xtask fuzz lua` does the same with
//! programs of Lua.

use crate::run::{cargo, output, root};
use crate::{Result, need};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The targets that are none of libFuzzer's, and their programs.
const DIFFERENTIAL: [(&str, &str); 2] = [("diff", "diff"), ("lua", "lua-diff")];

/// What the command line says.
#[derive(Debug)]
pub(crate) struct Options {
    target: String,
    seconds: u64,
    file: Option<PathBuf>,
    /// The program of a differential fuzzer,
    program: Option<&'static str>,
    /// and what it is told.
    further: Vec<OsString>,
}

impl Options {
    pub(crate) fn parse(mut arguments: lexopt::Parser) -> Result<Self> {
        let target = "decode".to_owned();
        let mut options = Self { target, seconds: 60, file: None, program: None, further: Vec::new() };
        while let Some(argument) = arguments.next()? {
            match argument {
                lexopt::Arg::Long("seconds") => {
                    options.seconds = arguments.value()?.to_string_lossy().parse()?;
                }
                lexopt::Arg::Long("file") => options.file = Some(arguments.value()?.into()),
                lexopt::Arg::Value(target) => {
                    options.target = target.to_string_lossy().into_owned();
                    let program = DIFFERENTIAL.iter().find(|(name, _)| *name == options.target);
                    options.program = program.map(|(_, program)| *program);
                    if options.program.is_some() {
                        options.further = arguments.raw_args()?.collect();
                    }
                }
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }
}

/// Fuzzes a target, or runs it on one file.
pub(crate) fn fuzz(options: &Options) -> Result<ExitCode> {
    let mut command = match (options.program, &options.file) {
        (Some(program), _) => differential(program, &options.further)?,
        (None, Some(file)) => {
            let mut command = run(&need::cargo_fuzz()?, &options.target);
            command.arg(file);
            command
        }
        (None, None) => for_seconds(&need::cargo_fuzz()?, &options.target, options.seconds),
    };
    Ok(if command.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What plays made-up calls, or programs, on the real redis-server and on the engine.
pub(crate) fn differential(program: &str, options: &[impl AsRef<OsStr>]) -> Result<Command> {
    need::debian(&[("redis-server", "redis-server")])?;
    let package =
        ["run", "--quiet", "--profile", "fuzz", "--package", "redstart-tests", "--bin", program, "--"];
    let mut command = cargo(package);
    command.args(options);
    Ok(command)
}

/// Whether this machine can fuzz without installing anything.
pub(crate) fn possible() -> bool {
    let nightly = output("rustup", &["toolchain", "list"]).is_some_and(|list| list.contains("nightly"));
    nightly && need::on_path("cargo-fuzz")
}

/// What fuzzes the target for so long.
pub(crate) fn for_seconds(program: &Path, target: &str, seconds: u64) -> Command {
    let mut command = run(program, target);
    command.args(["--", &format!("-max_total_time={seconds}"), "-max_len=4096"]);
    command
}

fn run(program: &Path, target: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["fuzz", "run", "--fuzz-dir", "tests/fuzz", "--sanitizer", "none", target]);
    // `CARGO` names the program of the toolchain that runs us.
    command.current_dir(root()).env("RUSTUP_TOOLCHAIN", "nightly").env_remove("CARGO");
    command
}
