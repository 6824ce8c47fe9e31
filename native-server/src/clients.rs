//! The clients whose sockets the engine's thread knows: who they are, and what is written to them when.

use std::cell::RefCell;
use std::io;
use std::mem;
use std::rc::Rc;

use redstart_engine::machine::{ConnId, Input, Peer};
use tokio::sync::Notify;
use tokio::task::spawn_local;

use crate::connection::{Connection, Ending, Handle, Owner, Socket};
use crate::server::Shared;

/// Every client, and those that there is something to write for.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    /// By the number of the connection; free numbers are used again.
    known: RefCell<Vec<Option<Rc<Handle>>>>,
    free: RefCell<Vec<u32>>,
    /// Connections that there is something to write for.
    unsent: RefCell<Vec<ConnId>>,
    flush: Notify,
}

impl Clients {
    fn get(&self, conn: ConnId) -> Option<Rc<Handle>> {
        self.known.borrow().get(conn.0 as usize).and_then(Option::clone)
    }

    fn add(&self, handle: &Rc<Handle>) -> ConnId {
        let mut known = self.known.borrow_mut();
        let slot = self.free.borrow_mut().pop().unwrap_or(known.len() as u32);
        if slot as usize == known.len() {
            known.push(None);
        }
        known[slot as usize] = Some(Rc::clone(handle));
        ConnId(slot)
    }

    fn remove(&self, conn: ConnId) {
        if let Some(slot) = self.known.borrow_mut().get_mut(conn.0 as usize) {
            *slot = None;
        }
        self.free.borrow_mut().push(conn.0);
    }

    /// Has the flusher write what waits for a connection.
    pub(crate) fn queue(&self, conn: ConnId) {
        if let Some(handle) = self.get(conn)
            && !handle.queued.replace(true)
        {
            self.unsent.borrow_mut().push(conn);
            self.flush.notify_one();
        }
    }

    /// Ends a connection.
    pub(crate) fn end(&self, conn: ConnId, ending: Ending) {
        if let Some(handle) = self.get(conn) {
            handle.end(ending);
        }
    }
}

impl Shared {
    /// Serves a client that has just come.
    pub(crate) fn welcome(self: &Rc<Self>, socket: Socket, peer: Peer) {
        let (reader, writer) = socket.split();
        let handle = Rc::new(Handle::new(writer));
        let id = self.clients.add(&handle);
        self.tell(Input::Accepted { conn: id, peer });
        spawn_local(Connection { owner: Rc::clone(self), handle, id, reader });
    }

    /// Writes for all connections that there is something for. As a task of its own it comes after those that are
    /// ready now: their commands run first, then all replies leave together, so that peers wake up to more at once.
    pub(crate) async fn keep_flushing(self: Rc<Self>) {
        let mut batch = Vec::new();
        loop {
            self.clients.flush.notified().await;
            mem::swap(&mut batch, &mut *self.clients.unsent.borrow_mut());
            for conn in batch.drain(..) {
                if let Some(handle) = self.clients.get(conn) {
                    handle.queued.set(false);
                    self.write(conn, &handle);
                }
            }
            // One more look at the sockets before the thread sleeps: peers answer quickly, and waking up is dear.
            tokio::task::yield_now().await;
        }
    }

    /// Lets the connections write what they still have: the reply to what ended the server, for one.
    pub(crate) async fn farewell(self: Rc<Self>) {
        let known = self.clients.known.borrow().clone();
        for (slot, handle) in known.iter().enumerate() {
            if let Some(handle) = handle {
                self.write(ConnId(slot as u32), handle);
                handle.end(Ending::Now);
            }
        }
        tokio::task::yield_now().await;
    }
}

impl Owner for Shared {
    fn scratch(&self) -> &RefCell<Vec<u8>> {
        &self.scratch
    }

    fn read_bytes(&self) -> usize {
        self.read_bytes.get()
    }

    fn received(self: &Rc<Self>, conn: ConnId, _: &Handle, bytes: &[u8], is_full: bool) {
        self.tell(Input::Received { conn, bytes });
        if is_full {
            self.pace();
        }
    }

    fn write(self: &Rc<Self>, conn: ConnId, handle: &Handle) {
        while !handle.blocked.get() {
            let engine = self.engine.borrow();
            let waiting = engine.outgoing(conn);
            if waiting.is_empty() {
                return handle.drained();
            }
            let result = handle.writer.try_write(waiting);
            drop(engine);
            match result {
                Ok(bytes) => self.tell(Input::Sent { conn, bytes }),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => handle.block(),
                Err(_) => return handle.end(Ending::Now),
            }
        }
    }

    fn has_written_all(&self, conn: ConnId) -> bool {
        self.engine.borrow().outgoing(conn).is_empty()
    }

    fn forget(self: &Rc<Self>, conn: ConnId) {
        self.tell(Input::Closed { conn });
        self.clients.remove(conn);
    }
}
