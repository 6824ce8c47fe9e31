//! Members that get places.

use alloc::vec::Vec;

use super::point;
use crate::command::flag::{DENYOOM, WRITE};
use crate::command::key::{RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::sorted_set::{Options, checked, put};
use crate::error::Error;
use crate::execute::Call;
use crate::geo::Point;
use crate::number::format_float;
use crate::reply::Outcome;

pub(super) static GEOADD: Command = Command::new("geoadd", Group::Geo, "3.2.0", -5, geoadd)
    .summary("Puts members on the map, or moves those that are there.")
    .complexity("O(log(N)) for each member, N of them in the sorted set")
    .history(&[("6.2.0", "The options `CH`, `NX` and `XX`.")])
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[
        Arg::key("key", 0),
        Arg::one_of("condition", &[Arg::word("nx", "NX"), Arg::word("xx", "XX")]).optional().since("6.2.0"),
        Arg::word("change", "CH").optional().since("6.2.0"),
        Arg::block(
            "longitude_latitude_member",
            &[Arg::double("longitude"), Arg::double("latitude"), Arg::string("member")],
        )
        .multiple(),
    ]);

fn geoadd(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    let mut options = Options::default();
    let mut index = 2;
    loop {
        let option = if args.is(index, "NX") {
            &mut options.only_new
        } else if args.is(index, "XX") {
            &mut options.only_old
        } else if args.is(index, "CH") {
            &mut options.count_changed
        } else {
            break;
        };
        *option = true;
        index += 1;
    }
    let triples = args.from(index);
    let contradicts = options.only_new && options.only_old;
    if triples.is_empty() || !triples.len().is_multiple_of(3) || contradicts {
        return Err(Error::Syntax);
    }
    let starts = (0..triples.len()).step_by(3);
    let scores = checked(starts.map(|start| point(triples, start).map(Point::score)))?;
    let scores: Vec<f64> = scores.collect();
    let members = || triples.iter().skip(2).step_by(3);
    let dirty = call.db.keyspace().dirty;
    let replied = put(call, options, &mut members().zip(scores.iter().copied()))?;
    if call.db.keyspace().dirty != dirty {
        let pairs = scores.iter().zip(members());
        let words = args.until(index).iter().skip(1);
        let zadd = call.propagates("ZADD").words(words);
        pairs.fold(zadd, |zadd, (&score, member)| zadd.word(format_float(score)).word(member));
    }
    Ok(replied)
}
