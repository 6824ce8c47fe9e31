//! Where members are, and how far from each other.

use super::{UNIT, place_of, unit_m};
use crate::command::flag::READONLY;
use crate::command::key::{ACCESS, RO};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;
use crate::types::SortedSet;

pub(super) static GEODIST: Command = Command::new("geodist", Group::Geo, "3.2.0", -4, geodist)
    .summary("Tells how far two members are from each other.")
    .complexity("O(1)")
    .flags(READONLY)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0), Arg::string("member1"), Arg::string("member2"), UNIT.optional()]);

fn geodist(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    let unit_m = match args.len() {
        4 => 1.0,
        5 => unit_m(args, 4)?,
        _ => return Err(Error::Syntax),
    };
    let places = call.db.read::<SortedSet>(args.at(1))?.and_then(|set| {
        let one = place_of(set, args.at(2))?;
        Some((one, place_of(set, args.at(3))?))
    });
    let Some((one, other)) = places else { return Ok(call.reply.null()) };
    Ok(super::say_distance(&mut call.reply, one.distance_m(other) / unit_m))
}

pub(super) static GEOHASH: Command = Command::new("geohash", Group::Geo, "3.2.0", -2, geohash)
    .summary("Returns the geohashes of members: names of places, of eleven letters.")
    .complexity("O(N) for N members")
    .flags(READONLY)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0), Arg::string("member").multiple()]);

fn geohash(call: &mut Call<'_>) -> Outcome {
    let set = call.db.read::<SortedSet>(call.args.at(1))?;
    let members = call.args.from(2);
    let mut replied = call.reply.array(members.len());
    for member in members.iter() {
        replied = match set.and_then(|set| place_of(set, member)) {
            Some(point) => call.reply.bulk(&point.geohash()),
            None => call.reply.null(),
        };
    }
    Ok(replied)
}

pub(super) static GEOPOS: Command = Command::new("geopos", Group::Geo, "3.2.0", -2, geopos)
    .summary("Returns the longitudes and the latitudes of members.")
    .complexity("O(N) for N members")
    .flags(READONLY)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0), Arg::string("member").multiple()]);

fn geopos(call: &mut Call<'_>) -> Outcome {
    let set = call.db.read::<SortedSet>(call.args.at(1))?;
    let members = call.args.from(2);
    let mut replied = call.reply.array(members.len());
    for member in members.iter() {
        replied = match set.and_then(|set| place_of(set, member)) {
            Some(point) => super::say_point(&mut call.reply, point),
            None => call.reply.null_array(),
        };
    }
    Ok(replied)
}
