//! The border of the engine: everything that goes in, everything that comes out.
//!
//! A front owns sockets, files, clocks and pages. It calls [`Engine::handle`](crate::Engine::handle) with one
//! [`Input`] and the time, and finds in its own list what the engine wants done about it. The engine never waits,
//! never calls back, and asks for its next turn through [`Engine::deadline`](crate::Engine::deadline).
//!
//! Bytes for a client are not copied into an [`Output`]: they wait in the engine
//! ([`Engine::outgoing`](crate::Engine::outgoing)) until the front says with [`Input::Sent`] how many it took.

use alloc::string::String;
use alloc::vec::Vec;

use crate::persistence::store::{StoreOp, StoreResult, Ticket};

/// The time of one call, from the front's two clocks.
///
/// Wall time decides when keys expire and what TIME says; monotonic time measures how long something took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Microseconds since the Unix epoch.
    pub unix_us: u64,
    /// Microseconds since any fixed point; never goes back.
    pub mono_us: u64,
}

impl Now {
    /// Milliseconds since the Unix epoch: the unit of every expiry.
    #[must_use]
    pub const fn unix_ms(self) -> i64 {
        (self.unix_us / 1000) as i64
    }
}

/// A connection, named by the front: a small number that may be used again once `Closed` was said for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnId(pub u32);

/// How a client reached us, which decides protected mode and what CLIENT LIST shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A TCP connection; `loopback` when the peer is this machine.
    Tcp {
        /// Whether the peer's address is a loopback address.
        loopback: bool,
    },
    /// A unix socket.
    Unix,
    /// A caller in the same process: a page, a test, a simulated node.
    InProcess,
}

/// What the front knows of a client when it accepts it.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The way in.
    pub transport: Transport,
    /// `ip:port` of the other side, or `path:0` for a unix socket.
    pub remote: String,
    /// `ip:port` of our side.
    pub local: String,
    /// The descriptor number, or a number that stands for it.
    pub fd: i32,
}

impl Peer {
    /// A caller in the same process.
    #[must_use]
    pub fn in_process(fd: i32) -> Self {
        Self {
            transport: Transport::InProcess,
            remote: alloc::format!("127.0.0.1:{}", 50_000 + fd),
            local: String::from("127.0.0.1:6379"),
            fd,
        }
    }
}

/// A request from outside to end or to reload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Control-C at the terminal.
    Interrupt,
    /// A polite request to end.
    Terminate,
}

/// What the front can't carry out of a change of directives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The directive.
    pub directive: &'static str,
    /// Why not, as clients are told.
    pub reason: String,
}

/// What a front tells the engine.
#[derive(Debug)]
pub enum Input<'a> {
    /// What is on disk is to be loaded. Until that is done clients are told to wait.
    Start,
    /// A client connected.
    Accepted {
        /// The name it will have.
        conn: ConnId,
        /// Where it came from.
        peer: Peer,
    },
    /// Bytes from a client: any part of any number of requests.
    Received {
        /// Whose bytes.
        conn: ConnId,
        /// The bytes; the engine keeps what it can't use yet.
        bytes: &'a [u8],
    },
    /// A request from inside the process, already split into arguments; its reply is RESP in the outgoing bytes.
    Request {
        /// On whose behalf.
        conn: ConnId,
        /// Command and arguments.
        argv: &'a [&'a [u8]],
    },
    /// The front took this many of the outgoing bytes.
    Sent {
        /// Whose bytes.
        conn: ConnId,
        /// How many, from the front of [`Engine::outgoing`](crate::Engine::outgoing).
        bytes: usize,
    },
    /// The connection is gone, whoever ended it.
    Closed {
        /// Which one.
        conn: ConnId,
    },
    /// The deadline came, or any time the front likes.
    Tick,
    /// Somebody outside asks the whole server for something.
    Signal(Signal),
    /// The front carried out what an [`Output::CarryOut`] asked for, or left all as it was; in the order in which it was
    /// asked.
    CarriedOut(Result<(), Refusal>),
    /// The disk did what an [`Output::Store`] asked for, or couldn't.
    Stored {
        /// The ticket that it was asked with.
        ticket: Ticket,
        /// What came of it.
        result: StoreResult,
    },
}

/// What the engine wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// There are new outgoing bytes for this connection.
    Send(ConnId),
    /// End this connection once its outgoing bytes are gone; then say `Closed`.
    Close(ConnId),
    /// End this connection now; then say `Closed`.
    Abort(ConnId),
    /// The [deadline](crate::Engine::deadline) may have come nearer.
    Sooner,
    /// A line for the log.
    Log(LogLevel, String),
    /// A directive changed that the front may follow, such as `loglevel`.
    Reconfigured(&'static str),
    /// These directives changed, which only the front can carry out, such as `port`: all of them, or none if one can't
    /// be; then say [`Input::CarriedOut`].
    CarryOut(Vec<&'static str>),
    /// Hold every client up for this long: DEBUG SLEEP.
    Sleep {
        /// Microseconds.
        us: u64,
    },
    /// Have the disk do this; then say [`Input::Stored`].
    Store {
        /// The ticket to say it with.
        ticket: Ticket,
        /// What to do.
        op: StoreOp,
    },
    /// The server ends.
    Exit {
        /// Whether something went wrong.
        failed: bool,
    },
}

/// The weight of a log line, as in `loglevel`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// `.`
    Debug,
    /// `-`
    Verbose,
    /// `*`
    Notice,
    /// `#`
    Warning,
}

/// When the engine wants its next turn, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// On the monotonic clock, in microseconds.
    pub mono_us: u64,
    /// For people who read traces.
    pub why: Why,
}

/// The reason of a [`Deadline`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Keys are due to expire.
    Expiry,
    /// A client has waited long enough.
    Waiting,
    /// A script is not done.
    Script,
    /// Keys are to be evicted.
    Eviction,
    /// Saving or loading goes on.
    Disk,
    /// What is gone and large is to be freed.
    Freeing,
    /// The regular round: statistics, idle clients.
    Round,
}
