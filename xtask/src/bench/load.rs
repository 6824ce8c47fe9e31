//! The load: keys written beforehand, redis-benchmark on the second core, and the server's CPU time around it.

use crate::Result;
use crate::run::{self, Companion};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// One run of redis-benchmark.
pub(crate) struct Load<'a> {
    /// The request; redis-benchmark puts a number into `__rand_int__`.
    pub(crate) words: &'a [&'a str],
    pub(crate) depth: u32,
    pub(crate) clients: u32,
    pub(crate) requests: u64,
}

/// What a run showed.
pub(crate) struct Measured {
    /// Requests per second, as the clients saw it.
    pub(crate) per_second: f64,
    /// Microseconds of the server's CPU time for each request.
    pub(crate) cpu_us: f64,
}

/// Keys that are there from the start.
pub(super) const KEYS: u32 = 1_000_000;

/// One of them, as redis-benchmark is asked for it: it puts a number in the place of `__rand_int__`.
pub(super) const KEY: &str = "key:__rand_int__";

/// What they hold.
pub(super) const VALUE: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

/// Reads a key.
pub(super) const GET: &[&str] = &["GET", KEY];

/// Writes a key.
pub(super) const SET: &[&str] = &["SET", KEY, VALUE];

impl Load<'_> {
    pub(super) fn run(&self, port: u16, server: u32) -> Result<Measured> {
        if run::interrupted() {
            return Err("interrupted".into());
        }
        let mut benchmark = Command::new("taskset");
        benchmark.args(["--cpu-list", "1", "redis-benchmark", "--csv", "-c", &self.clients.to_string()]);
        benchmark.args(["-p", &port.to_string(), "-r", &KEYS.to_string()]);
        benchmark.args(["-P", &self.depth.to_string(), "-n", &self.requests.to_string()]);
        benchmark.args(self.words);
        let before = cpu_ns(server)?;
        let output = benchmark.stdin(Stdio::null()).output()?;
        let spent = cpu_ns(server)?.saturating_sub(before);
        let text = String::from_utf8_lossy(&output.stdout);
        let per_second =
            text.lines().last().and_then(|line| line.split("\",\"").nth(1)?.trim_matches('"').parse().ok());
        let failed = || {
            format!(
                "redis-benchmark {}: {text}{}",
                self.words.join(" "),
                String::from_utf8_lossy(&output.stderr)
            )
        };
        Ok(Measured {
            per_second: per_second.filter(|_| output.status.success()).ok_or_else(failed)?,
            cpu_us: spent as f64 / 1000.0 / self.requests as f64,
        })
    }
}

/// Writes every key that redis-benchmark may ask for.
pub(super) fn fill(port: u16) -> Result {
    pipeline(port, u64::from(KEYS), |requests, key| {
        call(requests, &["SET", &format!("key:{key:012}"), VALUE]);
        call(requests, &["SET", &format!("counter:{key:012}"), "1"]);
    })
}

/// Sends what `write` makes of each number below `count`, without waiting for replies, and fails if one is an error.
pub(super) fn pipeline(port: u16, count: u64, write: impl Fn(&mut Vec<u8>, u64)) -> Result {
    const LAST: &[u8] = b"$4\r\ndone\r\n";
    let mut replies = TcpStream::connect(("127.0.0.1", port))?;
    let mut requests = replies.try_clone()?;
    let reader = thread::spawn(move || {
        // The end of what was read: an error may begin in one read and go on in the next.
        let (mut buffer, mut end) = (vec![0; 64 * 1024], vec![b'\n']);
        while !end.ends_with(LAST) {
            let read = replies.read(&mut buffer)?;
            end.drain(..end.len().saturating_sub(LAST.len()));
            end.extend_from_slice(buffer.get(..read).unwrap_or_default());
            if let Some(at) = end.windows(2).position(|two| two == b"\n-") {
                let error = end.get(at + 1..).unwrap_or_default().split(|&byte| byte == b'\r').next();
                return Err(std::io::Error::other(String::from_utf8_lossy(error.unwrap_or_default())));
            }
            if read == 0 {
                return Err(std::io::Error::other("the server hung up"));
            }
        }
        Ok(())
    });
    let mut batch = Vec::new();
    for number in 0..count {
        write(&mut batch, number);
        if batch.len() > 64 * 1024 {
            requests.write_all(&batch)?;
            batch.clear();
        }
    }
    call(&mut batch, &["ECHO", "done"]);
    requests.write_all(&batch)?;
    reader.join().map_err(|_| "the reader panicked")??;
    Ok(())
}

/// Writes a request.
pub(super) fn call(out: &mut Vec<u8>, words: &[&str]) {
    let written = write!(out, "*{}\r\n", words.len())
        .and_then(|()| words.iter().try_for_each(|word| write!(out, "${}\r\n{word}\r\n", word.len())));
    debug_assert!(written.is_ok(), "a vector takes everything");
}

/// A number that INFO tells.
pub(super) fn info(port: u16, name: &str) -> Result<u64> {
    let text = text(port, "EVERYTHING")?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    Ok(value.ok_or_else(|| format!("INFO has no {name}"))?.trim().parse()?)
}

/// A section of INFO.
pub(super) fn text(port: u16, section: &str) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    write!(stream, "INFO {section}\r\nQUIT\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
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
pub(super) fn cpu_ns(process: u32) -> Result<u64> {
    let mut total = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let text = fs::read_to_string(thread?.path().join("schedstat")).unwrap_or_default();
        total += text.split_whitespace().next().and_then(|ns| ns.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(total)
}
