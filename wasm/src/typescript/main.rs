//! Writes the commands as TypeScript: a list for the run time and an interface for the compiler, from the engine's
//! command table. What a command answers in RESP3 is said in `replies.txt`, which has exactly the table's commands.
//!
//! ```text
//! cargo run --package redstart-wasm --bin typescript commands.ts
//! ```

mod parameters;
mod replies;

use std::error::Error;
use std::fmt::Write as _;
use std::{env, fs};

use redstart_engine::command::flag::{BLOCKING, READONLY};
use redstart_engine::command::{ArgKind, Command};
use redstart_engine::commands;

use crate::parameters::signatures;
use crate::replies::Replies;

/// Commands whose effect is a state of the connection that the client keeps for itself: the package has its own
/// methods for what they do, and `call` sends them as they are.
const OWN: &[&str] = &[
    "client|reply",
    "discard",
    "exec",
    "hello",
    "monitor",
    "multi",
    "psubscribe",
    "punsubscribe",
    "quit",
    "reset",
    "save",
    "ssubscribe",
    "subscribe",
    "sunsubscribe",
    "unsubscribe",
    "unwatch",
    "watch",
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut replies = Replies::parse(include_str!("replies.txt"))?;
    let text = write(&mut replies)?;
    replies.all_used()?;
    let file = env::args_os().nth(1).ok_or("which file is to be written?")?;
    Ok(fs::write(file, text)?)
}

fn write(replies: &mut Replies) -> Result<String, Box<dyn Error>> {
    let mut commands: Vec<&Command> = commands::all().copied().flat_map(with_subcommands).collect();
    commands.sort_by_key(|command| command.name);
    commands.retain(|command| !OWN.contains(&command.name));
    let mut text = String::from(HEAD);
    writeln!(
        text,
        "\n/** Each command; `=`: ends with pairs, `+`: with any number of words, `!`: may wait, `?`: only reads. */\nexport const list ="
    )?;
    let words: Vec<String> = commands.iter().map(|command| listed(command)).collect();
    writeln!(text, "  '{}';", words.join(" "))?;
    writeln!(
        text,
        "\n/** Every command. `S` is what a string is read as. */\nexport interface Commands<S = string> {{"
    )?;
    for command in commands {
        let reply = replies.take(command.name)?;
        for parameters in signatures(command) {
            write!(text, "{}", comment(command))?;
            writeln!(text, "  {}({parameters}): Promise<{reply}>;", method(command.name))?;
        }
    }
    text.push_str("}\n");
    Ok(text)
}

const HEAD: &str = "\
// Written by `cargo xtask package`: change the command table instead.
import type { Argument, Blocking, Integer, Loose, Many, Pairs, Words } from '../arguments.js';
";

fn with_subcommands(command: &'static Command) -> Vec<&'static Command> {
    // Of containers only COMMAND does something itself.
    let own = (command.subcommands.is_empty() || command.name == "command").then_some(command);
    own.into_iter().chain(command.subcommands.iter().copied()).collect()
}

fn listed(command: &Command) -> String {
    let waits = if command.has(BLOCKING) { "!" } else { "" };
    let pairs = if ends_with_pairs(command) { "=" } else { "" };
    let many = if ends_with_many(command) { "+" } else { "" };
    let reads = if command.has(READONLY) { "?" } else { "" };
    format!("{}{pairs}{many}{waits}{reads}", command.name)
}

/// Whether the last argument is names with values, which an object says well.
fn ends_with_pairs(command: &Command) -> bool {
    command.args.last().is_some_and(|last| {
        last.kind == ArgKind::Block
            && last.multiple
            && last.args.len() == 2
            && last.args[0].kind != ArgKind::Double
    })
}

/// Whether any number of words may follow, none of which can be left out.
fn ends_with_many(command: &Command) -> bool {
    !ends_with_pairs(command)
        && signatures(command).iter().all(|parameters| parameters.ends_with(": Many<Argument>[]"))
}

/// `configGet` for `config|get`.
fn method(name: &str) -> String {
    let mut words = name.split(['|', '-']);
    let mut method = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(1);
        method.push_str(&first.to_uppercase());
        method.push_str(rest);
    }
    method
}

fn comment(command: &Command) -> String {
    let mut lines = vec![command.summary.to_owned()];
    if !command.complexity.is_empty() {
        lines.push(format!(
            "Costs {}. Since Redis {}.",
            command.complexity.trim_end_matches('.'),
            command.since
        ));
    }
    if let Some((since, instead)) = command.deprecated {
        lines.push(format!("@deprecated Since Redis {since}; use {instead}."));
    }
    let lines: Vec<String> =
        lines.iter().map(|line| format!("   * {}\n", line.replace("*/", "* /"))).collect();
    format!("  /**\n{}   */\n", lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface() -> String {
        let mut replies = Replies::parse(include_str!("replies.txt")).expect("the table reads");
        let text = write(&mut replies).expect("every command has a reply");
        replies.all_used().expect("no reply is of no command");
        text
    }

    #[test]
    fn options_are_an_object_where_they_stand() {
        let text = interface();
        for line in [
            "  get(key: Argument): Promise<S | null>;",
            "  lmove(source: Argument, destination: Argument, wherefrom: 'LEFT' | 'RIGHT', whereto: 'LEFT' | 'RIGHT'): Promise<S | null>;",
            "  hset(key: Argument, ...fieldValue: Pairs): Promise<number>;",
            "  zadd(key: Argument, options: { NX?: boolean; XX?: boolean; GT?: boolean; LT?: boolean; CH?: boolean; INCR?: boolean }, ...scoreMember: Many<Argument>[]): Promise<number | null>;",
            "  zadd(key: Argument, ...scoreMember: Many<Argument>[]): Promise<number | null>;",
            "  sintercard(numkeys: Argument, key: Many<Argument>, options?: { LIMIT?: Argument }): Promise<number>;",
        ] {
            assert!(
                text.contains(line),
                "{line}\n{}",
                text.lines().filter(|l| l.contains(&line[..6])).collect::<String>()
            );
        }
    }

    #[test]
    fn names_are_camels() {
        assert_eq!(method("config|get"), "configGet");
        assert_eq!(method("memory|malloc-stats"), "memoryMallocStats");
        assert_eq!(method("sort_ro"), "sort_ro");
    }
}
