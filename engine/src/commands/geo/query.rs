//! What a search asks for: an area, and what is to be told of the members in it.
//!
//! All searches share their options. Those that are older say the area at fixed places and may store the result by an
//! option; GEOSEARCH says the area by options, and GEOSEARCHSTORE has the target in front.

use super::{place_of, point, unit_m};
use crate::argv::Args;
use crate::error::Error;
use crate::geo::{Area, Point, Shape};
use crate::number;
use crate::types::SortedSet;

/// The commands that search, by how they say the area and the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// GEOSEARCH.
    Search,
    /// GEOSEARCHSTORE.
    SearchStore,
    /// GEORADIUS.
    Radius {
        /// Not GEORADIUS_RO.
        stores: bool,
    },
    /// GEORADIUSBYMEMBER.
    RadiusByMember {
        /// Not GEORADIUSBYMEMBER_RO.
        stores: bool,
    },
}

/// What a search asks for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Query<'a> {
    center: Option<Center>,
    shape: Option<Shape>,
    /// The metres of the unit in which distances are told.
    pub unit_m: f64,
    pub order: Option<Order>,
    /// The most members that are told of.
    pub count: Option<usize>,
    /// Any of them will do, not only the nearest.
    pub any: bool,
    pub with_distance: bool,
    pub with_hash: bool,
    pub with_point: bool,
    /// The key under which the result is stored.
    pub target: Option<&'a [u8]>,
    /// Distances are stored, and not the scores.
    pub stores_distances: bool,
    /// Whether STORE was said, and whether STOREDIST was.
    stores: [bool; 2],
}

/// What is in the middle.
#[derive(Clone, Copy, Debug)]
enum Center {
    Point(Point),
    /// By its longitude and latitude, which are known even if there is no sorted set.
    Member(Option<Point>),
}

/// Which come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    NearestFirst,
    FarthestFirst,
}

impl Form {
    /// The place of the key that is searched.
    pub(super) const fn source(self) -> usize {
        if matches!(self, Self::SearchStore) { 2 } else { 1 }
    }

    const fn is_search(self) -> bool {
        matches!(self, Self::Search | Self::SearchStore)
    }

    /// The place of the first option.
    const fn options(self) -> usize {
        match self {
            Self::Search => 2,
            Self::SearchStore => 3,
            Self::Radius { .. } => 6,
            Self::RadiusByMember { .. } => 5,
        }
    }
}

impl<'a> Query<'a> {
    /// Reads a call. A member in the middle is looked up where it stands, so that an error in words before it comes first.
    pub(super) fn read(form: Form, args: Args<'a>, set: Option<&SortedSet>) -> Result<Self, Error> {
        let mut query = Self { unit_m: 1.0, ..Self::default() };
        match form {
            Form::Search => {}
            Form::SearchStore => query.target = Some(args.at(1)),
            Form::Radius { .. } => {
                query.center = Some(Center::Point(point(args, 2)?));
                query.read_circle(args, 4)?;
            }
            // Without a sorted set nobody looks at the radius.
            Form::RadiusByMember { .. } => {
                query.center = Some(member(set, args.at(2))?);
                if set.is_some() {
                    query.read_circle(args, 3)?;
                }
            }
        }
        let mut index = form.options();
        while index < args.len() {
            index += match query.read_flag(form, args, index) {
                true => 1,
                false => 1 + query.read_option(form, args, index, set)?,
            };
        }
        query.check(form, args)?;
        if query.count.is_some() && !query.any && query.order.is_none() {
            query.order = Some(Order::NearestFirst);
        }
        Ok(query)
    }

    /// The area, unless it is around a member that is not there.
    pub(super) fn area(&self) -> Option<Area> {
        let (Center::Point(center) | Center::Member(Some(center))) = self.center? else { return None };
        Some(Area::new(center, self.shape?))
    }

    /// Reads an option of one word; tells whether it is one.
    fn read_flag(&mut self, form: Form, args: Args<'_>, index: usize) -> bool {
        if args.is(index, "WITHDIST") {
            self.with_distance = true;
        } else if args.is(index, "WITHHASH") {
            self.with_hash = true;
        } else if args.is(index, "WITHCOORD") {
            self.with_point = true;
        } else if args.is(index, "ANY") {
            self.any = true;
        } else if args.is(index, "ASC") {
            self.order = Some(Order::NearestFirst);
        } else if args.is(index, "DESC") {
            self.order = Some(Order::FarthestFirst);
        } else if form == Form::SearchStore && args.is(index, "STOREDIST") {
            self.stores_distances = true;
        } else {
            return false;
        }
        true
    }

    /// Reads an option with words of its own; gives how many.
    fn read_option(
        &mut self,
        form: Form,
        args: Args<'a>,
        index: usize,
        set: Option<&SortedSet>,
    ) -> Result<usize, Error> {
        let (rest, next) = (args.len() - index - 1, index + 1);
        let is = |word, words| rest >= words && args.is(index, word);
        let may_store = matches!(form, Form::Radius { stores: true } | Form::RadiusByMember { stores: true });
        if is("COUNT", 1) {
            let count = args.int(next)?;
            if count <= 0 {
                return Err(Error::Text("ERR COUNT must be > 0"));
            }
            self.count = Some(usize::try_from(count).unwrap_or(usize::MAX));
            return Ok(1);
        }
        // Of STORE and STOREDIST the later one counts. The key specs see the first of either, so neither comes twice.
        let distances = is("STOREDIST", 1);
        if may_store && (is("STORE", 1) || distances) && !self.stores[usize::from(distances)] {
            self.stores[usize::from(distances)] = true;
            self.target = Some(args.at(next));
            self.stores_distances = distances;
            return Ok(1);
        }
        if !form.is_search() {
            return Err(Error::Syntax);
        }
        if is("FROMMEMBER", 1) && !matches!(self.center, Some(Center::Point(_))) {
            self.center = Some(member(set, args.at(next))?);
            Ok(1)
        } else if is("FROMLONLAT", 2) && !matches!(self.center, Some(Center::Member(_))) {
            self.center = Some(Center::Point(point(args, next)?));
            Ok(2)
        } else if is("BYRADIUS", 2) && !matches!(self.shape, Some(Shape::Box { .. })) {
            self.read_circle(args, next)?;
            Ok(2)
        } else if is("BYBOX", 3) && !matches!(self.shape, Some(Shape::Circle { .. })) {
            self.read_box(args, next)?;
            Ok(3)
        } else {
            Err(Error::Syntax)
        }
    }

    /// Reads a radius and its unit.
    fn read_circle(&mut self, args: Args<'_>, index: usize) -> Result<(), Error> {
        let radius = number::parse_float(args.at(index)).ok_or(Error::Text("ERR need numeric radius"))?;
        if radius < 0.0 {
            return Err(Error::Text("ERR radius cannot be negative"));
        }
        self.unit_m = unit_m(args, index + 1)?;
        self.shape = Some(Shape::Circle { radius_m: radius * self.unit_m });
        Ok(())
    }

    /// Reads a width, a height, and their unit.
    fn read_box(&mut self, args: Args<'_>, index: usize) -> Result<(), Error> {
        let width = number::parse_float(args.at(index)).ok_or(Error::Text("ERR need numeric width"))?;
        let height = number::parse_float(args.at(index + 1)).ok_or(Error::Text("ERR need numeric height"))?;
        if width < 0.0 || height < 0.0 {
            return Err(Error::Text("ERR height or width cannot be negative"));
        }
        self.unit_m = unit_m(args, index + 2)?;
        self.shape = Some(Shape::Box { width_m: width * self.unit_m, height_m: height * self.unit_m });
        Ok(())
    }

    /// What only shows once all is read.
    fn check(&self, form: Form, args: Args<'_>) -> Result<(), Error> {
        let tells = self.with_distance || self.with_hash || self.with_point;
        if self.target.is_some() && tells {
            let name = if form == Form::SearchStore { "GEOSEARCHSTORE" } else { "STORE option in GEORADIUS" };
            return Err(Error::err(format_args!(
                "{name} is not compatible with WITHDIST, WITHHASH and WITHCOORD options"
            )));
        }
        let called = || alloc::string::String::from_utf8_lossy(args.at(0));
        if form.is_search() && self.center.is_none() {
            return Err(Error::err(format_args!(
                "exactly one of FROMMEMBER or FROMLONLAT can be specified for {}",
                called()
            )));
        }
        if form.is_search() && self.shape.is_none() {
            return Err(Error::err(format_args!(
                "exactly one of BYRADIUS and BYBOX can be specified for {}",
                called()
            )));
        }
        if self.any && self.count.is_none() {
            return Err(Error::Text("ERR the ANY argument requires COUNT argument"));
        }
        Ok(())
    }
}

/// A member in the middle: it must be there, if the sorted set is.
fn member(set: Option<&SortedSet>, member: &[u8]) -> Result<Center, Error> {
    let Some(set) = set else { return Ok(Center::Member(None)) };
    let place = place_of(set, member);
    let place = place.ok_or(Error::Text("ERR could not decode requested zset member"))?;
    Ok(Center::Member(Some(place)))
}
