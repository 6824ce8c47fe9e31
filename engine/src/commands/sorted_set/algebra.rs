//! What several sorted sets have in common, have together, and have one without the others.
//!
//! Sets may take part, too: all their scores are 1. The keys are read one by one first: that finds those of other types,
//! before anything is said about the options, and counts as a read of each. Then they are held together. A key that is
//! not there is empty.
//!
//! A result is a list that is sorted once it is complete. As a reply it needs no more; to be stored it becomes a sorted
//! set, which is built quickly from what is in order.

use alloc::vec::Vec;
use core::cmp::Reverse;

use redstart_structures::{Blob, Dict, Item, sort_by_key, sort_by_weight};

use super::{Form, rules};
use crate::argv::Args;
use crate::command::flag::{DENYOOM, READONLY, WRITE};
use crate::command::key::{ACCESS, OW, RO, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::store::store;
use crate::error::Error;
use crate::execute::Call;
use crate::hasher::Hasher;
use crate::keyspace::{Db, Entry, Event, change};
use crate::number;
use crate::reply::Outcome;
use crate::types::{Held, Member, Set, SetRules, SortedSet, text};

pub(super) static ZINTER: Command = Command::new("zinter", Group::SortedSet, "6.2.0", -3, zinter)
    .summary("Returns what all of some sorted sets have in common.")
    .complexity(COST_OF_INTER)
    .flags(READONLY)
    .keys(&[KeySpec::counted(1, RO | ACCESS)])
    .args(&[NUMKEYS, Arg::key("key", 0).multiple(), WEIGHTS, AGGREGATE, WITHSCORES]);

fn zinter(call: &mut Call<'_>) -> Outcome {
    answer(call, Op::Inter)
}

pub(super) static ZINTERSTORE: Command =
    Command::new("zinterstore", Group::SortedSet, "2.0.0", -4, zinterstore)
        .summary("Stores what all of some sorted sets have in common.")
        .complexity(COST_OF_INTER)
        .flags(WRITE | DENYOOM)
        .keys(STORED)
        .args(&[DESTINATION, NUMKEYS, Arg::key("key", 1).multiple(), WEIGHTS, AGGREGATE]);

fn zinterstore(call: &mut Call<'_>) -> Outcome {
    keep(call, Op::Inter, change::ZINTERSTORE)
}

pub(super) static ZINTERCARD: Command = Command::new("zintercard", Group::SortedSet, "7.0.0", -3, zintercard)
    .summary("Counts what all of some sorted sets have in common.")
    .complexity("O(N*K) for K sorted sets, the smallest of N members")
    .flags(READONLY)
    .keys(&[KeySpec::counted(1, RO | ACCESS)])
    .args(&[NUMKEYS, Arg::key("key", 0).multiple(), Arg::integer("limit").after("LIMIT").optional()]);

fn zintercard(call: &mut Call<'_>) -> Outcome {
    let keys = keys(call, 1)?;
    let sources = read(&mut call.db, keys)?;
    let wanted =
        Wanted::read(call.args.from(2 + keys.len()), keys.len(), Allowed { limit: true, ..NOTHING })?;
    let mut count = 0;
    wanted.inter(&sources, |_, _| {
        count += 1;
        count != wanted.limit
    });
    Ok(call.reply.len(count))
}

pub(super) static ZUNION: Command = Command::new("zunion", Group::SortedSet, "6.2.0", -3, zunion)
    .summary("Returns what is in any of some sorted sets.")
    .complexity(COST_OF_UNION)
    .flags(READONLY)
    .keys(&[KeySpec::counted(1, RO | ACCESS)])
    .args(&[NUMKEYS, Arg::key("key", 0).multiple(), WEIGHTS, AGGREGATE, WITHSCORES]);

fn zunion(call: &mut Call<'_>) -> Outcome {
    answer(call, Op::Union)
}

pub(super) static ZUNIONSTORE: Command =
    Command::new("zunionstore", Group::SortedSet, "2.0.0", -4, zunionstore)
        .summary("Stores what is in any of some sorted sets.")
        .complexity(COST_OF_UNION)
        .flags(WRITE | DENYOOM)
        .keys(STORED)
        .args(&[DESTINATION, NUMKEYS, Arg::key("key", 1).multiple(), WEIGHTS, AGGREGATE]);

fn zunionstore(call: &mut Call<'_>) -> Outcome {
    keep(call, Op::Union, change::ZUNIONSTORE)
}

pub(super) static ZDIFF: Command = Command::new("zdiff", Group::SortedSet, "6.2.0", -3, zdiff)
    .summary("Returns what is in the first of some sorted sets and in no other.")
    .complexity(COST_OF_DIFF)
    .flags(READONLY)
    .keys(&[KeySpec::counted(1, RO | ACCESS)])
    .args(&[NUMKEYS, Arg::key("key", 0).multiple(), WITHSCORES]);

fn zdiff(call: &mut Call<'_>) -> Outcome {
    answer(call, Op::Diff)
}

pub(super) static ZDIFFSTORE: Command = Command::new("zdiffstore", Group::SortedSet, "6.2.0", -4, zdiffstore)
    .summary("Stores what is in the first of some sorted sets and in no other.")
    .complexity(COST_OF_DIFF)
    .flags(WRITE | DENYOOM)
    .keys(STORED)
    .args(&[DESTINATION, NUMKEYS, Arg::key("key", 1).multiple()]);

fn zdiffstore(call: &mut Call<'_>) -> Outcome {
    keep(call, Op::Diff, change::ZDIFFSTORE)
}

const COST_OF_INTER: &str =
    "O(N*K)+O(M*log(M)) for K sorted sets, the smallest of N members, M members in the result";
const COST_OF_UNION: &str =
    "O(N)+O(M*log(M)) for N members in all of the sorted sets, M members in the result";
const COST_OF_DIFF: &str = "O(L+M*log(M)) for L members in all of the sorted sets, M members in the result";

const STORED: &[KeySpec] = &[KeySpec::at(1, OW | UPDATE), KeySpec::counted(2, RO | ACCESS)];

const DESTINATION: Arg = Arg::key("destination", 0);
const NUMKEYS: Arg = Arg::integer("numkeys");
const WEIGHTS: Arg = Arg::integer("weight").after("WEIGHTS").optional().multiple();
const AGGREGATE: Arg =
    Arg::one_of("aggregate", &[Arg::word("sum", "SUM"), Arg::word("min", "MIN"), Arg::word("max", "MAX")])
        .after("AGGREGATE")
        .optional();
const WITHSCORES: Arg = Arg::word("withscores", "WITHSCORES").optional();

/// What is done with the sorted sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Union,
    Inter,
    Diff,
}

/// Replies with a result.
fn answer(call: &mut Call<'_>, op: Op) -> Outcome {
    let keys = keys(call, 1)?;
    let hasher = call.db.hasher();
    let sources = read(&mut call.db, keys)?;
    let weighted = op != Op::Diff;
    let allowed = Allowed { weights: weighted, aggregate: weighted, scores: true, ..NOTHING };
    let wanted = Wanted::read(call.args.from(2 + keys.len()), keys.len(), allowed)?;
    let result = wanted.combine(op, &sources, hasher);
    let form = Form::new(wanted.with_scores, call.reply.protocol());
    Ok(form.say_all(&mut call.reply, result.iter().map(|(member, score)| (Item::Bytes(member), *score))))
}

/// Stores a result under the first key.
fn keep(call: &mut Call<'_>, op: Op, event: Event) -> Outcome {
    let keys = keys(call, 2)?;
    let rules = rules(call);
    let sources = read(&mut call.db, keys)?;
    let weighted = op != Op::Diff;
    let allowed = Allowed { weights: weighted, aggregate: weighted, ..NOTHING };
    let wanted = Wanted::read(call.args.from(3 + keys.len()), keys.len(), allowed)?;
    let mut result = SortedSet::large(rules.hasher);
    for (member, score) in wanted.combine(op, &sources, rules.hasher) {
        result.insert(&member, score, &rules);
    }
    result.pack(&rules);
    store(call, result, SortedSet::len, event)
}

/// The keys that follow their number, which stands at `place`.
fn keys<'a>(call: &Call<'a>, place: usize) -> Result<Args<'a>, Error> {
    let count = call.args.int(place)?;
    if count < 1 {
        let name = call.command.name;
        return Err(Error::err(format_args!("at least 1 input key is needed for '{name}' command")));
    }
    let rest = call.args.from(place + 1);
    let count = usize::try_from(count).ok().filter(|&count| count <= rest.len()).ok_or(Error::Syntax)?;
    Ok(rest.until(count))
}

/// A set that takes part.
#[derive(Clone, Copy)]
enum Source<'a> {
    Sorted(&'a SortedSet),
    Set(&'a Set),
    Nothing,
}

impl<'a> Source<'a> {
    const fn of(entry: Entry<'a>) -> Result<Self, Error> {
        match entry.value {
            Held::SortedSet(set) => Ok(Self::Sorted(set)),
            Held::Set(set) => Ok(Self::Set(set)),
            _ => Err(Error::WrongType),
        }
    }

    fn len(self) -> usize {
        match self {
            Self::Sorted(set) => set.len(),
            Self::Set(set) => set.len(),
            Self::Nothing => 0,
        }
    }

    fn score(self, member: &[u8]) -> Option<f64> {
        match self {
            Self::Sorted(set) => set.score(member),
            Self::Set(set) => set.contains(Member::Bytes(member)).then_some(1.0),
            Self::Nothing => None,
        }
    }

    /// Visits all members and their scores, for as long as the visitor wants to go on.
    fn visit(self, mut visit: impl FnMut(&[u8], f64) -> bool) {
        match self {
            Self::Sorted(set) => {
                set.iter().all(|(member, score)| visit(&text(member), score));
            }
            Self::Set(set) => {
                set.iter().all(|member| member.with_bytes(|member| visit(member, 1.0)));
            }
            Self::Nothing => {}
        }
    }
}

/// What some keys hold, in their order.
fn read<'a>(db: &'a mut Db<'_>, keys: Args<'_>) -> Result<Vec<Source<'a>>, Error> {
    for key in keys.iter() {
        db.get(key).map_or(Ok(Source::Nothing), Source::of)?;
    }
    keys.iter().map(|key| db.again(key).map_or(Ok(Source::Nothing), Source::of)).collect()
}

/// Which options a command has.
#[derive(Clone, Copy)]
struct Allowed {
    weights: bool,
    aggregate: bool,
    scores: bool,
    limit: bool,
}

const NOTHING: Allowed = Allowed { weights: false, aggregate: false, scores: false, limit: false };

/// How the scores of one member are put together.
#[derive(Clone, Copy, Debug)]
enum Aggregate {
    Sum,
    Min,
    Max,
}

impl Aggregate {
    fn of(self, one: f64, other: f64) -> f64 {
        match self {
            Self::Sum => or_zero(one + other),
            Self::Min if other < one => other,
            Self::Max if other > one => other,
            Self::Min | Self::Max => one,
        }
    }
}

/// What is no number counts as 0: infinities that cancel each other out.
const fn or_zero(score: f64) -> f64 {
    if score.is_nan() { 0.0 } else { score }
}

/// The options.
struct Wanted {
    /// One for each key.
    weights: Vec<f64>,
    aggregate: Aggregate,
    with_scores: bool,
    /// How many members to count; 0 for all.
    limit: usize,
}

impl Wanted {
    fn read(args: Args<'_>, keys: usize, allowed: Allowed) -> Result<Self, Error> {
        let (mut aggregate, mut with_scores, mut limit) = (Aggregate::Sum, false, 0);
        let mut weights = alloc::vec![1.0; keys];
        let mut index = 0;
        while index < args.len() {
            let rest = args.len() - index - 1;
            if allowed.weights && rest >= keys && args.is(index, "WEIGHTS") {
                for (weight, text) in weights.iter_mut().zip(args.from(index + 1).iter()) {
                    *weight =
                        number::parse_float(text).ok_or(Error::Text("ERR weight value is not a float"))?;
                }
                index += 1 + keys;
            } else if allowed.aggregate && rest >= 1 && args.is(index, "AGGREGATE") {
                aggregate = match args.at(index + 1) {
                    word if word.eq_ignore_ascii_case(b"SUM") => Aggregate::Sum,
                    word if word.eq_ignore_ascii_case(b"MIN") => Aggregate::Min,
                    word if word.eq_ignore_ascii_case(b"MAX") => Aggregate::Max,
                    _ => return Err(Error::Syntax),
                };
                index += 2;
            } else if allowed.scores && args.is(index, "WITHSCORES") {
                with_scores = true;
                index += 1;
            } else if allowed.limit && rest >= 1 && args.is(index, "LIMIT") {
                let value =
                    number::parse_int(args.at(index + 1)).and_then(|limit| usize::try_from(limit).ok());
                limit = value.ok_or(Error::Text("ERR LIMIT can't be negative"))?;
                index += 2;
            } else {
                return Err(Error::Syntax);
            }
        }
        Ok(Self { weights, aggregate, with_scores, limit })
    }

    /// The result of an operation, in the order of a sorted set.
    fn combine(&self, op: Op, sources: &[Source<'_>], hasher: Hasher) -> Vec<(Blob, f64)> {
        let mut result = match op {
            Op::Union => self.union(sources, hasher),
            Op::Inter => {
                let mut result = Vec::new();
                self.inter(sources, |member, score| {
                    result.push((Blob::from(member), score));
                    true
                });
                result
            }
            Op::Diff => diff(sources, hasher),
        };
        sort_by_weight(&mut result, |(_, score)| *score, |(one, _), (other, _)| one.cmp(other));
        result
    }

    /// The sources with their weights, the smallest first: the order in which floats are added up can be seen.
    fn weighted<'a>(&self, sources: &[Source<'a>]) -> Vec<(Source<'a>, f64)> {
        let mut weighted: Vec<_> = sources.iter().copied().zip(self.weights.iter().copied()).collect();
        sort_by_key(&mut weighted, |(source, _)| source.len());
        weighted
    }

    fn union(&self, sources: &[Source<'_>], hasher: Hasher) -> Vec<(Blob, f64)> {
        let mut result: Vec<(Blob, f64)> = Vec::new();
        // Where in the result a member is.
        let mut places: Dict<u32> = Dict::new();
        for (source, weight) in self.weighted(sources) {
            source.visit(|member, score| {
                let score = or_zero(weight * score);
                let hash = hasher.hash(member);
                let is_it = |&place: &u32| result.get(place as usize).is_some_and(|one| *one.0 == *member);
                match places.find(hash, is_it).and_then(|&place| result.get_mut(place as usize)) {
                    Some((_, sum)) => *sum = self.aggregate.of(*sum, score),
                    None => {
                        let place = result.len() as u32;
                        result.push((Blob::from(member), score));
                        places.insert(hash, place, |&place| {
                            result.get(place as usize).map_or(0, |one| hasher.hash(&one.0))
                        });
                    }
                }
                true
            });
        }
        result
    }

    /// Finds the members that all sources have, for as long as `found` wants more.
    fn inter(&self, sources: &[Source<'_>], mut found: impl FnMut(&[u8], f64) -> bool) {
        let weighted = self.weighted(sources);
        let Some((&(smallest, weight), others)) = weighted.split_first() else { return };
        smallest.visit(|member, score| {
            let mut sum = or_zero(weight * score);
            for (other, weight) in others {
                let Some(score) = other.score(member) else { return true };
                sum = self.aggregate.of(sum, weight * score);
            }
            found(member, sum)
        });
    }
}

/// The members of the first source that are in no other: looked for in each, or in all the others put together, whichever
/// promises less work.
fn diff(sources: &[Source<'_>], hasher: Hasher) -> Vec<(Blob, f64)> {
    let mut result = Vec::new();
    let Some((first, others)) = sources.split_first() else { return result };
    let mut others = others.to_vec();
    sort_by_key(&mut others, |other| Reverse(other.len()));
    let together = others.iter().fold(first.len(), |sum, other| sum.saturating_add(other.len()));
    let mut taken = Set::new();
    if first.len().saturating_mul(others.len()) / 2 > together {
        let rules = SetRules { ints_max: 0, hasher };
        for other in core::mem::take(&mut others) {
            other.visit(|member, _| {
                taken.insert(Member::Bytes(member), &rules);
                true
            });
        }
        others.push(Source::Set(&taken));
    }
    first.visit(|member, score| {
        if others.iter().all(|other| other.score(member).is_none()) {
            result.push((Blob::from(member), score));
        }
        true
    });
    result
}
