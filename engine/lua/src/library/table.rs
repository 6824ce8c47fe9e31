//! `table`.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use super::sort;
use crate::native::{Call, Native, Outcome, Task};
use crate::text::number;
use crate::value::{Raise, Table, Value};

pub(super) const LIBRARY: &[(&str, Native)] = &[
    ("concat", concat),
    ("foreach", for_each),
    ("foreachi", for_each_index),
    ("getn", length),
    ("insert", insert),
    ("maxn", max_index),
    ("remove", remove),
    ("setn", set_length),
    ("sort", sort::sort),
];

/// How many elements are joined before it is asked whether there is fuel.
const SLICE: usize = 256;
/// How many elements are moved before that.
const SHIFT: i64 = 4096;

fn length(call: &mut Call<'_>) -> Outcome {
    let table = call.table(1)?;
    let length = call.heap().border(table);
    call.give(Value::Number(length as f64))
}

fn set_length(call: &mut Call<'_>) -> Outcome {
    call.table(1)?;
    Err(call.error("'setn' is obsolete"))
}

fn max_index(call: &mut Call<'_>) -> Outcome {
    let table = call.table(1)?;
    let mut most = 0.0;
    let mut key = Value::Nil;
    while let Some((next, _)) = call.heap_mut().next(table, key)? {
        call.spend(1);
        if let Value::Number(number) = next
            && number > most
        {
            most = number;
        }
        key = next;
    }
    call.give(Value::Number(most))
}

fn insert(call: &mut Call<'_>) -> Outcome {
    let table = call.table(1)?;
    let mut end = call.heap().border(table) as i64 + 1;
    let at = match call.count() {
        2 => end,
        3 => {
            let at = i64::from(call.integer(2)? as i32);
            end = end.max(at);
            if end - at > SHIFT {
                return call.become_task(Box::new(Insert { to: end, at }));
            }
            shift_up(call, table, end, at)?;
            at
        }
        _ => return Err(call.error("wrong number of arguments to 'insert'")),
    };
    let value = call.arg(call.count());
    call.set(table, Value::Number(at as f64), value)?;
    call.give_nothing()
}

/// Moves the elements from `at` on one up; the last is to be at `to`.
fn shift_up(call: &mut Call<'_>, table: Table, mut to: i64, at: i64) -> Result<(), Raise> {
    call.spend((to - at).max(0) as u64 / 8);
    while to > at {
        let value = call.heap().get(table, Value::Number((to - 1) as f64));
        call.set(table, Value::Number(to as f64), value)?;
        to -= 1;
    }
    Ok(())
}

/// `table.insert` far from the end, which may be farther than any element.
struct Insert {
    to: i64,
    at: i64,
}

impl Task for Insert {
    fn step(&mut self, call: &mut Call<'_>) -> Outcome {
        let table = call.table(1)?;
        while !call.exhausted() {
            let until = self.at.max(self.to - SHIFT);
            shift_up(call, table, self.to, until)?;
            self.to = until;
            if until == self.at {
                call.set(table, Value::Number(self.at as f64), call.arg(3))?;
                return call.give_nothing();
            }
        }
        call.pause()
    }
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let table = call.table(1)?;
    let end = call.heap().border(table) as i64;
    let at = i64::from(call.optional_integer(2, end)? as i32);
    if !(1..=end).contains(&at) {
        return call.give_nothing();
    }
    let removed = call.heap().get_index(table, at as usize);
    call.spend((end - at) as u64 / 8);
    for to in at..end {
        let value = call.heap().get_index(table, to as usize + 1);
        call.set(table, Value::Number(to as f64), value)?;
    }
    call.set(table, Value::Number(end as f64), Value::Nil)?;
    call.give(removed)
}

fn concat(call: &mut Call<'_>) -> Outcome {
    let separator = call.optional_text(2)?;
    let table = call.table(1)?;
    let from = i64::from(call.optional_integer(3, 1)? as i32);
    let to = if call.arg(4).is_nil() {
        call.heap().border(table) as i64
    } else {
        i64::from(call.integer(4)? as i32)
    };
    if separator.is_some() {
        // It may have been made of a number: now it is an argument that stays.
        call.text(2)?;
    }
    call.become_task(Box::new(Concat { joined: Vec::new(), at: from, to }))
}

/// `table.concat`, some elements at a time.
struct Concat {
    joined: Vec<u8>,
    at: i64,
    to: i64,
}

impl Task for Concat {
    fn step(&mut self, call: &mut Call<'_>) -> Outcome {
        let table = call.table(1)?;
        let separator = match call.arg(2) {
            Value::String(separator) => Some(separator),
            _ => None,
        };
        loop {
            let start = self.joined.len();
            for _ in 0..SLICE {
                if self.at > self.to {
                    let joined = core::mem::take(&mut self.joined).into();
                    let joined = call.heap_mut().text_from(joined)?;
                    return call.give(Value::String(joined));
                }
                let element = call.heap().get(table, Value::Number(self.at as f64));
                let separator = separator.filter(|_| self.at < self.to);
                let separator = separator.map_or(&b""[..], |separator| call.heap().bytes(separator));
                match element {
                    Value::String(string) => {
                        let bytes = call.heap().bytes(string);
                        call.heap().room(self.joined.len() + bytes.len() + separator.len())?;
                        self.joined.extend_from_slice(bytes);
                    }
                    Value::Number(number) => number::write(number, &mut self.joined),
                    _ => {
                        let (kind, at) = (element.type_name(), self.at);
                        return Err(
                            call.error(format!("invalid value ({kind}) at index {at} in table for 'concat'"))
                        );
                    }
                }
                call.heap().room(self.joined.len() + separator.len())?;
                self.joined.extend_from_slice(separator);
                self.at += 1;
            }
            call.spend(SLICE as u64 / 4 + (self.joined.len() - start) as u64 / 64);
            if call.exhausted() {
                return call.pause();
            }
        }
    }

    fn weight(&self) -> usize {
        self.joined.capacity()
    }
}

fn for_each(call: &mut Call<'_>) -> Outcome {
    call.table(1)?;
    call.function(2)?;
    call.set_arg(3, Value::Nil);
    call.become_task(Box::new(ForEach { started: false }))
}

/// `table.foreach`: the key that it is at is its third argument.
struct ForEach {
    started: bool,
}

impl Task for ForEach {
    fn step(&mut self, call: &mut Call<'_>) -> Outcome {
        if self.started && !call.result(1).is_nil() {
            return call.give(call.result(1));
        }
        self.started = true;
        let table = call.table(1)?;
        let key = call.arg(3);
        let Some((key, value)) = call.heap_mut().next(table, key)? else { return call.give_nothing() };
        call.set_arg(3, key);
        call.invoke(call.arg(2), &[key, value])
    }
}

fn for_each_index(call: &mut Call<'_>) -> Outcome {
    let table = call.table(1)?;
    call.function(2)?;
    let length = call.heap().border(table);
    call.become_task(Box::new(ForEachIndex { at: 0, length }))
}

struct ForEachIndex {
    at: usize,
    length: usize,
}

impl Task for ForEachIndex {
    fn step(&mut self, call: &mut Call<'_>) -> Outcome {
        if self.at > 0 && !call.result(1).is_nil() {
            return call.give(call.result(1));
        }
        if self.at >= self.length {
            return call.give_nothing();
        }
        self.at += 1;
        let table = call.table(1)?;
        let value = call.heap().get_index(table, self.at);
        call.invoke(call.arg(2), &[Value::Number(self.at as f64), value])
    }
}
