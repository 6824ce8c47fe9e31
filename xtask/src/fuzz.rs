//! `cargo xtask fuzz [target] [--seconds N]`: bytes that a fuzzer makes up, guided by what they reach.
//!
//! A finding is a file that libFuzzer names at the end; the same verb with `--file` runs it again.

use crate::run::{output, root};
use crate::{Result, need};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What the command line says.
#[derive(Debug)]
pub(crate) struct Options {
    target: String,
    seconds: u64,
    file: Option<PathBuf>,
}

impl Options {
    pub(crate) fn parse(mut arguments: lexopt::Parser) -> Result<Self> {
        let mut options = Self { target: "decode".to_owned(), seconds: 60, file: None };
        while let Some(argument) = arguments.next()? {
            match argument {
                lexopt::Arg::Long("seconds") => {
                    options.seconds = arguments.value()?.to_string_lossy().parse()?;
                }
                lexopt::Arg::Long("file") => options.file = Some(arguments.value()?.into()),
                lexopt::Arg::Value(target) => options.target = target.to_string_lossy().into_owned(),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }
}

/// Fuzzes a target, or runs it on one file.
pub(crate) fn fuzz(options: &Options) -> Result<ExitCode> {
    let program = need::cargo_fuzz()?;
    let mut command = match &options.file {
        Some(file) => {
            let mut command = run(&program, &options.target);
            command.arg(file);
            command
        }
        None => for_seconds(&program, &options.target, options.seconds),
    };
    Ok(if command.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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
