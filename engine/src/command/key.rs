//! Where a command's keys are, and what it does to them: key specifications.
//!
//! A spec says where to begin looking and how to go on from there. Cluster routing, ACL and COMMAND GETKEYS read
//! keys through [`KeySpec::positions`] alone, so no command has a key finder of its own.

use crate::argv::Args;

/// What a command does to the keys of a spec.
pub type Access = u16;

/// Only reads the key's value.
pub const RO: Access = 1 << 0;
/// Reads and writes it.
pub const RW: Access = 1 << 1;
/// Overwrites it without looking.
pub const OW: Access = 1 << 2;
/// Removes it.
pub const RM: Access = 1 << 3;
/// Gives something of the value back to the caller.
pub const ACCESS: Access = 1 << 4;
/// Changes what is there.
pub const UPDATE: Access = 1 << 5;
/// Adds to what is there.
pub const INSERT: Access = 1 << 6;
/// Takes from what is there.
pub const DELETE: Access = 1 << 7;
/// It is not a key, but is routed like one.
pub const NOT_KEY: Access = 1 << 8;
/// The spec does not find all keys.
pub const INCOMPLETE: Access = 1 << 9;
/// What it does depends on other arguments.
pub const VARIABLE: Access = 1 << 10;

/// The flags with the names that COMMAND INFO gives them, in its order.
pub const NAMES: &[(Access, &str)] = &[
    (RO, "RO"),
    (RW, "RW"),
    (OW, "OW"),
    (RM, "RM"),
    (ACCESS, "access"),
    (UPDATE, "update"),
    (INSERT, "insert"),
    (DELETE, "delete"),
    (NOT_KEY, "not_key"),
    (INCOMPLETE, "incomplete"),
    (VARIABLE, "variable_flags"),
];

/// Where some of a command's keys are.
#[derive(Debug, Clone, Copy)]
pub struct KeySpec {
    /// What is done to them.
    pub access: Access,
    /// Where to begin looking.
    pub begin: Begin,
    /// How to go on from there.
    pub find: Find,
    /// What is done to them in a call, where that depends on its other words.
    pub in_call: Option<fn(Args<'_>) -> Access>,
    /// A remark for people.
    pub notes: &'static str,
}

/// Where to begin looking for keys.
#[derive(Debug, Clone, Copy)]
pub enum Begin {
    /// At this word; the command itself is word 0.
    Index(usize),
    /// After this literal word, looked for from a position on; a negative position counts from the end.
    Keyword(&'static str, i32),
    /// Nobody can tell without running the command.
    Unknown,
}

/// How to go on from the beginning.
#[derive(Debug, Clone, Copy)]
pub enum Find {
    /// Every `step` words until `last`, relative to the beginning; a negative one counts from the end. With
    /// `last` -1, a `limit` of n means only the first n-th part of what remains.
    Range {
        /// The last key's place.
        last: i32,
        /// From one key to the next.
        step: usize,
        /// Of how many parts of the rest the first is meant; 0 and 1: all.
        limit: usize,
    },
    /// A number of keys stands at `at`, the first key at `first`; both relative to the beginning.
    KeyNum {
        /// Where the number is.
        at: usize,
        /// Where the first key is.
        first: usize,
        /// From one key to the next.
        step: usize,
    },
    /// The one key at the place that the command's own reading of its words gives, where no rule above can.
    Parsed(fn(Args<'_>) -> Option<usize>),
    /// Nobody can tell without running the command.
    Unknown,
}

impl KeySpec {
    /// One key at a fixed place.
    #[must_use]
    pub const fn at(index: usize, access: Access) -> Self {
        Self::range(index, 0, 1, access)
    }

    /// Keys from a fixed place on until `last`, relative to it (-1: the last word), every `step` words.
    #[must_use]
    pub const fn range(index: usize, last: i32, step: usize, access: Access) -> Self {
        Self::found(access, Begin::Index(index), Find::Range { last, step, limit: 0 })
    }

    /// As many keys as the number at a fixed place says, right after it.
    #[must_use]
    pub const fn counted(index: usize, access: Access) -> Self {
        Self::found(access, Begin::Index(index), Find::KeyNum { at: 0, first: 1, step: 1 })
    }

    /// One key after a literal word.
    #[must_use]
    pub const fn after(word: &'static str, from: i32, access: Access) -> Self {
        Self::found(access, Begin::Keyword(word, from), Find::Range { last: 0, step: 1, limit: 0 })
    }

    /// One key that only the command's own reading of its words finds. To clients its place is unknown.
    #[must_use]
    pub const fn parsed(find: fn(Args<'_>) -> Option<usize>, access: Access) -> Self {
        Self::found(access, Begin::Unknown, Find::Parsed(find))
    }

    /// Keys whose names follow from what is stored: no call tells them.
    #[must_use]
    pub const fn from_contents(access: Access) -> Self {
        Self::found(access, Begin::Unknown, Find::Unknown)
    }

    /// Whether it means keys that can't be told from a call.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.find, Find::Unknown)
    }

    /// Keys after the word `STREAMS`, looked for from a place on: the first half of the words that follow, the rest are
    /// ids.
    #[must_use]
    pub const fn streams(from: i32) -> Self {
        Self::found(RO | ACCESS, Begin::Keyword("STREAMS", from), Find::Range { last: -1, step: 1, limit: 2 })
    }

    const fn found(access: Access, begin: Begin, find: Find) -> Self {
        Self { access, begin, find, in_call: None, notes: "" }
    }

    /// Says what is done to them in a call.
    #[must_use]
    pub const fn varying(self, in_call: fn(Args<'_>) -> Access) -> Self {
        Self { access: self.access | VARIABLE, in_call: Some(in_call), ..self }
    }

    /// What is done to them in a call.
    #[must_use]
    pub fn access_in(&self, args: Args<'_>) -> Access {
        self.in_call.map_or(self.access, |in_call| in_call(args))
    }

    /// Adds a remark for people.
    #[must_use]
    pub const fn notes(self, notes: &'static str) -> Self {
        Self { notes, ..self }
    }

    /// The places of its keys in a call; empty when the call is malformed.
    pub fn positions(&self, args: Args<'_>) -> impl Iterator<Item = usize> + use<> {
        let found = self.bounds(args).filter(|&(first, last, _)| first <= last && last < args.len());
        let (first, last, step) = found.unwrap_or((1, 0, 1));
        (first..=last).step_by(step.max(1))
    }

    /// The place of its key, if every call that is well-formed has just that one, and it is told without a look at the call.
    #[inline]
    pub(crate) const fn only_position(&self) -> Option<usize> {
        match (self.begin, self.find) {
            (Begin::Index(index), Find::Range { last: 0, .. }) => Some(index),
            _ => None,
        }
    }

    /// First place, last place and step.
    fn bounds(&self, args: Args<'_>) -> Option<(usize, usize, usize)> {
        if let Find::Parsed(find) = self.find {
            return find(args).map(|place| (place, place, 1));
        }
        let begin = match self.begin {
            Begin::Index(index) => index,
            Begin::Keyword(word, from) => find_word(args, word, from)? + 1,
            Begin::Unknown => return None,
        };
        match self.find {
            Find::Range { last, step, limit } => {
                let end = if last >= 0 {
                    begin.checked_add(last as usize)?
                } else if limit > 1 {
                    begin + args.len().checked_sub(begin)?.checked_div(limit)?.checked_sub(1)?
                } else {
                    args.len().checked_sub(last.unsigned_abs() as usize)?
                };
                Some((begin, end, step))
            }
            Find::KeyNum { at, first, step } => {
                let count = usize::try_from(args.int(begin + at).ok()?).ok()?;
                let first = begin + first;
                let span = count.checked_sub(1)?.checked_mul(step)?;
                Some((first, first.checked_add(span)?, step))
            }
            Find::Parsed(_) | Find::Unknown => None,
        }
    }
}

/// The place of a literal word, from a place on forwards, or from a place before the end backwards.
fn find_word(args: Args<'_>, word: &str, from: i32) -> Option<usize> {
    let is = |&index: &usize| args.get(index).is_some_and(|arg| arg.eq_ignore_ascii_case(word.as_bytes()));
    if from >= 0 {
        (from as usize..args.len()).find(is)
    } else {
        let start = args.len().checked_sub(from.unsigned_abs() as usize)?;
        (1..=start).rev().find(is)
    }
}
