//! The load: keys written beforehand, redis-benchmark on the second core, and the server's CPU time around it.

use crate::Result;
use crate::run::{self, Companion};
use std::io::{BufWriter, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// One run of redis-benchmark.
pub(crate) struct Load<'a> {
    pub(crate) command: &'a str,
    pub(crate) depth: u32,
    pub(crate) requests: u64,
}

/// What a run showed.
pub(crate) struct Measured {
    /// Requests per second, as the clients saw it.
    pub(crate) per_second: f64,
    /// Microseconds of the server's CPU time for each request.
    pub(crate) cpu_us: f64,
}

const KEYS: u32 = 1_000_000;

impl Load<'_> {
    pub(super) fn run(&self, port: u16, server: u32) -> Result<Measured> {
        if run::interrupted() {
            return Err("interrupted".into());
        }
        let mut benchmark = Command::new("taskset");
        benchmark.args(["--cpu-list", "1", "redis-benchmark", "--csv", "-c", "50", "-d", "64"]);
        benchmark.args(["-p", &port.to_string(), "-r", &KEYS.to_string(), "-t", self.command]);
        benchmark.args(["-P", &self.depth.to_string(), "-n", &self.requests.to_string()]);
        let before = cpu_ns(server)?;
        let output = benchmark.stdin(Stdio::null()).output()?;
        let spent = cpu_ns(server)?.saturating_sub(before);
        let text = String::from_utf8_lossy(&output.stdout);
        let per_second =
            text.lines().last().and_then(|line| line.split(',').nth(1)?.trim_matches('"').parse().ok());
        let failed = || {
            format!("redis-benchmark -t {}: {text}{}", self.command, String::from_utf8_lossy(&output.stderr))
        };
        Ok(Measured {
            per_second: per_second.filter(|_| output.status.success()).ok_or_else(failed)?,
            cpu_us: spent as f64 / 1000.0 / self.requests as f64,
        })
    }
}

/// Writes every key that redis-benchmark may ask for.
pub(super) fn fill(port: u16) -> Result {
    let mut replies = TcpStream::connect(("127.0.0.1", port))?;
    let requests = replies.try_clone()?;
    let reader = thread::spawn(move || {
        let mut reply = [0; "+OK\r\n".len()];
        (0..2 * KEYS).try_for_each(|_| {
            replies.read_exact(&mut reply)?;
            if &reply == b"+OK\r\n" {
                Ok(())
            } else {
                Err(std::io::Error::other(String::from_utf8_lossy(&reply)))
            }
        })
    });
    let mut requests = BufWriter::with_capacity(64 * 1024, requests);
    let value = "x".repeat(64);
    for key in 0..KEYS {
        write!(requests, "*3\r\n$3\r\nSET\r\n$16\r\nkey:{key:012}\r\n$64\r\n{value}\r\n")?;
        write!(requests, "*3\r\n$3\r\nSET\r\n$20\r\ncounter:{key:012}\r\n$1\r\n1\r\n")?;
    }
    requests.flush()?;
    reader.join().map_err(|_| "the reader panicked")??;
    Ok(())
}

pub(super) fn wait_until_open(port: u16, server: &mut Companion) -> Result {
    let deadline = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        server.check()?;
        if Instant::now() > deadline {
            return Err(format!("nothing answers on port {port}").into());
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// The time that all threads of a process spent on a CPU, in nanoseconds.
fn cpu_ns(process: u32) -> Result<u64> {
    let mut total = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let text = fs::read_to_string(thread?.path().join("schedstat")).unwrap_or_default();
        total += text.split_whitespace().next().and_then(|ns| ns.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(total)
}
