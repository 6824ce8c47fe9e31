//! A session that is passed on and replayed.

use redstart_playground::view::{Ask, OfferView, Tell};

use crate::page::{Page, entries, entries_of, printed};
use crate::timeline::stored;

/// The client of buttons, and that of a panel.
const HAND: u32 = 10;
const PANEL: u32 = 11;

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
fn what_buttons_do_is_part_of_it() {
    let mut page = Page::new();
    page.ask(Ask::Open { terminal: HAND });
    page.ask(Ask::Open { terminal: PANEL });
    page.type_in(PANEL, "MONITOR");
    page.type_in(0, "SET k v");
    page.type_in(HAND, "SET k \"a> b\"\nEXPIRE k 60\nSELECT 3\nHSET cart apple 3");
    page.type_in(0, "GET k");
    page.type_in(HAND, "DEL nothing\nSELECT 0\nRPUSH l x");
    let (script, transcript) = session(&mut page);
    assert_eq!(
        script,
        "> SET k v\nk> SET k \"a> b\"\nk> EXPIRE k 60\nk> SELECT 3\nk> HSET cart apple 3\n> GET k\n\
         k> SELECT 0\nk> RPUSH l x\n"
    );
    assert_eq!(
        transcript,
        "# A session in the playground.\n# k> is what buttons of the key browser did.\n> SET k v\nOK\n\
         k> SET k \"a> b\"\nOK\nk> EXPIRE k 60\n(integer) 1\nk> SELECT 3\nOK\nk> HSET cart apple 3\n(integer) 1\n\
         > GET k\n\"a> b\"\nk> SELECT 0\nOK\nk> RPUSH l x\n(integer) 1\n"
    );

    // Whoever opens it may never have pressed a button: the first terminal says what is done.
    let mut other = Page::new();
    let view = offer(&mut other, &script).unwrap();
    assert_eq!((view.commands, view.terminals, view.buttons, view.fresh), (8, vec![0], true, None));
    replay(&mut other, false);
    assert_eq!(stored(&other), stored(&page));
    assert_eq!(session(&mut other).0, script, "and may be passed on again");
    assert_eq!(other.type_in(0, "CLIENT LIST").lines().count(), 2, "buttons have a client of their own");
}

#[test]
fn what_a_button_did_is_said_when_it_is_replayed() {
    let mut page = Page::new();
    page.type_in(0, "SET mine x");
    let view = offer(&mut page, "k> SET mine other\n> GET mine\n").unwrap();
    assert_eq!((view.terminals, view.buttons, view.fresh), (vec![0], true, Some(15)));
    page.ask(Ask::Replay { fresh: true });
    let tells = page.ask(Ask::Play);
    let said = entries_of(0, &tells);
    assert_eq!(said.iter().map(printed).collect::<Vec<_>>(), ["k> SET mine other"]);
    assert_eq!(entries_of(HAND, &tells)[0].text, "SET mine other");
    assert_eq!(entries(&page.ask(Ask::Play)).iter().map(printed).collect::<Vec<_>>(), ["\"other\""]);
    assert_eq!(page.type_in(0, "SELECT 0\nGET mine"), "OK\n\"x\"", "what was there is not touched");
    assert_eq!(session(&mut page).0.lines().nth(1), Some("k> SELECT 15"), "it stays where it was");
}

#[test]
fn every_line_is_replayed_in_the_database_where_it_ran() {
    let mut page = Page::new();
    page.ask(Ask::Open { terminal: HAND });
    let tells = page.submit(0, "SELECT 3\nSET typed 1");
    let step = entries(&tells)[0].step;
    page.type_in(HAND, "SELECT 5\nSET pressed 1");
    // What is undone leaves clients in the databases that they chose.
    page.ask(Ask::Travel { to: step, terminal: None });
    page.type_in(HAND, "SET pressed 2");
    page.type_in(0, "SET typed 2\nMULTI\nSELECT 4\nSET there 1\nEXEC\nSET there 2");
    page.ask(Ask::Open { terminal: 0 });
    page.type_in(0, "SET here 1");
    let (script, _) = session(&mut page);
    assert_eq!(
        script,
        "k> SELECT 5\nk> SET pressed 2\n> SELECT 3\n> SET typed 2\n> MULTI\n> SELECT 4\n> SET there 1\n> EXEC\n\
         > SET there 2\n> SELECT 0\n> SET here 1\n"
    );
    let mut other = Page::new();
    offer(&mut other, &script).unwrap();
    replay(&mut other, false);
    assert_eq!(stored(&other), stored(&page));
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
