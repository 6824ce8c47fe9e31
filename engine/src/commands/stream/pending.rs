//! What was delivered: acknowledged, or listed.

use super::{end, id, ids, no_group, say_id, start};
use crate::argv::Args;
use crate::command::flag::{FAST, READONLY, WRITE};
use crate::command::key::{ACCESS, RO, RW, UPDATE};
use crate::command::{Arg, Command, Group as Family, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, change};
use crate::reply::{Outcome, Replied, Reply};
use crate::types::{Group, Id, Pending, Stream};

pub(super) static XACK: Command = Command::new("xack", Family::Stream, "5.0.0", -4, xack)
    .summary("Acknowledges entries that were delivered to a group.")
    .complexity("O(1) for each id.")
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::string("group"), Arg::string("id").multiple()]);

fn xack(call: &mut Call<'_>) -> Outcome {
    let (key, name, done) = (call.args.at(1), call.args.at(2), call.args.from(3));
    let stream = call.db.read::<Stream>(key)?;
    if stream.and_then(|stream| stream.group(name)).is_none() {
        return Ok(call.reply.int(0));
    }
    ids(done)?;
    let acknowledged = call.db.edit_counted(key, change::XACK, |stream: &mut Stream| {
        let acknowledge = |group: &mut Group| {
            done.iter().filter(|word| id(word).is_ok_and(|id| group.acknowledge(id))).count()
        };
        let count = stream.edit_group(name, |group, _| acknowledge(group)).unwrap_or(0);
        Ok(if count == 0 { Edited::nothing(0) } else { Edited::changes(count, count) })
    })?;
    Ok(call.reply.len(acknowledged.unwrap_or(0)))
}

pub(super) static XPENDING: Command = Command::new("xpending", Family::Stream, "5.0.0", -3, xpending)
    .summary("Tells which entries were delivered to a group and are not acknowledged.")
    .complexity("O(N) for N entries that are listed or passed over.")
    .history(&[("6.2.0", "Takes `IDLE` and ids that are excluded.")])
    .flags(READONLY)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[
        Arg::key("key", 0),
        Arg::string("group"),
        Arg::block(
            "filters",
            &[
                Arg::integer("min-idle-time").after("IDLE").optional().since("6.2.0"),
                Arg::string("start"),
                Arg::string("end"),
                Arg::integer("count"),
                Arg::string("consumer").optional(),
            ],
        )
        .optional(),
    ]);

fn xpending(call: &mut Call<'_>) -> Outcome {
    let filter = if call.args.len() == 3 { None } else { Some(Filter::read(call.args)?) };
    let Call { db, reply, args, .. } = call;
    let now_ms = db.now_ms();
    let (key, name) = (args.at(1), args.at(2));
    let stream = db.read::<Stream>(key)?;
    let group = stream.and_then(|stream| stream.group(name)).ok_or_else(|| no_group(key, name))?;
    Ok(match filter {
        None => summary(reply, group),
        Some(filter) => filter.list(reply, group, now_ms),
    })
}

/// How many, from which id to which, and how many each consumer has.
fn summary(reply: &mut Reply<'_>, group: &Group) -> Replied {
    reply.array(4);
    reply.len(group.pending_len());
    let mut all = group.all_pending(Id::MIN).map(|(id, _)| id);
    let Some(first) = all.next() else {
        reply.null();
        reply.null();
        return reply.null_array();
    };
    say_id(reply, first);
    say_id(reply, all.next_back().unwrap_or(first));
    let mark = reply.mark();
    let mut len = 0;
    for consumer in group.consumers().filter(|consumer| consumer.pending_len() > 0) {
        reply.array(2);
        reply.bulk(&consumer.name);
        reply.bulk_int(consumer.pending_len() as i64);
        len += 1;
    }
    reply.array_since(mark, len)
}

/// Which entries to list.
struct Filter<'a> {
    idle_ms: i64,
    from: Id,
    to: Id,
    count: usize,
    consumer: Option<&'a [u8]>,
}

impl<'a> Filter<'a> {
    fn read(args: Args<'a>) -> Result<Self, Error> {
        if !(6..=9).contains(&args.len()) {
            return Err(Error::Syntax);
        }
        let (mut idle_ms, mut place) = (0, 3);
        if args.is(3, "IDLE") {
            idle_ms = args.int(4)?;
            place = 5;
            if args.len() < 8 {
                return Err(Error::Syntax);
            }
        }
        let count = usize::try_from(args.int(place + 2)?).unwrap_or(0);
        let (from, to) = (start(args.at(place))?, end(args.at(place + 1))?);
        Ok(Self { idle_ms, from, to, count, consumer: args.get(place + 3) })
    }

    fn list(&self, reply: &mut Reply<'_>, group: &Group, now_ms: i64) -> Replied {
        let is_wanted = |&(_, pending): &(Id, &Pending)| {
            self.idle_ms == 0 || now_ms.saturating_sub(pending.delivered_ms) >= self.idle_ms
        };
        let Some(name) = self.consumer else {
            let all = group.all_pending(self.from);
            return self.list_those(
                reply,
                group,
                now_ms,
                all.take_while(|(id, _)| *id <= self.to).filter(is_wanted),
            );
        };
        let Some(consumer) = group.find(name).and_then(|id| group.consumer(id)) else {
            return reply.array(0);
        };
        let its = consumer.pending(self.from).take_while(|id| *id <= self.to);
        let its = its.filter_map(|id| Some((id, group.pending(id)?)));
        self.list_those(reply, group, now_ms, its.filter(is_wanted))
    }

    fn list_those<'g>(
        &self,
        reply: &mut Reply<'_>,
        group: &'g Group,
        now_ms: i64,
        those: impl Iterator<Item = (Id, &'g Pending)>,
    ) -> Replied {
        let mark = reply.mark();
        let mut len = 0;
        for (id, pending) in those.take(self.count) {
            reply.array(4);
            say_id(reply, id);
            reply.bulk(group.name_of(pending));
            reply.int(now_ms.saturating_sub(pending.delivered_ms).max(0));
            reply.int(pending.deliveries);
            len += 1;
        }
        reply.array_since(mark, len)
    }
}
