//! All connections, by the front's name for them.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::Session;
use crate::machine::ConnId;

/// The connections that are open.
#[derive(Debug, Default)]
pub struct Sessions {
    slots: Vec<Option<Box<Session>>>,
    len: usize,
    /// The memory of all of them, as of when each was put in.
    bytes: usize,
}

impl Sessions {
    /// How many.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The connection of that name.
    #[must_use]
    pub fn get(&self, conn: ConnId) -> Option<&Session> {
        self.slots.get(conn.0 as usize)?.as_deref()
    }

    /// The connection of that name.
    pub fn get_mut(&mut self, conn: ConnId) -> Option<&mut Session> {
        self.slots.get_mut(conn.0 as usize)?.as_deref_mut()
    }

    /// Adds a connection, in the place of any of that name.
    pub fn insert(&mut self, mut session: Box<Session>) {
        let slot = session.conn.0 as usize;
        if slot >= self.slots.len() {
            self.slots.resize_with(slot + 1, || None);
        }
        self.bytes += session.count();
        let Some(place) = self.slots.get_mut(slot) else { return };
        match place.replace(session) {
            None => self.len += 1,
            Some(old) => self.bytes = self.bytes.saturating_sub(old.counted_bytes),
        }
    }

    /// Takes a connection out: for good, or while its commands run.
    pub fn remove(&mut self, conn: ConnId) -> Option<Box<Session>> {
        let session = self.slots.get_mut(conn.0 as usize)?.take()?;
        self.len -= 1;
        self.bytes = self.bytes.saturating_sub(session.counted_bytes);
        Some(session)
    }

    /// The memory that all of them take. It is kept, not counted: whoever decides by it does so for each command.
    #[must_use]
    pub const fn memory_bytes(&self) -> usize {
        self.bytes
    }

    /// Corrects the account of memory after a session was changed where it is.
    pub fn recount(&mut self, conn: ConnId) {
        if let Some(session) = self.slots.get_mut(conn.0 as usize).and_then(Option::as_deref_mut) {
            self.bytes = self.bytes.saturating_sub(session.counted_bytes);
            self.bytes += session.count();
        }
    }

    /// Has all of them give up memory that they keep for what may come.
    pub fn shrink(&mut self) {
        for session in self.slots.iter_mut().flatten() {
            session.shrink();
            self.bytes = self.bytes.saturating_sub(session.counted_bytes);
            self.bytes += session.count();
        }
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Session> {
        self.slots.iter().flatten().map(|session| &**session)
    }

    /// All of them, in the order of their names.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Session> {
        self.slots.iter_mut().flatten().map(|session| &mut **session)
    }
}
