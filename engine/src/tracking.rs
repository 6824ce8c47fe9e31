//! Client-side caching: clients are told when what they have read is no longer so.
//!
//! ```text
//!   default     GET k by client 3  ─►  table: k ─► {3}        what was read is remembered, key by key;
//!               SET k by anybody   ─►  3 hears "k", once      a message ends that
//!   broadcast   prefix "user:" ─► {5}                         nothing is remembered;
//!               SET user:1 …       ─►  5 hears "user:1"       every change under a prefix is told
//! ```
//!
//! Messages are pushed in RESP3. A client of RESP2 names another connection of its own that listens to the channel
//! `__redis__:invalidate`. Under the default mode a message leaves at once; broadcasts of one input are put together.

use alloc::vec::Vec;
use core::mem;

use redstart_structures::{Blob, Dict, Ordered, OrderedSet};

use crate::argv::Args;
use crate::command::{Command, key};
use crate::engine::Server;
use crate::hasher::Hasher;
use crate::keyspace::Change;
use crate::keyspace::change::{self, Class};
use crate::machine::ConnId;
use crate::reply::{Protocol, Reply};
use crate::session::Session;

/// How a client wants to be told.
#[derive(Clone, Debug, Default)]
pub struct Tracking {
    /// Which reads are remembered.
    pub mode: Mode,
    /// It doesn't hear of its own changes.
    pub noloop: bool,
    /// The client that is told in its place.
    pub redirect: Option<Client>,
    /// That client is gone.
    pub is_broken: bool,
    /// In broadcast mode: under which prefixes.
    pub prefixes: Vec<Blob>,
    /// The memory that they take, in bytes.
    pub prefix_bytes: usize,
    /// CLIENT CACHING was just called: the next command is an exception.
    pub caching: bool,
}

impl Tracking {
    /// The memory it takes, in bytes.
    #[must_use]
    pub const fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.prefix_bytes
    }
}

/// Which reads of a client are remembered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// All.
    #[default]
    All,
    /// Those that CLIENT CACHING YES asks for.
    OptIn,
    /// All but those that CLIENT CACHING NO excepts.
    OptOut,
    /// None: it is told of all changes under its prefixes.
    Broadcast,
}

/// A client by its connection and by its number, since connections' names are used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Client {
    /// The connection.
    pub conn: ConnId,
    /// The number that CLIENT ID gives.
    pub id: u64,
}

/// What is known of a client whose command runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Brief {
    id: u64,
    protocol: Protocol,
    listens: bool,
    mode: Option<Mode>,
    noloop: bool,
    redirect: Option<Client>,
}

impl Brief {
    #[inline]
    pub(crate) fn of(session: &Session) -> Self {
        let tracking = session.tracking.as_deref();
        Self {
            id: session.id,
            protocol: session.protocol,
            listens: !session.subscriptions.is_empty(),
            mode: tracking.map(|tracking| tracking.mode),
            noloop: tracking.is_some_and(|tracking| tracking.noloop),
            redirect: tracking.and_then(|tracking| tracking.redirect),
        }
    }
}

/// Who has to be told of what.
#[derive(Debug, Default)]
pub struct TrackingTable {
    read: Dict<ReadKey>,
    /// Clients of all keys that were read.
    items: usize,
    broadcasts: Ordered<Blob, Broadcast>,
    /// Clients that track, in either way.
    clients: OrderedSet<Client>,
    /// Clients that don't any more, but are still there: should they track again, they hear of what they read before.
    resting: OrderedSet<Client>,
}

#[derive(Debug)]
struct ReadKey {
    key: Blob,
    readers: Vec<Client>,
}

#[derive(Debug, Default)]
struct Broadcast {
    listeners: OrderedSet<Client>,
    /// What changed since the last message, and who changed it.
    changed: Ordered<Blob, Option<ConnId>>,
}

impl TrackingTable {
    /// How many clients track.
    #[must_use]
    pub fn clients(&self) -> usize {
        self.clients.len()
    }

    /// Whether nobody has to be told of anything, now or later.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clients.is_empty() && self.resting.is_empty()
    }

    /// How many keys are remembered, how many readers of them, and how many prefixes there are.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        (self.read.len(), self.items, self.broadcasts.len())
    }

    /// A client tracks from now on, and is told of changes under these prefixes.
    pub fn enter(&mut self, client: Client, prefixes: &[Blob]) {
        self.resting.remove(&client);
        self.clients.insert(client);
        for prefix in prefixes {
            self.broadcasts.get_or_default(prefix.clone()).listeners.insert(client);
        }
    }

    /// It doesn't any more. What it has read is forgotten when it changes.
    pub fn leave(&mut self, client: Client, tracking: &Tracking) {
        self.clients.remove(&client);
        self.resting.insert(client);
        for prefix in &tracking.prefixes {
            if let Some(broadcast) = self.broadcasts.get_mut(prefix) {
                broadcast.listeners.remove(&client);
                if broadcast.listeners.is_empty() {
                    self.broadcasts.remove(prefix);
                }
            }
        }
    }

    /// It is gone, and won't track again.
    pub(crate) fn forget(&mut self, client: Client) {
        self.resting.remove(&client);
    }

    /// Remembers what a client read.
    pub(crate) fn remember(&mut self, client: Client, command: &Command, args: Args<'_>, hasher: Hasher) {
        let keys = command.keys.iter().filter(|spec| spec.access & key::NOT_KEY == 0);
        for place in keys.flat_map(|spec| spec.positions(args)) {
            let name = args.at(place);
            let hash = hasher.hash(name);
            let entry = match self.read.find_mut(hash, |entry| *entry.key == *name) {
                Some(entry) => entry,
                None => {
                    let entry = ReadKey { key: Blob::from(name), readers: Vec::new() };
                    self.read.insert(hash, entry, |entry| hasher.hash(&entry.key))
                }
            };
            if !entry.readers.contains(&client) {
                entry.readers.push(client);
                self.items += 1;
            }
        }
    }

    /// Nobody is left who tracks or ever did: what was read is of no use.
    pub(crate) fn forget_reads(&mut self) {
        self.read = Dict::default();
        self.items = 0;
    }

    fn take_readers(&mut self, key: &[u8], hasher: Hasher) -> Vec<Client> {
        let taken =
            self.read.remove(hasher.hash(key), |entry| *entry.key == *key, |entry| hasher.hash(&entry.key));
        let readers = taken.map(|entry| entry.readers).unwrap_or_default();
        self.items -= readers.len();
        readers
    }

    fn note_broadcast(&mut self, key: &Blob, by: Option<ConnId>) {
        let fits = |(prefix, _): &(&Blob, &mut Broadcast)| key.starts_with(prefix);
        for (_, broadcast) in self.broadcasts.iter_mut().filter(fits) {
            broadcast.changed.insert(key.clone(), by);
        }
    }
}

impl Session {
    /// Whether the reads of its next command are remembered.
    #[must_use]
    pub fn remembers_reads(&self) -> bool {
        self.tracking.as_deref().is_some_and(|tracking| match tracking.mode {
            Mode::All => true,
            Mode::OptIn => tracking.caching,
            Mode::OptOut => !tracking.caching,
            Mode::Broadcast => false,
        })
    }

    /// Both of its names.
    #[must_use]
    pub const fn client(&self) -> Client {
        Client { conn: self.conn, id: self.id }
    }
}

impl Server {
    /// Tells those who have read a key that it changed.
    pub(crate) fn invalidate(&mut self, change: &Change, hasher: Hasher) {
        if change.event == change::FLUSH {
            for client in self.tracking.clients.clone().into_keys() {
                self.tell_invalid(client, None);
            }
            self.tracking.forget_reads();
        } else if change.event.class != Class::Database && change.event.class.is_change() {
            let by = self.running();
            for client in self.tracking.take_readers(&change.key, hasher) {
                let brief = self.brief(client);
                let looped = by == Some(client.conn) && brief.is_some_and(|brief| brief.noloop);
                let tracks =
                    brief.is_some_and(|brief| brief.mode.is_some_and(|mode| mode != Mode::Broadcast));
                if tracks && !looped {
                    self.tell_invalid(client, Some(core::slice::from_ref(&change.key)));
                }
            }
            self.tracking.note_broadcast(&change.key, by);
        }
    }

    /// Sends what was put together for broadcasts, and forgets some keys if there are too many.
    #[cold]
    pub(crate) fn broadcast_invalid(&mut self, hasher: Hasher) {
        let mut told = Vec::new();
        for broadcast in self.tracking.broadcasts.values_mut().filter(|it| !it.changed.is_empty()) {
            let changed = mem::take(&mut broadcast.changed);
            told.extend(broadcast.listeners.iter().map(|&listener| (listener, changed.clone())));
        }
        for (client, changed) in told {
            let noloop = self.brief(client).is_some_and(|brief| brief.noloop);
            let heard = changed.into_iter().filter(|(_, by)| !noloop || *by != Some(client.conn));
            let keys: Vec<Blob> = heard.map(|(key, _)| key).collect();
            if !keys.is_empty() {
                self.tell_invalid(client, Some(&keys));
            }
        }
        self.forget_too_many(hasher);
    }

    /// Keeps to `tracking-table-max-keys`: keys picked by chance are told of as if they had changed.
    fn forget_too_many(&mut self, hasher: Hasher) {
        let most = self.config.tracking_table_max_keys;
        for _ in 0..FORGOTTEN_AT_ONCE {
            if most == 0 || self.tracking.read.len() as u64 <= most {
                return;
            }
            let random = self.random.next();
            let Some(key) = self.tracking.read.sample(random).map(|entry| entry.key.clone()) else { return };
            for client in self.tracking.take_readers(&key, hasher) {
                self.tell_invalid(client, Some(core::slice::from_ref(&key)));
            }
        }
    }

    /// Tells a client, or the one that it named, that keys are no longer what they were; `None`: no key is.
    fn tell_invalid(&mut self, client: Client, keys: Option<&[Blob]>) {
        let Some(brief) = self.brief(client) else { return };
        let Some(target) = brief.redirect else {
            if brief.protocol == Protocol::Resp3 {
                self.push_bytes(client.conn, &pushed(keys));
            }
            return;
        };
        match self.brief(target) {
            Some(other) if other.protocol == Protocol::Resp3 => self.push_bytes(target.conn, &pushed(keys)),
            Some(other) if other.listens => self.push_bytes(target.conn, &as_message(keys)),
            Some(_) => {}
            None => self.tell_broken(client, brief, target),
        }
    }

    fn tell_broken(&mut self, client: Client, brief: Brief, target: Client) {
        if let Some(tracking) = self.sessions.get_mut(client.conn).and_then(|it| it.tracking.as_deref_mut()) {
            tracking.is_broken = true;
        }
        if brief.protocol == Protocol::Resp3 {
            let mut bytes = Vec::new();
            let mut reply = Reply::new(&mut bytes, Protocol::Resp3);
            reply.push(2);
            reply.bulk(b"tracking-redir-broken");
            reply.int(target.id as i64);
            self.push_bytes(client.conn, &bytes);
        }
    }

    /// What is known of a client, if it is still there.
    fn brief(&self, client: Client) -> Option<Brief> {
        let brief = match self.sessions.get(client.conn) {
            Some(session) => Brief::of(session),
            None => self.away_brief(client.conn)?,
        };
        (brief.id == client.id).then_some(brief)
    }
}

/// Keys that are forgotten in one go when there are too many.
const FORGOTTEN_AT_ONCE: usize = 100;

fn pushed(keys: Option<&[Blob]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut reply = Reply::new(&mut bytes, Protocol::Resp3);
    reply.push(2);
    reply.bulk(b"invalidate");
    match keys {
        Some(keys) => reply.bulks(keys),
        None => reply.null(),
    };
    bytes
}

fn as_message(keys: Option<&[Blob]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut reply = Reply::new(&mut bytes, Protocol::Resp2);
    reply.push(3);
    reply.bulk(b"message");
    reply.bulk(b"__redis__:invalidate");
    match keys {
        Some(keys) => reply.bulks(keys),
        None => reply.null_array(),
    };
    bytes
}
