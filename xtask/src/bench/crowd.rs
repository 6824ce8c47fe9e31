//! `cargo xtask bench --crowd`: 50 clients at work among 10,000 who do nothing and 1,000 who listen to one channel.
//!
//! In each round a crowd connects to one server and then to the other. What is measured is what the 50 get done while
//! every message on the channel goes to all listeners, and the memory that an idle connection costs.

use super::load::{self, Load, call};
use super::memory::rss;
use super::stats::Sample;
use super::{Contender, FOR_CROWDS, Paper, Rivals};
use crate::Result;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

const IDLE: usize = 10_000;
const LISTENERS: usize = 1_000;
const ROUNDS: usize = 3;

/// One message each time: 20,000 deliveries a second.
const PAUSE: Duration = Duration::from_millis(50);

/// What one server did in one round.
struct Round {
    per_second: f64,
    /// For each idle connection.
    bytes: f64,
}

/// Measures both servers in turn, and prints the table.
pub(super) fn table(rivals: &Rivals) -> Result {
    let mut paper = Paper::new("crowd");
    paper
        .say(&format!("50 clients among {IDLE} idle and {LISTENERS} listeners, median of {ROUNDS} rounds\n"));
    paper.say(&format!(
        "| request | {name} req/s | redstart req/s | throughput | {name} bytes each idle | redstart bytes each idle |\n\
         |---|--:|--:|--:|--:|--:|",
        name = rivals.name
    ));
    for words in [load::GET, load::SET] {
        let (mut theirs, mut own) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            theirs.push(round(&rivals.theirs, words)?);
            own.push(round(&rivals.ours, words)?);
        }
        let of = |rounds: &[Round], what: fn(&Round) -> f64| Sample::new(rounds.iter().map(what)).median();
        let (speed, bytes) = (|round: &Round| round.per_second, |round: &Round| round.bytes);
        paper.say(&format!(
            "| {} | {:.0} | {:.0} | **{:.2}×** | {:.0} | {:.0} |",
            words[0],
            of(&theirs, speed),
            of(&own, speed),
            of(&own, speed) / of(&theirs, speed),
            of(&theirs, bytes),
            of(&own, bytes),
        ));
    }
    paper.save(None)
}

fn round(program: &Path, words: &[&str]) -> Result<Round> {
    let contender = Contender::start_with(program, &FOR_CROWDS)?;
    let load = Load { words, depth: 1, clients: 50, requests: 200_000 };
    let before = rss(contender.server.id())?;
    let idle = (0..IDLE).map(|_| hello(contender.port)).collect::<Result<Vec<_>>>()?;
    let bytes = rss(contender.server.id())?.saturating_sub(before) as f64 / IDLE as f64;
    let listeners = (0..LISTENERS).map(|_| listener(contender.port)).collect::<Result<Vec<_>>>()?;
    let is_over = AtomicBool::new(false);
    let measured = thread::scope(|scope| {
        let channel = scope.spawn(|| keep_talking(contender.port, &listeners, &is_over));
        let measured = contender.measure(&load);
        is_over.store(true, Ordering::Relaxed);
        channel.join().map_err(|_| "the channel's thread broke down")??;
        measured
    })?;
    drop(idle);
    Ok(Round { per_second: measured.per_second, bytes })
}

/// A connection that has said something and is done.
fn hello(port: u16) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.write_all(b"PING\r\n")?;
    stream.read_exact(&mut [0; 7])?;
    Ok(stream)
}

fn listener(port: u16) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.write_all(b"SUBSCRIBE news\r\n")?;
    if stream.read(&mut [0; 64])? == 0 {
        return Err("a listener was turned away".into());
    }
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// Publishes until it is over, and takes what the listeners get.
fn keep_talking(port: u16, listeners: &[TcpStream], is_over: &AtomicBool) -> std::result::Result<(), String> {
    let talk = || -> Result {
        let mut speaker = TcpStream::connect(("127.0.0.1", port))?;
        let (mut message, mut taken) = (Vec::new(), vec![0; 4096]);
        call(&mut message, &["PUBLISH", "news", "something happened that all want to hear of"]);
        while !is_over.load(Ordering::Relaxed) {
            speaker.write_all(&message)?;
            if speaker.read(&mut taken)? == 0 {
                return Err("the speaker was turned away".into());
            }
            for mut listener in listeners {
                match listener.read(&mut taken) {
                    Ok(0) => return Err("a listener was cut off".into()),
                    Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error.into()),
                    _ => {}
                }
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    };
    talk().map_err(|error| error.to_string())
}
