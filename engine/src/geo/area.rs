//! Circles and boxes around a point, and the cells in which their points are.
//!
//! Cells are chosen so large that the one of the middle and its eight neighbours cover the area; neighbours that the
//! area does not reach are left out. Near the poles cells are narrower on the ground than the map tells, so larger ones
//! are taken there. The order of the cells is the order in which points are found.

use core::ops::Range;

use super::cell::{Cell, Edges};
use super::{EARTH_RADIUS_M, Place, Point, degrees, distance_m, radians, trig};

/// What an area looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// All that is near enough.
    Circle {
        /// How near.
        radius_m: f64,
    },
    /// A box with the point in its middle.
    Box {
        /// From west to east.
        width_m: f64,
        /// From south to north.
        height_m: f64,
    },
}

/// A part of the map.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    center: Point,
    place: Place,
    shape: Shape,
    /// No place in it is further to the north or to the south, in radians.
    reach: f64,
    /// No place in it has a larger haversine.
    haversine_max: f64,
}

/// A bit more than rounding can make of a comparison, so that what is thrown out early is really outside.
const MARGIN: f64 = 1.0 + 1e-9;

/// The middle, then the neighbours, as columns to the east and rows to the north.
const AROUND: [(i32, i32); 9] =
    [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1)];

impl Area {
    /// What is around a point.
    #[must_use]
    pub fn new(center: Point, shape: Shape) -> Self {
        let (to_north_m, radius_m) = match shape {
            Shape::Circle { radius_m } => (radius_m, radius_m),
            Shape::Box { height_m, .. } => (height_m / 2.0, f64::INFINITY),
        };
        let half_angle = radius_m / (2.0 * EARTH_RADIUS_M);
        let haversine_max = if half_angle < 1.5 {
            let sine = trig::sin(half_angle);
            sine * sine * MARGIN
        } else {
            f64::INFINITY
        };
        Self {
            center,
            place: Place::new(center),
            shape,
            reach: to_north_m / EARTH_RADIUS_M * MARGIN,
            haversine_max,
        }
    }

    /// How far from the middle a point is, if it is inside.
    #[must_use]
    pub fn distance_m(&self, point: Point) -> Option<f64> {
        // Most points that are outside are so by their latitude, which is cheap to see.
        if (radians(point.latitude) - self.place.latitude).abs() > self.reach {
            return None;
        }
        let place = Place::new(point);
        let haversine = self.place.haversine(&place);
        if haversine > self.haversine_max {
            return None;
        }
        let inside = match self.shape {
            Shape::Circle { radius_m } => {
                let distance_m = distance_m(haversine);
                return (distance_m <= radius_m).then_some(distance_m);
            }
            Shape::Box { width_m, height_m } => {
                let to_north_m = EARTH_RADIUS_M * (place.latitude - self.place.latitude).abs();
                let level = Place { longitude: self.place.longitude, ..place };
                to_north_m <= height_m / 2.0 && place.distance_m(&level) <= width_m / 2.0
            }
        };
        inside.then(|| distance_m(haversine))
    }

    /// The scores of the points of all cells that may have some of it. No cell comes twice in a row, and none that is
    /// left out.
    pub fn scores(&self) -> impl Iterator<Item = Range<f64>> + use<> {
        let edges = self.edges();
        let step = self.step();
        let mut cell = Cell::at(self.center, step);
        if step > 1 && !covers(cell, edges) {
            cell = Cell::at(self.center, step - 1);
        }
        let (own, is_large) = (cell.edges(), cell.is_large());
        let mut last = None;
        AROUND.into_iter().filter_map(move |(east, north)| {
            let useless = (north < 0 && own.south < edges.south)
                || (north > 0 && own.north > edges.north)
                || (east < 0 && own.west < edges.west)
                || (east > 0 && own.east > edges.east);
            let neighbour = cell.neighbour(east, north);
            if (useless && !is_large) || last == Some(neighbour) {
                return None;
            }
            last = Some(neighbour);
            Some(neighbour.scores())
        })
    }

    /// The box around it, by the side that is nearer to a pole, where degrees are narrower.
    fn edges(&self) -> Edges {
        let (width_m, height_m) = match self.shape {
            Shape::Circle { radius_m } => (radius_m, radius_m),
            Shape::Box { width_m, height_m } => (width_m / 2.0, height_m / 2.0),
        };
        let Point { longitude, latitude } = self.center;
        let to_north = degrees(height_m / EARTH_RADIUS_M);
        let side = if latitude < 0.0 { latitude - to_north } else { latitude + to_north };
        let to_east = degrees(width_m / EARTH_RADIUS_M / libm::cos(radians(side)));
        Edges {
            west: longitude - to_east,
            east: longitude + to_east,
            south: latitude - to_north,
            north: latitude + to_north,
        }
    }

    /// The cuts that make cells about as large as the area.
    fn step(&self) -> u32 {
        /// From the middle of the map to its edge.
        const MAP_M: f64 = 20_037_726.37;
        let mut radius_m = match self.shape {
            Shape::Circle { radius_m } => radius_m,
            Shape::Box { width_m, height_m } => {
                libm::sqrt((width_m / 2.0) * (width_m / 2.0) + (height_m / 2.0) * (height_m / 2.0))
            }
        };
        if radius_m == 0.0 {
            return Cell::STEPS;
        }
        let mut step = 0_i32;
        while radius_m < MAP_M && step < 40 {
            radius_m *= 2.0;
            step += 1;
        }
        let to_pole = self.center.latitude.abs();
        step -= 1 + i32::from(to_pole > 66.0) + i32::from(to_pole > 80.0);
        step.clamp(1, Cell::STEPS as i32).unsigned_abs()
    }
}

/// Whether a cell and its neighbours reach to all these edges.
fn covers(cell: Cell, edges: Edges) -> bool {
    cell.neighbour(0, 1).edges().north >= edges.north
        && cell.neighbour(0, -1).edges().south <= edges.south
        && cell.neighbour(1, 0).edges().east >= edges.east
        && cell.neighbour(-1, 0).edges().west <= edges.west
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::geo::LATITUDE_MAX;
    use crate::random::Random;

    #[test]
    fn the_cells_hold_every_point_of_a_small_area() {
        let mut random = Random::new(9);
        let mut part = |max: f64| (random.below(1 << 40) as f64 / (1_u64 << 39) as f64 - 1.0) * max;
        for round in 0..3000 {
            let center = Point { longitude: part(170.0), latitude: part(80.0) };
            let radius_m = libm::exp2(part(9.0) + 9.0);
            let shape = if round % 2 == 0 {
                Shape::Circle { radius_m }
            } else {
                Shape::Box { width_m: radius_m, height_m: 2.0 * radius_m }
            };
            let area = Area::new(center, shape);
            let ranges: Vec<_> = area.scores().collect();
            let degrees = degrees(radius_m / EARTH_RADIUS_M);
            for _ in 0..10 {
                let latitude = (center.latitude + part(degrees)).clamp(-LATITUDE_MAX, LATITUDE_MAX);
                let longitude = center.longitude + part(degrees) / libm::cos(radians(latitude));
                let Some(point) = Point::new(longitude, latitude) else { continue };
                let score = point.score();
                if let Some(distance_m) = area.distance_m(point) {
                    assert_eq!(distance_m, center.distance_m(point));
                    assert!(ranges.iter().any(|range| range.contains(&score)), "{area:?} {point:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_inside() {
        let center = Point { longitude: 10.0, latitude: 50.0 };
        let at = |longitude, latitude| Point { longitude, latitude };
        let degree_m = EARTH_RADIUS_M * radians(1.0);
        let circle = Area::new(center, Shape::Circle { radius_m: degree_m });
        assert!(
            circle.distance_m(at(10.0, 50.999)).is_some() && circle.distance_m(at(10.0, 51.001)).is_none()
        );
        assert!(circle.distance_m(at(11.5, 50.0)).is_some() && circle.distance_m(at(11.57, 50.0)).is_none());
        let flat = Area::new(center, Shape::Box { width_m: 2.0 * degree_m, height_m: degree_m });
        assert!(flat.distance_m(at(11.5, 50.49)).is_some() && flat.distance_m(at(11.5, 50.51)).is_none());
        assert!(flat.distance_m(at(11.6, 50.0)).is_none());
        let nothing = Area::new(center, Shape::Circle { radius_m: 0.0 });
        assert_eq!((nothing.distance_m(center), nothing.distance_m(at(10.0, 50.0001))), (Some(0.0), None));
        let all = Area::new(center, Shape::Circle { radius_m: f64::INFINITY });
        assert!(all.distance_m(at(-170.0, -50.0)).is_some());
        assert_eq!(all.scores().count(), 4);
    }

    #[test]
    fn cells_are_fewer_where_neighbours_are_not_reached() {
        let count = |step, radius_m| {
            let center = Cell::at(Point { longitude: 10.0, latitude: 50.0 }, step).middle();
            Area::new(center, Shape::Circle { radius_m }).scores().count()
        };
        assert_eq!(count(Cell::STEPS, 0.0), 1);
        assert_eq!(count(7, 80_000.0), 3);
        assert_eq!(count(7, 130_000.0), 9);
    }
}
