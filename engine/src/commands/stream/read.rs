//! XREAD and XREADGROUP: what is new in streams, waiting for it if need be.
//!
//! A command that waits runs again when one of its keys changes, and then looks at that key alone. `$` must go on
//! meaning the id that was the last one when the wait began, so it is that id that is kept.
//!
//! What ends a wait is that an id was given, even if its entry is gone by then: the stream is shown, and no entry of it.

use alloc::vec::Vec;

use redstart_structures::Blob;

use super::delivery::{Delivery, propagate_deliveries, propagate_position};
use super::{id, note_new_consumer, say_entries, say_entry, say_id};
use crate::argv::{Args, Argv};
use crate::command::flag::{BLOCKING, EFFECTS, READONLY, WRITE};
use crate::command::{Arg, Command, Group as Family, KeySpec};
use crate::commands::options;
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, change};
use crate::reply::{Outcome, Protocol, Replied, Reply};
use crate::types::{ConsumerId, Held, Id, Kind, Stream};

pub(super) static XREAD: Command = Command::new("xread", Family::Stream, "5.0.0", -4, xread)
    .summary("Gives the entries of streams after ids, waiting for one if need be.")
    .complexity("O(N) for N entries that are given.")
    .flags(READONLY | BLOCKING)
    .keys(&[KeySpec::streams(1)])
    .args(&[COUNT, BLOCK, STREAMS]);

const COUNT: Arg = Arg::integer("count").after("COUNT").optional();
const BLOCK: Arg = Arg::integer("milliseconds").after("BLOCK").optional();
const STREAMS: Arg =
    Arg::block("streams", &[Arg::key("key", 0).multiple(), Arg::string("id").multiple()]).after("STREAMS");

fn xread(call: &mut Call<'_>) -> Outcome {
    let reading = Reading::parse(call, None)?;
    let mut after = Vec::new();
    for place in reading.places(call) {
        let stream = call.db.read::<Stream>(reading.keys.at(place))?;
        after.push((place, reading.after(place, stream)?));
    }
    let mut streams = Streams::new(&call.reply);
    for &(place, after) in &after {
        let (Call { db, reply, .. }, key) = (&mut *call, reading.keys.at(place));
        let Some(stream) = db.read::<Stream>(key)? else { continue };
        let Some(from) = after.next().filter(|_| reading.newest(stream).is_some_and(|newest| newest > after))
        else {
            continue;
        };
        streams.begin(reply, key);
        say_entries(reply, stream.entries().forwards(from.0, u128::MAX).take(reading.count));
    }
    if let Some(replied) = streams.end(&mut call.reply) {
        return Ok(replied);
    }
    let Some(until) = reading.until else { return Ok(call.reply.null_array()) };
    let mut words: Argv = call.args.until(call.args.len() - reading.ids.len()).iter().collect();
    after.iter().for_each(|(_, id)| id.with_text(|id| words.push(id)));
    let is_stream = |value: Option<Held<'_>>| value.and_then(Stream::of).is_some();
    call.wait_as(words.args(), reading.keys, is_stream, until, |reply| reply.null_array())
}

pub(super) static XREADGROUP: Command = Command::new("xreadgroup", Family::Stream, "5.0.0", -7, xreadgroup)
    .summary(
        "Gives a consumer of a group the entries of streams that nobody in the group has had, waiting for one if need be, \
         or those that it has had.",
    )
    .complexity("O(N) for N entries that are given.")
    .flags(WRITE | BLOCKING | EFFECTS)
    .keys(&[KeySpec::streams(4)])
    .args(&[
        Arg::block("group_consumer", &[Arg::string("group"), Arg::string("consumer")]).after("GROUP"),
        COUNT,
        BLOCK,
        Arg::word("noack", "NOACK").optional(),
        STREAMS,
    ]);

fn xreadgroup(call: &mut Call<'_>) -> Outcome {
    let mut member = Member::default();
    let reading = Reading::parse(call, Some(&mut member))?;
    let mut after = Vec::new();
    for place in reading.places(call) {
        member.find_group(call, reading.keys.at(place))?;
        after.push((place, reading.history_after(place)?));
    }
    let mut streams = Streams::new(&call.reply);
    for (place, history) in after {
        member.read(call, &reading, (place, history), &mut streams)?;
    }
    match (streams.end(&mut call.reply), reading.until) {
        (Some(replied), _) => Ok(replied),
        (None, None) => Ok(call.reply.null_array()),
        // It is told, too, when a stream is gone.
        (None, Some(until)) => {
            call.wait_as(call.args, reading.keys, |_| true, until, |reply| reply.null_array())
        }
    }
}

/// Whoever reads as one of a group.
#[derive(Default)]
struct Member<'a> {
    group: &'a [u8],
    consumer: &'a [u8],
    /// Nothing is to be acknowledged.
    no_ack: bool,
}

impl Member<'_> {
    /// Fails if there is no such group.
    fn find_group(&self, call: &mut Call<'_>, key: &[u8]) -> Result<(), Error> {
        let has_waited = call.woken_by.is_some();
        let stream = match call.db.read::<Stream>(key) {
            Ok(None) | Err(_) if has_waited => {
                return Err(Error::Text("UNBLOCKED the stream key no longer exists"));
            }
            stream => stream?,
        };
        if stream.and_then(|stream| stream.group(self.group)).is_some() {
            return Ok(());
        }
        if has_waited {
            return Err(Error::Text(
                "NOGROUP the consumer group this client was blocked on no longer exists",
            ));
        }
        let after: &[u8] = b"' in XREADGROUP with GROUP option";
        Err(Error::quoting_all(&[b"NOGROUP No such key '", key, b"' or consumer group '", self.group, after]))
    }

    /// Reads what the consumer had after an id, or what is new to the group.
    fn read(
        &self,
        call: &mut Call<'_>,
        reading: &Reading<'_>,
        (place, history): (usize, Option<Id>),
        streams: &mut Streams,
    ) -> Result<(), Error> {
        let (key, count) = (reading.keys.at(place), reading.count);
        let now_ms = call.db.now_ms();
        call.db.read::<Stream>(key)?;
        let Call { db, reply, .. } = &mut *call;
        let mut deliveries = Vec::new();
        let is_new = db.edit_counted(key, change::XREADGROUP, |stream: &mut Stream| {
            let newest = reading.newest(stream);
            let heard = stream.edit_group(self.group, |group, _| {
                let is_served = history.is_some() || newest.is_some_and(|newest| newest > group.last_id);
                is_served.then(|| group.hear_of(self.consumer, now_ms))
            });
            let Some((consumer, is_new)) = heard.flatten() else { return Ok(Edited::nothing(false)) };
            streams.begin(reply, key);
            match history {
                Some(after) => self.say_history(reply, stream, (consumer, after), count, now_ms),
                None => deliveries = self.say_news(reply, stream, consumer, count, now_ms),
            }
            Ok(Edited::changes(is_new, 1))
        })?;
        if is_new == Some(true) {
            note_new_consumer(call, key)?;
            if self.no_ack {
                let command = call.propagates("XGROUP").word("CREATECONSUMER");
                command.word(key).word(self.group).word(self.consumer);
            }
        }
        if self.no_ack && is_new.is_some() && history.is_none() {
            propagate_position(call, key, self.group);
        }
        propagate_deliveries(call, key, self.group, &deliveries);
        Ok(())
    }

    /// What is new to the group; tells what was delivered and is to be acknowledged.
    fn say_news(
        &self,
        reply: &mut Reply<'_>,
        stream: &mut Stream,
        consumer: ConsumerId,
        count: usize,
        now_ms: i64,
    ) -> Vec<Delivery> {
        let mark = reply.mark();
        let (mut len, mut deliveries) = (0, Vec::new());
        let acknowledged_ms = (!self.no_ack).then_some(now_ms);
        stream.deliver(self.group, consumer, count, acknowledged_ms, |entry| {
            if acknowledged_ms.is_some() {
                let id = Id(entry.id());
                let consumer = Blob::from(self.consumer);
                deliveries.push(Delivery { id, consumer, delivered_ms: now_ms, deliveries: 1, last_id: id });
            }
            say_entry(reply, entry);
            len += 1;
        });
        reply.array_since(mark, len);
        deliveries
    }

    /// What a consumer has; of entries that were deleted, the ids.
    fn say_history(
        &self,
        reply: &mut Reply<'_>,
        stream: &mut Stream,
        (consumer, after): (ConsumerId, Id),
        count: usize,
        now_ms: i64,
    ) {
        stream.edit_group(self.group, |group, entries| {
            let from = after.next().unwrap_or(Id::MIN);
            let its = group.consumer(consumer).map(|consumer| consumer.pending(from).take(count).collect());
            let its: Vec<Id> = its.unwrap_or_default();
            reply.array(its.len());
            for id in its {
                if let Some(entry) = entries.get(id.0) {
                    group.deliver_again(id, now_ms);
                    say_entry(reply, entry);
                } else {
                    reply.array(2);
                    say_id(reply, id);
                    reply.null_array();
                }
            }
        });
    }
}

/// What is to be read.
struct Reading<'a> {
    count: usize,
    /// Until when to wait; `None`: not at all.
    until: Option<Option<u64>>,
    keys: Args<'a>,
    ids: Args<'a>,
    /// It has waited.
    is_woken: bool,
}

impl<'a> Reading<'a> {
    /// Reads the words up to the ids; XREADGROUP has a member to be filled in.
    fn parse(call: &Call<'a>, mut member: Option<&mut Member<'a>>) -> Result<Self, Error> {
        /// Of who waited and named no count, nobody knows how far behind it is by now.
        const COUNT_AFTER_WAIT: usize = 1000;
        let args = call.args;
        let (mut count, mut until, mut has_group, mut place) = (0, None, false, 1);
        let streams = loop {
            let more = args.len().saturating_sub(place + 1);
            if args.is(place, "BLOCK") && more > 0 {
                if call.is_of_script {
                    let after = " command is not allowed with BLOCK option from scripts";
                    return Err(Error::quoting("", args.at(0), after));
                }
                until = Some(options::until_ms(args.at(place + 1), call.server.now.mono_us)?);
                place += 2;
            } else if args.is(place, "COUNT") && more > 0 {
                count = usize::try_from(args.int(place + 1)?).unwrap_or(0);
                place += 2;
            } else if args.is(place, "STREAMS") && more > 0 {
                break args.from(place + 1);
            } else if args.is(place, "GROUP") && more > 1 {
                let member = member.as_mut().ok_or_else(|| only_for_groups("GROUP"))?;
                (member.group, member.consumer) = (args.at(place + 1), args.at(place + 2));
                has_group = true;
                place += 3;
            } else if args.is(place, "NOACK") {
                member.as_mut().ok_or_else(|| only_for_groups("NOACK"))?.no_ack = true;
                place += 1;
            } else {
                return Err(Error::Syntax);
            }
        };
        if streams.len() % 2 == 1 {
            return Err(UNBALANCED);
        }
        if member.is_some() && !has_group {
            return Err(Error::Text("ERR Missing GROUP option for XREADGROUP"));
        }
        if count == 0 {
            count = if call.woken_by.is_some() { COUNT_AFTER_WAIT } else { usize::MAX };
        }
        let half = streams.len() / 2;
        let is_woken = call.woken_by.is_some();
        Ok(Self { count, until, keys: streams.until(half), ids: streams.from(half), is_woken })
    }

    /// The streams that are worth looking at: once it was woken, only the one that woke it.
    fn places(&self, call: &Call<'_>) -> impl Iterator<Item = usize> + use<> {
        let woken_by = call.woken_by;
        let the_one = woken_by.and_then(|woken_by| self.keys.iter().position(|key| key == woken_by));
        match the_one {
            Some(place) => place..place + 1,
            None => 0..self.keys.len(),
        }
    }

    /// The id that has to be after the reader's for there to be news: who has not waited asks for an entry.
    fn newest(&self, stream: &Stream) -> Option<Id> {
        if self.is_woken { Some(stream.last_id) } else { stream.top_id() }
    }

    /// The id after which to read.
    fn after(&self, place: usize, stream: Option<&Stream>) -> Result<Id, Error> {
        let last_id = stream.map_or(Id::MIN, |stream| stream.last_id);
        match self.ids.at(place) {
            b"$" => Ok(last_id),
            // The last entry itself; where there is none, what comes next.
            b"+" => Ok(stream.and_then(Stream::top_id).and_then(Id::previous).unwrap_or(last_id)),
            b">" => Err(Error::Text(
                "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
            )),
            word => id(word),
        }
    }

    /// The id after which to read what the consumer had; `None` for what is new.
    fn history_after(&self, place: usize) -> Result<Option<Id>, Error> {
        match self.ids.at(place) {
            b"$" => Err(Error::Text(
                "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer \
                 by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty \
                 result set.",
            )),
            b">" => Ok(None),
            word => id(word).map(|id| Some(id).filter(|&id| id < Id::MAX)),
        }
    }
}

const UNBALANCED: Error =
    Error::Text("ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");

fn only_for_groups(option: &str) -> Error {
    Error::err(format_args!("The {option} option is only supported by XREADGROUP. You called XREAD instead."))
}

/// A reply of streams and their entries: in RESP3 a map, before that an array of pairs.
struct Streams {
    mark: usize,
    len: usize,
}

impl Streams {
    const fn new(reply: &Reply<'_>) -> Self {
        Self { mark: reply.mark(), len: 0 }
    }

    /// Begins a stream, whose entries must follow.
    fn begin(&mut self, reply: &mut Reply<'_>, key: &[u8]) {
        if reply.protocol() == Protocol::Resp2 {
            reply.array(2);
        }
        reply.bulk(key);
        self.len += 1;
    }

    /// Ends the reply, if there was any stream.
    fn end(self, reply: &mut Reply<'_>) -> Option<Replied> {
        match (self.len, reply.protocol()) {
            (0, _) => None,
            (len, Protocol::Resp2) => Some(reply.array_since(self.mark, len)),
            (len, Protocol::Resp3) => Some(reply.map_since(self.mark, len)),
        }
    }
}
