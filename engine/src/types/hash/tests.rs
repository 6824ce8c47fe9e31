use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::*;
use crate::random::Random;

const RULES: HashRules = HashRules { entries_max: 4, value_max: 8, hasher: Hasher::new((1, 2)) };

fn filled(fields: usize) -> Hash {
    let mut hash = Hash::new();
    for number in 0..fields {
        hash.set(format!("f{number}").as_bytes(), format!("{number}").as_bytes(), &RULES);
    }
    hash
}

#[test]
fn few_short_fields_are_packed() {
    assert_eq!(filled(4).view().encoding(), "listpack");
    assert_eq!(filled(5).view().encoding(), "hashtable");
    for (field, value, encoding) in
        [("12345678", "12345678", "listpack"), ("123456789", "", "hashtable"), ("", "123456789", "hashtable")]
    {
        let mut hash = filled(2);
        assert!(hash.set(field.as_bytes(), value.as_bytes(), &RULES));
        assert_eq!(hash.view().encoding(), encoding, "{field} {value}");
        assert_eq!(&*text(hash.get(field.as_bytes()).unwrap()), value.as_bytes());
        assert_eq!(&*text(hash.get(b"f1").unwrap()), b"1");
        hash.remove(field.as_bytes());
        assert_eq!(hash.view().encoding(), encoding, "it is never packed again");
    }
}

#[test]
fn a_deadline_shows_in_the_encoding() {
    let mut hash = filled(2);
    hash.set_deadline(b"f0", None);
    assert_eq!(hash.view().encoding(), "listpack");
    hash.set_deadline(b"f0", Some(5));
    assert_eq!((hash.view().encoding(), hash.len()), ("listpackex", 2));
    hash.set_deadline(b"f0", None);
    assert_eq!((hash.view().encoding(), hash.next_deadline()), ("listpackex", None));
    hash.set_deadline(b"f1", Some(7));
    (0..9).for_each(|number| assert!(hash.set(&[number], b"", &RULES)));
    assert_eq!((hash.view().encoding(), hash.deadline(b"f1")), ("hashtable", Some(7)));
}

#[test]
fn memory_is_that_of_what_is_there() {
    let mut hash = filled(9);
    let long = [7; 100];
    hash.set(&long, &long, &RULES);
    hash.remove(&long);
    let before = hash.heap_bytes();
    hash.set(&long, &long, &RULES);
    assert!((before + 200..before + 1000).contains(&hash.heap_bytes()));
    let with_long_value = hash.heap_bytes();
    hash.set(&long, b"short", &RULES);
    assert!(hash.heap_bytes() < with_long_value);
    let without_deadlines = hash.heap_bytes();
    hash.set_deadline(&long, Some(9));
    assert!(hash.heap_bytes() > without_deadlines + 100 + 8);
    assert!(hash.clone().heap_bytes() <= hash.heap_bytes());
    let with_deadlines = hash.heap_bytes();
    hash.set_deadline(&long, None);
    assert!(hash.heap_bytes() <= with_deadlines - 100 - 8);
    hash.remove(&long);
    let packed = filled(3).heap_bytes();
    assert!(packed > 0 && packed < 100);
}

/// What a hash should hold: the values and deadlines by field.
type Model = BTreeMap<Vec<u8>, (Vec<u8>, Option<i64>)>;

fn check(hash: &Hash, model: &Model, now_ms: i64) {
    assert_eq!((hash.len(), hash.is_empty()), (model.len(), model.is_empty()));
    let row = |(field, value, deadline): (Item<'_>, Item<'_>, Option<i64>)| {
        (text(field).to_vec(), (text(value).to_vec(), deadline))
    };
    assert_eq!(hash.view().live(i64::MIN).map(row).collect::<Model>(), *model);
    let is_live =
        |(_, (_, deadline)): &(Vec<u8>, (Vec<u8>, Option<i64>))| deadline.is_none_or(|when| when > now_ms);
    let live: Model = model.clone().into_iter().filter(is_live).collect();
    assert_eq!(hash.view().live(now_ms).map(row).collect::<Model>(), live);
    assert_eq!(hash.view().is_due(now_ms), !model.is_empty() && live.is_empty());
    assert_eq!(hash.next_deadline(), model.values().filter_map(|(_, deadline)| *deadline).min());
    for (field, (value, deadline)) in model {
        assert_eq!(hash.get(field).map(|value| text(value).to_vec()).as_ref(), Some(value));
        assert_eq!(hash.deadline(field), *deadline);
    }
}

#[test]
fn it_does_what_a_map_with_deadlines_does() {
    let mut random = Random::new(5);
    for round in 0..60 {
        let rules = HashRules { entries_max: if round % 2 == 0 { 1000 } else { 3 }, ..RULES };
        let (mut hash, mut model, mut now_ms) = (Hash::new(), Model::new(), 0);
        for _ in 0..150 {
            let field = match random.below(20) {
                19 => Vec::from(*b"a field that is too long to be packed"),
                number => format!("{number}").into_bytes(),
            };
            let value = format!("{}", random.below(200)).into_bytes();
            let when = now_ms + 1 + random.below(9) as i64;
            match random.below(7) {
                0 | 1 => {
                    let is_new = model.insert(field.clone(), (value.clone(), None)).is_none();
                    assert_eq!(hash.set(&field, &value, &rules), is_new);
                }
                2 => {
                    let deadline = model.get(&field).and_then(|(_, deadline)| *deadline);
                    let is_new = model.insert(field.clone(), (value.clone(), deadline)).is_none();
                    assert_eq!(hash.update(&field, &value, &rules), is_new);
                }
                3 => assert_eq!(hash.remove(&field), model.remove(&field).is_some()),
                4 | 5 => {
                    let deadline = (random.below(4) > 0).then_some(when);
                    if let Some((_, old)) = model.get_mut(&field) {
                        *old = deadline;
                        hash.set_deadline(&field, deadline);
                    }
                }
                _ => {
                    now_ms += random.below(4) as i64;
                    check(&hash, &model, now_ms);
                    let is_due = |deadline: Option<i64>| deadline.is_some_and(|when| when <= now_ms);
                    let due = model.values().filter(|(_, deadline)| is_due(*deadline)).count();
                    assert_eq!(hash.expire_due(now_ms, 2, |_| ()), due.min(2));
                    assert_eq!(hash.expire_due(now_ms, usize::MAX, |_| ()), due - due.min(2));
                    model.retain(|_, (_, deadline)| !is_due(*deadline));
                }
            }
            check(&hash, &model, now_ms);
        }
        check(&hash.clone(), &model, now_ms);
    }
}

#[test]
fn a_scan_sees_whatever_stays() {
    let mut hash = filled(1000);
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let (mut cursor, mut round) = (0, 0);
    loop {
        cursor = hash.view().scan(cursor, |field, value| {
            seen.insert(format!("{:?} {:?}", text(field), text(value)));
        });
        // As many come as go, so that the end is not further off with every step.
        hash.set(format!("comes{round}").as_bytes(), b"", &RULES);
        if round >= 20 {
            hash.remove(format!("comes{}", round - 20).as_bytes());
        }
        round += 1;
        if cursor == 0 {
            break;
        }
    }
    assert_eq!(seen.iter().filter(|row| !row.contains("comes")).count(), 1000);
}

#[test]
fn every_field_is_picked_now_and_then() {
    for fields in [1, 4, 9] {
        let hash = filled(fields);
        let mut random = Random::new(3);
        let picked: BTreeSet<_> = (0..300).filter_map(|_| hash.view().sample(random.next())).collect();
        assert_eq!(picked.len(), fields);
    }
    assert_eq!(Hash::new().view().sample(7), None);
}
