//! Commands that are looked for, and their pages, as the page draws them.

use super::Span;
use crate::manual::Shown;

/// A command in brief.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct CommandView {
    /// Its full name.
    pub name: String,
    /// The grammar of its arguments.
    pub syntax: String,
    /// One line about it.
    pub summary: &'static str,
    /// How long it takes.
    pub complexity: &'static str,
}

/// The commands of a family.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct GroupView {
    /// As COMMAND DOCS names it.
    pub name: &'static str,
    /// Without what containers hold.
    pub commands: Vec<CommandView>,
}

/// The page of a command.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ManualView {
    /// The command.
    pub brief: CommandView,
    /// Its family, which its file is called after.
    pub group: &'static str,
    /// The version of Redis that brought it.
    pub since: &'static str,
    /// Since when it is out of favour, and what to use instead.
    pub deprecated: Option<VersionView>,
    /// What changed in which version.
    pub history: Vec<VersionView>,
    /// What it holds, if it is a container.
    pub subcommands: Vec<CommandView>,
    /// What its family's file tells of it; nothing until that is there.
    pub article: Option<ArticleView>,
}

/// A version, and what it changed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct VersionView {
    /// Of Redis.
    pub version: &'static str,
    /// In words.
    pub what: &'static str,
}

/// What a file tells of a command.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ArticleView {
    /// What there is to know, in paragraphs.
    pub text: Vec<Vec<Span>>,
    /// Arguments that need a word.
    pub args: Vec<ArgView>,
    /// Commands to go on with.
    pub related: Vec<CommandView>,
    /// What a person may type, and see.
    pub example: Vec<Shown>,
    /// Whether it touches nothing but its own keys.
    pub runs: bool,
}

/// An argument.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ArgView {
    /// As the syntax names it.
    pub name: String,
    /// What it means.
    pub text: Vec<Span>,
}
