//! `cargo xtask test`: every check there is, one line each, and `N passed, N failed` at the end.
//!
//! A stage is a program whose output goes to `target/test-logs/`. Adding a stage means adding an entry to [`STAGES`].

mod imports;

use crate::need::{self, Toolchain};
use crate::report::Report;
use crate::run::{self, cargo, root, target};
use crate::{Result, fuzz, package, play, wasm};
use std::process::{Command, ExitCode};
use std::time::Duration;

/// What the command line says.
#[derive(Debug, Default)]
pub(crate) struct Options {
    depth: Depth,
    filter: Option<String>,
}

impl Options {
    pub(crate) fn parse(mut arguments: lexopt::Parser) -> Result<Self> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next()? {
            match argument {
                lexopt::Arg::Long("fast") => options.depth = Fast,
                lexopt::Arg::Long("full") => options.depth = Full,
                lexopt::Arg::Value(filter) if options.filter.is_none() => {
                    options.filter = Some(filter.to_string_lossy().into_owned());
                }
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }
}

/// How much there is time for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    /// What needs no browser and no slow install.
    Fast,
    /// What every change is checked by.
    #[default]
    Usual,
    /// What takes many installs, too.
    Full,
}
use Depth::{Fast, Full, Usual};

/// One program that checks something.
struct Stage {
    name: &'static str,
    /// From where on it runs.
    depth: Depth,
    /// Whether the program counts its tests; else it is one test itself.
    counts: bool,
    /// Installs what is missing and says what to run.
    prepare: fn() -> Result<Command>,
}

const STAGES: [Stage; 16] = [
    Stage { name: "format", depth: Fast, counts: false, prepare: || Ok(cargo(["fmt", "--all", "--check"])) },
    Stage { name: "clippy", depth: Fast, counts: false, prepare: clippy },
    Stage { name: "rust tests", depth: Fast, counts: true, prepare: rust_tests },
    Stage { name: "transcripts", depth: Fast, counts: true, prepare: transcripts },
    Stage { name: "documentation", depth: Fast, counts: false, prepare: documentation },
    Stage { name: "wasm build", depth: Usual, counts: false, prepare: wasm_build },
    Stage { name: "wasm tests in a browser", depth: Usual, counts: true, prepare: wasm_tests },
    Stage { name: "page types and build", depth: Usual, counts: false, prepare: page_build },
    Stage { name: "page tests in a browser", depth: Usual, counts: true, prepare: page_tests },
    Stage { name: "package", depth: Usual, counts: true, prepare: package_tests },
    Stage { name: "package everywhere", depth: Full, counts: true, prepare: package_everywhere },
    Stage { name: "interop", depth: Usual, counts: true, prepare: interop },
    Stage { name: "differential fuzz", depth: Usual, counts: false, prepare: fuzz_beside_redis },
    Stage { name: "fuzz", depth: Usual, counts: false, prepare: fuzz_briefly },
    Stage { name: "instructions of requests", depth: Usual, counts: false, prepare: instructions },
    Stage { name: "licences and sources", depth: Usual, counts: false, prepare: licences },
];

/// No stage may take longer.
pub(crate) const LIMIT: Duration = Duration::from_secs(25 * 60);

/// Runs the stages that the options choose.
pub(crate) fn test(options: &Options) -> Result<ExitCode> {
    let mut report = Report::default();
    for stage in &STAGES {
        if stage.depth <= options.depth {
            let Some(narrow) = chosen(stage, options.filter.as_deref()) else { continue };
            run_stage(stage, narrow, &mut report);
        }
        if run::interrupted() {
            return Err("interrupted".into());
        }
    }
    Ok(if report.close() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether a stage runs, and the part of it that does. A filter that names no stage narrows the two of cargo's tests.
fn chosen<'a>(stage: &Stage, filter: Option<&'a str>) -> Option<Option<&'a str>> {
    if stage.name == "fuzz" && !fuzz::possible() {
        return None;
    }
    let Some(filter) = filter else { return Some(None) };
    if STAGES.iter().any(|stage| stage.name.contains(filter)) {
        return stage.name.contains(filter).then_some(None);
    }
    let applies = match stage.name {
        "rust tests" => true,
        "transcripts" => need::files(&root().join("tests/transcripts"))
            .is_ok_and(|files| files.iter().any(|file| file.to_string_lossy().contains(filter))),
        _ => false,
    };
    applies.then_some(Some(filter))
}

fn run_stage(stage: &Stage, narrow: Option<&str>, report: &mut Report) {
    let done = (stage.prepare)().and_then(|mut command| {
        match narrow {
            Some(path) if stage.name == "transcripts" => drop(command.env("TRANSCRIPTS", path)),
            Some(test) => drop(command.args(["--", test])),
            None => {}
        }
        run::quietly(stage.name, command, LIMIT)
    });
    match done {
        Ok(done) => report.add(stage.name, stage.counts, &done),
        Err(error) => report.fault(stage.name, error.as_ref()),
    }
}

fn clippy() -> Result<Command> {
    Ok(cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn rust_tests() -> Result<Command> {
    Ok(cargo(["test", "--workspace", "--exclude", "redstart-tests", "--no-fail-fast"]))
}

/// What crosses crates, above all the transcripts: on the real server, on ours, and on the engine in process.
fn transcripts() -> Result<Command> {
    need::debian(&[("redis-server", "redis-server"), ("redis-cli", "redis-tools")])?;
    Ok(cargo(["test", "--package", "redstart-tests", "--no-fail-fast", "--", "--show-output"]))
}

fn documentation() -> Result<Command> {
    let mut doc = cargo(["doc", "--workspace", "--no-deps"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    Ok(doc)
}

/// The wasm that pages get must ask nothing of its host but what wasm-bindgen's own glue provides.
fn wasm_build() -> Result<Command> {
    let toolchain = need::wasm_target()?;
    let module = wasm::build(&toolchain, "redstart-playground")?;
    imports::check(&module)?;
    // The engine alone, without the features that its fronts bring.
    Ok(toolchain.cargo(&["build", "--package", "redstart-engine", "--target", "wasm32-unknown-unknown"]))
}

fn wasm_tests() -> Result<Command> {
    let toolchain = need::wasm_target()?;
    browser()?;
    scripts_for_tests()?;
    let runner = need::wasm_bindgen()?.with_file_name("wasm-bindgen-test-runner");
    Ok(in_browser(&toolchain, &runner.to_string_lossy()))
}

/// The disks of browsers as JavaScript, where the tests of the wasm build look for them.
fn scripts_for_tests() -> Result {
    need::npm("wasm/js")?;
    let mut esbuild = package::in_sources("node_modules/.bin/esbuild");
    esbuild.args(["src/disk.ts", "src/indexeddb.ts", "src/opfs.ts", "--bundle", "--format=esm"]);
    esbuild.args(["--target=es2022", "--log-level=warning", "--outdir=../tests/built"]);
    run::step("disks of browsers", esbuild)
}

/// What `wasm-pack test --headless --chrome` runs, without wasm-pack. Each crate's `webdriver.json` has the browser's options.
fn in_browser(toolchain: &Toolchain, runner: &str) -> Command {
    let packages = ["--package", "redstart-wasm", "--package", "redstart-tests"];
    let mut test = toolchain.cargo(&["test", "--target", "wasm32-unknown-unknown", "--no-fail-fast"]);
    test.args(packages).args(["--tests", "--", "--nocapture"]);
    test.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    test.env("CHROMEDRIVER", "/usr/bin/chromedriver").env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    test
}

fn page_build() -> Result<Command> {
    play::bind_wasm(&need::wasm_target()?)?;
    need::npm("www")?;
    let mut build = Command::new("npm");
    build.args(["run", "build"]).current_dir(root().join("www"));
    Ok(build)
}

/// RDB files go from the page to the real server and back; our server serves the page, too.
fn page_tests() -> Result<Command> {
    browser()?;
    need::debian(&[("redis-server", "redis-server"), ("redis-check-rdb", "redis-tools")])?;
    need::npm("www")?;
    let package = ["build", "--package", "redstart-server", "--features", "playground"];
    run::step("server with the page", cargo(package))?;
    let mut playwright = Command::new("node_modules/.bin/playwright");
    playwright.args(["test", "--reporter=list"]).current_dir(root().join("www")).env("CI", "true");
    playwright.env("REDSTART_SERVER", target().join("debug/redstart-server"));
    Ok(playwright)
}

/// The npm package, in Node and in a browser, and real clients on it.
fn package_tests() -> Result<Command> {
    browser()?;
    need::debian(&[("redis-server", "redis-server")])?;
    need::npm("tests/interop/js")?;
    package::build()?;
    let mut node = package::in_sources("npm");
    node.arg("test");
    Ok(node)
}

/// The package in older bundlers, in frameworks and in other versions of Node, which are all installed for it.
fn package_everywhere() -> Result<Command> {
    browser()?;
    need::debian(&[("redis-server", "redis-server")])?;
    need::npm("tests/interop/js")?;
    need::npm("wasm/js/matrix")?;
    package::build()?;
    let mut node = Command::new("npm");
    node.arg("test").current_dir(root().join("wasm/js/matrix"));
    Ok(node)
}

/// Real clients, on the real server and on ours.
fn interop() -> Result<Command> {
    need::debian(&[("redis-server", "redis-server"), ("redis-cli", "redis-tools")])?;
    need::npm("tests/interop/js")?;
    need::python("tests/interop/python")?;
    Ok(cargo(["test", "--package", "redstart-tests", "--test", "interop"]))
}

/// A property of the decoder, on bytes that a fuzzer makes up. Elsewhere its seeded tests are all there is.
fn fuzz_briefly() -> Result<Command> {
    Ok(fuzz::for_seconds(&need::cargo_fuzz()?, "decode", 30))
}

/// The same calls each time, so that it fails only for those who changed something.
fn fuzz_beside_redis() -> Result<Command> {
    fuzz::differential("diff", &["--seed", "1", "--commands", "200000"])
}

/// What no change may make dearer without saying so.
fn instructions() -> Result<Command> {
    need::debian(&[("valgrind", "valgrind")])?;
    Ok(cargo(["run", "--quiet", "--package", "xtask", "--", "bench", "--instructions"]))
}

/// Advisories are left out: their database is fetched from a place that not every machine reaches.
fn licences() -> Result<Command> {
    let mut deny = Command::new(need::cargo_deny()?);
    deny.args(["check", "licenses", "bans", "sources"]).current_dir(root());
    deny.env("CARGO_TARGET_DIR", target());
    Ok(deny)
}

fn browser() -> Result {
    need::debian(&[("chromium", "chromium"), ("chromedriver", "chromium-driver")])
}
