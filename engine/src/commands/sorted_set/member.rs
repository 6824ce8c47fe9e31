//! Members that are looked for and listed.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use redstart_structures::Blob;

use crate::command::flag::{FAST, READONLY};
use crate::command::key::{ACCESS, RO};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::keys::{Wanted, parse_cursor, say_part};
use crate::error::Error;
use crate::execute::Call;
use crate::number;
use crate::reply::Outcome;
use crate::types::{SortedSet, text};

pub(super) static ZCARD: Command = Command::new("zcard", Group::SortedSet, "1.2.0", 2, zcard)
    .summary("Counts the members of a sorted set.")
    .complexity("O(1)")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO)])
    .args(&[Arg::key("key", 0)]);

fn zcard(call: &mut Call<'_>) -> Outcome {
    let len = call.db.read::<SortedSet>(call.args.at(1))?.map_or(0, SortedSet::len);
    Ok(call.reply.len(len))
}

pub(super) static ZSCORE: Command = Command::new("zscore", Group::SortedSet, "1.2.0", 3, zscore)
    .summary("Returns the score of a member of a sorted set.")
    .complexity("O(1)")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), Arg::string("member")]);

fn zscore(call: &mut Call<'_>) -> Outcome {
    let set = call.db.read::<SortedSet>(call.args.at(1))?;
    match set.and_then(|set| set.score(call.args.at(2))) {
        Some(score) => Ok(call.reply.double(score)),
        None => Ok(call.reply.null()),
    }
}

pub(super) static ZMSCORE: Command = Command::new("zmscore", Group::SortedSet, "6.2.0", -3, zmscore)
    .summary("Returns the scores of several members of a sorted set.")
    .complexity("O(1) for each member")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .looks_up(2)
    .args(&[Arg::key("key", 0), Arg::string("member").multiple()]);

fn zmscore(call: &mut Call<'_>) -> Outcome {
    let members = call.args.from(2);
    let set = call.db.read::<SortedSet>(call.args.at(1))?;
    let mut replied = call.reply.array(members.len());
    for member in members.iter() {
        replied = match set.and_then(|set| set.score(member)) {
            Some(score) => call.reply.double(score),
            None => call.reply.null(),
        };
    }
    Ok(replied)
}

pub(super) static ZRANK: Command = Command::new("zrank", Group::SortedSet, "2.0.0", -3, zrank)
    .summary("Tells how many members of a sorted set come before one.")
    .complexity("O(log(N)) for N members in the sorted set")
    .history(WITH_SCORE)
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .looks_up(2)
    .args(MEMBER_WITH_SCORE);

const WITH_SCORE: &[(&str, &str)] = &[("7.2.0", "The option `WITHSCORE`.")];

const MEMBER_WITH_SCORE: &[Arg] = &[
    Arg::key("key", 0),
    Arg::string("member"),
    Arg::word("withscore", "WITHSCORE").optional().since("7.2.0"),
];

fn zrank(call: &mut Call<'_>) -> Outcome {
    rank(call, false)
}

pub(super) static ZREVRANK: Command = Command::new("zrevrank", Group::SortedSet, "2.0.0", -3, zrevrank)
    .summary("Tells how many members of a sorted set come after one.")
    .complexity("O(log(N)) for N members in the sorted set")
    .history(WITH_SCORE)
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .looks_up(2)
    .args(MEMBER_WITH_SCORE);

fn zrevrank(call: &mut Call<'_>) -> Outcome {
    rank(call, true)
}

fn rank(call: &mut Call<'_>, from_end: bool) -> Outcome {
    let with_score = match call.args.len() {
        3 => false,
        4 if call.args.is(3, "WITHSCORE") => true,
        4 => return Err(Error::Syntax),
        _ => return Err(Error::Arity(call.command.name)),
    };
    let set = call.db.read::<SortedSet>(call.args.at(1))?;
    let found = set.and_then(|set| set.rank(call.args.at(2)).map(|found| (set.len(), found)));
    let Some((len, (rank, score))) = found else {
        return Ok(if with_score { call.reply.null_array() } else { call.reply.null() });
    };
    let rank = if from_end { len - 1 - rank } else { rank };
    if !with_score {
        return Ok(call.reply.len(rank));
    }
    call.reply.array(2);
    call.reply.len(rank);
    Ok(call.reply.double(score))
}

pub(super) static ZSCAN: Command = Command::new("zscan", Group::SortedSet, "2.8.0", -3, zscan)
    .summary("Goes through the members of a sorted set and their scores bit by bit.")
    .complexity("O(1) for a call, O(N) for all calls that it takes to go through N members")
    .flags(READONLY)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[
        Arg::key("key", 0),
        Arg::integer("cursor"),
        Arg::pattern("pattern").after("MATCH").optional(),
        Arg::integer("count").after("COUNT").optional(),
    ]);

fn zscan(call: &mut Call<'_>) -> Outcome {
    let cursor = parse_cursor(call.args.at(2))?;
    let Some(set) = call.db.read::<SortedSet>(call.args.at(1))? else {
        return Ok(say_part(&mut call.reply, 0, &[]));
    };
    let wanted = Wanted::parse(call.args.from(3), false)?;
    let mut found: Vec<Blob> = Vec::new();
    let cursor = wanted.gather(cursor, |cursor, seen| {
        set.scan(cursor, |member, score| {
            *seen += 1;
            let member = text(member);
            if wanted.matches(&member) {
                found.push(Blob::from(&*member));
                found.push(Blob::from(scanned(set, score).into_bytes()));
            }
        })
    });
    Ok(say_part(&mut call.reply, cursor, &found))
}

/// A score as ZSCAN tells it: where it is packed as a whole number, with all its digits.
fn scanned(set: &SortedSet, score: f64) -> String {
    match (set, number::whole_in_listpack(score)) {
        (SortedSet::Packed(_), Some(whole)) => whole.to_string(),
        _ => number::format_float(score),
    }
}
