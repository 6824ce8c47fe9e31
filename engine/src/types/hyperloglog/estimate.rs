//! From registers to an estimate: the improved estimator of Otmar Ertl ("New cardinality estimation algorithms for
//! HyperLogLog sketches", 2017), which needs no table of corrections.

use super::{REGISTERS, RUN_BITS};

/// How many registers hold which number.
#[derive(Clone, Debug)]
pub(super) struct Histogram([u32; 64]);

/// 1 / (2 ln 2)
const ALPHA: f64 = 0.721_347_520_444_481_7;

/// What stands for an estimate that is out of all bounds.
const NO_ESTIMATE: u64 = 1 << 63;

impl Histogram {
    pub(super) const fn new() -> Self {
        Self([0; 64])
    }

    /// Counts registers.
    pub(super) fn of(registers: impl Iterator<Item = u8>) -> Self {
        // Consecutive registers often hold the same number. Counted in turns, they need not wait for each other.
        let mut lanes = [[0_u32; 64]; 4];
        for (index, value) in registers.enumerate() {
            if let Some(count) =
                lanes.get_mut(index % 4).and_then(|lane| lane.get_mut(usize::from(value & 63)))
            {
                *count += 1;
            }
        }
        let mut histogram = Self::new();
        for lane in &lanes {
            histogram.0.iter_mut().zip(lane).for_each(|(sum, count)| *sum += count);
        }
        histogram
    }

    /// Counts registers that hold the same number.
    pub(super) fn count(&mut self, value: u8, registers: usize) {
        if let Some(count) = self.0.get_mut(usize::from(value & 63)) {
            *count = count.saturating_add(registers as u32);
        }
    }

    /// How many different elements there were, most likely.
    pub(super) fn estimate(&self) -> u64 {
        let all = REGISTERS as f64;
        let count = |value: u32| f64::from(self.0.get(value as usize).copied().unwrap_or(0));
        let mut sum = all * tau((all - count(RUN_BITS + 1)) / all);
        for value in (1..=RUN_BITS).rev() {
            sum = (sum + count(value)) * 0.5;
        }
        sum += all * sigma(count(0) / all);
        let estimate = libm::round(ALPHA * all * all / sum);
        // More than a signed number can tell, which only made-up registers come to, is the least such number in Redis.
        if estimate < NO_ESTIMATE as f64 { estimate as u64 } else { NO_ESTIMATE }
    }
}

/// The part of the registers that no element has reached.
fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut power, mut sum) = (1.0, x);
    loop {
        let before = sum;
        x *= x;
        sum += x * power;
        power += power;
        if sum <= before {
            return sum;
        }
    }
}

/// The part of the registers that are full.
fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut power, mut sum) = (1.0, 1.0 - x);
    loop {
        let before = sum;
        x = libm::sqrt(x);
        power *= 0.5;
        sum -= (1.0 - x) * (1.0 - x) * power;
        if sum >= before {
            return sum / 3.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_that_nobody_filled_end_somewhere() {
        for (value, expected) in
            [(0, 0), (1, 23_637), (50, NO_ESTIMATE), (51, NO_ESTIMATE), (63, NO_ESTIMATE)]
        {
            assert_eq!(Histogram::of([value; REGISTERS].into_iter()).estimate(), expected, "{value}");
        }
    }
}
