//! What is kept between visits, and shared between tabs.

use redstart_engine::persistence::store::{Memory, StoreError};
use redstart_playground::playground::Notes;
use redstart_playground::view::{Ask, Bytes, Tell};

use crate::page::{NOW, Page, browse, entries, lesson, only, printed};

fn ready_with(tells: &[Tell]) -> Option<usize> {
    tells.iter().find_map(|tell| match tell {
        Tell::Ready { restored_keys, .. } => Some(*restored_keys),
        _ => None,
    })
}

fn saved(tells: &[(u32, Tell)]) -> Option<(bool, Option<String>)> {
    tells.iter().rev().find_map(|(_, tell)| match tell {
        Tell::Saved { durable, error, .. } => Some((*durable, error.clone())),
        _ => None,
    })
}

#[test]
fn data_comes_back_after_a_visit() {
    let mut page = Page::new();
    page.type_in(0, "SET k v\nSET t v EX 10\nSELECT 2\nSET other 1");
    let (mut next, tells) = Page::with(page.disk, Notes::default());
    assert_eq!(ready_with(&tells), Some(3));
    next.ask(Ask::Open { terminal: 0 });
    assert_eq!(next.type_in(0, "TTL t"), "(integer) 10");
    assert!(next.type_in(0, "INFO persistence").contains("aof_enabled:1"));
}

#[test]
fn a_reply_waits_until_the_log_has_what_it_is_about() {
    let mut page = Page::new();
    let ask = Ask::Submit { terminal: 0, text: "SET k v\nGET k\nhelp\n2 INCR n".into(), again: false };
    let at_once = only(0, page.playground.ask(page.now, 0, ask));
    assert_eq!(at_once, [], "nothing is shown before it is written");
    let shown = only(0, page.settle());
    let all: Vec<String> = entries(&shown).iter().map(printed).collect();
    assert_eq!(
        (all[0].as_str(), all[1].as_str(), all[3].as_str()),
        ("OK", "\"v\"", "(integer) 1\n(integer) 2")
    );
    assert!(matches!(shown.last(), Some(Tell::Prompt { .. })), "{shown:?}");
}

#[test]
fn what_is_written_is_made_durable_within_two_seconds() {
    let mut page = Page::new();
    let ask = Ask::Submit { terminal: 0, text: "SET k v".into(), again: false };
    assert_eq!(saved(&page.ask_on(0, ask)), Some((false, None)));
    page.now.mono_us += 1_000_000;
    page.playground.tick(page.now);
    assert_eq!(saved(&page.settle()), Some((true, None)));
}

#[test]
fn the_log_of_the_last_version_is_loaded() {
    // Commands and remarks, in a file beside the folder.
    let old = b"#REDSTART 1\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n#END 0123456789abcdef\r\n";
    let mut disk = Memory::default();
    disk.put("appendonly.aof", old.to_vec());
    let (mut page, tells) = Page::with(disk, Notes::default());
    assert_eq!(ready_with(&tells), Some(1));
    page.ask(Ask::Open { terminal: 0 });
    page.type_in(0, "SET other 1");
    let (_, tells) = Page::with(page.disk, Notes::default());
    assert_eq!(ready_with(&tells), Some(2));
}

#[test]
fn a_damaged_log_is_no_empty_store() {
    let mut page = Page::new();
    page.type_in(0, "SET k v");
    let name = "appendonlydir/appendonly.aof.1.incr.aof";
    let mut bytes = page.disk.get(name).expect("commands went there").to_vec();
    bytes[2] = b'x';
    page.disk.put(name, bytes);
    let (mut next, tells) = Page::with(page.disk, Notes::default());
    assert_eq!(ready_with(&tells), None);
    let failure = next.playground.failure().expect("it can't go on");
    assert!(
        failure.contains("Bad file format reading the append only file appendonly.aof.1.incr.aof"),
        "{failure}"
    );
}

#[test]
fn a_full_disk_is_told_and_gets_over() {
    let mut page = Page::new();
    page.full = Some(StoreError::Failed("No space left on device".into()));
    assert_eq!(page.type_in(0, "SET a 1"), "OK");
    let refused = "(error) MISCONF Errors writing to the AOF file: No space left on device";
    assert_eq!(page.type_in(0, "SET b 1"), refused);
    assert_eq!(page.type_in(0, "GET a"), "\"1\"");
    let (_, tells) = (page.playground.enter(page.now, 1), page.settle());
    assert_eq!(saved(&tells), None);
    assert!(page.playground.wait_ms(page.now) <= 100.0, "it is tried again");
    page.full = None;
    page.advance_ms(200);
    assert_eq!(page.type_in(0, "SET b 1"), "OK");
    let (_, tells) = Page::with(page.disk, Notes::default());
    assert_eq!(ready_with(&tells), Some(2));
}

#[test]
fn a_log_that_must_be_durable_and_can_not_be_is_the_end() {
    let mut page = Page::new();
    page.type_in(0, "CONFIG SET appendfsync always");
    page.full = Some(StoreError::Failed("No space left on device".into()));
    let tells = page.submit(0, "SET a 1");
    assert_eq!(printed(&entries(&tells)[0]), "Error: Server closed the connection");
    assert!(tells.contains(&Tell::Closed { terminal: 0 }));
    assert!(page.playground.failure().is_some_and(|text| text.contains("No space left on device")));
}

#[test]
fn data_goes_out_and_comes_in_as_an_rdb_file() {
    let mut page = Page::new();
    page.type_in(0, "SET k v\nRPUSH l a b");
    let tells = page.ask(Ask::Export);
    let [Tell::Exported { file }] = &tells[..] else { panic!("{tells:?}") };
    assert!(file.0.starts_with(b"REDIS0010"));
    let mut other = Page::new();
    other.ask(browse("*"));
    other.type_in(0, "SET mine x");
    let tells = other.ask(Ask::Import { file: Bytes(file.0[..20].to_vec()) });
    assert!(
        matches!(&tells[..], [Tell::Imported { error: Some(text), .. }] if text.contains("offset")),
        "{tells:?}"
    );
    assert_eq!(other.type_in(0, "DBSIZE"), "(integer) 1");
    let at_once = only(0, other.playground.ask(other.now, 0, Ask::Import { file: file.clone() }));
    assert!(!at_once.iter().any(|tell| matches!(tell, Tell::Imported { .. })), "it is not kept yet");
    let tells = [at_once, only(0, other.settle())].concat();
    assert!(tells.contains(&Tell::Imported { keys: 2, error: None }), "{tells:?}");
    assert!(tells.iter().any(|tell| matches!(tell, Tell::Keys { view } if view.total == 2)), "{tells:?}");
    let (_, tells) = Page::with(other.disk, Notes::default());
    assert_eq!(ready_with(&tells), Some(2));
}

#[test]
fn data_that_comes_in_and_has_no_room_leaves_what_was_there() {
    let mut page = Page::new();
    page.type_in(0, "SET other 1");
    let file = page.ask(Ask::Export).into_iter().find_map(|tell| match tell {
        Tell::Exported { file } => Some(file),
        _ => None,
    });
    page.type_in(0, "DEL other\nSET k v\nSET l w");
    page.full = Some(StoreError::Failed("No space left on device".into()));
    let tells = page.ask(Ask::Import { file: file.expect("it is given") });
    assert!(!tells.iter().any(|tell| matches!(tell, Tell::Imported { .. })), "{tells:?}");
    assert!(page.playground.failure().is_some_and(|text| text.contains("No space left on device")));
    let (_, tells) = Page::with(page.disk, Notes::default());
    assert_eq!(ready_with(&tells), Some(2));
}

#[test]
fn what_is_erased_is_not_in_the_log_either() {
    let mut page = Page::new();
    page.type_in(0, "SET secret hunter2");
    page.ask(Ask::Erase);
    (0..20).for_each(|_| drop(page.advance_ms(100)));
    let (folder, mut left) = ("appendonlydir/appendonly.aof", 0);
    for name in ["1.base.rdb", "1.incr.aof", "2.base.rdb", "2.incr.aof"] {
        let bytes = page.disk.get(&format!("{folder}.{name}")).unwrap_or_default();
        assert!(!bytes.windows(7).any(|word| word == b"hunter2"), "{name}");
        left += bytes.len();
    }
    assert!(left > 0);
}

#[test]
fn two_pages_share_the_data_and_each_has_its_own_terminals() {
    let mut page = Page::new();
    page.ask(browse("*"));
    let tells = page.playground.enter(NOW, 1);
    assert!(matches!(&tells[..], [(1, Tell::Ready { .. }), (1, Tell::Saved { .. }), ..]), "{tells:?}");
    page.ask_on(1, Ask::Open { terminal: 0 });
    let tells = page.ask_on(1, Ask::Submit { terminal: 0, text: "SELECT 1\nSET k v".into(), again: false });
    assert_eq!(entries(&only(1, tells.clone())).len(), 2);
    // The other page sees the key, and no terminal of its own has moved.
    assert!(only(0, tells).iter().any(|tell| matches!(tell, Tell::Keys { .. })));
    assert_eq!(page.type_in(0, "GET k"), "(nil)");
    assert_eq!(page.type_in(0, "CLIENT LIST").lines().count(), 2);
    page.playground.leave(NOW, 1);
    assert_eq!(page.type_in(0, "CLIENT LIST").lines().count(), 1);
}

#[test]
fn steps_of_a_lesson_are_done_on_all_pages() {
    let mut page = Page::new();
    page.playground.enter(NOW, 1);
    page.ask(lesson(1));
    page.ask_on(1, lesson(1));
    let tells = page.ask_on(0, Ask::Submit { terminal: 0, text: "PING".into(), again: false });
    let current = |page| {
        only(page, tells.clone()).into_iter().find_map(|tell| match tell {
            Tell::Lesson { view: Some(view), .. } => Some(view.current),
            _ => None,
        })
    };
    assert_eq!(current(0), current(1));
}

#[test]
fn what_was_never_answered_is_read_again_but_not_written_again() {
    let mut page = Page::new();
    page.type_in(0, "SET n 1");
    let tells = page.ask(Ask::Submit { terminal: 0, text: "INCR n\nGET n\nhelp get".into(), again: true });
    let all: Vec<String> = entries(&tells).iter().map(printed).collect();
    assert!(all[0].starts_with("Outcome unknown"), "{all:?}");
    assert_eq!(all[1], "\"1\"");
    assert!(all[2].contains("GET key"));
}
