//! The commands, one file per family: each declares its commands and carries them out.
//!
//! To add one: write its declaration and its handler in the family's file and its name in the family's list.

mod options;

mod connection;
mod keys;
mod string;

use crate::command::Command;

/// Every command, family by family.
pub fn all() -> impl Iterator<Item = &'static &'static Command> + Clone {
    FAMILIES.iter().copied().flatten()
}

static FAMILIES: &[&[&Command]] = &[connection::COMMANDS, keys::COMMANDS, string::COMMANDS];
