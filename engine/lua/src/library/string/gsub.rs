//! `gsub`: every match is replaced by a template's text, by what a table has for it, or by what a function says.
//!
//! It is a task from the start. Between two matches it may pause; a function that it calls, as a replacement or behind
//! `__index`, answers at the next step.

use alloc::boxed::Box;
use alloc::format;
use core::ops::Range;

use super::find::{advance, capture, captures, search};
use super::int;
use crate::library::buffer::Buffer;
use crate::native::{Call, Outcome, Task};
use crate::text::pattern::{Progress, Search};
use crate::value::{Raise, Str, Value};
use crate::vm::Event;

pub(super) fn gsub(call: &mut Call<'_>) -> Outcome {
    let subject = call.text(1)?;
    let pattern = call.text(2)?;
    let length = call.bytes(subject).len();
    let most =
        if call.arg(4).is_nil() { i32::try_from(length + 1).unwrap_or(i32::MAX) } else { int(call, 4)? };
    match call.arg(3) {
        Value::Number(_) => drop(call.text(3)?),
        Value::String(_) | Value::Table(_) | Value::Function(_) => {}
        _ => return Err(call.bad_argument(3, "string/function/table expected")),
    }
    let (search, anchored) = search(call, pattern, 0);
    let most = if anchored { most.min(1) } else { most };
    let most = u32::try_from(most).unwrap_or(0);
    call.become_task(Box::new(Gsub { search, most, count: 0, copied: 0, out: Buffer::new(), asked: None }))
}

struct Gsub {
    search: Search,
    most: u32,
    count: u32,
    /// So much of the subject is in the output, or what replaces it is.
    copied: usize,
    out: Buffer,
    /// The match whose replacement was asked for.
    asked: Option<Range<usize>>,
}

/// What a table says.
enum Entry {
    Is(Value),
    /// This function knows, when it is asked for that object's entry.
    Ask(Value, Value),
}

impl Task for Gsub {
    fn step(&mut self, call: &mut Call<'_>) -> Outcome {
        let (subject, pattern) = (call.text(1)?, call.text(2)?);
        if let Some(found) = self.asked.take() {
            let value = call.result(1);
            self.replace(call, subject, &found, value)?;
        }
        while self.count < self.most {
            if call.exhausted() {
                return call.pause();
            }
            let found = match advance(call, &mut self.search, subject, pattern)? {
                Progress::Paused => return call.pause(),
                Progress::Missing => break,
                Progress::Found { start, end } => start..end,
            };
            let heap = call.heap();
            self.out.extend(heap, heap.bytes(subject).get(self.copied..found.start).unwrap_or_default())?;
            self.copied = found.end;
            self.count += 1;
            let (function, arguments) = match call.arg(3) {
                Value::String(template) => {
                    self.fill(call, subject, template, &found)?;
                    continue;
                }
                table @ Value::Table(_) => {
                    let key = capture(call, &self.search, subject, 0, &found)?;
                    match entry(call, table, key)? {
                        Entry::Is(value) => {
                            self.replace(call, subject, &found, value)?;
                            continue;
                        }
                        Entry::Ask(function, object) => (function, [object, key].into()),
                    }
                }
                function => (function, captures(call, &self.search, subject, &found)?),
            };
            self.asked = Some(found);
            return call.invoke(function, &arguments);
        }
        let heap = call.heap();
        self.out.extend(heap, heap.bytes(subject).get(self.copied..).unwrap_or_default())?;
        let text = core::mem::take(&mut self.out).into_string(call)?;
        call.give_all(&[text, Value::Number(self.count.into())])
    }

    fn weight(&self) -> usize {
        size_of::<Self>() + self.search.weight() + self.out.weight()
    }
}

impl Gsub {
    /// Writes a template: `%0` is the match, `%1` a capture, and any other byte after a `%` itself.
    fn fill(
        &mut self,
        call: &mut Call<'_>,
        subject: Str,
        template: Str,
        found: &Range<usize>,
    ) -> Result<(), Raise> {
        let mut at = 0;
        loop {
            let heap = call.heap();
            let rest = heap.bytes(template).get(at..).unwrap_or_default();
            let plain = rest.iter().position(|&byte| byte == b'%').unwrap_or(rest.len());
            self.out.extend(heap, &rest[..plain])?;
            if plain == rest.len() {
                break;
            }
            // C finds a 0 behind the end.
            let sign = rest.get(plain + 1).copied().unwrap_or(0);
            at += plain + 2;
            match sign {
                b'0' => self.out.extend(heap, heap.bytes(subject).get(found.clone()).unwrap_or_default())?,
                b'1'..=b'9' => {
                    let value = capture(call, &self.search, subject, usize::from(sign - b'1'), found)?;
                    self.write(call, value)?;
                }
                _ => self.out.push(heap, sign)?,
            }
        }
        let length = call.bytes(template).len();
        call.spend(1 + length as u64 / 16);
        self.go_past(call, subject, found);
        Ok(())
    }

    /// Writes what a table or a function said; the match itself if that is nothing.
    fn replace(
        &mut self,
        call: &mut Call<'_>,
        subject: Str,
        found: &Range<usize>,
        value: Value,
    ) -> Result<(), Raise> {
        match value {
            Value::Nil | Value::Bool(false) => {
                let heap = call.heap();
                self.out.extend(heap, heap.bytes(subject).get(found.clone()).unwrap_or_default())?;
            }
            Value::String(_) | Value::Number(_) => self.write(call, value)?,
            _ => {
                let text = format!("invalid replacement value (a {})", value.type_name());
                return Err(call.error(text));
            }
        }
        self.go_past(call, subject, found);
        Ok(())
    }

    fn write(&mut self, call: &Call<'_>, value: Value) -> Result<(), Raise> {
        match value {
            Value::String(text) => self.out.extend(call.heap(), call.bytes(text)),
            other => self.out.extend(call.heap(), &call.display(other)),
        }
    }

    /// The next match begins behind this one; after an empty one, a byte further.
    fn go_past(&mut self, call: &Call<'_>, subject: Str, found: &Range<usize>) {
        if !found.is_empty() {
            self.search.restart(found.end);
        } else if found.start < call.bytes(subject).len() {
            self.search.restart(found.start + 1);
        } else {
            self.most = self.count;
        }
    }
}

/// Looks an entry up as a script does; that it is a function of C's that looks is seen in the texts of errors.
fn entry(call: &mut Call<'_>, mut object: Value, key: Value) -> Result<Entry, Raise> {
    const CHAIN_MAX: usize = 100;
    for _ in 0..CHAIN_MAX {
        if let Value::Table(table) = object {
            let value = call.heap().get(table, key);
            if !value.is_nil() {
                return Ok(Entry::Is(value));
            }
        }
        object = match (object, call.vm.handler_of(object, Event::Index)) {
            (_, function @ Value::Function(_)) => return Ok(Entry::Ask(function, object)),
            (Value::Table(_), Value::Nil) => return Ok(Entry::Is(Value::Nil)),
            (_, Value::Nil) => {
                let text = format!("attempt to index a {} value", object.type_name());
                return Err(call.heap_mut().plain_error(text.as_bytes()));
            }
            (_, next) => next,
        };
    }
    Err(call.heap_mut().plain_error(b"loop in gettable"))
}
