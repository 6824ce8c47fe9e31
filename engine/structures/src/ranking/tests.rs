use std::collections::BTreeMap;
use std::format;
use std::string::String;
use std::vec::Vec;

use super::node::{INNER, LEAF};
use super::*;

/// A generator as small as they come, so that a failure is its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 8) as usize % bound.max(1)
    }

    /// Few scores or many, so that members decide often or never.
    fn score(&mut self, kinds: usize) -> f64 {
        const SPECIAL: [f64; 4] = [f64::NEG_INFINITY, f64::INFINITY, 0.0, -0.0];
        match self.below(20) {
            0 => SPECIAL[self.below(4)],
            _ => self.below(kinds) as f64 / 8.0 - kinds as f64 / 16.0,
        }
    }
}

/// A ranking with what its caller keeps: which member has which handle.
#[derive(Default)]
struct Tried {
    ranking: Ranking,
    handles: BTreeMap<String, Handle>,
    scores: BTreeMap<String, f64>,
}

impl Tried {
    fn put(&mut self, member: &str, score: f64) {
        match self.handles.get(member) {
            Some(&handle) => self.ranking.set_score(handle, score),
            None => {
                let handle = self.ranking.insert(member.as_bytes(), score);
                self.handles.insert(member.into(), handle);
            }
        }
        self.scores.insert(member.into(), score);
    }

    fn remove(&mut self, member: &str) {
        self.scores.remove(member);
        let Some(handle) = self.handles.remove(member) else { return };
        self.ranking.remove(handle);
        while let Some((old, new)) = self.ranking.tighten() {
            let moved = String::from_utf8_lossy(self.ranking.member(new)).into_owned();
            assert_eq!(self.handles.insert(moved, new), Some(old));
        }
    }

    /// The elements as they ought to be.
    fn model(&self) -> Vec<(&[u8], f64)> {
        let mut all: Vec<_> = self.scores.iter().map(|(member, &score)| (member.as_bytes(), score)).collect();
        all.sort_by(|one, other| one.1.partial_cmp(&other.1).unwrap().then(one.0.cmp(other.0)));
        all
    }

    /// Everything that must hold between calls.
    fn check(&self) {
        let model = self.model();
        assert_eq!(self.ranking.len(), model.len());
        assert!(self.ranking.range(0..usize::MAX).eq(model.iter().copied()));
        assert!(self.ranking.range(0..usize::MAX).rev().eq(model.iter().rev().copied()));
        for (rank, (member, score)) in model.iter().enumerate() {
            let handle = self.handles[core::str::from_utf8(member).unwrap()];
            assert_eq!(self.ranking.member(handle), *member);
            assert_eq!(self.ranking.score(handle).to_bits(), score.to_bits());
            assert_eq!(self.ranking.rank(handle), rank);
            assert_eq!(self.ranking.nth(rank), Some(handle));
        }
        assert_eq!(self.ranking.nth(model.len()), None);
        self.check_shape();
    }

    fn check_shape(&self) {
        let found = self.ranking.root.as_ref().map_or_else(Shape::new, |root| root.check().0);
        assert_eq!(self.ranking.shape, found);
    }
}

#[test]
fn an_empty_one_takes_no_memory_and_finds_nothing() {
    let ranking = Ranking::new();
    assert_eq!((ranking.len(), ranking.memory_bytes()), (0, 0));
    assert_eq!((ranking.nth(0), ranking.range(0..9).next()), (None, None));
    assert_eq!(ranking.rank_by_score(|_| true), 0);
}

#[test]
fn agrees_with_a_sorted_list_under_any_edits() {
    for seed in 1..=12 {
        let mut random = Random(seed * 0x9e37_79b9);
        let mut tried = Tried::default();
        let kinds = [1, 3, 400, 1 << 40][seed as usize % 4];
        let members = 200 + random.below(5000);
        for step in 0..8_000 {
            // Waves: members come for a while and go for a while.
            let grows = (step / 2_000) % 2 == 0;
            let member = format!("member {}", random.below(members));
            if random.below(10) < if grows { 8 } else { 1 } {
                let score = random.score(kinds);
                tried.put(&member, score);
            } else {
                tried.remove(&member);
            }
            if step % 500 == 0 {
                tried.check();
            }
        }
        tried.check();
        let copy = Tried { ranking: tried.ranking.clone(), ..Tried::default() };
        assert!(copy.ranking.range(0..usize::MAX).eq(tried.model()));
        let names: Vec<String> = tried.scores.keys().cloned().collect();
        for name in names {
            tried.remove(&name);
        }
        tried.check();
        assert!(tried.ranking.memory_bytes() < 200, "{}", tried.ranking.memory_bytes());
    }
}

#[test]
fn ranges_and_bounds_are_those_of_a_sorted_list() {
    let mut random = Random(7);
    for kinds in [1, 40, 4000] {
        let mut tried = Tried::default();
        for member in 0..3000 {
            let score = if kinds == 1 { 1.0 } else { random.score(kinds) };
            tried.put(&format!("{member:05}"), score);
        }
        let model = tried.model();
        for _ in 0..500 {
            let (start, end) = (random.below(3300), random.below(3300));
            let expected = model.iter().copied().take(end).skip(start);
            let found = tried.ranking.range(start..end);
            assert_eq!(found.len(), expected.clone().count());
            assert!(found.clone().eq(expected.clone()));
            // From both ends at once.
            let (mut found, mut expected) = (found, expected.collect::<Vec<_>>().into_iter());
            while found.len() > 0 {
                if random.below(2) == 0 {
                    assert_eq!(found.next(), expected.next());
                } else {
                    assert_eq!(found.next_back(), expected.next_back());
                }
            }
            let bound = random.score(kinds);
            let below = model.partition_point(|&(_, score)| score < bound);
            assert_eq!(tried.ranking.rank_by_score(|score| score < bound), below);
            if kinds == 1 {
                let bound = format!("{:05}", random.below(3300));
                let below = model.partition_point(|&(member, _)| member <= bound.as_bytes());
                assert_eq!(tried.ranking.rank_by_member(|member| member <= bound.as_bytes()), below);
            }
        }
    }
}

#[test]
fn what_comes_in_order_fills_nodes() {
    for descending in [false, true] {
        let mut tried = Tried::default();
        let len = 20 * LEAF * INNER;
        for number in 0..len {
            let score = if descending { len - number } else { number };
            tried.put(&format!("{number}"), score as f64);
        }
        tried.check_shape();
        assert!(tried.ranking.shape.leaves() <= len / LEAF + 1);
        assert!(tried.ranking.memory_bytes() < 49 * len, "{}", tried.ranking.memory_bytes() / len);
    }
}

#[test]
fn memory_follows_what_is_there() {
    let mut tried = Tried::default();
    let mut random = Random(3);
    let long = "a member that is too long to lie in its place";
    for number in 0..50_000 {
        tried.put(&format!("{number}"), random.below(1 << 40) as f64);
    }
    assert!(tried.ranking.memory_bytes() < 56 * 50_000, "{}", tried.ranking.memory_bytes() / 50_000);
    for number in 10..50_000 {
        tried.remove(&format!("{number}"));
    }
    tried.check();
    let before = tried.ranking.memory_bytes();
    assert!(before < 10_000, "{before}");
    tried.put(long, 3.0);
    tried.put(long, 4.0);
    assert_eq!(tried.ranking.memory_bytes(), before + crate::allocated(long.len()));
    tried.remove(long);
    assert_eq!(tried.ranking.memory_bytes(), before);
}
