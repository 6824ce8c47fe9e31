//! What happens, in the order of its time.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// What a job is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Read,
    Write,
    /// A read that nobody waits for.
    Refresh,
    /// Write-behind tells the database.
    Flush,
}

/// A request on its way.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) purpose: Purpose,
    /// Names it: the token of its lock.
    pub(super) number: u64,
    pub(super) product: usize,
    pub(super) began_us: u64,
    /// What had been saved when it began.
    pub(super) saved: u64,
    pub(super) version: u64,
    /// When it came to the database.
    pub(super) asked_us: u64,
    pub(super) locked: bool,
    /// Whether the cache did not have it at first.
    pub(super) missed: bool,
    /// Which run of the app it belongs to.
    pub(super) life: u32,
    /// Of write-behind: products, their versions, and how many writes would be lost with the app.
    pub(super) batch: Vec<(usize, u64, u64)>,
}

/// What is done with a job next; `shop.rs` tells where each of them leads.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Look,
    Lock,
    Query,
    Queried,
    Fill,
    Drop,
    Accept,
    Settle,
    Answer,
}

#[derive(Debug)]
pub(super) enum Event {
    /// Somebody wants something.
    Arrival,
    /// Write-behind's worker begins a batch.
    Collect,
    /// A second is over.
    Second,
    /// A job goes on.
    Go(Box<Job>, Step),
}

/// What is going to happen, and what time it is.
#[derive(Debug, Default)]
pub(super) struct Events {
    now_us: u64,
    foreseen: u64,
    due: BinaryHeap<Reverse<Due>>,
}

impl Events {
    pub(super) const fn now_us(&self) -> u64 {
        self.now_us
    }

    /// How many events have been foreseen so far.
    pub(super) const fn foreseen(&self) -> u64 {
        self.foreseen
    }

    pub(super) fn foresee(&mut self, in_us: f64, event: Event) {
        self.foreseen += 1;
        let at_us = self.now_us.saturating_add(in_us as u64);
        self.due.push(Reverse(Due { at_us, number: self.foreseen, event }));
    }

    /// What happens next, if it does before a time; it is that late then.
    pub(super) fn next(&mut self, end_us: u64) -> Option<Event> {
        if self.due.peek().is_some_and(|Reverse(due)| due.at_us <= end_us) {
            let Reverse(due) = self.due.pop()?;
            self.now_us = due.at_us;
            return Some(due.event);
        }
        self.now_us = end_us;
        None
    }
}

/// An event at its time. Of two at the same time, the one that was foreseen first comes first.
#[derive(Debug)]
struct Due {
    at_us: u64,
    number: u64,
    event: Event,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        (self.at_us, self.number) == (other.at_us, other.number)
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at_us, self.number).cmp(&(other.at_us, other.number))
    }
}
