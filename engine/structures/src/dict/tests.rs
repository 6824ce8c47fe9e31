use super::*;
use core::num::NonZeroU64;
use std::boxed::Box;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::vec;

/// A generator as small as they come, so that a failure is its seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 8) % bound
    }
}

/// A good hash, and the same in every run.
fn hash(key: u64) -> u64 {
    let mut hash = (key ^ 0x51_7cc1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}

type Entry = Box<(u64, u64)>;

fn hash_of(entry: &Entry) -> u64 {
    hash(entry.0)
}

fn with(keys: u64) -> Dict<Entry> {
    let mut dict = Dict::new();
    for key in 0..keys {
        dict.insert(hash(key), Box::new((key, key)), hash_of);
    }
    dict
}

/// Everything that must hold between calls.
fn check<T>(dict: &Dict<T>, hasher: impl Fn(&T) -> u64) {
    let mut slot = 0;
    while slot < dict.directory.len() {
        let segment = &dict.segments[dict.directory[slot] as usize];
        let span = 1 << (dict.depth - segment.depth);
        assert_eq!(segment.prefix as usize, slot / span);
        assert!(dict.directory[slot..slot + span].iter().all(|&index| index == dict.directory[slot]));
        slot += span;
    }
    assert_eq!(dict.directory.len(), if dict.segments.is_empty() { 0 } else { 1 << dict.depth });
    let deepest = dict.segments.iter().filter(|segment| segment.depth == dict.depth).count();
    assert_eq!(dict.deepest as usize, deepest);
    for segment in &dict.segments {
        let mut len = 0;
        for (index, bucket) in segment.buckets.iter().enumerate() {
            for entry in bucket.iter() {
                let hash = hasher(entry);
                assert_eq!((hash >> 1 >> (63 - segment.depth)) as u32, segment.prefix);
                assert_eq!(segment.bucket_of(hash), index);
                len += 1;
            }
            assert!(bucket.chain().skip(1).all(|link| !link.is_empty()));
        }
        assert_eq!(segment.len, len);
    }
    assert_eq!(dict.len, dict.segments.iter().map(|segment| segment.len as usize).sum::<usize>());
    assert_eq!(dict.buckets, dict.segments.iter().map(Segment::bucket_count).sum::<usize>());
}

#[test]
fn an_empty_table_takes_no_memory_and_finds_nothing() {
    let mut dict: Dict<u64> = Dict::new();
    assert_eq!(dict.memory_bytes(), 0);
    assert!(dict.find(7, |_| true).is_none());
    assert!(dict.find_mut(7, |_| true).is_none());
    assert!(dict.remove(7, |_| true, |&key| key).is_none());
    assert!(dict.sample(7).is_none());
    assert_eq!(dict.scan(0, |&key| key, |_| ()), 0);
    assert!(dict.drain_some(1, |_| ()));
    assert_eq!(dict.into_iter().count(), 0);
}

#[test]
fn agrees_with_a_map_under_any_edits() {
    for seed in 1..=20 {
        let mut random = Random(seed * 0x9e37_79b9);
        let mut dict: Dict<Entry> = Dict::new();
        let mut model = BTreeMap::new();
        for step in 0..6_000 {
            // Waves: keys come for a while and go for a while.
            let grows = (step / 1_500) % 2 == 0;
            let key = random.below(2_000);
            let value = random.next();
            if random.below(10) < if grows { 7 } else { 2 } {
                match dict.find_mut(hash(key), |entry| entry.0 == key) {
                    Some(entry) => entry.1 = value,
                    None => assert_eq!(dict.insert(hash(key), Box::new((key, value)), hash_of).1, value),
                }
                model.insert(key, value);
            } else {
                let removed = dict.remove(hash(key), |entry| entry.0 == key, hash_of);
                assert_eq!(removed.map(|entry| entry.1), model.remove(&key));
            }
            let probe = random.below(2_000);
            let found = dict.find(hash(probe), |entry| entry.0 == probe);
            assert_eq!(found.map(|entry| &entry.1), model.get(&probe));
            assert_eq!(dict.len(), model.len());
            if step % 250 == 0 {
                check(&dict, hash_of);
            }
        }
        let contents: BTreeMap<u64, u64> = dict.iter().map(|entry| **entry).collect();
        assert_eq!(contents, model);
        assert!(dict.into_iter().map(|entry| *entry).collect::<BTreeMap<_, _>>() == model);
    }
}

#[test]
fn a_scan_meets_what_stays_exactly_once() {
    for seed in 1..=400 {
        let mut random = Random(seed * 0x1234_5678_9abd);
        let stays = random.below(400);
        let mut dict = with(stays);
        let (mut low, mut high) = (stays, stays + random.below(2_000));
        for key in low..high {
            dict.insert(hash(key), Box::new((key, 0)), hash_of);
        }
        let mut visits = BTreeMap::new();
        let mut cursor = 0;
        loop {
            cursor = dict.scan(cursor, hash_of, |entry| *visits.entry(entry.0).or_insert(0) += 1);
            if cursor == 0 {
                break;
            }
            // Between two calls: nothing, a few edits, or a great change.
            let edits = [0, 0, 0, 0, 3, 20, 600][random.below(7) as usize];
            let grows = random.below(2) == 0;
            for _ in 0..random.below(edits + 1) {
                if grows {
                    dict.insert(hash(high), Box::new((high, 0)), hash_of);
                    high += 1;
                } else if low < high {
                    let key = low;
                    assert!(dict.remove(hash(key), |entry| entry.0 == key, hash_of).is_some());
                    low += 1;
                }
            }
        }
        assert!((0..stays).all(|key| visits.get(&key) == Some(&1)), "seed {seed}");
        assert!(visits.values().all(|&times| times == 1), "seed {seed}");
    }
}

#[test]
fn position_tells_what_a_scan_has_yet_to_visit() {
    let dict = with(5_000);
    let mut cursor = 0;
    loop {
        let next = dict.scan(cursor, hash_of, |entry| {
            let position = Dict::<Entry>::position(hash(entry.0));
            assert!(position >= cursor);
        });
        if next == 0 {
            break;
        }
        dict.scan(cursor, hash_of, |entry| assert!(Dict::<Entry>::position(hash(entry.0)) < next));
        cursor = next;
    }
}

#[test]
fn any_number_is_a_cursor() {
    let dict = with(3_000);
    let mut random = Random(77);
    for _ in 0..1_000 {
        let cursor = random.next() >> random.below(64);
        let next = dict.scan(cursor, hash_of, |_| ());
        assert!(next == 0 || next > cursor);
    }
    assert_eq!(dict.scan(1 << 48, hash_of, |_| ()), 0);
    assert_eq!(dict.scan((1 << 48) - 1, hash_of, |_| ()), 0);
    assert_eq!(dict.scan(u64::MAX, hash_of, |_| ()), 0);
}

#[test]
fn no_insert_or_removal_moves_more_than_a_segment_or_two() {
    let moves = Cell::new(0);
    let hasher = |entry: &u64| {
        moves.set(moves.get() + 1);
        hash(*entry)
    };
    let mut dict = Dict::new();
    let (mut most, mut total) = (0, 0);
    for key in 0..60_000 {
        dict.insert(hash(key), key, hasher);
        total += moves.get();
        most = most.max(moves.take());
    }
    assert!(most <= 448, "an insert moved {most}");
    assert!(total <= 60_000 * 2, "inserts moved {total}");
    (most, total) = (0, 0);
    for key in 0..60_000 {
        assert_eq!(dict.remove(hash(key), |&entry| entry == key, hasher), Some(key));
        total += moves.get();
        most = most.max(moves.take());
    }
    assert!(most <= 640, "a removal moved {most}");
    assert!(total <= 60_000 * 2, "removals moved {total}");
}

#[test]
fn what_is_expected_need_not_move() {
    for expected in [1, 500, 60_000, 90_000, 1 << 20] {
        let moves = Cell::new(0);
        let hasher = |entry: &u64| {
            moves.set(moves.get() + 1);
            hash(*entry)
        };
        let mut dict = Dict::new();
        dict.expect(expected);
        assert!(dict.memory_bytes() <= 2 * expected, "{} bytes", dict.memory_bytes());
        assert!(dict.find(hash(7), |&entry| entry == 7).is_none());
        assert_eq!(dict.sample(7), None);
        for key in 0..60_000 {
            dict.insert(hash(key), key, hasher);
        }
        if expected / 2 < 60_000 && expected >= 60_000 {
            assert!(moves.get() <= 60_000 / 8, "{} moves", moves.get());
        }
        // Again it is told what to expect, and it is too late for that.
        dict.expect(7);
        check(&dict, |&entry| hash(entry));
        assert!((0..60_000).all(|key| dict.find(hash(key), |&entry| entry == key).is_some()));
        for key in 0..60_000 {
            assert_eq!(dict.remove(hash(key), |&entry| entry == key, hasher), Some(key));
        }
        check(&dict, |&entry| hash(entry));
        assert!(dict.is_empty());
    }
}

#[test]
fn an_entry_costs_twenty_bytes_at_any_size() {
    let mut dict = Dict::new();
    let mut costs = vec![];
    let mut next = 1_000.0;
    for key in 0..1_000_000_u64 {
        dict.insert(hash(key), NonZeroU64::MIN.saturating_add(key), |entry| hash(entry.get() - 1));
        // In steps of a few per cent: a table is as likely to be at any point between two doublings.
        if key as f64 >= next {
            costs.push(dict.memory_bytes() as f64 / dict.len() as f64);
            next *= 1.03;
        }
    }
    let average = costs.iter().sum::<f64>() / costs.len() as f64;
    let most = costs.iter().copied().fold(0.0, f64::max);
    std::println!("{average:.1} bytes, at most {most:.1}; {:?}", dict.stats());
    assert!(average <= 20.0, "{average}");
    assert!(most <= 25.0, "{most}");
}

#[test]
fn an_emptied_table_is_small_again() {
    let mut dict = with(40_000);
    for key in 10..40_000 {
        dict.remove(hash(key), |entry| entry.0 == key, hash_of);
    }
    check(&dict, hash_of);
    assert_eq!(dict.stats().segments, 1);
    assert!(dict.memory_bytes() <= 1_000, "{dict:?}");
}

#[test]
fn equal_hashes_chain_and_do_not_explode() {
    let mut dict = with(1_000);
    let moves = Cell::new(0);
    let hasher = |entry: &Entry| {
        moves.set(moves.get() + 1);
        if entry.1 == u64::MAX { 42 } else { hash(entry.0) }
    };
    for key in 0..100_000 {
        dict.insert(42, Box::new((key, u64::MAX)), hasher);
        assert!(moves.take() <= 1_024);
    }
    check(&dict, hasher);
    assert!(dict.stats().directory <= 101_000 / 16 * 2);
    assert!(dict.memory_bytes() / dict.len() <= 24);
    assert!(dict.find(42, |entry| entry.0 == 99_999).is_some());
    assert!(dict.sample(1).is_some());
    moves.take();
    // Near the chain's head, so that the search is short.
    for key in (50_000..100_000).rev() {
        assert!(dict.remove(42, |entry| entry.0 == key, hasher).is_some());
        assert!(moves.take() <= 1_024);
    }
    check(&dict, hasher);
    let mut seen = 0;
    let mut cursor = 0;
    loop {
        cursor = dict.scan(cursor, hasher, |_| seen += 1);
        if cursor == 0 {
            break;
        }
    }
    assert_eq!(seen, 51_000);
}

#[test]
fn hashes_that_differ_only_in_their_lowest_bits_are_told_apart_by_eq() {
    let mut dict = Dict::new();
    for key in 0..5_000_u64 {
        dict.insert(key, key, |&entry| entry);
    }
    check(&dict, |&entry| entry);
    assert!((0..5_000).all(|key| dict.find(key, |&entry| entry == key) == Some(&key)));
    for key in 0..5_000 {
        assert_eq!(dict.remove(key, |&entry| entry == key, |&entry| entry), Some(key));
    }
    check(&dict, |&entry| entry);
    assert_eq!(dict.stats().segments, 1);
}

#[test]
fn samples_are_even() {
    for (keys, seed) in [(1, 1), (5, 2), (40, 3), (700, 4), (3_000, 5)] {
        let mut dict = with(keys * 2);
        for key in keys..keys * 2 {
            dict.remove(hash(key), |entry| entry.0 == key, hash_of);
        }
        let mut random = Random(seed);
        let mut drawn = vec![0_u32; keys as usize];
        let expected = 30.0;
        for _ in 0..keys * 30 {
            drawn[dict.sample(random.next()).unwrap().0 as usize] += 1;
        }
        // Chi-square: as many as there are keys, give or take a few times the root of twice that.
        let chi: f64 = drawn.iter().map(|&times| (f64::from(times) - expected).powi(2) / expected).sum();
        let bound = keys as f64 + 5.0 * (2.0 * keys as f64).sqrt();
        assert!(chi <= bound, "{keys} keys: {chi} > {bound}");
    }
}

#[test]
fn what_is_taken_by_chance_is_what_a_sample_shows() {
    // Chains come from hashes that are alike.
    for alike in [1, 40] {
        let mut dict = Dict::new();
        let alike_hash = |entry: &Entry| hash(entry.0 / alike);
        for key in 0..2_000 {
            dict.insert(hash(key / alike), Entry::new((key, 0)), alike_hash);
        }
        let mut random = Random(9);
        loop {
            let draw = random.next();
            let Some(key) = dict.sample(draw).map(|entry| entry.0) else { break };
            let taken = dict.take_sample(draw, alike_hash);
            assert_eq!(taken.map(|entry| entry.0), Some(key));
            assert!(dict.find(hash(key / alike), |entry| entry.0 == key).is_none());
            check(&dict, alike_hash);
        }
        assert_eq!((dict.len(), dict.take_sample(1, alike_hash).is_none()), (0, true));
        assert_eq!(dict.stats().buckets, 1);
    }
}

#[test]
fn a_big_table_drains_in_slices() {
    let mut dict = with(10_000);
    let mut drained = vec![];
    loop {
        let before = (drained.len(), dict.memory_bytes());
        let done = dict.drain_some(64, |entry| drained.push(entry.0));
        assert!(drained.len() - before.0 <= 64);
        assert!(dict.memory_bytes() <= before.1);
        assert_eq!(dict.len(), 10_000 - drained.len());
        if done {
            break;
        }
        assert!(dict.find(hash(1), |entry| entry.0 == 1).is_none());
    }
    drained.sort_unstable();
    assert!(drained.into_iter().eq(0..10_000));
    assert_eq!(dict.memory_bytes(), 0);
}

#[test]
fn a_table_half_drained_still_takes_entries() {
    let mut dict = with(5_000);
    dict.drain_some(2_000, drop);
    for key in 10_000..12_000 {
        dict.insert(hash(key), Box::new((key, 0)), hash_of);
    }
    for key in 10_000..11_900 {
        assert!(dict.remove(hash(key), |entry| entry.0 == key, hash_of).is_some());
    }
    assert_eq!(dict.len(), 3_100);
    assert!(dict.drain_some(usize::MAX, drop));
    assert_eq!((dict.len(), dict.memory_bytes()), (0, 0));
}

#[test]
fn a_run_meets_every_entry_about_as_often() {
    for (keys, count) in [(1, 5), (40, 1), (40, 5), (3_000, 1), (3_000, 5), (3_000, 16)] {
        let dict = with(keys);
        let mut random = Random(3);
        let mut seen = vec![0_u32; keys as usize];
        let runs = 400 * keys / count.min(keys);
        for _ in 0..runs {
            let mut run = Vec::new();
            dict.sample_run(random.next(), count as usize, |entry| run.push(entry.0));
            assert!(run.len() as u64 <= count + 20);
            run.iter().for_each(|&key| seen[key as usize] += 1);
        }
        let (least, most) = (seen.iter().min().unwrap(), seen.iter().max().unwrap());
        assert!(*least > 100 && *most < 10 * *least, "{keys} keys, {count} at a time: {least} to {most}");
    }
}

#[test]
fn a_run_through_an_almost_empty_table_ends() {
    let mut dict = with(5_000);
    for key in 1..5_000 {
        dict.remove(hash(key), |entry| entry.0 == key, hash_of);
    }
    let mut most = 0;
    dict.sample_run(9, usize::MAX, |_| most += 1);
    assert!(most <= 2, "{most}");
    Dict::<Entry>::new().sample_run(9, 5, |_| unreachable!());
}
