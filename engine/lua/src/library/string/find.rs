//! Finding patterns: `find`, `match`, and `gmatch`.
//!
//! All of them are a [`Search`] that goes on as long as there is fuel. What is found within that, and nearly everything
//! is, is given at once; a longer search becomes a task.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Range;

use super::place;
use crate::library::buffer::part;
use crate::native::{Call, Outcome, Task};
use crate::text::number::until_zero;
use crate::text::pattern::{Capture, PatternError, Progress, Search};
use crate::value::{Raise, Str, Value};

/// So many steps are done between two looks at the fuel.
const SLICE: u64 = 1000;

pub(super) fn find(call: &mut Call<'_>) -> Outcome {
    look(call, true)
}

pub(super) fn match_(call: &mut Call<'_>) -> Outcome {
    look(call, false)
}

fn look(call: &mut Call<'_>, tells_where: bool) -> Outcome {
    let subject = call.text(1)?;
    let pattern = call.text(2)?;
    let length = call.bytes(subject).len();
    let start = place(call.optional_integer(3, 1)?, length) - 1;
    let start = start.clamp(0, length as i64) as usize;
    if tells_where && (call.arg(4).is_true() || is_plain(call.bytes(pattern))) {
        return begin(call, Plain { at: start });
    }
    let (search, _) = search(call, pattern, start);
    begin(call, Look { search, tells_where })
}

/// Whether a pattern means nothing but itself, as far as C sees it.
fn is_plain(pattern: &[u8]) -> bool {
    !until_zero(pattern).iter().any(|byte| b"^$*+?.([%-".contains(byte))
}

pub(super) fn gmatch(call: &mut Call<'_>) -> Outcome {
    let subject = call.text(1)?;
    let pattern = call.text(2)?;
    let kept = [Value::String(subject), Value::String(pattern), Value::Number(0.0)];
    let next = call.native("gmatch_aux", gmatch_next, &kept)?;
    call.give(next)
}

fn gmatch_next(call: &mut Call<'_>) -> Outcome {
    let start = match call.captured(2) {
        Value::Number(start) => start as usize,
        _ => 0,
    };
    // A `^` means nothing here.
    begin(call, Each { start, search: Search::new(start, 0, false) })
}

/// Something that takes as long as it takes.
trait Long: Send + 'static {
    /// Goes on while there is fuel, and pushes its results: how many, once it is over.
    fn go_on(&mut self, call: &mut Call<'_>) -> Result<Option<usize>, Raise>;

    /// The bytes that it holds.
    fn weight(&self) -> usize;
}

impl<T: Long> Task for T {
    fn step(&mut self, call: &mut Call<'_>) -> Outcome {
        match self.go_on(call)? {
            Some(count) => call.give_pushed(count),
            None => call.pause(),
        }
    }

    fn weight(&self) -> usize {
        Long::weight(self)
    }
}

/// Most are over before they need to become a task.
fn begin(call: &mut Call<'_>, mut long: impl Long) -> Outcome {
    match long.go_on(call)? {
        Some(count) => call.give_pushed(count),
        None => call.become_task(Box::new(long)),
    }
}

/// `find` and `match` with a pattern.
struct Look {
    search: Search,
    tells_where: bool,
}

impl Long for Look {
    fn go_on(&mut self, call: &mut Call<'_>) -> Result<Option<usize>, Raise> {
        let (subject, pattern) = (call.text(1)?, call.text(2)?);
        let found = match advance(call, &mut self.search, subject, pattern)? {
            Progress::Paused => return Ok(None),
            Progress::Missing => {
                call.push(Value::Nil)?;
                return Ok(Some(1));
            }
            Progress::Found { start, end } => start..end,
        };
        let mut count = 0;
        if self.tells_where {
            push_range(call, &found)?;
            count = 2;
        }
        count += push_captures(call, &self.search, subject, &found, !self.tells_where)?;
        Ok(Some(count))
    }

    fn weight(&self) -> usize {
        size_of::<Self>() + self.search.weight()
    }
}

/// `find` of bytes that mean themselves.
struct Plain {
    at: usize,
}

impl Long for Plain {
    fn go_on(&mut self, call: &mut Call<'_>) -> Result<Option<usize>, Raise> {
        let (subject, wanted) = (call.text(1)?, call.text(2)?);
        loop {
            let (bytes, wanted) = (call.bytes(subject), call.bytes(wanted));
            let rest = bytes.get(self.at..).unwrap_or_default();
            let Some(last) = rest.len().checked_sub(wanted.len()) else {
                call.push(Value::Nil)?;
                return Ok(Some(1));
            };
            // The first byte is looked for by itself: that is quick, and mostly it is enough.
            let near = rest.get(..=last.min(SLICE as usize)).unwrap_or(rest);
            let first = wanted.first().map_or(Some(0), |first| near.iter().position(|byte| byte == first));
            let Some(first) = first else {
                self.at += near.len();
                call.spend(1 + near.len() as u64 / 16);
                if call.exhausted() { return Ok(None) } else { continue }
            };
            let fits = rest[first..].starts_with(wanted);
            let length = wanted.len();
            self.at += first;
            call.spend(1 + (first + length) as u64 / 16);
            if fits {
                let range = self.at..self.at + length;
                push_range(call, &range)?;
                return Ok(Some(2));
            }
            self.at += 1;
            if call.exhausted() {
                return Ok(None);
            }
        }
    }

    fn weight(&self) -> usize {
        size_of::<Self>()
    }
}

/// One match of `gmatch`.
struct Each {
    start: usize,
    search: Search,
}

impl Long for Each {
    fn go_on(&mut self, call: &mut Call<'_>) -> Result<Option<usize>, Raise> {
        let (Value::String(subject), Value::String(pattern)) = (call.captured(0), call.captured(1)) else {
            return Ok(Some(0));
        };
        // Behind an empty match at the end there is nothing.
        if self.start > call.bytes(subject).len() {
            return Ok(Some(0));
        }
        match advance(call, &mut self.search, subject, pattern)? {
            Progress::Paused => Ok(None),
            Progress::Missing => Ok(Some(0)),
            Progress::Found { start, end } => {
                let next = if end == start { end + 1 } else { end };
                call.set_captured(2, Value::Number(next as f64));
                push_captures(call, &self.search, subject, &(start..end), true).map(Some)
            }
        }
    }

    fn weight(&self) -> usize {
        size_of::<Self>() + self.search.weight()
    }
}

/// A pattern's search, from a place on, and whether a match may begin only there.
pub(super) fn search(call: &Call<'_>, pattern: Str, start: usize) -> (Search, bool) {
    let anchored = call.bytes(pattern).first() == Some(&b'^');
    (Search::new(start, usize::from(anchored), anchored), anchored)
}

/// Goes on with a search, to its end or until the fuel is used up.
pub(super) fn advance(
    call: &mut Call<'_>,
    search: &mut Search,
    subject: Str,
    pattern: Str,
) -> Result<Progress, Raise> {
    loop {
        let mut steps = SLICE;
        let progress = search.resume(call.bytes(subject), call.bytes(pattern), &mut steps);
        call.spend(SLICE - steps);
        match progress.map_err(|error| wrong(call, error))? {
            Progress::Paused if !call.exhausted() => {}
            progress => return Ok(progress),
        }
    }
}

fn wrong(call: &mut Call<'_>, error: PatternError) -> Raise {
    call.error(error.text())
}

/// What a pair of brackets took, as a value.
pub(super) fn capture(
    call: &mut Call<'_>,
    search: &Search,
    subject: Str,
    number: usize,
    found: &Range<usize>,
) -> Result<Value, Raise> {
    match search.capture(number, found.start, found.end).map_err(|error| wrong(call, error))? {
        Capture::Bytes(from, to) => part(call, subject, from..to),
        Capture::Place(place) => Ok(Value::Number(place as f64 + 1.0)),
    }
}

/// What all pairs of brackets took; without any, it may be the whole match.
pub(super) fn captures(
    call: &mut Call<'_>,
    search: &Search,
    subject: Str,
    found: &Range<usize>,
) -> Result<Vec<Value>, Raise> {
    (0..search.captures().max(1)).map(|number| capture(call, search, subject, number, found)).collect()
}

fn push_captures(
    call: &mut Call<'_>,
    search: &Search,
    subject: Str,
    found: &Range<usize>,
    or_whole: bool,
) -> Result<usize, Raise> {
    let count = search.captures().max(usize::from(or_whole));
    for number in 0..count {
        let value = capture(call, search, subject, number, found)?;
        call.push(value)?;
    }
    Ok(count)
}

fn push_range(call: &mut Call<'_>, range: &Range<usize>) -> Result<(), Raise> {
    call.push(Value::Number(range.start as f64 + 1.0))?;
    call.push(Value::Number(range.end as f64))
}
