//! What may differ between the two stores, and why: the only place that says so.
//!
//! A command's tips already tell what every server may answer as it likes: `nondeterministic_output` and
//! `nondeterministic_output_order`. What they don't tell, or not exactly enough, is [`DECLARED`].

use redstart_engine::argv::Argv;
use redstart_engine::command::flag::{ADMIN, WRITE};
use redstart_engine::command::{Command, Group, Lookup};
use redstart_engine::commands;
use std::sync::LazyLock;

/// How two answers to the same call are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Byte for byte.
    Exact,
    /// The elements of the reply may come in any order.
    AnyOrder,
    /// The same, where every two elements of a flat array are one.
    AnyOrderOfPairs,
    /// Each side picks: only kinds and counts are the same.
    Shape,
    /// Numbers from two clocks: as far apart as that, or negative and equal.
    Near(i64),
    /// Within the reply, moments since 1970 in milliseconds may be as far apart as two clocks.
    Moments,
    /// A cursor and a part of the elements: the same if both sides told all of them at once.
    Scan,
    /// Not called at all.
    LeftOut,
}

struct Declared {
    command: &'static str,
    rule: Rule,
    #[expect(dead_code, reason = "it is for those who read the table")]
    because: &'static str,
}

const fn declare(command: &'static str, rule: Rule, because: &'static str) -> Declared {
    Declared { command, rule, because }
}

/// How far the two clocks may be apart: a round takes far less.
pub(super) const CLOCKS_MS: i64 = 20_000;
const CLOCKS_S: i64 = CLOCKS_MS / 1000;

use Rule::{AnyOrderOfPairs, Exact, LeftOut, Moments, Near, Scan, Shape};

static DECLARED: &[Declared] = &[
    // Stricter than their tips.
    declare("object|encoding", Exact, "encodings are promised"),
    declare("object|refcount", Shape, "which small numbers are one object is a server's own affair"),
    declare("hgetall", AnyOrderOfPairs, "a value stays with its field"),
    // The clock.
    declare("ttl", Near(CLOCKS_S), "the engine's clock stands still during a round"),
    declare("pttl", Near(CLOCKS_MS), "the engine's clock stands still during a round"),
    declare("expiretime", Near(CLOCKS_S), "relative times to live began at two moments"),
    declare("pexpiretime", Near(CLOCKS_MS), "relative times to live began at two moments"),
    declare("xinfo|stream", Moments, "FULL tells when a consumer was last seen and an entry delivered"),
    declare("lastsave", Shape, "it is the moment of the start"),
    // The order in which a table of hashes is walked is a server's own.
    declare("scan", Scan, "cursors and steps are a server's own"),
    declare("sscan", Scan, "cursors and steps are a server's own"),
    declare("hscan", Scan, "cursors and steps are a server's own"),
    declare("zscan", Scan, "cursors and steps are a server's own"),
    // What is about the server rather than about data.
    declare(
        "memory|usage",
        LeftOut,
        "other structures take other room, and what has expired may still have some",
    ),
    declare("memory|stats", LeftOut, "other structures take other room"),
    declare("memory|doctor", LeftOut, "it is a sentence, and sentences are our own"),
    declare("memory|malloc-stats", LeftOut, "it tells of an allocator"),
    declare("dump", Shape, "both restore each other's, but need not be packed alike"),
    declare("info", LeftOut, "it describes the process"),
    declare("randomkey", LeftOut, "chance decides which of the keys whose time has come it removes"),
    declare("lolwut", LeftOut, "it is a drawing of our own"),
    declare("command", LeftOut, "its sentences are our own, and the oracle has other commands"),
    declare("client", LeftOut, "it tells of connections, and changes what they are sent"),
    declare("hello", LeftOut, "it tells names and versions; each round says it once"),
    declare("debug", LeftOut, "it is about the inside"),
    declare("quit", LeftOut, "it ends the connection that the round goes on with"),
    // Connections that are sent what nobody asked for, one by one.
    declare("subscribe", LeftOut, "its connection does nothing else afterwards"),
    declare("psubscribe", LeftOut, "its connection does nothing else afterwards"),
    declare("ssubscribe", LeftOut, "its connection does nothing else afterwards"),
    declare("unsubscribe", LeftOut, "it may be answered several times"),
    declare("punsubscribe", LeftOut, "it may be answered several times"),
    declare("sunsubscribe", LeftOut, "it may be answered several times"),
];

/// Groups that are no store's data.
const GROUPS_LEFT_OUT: &[Group] = &[Group::Scripting, Group::Cluster, Group::Sentinel];

static COMMANDS: LazyLock<Lookup> = LazyLock::new(|| Lookup::new(commands::all()));

/// The command or subcommand that a call names. For an unknown subcommand it is the container.
pub fn command_of(call: &[Vec<u8>]) -> Option<&'static Command> {
    let command = COMMANDS.find(call.first()?)?;
    Some(call.get(1).and_then(|word| command.subcommand(word)).unwrap_or(command))
}

/// How the answers to a call are compared.
pub(super) fn rule_of(call: &[Vec<u8>]) -> Rule {
    command_of(call).map_or(Exact, of_command)
}

/// How the answers to calls of a command are compared.
pub(super) fn of_command(command: &Command) -> Rule {
    let container = command.name.split('|').next().unwrap_or_default();
    let said = |name: &str| DECLARED.iter().find(|declared| declared.command == name);
    if let Some(declared) = said(command.name).or_else(|| said(container)) {
        return declared.rule;
    }
    if command.has(ADMIN) || command.own_name() == "help" || GROUPS_LEFT_OUT.contains(&command.group) {
        LeftOut
    } else if command.tips.contains(&"nondeterministic_output") {
        Shape
    } else if command.tips.contains(&"nondeterministic_output_order") {
        Rule::AnyOrder
    } else {
        Exact
    }
}

/// The keys that a call leaves in a state of the side's own choice: they must go before anybody looks at them.
pub(super) fn parted_keys(call: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let Some(command) = command_of(call) else { return Vec::new() };
    if of_command(command) != Shape || !command.has(WRITE) {
        return Vec::new();
    }
    let argv: Argv = call.iter().map(Vec::as_slice).collect();
    let args = argv.args();
    command.keys.iter().flat_map(|spec| spec.positions(args)).map(|at| args.at(at).to_vec()).collect()
}
