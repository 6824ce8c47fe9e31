//! What is propagated: the commands that the oracle writes into its append-only file, and those of our feed.

use super::Call;
use super::rules::CLOCKS_MS;
use super::sides::Answer;
use crate::resp::Reply;

/// What stands in the place of a call when it is not an answer that differs.
pub(super) fn call() -> Call {
    vec![b"(what is propagated)".to_vec()]
}

/// Whether both say the same to their replicas.
pub(super) fn same(oracle: &Answer, ours: &Answer) -> bool {
    oracle.bytes == ours.bytes || first_difference(oracle, ours).is_none()
}

/// What a difference is about: the names of the first two commands that are not the same.
pub(super) fn about(oracle: &Answer, ours: &Answer) -> String {
    let name = |command: Option<Vec<Vec<u8>>>| {
        let name = command.and_then(|words| words.first().cloned()).unwrap_or_default();
        String::from_utf8_lossy(&name).to_ascii_lowercase()
    };
    let (oracle, ours) = first_difference(oracle, ours).unwrap_or_default();
    format!("propagated {} {}", name(oracle), name(ours))
}

type Words = Option<Vec<Vec<u8>>>;

fn first_difference(oracle: &Answer, ours: &Answer) -> Option<(Words, Words)> {
    let (oracle, ours) = (commands(oracle), commands(ours));
    let places = 0..oracle.len().max(ours.len());
    let pairs = places.map(|place| (oracle.get(place).cloned(), ours.get(place).cloned()));
    pairs.into_iter().find(|pair| !matches!(pair, (Some(one), Some(other)) if alike(one, other)))
}

fn commands(answer: &Answer) -> Vec<Vec<Vec<u8>>> {
    let words = |reply: &Reply| match reply {
        Reply::Array(words) => words.iter().filter_map(word).collect(),
        _ => Vec::new(),
    };
    match &answer.reply {
        Ok(Reply::Array(commands)) => commands.iter().map(words).collect(),
        _ => Vec::new(),
    }
}

fn word(reply: &Reply) -> Option<Vec<u8>> {
    if let Reply::Bulk(bytes) = reply { Some(bytes.clone()) } else { None }
}

/// The same but for the clock and the case of letters. Which member goes is each side's own choice.
fn alike(one: &[Vec<u8>], other: &[Vec<u8>]) -> bool {
    let picked = one.len() == 3 && one[0].eq_ignore_ascii_case(b"SREM") && one[1] == other[1];
    one.len() == other.len() && one.iter().zip(other).skip(if picked { 3 } else { 0 }).all(alike_words)
}

fn alike_words((one, other): (&Vec<u8>, &Vec<u8>)) -> bool {
    one.eq_ignore_ascii_case(other)
        || moment(one).zip(moment(other)).is_some_and(|(one, other)| (one - other).abs() <= CLOCKS_MS)
}

/// A time in milliseconds, which may be the first part of a stream's id.
fn moment(word: &[u8]) -> Option<i64> {
    let word = std::str::from_utf8(word).ok()?;
    let ms = word.split_once('-').map_or(word, |(ms, _)| ms);
    ms.parse().ok().filter(|&ms| ms > 1_000_000_000_000)
}
