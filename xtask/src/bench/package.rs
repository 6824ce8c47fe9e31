//! `cargo xtask bench --package`: the npm package beside other stores for JavaScript, ioredis on it beside ioredis on
//! redis-server, and the engine's wasm build beside the native one. How is told in `wasm/js/bench`.

use super::{Contender, Paper};
use crate::run::{self, cargo, root, target};
use crate::{Result, need, package};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, ExitCode};

/// Builds both engines and the package, measures, and prints the tables.
pub(super) fn table(quick: bool) -> Result<ExitCode> {
    need::debian(&[("redis-server", "redis-server"), ("taskset", "util-linux")])?;
    package::build()?;
    need::npm("wasm/js/bench")?;
    let folder = root().join("wasm/js/bench");
    let installed = folder.join("node_modules/redstart");
    if fs::read_link(&installed).is_err() {
        symlink("../../node_modules/redstart", installed)?;
    }
    let native = ["build", "--release", "--package", "redstart-wasm", "--example", "native"];
    run::step("the engine, natively", cargo(native))?;
    let server = Contender::start(Path::new("redis-server"))?;
    let mut report = Command::new("node");
    report.arg("report.js").current_dir(folder).env("REDIS_PORT", server.port.to_string());
    report.env("NATIVE_ENGINE", target().join("release/examples/native"));
    if quick {
        report.env("ROUNDS", "2").env("ROUND_MS", "100");
    }
    let done = run::quietly("measuring", report, crate::test::LIMIT)?;
    if !done.status.success() {
        return Err(format!("{}; all of it is in {}", run::tail(&done.text(), 20), done.log.display()).into());
    }
    let mut paper = Paper::new("package");
    paper.say(&done.text());
    paper.save(None)?;
    Ok(ExitCode::SUCCESS)
}
