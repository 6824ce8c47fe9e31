//! How COMMAND INFO told of keys before there were key specs: the first key, the last one, and the step between.
//!
//! Old clients still route by these three numbers. What they can't express is left out, and `movablekeys` says so.

use super::flag::MOVABLEKEYS;
use super::key::{Begin, Find, INCOMPLETE, KeySpec};
use super::{Command, Flags};

/// The first key, the last one (negative: from the end), and the step; all 0 where there is nothing to tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyRange {
    /// The place of the first key.
    pub first: i64,
    /// The place of the last key.
    pub last: i64,
    /// From one key to the next.
    pub step: i64,
}

impl Command {
    /// What can be told in three numbers.
    #[must_use]
    pub fn key_range(&self) -> KeyRange {
        if let [only] = self.keys {
            return range_of(only).unwrap_or_default();
        }
        let mut whole: Option<KeyRange> = None;
        for range in self.keys.iter().filter_map(range_of).filter(|range| range.step == 1) {
            match &mut whole {
                None => whole = Some(range),
                // The next spec goes on where the last one ended.
                Some(whole) if whole.last + 1 == range.first => whole.last = range.last,
                Some(_) => {}
            }
        }
        whole.unwrap_or_default()
    }

    /// Its flags, with the one that follows from its key specs.
    #[must_use]
    pub fn told_flags(&self) -> Flags {
        let movable = |spec: &KeySpec| range_of(spec).is_none() || spec.access & INCOMPLETE != 0;
        if self.keys.iter().any(movable) { self.flags | MOVABLEKEYS } else { self.flags }
    }
}

fn range_of(spec: &KeySpec) -> Option<KeyRange> {
    let (Begin::Index(first), Find::Range { last, step, .. }) = (spec.begin, spec.find) else { return None };
    let (first, last) = (first as i64, i64::from(last));
    Some(KeyRange { first, last: if last >= 0 { first + last } else { last }, step: step as i64 })
}
