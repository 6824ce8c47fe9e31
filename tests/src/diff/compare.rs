//! Whether two answers to the same call are the same, as far as they have to be.

use super::Call;
use super::rules::{Rule, rule_of};
use super::sides::Answer;
use crate::resp::Reply;

/// Compares the answers that one client gets, in order: what EXEC answers depends on the calls before it.
#[derive(Debug, Default)]
pub(super) struct Comparer {
    /// The rules of the calls that wait for EXEC.
    queued: Vec<Rule>,
}

impl Comparer {
    /// Whether both sides answered the client's next call alike.
    pub(super) fn next(&mut self, call: &Call, oracle: &Answer, ours: &Answer) -> bool {
        let (Ok(wanted), Ok(seen)) = (&oracle.reply, &ours.reply) else { return false };
        let same_bytes = oracle.bytes == ours.bytes;
        if oracle.bytes == b"+QUEUED\r\n" {
            self.queued.push(rule_of(call));
            return same_bytes;
        }
        let ends = |word: &str| call[0].eq_ignore_ascii_case(word.as_bytes());
        let queued = match ends("EXEC") || ends("DISCARD") || ends("RESET") || ends("MULTI") {
            true => std::mem::take(&mut self.queued),
            false => Vec::new(),
        };
        if same_bytes {
            return true;
        }
        match (wanted, seen) {
            (Reply::Array(wanted), Reply::Array(seen)) if ends("EXEC") => {
                wanted.len() == seen.len()
                    && wanted.len() == queued.len()
                    && queued
                        .iter()
                        .zip(wanted.iter().zip(seen))
                        .all(|(&rule, (w, s))| same(rule, call, w, s))
            }
            _ => same(rule_of(call), call, wanted, seen),
        }
    }
}

/// Whether two replies are the same by a rule.
pub(super) fn same(rule: Rule, call: &Call, wanted: &Reply, seen: &Reply) -> bool {
    match (rule, wanted, seen) {
        (Rule::AnyOrder, Reply::Array(wanted), Reply::Array(seen))
        | (Rule::AnyOrder, Reply::Set(wanted), Reply::Set(seen)) => sorted(wanted) == sorted(seen),
        (Rule::AnyOrderOfPairs, Reply::Array(wanted), Reply::Array(seen)) => {
            let pairs = |items: &[Reply]| {
                let mut pairs: Vec<String> = items.chunks(2).map(|pair| format!("{pair:?}")).collect();
                pairs.sort();
                pairs
            };
            pairs(wanted) == pairs(seen)
        }
        (Rule::AnyOrder | Rule::AnyOrderOfPairs, Reply::Map(wanted), Reply::Map(seen)) => {
            let pairs = |items: &[(Reply, Reply)]| {
                let mut pairs: Vec<String> = items.iter().map(|pair| format!("{pair:?}")).collect();
                pairs.sort();
                pairs
            };
            pairs(wanted) == pairs(seen)
        }
        (Rule::Shape, wanted, seen) => alike(wanted, seen),
        (Rule::Near(far), &Reply::Integer(wanted), &Reply::Integer(seen)) => {
            wanted == seen || (wanted >= 0 && seen >= 0 && wanted.abs_diff(seen) <= far.unsigned_abs())
        }
        (Rule::Scan, Reply::Array(wanted), Reply::Array(seen)) => scanned(call, wanted, seen),
        _ => wanted == seen,
    }
}

/// The same kinds, and as many of each.
fn alike(wanted: &Reply, seen: &Reply) -> bool {
    match (wanted, seen) {
        (Reply::Array(wanted), Reply::Array(seen))
        | (Reply::Set(wanted), Reply::Set(seen))
        | (Reply::Push(wanted), Reply::Push(seen)) => {
            wanted.len() == seen.len() && wanted.iter().zip(seen).all(|(wanted, seen)| alike(wanted, seen))
        }
        (Reply::Map(wanted), Reply::Map(seen)) => wanted.len() == seen.len(),
        (Reply::Error(_) | Reply::Status(_) | Reply::Nil, _) => wanted == seen,
        _ => std::mem::discriminant(wanted) == std::mem::discriminant(seen),
    }
}

/// What both told from cursor 0 on, if both came to the end.
fn scanned(call: &Call, wanted: &[Reply], seen: &[Reply]) -> bool {
    let ([wanted_cursor, Reply::Array(wanted)], [seen_cursor, Reply::Array(seen)]) = (wanted, seen) else {
        return false;
    };
    let over = |cursor: &Reply| *cursor == Reply::Bulk(b"0".to_vec());
    let at = if call[0].eq_ignore_ascii_case(b"SCAN") { 1 } else { 2 };
    let whole = call.get(at).is_some_and(|cursor| cursor == b"0") && over(wanted_cursor) && over(seen_cursor);
    let each =
        if call[0].eq_ignore_ascii_case(b"HSCAN") || call[0].eq_ignore_ascii_case(b"ZSCAN") { 2 } else { 1 };
    let told = |items: &[Reply]| {
        let mut told: Vec<String> = items.chunks(each).map(|element| format!("{element:?}")).collect();
        told.sort();
        told.dedup();
        told
    };
    !whole || told(wanted) == told(seen)
}

fn sorted(items: &[Reply]) -> Vec<String> {
    let mut sorted: Vec<String> = items.iter().map(|item| format!("{item:?}")).collect();
    sorted.sort();
    sorted
}
