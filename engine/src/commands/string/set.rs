//! Writing whole values.

use super::get::reply_string;
use crate::argv::Args;
use crate::command::flag::{DENYOOM, FAST, WRITE};
use crate::command::key::{ACCESS, Access, INSERT, OW, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::commands::options::{Form, Life};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Db, Expiry, change};
use crate::reply::Outcome;
use crate::types::{Kind, Str};

pub(super) static SET: Command = Command::new("set", Group::String, "1.0.0", -3, set)
    .summary("Sets a key to a string, whatever it held before.")
    .complexity("O(1)")
    .history(&[
        ("2.6.12", "`EX`, `PX`, `NX` and `XX`."),
        ("6.0.0", "`KEEPTTL`."),
        ("6.2.0", "`GET`, `EXAT` and `PXAT`."),
        ("7.0.0", "`NX` and `GET` go together."),
        ("8.1.0", "`IFEQ`."),
    ])
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(1, RW | ACCESS | UPDATE)
        .varying(access)
        .notes("The old value is read only for `GET`.")])
    .args(&[
        Arg::key("key", 0),
        Arg::string("value"),
        Arg::one_of(
            "condition",
            &[
                Arg::word("nx", "NX"),
                Arg::word("xx", "XX"),
                Arg::string("comparison-value").after("IFEQ").since("8.1.0"),
            ],
        )
        .since("2.6.12")
        .optional(),
        Arg::word("get", "GET").since("6.2.0").optional(),
        Arg::one_of(
            "expiration",
            &[
                Arg::integer("seconds").after("EX").since("2.6.12"),
                Arg::integer("milliseconds").after("PX").since("2.6.12"),
                Arg::unix_time("unix-time-seconds").after("EXAT").since("6.2.0"),
                Arg::unix_time("unix-time-milliseconds").after("PXAT").since("6.2.0"),
                Arg::word("keepttl", "KEEPTTL").since("6.0.0"),
            ],
        )
        .optional(),
    ]);

/// The old value matters only to those who ask for it.
fn access(args: Args<'_>) -> Access {
    let reads = (3..args.len()).any(|place| args.is(place, "GET"));
    if reads { RW | ACCESS | UPDATE } else { OW | UPDATE }
}

fn set(call: &mut Call<'_>) -> Outcome {
    let options = Options::read(call.args)?;
    let expiry = options.life.expiry(call.db.now_ms(), call.command.name)?;
    let old = if options.get { Some(reply_string(call)?) } else { None };
    let key = call.args.at(1);
    if let Some(condition) = options.condition
        && !condition.holds(&mut call.db, key)?
    {
        return Ok(old.unwrap_or_else(|| call.reply.null()));
    }
    call.db.set(key, call.args.at(2), expiry, change::SET);
    if let Expiry::At(when_ms) = expiry {
        propagate_until(call, key, call.args.at(2), when_ms);
    } else if options.get {
        let is_get = |&word: &&[u8]| !word.eq_ignore_ascii_case(b"GET");
        let (said, rest) = (call.args.until(3).from(1), call.args.from(3));
        call.propagates("SET").words(said.iter()).words(rest.iter().filter(is_get));
    }
    Ok(old.unwrap_or_else(|| call.reply.ok()))
}

/// Wherever and whenever it is repeated, a key lives until the same moment.
fn propagate_until(call: &mut Call<'_>, key: &[u8], value: &[u8], when_ms: i64) {
    call.propagates("SET").word(key).word(value).word("PXAT").int(when_ms);
}

/// What may follow SET's key and value.
struct Options<'a> {
    condition: Option<Condition<'a>>,
    get: bool,
    life: Life<'a>,
}

impl<'a> Options<'a> {
    fn read(args: Args<'a>) -> Result<Self, Error> {
        let mut options = Self { condition: None, get: false, life: Life::Unsaid };
        let mut index = 3;
        while index < args.len() {
            index += options.read_one(args, index)?;
        }
        Ok(options)
    }

    /// Reads the option at a place; tells how many words it has.
    fn read_one(&mut self, args: Args<'a>, index: usize) -> Result<usize, Error> {
        if args.is(index, "GET") {
            self.get = true;
        } else if args.is(index, "KEEPTTL") {
            self.life.become_one(Life::Keep)?;
        } else if args.is(index, "NX") && matches!(self.condition, None | Some(Condition::Missing)) {
            self.condition = Some(Condition::Missing);
        } else if args.is(index, "XX") && matches!(self.condition, None | Some(Condition::Present)) {
            self.condition = Some(Condition::Present);
        } else if args.is(index, "IFEQ") && self.condition.is_none() {
            self.condition = Some(Condition::Equal(args.get(index + 1).ok_or(Error::Syntax)?));
            return Ok(2);
        } else {
            let words = self.life.read_until(args, index)?;
            return if words == 0 { Err(Error::Syntax) } else { Ok(words) };
        }
        Ok(1)
    }
}

/// When SET writes.
#[derive(Clone, Copy)]
enum Condition<'a> {
    /// `NX`
    Missing,
    /// `XX`
    Present,
    /// `IFEQ`: the key holds this string.
    Equal(&'a [u8]),
}

impl Condition<'_> {
    fn holds(self, db: &mut Db<'_>, key: &[u8]) -> Result<bool, Error> {
        match self {
            Self::Missing => Ok(db.claim(key).is_none()),
            // Writing it is going to be its use.
            Self::Present => Ok(db.contains(key)),
            Self::Equal(bytes) => match db.claim(key) {
                None => Ok(false),
                Some(entry) => Ok(*Str::of(entry.value).ok_or(Error::WrongType)?.bytes() == *bytes),
            },
        }
    }
}

pub(super) static SETNX: Command = Command::new("setnx", Group::String, "1.0.0", 3, setnx)
    .summary("Sets a key to a string if there is no such key.")
    .complexity("O(1)")
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, OW | INSERT)])
    .args(&[Arg::key("key", 0), Arg::string("value")]);

fn setnx(call: &mut Call<'_>) -> Outcome {
    let key = call.args.at(1);
    let missing = call.db.claim(key).is_none();
    if missing {
        call.db.set(key, call.args.at(2), Expiry::Never, change::SET);
    }
    Ok(call.reply.flag(missing))
}

pub(super) static SETEX: Command = Command::new("setex", Group::String, "2.0.0", 4, setex)
    .summary("Sets a key to a string, for so many seconds.")
    .complexity("O(1)")
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(1, OW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::integer("seconds"), Arg::string("value")]);

fn setex(call: &mut Call<'_>) -> Outcome {
    set_for(call, Form::Seconds)
}

pub(super) static PSETEX: Command = Command::new("psetex", Group::String, "2.6.0", 4, psetex)
    .summary("Sets a key to a string, for so many milliseconds.")
    .complexity("O(1)")
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(1, OW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::integer("milliseconds"), Arg::string("value")]);

fn psetex(call: &mut Call<'_>) -> Outcome {
    set_for(call, Form::Millis)
}

fn set_for(call: &mut Call<'_>, form: Form) -> Outcome {
    let expiry = form.expiry(call.args.at(2), call.db.now_ms(), call.command.name)?;
    let (key, value) = (call.args.at(1), call.args.at(3));
    call.db.set(key, value, expiry, change::SET);
    if let Expiry::At(when_ms) = expiry {
        propagate_until(call, key, value, when_ms);
    }
    Ok(call.reply.ok())
}

pub(super) static GETSET: Command = Command::new("getset", Group::String, "1.0.0", 3, getset)
    .summary("Sets a key to a string and returns the one it held before.")
    .complexity("O(1)")
    .deprecated("6.2.0", "SET with its GET option")
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | ACCESS | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::string("value")]);

fn getset(call: &mut Call<'_>) -> Outcome {
    let replied = reply_string(call)?;
    call.db.set(call.args.at(1), call.args.at(2), Expiry::Never, change::SET);
    call.propagates_with(&[(0, "SET")]);
    Ok(replied)
}

pub(super) static MSET: Command = Command::new("mset", Group::String, "1.0.1", -3, mset)
    .summary("Sets several keys to strings.")
    .complexity("O(N) for N keys.")
    .flags(WRITE | DENYOOM)
    .tips(&["request_policy:multi_shard", "response_policy:all_succeeded"])
    .keys(&[KeySpec::range(1, -1, 2, OW | UPDATE)])
    .args(PAIRS);

fn mset(call: &mut Call<'_>) -> Outcome {
    check_pairs(call)?;
    set_pairs(call);
    Ok(call.reply.ok())
}

pub(super) static MSETNX: Command = Command::new("msetnx", Group::String, "1.0.1", -3, msetnx)
    .summary("Sets several keys to strings if there is none of them.")
    .complexity("O(N) for N keys.")
    .flags(WRITE | DENYOOM)
    .tips(&["request_policy:multi_shard", "response_policy:agg_min"])
    .keys(&[KeySpec::range(1, -1, 2, OW | INSERT)])
    .args(PAIRS);

const PAIRS: &[Arg] = &[Arg::block("key_value", &[Arg::key("key", 0), Arg::string("value")]).multiple()];

fn msetnx(call: &mut Call<'_>) -> Outcome {
    check_pairs(call)?;
    if call.args.from(1).iter().step_by(2).any(|key| call.db.claim(key).is_some()) {
        return Ok(call.reply.flag(false));
    }
    set_pairs(call);
    Ok(call.reply.flag(true))
}

/// Every key must have a value.
const fn check_pairs(call: &Call<'_>) -> Result<(), Error> {
    if call.args.len().is_multiple_of(2) { Err(Error::Arity(call.command.name)) } else { Ok(()) }
}

fn set_pairs(call: &mut Call<'_>) {
    let mut words = call.args.from(1).iter();
    while let (Some(key), Some(value)) = (words.next(), words.next()) {
        call.db.set(key, value, Expiry::Never, change::SET);
    }
}
