//! A connection in one line: what CLIENT LIST and CLIENT INFO tell of it.

use alloc::format;
use alloc::string::String;

use redstart_structures::allocated;

use super::{Ending, Outbox, Session, Transaction};
use crate::argv::Span;
use crate::error::Error;
use crate::machine::Transport;
use crate::pubsub::Topic;
use crate::reply::Protocol;
use crate::tracking::{Mode, Tracking};

/// What a connection is for: the TYPE of CLIENT LIST and CLIENT KILL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// It sends commands.
    Normal,
    /// It is the server whose replica we are.
    Primary,
    /// It is a replica of ours.
    Replica,
    /// It listens to channels.
    PubSub,
}

impl ClientKind {
    /// The kind that a word names.
    pub fn parse(word: &[u8]) -> Result<Self, Error> {
        match word.to_ascii_lowercase().as_slice() {
            b"normal" => Ok(Self::Normal),
            b"master" => Ok(Self::Primary),
            b"slave" | b"replica" => Ok(Self::Replica),
            b"pubsub" => Ok(Self::PubSub),
            _ => Err(Error::err(format_args!("Unknown client type '{}'", String::from_utf8_lossy(word)))),
        }
    }
}

impl Session {
    /// What it is for.
    #[must_use]
    pub fn kind(&self) -> ClientKind {
        if self.subscriptions.is_empty() { ClientKind::Normal } else { ClientKind::PubSub }
    }

    /// The memory it takes, in bytes.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        allocated(size_of::<Self>())
            + allocated(self.query.capacity())
            + allocated(self.spans.capacity() * size_of::<Span>())
            + allocated(self.outbox.memory_bytes())
            + allocated(self.peer.remote.capacity())
            + allocated(self.peer.local.capacity())
            + allocated(self.name.capacity())
            + allocated(self.lib_name.capacity())
            + allocated(self.lib_ver.capacity())
            + self.subscriptions.memory_bytes()
            + self.watched_bytes
            + self.tracking.as_deref().map_or(0, Tracking::memory_bytes)
            + self.transaction.as_deref().map_or(0, Transaction::memory_bytes)
    }

    /// The memory that `maxmemory-clients` goes by: with what it has announced to send, which it is going to take.
    #[must_use]
    pub fn claimed_bytes(&self) -> usize {
        self.memory_bytes() + self.decoder.announced().saturating_sub(self.query.capacity())
    }

    /// The memory it takes by now, without counting all of it again: only what waits for it grows while commands run.
    #[inline]
    pub(crate) fn memory_bytes_by_now(&self) -> usize {
        self.counted_bytes.max(self.outbox.memory_bytes())
    }

    /// Counts its memory and remembers how much it was.
    pub(super) fn count(&mut self) -> usize {
        self.counted_bytes = self.memory_bytes();
        let announced = self.decoder.announced().saturating_sub(self.query.capacity());
        self.counted_evictable = if self.is_evictable() { self.counted_bytes + announced } else { 0 };
        self.counted_bytes
    }

    /// Its line, without an end; `argv_bytes` are those of the words of the command it is in, and `watch_is_broken` says
    /// that a key that it watches changed.
    ///
    /// Redis keeps replies in a fixed buffer and, once that is full, in a list of blocks. Here it is one buffer, told of as
    /// the fixed one as long as all fits there, and as the list when it doesn't.
    #[must_use]
    pub fn describe(&self, now_us: u64, argv_bytes: usize, watch_is_broken: bool) -> String {
        let secs_since = |then_us: u64| now_us.saturating_sub(then_us) / 1_000_000;
        let argv_bytes = argv_bytes + self.spans.iter().map(|span| span.end - span.start).sum::<usize>();
        let waiting = self.outbox.len();
        let listed = self.outbox.listed_bytes();
        let blocks = listed.div_ceil(Outbox::FIXED);
        let fixed = self.outbox.memory_bytes().min(Outbox::FIXED);
        let transaction = self.transaction.as_deref();
        let queued = transaction.map_or_else(|| String::from("-1"), |it| format!("{}", it.queue.len()));
        format!(
            "id={id} addr={addr} laddr={laddr} fd={fd} name={name} age={age} idle={idle} flags={flags} db={db} sub={sub} \
             psub={psub} ssub={ssub} multi={queued} qbuf={qbuf} qbuf-free={qbuf_free} argv-mem={argv_bytes} multi-mem={multi_mem} rbs={fixed} \
             rbp={fixed} obl={obl} oll={blocks} omem={listed} tot-mem={tot_mem} events={events} cmd={cmd} user={user} redir={redir} \
             resp={resp} lib-name={lib_name} lib-ver={lib_ver}",
            id = self.id,
            addr = self.peer.remote,
            laddr = self.peer.local,
            fd = self.peer.fd,
            name = String::from_utf8_lossy(&self.name),
            age = secs_since(self.created_us),
            idle = secs_since(self.active_us),
            flags = self.flags(watch_is_broken),
            db = self.db,
            qbuf = (self.query.len() + self.running_bytes).saturating_sub(self.decoder.understood()),
            qbuf_free = self.query.capacity() - self.query.len(),
            redir = self.redirect_id(),
            sub = self.subscriptions.len(Topic::Channel),
            psub = self.subscriptions.len(Topic::Pattern),
            ssub = self.subscriptions.len(Topic::Shard),
            multi_mem = transaction.map_or(0, Transaction::memory_bytes),
            obl = waiting - listed,
            tot_mem = self.claimed_bytes() + argv_bytes,
            events = if waiting > 0 { "rw" } else { "r" },
            cmd = self.last_name(),
            user = self.user,
            resp = if self.protocol == Protocol::Resp3 { 3 } else { 2 },
            lib_name = String::from_utf8_lossy(&self.lib_name),
            lib_ver = String::from_utf8_lossy(&self.lib_ver),
        )
    }

    fn flags(&self, watch_is_broken: bool) -> String {
        let letters = [
            ('O', self.monitors),
            ('P', !self.subscriptions.is_empty()),
            ('x', self.transaction.is_some()),
            ('b', self.waits()),
            ('t', self.tracking.is_some()),
            ('R', self.tracking.as_deref().is_some_and(|tracking| tracking.is_broken)),
            ('B', self.tracking.as_deref().is_some_and(|tracking| tracking.mode == Mode::Broadcast)),
            ('d', watch_is_broken),
            ('c', self.ending == Ending::AfterReplies),
            ('A', self.ending == Ending::Now),
            ('U', self.peer.transport == Transport::Unix),
            ('e', self.no_evict),
            ('T', self.no_touch),
        ];
        let flags: String = letters.into_iter().filter(|&(_, set)| set).map(|(letter, _)| letter).collect();
        if flags.is_empty() { String::from("N") } else { flags }
    }
}
