//! Members that get scores.

use alloc::vec::Vec;

use super::rules;
use crate::argv::Args;
use crate::command::flag::{DENYOOM, FAST, WRITE};
use crate::command::key::{ACCESS, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, change};
use crate::number;
use crate::reply::Outcome;
use crate::types::{Scored, SortedSet, SortedSetRules};

pub(super) static ZADD: Command = Command::new("zadd", Group::SortedSet, "1.2.0", -4, zadd)
    .summary("Adds members to a sorted set, or gives those that are there another score.")
    .complexity("O(log(N)) for each member, N of them in the sorted set")
    .history(&[
        ("2.4.0", "Takes several members at once."),
        ("3.0.2", "The options `XX`, `NX`, `CH` and `INCR`."),
        ("6.2.0", "The options `GT` and `LT`."),
    ])
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .looks_up(-1)
    .args(&[
        Arg::key("key", 0),
        Arg::one_of("condition", &[Arg::word("nx", "NX"), Arg::word("xx", "XX")]).optional().since("3.0.2"),
        Arg::one_of("comparison", &[Arg::word("gt", "GT"), Arg::word("lt", "LT")]).optional().since("6.2.0"),
        Arg::word("change", "CH").optional().since("3.0.2"),
        Arg::word("increment", "INCR").optional().since("3.0.2"),
        Arg::block("score_member", &[Arg::double("score"), Arg::string("member")]).multiple(),
    ]);

fn zadd(call: &mut Call<'_>) -> Outcome {
    add(call, Options::default())
}

pub(super) static ZINCRBY: Command = Command::new("zincrby", Group::SortedSet, "1.2.0", 4, zincrby)
    .summary("Adds to the score of a member of a sorted set.")
    .complexity("O(log(N)) for N members in the sorted set")
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | ACCESS | UPDATE)])
    .looks_up(3)
    .args(&[Arg::key("key", 0), Arg::integer("increment"), Arg::string("member")]);

fn zincrby(call: &mut Call<'_>) -> Outcome {
    add(call, Options { increment: true, ..Options::default() })
}

/// What ZADD is told about old scores and new ones.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::commands) struct Options {
    /// `NX`: only what is not there.
    pub only_new: bool,
    /// `XX`: only what is there.
    pub only_old: bool,
    /// `GT`: only to higher scores.
    only_up: bool,
    /// `LT`: only to lower scores.
    only_down: bool,
    /// `CH`: count changed scores, too.
    pub count_changed: bool,
    /// `INCR`: add to the score.
    increment: bool,
}

const NOT_A_NUMBER: Error = Error::Text("ERR resulting score is not a number (NaN)");

fn add(call: &mut Call<'_>, options: Options) -> Outcome {
    let (options, pairs) = options.read(call.args)?;
    let words = |from: usize| (from..pairs.len()).step_by(2).map(move |place| pairs.at(place));
    let scores = words(0).map(|score| number::parse_float(score).ok_or(Error::NotFloat));
    let members = words(1);
    put(call, options, &mut members.zip(checked(scores)?))
}

/// All of some results, none of them an error. One is what most calls have; it needs no list.
pub(in crate::commands) fn checked<T>(
    mut results: impl Iterator<Item = Result<T, Error>>,
) -> Result<impl Iterator<Item = T>, Error> {
    let first = results.next().transpose()?;
    let others = results.collect::<Result<Vec<_>, _>>()?;
    Ok(first.into_iter().chain(others))
}

/// Gives members of the sorted set under the first key these scores, and replies as ZADD does.
pub(in crate::commands) fn put(
    call: &mut Call<'_>,
    options: Options,
    pairs: &mut dyn Iterator<Item = (&[u8], f64)>,
) -> Outcome {
    let (key, rules) = (call.args.at(1), rules(call));
    let event = if options.increment { change::ZINCR } else { change::ZADD };
    let edit = |set: &mut SortedSet| options.add_all(set, pairs, &rules);
    let done = if options.only_old {
        call.db.edit_counted(key, event, edit)?.unwrap_or_default()
    } else {
        call.db.edit_counted_or_create(key, event, SortedSet::new, edit)?
    };
    Ok(match done.score {
        Some(score) if options.increment => call.reply.double(score),
        None if options.increment => call.reply.null(),
        _ if options.count_changed => call.reply.len(done.added + done.changed),
        _ => call.reply.len(done.added),
    })
}

/// What ZADD did.
#[derive(Clone, Copy, Debug, Default)]
struct Done {
    added: usize,
    changed: usize,
    /// The score that the last member has now, unless the options forbade it.
    score: Option<f64>,
}

impl Options {
    /// Reads the options; gives the scores and members that follow them.
    fn read(mut self, args: Args<'_>) -> Result<(Self, Args<'_>), Error> {
        let mut index = 2;
        while let Some(option) = self.named(args, index) {
            *option = true;
            index += 1;
        }
        let pairs = args.from(index);
        if pairs.is_empty() || !pairs.len().is_multiple_of(2) {
            return Err(Error::Syntax);
        }
        if self.only_new && self.only_old {
            return Err(Error::Text("ERR XX and NX options at the same time are not compatible"));
        }
        if [self.only_new, self.only_up, self.only_down].into_iter().filter(|&said| said).count() > 1 {
            return Err(Error::Text("ERR GT, LT, and/or NX options at the same time are not compatible"));
        }
        if self.increment && pairs.len() > 2 {
            return Err(Error::Text("ERR INCR option supports a single increment-element pair"));
        }
        Ok((self, pairs))
    }

    /// The option that the word at a place names.
    fn named(&mut self, args: Args<'_>, index: usize) -> Option<&mut bool> {
        // Most often it is a score: one look instead of six.
        if !args.at(index).first().is_some_and(u8::is_ascii_alphabetic) {
            return None;
        }
        if args.is(index, "NX") {
            Some(&mut self.only_new)
        } else if args.is(index, "XX") {
            Some(&mut self.only_old)
        } else if args.is(index, "GT") {
            Some(&mut self.only_up)
        } else if args.is(index, "LT") {
            Some(&mut self.only_down)
        } else if args.is(index, "CH") {
            Some(&mut self.count_changed)
        } else if args.is(index, "INCR") {
            Some(&mut self.increment)
        } else {
            None
        }
    }

    fn add_all(
        self,
        set: &mut SortedSet,
        pairs: &mut dyn Iterator<Item = (&[u8], f64)>,
        rules: &SortedSetRules,
    ) -> Result<Edited<Done>, Error> {
        let mut done = Done::default();
        for (member, score) in pairs {
            let scored = set.update(member, rules, |old| {
                done.score = self.decide(old, score);
                done.score.filter(|score| !score.is_nan())
            });
            match scored {
                Scored::Added => done.added += 1,
                Scored::Changed => done.changed += 1,
                // Only a sum can be no number, and then there is no other pair.
                Scored::Kept if done.score.is_some_and(f64::is_nan) => return Err(NOT_A_NUMBER),
                Scored::Kept => {}
            }
        }
        let count = done.added + done.changed;
        Ok(if count == 0 { Edited::nothing(done) } else { Edited::changes(done, count) })
    }

    /// The score that a member gets whose score was `old`; `None` if it stays as it is.
    fn decide(self, old: Option<f64>, score: f64) -> Option<f64> {
        let Some(old) = old else { return (!self.only_old).then_some(score) };
        if self.only_new {
            return None;
        }
        let new = if self.increment { old + score } else { score };
        let refused = (self.only_up && new <= old) || (self.only_down && new >= old);
        (!refused).then_some(new)
    }
}
