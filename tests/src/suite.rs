//! Runs many transcripts and says how it went: for people, and in one line for `cargo xtask test`.

use crate::run::{self, Verdict};
use crate::runner::{Start, Trouble};
use crate::transcript::{self, Action, Case, Transcript, Version};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};

/// How a runner did over all files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases that showed what they should.
    pub passed: usize,
    /// Cases that did not.
    pub failed: usize,
    /// Cases that don't run here, by reason.
    pub skipped: BTreeMap<String, usize>,
    /// The failures, ready to print.
    pub report: String,
}

impl Tally {
    /// The line that `cargo xtask test` adds up.
    #[must_use]
    pub fn line(&self, runner: &str) -> String {
        let skipped: usize = self.skipped.values().sum();
        format!("transcripts {runner}: {} passed, {} failed, {skipped} skipped", self.passed, self.failed)
    }

    /// Everything there is to say: failures, why cases were skipped, and the closing line.
    #[must_use]
    pub fn text(&self, runner: &str) -> String {
        let mut text = self.report.clone();
        for (reason, count) in &self.skipped {
            let _ = writeln!(text, "skipped {count}: {reason}");
        }
        text + &self.line(runner) + "\n"
    }

    /// Runs one transcript and counts it in.
    pub fn add(&mut self, transcript: &Transcript, runner: &str, oracle: Version, start: &Start<'_>) {
        let verdicts = match run_in_time(transcript, runner, oracle, start) {
            Ok(verdicts) => verdicts,
            Err(Trouble(what)) => {
                self.failed += transcript.cases.len();
                let _ = writeln!(self.report, "FAILED {}: no store to run on: {what}\n", transcript.path);
                return;
            }
        };
        for (case, verdict) in transcript.cases.iter().zip(verdicts) {
            match verdict {
                Verdict::Passed => self.passed += 1,
                Verdict::Skipped(reason) => *self.skipped.entry(reason).or_default() += 1,
                Verdict::Failed(differences) => {
                    self.failed += 1;
                    let _ = writeln!(self.report, "FAILED {} ({runner})", case.name);
                    for difference in differences {
                        let _ = writeln!(
                            self.report,
                            "{}:{}\n    {}\n",
                            transcript.path, difference.line, difference.text
                        );
                    }
                }
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.report.push_str(&other.report);
        for (reason, count) in other.skipped {
            *self.skipped.entry(reason).or_default() += count;
        }
    }
}

/// Where time is real, more of it passes than a case says if the machine is busy: the file is run again then, on a fresh
/// store, so often in all.
const RUNS_MOST: usize = 3;

/// Runs one transcript, if need be again; gives the verdicts of the last run.
fn run_in_time(
    transcript: &Transcript,
    runner: &str,
    oracle: Version,
    start: &Start<'_>,
) -> Result<Vec<Verdict>, Trouble> {
    let mut runs = 0;
    loop {
        let mut store = start(transcript)?;
        let verdicts = run::run(transcript, store.as_mut(), runner, oracle);
        runs += 1;
        let is_real = store.advance_limit_ms().is_some();
        if runs == RUNS_MOST || !is_real || !has_failed_by_time(&transcript.cases, &verdicts) {
            return Ok(verdicts);
        }
    }
}

/// Whether some cases failed, and in all of those time passes.
fn has_failed_by_time(cases: &[Case], verdicts: &[Verdict]) -> bool {
    let passes_time =
        |case: &Case| case.steps.iter().any(|step| matches!(step.action, Action::Advance { .. }));
    let mut failed =
        cases.iter().zip(verdicts).filter(|(_, verdict)| matches!(verdict, Verdict::Failed(_))).peekable();
    failed.peek().is_some() && failed.all(|(case, _)| passes_time(case))
}

/// Runs all transcripts, several files at once: most of a server's time is spent waiting.
#[must_use]
pub fn run_all(transcripts: &[Transcript], runner: &str, oracle: Version, start: &Start<'_>) -> Tally {
    const AT_ONCE: usize = 4;
    let next = AtomicUsize::new(0);
    let tallies = Mutex::new(vec![Tally::default(); transcripts.len()]);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(at) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < transcripts.len())
                {
                    let mut tally = Tally::default();
                    tally.add(&transcripts[at], runner, oracle, start);
                    tallies.lock().expect("no thread panics with the list")[at] = tally;
                }
            });
        }
    });
    let mut total = Tally::default();
    for tally in tallies.into_inner().expect("all threads ended well") {
        total.merge(tally);
    }
    total
}

/// The files of the repository that `TRANSCRIPTS` names by a part of their path: all of them without it.
///
/// # Errors
/// When one can't be read or understood, or none is left.
pub fn load() -> Result<Vec<Transcript>, Trouble> {
    let mut transcripts = Vec::new();
    for (path, text) in files()? {
        transcripts.push(transcript::parse(&path, &text).map_err(|flaw| Trouble(format!("{path}, {flaw}")))?);
    }
    if transcripts.is_empty() {
        return Err(Trouble("no transcript's path has that in it".into()));
    }
    Ok(transcripts)
}

/// Paths as messages show them, and what is in the files.
///
/// # Errors
/// When a file can't be read.
pub fn files() -> Result<Vec<(String, String)>, Trouble> {
    let root = folder();
    let wanted = env::var("TRANSCRIPTS").unwrap_or_default();
    let mut paths = Vec::new();
    collect(&root, &mut paths)?;
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let shown = format!("tests/transcripts/{}", path.strip_prefix(&root)?.display());
        if shown.contains(&wanted) {
            files.push((shown, fs::read_to_string(&path)?));
        }
    }
    Ok(files)
}

/// Where the transcripts are.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts")
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), Trouble> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "redis") {
            paths.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::{Received, Runner};
    use crate::runners::InProcess;

    const OLD: Version = Version { major: 7, minor: 0 };

    /// A store on which more time passes than it should.
    struct Late {
        store: InProcess,
        late_ms: u64,
    }

    impl Runner for Late {
        fn open(&mut self, client: char) -> Result<(), Trouble> {
            self.store.open(client)
        }

        fn close(&mut self, client: char) -> Result<(), Trouble> {
            self.store.close(client)
        }

        fn close_all(&mut self) {
            self.store.close_all();
        }

        fn send(&mut self, client: char, bytes: &[u8]) -> Result<(), Trouble> {
            self.store.send(client, bytes)
        }

        fn receive(&mut self, client: char, patient: bool) -> Result<Received, Trouble> {
            self.store.receive(client, patient)
        }

        fn settle(&mut self) -> Result<(), Trouble> {
            self.store.settle()
        }

        fn advance(&mut self, ms: u64) -> Result<(), Trouble> {
            self.store.advance(ms + self.late_ms)
        }

        fn advance_limit_ms(&self) -> Option<u64> {
            Some(2500)
        }

        fn configure(&mut self, name: &str, value: &str) -> Result<(), Trouble> {
            self.store.configure(name, value)
        }
    }

    /// Runs a case where the first runs are late; tells whether it passed, and after how many runs.
    fn passes(text: &str, late: usize) -> (bool, usize) {
        let transcript = transcript::parse("late.redis", text).unwrap();
        let runs = AtomicUsize::new(0);
        let mut tally = Tally::default();
        tally.add(&transcript, "server", OLD, &|transcript| {
            let is_late = runs.fetch_add(1, Ordering::Relaxed) < late;
            let late_ms = if is_late { 700 } else { 0 };
            Ok(Box::new(Late { store: InProcess::start(transcript)?, late_ms }))
        });
        (tally.failed == 0, runs.into_inner())
    }

    #[test]
    fn what_a_busy_machine_is_late_with_is_run_again() {
        let waits = "# A key expires.\n> SET k v PX 2500\nOK\n@advance 2s\n> GET k\n\"v\"\n";
        assert_eq!(passes(waits, 0), (true, 1));
        assert_eq!(passes(waits, 2), (true, 3));
        assert_eq!(passes(waits, 3), (false, 3));
        let is_wrong = "# There is no such key.\n> GET k\n\"v\"\n";
        assert_eq!(passes(is_wrong, 0), (false, 1));
        assert_eq!(passes(&format!("{waits}\n{is_wrong}"), 2), (false, 1));
    }
}
