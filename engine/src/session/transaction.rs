//! A transaction that a client is putting together, between MULTI and EXEC.

use alloc::vec::Vec;

use crate::argv::{Args, Argv};
use crate::command::{Command, Flags};

/// The commands that EXEC will run.
#[derive(Debug, Default)]
pub struct Transaction {
    /// In the order in which they came.
    pub queue: Vec<(&'static Command, Argv)>,
    /// One of them could not be queued, so none will run.
    pub is_broken: bool,
    /// The flags of all of them together.
    pub flags: Flags,
    argv_bytes: usize,
}

impl Transaction {
    /// Adds a command; with these words it has these flags.
    pub fn push(&mut self, command: &'static Command, flags: Flags, args: Args<'_>) {
        let argv = args.to_owned();
        self.flags |= flags;
        self.argv_bytes += argv.memory_bytes();
        self.queue.push((command, argv));
    }

    /// The memory it takes, in bytes.
    #[must_use]
    pub const fn memory_bytes(&self) -> usize {
        self.argv_bytes + self.queue.capacity() * size_of::<(&Command, Argv)>()
    }
}
