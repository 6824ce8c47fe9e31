//! Back and forth in time, as somebody at the page does it.

use redstart_playground::playground::Notes;
use redstart_playground::view::{Ask, Bytes, ClockView, Tell, TimelineView};

use crate::page::{Page, entries, printed};

/// What the page was last told of the timeline.
fn timeline(page: &mut Page) -> TimelineView {
    let tells = page.playground.enter(page.now, 9);
    let view = tells.into_iter().find_map(|(_, tell)| match tell {
        Tell::Timeline { view } => Some(view),
        _ => None,
    });
    page.playground.leave(page.now, 9);
    view.expect("a page that comes in is told")
}

fn clock(page: &mut Page) -> ClockView {
    let tells = page.playground.enter(page.now, 9);
    let view = tells.into_iter().find_map(|(_, tell)| match tell {
        Tell::Clock { view } => Some(view),
        _ => None,
    });
    page.playground.leave(page.now, 9);
    view.expect("a page that comes in is told")
}

/// Goes to before the step with this label, or to the end; gives what is said.
fn travel(page: &mut Page, to: Option<&str>) -> String {
    let view = timeline(page);
    let to = to.map(|label| {
        view.steps.iter().find(|step| step.label == label).unwrap_or_else(|| panic!("{label}: {view:?}")).id
    });
    let tells = page.ask(Ask::Travel { to, terminal: Some(0) });
    entries(&tells).iter().map(printed).collect::<Vec<_>>().join("\n")
}

#[test]
fn whatever_was_done_is_undone_and_done_again() {
    let mut page = Page::new();
    page.type_in(0, "SET greeting hello\nRPUSH list a b\nHSET h f v g w\nZADD z 1.5 m");
    for line in [
        "SET greeting bye EX 100",
        "APPEND greeting !",
        "DEL list",
        "RENAME h other",
        "EVAL \"redis.call('DEL', 'z') return redis.call('SADD', 's', 'x')\" 0",
        "MULTI\nINCR n\nSELECT 3\nSET there x\nEXEC\nSELECT 0",
        "COPY greeting there DB 5",
        "SWAPDB 0 3",
        "FLUSHALL",
        "XADD stream 1-1 f v",
    ] {
        let before = stored(&page);
        let first = line.lines().next().unwrap_or_default();
        page.type_in(0, line);
        let after = stored(&page);
        assert_ne!(before, after, "{line}");
        assert_eq!(travel(&mut page, Some(first)), format!("Undone to before: {first}"));
        assert_eq!(stored(&page), before, "{line}");
        assert_eq!(travel(&mut page, None), "Redone: the store is where it was.");
        assert_eq!(stored(&page), after, "{line}");
    }
    let first = timeline(&mut page).steps[0].label.clone();
    travel(&mut page, Some(&first));
    assert_eq!(stored(&page), Vec::<String>::new());
}

/// All keys with their values, types and deadlines.
pub(crate) fn stored(page: &Page) -> Vec<String> {
    let keyspace = page.playground.keyspace();
    let mut all = Vec::new();
    for (db, database) in keyspace.databases().iter().enumerate() {
        for entry in database.iter() {
            let payload = redstart_engine::persistence::rdb::dump::write(entry.value, false);
            let key = entry.key.escape_ascii();
            all.push(format!("{db} {key} {:?} {}", entry.expires_ms(), payload.escape_ascii()));
        }
    }
    all.sort();
    all
}

#[test]
fn a_moment_comes_back_with_its_time_and_stands_still() {
    let mut page = Page::new();
    page.type_in(0, "SET k v EX 10");
    page.advance_ms(4000);
    page.type_in(0, "SET other x");
    page.advance_ms(8000);
    assert_eq!(page.type_in(0, "EXISTS k"), "(integer) 0");
    travel(&mut page, Some("SET other x"));
    assert_eq!(page.type_in(0, "TTL k"), "(integer) 6");
    page.advance_ms(60_000);
    assert_eq!(page.type_in(0, "TTL k"), "(integer) 6", "time stands still");
    assert_eq!((clock(&mut page).pace, clock(&mut page).ahead), (0, -68_000.0));
    assert_eq!(travel(&mut page, Some("time passed")), "Redone to before: time passed");
    assert_eq!(page.type_in(0, "PTTL k"), "(integer) 1");
    travel(&mut page, None);
    assert_eq!(page.type_in(0, "EXISTS k"), "(integer) 0");
    assert_eq!((clock(&mut page).pace, clock(&mut page).ahead), (1, -60_000.0));
}

#[test]
fn writing_in_the_past_makes_another_future() {
    let mut page = Page::new();
    page.type_in(0, "SET n 1\nINCR n\nINCR n");
    travel(&mut page, Some("INCR n"));
    assert_eq!(page.type_in(0, "GET n"), "\"1\"");
    assert_eq!(timeline(&mut page).steps.len(), 3, "who only reads changes nothing");
    let said = page.type_in(0, "INCRBY n 5");
    assert_eq!(said, "(integer) 6\nThe steps that were undone are dropped: the session goes on from here.");
    let view = timeline(&mut page);
    let labels: Vec<&str> = view.steps.iter().map(|step| step.label.as_str()).collect();
    assert_eq!((labels, view.at), (vec!["SET n 1", "INCRBY n 5"], 2));
    assert_eq!(view.steps[1].id, 3, "a number is never used again");
    page.advance_ms(1000);
    assert_eq!(clock(&mut page).pace, 1);
}

#[test]
fn undoing_is_kept_like_anything_that_is_done() {
    let mut page = Page::new();
    page.type_in(0, "SET k v\nSET k w\nSET gone x");
    travel(&mut page, Some("SET k w"));
    let (mut next, _) = Page::with(page.disk, Notes::default());
    next.ask(Ask::Open { terminal: 0 });
    assert_eq!(next.type_in(0, "MGET k gone"), "1) \"v\"\n2) (nil)");
}

#[test]
fn what_two_clients_and_another_page_did_is_one_timeline() {
    let mut page = Page::new();
    page.ask(Ask::Open { terminal: 1 });
    page.playground.enter(page.now, 1);
    page.ask_on(1, Ask::Open { terminal: 0 });
    page.type_in(1, "BLPOP jobs 0");
    page.type_in(0, "RPUSH jobs one two");
    page.ask_on(1, Ask::Submit { terminal: 0, text: "SET from elsewhere".into(), again: false });
    assert_eq!(timeline(&mut page).steps.len(), 3);
    travel(&mut page, Some("SET from elsewhere"));
    assert_eq!(page.type_in(0, "LRANGE jobs 0 -1\nEXISTS from"), "1) \"two\"\n(integer) 0");
    assert_eq!(travel(&mut page, Some("RPUSH jobs one two")), "Undone to before: RPUSH jobs one two");
    assert_eq!(page.type_in(0, "EXISTS jobs"), "(integer) 0");
}

#[test]
fn the_store_is_undone_although_it_wants_a_password() {
    let mut page = Page::new();
    page.type_in(0, "SET k v\nCONFIG SET requirepass secret\nAUTH secret\nSET k w");
    travel(&mut page, Some("SET k w"));
    assert_eq!(page.type_in(0, "GET k"), "\"v\"");
}

#[test]
fn what_can_not_be_undone_is_left_alone() {
    let mut page = Page::new();
    page.type_in(0, "SET k v\nSET k w\nSET k x");
    page.type_in(0, "CLIENT PAUSE 100000 WRITE");
    let said = travel(&mut page, Some("SET k w"));
    assert!(said.starts_with("The store can't be brought there now: "), "{said}");
    assert_eq!(page.type_in(0, "GET k"), "\"x\"");
    let view = timeline(&mut page);
    assert_eq!(view.at, view.steps.len());
    page.type_in(0, "CLIENT UNPAUSE");
    travel(&mut page, Some("SET k w"));
    assert_eq!(page.type_in(0, "GET k"), "\"v\"");
}

#[test]
fn there_is_no_way_back_beyond_what_replaced_everything() {
    let mut page = Page::new();
    page.type_in(0, "SET k v");
    let file = match page.ask(Ask::Export).pop() {
        Some(Tell::Exported { file }) => file,
        other => panic!("{other:?}"),
    };
    page.type_in(0, "SET other x");
    page.ask(Ask::Advance { ms: 1000.0 });
    travel(&mut page, Some("SET other x"));
    page.ask(Ask::Import { file });
    assert_eq!((timeline(&mut page).steps.len(), clock(&mut page).pace), (0, 1));
    page.type_in(0, "SET more x");
    page.ask(Ask::Advance { ms: 1000.0 });
    page.ask(Ask::Erase);
    assert_eq!((timeline(&mut page).steps.len(), clock(&mut page).ahead), (0, 0.0));
}

#[test]
fn what_is_too_long_ago_can_not_be_undone() {
    let mut page = Page::new();
    page.type_in(0, "SET k v");
    for _ in 0..200 {
        page.type_in(0, "INCR n");
    }
    assert_eq!(timeline(&mut page).steps.len(), 200);
    let tells = page.ask(Ask::Travel { to: Some(0), terminal: Some(0) });
    assert_eq!(printed(&entries(&tells)[0]), "That is too long ago: only the last steps can be undone.");
}

#[test]
fn what_is_too_much_can_not_be_undone() {
    let mut page = Page::new();
    page.type_in(0, "SETRANGE big 9000000 x\nSET k v");
    assert_eq!(timeline(&mut page).steps.len(), 2);
    page.type_in(0, "FLUSHALL");
    assert_eq!(timeline(&mut page).steps.len(), 0);
    page.type_in(0, "SET k w");
    travel(&mut page, Some("SET k w"));
    assert_eq!(page.type_in(0, "KEYS *"), "(empty array)");
}

#[test]
fn time_is_put_forward_sped_up_and_stopped() {
    let mut page = Page::new();
    page.ask(Ask::Open { terminal: 1 });
    page.type_in(0, "SET k v EX 3600\nSET short v EX 60");
    page.ask(Ask::Advance { ms: 1_800_000.0 });
    assert_eq!(page.type_in(0, "TTL k\nEXISTS short"), "(integer) 1800\n(integer) 0");
    assert_eq!(clock(&mut page).ahead, 1_800_000.0);

    page.type_in(1, "BLPOP nothing 20");
    page.ask(Ask::Pace { pace: 10 });
    let tells = page.advance_ms(2000);
    assert_eq!(entries(&tells).iter().map(printed).collect::<Vec<_>>(), ["(nil)"], "clients wait by it");
    assert_eq!(page.type_in(0, "TTL k"), "(integer) 1780");
    assert!(page.playground.wait_ms(page.now) <= 1000.0);
    page.ask(Ask::Pace { pace: 0 });
    page.advance_ms(100_000);
    assert_eq!(page.type_in(0, "TTL k"), "(integer) 1780");
    assert_eq!(page.playground.wait_ms(page.now), 1000.0);

    // Going back is undoing.
    travel(&mut page, Some("+30 min"));
    assert_eq!(page.type_in(0, "TTL k\nTTL short"), "(integer) 3600\n(integer) 60");
    page.ask(Ask::Pace { pace: 1 });
    assert_eq!(timeline(&mut page).steps.len(), 2, "what was undone is dropped when time goes on");
    page.advance_ms(1000);
    assert_eq!(page.type_in(0, "TTL k"), "(integer) 3599");
}

#[test]
fn the_clock_goes_on_where_it_was_after_a_reload() {
    let mut page = Page::new();
    page.ask(Ask::Advance { ms: 3_600_000.0 });
    page.type_in(0, "SET k v EX 100");
    let notes = page.playground.notes();
    let (mut next, _) = Page::with(page.disk, notes);
    next.ask(Ask::Open { terminal: 0 });
    assert_eq!(next.type_in(0, "TTL k"), "(integer) 100");
}

#[test]
fn the_key_browser_follows() {
    let mut page = Page::new();
    page.ask(crate::page::browse("*"));
    page.ask(Ask::Inspect { db: 0, key: Some(Bytes(b"k".to_vec())), from: 0 });
    page.type_in(0, "SET k v\nDEL k");
    let view = timeline(&mut page);
    let tells = page.ask(Ask::Travel { to: Some(view.steps[1].id), terminal: None });
    assert!(entries(&tells).is_empty(), "a slider that is drawn says nothing");
    assert!(tells.iter().any(|tell| matches!(tell, Tell::Keys { view } if view.rows.len() == 1)));
    assert!(tells.iter().any(|tell| matches!(tell, Tell::Value { view: Some(_) })));
    assert_eq!(travel(&mut page, Some("DEL k")), "The store is as it was before: DEL k", "it is let go");
}
