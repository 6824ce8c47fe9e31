//! `cargo xtask bench --latency`: how long a request takes while a server has half of what redis-server can do at most.
//!
//! Requests are sent at times that were fixed beforehand, whether or not the last ones have been answered, and a reply's
//! latency counts from that time on: a server that stops for a moment is charged for all who wait meanwhile. In front of
//! it, strace tells how many system calls a request takes.

use super::load::{Load, call};
use super::stats::Sample;
use super::{Contender, Paper, Rivals, load, take_turns};
use crate::Result;
use crate::run;
use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const CLIENTS: usize = 50;

/// What is sent, and how long each reply to it is.
const REQUESTS: [(&[&str], usize); 2] =
    [(load::GET, "$64\r\n\r\n".len() + load::VALUE.len()), (load::SET, "+OK\r\n".len())];

/// What a run showed: latencies in microseconds, in order.
struct Latencies(Vec<f64>);

impl Latencies {
    /// The one that so many of a thousand are at most.
    fn permille(&self, permille: usize) -> f64 {
        let at = self.0.len() * permille / 1000;
        self.0.get(at.min(self.0.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
    }
}

/// Measures both servers in turn, and writes the table.
pub(super) fn table(rivals: &Rivals, quick: bool) -> Result {
    let (rounds, seconds) = if quick { (3, 2.0) } else { (7, 10.0) };
    let (theirs, ours) = (Contender::start(&rivals.theirs)?, Contender::start(&rivals.ours)?);
    [&theirs, &ours].iter().try_for_each(|contender| load::fill(contender.port))?;
    let mut paper = Paper::new("latency");
    paper.say(&format!(
        "{CLIENTS} clients, unpipelined, at half of the rate that {name} comes to; median of {rounds} rounds, µs\n\n\
         | request | req/s | {name} p50 | p99 | p99.9 | redstart p50 | p99 | p99.9 | p99.9 | {name} system calls | redstart system calls |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        name = rivals.name
    ));
    for (words, reply) in REQUESTS {
        let name = words[0];
        let peak = Load { words, depth: 1, clients: CLIENTS as u32, requests: 200_000 };
        let rate = theirs.measure(&peak)?.per_second / 2.0;
        let (before, own) = take_turns(&theirs, &ours, rounds, |contender| {
            at_rate(contender.port, words, reply, rate, seconds)
        })?;
        let of = |runs: &[Latencies], permille| {
            Sample::new(runs.iter().map(|run| run.permille(permille))).median()
        };
        let calls = |contender| {
            system_calls(contender, &peak).map_or_else(|_| "–".to_owned(), |calls| format!("{calls:.2}"))
        };
        paper.say(&format!(
            "| {name} | {rate:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | **{:.2}×** | {} | {} |",
            of(&before, 500),
            of(&before, 990),
            of(&before, 999),
            of(&own, 500),
            of(&own, 990),
            of(&own, 999),
            of(&own, 999) / of(&before, 999),
            calls(&theirs),
            calls(&ours),
        ));
    }
    paper.save(None)
}

/// One connection, and when the requests were due that it awaits replies to.
struct Client {
    stream: TcpStream,
    due: VecDeque<Instant>,
    read: usize,
}

/// Sends requests at a rate for some seconds.
fn at_rate(port: u16, words: &[&str], reply: usize, rate: f64, seconds: f64) -> Result<Latencies> {
    let connect = |_| -> Result<Client> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Client { stream, due: VecDeque::new(), read: 0 })
    };
    let mut clients = (0..CLIENTS).map(connect).collect::<Result<Vec<_>>>()?;
    let (count, began) = ((rate * seconds) as u64, Instant::now());
    let (mut sent, mut taken, mut request) = (0, Vec::with_capacity(count as usize), Vec::new());
    while (taken.len() as u64) < count {
        if run::interrupted() {
            return Err("interrupted".into());
        }
        let due = began + Duration::from_secs_f64(sent as f64 / rate);
        if sent < count && due <= Instant::now() {
            // Every key is there; which one comes next has no pattern.
            let number = format!("{:012}", sent.wrapping_mul(2_654_435_761) % u64::from(load::KEYS));
            let words: Vec<String> = words.iter().map(|word| word.replace("__rand_int__", &number)).collect();
            request.clear();
            call(&mut request, &words.iter().map(String::as_str).collect::<Vec<_>>());
            let client = &mut clients[sent as usize % CLIENTS];
            client.stream.write_all(&request)?;
            client.due.push_back(due);
            sent += 1;
            continue;
        }
        for client in clients.iter_mut().filter(|client| !client.due.is_empty()) {
            client.take(reply, &mut taken)?;
        }
    }
    taken.sort_by(f64::total_cmp);
    Ok(Latencies(taken))
}

impl Client {
    /// Takes the replies that are there.
    fn take(&mut self, reply: usize, taken: &mut Vec<f64>) -> Result {
        let mut buffer = [0; 4096];
        match self.stream.read(&mut buffer) {
            Ok(0) => return Err("the server hung up".into()),
            Ok(bytes) => self.read += bytes,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        while self.read >= reply {
            self.read -= reply;
            let due = self.due.pop_front().ok_or("a reply that nobody awaits")?;
            taken.push(due.elapsed().as_secs_f64() * 1e6);
        }
        Ok(())
    }
}

/// How many system calls a request takes.
fn system_calls(contender: &Contender, load: &Load<'_>) -> Result<f64> {
    let strace = Command::new("strace")
        .args(["-c", "-f", "-q", "-U", "calls,name", "-p", &contender.server.id().to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let measured = Load { requests: 50_000, ..*load };
    let done = contender.measure(&measured);
    Command::new("kill").args(["-INT", &strace.id().to_string()]).status()?;
    let output = strace.wait_with_output()?;
    done?;
    let text = String::from_utf8_lossy(&output.stderr);
    let total = text.lines().find_map(|line| line.trim().strip_suffix("total")?.trim().parse::<f64>().ok());
    Ok(total.ok_or("strace tells no total")? / measured.requests as f64)
}
