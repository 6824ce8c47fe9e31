//! One thread's side: its sockets, what it reads, what it was told to write.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::mem;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use redstart_engine::machine::ConnId;
use tokio::runtime::Runtime;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::task::{LocalSet, spawn_local};

use super::{Letter, News, Order};
use crate::connection::{Connection, Ending, Handle, Owner, StdSocket};
use crate::server::READ_BYTES;

/// What a thread knows.
pub(super) struct Side {
    scratch: RefCell<Vec<u8>>,
    read_bytes: Arc<AtomicUsize>,
    clients: RefCell<HashMap<ConnId, Rc<Client>>>,
    /// What the engine is told next.
    draft: RefCell<Letter<News>>,
    post: Notify,
}

/// One of its clients.
struct Client {
    handle: Rc<Handle>,
    /// What its socket didn't take yet.
    unwritten: RefCell<Vec<u8>>,
}

impl Side {
    /// The life of a thread: until there can be no more orders.
    pub(super) fn run(
        runtime: &Runtime,
        mut inbox: UnboundedReceiver<Letter<Order>>,
        news: UnboundedSender<Letter<News>>,
        read_bytes: Arc<AtomicUsize>,
    ) {
        let side = Rc::new(Self {
            scratch: RefCell::new(vec![0; *READ_BYTES.end()]),
            read_bytes,
            clients: RefCell::default(),
            draft: RefCell::default(),
            post: Notify::new(),
        });
        LocalSet::new().block_on(runtime, async {
            spawn_local(Rc::clone(&side).keep_posting(news));
            while let Some(letter) = inbox.recv().await {
                side.obey(letter);
            }
        });
    }

    /// Posts what was read and written. As a task of its own it comes after those that are ready now.
    async fn keep_posting(self: Rc<Self>, news: UnboundedSender<Letter<News>>) {
        loop {
            self.post.notified().await;
            // At the end nobody reads it.
            let _ = news.send(self.draft.take());
            // One more look at the sockets before the thread sleeps.
            tokio::task::yield_now().await;
        }
    }

    fn tell(&self, conn: ConnId, news: News, bytes: &[u8]) {
        let mut draft = self.draft.borrow_mut();
        draft.notes.push((conn, news));
        draft.bytes.extend_from_slice(bytes);
        self.post.notify_one();
    }

    fn obey(self: &Rc<Self>, letter: Letter<Order>) {
        let mut bytes = &*letter.bytes;
        for (conn, order) in letter.notes {
            let client = self.get(conn);
            match (order, client) {
                (Order::Serve(socket), _) => self.serve(conn, socket),
                (Order::Write(len), client) => {
                    let (these, rest) = bytes.split_at_checked(len).unwrap_or_default();
                    bytes = rest;
                    if let Some(client) = client {
                        self.write_more(conn, &client, these);
                    }
                }
                (Order::ReadOn, Some(client)) => client.handle.read_on(),
                (Order::End(ending), Some(client)) => client.handle.end(ending),
                // It hung up in the meantime.
                (Order::ReadOn | Order::End(_), None) => {}
            }
        }
    }

    fn serve(self: &Rc<Self>, conn: ConnId, socket: StdSocket) {
        let Ok(socket) = socket.attach() else { return self.tell(conn, News::Closed, &[]) };
        let (reader, writer) = socket.split();
        let handle = Rc::new(Handle::new(writer));
        let client = Client { handle: Rc::clone(&handle), unwritten: RefCell::default() };
        self.clients.borrow_mut().insert(conn, Rc::new(client));
        spawn_local(Connection { owner: Rc::clone(self), handle, id: conn, reader });
    }

    fn get(&self, conn: ConnId) -> Option<Rc<Client>> {
        self.clients.borrow().get(&conn).map(Rc::clone)
    }

    /// Writes bytes behind those that wait.
    fn write_more(&self, conn: ConnId, client: &Client, bytes: &[u8]) {
        let mut unwritten = client.unwritten.borrow_mut();
        if !unwritten.is_empty() {
            return unwritten.extend_from_slice(bytes);
        }
        drop(unwritten);
        self.write_out(conn, client, bytes);
    }

    /// Writes bytes as far as the socket takes them, and keeps the rest.
    fn write_out(&self, conn: ConnId, client: &Client, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match client.handle.writer.try_write(bytes) {
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    *client.unwritten.borrow_mut() = bytes.to_vec();
                    return client.handle.block();
                }
                Err(_) => return client.handle.end(Ending::Now),
            }
        }
        self.tell(conn, News::Sent, &[]);
        client.handle.drained();
    }
}

impl Owner for Side {
    fn scratch(&self) -> &RefCell<Vec<u8>> {
        &self.scratch
    }

    fn read_bytes(&self) -> usize {
        self.read_bytes.load(Ordering::Relaxed)
    }

    fn received(self: &Rc<Self>, conn: ConnId, handle: &Handle, bytes: &[u8], is_full: bool) {
        handle.stop_reading();
        self.tell(conn, News::Received { len: bytes.len(), is_full }, bytes);
    }

    fn write(self: &Rc<Self>, conn: ConnId, _: &Handle) {
        if let Some(client) = self.get(conn) {
            let bytes = mem::take(&mut *client.unwritten.borrow_mut());
            self.write_out(conn, &client, &bytes);
        }
    }

    fn has_written_all(&self, conn: ConnId) -> bool {
        self.get(conn).is_none_or(|client| client.unwritten.borrow().is_empty())
    }

    fn forget(self: &Rc<Self>, conn: ConnId) {
        self.clients.borrow_mut().remove(&conn);
        self.tell(conn, News::Closed, &[]);
    }
}
