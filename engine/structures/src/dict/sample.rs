//! Entries picked by chance.

use super::Dict;
use super::bucket::SLOTS;
use super::segment::MOST_BUCKETS;

/// Where an entry lies: in a bucket of a segment, after so many others.
struct Spot {
    segment: usize,
    bucket: usize,
    nth: usize,
}

impl<T> Dict<T> {
    /// An entry picked by a random number, each about as likely as another; none if the table is empty.
    pub fn sample(&self, random: u64) -> Option<&T> {
        let Spot { segment, bucket, nth } = self.pick(random)?;
        self.segments.get(segment)?.buckets.get(bucket)?.nth(nth)
    }

    fn pick(&self, random: u64) -> Option<Spot> {
        if self.len == 0 {
            return None;
        }
        // Draws any place in any segment, as if all were of one size, until it holds an entry: that is fair. Only the
        // entries of a bucket longer than two links, which is rare, are a little less likely.
        let widest = if self.segments.len() == 1 { self.segments[0].buckets.len() } else { MOST_BUCKETS };
        let mut state = random;
        for _ in 0..SAMPLE_DRAWS {
            let segment = below(&mut state, self.segments.len());
            let bucket = below(&mut state, widest);
            if let Some(entries) = self.segments[segment].buckets.get(bucket) {
                let len = entries.len();
                let nth = below(&mut state, len.max(2 * SLOTS));
                if nth < len {
                    return Some(Spot { segment, bucket, nth });
                }
            }
        }
        // Much emptier than tables are: the next entry from some place on.
        let start = below(&mut state, self.segments.len());
        let mut all = (start..self.segments.len()).chain(0..start);
        let segment = all.find(|&index| self.segments[index].len > 0)?;
        let buckets = &self.segments[segment].buckets;
        let start = below(&mut state, buckets.len());
        let bucket = (start..buckets.len()).chain(0..start).find(|&index| !buckets[index].is_empty())?;
        Some(Spot { segment, bucket, nth: below(&mut state, buckets[bucket].len()) })
    }

    /// Visits at least `count` entries from a random place on, bucket by bucket; fewer where the table is nearly empty.
    /// Cheaper than as many calls of [`Self::sample`], and as fair to each entry over many calls.
    pub fn sample_run(&self, random: u64, count: usize, mut visit: impl FnMut(&T)) {
        let Some(&first) = self.directory.get(self.slot(random)) else { return };
        let first = first as usize;
        let Some(start) = self.segments.get(first).map(|segment| segment.bucket_of(random)) else { return };
        // The segments' own order is as good as any to go on with.
        let others = (first + 1..self.segments.len()).chain(0..first).map(|index| (index, 0));
        let (mut visited, mut looks) = (0, RUN_LOOKS_AT_LEAST.saturating_add(count));
        for (index, skip) in core::iter::once((first, start)).chain(others) {
            let Some(segment) = self.segments.get(index) else { return };
            for bucket in segment.buckets.iter().skip(skip) {
                visited += bucket.iter().map(&mut visit).count();
                looks -= 1;
                if visited >= count || looks == 0 {
                    return;
                }
            }
        }
    }

    /// Takes out the entry that [`Self::sample`] picks by a random number: it is not looked for a second time.
    pub fn take_sample(&mut self, random: u64, hasher: impl Fn(&T) -> u64) -> Option<T> {
        let Spot { segment: index, bucket, nth } = self.pick(random)?;
        let taken = self.segments.get_mut(index)?.take_nth(bucket, nth)?;
        Some(self.taken(index, taken, hasher))
    }
}

/// A number below `bound`, which is not 0, and the next state (splitmix64).
fn below(state: &mut u64, bound: usize) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    (((mixed >> 32) * bound as u64) >> 32) as usize
}

/// Draws before [`Dict::sample`] settles for less than fair; a usual table needs three.
const SAMPLE_DRAWS: usize = 100;

/// Buckets that [`Dict::sample_run`] looks into at least, and one more for each entry that is wanted.
const RUN_LOOKS_AT_LEAST: usize = 64;
