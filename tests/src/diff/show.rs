//! Findings as a person reads them: a transcript, with both replies at its end.

use super::Script;
use super::play::Difference;
use super::sides::{Answer, Fault};
use crate::print;
use crate::quote;

/// A finding with all that it takes to see it again.
pub(super) fn finding(number: usize, seed: u64, script: &Script, found: &Difference) -> String {
    let mut text = format!("difference {number} (again: cargo xtask fuzz diff --seed {seed} --commands 1)\n");
    if script.resp3 {
        text.push_str("> HELLO 3\n");
    }
    let calls = script.units.iter().flatten();
    let shown: Vec<String> = calls.map(|call| format!("> {}\n", line(call))).collect();
    // The last call's line leads its replies.
    let before = if found.database.is_some() { shown.len() } else { shown.len().saturating_sub(1) };
    text.extend(shown.into_iter().take(before));
    text + &difference(found)
}

/// A call and what both sides answered: `-` is the oracle's, `+` is ours.
pub(super) fn difference(found: &Difference) -> String {
    let mut text = String::new();
    if let Some(database) = found.database {
        text.push_str(&format!("> SELECT {database}\n"));
    }
    text.push_str(&format!("> {}\n", line(&found.call)));
    let (mut wanted, mut seen) = (lines(&found.oracle, &found.call), lines(&found.ours, &found.call));
    if wanted == seen {
        // What a person would see is the same: the bytes are not.
        (wanted, seen) = (vec![quote::quoted(&found.oracle.bytes)], vec![quote::quoted(&found.ours.bytes)]);
    }
    for (mark, lines) in [('-', wanted), ('+', seen)] {
        lines.iter().for_each(|line| text.push_str(&format!("  {mark} {line}\n")));
    }
    text
}

fn lines(answer: &Answer, call: &[Vec<u8>]) -> Vec<String> {
    match &answer.reply {
        Ok(reply) => print::lines(reply, call),
        Err(Fault::Panic(words)) => words.lines().map(str::to_owned).collect(),
        Err(Fault::Silence) => vec!["no answer".to_owned()],
    }
}

/// A call as one types it.
pub(super) fn line(call: &[Vec<u8>]) -> String {
    let plain = |word: &[u8]| {
        !word.is_empty() && word.iter().all(|&b| b.is_ascii_graphic() && !b"\"'\\#".contains(&b))
    };
    let word = |word: &Vec<u8>| {
        if plain(word) { String::from_utf8_lossy(word).into_owned() } else { quote::quoted(word) }
    };
    call.iter().map(word).collect::<Vec<_>>().join(" ")
}
