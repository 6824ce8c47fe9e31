//! What is in a part of the map.

use super::UNIT;
use super::find::search;
use super::query::Form;
use crate::command::flag::{DENYOOM, READONLY, WRITE};
use crate::command::key::{ACCESS, OW, RO, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::execute::Call;
use crate::reply::Outcome;

pub(super) static GEOSEARCH: Command = Command::new("geosearch", Group::Geo, "6.2.0", -7, geosearch)
    .summary("Returns the members in a circle or in a box.")
    .complexity(COMPLEXITY)
    .history(HISTORY)
    .flags(READONLY)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[
        Arg::key("key", 0),
        FROM,
        BY,
        ORDER,
        COUNT,
        Arg::word("withcoord", "WITHCOORD").optional(),
        Arg::word("withdist", "WITHDIST").optional(),
        Arg::word("withhash", "WITHHASH").optional(),
    ]);

fn geosearch(call: &mut Call<'_>) -> Outcome {
    search(call, Form::Search)
}

pub(super) static GEOSEARCHSTORE: Command =
    Command::new("geosearchstore", Group::Geo, "6.2.0", -8, geosearchstore)
        .summary("Stores the members in a circle or in a box.")
        .complexity(COMPLEXITY)
        .history(HISTORY)
        .flags(WRITE | DENYOOM)
        .keys(&[KeySpec::at(1, OW | UPDATE), KeySpec::at(2, RO | ACCESS)])
        .args(&[
            Arg::key("destination", 0),
            Arg::key("source", 1),
            FROM,
            BY,
            ORDER,
            COUNT,
            Arg::word("storedist", "STOREDIST").optional(),
        ]);

fn geosearchstore(call: &mut Call<'_>) -> Outcome {
    search(call, Form::SearchStore)
}

const COMPLEXITY: &str =
    "O(N+log(M)) for N members in the cells of the map that cover the area, M of them in the sorted set";

const HISTORY: &[(&str, &str)] = &[("7.0.0", "Units may be in upper case.")];

const FROM: Arg = Arg::one_of(
    "from",
    &[
        Arg::string("member").after("FROMMEMBER"),
        Arg::block("longitude_latitude", &[Arg::double("longitude"), Arg::double("latitude")])
            .after("FROMLONLAT"),
    ],
);

const BY: Arg = Arg::one_of(
    "by",
    &[
        Arg::block("circle", &[Arg::double("radius").after("BYRADIUS"), UNIT]),
        Arg::block("box", &[Arg::double("width").after("BYBOX"), Arg::double("height"), UNIT]),
    ],
);

pub(super) const ORDER: Arg =
    Arg::one_of("order", &[Arg::word("asc", "ASC"), Arg::word("desc", "DESC")]).optional();

pub(super) const COUNT: Arg =
    Arg::block("count", &[Arg::integer("count").after("COUNT"), Arg::word("any", "ANY").optional()])
        .optional();
