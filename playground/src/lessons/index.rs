//! What is known of lessons without their files: the build script writes it down.

use crate::view::Level;

/// A lesson in brief.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brief {
    /// From 1.
    pub number: u32,
    /// Its file in `playground/lessons`.
    pub file: &'static str,
    /// Its name.
    pub title: &'static str,
    /// For whom.
    pub level: Level,
    /// How long it may take.
    pub hours: u32,
    /// Whether it can be played.
    pub ready: bool,
    /// How many steps it has.
    pub steps: usize,
}

static ALL: &[Brief] = include!(concat!(env!("OUT_DIR"), "/lessons.rs"));

/// All lessons, in order.
pub fn all() -> impl Iterator<Item = &'static Brief> {
    ALL.iter()
}

/// The lesson of a number.
#[must_use]
pub fn get(number: u32) -> Option<&'static Brief> {
    ALL.iter().find(|brief| brief.number == number)
}
