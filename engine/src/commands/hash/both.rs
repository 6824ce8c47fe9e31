//! Values and deadlines at once: reading fields that then go or live longer, and setting fields with a time to live.

use alloc::vec::Vec;

use super::expire::{Since, event, expire, persist, propagate};
use super::{FIELDS, NOT_POSITIVE, claim, counted, fields, positive, rules, say_if_any};
use crate::argv::Args;
use crate::command::flag::{DENYOOM, FAST, WRITE};
use crate::command::key::{ACCESS, DELETE, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Db, Edited, change};
use crate::reply::{Outcome, Replied, Reply};
use crate::types::{Hash, HashRules, Kind};

pub(super) static HGETDEL: Command = Command::new("hgetdel", Group::Hash, "8.0.0", -5, hgetdel)
    .summary("Returns the values of fields of a hash, and takes the fields out.")
    .complexity("O(N) for N fields")
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | ACCESS | DELETE)])
    .args(&[Arg::key("key", 0), FIELDS]);

fn hgetdel(call: &mut Call<'_>) -> Outcome {
    let Call { args, db, reply, .. } = call;
    let key = args.at(1);
    claim(db, key)?;
    let fields = fields(*args, 2, NOT_POSITIVE)?;
    let mut replied = reply.array(fields.len());
    let removed = db.edit_counted(key, change::HDEL, |hash: &mut Hash| {
        let mut removed = 0;
        for field in fields.iter() {
            replied = say_if_any(reply, hash.get(field));
            removed += usize::from(hash.remove(field));
        }
        Ok(counted(removed))
    })?;
    if removed.is_none() {
        replied = say_none(reply, fields);
    }
    if removed.is_some_and(|removed| removed > 0) {
        call.propagates("HDEL").word(key).words(fields.iter());
    }
    Ok(replied)
}

fn say_none(reply: &mut Reply<'_>, fields: Args<'_>) -> Replied {
    fields.iter().fold(reply.later(), |_, _| reply.null())
}

pub(super) static HGETEX: Command = Command::new("hgetex", Group::Hash, "8.0.0", -5, hgetex)
    .summary("Returns the values of fields of a hash, and may change when the fields expire.")
    .complexity("O(N) for N fields")
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | ACCESS | UPDATE).notes("The time to live may be written.")])
    .args(&[
        Arg::key("key", 0),
        Arg::one_of("expiration", &[EX, PX, EXAT, PXAT, Arg::word("persist", "PERSIST")]).optional(),
        FIELDS,
    ]);

const EX: Arg = Arg::integer("seconds").after("EX");
const PX: Arg = Arg::integer("milliseconds").after("PX");
const EXAT: Arg = Arg::unix_time("unix-time-seconds").after("EXAT");
const PXAT: Arg = Arg::unix_time("unix-time-milliseconds").after("PXAT");

fn hgetex(call: &mut Call<'_>) -> Outcome {
    let options = Options::parse(call, false)?;
    let Call { args, db, reply, .. } = call;
    let (key, fields) = (args.at(1), options.fields);
    let is_due = matches!(options.life, Life::Until(when_ms) if db.is_due(when_ms));
    claim(db, key)?;
    let mut replied = reply.array(fields.len());
    let event = match options.life {
        Life::Until(_) => event(is_due),
        Life::Unsaid | Life::Keep | Life::Persist => change::HPERSIST,
    };
    let mut changed = Vec::new();
    let is_there = db.edit_counted(key, event, |hash: &mut Hash| {
        for field in fields.iter() {
            let value = hash.get(field);
            let is_there = value.is_some();
            replied = say_if_any(reply, value);
            let is_changed = match options.life {
                Life::Until(when_ms) if is_there => {
                    expire(hash, field, when_ms, is_due);
                    true
                }
                Life::Persist => persist(hash, field),
                Life::Until(_) | Life::Unsaid | Life::Keep => false,
            };
            changed.extend(is_changed.then_some(field));
        }
        Ok(counted(changed.len()).map(drop))
    })?;
    if is_there.is_none() {
        replied = say_none(reply, fields);
    }
    match options.life {
        Life::Until(when_ms) => propagate(call, key, when_ms, &changed),
        Life::Persist if !changed.is_empty() => {
            call.propagates("HPERSIST").word(key).word("FIELDS").count(changed.len()).words(changed);
        }
        Life::Persist | Life::Unsaid | Life::Keep => {}
    }
    Ok(replied)
}

pub(super) static HSETEX: Command = Command::new("hsetex", Group::Hash, "8.0.0", -6, hsetex)
    .summary("Gives fields of a hash values, and may say when the fields expire.")
    .complexity("O(N) for N fields")
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[
        Arg::key("key", 0),
        Arg::one_of("condition", &[Arg::word("fnx", "FNX"), Arg::word("fxx", "FXX")]).optional(),
        Arg::one_of("expiration", &[EX, PX, EXAT, PXAT, Arg::word("keepttl", "KEEPTTL")]).optional(),
        Arg::block(
            "fields",
            &[
                Arg::integer("numfields"),
                Arg::block("data", &[Arg::string("field"), Arg::string("value")]).multiple(),
            ],
        )
        .after("FIELDS"),
    ]);

fn hsetex(call: &mut Call<'_>) -> Outcome {
    let options = Options::parse(call, true)?;
    let (key, rules) = (call.args.at(1), rules(call));
    claim(&mut call.db, key)?;
    if !options.is_met(&mut call.db, key) {
        return Ok(call.reply.flag(false));
    }
    call.db.edit_counted_or_create(key, change::HSET, Hash::new, |hash: &mut Hash| {
        options.pairs().for_each(|(field, value)| options.set(hash, field, value, &rules));
        Ok(Edited::changes((), options.fields.len() / 2))
    })?;
    if let Life::Until(when_ms) = options.life {
        let is_due = call.db.is_due(when_ms);
        call.db.edit_counted(key, event(is_due), |hash: &mut Hash| {
            for (field, _) in options.pairs() {
                expire(hash, field, when_ms, is_due);
            }
            // Setting a field with a deadline is one change.
            Ok(Edited::changes((), 0))
        })?;
        if is_due {
            call.propagates("HDEL").word(key).words(options.pairs().map(|(field, _)| field));
        } else {
            let command = call.propagates("HSETEX").word(key).word("PXAT").int(when_ms).word("FIELDS");
            command.count(options.fields.len() / 2).words(options.fields.iter());
        }
    }
    Ok(call.reply.flag(true))
}

/// What HGETEX and HSETEX are asked for.
#[derive(Clone, Copy)]
struct Options<'a> {
    life: Life,
    condition: Option<Condition>,
    /// The fields; for HSETEX, a value after each.
    fields: Args<'a>,
}

/// What becomes of the fields' time to live.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Life {
    /// It stays as it is for HGETEX, and ends for HSETEX.
    Unsaid,
    Keep,
    Persist,
    /// It ends at this Unix time in milliseconds.
    Until(i64),
}

/// Which of the fields must be there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Condition {
    /// FNX
    None,
    /// FXX
    All,
}

impl<'a> Options<'a> {
    /// Reads all that follows the key. The fields come last.
    fn parse(call: &Call<'a>, sets: bool) -> Result<Self, Error> {
        let Call { args, command, .. } = *call;
        let mut options = Self { life: Life::Unsaid, condition: None, fields: args.from(args.len()) };
        let mut place = 2;
        while let Some(word) = args.get(place) {
            if args.is(place, "FIELDS") {
                options.fields = counted_fields(args.from(place + 1), sets, command)?;
                return Ok(options);
            }
            place += if sets && (args.is(place, "FNX") || args.is(place, "FXX")) {
                if options.condition.is_some() {
                    return Err(Error::Text("ERR Only one of FXX or FNX arguments can be specified"));
                }
                let none = args.is(place, "FNX");
                options.condition = Some(if none { Condition::None } else { Condition::All });
                1
            } else {
                options.read_life(call, place, sets)?.ok_or_else(|| unknown(word))?
            };
        }
        Err(Error::Arity(command.name))
    }

    /// Reads what is said about the time to live at a place; tells how many words that were, if any.
    fn read_life(&mut self, call: &Call<'a>, place: usize, sets: bool) -> Result<Option<usize>, Error> {
        let (args, now_ms) = (call.args, call.db.now_ms());
        let since = if args.is(place, "EX") {
            Since { unit_ms: 1000, base_ms: now_ms }
        } else if args.is(place, "PX") {
            Since { unit_ms: 1, base_ms: now_ms }
        } else if args.is(place, "EXAT") {
            Since { unit_ms: 1000, base_ms: 0 }
        } else if args.is(place, "PXAT") {
            Since { unit_ms: 1, base_ms: 0 }
        } else {
            let (word, life) = if sets { ("KEEPTTL", Life::Keep) } else { ("PERSIST", Life::Persist) };
            if !args.is(place, word) {
                return Ok(None);
            }
            self.say_once(life, sets)?;
            return Ok(Some(1));
        };
        // Two of them are wrong, whatever the second says.
        self.say_once(Life::Keep, sets)?;
        let number = args.get(place + 1).ok_or(Error::Text("ERR missing expire time"))?;
        self.life = Life::Until(since.deadline(number, call.command.name)?);
        Ok(Some(2))
    }

    fn say_once(&mut self, life: Life, sets: bool) -> Result<(), Error> {
        if self.life != Life::Unsaid {
            return Err(Error::Text(if sets {
                "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified"
            } else {
                "ERR Only one of EX, PX, EXAT, PXAT or PERSIST arguments can be specified"
            }));
        }
        self.life = life;
        Ok(())
    }

    /// The fields of HSETEX and their values.
    fn pairs(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let fields = self.fields;
        (0..fields.len() / 2).map(move |pair| (fields.at(2 * pair), fields.at(2 * pair + 1)))
    }

    /// Whether the condition about the fields of a key holds.
    fn is_met(&self, db: &mut Db<'_>, key: &[u8]) -> bool {
        let Some(condition) = self.condition else { return true };
        let hash = db.peek(key).and_then(|entry| Hash::of(entry.value));
        let wanted = condition == Condition::All;
        self.pairs().all(|(field, _)| hash.is_some_and(|hash| hash.contains(field)) == wanted)
    }

    /// Gives a field a value. Its old deadline ends with the old value unless it is to be kept, or replaced in a moment.
    fn set(&self, hash: &mut Hash, field: &[u8], value: &[u8], rules: &HashRules) {
        if self.life == Life::Unsaid {
            hash.set(field, value, rules);
        } else {
            hash.update(field, value, rules);
        }
    }
}

/// `numfields` and so many fields, each with a value if they are to be set.
fn counted_fields<'a>(args: Args<'a>, sets: bool, command: &Command) -> Result<Args<'a>, Error> {
    let words = if sets { 2 } else { 1 };
    if args.len() < 1 + words {
        return Err(Error::Arity(command.name));
    }
    let count = positive(args.at(0)).filter(|&count| count <= i32::MAX as usize);
    let count = count.ok_or(Error::Text("ERR invalid number of fields"))?;
    let fields = args.from(1);
    if count.checked_mul(words) != Some(fields.len()) {
        return Err(Error::Text("ERR wrong number of arguments"));
    }
    Ok(fields)
}

#[cold]
fn unknown(word: &[u8]) -> Error {
    Error::err(format_args!("unknown argument: {}", alloc::string::String::from_utf8_lossy(word)))
}
