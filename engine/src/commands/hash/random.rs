//! Fields picked by chance.

use alloc::vec::Vec;

use redstart_structures::Item;

use super::say;
use crate::command::flag::READONLY;
use crate::command::key::{ACCESS, RO};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::pick;
use crate::error::Error;
use crate::execute::Call;
use crate::reply::{Outcome, Protocol, Replied, Reply};
use crate::types::Hash;

pub(super) static HRANDFIELD: Command = Command::new("hrandfield", Group::Hash, "6.2.0", -2, hrandfield)
    .summary("Returns one field or several of a hash, picked by chance.")
    .complexity("O(1), or O(N) for N fields")
    .flags(READONLY)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[
        Arg::key("key", 0),
        Arg::block("options", &[Arg::integer("count"), Arg::word("withvalues", "WITHVALUES").optional()])
            .optional(),
    ]);

fn hrandfield(call: &mut Call<'_>) -> Outcome {
    if call.args.len() > 2 {
        return hrandfield_count(call);
    }
    let hash = call.db.read::<Hash>(call.args.at(1))?;
    match hash.and_then(|hash| hash.sample(call.server.random.next())) {
        Some((field, _)) => Ok(say(&mut call.reply, field)),
        None => Ok(call.reply.null()),
    }
}

/// A positive count asks for so many different fields, a negative one for so many picks.
fn hrandfield_count(call: &mut Call<'_>) -> Outcome {
    let Call { args, db, server, reply, session, .. } = call;
    let longest = pick::Longest::new(&server.config, session);
    let count = pick::count(*args, 2)?;
    let with_values = args.is(3, "WITHVALUES");
    if args.len() > 4 || args.len() == 4 && !with_values {
        return Err(Error::Syntax);
    }
    if with_values && count.unsigned_abs() > i64::MAX as u64 / 2 {
        return Err(Error::OutOfRange);
    }
    let Some(hash) = db.read::<Hash>(args.at(1))? else { return Ok(reply.array(0)) };
    let wanted = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    let shape = Shape { with_values, is_nested: reply.protocol() == Protocol::Resp3 };
    if count >= 0 {
        let (sample, all) = (|random| hash.sample(random), || hash.iter().collect());
        let picked = pick::different(hash.len(), wanted, &mut server.random, sample, all);
        let mut replied = shape.begin(reply, picked.len());
        for pair in picked {
            replied = shape.say(reply, pair);
        }
        return Ok(replied);
    }
    let words = if with_values { 2 } else { 1 };
    shape.begin(reply, wanted);
    // Many picks are quicker from a row of all fields.
    let all: Vec<_> = hash.iter().take(if wanted >= hash.len() { wanted } else { 0 }).collect();
    pick::repeated(reply, wanted, words, longest, |reply| {
        let random = server.random.next();
        let index = (u128::from(random) * all.len() as u128) >> 64;
        if let Some(pair) = all.get(index as usize).copied().or_else(|| hash.sample(random)) {
            shape.say(reply, pair);
        }
    })
}

/// How fields are listed: alone, or with their values; those in pairs for RESP3, and one after the other for RESP2.
#[derive(Clone, Copy)]
struct Shape {
    with_values: bool,
    is_nested: bool,
}

impl Shape {
    fn begin(self, reply: &mut Reply<'_>, fields: usize) -> Replied {
        let flat = self.with_values && !self.is_nested;
        reply.array(if flat { fields.saturating_mul(2) } else { fields })
    }

    fn say(self, reply: &mut Reply<'_>, (field, value): (Item<'_>, Item<'_>)) -> Replied {
        if !self.with_values {
            return say(reply, field);
        }
        if self.is_nested {
            reply.array(2);
        }
        say(reply, field);
        say(reply, value)
    }
}
