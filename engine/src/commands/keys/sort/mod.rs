//! SORT: the elements of a list, a set or a sorted set, in an order of one's choice.
//!
//! ```text
//!   key ──► elements ──► weights ──► order ──► the part that LIMIT wants ──► what GET says, or the elements
//!           all, copied  of BY, or             nothing else is sorted        as a reply or, with STORE, a list
//!                        their own
//! ```
//!
//! Elements are copied first, because whatever BY and GET look up may expire under our hands. Texts are compared byte
//! by byte, as in the C locale. Elements that weigh the same are ordered by their bytes if weights are numbers, and
//! stay in their order if weights are texts.

mod options;
mod pattern;

use alloc::vec::Vec;
use core::cmp::Ordering;

use redstart_structures::{Blob, Weighed, sort_part};

use self::options::Options;
use self::pattern::{Lookup, Pattern};
use crate::argv::{Args, Argv};
use crate::command::flag::{DENYOOM, READONLY, WRITE};
use crate::command::key::{ACCESS, OW, RO, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::{Error, until_zero};
use crate::execute::Call;
use crate::keyspace::{Db, Expiry, change};
use crate::number;
use crate::reply::{Outcome, Replied};
use crate::types::{End, Held, Kind, List, NodeLimit, text};

const COMPLEXITY: &str = "O(N+M*log(M)) for N elements of which M are wanted";

const KEY: KeySpec = KeySpec::at(1, RO | ACCESS);
const LOOKED_UP: KeySpec = KeySpec::from_contents(RO | ACCESS)
    .notes("What BY and GET look up: the names of these keys are made of the elements.");
const DESTINATION: KeySpec = KeySpec::parsed(options::destination, OW | UPDATE)
    .notes("The key after STORE, which may stand anywhere behind the first key.");

const LIMIT: &[Arg] = &[Arg::integer("offset"), Arg::integer("count")];
const ORDER: &[Arg] = &[Arg::word("asc", "ASC"), Arg::word("desc", "DESC")];

pub(super) static SORT: Command = Command::new("sort", Group::Generic, "1.0.0", -2, sort)
    .summary("Sorts the elements of a list, a set or a sorted set.")
    .complexity(COMPLEXITY)
    .flags(WRITE | DENYOOM)
    .categories(&["-keyspace", "set", "sortedset", "list", "dangerous"])
    .keys(&[KEY, LOOKED_UP, DESTINATION])
    .args(&[
        Arg::key("key", 0),
        Arg { key_spec: Some(1), ..Arg::pattern("pattern") }.after("BY").optional(),
        Arg::block("offset_count", LIMIT).after("LIMIT").optional(),
        Arg { key_spec: Some(1), ..Arg::pattern("pattern") }.after("GET").optional().multiple_token(),
        Arg::one_of("order", ORDER).optional(),
        Arg::word("sorting", "ALPHA").optional(),
        Arg::key("destination", 2).after("STORE").optional(),
    ]);

fn sort(call: &mut Call<'_>) -> Outcome {
    let options = Options::read(call.args, true)?;
    run(call, options)
}

pub(super) static SORT_RO: Command = Command::new("sort_ro", Group::Generic, "7.0.0", -2, sort_ro)
    .summary("Sorts the elements of a list, a set or a sorted set, and stores nothing.")
    .complexity(COMPLEXITY)
    .flags(READONLY)
    .categories(&["-keyspace", "set", "sortedset", "list", "dangerous"])
    .keys(&[KEY, LOOKED_UP])
    .args(&[
        Arg::key("key", 0),
        Arg { key_spec: Some(1), ..Arg::pattern("pattern") }.after("BY").optional(),
        Arg::block("offset_count", LIMIT).after("LIMIT").optional(),
        Arg { key_spec: Some(1), ..Arg::pattern("pattern") }.after("GET").optional().multiple_token(),
        Arg::one_of("order", ORDER).optional(),
        Arg::word("sorting", "ALPHA").optional(),
    ]);

fn sort_ro(call: &mut Call<'_>) -> Outcome {
    let options = Options::read(call.args, false)?;
    run(call, options)
}

fn run(call: &mut Call<'_>, mut options: Options<'_>) -> Outcome {
    let elements = match call.db.get(call.args.at(1)) {
        Some(entry) => collect(entry.value, &mut options, call.is_of_script)?,
        None => Argv::default(),
    };
    let elements = elements.args();
    let order = arrange(&mut call.db, elements, &options)?;
    let wanted = order.iter().map(|&place| elements.at(place));
    match options.store {
        None => Ok(answer(call, wanted, &options.gets)),
        Some(destination) => store(call, destination, wanted, &options.gets),
    }
}

/// The elements of a value: all, or of an unsorted one the part that is wanted.
fn collect(value: Held<'_>, options: &mut Options<'_>, is_of_script: bool) -> Result<Argv, Error> {
    let mut elements = Argv::default();
    match value {
        Held::List(list) => {
            let part = options.part_to_collect(list.len());
            let mut add = |item| elements.push(&text(item));
            if options.unsorted && options.descending {
                let first = list.len().saturating_sub(part.start + 1);
                list.leftwards(first).take(part.len()).for_each(&mut add);
            } else {
                list.rightwards(part.start).take(part.len()).for_each(&mut add);
            }
        }
        Held::Set(set) => {
            // What is stored may not depend on the order that a set happens to have, nor what a script does.
            if options.unsorted && (is_of_script || options.store.is_some()) {
                options.sort_as_texts();
            }
            let part = options.part_to_collect(set.len());
            for member in set.iter().skip(part.start).take(part.len()) {
                member.with_bytes(|bytes| elements.push(bytes));
            }
        }
        Held::SortedSet(set) => {
            let part = options.part_to_collect(set.len());
            let mut add = |(member, _)| elements.push(&text(member));
            if options.unsorted && options.descending {
                let len = set.len();
                set.range(len - part.end..len - part.start).rev().for_each(&mut add);
            } else {
                set.range(part).for_each(&mut add);
            }
        }
        Held::Str(_) | Held::Hash(_) | Held::Stream(_) => return Err(Error::WrongType),
    }
    Ok(elements)
}

/// The places of the wanted elements, in the wanted order.
fn arrange(db: &mut Db<'_>, elements: Args<'_>, options: &Options<'_>) -> Result<Vec<usize>, Error> {
    if options.unsorted {
        return Ok((0..elements.len()).collect());
    }
    let part = options.part(elements.len());
    let towards = |order: Ordering| if options.descending { order.reverse() } else { order };
    let as_texts = |one, other| towards(elements.at(one).cmp(elements.at(other)));
    let weights =
        if options.alpha { alloc::vec![0.0; elements.len()] } else { numbers(db, elements, options)? };
    let mut places: Vec<Weighed> = weights.into_iter().zip(0..).collect();
    match &options.by {
        Some(by) if options.alpha => {
            let weights = texts(db, elements, by);
            sort_part(&mut places, part, options.descending, &|one, other| {
                towards(weights.get(one).cmp(&weights.get(other))).then(one.cmp(&other))
            });
        }
        _ => sort_part(&mut places, part, options.descending, &as_texts),
    }
    Ok(places.into_iter().map(|(_, place)| place).collect())
}

/// What the elements weigh as numbers. What is not there weighs nothing.
fn numbers(db: &mut Db<'_>, elements: Args<'_>, options: &Options<'_>) -> Result<Vec<f64>, Error> {
    let mut is_wrong = false;
    let mut weigh = |text: &[u8]| {
        let number = parse_weight(text);
        is_wrong |= number.is_none();
        number.unwrap_or(0.0)
    };
    let mut lookup = Lookup::default();
    let weights = match &options.by {
        None => elements.iter().map(weigh).collect(),
        Some(by) => elements
            .iter()
            .map(|element| lookup.find(db, by, element, |found| found.map_or(0.0, &mut weigh)))
            .collect(),
    };
    if is_wrong {
        Err(Error::Text("ERR One or more scores can't be converted into double"))
    } else {
        Ok(weights)
    }
}

/// What the elements weigh as texts. What is not there comes first.
fn texts(db: &mut Db<'_>, elements: Args<'_>, by: &Pattern<'_>) -> Vec<Option<Blob>> {
    let mut lookup = Lookup::default();
    elements.iter().map(|element| lookup.find(db, by, element, |found| found.map(Blob::from))).collect()
}

/// A weight as C's `strtod` reads it, which makes 0 of nothing, skips spaces in front, stops at a zero byte, and
/// complains of decimals that it can't tell exactly enough.
fn parse_weight(text: &[u8]) -> Option<f64> {
    if let Some(value) = number::parse_int(text) {
        return Some(value as f64);
    }
    let text = until_zero(text);
    if text.is_empty() {
        return Some(0.0);
    }
    let spaces = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).count();
    let text = text.get(spaces..)?;
    let value = number::parse_float(text)?;
    let is_hexadecimal = text.iter().any(|byte| matches!(byte, b'x' | b'X'));
    (!value.is_subnormal() || is_hexadecimal).then_some(value)
}

fn answer<'e>(
    call: &mut Call<'_>,
    wanted: impl ExactSizeIterator<Item = &'e [u8]>,
    gets: &[Pattern<'_>],
) -> Replied {
    let mut replied = call.reply.array(wanted.len() * gets.len().max(1));
    let mut lookup = Lookup::default();
    for element in wanted {
        if gets.is_empty() {
            replied = call.reply.bulk(element);
        }
        for get in gets {
            let reply = &mut call.reply;
            replied = lookup.find(&mut call.db, get, element, |found| match found {
                Some(bytes) => reply.bulk(bytes),
                None => reply.null(),
            });
        }
    }
    replied
}

fn store<'e>(
    call: &mut Call<'_>,
    destination: &[u8],
    wanted: impl Iterator<Item = &'e [u8]>,
    gets: &[Pattern<'_>],
) -> Outcome {
    let mut list = List::new(NodeLimit::new(call.server.config.list_max_listpack_size));
    let mut lookup = Lookup::default();
    for element in wanted {
        if gets.is_empty() {
            list.push(End::Right, element);
        }
        for get in gets {
            let found = |found: Option<&[u8]>| list.push(End::Right, found.unwrap_or_default());
            lookup.find(&mut call.db, get, element, found);
        }
    }
    let len = list.len();
    if len == 0 {
        call.db.discard(destination, change::DEL);
    } else {
        call.db.put_counted(destination, list.into_value(), Expiry::Never, change::SORT_STORE, len);
    }
    Ok(call.reply.len(len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_as_c_reads_them() {
        let read =
            [("", 0.0), ("5", 5.0), (" \t5", 5.0), ("0x10", 16.0), ("inf", f64::INFINITY), ("1\0x", 1.0)];
        for (text, value) in read {
            assert_eq!(parse_weight(text.as_bytes()), Some(value), "{text:?}");
        }
        assert!(parse_weight(b"0x1p-1074").is_some());
        for text in [" ", "5 ", "nan", "x", "4e-324", "1e999", "1_"] {
            assert_eq!(parse_weight(text.as_bytes()), None, "{text:?}");
        }
    }
}
