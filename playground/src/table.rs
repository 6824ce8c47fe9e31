//! The engine's command table as the console uses it: by full names such as `CONFIG SET`.

use redstart_engine::command::{Arg, ArgKind, Command};
use redstart_engine::commands;

/// Every command and subcommand; a container stands before its subcommands.
pub fn all() -> impl Iterator<Item = &'static Command> {
    let mut commands: Vec<&'static Command> = commands::all().copied().collect();
    commands.sort_by_key(|command| command.name);
    commands
        .into_iter()
        .flat_map(|command| std::iter::once(command).chain(command.subcommands.iter().copied()))
}

/// How many commands there are, subcommands not counted.
#[must_use]
pub fn count() -> usize {
    commands::all().count()
}

/// The name as people write it: `CONFIG SET` for `config|set`.
#[must_use]
pub fn full_name(command: &Command) -> String {
    command.name.replace('|', " ").to_ascii_uppercase()
}

/// The command that words begin with, and how many of the words name it. A subcommand wins over its container.
#[must_use]
pub fn find(words: &[Vec<u8>]) -> Option<(&'static Command, usize)> {
    let name = words.first()?;
    let command = commands::all().find(|command| command.name.as_bytes().eq_ignore_ascii_case(name))?;
    match words.get(1).and_then(|word| command.subcommand(word)) {
        Some(sub) => Some((sub, 2)),
        None => Some((command, 1)),
    }
}

/// The grammar of arguments as redis-cli writes it: `key value [NX|XX] [EX seconds|PX milliseconds]`.
#[must_use]
pub fn syntax(args: &[Arg]) -> String {
    join(args, " ")
}

fn join(args: &[Arg], separator: &str) -> String {
    args.iter().map(syntax_of).collect::<Vec<_>>().join(separator)
}

fn syntax_of(arg: &Arg) -> String {
    let token = match arg.token {
        Some("") => "\"\"",
        Some(token) => token,
        None => "",
    };
    let value = match arg.kind {
        ArgKind::Token => String::new(),
        ArgKind::OneOf => join(arg.args, "|"),
        ArgKind::Block => join(arg.args, " "),
        _ => String::from(arg.name),
    };
    let gap = if token.is_empty() || value.is_empty() { "" } else { " " };
    let mut text = format!("{token}{gap}{value}");
    if arg.multiple {
        let again = if arg.multiple_token { token } else { "" };
        let gap = if again.is_empty() || value.is_empty() { "" } else { " " };
        text.push_str(&format!(" [{again}{gap}{value} ...]"));
    }
    if arg.optional { format!("[{text}]") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammar_is_written_as_redis_cli_writes_it() {
        const EXPIRY: &[Arg] = &[Arg::integer("seconds").after("EX"), Arg::word("keepttl", "KEEPTTL")];
        const SCORE: &[Arg] = &[Arg::double("score"), Arg::string("member")];
        for (args, text) in [
            (&[Arg::key("key", 0), Arg::string("value")][..], "key value"),
            (&[Arg::key("key", 0).multiple()], "key [key ...]"),
            (&[Arg::one_of("expiration", EXPIRY).optional()], "[EX seconds|KEEPTTL]"),
            (&[Arg::block("data", SCORE).multiple()], "score member [score member ...]"),
            (
                &[Arg::pattern("pattern").after("GET").optional().multiple_token()],
                "[GET pattern [GET pattern ...]]",
            ),
            (&[Arg::word("get", "GET").optional()], "[GET]"),
        ] {
            assert_eq!(syntax(args), text);
        }
    }

    #[test]
    fn the_longest_name_wins() {
        let words = |line: &str| line.split(' ').map(|word| word.as_bytes().to_vec()).collect::<Vec<_>>();
        assert_eq!(find(&words("Get k")).map(|(command, len)| (command.name, len)), Some(("get", 1)));
        assert!(find(&words("nosuch")).is_none());
        assert!(find(&[]).is_none());
    }
}
