//! `table.sort`: quicksort with the median of three, as PUC's: which elements are compared, and in which order, shows in a
//! comparison function and in the order of equal elements.
//!
//! Every comparison may be a call into Lua. So the sort is written as questions: each stage asks whether one element comes
//! before another, and what it does with the answer leads to the next question.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::native::{Call, Outcome, Task};
use crate::value::{Raise, Table, Value};
use crate::vm::Event;

/// What is being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Is the last before the first?
    Ends,
    /// Is the middle before the first?
    Low,
    /// Is the last before the middle?
    High,
    /// Is the element, going up, before the pivot?
    Up,
    /// Is the pivot before the element, going down?
    Down,
}

struct Sort {
    stage: Stage,
    /// The ranges that are still to be sorted.
    ranges: Vec<(usize, usize)>,
    low: usize,
    high: usize,
    up: usize,
    down: usize,
    /// Whether the question was put to a function.
    asked: bool,
}

/// The argument that holds the pivot,
const PIVOT: usize = 3;
/// and those that hold the two elements that may change places: as they were before the comparison function saw them, which
/// may do anything to the table.
const LEFT: usize = 4;
const RIGHT: usize = 5;

pub(super) fn sort(call: &mut Call<'_>) -> Outcome {
    let table = call.table(1)?;
    if !call.arg(2).is_nil() {
        call.function(2)?;
    }
    let length = call.heap().border(table);
    if length < 2 {
        return call.give_nothing();
    }
    for number in call.count() + 1..=RIGHT {
        call.set_arg(number, Value::Nil);
    }
    let ranges = Vec::new();
    let sort = Sort { stage: Stage::Ends, ranges, low: 1, high: length, up: 0, down: 0, asked: false };
    call.become_task(Box::new(sort))
}

impl Task for Sort {
    fn step(&mut self, call: &mut Call<'_>) -> Outcome {
        let table = call.table(1)?;
        let mut answer = self.asked.then(|| call.result(1).is_true());
        self.asked = false;
        loop {
            if let Some(answer) = answer
                && !self.decide(call, table, answer)?
            {
                return call.give_nothing();
            }
            if call.exhausted() {
                return call.pause();
            }
            call.spend(2);
            let (left, right) = self.question(call, table);
            let function = call.arg(2);
            if !function.is_nil() {
                self.asked = true;
                return call.invoke(function, &[left, right]);
            }
            answer = match (left, right) {
                (Value::Number(left), Value::Number(right)) => Some(left < right),
                (Value::String(left), Value::String(right)) => {
                    let (left, right) = (call.bytes(left), call.bytes(right));
                    let (is_less, length) = (left < right, left.len().min(right.len()));
                    call.spend(length as u64 / 64);
                    Some(is_less)
                }
                _ => {
                    let Some(handler) = call.vm.order_handler(left, right, Event::Lt) else {
                        return Err(call.vm.order_error(left, right));
                    };
                    self.asked = true;
                    return call.invoke(handler, &[left, right]);
                }
            };
        }
    }

    fn weight(&self) -> usize {
        self.ranges.capacity() * size_of::<(usize, usize)>()
    }
}

impl Sort {
    const fn middle(&self) -> usize {
        usize::midpoint(self.low, self.high)
    }

    /// Which two elements are compared.
    fn question(&self, call: &mut Call<'_>, table: Table) -> (Value, Value) {
        let (left, right, pivot) = (call.arg(LEFT), call.arg(RIGHT), call.arg(PIVOT));
        let at = |index: usize| call.heap().get_index(table, index);
        let (left, right) = match self.stage {
            Stage::Ends => (at(self.high), at(self.low)),
            Stage::Low => (at(self.middle()), at(self.low)),
            // The middle one is the one that was compared before.
            Stage::High => (at(self.high), left),
            Stage::Up => (at(self.up), right),
            Stage::Down => (left, at(self.down)),
        };
        call.set_arg(LEFT, left);
        call.set_arg(RIGHT, right);
        match self.stage {
            Stage::Ends | Stage::Low | Stage::High => (left, right),
            Stage::Up => (left, pivot),
            Stage::Down => (pivot, right),
        }
    }

    /// Does what follows from the answer; whether there is another question.
    fn decide(&mut self, call: &mut Call<'_>, table: Table, is_less: bool) -> Result<bool, Raise> {
        match self.stage {
            Stage::Ends => {
                if is_less {
                    cross(call, table, [(self.low, LEFT), (self.high, RIGHT)])?;
                }
                if self.high - self.low == 1 {
                    return Ok(self.next_range());
                }
                self.stage = Stage::Low;
            }
            Stage::Low if is_less => {
                cross(call, table, [(self.middle(), RIGHT), (self.low, LEFT)])?;
                return self.partition(call, table);
            }
            Stage::Low => self.stage = Stage::High,
            Stage::High => {
                if is_less {
                    cross(call, table, [(self.middle(), LEFT), (self.high, RIGHT)])?;
                }
                return self.partition(call, table);
            }
            Stage::Up if is_less => {
                if self.up > self.high {
                    return Err(call.error("invalid order function for sorting"));
                }
                self.up += 1;
            }
            Stage::Up => {
                self.stage = Stage::Down;
                self.down -= 1;
            }
            Stage::Down if is_less => {
                if self.down < self.low {
                    return Err(call.error("invalid order function for sorting"));
                }
                self.down -= 1;
            }
            Stage::Down if self.down < self.up => {
                swap(call, table, self.high - 1, self.up)?;
                return Ok(self.divide());
            }
            Stage::Down => {
                cross(call, table, [(self.up, RIGHT), (self.down, LEFT)])?;
                self.stage = Stage::Up;
                self.up += 1;
            }
        }
        Ok(true)
    }

    /// The three that were compared are in order: the middle one becomes the pivot.
    fn partition(&mut self, call: &mut Call<'_>, table: Table) -> Result<bool, Raise> {
        if self.high - self.low == 2 {
            return Ok(self.next_range());
        }
        let pivot = call.heap().get_index(table, self.middle());
        call.set_arg(PIVOT, pivot);
        swap(call, table, self.middle(), self.high - 1)?;
        self.up = self.low + 1;
        self.down = self.high - 1;
        self.stage = Stage::Up;
        Ok(true)
    }

    /// The range is in two parts: the smaller one is sorted first, so that few wait.
    fn divide(&mut self) -> bool {
        let (below, above) = ((self.low, self.up - 1), (self.up + 1, self.high));
        if self.up - self.low < self.high.saturating_sub(self.up) {
            self.ranges.extend([above, below]);
        } else {
            self.ranges.extend([below, above]);
        }
        self.next_range()
    }

    fn next_range(&mut self) -> bool {
        while let Some((low, high)) = self.ranges.pop() {
            if low < high {
                (self.low, self.high) = (low, high);
                self.stage = Stage::Ends;
                return true;
            }
        }
        false
    }
}

/// Puts the two elements that were compared where the other one was. Which is put first shows in a list with holes, by the
/// order of its keys.
fn cross(call: &mut Call<'_>, table: Table, moves: [(usize, usize); 2]) -> Result<(), Raise> {
    for (goes_to, which) in moves {
        let element = call.arg(which);
        call.set(table, Value::Number(goes_to as f64), element)?;
    }
    Ok(())
}

fn swap(call: &mut Call<'_>, table: Table, first: usize, second: usize) -> Result<(), Raise> {
    let (left, right) = (call.heap().get_index(table, first), call.heap().get_index(table, second));
    call.set(table, Value::Number(first as f64), right)?;
    call.set(table, Value::Number(second as f64), left)
}
