//! `io-threads`: threads that read and write for the engine's thread.
//!
//! With one thread, the default, there are none of these. With N there are N - 1 more; each looks after a share of the
//! clients on a runtime of its own, and the engine's thread is left with the commands:
//!
//! ```text
//! socket ─► read ══ News ══► decode, run, reply ══ Orders ══► write ─► socket
//!        io thread             engine's thread             io thread
//! ```
//!
//! What one turn brings, for however many clients, goes to the other side as one [letter](Letter), so that it wakes up
//! once. Nobody can fill the memory: a socket is read again when the engine has had what came before
//! ([`Order::ReadOn`]), and is given more to write when the last is gone ([`News::Sent`]). Until then the engine counts it
//! as waiting, and its limits hold.

mod side;

use std::cell::{Cell, RefCell};
use std::io;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::thread::{self, JoinHandle};

use redstart_engine::machine::ConnId;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use self::side::Side;
use crate::connection::{Ending, StdSocket};

/// Notes about connections in their order, and the bytes that belong to them, back to back.
#[derive(Debug)]
pub(crate) struct Letter<N> {
    pub(crate) notes: Vec<(ConnId, N)>,
    pub(crate) bytes: Vec<u8>,
}

impl<N> Default for Letter<N> {
    fn default() -> Self {
        Self { notes: Vec::new(), bytes: Vec::new() }
    }
}

/// What the engine wants of a thread.
#[derive(Debug)]
pub(crate) enum Order {
    /// Look after this socket.
    Serve(StdSocket),
    /// So many bytes are to be written.
    Write(usize),
    /// What was read is done with.
    ReadOn,
    /// The connection ends.
    End(Ending),
}

/// What a thread tells the engine.
#[derive(Debug)]
pub(crate) enum News {
    /// So many bytes were read.
    Received {
        /// How many.
        len: usize,
        /// Whether the read could bring no more.
        is_full: bool,
    },
    /// What was to be written is.
    Sent,
    /// The connection is over.
    Closed,
}

/// All of the threads, as the engine's thread knows them.
#[derive(Debug, Default)]
pub(crate) struct IoThreads {
    threads: RefCell<Vec<IoThread>>,
    /// Who gets the next client.
    next: Cell<usize>,
}

#[derive(Debug)]
struct IoThread {
    orders: UnboundedSender<Letter<Order>>,
    /// What it is told next.
    draft: Letter<Order>,
    thread: JoinHandle<()>,
}

impl IoThreads {
    /// Starts so many; their news come out of the other end. A read brings as many bytes as the number says just then.
    pub(crate) fn start(
        count: usize,
        read_bytes: &Arc<AtomicUsize>,
    ) -> io::Result<(Self, UnboundedReceiver<Letter<News>>)> {
        let (news, newspaper) = mpsc::unbounded_channel();
        let start = |number| {
            let (orders, inbox) = mpsc::unbounded_channel();
            let (news, read_bytes) = (news.clone(), Arc::clone(read_bytes));
            // Made here, so that what goes wrong is heard of at the start.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
            let thread = thread::Builder::new()
                .name(format!("io_thd_{number}"))
                .spawn(move || Side::run(&runtime, inbox, news, read_bytes))?;
            Ok(IoThread { orders, draft: Letter::default(), thread })
        };
        let threads = (1..=count).map(start).collect::<io::Result<_>>()?;
        Ok((Self { threads: RefCell::new(threads), next: Cell::default() }, newspaper))
    }

    /// Whether there are any.
    pub(crate) fn are_active(&self) -> bool {
        !self.threads.borrow().is_empty()
    }

    /// Who is to look after the next client; nobody where the engine's thread does it all.
    pub(crate) fn pick(&self) -> Option<usize> {
        let next = self.next.get();
        self.next.set(next.wrapping_add(1));
        next.checked_rem(self.threads.borrow().len())
    }

    /// Notes an order and the bytes that go with it.
    pub(crate) fn order(&self, thread: usize, conn: ConnId, order: Order, bytes: &[u8]) {
        if let Some(thread) = self.threads.borrow_mut().get_mut(thread) {
            thread.draft.notes.push((conn, order));
            thread.draft.bytes.extend_from_slice(bytes);
        }
    }

    /// Sends what was noted.
    pub(crate) fn send(&self) {
        for thread in &mut *self.threads.borrow_mut() {
            if !thread.draft.notes.is_empty() {
                // Its end is ours.
                let _ = thread.orders.send(mem::take(&mut thread.draft));
            }
        }
    }

    /// Ends the threads, after they did what they were told.
    pub(crate) fn end(&self) {
        self.send();
        for IoThread { orders, thread, .. } in self.threads.take() {
            drop(orders);
            // If it broke down, it has said so itself.
            let _ = thread.join();
        }
    }
}
