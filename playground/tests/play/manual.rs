//! The manual: every command has a page, and what examples do in the console stays among their own keys. That they are
//! answered as they say is tested beside the transcripts, on the real redis-server, too.

use std::fs;
use std::path::PathBuf;

use redstart_engine::glob;
use redstart_engine::split_args::split_args;
use redstart_playground::manual::{self, Article, Shown};
use redstart_playground::table;
use redstart_playground::view::{Ask, ManualView, Tell};

use crate::page::Page;

/// The manual's files: a family's name, and its text.
fn files() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("manual");
    let file = |entry: fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().trim_end_matches(".md").to_owned();
        (name, fs::read_to_string(entry.path()).expect("the manual can be read"))
    };
    let mut files: Vec<_> = fs::read_dir(folder).expect("there is a manual").flatten().map(file).collect();
    files.sort();
    files
}

/// All articles, each with its family.
fn articles() -> Vec<(String, Article)> {
    let read = |(family, text): (String, String)| {
        let articles = manual::read(&text).unwrap_or_else(|problem| panic!("{family}.md: {problem}"));
        articles.into_iter().map(move |article| (family.clone(), article)).collect::<Vec<_>>()
    };
    files().into_iter().flat_map(read).collect()
}

fn page(name: &str, text: Option<String>) -> (Option<ManualView>, Option<String>) {
    let tells = Page::new().ask(Ask::Manual { name: name.into(), text });
    match tells.as_slice() {
        [Tell::Manual { view, problem, .. }] => (view.clone(), problem.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_command_has_a_page() {
    let articles = articles();
    let commands: Vec<_> = table::all().filter(|command| command.own_name() != "help").collect();
    let missing: Vec<String> = commands
        .iter()
        .filter(|command| {
            let name = table::full_name(command);
            !articles.iter().any(|(family, article)| article.name == name && family == command.group.name())
        })
        .map(|command| table::full_name(command))
        .collect();
    assert!(missing.is_empty(), "the files of their families don't tell of {missing:?}");
    assert_eq!(articles.len(), commands.len(), "each command is told of once");
}

#[test]
fn pages_are_in_order() {
    for (family, text) in files() {
        let names: Vec<String> =
            manual::read(&text).expect("it can be read").into_iter().map(|article| article.name).collect();
        assert!(names.is_sorted(), "{family}.md: {names:?}");
    }
}

#[test]
fn pages_are_whole() {
    for (_, article) in articles() {
        let name = &article.name;
        let command = manual::command(name).expect("it is a command");
        let text = article.text.join(" ");
        let sentences = text.split(['.', ':', ';']).filter(|part| !part.trim().is_empty()).count();
        assert!((1..=14).contains(&sentences) && text.ends_with('.'), "{name}: {text}");
        assert!(text.split_whitespace().count() >= 10, "{name} says little: {text}");
        assert!(!article.related.is_empty(), "{name} leads nowhere");
        for related in &article.related {
            let other = manual::command(related).map(table::full_name);
            assert_eq!(other.as_ref(), Some(related), "{name} leads to {related}");
            assert_ne!(related, name);
        }
        let syntax = table::syntax(command.args);
        for (arg, text) in &article.args {
            let words =
                |text: &str| text.split(|letter: char| " []|".contains(letter)).any(|word| word == arg);
            assert!(words(&syntax), "{name} has no argument {arg}: {syntax}");
            assert!(text.ends_with('.'), "{name}, {arg}: {text}");
        }
        let is_shown = |line: &Shown| {
            let Shown::Typed { text, .. } = line else { return false };
            text.starts_with(name.as_str())
        };
        assert!(article.example.iter().any(is_shown), "the example of {name} doesn't call it");
    }
}

#[test]
fn examples_stay_among_their_own_keys() {
    for (_, article) in articles().iter().filter(|(_, article)| article.runs) {
        let mut page = Page::new();
        page.type_in(0, "SET mine 1");
        let before = state(&mut page);
        (1..4).for_each(|terminal| drop(page.ask(Ask::Open { terminal })));
        let first = run(&mut page, article);
        assert_eq!(state(&mut page), before, "{} changes more than its keys", article.name);
        assert!(!first.contains("(error) ERR unknown command"), "{}: {first}", article.name);
        // It can be run again, and goes the same way.
        let again = run(&mut page, article);
        let fails = |text: &str| text.matches("(error)").count();
        assert_eq!(fails(&first), fails(&again), "{}:\n{first}\nand then\n{again}", article.name);
    }
}

/// Does what the page does when somebody runs an example.
fn run(page: &mut Page, article: &Article) -> String {
    page.ask(Ask::Example);
    let mut printed = Vec::new();
    for line in &article.example {
        let Shown::Typed { terminal, text } = line else { continue };
        assert!(split_args(text.as_bytes()).is_some() && *terminal < 4, "{}: {text}", article.name);
        printed.push(page.type_in(*terminal, text));
        // Some wait for a moment.
        page.advance_ms(50);
    }
    printed.join("\n")
}

/// What examples must leave as it is: other keys, the configuration, functions.
fn state(page: &mut Page) -> String {
    let keys = page.playground.keyspace().databases().iter().enumerate().flat_map(|(db, database)| {
        database.iter().map(move |entry| format!("{db} {}", String::from_utf8_lossy(entry.key)))
    });
    let others: Vec<String> =
        keys.filter(|key| !glob::matches(b"* example:*", key.as_bytes(), false)).collect();
    let rest = [page.type_in(0, "CONFIG GET *"), page.type_in(0, "FUNCTION LIST WITHCODE")];
    format!("{others:?} {}", rest.join(" "))
}

#[test]
fn a_page_shows_what_the_table_knows_and_what_the_file_tells() {
    let (view, problem) = page("getex", None);
    let view = view.expect("there is such a command");
    assert_eq!((view.brief.name.as_str(), view.group, view.since), ("GETEX", "string", "6.2.0"));
    assert!(view.brief.syntax.starts_with("key [EX seconds") && view.article.is_none() && problem.is_none());
    let file = files().into_iter().find(|(family, _)| family == view.group).map(|(_, text)| text);
    let (view, _) = page("GETEX", file);
    let article = view.and_then(|view| view.article).expect("the file tells of it");
    assert!(article.runs && !article.text.is_empty() && !article.related.is_empty());
    assert_eq!(article.example[1], Shown::Answer { text: "OK".into() });
}

#[test]
fn a_container_shows_what_it_holds_and_stands_for_its_help() {
    let (view, _) = page("CONFIG HELP", None);
    let view = view.expect("help is on the container's page");
    assert_eq!(view.brief.name, "CONFIG");
    let names: Vec<&str> = view.subcommands.iter().map(|sub| sub.name.as_str()).collect();
    assert_eq!(names, ["CONFIG GET", "CONFIG RESETSTAT", "CONFIG REWRITE", "CONFIG SET"]);
}

#[test]
fn what_is_no_command_has_no_page() {
    assert_eq!(page("NOSUCH", None), (None, None));
    let (view, problem) = page("GET", Some("<!doctype html>".into()));
    assert!(view.is_some_and(|view| view.article.is_none()));
    assert_eq!(
        problem.as_deref(),
        Some("The rest of this page can't be read: line 1: a lesson begins with its title.")
    );
}

#[test]
fn help_and_typing_lead_to_pages() {
    let mut page = Page::new();
    let led = |page: &mut Page, line: &str| crate::page::entries(&page.submit(0, line))[0].page.clone();
    assert_eq!(led(&mut page, "help getex").as_deref(), Some("GETEX"));
    assert_eq!(led(&mut page, "help config set").as_deref(), Some("CONFIG SET"));
    assert_eq!(led(&mut page, "help @string").as_deref(), Some(""));
    assert_eq!(led(&mut page, "help").as_deref(), Some(""));
    assert_eq!(led(&mut page, "help nosuch"), None);
    assert_eq!(led(&mut page, "PING"), None);
    let tells = page.ask(Ask::Edit { terminal: 0, text: "config set max".into(), cursor: 14 });
    assert!(
        matches!(&tells[..], [Tell::Assist { assist, .. }] if assist.command == "CONFIG SET"),
        "{tells:?}"
    );
}

#[test]
fn all_commands_are_listed_by_family() {
    let tells = Page::new().ask(Ask::Commands);
    let [Tell::Commands { groups }] = tells.as_slice() else { panic!("{tells:?}") };
    let listed: usize = groups.iter().map(|group| group.commands.len()).sum();
    assert_eq!(listed, table::count());
    assert!(groups.is_sorted_by_key(|group| group.name));
}
