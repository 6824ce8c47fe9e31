use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::*;
use crate::random::Random;

fn check(list: &List, model: &[String]) {
    assert_eq!(list.len(), model.len());
    let texts = |item: Item<'_>| String::from_utf8_lossy(&text(item)).into_owned();
    assert!(list.rightwards(0).map(texts).eq(model.iter().cloned()));
    assert!(list.leftwards(model.len().saturating_sub(1)).map(texts).eq(model.iter().rev().cloned()));
    assert_eq!(list.node_bytes, list.nodes.iter().map(Listpack::heap_bytes).sum::<usize>());
    for node in &list.nodes {
        assert!(!node.is_empty());
        assert!(node.len() == 1 || node.used_bytes() <= list.limit.bytes, "{}", node.used_bytes());
        assert!(node.len() <= list.limit.elements);
    }
}

#[test]
fn it_does_what_a_vector_does() {
    let mut random = Random::new(5);
    for size in [-5, -2, -1, 0, 1, 2, 3, 128, i64::MAX] {
        let (mut list, mut model) = (List::new(NodeLimit::new(size)), Vec::new());
        let mut below = |end: usize| random.next() as usize % end.max(1);
        for step in 0..900 {
            let value = match below(12) {
                0 => format!("{step}").repeat(below(3000)),
                1..5 => format!("{}", below(4)),
                _ => format!("x{}", below(5)),
            };
            let (place, bytes) = (below(model.len() + 1), value.as_bytes());
            match below(if step % 300 < 200 { 12 } else { 7 }) {
                0 => {
                    let count = below(5) * below(5);
                    list.remove(place, count);
                    model.drain(place..(place + count).min(model.len()));
                }
                1 | 2 => {
                    assert_eq!(list.set(place, bytes), place < model.len());
                    if let Some(old) = model.get_mut(place) {
                        *old = value;
                    }
                }
                3 => {
                    let (most, end) = (1 + below(4), if below(2) == 0 { End::Left } else { End::Right });
                    let mut left = most;
                    let mut keep = |element: &String| {
                        let goes = *element == value && left > 0;
                        left -= usize::from(goes);
                        !goes
                    };
                    if end == End::Left {
                        model.retain(&mut keep);
                    } else {
                        model.reverse();
                        model.retain(&mut keep);
                        model.reverse();
                    }
                    assert_eq!(list.remove_equal(bytes, most, end), most - left);
                }
                4..7 => {
                    list.insert(place, bytes);
                    model.insert(place, value);
                }
                7 | 8 => {
                    list.push(End::Left, bytes);
                    model.insert(0, value);
                }
                _ => {
                    list.push(End::Right, bytes);
                    model.push(value);
                }
            }
            check(&list, &model);
        }
        check(&list.clone(), &model);
        list.remove(0, usize::MAX);
        check(&list, &[]);
    }
}

#[test]
fn indices_are_cut_to_what_is_there() {
    let mut list = List::new(NodeLimit::new(-2));
    for value in [b"a", b"b", b"c"] {
        list.push(End::Right, value);
    }
    for (start, stop, places) in
        [(0, -1, 0..3), (-2, 5, 1..3), (1, 1, 1..2), (-9, 0, 0..1), (i64::MIN, i64::MAX, 0..3)]
    {
        assert_eq!(list.places(start, stop), places, "{start} {stop}");
    }
    for (start, stop) in [(2, 1), (3, 9), (0, -4), (i64::MAX, i64::MIN), (0, i64::MIN)] {
        assert!(list.places(start, stop).is_empty(), "{start} {stop}");
    }
    assert_eq!([2, 3, -3, -4, i64::MIN].map(|index| list.place(index)), [Some(2), None, Some(0), None, None]);
}

#[test]
fn a_long_list_has_many_nodes() {
    let mut list = List::new(NodeLimit::new(-2));
    for _ in 0..100_000 {
        list.push(End::Left, b"12345678");
    }
    assert!((40..120).contains(&list.nodes.len()), "{}", list.nodes.len());
    assert!(list.heap_bytes() < 1_400_000, "{}", list.heap_bytes());
    assert_eq!(list.get(50_000), Some(Item::Int(12_345_678)));
}
