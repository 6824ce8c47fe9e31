//! Points on the map: sorted sets whose scores are what `crate::geo` makes of a longitude and a latitude.
//!
//! | file     | commands                                                                              |
//! |----------|---------------------------------------------------------------------------------------|
//! | `add`    | GEOADD, which is ZADD with other scores                                               |
//! | `member` | GEODIST, GEOHASH, GEOPOS                                                              |
//! | `search` | GEOSEARCH, GEOSEARCHSTORE                                                             |
//! | `radius` | GEORADIUS, GEORADIUSBYMEMBER, their read-only forms: older ways to say the same       |
//! | `query`  | what a search asks for                                                                |
//! | `find`   | how it is carried out, and what becomes of the result                                 |

mod add;
mod find;
mod member;
mod query;
mod radius;
mod search;

use alloc::format;

use crate::argv::Args;
use crate::command::{Arg, Command};
use crate::error::Error;
use crate::geo::Point;
use crate::number;
use crate::reply::{Replied, Reply};
use crate::types::SortedSet;

pub(super) static COMMANDS: &[&Command] = &[
    &add::GEOADD,
    &member::GEODIST,
    &member::GEOHASH,
    &member::GEOPOS,
    &radius::GEORADIUS,
    &radius::GEORADIUS_RO,
    &radius::GEORADIUSBYMEMBER,
    &radius::GEORADIUSBYMEMBER_RO,
    &search::GEOSEARCH,
    &search::GEOSEARCHSTORE,
];

/// What distances can be told in.
const UNIT: Arg = Arg::one_of(
    "unit",
    &[Arg::word("m", "M"), Arg::word("km", "KM"), Arg::word("ft", "FT"), Arg::word("mi", "MI")],
);

/// The metres of the unit at a place.
fn unit_m(args: Args<'_>, index: usize) -> Result<f64, Error> {
    const UNITS: [(&str, f64); 4] = [("M", 1.0), ("KM", 1000.0), ("FT", 0.3048), ("MI", 1609.34)];
    let unit = UNITS.into_iter().find(|&(name, _)| args.is(index, name));
    unit.map(|(_, metres)| metres)
        .ok_or(Error::Text("ERR unsupported unit provided. please use M, KM, FT, MI"))
}

/// The point whose longitude is at a place and whose latitude follows.
fn point(args: Args<'_>, index: usize) -> Result<Point, Error> {
    let longitude = number::parse_float(args.at(index)).ok_or(Error::NotFloat)?;
    let latitude = number::parse_float(args.at(index + 1)).ok_or(Error::NotFloat)?;
    Point::new(longitude, latitude).ok_or_else(|| {
        Error::err(format_args!("invalid longitude,latitude pair {longitude:.6},{latitude:.6}"))
    })
}

/// Where a member is.
fn place_of(set: &SortedSet, member: &[u8]) -> Option<Point> {
    set.score(member).map(Point::from_score)
}

/// Writes a longitude and a latitude.
fn say_point(reply: &mut Reply<'_>, point: Point) -> Replied {
    reply.array(2);
    reply.decimal(point.longitude);
    reply.decimal(point.latitude)
}

/// Writes a distance: a string in both protocols.
fn say_distance(reply: &mut Reply<'_>, distance: f64) -> Replied {
    reply.bulk(format!("{distance:.4}").as_bytes())
}
