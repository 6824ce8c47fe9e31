//! `help`: what redis-cli knows of commands, from the engine's own table.

use redstart_engine::command::Command;

use crate::table;
use crate::view::{Line, Tone};

/// What `help` and the words after it show.
#[must_use]
pub fn help(words: &[Vec<u8>]) -> Vec<Line> {
    let words: Vec<String> = words.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect();
    match words.first() {
        None => general(),
        Some(first) => match first.strip_prefix('@') {
            Some(group) => group_help(group),
            None => command_help(&words),
        },
    }
}

/// The command whose page tells more than help about these words; with no name, all of them.
#[must_use]
pub fn topic(words: &[Vec<u8>]) -> Option<String> {
    match words.first().map(Vec::as_slice) {
        None | Some([b'@', ..]) => Some(String::new()),
        Some(_) => table::find(words).map(|(command, _)| table::full_name(command)),
    }
}

fn general() -> Vec<Line> {
    let version = env!("CARGO_PKG_VERSION");
    let mut lines = vec![Line::new(format!("Redstart {version}"), Tone::Heading)];
    for text in [
        "To get help about Redis commands type:",
        "      \"help @<group>\" to get a list of commands in <group>",
        "      \"help <command>\" for help on <command>",
        "      \"help <tab>\" to get a list of possible help topics",
        "      F1 for the page of the command that is being typed",
        "      \"clear\" to clear this terminal",
        "      \"quit\" to disconnect",
        "",
        "The groups are:",
    ] {
        lines.push(Line::new(text, Tone::Plain));
    }
    lines.push(Line::new(format!("      {}", groups().join(" ")), Tone::Plain));
    lines
}

/// The groups that have commands, each with its `@`.
#[must_use]
pub fn groups() -> Vec<String> {
    let mut groups: Vec<String> = table::all().map(|command| format!("@{}", command.group.name())).collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}

fn group_help(group: &str) -> Vec<Line> {
    let of_group = |command: &&Command| command.group.name().eq_ignore_ascii_case(group);
    table::all().filter(of_group).flat_map(|command| describe(command, false)).collect()
}

/// A command, or a container with all of its subcommands.
fn command_help(words: &[String]) -> Vec<Line> {
    let wanted = words.join(" ").to_ascii_uppercase();
    let is_meant = |command: &&Command| {
        let name = table::full_name(command);
        name == wanted || name.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with(' '))
    };
    table::all().filter(is_meant).flat_map(|command| describe(command, true)).collect()
}

fn describe(command: &Command, with_group: bool) -> Vec<Line> {
    let name = table::full_name(command);
    let syntax = table::syntax(command.args);
    let mut lines = vec![
        Line::new("", Tone::Plain),
        Line::new(format!("  {name} {syntax}").trim_end(), Tone::Heading),
        Line::new(format!("  summary: {}", command.summary), Tone::Plain),
        Line::new(format!("  since: {}", command.since), Tone::Plain),
    ];
    if with_group {
        lines.push(Line::new(format!("  group: {}", command.group.name()), Tone::Plain));
        if !command.complexity.is_empty() {
            lines.push(Line::new(format!("  complexity: {}", command.complexity), Tone::Dim));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &str) -> String {
        let words: Vec<Vec<u8>> = words.split_whitespace().map(|word| word.as_bytes().to_vec()).collect();
        help(&words).into_iter().map(|line| line.text).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_command_is_described_from_its_declaration() {
        assert!(text("get").starts_with("\n  GET key\n  summary: "));
        assert!(text("get").contains("\n  since: 1.0.0\n  group: string"));
        assert_eq!(text("nosuch"), "");
    }

    #[test]
    fn a_group_is_listed() {
        let text = text("@string");
        assert!(text.contains("\n  GET key\n") && text.contains("\n  SET key value"));
        assert!(!text.contains("group:"));
    }

    #[test]
    fn help_alone_says_how_to_go_on() {
        assert!(text("").contains("help <command>"));
        assert!(text("").contains("@string"));
    }
}
