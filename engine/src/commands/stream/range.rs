//! Entries between two ids.

use super::{end, say_entries, start};
use crate::command::flag::{FAST, READONLY};
use crate::command::key::{ACCESS, RO};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;
use crate::types::Stream;

pub(super) static XLEN: Command = Command::new("xlen", Group::Stream, "5.0.0", 2, xlen)
    .summary("Counts the entries of a stream.")
    .complexity("O(1)")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO)])
    .args(&[Arg::key("key", 0)]);

fn xlen(call: &mut Call<'_>) -> Outcome {
    let len = call.db.read::<Stream>(call.args.at(1))?.map_or(0, Stream::len);
    Ok(call.reply.len(len))
}

pub(super) static XRANGE: Command = Command::new("xrange", Group::Stream, "5.0.0", -4, xrange)
    .summary("Lists the entries of a stream from one id to another.")
    .complexity("O(N) for N entries that are listed.")
    .history(EXCLUSIVE)
    .flags(READONLY)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0), Arg::string("start"), Arg::string("end"), COUNT]);

const EXCLUSIVE: &[(&str, &str)] = &[("6.2.0", "Takes ids that are excluded.")];
const COUNT: Arg = Arg::integer("count").after("COUNT").optional();

fn xrange(call: &mut Call<'_>) -> Outcome {
    range(call, false)
}

pub(super) static XREVRANGE: Command = Command::new("xrevrange", Group::Stream, "5.0.0", -4, xrevrange)
    .summary("Lists the entries of a stream from one id back to another.")
    .complexity("O(N) for N entries that are listed.")
    .history(EXCLUSIVE)
    .flags(READONLY)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0), Arg::string("end"), Arg::string("start"), COUNT]);

fn xrevrange(call: &mut Call<'_>) -> Outcome {
    range(call, true)
}

fn range(call: &mut Call<'_>, backwards: bool) -> Outcome {
    let (from, to) = if backwards { (3, 2) } else { (2, 3) };
    let (from, to) = (start(call.args.at(from))?, end(call.args.at(to))?);
    let mut count = None;
    let mut place = 4;
    while place < call.args.len() {
        if !call.args.is(place, "COUNT") || place + 1 == call.args.len() {
            return Err(Error::Syntax);
        }
        count = Some(usize::try_from(call.args.int(place + 1)?).unwrap_or(0));
        place += 2;
    }
    let Call { db, reply, args, .. } = call;
    let Some(stream) = db.read::<Stream>(args.at(1))? else { return Ok(reply.array(0)) };
    let (entries, most) = (stream.entries(), count.unwrap_or(usize::MAX));
    Ok(match most {
        0 => reply.null_array(),
        _ if backwards => say_entries(reply, entries.backwards(from.0, to.0).take(most)),
        _ => say_entries(reply, entries.forwards(from.0, to.0).take(most)),
    })
}
