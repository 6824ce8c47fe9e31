//! The clients of the server, as the engine's thread knows them: who they are, and what is written to them when.
//!
//! Their sockets are its own, or [lent](Lent) to an [io thread](crate::io_threads).

use std::cell::{Cell, RefCell};
use std::io;
use std::mem;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use redstart_engine::machine::{ConnId, Input, Peer};
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::spawn_local;

use crate::connection::{Connection, Ending, Handle, Owner, Socket};
use crate::io_threads::{Letter, News, Order};
use crate::server::Shared;

/// How many bytes a thread is given at once to write for a client.
const PIECE_BYTES: usize = 64 * 1024;

/// Every client, and those that there is something to write for.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    /// By the number of the connection; free numbers are used again.
    known: RefCell<Vec<Option<Client>>>,
    free: RefCell<Vec<u32>>,
    /// Connections that there is something to write for.
    unsent: RefCell<Vec<ConnId>>,
    flush: Notify,
}

/// A client, by who looks after its socket.
#[derive(Clone, Debug)]
enum Client {
    /// This thread.
    Own(Rc<Handle>),
    /// Another.
    Lent(Rc<Lent>),
}

/// A connection that a thread reads and writes for.
#[derive(Debug)]
struct Lent {
    thread: usize,
    /// It is on the flusher's list.
    queued: Cell<bool>,
    /// Bytes that the thread has to write: they are still the first of those that wait.
    in_flight: Cell<usize>,
    ending: Cell<Ending>,
}

impl Clients {
    fn get(&self, conn: ConnId) -> Option<Client> {
        self.known.borrow().get(conn.0 as usize).and_then(Option::clone)
    }

    fn add(&self, client: Client) -> ConnId {
        let mut known = self.known.borrow_mut();
        let slot = self.free.borrow_mut().pop().unwrap_or(known.len() as u32);
        if slot as usize == known.len() {
            known.push(None);
        }
        known[slot as usize] = Some(client);
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
        let Some(client) = self.get(conn) else { return };
        let queued = match &client {
            Client::Own(handle) => &handle.queued,
            Client::Lent(lent) => &lent.queued,
        };
        if !queued.replace(true) {
            self.unsent.borrow_mut().push(conn);
            self.flush.notify_one();
        }
    }

    /// Ends a connection.
    pub(crate) fn end(&self, conn: ConnId, ending: Ending) {
        match self.get(conn) {
            Some(Client::Own(handle)) => handle.end(ending),
            Some(Client::Lent(lent)) => {
                lent.ending.set(lent.ending.get().max(ending));
                self.queue(conn);
            }
            None => {}
        }
    }
}

impl Shared {
    /// Serves a client that has just come.
    pub(crate) fn welcome(self: &Rc<Self>, socket: Socket, peer: Peer) {
        if let Some(thread) = self.io_threads.pick() {
            return self.welcome_at(thread, socket, peer);
        }
        let (reader, writer) = socket.split();
        let handle = Rc::new(Handle::new(writer));
        let id = self.clients.add(Client::Own(Rc::clone(&handle)));
        self.tell(Input::Accepted { conn: id, peer });
        spawn_local(Connection { owner: Rc::clone(self), handle, id, reader });
    }

    /// Lends its socket to a thread.
    fn welcome_at(self: &Rc<Self>, thread: usize, socket: Socket, peer: Peer) {
        // A socket that can't be parted from is closed by this.
        let Ok(socket) = socket.detach() else { return };
        let lent =
            Lent { thread, queued: Cell::default(), in_flight: Cell::default(), ending: Cell::default() };
        let id = self.clients.add(Client::Lent(Rc::new(lent)));
        self.io_threads.order(thread, id, Order::Serve(socket), &[]);
        self.tell(Input::Accepted { conn: id, peer });
        self.clients.flush.notify_one();
    }

    /// Writes for all connections that there is something for. As a task of its own it comes after those that are
    /// ready now: their commands run first, then all replies leave together, so that peers wake up to more at once.
    pub(crate) async fn keep_flushing(self: Rc<Self>) {
        let mut batch = Vec::new();
        loop {
            self.clients.flush.notified().await;
            mem::swap(&mut batch, &mut *self.clients.unsent.borrow_mut());
            for conn in batch.drain(..) {
                match self.clients.get(conn) {
                    Some(Client::Own(handle)) => {
                        handle.queued.set(false);
                        self.write(conn, &handle);
                    }
                    Some(Client::Lent(lent)) => {
                        lent.queued.set(false);
                        self.hand_over(conn, &lent);
                    }
                    None => {}
                }
            }
            self.io_threads.send();
            // One more look at the sockets before the thread sleeps: peers answer quickly, and waking up is dear.
            tokio::task::yield_now().await;
        }
    }

    /// Has a thread write what waits for its client, or end the connection if it is to end.
    fn hand_over(&self, conn: ConnId, lent: &Lent) {
        let ending = lent.ending.get();
        if ending == Ending::Now {
            return self.io_threads.order(lent.thread, conn, Order::End(ending), &[]);
        }
        if lent.in_flight.get() > 0 {
            return;
        }
        let engine = self.engine.borrow();
        let waiting = engine.outgoing(conn);
        let piece = waiting.get(..PIECE_BYTES).unwrap_or(waiting);
        if !piece.is_empty() {
            lent.in_flight.set(piece.len());
            self.io_threads.order(lent.thread, conn, Order::Write(piece.len()), piece);
        } else if ending == Ending::AfterReplies {
            self.io_threads.order(lent.thread, conn, Order::End(ending), &[]);
        }
    }

    /// Hears what the threads read and wrote.
    pub(crate) async fn hear_io_threads(self: Rc<Self>, mut newspaper: UnboundedReceiver<Letter<News>>) {
        while let Some(letter) = newspaper.recv().await {
            let mut bytes = &*letter.bytes;
            for (conn, news) in letter.notes {
                let len = if let News::Received { len, .. } = news { len } else { 0 };
                let (these, rest) = bytes.split_at_checked(len).unwrap_or_default();
                bytes = rest;
                if let Some(Client::Lent(lent)) = self.clients.get(conn) {
                    self.hear(conn, &lent, &news, these);
                }
            }
            self.clients.flush.notify_one();
            // A letter may be worth a millisecond's work: the replies and other inputs come in between.
            tokio::task::yield_now().await;
        }
    }

    fn hear(self: &Rc<Self>, conn: ConnId, lent: &Lent, news: &News, bytes: &[u8]) {
        match news {
            News::Received { .. } if lent.ending.get() != Ending::No => {}
            News::Received { is_full, .. } => {
                self.engine.borrow_mut().host_mut().io_reads += 1;
                self.take_in(conn, bytes, *is_full);
                self.io_threads.order(lent.thread, conn, Order::ReadOn, &[]);
            }
            News::Sent => {
                self.engine.borrow_mut().host_mut().io_writes += 1;
                self.tell(Input::Sent { conn, bytes: lent.in_flight.take() });
                self.clients.queue(conn);
            }
            News::Closed => self.forget(conn),
        }
    }

    /// The engine is told what came from a client.
    fn take_in(self: &Rc<Self>, conn: ConnId, bytes: &[u8], is_full: bool) {
        self.tell(Input::Received { conn, bytes });
        if is_full {
            self.pace();
        }
    }

    /// Lets the connections write what they still have: the reply to what ended the server, for one.
    pub(crate) async fn farewell(self: Rc<Self>) {
        let known = self.clients.known.borrow().clone();
        for (slot, client) in known.iter().enumerate() {
            let conn = ConnId(slot as u32);
            match client {
                Some(Client::Own(handle)) => {
                    self.write(conn, handle);
                    handle.end(Ending::Now);
                }
                Some(Client::Lent(lent)) => {
                    let engine = self.engine.borrow();
                    let rest = engine.outgoing(conn).get(lent.in_flight.get()..).unwrap_or_default();
                    self.io_threads.order(lent.thread, conn, Order::Write(rest.len()), rest);
                }
                None => {}
            }
        }
        self.io_threads.end();
        tokio::task::yield_now().await;
    }
}

impl Owner for Shared {
    fn scratch(&self) -> &RefCell<Vec<u8>> {
        &self.scratch
    }

    fn read_bytes(&self) -> usize {
        self.read_bytes.load(Ordering::Relaxed)
    }

    fn received(self: &Rc<Self>, conn: ConnId, _: &Handle, bytes: &[u8], is_full: bool) {
        self.take_in(conn, bytes, is_full);
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
