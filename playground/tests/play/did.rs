//! What a command did, as the page shows it.

use redstart_playground::view::{Ask, DidView};

use crate::page::{Page, entries};

/// What the last command of some lines did.
fn did(page: &mut Page, lines: &str) -> DidView {
    let tells = page.submit(0, lines);
    let last = entries(&tells).into_iter().rfind(|entry| !entry.text.is_empty()).expect("an entry");
    *last.did.expect("it tells what it did")
}

/// The keys, as `label done type/encoding → type/encoding`.
fn keys(did: &DidView) -> Vec<String> {
    let form = |form: Option<redstart_playground::view::FormView>| {
        form.map_or_else(|| String::from("–"), |form| format!("{}/{}", form.type_name, form.encoding))
    };
    did.keys
        .iter()
        .map(|key| format!("{} {} {} → {}", key.label, key.done, form(key.was), form(key.is)))
        .collect()
}

fn events(did: &DidView) -> Vec<String> {
    did.events.iter().map(|event| format!("{}{} {}", event.class, event.name, event.label)).collect()
}

#[test]
fn a_write_tells_what_it_changed_and_what_is_propagated() {
    let mut page = Page::new();
    let first = did(&mut page, "SET k v EX 10");
    assert_eq!((first.command.as_str(), first.complexity), ("SET", "O(1)"));
    assert_eq!(keys(&first), ["k created – → string/embstr"]);
    assert_eq!(first.propagated, ["SET k v PXAT 1700000010000"]);
    assert_eq!(events(&first), ["nnew k", "$set k", "gexpire k"]);
    assert_eq!(first.note, "");
    assert!(first.memory.1 > first.memory.0, "{first:?}");
    let is = first.keys[0].is.unwrap();
    assert_eq!((is.elements, is.expires_at), (1, Some(1_700_000_010_000.0)));

    let second = did(&mut page, "INCRBYFLOAT n 1.5\nSET k 12");
    assert_eq!(keys(&second), ["k written string/embstr → string/int"]);
    assert_eq!(second.keys[0].was.unwrap().expires_at, Some(1_700_000_010_000.0));
    assert_eq!(did(&mut page, "INCRBYFLOAT n 1.5").propagated, ["SET n 3 KEEPTTL"]);
    assert_eq!(keys(&did(&mut page, "GETDEL n")), ["n removed string/embstr → –"]);
}

#[test]
fn an_encoding_that_gives_way_is_told() {
    let mut page = Page::new();
    let members: Vec<String> = (0..129).map(|number| format!("m{number}")).collect();
    page.type_in(
        0,
        &format!(
            "ZADD z {}",
            members.iter().take(128).map(|member| format!("1 {member}")).collect::<Vec<_>>().join(" ")
        ),
    );
    let last = did(&mut page, "ZADD z 1 m128");
    assert_eq!(keys(&last), ["z written zset/listpack → zset/skiplist"]);
    assert_eq!(last.counts[0].count, 128);
    assert!(last.keys[0].is.unwrap().memory > last.keys[0].was.unwrap().memory);
}

#[test]
fn who_only_reads_propagates_nothing() {
    let mut page = Page::new();
    let read = did(&mut page, "SET a 1\nMGET a b");
    assert_eq!(keys(&read), ["a read string/int → string/int", "b not there – → –"]);
    assert_eq!(read.note, "It only reads: nothing is propagated.");
    assert!(read.propagated.is_empty());
    assert_eq!(did(&mut page, "SET a 2 NX").note, "It changed nothing: nothing is propagated.");
    assert_eq!(did(&mut page, "PING").note, "It is not about keys: nothing is propagated.");
    assert!(entries(&page.submit(0, "nosuch"))[0].did.is_none());
    assert!(entries(&page.submit(0, "help"))[0].did.is_none());
}

#[test]
fn a_transaction_and_a_script_tell_of_all_that_they_did() {
    let mut page = Page::new();
    let queued = did(&mut page, "MULTI\nINCR n");
    assert_eq!((queued.note, keys(&queued)), ("Queued: it runs with EXEC.", vec![]));
    let exec = did(&mut page, "GET k\nEXEC");
    assert_eq!(keys(&exec), ["n created – → string/int", "k not there – → –"]);
    assert_eq!(exec.propagated, ["INCR n"]);
    let script = did(&mut page, "EVAL \"redis.call('SET', 'x', '1') redis.call('DEL', KEYS[1])\" 1 n");
    assert_eq!(keys(&script), ["n removed string/int → –", "x created – → string/int"]);
    assert_eq!(script.propagated, ["MULTI", "SET x 1", "DEL n", "EXEC"]);
}

#[test]
fn whoever_is_served_by_it_is_part_of_it() {
    let mut page = Page::new();
    page.ask(Ask::Open { terminal: 1 });
    page.submit(1, "BLPOP jobs 0");
    let push = did(&mut page, "RPUSH jobs one");
    assert_eq!(push.propagated, ["RPUSH jobs one", "LPOP jobs"]);
    assert_eq!(keys(&push), ["jobs came and went – → –"]);
    let waits = did(&mut page, "BLPOP jobs 0");
    assert_eq!(waits.note, "It waits, and nothing is propagated until it is served.");
}

#[test]
fn much_is_told_in_short() {
    let mut page = Page::new();
    let many = did(&mut page, "30 INCR n");
    assert_eq!((many.propagated.len(), many.propagated[20].as_str()), (21, "… and 10 more"));
    let lines: String = (0..30).map(|number| format!("SET k{number} v\n")).collect();
    page.submit(0, &lines);
    let flush = did(&mut page, "FLUSHALL");
    assert_eq!((flush.keys.len(), flush.more), (20, 11));
    assert_eq!(flush.propagated, ["FLUSHALL"]);
    let long = did(&mut page, &format!("SET k {}", "x".repeat(1000)));
    assert!(long.propagated[0].ends_with("x… (1000 bytes)"), "{long:?}");
}
