//! Members picked by chance.

use alloc::vec::Vec;

use redstart_structures::Blob;

use super::say;
use crate::command::flag::{EFFECTS, FAST, READONLY, WRITE};
use crate::command::key::{ACCESS, DELETE, RO, RW};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::pick;
use crate::engine::Server;
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, change};
use crate::number;
use crate::reply::{Outcome, Replied, Reply};
use crate::types::{Kind, Set};

pub(super) static SPOP: Command = Command::new("spop", Group::Set, "1.0.0", -2, spop)
    .summary("Takes one member or several out of a set, picked by chance, and returns them.")
    .complexity("O(1), or O(N) for N members")
    .history(&[("3.2.0", "Takes a count.")])
    .flags(WRITE | FAST | EFFECTS)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RW | ACCESS | DELETE)])
    .args(&[Arg::key("key", 0), Arg::integer("count").optional().since("3.2.0")]);

fn spop(call: &mut Call<'_>) -> Outcome {
    match call.args.len() {
        2 => spop_one(call),
        3 => spop_count(call),
        _ => Err(Error::Syntax),
    }
}

fn spop_one(call: &mut Call<'_>) -> Outcome {
    let Call { args, db, server, reply, .. } = call;
    let key = args.at(1);
    let mut popped = None;
    let replied = db.edit_counted(key, change::SPOP, |set: &mut Set| {
        Ok(Edited::changes(pop(set, server, reply, |member| popped = Some(member)), 1))
    })?;
    if let Some(member) = popped {
        call.propagates("SREM").word(key).word(member);
    }
    Ok(replied.unwrap_or_else(|| call.reply.null()))
}

fn spop_count(call: &mut Call<'_>) -> Outcome {
    let Call { args, db, server, reply, .. } = call;
    let key = args.at(1);
    let count = number::parse_int(args.at(2)).and_then(|count| usize::try_from(count).ok());
    let count = count.ok_or(Error::NotPositive)?;
    let Some(entry) = db.claim(key) else { return Ok(reply.set(0)) };
    let len = Set::of(entry.value).ok_or(Error::WrongType)?.len();
    if count == 0 {
        return Ok(reply.set(0));
    }
    let mut replied = reply.set(count.min(len));
    if count >= len {
        // All of them: this half of it is a read, and counted as one.
        for member in db.read::<Set>(key)?.into_iter().flat_map(Set::iter) {
            replied = say(reply, member);
        }
        db.edit_counted(key, change::SPOP, |set: &mut Set| {
            set.clear();
            Ok(Edited::changes((), len))
        })?;
        call.propagates("DEL").word(key);
        return Ok(replied);
    }
    let mut popped = Vec::new();
    db.edit_counted(key, change::SPOP, |set: &mut Set| {
        for _ in 0..count {
            replied = pop(set, server, reply, |member| popped.push(member));
        }
        Ok(Edited::changes((), count))
    })?;
    for member in popped {
        call.propagates("SREM").word(key).word(member);
    }
    Ok(replied)
}

/// Takes any one member out and replies with it; `keep` gets it if it is to be propagated.
fn pop(set: &mut Set, server: &mut Server, reply: &mut Reply<'_>, keep: impl FnOnce(Blob)) -> Replied {
    let random = server.random.next();
    let popped = set.pop(random, |member| {
        if server.feed.is_read() {
            keep(member.to_blob());
        }
        say(reply, member)
    });
    popped.unwrap_or_else(|| reply.null())
}

pub(super) static SRANDMEMBER: Command = Command::new("srandmember", Group::Set, "1.0.0", -2, srandmember)
    .summary("Returns one member or several of a set, picked by chance.")
    .complexity("O(1), or O(N) for N members")
    .history(&[("2.6.0", "Takes a count.")])
    .flags(READONLY)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0), Arg::integer("count").optional().since("2.6.0")]);

fn srandmember(call: &mut Call<'_>) -> Outcome {
    match call.args.len() {
        2 => {}
        3 => return srandmember_count(call),
        _ => return Err(Error::Syntax),
    }
    let set = call.db.read::<Set>(call.args.at(1))?;
    match set.and_then(|set| set.sample(call.server.random.next())) {
        Some(member) => Ok(say(&mut call.reply, member)),
        None => Ok(call.reply.null()),
    }
}

/// A positive count asks for so many different members, a negative one for so many picks.
fn srandmember_count(call: &mut Call<'_>) -> Outcome {
    let Call { args, db, server, reply, session, .. } = call;
    let longest = pick::Longest::new(&server.config, session);
    let count = pick::count(*args, 2)?;
    let Some(set) = db.read::<Set>(args.at(1))? else { return Ok(reply.array(0)) };
    let wanted = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    if count > 0 {
        let (sample, all) = (|random| set.sample(random), || set.iter().collect());
        let picked = pick::different(set.len(), wanted, &mut server.random, sample, all);
        let mut replied = reply.array(picked.len());
        for member in picked {
            replied = say(reply, member);
        }
        return Ok(replied);
    }
    reply.array(wanted);
    pick::repeated(reply, wanted, 1, longest, |reply| {
        if let Some(member) = set.sample(server.random.next()) {
            say(reply, member);
        }
    })
}
