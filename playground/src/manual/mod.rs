//! The manual: a page for every command.
//!
//! What the command table knows (syntax, summary, history) is built in. The rest is told by Markdown files in
//! `playground/manual`, one for each family, of which the page fetches the one that it needs:
//!
//! ````text
//!   ## GETEX                      the command, or `CONFIG SET`
//!   What it is for, what surprises people.
//!
//!   - seconds: how long from now.   arguments whose names don't say enough
//!
//!   related: GET, SET
//!
//!   ```transcript                 an example in the format of tests/transcripts, of one case
//!   > GETEX example:code EX 60
//!   ```
//! ````
//!
//! Tests play every example on the engine and on the real redis-server. The page types it into the console, so its keys begin
//! with `example:`. One that would touch more than such keys is a `transcript shown`: it is there to be read.

mod article;
mod example;
mod prose;

pub use self::article::{Article, read};
pub use self::example::Shown;

use redstart_engine::command::Command;

use crate::find::brief;
use crate::manual::prose::prose;
use crate::table;
use crate::view::{ArgView, ArticleView, GroupView, ManualView, VersionView};

/// The keys that examples make.
pub const KEYS: &str = "example:*";

/// The command of a name such as `config set`. What HELP lists stands on its container's page.
#[must_use]
pub fn command(name: &str) -> Option<&'static Command> {
    let words: Vec<Vec<u8>> = name.split_whitespace().map(|word| word.as_bytes().to_vec()).collect();
    let (command, named) = table::find(&words)?;
    match command.own_name() {
        "help" if named == 2 => table::find(words.get(..1)?).map(|(container, _)| container),
        _ => Some(command).filter(|_| named == words.len()),
    }
}

/// What the page of a command shows, with or without its family's file; and what is wrong with that.
#[must_use]
pub fn view(command: &'static Command, file: Option<&str>) -> (ManualView, Option<String>) {
    let name = table::full_name(command);
    let (articles, problem) = match file.map(read).transpose() {
        Ok(articles) => (articles.unwrap_or_default(), None),
        Err(problem) => (Vec::new(), Some(format!("The rest of this page can't be read: {problem}."))),
    };
    let article = articles.into_iter().find(|article| article.name == name);
    let subs = command.subcommands.iter().filter(|sub| sub.own_name() != "help");
    let version = |&(version, what)| VersionView { version, what };
    let view = ManualView {
        brief: brief(command),
        group: command.group.name(),
        since: command.since,
        deprecated: command.deprecated.map(|(version, what)| VersionView { version, what }),
        history: command.history.iter().map(version).collect(),
        subcommands: subs.map(|sub| brief(sub)).collect(),
        article: article.map(article_view),
    };
    (view, problem)
}

fn article_view(article: Article) -> ArticleView {
    let arg =
        |(name, text): &(String, String)| ArgView { name: name.clone(), text: prose(text, &article.name) };
    let say = |text: &String| prose(text, &article.name);
    ArticleView {
        text: article.text.iter().map(say).collect(),
        args: article.args.iter().map(arg).collect(),
        related: article.related.iter().filter_map(|name| command(name)).map(brief).collect(),
        example: article.example,
        runs: article.runs,
    }
}

/// All commands, by their families; what a container holds is on its page.
#[must_use]
pub fn groups() -> Vec<GroupView> {
    let mut groups: Vec<GroupView> = Vec::new();
    for command in table::all().filter(|command| !command.name.contains('|')) {
        let name = command.group.name();
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.commands.push(brief(command)),
            None => groups.push(GroupView { name, commands: vec![brief(command)] }),
        }
    }
    groups.sort_by_key(|group| group.name);
    groups
}

/// The full name of the command that a text such as `SET k v` is a call of, if it is written as one.
#[must_use]
pub fn called(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().take(2).collect();
    let is_name = |word: &str| !word.is_empty() && !word.contains(|letter: char| letter.is_ascii_lowercase());
    let upper: Vec<Vec<u8>> =
        words.iter().take_while(|word| is_name(word)).map(|word| word.as_bytes().to_vec()).collect();
    table::find(&upper).map(|(command, _)| table::full_name(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_have_names() {
        let name = |text: &str| command(text).map(|command| command.name);
        assert_eq!(name("getex"), Some("getex"));
        assert_eq!(name("Config Set"), Some("config|set"));
        assert_eq!(name("CONFIG HELP"), Some("config"));
        assert_eq!((name(""), name("nosuch"), name("GET k")), (None, None, None));
    }

    #[test]
    fn calls_are_told_from_other_words() {
        for (text, name) in [
            ("GETEX", Some("GETEX")),
            ("SET k v", Some("SET")),
            ("CONFIG SET maxmemory 1mb", Some("CONFIG SET")),
            ("XINFO", Some("XINFO")),
            ("set k v", None),
            ("KEYS[1]", None),
            ("maxmemory", None),
            ("", None),
        ] {
            assert_eq!(called(text).as_deref(), name, "{text}");
        }
    }
}
