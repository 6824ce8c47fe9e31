//! Parts of a value: read, overwritten, added, measured.

use crate::command::flag::{DENYOOM, FAST, READONLY, WRITE};
use crate::command::key::{ACCESS, INSERT, RO, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Expiry, change};
use crate::reply::Outcome;
use crate::types::{Kind, Str, StrView};

pub(super) static STRLEN: Command = Command::new("strlen", Group::String, "2.2.0", 2, strlen)
    .summary("Counts the bytes of the string that a key holds.")
    .complexity("O(1)")
    .flags(READONLY | FAST)
    .keys(&[KeySpec::at(1, RO)])
    .args(&[Arg::key("key", 0)]);

fn strlen(call: &mut Call<'_>) -> Outcome {
    let len = call.db.read::<Str>(call.args.at(1))?.map_or(0, StrView::len);
    Ok(call.reply.len(len))
}

pub(super) static GETRANGE: Command = Command::new("getrange", Group::String, "2.4.0", 4, getrange)
    .summary("Returns a part of the string that a key holds.")
    .complexity("O(N) for N returned bytes.")
    .flags(READONLY)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(RANGE);

pub(super) static SUBSTR: Command = Command::new("substr", Group::String, "1.0.0", 4, getrange)
    .summary("Returns a part of the string that a key holds: the former name of GETRANGE.")
    .complexity("O(N) for N returned bytes.")
    .deprecated("2.0.0", "`GETRANGE`")
    .flags(READONLY)
    .keys(&[KeySpec::at(1, RO | ACCESS)])
    .args(RANGE);

const RANGE: &[Arg] = &[Arg::key("key", 0), Arg::integer("start"), Arg::integer("end")];

fn getrange(call: &mut Call<'_>) -> Outcome {
    let (start, end) = (call.args.int(2)?, call.args.int(3)?);
    let Some(value) = call.db.read::<Str>(call.args.at(1))? else { return Ok(call.reply.bulk(b"")) };
    Ok(call.reply.bulk(part(&value.bytes(), start, end)))
}

/// The bytes from `start` to `end`, both included; negative ones count from the end. What lies before the first
/// byte means the first byte, except that two negative places in the wrong order are no range.
fn part(bytes: &[u8], start: i64, end: i64) -> &[u8] {
    if start < 0 && end < 0 && start > end {
        return b"";
    }
    let len = bytes.len() as i64;
    let place = |index: i64| (if index < 0 { index.saturating_add(len) } else { index }).max(0);
    let last = place(end).min(len - 1);
    match (usize::try_from(place(start)), usize::try_from(last)) {
        (Ok(first), Ok(last)) => bytes.get(first..=last).unwrap_or_default(),
        _ => b"",
    }
}

pub(super) static SETRANGE: Command = Command::new("setrange", Group::String, "2.2.0", 4, setrange)
    .summary(
        "Overwrites a part of the string that a key holds, with zero bytes up to it where there were none.",
    )
    .complexity("O(M) for M written bytes.")
    .flags(WRITE | DENYOOM)
    .keys(&[KeySpec::at(1, RW | UPDATE)])
    .args(&[Arg::key("key", 0), Arg::integer("offset"), Arg::string("value")]);

fn setrange(call: &mut Call<'_>) -> Outcome {
    let (key, bytes) = (call.args.at(1), call.args.at(3));
    let offset = u64::try_from(call.args.int(2)?).map_err(|_| Error::OffsetOutOfRange)?;
    if bytes.is_empty() {
        let len = match call.db.claim(key) {
            None => 0,
            Some(entry) => Str::of(entry.value).ok_or(Error::WrongType)?.len(),
        };
        return Ok(call.reply.len(len));
    }
    let max = call.server.config.proto_max_bulk_len;
    let write = |value: &mut Str| {
        let offset = checked_len(offset, bytes.len(), max)? - bytes.len();
        value.overwrite(offset, bytes).map_err(|_| Error::OutOfMemory)
    };
    let edited = call.db.edit(key, change::SETRANGE, write)?;
    let len = match edited {
        Some(len) => len,
        None => {
            let mut value = Str::new(b"");
            let len = write(&mut value)?;
            call.db.put(key, value.into_value(), Expiry::Never, change::SETRANGE);
            len
        }
    };
    Ok(call.reply.len(len))
}

pub(super) static APPEND: Command = Command::new("append", Group::String, "2.0.0", 3, append)
    .summary("Adds bytes to the end of the string that a key holds.")
    .complexity("O(1), amortized, for few bytes.")
    .flags(WRITE | DENYOOM | FAST)
    .keys(&[KeySpec::at(1, RW | INSERT)])
    .args(&[Arg::key("key", 0), Arg::string("value")]);

fn append(call: &mut Call<'_>) -> Outcome {
    let (key, bytes) = (call.args.at(1), call.args.at(2));
    let max = call.server.config.proto_max_bulk_len;
    let edited = call.db.edit(key, change::APPEND, |value: &mut Str| {
        let len = value.len();
        checked_len(len as u64, bytes.len(), max)?;
        value.overwrite(len, bytes).map_err(|_| Error::OutOfMemory)
    })?;
    let len = edited.unwrap_or_else(|| {
        call.db.set(key, bytes, Expiry::Never, change::APPEND);
        bytes.len()
    });
    Ok(call.reply.len(len))
}

/// The length of a string with `more` bytes after the first `len`, if a string may be that long.
fn checked_len(len: u64, more: usize, max: u64) -> Result<usize, Error> {
    len.checked_add(more as u64)
        .filter(|&total| total <= max)
        .and_then(|total| usize::try_from(total).ok())
        .ok_or(Error::StringTooLong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_count_from_both_ends() {
        for (start, end, expected) in [
            (0, 2, "abc"),
            (-3, -1, "def"),
            (0, -1, "abcdef"),
            (4, 100, "ef"),
            (6, 6, ""),
            (3, 1, ""),
            (-1, -5, ""),
            (-100, 1, "ab"),
            (0, -100, "a"),
            (-100, -99, "a"),
            (i64::MIN, i64::MAX, "abcdef"),
            (i64::MAX, i64::MIN, ""),
        ] {
            assert_eq!(part(b"abcdef", start, end), expected.as_bytes(), "{start} {end}");
            assert_eq!(part(b"", start, end), b"");
        }
    }
}
