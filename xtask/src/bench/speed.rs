//! `cargo xtask bench`: how many requests a second, at what cost, for what redis-benchmark sends if it isn't told what to.
//!
//! Both servers are up at once with the same million keys, on the same core, and take turns under the same load from
//! redis-benchmark on the other core. The CPU time that a server needs per request is the steadier figure: throughput
//! also depends on how fast the load comes.

use super::load::{self, KEY, Load, Measured, VALUE, call};
use super::stats::{Sample, geometric_mean};
use super::{Contender, FOR_CROWDS, Paper, Rivals, plot, take_turns};
use crate::Result;

/// A request that is measured.
struct Case {
    name: &'static str,
    /// Its words; redis-benchmark puts a number into `__rand_int__`.
    words: &'static [&'static str],
    /// Adds the element that a request is going to take away.
    supply: Option<fn(&mut Vec<u8>, u64)>,
}

impl Case {
    const fn new(name: &'static str, words: &'static [&'static str]) -> Self {
        Self { name, words, supply: None }
    }

    const fn taking(self, supply: fn(&mut Vec<u8>, u64)) -> Self {
        Self { supply: Some(supply), ..self }
    }
}

const GET: Case = Case::new("GET", load::GET);
const SET: Case = Case::new("SET", load::SET);
const MSET: [&str; 21] = [
    "MSET", KEY, VALUE, KEY, VALUE, KEY, VALUE, KEY, VALUE, KEY, VALUE, KEY, VALUE, KEY, VALUE, KEY, VALUE,
    KEY, VALUE, KEY, VALUE,
];

/// What redis-benchmark sends if it isn't told what to, and XADD.
const USUAL: [Case; 19] = [
    Case::new("PING", &["PING"]),
    SET,
    GET,
    Case::new("INCR", &["INCR", "counter:__rand_int__"]),
    Case::new("LPUSH", &["LPUSH", "list", VALUE]),
    Case::new("RPUSH", &["RPUSH", "list", VALUE]),
    Case::new("LPOP", &["LPOP", "popped"]).taking(|out, _| call(out, &["RPUSH", "popped", VALUE])),
    Case::new("RPOP", &["RPOP", "popped"]).taking(|out, _| call(out, &["RPUSH", "popped", VALUE])),
    Case::new("SADD", &["SADD", "set", "element:__rand_int__"]),
    Case::new("HSET", &["HSET", "hash", "element:__rand_int__", VALUE]),
    Case::new("SPOP", &["SPOP", "drawn"])
        .taking(|out, n| call(out, &["SADD", "drawn", &format!("element:{n:012}")])),
    Case::new("ZADD", &["ZADD", "sorted", "0", "element:__rand_int__"]),
    Case::new("ZPOPMIN", &["ZPOPMIN", "ranked"])
        .taking(|out, n| call(out, &["ZADD", "ranked", "0", &format!("element:{n:012}")])),
    Case::new("LRANGE_100", &["LRANGE", "range", "0", "99"]),
    Case::new("LRANGE_300", &["LRANGE", "range", "0", "299"]),
    Case::new("LRANGE_500", &["LRANGE", "range", "0", "499"]),
    Case::new("LRANGE_600", &["LRANGE", "range", "0", "599"]),
    Case::new("MSET", &MSET),
    Case::new("XADD", &["XADD", "stream", "*", "field", VALUE]),
];

/// What is measured as well, and counts for none of the means.
const SCRIPT: Case = Case::new("EVAL", &["EVAL", "return redis.call('GET', KEYS[1])", "1", KEY]);

/// How a request is sent besides: the depth of pipelines, and by how many clients.
const OTHERWISE: [(u32, u32); 4] = [(64, 50), (1, 50), (1, 1_000), (1, 10_000)];

/// How long it takes: rounds, and seconds for each.
const QUICK: (usize, f64) = (3, 0.7);
const WHOLE: (usize, f64) = (5, 3.0);

/// How it went.
struct Row {
    name: String,
    throughput: Sample,
    cpu: Sample,
}

/// Loads both servers, then measures every request, and writes the table and its plot.
pub(super) fn table(rivals: &Rivals, filter: Option<&str>, quick: bool) -> Result {
    let bench = Bench::start(rivals, if quick { QUICK } else { WHOLE })?;
    let wanted = |case: &&Case| filter.is_none_or(|part| case.name.eq_ignore_ascii_case(part));
    let mut paper = Paper::new("speed");
    paper.say(&format!(
        "1,000,000 keys of 64 bytes, median of {} rounds (lowest to highest)\n\n\
         | request | -P | clients | {name} req/s | redstart req/s | throughput | {name} µs CPU | redstart µs CPU | CPU per request |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|",
        bench.rounds,
        name = rivals.name,
    ));
    let mut rows = Vec::new();
    for case in USUAL.iter().filter(wanted) {
        rows.push(bench.row(&mut paper, case, 16, 50)?);
    }
    let throughput = geometric_mean(rows.iter().map(|row| row.throughput.median()));
    let cpu = rows.iter().map(|row| row.cpu.median()).sum::<f64>() / rows.len() as f64;
    for case in [SCRIPT].iter().filter(wanted) {
        rows.push(bench.row(&mut paper, case, 16, 50)?);
    }
    for (depth, clients) in OTHERWISE {
        for case in [GET, SET].iter().filter(wanted) {
            rows.push(bench.row(&mut paper, case, depth, clients)?);
        }
    }
    if throughput.is_finite() {
        paper.say(&format!(
            "\nAt -P 16, without EVAL, the geometric mean of throughput is {throughput:.2}×, the mean CPU time per request {cpu:.2}×.\n\
             Throughput above 1 and CPU per request below 1 are in redstart's favour."
        ));
    }
    let bars: Vec<plot::Bar<'_>> =
        rows.iter().map(|row| plot::Bar { name: &row.name, value: row.throughput.median() }).collect();
    paper.save(Some(&plot::bars(&format!("Throughput, {} = 1", rivals.name), &bars)))
}

struct Bench {
    theirs: Contender,
    ours: Contender,
    rounds: usize,
    seconds: f64,
}

impl Bench {
    fn start(rivals: &Rivals, (rounds, seconds): (usize, f64)) -> Result<Self> {
        let start = |program| Contender::start_with(program, &FOR_CROWDS);
        let (theirs, ours) = (start(&rivals.theirs)?, start(&rivals.ours)?);
        for contender in [&theirs, &ours] {
            load::fill(contender.port)?;
            load::pipeline(contender.port, 1000, |out, _| call(out, &["RPUSH", "range", VALUE]))?;
        }
        Ok(Self { theirs, ours, rounds, seconds })
    }

    /// Measures both in turn.
    fn row(&self, paper: &mut Paper, case: &Case, depth: u32, clients: u32) -> Result<Row> {
        let mut load = Load { words: case.words, depth, clients, requests: 20_000 };
        let trial = measure(&self.theirs, case, &load)?;
        // To the nearest thousand, the same for both, whatever their speed.
        load.requests = ((trial.per_second * self.seconds / 1000.0).round() as u64).max(20) * 1000;
        let (theirs, ours) =
            take_turns(&self.theirs, &self.ours, self.rounds, |it| measure(it, case, &load))?;
        let of = |runs: &[Measured], what: fn(&Measured) -> f64| Sample::new(runs.iter().map(what)).median();
        let (speed, cpu) = (|run: &Measured| run.per_second, |run: &Measured| run.cpu_us);
        let row = Row {
            name: format!(
                "{} -P {depth}{}",
                case.name,
                if clients == 50 { String::new() } else { format!(" -c {clients}") }
            ),
            throughput: Sample::ratios(&ours, &theirs, speed),
            cpu: Sample::ratios(&ours, &theirs, cpu),
        };
        paper.say(&format!(
            "| {} | {depth} | {clients} | {:.0} | {:.0} | {} | {:.2} | {:.2} | {} |",
            case.name,
            of(&theirs, speed),
            of(&ours, speed),
            row.throughput,
            of(&theirs, cpu),
            of(&ours, cpu),
            row.cpu,
        ));
        Ok(row)
    }
}

fn measure(contender: &Contender, case: &Case, load: &Load<'_>) -> Result<Measured> {
    if let Some(supply) = case.supply {
        load::pipeline(contender.port, load.requests, supply)?;
    }
    contender.measure(load)
}
