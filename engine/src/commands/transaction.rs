//! Transactions: commands that run one after the other with nothing in between, if what they depend on is unchanged.

use crate::command::flag::{ALLOW_BUSY, EFFECTS, FAST, LOADING, NOSCRIPT, SKIP_SLOWLOG, STALE, UNQUEUED};
use crate::command::key::RO;
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::Reader;
use crate::reply::Outcome;

pub(super) static COMMANDS: &[&Command] = &[&MULTI, &EXEC, &DISCARD, &WATCH, &UNWATCH];

static MULTI: Command = Command::new("multi", Group::Transactions, "1.2.0", 1, multi)
    .summary("Begins a transaction: from now on commands are queued.")
    .complexity("O(1)")
    .flags(NOSCRIPT | LOADING | STALE | FAST | ALLOW_BUSY | UNQUEUED);

fn multi(call: &mut Call<'_>) -> Outcome {
    if call.session.transaction.is_some() {
        return Err(Error::Text("ERR MULTI calls can not be nested"));
    }
    call.session.transaction = Some(alloc::boxed::Box::default());
    Ok(call.reply.ok())
}

static EXEC: Command = Command::new("exec", Group::Transactions, "1.2.0", 1, exec)
    .summary("Runs the commands of the transaction.")
    .complexity("That of the commands")
    .flags(NOSCRIPT | LOADING | STALE | SKIP_SLOWLOG | UNQUEUED | EFFECTS);

/// One command's error is its own reply, and doesn't keep the others from running.
fn exec(call: &mut Call<'_>) -> Outcome {
    let transaction = call.session.transaction.take().ok_or(Error::Text("ERR EXEC without MULTI"))?;
    let now_ms = call.db.now_ms();
    let has_changed = call.server.watches.has_changed(call.session.conn, call.db.keyspace(), now_ms);
    unwatch_all(call);
    if transaction.is_broken {
        return Err(Error::Text("EXECABORT Transaction discarded because of previous errors."));
    }
    if has_changed {
        return Ok(call.reply.null_array());
    }
    let mark = call.reply.mark();
    let replied = call.reply.array(transaction.queue.len());
    call.run_all(transaction.queue);
    if call.server.scripts.is_running() {
        return Ok(call.wait_with_script(mark));
    }
    Ok(replied)
}

static DISCARD: Command = Command::new("discard", Group::Transactions, "2.0.0", 1, discard)
    .summary("Gives the transaction up.")
    .complexity("O(N) for N queued commands")
    .flags(NOSCRIPT | LOADING | STALE | FAST | ALLOW_BUSY | UNQUEUED);

fn discard(call: &mut Call<'_>) -> Outcome {
    if call.session.transaction.take().is_none() {
        return Err(Error::Text("ERR DISCARD without MULTI"));
    }
    unwatch_all(call);
    Ok(call.reply.ok())
}

static WATCH: Command = Command::new("watch", Group::Transactions, "2.2.0", -2, watch)
    .summary("Makes the next transaction run only if none of these keys changes before.")
    .complexity("O(1) for each key")
    .flags(NOSCRIPT | LOADING | STALE | FAST | ALLOW_BUSY | UNQUEUED)
    .keys(&[KeySpec::range(1, -1, 1, RO)])
    .args(&[Arg::key("key", 0).multiple()]);

fn watch(call: &mut Call<'_>) -> Outcome {
    if call.session.transaction.is_some() {
        return Err(Error::Text("ERR WATCH inside MULTI is not allowed"));
    }
    let (db, now_ms) = (call.db.index(), call.db.now_ms());
    let keyspace = call.db.keyspace();
    keyspace.listen(Reader::Watching, true);
    for key in call.args.from(1).iter() {
        call.session.watched_bytes += call.server.watches.watch(call.session.conn, db, key, keyspace, now_ms);
    }
    Ok(call.reply.ok())
}

static UNWATCH: Command = Command::new("unwatch", Group::Transactions, "2.2.0", 1, unwatch)
    .summary("Watches no key any more.")
    .complexity("O(1)")
    .flags(NOSCRIPT | LOADING | STALE | FAST | ALLOW_BUSY);

fn unwatch(call: &mut Call<'_>) -> Outcome {
    unwatch_all(call);
    Ok(call.reply.ok())
}

fn unwatch_all(call: &mut Call<'_>) {
    call.server.watches.unwatch(call.session.conn);
    call.session.watched_bytes = 0;
}
