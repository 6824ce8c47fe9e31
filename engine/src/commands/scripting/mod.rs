//! Scripts: what calls them, and what is known of them.
//!
//! | file     | subcommands and commands             |
//! |----------|--------------------------------------|
//! | `eval`   | EVAL, EVALSHA and their kin that only read |
//! | `script` | SCRIPT                               |

mod eval;
mod script;

use crate::command::Command;
use crate::error::Error;

pub(super) static COMMANDS: &[&Command] =
    &[&eval::EVAL, &eval::EVALSHA, &eval::EVAL_RO, &eval::EVALSHA_RO, &script::SCRIPT];

/// No script of that name is known.
const NO_SCRIPT: Error = Error::Text("NOSCRIPT No matching script. Please use EVAL.");
