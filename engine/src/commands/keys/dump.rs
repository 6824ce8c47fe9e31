//! Values that leave as a payload, and come back as one.

use alloc::format;

use crate::argv::Args;
use crate::command::flag::{ASKING, DENYOOM, READONLY, SYSTEM, WRITE};
use crate::command::key::{ACCESS, OW, RO, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::change;
use crate::machine::LogLevel;
use crate::persistence::rdb::{Rules, code, dump as payload};
use crate::reply::Outcome;

pub(super) static DUMP: Command = Command::new("dump", Group::Generic, "2.6.0", 2, dump)
    .summary("Returns a value as bytes that RESTORE makes the value of again.")
    .complexity("O(N) for N bytes")
    .flags(READONLY)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(&[Arg::key("key", 0)]);

fn dump(call: &mut Call<'_>) -> Outcome {
    let compresses = call.server.config.rdbcompression;
    let Some(entry) = call.db.get(call.args.at(1)) else { return Ok(call.reply.null()) };
    let payload = payload::write(entry.value, compresses);
    Ok(call.reply.bulk(&payload))
}

const HISTORY: &[(&str, &str)] =
    &[("3.0.0", "Takes `REPLACE`."), ("5.0.0", "Takes `ABSTTL`."), ("5.0.0", "Takes `IDLETIME` and `FREQ`.")];

const ARGS: &[Arg] = &[
    Arg::key("key", 0),
    Arg::integer("ttl"),
    Arg::string("serialized-value"),
    Arg::word("replace", "REPLACE").optional().since("3.0.0"),
    Arg::word("absttl", "ABSTTL").optional().since("5.0.0"),
    Arg::integer("seconds").after("IDLETIME").optional().since("5.0.0"),
    Arg::integer("frequency").after("FREQ").optional().since("5.0.0"),
];

pub(super) static RESTORE: Command = Command::new("restore", Group::Generic, "2.6.0", -4, restore)
    .summary("Makes a key of the bytes that DUMP returned.")
    .complexity("O(N) for N bytes, O(N*log(N)) for a sorted set")
    .history(HISTORY)
    .flags(WRITE | DENYOOM)
    .categories(&["dangerous"])
    .keys(&[KeySpec::at(1, OW | UPDATE)])
    .args(ARGS);

pub(super) static RESTORE_ASKING: Command =
    Command::new("restore-asking", Group::Server, "3.0.0", -4, restore)
        .summary("Is RESTORE for nodes of a cluster that move keys.")
        .complexity("O(N) for N bytes, O(N*log(N)) for a sorted set")
        .history(HISTORY)
        .flags(WRITE | DENYOOM | ASKING | SYSTEM)
        .categories(&["keyspace", "dangerous"])
        .keys(&[KeySpec::at(1, OW | UPDATE)])
        .args(ARGS);

fn restore(call: &mut Call<'_>) -> Outcome {
    let options = Options::read(call.args)?;
    let key = call.args.at(1);
    if !options.replaces && call.db.claim(key).is_some() {
        return Err(Error::BusyKey);
    }
    let ttl_ms = call.args.int(2)?;
    if ttl_ms < 0 {
        return Err(Error::Text("ERR Invalid TTL value, must be >= 0"));
    }
    let body = payload::open(call.args.at(3), !call.server.skips_checksums)
        .ok_or(Error::Text("ERR DUMP payload version or checksum are wrong"))?;
    let rules = Rules::new(&call.server.config, call.db.hasher());
    let value = payload::read(body, &rules).map_err(|_| {
        let what = body.first().map_or("Payload", |&code| code::describe(code));
        call.server.log(LogLevel::Warning, format!("{what} integrity check failed: RESTORE is refused"));
        Error::Text("ERR Bad data format")
    })?;
    let now_ms = call.db.now_ms();
    // A time that 64 bits can't tell is as good as passed.
    let when_ms = if options.is_absolute { ttl_ms } else { ttl_ms.wrapping_add(now_ms) };
    let expires_ms = Some(when_ms).filter(|_| ttl_ms != 0);
    if expires_ms.is_some_and(|when| call.db.is_due(when)) {
        if options.replaces && call.db.discard(key, change::DEL) {
            call.propagates("DEL").word(key);
        }
        return Ok(call.reply.ok());
    }
    call.db.restore(key, value, expires_ms);
    if let Some(when_ms) = expires_ms.filter(|_| !options.is_absolute) {
        let mut digits = itoa::Buffer::new();
        call.propagates_with(&[(2, digits.format(when_ms)), (call.args.len(), "ABSTTL")]);
    }
    if let Some(secs) = options.idle_secs {
        call.db.set_idle_secs(key, secs);
    }
    if let Some(frequency) = options.frequency {
        call.db.set_frequency(key, frequency);
    }
    Ok(call.reply.ok())
}

/// What stands behind the payload.
#[derive(Default)]
struct Options {
    /// What is there already goes.
    replaces: bool,
    /// The time to live is a point in time.
    is_absolute: bool,
    idle_secs: Option<u64>,
    frequency: Option<u8>,
}

impl Options {
    fn read(args: Args<'_>) -> Result<Self, Error> {
        let mut options = Self::default();
        let mut index = 4;
        while index < args.len() {
            let has_more = index + 1 < args.len();
            if args.is(index, "REPLACE") {
                options.replaces = true;
            } else if args.is(index, "ABSTTL") {
                options.is_absolute = true;
            } else if args.is(index, "IDLETIME") && has_more && options.frequency.is_none() {
                index += 1;
                let secs = u64::try_from(args.int(index)?);
                options.idle_secs =
                    Some(secs.map_err(|_| Error::Text("ERR Invalid IDLETIME value, must be >= 0"))?);
            } else if args.is(index, "FREQ") && has_more && options.idle_secs.is_none() {
                index += 1;
                let frequency = u8::try_from(args.int(index)?);
                options.frequency = Some(
                    frequency.map_err(|_| Error::Text("ERR Invalid FREQ value, must be >= 0 and <= 255"))?,
                );
            } else {
                return Err(Error::Syntax);
            }
            index += 1;
        }
        Ok(options)
    }
}
