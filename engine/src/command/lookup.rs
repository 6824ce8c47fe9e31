//! From a word on the wire to its declaration, without making a string of it.

use alloc::boxed::Box;
use alloc::vec;

use super::Command;

/// An open-addressed table of all commands, filled once. Slots are at most a third full, so a probe nearly always
/// ends at its first slot.
#[derive(Debug)]
pub struct Lookup {
    slots: Box<[Option<&'static Command>]>,
}

impl Lookup {
    /// A table of these commands.
    pub fn new<'a>(commands: impl Iterator<Item = &'a &'static Command> + Clone) -> Self {
        let size = (commands.clone().count() * 3).next_power_of_two();
        let mut slots = vec![None; size].into_boxed_slice();
        for &command in commands {
            let mut slot = spot(command.name.as_bytes()) & (size - 1);
            while slots[slot].is_some() {
                slot = (slot + 1) & (size - 1);
            }
            slots[slot] = Some(command);
        }
        Self { slots }
    }

    /// The command that `word` names, in any case.
    #[inline]
    #[must_use]
    pub fn find(&self, word: &[u8]) -> Option<&'static Command> {
        let mask = self.slots.len() - 1;
        let mut slot = spot(word) & mask;
        while let Some(command) = self.slots[slot] {
            if command.name.as_bytes().eq_ignore_ascii_case(word) {
                return Some(command);
            }
            slot = (slot + 1) & mask;
        }
        None
    }
}

/// Four bytes and the length tell nearly all names apart, and take as long for a long one. In lower case: letters and
/// digits only differ in case by bit 5, other bytes don't matter.
#[inline]
fn spot(word: &[u8]) -> usize {
    let byte = |place: usize| word.get(place).copied().unwrap_or_default() | 0x20;
    let len = word.len();
    let four = u32::from_le_bytes([byte(0), byte(1), byte(len / 2), byte(len.wrapping_sub(1))]);
    let hash = (u64::from(four) ^ (len as u64) << 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (hash >> 40) as usize
}
