//! How long the calls of commands took.

use alloc::vec::Vec;

use super::{FLAGS, TIPS};
use crate::command::{Arg, Command, Group};
use crate::execute::Call;
use crate::observe::Histogram;
use crate::reply::Outcome;

pub(super) static HISTOGRAM: Command =
    Command::new("latency|histogram", Group::Server, "7.0.0", -2, histogram)
        .summary("Tells how many calls of commands took how long.")
        .complexity("O(N) for N commands that are told of")
        .flags(FLAGS)
        .tips(TIPS)
        .args(&[Arg::string("command").optional().multiple()]);

/// Commands that nobody has called, and words that name none, are left out.
fn histogram(call: &mut Call<'_>) -> Outcome {
    let known = call.server.calls.known();
    let mut told: Vec<(&str, &Histogram)> = Vec::new();
    let all = known.iter().map(|(command, calls)| (command.name, &calls.latencies));
    let measured = all.filter(|(_, latencies)| latencies.total() > 0);
    if call.args.len() == 2 {
        told.extend(measured);
    } else {
        for word in call.args.from(2).iter() {
            told.extend(measured.clone().filter(|(name, _)| is_meant(name, word)));
        }
    }
    let reply = &mut call.reply;
    let mut replied = reply.map(told.len());
    for (name, latencies) in told {
        reply.bulk(name.as_bytes());
        reply.map(2);
        reply.bulk(b"calls");
        reply.int(latencies.total() as i64);
        reply.bulk(b"histogram_usec");
        let counts: Vec<(u64, u64)> = latencies.doubling_us().collect();
        replied = reply.map(counts.len());
        for (us, count) in counts {
            reply.int(us as i64);
            replied = reply.int(count as i64);
        }
    }
    Ok(replied)
}

/// Whether a word names a command, or the container that it belongs to.
fn is_meant(name: &str, word: &[u8]) -> bool {
    let container = name.split('|').next().unwrap_or(name);
    [name, container].iter().any(|name| name.as_bytes().eq_ignore_ascii_case(word))
}
