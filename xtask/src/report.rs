//! What came out: counts read from test runners' own words, and the summary at the end.

use crate::run::{Done, bad, good, say, seconds, tail};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;
use std::time::Duration;

/// Passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Counts {
    /// One check that passed or failed as a whole.
    pub(crate) const fn one(passed: bool) -> Self {
        Self { passed: passed as usize, failed: !passed as usize, skipped: 0 }
    }

    /// What cargo's, wasm-bindgen's, Playwright's, Node's test runners and the transcripts say of themselves in `text`.
    ///
    /// ```text
    /// test result: ok. 18 passed; 0 failed; 1 ignored; …
    /// transcripts engine: 24 passed, 0 failed, 2 skipped
    ///   3 failed
    ///   12 passed (4.1s)
    /// ℹ pass 45
    /// ```
    pub(crate) fn read(text: &str) -> Self {
        let mut counts = Self::default();
        // A browser's log may repeat the line of a runner; only its last word counts.
        let mut of_transcripts = BTreeMap::new();
        for line in text.lines().map(str::trim) {
            if let Some((runner, said)) =
                line.strip_prefix("transcripts ").and_then(|rest| rest.split_once(": "))
            {
                of_transcripts.insert(runner, Self::words(said));
            } else if let Some((_, said)) =
                line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
            {
                counts += Self::words(said);
            } else if let Some((word, count)) = line.strip_prefix("ℹ ").and_then(|rest| rest.split_once(' '))
            {
                counts += Self::of_node(word, count.parse().unwrap_or(0));
            } else if line.starts_with(|c: char| c.is_ascii_digit()) {
                counts += Self::words(line);
            }
        }
        of_transcripts.into_values().for_each(|of_runner| counts += of_runner);
        counts
    }

    fn of_node(word: &str, count: usize) -> Self {
        match word {
            "pass" => Self { passed: count, ..Self::default() },
            "fail" | "cancelled" => Self { failed: count, ..Self::default() },
            "skipped" | "todo" => Self { skipped: count, ..Self::default() },
            _ => Self::default(),
        }
    }

    /// `3 passed; 1 failed`: numbers before the words that count.
    fn words(text: &str) -> Self {
        let mut counts = Self::default();
        let words: Vec<&str> = text.split([' ', ';', ',']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            let Ok(number) = pair[0].parse::<usize>() else { continue };
            match pair[1] {
                "passed" | "flaky" => counts.passed += number,
                "failed" | "interrupted" => counts.failed += number,
                "skipped" | "ignored" => counts.skipped += number,
                _ => {}
            }
        }
        counts
    }
}

/// The stages so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    total: Counts,
}

impl Report {
    /// Counts a stage and says in a line how it went; after a failure, what it printed last.
    pub(crate) fn add(&mut self, name: &str, counted: bool, done: &Done) {
        let success = done.status.success();
        let mut counts = if counted { Counts::read(&done.text()) } else { Counts::one(success) };
        // A runner that could not even start counts nothing.
        if !success && counts.failed == 0 {
            counts.failed = 1;
        }
        self.line(name, counts, done.took);
        for figure in figures(&done.text()) {
            say(&format!("  {figure}"));
        }
        if !success {
            say(&format!("\n{}\n\nall of it is in {}\n", tail(&done.text(), 60), done.log.display()));
        }
    }

    /// Counts a stage that could not be run.
    pub(crate) fn fault(&mut self, name: &str, error: &dyn std::error::Error) {
        self.line(name, Counts::one(false), Duration::ZERO);
        say(&format!("\n{error}\n"));
    }

    /// The closing line; whether all is well.
    pub(crate) fn close(&self) -> bool {
        say(&format!("\n{} passed, {} failed", self.total.passed, self.total.failed));
        self.total.failed == 0 && self.total.passed > 0
    }

    fn line(&mut self, name: &str, counts: Counts, took: Duration) {
        self.total += counts;
        let mark = if counts.failed == 0 { good() } else { bad() };
        let skipped =
            if counts.skipped > 0 { format!(", {} skipped", counts.skipped) } else { String::new() };
        say(&format!(
            "{mark} {name:<34} {:>8}   {} passed, {} failed{skipped}",
            seconds(took),
            counts.passed,
            counts.failed
        ));
    }
}

/// What tests measured and people want to see, each line once: `prompt ready: 320 ms`, `wasm: 260 kB gzipped`.
fn figures(text: &str) -> BTreeSet<&str> {
    let measured = |line: &&str| line.starts_with("prompt ready: ") || line.ends_with(" gzipped");
    text.lines().map(str::trim).filter(measured).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runner_is_understood() {
        let text = "\
running 2 tests
test result: ok. 18 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
transcripts engine: 24 passed, 1 failed, 2 skipped
panicked: transcripts engine: 24 passed, 1 failed, 2 skipped
  transcripts engine: 24 passed, 1 failed, 2 skipped
Running 15 tests using 2 workers
  3 failed
    [chromium] › a.spec.ts:3:1 › a page with 7 passed lessons
  12 passed (4.1s)
";
        assert_eq!(Counts::read(text), Counts { passed: 54, failed: 4, skipped: 3 });
    }
}
