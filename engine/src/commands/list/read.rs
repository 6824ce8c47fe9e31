//! Looking without changing.

use super::element;
use crate::argv::Args;
use crate::command::flag::{FAST, READONLY};
use crate::command::key::{ACCESS, RO};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;
use crate::types::{List, item};

pub(super) static LLEN: Command = Command::new("llen", Group::List, "1.0.0", 2, llen)
    .summary("Counts the elements of a list.")
    .complexity("O(1)")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO)])
    .args(&[Arg::key("key", 0)]);

fn llen(call: &mut Call<'_>) -> Outcome {
    let len = call.db.read::<List>(call.args.at(1))?.map_or(0, List::len);
    Ok(call.reply.len(len))
}

pub(super) static LINDEX: Command = Command::new("lindex", Group::List, "1.0.0", 3, lindex)
    .summary("Returns the element at an index of a list.")
    .complexity("O(N) for N elements between the index and the nearer end, which are skipped many at a time.")
    .flags(READONLY)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0), Arg::integer("index")]);

fn lindex(call: &mut Call<'_>) -> Outcome {
    let Some(list) = call.db.read::<List>(call.args.at(1))? else { return Ok(call.reply.null()) };
    let place = list.place(call.args.int(2)?);
    Ok(match place.and_then(|place| list.get(place)) {
        Some(item) => element(&mut call.reply, item),
        None => call.reply.null(),
    })
}

pub(super) static LRANGE: Command = Command::new("lrange", Group::List, "1.0.0", 4, lrange)
    .summary("Returns the elements of a list from one index to another.")
    .complexity("O(S+N) for N elements, the first of them S elements away from the nearer end.")
    .flags(READONLY)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0), Arg::integer("start"), Arg::integer("stop")]);

fn lrange(call: &mut Call<'_>) -> Outcome {
    let (start, stop) = (call.args.int(2)?, call.args.int(3)?);
    let Some(list) = call.db.read::<List>(call.args.at(1))? else { return Ok(call.reply.array(0)) };
    let places = list.places(start, stop);
    let reply = &mut call.reply;
    let mut replied = reply.array(places.len());
    list.visit(places, |item| replied = element(reply, item));
    Ok(replied)
}

pub(super) static LPOS: Command = Command::new("lpos", Group::List, "6.0.6", -3, lpos)
    .summary("Finds the indices at which a list has an element.")
    .complexity("O(N) for N elements that are looked at, which RANK, COUNT and MAXLEN may keep to a few.")
    .flags(READONLY)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[
        Arg::key("key", 0),
        Arg::string("element"),
        Arg::integer("rank").after("RANK").optional(),
        Arg::integer("num-matches").after("COUNT").optional(),
        Arg::integer("len").after("MAXLEN").optional(),
    ]);

fn lpos(call: &mut Call<'_>) -> Outcome {
    let search = Search::read(call)?;
    let reply = &mut call.reply;
    let Some(list) = call.db.read::<List>(call.args.at(1))? else {
        return Ok(if search.count.is_some() { reply.array(0) } else { reply.null() });
    };
    let wanted = item(call.args.at(2));
    let last = list.len().saturating_sub(1);
    let looked_at = search.len.unwrap_or(list.len());
    let skipped = search.rank.unsigned_abs().saturating_sub(1);
    // One or the other way, and so are the indices counted.
    let (mut rightwards, mut leftwards) = (list.rightwards(0), list.leftwards(last));
    let is_left = search.rank < 0;
    let walk = core::iter::from_fn(|| if is_left { leftwards.next() } else { rightwards.next() });
    let mut found = walk
        .take(looked_at)
        .enumerate()
        .filter(|&(_, item)| item == wanted)
        .skip(usize::try_from(skipped).unwrap_or(usize::MAX))
        .map(|(nth, _)| if is_left { last - nth } else { nth });
    let Some(count) = search.count else {
        return Ok(match found.next() {
            Some(place) => reply.len(place),
            None => reply.null(),
        });
    };
    let mark = reply.mark();
    let mut len = 0;
    for place in found.take(if count == 0 { usize::MAX } else { count }) {
        reply.len(place);
        len += 1;
    }
    Ok(reply.array_since(mark, len))
}

/// What LPOS is asked for.
struct Search {
    /// Which match is the first that counts; negative: looking from the right end. Never 0.
    rank: i64,
    /// How many matches, 0 for all; `None` for one that is no array.
    count: Option<usize>,
    /// How many elements are looked at.
    len: Option<usize>,
}

impl Search {
    fn read(call: &Call<'_>) -> Result<Self, Error> {
        let args = call.args;
        let mut search = Self { rank: 1, count: None, len: None };
        let mut place = 3;
        while place < args.len() {
            if place + 1 == args.len() {
                return Err(Error::Syntax);
            } else if args.is(place, "RANK") {
                search.rank = rank(args, place + 1)?;
            } else if args.is(place, "COUNT") {
                search.count = Some(not_negative(args, place + 1, "ERR COUNT can't be negative")?);
            } else if args.is(place, "MAXLEN") {
                let len = not_negative(args, place + 1, "ERR MAXLEN can't be negative")?;
                search.len = Some(len).filter(|&len| len > 0);
            } else {
                return Err(Error::Syntax);
            }
            place += 2;
        }
        Ok(search)
    }
}

fn rank(args: Args<'_>, place: usize) -> Result<i64, Error> {
    match args.int(place)? {
        0 => Err(Error::Text(
            "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to \
             start from the end of the list",
        )),
        // It has no positive counterpart, and Redis, which makes do without, finds the first match.
        i64::MIN => Ok(-1),
        rank => Ok(rank),
    }
}

fn not_negative(args: Args<'_>, place: usize, text: &'static str) -> Result<usize, Error> {
    args.int(place).ok().and_then(|number| usize::try_from(number).ok()).ok_or(Error::Text(text))
}
