//! How far a HyperLogLog is from the truth while what it counts grows.
//!
//! Every visitor is another one, so the truth is known without remembering them: it is how many came. Points are kept
//! where the number of visitors has grown by a few percent, so there are some hundreds of them at most.

use redstart_engine::resp::read::Value;

use super::{Lab, Server};

/// Visitors of one command.
const BATCH: u64 = 500;
/// The most that come.
const VISITORS_MAX: u64 = 1_000_000;
/// Registers of a HyperLogLog.
const REGISTERS: usize = 16_384;
/// How much more visitors there are at each point than at the one before.
const STEP: f64 = 1.02;

/// The experiment.
#[derive(Debug)]
pub struct HyperLogLog {
    server: Server,
    /// From which visitors' names are made: another crowd errs differently.
    crowd: u64,
    visitors: u64,
    points: Vec<Point>,
}

/// What is asked of it.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Ask {
    /// More visitors come.
    Add {
        /// How many.
        visitors: u64,
    },
    /// It begins again, with another crowd.
    Restart,
}

/// The estimate at some moment.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Point {
    /// How many came.
    pub visitors: u64,
    /// How many PFCOUNT thinks there were.
    pub estimate: u64,
}

/// What there is to see.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// The estimates so far, the last one now.
    pub points: Vec<Point>,
    /// `sparse` or `dense`.
    pub encoding: &'static str,
    /// Bytes that it takes (STRLEN).
    pub bytes: i64,
    /// How many bytes a set of the same visitors' names would have in its names alone.
    pub set_bytes: u64,
    /// How many registers have each value, from 0.
    pub registers: Vec<usize>,
}

const KEY: &[u8] = b"visitors";

impl HyperLogLog {
    /// One that has counted nobody.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { server: Server::new(seed, &[]), crowd: seed, visitors: 0, points: Vec::new() }
    }

    fn add(&mut self, visitors: u64) {
        let end = self.visitors.saturating_add(visitors).min(VISITORS_MAX);
        while self.visitors < end {
            let last = self.points.last().map_or(0.0, |point| point.visitors as f64);
            // The first hundred are looked at one by one.
            let next = (last * STEP).floor().max(last + 1.0) as u64;
            let batch = next.min(end).min(self.visitors + BATCH);
            let names: Vec<String> =
                (self.visitors..batch).map(|number| format!("visitor:{}:{number}", self.crowd)).collect();
            let mut argv: Vec<&[u8]> = vec![b"PFADD", KEY];
            argv.extend(names.iter().map(|name| name.as_bytes()));
            self.server.call(&argv);
            self.visitors = batch;
            if batch == next {
                self.measure();
            }
        }
    }

    fn measure(&mut self) {
        let estimate = self.server.count(&[b"PFCOUNT", KEY]).unsigned_abs();
        self.points.push(Point { visitors: self.visitors, estimate });
    }

    /// How many registers have each value.
    fn registers(&mut self) -> Vec<usize> {
        let mut counts = vec![0; 64];
        if self.visitors == 0 {
            counts[0] = REGISTERS;
        } else if let Value::Array(values) = self.look(b"GETREG") {
            for value in values {
                if let Value::Int(value) = value
                    && let Some(count) = usize::try_from(value).ok().and_then(|value| counts.get_mut(value))
                {
                    *count += 1;
                }
            }
        }
        counts.truncate(counts.iter().rposition(|&count| count > 0).map_or(1, |last| last + 1));
        counts
    }

    /// Asks PFDEBUG about a copy, which it makes dense.
    fn look(&mut self, what: &[u8]) -> Value {
        const COPY: &[u8] = b"copy";
        self.server.call(&[b"COPY", KEY, COPY, b"REPLACE"]);
        self.server.call(&[b"PFDEBUG", what, COPY])
    }
}

impl Lab for HyperLogLog {
    type Ask = Ask;
    type View = View;

    fn ask(&mut self, ask: Ask) {
        match ask {
            Ask::Add { visitors } => self.add(visitors),
            Ask::Restart => {
                let crowd = self.crowd.wrapping_add(1);
                *self = Self { crowd, ..Self::new(crowd) };
            }
        }
    }

    fn view(&mut self) -> View {
        if self.points.last().is_some_and(|point| point.visitors < self.visitors) {
            self.measure();
        }
        let is_dense = self.look(b"ENCODING") == Value::Simple(b"dense".to_vec());
        View {
            points: self.points.clone(),
            encoding: if is_dense { "dense" } else { "sparse" },
            bytes: self.server.count(&[b"STRLEN", KEY]),
            set_bytes: names_bytes(self.crowd, self.visitors),
            registers: self.registers(),
        }
    }
}

/// Bytes of so many visitors' names.
fn names_bytes(crowd: u64, visitors: u64) -> u64 {
    let prefix = format!("visitor:{crowd}:").len() as u64;
    let (mut digits, mut first, mut sum) = (1, 0, 0);
    while first < visitors {
        let end = visitors.min(10_u64.pow(digits));
        sum += (end - first) * (prefix + u64::from(digits));
        (first, digits) = (end, digits + 1);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_visitors_are_counted_within_a_few_percent_in_twelve_kilobytes() {
        let mut lab = HyperLogLog::new(7);
        lab.ask(Ask::Add { visitors: 100 });
        let few = lab.view();
        assert_eq!((few.encoding, few.points.last().map(|point| point.estimate)), ("sparse", Some(100)));
        lab.ask(Ask::Add { visitors: 99_900 });
        let many = lab.view();
        let last = many.points.last().expect("there are points");
        assert_eq!((many.encoding, last.visitors, many.bytes), ("dense", 100_000, 12_304));
        assert!((last.estimate as f64 / 100_000.0 - 1.0).abs() < 0.03, "{last:?}");
        assert_eq!(many.registers.iter().sum::<usize>(), REGISTERS);
        assert!(many.points.len() < 600, "{}", many.points.len());
    }

    #[test]
    fn another_crowd_errs_differently() {
        let mut lab = HyperLogLog::new(7);
        lab.ask(Ask::Add { visitors: 20_000 });
        let one = lab.view();
        lab.ask(Ask::Restart);
        assert_eq!(lab.view().points, []);
        lab.ask(Ask::Add { visitors: 20_000 });
        assert_ne!(lab.view().points, one.points);
    }

    #[test]
    fn names_have_their_digits() {
        assert_eq!(names_bytes(7, 12), 10 * 11 + 2 * 12);
    }
}
