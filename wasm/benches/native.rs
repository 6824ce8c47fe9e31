//! How fast the engine is by itself, natively: what `js/bench/engine.js` measures of its wasm build, in the same way.
//! Prints requests a second, by command, as JSON.

use std::time::{Duration, Instant};

use redstart_engine::machine::Now;
use redstart_wasm::driver::Driver;

/// Requests in one exchange.
const BATCH: usize = 100;
/// Keys, members and elements.
const KEYS: usize = 10_000;
const ROUNDS: usize = 12;
const ROUND: Duration = Duration::from_millis(100);

fn main() {
    let mut driver = Driver::new(1, Now { unix_us: 1_700_000_000_000_000, mono_us: 0 });
    let conn = driver.connect();
    let started = Instant::now();
    let mut answer = Vec::new();
    let mut exchange = |bytes: &[u8]| {
        let mono_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let now = Now { unix_us: 1_700_000_000_000_000 + mono_us, mono_us };
        driver.exchange(now, conn, bytes, &mut answer);
        assert!(answer.first().is_some_and(|&sign| sign != b'-'), "the store refused");
    };
    for batch in batches(|i| vec!["RPUSH".into(), "list".into(), format!("element:{i}")]) {
        exchange(&batch);
    }
    let mut rates = Vec::new();
    for (name, request) in workloads() {
        let batches = batches(request);
        let mut best = 0.0_f64;
        for _ in 0..ROUNDS {
            let (round, mut done) = (Instant::now(), 0);
            while round.elapsed() < ROUND {
                batches.iter().for_each(|batch| exchange(batch));
                done += KEYS;
            }
            best = best.max(done as f64 / round.elapsed().as_secs_f64());
        }
        rates.push(format!("\"{name}\":{best:.0}"));
    }
    println!("{{{}}}", rates.join(","));
}

type Request = fn(usize) -> Vec<String>;

fn workloads() -> [(&'static str, Request); 4] {
    [
        ("SET", |i| vec!["SET".into(), format!("key:{i}"), format!("value:{i}")]),
        ("GET", |i| vec!["GET".into(), format!("key:{i}")]),
        ("ZADD", |i| vec!["ZADD".into(), "ranking".into(), i.to_string(), format!("member:{i}")]),
        ("LRANGE", |i| {
            vec!["LRANGE".into(), "list".into(), (i % 100).to_string(), (i % 100 + 19).to_string()]
        }),
    ]
}

fn batches(request: Request) -> Vec<Vec<u8>> {
    let wire = |i| {
        let words = request(i);
        let mut bytes = format!("*{}\r\n", words.len());
        for word in words {
            bytes.push_str(&format!("${}\r\n{word}\r\n", word.len()));
        }
        bytes.into_bytes()
    };
    (0..KEYS / BATCH).map(|batch| (batch * BATCH..(batch + 1) * BATCH).flat_map(wire).collect()).collect()
}
