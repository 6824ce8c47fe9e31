//! Cities on a map, and what GEOSEARCH looks at to find those that are near.
//!
//! A sorted set has places as scores of 52 bits: the map cut in half again and again. Places that share their first bits
//! are in one cell, so a cell is a range of scores. A search chooses cells about as large as its area, takes the one
//! in its middle and those around it that the area reaches, and measures the distance of each place in them.

use redstart_engine::geo::{Area, Cell, Point, Shape};
use redstart_engine::resp::read::Value;

use super::{Lab, Server};

const KEY: &[u8] = b"cities";
/// The radius of the Earth that GEOSEARCH reckons with.
const EARTH_KM: f64 = 6_372.797_560_856;
const PLACES_MAX: usize = 60;
/// Name, longitude, latitude.
const CITIES: [(&str, f64, f64); 20] = [
    ("Amsterdam", 4.90, 52.37),
    ("Athens", 23.73, 37.98),
    ("Barcelona", 2.17, 41.39),
    ("Berlin", 13.40, 52.52),
    ("Bucharest", 26.10, 44.43),
    ("Budapest", 19.04, 47.50),
    ("Copenhagen", 12.57, 55.68),
    ("Dublin", -6.26, 53.35),
    ("Edinburgh", -3.19, 55.95),
    ("Helsinki", 24.94, 60.17),
    ("Lisbon", -9.14, 38.72),
    ("London", -0.13, 51.51),
    ("Madrid", -3.70, 40.42),
    ("Oslo", 10.75, 59.91),
    ("Paris", 2.35, 48.86),
    ("Prague", 14.44, 50.08),
    ("Rome", 12.50, 41.90),
    ("Stockholm", 18.07, 59.33),
    ("Vienna", 16.37, 48.21),
    ("Warsaw", 21.01, 52.23),
];

/// The experiment.
#[derive(Debug)]
pub struct Geo {
    server: Server,
    added: usize,
    search: Search,
}

/// What is looked for, around a point.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
pub struct Search {
    /// Degrees to the east.
    pub longitude: f64,
    /// Degrees to the north.
    pub latitude: f64,
    /// What the area looks like.
    pub shape: Form,
    /// The radius of a circle, or half of a box's width, in kilometres. A box is half as high as wide.
    pub km: f64,
}

/// An area's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// BYRADIUS.
    Circle,
    /// BYBOX.
    Box,
}

/// What is asked of it.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Ask {
    /// GEOADD.
    Add {
        /// Degrees to the east.
        longitude: f64,
        /// Degrees to the north.
        latitude: f64,
    },
    /// GEOSEARCH.
    Search {
        /// What.
        search: Search,
    },
    /// Only the cities are left.
    Restart,
}

/// A member.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// GEOPOS.
    pub longitude: f64,
    /// See there.
    pub latitude: f64,
    /// ZSCORE, in binary: 52 digits.
    pub bits: String,
    /// GEOHASH.
    pub geohash: String,
    /// What GEOSEARCH says of its distance in kilometres, if it is in the area.
    pub distance: Option<String>,
    /// Whether it is in one of the cells.
    pub measured: bool,
}

/// A cell that is looked into.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct CellView {
    /// The bits that its scores begin with.
    pub prefix: String,
    /// Its edges in degrees.
    pub west: f64,
    /// See there.
    pub south: f64,
    /// See there.
    pub east: f64,
    /// See there.
    pub north: f64,
    /// ZCOUNT of its range.
    pub places: i64,
}

/// What there is to see.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct View {
    /// All places, in the order of their scores.
    pub places: Vec<Place>,
    /// The command, and the names that it answers, the nearest first.
    pub command: String,
    /// See there.
    pub found: Vec<String>,
    /// The cells that it looks into.
    pub cells: Vec<CellView>,
    /// The area's edge, as longitudes and latitudes.
    pub outline: Vec<(f64, f64)>,
}

impl Geo {
    /// A map with some cities.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let search = Search { longitude: 10.0, latitude: 50.0, shape: Form::Circle, km: 500.0 };
        let mut lab = Self { server: Server::new(seed, &[]), added: 0, search };
        for (name, longitude, latitude) in CITIES {
            lab.put(name, longitude, latitude);
        }
        lab
    }

    fn put(&mut self, name: &str, longitude: f64, latitude: f64) {
        let (longitude, latitude) = (format!("{longitude:.4}"), format!("{latitude:.4}"));
        self.server.call(&[b"GEOADD", KEY, longitude.as_bytes(), latitude.as_bytes(), name.as_bytes()]);
    }

    /// Asks the engine; gives the command, and the names and distances that it answers.
    fn search(&mut self) -> (String, Vec<(String, String)>) {
        let Search { longitude, latitude, shape, km } = self.search;
        let area = match shape {
            Form::Circle => format!("BYRADIUS {km:.0} km"),
            Form::Box => format!("BYBOX {:.0} {km:.0} km", 2.0 * km),
        };
        let command = format!("GEOSEARCH cities FROMLONLAT {longitude:.2} {latitude:.2} {area} ASC WITHDIST");
        let argv: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        let found = array(self.server.call(&argv)).into_iter().filter_map(|pair| match &array(pair)[..] {
            [name, distance] => Some((text(name), text(distance))),
            _ => None,
        });
        (command, found.collect())
    }

    fn cells(&mut self) -> Vec<CellView> {
        let Search { longitude, latitude, shape, km } = self.search;
        let Some(center) = Point::new(longitude, latitude) else { return Vec::new() };
        let m = km * 1000.0;
        let shape = match shape {
            Form::Circle => Shape::Circle { radius_m: m },
            Form::Box => Shape::Box { width_m: 2.0 * m, height_m: m },
        };
        let mut cells = Vec::new();
        for range in Area::new(center, shape).scores() {
            // Its first and its last score are its corners.
            let (low, high) = (Point::from_score(range.start), Point::from_score(range.end - 1.0));
            let free_bits = (range.end - range.start).log2().round() as usize;
            let (start, end) = (range.start.to_string(), format!("({}", range.end));
            cells.push(CellView {
                prefix: bits(range.start).chars().take(2 * Cell::STEPS as usize - free_bits).collect(),
                west: low.longitude,
                south: low.latitude,
                east: high.longitude,
                north: high.latitude,
                places: self.server.count(&[b"ZCOUNT", KEY, start.as_bytes(), end.as_bytes()]),
            });
        }
        cells
    }

    fn places(&mut self, found: &[(String, String)], cells: &[CellView]) -> Vec<Place> {
        let names = array(self.server.call(&[b"ZRANGE", KEY, b"0", b"-1"]));
        let place = |name: &Value| {
            let name = text(name);
            let score = text(&self.server.call(&[b"ZSCORE", KEY, name.as_bytes()])).parse().ok()?;
            let position = array(self.server.call(&[b"GEOPOS", KEY, name.as_bytes()])).pop()?;
            let [longitude, latitude] = &array(position)[..] else { return None };
            let geohash = array(self.server.call(&[b"GEOHASH", KEY, name.as_bytes()])).pop()?;
            let bits = bits(score);
            Some(Place {
                longitude: text(longitude).parse().ok()?,
                latitude: text(latitude).parse().ok()?,
                geohash: text(&geohash),
                distance: found
                    .iter()
                    .find(|(other, _)| *other == name)
                    .map(|(_, distance)| distance.clone()),
                measured: cells.iter().any(|cell| bits.starts_with(&cell.prefix)),
                name,
                bits,
            })
        };
        names.iter().filter_map(place).collect()
    }
}

impl Lab for Geo {
    type Ask = Ask;
    type View = View;

    fn ask(&mut self, ask: Ask) {
        match ask {
            Ask::Add { longitude, latitude } => {
                if CITIES.len() + self.added < PLACES_MAX {
                    self.added += 1;
                    self.put(&format!("Place-{}", self.added), longitude, latitude);
                }
            }
            Ask::Search { search } => self.search = Search { km: search.km.clamp(1.0, 3000.0), ..search },
            Ask::Restart => *self = Self { search: self.search, ..Self::new(0) },
        }
    }

    fn view(&mut self) -> View {
        let (command, found) = self.search();
        let cells = self.cells();
        let places = self.places(&found, &cells);
        let found = found.into_iter().map(|(name, _)| name).collect();
        View { places, command, found, cells, outline: outline(self.search) }
    }
}

/// A score's bits, the first cut first.
fn bits(score: f64) -> String {
    format!("{:052b}", score as u64)
}

/// The edge of an area, as points in turn.
fn outline(search: Search) -> Vec<(f64, f64)> {
    const SIDES: u32 = 72;
    let Search { longitude, latitude, shape, km } = search;
    match shape {
        Form::Circle => {
            let (angle, center) = (km / EARTH_KM, latitude.to_radians());
            let point = |side: u32| {
                let bearing = f64::from(side) / f64::from(SIDES) * std::f64::consts::TAU;
                let to = (center.sin() * angle.cos() + center.cos() * angle.sin() * bearing.cos()).asin();
                let east =
                    (bearing.sin() * angle.sin() * center.cos()).atan2(angle.cos() - center.sin() * to.sin());
                (longitude + east.to_degrees(), to.to_degrees())
            };
            (0..SIDES).map(point).collect()
        }
        Form::Box => {
            // Its width is measured at the latitude of each place.
            let half_height = (km / 2.0 / EARTH_KM).to_degrees();
            let point = |part: i32, side: f64| {
                let at = latitude + half_height * f64::from(part) / 18.0;
                (longitude + side * (km / EARTH_KM / at.to_radians().cos()).to_degrees(), at)
            };
            let east = (-18..=18).map(|part| point(part, 1.0));
            east.chain((-18..=18).rev().map(|part| point(part, -1.0))).collect()
        }
    }
}

fn array(value: Value) -> Vec<Value> {
    match value {
        Value::Array(all) => all,
        _ => Vec::new(),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Bulk(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn searched(lab: &mut Geo, longitude: f64, latitude: f64, shape: Form, km: f64) -> View {
        lab.ask(Ask::Search { search: Search { longitude, latitude, shape, km } });
        lab.view()
    }

    #[test]
    fn the_nearest_come_first_with_the_distance_that_the_engine_says() {
        let mut lab = Geo::new(1);
        let view = searched(&mut lab, 2.35, 48.86, Form::Circle, 500.0);
        assert_eq!(view.found, ["Paris", "London", "Amsterdam"]);
        let london = view.places.iter().find(|place| place.name == "London").expect("it is there");
        assert!(london.distance.as_deref().is_some_and(|km| km.starts_with("34")), "{london:?}");
        assert_eq!(searched(&mut lab, 2.35, 48.86, Form::Box, 500.0).found, ["Paris"]);
    }

    #[test]
    fn cells_have_all_that_is_found_and_not_much_else() {
        let mut lab = Geo::new(1);
        for km in [50.0, 200.0, 700.0, 1500.0] {
            for (longitude, latitude) in [(10.0, 50.0), (-4.0, 40.0), (24.9, 60.1)] {
                for shape in [Form::Circle, Form::Box] {
                    let view = searched(&mut lab, longitude, latitude, shape, km);
                    assert!((1..=9).contains(&view.cells.len()));
                    let in_cells: i64 = view.cells.iter().map(|cell| cell.places).sum();
                    let measured = view.places.iter().filter(|place| place.measured).count();
                    assert_eq!(usize::try_from(in_cells), Ok(measured));
                    assert!(view.places.iter().all(|place| place.measured || place.distance.is_none()));
                    for place in view.places.iter().filter(|place| place.measured) {
                        let holds = |cell: &CellView| {
                            (cell.west..cell.east).contains(&place.longitude)
                                && (cell.south..cell.north).contains(&place.latitude)
                        };
                        assert!(view.cells.iter().any(holds), "{place:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_edge_is_as_far_away_as_it_says() {
        let center = Point::new(10.0, 50.0).expect("it is on the map");
        for (longitude, latitude) in outline(Geo::new(1).search) {
            let edge = Point::new(longitude, latitude).expect("it is on the map");
            assert!((center.distance_m(edge) / 1000.0 - 500.0).abs() < 0.01, "{edge:?}");
        }
    }

    #[test]
    fn places_are_added_and_taken_away() {
        let mut lab = Geo::new(1);
        lab.ask(Ask::Add { longitude: 10.1, latitude: 50.1 });
        let view = lab.view();
        assert_eq!(view.found.first().map(String::as_str), Some("Place-1"));
        lab.ask(Ask::Restart);
        assert_eq!(lab.view().places.len(), CITIES.len());
    }
}
