//! What errors say: where, and which value was not right.

use alloc::format;
use alloc::vec::Vec;

use super::Vm;
use super::names::Named;
use super::thread::{Entered, Frame, NATIVE};
use crate::compile::{NAME_MAX_RUNNING, Proto, chunk_name};
use crate::value::{Raise, Value};

impl Vm {
    pub(super) fn line_of(&self, frame: &Frame) -> u32 {
        let lines = &self.code[frame.proto].lines;
        lines.get((frame.pc as usize).saturating_sub(1)).copied().unwrap_or(0)
    }

    /// A chunk's name as errors show it.
    pub(super) fn chunk_name(&self, proto: &Proto) -> Vec<u8> {
        proto.source.map_or_else(Vec::new, |source| chunk_name(self.heap.bytes(source), NAME_MAX_RUNNING))
    }

    /// The frame so many calls out: 0 is what runs. Calls that were replaced by their last one count, and are nothing.
    pub(crate) fn frame_at(&self, level: usize) -> Option<usize> {
        let mut left = level as i64;
        let mut at = self.thread.frames.len();
        while at > 0 {
            at -= 1;
            if left == 0 {
                return Some(at);
            }
            left -= 1;
            let frame = &self.thread.frames[at];
            if frame.proto != NATIVE {
                left -= i64::from(frame.tails);
            }
            if left < 0 {
                return None;
            }
        }
        None
    }

    /// Whether there is a call so many calls out, even one that was replaced by its last.
    pub(crate) fn level_exists(&self, level: usize) -> bool {
        let frames = self.thread.frames.iter();
        let all: usize = frames.map(|frame| 1 + if frame.proto == NATIVE { 0 } else { frame.tails as usize }).sum();
        level < all
    }

    /// `chunk:line: ` of that call; nothing for a native function.
    pub(crate) fn position(&self, level: usize) -> Vec<u8> {
        let Some(frame) = self.frame_at(level).map(|at| &self.thread.frames[at]) else { return Vec::new() };
        if frame.proto == NATIVE {
            return Vec::new();
        }
        let mut text = self.chunk_name(&self.code[frame.proto]);
        text.extend_from_slice(format!(":{}: ", self.line_of(frame)).as_bytes());
        text
    }

    /// An error with this text at the place of that call.
    #[cold]
    pub(crate) fn error_at(&mut self, level: usize, text: &[u8]) -> Raise {
        let mut whole = self.position(level);
        whole.extend_from_slice(text);
        self.heap.plain_error(&whole)
    }

    /// Puts the position of the instruction that runs before an error of the heap.
    #[cold]
    pub(super) fn locate(&mut self, raise: Raise) -> Raise {
        match raise {
            Raise::Error(Value::String(text)) => {
                let text = self.heap.bytes(text).to_vec();
                self.error_at(0, &text)
            }
            other => other,
        }
    }

    /// A value in a register, if in one, can't be used like this.
    #[cold]
    pub(super) fn register_error(&mut self, value: Value, register: Option<usize>, what: &str) -> Raise {
        let frame = *self.top_frame();
        let named = register.and_then(|register| self.name_of(&frame, register));
        self.operand_text(value, named, what)
    }

    /// The same, for a slot of the stack.
    #[cold]
    pub(super) fn operand_error(&mut self, value: Value, slot: Option<usize>, what: &str) -> Raise {
        let register = slot.and_then(|slot| match self.thread.frames.last() {
            Some(frame) if frame.proto != NATIVE => slot.checked_sub(frame.base as usize),
            _ => None,
        });
        let within = |frame: &Frame, register: usize| {
            frame.proto != NATIVE && register < usize::from(self.code[frame.proto].registers)
        };
        match (self.thread.frames.last().copied(), register) {
            (Some(frame), Some(register)) if within(&frame, register) => {
                self.register_error(value, Some(register), what)
            }
            _ => self.operand_text(value, None, what),
        }
    }

    fn operand_text(&mut self, value: Value, named: Option<Named>, what: &str) -> Raise {
        let kind = value.type_name();
        let mut text = format!("attempt to {what} ").into_bytes();
        if let Some(named) = named {
            text.extend_from_slice(named.kind.as_bytes());
            text.extend_from_slice(b" '");
            text.extend_from_slice(&named.name);
            text.extend_from_slice(format!("' (a {kind} value)").as_bytes());
        } else {
            text.extend_from_slice(format!("a {kind} value").as_bytes());
        }
        self.error_at(0, &text)
    }

    /// Two values have no order.
    #[cold]
    pub(crate) fn order_error(&mut self, left: Value, right: Value) -> Raise {
        self.error_at(0, order_text(left, right).as_bytes())
    }

    /// A native's argument is not right.
    #[cold]
    pub(crate) fn bad_argument(&mut self, number: usize, text: &[u8]) -> Raise {
        let named = self.called_as();
        let method = named.as_ref().is_some_and(|named| named.kind == "method");
        let name = named.map_or_else(|| b"?".to_vec(), |named| named.name);
        let mut whole = Vec::new();
        if method && number == 1 {
            whole.extend_from_slice(b"calling '");
            whole.extend_from_slice(&name);
            whole.extend_from_slice(b"' on bad self (");
        } else {
            let number = number - usize::from(method);
            whole.extend_from_slice(format!("bad argument #{number} to '").as_bytes());
            whole.extend_from_slice(&name);
            whole.extend_from_slice(b"' (");
        }
        whole.extend_from_slice(text);
        whole.push(b')');
        self.error_at(1, &whole)
    }

    /// How the function on top was named by the call that entered it.
    fn called_as(&self) -> Option<Named> {
        let mut frames = self.thread.frames.iter().rev();
        let top = frames.next()?;
        let caller = frames.next()?;
        let by_call = matches!(top.entered, Entered::Call | Entered::Iterator);
        if !by_call || caller.proto == NATIVE || (top.proto != NATIVE && top.tails > 0) {
            return None;
        }
        self.name_of_callee(caller)
    }
}

/// What comparing two values without an order says.
pub(crate) fn order_text(left: Value, right: Value) -> alloc::string::String {
    let (first, second) = (left.type_name(), right.type_name());
    // Lua tells types apart by their third letter here, which "string" and "thread" have in common.
    if first.as_bytes()[2] == second.as_bytes()[2] {
        format!("attempt to compare two {first} values")
    } else {
        format!("attempt to compare {first} with {second}")
    }
}
