//! Commands that are looked for by what they are called and what they do.

use redstart_engine::command::Command;

use crate::table;
use crate::view::CommandView;

/// The most commands that are found.
const MAX: usize = 20;

/// The commands in which all of these words occur: those first whose names begin with them, then those that are so called.
#[must_use]
pub fn find(text: &str) -> Vec<CommandView> {
    let text = text.to_ascii_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(usize, &Command)> =
        table::all().filter_map(|command| Some((rank(command, &words)?, command))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().take(MAX).map(|(_, command)| brief(command)).collect()
}

/// How well a command matches: the less the better.
fn rank(command: &Command, words: &[&str]) -> Option<usize> {
    let name = command.name.replace('|', " ");
    let summary = command.summary.to_ascii_lowercase();
    let group = format!("{:?}", command.group).to_ascii_lowercase();
    let occurs = |word: &&str| name.contains(word) || summary.contains(word) || group.contains(word);
    if !words.iter().all(occurs) {
        return None;
    }
    let whole = words.join(" ");
    Some(match () {
        () if name == whole => 0,
        () if name.starts_with(&whole) => 1,
        () if words.iter().all(|word| name.contains(word)) => 2,
        () => 3,
    })
}

/// A command in brief.
pub(crate) fn brief(command: &Command) -> CommandView {
    CommandView {
        name: table::full_name(command),
        syntax: table::syntax(command.args),
        summary: command.summary,
        complexity: command.complexity,
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    fn names(text: &str) -> Vec<String> {
        find(text).into_iter().map(|command| command.name).collect()
    }

    #[test]
    fn commands_are_found_by_name_and_by_what_they_do() {
        assert_eq!(names("get").first().map(String::as_str), Some("GET"));
        assert!(names("get").contains(&String::from("GETDEL")));
        assert_eq!(names("Config SET").first().map(String::as_str), Some("CONFIG SET"));
        assert!(names("count bytes string").contains(&String::from("STRLEN")));
        assert!(names("").is_empty() && names("xyzzy").is_empty());
    }
}
