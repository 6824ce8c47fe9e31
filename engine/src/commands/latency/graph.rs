//! The samples of an event as a drawing: a column for each second, under it how long ago that was.
//!
//! ```text
//! command - high 65 ms, low 5 ms (all time high 65 ms)
//! --------------------------------------------------------------------------------
//!     _o#
//!  _o#|||
//! _||||||
//!
//! 6543210
//! sssssss
//! ```

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{FLAGS, TIPS};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::observe::{LatencyEvent, Sample};
use crate::reply::Outcome;

pub(super) static GRAPH: Command = Command::new("latency|graph", Group::Server, "2.8.13", 3, graph)
    .summary("Draws how long an event took.")
    .complexity("O(1)")
    .flags(FLAGS)
    .tips(TIPS)
    .args(&[Arg::string("event")]);

/// The columns of a drawing; more samples make another one below.
const COLUMNS: usize = 80;

/// The rows of a drawing, and the heights that a row can show.
const ROWS: u64 = 4;
const TIPS_OF_BARS: [char; 3] = ['_', 'o', '#'];

fn graph(call: &mut Call<'_>) -> Outcome {
    let word = call.args.at(2);
    let event = LatencyEvent::named(word);
    let Some((event, series)) = event.and_then(|event| Some((event, call.server.latency.of(event)?))) else {
        return Err(Error::quoting("No samples available for event '", word, "'"));
    };
    let samples: Vec<Sample> = series.samples().iter().copied().collect();
    let high = samples.iter().map(|sample| sample.ms).max().unwrap_or(0);
    let low = samples.iter().map(|sample| sample.ms).min().unwrap_or(0);
    let (name, highest) = (event.name(), series.max_ms());
    let mut text = format!("{name} - high {high} ms, low {low} ms (all time high {highest} ms)\n");
    text.extend(core::iter::repeat_n('-', COLUMNS));
    text.push('\n');
    let now_secs = call.server.now.unix_us / 1_000_000;
    for part in samples.chunks(COLUMNS) {
        draw(part, (low, high), now_secs, &mut text);
    }
    Ok(call.reply.verbatim(&text))
}

fn draw(samples: &[Sample], (low, high): (u64, u64), now_secs: u64, text: &mut String) {
    let heights = ROWS * TIPS_OF_BARS.len() as u64;
    let height = |sample: &Sample| {
        ((sample.ms - low).saturating_mul(heights) / (high - low).max(1)).min(heights - 1) as usize
    };
    for row in (0..ROWS as usize).rev() {
        text.extend(samples.iter().map(|sample| {
            let above = height(sample).checked_sub(row * TIPS_OF_BARS.len());
            above.map_or(' ', |above| TIPS_OF_BARS.get(above).copied().unwrap_or('|'))
        }));
        text.push('\n');
    }
    text.extend(samples.iter().map(|_| ' '));
    text.push('\n');
    let labels: Vec<String> = samples.iter().map(|sample| ago(now_secs, sample.unix_secs)).collect();
    let longest = labels.iter().map(String::len).max().unwrap_or(0);
    for row in 0..longest {
        text.extend(labels.iter().map(|label| label.chars().nth(row).unwrap_or(' ')));
        text.push('\n');
    }
}

fn ago(now_secs: u64, then_secs: u64) -> String {
    match now_secs.saturating_sub(then_secs) {
        secs @ 0..60 => format!("{secs}s"),
        secs @ 60..3600 => format!("{}m", secs / 60),
        secs @ 3600..86_400 => format!("{}h", secs / 3600),
        secs => format!("{}d", secs / 86_400),
    }
}
