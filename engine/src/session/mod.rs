//! One connection: who it is, how it speaks, what it has sent and what waits for it.

mod describe;
mod greet;
mod outbox;
mod table;
mod transaction;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

pub use self::describe::ClientKind;
pub use self::outbox::Outbox;
pub use self::table::Sessions;
pub use self::transaction::Transaction;

use crate::argv::Span;
use crate::command::{Command, Flags};
use crate::execute::Parked;
use crate::machine::{ConnId, Now, Peer, Transport};
use crate::pubsub::Subscriptions;
use crate::reply::Protocol;
use crate::resp::decode::Decoder;
use crate::scripting::DebugMode;
use crate::tracking::Tracking;

/// The state of one connection.
#[derive(Debug)]
pub struct Session {
    /// The number that CLIENT ID gives; never used twice.
    pub id: u64,
    /// The front's name for it.
    pub conn: ConnId,
    /// Where it came from.
    pub peer: Peer,
    /// The database that its commands work on.
    pub db: usize,
    /// How it wants its replies.
    pub protocol: Protocol,
    /// Whether it may do more than say who it is.
    pub authenticated: bool,
    /// The user it is.
    pub user: &'static str,
    /// What it calls itself.
    pub name: Vec<u8>,
    /// What its library calls itself.
    pub lib_name: Vec<u8>,
    /// And the library's version.
    pub lib_ver: Vec<u8>,
    /// Which replies it wants.
    pub replies: Replies,
    /// Its memory is safe from `maxmemory-clients`.
    pub no_evict: bool,
    /// Its reads don't count as uses.
    pub no_touch: bool,
    /// What it says was decided before, or elsewhere, and is done without asking: a file that is loaded.
    pub is_obeyed: bool,
    /// Whether it is to be closed, and how soon.
    pub ending: Ending,
    /// When it came, on the monotonic clock in microseconds.
    pub created_us: u64,
    /// When it last sent something.
    pub active_us: u64,
    /// The last command it ran.
    pub last: Option<&'static Command>,
    /// What it listens to.
    pub subscriptions: Subscriptions,
    /// How it is told of changes to what it has read, if it is.
    pub tracking: Option<Box<Tracking>>,
    /// The transaction that it is putting together, if it is.
    pub transaction: Option<Box<Transaction>>,
    /// The command that it waits in, if it does.
    pub parked: Option<Box<Parked>>,
    /// Its next EVAL opens a session of the debugger.
    pub debugs: Option<DebugMode>,
    /// Its next request may not run yet: CLIENT PAUSE.
    pub is_held: bool,
    /// The end of its writes in the feed of the append-only file.
    pub(crate) written: u64,
    /// Whether it looks on at what others do: MONITOR.
    pub monitors: bool,
    /// Bytes of requests that are not all there yet, or whose turn has not come.
    pub query: Vec<u8>,
    /// How many bytes of requests are being run.
    pub running_bytes: usize,
    /// How far the first of them is understood.
    pub decoder: Decoder,
    /// Where its words lie, as far as they are known.
    pub spans: Vec<Span>,
    /// Since when too much waits for it, if it does.
    pub over_soft_since_us: Option<u64>,
    /// Replies that the front has not taken yet.
    pub outbox: Outbox,
    /// The memory that it takes to know which keys it watches, in bytes.
    pub watched_bytes: usize,
    /// Its memory when it was last counted: before the batch, while its commands run.
    pub(crate) counted_bytes: usize,
    /// What it took or was going to then, if it might have had to go because of that.
    pub(crate) counted_evictable: usize,
}

/// Which replies a client wants: CLIENT REPLY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replies {
    /// All.
    On,
    /// None.
    Off,
    /// Not the one to this command, nor the one to the next.
    SkipNext,
    /// Not the one to this command.
    Skip,
}

/// Whether a connection is to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It goes on.
    No,
    /// Once its replies are gone.
    AfterReplies,
    /// At once.
    Now,
}

impl Session {
    /// A connection that was just accepted.
    #[must_use]
    pub fn new(id: u64, conn: ConnId, peer: Peer, now: Now) -> Self {
        Self {
            id,
            conn,
            peer,
            db: 0,
            protocol: Protocol::Resp2,
            authenticated: false,
            user: "default",
            name: Vec::new(),
            lib_name: Vec::new(),
            lib_ver: Vec::new(),
            replies: Replies::On,
            no_evict: false,
            no_touch: false,
            is_obeyed: false,
            ending: Ending::No,
            created_us: now.mono_us,
            active_us: now.mono_us,
            last: None,
            subscriptions: Subscriptions::default(),
            tracking: None,
            transaction: None,
            parked: None,
            debugs: None,
            is_held: false,
            written: 0,
            monitors: false,
            query: Vec::new(),
            running_bytes: 0,
            decoder: Decoder::default(),
            spans: Vec::new(),
            over_soft_since_us: None,
            outbox: Outbox::default(),
            watched_bytes: 0,
            counted_bytes: 0,
            counted_evictable: 0,
        }
    }

    /// Becomes as if it were new: RESET. Whether it has to say again who it is, is not decided here.
    pub fn reset(&mut self) {
        self.db = 0;
        self.protocol = Protocol::Resp2;
        self.user = "default";
        self.name = Vec::new();
        // A reply that was to be skipped is that of RESET.
        if self.replies != Replies::Skip {
            self.replies = Replies::On;
        }
        self.no_touch = false;
        self.debugs = None;
        self.transaction = None;
        self.watched_bytes = 0;
        self.monitors = false;
    }

    /// Adds bytes to a request that is not all there. What it says that it is going to be is believed only as far as half
    /// of it has come: nobody gets memory for an announcement.
    pub(crate) fn keep(&mut self, bytes: &[u8]) {
        let len = self.query.len() + bytes.len();
        let announced = self.decoder.announced();
        if (len..=len.saturating_mul(2)).contains(&announced) {
            self.query.reserve_exact(announced - self.query.len());
        }
        self.query.extend_from_slice(bytes);
    }

    /// Forgets what waits for it, and what it sent: it ends now.
    pub(crate) fn give_up(&mut self) {
        self.outbox = Outbox::default();
        self.query = Vec::new();
        self.spans = Vec::new();
        self.decoder = Decoder::default();
    }

    /// Gives up memory that it keeps for what may come.
    pub fn shrink(&mut self) {
        self.query.shrink_to_fit();
        self.spans.shrink_to_fit();
        self.outbox.tail().shrink_to_fit();
    }

    /// Whether it may have to go when clients take more memory than `maxmemory-clients`.
    #[must_use]
    pub fn is_evictable(&self) -> bool {
        let is_ordinary = matches!(self.kind(), ClientKind::Normal | ClientKind::PubSub);
        is_ordinary && !self.no_evict && self.ending != Ending::Now
    }

    /// Whether it comes from this machine: what directives with the value `local` ask.
    #[must_use]
    pub const fn is_local(&self) -> bool {
        !matches!(self.peer.transport, Transport::Tcp { loopback: false })
    }

    /// Whether it listens, and may do nothing else: in RESP2 a message can't be told from a reply.
    #[must_use]
    pub fn only_listens(&self) -> bool {
        self.protocol == Protocol::Resp2 && !self.subscriptions.is_empty()
    }

    /// The flags of a command that it calls: of EXEC, those of what was queued as well.
    #[must_use]
    pub fn flags_of(&self, command: &Command) -> Flags {
        command.flags | self.queued_flags(command)
    }

    /// The flags of what was queued, if the command is EXEC.
    #[must_use]
    pub fn queued_flags(&self, command: &Command) -> Flags {
        let queued = self.transaction.as_deref().filter(|_| command.name == "exec");
        queued.map_or(0, |transaction| transaction.flags)
    }

    /// Whether what it sends has to wait: a command of its own does, or it is held.
    #[inline]
    #[must_use]
    pub const fn waits(&self) -> bool {
        self.parked.is_some() || self.is_held
    }

    /// The client that is told of changes in its place: 0 if it is told itself, -1 if it isn't told.
    #[must_use]
    pub fn redirect_id(&self) -> i64 {
        let redirect = |tracking: &Tracking| tracking.redirect.map_or(0, |client| client.id as i64);
        self.tracking.as_deref().map_or(-1, redirect)
    }

    /// The full name of the last command it ran, as CLIENT LIST shows it.
    #[must_use]
    pub fn last_name(&self) -> String {
        self.last.map_or_else(|| String::from("NULL"), |command| String::from(command.name))
    }
}
