//! Installs what a verb needs and the machine lacks. What is there already costs a moment to look at.

mod wasm;

use crate::Result;
use crate::run::{self, cargo, output, root, target};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, io};

pub(crate) use wasm::{Toolchain, wasm_target};

/// Programs from Debian's packages: `(program, package)`.
pub(crate) fn debian(programs: &[(&str, &str)]) -> Result {
    let missing: Vec<&str> =
        programs.iter().filter(|(program, _)| !on_path(program)).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !on_path("apt-get") {
        return Err(format!(
            "please install {}: this is no Debian, so it can't be done for you",
            missing.join(", ")
        )
        .into());
    }
    run::step("apt-get update", as_root("apt-get", &["update", "--quiet"]))?;
    let mut arguments = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
    arguments.extend(&missing);
    let mut install = as_root("apt-get", &arguments);
    // A server that is installed for tests must not be started by its package.
    install.env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1");
    run::step(&format!("apt-get install {}", missing.join(" ")), install)
}

/// The wasm-bindgen program of exactly the library's version: the two must match.
pub(crate) fn wasm_bindgen() -> Result<PathBuf> {
    let version = locked("wasm-bindgen").ok_or("Cargo.lock has no wasm-bindgen")?;
    cargo_tool("wasm-bindgen", "wasm-bindgen-cli", &version)
}

/// cargo-deny, which reads `deny.toml`.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    cargo_tool("cargo-deny", "cargo-deny", "0.20.2")
}

/// cargo-fuzz, and the nightly toolchain that it builds with.
pub(crate) fn cargo_fuzz() -> Result<PathBuf> {
    let toolchains = output("rustup", &["toolchain", "list"]).unwrap_or_default();
    if !toolchains.contains("nightly") {
        return Err("fuzzing needs a nightly compiler: rustup toolchain install nightly".into());
    }
    cargo_tool("cargo-fuzz", "cargo-fuzz", "0.13.2")
}

/// The packages of a folder with a package-lock.json.
pub(crate) fn npm(folder: &str) -> Result {
    let folder = root().join(folder);
    let installed = folder.join("node_modules/.package-lock.json");
    if newer(&installed, &[folder.join("package-lock.json")]) {
        return Ok(());
    }
    debian(&[("node", "nodejs"), ("npm", "npm")])?;
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder);
    run::step(&format!("npm ci in {}", shown(&folder)), npm)
}

/// The Python packages of a folder with a requirements.txt, in a virtual environment beside it.
pub(crate) fn python(folder: &str) -> Result {
    let folder = root().join(folder);
    let (wanted, installed) = (folder.join("requirements.txt"), folder.join(".venv/requirements.txt"));
    if fs::read(&wanted)? == fs::read(&installed).unwrap_or_default() {
        return Ok(());
    }
    debian(&[("python3", "python3")])?;
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv", ".venv"]).current_dir(&folder);
    run::step("python3 -m venv", venv)
        .map_err(|error| format!("{error}\nDebian's python3-venv may be missing"))?;
    let mut pip = Command::new(folder.join(".venv/bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement", "requirements.txt"]);
    pip.current_dir(&folder);
    run::step(&format!("pip install in {}", shown(&folder)), pip)?;
    fs::copy(wanted, installed)?;
    Ok(())
}

/// The version that Cargo.lock fixes for a package.
pub(crate) fn locked(package: &str) -> Option<String> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).ok()?;
    let (_, rest) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    rest.split_once('"').map(|(version, _)| version.to_owned())
}

/// Whether `output` exists and is at least as new as every file in `inputs`, folders included with all that is in them.
pub(crate) fn newer(output: &Path, inputs: &[PathBuf]) -> bool {
    let Ok(made) = fs::metadata(output).and_then(|data| data.modified()) else { return false };
    let older = |path: &Path| {
        fs::metadata(path).and_then(|data| data.modified()).is_ok_and(|changed| changed <= made)
    };
    inputs.iter().all(|input| files(input).is_ok_and(|files| files.iter().all(|file| older(file))))
}

/// Whether a program is on the path.
pub(crate) fn on_path(program: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// The files below a folder, or the file itself.
pub(crate) fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut all = Vec::new();
    for entry in fs::read_dir(path)? {
        all.extend(files(&entry?.path())?);
    }
    Ok(all)
}

/// A program that cargo installs, at that version: the one on the path, ours, or a new one in target/tools.
fn cargo_tool(program: &str, package: &str, version: &str) -> Result<PathBuf> {
    let tools = target().join("tools");
    let ours = tools.join("bin").join(program);
    let has_version = |path: &Path| {
        output(path, &["--version"]).is_some_and(|text| text.split_whitespace().any(|word| word == version))
    };
    for candidate in [Path::new(program), &ours] {
        if has_version(candidate) {
            return Ok(candidate.to_path_buf());
        }
    }
    let install = |locked: &[&str]| {
        let mut install = cargo(["install", package, "--version", version, "--force", "--root"]);
        install.arg(&tools).args(locked);
        install
    };
    let name = format!("cargo install {package} {version}");
    if run::step(&name, install(&["--locked"])).is_err() && !run::interrupted() {
        run::step(&format!("{name}, unlocked"), install(&[]))?;
    }
    if has_version(&ours) { Ok(ours) } else { Err(format!("{package} {version} did not install").into()) }
}

fn as_root(program: &str, arguments: &[&str]) -> Command {
    let is_root = output("id", &["-u"]).is_some_and(|id| id == "0");
    let mut command = Command::new(if is_root { program } else { "sudo" });
    command.args((!is_root).then_some(program)).args(arguments);
    command
}

fn shown(folder: &Path) -> String {
    folder.strip_prefix(root()).unwrap_or(folder).display().to_string()
}
