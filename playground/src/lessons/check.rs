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
    /// Commands that some client must have run since the step began, by their names in INFO commandstats: of each list one.
    pub ran: Vec<Vec<String>>,
}

impl Check {
    /// How often commands of each list in `ran` have succeeded.
    pub fn successes(&self, store: &Store) -> Vec<u64> {
        let of_all = |names: &Vec<String>| names.iter().map(|name| store.engine().successes(name)).sum();
        self.ran.iter().map(of_all).collect()
    }

    /// Whether it holds; `before` are the successes when the step began.
    pub fn holds(&self, store: &mut Store, now: Now, before: &[u64]) -> bool {
        let ran = self.successes(store).iter().zip(before).all(|(now, before)| now > before);
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
/// In a promised line `…` stands for any text, and `{3..60}`, `{3..}` or `{..60}` for a number in that range. Behind
/// `(integer) ` at the end of a line a range needs no braces.
#[must_use]
pub fn is_like(promised: &str, printed: &str) -> bool {
    let (mut promised, mut printed) = (promised.split('\n'), printed.split('\n'));
    loop {
        match (promised.next(), printed.next()) {
            (None, None) => return true,
            (Some(promised), Some(printed)) if matches(&pieces(promised), printed) => {}
            _ => return false,
        }
    }
}

/// A piece of a promised line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Any,
    Number(i64, i64),
}

fn pieces(line: &str) -> Vec<Piece<'_>> {
    const INTEGER: &str = "(integer) ";
    if let Some(at) = line.rfind(INTEGER)
        && let (before, number) = line.split_at(at + INTEGER.len())
        && let Some(range) = range(number)
    {
        let mut found = pieces_of_text(before);
        found.push(range);
        return found;
    }
    pieces_of_text(line)
}

fn pieces_of_text(line: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let (mut rest, mut from) = (line, 0);
    while let Some(at) = rest.get(from..).and_then(|text| text.find(['…', '{'])).map(|at| from + at) {
        let (text, special) = rest.split_at(at);
        let (piece, len) = if special.starts_with('…') {
            (Some(Piece::Any), '…'.len_utf8())
        } else {
            let inside = special.find('}').and_then(|end| special.get(1..end));
            (inside.and_then(range), inside.map_or(0, str::len) + 2)
        };
        match piece {
            Some(piece) => {
                found.extend([Piece::Text(text), piece]);
                (rest, from) = (special.get(len..).unwrap_or_default(), 0);
            }
            None => from = at + 1,
        }
    }
    found.push(Piece::Text(rest));
    found
}

/// A range such as `3..60`, of which one end may be open.
fn range(text: &str) -> Option<Piece<'static>> {
    let (low, high) = text.split_once("..")?;
    let bound = |text: &str, open: i64| if text.is_empty() { Some(open) } else { text.parse().ok() };
    let is_closed = !low.is_empty() || !high.is_empty();
    is_closed.then_some(Piece::Number(bound(low, i64::MIN)?, bound(high, i64::MAX)?))
}

fn matches(pieces: &[Piece<'_>], printed: &str) -> bool {
    let Some((piece, pieces)) = pieces.split_first() else { return printed.is_empty() };
    match *piece {
        Piece::Text(text) => printed.strip_prefix(text).is_some_and(|rest| matches(pieces, rest)),
        Piece::Any if pieces == [Piece::Text("")] => true,
        Piece::Any => {
            let mut places = printed.char_indices().map(|(at, _)| at).chain([printed.len()]);
            places.any(|at| printed.get(at..).is_some_and(|rest| matches(pieces, rest)))
        }
        Piece::Number(low, high) => {
            let digits = printed.find(|it: char| !it.is_ascii_digit() && it != '-').unwrap_or(printed.len());
            let (number, rest) = printed.split_at(digits);
            number.parse().is_ok_and(|number| (low..=high).contains(&number)) && matches(pieces, rest)
        }
    }
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
            ("\"{3..}\"", "\"12\"", true),
            ("\"{3..}\"", "\"2\"", false),
            ("\"…changes:{2..9}\\r…\"", "\"keys:1\\rchanges:3\\rdone:0\\r\"", true),
            ("\"…changes:{2..9}\\r…\"", "\"keys:3\\rchanges:1\\rdone:0\\r\"", false),
            ("{..} {x} {", "{..} {x} {", true),
        ] {
            assert_eq!(is_like(promised, printed), like, "{promised} {printed}");
        }
    }
}
