use std::vec::Vec;

use super::*;

#[derive(Clone, Debug, PartialEq)]
enum Owned {
    Bytes(Vec<u8>),
    Int(i64),
}

impl Owned {
    fn item(&self) -> Item<'_> {
        match self {
            Self::Bytes(bytes) => Item::Bytes(bytes),
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
        match self.below(8) {
            0..3 => {
                let value = i64::from_le_bytes([self.below(256) as u8; 8]).wrapping_add(self.below(9) as i64);
                Owned::Int(value >> (8 * self.below(8)))
            }
            3 => Owned::Bytes([self.below(256) as u8].repeat(self.below(40_000))),
            4 => Owned::Bytes([self.below(256) as u8].repeat(120 + self.below(16))),
            _ => Owned::Bytes([self.below(256) as u8].repeat(self.below(9))),
        }
    }
}

fn check(pack: &Listpack, model: &[Owned]) {
    assert_eq!(pack.len(), model.len());
    assert!(pack.iter().eq(model.iter().map(Owned::item)));
    assert!(pack.iter().rev().eq(model.iter().rev().map(Owned::item)));
    let sizes: usize = model.iter().map(|element| Listpack::entry_bytes(element.item())).sum();
    assert_eq!(pack.used_bytes(), sizes);
    assert!(pack.start <= sizes + SLACK + 40_100, "the gap is bounded");
}

#[test]
fn it_does_what_a_vector_does() {
    let mut dice = Dice(1);
    for _ in 0..60 {
        let (mut pack, mut model) = (Listpack::new(), Vec::new());
        let weight = 1 + dice.below(9);
        for _ in 0..150 {
            let (index, element) = (dice.below(model.len() + 2), dice.element());
            match dice.below(8 + weight) {
                0 => {
                    let count = dice.below(4);
                    let end = (index + count).min(model.len());
                    let removed = pack.remove(index, count);
                    assert_eq!(removed, if index < end { model.drain(index..end).count() } else { 0 });
                }
                1 => {
                    assert_eq!(pack.replace(index, element.item()), index < model.len());
                    if let Some(place) = model.get_mut(index) {
                        *place = element;
                    }
                }
                2 => {
                    let rest = pack.split_off(index);
                    let model_rest = model.split_off(index.min(model.len()));
                    check(&rest, &model_rest);
                }
                3 => {
                    pack.retain(|item| !matches!(item, Item::Int(_)));
                    model.retain(|element| !matches!(element, Owned::Int(_)));
                }
                4 => {
                    pack.insert(index, element.item());
                    model.insert(index.min(model.len()), element);
                }
                5 => {
                    let popped = pack.pop_front(|item| assert_eq!(item, model[0].item()));
                    assert_eq!(popped.is_some(), !model.is_empty());
                    model.drain(..usize::from(popped.is_some()));
                }
                6 => {
                    let popped = pack.pop_back(|item| assert_eq!(Some(item), model.last().map(Owned::item)));
                    assert_eq!(popped.is_some(), model.pop().is_some());
                }
                7.. if dice.below(2) == 0 => {
                    pack.push_front(element.item());
                    model.insert(0, element);
                }
                _ => {
                    pack.push_back(element.item());
                    model.push(element);
                }
            }
            check(&pack, &model);
            let (from, to) = (dice.below(model.len() + 2), dice.below(model.len() + 2));
            let part = model.iter().take(to).skip(from).map(Owned::item);
            assert!(pack.range(from..to).eq(part));
            assert_eq!(pack.get(from), model.get(from).map(Owned::item));
            if let Some(wanted) = model.get(from) {
                let stride = 1 + dice.below(3);
                let found = pack.view().find(wanted.item(), stride);
                let index = (0..model.len()).step_by(stride).find(|&index| model[index] == *wanted);
                assert_eq!(found.as_ref().map(|(index, _)| *index), index);
                let rest = index.map(|index| model.iter().skip(index).map(Owned::item));
                assert!(found.into_iter().flat_map(|(_, rest)| rest).eq(rest.into_iter().flatten()));
            }
        }
    }
}

#[test]
fn numbers_take_as_few_bytes_as_they_need() {
    let mut pack = Listpack::new();
    let mut value = i64::MAX;
    let mut values = Vec::new();
    while value != 0 {
        values.extend([value, -value, !value]);
        value >>= 1;
    }
    values.push(0);
    for &value in &values {
        pack.push_back(Item::Int(value));
    }
    assert!(pack.iter().eq(values.iter().map(|&value| Item::Int(value))));
    assert_eq!(Listpack::entry_bytes(Item::Int(-128)), 3);
    assert_eq!(Listpack::entry_bytes(Item::Int(128)), 4);
    assert_eq!(Listpack::entry_bytes(Item::Int(i64::MIN)), 10);
    assert_eq!(Listpack::entry_bytes(Item::Bytes(b"")), 2);
}

#[test]
fn memory_follows_what_is_there() {
    let mut pack = Listpack::new();
    for value in 0..100_000 {
        pack.push_front(Item::Int(value));
    }
    assert!(pack.heap_bytes() < 4 * pack.used_bytes());
    assert_eq!(pack.remove(10, usize::MAX), 99_990);
    assert!(pack.heap_bytes() < 1000, "{}", pack.heap_bytes());
    for _ in 0..10 {
        assert_eq!(pack.remove(0, 1), 1);
    }
    assert_eq!((pack.used_bytes(), pack.remove(0, 1)), (0, 0));
}
