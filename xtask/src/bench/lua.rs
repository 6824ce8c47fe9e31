//! `cargo xtask bench --lua`: nine programs of Lua on our machine, natively and as wasm under Node, beside lua5.1; and the
//! bytes that the machine adds to a module of wasm.
//!
//! Each runs a program five times, in one process, and tells the least CPU time: so neither starting nor compiling counts,
//! and a busy machine counts little. The wasm is built as the page's is, small first.

use super::Paper;
use crate::run::{self, cargo, root, target};
use crate::{Result, need, wasm};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What each may take of lua5.1's time natively, all of them together, and in wasm.
const LIMITS: (f64, f64, f64) = (2.0, 1.5, 4.0);

/// The bytes that the machine and its libraries may add to what a page downloads.
const SIZE_MAX: usize = 130_000;

const OF_LUA: &str = "
local run, best = assert(loadfile(arg[1])), math.huge
for _ = 1, 5 do
  local began = os.clock()
  run()
  best = math.min(best, os.clock() - began)
end
print(best)";

const OF_NODE: &str = "
const { run } = require(process.argv[2]);
const script = require('fs').readFileSync(process.argv[3], 'utf8');
let best = Infinity;
for (let round = 0; round < 5; round += 1) {
  const began = process.cpuUsage();
  run(script);
  const { user, system } = process.cpuUsage(began);
  best = Math.min(best, (user + system) / 1e6);
}
console.log(best);";

/// Measures and prints the table.
pub(super) fn table() -> Result {
    need::debian(&[("lua5.1", "lua5.1"), ("node", "nodejs"), ("gzip", "gzip")])?;
    let build = ["build", "--release", "--package", "redstart-lua", "--example", "run"];
    run::step("the machine", cargo(build))?;
    let folder = target().join("bench/lua");
    fs::create_dir_all(&folder)?;
    let (of_lua, of_node) = (folder.join("time.lua"), folder.join("time.cjs"));
    fs::write(&of_lua, OF_LUA)?;
    fs::write(&of_node, OF_NODE)?;
    let (module, bytes) = module(&folder, "")?;
    let (_, bytes_without) = module_without(&folder)?;
    let mut programs: Vec<PathBuf> = fs::read_dir(root().join("xtask/src/bench/lua"))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    programs.sort();
    let mut paper = Paper::new("lua");
    paper.say("| program | lua5.1 | native | | wasm in Node | |\n|---|--:|--:|--:|--:|--:|");
    let (mut natively, mut in_wasm) = (Vec::new(), Vec::new());
    for program in &programs {
        let theirs = seconds(Command::new("lua5.1").arg(&of_lua).arg(program))?;
        let ours = seconds(Command::new(target().join("release/examples/run")).arg("--time").arg(program))?;
        let wasm = seconds(Command::new("node").arg(&of_node).arg(&module).arg(program))?;
        let name = program.file_stem().unwrap_or_default().to_string_lossy();
        let (native_times, wasm_times) = (ours / theirs, wasm / theirs);
        paper.say(&format!(
            "| {name} | {:.1} ms | {:.1} ms | {native_times:.2} × | {:.1} ms | {wasm_times:.2} × |",
            theirs * 1e3,
            ours * 1e3,
            wasm * 1e3
        ));
        natively.push(native_times);
        in_wasm.push(wasm_times);
    }
    let (each, all, wasm) = LIMITS;
    let most = natively.iter().copied().fold(0.0, f64::max);
    paper.say(&format!(
        "\nNatively at most {most:.2} × ({each} wanted), {:.2} × together ({all} wanted); in wasm {:.2} × together \
         ({wasm} wanted).",
        mean(&natively),
        mean(&in_wasm)
    ));
    let cost = bytes.saturating_sub(bytes_without);
    paper.say(&format!(
        "The machine and its libraries add {} bytes to a module, compressed ({SIZE_MAX} wanted): {bytes} with them, \
         {bytes_without} without.",
        cost
    ));
    paper.save(None)
}

/// The geometric mean.
fn mean(ratios: &[f64]) -> f64 {
    (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64).exp()
}

/// The seconds that a program prints.
fn seconds(command: &mut Command) -> Result<f64> {
    let ran = command.output()?;
    let printed = String::from_utf8_lossy(&ran.stdout);
    let wrong = || format!("{command:?} printed {printed:?}: {}", String::from_utf8_lossy(&ran.stderr));
    Ok(printed.trim().parse().map_err(|_| wrong())?)
}

fn module_without(folder: &Path) -> Result<(PathBuf, usize)> {
    module(folder, "--cfg empty")
}

/// Builds the module for Node, and tells its compressed size.
fn module(folder: &Path, flags: &str) -> Result<(PathBuf, usize)> {
    let name = if flags.is_empty() { "full" } else { "empty" };
    let toolchain = need::wasm_target()?;
    let made = target().join("lua-module");
    let arguments = ["build", "--package", "redstart-lua", "--example", "module", "--profile", "wasm"];
    let mut build = toolchain.cargo(&[&arguments[..], &["--target", wasm::TARGET]].concat());
    wasm::with_flags(&mut build, flags).env("CARGO_TARGET_DIR", &made);
    run::step(&format!("wasm, {name}"), build)?;
    let folder = folder.join(name);
    let mut bind = Command::new(need::wasm_bindgen()?);
    bind.args(["--target", "nodejs", "--remove-name-section", "--out-dir"]).arg(&folder);
    bind.arg(made.join(wasm::TARGET).join("wasm/examples/module.wasm"));
    run::step(&format!("wasm-bindgen, {name}"), bind)?;
    let packed = Command::new("gzip").args(["-9", "--stdout"]).arg(folder.join("module_bg.wasm")).output()?;
    Ok((folder.join("module.js"), packed.stdout.len()))
}
