//! Members picked by chance.

use alloc::collections::BTreeSet;

use super::Form;
use crate::command::flag::READONLY;
use crate::command::key::{ACCESS, RO};
use crate::command::{Arg, Command, Group, KeySpec};
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
    match set.and_then(|set| set.at_place(place(set, &mut call.server.random))) {
        Some((member, _)) => Ok(call.reply.bulk(&text(member))),
        None => Ok(call.reply.null()),
    }
}

/// A positive count asks for so many different members, a negative one for so many picks.
fn zrandmember_count(call: &mut Call<'_>) -> Outcome {
    let Call { args, db, server, reply, .. } = call;
    let count = args.int(2)?;
    if count == i64::MIN {
        return Err(Error::Text(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
        ));
    }
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
        for element in
            pick(set.len(), wanted, &mut server.random).into_iter().filter_map(|at| set.at_place(at))
        {
            replied = form.say(reply, element);
        }
        return Ok(replied);
    }
    // Nobody can take in an answer that is longer than a request can be; it would only eat up the memory.
    let bytes_max = usize::try_from(server.config.proto_max_bulk_len).unwrap_or(usize::MAX);
    if wanted > bytes_max / MEMBER_BYTES_MIN {
        return Err(Error::OutOfRange);
    }
    let start = reply.mark();
    let mut replied = form.begin(reply, wanted);
    for _ in 0..wanted {
        if reply.mark() - start > bytes_max {
            return Err(Error::OutOfRange);
        }
        if let Some(element) = set.at_place(place(set, &mut server.random)) {
            replied = form.say(reply, element);
        }
    }
    Ok(replied)
}

/// The bytes of the shortest member in a reply.
const MEMBER_BYTES_MIN: usize = 6;

/// Any place.
fn place(set: &SortedSet, random: &mut Random) -> usize {
    random.below(set.len() as u64) as usize
}

/// So many different places of `len`, any such choice as likely as another (Floyd's algorithm).
fn pick(len: usize, count: usize, random: &mut Random) -> BTreeSet<usize> {
    let mut picked = BTreeSet::new();
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
            let picked = pick(10, 3, &mut random);
            assert_eq!(picked.len(), 3);
            picked.into_iter().for_each(|place| seen[place] += 1);
        }
        assert!(seen.iter().all(|count| (2800..3200).contains(count)), "{seen:?}");
        assert_eq!(pick(4, 4, &mut random).len(), 4);
    }
}
