//! Looking inside, and testing the machinery, for developers.

use alloc::format;
use alloc::string::String;

use super::{broken, check};
use crate::command::flag::{ADMIN, DENYOOM, SYSTEM, WRITE};
use crate::command::key::{ACCESS, RW};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, change};
use crate::reply::Outcome;
use crate::types::hyperloglog::{self, Encoding, REGISTERS};
use crate::types::{Kind, Str, StrView};

pub(super) static PFDEBUG: Command = Command::new("pfdebug", Group::HyperLogLog, "2.8.9", 3, pfdebug)
    .summary("Shows how a HyperLogLog is kept, for tests.")
    .complexity("N/A")
    .flags(WRITE | DENYOOM | ADMIN | SYSTEM)
    .keys(&[KeySpec::at(2, RW | ACCESS)])
    .args(&[Arg::string("subcommand"), Arg::key("key", 0)]);

fn pfdebug(call: &mut Call<'_>) -> Outcome {
    let (args, key) = (call.args, call.args.at(2));
    let value = call.db.read::<Str>(key)?.ok_or(Error::Text("ERR The specified key does not exist"))?;
    let encoding = check(&value.bytes())?;
    if args.is(1, "GETREG") {
        make_dense(call)?;
        let mut replied = call.reply.array(REGISTERS);
        let bytes = call.db.again(key).and_then(|entry| Str::of(entry.value)).map(StrView::bytes);
        for register in hyperloglog::dense_values(bytes.as_deref().unwrap_or_default()) {
            replied = call.reply.int(i64::from(register));
        }
        Ok(replied)
    } else if args.is(1, "DECODE") {
        if encoding == Encoding::Dense {
            return Err(Error::Text("ERR HLL encoding is not sparse"));
        }
        Ok(call.reply.bulk(hyperloglog::describe_sparse(&value.bytes()).as_bytes()))
    } else if args.is(1, "ENCODING") {
        Ok(call.reply.status(if encoding == Encoding::Dense { "dense" } else { "sparse" }))
    } else if args.is(1, "TODENSE") {
        make_dense(call)?;
        Ok(call.reply.flag(encoding == Encoding::Sparse))
    } else {
        let word = String::from_utf8_lossy(args.at(1));
        Err(Error::err(format_args!("Unknown PFDEBUG subcommand '{word}'")))
    }
}

fn make_dense(call: &mut Call<'_>) -> Result<(), Error> {
    let made = call.db.edit_counted(call.args.at(2), change::HYPERLOGLOG, |value: &mut Str| {
        if check(&value.bytes())? == Encoding::Dense {
            return Ok(Edited::nothing(()));
        }
        hyperloglog::make_dense(value.edit()).map_err(broken)?;
        Ok(Edited::changes((), 1))
    })?;
    made.ok_or(Error::NoSuchKey)
}

pub(super) static PFSELFTEST: Command =
    Command::new("pfselftest", Group::HyperLogLog, "2.8.9", 1, pfselftest)
        .summary("Tests whether HyperLogLogs count as well as they should.")
        .complexity("N/A")
        .flags(ADMIN | SYSTEM);

fn pfselftest(call: &mut Call<'_>) -> Outcome {
    let seed = call.server.random.next();
    let (mut sparse, mut dense) = (hyperloglog::new(), hyperloglog::new());
    hyperloglog::make_dense(&mut dense).map_err(broken)?;
    let mut seen = 0_u64;
    for checkpoint in [1, 10, 100, 1000, 10_000, 100_000] {
        while seen < checkpoint {
            let element = (seed ^ seen).to_le_bytes();
            for bytes in [&mut sparse, &mut dense] {
                hyperloglog::add(bytes, &element, 3000).map_err(broken)?;
            }
            seen += 1;
        }
        compare(checkpoint, &sparse, &dense)?;
    }
    Ok(call.reply.ok())
}

/// The two must agree, and be right within four times the standard error; a few elements may always be missed.
fn compare(expected: u64, sparse: &[u8], dense: &[u8]) -> Result<(), Error> {
    let estimates = [sparse, dense].map(|bytes| hyperloglog::estimate(bytes).unwrap_or(u64::MAX));
    let allowed = (expected as f64 * 4.0 * 1.04 / libm::sqrt(REGISTERS as f64)) as u64 + 1;
    let [one, two] = estimates;
    if one == two && one.abs_diff(expected) <= allowed {
        return Ok(());
    }
    Err(Error::Message(format!("TESTFAILED {expected} elements were taken for {one} and {two}")))
}
