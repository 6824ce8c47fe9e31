//! `cargo xtask package`: the npm package in `wasm/package`, ready for `npm publish`.
//!
//! ```text
//! the command table ─► typescript ─► src/generated/commands.ts ─┐
//! the engine ─► wasm-bindgen ─► src/wasm ───────────────────────┴─► build.js ─► wasm/package ─► checks
//! ```

use crate::Result;
use crate::arrange::arrange;
use crate::need;
use crate::run::{self, root, say, target};
use crate::wasm;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// Makes it and checks that it can be published.
pub(crate) fn package() -> Result<ExitCode> {
    build()?;
    for (name, program, arguments) in CHECKS {
        let mut check = in_sources(program);
        check.args(*arguments);
        run::step(name, check)?;
    }
    say(&fs::read_to_string(sizes())?);
    say("ready: cd wasm/package && npm publish");
    Ok(ExitCode::SUCCESS)
}

/// What is checked besides the tests: what is packed, and that every kind of import finds its code and its types.
const CHECKS: &[(&str, &str, &[&str])] = &[
    ("npm pack", "npm", &["pack", "--dry-run", "../package"]),
    ("publint", "node_modules/.bin/publint", &["--strict", "../package"]),
    ("are the types wrong", "node_modules/.bin/attw", &ATTW),
];

/// `redstart/ioredis` is required both as the class and by name, as ioredis is; that its `default` is there is tested.
const ATTW: [&str; 8] = [
    "--pack",
    "../package",
    "--profile",
    "node16",
    "--exclude-entrypoints",
    "redstart.wasm",
    "--ignore-rules",
    "false-export-default",
];

/// Makes `wasm/package`.
pub(crate) fn build() -> Result {
    need::debian(&[("node", "nodejs"), ("npm", "npm")])?;
    need::npm("wasm/js")?;
    bind()?;
    commands()?;
    let mut build = in_sources("node");
    build.args(["build.js", env!("CARGO_PKG_VERSION")]);
    let done = run::quietly("package", build, crate::test::LIMIT)?;
    if !done.status.success() {
        return Err(format!("the package can't be made:\n{}", run::tail(&done.text(), 40)).into());
    }
    Ok(fs::write(sizes(), done.text())?)
}

/// The engine as a module with its glue.
fn bind() -> Result {
    let toolchain = need::wasm_target()?;
    let module = wasm::build(&toolchain, "redstart-wasm")?;
    let mut bind = Command::new(need::wasm_bindgen()?);
    bind.args(["--target", "web", "--remove-name-section", "--remove-producers-section"]);
    bind.args(["--omit-default-module-path", "--out-name", "redstart", "--out-dir"]);
    bind.arg(sources().join("src/wasm")).arg(module);
    run::step("wasm-bindgen", bind)?;
    arrange(&sources().join("src/wasm/redstart_bg.wasm"))
}

/// The commands as TypeScript.
fn commands() -> Result {
    let folder = sources().join("src/generated");
    fs::create_dir_all(&folder)?;
    let mut write = run::cargo(["run", "--package", "redstart-wasm", "--bin", "typescript"]);
    write.arg(folder.join("commands.ts"));
    run::step("commands as TypeScript", write)
}

/// A program run beside the package's sources.
pub(crate) fn in_sources(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(sources());
    command
}

fn sources() -> PathBuf {
    root().join("wasm/js")
}

fn sizes() -> PathBuf {
    target().join("test-logs/package-sizes.txt")
}
