//! What the door lets through, what it counts and what it tells.

use std::format;
use std::string::String;
use std::vec::Vec;

use super::*;
use crate::types::Str;

const NOW: i64 = 1_700_000_000_000;

fn keyspace() -> Keyspace {
    let mut keyspace = Keyspace::new(4, &mut Random::new(1));
    keyspace.observed = true;
    keyspace
}

fn at(keyspace: &mut Keyspace, now_ms: i64) -> Db<'_> {
    Db::new(keyspace, 0, now_ms, UsageClock::default(), true)
}

/// What a step tells listeners, as `db:event key`, and how many changes it counts.
fn heard(keyspace: &mut Keyspace, now_ms: i64, step: impl FnOnce(&mut Db<'_>) -> bool) -> (String, u64) {
    let before = keyspace.dirty;
    keyspace.take_changes();
    step(&mut at(keyspace, now_ms));
    let events: Vec<String> = keyspace
        .take_changes()
        .iter()
        .map(|change| format!("{}:{} {}", change.db, change.event.name, change.key.escape_ascii()))
        .collect();
    (events.join(", "), keyspace.dirty - before)
}

fn set(db: &mut Db<'_>, key: &[u8], expiry: Expiry) -> bool {
    db.set(key, b"v", expiry, change::SET);
    true
}

#[test]
fn listeners_hear_what_redis_tells_them() {
    let mut k = keyspace();
    let told = |text: &str, dirty: u64| (String::from(text), dirty);
    let later = Expiry::At(NOW + 1000);
    assert_eq!(heard(&mut k, NOW, |db| set(db, b"a", later)), told("0:new a, 0:set a, 0:expire a", 1));
    assert_eq!(heard(&mut k, NOW, |db| set(db, b"a", Expiry::Never)), told("0:set a", 1));
    assert_eq!(heard(&mut k, NOW, |db| db.expire(b"a", later)), told("0:expire a", 1));
    assert_eq!(heard(&mut k, NOW, |db| db.expire(b"a", Expiry::Never)), told("0:persist a", 1));
    assert_eq!(heard(&mut k, NOW, |db| db.expire(b"a", Expiry::Never)), told("", 0));
    assert_eq!(
        heard(&mut k, NOW, |db| db.rename(b"a", b"b")),
        told("0:new b, 0:rename_from a, 0:rename_to b", 1)
    );
    assert_eq!(heard(&mut k, NOW, |db| db.copy_to(1, b"b", b"c", false)), told("1:new c, 1:copy_to c", 1));
    assert_eq!(heard(&mut k, NOW, |db| db.move_to(2, b"b")), told("2:new b, 0:move_from b, 2:move_to b", 1));
    assert_eq!(heard(&mut k, NOW, |db| db.get(b"b").is_some()), told("0:keymiss b", 0));
    assert_eq!(heard(&mut k, NOW, |db| db.inspect(b"b").is_some()), told("", 0));
    set(&mut at(&mut k, NOW), b"a", later);
    assert_eq!(heard(&mut k, NOW, |db| db.expire(b"a", Expiry::At(NOW))), told("0:del a", 1));
    set(&mut at(&mut k, NOW), b"a", later);
    assert_eq!(heard(&mut k, NOW + 1000, |db| db.claim(b"a").is_some()), told("0:expired a", 0));
}

#[test]
fn whoever_asks_first_removes_a_key_whose_time_has_come() {
    type Ask = fn(&mut Db<'_>) -> bool;
    let asks: &[(&str, Ask)] = &[
        ("get", |db| db.get(b"k").is_some()),
        ("read", |db| !matches!(db.read::<Str>(b"k"), Ok(None))),
        ("inspect", |db| db.inspect(b"k").is_some()),
        ("claim", |db| db.claim(b"k").is_some()),
        ("peek", |db| db.peek(b"k").is_some()),
        ("contains", |db| db.contains(b"k")),
        ("touch", |db| db.touch(b"k")),
        ("edit", |db| !matches!(db.edit(b"k", change::APPEND, |_: &mut Str| Ok(())), Ok(None))),
        ("remove", |db| db.remove(b"k", change::DEL)),
        ("expire", |db| db.expire(b"k", Expiry::At(NOW + 9999))),
        ("persist", |db| db.expire(b"k", Expiry::Never)),
        ("rename", |db| db.rename(b"k", b"l")),
        ("move", |db| db.move_to(1, b"k")),
        ("copy", |db| db.copy_to(0, b"k", b"l", true)),
    ];
    for (name, ask) in asks {
        let mut k = keyspace();
        set(&mut at(&mut k, NOW), b"k", Expiry::At(NOW + 10));
        assert!(at(&mut k, NOW + 9).contains(b"k"), "{name}");
        assert_eq!(at(&mut k, NOW + 10).iter().count(), 0, "{name}");
        assert_eq!(at(&mut k, NOW + 10).len(), 1, "{name}: nobody asked for it yet");
        assert!(!ask(&mut at(&mut k, NOW + 10)), "{name}");
        assert_eq!(at(&mut k, NOW + 10).len(), 0, "{name}");
        assert_eq!((k.stats.expired, k.earliest_ms()), (1, None), "{name}");
    }
}

#[test]
fn a_target_whose_time_has_come_is_in_nobodys_way() {
    let mut k = keyspace();
    for key in [b"a", b"b"] {
        set(&mut at(&mut k, NOW), key, if key == b"b" { Expiry::At(NOW + 10) } else { Expiry::Never });
    }
    let mut db = at(&mut k, NOW + 10);
    assert!(db.copy_to(0, b"a", b"b", false));
    assert_eq!(db.peek(b"b").and_then(Entry::expires_ms), None);
}

#[test]
fn without_active_expiry_nothing_is_due() {
    let mut k = keyspace();
    set(&mut at(&mut k, NOW), b"k", Expiry::At(NOW + 10));
    assert_eq!(k.earliest_ms(), Some(NOW + 10));
    k.active_expiry = false;
    assert_eq!(k.earliest_ms(), None);
    assert!(!at(&mut k, NOW + 10).contains(b"k"));
}

#[test]
fn the_end_of_time_is_a_time() {
    let mut k = keyspace();
    set(&mut at(&mut k, NOW), b"k", Expiry::At(i64::MAX));
    let mut db = at(&mut k, NOW);
    assert_eq!(db.peek(b"k").and_then(Entry::expires_ms), Some(i64::MAX));
    assert!(db.expire(b"k", Expiry::Never));
    assert!(!db.expire(b"k", Expiry::Never));
}

#[test]
fn transfers_keep_the_account_of_memory_and_deadlines() {
    let mut k = keyspace();
    let empty = k.memory_bytes();
    let long = [b'k'; 100];
    let mut db = at(&mut k, NOW);
    set(&mut db, b"a", Expiry::At(NOW + 10));
    assert!(db.rename(b"a", &long));
    assert!(db.copy_to(0, &long, b"b", false));
    assert!(db.move_to(1, &long));
    assert!(db.rename(b"b", b"b"));
    assert_eq!(k.databases().iter().map(Database::volatile_len).collect::<Vec<_>>(), [1, 1, 0, 0]);
    assert_eq!(k.earliest_ms(), Some(NOW + 10));
    assert_eq!(k.expire_due(NOW + 10, 10), 2);
    let tables: usize = k.databases().iter().map(Database::memory_bytes).sum();
    assert!(tables >= empty && tables - empty < 4096, "{tables}");
    assert!(k.databases().iter().all(Database::is_empty));
}

#[test]
fn a_value_counts_with_what_it_has_whichever_was_edited_last() {
    use crate::types::{End, List, NodeLimit};
    let mut k = keyspace();
    let apart = |k: &Keyspace| {
        let database = &k.databases()[0];
        database.entry_bytes() - database.iter().map(|entry| entry.value.heap_bytes()).sum::<usize>()
    };
    let push = |k: &mut Keyspace, key: &[u8], len: usize| {
        let create = || List::new(NodeLimit::new(-2));
        let edit = |list: &mut List| {
            list.push(End::Left, &alloc::vec![b'x'; len]);
            Ok(())
        };
        at(k, NOW).edit_or_create(key, change::LPUSH, create, edit).unwrap();
    };
    let keys: [&[u8]; 3] = [b"a", b"b", b"c"];
    keys.iter().for_each(|key| push(&mut k, key, 10));
    let before = apart(&k);
    for step in 0..60 {
        push(&mut k, keys[step * step / 3 % 3], step * 40);
        assert_eq!(apart(&k), before);
    }
    let one = before / 3;
    for (left, key) in [(2, b"b"), (1, b"c"), (0, b"a")] {
        assert!(at(&mut k, NOW).remove(key, change::DEL));
        assert_eq!(apart(&k), left * one);
        if left > 0 {
            push(&mut k, b"a", 9000);
        }
    }
}

/// A picture is begun of what is there now.
fn begin_picture(k: &mut Keyspace) {
    use crate::config::Config;
    use crate::machine::Now;
    use crate::persistence::rdb::file::{FileWriter, Options};
    let options = Options { compresses: false, is_checked: false, is_aof_base: false, is_commands: false };
    let file = FileWriter::new(k, &Config::new(), 0, Now::default(), options);
    k.begin_picture(file);
}

#[test]
fn a_picture_has_every_key_however_short_its_slices_are() {
    for budget in [1, 64, 65, 100, 129, 1000] {
        let mut k = Keyspace::new(4, &mut Random::new(budget));
        for db in 0..4 {
            for number in 0..40_u8 {
                Db::new(&mut k, db, NOW, UsageClock::default(), true).set(
                    &[number],
                    b"v",
                    Expiry::Never,
                    change::SET,
                );
            }
        }
        begin_picture(&mut k);
        k.swap(0, 3);
        let mut turns = 0;
        while !k.walk_picture(budget as usize) {
            turns += 1;
            if turns == 3 {
                k.flush(1);
            }
        }
        assert!(turns > 3);
        assert_eq!(k.picture().map(|picture| (picture.taken, picture.keys)), Some((160, 160)), "{budget}");
    }
}

#[test]
fn a_picture_has_every_key_however_many_were_given_up() {
    let mut k = keyspace();
    for number in 0..200_u8 {
        set(&mut at(&mut k, NOW), &[number], Expiry::Never);
    }
    for round in 0..150_u8 {
        begin_picture(&mut k);
        let keys = k.picture().map(|picture| picture.keys);
        // Some entries are taken early, some come to be, some are never touched by a picture that is given up.
        set(&mut at(&mut k, NOW), &[round], Expiry::At(NOW + 10));
        set(&mut at(&mut k, NOW), &[round, 0], Expiry::Never);
        at(&mut k, NOW).rename(&[round, 0], &[round, 1]);
        if round % 70 == 69 {
            while !k.walk_picture(1000) {}
            assert_eq!(k.picture().map(|picture| picture.taken), keys, "{round}");
        } else if !round.is_multiple_of(5) {
            k.walk_picture(usize::from(round) * 8 + 1);
        }
        k.end_picture();
    }
}

#[test]
fn what_is_flushed_is_freed_whether_a_picture_wants_it_or_not() {
    for (is_wanted, is_given_up) in [(false, false), (true, false), (true, true)] {
        let mut k = keyspace();
        for number in 0..5000_u16 {
            set(&mut at(&mut k, NOW), &number.to_le_bytes(), Expiry::Never);
        }
        if is_wanted {
            begin_picture(&mut k);
        }
        k.flush(0);
        assert_eq!(k.has_waste(), !is_wanted);
        if is_wanted && !is_given_up {
            while !k.walk_picture(1000) {}
            assert_eq!(k.picture().map(|picture| (picture.taken, picture.keys)), Some((5000, 5000)));
        }
        k.end_picture();
        assert!(k.has_waste());
        while k.free_some() {}
        assert_eq!(k.memory_bytes(), 0);
    }
}

/// The past since it was last taken: `db:key` and when it was to expire, or `–` where it was not there.
fn past(keyspace: &mut Keyspace) -> Option<Vec<String>> {
    let images = keyspace.take_past()?;
    let told = images.iter().map(|((db, key), image)| {
        let expires = |image: &past::Image| {
            image.expires_ms.map_or_else(|| String::from("stays"), |when| format!("+{}", when - NOW))
        };
        format!("{db}:{} {}", key.escape_ascii(), image.as_ref().map_or_else(|| String::from("–"), expires))
    });
    Some(told.collect())
}

#[test]
fn the_past_has_each_key_as_it_was_when_it_was_first_touched() {
    let mut k = keyspace();
    set(&mut at(&mut k, NOW), b"a", Expiry::At(NOW + 10));
    set(&mut at(&mut k, NOW), b"b", Expiry::Never);
    k.keep_past(10_000);
    let told = |k: &mut Keyspace| past(k).unwrap_or_default().join(", ");
    set(&mut at(&mut k, NOW), b"a", Expiry::Never);
    at(&mut k, NOW).remove(b"a", change::DEL);
    assert_eq!(told(&mut k), "0:a +10");
    set(&mut at(&mut k, NOW), b"new", Expiry::Never);
    set(&mut at(&mut k, NOW), b"new", Expiry::At(NOW + 5));
    assert_eq!(told(&mut k), "0:new –");
    at(&mut k, NOW).rename(b"b", b"c");
    k.expire_due(NOW + 5, 10);
    assert_eq!(told(&mut k), "0:b stays, 0:c –, 0:new +5");
    k.swap(0, 1);
    k.flush(1);
    assert_eq!(told(&mut k), "0:c stays, 1:c stays");
}

#[test]
fn a_past_that_is_more_than_was_asked_for_is_let_go() {
    let mut k = keyspace();
    for number in 0..100_u8 {
        set(&mut at(&mut k, NOW), &[number], Expiry::Never);
    }
    k.keep_past(500);
    k.flush(0);
    assert_eq!(past(&mut k), None);
    assert_eq!(past(&mut k), Some(Vec::new()));
    set(&mut at(&mut k, NOW), b"a", Expiry::Never);
    k.keep_past(0);
    at(&mut k, NOW).remove(b"a", change::DEL);
    assert_eq!(past(&mut k), Some(Vec::new()), "nobody wants it");
}
