//! A Rust that can build for wasm32: rustup's, or where its downloads can't be reached, Debian's.
//!
//! Debian packages a recent rustc for its browsers (`rustc-web`) and the library's source, but no library built for
//! wasm32. That is built once and put beside the native one; the result is linked as rustup's toolchain `debian`.

use super::{as_root, debian, on_path};
use crate::Result;
use crate::run::{self, output, target};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Which Rust builds for wasm32.
#[derive(Clone, Debug)]
pub(crate) struct Toolchain(Option<&'static str>);

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN: &str = "debian";

impl Toolchain {
    /// A cargo command of that Rust, run in the repository.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let Some(name) = self.0 else { return run::cargo(arguments) };
        // `CARGO` names the other toolchain's program; rustup's finds this one.
        let mut cargo = Command::new("cargo");
        cargo.args(arguments).current_dir(run::root()).env("RUSTUP_TOOLCHAIN", name).env_remove("CARGO");
        cargo
    }
}

/// Finds one or installs it.
pub(crate) fn wasm_target() -> Result<Toolchain> {
    if has_library(&[]) {
        return Ok(Toolchain(None));
    }
    if has_library(&["+debian"]) {
        return Ok(Toolchain(Some(DEBIAN)));
    }
    if !on_path("rustup") {
        return Err(format!("this Rust has no library for {TARGET}, and there is no rustup to add it").into());
    }
    let mut add = Command::new("rustup");
    add.args(["target", "add", TARGET]);
    if run::step("rustup target add wasm32", add).is_ok() {
        return Ok(Toolchain(None));
    }
    from_debian().map_err(|error| format!("no Rust for {TARGET}: neither rustup's nor Debian's. {error}"))?;
    Ok(Toolchain(Some(DEBIAN)))
}

fn has_library(toolchain: &[&str]) -> bool {
    let arguments = [toolchain, &["--print", "target-libdir", "--target", TARGET]].concat();
    let folder = output("rustc", &arguments);
    folder.and_then(|folder| fs::read_dir(folder).ok()).is_some_and(|mut files| files.next().is_some())
}

fn from_debian() -> Result {
    debian(&[("/usr/bin/rustc", "rustc-web"), ("/usr/bin/cargo", "cargo-web")])?;
    let install =
        as_root("apt-get", &["install", "--yes", "--quiet", "rustc-web", "cargo-web", "rust-web-src"]);
    run::step("apt-get install rust-web-src", install)?;
    let made = target().join("wasm32-std");
    fs::create_dir_all(made.join("src"))?;
    fs::write(made.join("src/lib.rs"), "")?;
    let manifest = "[package]\nname = \"stdonly\"\nedition = \"2021\"\n[profile.release]\npanic = \"abort\"\n[workspace]\n";
    fs::write(made.join("Cargo.toml"), manifest)?;
    let mut build = Command::new("/usr/bin/cargo");
    build.args(["build", "--release", "--target", TARGET, "-Zbuild-std=std,panic_abort,proc_macro,test"]);
    build.env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", "-Cembed-bitcode=yes");
    build.env("CARGO_TARGET_DIR", made.join("target")).current_dir(&made);
    run::step("build the wasm32 library", build)?;
    let library = format!("/usr/lib/rustlib/{TARGET}/lib");
    let host = output("/usr/bin/rustc", &["--print", "host-tuple"])
        .unwrap_or_else(|| "x86_64-unknown-linux-gnu".into());
    let sysroot = output("rustc", &["--print", "sysroot"]).ok_or("rustc doesn't tell its sysroot")?;
    let linker = format!("{sysroot}/lib/rustlib/{host}/bin/rust-lld");
    let built = made.join(format!("target/{TARGET}/release/deps"));
    let script = format!(
        "set -e; mkdir -p {library} /usr/lib/rustlib/{host}/bin; rm -f {library}/*; \
         cp {built}/*.rlib {library}/; rm -f {library}/libstdonly*; \
         ln -sf {linker} /usr/lib/rustlib/{host}/bin/rust-lld",
        built = built.display()
    );
    run::step("install the wasm32 library", as_root("sh", &["-c", &script]))?;
    debug_assert!(Path::new(&library).is_dir());
    let mut link = Command::new("rustup");
    link.args(["toolchain", "link", DEBIAN, "/usr"]);
    run::step("rustup toolchain link debian", link)
}
