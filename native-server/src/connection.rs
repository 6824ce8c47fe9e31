//! One client: read what is there, hand it to the engine. What the engine has for it is written by the [flusher].
//!
//! A connection is one future, polled when its socket is ready or when the engine wants it to end. A read that did
//! not fill the buffer is known to have emptied the socket, so nobody asks again: a batch of commands costs one read
//! and one write.
//!
//! [flusher]: crate::clients

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use redstart_engine::machine::ConnId;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::{TcpStream, UnixStream, tcp, unix};

/// The side of a socket that is read from.
pub(crate) enum Reader {
    Tcp(tcp::OwnedReadHalf),
    Unix(unix::OwnedReadHalf),
}

/// The side that is written to. Dropping it tells the peer that there is no more.
#[derive(Debug)]
pub(crate) enum Writer {
    Tcp(tcp::OwnedWriteHalf),
    Unix(unix::OwnedWriteHalf),
}

/// A client's socket, in one piece.
#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// The same, known to no runtime: on its way from one thread to another.
#[derive(Debug)]
pub(crate) enum StdSocket {
    Tcp(std::net::TcpStream),
    Unix(std::os::unix::net::UnixStream),
}

impl StdSocket {
    /// Makes it known to the runtime of this thread.
    pub(crate) fn attach(self) -> io::Result<Socket> {
        Ok(match self {
            Self::Tcp(stream) => Socket::Tcp(TcpStream::from_std(stream)?),
            Self::Unix(stream) => Socket::Unix(UnixStream::from_std(stream)?),
        })
    }
}

impl Socket {
    /// Takes it from the runtime of this thread.
    pub(crate) fn detach(self) -> io::Result<StdSocket> {
        Ok(match self {
            Self::Tcp(stream) => StdSocket::Tcp(stream.into_std()?),
            Self::Unix(stream) => StdSocket::Unix(stream.into_std()?),
        })
    }

    /// Parts it into its two sides.
    pub(crate) fn split(self) -> (Reader, Writer) {
        match self {
            Self::Tcp(stream) => {
                let (reader, writer) = stream.into_split();
                (Reader::Tcp(reader), Writer::Tcp(writer))
            }
            Self::Unix(stream) => {
                let (reader, writer) = stream.into_split();
                (Reader::Unix(reader), Writer::Unix(writer))
            }
        }
    }
}

impl Reader {
    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(half) => Pin::new(half).poll_read(cx, buffer),
            Self::Unix(half) => Pin::new(half).poll_read(cx, buffer),
        }
    }
}

impl Writer {
    pub(crate) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(half) => half.try_write(bytes),
            Self::Unix(half) => half.try_write(bytes),
        }
    }

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(half) => half.as_ref().poll_write_ready(cx),
            Self::Unix(half) => half.as_ref().poll_write_ready(cx),
        }
    }
}

/// Whom a connection belongs to: who is given what it reads, and has what it writes.
pub(crate) trait Owner {
    /// Where to read to.
    fn scratch(&self) -> &RefCell<Vec<u8>>;

    /// How many bytes one read may bring.
    fn read_bytes(&self) -> usize;

    /// Bytes came: as many as the read could bring, or all that there were.
    fn received(self: &Rc<Self>, conn: ConnId, handle: &Handle, bytes: &[u8], is_full: bool);

    /// Writes what waits for a connection, as far as its socket takes it.
    fn write(self: &Rc<Self>, conn: ConnId, handle: &Handle);

    /// Whether nothing waits.
    fn has_written_all(&self, conn: ConnId) -> bool;

    /// A connection is over.
    fn forget(self: &Rc<Self>, conn: ConnId);
}

/// What others know of a connection.
#[derive(Debug)]
pub(crate) struct Handle {
    pub(crate) writer: Writer,
    /// It is on the flusher's list.
    pub(crate) queued: Cell<bool>,
    /// The socket takes no more for now: its future waits until it does.
    pub(crate) blocked: Cell<bool>,
    /// What was read last is to be dealt with first.
    paused: Cell<bool>,
    ending: Cell<Ending>,
    waker: RefCell<Option<Waker>>,
}

/// Whether the engine wants the connection to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    /// It goes on.
    #[default]
    No,
    /// Once everything is written.
    AfterReplies,
    /// Now.
    Now,
}

impl Handle {
    /// A connection with nothing to write.
    pub(crate) fn new(writer: Writer) -> Self {
        Self {
            writer,
            queued: Cell::default(),
            blocked: Cell::default(),
            paused: Cell::default(),
            ending: Cell::default(),
            waker: RefCell::default(),
        }
    }

    /// Ends the connection; the harder word stays.
    pub(crate) fn end(&self, ending: Ending) {
        self.ending.set(self.ending.get().max(ending));
        self.wake();
    }

    /// All that waited is written.
    pub(crate) fn drained(&self) {
        if self.ending.get() != Ending::No {
            self.wake();
        }
    }

    /// The socket takes no more for now.
    pub(crate) fn block(&self) {
        self.blocked.set(true);
        self.wake();
    }

    /// Reads no more until [`Handle::read_on`].
    pub(crate) fn stop_reading(&self) {
        self.paused.set(true);
    }

    /// Reads again.
    pub(crate) fn read_on(&self) {
        self.paused.set(false);
        self.wake();
    }

    fn wake(&self) {
        if let Some(waker) = &*self.waker.borrow() {
            waker.wake_by_ref();
        }
    }

    fn remember(&self, waker: &Waker) {
        let mut known = self.waker.borrow_mut();
        if !known.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *known = Some(waker.clone());
        }
    }
}

/// How much of what had come was read.
enum Read {
    /// The peer sends no more.
    End,
    /// All, so that to ask again costs no system call.
    All,
    /// As much as the buffer took.
    Some,
}

/// The future of one connection; it ends when the connection does.
pub(crate) struct Connection<O: Owner> {
    pub(crate) owner: Rc<O>,
    pub(crate) handle: Rc<Handle>,
    pub(crate) id: ConnId,
    pub(crate) reader: Reader,
}

impl<O: Owner> Future for Connection<O> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.handle.remember(cx.waker());
        // Whether the peer hung up or the engine did, or the socket broke: it is over.
        self.serve(cx).map(|_| ())
    }
}

impl<O: Owner> Connection<O> {
    fn serve(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if self.handle.blocked.get() && self.handle.writer.poll_ready(cx)?.is_ready() {
                self.handle.blocked.set(false);
                self.owner.write(self.id, &self.handle);
            }
            match self.handle.ending.get() {
                Ending::Now => return Poll::Ready(Ok(())),
                Ending::AfterReplies if self.owner.has_written_all(self.id) => {
                    return Poll::Ready(Ok(()));
                }
                Ending::AfterReplies => return Poll::Pending,
                Ending::No if self.handle.paused.get() => return Poll::Pending,
                Ending::No => {}
            }
            match ready!(self.read(cx))? {
                Read::End => return Poll::Ready(Ok(())),
                Read::All => {}
                Read::Some => {
                    // There is more, but first come all sockets that are ready by now: a waker alone would bring us back
                    // before anybody looks for them.
                    let _ = pin!(tokio::task::yield_now()).poll(cx);
                    return Poll::Pending;
                }
            }
        }
    }

    /// Reads once and hands it over.
    fn read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Read>> {
        let mut scratch = self.owner.scratch().borrow_mut();
        let most = self.owner.read_bytes();
        let mut buffer = ReadBuf::new(scratch.get_mut(..most).unwrap_or_default());
        ready!(self.reader.poll_read(cx, &mut buffer))?;
        let (bytes, is_full) = (buffer.filled(), buffer.remaining() == 0);
        if bytes.is_empty() {
            return Poll::Ready(Ok(Read::End));
        }
        self.owner.received(self.id, &self.handle, bytes, is_full);
        Poll::Ready(Ok(if is_full { Read::Some } else { Read::All }))
    }
}

impl<O: Owner> Drop for Connection<O> {
    fn drop(&mut self) {
        self.owner.forget(self.id);
    }
}
