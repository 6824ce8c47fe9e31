//! One client: read what is there, hand it to the engine, write what the engine has for it.
//!
//! A connection is one future, polled when its socket is ready or when the engine has something for it because of
//! somebody else. Per batch of commands that is one read and one write: a read that did not fill the buffer is known
//! to have emptied the socket, so nobody asks again.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use redstart_engine::machine::{ConnId, Input};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::server::Shared;

/// Reads before others get their turn.
const READS_MAX: usize = 16;

/// What the server knows of a connection besides its future.
#[derive(Debug, Default)]
pub(crate) struct Handle {
    waker: RefCell<Option<Waker>>,
    ending: Cell<Ending>,
    /// Its own bytes are being handled right now: it looks for replies afterwards without being told.
    served: Cell<bool>,
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
    /// Has the connection's future polled: there is something for it.
    pub(crate) fn wake(&self) {
        if self.served.get() {
            return;
        }
        if let Some(waker) = &*self.waker.borrow() {
            waker.wake_by_ref();
        }
    }

    /// Ends the connection; the harder word stays.
    pub(crate) fn end(&self, ending: Ending) {
        self.ending.set(self.ending.get().max(ending));
        self.wake();
    }

    fn remember(&self, waker: &Waker) {
        let mut known = self.waker.borrow_mut();
        if !known.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *known = Some(waker.clone());
        }
    }
}

/// The future of one connection; it ends when the connection does.
pub(crate) struct Connection<S> {
    pub(crate) shared: Rc<Shared>,
    pub(crate) handle: Rc<Handle>,
    pub(crate) id: ConnId,
    pub(crate) stream: S,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Future for Connection<S> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.handle.remember(cx.waker());
        match self.serve(cx) {
            Poll::Pending => Poll::Pending,
            // Whether the peer hung up or the engine did, or the socket broke: it is over.
            Poll::Ready(Ok(()) | Err(_)) => Poll::Ready(()),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    fn serve(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        for _ in 0..READS_MAX {
            let written = self.write(cx)?;
            match self.handle.ending.get() {
                Ending::Now => return Poll::Ready(Ok(())),
                Ending::AfterReplies => {
                    ready!(written);
                    return Pin::new(&mut self.stream).poll_shutdown(cx);
                }
                Ending::No => {}
            }
            if ready!(self.read(cx))? == 0 {
                return Poll::Ready(Ok(()));
            }
        }
        // There is more to read, but it is somebody else's turn.
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Writes what waits; ready when nothing does.
    fn write(&mut self, cx: &mut Context<'_>) -> Result<Poll<()>, io::Error> {
        loop {
            let engine = self.shared.engine.borrow();
            let waiting = engine.outgoing(self.id);
            if waiting.is_empty() {
                return Ok(Poll::Ready(()));
            }
            let Poll::Ready(result) = Pin::new(&mut self.stream).poll_write(cx, waiting) else {
                return Ok(Poll::Pending);
            };
            drop(engine);
            let bytes = result?;
            if bytes == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.shared.tell(Input::Sent { conn: self.id, bytes });
        }
    }

    /// Reads once and hands it over; tells how many bytes there were, 0 at the end.
    fn read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut scratch = self.shared.scratch.borrow_mut();
        let mut buffer = ReadBuf::new(&mut scratch);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
        let bytes = buffer.filled();
        if !bytes.is_empty() {
            self.handle.served.set(true);
            self.shared.tell(Input::Received { conn: self.id, bytes });
            self.handle.served.set(false);
        }
        Poll::Ready(Ok(bytes.len()))
    }
}

impl<S> Drop for Connection<S> {
    fn drop(&mut self) {
        self.shared.forget(self.id);
    }
}
