//! What became of the calls of each command: INFO commandstats and latencystats, LATENCY HISTOGRAM.

use alloc::boxed::Box;
use alloc::vec::Vec;

use redstart_structures::sort_by_key;

use super::histogram::Histogram;
use crate::command::Command;

/// The calls of one command.
#[derive(Clone, Debug, Default)]
pub struct CommandCalls {
    /// How many ran.
    pub calls: u64,
    /// How long they took together, in microseconds.
    pub us: u64,
    /// How many were not allowed to run.
    pub rejected: u64,
    /// How many answered with an error.
    pub failed: u64,
    /// How long each took, as far as `latency-tracking` was on.
    pub latencies: Histogram,
}

impl CommandCalls {
    const fn is_empty(&self) -> bool {
        self.calls == 0 && self.rejected == 0
    }
}

/// The calls of every command, found by where its declaration lies: an open-addressed table, filled once.
#[derive(Debug)]
pub struct Calls {
    slots: Box<[Option<Slot>]>,
}

#[derive(Debug)]
struct Slot {
    command: &'static Command,
    calls: CommandCalls,
}

impl Calls {
    /// No calls of any of these commands, nor of their subcommands.
    pub fn new<'a>(commands: impl Iterator<Item = &'a &'static Command>) -> Self {
        let all: Vec<&'static Command> =
            commands.flat_map(|&command| command.subcommands.iter().copied().chain([command])).collect();
        let mut slots: Vec<Option<Slot>> = Vec::new();
        slots.resize_with((all.len() * 3).next_power_of_two(), || None);
        for command in all {
            let mut place = spot(command) & (slots.len() - 1);
            while slots[place].is_some() {
                place = (place + 1) & (slots.len() - 1);
            }
            slots[place] = Some(Slot { command, calls: CommandCalls::default() });
        }
        Self { slots: slots.into_boxed_slice() }
    }

    /// The calls of a command.
    #[inline]
    pub fn of(&mut self, command: &'static Command) -> Option<&mut CommandCalls> {
        let mask = self.slots.len() - 1;
        let mut place = spot(command) & mask;
        while !core::ptr::eq(self.slots.get(place)?.as_ref()?.command, command) {
            place = (place + 1) & mask;
        }
        self.slots.get_mut(place)?.as_mut().map(|slot| &mut slot.calls)
    }

    /// Those commands of which anything is known, by their names.
    #[must_use]
    pub fn known(&self) -> Vec<(&'static Command, &CommandCalls)> {
        let slots = self.slots.iter().flatten().filter(|slot| !slot.calls.is_empty());
        let mut known: Vec<_> = slots.map(|slot| (slot.command, &slot.calls)).collect();
        sort_by_key(&mut known, |(command, _)| command.name);
        known
    }

    /// Forgets everything: CONFIG RESETSTAT.
    pub fn reset(&mut self) {
        self.slots.iter_mut().flatten().for_each(|slot| slot.calls = CommandCalls::default());
    }
}

/// Where to look first. Declarations are bigger than their alignment, so the last bits tell nothing.
#[inline]
fn spot(command: &'static Command) -> usize {
    let address = core::ptr::from_ref(command).addr();
    (address >> 4).wrapping_mul(0x9e37_79b1) >> 12
}
