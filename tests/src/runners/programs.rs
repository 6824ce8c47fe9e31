//! Finds the two servers: the real redis-server, and ours.

use crate::runner::Trouble;
use crate::transcript::Version;
use std::env;
use std::path::PathBuf;
use std::process::Command;

/// The real redis-server: `REDSTART_ORACLE`, or the one on the path.
#[must_use]
pub fn oracle() -> PathBuf {
    env::var_os("REDSTART_ORACLE").map_or_else(|| PathBuf::from("redis-server"), PathBuf::from)
}

/// The oracle's version.
///
/// # Errors
/// When there is no oracle, with what to do about it.
pub fn oracle_version() -> Result<Version, Trouble> {
    let program = oracle();
    let output = Command::new(&program).arg("--version").output().map_err(|error| {
        Trouble(format!(
            "{} can't be run ({error}). It is the oracle of the transcripts: `cargo xtask test` installs it, \
             or let REDSTART_ORACLE name one",
            program.display()
        ))
    })?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = text.split_whitespace().find_map(|word| word.strip_prefix("v=")).and_then(Version::parse);
    version.ok_or_else(|| Trouble(format!("{} doesn't tell its version: {text}", program.display())))
}

/// Our server: `REDSTART_SERVER`, or the debug build, made up to date first.
///
/// # Errors
/// When it can't be built.
pub fn redstart_server() -> Result<PathBuf, Trouble> {
    if let Some(path) = env::var_os("REDSTART_SERVER") {
        return Ok(PathBuf::from(path));
    }
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo).args(["build", "--quiet", "--package", "redstart-server"]).status()?;
    if !built.success() {
        return Err(Trouble("redstart-server doesn't build".into()));
    }
    // This test's own program is target/debug/deps/NAME.
    let own = env::current_exe()?;
    let profile = own
        .ancestors()
        .nth(2)
        .ok_or_else(|| Trouble(format!("no target folder around {}", own.display())))?;
    Ok(profile.join("redstart-server"))
}
