//! The calls that took long: SLOWLOG.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

/// The words of a call that are kept, and the bytes of each.
const WORDS_MAX: usize = 32;
const WORD_MAX: usize = 128;

/// A call that took long.
#[derive(Clone, Debug)]
pub struct SlowCall {
    /// Its number, never used twice.
    pub id: u64,
    /// When it ended, in seconds since the Unix epoch.
    pub unix_secs: u64,
    /// How long it took, in microseconds.
    pub us: u64,
    /// Its words, long ones cut short.
    pub words: Vec<Vec<u8>>,
    /// Where the client came from.
    pub peer: String,
    /// What the client calls itself.
    pub name: Vec<u8>,
}

/// The calls that took long, the latest first.
#[derive(Debug, Default)]
pub struct SlowLog {
    calls: VecDeque<SlowCall>,
    next_id: u64,
}

impl SlowLog {
    /// Adds a call, under a number of its own; no more than `most` are kept.
    pub fn push(&mut self, call: SlowCall, most: u64) {
        self.calls.push_front(SlowCall { id: self.next_id, ..call });
        self.next_id += 1;
        self.keep(most);
    }

    /// Forgets the oldest, so that no more than `most` are kept.
    pub fn keep(&mut self, most: u64) {
        self.calls.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// All of them, the latest first.
    pub fn iter(&self) -> impl Iterator<Item = &SlowCall> {
        self.calls.iter()
    }

    /// Forgets them. Numbers go on.
    pub fn reset(&mut self) {
        self.calls.clear();
    }
}

/// The words of a call as they are kept.
pub fn shorten<'a>(words: impl ExactSizeIterator<Item = &'a [u8]>) -> Vec<Vec<u8>> {
    let count = words.len();
    let whole = if count > WORDS_MAX { WORDS_MAX - 1 } else { count };
    let mut kept: Vec<Vec<u8>> = words.take(whole).map(shorten_word).collect();
    if count > whole {
        kept.push(alloc::format!("... ({} more arguments)", count - whole).into_bytes());
    }
    kept
}

fn shorten_word(word: &[u8]) -> Vec<u8> {
    match word.split_at_checked(WORD_MAX) {
        Some((beginning, rest)) if !rest.is_empty() => {
            [beginning, alloc::format!("... ({} more bytes)", rest.len()).as_bytes()].concat()
        }
        _ => word.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::shorten;
    use alloc::vec;

    #[test]
    fn long_calls_are_cut_short() {
        let short = vec![b"word".as_slice(); 32];
        assert_eq!(shorten(short.into_iter()).len(), 32);
        let long = vec![b"word".as_slice(); 33];
        assert_eq!(shorten(long.into_iter()).last().unwrap(), b"... (2 more arguments)");
        let word = [b'x'; 129];
        assert!(shorten([word.as_slice()].into_iter()).concat().ends_with(b"x... (1 more bytes)"));
    }
}
