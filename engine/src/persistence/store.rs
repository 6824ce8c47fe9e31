//! The seam between the engine and a disk: six verbs over named objects.
//!
//! The engine does no IO. What it wants from a disk leaves as an [`Output::Store`] with a [`Ticket`]; the front performs
//! it when it likes and says [`Input::Stored`] with the same ticket, once for each. Names are paths below `dir`, such as
//! `dump.rdb` or `appendonlydir/appendonly.aof.manifest`.
//!
//! | verb                   | what it does                                         | answer             |
//! |------------------------|------------------------------------------------------|--------------------|
//! | [`StoreOp::Read`]      | gives a piece of an object                           | [`Stored::Piece`]  |
//! | [`StoreOp::Append`]    | writes at an offset, where the object ends from then on | [`Stored::Done`] |
//! | [`StoreOp::Sync`]      | makes all that was written to an object durable      | [`Stored::Done`]   |
//! | [`StoreOp::Rename`]    | puts one object in the place of another, durably     | [`Stored::Done`]   |
//! | [`StoreOp::Remove`]    | forgets an object                                    | [`Stored::Done`]   |
//! | [`StoreOp::List`]      | names what is in a folder                            | [`Stored::Names`]  |
//!
//! Ops on one object are performed, and answered, in the order in which they leave. Across objects there is no order: who needs one
//! waits for the answer. A rename is an op on both of its objects.
//!
//! An append says where it begins because disks fail halfway: the same append may then be tried again, and one of
//! nothing takes a torn end away.
//!
//! [`Output::Store`]: crate::machine::Output::Store
//! [`Input::Stored`]: crate::machine::Input::Stored

mod memory;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use self::memory::Memory;
use redstart_structures::Ordered;

use super::aof::Work;
use crate::engine::Server;
use crate::machine::Output;

/// The number of an op; its answer has the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What the engine wants from a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreOp {
    /// Gives up to `len` bytes of an object from `offset` on: fewer only at its end, none past it.
    Read {
        /// Which object.
        name: String,
        /// Where the piece begins.
        offset: u64,
        /// How long it is at most.
        len: usize,
    },
    /// Writes bytes at an offset of an object, which ends with them from then on. An object that is not there is made,
    /// and its folder with it; the offset is no greater than its length. After an error any part of the bytes may be
    /// there.
    Append {
        /// Which object.
        name: String,
        /// Where the bytes begin.
        offset: u64,
        /// What to write.
        bytes: Vec<u8>,
    },
    /// Makes all that was written to an object durable.
    Sync {
        /// Which object.
        name: String,
    },
    /// Puts an object in the place of another, at once or not at all, and durably by the time of the answer.
    Rename {
        /// Its name so far.
        from: String,
        /// Its name from now on.
        to: String,
    },
    /// Forgets an object; one that is not there is no error.
    Remove {
        /// Which object.
        name: String,
    },
    /// Names the objects in a folder, the empty one being `dir` itself, in order. A folder that is not there is empty.
    List {
        /// Which folder.
        folder: String,
    },
}

/// What a disk answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is done.
    Done,
    /// A piece of an object.
    Piece {
        /// The bytes.
        bytes: Vec<u8>,
        /// How long the whole object is.
        object_len: u64,
    },
    /// The names of objects, each with its folder.
    Names(Vec<String>),
}

/// Why a disk can't do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// There is no such object.
    Missing,
    /// The disk says no; these are its words, such as `No space left on device`.
    Failed(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("No such file or directory"),
            Self::Failed(text) => f.write_str(text),
        }
    }
}

impl core::error::Error for StoreError {}

/// The answer to an op.
pub type StoreResult = Result<Stored, StoreError>;

/// A disk that answers at once; its verbs are those of [`StoreOp`].
pub trait Storage {
    /// Gives a piece of an object, and how long the object is.
    fn read(&mut self, name: &str, offset: u64, len: usize) -> Result<(Vec<u8>, u64), StoreError>;
    /// Writes at an offset, where the object ends from then on.
    fn append(&mut self, name: &str, offset: u64, bytes: &[u8]) -> Result<(), StoreError>;
    /// Makes an object durable.
    fn sync(&mut self, name: &str) -> Result<(), StoreError>;
    /// Puts an object in the place of another, durably.
    fn rename(&mut self, from: &str, to: &str) -> Result<(), StoreError>;
    /// Forgets an object.
    fn remove(&mut self, name: &str) -> Result<(), StoreError>;
    /// Names the objects in a folder.
    fn list(&mut self, folder: &str) -> Result<Vec<String>, StoreError>;

    /// Performs an op.
    fn perform(&mut self, op: &StoreOp) -> StoreResult {
        match op {
            StoreOp::Read { name, offset, len } => {
                let (bytes, object_len) = self.read(name, *offset, *len)?;
                return Ok(Stored::Piece { bytes, object_len });
            }
            StoreOp::List { folder } => return self.list(folder).map(Stored::Names),
            StoreOp::Append { name, offset, bytes } => self.append(name, *offset, bytes)?,
            StoreOp::Sync { name } => self.sync(name)?,
            StoreOp::Rename { from, to } => self.rename(from, to)?,
            StoreOp::Remove { name } => self.remove(name)?,
        }
        Ok(Stored::Done)
    }
}

/// Which part of the engine waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// The snapshot of this number.
    Snapshot {
        /// Its number.
        serial: u32,
    },
    /// The data set that is being loaded.
    Load,
    /// The append-only file.
    Aof(Work),
    /// It is to be done, and nobody asks what came of it.
    Nobody,
}

/// Who waits for which answer.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    last: u64,
    pending: Ordered<Ticket, Asker>,
}

impl Desk {
    /// Whose answer this is; nobody's, if it was given before.
    pub(crate) fn redeem(&mut self, ticket: Ticket) -> Option<Asker> {
        self.pending.remove(&ticket)
    }

    /// Nobody wants the answers any more that this part still waits for.
    pub(crate) fn forget(&mut self, asker: Asker) {
        self.pending.retain(|_, waiting| *waiting != asker);
    }
}

impl Server {
    /// Asks the disk for something.
    pub(crate) fn store(&mut self, asker: Asker, op: StoreOp) -> Ticket {
        self.desk.last += 1;
        let ticket = Ticket(self.desk.last);
        self.desk.pending.insert(ticket, asker);
        self.out.push(Output::Store { ticket, op });
        ticket
    }
}
