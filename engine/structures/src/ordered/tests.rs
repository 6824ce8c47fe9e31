use std::collections::BTreeMap;

use super::*;
use crate::allocated;

fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state ^ *state >> 29
}

fn check(map: &Ordered<u64, u64>, model: &BTreeMap<u64, u64>) {
    assert_eq!((map.len(), map.is_empty()), (model.len(), model.is_empty()));
    assert!(map.iter().eq(model) && map.iter().rev().eq(model.iter().rev()));
    assert_eq!((map.first(), map.last()), (model.first_key_value(), model.last_key_value()));
    assert!(map.chunks.iter().all(|chunk| (1..=FULL_MAX).contains(&chunk.len())));
}

fn check_ranges(map: &mut Ordered<u64, u64>, model: &BTreeMap<u64, u64>, one: u64, other: u64) {
    let (from, to) = (one.min(other), one.max(other));
    assert!(map.range(from..to).eq(model.range(from..to)));
    assert!(map.range(from..=to).rev().eq(model.range(from..=to).rev()));
    assert!(map.range(from..).eq(model.range(from..)) && map.range(..to).eq(model.range(..to)));
    let after = (Bound::Excluded(from), Bound::Unbounded);
    assert!(map.range(after).eq(model.range(after)));
    assert_eq!(map.up_to_mut(&from).map(|(&key, _)| key), model.range(..=from).next_back().map(|it| *it.0));
    assert_eq!(map.before_mut(&from).map(|(&key, _)| key), model.range(..from).next_back().map(|it| *it.0));
    // From both sides at a time, until they meet.
    let mut both = map.range(from..to);
    let (mut ends, mut count) = (model.range(from..to), 0);
    while let Some(pair) = if count % 3 == 0 { both.next_back() } else { both.next() } {
        assert_eq!(Some(pair), if count % 3 == 0 { ends.next_back() } else { ends.next() });
        count += 1;
    }
    assert_eq!(ends.next(), None);
}

#[test]
fn behaves_like_a_tree() {
    for (range, seed) in [(10, 1), (300, 2), (5000, 3), (1 << 40, 4)] {
        let (mut map, mut model, mut state) = (Ordered::new(), BTreeMap::new(), seed);
        for round in 0..40_000_u64 {
            let (key, value) = (next(&mut state) % range, round);
            // Grows, then shrinks.
            match next(&mut state) % 8 {
                0..3 => assert_eq!(map.insert(key, value), model.insert(key, value)),
                3 if round < 20_000 => {
                    *map.get_or_insert_with(key, || 5) += 1;
                    *model.entry(key).or_insert(5) += 1;
                }
                3 => assert_eq!(map.pop_first(), model.pop_first()),
                4 if round > 20_000 => assert_eq!(map.pop_last(), model.pop_last()),
                4 | 5 => {
                    let key = model.range(key..).next().map_or(key, |(&key, _)| key);
                    assert_eq!(map.remove(&key), model.remove(&key));
                }
                6 => assert_eq!(map.get(&key), model.get(&key)),
                _ => assert_eq!(map.get_mut(&key), model.get_mut(&key)),
            }
            if round % 1000 == 0 {
                check(&map, &model);
                check_ranges(&mut map, &model, key, next(&mut state) % range);
            }
        }
        map.values_mut().for_each(|value| *value *= 2);
        model.values_mut().for_each(|value| *value *= 2);
        map.retain(|key, value| (*key ^ *value) % 3 == 0);
        model.retain(|key, value| (*key ^ *value) % 3 == 0);
        check(&map, &model);
        assert!(map == map.clone() && map.clone().into_iter().eq(model.clone()));
        assert_eq!(std::format!("{map:?}"), std::format!("{model:?}"));
        while map.pop_last().is_some() {}
        check(&map, &BTreeMap::new());
        assert_eq!(map.chunks.capacity(), 0);
    }
}

#[test]
fn keys_are_found_by_what_they_borrow() {
    let set: OrderedSet<std::string::String> = ["new", "old", "new"].map(Into::into).into_iter().collect();
    assert_eq!((set.len(), set.contains("old"), set.contains("odd")), (2, true, false));
    assert!(set.range(std::string::String::from("o")..).eq(["old"]));
}

#[test]
fn it_knows_about_how_much_memory_it_takes() {
    for count in [1, 50, 1000, 100_000] {
        let mut state = 7;
        let ascending: Ordered<u64, u64> = (0..count).map(|key| (key, key)).collect();
        let anyhow: Ordered<u64, u64> = (0..count).map(|key| (next(&mut state), key)).collect();
        for map in [ascending, anyhow] {
            let chunks = map.chunks.iter().map(|chunk| allocated(chunk.capacity() * 16));
            let taken = chunks.sum::<usize>() + allocated(map.chunks.len() * size_of::<Vec<(u64, u64)>>());
            let ratio = map.heap_bytes() as f64 / taken as f64;
            assert!((0.66..1.3).contains(&ratio), "{count}: {ratio}");
        }
    }
}
