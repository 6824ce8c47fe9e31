//! What listeners hear of list commands, in which order, and how many changes a save counts.

mod support;

use support::Front;

/// Runs commands; checks the events of each, as `event key`, and the number of changes.
#[track_caller]
fn check(told: &[(&str, &str, u64)]) {
    let mut front = Front::new();
    front.engine.observe(true);
    for &(command, events, changes) in told {
        let before = front.engine.keyspace().dirty;
        front.say(command);
        let heard: Vec<String> = front
            .engine
            .take_changes()
            .iter()
            .map(|change| format!("{} {}", change.event.name, String::from_utf8_lossy(&change.key)))
            .collect();
        assert_eq!(heard.join(", "), events, "{command}");
        assert_eq!(front.engine.keyspace().dirty - before, changes, "{command}");
    }
}

#[test]
fn pushing() {
    check(&[
        ("LPUSH l a b", "new l, lpush l", 2),
        ("RPUSH l c 1 a", "rpush l", 3),
        ("LPUSHX l a", "lpush l", 1),
        ("RPUSHX none a", "", 0),
        ("LPUSHX none a", "", 0),
        ("SET s v", "new s, set s", 1),
        ("RPUSH s a", "", 0),
    ]);
}

#[test]
fn popping() {
    check(&[
        ("RPUSH l a b c d e", "new l, rpush l", 5),
        ("LPOP l", "lpop l", 1),
        ("RPOP l", "rpop l", 1),
        ("LPOP l 0", "", 0),
        ("LPOP l 2", "lpop l", 2),
        ("RPOP l 5", "rpop l, del l", 1),
        ("RPOP l", "", 0),
        ("LPOP l 1", "", 0),
        ("RPUSH l a", "new l, rpush l", 1),
        ("LPOP l", "lpop l, del l", 1),
        ("RPUSH a 1 2", "new a, rpush a", 2),
        ("LMPOP 2 l a LEFT COUNT 9", "lpop a, del a", 2),
        ("LMPOP 2 l a LEFT", "", 0),
    ]);
}

#[test]
fn editing() {
    check(&[
        ("RPUSH l a b c b", "new l, rpush l", 4),
        ("LSET l 0 x", "lset l", 1),
        ("LSET l 9 x", "", 0),
        ("LSET none 0 x", "", 0),
        ("LINSERT l BEFORE b y", "linsert l", 1),
        ("LINSERT l AFTER none y", "", 0),
        ("LINSERT none AFTER b y", "", 0),
        ("LREM l 1 none", "", 0),
        ("LREM l 0 b", "lrem l", 2),
        ("LREM none 0 b", "", 0),
        ("LTRIM l 0 -1", "ltrim l", 0),
        ("LTRIM l 1 -1", "ltrim l", 1),
        ("LTRIM none 1 -1", "", 0),
        ("LTRIM l 5 1", "ltrim l, del l", 2),
        ("RPUSH l a a", "new l, rpush l", 2),
        ("LREM l 0 a", "lrem l, del l", 2),
    ]);
}

#[test]
fn moving() {
    check(&[
        ("RPUSH l a b", "new l, rpush l", 2),
        ("LMOVE l l LEFT RIGHT", "rpush l, lpop l", 1),
        ("LMOVE l m LEFT RIGHT", "new m, rpush m, lpop l", 1),
        ("RPOPLPUSH l m", "lpush m, rpop l, del l", 1),
        ("RPOPLPUSH none m", "", 0),
        ("SET s v", "new s, set s", 1),
        ("LMOVE m s LEFT LEFT", "", 0),
        ("RPOPLPUSH m m", "lpush m, rpop m", 1),
        ("RPOP m", "rpop m", 1),
        ("RPOPLPUSH m m", "lpush m, rpop m", 1),
    ]);
}

#[test]
fn reading() {
    check(&[
        ("LLEN none", "keymiss none", 0),
        ("LINDEX none 0", "keymiss none", 0),
        ("LRANGE none 0 -1", "keymiss none", 0),
        ("LPOS none a", "keymiss none", 0),
        ("RPUSH l a", "new l, rpush l", 1),
        ("LLEN l", "", 0),
        ("LRANGE l 0 -1", "", 0),
    ]);
}
