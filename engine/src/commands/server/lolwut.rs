//! A piece of art, for no reason but joy.

use alloc::format;

use crate::command::flag::{FAST, READONLY};
use crate::command::{Arg, Command, Group};
use crate::execute::Call;
use crate::observe::{REDIS_VERSION, REDSTART_VERSION};
use crate::reply::Outcome;

pub(super) static LOLWUT: Command = Command::new("lolwut", Group::Server, "5.0.0", -1, lolwut)
    .summary("Shows a drawing, and the version of the server.")
    .flags(READONLY | FAST)
    .args(&[Arg::integer("version").after("VERSION").optional()]);

/// A version without a drawing has only its line, as in Redis, where each drawing belongs to a version.
fn lolwut(call: &mut Call<'_>) -> Outcome {
    let version = if call.args.is(1, "VERSION") && call.args.len() > 2 { call.args.int(2)? } else { 7 };
    let drawing = match version {
        5 => format!("{PERCHED}\nA redstart at rest. Redstart {REDSTART_VERSION}, "),
        6 => format!("{FLYING}\nA redstart on its way. Redstart {REDSTART_VERSION}, "),
        _ => alloc::string::String::new(),
    };
    Ok(call.reply.verbatim(&format!("{drawing}Redis ver. {REDIS_VERSION}\n")))
}

const PERCHED: &str = r"
             .--.
            / o  \_
           |     __>
          /|    |
         / |    |
        / /|   /
       / / |  /
      /_/  | |
    /_/    | |
   /_/  ___|_|____________________
  /_/  '-------------------------'
";

const FLYING: &str = r"
        \ \ \ \
         \ \ \ \
    ______\_\_\_\__.--.
  =<________________ o \_
        / / / /   '-.___>
       / / / /
      / / / /
";
