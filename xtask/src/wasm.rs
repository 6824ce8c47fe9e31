//! The wasm modules that people download: small, but fast where every request passes.
//!
//! ```text
//! cargo ─► a module, small, with the names of its functions ─┐
//! wasm/hot.txt: those to be fast ────────────────────────────┴─► cargo once more ─► the module
//! ```
//!
//! A crate has one opt-level, and what most requests pass through is a hundred functions of the engine's thousands. LLVM
//! takes attributes function by function, but by the names that it sees, which only a build can tell. Cargo keeps both
//! builds, so that the second time nothing is done twice.
//!
//! The package's module by the opt-level of the engine, and its requests a second beside the native engine's:
//!
//! ```text
//!                                kB by gzip -9    SET    GET   ZADD   LRANGE
//! s, all of it small                       491    .22    .25    .26      .25
//! s, and small where it is not hot         497    .48    .53    .51      .54
//! s                                        584    .52    .58    .55      .57
//! 3                                        783    .67    .67    .65      .68
//! ```

mod hot;

use crate::Result;
use crate::need::Toolchain;
use crate::run::{self, target};
use std::path::PathBuf;
use std::process::Command;

pub(crate) use hot::find as find_hot;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Flags of a small module. Its functions are small unless they are told not to be, and what may be inlined into those is
/// less than usual. Their names can be read once they are demangled. Where a panic stood is left out, as nobody would be
/// told: there is no console in the engine.
const SMALL: &str = "-Cllvm-args=-force-attribute=minsize -Cllvm-args=-inlinehint-threshold=140 \
                     -Csymbol-mangling-version=v0 -Clink-arg=--no-demangle -Zlocation-detail=none";

/// Builds the module of a package; gives the file that cargo leaves.
pub(crate) fn build(toolchain: &Toolchain, package: &str) -> Result<PathBuf> {
    let small = build_small(toolchain, package)?;
    let hot = hot::flags(&small)?;
    run::step("wasm, fast where it is hot", cargo(toolchain, package, &hot))?;
    Ok(small)
}

/// The same, but all of it small.
fn build_small(toolchain: &Toolchain, package: &str) -> Result<PathBuf> {
    run::step("wasm", cargo(toolchain, package, ""))?;
    Ok(target().join(TARGET).join("wasm").join(format!("{}.wasm", package.replace('-', "_"))))
}

/// A library that is nothing but a module: only then does cargo optimize across crates.
fn cargo(toolchain: &Toolchain, package: &str, flags: &str) -> Command {
    let what = ["rustc", "--package", package, "--lib", "--crate-type", "cdylib"];
    let mut cargo = toolchain.cargo(&[&what[..], &["--profile", "wasm", "--target", TARGET]].concat());
    with_flags(&mut cargo, flags);
    cargo
}

/// Lets cargo make a small module, with more flags.
pub(crate) fn with_flags<'a>(cargo: &'a mut Command, flags: &str) -> &'a mut Command {
    // For `-Zlocation-detail`, which is 4 kB of 500.
    cargo.env("RUSTFLAGS", format!("{SMALL} {flags}")).env("RUSTC_BOOTSTRAP", "1")
}
