//! Points on the Earth, kept as scores of sorted sets.
//!
//! The map is cut in half again and again, by longitude and by latitude in turn: 26 cuts each. Which half a point is in
//! makes one bit each time, and the 52 bits are its score, small enough for a float to hold exactly. Points that share
//! their first bits are in one [`Cell`], so the points of a cell are a range of scores, and an [`Area`] is searched by
//! looking at nine cells. What comes back from a score is the middle of the smallest cell, within a metre.
//!
//! | file   | what it holds                                        |
//! |--------|------------------------------------------------------|
//! | `cell` | the cells of the map, their neighbours and scores    |
//! | `area` | circles and boxes, and the cells that cover them     |
//! | `trig` | sine, cosine and arcsine, the same on every platform |

mod area;
mod cell;
mod trig;

use core::f64::consts::PI;

pub use self::area::{Area, Shape};
pub use self::cell::Cell;

/// The poles can't be reached: the map is the square one of Mercator.
pub const LATITUDE_MAX: f64 = 85.051_128_78;
/// Half around the Earth.
pub const LONGITUDE_MAX: f64 = 180.0;

/// What distances are computed with, as if the Earth were a ball.
const EARTH_RADIUS_M: f64 = 6_372_797.560_856;

/// A point on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Degrees to the east.
    pub longitude: f64,
    /// Degrees to the north.
    pub latitude: f64,
}

impl Point {
    /// The point at a longitude and a latitude, if they are on the map.
    #[must_use]
    pub fn new(longitude: f64, latitude: f64) -> Option<Self> {
        let on_map = longitude.abs() <= LONGITUDE_MAX && latitude.abs() <= LATITUDE_MAX;
        on_map.then_some(Self { longitude, latitude })
    }

    /// The point that a score means; any score means one.
    #[must_use]
    pub fn from_score(score: f64) -> Self {
        Cell::from_score(score).middle()
    }

    /// The score that a point is kept as.
    #[must_use]
    pub fn score(self) -> f64 {
        Cell::at(self, Cell::STEPS).scores().start
    }

    /// The distance between two points, over the ground.
    #[must_use]
    pub fn distance_m(self, other: Self) -> f64 {
        Place::new(self).distance_m(&Place::new(other))
    }

    /// Its name as a geohash: the standard one, whose map reaches to the poles. The bits are enough for ten of the
    /// eleven letters.
    #[must_use]
    pub fn geohash(self) -> [u8; 11] {
        const LETTERS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";
        let bits = cell::interleave(
            cell::part_of(self.longitude, LONGITUDE_MAX, Cell::STEPS),
            cell::part_of(self.latitude, 90.0, Cell::STEPS),
        );
        let mut name = *b"00000000000";
        for (index, letter) in name.iter_mut().take(10).enumerate() {
            *letter = LETTERS[(bits >> (47 - 5 * index)) as usize & 31];
        }
        name
    }
}

/// A point as distances need it: in radians, and with the cosine of its latitude.
#[derive(Clone, Copy, Debug)]
struct Place {
    longitude: f64,
    latitude: f64,
    cos: f64,
}

impl Place {
    fn new(point: Point) -> Self {
        let latitude = radians(point.latitude);
        Self { longitude: radians(point.longitude), latitude, cos: trig::cos(latitude) }
    }

    fn distance_m(&self, other: &Self) -> f64 {
        distance_m(self.haversine(other))
    }

    /// The square of half of the straight line between two places, through a ball of radius 1.
    fn haversine(&self, other: &Self) -> f64 {
        let v = trig::sin((other.longitude - self.longitude) / 2.0);
        let u = trig::sin((other.latitude - self.latitude) / 2.0);
        u * u + self.cos * other.cos * v * v
    }
}

/// The way over the ground whose haversine is known.
fn distance_m(haversine: f64) -> f64 {
    2.0 * EARTH_RADIUS_M * trig::asin(libm::sqrt(haversine).min(1.0))
}

fn radians(degrees: f64) -> f64 {
    degrees * (PI / 180.0)
}

fn degrees(radians: f64) -> f64 {
    radians / (PI / 180.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn point(longitude: f64, latitude: f64) -> Point {
        Point::new(longitude, latitude).unwrap()
    }

    #[test]
    fn known_places() {
        let (palermo, catania) = (point(13.361_389, 38.115_556), point(15.087_269, 37.502_669));
        assert_eq!(palermo.score(), 3_479_099_956_230_698.0);
        assert_eq!(catania.score(), 3_479_447_370_796_909.0);
        let (palermo, catania) = (Point::from_score(palermo.score()), Point::from_score(catania.score()));
        assert_eq!((palermo.longitude, palermo.latitude), (13.361_389_338_970_184, 38.115_556_395_496_3));
        assert_eq!(&palermo.geohash(), b"sqc8b49rny0");
        assert_eq!(&catania.geohash(), b"sqdtr74hyu0");
        assert_eq!(alloc::format!("{:.4}", palermo.distance_m(catania)), "166274.1516");
    }

    #[test]
    fn the_edges_of_the_map() {
        assert_eq!(point(-180.0, -LATITUDE_MAX).score(), 0.0);
        // One cell beyond the last.
        assert_eq!(point(180.0, LATITUDE_MAX).score(), 13_510_798_882_111_488.0);
        let last = Point::from_score(point(180.0, LATITUDE_MAX).score());
        assert_eq!((last.longitude, last.latitude), (180.0, LATITUDE_MAX));
        for (longitude, latitude) in
            [(180.1, 0.0), (-180.1, 0.0), (0.0, 85.06), (0.0, -85.06), (f64::INFINITY, 0.0), (0.0, f64::NAN)]
        {
            assert_eq!(Point::new(longitude, latitude), None);
        }
    }

    #[test]
    fn any_score_means_a_point_on_the_map() {
        for score in
            [f64::INFINITY, f64::NEG_INFINITY, -1.0, -0.0, 0.5, 1e300, -1e300, 9.3e18, 1.85e19, 4.6e15]
        {
            let point = Point::from_score(score);
            assert!(Point::new(point.longitude, point.latitude).is_some(), "{score}");
        }
    }

    #[test]
    fn a_score_is_near_its_point_and_stays_the_same() {
        let mut random = Random::new(11);
        let mut part = |max: f64| (random.below(1 << 40) as f64 / (1_u64 << 39) as f64 - 1.0) * max;
        for _ in 0..5000 {
            let one = point(part(LONGITUDE_MAX), part(LATITUDE_MAX));
            let kept = Point::from_score(one.score());
            assert!(one.distance_m(kept) < 0.4, "{one:?}");
            assert_eq!(kept.score(), one.score());
        }
    }

    #[test]
    fn distances_are_the_same_both_ways_and_obey_the_triangle() {
        let mut random = Random::new(12);
        let mut part = |max: f64| (random.below(1 << 40) as f64 / (1_u64 << 39) as f64 - 1.0) * max;
        for _ in 0..2000 {
            let [a, b, c] = [(); 3].map(|()| point(part(LONGITUDE_MAX), part(LATITUDE_MAX)));
            assert_eq!(a.distance_m(b), b.distance_m(a));
            assert_eq!(a.distance_m(a), 0.0);
            assert!(a.distance_m(c) <= a.distance_m(b) + b.distance_m(c) + 1e-6);
            assert!(a.distance_m(b) <= PI * EARTH_RADIUS_M);
        }
    }
}
