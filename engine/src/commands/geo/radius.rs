//! What is in a circle, as it was asked for before there was GEOSEARCH.

use super::UNIT;
use super::find::search;
use super::query::Form;
use super::search::{COUNT, ORDER};
use crate::command::flag::{DENYOOM, READONLY, WRITE};
use crate::command::key::{ACCESS, OW, RO, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::execute::Call;
use crate::reply::Outcome;

pub(super) static GEORADIUS: Command = Command::new("georadius", Group::Geo, "3.2.0", -6, georadius)
    .summary("Returns or stores the members in a circle around a point.")
    .complexity(COMPLEXITY)
    .history(&[ANY_CAME, UPPER_CASE_CAME])
    .deprecated("6.2.0", "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument")
    .flags(WRITE | DENYOOM)
    .keys(&[
        KeySpec::at(1, RO | ACCESS),
        KeySpec::after("STORE", 6, OW | UPDATE),
        KeySpec::after("STOREDIST", 6, OW | UPDATE),
    ])
    .args(&[
        KEY,
        LONGITUDE,
        LATITUDE,
        RADIUS,
        UNIT,
        WITHCOORD,
        WITHDIST,
        WITHHASH,
        NEWER_COUNT,
        ORDER,
        STORE,
        STOREDIST,
    ]);

fn georadius(call: &mut Call<'_>) -> Outcome {
    search(call, Form::Radius { stores: true })
}

pub(super) static GEORADIUS_RO: Command =
    Command::new("georadius_ro", Group::Geo, "3.2.10", -6, georadius_ro)
        .summary("Returns the members in a circle around a point.")
        .complexity(COMPLEXITY)
        .history(&[ANY_CAME])
        .deprecated("6.2.0", "`GEOSEARCH` with the `BYRADIUS` argument")
        .flags(READONLY)
        .keys(&[KeySpec::at(1, RO | ACCESS)])
        .args(&[KEY, LONGITUDE, LATITUDE, RADIUS, UNIT, WITHCOORD, WITHDIST, WITHHASH, NEWER_COUNT, ORDER]);

fn georadius_ro(call: &mut Call<'_>) -> Outcome {
    search(call, Form::Radius { stores: false })
}

pub(super) static GEORADIUSBYMEMBER: Command =
    Command::new("georadiusbymember", Group::Geo, "3.2.0", -5, georadiusbymember)
        .summary("Returns or stores the members in a circle around one of them.")
        .complexity(COMPLEXITY)
        .history(&[UPPER_CASE_CAME])
        .deprecated(
            "6.2.0",
            "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments",
        )
        .flags(WRITE | DENYOOM)
        .keys(&[
            KeySpec::at(1, RO | ACCESS),
            KeySpec::after("STORE", 5, OW | UPDATE),
            KeySpec::after("STOREDIST", 5, OW | UPDATE),
        ])
        .args(&[KEY, MEMBER, RADIUS, UNIT, WITHCOORD, WITHDIST, WITHHASH, COUNT, ORDER, STORE, STOREDIST]);

fn georadiusbymember(call: &mut Call<'_>) -> Outcome {
    search(call, Form::RadiusByMember { stores: true })
}

pub(super) static GEORADIUSBYMEMBER_RO: Command =
    Command::new("georadiusbymember_ro", Group::Geo, "3.2.10", -5, georadiusbymember_ro)
        .summary("Returns the members in a circle around one of them.")
        .complexity(COMPLEXITY)
        .deprecated("6.2.0", "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments")
        .flags(READONLY)
        .keys(&[KeySpec::at(1, RO | ACCESS)])
        .args(&[KEY, MEMBER, RADIUS, UNIT, WITHCOORD, WITHDIST, WITHHASH, COUNT, ORDER]);

fn georadiusbymember_ro(call: &mut Call<'_>) -> Outcome {
    search(call, Form::RadiusByMember { stores: false })
}

const COMPLEXITY: &str =
    "O(N+log(M)) for N members in the cells of the map that cover the circle, M of them in the sorted set";

const ANY_CAME: (&str, &str) = ("6.2.0", "`COUNT` may be followed by `ANY`.");
const UPPER_CASE_CAME: (&str, &str) = ("7.0.0", "Units may be in upper case.");

const KEY: Arg = Arg::key("key", 0);
const MEMBER: Arg = Arg::string("member");
const LONGITUDE: Arg = Arg::double("longitude");
const LATITUDE: Arg = Arg::double("latitude");
const RADIUS: Arg = Arg::double("radius");
const WITHCOORD: Arg = Arg::word("withcoord", "WITHCOORD").optional();
const WITHDIST: Arg = Arg::word("withdist", "WITHDIST").optional();
const WITHHASH: Arg = Arg::word("withhash", "WITHHASH").optional();
/// As the commands have it that are told to have got ANY later.
const NEWER_COUNT: Arg = Arg::block(
    "count",
    &[Arg::integer("count").after("COUNT"), Arg::word("any", "ANY").optional().since("6.2.0")],
)
.optional();
const STORE: Arg = Arg::key("key", 1).after("STORE").optional();
const STOREDIST: Arg = Arg::key("key", 2).after("STOREDIST").optional();
