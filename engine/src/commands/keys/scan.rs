//! Looking through all keys: at once, bit by bit, or at any one.

use alloc::vec::Vec;

use redstart_structures::Blob;

use crate::argv::Args;
use crate::command::flag::{NO_TOUCH, READONLY};
use crate::command::{Arg, Command, Group};
use crate::error::{Error, until_zero};
use crate::execute::Call;
use crate::glob;
use crate::reply::{Outcome, Replied, Reply};

pub(super) static SCAN: Command = Command::new("scan", Group::Generic, "2.8.0", -2, scan)
    .summary("Goes through the keys bit by bit.")
    .complexity("O(1) for a call, O(N) for all calls that it takes to go through N keys")
    .history(&[("6.0.0", "TYPE")])
    .flags(READONLY | NO_TOUCH)
    .tips(&["nondeterministic_output", "request_policy:special"])
    .args(&[
        Arg::integer("cursor"),
        Arg::pattern("pattern").after("MATCH").optional(),
        Arg::integer("count").after("COUNT").optional(),
        Arg::string("type").after("TYPE").optional().since("6.0.0"),
    ]);

fn scan(call: &mut Call<'_>) -> Outcome {
    let cursor = parse_cursor(call.args.at(1))?;
    let wanted = Wanted::parse(call.args.from(2), true)?;
    let mut keys: Vec<Blob> = Vec::new();
    let cursor = wanted.gather(cursor, |cursor, seen| {
        call.db.scan(cursor, |entry| {
            *seen += 1;
            if wanted.matches(entry.key) {
                keys.push(Blob::from(entry.key));
            }
        })
    });
    keys.retain(|key| match wanted.type_name {
        // Looking at the type is a read, as TYPE is.
        Some(name) => call.db.get(key).is_some_and(|entry| {
            let held = entry.value.type_name();
            held.as_bytes().eq_ignore_ascii_case(name)
        }),
        None => call.db.contains(key),
    });
    Ok(say_part(&mut call.reply, cursor, &keys))
}

/// What a call of SCAN or its kin found, and where the next one goes on.
pub(in crate::commands) fn say_part(reply: &mut Reply<'_>, cursor: u64, found: &[Blob]) -> Replied {
    reply.array(2);
    reply.bulk(itoa::Buffer::new().format(cursor).as_bytes());
    reply.bulks(found)
}

/// A cursor as `strtoul` reads it: any unsigned 64-bit number, a sign before it if need be, up to the first zero byte;
/// no text at all is 0.
pub(in crate::commands) fn parse_cursor(text: &[u8]) -> Result<u64, Error> {
    let text = until_zero(text);
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() && !text.is_empty() {
        return Err(Error::InvalidCursor);
    }
    let mut cursor = 0_u64;
    for &digit in digits {
        if !digit.is_ascii_digit() {
            return Err(Error::InvalidCursor);
        }
        let more = cursor.checked_mul(10).and_then(|tens| tens.checked_add(u64::from(digit - b'0')));
        cursor = more.ok_or(Error::InvalidCursor)?;
    }
    Ok(if negative { cursor.wrapping_neg() } else { cursor })
}

/// What a scan is asked for: the options of SCAN and of its kin for collections.
#[derive(Clone, Copy, Debug)]
pub(in crate::commands) struct Wanted<'a> {
    /// The names that are asked for; `None` for all.
    pattern: Option<&'a [u8]>,
    /// About how many elements a call is to look at.
    pub(in crate::commands) count: u64,
    /// The type that is asked for.
    type_name: Option<&'a [u8]>,
    /// Whether the values of fields are asked for, too.
    pub(in crate::commands) values: bool,
}

impl<'a> Wanted<'a> {
    /// Reads the options that follow the cursor; TYPE is for keys only.
    pub(in crate::commands) fn parse(args: Args<'a>, of_keys: bool) -> Result<Self, Error> {
        Self::read(args, of_keys, false)
    }

    /// Reads the options of HSCAN, of which NOVALUES is one.
    pub(in crate::commands) fn parse_of_hash(args: Args<'a>) -> Result<Self, Error> {
        Self::read(args, false, true)
    }

    fn read(args: Args<'a>, of_keys: bool, of_hash: bool) -> Result<Self, Error> {
        let mut wanted = Self { pattern: None, count: 10, type_name: None, values: true };
        let mut index = 0;
        while index < args.len() {
            if of_hash && args.is(index, "NOVALUES") {
                wanted.values = false;
                index += 1;
                continue;
            }
            let value = args.get(index + 1).ok_or(Error::Syntax)?;
            if args.is(index, "COUNT") {
                wanted.count = u64::try_from(args.int(index + 1)?).map_err(|_| Error::Syntax)?;
                if wanted.count == 0 {
                    return Err(Error::Syntax);
                }
            } else if args.is(index, "MATCH") {
                wanted.pattern = (value != b"*").then_some(value);
            } else if args.is(index, "TYPE") && of_keys {
                wanted.type_name = Some(value);
            } else {
                return Err(Error::Syntax);
            }
            index += 2;
        }
        Ok(wanted)
    }

    /// Visits parts from a cursor on until about as many elements were seen as are asked for; gives the cursor of the next
    /// call. `visit` looks at one part, counts what it sees and gives the cursor of the next part.
    pub(in crate::commands) fn gather(
        &self,
        mut cursor: u64,
        mut visit: impl FnMut(u64, &mut u64) -> u64,
    ) -> u64 {
        let mut seen = 0;
        // A part may hold nothing, so there is a bound on parts, too.
        let mut parts = self.count.saturating_mul(10);
        loop {
            cursor = visit(cursor, &mut seen);
            if cursor == 0 || parts == 0 || seen >= self.count {
                return cursor;
            }
            parts -= 1;
        }
    }

    /// Whether a name fits the pattern.
    pub(in crate::commands) fn matches(&self, name: &[u8]) -> bool {
        self.pattern.is_none_or(|pattern| glob::matches(pattern, name, false))
    }
}

pub(super) static KEYS: Command = Command::new("keys", Group::Generic, "1.0.0", 2, keys)
    .summary("Lists all keys that fit a pattern.")
    .complexity("O(N) for N keys in the database")
    .flags(READONLY | NO_TOUCH)
    .categories(&["dangerous"])
    .tips(&["request_policy:all_shards", "nondeterministic_output_order"])
    .args(&[Arg::pattern("pattern")]);

fn keys(call: &mut Call<'_>) -> Outcome {
    let pattern = call.args.at(1);
    let mark = call.reply.mark();
    let mut found = 0;
    for entry in call.db.iter() {
        if pattern == b"*" || glob::matches(pattern, entry.key, false) {
            call.reply.bulk(entry.key);
            found += 1;
        }
    }
    Ok(call.reply.array_since(mark, found))
}

pub(super) static RANDOMKEY: Command = Command::new("randomkey", Group::Generic, "1.0.0", 1, randomkey)
    .summary("Names any one key.")
    .complexity("O(1)")
    .flags(READONLY | NO_TOUCH)
    .tips(&["request_policy:all_shards", "nondeterministic_output"]);

/// Keys that RANDOMKEY looks at, where those whose time has come stay.
const TRIES_MAX: usize = 100;

fn randomkey(call: &mut Call<'_>) -> Outcome {
    // Each key that turns out to be due is removed, so this ends. In a pause none is, and there may be no other.
    let mut tries = 0;
    while let Some(entry) = call.db.sample(call.server.random.next()) {
        let key = Blob::from(entry.key);
        tries += 1;
        if call.db.contains(&key) || call.db.keeps_due() && tries == TRIES_MAX {
            return Ok(call.reply.bulk(&key));
        }
    }
    Ok(call.reply.null())
}
