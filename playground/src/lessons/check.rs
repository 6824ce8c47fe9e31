//! Whether a step is done: commands that only read are run unseen, and commands were run.

use redstart_engine::machine::Now;
use redstart_engine::resp::read::read;
use redstart_engine::split_args::split_args;

use super::transcript::Line;
use crate::print::print;
use crate::store::Store;

/// What must hold. A check of nothing never does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    /// Looks at the store, and what must be seen.
    pub looks: Vec<Line>,
    /// Commands that some client must have run since the step began, by their names in INFO commandstats.
    pub ran: Vec<String>,
}

impl Check {
    /// Whether it holds; `before` are the successes of the commands in `ran` when the step began.
    pub fn holds(&self, store: &mut Store, now: Now, before: &[u64]) -> bool {
        let ran = self.ran.iter().zip(before).all(|(name, &before)| store.engine().successes(name) > before);
        let is_empty = self.ran.is_empty() && self.looks.is_empty();
        ran && !is_empty && self.looks.iter().all(|look| sees(store, now, look))
    }
}

fn sees(store: &mut Store, now: Now, look: &Line) -> bool {
    let Some(words) = split_args(look.text.as_bytes()) else { return false };
    let argv: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    let Some(reply) = store.look(now, &argv) else { return false };
    let Ok(Some((value, _))) = read(&reply) else { return false };
    // Texts for people, too, are strings here: in one line, where a pattern can find something.
    let seen: Vec<String> = print(&value, &[]).into_iter().map(|line| line.text).collect();
    look.answer.as_ref().is_some_and(|answer| is_like(answer, &seen.join("\n")))
}

/// Whether what is printed is what was promised, line by line.
///
/// In a promised line `…` stands for any text, and two dots behind `(integer) ` with a number before or after them, or
/// both, for any number in that range.
#[must_use]
pub fn is_like(promised: &str, printed: &str) -> bool {
    let (mut promised, mut printed) = (promised.split('\n'), printed.split('\n'));
    loop {
        match (promised.next(), printed.next()) {
            (None, None) => return true,
            (Some(promised), Some(printed)) if is_line_like(promised, printed) => {}
            _ => return false,
        }
    }
}

fn is_line_like(promised: &str, printed: &str) -> bool {
    in_range(promised, printed).unwrap_or_else(|| has_pieces(promised, printed))
}

/// Whether the number in a line is in the promised range; `None` if the promise is none.
fn in_range(promised: &str, printed: &str) -> Option<bool> {
    const INTEGER: &str = "(integer) ";
    let (before, range) = promised.split_at(promised.find(INTEGER)? + INTEGER.len());
    let (low, high) = range.split_once("..")?;
    let bound = |text: &str, open: i64| if text.is_empty() { Some(open) } else { text.parse().ok() };
    let (low, high) = (bound(low, i64::MIN)?, bound(high, i64::MAX)?);
    let number = printed.strip_prefix(before).and_then(|number| number.parse::<i64>().ok());
    Some(number.is_some_and(|number| (low..=high).contains(&number)))
}

/// Whether the pieces between `…` stand in the line, in order: the first at its beginning, the last at its end.
fn has_pieces(promised: &str, printed: &str) -> bool {
    let Some((first, rest)) = promised.split_once('…') else { return promised == printed };
    let Some(mut left) = printed.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = rest.split('…').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some(at) = left.find(piece) else { return false };
        left = left.get(at + piece.len()..).unwrap_or_default();
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_may_leave_things_open() {
        for (promised, printed, like) in [
            ("OK", "OK", true),
            ("OK", "OK\nOK", false),
            ("1) \"a\"\n2) \"b\"", "1) \"a\"\n2) \"b\"", true),
            ("(integer) 3..60", "(integer) 60", true),
            ("(integer) 3..60", "(integer) 61", false),
            ("(integer) 3..", "(integer) 99", true),
            ("(integer) ..-1", "(integer) -2", true),
            ("(integer) ..-1", "(integer) 0", false),
            ("2) (integer) 1..2", "2) (integer) 2", true),
            ("(integer) 1..2", "\"1\"", false),
            ("(integer) 1..2", "(integer) x", false),
            ("\"…name=ada …\"", "\"id=1 name=ada age=2\"", true),
            ("\"…name=ada …\"", "\"id=1 name=adam age=2\"", false),
            ("…", "", true),
            ("a…a", "a", false),
            ("a…b…c", "a-b-b-c", true),
            ("a…b…c", "a-c-b", false),
            ("a..b", "a..b", true),
        ] {
            assert_eq!(is_like(promised, printed), like, "{promised} {printed}");
        }
    }
}
