//! What the samples mean, for people.

use alloc::format;
use alloc::string::String;
use core::fmt::Write;

use super::{FLAGS, TIPS};
use crate::command::{Command, Group};
use crate::engine::Server;
use crate::execute::Call;
use crate::observe::{LatencyEvent, Series};
use crate::reply::Outcome;

pub(super) static DOCTOR: Command = Command::new("latency|doctor", Group::Server, "2.8.13", 2, doctor)
    .summary("Says what took long, and what may help.")
    .complexity("O(1)")
    .flags(FLAGS)
    .tips(TIPS);

fn doctor(call: &mut Call<'_>) -> Outcome {
    let text = diagnosis(call.server);
    Ok(call.reply.verbatim(&text))
}

fn diagnosis(server: &Server) -> String {
    let is_empty = server.latency.iter().next().is_none();
    if is_empty && server.config.latency_monitor_threshold_ms == 0 {
        return String::from(
            "Nobody watches how long things take: latency-monitor-threshold is 0. CONFIG SET it to the milliseconds from \
             which on something is too long for you, wait for a while, and ask again.\n",
        );
    }
    if is_empty {
        return String::from("Nothing took longer than latency-monitor-threshold. All is well.\n");
    }
    let mut text = String::from("Some things took longer than latency-monitor-threshold:\n\n");
    for (place, (event, series)) in server.latency.iter().enumerate() {
        let _ = writeln!(text, "{}. {}", place + 1, finding(event, series, server));
    }
    text.push_str("\nWhat may help:\n\n");
    for (event, _) in server.latency.iter() {
        text.extend(advice(event, server).map(|line| format!("- {line}\n")));
    }
    text
}

/// How often an event took long, and how much that varies.
fn finding(event: LatencyEvent, series: &Series, server: &Server) -> String {
    let samples = series.samples();
    let count = samples.len().max(1) as u64;
    let mean = samples.iter().map(|sample| sample.ms).sum::<u64>() / count;
    let deviation = samples.iter().map(|sample| sample.ms.abs_diff(mean)).sum::<u64>() / count;
    let first_secs = samples.front().map_or(0, |sample| sample.unix_secs);
    let since_secs = (server.now.unix_us / 1_000_000).saturating_sub(first_secs);
    format!(
        "{}: in {count} different seconds, {mean} ms on average give or take {deviation} ms, once in {:.2} s. The worst \
         ever: {} ms.",
        event.name(),
        since_secs as f64 / count as f64,
        series.max_ms()
    )
}

fn advice(event: LatencyEvent, server: &Server) -> impl Iterator<Item = String> + use<> {
    let threshold_us = server.config.latency_monitor_threshold_ms.saturating_mul(1000);
    let slow_us = server.config.slowlog_log_slower_than_us;
    let unseen = || {
        format!(
            "SLOWLOG doesn't keep all of them: CONFIG SET slowlog-log-slower-than {threshold_us} makes it do so."
        )
    };
    let (first, second) = match event {
        LatencyEvent::Command | LatencyEvent::CommandUnblocking => (
            "SLOWLOG GET shows which calls took long. A call's cost grows with what it touches: ask for less at a time, \
             and for a part with SCAN and its kin.",
            (slow_us < 0 || slow_us as u64 > threshold_us).then(unseen),
        ),
        LatencyEvent::FastCommand => (
            "Commands that take no time were held up: the machine is too busy, or too short of memory, to run this \
             process when it is its turn.",
            None,
        ),
        LatencyEvent::ExpireCycle => (
            "Big keys expired, or very many at once. Spread the times at which keys expire, and split big ones up.",
            None,
        ),
        LatencyEvent::EvictionCycle => (
            "Much had to go to make room. Split big keys up; a lower maxmemory-eviction-tenacity lets less go in one piece.",
            None,
        ),
    };
    [Some(String::from(first)), second].into_iter().flatten()
}
