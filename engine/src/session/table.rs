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
    pub fn insert(&mut self, session: Box<Session>) {
        let slot = session.conn.0 as usize;
        if slot >= self.slots.len() {
            self.slots.resize_with(slot + 1, || None);
        }
        if let Some(place) = self.slots.get_mut(slot)
            && place.replace(session).is_none()
        {
            self.len += 1;
        }
    }

    /// Takes a connection out: for good, or while its commands run.
    pub fn remove(&mut self, conn: ConnId) -> Option<Box<Session>> {
        let session = self.slots.get_mut(conn.0 as usize)?.take()?;
        self.len -= 1;
        Some(session)
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
