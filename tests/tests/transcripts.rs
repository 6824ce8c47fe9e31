//! Every transcript on every store that this machine can run; the browser's run is `browser.rs`.
//!
//! `TRANSCRIPTS=string/` chooses files, `UPDATE=1` takes what the oracle shows into them.

#![cfg(not(target_arch = "wasm32"))]

use redstart_tests::runner::{Runner, Start, Trouble};
use redstart_tests::runners::{InProcess, Tcp, oracle, oracle_version, redstart_server};
use redstart_tests::server::Server;
use redstart_tests::{suite, update};
use std::env;
use std::path::Path;

#[test]
fn oracle_agrees() -> Result<(), Trouble> {
    let program = oracle();
    if env::var_os("UPDATE").is_some() {
        let changed = update::update_all(oracle_version()?, &|transcript| tcp(&program, &transcript.setup))?;
        println!("updated {} files {changed:?}", changed.len());
    }
    check("oracle", &|transcript| tcp(&program, &transcript.setup))
}

#[test]
fn server_agrees() -> Result<(), Trouble> {
    let program = redstart_server()?;
    check("server", &|transcript| tcp(&program, &transcript.setup))
}

/// A thread looks after the sockets: one, so that requests of several clients arrive in their order.
#[test]
fn server_with_a_thread_agrees() -> Result<(), Trouble> {
    let program = redstart_server()?;
    check_as("server with a thread", "server", &|transcript| {
        let mut options = transcript.setup.clone();
        options.push(("io-threads".into(), "2".into()));
        tcp(&program, &options)
    })
}

#[test]
fn engine_agrees() -> Result<(), Trouble> {
    check("engine", &|transcript| Ok(Box::new(InProcess::start(transcript)?)))
}

fn check(name: &str, start: &Start<'_>) -> Result<(), Trouble> {
    check_as(name, name, start)
}

/// Counts it under a title of its own.
fn check_as(title: &str, name: &str, start: &Start<'_>) -> Result<(), Trouble> {
    let tally = suite::run_all(&suite::load()?, name, oracle_version()?, start);
    println!("{}", tally.text(title));
    if tally.failed == 0 { Ok(()) } else { Err(Trouble(tally.line(title))) }
}

fn tcp(program: &Path, options: &[(String, String)]) -> Result<Box<dyn Runner>, Trouble> {
    Ok(Box::new(Tcp::new(Server::start(program, options)?)))
}
