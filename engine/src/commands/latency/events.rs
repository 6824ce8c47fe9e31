//! The events and their samples.

use super::{FLAGS, TIPS};
use crate::command::{Arg, Command, Group};
use crate::execute::Call;
use crate::observe::LatencyEvent;
use crate::reply::Outcome;

pub(super) static HISTORY: Command = Command::new("latency|history", Group::Server, "2.8.13", 3, history)
    .summary("Tells when an event took how long.")
    .complexity("O(1)")
    .flags(FLAGS)
    .tips(TIPS)
    .args(&[Arg::string("event")]);

fn history(call: &mut Call<'_>) -> Outcome {
    let event = LatencyEvent::named(call.args.at(2));
    let Some(series) = event.and_then(|event| call.server.latency.of(event)) else {
        return Ok(call.reply.array(0));
    };
    let mut replied = call.reply.array(series.samples().len());
    for sample in series.samples() {
        call.reply.array(2);
        call.reply.int(sample.unix_secs as i64);
        replied = call.reply.int(sample.ms as i64);
    }
    Ok(replied)
}

pub(super) static LATEST: Command = Command::new("latency|latest", Group::Server, "2.8.13", 2, latest)
    .summary("Tells for each event when it took long the last time, how long, and how long at most.")
    .complexity("O(1)")
    .flags(FLAGS)
    .tips(TIPS);

fn latest(call: &mut Call<'_>) -> Outcome {
    let latency = &call.server.latency;
    let mut replied = call.reply.array(latency.iter().count());
    for (event, series) in latency.iter() {
        let (unix_secs, ms) = series.samples().back().map_or((0, 0), |sample| (sample.unix_secs, sample.ms));
        call.reply.array(4);
        call.reply.bulk(event.name().as_bytes());
        call.reply.int(unix_secs as i64);
        call.reply.int(ms as i64);
        replied = call.reply.int(series.max_ms() as i64);
    }
    Ok(replied)
}

pub(super) static RESET: Command = Command::new("latency|reset", Group::Server, "2.8.13", -2, reset)
    .summary("Forgets the samples of events.")
    .complexity("O(1)")
    .flags(FLAGS)
    .tips(&["request_policy:all_nodes", "response_policy:all_succeeded"])
    .args(&[Arg::string("event").optional().multiple()]);

fn reset(call: &mut Call<'_>) -> Outcome {
    let latency = &mut call.server.latency;
    let forgotten = match call.args.len() {
        2 => LatencyEvent::ALL.into_iter().filter(|&event| latency.forget(event)).count(),
        _ => {
            let named = call.args.from(2).iter().filter_map(LatencyEvent::named);
            named.filter(|&event| latency.forget(event)).count()
        }
    };
    Ok(call.reply.len(forgotten))
}
