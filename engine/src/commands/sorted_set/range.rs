//! Ranges of a sorted set, replied or stored.
//!
//! ZRANGE can be asked for all of them; the older commands are each one way to ask.

use core::ops::Range;

use super::bounds::{Bounds, By};
use super::{Form, rules};
use crate::argv::Args;
use crate::command::flag::{DENYOOM, READONLY, WRITE};
use crate::command::key::{ACCESS, OW, RO, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::store::store;
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::change;
use crate::reply::{Outcome, Replied, Reply};
use crate::types::{SortedSet, text};

pub(super) static ZRANGE: Command = Command::new("zrange", Group::SortedSet, "1.2.0", -4, zrange)
    .summary("Returns the members of a sorted set between two ranks, scores or members.")
    .complexity(COMPLEXITY)
    .history(&[("6.2.0", "The options `REV`, `BYSCORE`, `BYLEX` and `LIMIT`.")])
    .flags(READONLY)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[
        Arg::key("key", 0),
        Arg::string("start"),
        Arg::string("stop"),
        Arg::one_of("sortby", SORT_BY).optional().since("6.2.0"),
        Arg::word("rev", "REV").optional().since("6.2.0"),
        Arg::block("offset_count", OFFSET_COUNT).after("LIMIT").optional().since("6.2.0"),
        Arg::word("withscores", "WITHSCORES").optional(),
    ]);

const COMPLEXITY: &str = "O(log(N)+M) for N members in the sorted set, M of them returned";

const SORT_BY: &[Arg] = &[Arg::word("byscore", "BYSCORE"), Arg::word("bylex", "BYLEX")];

const OFFSET_COUNT: &[Arg] = &[Arg::integer("offset"), Arg::integer("count")];

fn zrange(call: &mut Call<'_>) -> Outcome {
    answer(call, None, None)
}

pub(super) static ZRANGESTORE: Command =
    Command::new("zrangestore", Group::SortedSet, "6.2.0", -5, zrangestore)
        .summary("Stores the members of a sorted set between two ranks, scores or members.")
        .complexity("O(log(N)+M) for N members in the sorted set, M of them stored")
        .flags(WRITE | DENYOOM)
        .keys(&[KeySpec::at(1, OW | UPDATE), KeySpec::at(2, RO | ACCESS)])
        .args(&[
            Arg::key("dst", 0),
            Arg::key("src", 1),
            Arg::string("min"),
            Arg::string("max"),
            Arg::one_of("sortby", SORT_BY).optional(),
            Arg::word("rev", "REV").optional(),
            Arg::block("offset_count", OFFSET_COUNT).after("LIMIT").optional(),
        ]);

fn zrangestore(call: &mut Call<'_>) -> Outcome {
    let wanted = Wanted::read(call.args.from(2), None, None, true)?;
    let rules = rules(call);
    let mut result = SortedSet::new();
    if let Some(set) = call.db.read::<SortedSet>(call.args.at(2))? {
        for (member, score) in set.range(wanted.ranks(set)) {
            result.insert(&text(member), score, &rules);
        }
    }
    store(call, result, SortedSet::len, change::ZRANGESTORE)
}

pub(super) static ZREVRANGE: Command = Command::new("zrevrange", Group::SortedSet, "1.2.0", -4, zrevrange)
    .summary("Returns the members of a sorted set between two ranks, the one with the highest score first.")
    .complexity(COMPLEXITY)
    .deprecated("6.2.0", "ZRANGE with REV")
    .flags(READONLY)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[
        Arg::key("key", 0),
        Arg::integer("start"),
        Arg::integer("stop"),
        Arg::word("withscores", "WITHSCORES").optional(),
    ]);

fn zrevrange(call: &mut Call<'_>) -> Outcome {
    answer(call, Some(By::Rank), Some(true))
}

pub(super) static ZRANGEBYSCORE: Command =
    Command::new("zrangebyscore", Group::SortedSet, "1.0.5", -4, zrangebyscore)
        .summary("Returns the members of a sorted set whose scores are between two.")
        .complexity(COMPLEXITY)
        .history(&[("2.0.0", "The option `WITHSCORES`.")])
        .deprecated("6.2.0", "ZRANGE with BYSCORE")
        .flags(READONLY)
        .keys(&[KeySpec::at(1, RO | ACCESS)])
        .args(&[
            Arg::key("key", 0),
            Arg::double("min"),
            Arg::double("max"),
            Arg::word("withscores", "WITHSCORES").since("2.0.0").optional(),
            Arg::block("offset_count", OFFSET_COUNT).after("LIMIT").optional(),
        ]);

fn zrangebyscore(call: &mut Call<'_>) -> Outcome {
    answer(call, Some(By::Score), Some(false))
}

pub(super) static ZREVRANGEBYSCORE: Command =
    Command::new("zrevrangebyscore", Group::SortedSet, "2.2.0", -4, zrevrangebyscore)
        .summary("Returns the members of a sorted set whose scores are between two, the highest first.")
        .complexity(COMPLEXITY)
        .history(&[("2.1.6", "`min` and `max` can be exclusive.")])
        .deprecated("6.2.0", "ZRANGE with REV and BYSCORE")
        .flags(READONLY)
        .keys(&[KeySpec::at(1, RO | ACCESS)])
        .args(&[
            Arg::key("key", 0),
            Arg::double("max"),
            Arg::double("min"),
            Arg::word("withscores", "WITHSCORES").optional(),
            Arg::block("offset_count", OFFSET_COUNT).after("LIMIT").optional(),
        ]);

fn zrevrangebyscore(call: &mut Call<'_>) -> Outcome {
    answer(call, Some(By::Score), Some(true))
}

pub(super) static ZRANGEBYLEX: Command =
    Command::new("zrangebylex", Group::SortedSet, "2.8.9", -4, zrangebylex)
        .summary("Returns the members of a sorted set of equal scores that are between two.")
        .complexity(COMPLEXITY)
        .deprecated("6.2.0", "ZRANGE with BYLEX")
        .flags(READONLY)
        .keys(&[KeySpec::at(1, RO | ACCESS)])
        .args(&[
            Arg::key("key", 0),
            Arg::string("min"),
            Arg::string("max"),
            Arg::block("offset_count", OFFSET_COUNT).after("LIMIT").optional(),
        ]);

fn zrangebylex(call: &mut Call<'_>) -> Outcome {
    answer(call, Some(By::Lex), Some(false))
}

pub(super) static ZREVRANGEBYLEX: Command =
    Command::new("zrevrangebylex", Group::SortedSet, "2.8.9", -4, zrevrangebylex)
        .summary("Returns the members of a sorted set of equal scores that are between two, the last first.")
        .complexity(COMPLEXITY)
        .deprecated("6.2.0", "ZRANGE with REV and BYLEX")
        .flags(READONLY)
        .keys(&[KeySpec::at(1, RO | ACCESS)])
        .args(&[
            Arg::key("key", 0),
            Arg::string("max"),
            Arg::string("min"),
            Arg::block("offset_count", OFFSET_COUNT).after("LIMIT").optional(),
        ]);

fn zrevrangebylex(call: &mut Call<'_>) -> Outcome {
    answer(call, Some(By::Lex), Some(true))
}

fn answer(call: &mut Call<'_>, by: Option<By>, reversed: Option<bool>) -> Outcome {
    let wanted = Wanted::read(call.args.from(1), by, reversed, false)?;
    let Some(set) = call.db.read::<SortedSet>(call.args.at(1))? else { return Ok(call.reply.array(0)) };
    Ok(wanted.say(set, &mut call.reply))
}

/// A range as it was asked for.
struct Wanted<'a> {
    bounds: Bounds<'a>,
    /// From the greatest element down.
    reversed: bool,
    /// How many elements to leave out first.
    offset: i64,
    /// How many there may be; negative: any number.
    limit: i64,
    with_scores: bool,
}

impl<'a> Wanted<'a> {
    /// Reads `key min max` and the options that follow. What a command's name says about the order and the direction,
    /// options can't.
    fn read(args: Args<'a>, by: Option<By>, reversed: Option<bool>, stored: bool) -> Result<Self, Error> {
        let (mut asked_by, mut asked_reversed) = (by, reversed);
        let (mut with_scores, mut offset, mut limit) = (false, 0, -1);
        let mut index = 3;
        while index < args.len() {
            if !stored && args.is(index, "WITHSCORES") {
                with_scores = true;
            } else if args.is(index, "LIMIT") && index + 2 < args.len() {
                (offset, limit) = (args.int(index + 1)?, args.int(index + 2)?);
                index += 2;
            } else if asked_reversed.is_none() && args.is(index, "REV") {
                asked_reversed = Some(true);
            } else if asked_by.is_none() && args.is(index, "BYLEX") {
                asked_by = Some(By::Lex);
            } else if asked_by.is_none() && args.is(index, "BYSCORE") {
                asked_by = Some(By::Score);
            } else {
                return Err(Error::Syntax);
            }
            index += 1;
        }
        let (by, reversed) = (asked_by.unwrap_or(By::Rank), asked_reversed.unwrap_or(false));
        if limit != -1 && by == By::Rank {
            return Err(Error::Text(
                "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
            ));
        }
        if with_scores && by == By::Lex {
            return Err(Error::Text("ERR syntax error, WITHSCORES not supported in combination with BYLEX"));
        }
        // From the greatest down, the greater bound is said first.
        let (min, max) = if reversed && by != By::Rank { (2, 1) } else { (1, 2) };
        let bounds = Bounds::read(by, args, min, max)?;
        Ok(Self { bounds, reversed, offset, limit, with_scores })
    }

    /// The ranks that it comes to.
    fn ranks(&self, set: &SortedSet) -> Range<usize> {
        let Range { start, end } = self.bounds.ranks(set, self.reversed);
        // Nothing is found before the first.
        let offset = usize::try_from(self.offset).unwrap_or(usize::MAX).min(end - start);
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX).min(end - start - offset);
        if matches!(self.bounds, Bounds::Ranks(..)) {
            start..end
        } else if self.reversed {
            end - offset - limit..end - offset
        } else {
            start + offset..start + offset + limit
        }
    }

    fn say(&self, set: &SortedSet, reply: &mut Reply<'_>) -> Replied {
        let form = Form::new(self.with_scores, reply.protocol());
        let elements = set.range(self.ranks(set));
        if self.reversed { form.say_all(reply, elements.rev()) } else { form.say_all(reply, elements) }
    }
}
