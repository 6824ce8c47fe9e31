//! SCAN's promise: what is there from the first call to the last is seen, however the table changes meanwhile.

mod support;

use std::collections::BTreeMap;

use support::Front;

/// One call: the next cursor and the keys.
fn scan(front: &mut Front, cursor: u64, options: &str) -> (u64, Vec<String>) {
    let reply = front.say(&format!("SCAN {cursor}{options}"));
    // *2 $n CURSOR *m and then $n KEY for each.
    let lines: Vec<&str> = reply.split("\r\n").collect();
    let keys = lines[4..].chunks(2).filter_map(|pair| pair.get(1)).map(|key| String::from(*key)).collect();
    (lines[2].parse().expect("a cursor"), keys)
}

fn fill(front: &mut Front, name: &str, count: usize) {
    for index in 0..count {
        front.say(&format!("SET {name}{index} v"));
    }
}

#[test]
fn a_scan_sees_what_stays_while_the_table_grows_and_shrinks() {
    for count in [1, 3, 10, 100] {
        let mut front = Front::new();
        fill(&mut front, "stay", 1000);
        fill(&mut front, "go", 6000);
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let (mut cursor, mut calls) = (0, 0);
        loop {
            let (next, keys) = scan(&mut front, cursor, &format!(" COUNT {count}"));
            for key in keys {
                *seen.entry(key).or_default() += 1;
            }
            calls += 1;
            // First it shrinks to a seventh, then it grows to many times that, then it shrinks again.
            for index in (calls - 1) * 40..calls * 40 {
                front.say(&format!("DEL go{index}"));
                front.say(&format!("SET new{index} v"));
                front.say(&format!("DEL new{}", usize::checked_sub(index, 3000).unwrap_or(9_999_999)));
            }
            cursor = next;
            if cursor == 0 {
                break;
            }
        }
        for index in 0..1000 {
            assert_eq!(seen.get(&format!("stay{index}")), Some(&1), "stay{index} with COUNT {count}");
        }
    }
}

#[test]
fn count_is_about_how_many_come() {
    let mut front = Front::new();
    fill(&mut front, "k", 10_000);
    for count in [1, 10, 100, 1000] {
        let (_, keys) = scan(&mut front, 0, &format!(" COUNT {count}"));
        assert!((count..count + 64).contains(&keys.len()), "{} for COUNT {count}", keys.len());
    }
    let (cursor, keys) = scan(&mut front, 0, " COUNT 9223372036854775807");
    assert_eq!((cursor, keys.len()), (0, 10_000));
}

#[test]
fn any_cursor_is_good_and_every_scan_ends() {
    let mut front = Front::new();
    fill(&mut front, "k", 1000);
    for start in [1, 12_345, 1 << 20, 1 << 47, (1 << 48) - 1, 1 << 48, u64::MAX] {
        let (mut cursor, mut calls) = (start, 0);
        loop {
            cursor = scan(&mut front, cursor, "").0;
            calls += 1;
            assert!(calls <= 1000);
            if cursor == 0 {
                break;
            }
        }
    }
}

#[test]
fn a_pattern_hides_keys_but_costs_no_promise() {
    let mut front = Front::new();
    fill(&mut front, "a", 500);
    fill(&mut front, "b", 500);
    let (mut cursor, mut found) = (0, 0);
    loop {
        let (next, keys) = scan(&mut front, cursor, " MATCH b* TYPE string");
        assert!(keys.iter().all(|key| key.starts_with('b')));
        found += keys.len();
        cursor = next;
        if cursor == 0 {
            break;
        }
    }
    assert_eq!(found, 500);
}
