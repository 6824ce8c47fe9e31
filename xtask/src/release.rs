//! `cargo xtask release`: the server as people get it, with the playground built in.

use crate::Result;
use crate::play;
use crate::run::{self, cargo, root, say, target};
use std::process::ExitCode;

/// Makes it.
pub(crate) fn release() -> Result<ExitCode> {
    play::build_page()?;
    run::step(
        "server with the page",
        cargo(["build", "--release", "--package", "redstart-server", "--features", "playground"]),
    )?;
    let server = target().join("release/redstart-server");
    let server = server.strip_prefix(root()).unwrap_or(&server);
    say(&format!("ready: {} --http-port 8080", server.display()));
    Ok(ExitCode::SUCCESS)
}
