//! MEMORY: what keys and the server as a whole take.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use crate::command::flag::{LOADING, READONLY, STALE};
use crate::command::key::RO;
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::observe::Memory;
use crate::observe::info::View;
use crate::reply::{Outcome, Replied, Reply};

pub(super) static MEMORY: Command = Command::container(
    "memory",
    Group::Server,
    "4.0.0",
    -2,
    &[&DOCTOR, &HELP, &MALLOC_STATS, &PURGE, &STATS, &USAGE],
)
.summary("Tells where memory goes.")
.complexity("Depends on the subcommand");

const TIPS: &[&str] = &["nondeterministic_output", "request_policy:all_shards", "response_policy:special"];

static DOCTOR: Command = Command::new("memory|doctor", Group::Server, "4.0.0", 2, doctor)
    .summary("Says what is unusual about the use of memory, and what to do about it.")
    .complexity("O(1)")
    .tips(TIPS);

fn doctor(call: &mut Call<'_>) -> Outcome {
    let memory = account(call);
    Ok(call.reply.verbatim(&diagnosis(&memory)))
}

/// Below this there is too little to judge by.
const JUDGED_FROM: u64 = 5 << 20;

/// A loss smaller than this is none.
const LOSS_FROM: i64 = 10 << 20;

/// What clients may take, each.
const CLIENT_MOST: u64 = 200 << 10;

fn diagnosis(memory: &Memory) -> String {
    if memory.used < JUDGED_FROM {
        return String::from(
            "There is next to nothing in here, so its memory tells nothing. Ask again once there is some data.",
        );
    }
    let (ratio, lost) = memory.fragmentation();
    let each = memory.clients / memory.client_count.max(1);
    let findings = [
        (
            memory.peak as f64 > memory.used as f64 * 1.5,
            format!(
                "Peak: there was a time when {} bytes were in use, more than one and a half times of the {} that are \
                 now. The allocator may keep some of what was freed, so the process can look bigger than it is; new \
                 data will use that first. MEMORY PURGE, or else a restart, gives it back.",
                memory.peak, memory.used
            ),
        ),
        (
            ratio > 1.4 && lost > LOSS_FROM,
            format!(
                "Fragmentation: the process has {ratio:.2} times the memory that is in use. Either much was freed a \
                 short time ago (see the peak), or values of many different sizes leave holes that nothing fits into.",
            ),
        ),
        (
            each > CLIENT_MOST,
            format!(
                "Clients: their buffers take {each} bytes for each of them. Some read too slowly, or send pipelines or \
                 requests that are very long. CLIENT LIST shows which: look at omem and qbuf. \
                 client-output-buffer-limit bounds them.",
            ),
        ),
    ];
    let found = findings.into_iter().filter(|(is_so, _)| *is_so).map(|(_, text)| text);
    let found: Vec<String> = found.collect();
    if found.is_empty() {
        return String::from(
            "Nothing is wrong with the memory of this server, as far as its own numbers tell.",
        );
    }
    let mut text = String::from("Something is unusual about the memory of this server:\n");
    for finding in found {
        let _ = write!(text, "\n * {finding}\n");
    }
    text
}

static HELP: Command = Command::new("memory|help", Group::Server, "4.0.0", 2, help)
    .summary("Lists the subcommands.")
    .complexity("O(1)")
    .flags(LOADING | STALE);

fn help(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.lines(&[
        "MEMORY <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "DOCTOR",
        "    Say what is unusual about the use of memory.",
        "MALLOC-STATS",
        "    Tell how memory was handed out, database by database.",
        "PURGE",
        "    Give memory that is not in use back to the system.",
        "STATS",
        "    Tell where memory goes, in numbers.",
        "USAGE <key> [SAMPLES <count>]",
        "    Tell how many bytes <key> and its value take. The count is exact: SAMPLES",
        "    is accepted and makes no difference.",
        "HELP",
        "    Print this help.",
    ]))
}

static MALLOC_STATS: Command = Command::new("memory|malloc-stats", Group::Server, "4.0.0", 2, malloc_stats)
    .summary("Tells how memory was handed out.")
    .complexity("O(1)")
    .tips(TIPS);

/// The engine doesn't know its allocator, but it keeps an account of what it asks for.
fn malloc_stats(call: &mut Call<'_>) -> Outcome {
    let memory = account(call);
    let mut text =
        format!("startup {}\nclients {} of {}\n", memory.startup, memory.clients, memory.client_count);
    for (index, database) in
        call.db.keyspace().databases().iter().enumerate().filter(|(_, it)| !it.is_empty())
    {
        let _ = writeln!(
            text,
            "db{index} keys {} entries {} table {} deadlines {}",
            database.len(),
            database.entry_bytes(),
            database.table_bytes(),
            database.deadline_bytes(),
        );
    }
    Ok(call.reply.verbatim(&text))
}

static PURGE: Command = Command::new("memory|purge", Group::Server, "4.0.0", 2, purge)
    .summary("Gives memory that is not in use back to the system.")
    .complexity("O(1)")
    .tips(&["request_policy:all_shards", "response_policy:all_succeeded"]);

/// Buffers are the only memory that the engine keeps without need; what it has freed is its allocator's, which gives
/// it back by itself after some seconds.
fn purge(call: &mut Call<'_>) -> Outcome {
    call.server.sessions.shrink();
    Ok(call.reply.ok())
}

static STATS: Command = Command::new("memory|stats", Group::Server, "4.0.0", 2, stats)
    .summary("Tells where memory goes, in numbers.")
    .complexity("O(1)")
    .tips(TIPS);

/// Fields of a database's part.
const DATABASE_FIELDS: usize = 3;

fn stats(call: &mut Call<'_>) -> Outcome {
    let memory = account(call);
    let databases = call.db.keyspace().databases();
    let filled: Vec<_> = databases.iter().enumerate().filter(|(_, database)| !database.is_empty()).collect();
    let (before, after) = (numbers_before(&memory), numbers_after(&memory));
    let reply = &mut call.reply;
    let mut replied = reply.map(before.len() + filled.len() + after.len());
    for (name, number) in before {
        replied = number.write(name, reply);
    }
    for (index, database) in filled {
        reply.bulk(format!("db.{index}").as_bytes());
        reply.map(DATABASE_FIELDS);
        Number::bytes(database.table_bytes() as u64).write("overhead.hashtable.main", reply);
        Number::bytes(database.deadline_bytes() as u64).write("overhead.hashtable.expires", reply);
        replied = Number::bytes(0).write("overhead.hashtable.slot-to-keys", reply);
    }
    for (name, number) in after {
        replied = number.write(name, reply);
    }
    Ok(replied)
}

/// A number of MEMORY STATS.
enum Number {
    Int(i64),
    Ratio(f64),
}

impl Number {
    const fn bytes(bytes: u64) -> Self {
        Self::Int(bytes as i64)
    }

    fn write(self, name: &str, reply: &mut Reply<'_>) -> Replied {
        reply.bulk(name.as_bytes());
        match self {
            Self::Int(value) => reply.int(value),
            Self::Ratio(value) => reply.double(value),
        }
    }
}

fn numbers_before(memory: &Memory) -> [(&'static str, Number); 10] {
    [
        ("peak.allocated", Number::bytes(memory.peak)),
        ("total.allocated", Number::bytes(memory.used)),
        ("startup.allocated", Number::bytes(memory.startup)),
        ("replication.backlog", Number::Int(0)),
        ("clients.slaves", Number::Int(0)),
        ("clients.normal", Number::bytes(memory.clients)),
        ("cluster.links", Number::Int(0)),
        ("aof.buffer", Number::Int(0)),
        ("lua.caches", Number::Int(0)),
        ("functions.caches", Number::Int(0)),
    ]
}

/// The allocator's own numbers stay inside of it, so all that the system counts beyond what is used is put down to the
/// allocator.
fn numbers_after(memory: &Memory) -> [(&'static str, Number); 17] {
    let (ratio, lost) = memory.fragmentation();
    [
        ("overhead.total", Number::bytes(memory.overhead())),
        ("keys.count", Number::bytes(memory.keys)),
        ("keys.bytes-per-key", Number::bytes(memory.net().checked_div(memory.keys).unwrap_or(0))),
        ("dataset.bytes", Number::bytes(memory.dataset())),
        ("dataset.percentage", Number::Ratio(memory.dataset_percent())),
        ("peak.percentage", Number::Ratio(memory.peak_percent())),
        ("allocator.allocated", Number::bytes(memory.used)),
        ("allocator.active", Number::bytes(memory.rss)),
        ("allocator.resident", Number::bytes(memory.rss)),
        ("allocator-fragmentation.ratio", Number::Ratio(ratio)),
        ("allocator-fragmentation.bytes", Number::Int(lost)),
        ("allocator-rss.ratio", Number::Ratio(1.0)),
        ("allocator-rss.bytes", Number::Int(0)),
        ("rss-overhead.ratio", Number::Ratio(1.0)),
        ("rss-overhead.bytes", Number::Int(0)),
        ("fragmentation", Number::Ratio(ratio)),
        ("fragmentation.bytes", Number::Int(lost)),
    ]
}

fn account(call: &mut Call<'_>) -> Memory {
    Memory::new(&View { server: call.server, keyspace: call.db.keyspace(), session: call.session })
}

static USAGE: Command = Command::new("memory|usage", Group::Server, "4.0.0", -3, usage)
    .summary("Tells how many bytes a key and its value take.")
    .complexity("O(1)")
    .flags(READONLY)
    .keys(&[KeySpec::at(2, RO)])
    .args(&[Arg::key("key", 0), Arg::integer("count").after("SAMPLES").optional()]);

fn usage(call: &mut Call<'_>) -> Outcome {
    let mut index = 3;
    while index < call.args.len() {
        if !call.args.is(index, "SAMPLES") || index + 1 == call.args.len() {
            return Err(Error::Syntax);
        }
        if call.args.int(index + 1)? < 0 {
            return Err(Error::Syntax);
        }
        index += 2;
    }
    match call.db.peek(call.args.at(2)) {
        Some(entry) => Ok(call.reply.len(entry.memory_bytes())),
        None => Ok(call.reply.null()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1 << 20;

    #[test]
    fn the_doctor_says_what_is_unusual() {
        let healthy = Memory {
            used: 100 * MB,
            peak: 110 * MB,
            startup: MB,
            clients: MB,
            client_count: 50,
            tables: 10 * MB,
            keys: 1000,
            rss: 120 * MB,
        };
        for (memory, words) in [
            (Memory { used: MB, peak: 100 * MB, ..healthy }, &["next to nothing"][..]),
            (healthy, &["Nothing is wrong"]),
            (Memory { peak: 151 * MB, ..healthy }, &["Peak"]),
            (Memory { rss: 141 * MB, ..healthy }, &["Fragmentation"]),
            (Memory { used: 6 * MB, peak: 6 * MB, rss: 12 * MB, ..healthy }, &["Nothing is wrong"]),
            (Memory { clients: 11 * MB, ..healthy }, &["Clients"]),
            (
                Memory { clients: 60 * MB, peak: 900 * MB, rss: 400 * MB, ..healthy },
                &["Peak", "Frag", "Clients"],
            ),
        ] {
            let text = diagnosis(&memory);
            let all = ["next to nothing", "Nothing is wrong", "Peak:", "Fragmentation:", "Clients:"];
            assert!(words.iter().all(|word| text.contains(word)), "{text}");
            assert_eq!(all.iter().filter(|word| text.contains(**word)).count(), words.len(), "{text}");
        }
    }
}
