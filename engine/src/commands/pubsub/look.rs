//! PUBSUB: who listens to what.

use alloc::vec::Vec;

use redstart_structures::Blob;

use crate::command::flag::{Flags, LOADING, PUBSUB as PUBSUB_FLAG, STALE};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::glob;
use crate::pubsub::Topic;
use crate::reply::{Outcome, Replied};

pub(super) static PUBSUB: Command = Command::container(
    "pubsub",
    Group::PubSub,
    "2.8.0",
    -2,
    &[&CHANNELS, &HELP, &NUMPAT, &NUMSUB, &SHARDCHANNELS, &SHARDNUMSUB],
)
.summary("Shows who listens to what.")
.complexity("Depends on the subcommand");

const FLAGS: Flags = PUBSUB_FLAG | LOADING | STALE;

static CHANNELS: Command = Command::new("pubsub|channels", Group::PubSub, "2.8.0", -2, channels)
    .summary("Lists the channels that somebody listens to.")
    .complexity("O(N) for N channels")
    .flags(FLAGS)
    .args(&[Arg::pattern("pattern").optional()]);

fn channels(call: &mut Call<'_>) -> Outcome {
    list(call, Topic::Channel)
}

static HELP: Command = Command::new("pubsub|help", Group::PubSub, "6.2.0", 2, help)
    .summary("Lists the subcommands.")
    .complexity("O(1)")
    .flags(LOADING | STALE);

fn help(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.lines(&[
        "PUBSUB <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CHANNELS [<pattern>]",
        "    List the channels that somebody listens to, those that fit <pattern>.",
        "NUMPAT",
        "    Count the patterns that somebody listens to.",
        "NUMSUB [<channel> ...]",
        "    Count those who listen to each channel; patterns aside.",
        "SHARDCHANNELS [<pattern>]",
        "    List the shard channels that somebody listens to, those that fit <pattern>.",
        "SHARDNUMSUB [<shardchannel> ...]",
        "    Count those who listen to each shard channel.",
        "HELP",
        "    Print this help.",
    ]))
}

static NUMPAT: Command = Command::new("pubsub|numpat", Group::PubSub, "2.8.0", 2, numpat)
    .summary("Counts the patterns that somebody listens to.")
    .complexity("O(1)")
    .flags(FLAGS);

fn numpat(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.len(call.server.pubsub.len(Topic::Pattern)))
}

static NUMSUB: Command = Command::new("pubsub|numsub", Group::PubSub, "2.8.0", -2, numsub)
    .summary("Counts those who listen to channels.")
    .complexity("O(N) for N channels asked for")
    .flags(FLAGS)
    .args(&[Arg::string("channel").optional().multiple()]);

fn numsub(call: &mut Call<'_>) -> Outcome {
    Ok(count(call, Topic::Channel))
}

static SHARDCHANNELS: Command =
    Command::new("pubsub|shardchannels", Group::PubSub, "7.0.0", -2, shardchannels)
        .summary("Lists the shard channels that somebody listens to.")
        .complexity("O(N) for N shard channels")
        .flags(FLAGS)
        .args(&[Arg::pattern("pattern").optional()]);

fn shardchannels(call: &mut Call<'_>) -> Outcome {
    list(call, Topic::Shard)
}

static SHARDNUMSUB: Command = Command::new("pubsub|shardnumsub", Group::PubSub, "7.0.0", -2, shardnumsub)
    .summary("Counts those who listen to shard channels.")
    .complexity("O(N) for N shard channels asked for")
    .flags(FLAGS)
    .args(&[Arg::string("shardchannel").optional().multiple()]);

fn shardnumsub(call: &mut Call<'_>) -> Outcome {
    Ok(count(call, Topic::Shard))
}

fn list(call: &mut Call<'_>, topic: Topic) -> Outcome {
    if call.args.len() > 3 {
        return Err(Error::subcommand(call.args.at(1), "PUBSUB"));
    }
    let pattern = call.args.get(2);
    let fits = |name: &&Blob| pattern.is_none_or(|pattern| glob::matches(pattern, name, false));
    let names: Vec<&Blob> = call.server.pubsub.names(topic).filter(fits).collect();
    Ok(call.reply.bulks(&names))
}

fn count(call: &mut Call<'_>, topic: Topic) -> Replied {
    let names = call.args.from(2);
    let mut replied = call.reply.array(names.len() * 2);
    for name in names.iter() {
        call.reply.bulk(name);
        replied = call.reply.len(call.server.pubsub.listeners(topic, name));
    }
    replied
}
