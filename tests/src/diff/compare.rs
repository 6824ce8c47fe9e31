//! Whether two answers to the same call are the same, as far as they have to be.

use super::Call;
use super::rules::{CLOCKS_MS, Rule, rule_of};
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
        let over = ["EXEC", "DISCARD", "RESET"].into_iter().any(ends);
        let queued = if over { std::mem::take(&mut self.queued) } else { Vec::new() };
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
        (Rule::Moments, wanted, seen) => same_but_moments(wanted, seen),
        (Rule::Scan, Reply::Array(wanted), Reply::Array(seen)) => scanned(call, wanted, seen),
        _ => wanted == seen,
    }
}

/// The same but for moments, which two clocks told.
fn same_but_moments(wanted: &Reply, seen: &Reply) -> bool {
    match (wanted, seen) {
        (Reply::Array(wanted), Reply::Array(seen)) => {
            wanted.len() == seen.len()
                && wanted.iter().zip(seen).all(|(wanted, seen)| same_but_moments(wanted, seen))
        }
        (Reply::Map(wanted), Reply::Map(seen)) => {
            wanted.len() == seen.len()
                && wanted
                    .iter()
                    .zip(seen)
                    .all(|(wanted, seen)| wanted.0 == seen.0 && same_but_moments(&wanted.1, &seen.1))
        }
        (&Reply::Integer(wanted), &Reply::Integer(seen)) if wanted.min(seen) > SOME_MOMENT_MS => {
            wanted.abs_diff(seen) <= CLOCKS_MS.unsigned_abs()
        }
        _ => wanted == seen,
    }
}

/// September 2020: what is more is no count.
const SOME_MOMENT_MS: i64 = 1_600_000_000_000;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp;

    fn answer(bytes: &str) -> Answer {
        let (reply, _) = resp::read(bytes.as_bytes()).unwrap().unwrap();
        Answer { bytes: bytes.into(), reply: Ok(reply) }
    }

    fn agree(call: &str, oracle: &str, ours: &str) -> bool {
        let call: Call = call.split(' ').map(|word| word.as_bytes().to_vec()).collect();
        Comparer::default().next(&call, &answer(oracle), &answer(ours))
    }

    #[test]
    fn most_answers_are_compared_byte_for_byte() {
        assert!(agree("GET k", "$-1\r\n", "$-1\r\n"));
        assert!(!agree("GET k", "$1\r\na\r\n", "$1\r\nb\r\n"));
        assert!(!agree("LRANGE k 0 1", "*2\r\n:1\r\n:2\r\n", "*2\r\n:2\r\n:1\r\n"));
    }

    #[test]
    fn what_has_no_order_may_come_in_any() {
        assert!(agree("SMEMBERS k", "*2\r\n:1\r\n:2\r\n", "*2\r\n:2\r\n:1\r\n"));
        assert!(!agree("SMEMBERS k", "*2\r\n:1\r\n:2\r\n", "*2\r\n:2\r\n:2\r\n"));
        assert!(!agree("SMEMBERS k", "*1\r\n:1\r\n", "-ERR no\r\n"));
    }

    #[test]
    fn clocks_may_be_a_little_apart_but_not_about_whether_there_is_a_time() {
        assert!(agree("TTL k", ":100000\r\n", ":100001\r\n"));
        assert!(!agree("TTL k", ":100000\r\n", ":200000\r\n"));
        assert!(!agree("TTL k", ":-1\r\n", ":-2\r\n"));
    }

    #[test]
    fn moments_within_a_reply_may_be_a_little_apart_and_nothing_else() {
        let full =
            |moment: &str, count: &str| format!("*2\r\n*2\r\n$9\r\nseen-time\r\n:{moment}\r\n:{count}\r\n");
        let told = full("1795729270550", "3");
        assert!(agree("XINFO STREAM k FULL", &told, &full("1795729270551", "3")));
        assert!(!agree("XINFO STREAM k FULL", &told, &full("1795729370550", "3")));
        assert!(!agree("XINFO STREAM k FULL", &told, &full("1795729270550", "4")));
    }

    #[test]
    fn a_transaction_is_compared_by_the_rules_of_its_calls() {
        let mut comparer = Comparer::default();
        let queued = answer("+QUEUED\r\n");
        for call in [&[b"SMEMBERS".to_vec(), b"k".to_vec()][..], &[b"GET".to_vec(), b"k".to_vec()]] {
            assert!(comparer.next(&call.to_vec(), &queued, &queued));
        }
        let (oracle, ours) = ("*2\r\n*2\r\n:1\r\n:2\r\n:3\r\n", "*2\r\n*2\r\n:2\r\n:1\r\n:3\r\n");
        assert!(comparer.next(&vec![b"EXEC".to_vec()], &answer(oracle), &answer(ours)));
    }
}
