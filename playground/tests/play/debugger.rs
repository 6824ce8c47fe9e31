//! A script in the debugger, as somebody at the console sees it.

use crate::page::{Page, printed};
use redstart_playground::view::{Ask, DebugView, Tell};

const SCRIPT: &str = "EVAL \"local n = redis.call('INCR', KEYS[1])\\nreturn n\" 1 visits";

/// What the page is told of the script that is debugged.
fn told(tells: &[Tell]) -> Vec<Option<&DebugView>> {
    let mut views = Vec::new();
    for tell in tells {
        if let Tell::Debug { view, .. } = tell {
            views.push(view.as_ref());
        }
    }
    views
}

#[test]
fn a_script_is_shown_as_it_stands_and_what_it_did_is_undone() {
    let mut page = Page::new();
    page.type_in(0, "SET visits 1");
    assert_eq!(page.type_in(0, "SCRIPT DEBUG YES"), "OK");
    let tells = page.submit(0, SCRIPT);
    let [Some(view)] = told(&tells)[..] else { panic!("one view: {tells:?}") };
    assert_eq!((view.source.len(), view.line), (2, 1));
    let prompt = String::from("lua debugger> ");
    assert_eq!(tells.last(), Some(&Tell::Prompt { terminal: 0, prompt, resp3: false, answers: true }));

    let tells = page.submit(0, "step");
    let [Some(view)] = told(&tells)[..] else { panic!("one view: {tells:?}") };
    assert_eq!((view.line, view.locals[0].name.as_str(), view.locals[0].value.as_str()), (2, "n", "2"));
    assert_eq!((view.calls[0].command.as_str(), view.calls[0].reply.as_str()), ("INCR visits", "2"));
    assert_eq!(page.type_in(0, "e 'a  b' .. #KEYS"), "<retval> \"a  b1\"");

    let tells = page.submit(0, "continue");
    let shown: Vec<String> = crate::page::entries(&tells).iter().map(printed).collect();
    assert_eq!(shown[0], "<endsession>\n(integer) 2");
    assert_eq!(shown[1], "The script is done, and the debugger with it. This is a new connection.");
    assert_eq!(told(&tells), [None]);
    assert_eq!(page.type_in(0, "GET visits"), "\"1\"");
}

#[test]
fn others_are_served_meanwhile_but_not_while_the_store_itself_is_debugged() {
    let mut page = Page::new();
    page.ask(Ask::Open { terminal: 1 });
    page.type_in(0, "SCRIPT DEBUG YES");
    page.submit(0, SCRIPT);
    assert_eq!(page.type_in(1, "INCR visits"), "(integer) 1");
    page.submit(0, "abort");
    page.type_in(0, "SCRIPT DEBUG SYNC");
    page.submit(0, SCRIPT);
    assert_eq!(page.type_in(1, "GET visits"), "", "it waits");
    let tells = page.submit(0, "continue");
    let late = crate::page::entries(&tells).iter().map(printed).find(|line| line.contains("\"2\""));
    assert!(late.is_some(), "{tells:?}");
}

#[test]
fn a_client_that_goes_takes_its_session_along() {
    let mut page = Page::new();
    page.type_in(0, "SCRIPT DEBUG SYNC");
    page.submit(0, SCRIPT);
    page.submit(0, "quit");
    page.ask(Ask::Open { terminal: 1 });
    page.advance_ms(1);
    assert_eq!(page.type_in(1, "GET visits"), "\"1\"", "the script ran to its end");
}

#[test]
fn a_line_of_the_script_stands_below_its_error() {
    let mut page = Page::new();
    let shown = page.type_in(0, "EVAL \"local a = 1\\n  return a.b.c\" 0");
    assert!(shown.ends_with("\nline 2:  return a.b.c"), "{shown}");
    let shown = page.type_in(0, "SCRIPT LOAD \"local a = 1\\nlocal b =\\nlocal c\"");
    assert!(shown.ends_with("\nline 3:  local c"), "{shown}");
}
