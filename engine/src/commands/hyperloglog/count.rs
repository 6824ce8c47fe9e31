//! Adding elements, counting them, merging.

use core::cell::Cell;

use super::{broken, check};
use crate::command::flag::{DENYOOM, FAST, MAY_REPLICATE, READONLY, WRITE};
use crate::command::key::{ACCESS, INSERT, RO, RW};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Db, Edited, change};
use crate::reply::Outcome;
use crate::types::Str;
use crate::types::hyperloglog::{self, Encoding, REGISTERS, Registers};

pub(super) static PFADD: Command = Command::new("pfadd", Group::HyperLogLog, "2.8.9", -2, pfadd)
    .summary("Adds elements to those that a HyperLogLog has seen.")
    .complexity("O(1) for each element.")
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | INSERT)])
    .args(&[Arg::key("key", 0), Arg::string("element").optional().multiple()]);

fn pfadd(call: &mut Call<'_>) -> Outcome {
    let (key, elements) = (call.args.at(1), call.args.from(2));
    let sparse_max = call.server.config.hll_sparse_max_bytes;
    let is_new = Cell::new(false);
    let create = || {
        is_new.set(true);
        Str::Raw(hyperloglog::new())
    };
    let added = call.db.edit_counted_or_create(key, change::PFADD, create, |value: &mut Str| {
        check(&value.bytes())?;
        let bytes = value.edit();
        let mut added = usize::from(is_new.get());
        let mut outcome = Ok(());
        for element in elements.iter() {
            match hyperloglog::add(bytes, element, sparse_max) {
                Ok(is_more) => added += usize::from(is_more),
                Err(error) => {
                    outcome = Err(broken(error));
                    break;
                }
            }
        }
        if added > 0 {
            hyperloglog::forget(bytes);
        }
        // What was added before an error stays, but nobody is told.
        Ok(match outcome {
            Ok(()) if added > 0 => Edited::changes(Ok(true), added),
            Ok(()) => Edited::nothing(Ok(false)),
            Err(error) => Edited::nothing(Err(error)),
        })
    })?;
    let added = added?;
    Ok(call.reply.flag(added))
}

pub(super) static PFCOUNT: Command = Command::new("pfcount", Group::HyperLogLog, "2.8.9", -2, pfcount)
    .summary("Estimates how many different elements some HyperLogLogs have seen together.")
    .complexity("O(1) with one key. O(N) with N keys, and then much slower for each.")
    .flags(READONLY | MAY_REPLICATE)
    .keys(&[KeySpec::range(1, -1, 1, RW | ACCESS)
        .notes("RW because the estimate is kept with the value, which then goes to replicas.")])
    .args(&[Arg::key("key", 0).multiple()]);

fn pfcount(call: &mut Call<'_>) -> Outcome {
    let keys = call.args.from(1);
    let estimate = if keys.len() == 1 {
        count_one(&mut call.db, keys.at(0))?
    } else {
        let mut merged = [0; REGISTERS];
        for key in keys.iter() {
            merge(&mut call.db, key, &mut merged)?;
        }
        hyperloglog::estimate_of(&merged)
    };
    Ok(call.reply.int(estimate as i64))
}

/// The estimate of one key, which is kept for the next time.
fn count_one(db: &mut Db<'_>, key: &[u8]) -> Result<u64, Error> {
    let Some(value) = db.read::<Str>(key)? else { return Ok(0) };
    check(&value.bytes())?;
    let kept = hyperloglog::cached(&value.bytes());
    let estimate = match kept {
        Some(estimate) if value.encoding() == "raw" => return Ok(estimate),
        Some(estimate) => estimate,
        None => hyperloglog::estimate(&value.bytes()).map_err(broken)?,
    };
    // Where nothing may change, it is not kept.
    if db.keeps_due() {
        return Ok(estimate);
    }
    db.edit_counted(key, change::HYPERLOGLOG, |value: &mut Str| {
        let bytes = value.edit();
        if kept.is_some() {
            return Ok(Edited::nothing(()));
        }
        hyperloglog::cache(bytes, estimate);
        Ok(Edited::changes((), 1))
    })?;
    Ok(estimate)
}

/// Makes each register of `max` at least as great as the one of a key; tells how that one is kept.
fn merge(db: &mut Db<'_>, key: &[u8], max: &mut Registers) -> Result<Option<Encoding>, Error> {
    let Some(value) = db.read::<Str>(key)? else { return Ok(None) };
    let encoding = check(&value.bytes())?;
    hyperloglog::merge_into(max, &value.bytes()).map_err(broken)?;
    Ok(Some(encoding))
}

pub(super) static PFMERGE: Command = Command::new("pfmerge", Group::HyperLogLog, "2.8.9", -2, pfmerge)
    .summary("Makes a HyperLogLog that has seen what it and some others have.")
    .complexity("O(N) for N keys, with much to do for each.")
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(1, RW | ACCESS | INSERT), KeySpec::range(2, -1, 1, RO | ACCESS)])
    .args(&[Arg::key("destkey", 0), Arg::key("sourcekey", 1).multiple()]);

fn pfmerge(call: &mut Call<'_>) -> Outcome {
    let sparse_max = call.server.config.hll_sparse_max_bytes;
    let (mut merged, mut any_dense) = ([0; REGISTERS], false);
    for key in call.args.from(1).iter() {
        any_dense |= merge(&mut call.db, key, &mut merged)? == Some(Encoding::Dense);
    }
    let create = || Str::Raw(hyperloglog::new());
    call.db.edit_or_create(call.args.at(1), change::PFADD, create, |value: &mut Str| {
        let bytes = value.edit();
        if any_dense {
            hyperloglog::make_dense(bytes).map_err(broken)?;
        }
        hyperloglog::raise_all(bytes, &merged, sparse_max);
        hyperloglog::forget(bytes);
        Ok(())
    })?;
    Ok(call.reply.ok())
}
