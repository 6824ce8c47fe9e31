//! Deleting entries, and setting what a stream remembers.

use super::{id, ids};
use crate::argv::Args;
use crate::command::flag::{DENYOOM, FAST, WRITE};
use crate::command::key::{DELETE, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, change};
use crate::reply::Outcome;
use crate::types::{Id, Kind, Stream};

pub(super) static XDEL: Command = Command::new("xdel", Group::Stream, "5.0.0", -3, xdel)
    .summary("Deletes entries of a stream.")
    .complexity("O(1) for each entry, however long the stream is.")
    .flags(WRITE | FAST)
    .keys(&[KeySpec::at(1, RW | DELETE)])
    .args(&[Arg::key("key", 0), Arg::string("id").multiple()]);

fn xdel(call: &mut Call<'_>) -> Outcome {
    let (key, wanted) = (call.args.at(1), call.args.from(2));
    let deleted = call.db.edit_counted(key, change::XDEL, |stream: &mut Stream| {
        ids(wanted)?;
        let deleted = wanted.iter().filter(|word| id(word).is_ok_and(|id| stream.delete(id))).count();
        Ok(if deleted == 0 { Edited::nothing(0) } else { Edited::changes(deleted, deleted) })
    })?;
    Ok(call.reply.len(deleted.unwrap_or(0)))
}

pub(super) static XSETID: Command = Command::new("xsetid", Group::Stream, "5.0.0", -3, xsetid)
    .summary("Sets the last id of a stream, which new ids have to be greater than.")
    .complexity("O(1)")
    .history(&[("7.0.0", "Takes `ENTRIESADDED` and `MAXDELETEDID`.")])
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[
        Arg::key("key", 0),
        Arg::string("last-id"),
        Arg::integer("entries_added").after("ENTRIESADDED").optional().since("7.0.0"),
        Arg::string("max_deleted_entry_id").after("MAXDELETEDID").optional().since("7.0.0"),
    ]);

fn xsetid(call: &mut Call<'_>) -> Outcome {
    let setting = Setting::read(call.args)?;
    let key = call.args.at(1);
    let entry = call.db.claim(key).ok_or(Error::NoSuchKey)?;
    setting.check(Stream::of(entry.value).ok_or(Error::WrongType)?)?;
    call.db.edit(key, change::XSETID, |stream: &mut Stream| {
        stream.last_id = setting.last_id;
        stream.entries_added = setting.added.unwrap_or(stream.entries_added);
        if setting.max_deleted_id != Id::MIN {
            stream.max_deleted_id = setting.max_deleted_id;
        }
        Ok(())
    })?;
    Ok(call.reply.ok())
}

/// What a stream is to remember.
struct Setting {
    last_id: Id,
    added: Option<i64>,
    /// The smallest id leaves it as it is.
    max_deleted_id: Id,
}

impl Setting {
    fn read(args: Args<'_>) -> Result<Self, Error> {
        let mut setting = Self { last_id: id(args.at(2))?, added: None, max_deleted_id: Id::MIN };
        let mut place = 3;
        while place < args.len() {
            let more = place + 1 < args.len();
            if args.is(place, "ENTRIESADDED") && more {
                let added = args.int(place + 1)?;
                if added < 0 {
                    return Err(Error::Text("ERR entries_added must be positive"));
                }
                setting.added = Some(added);
            } else if args.is(place, "MAXDELETEDID") && more {
                setting.max_deleted_id = id(args.at(place + 1))?;
                if setting.last_id < setting.max_deleted_id {
                    return Err(Error::Text(
                        "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id",
                    ));
                }
            } else {
                return Err(Error::Syntax);
            }
            place += 2;
        }
        Ok(setting)
    }

    /// Whether a stream could have come to be that way.
    fn check(&self, stream: &Stream) -> Result<(), Error> {
        let error = if stream.top_id().is_some_and(|top| self.last_id < top) {
            "ERR The ID specified in XSETID is smaller than the target stream top item"
        } else if !stream.is_empty() && self.added.is_some_and(|added| added < stream.len() as i64) {
            "ERR The entries_added specified in XSETID is smaller than the target stream length"
        } else {
            return Ok(());
        };
        Err(Error::Text(error))
    }
}
