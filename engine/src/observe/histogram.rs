//! How often something took how long: counts by size, the same precision at every size.
//!
//! ```text
//!   nanoseconds     0 1 2 … 255   256 258 … 510   512 516 … 1020   1024 …
//!   one count for       1              2               4              8      of them
//! ```
//!
//! A count covers less than a hundredth of the values that it stands for, and the longest second needs three thousand of
//! them. A value is told as the greatest that its count stands for.

use alloc::vec::Vec;

/// The bits of a value that tell its count.
const BITS: u32 = 7;

/// The values that are told apart: what is longer counts as this, and so does what is shorter.
const RANGE: (u64, u64) = (1, 1_000_000_000);

/// Counts of durations.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
}

impl Histogram {
    /// Counts a duration.
    #[inline]
    pub fn record_us(&mut self, us: u64) {
        let place = place(us.saturating_mul(1000).clamp(RANGE.0, RANGE.1));
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        if let Some(count) = self.counts.get_mut(place) {
            *count += 1;
        }
        self.total += 1;
    }

    /// How many were counted.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// The value in nanoseconds that so many hundredths of all are not above.
    #[must_use]
    pub fn percentile_ns(&self, percent: f64) -> u64 {
        let wanted = ((percent / 100.0) * self.total as f64 + 0.5) as u64;
        let mut seen = 0;
        let found = self.counts.iter().position(|count| {
            seen += count;
            seen >= wanted.max(1)
        });
        match found {
            Some(place) if percent == 0.0 => least(place),
            Some(place) => greatest(place),
            None => 0,
        }
    }

    /// How many are not above a power of two of about a microsecond, in microseconds: for each power that is above more
    /// of them than the one before.
    pub fn doubling_us(&self) -> impl Iterator<Item = (u64, u64)> {
        let mut told = 0;
        (10..=RANGE.1.ilog2() + 1)
            .map(|power| place(1 << power))
            .map(|place| (greatest(place) / 1000, self.up_to(place)))
            .filter(move |&(_, count)| core::mem::replace(&mut told, count) != count)
    }

    fn up_to(&self, place: usize) -> u64 {
        self.counts.iter().take(place + 1).sum()
    }
}

/// The place of the count for a value.
#[inline]
const fn place(value: u64) -> usize {
    let shift = (value | 1 << BITS).ilog2() - BITS;
    ((shift as usize) << BITS) + (value >> shift) as usize
}

/// The least value of a count.
const fn least(place: usize) -> u64 {
    let shift = (place >> BITS).saturating_sub(1);
    ((place - (shift << BITS)) as u64) << shift
}

/// The greatest value of a count.
const fn greatest(place: usize) -> u64 {
    least(place + 1) - 1
}

#[cfg(test)]
mod tests {
    use super::{Histogram, greatest, least, place};
    use alloc::vec::Vec;

    #[test]
    fn counts_cover_all_values_once() {
        let mut next = 0;
        for place in 0..3000 {
            assert_eq!(least(place), next);
            next = greatest(place) + 1;
        }
        for value in [0, 1, 255, 256, 511, 512, 93_000, 1_000_000_000] {
            assert!((least(place(value))..=greatest(place(value))).contains(&value));
        }
        assert_eq!(greatest(place(93_000)), 93_183);
    }

    #[test]
    fn shares_and_powers() {
        let mut histogram = Histogram::default();
        for us in [5, 5, 5, 16, 3700] {
            histogram.record_us(us);
        }
        assert_eq!(histogram.percentile_ns(50.0), 5_023);
        assert_eq!(histogram.percentile_ns(0.0), 4_992);
        assert_eq!(histogram.percentile_ns(100.0), 3_702_783);
        assert_eq!(histogram.doubling_us().collect::<Vec<_>>(), [(8, 3), (16, 4), (4227, 5)]);
    }
}
