//! Adding entries, and removing the oldest.

use alloc::vec::Vec;

use redstart_structures::{Blob, Journal, Keep, NodeMost};

use super::{INVALID_ID, id, say_id};
use crate::argv::Args;
use crate::command::flag::{DENYOOM, FAST, WRITE};
use crate::command::key::{DELETE, RW, UPDATE};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::{Edited, change};
use crate::reply::Outcome;
use crate::types::{Id, Kind, ParsedId, Stream};

pub(super) static XADD: Command = Command::new("xadd", Group::Stream, "5.0.0", -5, xadd)
    .summary("Adds an entry to a stream.")
    .complexity("O(1), and O(N) for N entries that are trimmed.")
    .history(&[
        ("6.2.0", "Takes `NOMKSTREAM`, `MINID` and `LIMIT`."),
        ("7.0.0", "Takes ids of the form `<ms>-*`."),
    ])
    .flags(WRITE | DENYOOM | FAST)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RW | UPDATE).notes("It may trim, so it is more than an insertion")])
    .args(&[
        Arg::key("key", 0),
        Arg::word("nomkstream", "NOMKSTREAM").optional().since("6.2.0"),
        Arg::block("trim", TRIM).optional(),
        Arg::one_of("id_or_auto", &[Arg::word("auto_id", "*"), Arg::string("id")]),
        Arg::block("field_value", &[Arg::string("field"), Arg::string("value")]).multiple(),
    ]);

const TRIM: &[Arg] = &[
    Arg::one_of("strategy", &[Arg::word("maxlen", "MAXLEN"), Arg::word("minid", "MINID").since("6.2.0")]),
    Arg::one_of("operator", &[Arg::word("equal", "="), Arg::word("approximately", "~")]).optional(),
    Arg::string("threshold"),
    Arg::integer("count").after("LIMIT").optional().since("6.2.0"),
];

fn xadd(call: &mut Call<'_>) -> Outcome {
    let (key, most) = (call.args.at(1), node_most(call));
    let (options, place) = Options::read(call, true, most.entries)?;
    let words = call.args.from(place + 1);
    if words.is_empty() || words.len() % 2 == 1 {
        return Err(Error::Arity("xadd"));
    }
    if options.id == NewId::Said(ParsedId::Whole(Id::MIN)) {
        return Err(Error::Text("ERR The ID specified in XADD must be greater than 0-0"));
    }
    if options.no_stream && call.db.claim(key).is_none() {
        return Ok(call.reply.null());
    }
    let now_ms = u64::try_from(call.db.now_ms()).unwrap_or(0);
    let id = call.db.edit_or_create(key, change::XADD, Stream::new, |stream| {
        let id = options.id.after(stream.last_id, now_ms)?;
        if words.iter().map(<[u8]>::len).sum::<usize>() > Journal::ENTRY_MOST {
            return Err(TOO_LARGE);
        }
        stream.push(id, words, most);
        Ok(id)
    })?;
    if let Some(trim) = options.trim {
        // Entries that make room for another are no change of their own.
        trim.carry_out(call, key, false)?;
    }
    let is_made = !matches!(options.id, NewId::Said(ParsedId::Whole(_)));
    id.with_text(|text| propagate(call, options.trim, is_made.then_some((place, text))));
    Ok(say_id(&mut call.reply, id))
}

pub(super) static XTRIM: Command = Command::new("xtrim", Group::Stream, "5.0.0", -4, xtrim)
    .summary("Removes the oldest entries of a stream.")
    .complexity("O(N) for N entries that are removed; whole nodes of entries go at once.")
    .history(&[("6.2.0", "Takes `MINID` and `LIMIT`.")])
    .flags(WRITE)
    .tips(&["nondeterministic_output"])
    .keys(&[KeySpec::at(1, RW | DELETE)])
    .args(&[Arg::key("key", 0), Arg::block("trim", TRIM)]);

fn xtrim(call: &mut Call<'_>) -> Outcome {
    let most = node_most(call);
    let (options, _) = Options::read(call, false, most.entries)?;
    let Some(trim) = options.trim else { return Err(Error::Syntax) };
    let removed = trim.carry_out(call, call.args.at(1), true)?;
    if removed > 0 {
        propagate(call, Some(trim), None);
    }
    Ok(call.reply.len(removed))
}

/// An id that was made, and a trim that depends on how entries happen to be kept, are propagated as what came of them.
fn propagate(call: &mut Call<'_>, trim: Option<Trim>, id: Option<(usize, &[u8])>) {
    if !call.server.feed.is_read() {
        return;
    }
    let mut exchanged: Vec<(usize, Blob)> =
        id.into_iter().map(|(place, id)| (place, Blob::from(id))).collect();
    if let Some(trim) = trim.filter(|trim| trim.about)
        && let Some(stream) = call.db.peek(call.args.at(1)).and_then(|entry| Stream::of(entry.value))
    {
        let threshold = match trim.keep {
            Keep::Newest(_) => Blob::from(itoa::Buffer::new().format(stream.len()).as_bytes()),
            Keep::From(_) if stream.is_empty() => Id::MAX.with_text(|text| Blob::from(text)),
            Keep::From(_) => stream.first_id().with_text(|text| Blob::from(text)),
        };
        exchanged.extend([(trim.place - 1, Blob::from(b"=".as_slice())), (trim.place, threshold)]);
    }
    call.propagates_with(&exchanged);
}

const TOO_LARGE: Error = Error::Text("ERR Elements are too large to be stored");

/// How much a node may hold now.
fn node_most(call: &Call<'_>) -> NodeMost {
    let config = &call.server.config;
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    NodeMost { bytes: number(config.stream_node_max_bytes), entries: number(config.stream_node_max_entries) }
}

/// What is said before the fields.
struct Options {
    trim: Option<Trim>,
    /// No stream is made if there is none.
    no_stream: bool,
    id: NewId,
}

/// The id of a new entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NewId {
    /// It follows from the time.
    Auto,
    Said(ParsedId),
}

impl NewId {
    /// The id for an entry that comes after the last one.
    fn after(self, last: Id, now_ms: u64) -> Result<Id, Error> {
        const EXHAUSTED: Error =
            Error::Text("ERR The stream has exhausted the last possible ID, unable to add more items");
        const NOT_GREATER: Error =
            Error::Text("ERR The ID specified in XADD is equal or smaller than the target stream top item");
        let next = last.next().ok_or(EXHAUSTED)?;
        let id = match self {
            Self::Auto => next.max(Id::new(now_ms, 0)),
            Self::Said(ParsedId::Whole(id)) => id,
            Self::Said(ParsedId::Open(ms)) => {
                let id = if ms == last.ms() { next } else { Id::new(ms, 0) };
                // That there is no further number is told as Redis tells it.
                if id.ms() == ms { id } else { return Err(TOO_LARGE) }
            }
        };
        if id > last { Ok(id) } else { Err(NOT_GREATER) }
    }
}

/// Which entries go.
#[derive(Clone, Copy)]
struct Trim {
    keep: Keep,
    /// `~`: only whole nodes.
    about: bool,
    /// Where its threshold is said.
    place: usize,
    /// At most so many; 0: any number.
    most: usize,
}

impl Trim {
    /// Trims a stream; tells how many entries went.
    fn carry_out(self, call: &mut Call<'_>, key: &[u8], counts: bool) -> Result<usize, Error> {
        let removed = call.db.edit_counted(key, change::XTRIM, |stream: &mut Stream| {
            let removed = stream.trim(self.keep, self.about, self.most);
            let changes = if counts { removed } else { 0 };
            Ok(if removed == 0 { Edited::nothing(0) } else { Edited::changes(removed, changes) })
        })?;
        Ok(removed.unwrap_or(0))
    }
}

impl Options {
    /// Reads them, up to the id if an entry is being added; tells where that is.
    fn read(call: &Call<'_>, adds: bool, node_entries: usize) -> Result<(Self, usize), Error> {
        let args = call.args;
        let mut options = Self { trim: None, no_stream: false, id: NewId::Auto };
        let mut limit = None;
        let mut place = 2;
        while let Some(word) = args.get(place) {
            let more = place + 1 < args.len();
            if adds && word == b"*" {
                break;
            } else if (args.is(place, "MAXLEN") || args.is(place, "MINID")) && more {
                place += options.read_trim(args, place)?;
            } else if args.is(place, "LIMIT") && more {
                let count = args.int(place + 1)?;
                let negative = Error::Text("ERR The LIMIT argument must be >= 0.");
                limit = Some(usize::try_from(count).map_err(|_| negative)?);
                place += 2;
            } else if adds && args.is(place, "NOMKSTREAM") {
                options.no_stream = true;
                place += 1;
            } else if adds {
                options.id = NewId::Said(ParsedId::parse(word, 0).ok_or(INVALID_ID)?);
                break;
            } else {
                return Err(Error::Syntax);
            }
        }
        if call.session.is_obeyed {
            // Redis propagates the limit beside what came of it.
            limit = None;
        }
        options.bound(limit, adds, node_entries)?;
        Ok((options, place))
    }

    /// Reads a strategy and its threshold; tells how many words that were.
    fn read_trim(&mut self, args: Args<'_>, place: usize) -> Result<usize, Error> {
        if self.trim.is_some() {
            return Err(Error::Text(
                "ERR syntax error, MAXLEN and MINID options at the same time are not compatible",
            ));
        }
        let operator = args.get(place + 1).filter(|word| matches!(word, [b'~' | b'=']));
        let operator = operator.filter(|_| place + 2 < args.len());
        let at = place + 1 + usize::from(operator.is_some());
        let keep = if args.is(place, "MAXLEN") {
            let negative = Error::Text("ERR The MAXLEN argument must be >= 0.");
            Keep::Newest(usize::try_from(args.int(at)?).map_err(|_| negative)?)
        } else {
            Keep::From(id(args.at(at))?.0)
        };
        self.trim = Some(Trim { keep, about: operator == Some(b"~"), place: at, most: 0 });
        Ok(at + 1 - place)
    }

    /// Sets how many entries may go at once: a trim that need not be exact should not take long.
    fn bound(&mut self, limit: Option<usize>, adds: bool, node_entries: usize) -> Result<(), Error> {
        match &mut self.trim {
            None if limit.is_some_and(|limit| limit > 0) => Err(Error::Text(
                "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy",
            )),
            None if !adds => {
                Err(Error::Text("ERR syntax error, XTRIM must be called with a trimming strategy"))
            }
            Some(trim) if trim.about => {
                const NODES: usize = 100;
                let default = match node_entries.saturating_mul(NODES) {
                    0 => 10_000,
                    entries => entries.min(1_000_000),
                };
                trim.most = limit.unwrap_or(default);
                Ok(())
            }
            _ if limit.is_some() => {
                Err(Error::Text("ERR syntax error, LIMIT cannot be used without the special ~ option"))
            }
            _ => Ok(()),
        }
    }
}
