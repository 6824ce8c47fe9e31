//! LATENCY: what took so long that somebody may want to know why.
//!
//! | file        | subcommands            |
//! |-------------|------------------------|
//! | `events`    | HISTORY, LATEST, RESET |
//! | `graph`     | GRAPH                  |
//! | `doctor`    | DOCTOR                 |
//! | `histogram` | HISTOGRAM              |

mod doctor;
mod events;
mod graph;
mod histogram;

use crate::command::flag::{ADMIN, Flags, LOADING, NOSCRIPT, STALE};
use crate::command::{Command, Group};
use crate::execute::Call;
use crate::reply::Outcome;

pub(super) static COMMANDS: &[&Command] = &[&LATENCY];

const FLAGS: Flags = ADMIN | NOSCRIPT | LOADING | STALE;
const TIPS: &[&str] = &["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"];

static LATENCY: Command = Command::container(
    "latency",
    Group::Server,
    "2.8.13",
    -2,
    &[
        &doctor::DOCTOR,
        &graph::GRAPH,
        &HELP,
        &histogram::HISTOGRAM,
        &events::HISTORY,
        &events::LATEST,
        &events::RESET,
    ],
)
.summary("Shows what took long, and how long commands take.")
.complexity("Depends on the subcommand");

static HELP: Command = Command::new("latency|help", Group::Server, "2.8.13", 2, help)
    .summary("Lists the subcommands.")
    .complexity("O(1)")
    .flags(LOADING | STALE);

fn help(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.lines(&[
        "LATENCY <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "DOCTOR",
        "    Say what took long, and what may help.",
        "GRAPH <event>",
        "    Draw how long <event> took.",
        "HISTOGRAM [<command> ...]",
        "    Tell how many calls of the commands took how long: of all, if none is named.",
        "HISTORY <event>",
        "    Tell when <event> took how long.",
        "LATEST",
        "    Tell for each event when it took long the last time, and how long at most.",
        "RESET [<event> ...]",
        "    Forget these events: all, if none is named.",
        "HELP",
        "    Print this help.",
    ]))
}
