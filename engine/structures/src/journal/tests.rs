use std::collections::BTreeMap;
use std::format;
use std::string::String;
use std::vec::Vec;

use super::*;

type Model = BTreeMap<u128, Vec<(Owned, Owned)>>;

#[derive(Clone, Debug, PartialEq)]
enum Owned {
    Bytes(String),
    Int(i64),
}

impl Owned {
    fn item(&self) -> Item<'_> {
        match self {
            Self::Bytes(bytes) => Item::Bytes(bytes.as_bytes()),
            Self::Int(value) => Item::Int(*value),
        }
    }
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }

    fn element(&mut self) -> Owned {
        match self.below(3) {
            0 => Owned::Int((self.below(9) as i64 - 4) << self.below(60)),
            1 => Owned::Bytes("x".repeat(self.below(150))),
            _ => Owned::Bytes(format!("f{}", self.below(2))),
        }
    }

    fn fields(&mut self) -> Vec<(Owned, Owned)> {
        let same = self.below(3) > 0;
        let name = |dice: &mut Self, nth| if same { Owned::Bytes(format!("n{nth}")) } else { dice.element() };
        let len = if same { 2 } else { 1 + self.below(3) };
        (0..len).map(|nth| (name(self, nth), self.element())).collect()
    }

    /// An id that is greater than another, by a little or by a lot.
    fn id_after(&mut self, id: u128) -> u128 {
        match self.below(4) {
            0 => id + 1,
            1 => id + self.below(9) as u128 + 1,
            2 => ((id >> 64) + 1 + self.below(1000) as u128) << 64,
            _ => (((id >> 64) + 1) << 64) | self.below(100) as u128,
        }
    }
}

fn push(journal: &mut Journal, id: u128, fields: &[(Owned, Owned)], most: NodeMost) {
    journal.push(id, fields.iter().map(|(name, value)| (name.item(), value.item())), most);
}

fn is_entry((id, fields): (&u128, &Vec<(Owned, Owned)>), entry: Entry<'_>) -> bool {
    entry.id() == *id && entry.fields().eq(fields.iter().map(|(name, value)| (name.item(), value.item())))
}

fn check(journal: &Journal, model: &Model, most: NodeMost) {
    assert_eq!(journal.len(), model.len());
    assert_eq!(journal.first(), model.keys().next().copied());
    assert_eq!(journal.last(), model.keys().next_back().copied());
    assert_eq!(journal.node_bytes, journal.nodes.values().map(Node::heap_bytes).sum::<usize>());
    assert_eq!(journal.len, journal.nodes.values().map(Node::len).sum::<usize>());
    for (&first, node) in &journal.nodes {
        let entries = node.entries(first).count();
        assert!(most.entries == 0 || entries <= most.entries);
        assert!(node.entries(first).next().is_some_and(|entry| entry.id() == first));
    }
}

fn check_range(journal: &Journal, model: &Model, from: u128, to: u128) {
    let expected = || model.iter().filter(|(id, _)| (from..=to).contains(*id));
    let found: Vec<Entry<'_>> = journal.forwards(from, to).collect();
    assert_eq!(found.len(), expected().count());
    assert!(expected().zip(found).all(|(pair, entry)| is_entry(pair, entry)));
    let found: Vec<Entry<'_>> = journal.backwards(from, to).collect();
    assert_eq!(found.len(), expected().count());
    assert!(expected().rev().zip(found).all(|(pair, entry)| is_entry(pair, entry)));
}

#[test]
fn it_does_what_a_tree_does() {
    let mut dice = Dice(1);
    for (bytes, entries) in [(4096, 100), (4096, 3), (200, 0), (0, 10), (1, 1), (0, 0)] {
        let most = NodeMost { bytes, entries };
        let (mut journal, mut model, mut last) = (Journal::new(), Model::new(), 0);
        for _ in 0..1500 {
            let known = model.keys().nth(dice.below(model.len())).copied().unwrap_or(last);
            match dice.below(20) {
                0..12 => {
                    last = dice.id_after(last);
                    let fields = dice.fields();
                    push(&mut journal, last, &fields, most);
                    model.insert(last, fields);
                }
                12..16 => {
                    let id = if dice.below(4) == 0 { dice.id_after(known) } else { known };
                    assert_eq!(journal.remove(id), model.remove(&id).is_some());
                    assert!(journal.get(id).is_none());
                }
                // What was removed from the end frees its ids.
                16 if dice.below(2) == 0 => last = model.keys().next_back().copied().unwrap_or(0),
                16 => {
                    let count = model.len() - dice.below(8).min(model.len());
                    let before = model.len();
                    while model.len() > count {
                        model.pop_first();
                    }
                    assert_eq!(journal.trim(Keep::Newest(count), false, 0), before - count);
                }
                17 => {
                    let from = model.keys().nth(dice.below(6)).copied().unwrap_or(0);
                    let before = model.len();
                    model = model.split_off(&from);
                    assert_eq!(journal.trim(Keep::From(from), false, 0), before - model.len());
                }
                _ => check_range(&journal, &model, dice.id_after(known), dice.id_after(last)),
            }
            check(&journal, &model, most);
        }
        check_range(&journal, &model, 0, u128::MAX);
        check_range(&journal.clone(), &model, 0, u128::MAX);
        journal.trim(Keep::Newest(0), false, 0);
        assert_eq!((journal.len(), journal.nodes.len(), journal.heap_bytes()), (0, 0, 0));
    }
}

fn of_ones(len: u128) -> Journal {
    let mut journal = Journal::new();
    let field = [(Owned::Bytes("f".into()), Owned::Int(1))];
    (1..=len).for_each(|id| push(&mut journal, id, &field, NodeMost { bytes: 0, entries: 10 }));
    journal
}

#[test]
fn whole_nodes_are_trimmed_up_to_a_bound() {
    let mut journal = of_ones(100);
    assert_eq!(journal.trim(Keep::Newest(85), true, 0), 10);
    assert_eq!(journal.trim(Keep::From(50), true, 25), 20);
    assert_eq!(journal.trim(Keep::From(50), true, 0), 10);
    assert_eq!((journal.first(), journal.len()), (Some(41), 60));
    assert_eq!(journal.trim(Keep::From(51), true, 5), 0);
}

#[test]
fn a_node_of_which_all_is_marked_is_kept_for_its_last_id() {
    let mut journal = of_ones(10);
    assert!(journal.remove(10));
    assert_eq!(journal.trim(Keep::From(10), false, 0), 9);
    assert_eq!((journal.len(), journal.nodes_len(), journal.first()), (0, 1, None));
}

#[test]
fn small_entries_take_under_ten_bytes_each() {
    let mut journal = Journal::new();
    let field = [(Owned::Bytes("f".into()), Owned::Int(1))];
    let ids = (0..100_000_u128).map(|nth| ((1_700_000_000_000 + nth / 100) << 64) | (nth % 100));
    ids.for_each(|id| push(&mut journal, id, &field, NodeMost { bytes: 4096, entries: 100 }));
    assert!(journal.heap_bytes() < 1_000_000, "{}", journal.heap_bytes());
}
