//! `cargo xtask fuzz`: looks for bytes that break a promise, guided by what they reach in the code.
//!
//! It needs a nightly Rust and cargo-fuzz. Where they are not there, seeded tests of the same properties still run.

use crate::run::{self, output, root};
use crate::{Result, need};
use std::process::{Command, ExitCode};
use std::time::Duration;

/// What the command line says.
#[derive(Debug)]
pub(crate) struct Options {
    target: String,
    seconds: u64,
}

impl Options {
    pub(crate) fn parse(mut arguments: lexopt::Parser) -> Result<Self> {
        use lexopt::ValueExt as _;
        let mut options = Self { target: "decode".to_owned(), seconds: 60 };
        while let Some(argument) = arguments.next()? {
            match argument {
                lexopt::Arg::Long("seconds") => options.seconds = arguments.value()?.parse()?,
                lexopt::Arg::Value(target) => options.target = target.to_string_lossy().into_owned(),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }
}

/// Fuzzes one target for so long, or until it breaks.
pub(crate) fn fuzz(options: &Options) -> Result<ExitCode> {
    if !has_nightly() {
        return Err("fuzzing needs a nightly Rust: rustup toolchain install nightly".into());
    }
    need::cargo_fuzz()?;
    let name = format!("fuzz {}", options.target);
    let limit = Duration::from_secs(options.seconds) + BUILD_LIMIT;
    let done = run::quietly(&name, command(&options.target, options.seconds), limit)?;
    println!("{}\n\nall of it is in {}", run::tail(&done.text(), 30), done.log.display());
    Ok(if done.status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether this machine can fuzz without installing anything.
pub(crate) fn possible() -> bool {
    has_nightly() && need::on_path("cargo-fuzz")
}

/// What fuzzes the target for so long.
pub(crate) fn command(target: &str, seconds: u64) -> Command {
    // rustup's cargo, not the one that runs us: it is of another toolchain.
    let mut fuzz = Command::new("cargo");
    fuzz.args(["+nightly", "fuzz", "run", "--fuzz-dir", "tests/fuzz", target, "--"]);
    fuzz.arg(format!("-max_total_time={seconds}")).current_dir(root()).env_remove("RUSTUP_TOOLCHAIN");
    fuzz
}

const BUILD_LIMIT: Duration = Duration::from_secs(15 * 60);

fn has_nightly() -> bool {
    output("rustup", &["toolchain", "list"]).is_some_and(|list| list.contains("nightly"))
}
