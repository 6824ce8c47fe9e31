//! The timeline: what was done in this session, and the way back to what was stored before each of it.
//!
//! ```text
//!   SET a 1   INCR a   +1 h   DEL a │              the line is where the store stands: `at`
//!     a: –     a: 1    b: 2    a: 2 │
//!   SET a 1   INCR a │ +1 h   DEL a                two steps back: they have what was there, and can be done again
//!     a: –     a: 1  │  b: –    a: –
//! ```
//!
//! Each step has the keys that it changed, as they are on its *other* side: before it, if it is done; after it, if it is
//! undone. To step over it is to exchange them with what is stored, so undo, redo and a slider over all of it are one
//! thing. A moment is what was stored and when: the [clock](crate::clock) is brought back with the keys, and stands still
//! there. What changes the store there is another future, and the steps that were undone are dropped.
//!
//! The last steps are kept, as far as they fit. Configuration, scripts, connections and what was published are not brought
//! back.

use std::collections::{BTreeMap, VecDeque};
use std::mem;

use redstart_engine::keyspace::past::Image;

/// The most steps that are kept.
const STEPS_MAX: usize = 200;

/// The most bytes that they may have together.
pub const BYTES_MAX: usize = 8 << 20;

/// A key by its database and name.
pub type Name = (usize, Vec<u8>);

/// Keys and what they are to be, or were: nothing if they are not there.
pub type Keys = BTreeMap<Name, Option<Image>>;

/// What was done.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// A line was typed.
    Line {
        /// Into which terminal.
        terminal: u32,
        /// The line.
        text: String,
        /// The database that its client was in, and is in now.
        dbs: (usize, usize),
        /// What was printed, for each time that it ran.
        answers: Vec<Vec<String>>,
    },
    /// Time was put forward.
    Advance {
        /// By so many milliseconds.
        ms: f64,
    },
    /// Time passed: keys expired, a client was served that waited.
    Meanwhile,
    /// Something else, in a few words.
    Other(&'static str),
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its number: no other step has it, not even one that took its place.
    pub id: u32,
    /// What was done.
    pub deed: Deed,
    /// When it began and when it was done, in microseconds of Unix time as the store has it.
    pub time_us: (u64, u64),
    /// What terminals were told afterwards, unasked.
    pub heard: Vec<(u32, Vec<String>)>,
    /// The keys that it changed, as they are on its other side.
    others: Keys,
}

impl Step {
    /// Whether it changed anything.
    #[must_use]
    pub fn changes(&self) -> bool {
        !self.others.is_empty() || matches!(self.deed, Deed::Advance { .. })
    }

    fn bytes(&self) -> usize {
        let image = |image: &Option<Image>| image.as_ref().map_or(0, |image| image.payload.len());
        let others = self.others.iter().map(|((_, key), other)| 64 + key.len() + image(other));
        let said = match &self.deed {
            Deed::Line { text, answers, .. } => {
                text.len() + answers.iter().flatten().map(String::len).sum::<usize>()
            }
            _ => 0,
        };
        let heard = self.heard.iter().flat_map(|(_, lines)| lines).map(String::len);
        others.sum::<usize>() + said + heard.sum::<usize>() + size_of::<Self>()
    }
}

/// The steps of a session, and where among them the store stands.
#[derive(Debug, Default)]
pub struct Timeline {
    steps: VecDeque<Step>,
    at: usize,
    /// When the store stood behind the last step, in microseconds of Unix time.
    end_us: u64,
    /// How many steps there were.
    count: u32,
    /// Pages don't know it as it is.
    is_news: bool,
}

impl Timeline {
    /// The steps, the oldest first.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = &Step> {
        self.steps.iter()
    }

    /// How many of them are done.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }

    /// The number of the next step.
    #[must_use]
    pub const fn next(&self) -> u32 {
        self.count
    }

    /// Whether some are undone: the store is one of the past.
    #[must_use]
    pub fn is_past(&self) -> bool {
        self.at < self.steps.len()
    }

    /// The place of a step.
    #[must_use]
    pub fn place(&self, id: u32) -> Option<usize> {
        self.steps.iter().position(|step| step.id == id)
    }

    /// Tells whether it changed since this was last asked.
    pub const fn take_news(&mut self) -> bool {
        mem::replace(&mut self.is_news, false)
    }

    /// Adds a step that was done, `keys` as they were before it; gives its number and how many undone ones are dropped.
    /// One that changes nothing is no other future.
    pub fn add(&mut self, deed: Deed, time_us: (u64, u64), others: Keys) -> Option<(u32, usize)> {
        let step = Step { id: self.count, deed, time_us, heard: Vec::new(), others };
        if self.is_past() && !step.changes() {
            return None;
        }
        let dropped = self.drop_undone();
        self.is_news = true;
        if let (Deed::Meanwhile, Some(last)) = (&step.deed, self.steps.back_mut())
            && last.deed == Deed::Meanwhile
        {
            last.time_us.1 = step.time_us.1;
            for (key, other) in step.others {
                last.others.entry(key).or_insert(other);
            }
            return Some((last.id, dropped));
        }
        self.count += 1;
        let id = step.id;
        self.steps.push_back(step);
        self.at = self.steps.len();
        self.fit();
        Some((id, dropped))
    }

    /// A terminal is told something unasked: it follows from the last step.
    pub fn hear(&mut self, terminal: u32, lines: Vec<String>) {
        if let (false, Some(last)) = (self.is_past(), self.steps.back_mut()) {
            last.heard.push((terminal, lines));
        }
    }

    /// Something can't be undone: there is no way back beyond it.
    pub fn cut(&mut self) {
        self.is_news |= !self.steps.is_empty();
        self.steps.clear();
        self.at = 0;
    }

    /// Drops the steps that are undone; tells how many.
    pub fn drop_undone(&mut self) -> usize {
        let dropped = self.steps.len() - self.at;
        self.is_news |= dropped > 0;
        self.steps.truncate(self.at);
        dropped
    }

    /// When the last step was done.
    #[must_use]
    pub fn last_us(&self) -> u64 {
        self.steps.back().map_or(0, |step| step.time_us.1)
    }

    /// Goes to a place among the steps; gives the keys that are to be put or removed, and the moment. `live` tells what is
    /// stored, of which `keys` know better already. Without a time, the way back is one that came to nothing.
    pub fn go(
        &mut self,
        to: usize,
        now_us: Option<u64>,
        mut keys: Keys,
        live: impl Fn(&Name) -> Option<Image>,
    ) -> (Keys, u64) {
        let to = to.min(self.steps.len());
        if let (false, Some(now_us)) = (self.is_past(), now_us) {
            self.end_us = now_us;
        }
        while self.at != to {
            let place = if self.at > to { self.at - 1 } else { self.at };
            let Some(step) = self.steps.get_mut(place) else { break };
            for (name, other) in &mut step.others {
                let stored = keys.remove(name).unwrap_or_else(|| live(name));
                keys.insert(name.clone(), mem::replace(other, stored));
            }
            self.at = if self.at > to { place } else { place + 1 };
        }
        self.is_news = true;
        let moment = self.steps.get(to).map_or(self.end_us, |step| step.time_us.0);
        (keys, moment)
    }

    /// Forgets the oldest steps until the others fit.
    fn fit(&mut self) {
        let mut bytes: usize = self.steps.iter().map(Step::bytes).sum();
        while bytes > BYTES_MAX || self.steps.len() > STEPS_MAX {
            let Some(oldest) = self.steps.pop_front() else { break };
            bytes -= oldest.bytes();
            self.at = self.steps.len();
        }
    }
}
