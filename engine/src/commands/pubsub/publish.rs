//! Sending messages.

use crate::command::flag::{FAST, Flags, LOADING, MAY_REPLICATE, PUBSUB, STALE};
use crate::command::key::NOT_KEY;
use crate::command::{Arg, Command, Group, KeySpec};
use crate::execute::Call;
use crate::pubsub::Topic;
use crate::reply::Outcome;

const FLAGS: Flags = PUBSUB | LOADING | STALE | FAST | MAY_REPLICATE;

pub(super) static PUBLISH: Command = Command::new("publish", Group::PubSub, "2.0.0", 3, publish)
    .summary("Gives a message to everybody who listens to a channel, and tells how many they are.")
    .complexity("O(N+M) for N listeners of the channel and M patterns that anybody listens to")
    .flags(FLAGS)
    .args(&[Arg::string("channel"), Arg::string("message")]);

fn publish(call: &mut Call<'_>) -> Outcome {
    let sent = call.server.publish(Topic::Channel, call.args.at(1), call.args.at(2));
    Ok(call.reply.len(sent))
}

pub(super) static SPUBLISH: Command = Command::new("spublish", Group::PubSub, "7.0.0", 3, spublish)
    .summary("Gives a message to everybody who listens to a shard channel, and tells how many they are.")
    .complexity("O(N) for N listeners of the channel")
    .flags(FLAGS)
    .keys(&[KeySpec::at(1, NOT_KEY)])
    .args(&[Arg::string("shardchannel"), Arg::string("message")]);

fn spublish(call: &mut Call<'_>) -> Outcome {
    let sent = call.server.publish(Topic::Shard, call.args.at(1), call.args.at(2));
    Ok(call.reply.len(sent))
}
