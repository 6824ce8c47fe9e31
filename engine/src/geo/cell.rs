//! Cells of the map: with `step` cuts each way there are `2^step` columns and as many rows.

use core::ops::Range;

use super::{LATITUDE_MAX, LONGITUDE_MAX, Point};

/// A cell.
///
/// A point on the outermost edge, to the east or to the north, is in a column or a row beyond the last: such a cell is
/// on no map, but its scores are those of such points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    column: u32,
    row: u32,
    step: u32,
}

/// The edges of something on the map, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edges {
    pub west: f64,
    pub east: f64,
    pub south: f64,
    pub north: f64,
}

impl Cell {
    /// The cuts each way that make the smallest cells.
    pub const STEPS: u32 = 26;

    /// The cell in which a point is.
    #[must_use]
    pub fn at(point: Point, step: u32) -> Self {
        Self {
            column: part_of(point.longitude, LONGITUDE_MAX, step),
            row: part_of(point.latitude, LATITUDE_MAX, step),
            step,
        }
    }

    /// The smallest cell of a score. A score that was never a point's means what its lowest 64 bits say.
    #[must_use]
    pub fn from_score(score: f64) -> Self {
        const END: f64 = 18_446_744_073_709_551_616.0;
        let bits = if score < 0.0 {
            score as i64 as u64
        } else if score < END {
            score as u64
        } else {
            0
        };
        Self { column: every_second(bits >> 1), row: every_second(bits), step: Self::STEPS }
    }

    /// The scores of its points.
    #[must_use]
    pub fn scores(self) -> Range<f64> {
        let (bits, shift) = (interleave(self.column, self.row), 2 * (Self::STEPS - self.step));
        (bits << shift) as f64..((bits + 1) << shift) as f64
    }

    /// Its neighbour so many columns to the east and rows to the north, around the map's edges.
    #[must_use]
    pub const fn neighbour(self, east: i32, north: i32) -> Self {
        Self { column: self.moved(self.column, east), row: self.moved(self.row, north), step: self.step }
    }

    /// The point in its middle.
    #[must_use]
    pub fn middle(self) -> Point {
        let edges = self.edges();
        Point {
            longitude: f64::midpoint(edges.west, edges.east).clamp(-LONGITUDE_MAX, LONGITUDE_MAX),
            latitude: f64::midpoint(edges.south, edges.north).clamp(-LATITUDE_MAX, LATITUDE_MAX),
        }
    }

    pub(super) fn edges(self) -> Edges {
        let at = |part: u32, max: f64| -max + f64::from(part) / (1_u64 << self.step) as f64 * (2.0 * max);
        Edges {
            west: at(self.column, LONGITUDE_MAX),
            east: at(self.column.wrapping_add(1), LONGITUDE_MAX),
            south: at(self.row, LATITUDE_MAX),
            north: at(self.row.wrapping_add(1), LATITUDE_MAX),
        }
    }

    /// Whether there are only two columns and two rows, so that the neighbours on both sides are one.
    pub(super) const fn is_large(self) -> bool {
        self.step < 2
    }

    const fn moved(self, part: u32, by: i32) -> u32 {
        if by == 0 { part } else { part.wrapping_add_signed(by) & ((1 << self.step) - 1) }
    }
}

/// In which of `2^step` equal parts of what lies between `-max` and `max` a value is.
pub(super) fn part_of(value: f64, max: f64, step: u32) -> u32 {
    ((value + max) / (2.0 * max) * (1_u64 << step) as f64) as u32
}

/// Bits in turn: the lowest is the row's.
pub(super) const fn interleave(column: u32, row: u32) -> u64 {
    spread(column) << 1 | spread(row)
}

/// Puts a 0 before each bit.
const fn spread(bits: u32) -> u64 {
    let mut bits = bits as u64;
    bits = (bits | bits << 16) & 0x0000_FFFF_0000_FFFF;
    bits = (bits | bits << 8) & 0x00FF_00FF_00FF_00FF;
    bits = (bits | bits << 4) & 0x0F0F_0F0F_0F0F_0F0F;
    bits = (bits | bits << 2) & 0x3333_3333_3333_3333;
    (bits | bits << 1) & 0x5555_5555_5555_5555
}

/// Takes the bit before each bit away.
const fn every_second(bits: u64) -> u32 {
    let mut bits = bits & 0x5555_5555_5555_5555;
    bits = (bits | bits >> 1) & 0x3333_3333_3333_3333;
    bits = (bits | bits >> 2) & 0x0F0F_0F0F_0F0F_0F0F;
    bits = (bits | bits >> 4) & 0x00FF_00FF_00FF_00FF;
    bits = (bits | bits >> 8) & 0x0000_FFFF_0000_FFFF;
    (bits | bits >> 16) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_go_in_and_come_out() {
        assert_eq!(interleave(0, u32::MAX), 0x5555_5555_5555_5555);
        assert_eq!(interleave(u32::MAX, 0), 0xAAAA_AAAA_AAAA_AAAA);
        assert_eq!(interleave(0b101, 0b011), 0b10_0111);
        for bits in [0, 1, 0x8000_0001, 0x1234_5678, u32::MAX] {
            assert_eq!(every_second(interleave(7, bits)), bits);
            assert_eq!(every_second(interleave(bits, 7) >> 1), bits);
        }
    }

    #[test]
    fn a_cell_holds_its_parts() {
        let point = Point { longitude: 13.36, latitude: 38.11 };
        for step in 2..=Cell::STEPS {
            let (outer, inner) = (Cell::at(point, step - 1), Cell::at(point, step));
            let (outer_scores, scores) = (outer.scores(), inner.scores());
            assert!(outer_scores.start <= scores.start && scores.end <= outer_scores.end);
            assert_eq!((scores.end - scores.start) * 4.0, outer_scores.end - outer_scores.start);
            let (outer, inner) = (outer.edges(), inner.edges());
            assert!(outer.west <= inner.west && inner.east <= outer.east);
            assert!(outer.south <= inner.south && inner.north <= outer.north);
            assert!(inner.west <= point.longitude && point.longitude < inner.east);
            assert!(inner.south <= point.latitude && point.latitude < inner.north);
        }
    }

    #[test]
    fn neighbours_touch_and_go_around() {
        let cell = Cell { column: 3, row: 0, step: 2 };
        assert_eq!(cell.neighbour(1, 0), Cell { column: 0, ..cell });
        assert_eq!(cell.neighbour(0, -1), Cell { row: 3, ..cell });
        assert_eq!(cell.neighbour(-1, 1), Cell { column: 2, row: 1, step: 2 });
        assert_eq!(cell.neighbour(-1, 0).edges().east, cell.edges().west);
        assert_eq!(cell.neighbour(0, 1).edges().south, cell.edges().north);
        let beyond = Cell { column: 4, row: 4, step: 2 };
        assert_eq!(beyond.neighbour(1, -1), Cell { column: 1, row: 3, step: 2 });
        assert_eq!(beyond.neighbour(0, -1), Cell { column: 4, row: 3, step: 2 });
    }
}
