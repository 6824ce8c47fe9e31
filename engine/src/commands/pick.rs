//! Picking elements by chance, for SRANDMEMBER and its kin.

use alloc::vec::Vec;

use redstart_structures::OrderedSet;

use crate::argv::Args;
use crate::config::Config;
use crate::error::Error;
use crate::execute::output_limit;
use crate::random::Random;
use crate::reply::{Replied, Reply};
use crate::session::{Outbox, Session};

/// The count at a place: positive for so many different elements, negative for so many picks.
pub(super) fn count(args: Args<'_>, place: usize) -> Result<i64, Error> {
    let count = args.int(place)?;
    if count == i64::MIN {
        return Err(Error::Text(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
        ));
    }
    Ok(count)
}

/// So many different elements of `len`; all of them if there are no more.
pub(super) fn different<T: Ord>(
    len: usize,
    count: usize,
    random: &mut Random,
    sample: impl Fn(u64) -> Option<T>,
    all: impl FnOnce() -> Vec<T>,
) -> Vec<T> {
    // Few of many: pick until they are together, which takes little more than so many picks; but no luck is endless.
    if count < len / 3 {
        let mut picked = OrderedSet::new();
        for _ in 0..count.saturating_mul(20) {
            picked.extend(sample(random.next()));
            if picked.len() == count {
                return picked.into_keys().collect();
            }
        }
    }
    let mut elements = all();
    if count < elements.len() {
        for place in 0..count {
            let other = place + random.below((elements.len() - place) as u64) as usize;
            elements.swap(place, other);
        }
        elements.truncate(count);
    }
    elements
}

/// How long an answer may get.
#[derive(Clone, Copy, Debug)]
pub(super) struct Longest {
    /// Nobody can take in an answer that is longer than a request can be; it would only eat up the memory.
    bytes: usize,
    /// More than this may not wait for the client: its connection ends, whatever else is written.
    waiting: usize,
}

impl Longest {
    pub(super) fn new(config: &Config, session: &Session) -> Self {
        let size = |bytes| usize::try_from(bytes).unwrap_or(usize::MAX);
        let hard = output_limit(config, session).hard;
        let waiting = if hard > 0 { size(hard).saturating_add(Outbox::FIXED) } else { usize::MAX };
        Self { bytes: size(config.proto_max_bulk_len), waiting }
    }
}

/// Answers with so many picks, each written by `say` in `words` strings.
pub(super) fn repeated(
    reply: &mut Reply<'_>,
    count: usize,
    words: usize,
    longest: Longest,
    mut say: impl FnMut(&mut Reply<'_>),
) -> Result<Replied, Error> {
    if count > longest.bytes / (words * STRING_BYTES_MIN) && longest.waiting > longest.bytes {
        return Err(Error::OutOfRange);
    }
    let start = reply.mark();
    for _ in 0..count {
        if reply.mark() > longest.waiting {
            break;
        }
        if reply.mark() - start > longest.bytes {
            return Err(Error::OutOfRange);
        }
        say(reply);
    }
    Ok(reply.later())
}

/// The bytes of the shortest string in a reply.
const STRING_BYTES_MIN: usize = 6;

/// So many different places of `len`, any such choice as likely as another (Floyd's algorithm).
pub(super) fn places(len: usize, count: usize, random: &mut Random) -> OrderedSet<usize> {
    let mut picked = OrderedSet::new();
    for last in len.saturating_sub(count)..len {
        let place = random.below(last as u64 + 1) as usize;
        if !picked.insert(place) {
            picked.insert(last);
        }
    }
    picked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_as_likely_as_another() {
        let mut random = Random::new(1);
        let mut seen = [0; 10];
        for _ in 0..10_000 {
            let picked = places(10, 3, &mut random);
            assert_eq!(picked.len(), 3);
            picked.iter().for_each(|place| seen[*place] += 1);
        }
        assert!(seen.iter().all(|count| (2800..3200).contains(count)), "{seen:?}");
        assert_eq!(places(4, 4, &mut random).len(), 4);
    }
}
