//! Tab: how the word at the cursor may go on.
//!
//! The first word is a command, the second may be a subcommand; then come the literal words of the grammar that are
//! not used yet, and the names of keys where a key belongs. `help` is followed by commands and groups.

use redstart_engine::argv::Argv;
use redstart_engine::command::{Arg, ArgKind, Command};
use redstart_engine::config;

use crate::view::Completion;
use crate::{help, table};

/// The most completions that are offered.
const MAX: usize = 50;

/// How the word that ends at the cursor may go on: where it begins in `before`, in bytes, and the completions.
/// `keys` gives the names of keys that begin with a text.
#[must_use]
pub fn complete(before: &str, keys: impl Fn(&str) -> Vec<String>) -> (usize, Vec<Completion>) {
    if let Some((start, topic)) = help_topic(before) {
        return (start, topics(topic));
    }
    let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let word = before.get(start..).unwrap_or_default();
    let typed: Vec<&str> = before.get(..start).unwrap_or_default().split_whitespace().collect();
    if before.contains(['"', '\'']) {
        return (start, Vec::new());
    }
    let mut found = match typed.split_first() {
        None => names(word),
        Some((first, rest)) => after_command(first, rest, word, keys),
    };
    found.truncate(MAX);
    (start, found)
}

/// The text after `help` and where it begins.
fn help_topic(before: &str) -> Option<(usize, &str)> {
    let (first, topic) = before.split_once(' ')?;
    let is_help = first.eq_ignore_ascii_case("help") || first == "?";
    is_help.then(|| (before.len() - topic.len(), topic))
}

fn topics(typed: &str) -> Vec<Completion> {
    let groups = help::groups().into_iter().map(|group| Completion { text: group, summary: String::new() });
    let commands = table::all().map(|command| Completion {
        text: table::full_name(command),
        summary: String::from(command.summary),
    });
    let mut found: Vec<Completion> =
        groups.chain(commands).filter(|topic| begins(&topic.text, typed)).collect();
    found.truncate(MAX);
    found
}

fn names(word: &str) -> Vec<Completion> {
    if word.is_empty() {
        return Vec::new();
    }
    let is_lower = is_lower(word, word);
    let is_meant = |command: &&Command| !command.name.contains('|') && begins(command.name, word);
    table::all().filter(is_meant).map(|command| offer(command.name, is_lower, command.summary)).collect()
}

fn after_command(
    first: &str,
    rest: &[&str],
    word: &str,
    keys: impl Fn(&str) -> Vec<String>,
) -> Vec<Completion> {
    let is_lower = is_lower(word, first);
    let words: Vec<Vec<u8>> =
        std::iter::once(&first).chain(rest).map(|word| word.as_bytes().to_vec()).collect();
    let Some((command, named)) = table::find(&words) else { return Vec::new() };
    if named == 1 && !command.subcommands.is_empty() {
        let subs = command.subcommands.iter().filter(|sub| rest.is_empty() && begins(sub.own_name(), word));
        return subs.map(|sub| offer(sub.own_name(), is_lower, sub.summary)).collect();
    }
    let args: Vec<&str> = rest.iter().skip(named - 1).copied().collect();
    if let Some(names) = directives(command, args.len(), word) {
        return names;
    }
    if wants_key(command, &words, word) {
        let key = |text| Completion { text, summary: String::from("a key") };
        return keys(word).into_iter().map(key).collect();
    }
    tokens(command, &args)
        .into_iter()
        .filter(|(token, _)| begins(token, word))
        .map(|(token, arg)| offer(token, is_lower, &table::syntax(&[Arg { optional: false, ..*arg }])))
        .collect()
}

/// The names of directives, where CONFIG GET and CONFIG SET want one.
fn directives(command: &Command, args: usize, word: &str) -> Option<Vec<Completion>> {
    if !(command.name == "config|get" || command.name == "config|set" && args.is_multiple_of(2)) {
        return None;
    }
    let names = config::TABLE.iter().filter(|row| !row.hidden && begins(row.name, word));
    Some(names.map(|row| offer(row.name, true, "")).collect())
}

/// Whether a key belongs where the word is.
fn wants_key(command: &Command, words: &[Vec<u8>], word: &str) -> bool {
    let argv: Argv = words.iter().map(Vec::as_slice).chain([word.as_bytes()]).collect();
    command.keys.iter().any(|spec| spec.positions(argv.args()).any(|index| index == words.len()))
}

/// The literal words that may come after these arguments.
fn tokens(command: &'static Command, args: &[&str]) -> Vec<(&'static str, &'static Arg)> {
    if args.len() < positional(command.args) || takes_value(command.args, args.last().copied()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    unused(command.args, args, &mut found);
    found
}

/// How many words come before the first that may be left out, repeated or chosen.
fn positional(args: &[Arg]) -> usize {
    let is_plain =
        |arg: &&Arg| !arg.optional && !arg.multiple && arg.token.is_none() && arg.kind != ArgKind::OneOf;
    let len = |arg: &Arg| if arg.kind == ArgKind::Block { positional(arg.args) } else { 1 };
    args.iter().take_while(is_plain).map(len).sum()
}

/// Whether the last word is a literal one that a value follows.
fn takes_value(args: &[Arg], last: Option<&str>) -> bool {
    let Some(last) = last else { return false };
    args.iter().any(|arg| {
        let is_it = arg.token.is_some_and(|token| token.eq_ignore_ascii_case(last));
        (is_it && arg.kind != ArgKind::Token) || takes_value(arg.args, Some(last))
    })
}

/// Collects literal words that are not used yet; of a choice, none once one is.
fn unused(args: &'static [Arg], typed: &[&str], found: &mut Vec<(&'static str, &'static Arg)>) {
    for arg in args {
        match arg.token {
            Some(token) if arg.multiple || !is_typed(token, typed) => found.push((token, arg)),
            Some(_) => {}
            None if arg.kind == ArgKind::OneOf && arg.args.iter().any(|arg| is_used(arg, typed)) => {}
            None => unused(arg.args, typed, found),
        }
    }
}

fn is_used(arg: &Arg, typed: &[&str]) -> bool {
    arg.token.is_some_and(|token| is_typed(token, typed)) || arg.args.iter().any(|arg| is_used(arg, typed))
}

fn is_typed(token: &str, typed: &[&str]) -> bool {
    typed.iter().any(|word| word.eq_ignore_ascii_case(token))
}

/// People who type in lower case get lower case.
fn is_lower(word: &str, first: &str) -> bool {
    let judged = if word.is_empty() { first } else { word };
    judged.chars().any(|letter| letter.is_ascii_lowercase())
}

fn begins(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(start))
}

fn offer(text: &str, is_lower: bool, summary: &str) -> Completion {
    let text = if is_lower { text.to_ascii_lowercase() } else { text.to_ascii_uppercase() };
    Completion { text, summary: String::from(summary) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(before: &str) -> Vec<String> {
        let keys =
            |start: &str| if "user:1".starts_with(start) { vec![String::from("user:1")] } else { vec![] };
        complete(before, keys).1.into_iter().map(|completion| completion.text).collect()
    }

    #[test]
    fn commands_come_first() {
        assert_eq!(offered("PIN"), ["PING"]);
        assert_eq!(offered("pin"), ["ping"]);
        assert_eq!(offered(""), [""; 0]);
        assert!(offered("g").contains(&String::from("get")));
    }

    #[test]
    fn keys_come_where_a_key_belongs() {
        assert_eq!(offered("GET us"), ["user:1"]);
        assert_eq!(offered("SET k us"), [""; 0]);
    }

    #[test]
    fn help_knows_its_topics() {
        assert_eq!(
            complete("help @stri", |_| vec![]),
            (5, vec![Completion { text: "@string".into(), summary: String::new() }])
        );
        assert!(offered("help pi").contains(&String::from("PING")));
    }

    #[test]
    fn of_a_choice_only_one_is_offered() {
        static EXPIRY: &[Arg] = &[Arg::integer("seconds").after("EX"), Arg::word("keepttl", "KEEPTTL")];
        static ARGS: &[Arg] = &[
            Arg::key("key", 0),
            Arg::word("get", "GET").optional(),
            Arg::one_of("expiry", EXPIRY).optional(),
        ];
        let offered = |typed: &[&str]| {
            let mut found = Vec::new();
            unused(ARGS, typed, &mut found);
            found.into_iter().map(|(token, _)| token).collect::<Vec<_>>()
        };
        assert_eq!(offered(&["k"]), ["GET", "EX", "KEEPTTL"]);
        assert_eq!(offered(&["k", "ex", "5"]), ["GET"]);
        assert!(takes_value(ARGS, Some("EX")));
        assert!(!takes_value(ARGS, Some("GET")));
        assert_eq!(positional(ARGS), 1);
    }
}
