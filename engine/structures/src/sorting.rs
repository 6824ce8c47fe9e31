//! Sorting that takes little code.
//!
//! The library's sort is made anew for every type that is sorted, 4 to 10 kB of code each time. Here one sort is made: of
//! places, by a weight that lies with each, and where weights are equal by whatever the places tell. The items themselves
//! are moved at the end, once each.
//!
//! ```text
//!   items           c a d b
//!   places sorted   1 3 0 2                  the place of the least comes first
//!   moved           0 ◀ 1 ◀ 3 ◀ 2 ◀ 0        a b c d
//! ```

use alloc::vec::Vec;
use core::cmp::Ordering;
use core::mem;
use core::ops::Range;

/// A place, and what weighs whatever lies there.
pub type Weighed = (f64, usize);

/// Sorts; equals stay in their order.
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut places: Vec<Weighed> = (0..items.len()).map(|place| (0.0, place)).collect();
    sort_places(&mut places, false, &|one, other| compare(&items[one], &items[other]).then(one.cmp(&other)));
    arrange(items, places);
}

/// Sorts by what each item has; equals stay in their order.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |one, other| key(one).cmp(&key(other)));
}

/// Sorts by a weight, which must be a number, and where that is equal by comparing.
pub fn sort_by_weight<T>(items: &mut [T], weight: impl Fn(&T) -> f64, ties: impl Fn(&T, &T) -> Ordering) {
    let mut places: Vec<Weighed> = items.iter().map(weight).zip(0..).collect();
    sort_places(&mut places, false, &|one, other| ties(&items[one], &items[other]));
    arrange(items, places);
}

/// Reduces places to a part of what they would be if they were sorted. What has equal weights is sorted by `ties` in
/// either direction.
pub fn sort_part(
    places: &mut Vec<Weighed>,
    part: Range<usize>,
    descending: bool,
    ties: &dyn Fn(usize, usize) -> Ordering,
) {
    let compare = comparing(descending, ties);
    if part.is_empty() {
        return places.clear();
    }
    if part.end < places.len() {
        places.select_nth_unstable_by(part.end, &compare);
        places.truncate(part.end);
    }
    if part.start > 0 {
        places.select_nth_unstable_by(part.start, &compare);
        places.drain(..part.start);
    }
    sort_places(places, descending, ties);
}

fn sort_places(places: &mut [Weighed], descending: bool, ties: &dyn Fn(usize, usize) -> Ordering) {
    places.sort_unstable_by(comparing(descending, ties));
}

fn comparing(
    descending: bool,
    ties: &dyn Fn(usize, usize) -> Ordering,
) -> impl Fn(&Weighed, &Weighed) -> Ordering {
    move |one, other| {
        let order = one.0.partial_cmp(&other.0).unwrap_or(Ordering::Equal);
        let order = if descending { order.reverse() } else { order };
        order.then_with(|| ties(one.1, other.1))
    }
}

/// Moves items so that each lies where its place is now.
fn arrange<T>(items: &mut [T], mut places: Vec<Weighed>) {
    for start in 0..places.len() {
        let mut at = start;
        // Along the cycle: to each place comes what is to lie there, until that is what lay where it began.
        loop {
            let from = mem::replace(&mut places[at].1, at);
            if from == start {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sorts_like_the_librarys() {
        let mut state = 1_u64;
        for len in [0, 1, 2, 3, 7, 100, 1000] {
            for range in [1, 3, 50, 100_000] {
                let mut items: Vec<(u64, usize)> = (0..len)
                    .map(|place| {
                        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        ((state >> 33) % range, place)
                    })
                    .collect();
                let mut expected = items.clone();
                expected.sort_by_key(|&(key, _)| key);
                sort_by_key(&mut items, |&(key, _)| key);
                assert_eq!(items, expected);
                sort_by_weight(&mut items, |&(key, _)| -(key as f64), |one, other| other.1.cmp(&one.1));
                assert!(items.iter().eq(expected.iter().rev()));
            }
        }
    }

    #[test]
    fn a_part_is_what_sorting_all_would_put_there() {
        for len in 0..9_usize {
            let items: Vec<Weighed> = (0..len).map(|place| ((place * 5 % 7) as f64, place)).collect();
            for descending in [false, true] {
                let mut sorted = items.clone();
                sorted.sort_by_key(|&(weight, place)| {
                    (if descending { -weight } else { weight } as i64, place)
                });
                for start in 0..=len {
                    for end in start..=len {
                        let mut part = items.clone();
                        sort_part(&mut part, start..end, descending, &|one, other| one.cmp(&other));
                        assert_eq!(part, sorted[start..end], "{len} {start} {end}");
                    }
                }
            }
        }
    }
}
