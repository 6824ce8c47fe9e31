//! Beginning and ceasing to listen. Each name is answered on its own, with how many names the client listens to by then.

use alloc::vec::Vec;

use redstart_structures::Blob;

use crate::command::flag::{Flags, LISTENS, LOADING, NOSCRIPT, PUBSUB, STALE};
use crate::command::key::NOT_KEY;
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::pubsub::Topic;
use crate::reply::{Outcome, Replied};

const FLAGS: Flags = PUBSUB | NOSCRIPT | LOADING | STALE | LISTENS;

const SHARD_CHANNELS: &[KeySpec] = &[KeySpec::range(1, -1, 1, NOT_KEY)];

pub(super) static SUBSCRIBE: Command = Command::new("subscribe", Group::PubSub, "2.0.0", -2, subscribe)
    .summary("Listens to channels.")
    .complexity("O(N) for N channels")
    .flags(FLAGS)
    .args(&[Arg::string("channel").multiple()]);

fn subscribe(call: &mut Call<'_>) -> Outcome {
    Ok(listen(call, Topic::Channel))
}

pub(super) static UNSUBSCRIBE: Command = Command::new("unsubscribe", Group::PubSub, "2.0.0", -1, unsubscribe)
    .summary("Listens no more to channels, or to any.")
    .complexity("O(N) for N channels")
    .flags(FLAGS)
    .args(&[Arg::string("channel").optional().multiple()]);

fn unsubscribe(call: &mut Call<'_>) -> Outcome {
    Ok(cease(call, Topic::Channel))
}

pub(super) static PSUBSCRIBE: Command = Command::new("psubscribe", Group::PubSub, "2.0.0", -2, psubscribe)
    .summary("Listens to all channels that fit patterns.")
    .complexity("O(N) for N patterns")
    .flags(FLAGS)
    .args(&[Arg::block("pattern", &[Arg::pattern("pattern")]).multiple()]);

fn psubscribe(call: &mut Call<'_>) -> Outcome {
    Ok(listen(call, Topic::Pattern))
}

pub(super) static PUNSUBSCRIBE: Command =
    Command::new("punsubscribe", Group::PubSub, "2.0.0", -1, punsubscribe)
        .summary("Listens no more to channels that fit patterns, or any pattern.")
        .complexity("O(N) for N patterns")
        .flags(FLAGS)
        .args(&[Arg::pattern("pattern").optional().multiple()]);

fn punsubscribe(call: &mut Call<'_>) -> Outcome {
    Ok(cease(call, Topic::Pattern))
}

pub(super) static SSUBSCRIBE: Command = Command::new("ssubscribe", Group::PubSub, "7.0.0", -2, ssubscribe)
    .summary("Listens to shard channels.")
    .complexity("O(N) for N channels")
    .flags(FLAGS)
    .keys(SHARD_CHANNELS)
    .args(&[Arg::string("shardchannel").multiple()]);

fn ssubscribe(call: &mut Call<'_>) -> Outcome {
    if !call.may_wait {
        return Err(Error::Text("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client"));
    }
    Ok(listen(call, Topic::Shard))
}

pub(super) static SUNSUBSCRIBE: Command =
    Command::new("sunsubscribe", Group::PubSub, "7.0.0", -1, sunsubscribe)
        .summary("Listens no more to shard channels, or to any.")
        .complexity("O(N) for N channels")
        .flags(FLAGS)
        .keys(SHARD_CHANNELS)
        .args(&[Arg::string("shardchannel").optional().multiple()]);

fn sunsubscribe(call: &mut Call<'_>) -> Outcome {
    Ok(cease(call, Topic::Shard))
}

fn listen(call: &mut Call<'_>, topic: Topic) -> Replied {
    for name in call.args.from(1).iter() {
        call.server.pubsub.subscribe(call.session.conn, &mut call.session.subscriptions, topic, name);
        tell(call, topic, topic.subscribed(), Some(name));
    }
    call.reply.later()
}

fn cease(call: &mut Call<'_>, topic: Topic) -> Replied {
    let mut names: Vec<Blob> = call.args.from(1).iter().map(Blob::from).collect();
    if names.is_empty() {
        names = call.session.subscriptions.names(topic).iter().cloned().collect();
    }
    for name in &names {
        call.server.pubsub.unsubscribe(call.session.conn, &mut call.session.subscriptions, topic, name);
        tell(call, topic, topic.unsubscribed(), Some(name));
    }
    if names.is_empty() {
        tell(call, topic, topic.unsubscribed(), None);
    }
    call.reply.later()
}

fn tell(call: &mut Call<'_>, topic: Topic, word: &str, name: Option<&[u8]>) {
    let reply = &mut call.reply;
    reply.push(3);
    reply.bulk(word.as_bytes());
    match name {
        Some(name) => reply.bulk(name),
        None => reply.null(),
    };
    reply.len(call.session.subscriptions.told(topic));
}
