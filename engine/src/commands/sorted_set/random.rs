//! Members picked by chance.

use super::Form;
use crate::command::flag::READONLY;
use crate::command::key::{ACCESS, RO};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::pick;
use crate::error::Error;
use crate::execute::Call;
use crate::random::Random;
use crate::reply::Outcome;
use crate::types::{SortedSet, text};

pub(super) static ZRANDMEMBER: Command =
    Command::new("zrandmember", Group::SortedSet, "6.2.0", -2, zrandmember)
        .summary("Returns one member or several of a sorted set, picked by chance.")
        .complexity("O(N) for N members returned")
        .flags(READONLY)
        .tips(&["nondeterministic_output"])
        .keys(&[KeySpec::at(1, RO | ACCESS)])
        .args(&[
            Arg::key("key", 0),
            Arg::block("options", &[Arg::integer("count"), Arg::word("withscores", "WITHSCORES").optional()])
                .optional(),
        ]);

fn zrandmember(call: &mut Call<'_>) -> Outcome {
    if call.args.len() > 2 {
        return zrandmember_count(call);
    }
    let set = call.db.read::<SortedSet>(call.args.at(1))?;
    match set.and_then(|set| set.nth(place(set, &mut call.server.random))) {
        Some((member, _)) => Ok(call.reply.bulk(&text(member))),
        None => Ok(call.reply.null()),
    }
}

/// A positive count asks for so many different members, a negative one for so many picks.
fn zrandmember_count(call: &mut Call<'_>) -> Outcome {
    let Call { args, db, server, reply, session, .. } = call;
    let longest = pick::Longest::new(&server.config, session);
    let count = pick::count(*args, 2)?;
    let with_scores = match args.len() {
        3 => false,
        4 if args.is(3, "WITHSCORES") => true,
        _ => return Err(Error::Syntax),
    };
    if with_scores && count.unsigned_abs() > i64::MAX as u64 / 2 {
        return Err(Error::OutOfRange);
    }
    let Some(set) = db.read::<SortedSet>(args.at(1))? else { return Ok(reply.array(0)) };
    let form = Form::new(with_scores, reply.protocol());
    let wanted = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    if count > 0 && wanted >= set.len() {
        return Ok(form.say_all(reply, set.iter()));
    }
    if count > 0 {
        let mut replied = form.begin(reply, wanted);
        let places = pick::places(set.len(), wanted, &mut server.random);
        for element in places.iter().filter_map(|&at| set.nth(at)) {
            replied = form.say(reply, element);
        }
        return Ok(replied);
    }
    let words = if with_scores { 2 } else { 1 };
    form.begin(reply, wanted);
    pick::repeated(reply, wanted, words, longest, |reply| {
        if let Some(element) = set.nth(place(set, &mut server.random)) {
            form.say(reply, element);
        }
    })
}

/// Any place.
fn place(set: &SortedSet, random: &mut Random) -> usize {
    random.below(set.len() as u64) as usize
}
