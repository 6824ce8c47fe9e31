//! A handful of measurements, and how far apart they are.

use super::load::Measured;
use std::fmt;

/// Measurements of one thing, sorted.
pub(super) struct Sample(Vec<f64>);

impl Sample {
    pub(super) fn new(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// Ours over theirs, round by round: what disturbs one round disturbs both.
    pub(super) fn ratios(ours: &[Measured], theirs: &[Measured], what: fn(&Measured) -> f64) -> Self {
        Self::new(ours.iter().zip(theirs).map(|(ours, theirs)| what(ours) / what(theirs)))
    }

    pub(super) fn median(&self) -> f64 {
        self.0.get(self.0.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

/// The mean of ratios.
pub(super) fn geometric_mean(ratios: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = ratios.fold((0.0, 0.0), |(sum, count), ratio| (sum + ratio.ln(), count + 1.0));
    (sum / count).exp()
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lowest, highest) = (self.0.first().unwrap_or(&f64::NAN), self.0.last().unwrap_or(&f64::NAN));
        write!(f, "**{:.2}×** ({lowest:.2}–{highest:.2})", self.median())
    }
}
