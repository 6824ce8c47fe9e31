//! The key browser as somebody looks through it.

use redstart_playground::view::{
    Ask, Browse, Bytes, Content, Element, Item, KeyRow, KeysView, Row, Sort, Tell, ValueView,
};

use crate::page::{Page, browse, entries, entries_of, printed};

fn bytes(text: &str) -> Bytes {
    Bytes(text.into())
}

/// The list of keys that the page was told of last.
fn keys(tells: Vec<Tell>) -> KeysView {
    let view = tells.into_iter().rev().find_map(|tell| match tell {
        Tell::Keys { view } => Some(view),
        _ => None,
    });
    view.expect("the keys are told")
}

/// The value that the page was told of last.
fn value(tells: Vec<Tell>) -> ValueView {
    let view = tells.into_iter().rev().find_map(|tell| match tell {
        Tell::Value { view: Some(view) } => Some(view),
        _ => None,
    });
    view.expect("the inspected key is told")
}

fn inspect(key: &str, from: usize) -> Ask {
    Ask::Inspect { db: 0, key: Some(bytes(key)), from }
}

fn key_rows(view: &KeysView) -> Vec<&KeyRow> {
    view.rows.iter().filter_map(|row| if let Item::Key(key) = &row.item { Some(key) } else { None }).collect()
}

fn labels(view: &KeysView) -> Vec<&str> {
    key_rows(view).iter().map(|row| row.label.as_str()).collect()
}

/// The list as it is drawn: `+` and `-` before branches, their keys behind them.
fn drawn(view: &KeysView) -> Vec<String> {
    let draw = |row: &Row| {
        let indent = "  ".repeat(row.level - 1);
        match &row.item {
            Item::Branch(branch) => {
                let mark = if branch.open { '-' } else { '+' };
                format!("{indent}{mark} {} ({})", row.name, branch.keys)
            }
            Item::Key(_) => format!("{indent}{}", row.name),
        }
    };
    view.rows.iter().map(draw).collect()
}

fn tree() -> Browse {
    Browse { tree: true, limit: 100, ..Browse::default() }
}

#[test]
fn a_paste_shows_the_keys_once() {
    let mut page = Page::new();
    page.ask(browse("*"));
    let tells = page.submit(0, "SET a 1\nSET b 2\nSET c 3");
    assert_eq!(tells.iter().filter(|tell| matches!(tell, Tell::Keys { .. })).count(), 1);
    let view = keys(tells);
    assert_eq!(labels(&view), ["a", "b", "c"]);
    assert!(key_rows(&view).iter().all(|row| row.changed), "{view:?}");
    assert!(!keys(page.ask(browse("*"))).rows.is_empty());
    assert_eq!(key_rows(&keys(page.submit(0, "SET b 3"))).iter().filter(|row| row.changed).count(), 1);
}

#[test]
fn keys_disappear_on_time() {
    let mut page = Page::new();
    page.ask(browse("s*"));
    page.ask(inspect("short", 0));
    let shown = value(page.submit(0, "SET short x PX 1500"));
    assert_eq!(shown.content, Content::Text { value: bytes("x"), cut: false });
    // What was written is still to be made durable.
    assert!(page.playground.wait_ms(page.now) <= 100.0);
    page.advance_ms(1000);
    assert_eq!(page.playground.wait_ms(page.now), 500.0);
    let tells = page.advance_ms(500);
    assert!(tells.contains(&Tell::Value { view: None }));
    assert!(keys(tells).rows.is_empty());
}

#[test]
fn keys_stand_in_branches_by_the_parts_of_their_names() {
    let mut page = Page::new();
    page.ask(Ask::Browse(tree()));
    let view =
        keys(page.submit(0, "MSET user:1:name Ada user:1:mail a@b user:2:name Bob user: 1 city Zurich"));
    let all =
        ["- user: (4)", "  - 1: (2)", "    mail", "    name", "  - 2: (1)", "    name", "  \"\"", "city"];
    assert_eq!(drawn(&view), all, "a small database stands open");
    let places: Vec<_> = view.rows.iter().map(|row| (row.place, row.of)).collect();
    assert_eq!(places, [(1, 2), (1, 3), (1, 2), (2, 2), (2, 3), (1, 1), (3, 3), (2, 2)]);
    let closed = Browse { closed: vec![bytes("user:1:")], ..tree() };
    assert_eq!(drawn(&keys(page.ask(Ask::Browse(closed))))[1..3], ["  + 1: (2)", "  - 2: (1)"]);
    page.submit(0, "EVAL \"for i = 1, 100 do redis.call('SET', 'order:' .. i, 'paid') end\" 0");
    assert_eq!(drawn(&keys(page.ask(Ask::Browse(tree())))), ["+ order: (100)", "+ user: (4)", "city"]);
    let open = Browse { open: vec![bytes("order:")], limit: 5, ..tree() };
    let view = keys(page.ask(Ask::Browse(open)));
    assert_eq!(drawn(&view), ["- order: (100)", "  1", "  10", "  100", "  11"]);
    assert_eq!((view.total, view.more), (105, 98));
}

#[test]
fn a_branch_tells_its_memory_and_what_changed() {
    let mut page = Page::new();
    page.ask(Ask::Browse(Browse { closed: vec![bytes("a:"), bytes("b:")], ..tree() }));
    page.submit(0, "MSET a:1 x a:2 x b:1 x");
    let view = keys(page.submit(0, "APPEND a:1 longer"));
    let branch = |row: &Row| match &row.item {
        Item::Branch(branch) => Some((branch.label.clone(), branch.keys, branch.changed)),
        Item::Key(_) => None,
    };
    let branches: Vec<_> = view.rows.iter().filter_map(branch).collect();
    assert_eq!(branches, [("a:".into(), 2, true), ("b:".into(), 1, false)]);
    let memory = |key: &str, page: &mut Page| -> usize {
        page.type_in(0, &format!("MEMORY USAGE {key}"))
            .trim_start_matches("(integer) ")
            .parse()
            .expect("a number")
    };
    let sum = memory("a:1", &mut page) + memory("a:2", &mut page);
    assert!(matches!(&view.rows[0].item, Item::Branch(branch) if branch.memory == sum), "{view:?}, {sum}");
}

#[test]
fn a_name_of_a_million_colons_is_no_deeper_than_can_be_shown() {
    let mut page = Page::new();
    page.ask(Ask::Browse(tree()));
    let view = keys(page.submit(0, &format!("SET {} 1", ":".repeat(1_000_000))));
    assert_eq!((view.total, view.rows.len()), (1, 17));
}

#[test]
fn keys_are_filtered_by_pattern_and_type_and_counted_by_type() {
    let mut page = Page::new();
    page.submit(
        0,
        "MSET s:1 a s:2 b other c\nRPUSH s:l 1 2 3\nSADD s:s 1\nZADD s:z 1 a\nHSET s:h f v\nXADD s:x * f v",
    );
    let view = keys(page.ask(Ask::Browse(Browse { type_name: "string".into(), ..tree() })));
    assert_eq!((view.total, labels(&view)), (3, vec!["s:1", "s:2", "other"]));
    let view = keys(page.ask(browse("s:*")));
    let types: Vec<_> = view.types.iter().map(|of| (of.type_name, of.keys)).collect();
    assert_eq!(types, [("hash", 1), ("list", 1), ("set", 1), ("stream", 1), ("string", 2), ("zset", 1)]);
}

#[test]
fn keys_are_sorted_as_one_wants() {
    let mut page = Page::new();
    page.submit(
        0,
        "RPUSH list 1 2 3\nSET big 0123456789012345678901234567890123456789 EX 50\nSET soon 1 EX 5",
    );
    let mut sorted = |sort, reverse| {
        let view = keys(page.ask(Ask::Browse(Browse { sort, reverse, limit: 100, ..Browse::default() })));
        labels(&view).join(" ")
    };
    assert_eq!(sorted(Sort::Name, false), "big list soon");
    assert_eq!(sorted(Sort::Name, true), "soon list big");
    assert_eq!(sorted(Sort::Size, false), "big list soon");
    assert_eq!(sorted(Sort::Ttl, false), "soon big list");
    assert!(sorted(Sort::Memory, false).ends_with("soon"));
}

#[test]
fn the_list_of_many_keys_rests_between_two_views_and_the_value_does_not() {
    let mut page = Page::new();
    let pairs: String = (0..20_000).map(|number| format!(" key:{number} x")).collect();
    page.submit(0, &format!("MSET{pairs}"));
    page.ask(browse("*"));
    page.ask(inspect("new", 0));
    let tells = page.submit(0, "SET new 1");
    assert!(!tells.iter().any(|tell| matches!(tell, Tell::Keys { .. })));
    assert_eq!(value(tells).content, Content::Text { value: bytes("1"), cut: false });
    let wait = page.playground.wait_ms(page.now);
    assert!(wait <= 100.0, "{wait}");
    let view = keys(page.advance_ms(100));
    assert_eq!((view.total, view.rows.len(), view.more), (20_001, 100, 19_901));
}

fn page_of(view: ValueView) -> (usize, usize, Vec<Element>) {
    match view.content {
        Content::Elements { from, total, rows, .. } => (from, total, rows),
        Content::Text { .. } => panic!("a collection"),
    }
}

fn element(name: &str, words: &[&str]) -> Element {
    Element { name: bytes(name), words: words.iter().map(|word| bytes(word)).collect(), ..Element::default() }
}

#[test]
fn every_type_is_shown_as_its_elements() {
    let mut page = Page::new();
    page.submit(
        0,
        "RPUSH l one \"t w o\"\nSADD s b a\nZADD z 2.5 b 1 a\nHSET h f 1 e 2\nXADD x 1-1 a 1 b 2\nXADD x 2-0 c 3",
    );
    let mut rows = |key| page_of(value(page.ask(inspect(key, 0)))).2;
    assert_eq!(rows("l"), [element("0", &["one"]), element("1", &["t w o"])]);
    assert_eq!(rows("s"), [element("a", &[]), element("b", &[])]);
    assert_eq!(rows("z"), [element("a", &["1"]), element("b", &["2.5"])]);
    assert_eq!(rows("h"), [element("e", &["2"]), element("f", &["1"])]);
    assert_eq!(rows("x"), [element("2-0", &["c", "3"]), element("1-1", &["a", "1", "b", "2"])]);
}

#[test]
fn elements_come_a_hundred_at_a_time() {
    let mut page = Page::new();
    for line in [
        "EVAL \"for i = 1, 250 do redis.call('RPUSH', 'l', i) redis.call('ZADD', 'z', i, i) end\" 0",
        "EVAL \"for i = 1, 250 do redis.call('SADD', 's', 'm' .. i) redis.call('HSET', 'h', i, i) end\" 0",
        "EVAL \"for i = 1, 250 do redis.call('XADD', 'x', i, 'n', i) end\" 0",
    ] {
        page.submit(0, line);
    }
    let (members, pairs): (String, String) =
        (0..12_000).map(|i| (format!(" {i}"), format!(" {i} x"))).unzip();
    page.submit(0, &format!("SADD many{members}\nHSET wide{pairs}"));
    for key in ["l", "z", "s", "h", "x"] {
        let (from, total, rows) = page_of(value(page.ask(inspect(key, 200))));
        assert_eq!((from, total, rows.len()), (200, 250, 50), "{key}");
        let (from, _, rows) = page_of(value(page.ask(inspect(key, 9999))));
        assert_eq!((from, rows.len()), (200, 50), "{key}: no further than the last page");
    }
    for key in ["many", "wide"] {
        let (from, total, rows) = page_of(value(page.ask(inspect(key, 11_900))));
        assert_eq!((from, total, rows.len()), (11_900, 12_000, 100), "{key}");
    }
    assert_eq!(page_of(value(page.ask(inspect("l", 100)))).2[0], element("100", &["101"]));
}

#[test]
fn what_is_long_is_cut() {
    let mut page = Page::new();
    page.ask(inspect("s", 0));
    page.submit(0, "SETRANGE s 69999 x");
    assert!(
        matches!(value(page.ask(inspect("s", 0))).content, Content::Text { value, cut: true } if value.0.len() == 65_536)
    );
    page.submit(0, &format!("RPUSH l {} short", "y".repeat(10_000)));
    let (_, _, rows) = page_of(value(page.ask(inspect("l", 0))));
    assert_eq!(
        rows.iter().map(|row| (row.words[0].0.len(), row.cut)).collect::<Vec<_>>(),
        [(4096, true), (5, false)]
    );
}

#[test]
fn a_field_counts_down_and_goes() {
    let mut page = Page::new();
    page.ask(inspect("h", 0));
    page.submit(0, "HSET h b 22 a \"x y\"\nHPEXPIRE h 1500 FIELDS 1 a");
    let (_, _, rows) = page_of(value(page.ask(inspect("h", 0))));
    assert_eq!(rows[0].expires_at, Some(page.now.unix_ms() as f64 + 1500.0));
    page.advance_ms(1000);
    assert_eq!(page.playground.wait_ms(page.now), 500.0);
    let view = value(page.advance_ms(500));
    assert_eq!((view.row.encoding, view.row.size), ("listpackex", 1));
    assert_eq!(page_of(view), (0, 1, vec![element("b", &["22"])]));
}

#[test]
fn the_groups_of_a_stream_are_shown() {
    let mut page = Page::new();
    page.submit(0, "XADD x 1-1 a 1\nXADD x 2-1 a 1\nXADD x 3-1 a 1\nXGROUP CREATE x g 0\nXREADGROUP GROUP g ann COUNT 2 STREAMS x >");
    let Content::Elements { groups, .. } = value(page.ask(inspect("x", 0))).content else {
        panic!("a stream")
    };
    let [group] = &groups[..] else { panic!("one group: {groups:?}") };
    assert_eq!((group.label.as_str(), group.consumers, group.pending), ("g", 1, 2));
    assert_eq!((group.last_id.as_str(), group.lag), ("2-1", Some(1)));
}

#[test]
fn a_button_runs_a_command_that_is_not_in_the_history() {
    let mut page = Page::new();
    page.ask(Ask::Open { terminal: 10 });
    page.ask(inspect("cart:1", 0));
    page.submit(0, "HSET cart:1 pear 1");
    let tells = page.ask(Ask::Submit { terminal: 10, text: "HSET cart:1 apple 3".into(), again: false });
    assert_eq!(entries(&tells).iter().map(printed).collect::<Vec<_>>(), ["(integer) 1"]);
    assert_eq!(page_of(value(tells)).2, [element("apple", &["3"]), element("pear", &["1"])]);
    assert_eq!(page.playground.notes().history, ["HSET cart:1 pear 1"]);
}

#[test]
fn an_edit_is_a_step_that_can_be_undone_and_what_a_panel_runs_is_none() {
    let mut page = Page::new();
    page.ask(Ask::Open { terminal: 10 });
    page.ask(Ask::Open { terminal: 11 });
    page.ask(inspect("k", 0));
    let press = |terminal, text: &str| Ask::Submit { terminal, text: text.into(), again: false };
    page.ask(press(11, "MONITOR"));
    page.submit(0, "SET k v");
    let tells = page.ask(press(10, "SET k w"));
    assert!(entries_of(11, &tells).iter().any(|entry| printed(entry).ends_with("\"SET\" \"k\" \"w\"")));
    let [Tell::Session { script, transcript }] = &page.ask(Ask::Session)[..] else { panic!("a session") };
    assert_eq!(script, "> SET k v\nk> SET k w\n", "what was typed, and what a button did");
    assert!(!transcript.contains("\"SET\" \"k\""), "{transcript}");
    let step = |tells: &[Tell]| entries(tells).iter().find_map(|entry| entry.step);
    let undone = page.ask(Ask::Travel { to: step(&tells), terminal: None });
    assert_eq!(value(undone).content, Content::Text { value: bytes("v"), cut: false });
}

#[test]
fn it_is_told_how_a_key_is_used() {
    let mut page = Page::new();
    page.submit(0, "SET k v");
    page.advance_ms(12_000);
    let view = value(page.ask(inspect("k", 0)));
    assert_eq!((view.idle, view.frequency), (12, None));
    page.submit(0, "CONFIG SET maxmemory-policy allkeys-lfu\nSET k w");
    let view = value(page.ask(inspect("k", 0)));
    assert_eq!(
        format!("(integer) {}", view.frequency.expect("uses are counted")),
        page.type_in(0, "OBJECT FREQ k")
    );
}
