//! What a range of a sorted set is: from one rank to another, from one score to another, from one member to another.
//!
//! Whichever it is, it comes to a range of ranks. Those from one member to another are looked for as if all scores were
//! equal, which they ought to be.

use core::ops::Range;

use crate::argv::Args;
use crate::command::flag::{FAST, READONLY};
use crate::command::key::{ACCESS, RO};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::number;
use crate::reply::Outcome;
use crate::types::{SortedSet, places};

pub(super) static ZCOUNT: Command = Command::new("zcount", Group::SortedSet, "2.0.0", 4, zcount)
    .summary("Counts the members of a sorted set whose scores are between two.")
    .complexity("O(log(N)) for N members in the sorted set")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0), Arg::double("min"), Arg::double("max")]);

fn zcount(call: &mut Call<'_>) -> Outcome {
    count(call, By::Score)
}

pub(super) static ZLEXCOUNT: Command = Command::new("zlexcount", Group::SortedSet, "2.8.9", 4, zlexcount)
    .summary("Counts the members of a sorted set of equal scores that are between two in the order of their bytes.")
    .complexity("O(log(N)) for N members in the sorted set")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0), Arg::string("min"), Arg::string("max")]);

fn zlexcount(call: &mut Call<'_>) -> Outcome {
    count(call, By::Lex)
}

fn count(call: &mut Call<'_>, by: By) -> Outcome {
    let bounds = Bounds::read(by, call.args, 2, 3)?;
    let set = call.db.read::<SortedSet>(call.args.at(1))?;
    let count = set.map_or(0, |set| bounds.ranks(set, false).len());
    Ok(call.reply.len(count))
}

/// What a range goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Rank,
    Score,
    Lex,
}

/// A range as it was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bounds<'a> {
    /// From an index to an index, both included; negative ones count from the end.
    Ranks(i64, i64),
    /// From a score to a score.
    Scores(Bound<f64>, Bound<f64>),
    /// From a member to a member.
    Members(LexBound<'a>, LexBound<'a>),
}

/// An end of a range.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound<T> {
    value: T,
    /// The value itself is not in the range.
    is_open: bool,
}

/// An end of a range of members.
#[derive(Clone, Copy, Debug)]
pub(super) enum LexBound<'a> {
    /// `-`: before all members.
    Least,
    /// `+`: after all members.
    Greatest,
    /// `[member` or `(member`
    Member(Bound<&'a [u8]>),
}

impl<'a> Bounds<'a> {
    /// Reads the two words at which a range begins and ends.
    pub(super) fn read(by: By, args: Args<'a>, min: usize, max: usize) -> Result<Self, Error> {
        match by {
            By::Rank => Ok(Self::Ranks(args.int(min)?, args.int(max)?)),
            By::Score => read_score(args.at(min))
                .zip(read_score(args.at(max)))
                .map(|(min, max)| Self::Scores(min, max))
                .ok_or(Error::Text("ERR min or max is not a float")),
            By::Lex => LexBound::read(args.at(min))
                .zip(LexBound::read(args.at(max)))
                .map(|(min, max)| Self::Members(min, max))
                .ok_or(Error::Text("ERR min or max not valid string range item")),
        }
    }

    /// The ranks in a sorted set that it comes to. Indices may count from the greatest element down; scores and members
    /// are the same either way.
    pub(super) fn ranks(&self, set: &SortedSet, from_end: bool) -> Range<usize> {
        let (start, end) = match *self {
            Self::Ranks(start, stop) => {
                let Range { start, end } = places(set.len(), start, stop);
                if from_end { (set.len() - end, set.len() - start) } else { (start, end) }
            }
            Self::Scores(min, max) => (
                set.rank_by_score(|score| if min.is_open { score <= min.value } else { score < min.value }),
                set.rank_by_score(|score| if max.is_open { score < max.value } else { score <= max.value }),
            ),
            Self::Members(min, max) => (
                set.rank_by_member(|member| min.is_after(member, true)),
                set.rank_by_member(|member| max.is_after(member, false)),
            ),
        };
        start..end.max(start)
    }
}

fn read_score(text: &[u8]) -> Option<Bound<f64>> {
    let (is_open, text) = match text {
        [b'(', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    Some(Bound { value: number::parse_bound(text)?, is_open })
}

impl<'a> LexBound<'a> {
    fn read(text: &'a [u8]) -> Option<Self> {
        match text {
            [b'-'] | [b'-', 0, ..] => Some(Self::Least),
            [b'+'] | [b'+', 0, ..] => Some(Self::Greatest),
            [b'(', member @ ..] => Some(Self::Member(Bound { value: member, is_open: true })),
            [b'[', member @ ..] => Some(Self::Member(Bound { value: member, is_open: false })),
            _ => None,
        }
    }

    /// Whether a member comes before this end of a range. One that is the bound does so if the range begins after it,
    /// or if the range ends with it.
    fn is_after(self, member: &[u8], is_min: bool) -> bool {
        match self {
            Self::Least => false,
            Self::Greatest => true,
            Self::Member(bound) if bound.is_open == is_min => member <= bound.value,
            Self::Member(bound) => member < bound.value,
        }
    }
}
