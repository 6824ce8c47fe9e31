//! Chance for experiments: everything is drawn from a seed.

use redstart_engine::random::Random;

/// A seeded source of numbers.
#[derive(Clone, Debug)]
pub(super) struct Chance(Random);

impl Chance {
    /// The source that a seed determines.
    #[must_use]
    pub(super) const fn new(seed: u64) -> Self {
        Self(Random::new(seed))
    }

    /// A number from 0 to 1, without 1.
    pub(super) fn part(&mut self) -> f64 {
        (self.0.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number of a mean, as the time between events that know nothing of each other.
    pub(super) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.part()).ln()
    }
}

/// Favourites: of `n` things the second is wanted half as often as the first, the third a third as often, and so on.
#[derive(Clone, Debug)]
pub(super) struct Zipf {
    /// What part of the wishes is for a thing or for those before it.
    sums: Vec<f64>,
}

impl Zipf {
    /// Over so many things.
    #[must_use]
    pub(super) fn new(things: usize) -> Self {
        let total: f64 = (1..=things).map(|rank| 1.0 / rank as f64).sum();
        let sums = (1..=things).scan(0.0, |sum, rank| {
            *sum += 1.0 / rank as f64 / total;
            Some(*sum)
        });
        Self { sums: sums.collect() }
    }

    /// Which one is wanted next: 0 is the favourite.
    #[must_use]
    pub(super) fn pick(&self, chance: &mut Chance) -> usize {
        let part = chance.part();
        self.sums.partition_point(|&sum| sum <= part).min(self.sums.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_favourite_is_wanted_twice_as_often_as_the_second() {
        let (zipf, mut chance) = (Zipf::new(100), Chance::new(3));
        let mut counts = [0_u32; 100];
        for _ in 0..100_000 {
            counts[zipf.pick(&mut chance)] += 1;
        }
        let ratio = f64::from(counts[0]) / f64::from(counts[1]);
        assert!((1.9..2.1).contains(&ratio), "{ratio}");
        assert!(counts[99] > 0);
    }

    #[test]
    fn exponential_numbers_have_their_mean() {
        let mut chance = Chance::new(3);
        let mean = (0..10_000).map(|_| chance.exponential(5.0)).sum::<f64>() / 10_000.0;
        assert!((4.8..5.2).contains(&mean), "{mean}");
    }
}
