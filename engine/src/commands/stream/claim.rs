//! Entries that were delivered go to another consumer.

use alloc::vec::Vec;

use redstart_structures::Journal;

use super::delivery::{Delivery, propagate_deliveries, propagate_position};
use super::{id, no_group, note_new_consumer, say_entry, say_id, start};
use crate::argv::Args;
use crate::command::flag::{EFFECTS, FAST, WRITE};
use crate::command::key::{DELETE, RW, UPDATE};
use crate::command::{Arg, Command, Group as Family, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, change};
use crate::number;
use crate::reply::{Outcome, Replied, Reply};
use crate::types::{Group, Id, Pending, Stream};

pub(super) static XCLAIM: Command = Command::new("xclaim", Family::Stream, "5.0.0", -6, xclaim)
    .summary("Gives entries that were delivered to another consumer.")
    .complexity("O(log N) for each id, with N pending entries.")
    .flags(WRITE | FAST | EFFECTS)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[
        Arg::key("key", 0),
        Arg::string("group"),
        Arg::string("consumer"),
        Arg::string("min-idle-time"),
        Arg::string("id").multiple(),
        Arg::integer("ms").after("IDLE").optional(),
        Arg::unix_time("unix-time-milliseconds").after("TIME").optional(),
        Arg::integer("count").after("RETRYCOUNT").optional(),
        Arg::word("force", "FORCE").optional(),
        Arg::word("justid", "JUSTID").optional(),
        Arg::string("id").after("LASTID").optional(),
    ]);

fn xclaim(call: &mut Call<'_>) -> Outcome {
    require_group(call)?;
    let now_ms = call.db.now_ms();
    let (ids, options) = Options::read(call.args, now_ms)?;
    claim(call, options.just_id, |group, entries, name| {
        let mut claimed = Claimed::default();
        if options.last_id > group.last_id {
            group.last_id = options.last_id;
            claimed.moved_on = true;
        }
        for word in ids.iter() {
            let Ok(id) = id(word) else { continue };
            claimed.take(group, entries, name, id, &options);
        }
        claimed
    })
}

pub(super) static XAUTOCLAIM: Command = Command::new("xautoclaim", Family::Stream, "6.2.0", -6, xautoclaim)
    .summary("Gives entries that were delivered some time ago to another consumer, a few at a time.")
    .complexity("O(1) if COUNT is small.")
    .history(&[("7.0.0", "Tells also which entries it forgot because they are deleted.")])
    .flags(WRITE | FAST | EFFECTS)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RW | DELETE)])
    .args(&[
        Arg::key("key", 0),
        Arg::string("group"),
        Arg::string("consumer"),
        Arg::string("min-idle-time"),
        Arg::string("start"),
        Arg::integer("count").after("COUNT").optional(),
        Arg::word("justid", "JUSTID").optional(),
    ]);

fn xautoclaim(call: &mut Call<'_>) -> Outcome {
    let now_ms = call.db.now_ms();
    let (from, count, options) = Options::read_auto(call.args, now_ms)?;
    require_group(call)?;
    /// Entries that are looked at for each that may be claimed.
    const ATTEMPTS: usize = 10;
    claim(call, options.just_id, |group, entries, name| {
        let mut claimed = Claimed::default();
        let (mut next, mut attempts) = (Some(from), count.saturating_mul(ATTEMPTS));
        while attempts > 0 && claimed.ids.len() + claimed.gone.len() < count {
            let Some((id, _)) = next.and_then(|next| group.all_pending(next).next()) else { break };
            claimed.take(group, entries, name, id, &options);
            (next, attempts) = (id.next(), attempts - 1);
        }
        let rest = next.and_then(|next| group.all_pending(next).next());
        claimed.cursor = Some(rest.map_or(Id::MIN, |(id, _)| id));
        claimed
    })
}

/// What came of it.
#[derive(Default)]
struct Claimed {
    /// The entries that the consumer has now.
    ids: Vec<Id>,
    /// Pending entries that were deleted from the stream.
    gone: Vec<Id>,
    /// All of both, as they are to be propagated.
    deliveries: Vec<Delivery>,
    new_consumer: bool,
    /// Whether the group has read further.
    moved_on: bool,
    /// Where XAUTOCLAIM goes on.
    cursor: Option<Id>,
}

impl Claimed {
    /// Gives an entry to a consumer if the options allow it.
    fn take(&mut self, group: &mut Group, entries: &Journal, name: &[u8], id: Id, options: &Options) {
        if entries.get(id.0).is_none() {
            // Told of a delivery of what it doesn't have, another store forgets it, too.
            let delivery = Delivery::of(group, id);
            if group.acknowledge(id) {
                self.gone.push(id);
                self.deliveries.extend(delivery);
            }
            return;
        }
        let before = group.pending(id).copied();
        let deliveries = match before {
            None if !options.force => return,
            None => 1,
            Some(before) => {
                let idle_ms = options.now_ms.saturating_sub(before.delivered_ms);
                if options.min_idle_ms > 0 && idle_ms < options.min_idle_ms {
                    return;
                }
                before.deliveries
            }
        };
        let deliveries = match options.deliveries {
            Some(deliveries) => deliveries,
            None => deliveries.wrapping_add(i64::from(!options.just_id)),
        };
        let (consumer, is_new) = group.hear_of(name, options.now_ms);
        self.new_consumer |= is_new;
        group.assign(id, Pending { consumer, delivered_ms: options.delivered_ms, deliveries });
        self.ids.push(id);
        self.deliveries.extend(Delivery::of(group, id));
    }

    fn changes(&self) -> usize {
        let changes = self.ids.len() + self.gone.len();
        if changes == 0 { usize::from(self.moved_on) } else { changes }
    }

    fn say(&self, reply: &mut Reply<'_>, entries: &Journal, just_id: bool) -> Replied {
        if let Some(cursor) = self.cursor {
            reply.array(3);
            say_id(reply, cursor);
        }
        let mut replied = reply.array(self.ids.len());
        for &id in &self.ids {
            replied = match entries.get(id.0) {
                Some(entry) if !just_id => say_entry(reply, entry),
                _ => say_id(reply, id),
            };
        }
        if self.cursor.is_some() {
            replied = reply.array(self.gone.len());
            for &id in &self.gone {
                replied = say_id(reply, id);
            }
        }
        replied
    }
}

/// Has entries claimed, and answers with them.
fn claim(
    call: &mut Call<'_>,
    just_id: bool,
    claim: impl FnOnce(&mut Group, &Journal, &[u8]) -> Claimed,
) -> Outcome {
    let (key, group, name) = (call.args.at(1), call.args.at(2), call.args.at(3));
    let Call { db, reply, .. } = call;
    let done = db.edit_counted(key, change::XCLAIM, |stream: &mut Stream| {
        let claimed = stream.edit_group(group, |group, entries| claim(group, entries, name));
        let claimed = claimed.unwrap_or_default();
        let replied = claimed.say(reply, stream.entries(), just_id);
        Ok(match claimed.changes() {
            0 => Edited::nothing((replied, claimed)),
            changes => Edited::changes((replied, claimed), changes),
        })
    })?;
    let (replied, claimed) = done.ok_or(Error::NoSuchKey)?;
    if claimed.new_consumer {
        note_new_consumer(call, key)?;
    }
    if claimed.deliveries.is_empty() && claimed.moved_on {
        propagate_position(call, key, group);
    }
    propagate_deliveries(call, key, group, &claimed.deliveries);
    Ok(replied)
}

fn require_group(call: &mut Call<'_>) -> Result<(), Error> {
    let (key, group) = (call.args.at(1), call.args.at(2));
    let stream = call.db.read::<Stream>(key)?;
    stream.and_then(|stream| stream.group(group)).map(drop).ok_or_else(|| no_group(key, group))
}

/// How entries are claimed.
struct Options {
    now_ms: i64,
    min_idle_ms: i64,
    /// When they were delivered, as it is to be remembered.
    delivered_ms: i64,
    /// How often, if that is said.
    deliveries: Option<i64>,
    /// Entries that were never delivered as well.
    force: bool,
    just_id: bool,
    /// Up to where the group is to have read at least.
    last_id: Id,
}

impl Options {
    fn new(min_idle: &[u8], now_ms: i64, invalid: &'static str) -> Result<Self, Error> {
        let min_idle_ms = number::parse_int(min_idle).ok_or(Error::Text(invalid))?.max(0);
        Ok(Self {
            now_ms,
            min_idle_ms,
            delivered_ms: now_ms,
            deliveries: None,
            force: false,
            just_id: false,
            last_id: Id::MIN,
        })
    }

    /// Those of XCLAIM, and the ids before them.
    fn read(args: Args<'_>, now_ms: i64) -> Result<(Args<'_>, Self), Error> {
        let mut options = Self::new(args.at(4), now_ms, "ERR Invalid min-idle-time argument for XCLAIM")?;
        let is_id = |place: &usize| args.get(*place).is_some_and(|word| id(word).is_ok());
        let end = (5..args.len()).find(|place| !is_id(place)).unwrap_or(args.len());
        let mut place = end;
        let (mut delivered_ms, mut deliveries) = (-1, -1);
        while let Some(word) = args.get(place) {
            let value = args.get(place + 1);
            let number = |error| number::parse_int(value.unwrap_or_default()).ok_or(Error::Text(error));
            place += 1 + usize::from(value.is_some());
            if word.eq_ignore_ascii_case(b"IDLE") && value.is_some() {
                delivered_ms = now_ms.wrapping_sub(number("ERR Invalid IDLE option argument for XCLAIM")?);
            } else if word.eq_ignore_ascii_case(b"TIME") && value.is_some() {
                delivered_ms = number("ERR Invalid TIME option argument for XCLAIM")?;
            } else if word.eq_ignore_ascii_case(b"RETRYCOUNT") && value.is_some() {
                deliveries = number("ERR Invalid RETRYCOUNT option argument for XCLAIM")?;
            } else if word.eq_ignore_ascii_case(b"LASTID") && value.is_some() {
                options.last_id = id(value.unwrap_or_default())?;
            } else {
                options.read_word(word)?;
                place -= usize::from(value.is_some());
            }
        }
        if (0..=now_ms).contains(&delivered_ms) {
            options.delivered_ms = delivered_ms;
        }
        options.deliveries = Some(deliveries).filter(|&deliveries| deliveries >= 0);
        Ok((args.until(end).from(5), options))
    }

    fn read_word(&mut self, word: &[u8]) -> Result<(), Error> {
        if word.eq_ignore_ascii_case(b"FORCE") {
            self.force = true;
        } else if word.eq_ignore_ascii_case(b"JUSTID") {
            self.just_id = true;
        } else {
            return Err(Error::quoting("Unrecognized XCLAIM option '", word, "'"));
        }
        Ok(())
    }

    /// Those of XAUTOCLAIM, where it begins and how many entries it claims at most.
    fn read_auto(args: Args<'_>, now_ms: i64) -> Result<(Id, usize, Self), Error> {
        const COUNT_MOST: i64 = i64::MAX / 16;
        let mut options = Self::new(args.at(4), now_ms, "ERR Invalid min-idle-time argument for XAUTOCLAIM")?;
        let from = start(args.at(5))?;
        let mut count = 100;
        let mut place = 6;
        while place < args.len() {
            if args.is(place, "COUNT") && place + 1 < args.len() {
                let said = number::parse_int(args.at(place + 1));
                let said = said.filter(|said| (1..=COUNT_MOST).contains(said));
                count = said.ok_or(Error::Text("ERR COUNT must be > 0"))?;
                place += 1;
            } else if args.is(place, "JUSTID") {
                options.just_id = true;
            } else {
                return Err(Error::Syntax);
            }
            place += 1;
        }
        Ok((from, usize::try_from(count).unwrap_or(usize::MAX), options))
    }
}
