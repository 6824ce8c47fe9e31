//! A crowd of clients that push, pop, wait, watch, listen and leave as it comes: everybody sees what the model says.

#![cfg(not(target_arch = "wasm32"))]

use redstart_tests::crowd;
use redstart_tests::runner::{Runner, Trouble};
use redstart_tests::runners::{InProcess, Tcp, oracle, redstart_server};
use redstart_tests::server::Server;
use redstart_tests::transcript::Transcript;
use std::path::Path;

const MOVES: usize = 120;

/// Time is virtual here, so it passes in the middle of things.
#[test]
fn nobody_is_forgotten_and_nobody_served_twice_by_the_engine() -> Result<(), Trouble> {
    let rounds = std::env::var("CROWD_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(500);
    let start = || Ok(Box::new(InProcess::start(&Transcript::default())?) as Box<dyn Runner>);
    (0..rounds).try_for_each(|seed| crowd::round(&start, seed, MOVES))
}

#[test]
fn nor_by_the_server() -> Result<(), Trouble> {
    over_tcp(&redstart_server()?, &[])
}

/// A thread reads and writes for the one that runs the commands: one, so that the moves arrive in their order.
#[test]
fn nor_by_the_server_with_a_thread() -> Result<(), Trouble> {
    over_tcp(&redstart_server()?, &[("io-threads".into(), "2".into())])
}

/// The model itself is right.
#[test]
fn nor_by_the_oracle() -> Result<(), Trouble> {
    over_tcp(&oracle(), &[])
}

fn over_tcp(program: &Path, options: &[(String, String)]) -> Result<(), Trouble> {
    let start = || Ok(Box::new(Tcp::new(Server::start(program, options)?)) as Box<dyn Runner>);
    (0..12).try_for_each(|seed| crowd::round(&start, seed, 10 * MOVES))
}
