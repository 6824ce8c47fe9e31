//! CONFIG: the directives, read and changed while the server runs.

use alloc::vec::Vec;

use crate::command::flag::{ADMIN, Flags, LOADING, NOSCRIPT, STALE};
use crate::command::{Arg, Command, Group};
use crate::config::Gate;
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::KeyspaceStats;
use crate::reconfigure;
use crate::reply::Outcome;

pub(super) static COMMANDS: &[&Command] = &[&CONFIG];

const FLAGS: Flags = ADMIN | NOSCRIPT | LOADING | STALE;

static CONFIG: Command =
    Command::container("config", Group::Server, "2.0.0", -2, &[&GET, &HELP, &RESETSTAT, &REWRITE, &SET])
        .summary("Shows and changes the configuration.")
        .complexity("Depends on the subcommand");

static GET: Command = Command::new("config|get", Group::Server, "2.0.0", -3, get)
    .summary("Shows directives and their values.")
    .complexity("O(N) for N directives asked for")
    .history(&[("7.0.0", "Takes more than one pattern.")])
    .flags(FLAGS)
    .args(&[Arg::block("parameter", &[Arg::string("parameter")]).multiple()]);

fn get(call: &mut Call<'_>) -> Outcome {
    let patterns: Vec<&[u8]> = call.args.from(2).iter().collect();
    let found = call.server.config.get(&patterns);
    let mut replied = call.reply.map(found.len());
    for (name, value) in &found {
        call.reply.bulk(name);
        replied = call.reply.bulk(value);
    }
    Ok(replied)
}

static HELP: Command = Command::new("config|help", Group::Server, "5.0.0", 2, help)
    .summary("Lists the subcommands.")
    .complexity("O(1)")
    .flags(LOADING | STALE);

fn help(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.lines(&[
        "CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "GET <pattern> [<pattern> ...]",
        "    Show the directives that fit a glob pattern, and their values.",
        "SET <directive> <value> [<directive> <value> ...]",
        "    Change directives: all of them, or none if one of the values is wrong.",
        "RESETSTAT",
        "    Let INFO count from zero again.",
        "REWRITE",
        "    Write the values in force into the configuration file.",
        "HELP",
        "    Print this help.",
    ]))
}

static RESETSTAT: Command = Command::new("config|resetstat", Group::Server, "2.0.0", 2, resetstat)
    .summary("Lets INFO count from zero again.")
    .complexity("O(1)")
    .flags(FLAGS);

fn resetstat(call: &mut Call<'_>) -> Outcome {
    call.server.stats.reset();
    call.server.calls.reset();
    call.server.room.reset();
    call.db.keyspace().stats = KeyspaceStats::default();
    call.db.keyspace().reset_waste_counts();
    Ok(call.reply.ok())
}

static REWRITE: Command = Command::new("config|rewrite", Group::Server, "2.8.0", 2, rewrite)
    .summary("Writes the values in force into the configuration file.")
    .complexity("O(1)")
    .flags(FLAGS);

fn rewrite(call: &mut Call<'_>) -> Outcome {
    if call.server.host.config_file.is_empty() {
        return Err(Error::Text("ERR The server is running without a config file"));
    }
    Err(Error::Text("ERR Rewriting config file: Function not implemented"))
}

static SET: Command = Command::new("config|set", Group::Server, "2.0.0", -4, set)
    .summary("Changes directives.")
    .complexity("O(N) for N directives")
    .history(&[("7.0.0", "Takes more than one directive.")])
    .flags(FLAGS)
    .tips(&["request_policy:all_nodes", "response_policy:all_succeeded"])
    .args(&[Arg::block("parameter_value", &[Arg::string("parameter"), Arg::string("value")]).multiple()]);

fn set(call: &mut Call<'_>) -> Outcome {
    let words: Vec<&[u8]> = call.args.from(2).iter().collect();
    let gate = Gate { local: call.session.is_local(), loading: call.server.loading.is_some() };
    let change = call.server.config.set(&words, gate).map_err(|error| reconfigure::error(&error))?;
    Ok(reconfigure::begin(call, change))
}
