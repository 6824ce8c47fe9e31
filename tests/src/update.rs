//! Writes what the oracle shows into the transcripts: `UPDATE=1`.
//!
//! Lines with patterns (`@match`, `@contains`, `@any`) stay when what is seen still matches them.

use crate::run::{Shown, Stage, compare, too_long};
use crate::runner::{Runner, Trouble};
use crate::transcript::{self, Expected, Line, Step, Transcript, Version};
use crate::{runner::Start, suite};
use std::fs;

/// Rewrites every chosen file from what `start`'s store shows; returns the files that changed.
///
/// # Errors
/// When a file or the oracle fails; files before it are written already.
pub fn update_all(oracle: Version, start: &Start<'_>) -> Result<Vec<String>, Trouble> {
    let mut changed = Vec::new();
    for (path, text) in suite::files()? {
        let transcript =
            transcript::parse(&path, &text).map_err(|flaw| Trouble(format!("{path}, {flaw}")))?;
        let updated = updated(&transcript, &text, start(&transcript)?.as_mut(), oracle)?;
        if updated != text {
            let inside = path.trim_start_matches("tests/transcripts/");
            fs::write(suite::folder().join(inside), updated)?;
            changed.push(path);
        }
    }
    Ok(changed)
}

/// The text of a transcript with what a store shows. Cases stay as they are that an oracle of this version can't tell of.
///
/// # Errors
/// When the store fails.
pub fn updated(
    transcript: &Transcript,
    text: &str,
    runner: &mut dyn Runner,
    oracle: Version,
) -> Result<String, Trouble> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut edits = Vec::new();
    for case in &transcript.cases {
        if case.markers.skip("oracle", oracle).or_else(|| too_long(case, runner)).is_some() {
            continue;
        }
        let mut stage = Stage::new(runner, case);
        for step in &case.steps {
            let shown = stage
                .step_freely(step)
                .map_err(|Trouble(what)| Trouble(format!("{}:{}: {what}", transcript.path, step.line)))?;
            edits.push((step, output(step, shown)));
        }
    }
    for (step, output) in edits.into_iter().rev() {
        lines.splice(step.line..step.line + step.expected_lines, output);
    }
    Ok(lines.join("\n") + "\n")
}

/// The lines to stand below the step.
fn output(step: &Step, shown: Shown) -> Vec<String> {
    let Expected { reply, unasked, .. } = &step.expected;
    let kept = |expected: &[Line], seen: Vec<String>| {
        let patterns = expected.iter().any(|line| !matches!(line, Line::Text(_)));
        if (patterns || step.unordered) && compare::same(expected, &seen, step.unordered) {
            return expected.iter().map(Line::source).collect();
        }
        seen.into_iter().map(|line| Line::Text(line).source()).collect::<Vec<_>>()
    };
    let reply = kept(reply, shown.reply);
    let seen = shown.unasked.into_iter().enumerate().map(|(at, (client, lines))| {
        let expected =
            unasked.get(at).filter(|(name, _)| *name == client).map_or(&[][..], |(_, lines)| lines);
        (client, kept(expected, lines))
    });
    compare::source(reply, seen, shown.closed)
}
