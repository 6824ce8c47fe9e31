//! A session that is passed on and replayed.

use redstart_playground::view::{Ask, OfferView, Tell};

use crate::page::{Page, entries, printed};

fn session(page: &mut Page) -> (String, String) {
    match page.ask(Ask::Session).pop() {
        Some(Tell::Session { script, transcript }) => (script, transcript),
        other => panic!("{other:?}"),
    }
}

fn offer(page: &mut Page, text: &str) -> Result<OfferView, String> {
    match page.ask(Ask::Offer { text: text.into() }).pop() {
        Some(Tell::Offer { view: Some(view), problem: None }) => Ok(view),
        Some(Tell::Offer { view: None, problem: Some(problem) }) => Err(problem),
        other => panic!("{other:?}"),
    }
}

/// Replays what was offered; gives what is printed.
fn replay(page: &mut Page, fresh: bool) -> Vec<String> {
    let mut printed_lines = Vec::new();
    let mut tells = page.ask(Ask::Replay { fresh });
    loop {
        let played = tells.iter().find_map(|tell| match tell {
            Tell::Played { done, total } => Some((*done, *total)),
            _ => None,
        });
        printed_lines.extend(entries(&tells).iter().filter(|entry| !entry.text.is_empty()).map(printed));
        let (done, total) = played.unwrap_or_else(|| panic!("{tells:?}"));
        if done == total {
            return printed_lines;
        }
        tells = page.ask(Ask::Play);
    }
}

#[test]
fn a_session_is_the_same_again_elsewhere() {
    let mut page = Page::new();
    page.ask(Ask::Open { terminal: 1 });
    page.type_in(0, "SET k v EX 10");
    page.type_in(1, "BLPOP jobs 0");
    page.type_in(0, "RPUSH jobs one");
    page.advance_ms(11_000);
    page.type_in(0, "GET k");
    page.ask(Ask::Advance { ms: 3_600_000.0 });
    page.type_in(0, "AUTH secret\nhelp\n2 INCR n\nCONFIG GET save");
    let (script, transcript) = session(&mut page);
    let typed = "> SET k v EX 10\nb> BLPOP jobs 0\n> RPUSH jobs one\n@advance 11s\n> GET k\n@advance 3600s\n> 2 INCR n\n> CONFIG GET save\n";
    assert_eq!(script, typed);
    assert_eq!(
        transcript,
        "# A session in the playground.\n> SET k v EX 10\nOK\nb> BLPOP jobs 0\n> RPUSH jobs one\n(integer) 1\n\
         b: 1) \"jobs\"\n   2) \"one\"\n@advance 11s\n> GET k\n(nil)\n@advance 3600s\n\
         > INCR n\n(integer) 1\n> INCR n\n(integer) 2\n> CONFIG GET save\n1) \"save\"\n2) \"\"\n"
    );

    let mut other = Page::new();
    other.ask(Ask::Open { terminal: 1 });
    let view = offer(&mut other, &script).unwrap();
    assert_eq!((view.commands, view.keys, view.lines.len(), view.terminals), (6, 0, 8, vec![0, 1]));
    let answers = ["OK", "", "(integer) 1", "(nil)", "(integer) 1\n(integer) 2", "1) \"save\"\n2) \"\""];
    assert_eq!(replay(&mut other, false), answers);
    assert_eq!(session(&mut other).0, script, "and may be passed on again");
}

#[test]
fn undone_steps_are_no_part_of_it() {
    let mut page = Page::new();
    let tells = page.submit(0, "SET a 1\nSET b 2");
    let step = entries(&tells)[1].step;
    page.ask(Ask::Travel { to: step, terminal: None });
    assert_eq!(session(&mut page).0, "> SET a 1\n");
}

#[test]
fn nothing_is_replayed_over_what_is_there() {
    let mut page = Page::new();
    page.type_in(0, "SET mine x");
    let view = offer(&mut page, "> SET mine other\n> DBSIZE\n").unwrap();
    assert_eq!((view.keys, view.fresh), (1, Some(15)));
    assert_eq!(replay(&mut page, false), Vec::<String>::new(), "not over it");
    offer(&mut page, "> SET mine other\n> DBSIZE\n").unwrap();
    assert_eq!(replay(&mut page, true), ["OK", "(integer) 1"]);
    assert_eq!(page.type_in(0, "GET mine\nSELECT 0\nGET mine"), "\"other\"\nOK\n\"x\"");
    for line in ["FLUSHALL", "SELECT 0", "EVAL \"redis.call('FLUSHALL')\" 0", "connect"] {
        assert_eq!(offer(&mut page, &format!("> {line}\n")).unwrap().fresh, None, "{line} would reach it");
    }
    assert_eq!(replay(&mut page, true), Vec::<String>::new());
}

#[test]
fn what_is_no_session_is_told() {
    let mut page = Page::new();
    let error = offer(&mut page, "<script>").unwrap_err();
    assert_eq!(error, "this is no line of it: <script>");
    assert_eq!(replay(&mut page, false), Vec::<String>::new());
}
