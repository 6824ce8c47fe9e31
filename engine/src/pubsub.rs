//! Channels: who listens to what, and how a message reaches them.
//!
//! ```text
//!   channels   "news"   ─► client 3, client 8        PUBLISH news …
//!   patterns   "new*"   ─► client 5                  … and every pattern that fits
//!   shards     "orders" ─► client 8                  SPUBLISH orders …
//! ```
//!
//! Channels are no keys: they are in no database, and nothing is kept of a message. It goes straight to the outgoing
//! bytes of those who listen. A client that is just running a command can't be reached there; what it gets meanwhile
//! waits in [`Away`] until its command is done.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem;

use redstart_structures::{Blob, Ordered, OrderedSet};

use crate::engine::Server;
use crate::execute::finish;
use crate::glob;
use crate::machine::ConnId;
use crate::reply::{Protocol, Reply};
use crate::session::Session;
use crate::tracking::Brief;

/// What one can listen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A channel.
    Channel,
    /// All channels whose names fit a pattern.
    Pattern,
    /// A channel that belongs to a slot of a cluster.
    Shard,
}

/// Every topic.
pub const TOPICS: [Topic; 3] = [Topic::Channel, Topic::Pattern, Topic::Shard];

impl Topic {
    const fn index(self) -> usize {
        self as usize
    }

    /// What a client is told when it begins to listen.
    #[must_use]
    pub const fn subscribed(self) -> &'static str {
        match self {
            Self::Channel => "subscribe",
            Self::Pattern => "psubscribe",
            Self::Shard => "ssubscribe",
        }
    }

    /// What a client is told when it listens no more.
    #[must_use]
    pub const fn unsubscribed(self) -> &'static str {
        match self {
            Self::Channel => "unsubscribe",
            Self::Pattern => "punsubscribe",
            Self::Shard => "sunsubscribe",
        }
    }
}

/// What one client listens to.
#[derive(Clone, Debug, Default)]
pub struct Subscriptions {
    names: [OrderedSet<Blob>; 3],
    bytes: usize,
}

impl Subscriptions {
    /// The names of a topic.
    #[must_use]
    pub const fn names(&self, topic: Topic) -> &OrderedSet<Blob> {
        &self.names[topic.index()]
    }

    /// How many names of a topic.
    #[must_use]
    pub fn len(&self, topic: Topic) -> usize {
        self.names(topic).len()
    }

    /// Whether it listens to nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.iter().all(OrderedSet::is_empty)
    }

    /// How many names a client is told that it listens to: shards count apart from the others.
    #[must_use]
    pub fn told(&self, topic: Topic) -> usize {
        match topic {
            Topic::Shard => self.len(Topic::Shard),
            _ => self.len(Topic::Channel) + self.len(Topic::Pattern),
        }
    }

    /// The memory that the names take, in bytes.
    #[must_use]
    pub const fn memory_bytes(&self) -> usize {
        self.bytes
    }

    fn insert(&mut self, topic: Topic, name: Blob) -> bool {
        let bytes = name_bytes(&name);
        let is_new = self.names[topic.index()].insert(name);
        self.bytes += if is_new { bytes } else { 0 };
        is_new
    }

    fn remove(&mut self, topic: Topic, name: &Blob) -> bool {
        let was_there = self.names[topic.index()].remove(name);
        self.bytes -= if was_there { name_bytes(name) } else { 0 };
        was_there
    }
}

const fn name_bytes(name: &Blob) -> usize {
    size_of::<Blob>() + name.heap_bytes()
}

/// Who listens to what.
#[derive(Debug, Default)]
pub struct PubSub([Ordered<Blob, OrderedSet<ConnId>>; 3]);

impl PubSub {
    /// A client listens to a name from now on; tells whether it didn't before.
    pub fn subscribe(&mut self, conn: ConnId, mine: &mut Subscriptions, topic: Topic, name: &[u8]) -> bool {
        let name = Blob::from(name);
        let is_new = mine.insert(topic, name.clone());
        if is_new {
            self.0[topic.index()].get_or_default(name).insert(conn);
        }
        is_new
    }

    /// A client listens to a name no more; tells whether it did before.
    pub fn unsubscribe(&mut self, conn: ConnId, mine: &mut Subscriptions, topic: Topic, name: &[u8]) -> bool {
        let name = Blob::from(name);
        let was_there = mine.remove(topic, &name);
        if was_there && let Some(listeners) = self.0[topic.index()].get_mut(&name) {
            listeners.remove(&conn);
            if listeners.is_empty() {
                self.0[topic.index()].remove(&name);
            }
        }
        was_there
    }

    /// A client listens to nothing any more.
    pub fn forget(&mut self, conn: ConnId, mine: &mut Subscriptions) {
        for topic in TOPICS {
            for name in mine.names(topic).clone().into_keys() {
                self.unsubscribe(conn, mine, topic, &name);
            }
        }
    }

    /// Every name of a topic that somebody listens to.
    pub fn names(&self, topic: Topic) -> impl Iterator<Item = &Blob> {
        self.0[topic.index()].keys()
    }

    /// How many names of a topic somebody listens to.
    #[must_use]
    pub fn len(&self, topic: Topic) -> usize {
        self.0[topic.index()].len()
    }

    /// How many clients listen to a name.
    #[must_use]
    pub fn listeners(&self, topic: Topic, name: &[u8]) -> usize {
        self.0[topic.index()].get(&Blob::from(name)).map_or(0, OrderedSet::len)
    }
}

/// A client whose command runs, and the messages that came for it meanwhile.
#[derive(Debug)]
pub struct Away {
    conn: ConnId,
    protocol: Protocol,
    /// What invalidations go by, while anybody tracks.
    brief: Option<Brief>,
    messages: Option<Box<Messages>>,
}

#[derive(Debug, Default)]
struct Messages {
    /// Those that come before its reply: what the command itself made known.
    before: Vec<u8>,
    /// Those that come after it: what others are told of the command, and its consequences.
    after: Vec<u8>,
}

impl Server {
    /// Gives a message to everybody who listens to a channel, or to a shard channel; tells how many that are.
    pub fn publish(&mut self, topic: Topic, channel: &[u8], message: &[u8]) -> usize {
        let word: &[u8] = if topic == Topic::Shard { b"smessage" } else { b"message" };
        let all = &self.pubsub.0[topic.index()];
        let mut sent =
            match all.get(&Blob::from(channel)).map(|listeners| listeners.iter().copied().collect()) {
                Some(listeners) => self.push(listeners, &[word, channel, message]),
                None => 0,
            };
        let patterns = &self.pubsub.0[Topic::Pattern.index()];
        if topic == Topic::Channel && !patterns.is_empty() {
            let fits = |(pattern, _): &(&Blob, _)| glob::matches(pattern, channel, false);
            let fitting = patterns.iter().filter(fits);
            let fitting: Vec<(Blob, Vec<ConnId>)> = fitting
                .map(|(pattern, listeners)| (pattern.clone(), listeners.iter().copied().collect()))
                .collect();
            for (pattern, listeners) in fitting {
                sent += self.push(listeners, &[b"pmessage", &pattern, channel, message]);
            }
        }
        sent
    }

    /// Gives a message of these words to clients, out of turn; tells how many they are.
    pub fn push(&mut self, clients: Vec<ConnId>, words: &[&[u8]]) -> usize {
        let mut message = Vec::new();
        let mut reply = Reply::new(&mut message, Protocol::Resp3);
        reply.push(words.len());
        for word in words {
            reply.bulk(word);
        }
        for &conn in &clients {
            self.push_to(conn, |protocol, out, _| append(protocol, &message, out));
        }
        clients.len()
    }

    /// Gives a client bytes out of turn; if its own command runs, behind the reply.
    pub fn push_bytes(&mut self, conn: ConnId, bytes: &[u8]) {
        self.push_to(conn, |_, before, after| after.unwrap_or(before).extend_from_slice(bytes));
    }

    /// Lets bytes for a client be written: where its replies are, or, if its own command runs, before or after the reply.
    fn push_to(&mut self, conn: ConnId, write: impl FnOnce(Protocol, &mut Vec<u8>, Option<&mut Vec<u8>>)) {
        if let Some(mut session) = self.sessions.remove(conn) {
            write(session.protocol, session.outbox.tail(), None);
            finish(self, session);
        } else if let Some(away) = self.away.iter_mut().rfind(|away| away.conn == conn) {
            let messages = away.messages.get_or_insert_default();
            write(away.protocol, &mut messages.before, Some(&mut messages.after));
        }
    }

    /// A client's command begins to run.
    #[inline]
    pub(crate) fn leave(&mut self, session: &Session) {
        let (conn, protocol) = (session.conn, session.protocol);
        let brief = (!self.tracking.is_empty()).then(|| Brief::of(session));
        self.away.push(Away { conn, protocol, brief, messages: None });
    }

    /// The client whose command runs.
    pub(crate) fn running(&self) -> Option<ConnId> {
        self.away.last().map(|away| away.conn)
    }

    /// What is known of a client whose command runs.
    pub(crate) fn away_brief(&self, conn: ConnId) -> Option<Brief> {
        self.away.iter().rfind(|away| away.conn == conn).and_then(|away| away.brief)
    }

    /// Messages so far come before the reply: the command that they are about has not run yet.
    pub(crate) fn messages_come_first(&mut self) {
        if let Some(messages) = self.away.last_mut().and_then(|away| away.messages.as_mut()) {
            messages.before.append(&mut messages.after);
        }
    }

    /// The messages that come before the reply of the command that runs.
    #[inline]
    pub(crate) fn take_messages(&mut self) -> Option<Vec<u8>> {
        self.away.last_mut()?.messages.as_mut().map(|messages| mem::take(&mut messages.before))
    }

    /// A client's command is done: the messages that came for it meanwhile come after the reply.
    #[inline]
    pub(crate) fn come_back(&mut self, session: &mut Session) {
        if let Some(Away { messages: Some(messages), .. }) = self.away.pop() {
            let tail = session.outbox.tail();
            tail.extend(messages.before);
            tail.extend(messages.after);
        }
    }
}

/// Writes a message, which is in RESP3. To RESP2 it is an array: only the first byte differs.
fn append(protocol: Protocol, message: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(message);
    if protocol == Protocol::Resp2
        && let Some(kind) = out.get_mut(start)
    {
        *kind = b'*';
    }
}
