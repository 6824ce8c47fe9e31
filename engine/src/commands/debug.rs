//! DEBUG: for tests and for the curious. `enable-debug-command` decides who may.

use alloc::format;
use alloc::string::String;

use crate::command::flag::{ADMIN, LOADING, NOSCRIPT, PROTECTED, STALE, SYSTEM};
use crate::command::{Command, Group};
use crate::config;
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Entry, Expiry, change};
use crate::machine::{LogLevel, Output};
use crate::number;
use crate::observe::Digest;
use crate::persistence::aof;
use crate::persistence::load::{self, Reload};
use crate::persistence::snapshot::{self, Purpose};
use crate::reply::{Outcome, Protocol};
use crate::types::{Kind, Str, Value};

pub(super) static COMMANDS: &[&Command] = &[&DEBUG];

static DEBUG: Command = Command::new("debug", Group::Server, "1.0.0", -2, debug)
    .summary("Looks behind the curtain, for tests.")
    .complexity("Depends on the subcommand")
    .flags(ADMIN | NOSCRIPT | LOADING | STALE | PROTECTED | SYSTEM);

fn debug(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    let is = |word, len| args.is(1, word) && args.len() == len;
    if is("HELP", 2) {
        help(call)
    } else if is("AOF-FLUSH-SLEEP", 3) {
        call.server.aof.flush_sleep_us = leading_number(args.at(2)).max(0.0) as u64;
        Ok(call.reply.ok())
    } else if is("DIGEST", 2) {
        let digest = Digest::of_keyspace(call.db.keyspace());
        Ok(call.reply.status(digest.to_text()))
    } else if args.is(1, "DIGEST-VALUE") {
        digest_value(call)
    } else if is("ERROR", 3) {
        Err(Error::Message(String::from_utf8_lossy(args.at(2)).into_owned()))
    } else if is("LOG", 3) {
        let text = format!("DEBUG LOG: {}", String::from_utf8_lossy(args.at(2)));
        call.server.log(LogLevel::Warning, text);
        Ok(call.reply.ok())
    } else if is("OBJECT", 3) {
        object(call)
    } else if is("PAUSE-CRON", 3) {
        call.server.round.is_paused = leading_number(args.at(2)) != 0.0;
        Ok(call.reply.ok())
    } else if args.is(1, "POPULATE") && (3..=5).contains(&args.len()) {
        populate(call)
    } else if is("LOADAOF", 2) {
        load_aof(call)
    } else if is("PROTOCOL", 3) {
        protocol(call)
    } else if is("QUICKLIST-PACKED-THRESHOLD", 3) {
        packed_threshold(call)
    } else if args.is(1, "RELOAD") {
        reload(call)
    } else if args.is(1, "REPLYBUFFER") && args.len() == 4 {
        reply_buffer(call)
    } else if is("SET-ACTIVE-EXPIRE", 3) {
        call.db.keyspace().active_expiry = leading_number(args.at(2)) != 0.0;
        Ok(call.reply.ok())
    } else if is("SET-DISABLE-DENY-SCRIPTS", 3) {
        call.server.lets_scripts = leading_number(args.at(2)) != 0.0;
        Ok(call.reply.ok())
    } else if is("SET-SKIP-CHECKSUM-VALIDATION", 3) {
        call.server.skips_checksums = leading_number(args.at(2)) != 0.0;
        Ok(call.reply.ok())
    } else if is("SLEEP", 3) {
        let us = (leading_number(args.at(2)).max(0.0) * 1e6) as u64;
        call.server.meter.sleep(us);
        call.server.out.push(Output::Sleep { us });
        Ok(call.reply.ok())
    } else {
        Err(Error::subcommand(args.at(1), "DEBUG"))
    }
}

/// A number, or 0 where there is none: so lenient are Redis's own switches.
fn leading_number(text: &[u8]) -> f64 {
    number::parse_float(text).filter(|value| value.is_finite()).unwrap_or(0.0)
}

fn help(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.lines(&[
        "DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "AOF-FLUSH-SLEEP <microseconds>",
        "    Keep everybody waiting each time before the append-only file is written to.",
        "DIGEST",
        "    Tell what identifies everything stored, whichever server stores it.",
        "DIGEST-VALUE <key> [<key> ...]",
        "    Tell what identifies the values of the keys.",
        "ERROR <text>",
        "    Answer with an error: for tests of clients.",
        "LOADAOF",
        "    Forget everything and do all commands of the append-only file again.",
        "LOG <text>",
        "    Write <text> into the log.",
        "OBJECT <key>",
        "    Tell how the value of <key> is kept.",
        "PAUSE-CRON (0|1)",
        "    Whether what happens because time passed has to wait: expiry, idle clients.",
        "POPULATE <count> [<prefix>] [<size>]",
        "    Make <count> keys <prefix>:0, <prefix>:1 and so on that hold strings, of",
        "    <size> bytes if said. Keys that are there already stay as they are.",
        "PROTOCOL <type>",
        "    Answer with an example of a type: string, integer, double, bignum, null,",
        "    array, set, map, attrib, push, verbatim, true or false.",
        "QUICKLIST-PACKED-THRESHOLD <size>",
        "    Accepted for the tests of other servers. No element of a list is kept apart",
        "    from the others because of its size, so it makes no difference.",
        "RELOAD [option ...]",
        "    Save everything, forget it and load it again. NOSAVE doesn't save, NOFLUSH",
        "    doesn't forget, and MERGE lets the file overwrite keys that are there.",
        "REPLYBUFFER (PEAK-RESET-TIME (<milliseconds>|NEVER|RESET)|RESIZING (0|1))",
        "    Accepted for the tests of other servers. Buffers follow what waits in them at",
        "    once, so it makes no difference.",
        "SET-ACTIVE-EXPIRE (0|1)",
        "    Whether keys go when their time comes, or only when somebody asks for them.",
        "SET-DISABLE-DENY-SCRIPTS (0|1)",
        "    Whether scripts may call commands that are not allowed from scripts.",
        "SET-SKIP-CHECKSUM-VALIDATION (0|1)",
        "    Whether RESTORE and files are believed without a look at their checksums.",
        "SLEEP <seconds>",
        "    Keep everybody waiting. Fractions are fine.",
        "HELP",
        "    Print this help.",
    ]))
}

fn load_aof(call: &mut Call<'_>) -> Outcome {
    if !call.may_wait {
        return Err(Error::Text("ERR DEBUG LOADAOF is not allowed inside a transaction"));
    }
    aof::load::reload(call.server, call.session.client());
    Ok(call.wait_for_answer())
}

/// Nobody is served until it is done: what was written meanwhile would be lost.
fn reload(call: &mut Call<'_>) -> Outcome {
    let (mut saves, mut how) = (true, Reload { flushes: true, merges: false });
    for word in call.args.from(2).iter() {
        match word.to_ascii_uppercase().as_slice() {
            b"MERGE" => how.merges = true,
            b"NOFLUSH" => how.flushes = false,
            b"NOSAVE" => saves = false,
            _ => {
                return Err(Error::Text(
                    "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.",
                ));
            }
        }
    }
    if !call.may_wait {
        return Err(Error::Text("ERR DEBUG RELOAD is not allowed inside a transaction"));
    }
    if call.server.saves.is_running() {
        return Err(Error::Text("ERR Background save already in progress"));
    }
    let client = call.session.client();
    call.server.pause_all();
    if saves {
        snapshot::begin(call.db.keyspace(), call.server, Purpose::Reload(client, how));
    } else {
        load::reload(call.db.keyspace(), call.server, client, how);
    }
    Ok(call.wait_for_answer())
}

fn packed_threshold(call: &mut Call<'_>) -> Outcome {
    const LEAST_TOO_MUCH: u64 = 4 << 30;
    match config::parse_memory(call.args.at(2)) {
        Some(size) if size < LEAST_TOO_MUCH => Ok(call.reply.ok()),
        _ => Err(Error::Text("ERR argument must be a memory value bigger than 1 and smaller than 4gb")),
    }
}

fn reply_buffer(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    if args.is(2, "PEAK-RESET-TIME") && !args.is(3, "NEVER") && !args.is(3, "RESET") {
        args.int(3)?;
    } else if !args.is(2, "PEAK-RESET-TIME") && !args.is(2, "RESIZING") {
        return Err(Error::subcommand(args.at(1), "DEBUG"));
    }
    Ok(call.reply.ok())
}

fn digest_value(call: &mut Call<'_>) -> Outcome {
    let keys = call.args.from(2);
    let mut replied = call.reply.array(keys.len());
    for key in keys.iter() {
        let digest = call.db.peek(key).map(Digest::of_value).unwrap_or_default();
        replied = call.reply.status(digest.to_text());
    }
    Ok(replied)
}

fn object(call: &mut Call<'_>) -> Outcome {
    let clock = call.db.clock();
    // Keys are seen even after their time has come, as long as nobody has asked for them.
    let db = call.session.db;
    let entry = call.db.keyspace().find(db, call.args.at(2), i64::MIN).ok_or(Error::NoSuchKey)?;
    let idle_secs = entry.usage.idle_secs(clock);
    // Where a value lies changes from run to run, and what a store tells must not.
    let text = format!(
        "Value at:0x0 refcount:1 encoding:{} serializedlength:{} lru:{} lru_seconds_idle:{idle_secs}",
        entry.value.encoding(),
        serialized_len(entry),
        entry.usage.raw() & 0xff_ffff,
    );
    Ok(call.reply.status(&text))
}

/// The bytes that the value takes in a data file; for anything but strings, those it takes here.
fn serialized_len(entry: Entry<'_>) -> usize {
    let Some(string) = Str::of(entry.value) else { return entry.value.heap_bytes() };
    match (string.as_int(), string.len()) {
        (Some(-0x80..=0x7f), _) => 2,
        (Some(-0x8000..=0x7fff), _) => 3,
        (Some(-0x8000_0000..=0x7fff_ffff), _) => 5,
        (_, len @ 0..=0x3f) => 1 + len,
        (_, len @ 0x40..=0x3fff) => 2 + len,
        (_, len) => 5 + len,
    }
}

fn populate(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    let positive = |index| {
        let value = args.int(index).ok().and_then(|value| usize::try_from(value).ok());
        value.ok_or(Error::NotPositive)
    };
    let count = positive(2)?;
    let prefix = args.get(3).unwrap_or(b"key");
    let size = if args.len() > 4 { positive(4)? } else { 0 };
    if size as u64 > call.server.config.proto_max_bulk_len {
        return Err(Error::StringTooLong);
    }
    for index in 0..count {
        let key = [prefix, format!(":{index}").as_bytes()].concat();
        if !call.db.contains(&key) {
            let mut value = format!("value:{index}").into_bytes();
            if size > 0 {
                value.resize(size, 0);
            }
            call.db.put(&key, Value::Str(Str::new(&value)), Expiry::Never, change::SET);
        }
    }
    Ok(call.reply.ok())
}

fn protocol(call: &mut Call<'_>) -> Outcome {
    let kind = call.args.at(2).to_ascii_lowercase();
    let reply = &mut call.reply;
    let resp3 = reply.protocol() == Protocol::Resp3;
    let replied = match kind.as_slice() {
        b"string" => reply.bulk(b"Hello World"),
        b"integer" => reply.int(12345),
        b"double" => reply.double(EXAMPLE_DOUBLE),
        b"bignum" => reply.big_number("1234567999999999999999999999999999999"),
        b"null" => reply.null(),
        b"array" => {
            reply.array(3);
            reply.int(0);
            reply.int(1);
            reply.int(2)
        }
        b"set" => {
            reply.set(3);
            reply.int(0);
            reply.int(1);
            reply.int(2)
        }
        b"map" => {
            reply.map(3);
            reply.int(0);
            reply.boolean(false);
            reply.int(1);
            reply.boolean(true);
            reply.int(2);
            reply.boolean(false)
        }
        b"attrib" => {
            if resp3 {
                reply.attribute(1);
                reply.bulk(b"key-popularity");
                reply.array(2);
                reply.bulk(b"key:123");
                reply.int(90);
            }
            reply.bulk(b"Some real reply following the attribute")
        }
        b"push" if !resp3 => return Err(Error::Text("ERR RESP2 is not supported by this command")),
        b"push" => {
            reply.push(2);
            reply.bulk(b"server-cpu-usage");
            reply.int(42);
            // A push is no answer, and whoever asked wants one.
            reply.bulk(b"Some real reply following the push reply")
        }
        b"verbatim" => reply.verbatim("This is a verbatim\nstring"),
        b"true" => reply.boolean(true),
        b"false" => reply.boolean(false),
        _ => {
            return Err(Error::Text(
                "ERR Wrong protocol type name. Please use one of the following: \
                 string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false",
            ));
        }
    };
    Ok(replied)
}

#[expect(clippy::approx_constant, reason = "it is an example and not pi")]
const EXAMPLE_DOUBLE: f64 = 3.141;
