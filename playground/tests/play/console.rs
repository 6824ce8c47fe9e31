//! A terminal as somebody at it sees it.

use crate::page::{Page, entries, lesson};
use redstart_playground::view::{Ask, Bytes, Tell, Tone};

#[test]
fn a_command_is_answered() {
    let mut page = Page::new();
    let tells = page.submit(0, "SET k \"a b\"");
    let [entry] = &entries(&tells)[..] else { panic!("one entry: {tells:?}") };
    assert_eq!((entry.prompt.as_str(), entry.text.as_str()), ("127.0.0.1:6379> ", "SET k \"a b\""));
    assert_eq!((entry.lines[0].text.as_str(), entry.lines[0].tone), ("OK", Tone::Status));
    assert_eq!(entry.request, Bytes(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\na b\r\n".to_vec()));
    assert_eq!(entry.reply, Bytes(b"+OK\r\n".to_vec()));
    assert!(matches!(tells.last(), Some(Tell::Prompt { .. })));
    assert_eq!(page.type_in(0, "get k"), "\"a b\"");
    assert_eq!(page.type_in(0, "get nokey"), "(nil)");
    let line = &entries(&page.submit(0, "nosuch a"))[0].lines[0];
    assert_eq!(line.text, "(error) ERR unknown command 'nosuch', with args beginning with: 'a' ");
    assert_eq!(line.tone, Tone::Error);
}

#[test]
fn a_paste_runs_line_by_line() {
    let mut page = Page::new();
    let tells = page.submit(0, "SET n 1\r\n\n  INCR n\nget \"n\n3 INCR n");
    let printed: Vec<String> = entries(&tells).iter().map(crate::page::printed).collect();
    assert_eq!(
        printed,
        ["OK", "(integer) 2", "Invalid argument(s)", "(integer) 3\n(integer) 4\n(integer) 5"]
    );
    assert_eq!(tells.iter().filter(|tell| matches!(tell, Tell::Prompt { .. })).count(), 1);
    assert_eq!(page.playground.notes().history, ["SET n 1", "INCR n", "get \"n", "3 INCR n"]);
}

#[test]
fn quitting_ends_the_connection_and_the_next_line_makes_another() {
    let mut page = Page::new();
    let first = page.type_in(0, "CLIENT ID");
    page.type_in(0, "SELECT 3");
    let tells = page.submit(0, "quit");
    assert!(tells.contains(&Tell::Closed { terminal: 0 }));
    let prompt = String::from("not connected> ");
    assert_eq!(tells.last(), Some(&Tell::Prompt { terminal: 0, prompt, resp3: false, answers: true }));
    let tells = page.submit(0, "CLIENT ID");
    assert_eq!(entries(&tells)[0].prompt, "not connected> ");
    assert_ne!(crate::page::printed(&entries(&tells)[0]), first);
    let prompt = String::from("127.0.0.1:6379[3]> ");
    assert_eq!(tells.last(), Some(&Tell::Prompt { terminal: 0, prompt, resp3: false, answers: true }));
}

#[test]
fn a_client_that_is_killed_is_told() {
    let mut page = Page::new();
    page.ask(Ask::Open { terminal: 1 });
    page.type_in(1, "CLIENT SETNAME victim");
    let id = page.type_in(1, "CLIENT ID").replace("(integer) ", "");
    let tells = page.submit(0, &format!("CLIENT KILL ID {id}"));
    assert!(tells.contains(&Tell::Closed { terminal: 1 }), "{tells:?}");
    assert_eq!(page.type_in(1, "PING"), "PONG");
}

#[test]
fn a_server_that_is_shut_down_is_back_at_once_with_its_data() {
    let mut page = Page::new();
    page.ask(Ask::Open { terminal: 1 });
    page.type_in(0, "SET k v");
    let tells = page.submit(0, "SHUTDOWN");
    assert!(entries(&tells)[0].lines.is_empty(), "{tells:?}");
    assert!((0..2).all(|terminal| tells.contains(&Tell::Closed { terminal })), "{tells:?}");
    assert_eq!(page.type_in(1, "GET k"), "\"v\"");
}

#[test]
fn both_protocols_are_spoken() {
    let mut page = Page::new();
    let tells = page.ask(Ask::Resp3 { terminal: 0, on: true });
    assert!(matches!(tells[..], [Tell::Prompt { resp3: true, .. }]));
    assert!(page.type_in(0, "CONFIG GET maxclients").starts_with("1# \"maxclients\" => \""));
    page.type_in(0, "HELLO 2");
    assert!(page.type_in(0, "CONFIG GET maxclients").starts_with("1) \"maxclients\"\n2) \""));
    assert!(page.type_in(0, "CLIENT LIST").starts_with("id="));
}

#[test]
fn help_and_clear_stay_here() {
    let mut page = Page::new();
    let entry = &entries(&page.submit(0, "help GET"))[0];
    assert!(crate::page::printed(entry).contains("GET key"));
    assert!(entry.request.0.is_empty() && entry.reply.0.is_empty());
    assert!(page.submit(0, "clear").contains(&Tell::Clear { terminal: 0 }));
}

#[test]
fn typing_is_assisted() {
    let mut page = Page::new();
    page.type_in(0, "SET user:1 x");
    let mut assist =
        |text: &str, cursor: usize| match &page.ask(Ask::Edit { terminal: 0, text: text.into(), cursor })[..]
        {
            [Tell::Assist { assist, .. }] => assist.clone(),
            other => panic!("{other:?}"),
        };
    let help = assist("getr", 4);
    assert_eq!((help.start, help.completions[0].text.as_str()), (0, "getrange"));
    let help = assist("GET ", 4);
    assert_eq!((help.hint.as_str(), help.completions[0].text.as_str()), ("key", "user:1"));
    assert!(!help.summary.is_empty());
    let help = assist("SET é𝄞 v K", 11);
    assert_eq!((help.start, help.completions[0].text.as_str()), (10, "KEEPTTL"));
    assert_eq!(assist("GET k", 2).hint, "");
    assert_eq!(assist("GET k", 99).start, 4);
}

#[test]
fn everything_can_be_forgotten() {
    let mut page = Page::new();
    page.ask(lesson(1));
    page.type_in(0, "ECHO hi\nSET k v");
    page.ask(Ask::Erase);
    assert_eq!(page.type_in(0, "DBSIZE"), "(integer) 0");
    assert_eq!(page.playground.notes().history, ["DBSIZE"]);
}
