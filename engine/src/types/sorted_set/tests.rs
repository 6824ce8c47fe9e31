use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::*;
use crate::random::Random;

const RULES: SortedSetRules =
    SortedSetRules { packed_max: 8, packed_bytes_max: 10, hasher: Hasher::new((1, 2)) };

fn elements(set: &SortedSet) -> Vec<(String, u64)> {
    let owned = |(member, score): (Item<'_>, f64)| {
        (String::from_utf8_lossy(&text(member)).into_owned(), score.to_bits())
    };
    set.iter().map(owned).collect()
}

fn model(scores: &BTreeMap<String, f64>) -> Vec<(String, u64)> {
    let mut all: Vec<(f64, &String)> = scores.iter().map(|(member, &score)| (score, member)).collect();
    all.sort_by(|one, other| one.partial_cmp(other).unwrap_or(core::cmp::Ordering::Equal));
    all.into_iter().map(|(score, member)| (member.clone(), score.to_bits())).collect()
}

#[test]
fn it_does_what_a_map_sorted_by_its_values_does() {
    const SCORES: [f64; 9] = [0.0, -0.0, 1.0, -3.0, 0.1, 1e17, 5e-324, f64::INFINITY, f64::NEG_INFINITY];
    let mut random = Random::new(5);
    let mut below = |end: usize| random.below(end as u64) as usize;
    for members in [6, 30, 600] {
        let (mut set, mut scores) = (SortedSet::new(), BTreeMap::new());
        for step in 0..1500 {
            let member =
                if below(2) == 0 { format!("{}", below(members)) } else { format!("m{}", below(members)) };
            match below(if step % 400 < 300 { 5 } else { 2 }) {
                0 => {
                    assert_eq!(set.remove(member.as_bytes()), scores.remove(&member).is_some());
                }
                1 => {
                    let all = model(&scores);
                    let (start, end) = (below(all.len() + 2), below(all.len() + 2));
                    let part: Vec<_> = all.iter().take(end).skip(start).cloned().collect();
                    assert_eq!(set.range(start..end).len(), part.len());
                    if part.len() < 3 {
                        set.remove_range(start..start + part.len());
                        part.iter().for_each(|(member, _)| assert!(scores.remove(member).is_some()));
                    }
                }
                _ => {
                    let score = SCORES[below(SCORES.len())];
                    let old = scores.get(&member).copied();
                    let expected = match old {
                        None => Scored::Added,
                        Some(old) if old == score => Scored::Kept,
                        Some(_) => Scored::Changed,
                    };
                    assert_eq!(set.insert(member.as_bytes(), score, &RULES), expected);
                    if expected != Scored::Kept {
                        scores.insert(member.clone(), score);
                    }
                }
            }
            if set.encoding() == "listpack" {
                scores.values_mut().for_each(|score| *score += 0.0);
            }
            let all = model(&scores);
            assert_eq!(elements(&set), all);
            assert!(set.iter().rev().map(|(_, score)| score.to_bits()).eq(all.iter().rev().map(|one| one.1)));
            let rank = all.iter().position(|(other, _)| *other == member);
            assert_eq!(set.rank(member.as_bytes()).map(|(rank, _)| rank), rank);
            assert_eq!(set.score(member.as_bytes()), scores.get(&member).copied());
        }
        assert_eq!(elements(&set.clone()), elements(&set));
        let mut places: Vec<_> = (0..set.len()).filter_map(|place| set.nth(place)).collect();
        places.sort_by(|one, other| one.1.partial_cmp(&other.1).unwrap_or(core::cmp::Ordering::Equal));
        assert!(places.iter().map(|one| one.1).eq(set.iter().map(|(_, score)| score)));
    }
}

#[test]
fn few_and_short_members_are_packed() {
    let mut set = SortedSet::new();
    for number in 0..8 {
        set.insert(format!("{number}").as_bytes(), 1.5, &RULES);
    }
    assert_eq!(set.encoding(), "listpack");
    set.insert(b"7", 2.0, &RULES);
    assert_eq!(set.encoding(), "listpack");
    set.insert(b"8", 2.0, &RULES);
    assert_eq!(set.encoding(), "skiplist");
    set.remove(b"8");
    assert_eq!((set.encoding(), set.len()), ("skiplist", 8));
    set.pack(&RULES);
    assert_eq!((set.encoding(), set.len()), ("listpack", 8));
    set.remove(b"1");
    set.insert(b"0123456789", 1.0, &RULES);
    assert_eq!(set.encoding(), "listpack");
    set.remove(b"2");
    set.insert(b"0123456789a", 1.0, &RULES);
    assert_eq!((set.encoding(), set.len()), ("skiplist", 8));
    set.pack(&RULES);
    assert_eq!(set.encoding(), "skiplist");
}

#[test]
fn a_decision_is_told_the_present_score_and_may_be_no() {
    for rules in [RULES, SortedSetRules { packed_max: 0, ..RULES }] {
        let mut set = SortedSet::new();
        assert_eq!(set.update(b"a", &rules, |old| old), Scored::Kept);
        assert!(set.is_empty());
        assert_eq!(set.update(b"a", &rules, |old| old.or(Some(1.0))), Scored::Added);
        assert_eq!(set.update(b"a", &rules, |old| old.map(|old| old + 1.0)), Scored::Changed);
        assert_eq!(set.update(b"a", &rules, |_| None), Scored::Kept);
        assert_eq!(set.score(b"a"), Some(2.0));
    }
}

#[test]
fn memory_is_that_of_what_is_there() {
    let mut set = SortedSet::large(RULES.hasher);
    set.insert(b"x", 1.0, &RULES);
    let before = set.heap_bytes();
    let long = b"a member that is too long to lie in its place";
    set.insert(long, 1.0, &RULES);
    assert_eq!(set.heap_bytes(), before + allocated(long.len()));
    set.remove(long);
    assert_eq!(set.heap_bytes(), before);
}

#[test]
fn a_scan_sees_whatever_stays() {
    let mut set = SortedSet::new();
    for number in 0..1000 {
        set.insert(format!("stays{number}").as_bytes(), f64::from(number % 7), &RULES);
    }
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let (mut cursor, mut round) = (0, 0);
    loop {
        cursor = set.scan(cursor, |member, _| {
            seen.insert(String::from_utf8_lossy(&text(member)).into_owned());
        });
        // As many come as go, so that the end is not further off with every step.
        set.insert(format!("comes{round}").as_bytes(), 3.0, &RULES);
        if round >= 20 {
            set.remove(format!("comes{}", round - 20).as_bytes());
        }
        round += 1;
        if cursor == 0 {
            break;
        }
    }
    assert_eq!(seen.iter().filter(|name| name.contains("stays")).count(), 1000);
}

#[test]
fn many_are_popped_in_order_from_either_end() {
    let mut set = SortedSet::new();
    let mut random = Random::new(3);
    let mut all: Vec<(u64, String)> =
        (0..17_000).map(|number| (random.below(5_000), format!("m{number}"))).collect();
    all.iter().for_each(|(score, member)| {
        set.insert(member.as_bytes(), *score as f64, &RULES);
    });
    all.sort_unstable();
    let mut left = 0..all.len();
    while !left.is_empty() {
        let is_first = random.below(4) > 0;
        let rank = if is_first { 0 } else { set.len() - 1 };
        let popped = set
            .pop(rank, |(member, score)| (score as u64, String::from_utf8_lossy(&text(member)).into_owned()));
        let expected = if is_first { left.next() } else { left.next_back() };
        assert_eq!(popped.as_ref(), expected.and_then(|place| all.get(place)));
    }
    assert_eq!((set.len(), set.pop(0, |_| ())), (0, None));
}
