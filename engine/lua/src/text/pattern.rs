//! Patterns, Lua's small cousin of regular expressions: matching them against bytes.
//!
//! A pattern is a row of *items*, each at a place in the pattern's text, and a match goes through them one by one while it
//! moves through the subject. Where an item could be taken in several ways, the way not taken yet is put on a list of
//! **choices**; what fails goes back to the last of them:
//!
//! ```text
//!     a.-(%d+)b        subject: a x 1 2 c 3 b
//!     ▲     item ──►            ▲     at ──►
//!     └── choices: [.- one more] [( opened] [%d+ one less] [) closed]
//! ```
//!
//! So the host's stack is not used, however long pattern and subject are; the list has at most one choice for each item.
//! The work has no such bound: `a?a?a?…aaa…` takes exponential time, and long subjects take a square of theirs. That is why a
//! [`Search`] is paid in steps and can stop after any of them, to go on later from what it holds.
//!
//! As in C, a byte 0 ends a pattern. The subject may hold any bytes; behind its end stands a 0 that nothing but a frontier
//! sees.

mod class;

use alloc::vec::Vec;
use class::{end_of_class, fits_set, fits_single};

/// More captures than this no pattern has.
pub const CAPTURES_MAX: usize = 32;

/// So many items that could be taken in another way are too many.
const CHOICES_MAX: usize = 50_000;

/// What is wrong with a pattern, or with what a script wants of its captures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// `%` is the last byte.
    EndsWithPercent,
    /// `[` is not closed.
    UnclosedSet,
    /// `%f` without a set.
    FrontierWithoutSet,
    /// `%b` without its two bytes.
    Unbalanced,
    /// `)` without a `(`.
    NothingToClose,
    /// `(` without a `)`.
    Unfinished,
    /// `%1`, and there is no such capture yet.
    NoSuchCapture,
    /// More than [`CAPTURES_MAX`].
    TooManyCaptures,
    /// Too much could be taken in another way.
    TooComplex,
}

impl PatternError {
    /// What a script is told.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::EndsWithPercent => "malformed pattern (ends with '%')",
            Self::UnclosedSet => "malformed pattern (missing ']')",
            Self::FrontierWithoutSet => "missing '[' after '%f' in pattern",
            Self::Unbalanced => "unbalanced pattern",
            Self::NothingToClose => "invalid pattern capture",
            Self::Unfinished => "unfinished capture",
            Self::NoSuchCapture => "invalid capture index",
            Self::TooManyCaptures => "too many captures",
            Self::TooComplex => "pattern too complex",
        }
    }
}

/// How far a search came with the steps that it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// To a match, of these bytes.
    Found {
        /// Where it begins.
        start: usize,
        /// Where it ends.
        end: usize,
    },
    /// To the end: there is none.
    Missing,
    /// To its last step. Resume it with more.
    Paused,
}

/// What a pair of brackets took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// Bytes of the subject, from and to.
    Bytes(usize, usize),
    /// `()`: a place in the subject.
    Place(usize),
}

/// The search for the first place, from a start on, where a pattern matches.
#[derive(Clone, Debug)]
pub struct Search {
    /// Where the match that is tried began.
    start: usize,
    /// Where in the pattern the items begin.
    first: usize,
    /// Whether it may begin at the first start only.
    anchored: bool,
    at: usize,
    item: usize,
    phase: Phase,
    open: [Open; CAPTURES_MAX],
    opened: usize,
    choices: Vec<Choice>,
}

/// What comes next.
#[derive(Clone, Copy, Debug)]
enum Phase {
    /// The item at hand.
    Item,
    /// More bytes for an item that takes as many as it can.
    Take { least: usize, end: usize },
    /// The last choice: what was tried has failed.
    Back,
    /// Nothing, it is over.
    Over,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    start: usize,
    /// Known when it is closed.
    end: Option<usize>,
    is_place: bool,
}

/// A way not taken.
#[derive(Clone, Copy, Debug)]
enum Choice {
    /// `*` and `+`: one byte less, if that leaves enough; then what follows.
    Fewer { least: usize, at: usize, next: usize },
    /// `-`: one byte more, then what follows the item and its sign.
    More { at: usize, item: usize, end: usize },
    /// `?`: none.
    Without { at: usize, next: usize },
    /// `(`: it was not opened.
    Unopened,
    /// `)`: it was not closed.
    Unclosed { capture: usize },
}

/// Both texts.
#[derive(Clone, Copy)]
struct Texts<'t> {
    subject: &'t [u8],
    pattern: &'t [u8],
}

impl Texts<'_> {
    /// A byte of the pattern; 0 is its end.
    fn sign(self, place: usize) -> u8 {
        self.pattern.get(place).copied().unwrap_or(0)
    }
}

impl Search {
    /// A search from `start` on, for a pattern whose items begin at `first`.
    #[must_use]
    pub const fn new(start: usize, first: usize, anchored: bool) -> Self {
        const NONE: Open = Open { start: 0, end: None, is_place: false };
        Self {
            start,
            first,
            anchored,
            at: start,
            item: first,
            phase: Phase::Item,
            open: [NONE; CAPTURES_MAX],
            opened: 0,
            choices: Vec::new(),
        }
    }

    /// The same search, from another place on.
    pub fn restart(&mut self, start: usize) {
        self.choices.clear();
        (self.start, self.at, self.item, self.opened) = (start, start, self.first, 0);
        self.phase = Phase::Item;
    }

    /// Goes on with at most `steps` steps, and takes those it needed off them. Both texts must be the same each time.
    ///
    /// # Errors
    /// When the pattern is none, which is seen only where the match gets to.
    pub fn resume(
        &mut self,
        subject: &[u8],
        pattern: &[u8],
        steps: &mut u64,
    ) -> Result<Progress, PatternError> {
        let texts = Texts { subject, pattern };
        while *steps > 0 {
            *steps -= 1;
            match self.phase {
                Phase::Item => {
                    if let Some(end) = self.take_item(texts, steps)? {
                        self.phase = Phase::Over;
                        return Ok(Progress::Found { start: self.start, end });
                    }
                }
                Phase::Take { least, end } => self.take_more(texts, least, end, steps)?,
                Phase::Back if !self.choices.is_empty() => self.go_back(texts),
                Phase::Back => {
                    if self.anchored || self.start >= subject.len() {
                        self.phase = Phase::Over;
                        return Ok(Progress::Missing);
                    }
                    self.restart(self.start + 1);
                }
                Phase::Over => return Ok(Progress::Missing),
            }
        }
        Ok(Progress::Paused)
    }

    /// How many brackets the match had.
    #[must_use]
    pub const fn captures(&self) -> usize {
        self.opened
    }

    /// What brackets took, by their number from 0 on, once there is a match. A pattern without brackets has one pair around
    /// all of it.
    ///
    /// # Errors
    /// When they were not closed or there are not so many.
    pub fn capture(&self, number: usize, start: usize, end: usize) -> Result<Capture, PatternError> {
        if number >= self.opened {
            let whole = number == 0;
            return if whole { Ok(Capture::Bytes(start, end)) } else { Err(PatternError::NoSuchCapture) };
        }
        let open = self.open[number];
        match open.end {
            _ if open.is_place => Ok(Capture::Place(open.start)),
            Some(end) => Ok(Capture::Bytes(open.start, end)),
            None => Err(PatternError::Unfinished),
        }
    }

    /// The bytes that it holds.
    #[must_use]
    pub const fn weight(&self) -> usize {
        self.choices.capacity() * size_of::<Choice>()
    }

    /// Takes the item at hand; answers the end of the match when there is none left.
    fn take_item(&mut self, texts: Texts<'_>, steps: &mut u64) -> Result<Option<usize>, PatternError> {
        let next = self.item + 1;
        match (texts.sign(self.item), texts.sign(next)) {
            (0, _) => return Ok(Some(self.at)),
            (b'$', 0) if self.at == texts.subject.len() => return Ok(Some(self.at)),
            (b'$', 0) => self.phase = Phase::Back,
            (b'(', b')') => self.open(next + 1, true)?,
            (b'(', _) => self.open(next, false)?,
            (b')', _) => self.close(next)?,
            (b'%', b'b') => self.take_balanced(texts, steps)?,
            (b'%', b'f') => self.take_frontier(texts)?,
            (b'%', digit @ b'0'..=b'9') => self.take_capture(texts, digit, steps)?,
            _ => self.take_single(texts)?,
        }
        Ok(None)
    }

    fn choose(&mut self, choice: Choice) -> Result<(), PatternError> {
        if self.choices.len() >= CHOICES_MAX {
            return Err(PatternError::TooComplex);
        }
        self.choices.push(choice);
        Ok(())
    }

    fn open(&mut self, next: usize, is_place: bool) -> Result<(), PatternError> {
        let open = self.open.get_mut(self.opened).ok_or(PatternError::TooManyCaptures)?;
        *open = Open { start: self.at, end: None, is_place };
        self.opened += 1;
        self.item = next;
        self.choose(Choice::Unopened)
    }

    fn close(&mut self, next: usize) -> Result<(), PatternError> {
        let is_open = |open: &Open| open.end.is_none() && !open.is_place;
        let last = self.open[..self.opened].iter().rposition(is_open);
        let capture = last.ok_or(PatternError::NothingToClose)?;
        self.open[capture].end = Some(self.at);
        self.item = next;
        self.choose(Choice::Unclosed { capture })
    }

    /// `%bxy`: from an x to the y that it belongs to. However far that is, it is walked in one go, and paid for then.
    fn take_balanced(&mut self, texts: Texts<'_>, steps: &mut u64) -> Result<(), PatternError> {
        let (opening, closing) = (texts.sign(self.item + 2), texts.sign(self.item + 3));
        if opening == 0 || closing == 0 {
            return Err(PatternError::Unbalanced);
        }
        let inner = match texts.subject.get(self.at..) {
            Some([first, inner @ ..]) if *first == opening => inner,
            _ => {
                self.phase = Phase::Back;
                return Ok(());
            }
        };
        let mut depth = 1_usize;
        let end = inner.iter().position(|&byte| {
            if byte == closing {
                depth -= 1;
            } else if byte == opening {
                depth += 1;
            }
            depth == 0
        });
        *steps = steps.saturating_sub(end.unwrap_or(inner.len()) as u64);
        match end {
            Some(length) => (self.at, self.item) = (self.at + length + 2, self.item + 4),
            None => self.phase = Phase::Back,
        }
        Ok(())
    }

    /// `%f[set]`: between a byte that is not in the set and one that is.
    fn take_frontier(&mut self, texts: Texts<'_>) -> Result<(), PatternError> {
        let set = self.item + 2;
        if texts.sign(set) != b'[' {
            return Err(PatternError::FrontierWithoutSet);
        }
        let end = end_of_class(texts, set)?;
        let byte_at = |place: Option<usize>| place.and_then(|at| texts.subject.get(at)).copied().unwrap_or(0);
        let (before, after) = (byte_at(self.at.checked_sub(1)), byte_at(Some(self.at)));
        if fits_set(texts, before, set, end) || !fits_set(texts, after, set, end) {
            self.phase = Phase::Back;
        } else {
            self.item = end;
        }
        Ok(())
    }

    /// `%1`: the bytes that a capture took, once more.
    fn take_capture(&mut self, texts: Texts<'_>, digit: u8, steps: &mut u64) -> Result<(), PatternError> {
        let number = usize::from(digit).checked_sub(usize::from(b'1'));
        let taken = number.and_then(|number| self.open[..self.opened].get(number));
        let open = *taken.ok_or(PatternError::NoSuchCapture)?;
        let again = match open.end {
            // A place has no bytes that could be there again.
            _ if open.is_place => None,
            Some(end) => texts.subject.get(open.start..end),
            None => return Err(PatternError::NoSuchCapture),
        };
        *steps = steps.saturating_sub(again.map_or(0, <[u8]>::len) as u64 / 16);
        let rest = texts.subject.get(self.at..).unwrap_or_default();
        match again.filter(|again| rest.starts_with(again)) {
            Some(again) => (self.at, self.item) = (self.at + again.len(), self.item + 2),
            None => self.phase = Phase::Back,
        }
        Ok(())
    }

    /// One byte, a class or a set, and how often it may be there.
    fn take_single(&mut self, texts: Texts<'_>) -> Result<(), PatternError> {
        let end = end_of_class(texts, self.item)?;
        let fits = texts.subject.get(self.at).is_some_and(|&byte| fits_single(texts, byte, self.item, end));
        match (texts.sign(end), fits) {
            (b'?', true) => {
                self.choose(Choice::Without { at: self.at, next: end + 1 })?;
                (self.at, self.item) = (self.at + 1, end + 1);
            }
            (b'?', false) => self.item = end + 1,
            (b'*', _) => self.phase = Phase::Take { least: self.at, end },
            (b'+', true) => {
                self.at += 1;
                self.phase = Phase::Take { least: self.at, end };
            }
            (b'-', _) => {
                self.choose(Choice::More { at: self.at, item: self.item, end })?;
                self.item = end + 1;
            }
            (b'+', false) | (_, false) => self.phase = Phase::Back,
            (_, true) => (self.at, self.item) = (self.at + 1, end),
        }
        Ok(())
    }

    /// As many bytes as the item fits, or as there are steps for.
    fn take_more(
        &mut self,
        texts: Texts<'_>,
        least: usize,
        end: usize,
        steps: &mut u64,
    ) -> Result<(), PatternError> {
        // A long set is looked through for every byte.
        let price = 1 + (end - self.item) as u64 / 16;
        let most = usize::try_from(*steps / price).unwrap_or(usize::MAX).max(1);
        let rest = texts.subject.get(self.at..).unwrap_or_default();
        let fitting = |byte: &&u8| fits_single(texts, **byte, self.item, end);
        let taken = rest.iter().take(most).take_while(fitting).count();
        *steps = steps.saturating_sub(taken as u64 * price);
        self.at += taken;
        if taken < most {
            self.choose(Choice::Fewer { least, at: self.at, next: end + 1 })?;
            (self.item, self.phase) = (end + 1, Phase::Item);
        }
        Ok(())
    }

    /// Takes the last choice.
    fn go_back(&mut self, texts: Texts<'_>) {
        let Some(choice) = self.choices.last_mut() else { return };
        match choice {
            Choice::Fewer { least, at, next } if *at > *least => {
                *at -= 1;
                (self.at, self.item, self.phase) = (*at, *next, Phase::Item);
                return;
            }
            Choice::More { at, item, end } => {
                if texts.subject.get(*at).is_some_and(|&byte| fits_single(texts, byte, *item, *end)) {
                    *at += 1;
                    (self.at, self.item, self.phase) = (*at, *end + 1, Phase::Item);
                    return;
                }
            }
            Choice::Without { at, next } => {
                (self.at, self.item, self.phase) = (*at, *next, Phase::Item);
            }
            Choice::Unopened => self.opened -= 1,
            Choice::Unclosed { capture } => self.open[*capture].end = None,
            Choice::Fewer { .. } => {}
        }
        self.choices.pop();
    }
}

#[cfg(test)]
mod tests;
