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
    /// That of those which may have to go when it is too much, with what they have announced to send.
    evictable_bytes: usize,
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
        self.add(&mut session);
        let Some(place) = self.slots.get_mut(slot) else { return };
        match place.replace(session) {
            None => self.len += 1,
            Some(old) => self.subtract(&old),
        }
    }

    /// Takes a connection out: for good, or while its commands run.
    pub fn remove(&mut self, conn: ConnId) -> Option<Box<Session>> {
        let session = self.slots.get_mut(conn.0 as usize)?.take()?;
        self.len -= 1;
        self.subtract(&session);
        Some(session)
    }

    /// The memory that all of them take. It is kept, not counted: whoever decides by it does so for each command.
    #[must_use]
    pub const fn memory_bytes(&self) -> usize {
        self.bytes
    }

    /// The memory of those which may have to go when it is too much.
    #[must_use]
    pub const fn evictable_bytes(&self) -> usize {
        self.evictable_bytes
    }

    fn add(&mut self, session: &mut Session) {
        self.bytes += session.count();
        self.evictable_bytes = self.evictable_bytes.saturating_add(session.counted_evictable);
    }

    const fn subtract(&mut self, session: &Session) {
        self.bytes = self.bytes.saturating_sub(session.counted_bytes);
        self.evictable_bytes = self.evictable_bytes.saturating_sub(session.counted_evictable);
    }

    /// Corrects the account of memory after a session was changed where it is.
    pub fn recount(&mut self, conn: ConnId) {
        if let Some(mut session) = self.slots.get_mut(conn.0 as usize).and_then(Option::take) {
            self.subtract(&session);
            self.add(&mut session);
            self.slots[conn.0 as usize] = Some(session);
        }
    }

    /// Has all of them give up memory that they keep for what may come.
    pub fn shrink(&mut self) {
        let all: Vec<ConnId> = self.iter().map(|session| session.conn).collect();
        for conn in all {
            self.get_mut(conn).into_iter().for_each(Session::shrink);
            self.recount(conn);
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
