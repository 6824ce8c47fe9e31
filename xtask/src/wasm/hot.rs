//! The functions that are compiled for speed: where they are listed, how they are told to the compiler and found.

use crate::Result;
use crate::need;
use crate::run::{self, root, say, target};
use rustc_demangle::demangle;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use wasmparser::{KnownCustom, Name, Parser, Payload};

/// What a function takes of the time of a request, in hundredths, to be hot.
const HOT_PERCENT: f64 = 1.4;

const HEAD: &str = "\
# Functions that are compiled for speed in a wasm module, where all others are compiled to be small: those that take more
# than about a hundredth of the time of some frequent request. `cargo xtask hot` writes this list anew. A name that is
# gone, or that a change of the code gave to another function, does no harm.
";

/// Flags that make the listed ones of a module's functions fast.
pub(super) fn flags(module: &Path) -> Result<String> {
    let listed = fs::read_to_string(list())?;
    let listed: BTreeSet<&str> = listed.lines().filter(|line| !line.starts_with('#')).collect();
    let mut flags = String::new();
    let mut found = BTreeSet::new();
    for name in names(&fs::read(module)?)? {
        if let Some(listed) = listed.get(readable(&name).as_str()) {
            found.insert(*listed);
            for attribute in ["minsize", "optsize"] {
                writeln!(flags, "-Cllvm-args=-force-remove-attribute={name}:{attribute}")?;
            }
        }
    }
    if found.len() * 4 < listed.len() * 3 {
        return Err("more than a quarter of wasm/hot.txt is gone from the code: run `cargo xtask hot`".into());
    }
    // More than a variable of the environment takes, so they are in a file, whose name tells cargo when it is another.
    let mut hasher = DefaultHasher::new();
    flags.hash(&mut hasher);
    let file = target().join(format!("test-logs/hot-{:016x}.txt", hasher.finish()));
    fs::write(&file, flags)?;
    Ok(format!("@{}", file.display()))
}

/// `cargo xtask hot`: finds them by a profile of frequent requests, and writes the list.
pub(crate) fn find() -> Result<ExitCode> {
    need::debian(&[("node", "nodejs")])?;
    let toolchain = need::wasm_target()?;
    let module = super::build_small(&toolchain, "redstart-wasm")?;
    let folder = target().join("hot");
    let mut bind = Command::new(need::wasm_bindgen()?);
    bind.args(["--target", "web", "--no-demangle", "--omit-default-module-path", "--out-name", "redstart"]);
    run::step("wasm-bindgen", {
        bind.arg("--out-dir").arg(&folder).arg(module);
        bind
    })?;
    fs::write(folder.join("package.json"), r#"{ "type": "module" }"#)?;
    let mut profile = Command::new("node");
    profile.arg("hot.js").arg(&folder).current_dir(root().join("wasm/js/bench"));
    let done = run::quietly("profile", profile, crate::test::LIMIT)?;
    if !done.status.success() {
        return Err(format!("{}; all of it is in {}", run::tail(&done.text(), 20), done.log.display()).into());
    }
    // The rest of the profile is JavaScript.
    let own = BTreeSet::from_iter(names(&fs::read(folder.join("redstart_bg.wasm"))?)?);
    let mut most = BTreeMap::<String, f64>::new();
    for line in done.text().lines() {
        let Some((percent, name)) = line.split_once(' ').filter(|(_, name)| own.contains(*name)) else {
            continue;
        };
        let percent = percent.parse::<f64>()?;
        let known = most.entry(readable(name)).or_default();
        *known = known.max(percent);
    }
    let hot: Vec<&str> =
        most.iter().filter(|(_, percent)| **percent >= HOT_PERCENT).map(|(name, _)| name.as_str()).collect();
    fs::write(list(), format!("{HEAD}{}\n", hot.join("\n")))?;
    say(&format!("{} functions in {}", hot.len(), list().display()));
    Ok(ExitCode::SUCCESS)
}

fn list() -> PathBuf {
    root().join("wasm/hot.txt")
}

/// A function's name without what changes from build to build.
fn readable(name: &str) -> String {
    format!("{:#}", demangle(name))
}

/// The names of a module's functions.
fn names(module: &[u8]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        let Payload::CustomSection(section) = payload? else { continue };
        let KnownCustom::Name(subsections) = section.as_known() else { continue };
        for subsection in subsections {
            if let Name::Function(functions) = subsection? {
                for function in functions {
                    names.push(function?.name.to_owned());
                }
            }
        }
    }
    Ok(names)
}
