//! Looking ahead: the requests that a batch begins with are decoded before the first of them runs.
//!
//! In a big keyspace a look-up spends nearly all its time waiting for memory. Knowing the next thirty keys, we can
//! ask for all of them at once ([`Keyspace::warm`]), and by the time a handler looks, its entry is in the cache. For
//! clients that wait for each reply nothing changes: there is only one request to decode.
//!
//! What is decoded ahead has no effect until its turn. If a command before it ends the connection, it never was.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Range;

use crate::argv::{Args, Argv, Span};
use crate::command::{Command, Lookup};
use crate::keyspace::{KeyHash, Keyspace};
use crate::resp::decode::{Decoded, Decoder, Limits, ProtocolError};

/// Requests that are decoded before the first of them runs.
const REQUESTS_MAX: usize = 32;

/// Keys of one request that are worth asking for; the first few of an MSET will do.
const KEYS_MAX: usize = 16;

/// A run of decoded requests. Its memory is used again and again.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    requests: Vec<Pending>,
    /// The words of all of them, each request's counted from where it begins.
    spans: Vec<Span>,
    hashes: Vec<u64>,
}

/// A decoded request.
#[derive(Debug)]
struct Pending {
    /// Where it begins in the batch.
    start: usize,
    spans: Range<usize>,
    /// The words of an inline command, which don't lie in the batch.
    inline: Option<Box<Argv>>,
    command: Option<&'static Command>,
    hash: Option<KeyHash>,
}

impl Pending {
    /// Whether another one looks something up in the value of the same key.
    fn looks_where(&self, other: &Self) -> bool {
        let looks = |pending: &Self| pending.command.is_some_and(|command| command.looks_up != 0);
        let key = |pending: &Self| pending.hash.map(|hash| hash.hash);
        looks(self) && looks(other) && key(self) == key(other)
    }
}

/// A request on its way: its words, and what is known of it already.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Its words.
    pub args: Args<'a>,
    /// The command, if it was looked up.
    pub command: Option<&'static Command>,
    /// The hash of its first key, if it was computed.
    pub hash: Option<KeyHash>,
}

impl<'a> Request<'a> {
    /// A request of which nothing is known.
    #[must_use]
    pub const fn new(args: Args<'a>) -> Self {
        Self { args, command: None, hash: None }
    }
}

/// Why no more could be decoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Enough for one run.
    Full,
    /// The bytes end here, or in the middle of a request.
    Incomplete,
    /// What comes next is no request.
    Broken(ProtocolError),
}

/// Whether two words are the same. Keys that differ mostly do so at their ends.
#[inline]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.last() == other.last() && one == other
}

impl Ahead {
    /// How many requests it holds.
    pub(crate) const fn len(&self) -> usize {
        self.requests.len()
    }

    /// One of the requests.
    pub(crate) fn get<'b>(&'b self, index: usize, batch: &'b [u8]) -> Option<Request<'b>> {
        let pending = self.requests.get(index)?;
        let args = match &pending.inline {
            Some(argv) => argv.args(),
            None => Args::new(
                batch.get(pending.start..).unwrap_or_default(),
                self.spans.get(pending.spans.clone()).unwrap_or_default(),
            ),
        };
        Some(Request { args, command: pending.command, hash: pending.hash })
    }

    /// Where one of the requests begins in the batch.
    pub(crate) fn start(&self, index: usize) -> Option<usize> {
        self.requests.get(index).map(|pending| pending.start)
    }

    /// Forgets all requests, those of which only a part is here included.
    pub(crate) fn clear(&mut self) {
        self.requests.clear();
        self.spans.clear();
        self.hashes.clear();
    }

    /// Gives the words of the unfinished request at the end, to be gone on with by [`Ahead::resume`].
    pub(crate) fn unfinished(&self) -> &[Span] {
        self.spans.get(self.words_end()..).unwrap_or_default()
    }

    /// Goes on with an unfinished request.
    pub(crate) fn resume(&mut self, spans: &[Span]) {
        self.spans.extend_from_slice(spans);
    }

    fn words_end(&self) -> usize {
        self.requests.last().map_or(0, |last| last.spans.end)
    }

    /// Decodes requests from `*at` on, moving it behind them.
    pub(crate) fn decode(
        &mut self,
        batch: &[u8],
        at: &mut usize,
        decoder: &mut Decoder,
        limits: Limits,
    ) -> Stop {
        // Who is not known yet may be after the next request, so no more than that one is decoded under its limits.
        let most = if limits.authenticated { REQUESTS_MAX } else { 1 };
        while self.requests.len() < most {
            let start = *at;
            let words = self.words_end();
            let rest = batch.get(start..).unwrap_or_default();
            let (len, inline) = match decoder.decode(rest, &mut self.spans, limits) {
                Ok(Decoded::Words(len)) => (len, None),
                Ok(Decoded::Inline(len, argv)) => (len, Some(Box::new(argv))),
                Ok(Decoded::Nothing(len)) => {
                    *at += len;
                    continue;
                }
                Ok(Decoded::Incomplete) => return Stop::Incomplete,
                Err(error) => return Stop::Broken(error),
            };
            *at += len;
            let spans = words..self.spans.len();
            self.requests.push(Pending { start, spans, inline, command: None, hash: None });
        }
        Stop::Full
    }

    /// Asks for the memory that the requests are going to need, if there are several.
    pub(crate) fn warm(&mut self, batch: &[u8], commands: &Lookup, keyspace: &Keyspace, db: usize) {
        if self.requests.len() < 2 {
            return;
        }
        let (mut looks_up, mut before) = (false, None);
        for pending in self.requests.iter_mut().filter(|pending| pending.inline.is_none()) {
            let words = self.spans.get(pending.spans.clone()).unwrap_or_default();
            let args = Args::new(batch.get(pending.start..).unwrap_or_default(), words);
            // Who sends many requests at once mostly sends the same again, and often to one key.
            let (name, known) = (args.at(0), before);
            let command = match known {
                Some((same, command, _)) if is_same(same, name) => Some(command),
                _ => commands.find(name),
            };
            let Some(command) = command else { continue };
            pending.command = Some(command);
            before = Some((name, command, None));
            looks_up |= command.looks_up != 0;
            let Some(spec) = command.keys.first() else { continue };
            if let Some(place) = spec.only_position() {
                let key = args.at(place);
                let hash = match known {
                    Some((_, _, Some((same, hash)))) if is_same(same, key) => KeyHash::new(key, hash),
                    _ => {
                        let hash = keyspace.hash(key);
                        self.hashes.push(hash.hash);
                        hash
                    }
                };
                pending.hash = Some(hash);
                before = Some((name, command, Some((key, hash.hash))));
                continue;
            }
            for place in spec.positions(args).take(KEYS_MAX) {
                let hash = keyspace.hash(args.at(place));
                self.hashes.push(hash.hash);
                pending.hash.get_or_insert(hash);
            }
        }
        keyspace.warm(db, &self.hashes);
        // In a page and in a test values are small: there it would only make the module larger.
        if looks_up && cfg!(not(target_family = "wasm")) {
            self.warm_members(batch, keyspace, db);
        }
    }

    /// Asks for what several requests in a row look up in the value of one key: in a large set, every look-up waits for
    /// memory just as in a large keyspace.
    fn warm_members(&mut self, batch: &[u8], keyspace: &Keyspace, db: usize) {
        let Self { requests, spans, hashes } = self;
        let args = |pending: &Pending| {
            let words = spans.get(pending.spans.clone()).unwrap_or_default();
            Args::new(batch.get(pending.start..).unwrap_or_default(), words)
        };
        for row in requests.chunk_by(Pending::looks_where) {
            let [first @ Pending { hash: Some(hash), .. }, _, ..] = row else { continue };
            let members = row.iter().filter_map(|pending| {
                let (args, place) = (args(pending), isize::from(pending.command?.looks_up));
                args.get(if place < 0 { args.len().checked_add_signed(place)? } else { place as usize })
            });
            keyspace.warm_members(db, hash.hash, args(first).at(1), members, hashes);
        }
    }
}
