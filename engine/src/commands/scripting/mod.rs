//! Scripts: what calls them, and what is known of them.
//!
//! | file     | subcommands and commands             |
//! |----------|--------------------------------------|
//! | `eval`   | EVAL, EVALSHA and their kin that only read |
//! | `fcall`  | FCALL, FCALL_RO                      |
//! | `function` | FUNCTION                           |
//! | `script` | SCRIPT                               |

mod eval;
mod fcall;
mod function;
mod script;

use crate::command::Command;
use crate::error::Error;

pub(super) static COMMANDS: &[&Command] = &[
    &eval::EVAL,
    &eval::EVALSHA,
    &eval::EVAL_RO,
    &eval::EVALSHA_RO,
    &fcall::FCALL,
    &fcall::FCALL_RO,
    &function::FUNCTION,
    &script::SCRIPT,
];

/// No script of that name is known.
const NO_SCRIPT: Error = Error::Text("NOSCRIPT No matching script. Please use EVAL.");
