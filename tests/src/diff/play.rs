//! Plays a script on both sides, and looks from time to time what became of the data.

use super::compare::{self, Comparer};
use super::rules::{Rule, command_of, rule_of};
use super::sides::{Answer, Client, DATABASES, Fault, Sides};
use super::words::THRESHOLDS;
use super::{Call, Script, feed};
use crate::resp::Reply;
use crate::runner::Trouble;

/// How often a script stops.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// So many units are sent at once.
    pub(super) units: usize,
    /// When the data is looked at.
    pub(super) look: Look,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    AfterEach,
    AtTheEnd,
    Never,
}

impl Pace {
    /// Quick: many calls at once, as a pipelining client sends them.
    pub(super) const BATCHES: Self = Self { units: 64, look: Look::AfterEach };
    /// Exact: a difference is seen at its unit.
    pub(super) const SINGLE: Self = Self { units: 1, look: Look::AfterEach };
}

/// The first call that was answered differently.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    /// The unit it belongs to, or after which the data was looked at.
    pub(super) at: usize,
    /// The database, when it is the data that differs.
    pub(super) database: Option<usize>,
    pub(super) call: Call,
    pub(super) oracle: Answer,
    pub(super) ours: Answer,
}

impl Difference {
    /// What it is about: two differences about the same are most likely the same.
    pub(super) fn about(&self) -> String {
        if let Err(Fault::Panic(words)) = &self.ours.reply {
            return words.clone();
        }
        if self.call == feed::call() {
            return feed::about(&self.oracle, &self.ours);
        }
        let name = command_of(&self.call).map_or("an unknown command", |command| command.name);
        let place = if self.database.is_some() { "data by" } else { "answer to" };
        let error = |answer: &Answer| matches!(answer.reply, Ok(Reply::Error(_)));
        format!("{place} {name} {} {}", error(&self.oracle), error(&self.ours))
    }
}

/// Plays a script from an empty store on, up to the first difference.
pub(super) fn play(sides: &mut Sides, script: &Script, pace: Pace) -> Result<Option<Difference>, Trouble> {
    begin(sides, script.resp3)?;
    let mut comparer = Comparer::default();
    let batches = script.units.chunks(pace.units);
    let count = batches.len();
    for (number, batch) in batches.enumerate() {
        let answers = sides.ask(Client::Player, batch.iter().flatten())?;
        let calls = batch.iter().enumerate().flat_map(|(at, unit)| unit.iter().map(move |call| (at, call)));
        for ((at, call), (oracle, ours)) in calls.zip(answers) {
            if !comparer.next(call, &oracle, &ours) {
                let at = number * pace.units + at;
                return Ok(Some(Difference { at, database: None, call: call.clone(), oracle, ours }));
            }
        }
        let (oracle, ours) = sides.propagated()?;
        if !feed::same(&oracle, &ours) {
            let (at, call) = (number * pace.units + batch.len() - 1, feed::call());
            return Ok(Some(Difference { at, database: None, call, oracle, ours }));
        }
        let look = match pace.look {
            Look::AfterEach => true,
            Look::AtTheEnd => number + 1 == count,
            Look::Never => false,
        };
        if look {
            let at = number * pace.units + batch.len() - 1;
            if let Some(found) = data(sides, at)? {
                return Ok(Some(found));
            }
            sides.propagated()?;
        }
    }
    Ok(None)
}

/// An empty store with every threshold at its default, and a new client.
fn begin(sides: &mut Sides, resp3: bool) -> Result<(), Trouble> {
    sides.reconnect()?;
    let mut set = vec![b"CONFIG".to_vec(), b"SET".to_vec()];
    for (name, values) in THRESHOLDS {
        set.extend([name, values[0]].map(|word| word.as_bytes().to_vec()));
    }
    // When an expired key goes by itself is a matter of turns; that nobody sees it is not.
    let calls = [call(&["DEBUG", "SET-ACTIVE-EXPIRE", "0"]), call(&["FLUSHALL"]), set];
    for (call, (oracle, ours)) in calls.iter().zip(sides.ask(Client::Checker, calls.iter())?) {
        for (side, answer) in [("the oracle", &oracle), ("the engine", &ours)] {
            if answer.bytes != b"+OK\r\n" {
                let text = String::from_utf8_lossy(&answer.bytes).into_owned();
                let name = String::from_utf8_lossy(&call[0]).into_owned();
                return Err(Trouble(format!("{side} answers {name} with {text:?}")));
            }
        }
    }
    sides.propagated()?;
    if resp3 {
        let hello = vec![b"HELLO".to_vec(), b"3".to_vec()];
        sides.ask(Client::Player, std::iter::once(&hello))?;
    }
    Ok(())
}

/// How the data of the two sides differs, if it does: first which keys there are, then of what type, how kept and for
/// how long, then what they hold.
fn data(sides: &mut Sides, at: usize) -> Result<Option<Difference>, Trouble> {
    let names: Vec<Asked> =
        (0..DATABASES).map(|database| Asked::new(database, call(&["KEYS", "*"]))).collect();
    let answers = match look(sides, at, &names)? {
        Ok(answers) => answers,
        Err(found) => return Ok(Some(found)),
    };
    let held: Vec<(usize, Vec<u8>)> = answers
        .iter()
        .enumerate()
        .flat_map(|(database, keys)| strings(keys).map(move |key| (database, key)))
        .collect();
    let about = |words: &[&str]| -> Vec<Asked> {
        held.iter().map(|(database, key)| Asked::new(*database, with(call(words), key))).collect()
    };
    let outside = [about(&["TYPE"]), about(&["OBJECT", "ENCODING"]), about(&["PTTL"])].concat();
    let answers = match look(sides, at, &outside)? {
        Ok(answers) => answers,
        Err(found) => return Ok(Some(found)),
    };
    let (kinds, rest) = answers.split_at(held.len());
    let inside: Vec<Asked> = held
        .iter()
        .zip(kinds.iter().zip(rest))
        .filter_map(|((database, key), (kind, encoding))| {
            let call = content(kind, key)?;
            // What is no table of hashes has an order, and it is the same for everybody.
            let hashed = *encoding == Reply::Bulk(b"hashtable".to_vec());
            let rule = if hashed { rule_of(&call) } else { Rule::Exact };
            Some(Asked { database: *database, call, rule })
        })
        .collect();
    Ok(look(sides, at, &inside)?.err())
}

/// Something to ask about the data.
#[derive(Clone)]
struct Asked {
    database: usize,
    call: Call,
    rule: Rule,
}

impl Asked {
    fn new(database: usize, call: Call) -> Self {
        let rule = rule_of(&call);
        Self { database, call, rule }
    }
}

/// The oracle's replies, if ours are the same.
fn look(sides: &mut Sides, at: usize, asked: &[Asked]) -> Result<Result<Vec<Reply>, Difference>, Trouble> {
    let selects: Vec<Call> =
        (0..DATABASES).map(|database| call(&["SELECT", &database.to_string()])).collect();
    let calls = asked.iter().flat_map(|asked| [&selects[asked.database], &asked.call]);
    let answers = sides.ask(Client::Checker, calls)?;
    let mut replies = Vec::with_capacity(asked.len());
    // Every other answer is SELECT's.
    for (asked, (oracle, ours)) in asked.iter().zip(answers.into_iter().skip(1).step_by(2)) {
        match (&oracle.reply, &ours.reply) {
            (Ok(wanted), Ok(seen))
                if oracle.bytes == ours.bytes || compare::same(asked.rule, &asked.call, wanted, seen) =>
            {
                replies.push(wanted.clone());
            }
            _ => {
                let (database, call) = (Some(asked.database), asked.call.clone());
                return Ok(Err(Difference { at, database, call, oracle, ours }));
            }
        }
    }
    Ok(Ok(replies))
}

/// The call that shows all of a value.
fn content(kind: &Reply, key: &[u8]) -> Option<Call> {
    let Reply::Status(kind) = kind else { return None };
    let (command, rest): (&str, &[&str]) = match &kind[..] {
        b"string" => ("GET", &[]),
        b"list" => ("LRANGE", &["0", "-1"]),
        b"set" => ("SMEMBERS", &[]),
        b"hash" => ("HGETALL", &[]),
        b"zset" => ("ZRANGE", &["0", "-1", "WITHSCORES"]),
        b"stream" => ("XRANGE", &["-", "+"]),
        _ => return None,
    };
    let mut call = with(call(&[command]), key);
    call.extend(rest.iter().map(|word| word.as_bytes().to_vec()));
    Some(call)
}

fn call(words: &[&str]) -> Call {
    words.iter().map(|word| word.as_bytes().to_vec()).collect()
}

fn with(mut call: Call, word: &[u8]) -> Call {
    call.push(word.to_vec());
    call
}

fn strings(reply: &Reply) -> impl Iterator<Item = Vec<u8>> {
    let items = if let Reply::Array(items) = reply { items.clone() } else { Vec::new() };
    let mut strings: Vec<Vec<u8>> = items
        .into_iter()
        .filter_map(|item| if let Reply::Bulk(bytes) = item { Some(bytes) } else { None })
        .collect();
    strings.sort();
    strings.into_iter()
}
