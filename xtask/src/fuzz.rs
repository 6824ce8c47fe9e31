//! `cargo xtask fuzz [target] [--seconds N]`: bytes that a fuzzer makes up, guided by what they reach.
//!
//! A finding is a file that libFuzzer names at the end; the same verb with `--file` runs it again.

use crate::run::root;
use crate::{Result, need};
use std::path::PathBuf;
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
    let mut command = Command::new(program);
    command.args(["fuzz", "run", "--fuzz-dir", "tests/fuzz", "--sanitizer", "none", &options.target]);
    command.current_dir(root()).env("RUSTUP_TOOLCHAIN", "nightly");
    match &options.file {
        Some(file) => command.arg(file),
        None => command.args(["--", &format!("-max_total_time={}", options.seconds), "-max_len=4096"]),
    };
    Ok(if command.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
