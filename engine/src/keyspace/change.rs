//! What a command did: the list that everything else follows from.
//!
//! The door notes one [`Change`] for each thing that happened to a key, and `execute::settle` reads the list once
//! the command is done. Handlers never see it, so none can forget a consequence.
//!
//! The list is in the order in which listeners hear of things, and longer than the number of changes that INFO counts
//! since the last save: a rename is one change and two events, an expiry is an event only.

use alloc::vec::Vec;

use redstart_structures::Blob;

use crate::config::events;

/// One thing that happened to one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The database it lies in.
    pub db: usize,
    /// The key; empty when the whole database changed.
    pub key: Blob,
    /// What happened.
    pub event: Event,
    /// The fields of a hash whose time came, if that is what happened.
    pub fields: Vec<Blob>,
}

impl Change {
    /// Something that happened to a key as a whole.
    pub(super) fn new(db: usize, key: &[u8], event: Event) -> Self {
        Self { db, key: Blob::from(key), event, fields: Vec::new() }
    }
}

/// A kind of change, named as keyspace notifications name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The name of the event.
    pub name: &'static str,
    /// The class that `notify-keyspace-events` selects it by.
    pub class: Class,
}

/// The classes of keyspace notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `g`: whatever the type.
    Generic,
    /// `$`: strings.
    String,
    /// `l`: lists.
    List,
    /// `s`: sets.
    Set,
    /// `z`: sorted sets.
    SortedSet,
    /// `h`: hashes.
    Hash,
    /// `t`: the entries of streams.
    Stream,
    /// `t` as well: what is known about a stream besides its entries, its groups above all. For WATCH it stays the same.
    AboutStream,
    /// Not a notification: what consumers of a stream have. Nobody is told of it.
    Pending,
    /// `x`: a key's time came.
    Expired,
    /// `e`: a key was evicted.
    Evicted,
    /// `n`: a key that was not there is there now. Told before the change that made it.
    New,
    /// `m`: somebody read a key that is not there. Nothing changed.
    KeyMiss,
    /// Not a notification: the database was emptied or exchanged.
    Database,
    /// Not a notification: the same value is kept in another form.
    Form,
}

impl Class {
    /// Whether the value is different now: what WATCH and tracking ask. The other classes are for listeners.
    #[must_use]
    pub const fn is_change(self) -> bool {
        !matches!(self, Self::New | Self::KeyMiss | Self::AboutStream | Self::Pending)
    }

    /// What selects it in `notify-keyspace-events`; nothing does if nobody is told.
    #[must_use]
    pub const fn bit(self) -> u32 {
        match self {
            Self::Generic => events::GENERIC,
            Self::String => events::STRING,
            Self::List => events::LIST,
            Self::Set => events::SET,
            Self::SortedSet => events::ZSET,
            Self::Hash => events::HASH,
            Self::Stream | Self::AboutStream => events::STREAM,
            Self::Expired => events::EXPIRED,
            Self::Evicted => events::EVICTED,
            Self::New => events::NEW,
            Self::KeyMiss => events::KEY_MISS,
            Self::Pending | Self::Database | Self::Form => 0,
        }
    }
}

impl Event {
    const fn new(name: &'static str, class: Class) -> Self {
        Self { name, class }
    }
}

/// A string was set.
pub const SET: Event = Event::new("set", Class::String);
/// Bytes were added to a string's end.
pub const APPEND: Event = Event::new("append", Class::String);
/// Bytes were written into a string.
pub const SETRANGE: Event = Event::new("setrange", Class::String);
/// Bits of a string were set or cleared.
pub const SETBIT: Event = Event::new("setbit", Class::String);
/// A HyperLogLog has seen something new.
pub const PFADD: Event = Event::new("pfadd", Class::String);
/// A number was added to.
pub const INCRBY: Event = Event::new("incrby", Class::String);
/// A number was taken from.
pub const DECRBY: Event = Event::new("decrby", Class::String);
/// A float was added to.
pub const INCRBYFLOAT: Event = Event::new("incrbyfloat", Class::String);
/// Elements were added at a list's left end.
pub const LPUSH: Event = Event::new("lpush", Class::List);
/// Elements were added at a list's right end.
pub const RPUSH: Event = Event::new("rpush", Class::List);
/// Elements were taken from a list's left end.
pub const LPOP: Event = Event::new("lpop", Class::List);
/// Elements were taken from a list's right end.
pub const RPOP: Event = Event::new("rpop", Class::List);
/// What SORT made was stored as a list.
pub const SORT_STORE: Event = Event::new("sortstore", Class::List);
/// An element of a list was replaced.
pub const LSET: Event = Event::new("lset", Class::List);
/// An element was put into a list.
pub const LINSERT: Event = Event::new("linsert", Class::List);
/// Elements of a list that are alike were removed.
pub const LREM: Event = Event::new("lrem", Class::List);
/// A list was cut.
pub const LTRIM: Event = Event::new("ltrim", Class::List);
/// Members were added to a set.
pub const SADD: Event = Event::new("sadd", Class::Set);
/// Members were taken from a set.
pub const SREM: Event = Event::new("srem", Class::Set);
/// Members picked by chance were taken from a set.
pub const SPOP: Event = Event::new("spop", Class::Set);
/// What sets have in common was stored.
pub const SINTERSTORE: Event = Event::new("sinterstore", Class::Set);
/// What is in any of some sets was stored.
pub const SUNIONSTORE: Event = Event::new("sunionstore", Class::Set);
/// What is in one set and not in others was stored.
pub const SDIFFSTORE: Event = Event::new("sdiffstore", Class::Set);
/// Members of a sorted set were added or got other scores.
pub const ZADD: Event = Event::new("zadd", Class::SortedSet);
/// A score was added to.
pub const ZINCR: Event = Event::new("zincr", Class::SortedSet);
/// Members were taken from a sorted set.
pub const ZREM: Event = Event::new("zrem", Class::SortedSet);
/// A range of ranks was taken from a sorted set.
pub const ZREMRANGEBYRANK: Event = Event::new("zremrangebyrank", Class::SortedSet);
/// A range of scores was taken from a sorted set.
pub const ZREMRANGEBYSCORE: Event = Event::new("zremrangebyscore", Class::SortedSet);
/// A range of members was taken from a sorted set.
pub const ZREMRANGEBYLEX: Event = Event::new("zremrangebylex", Class::SortedSet);
/// The lowest elements were taken from a sorted set.
pub const ZPOPMIN: Event = Event::new("zpopmin", Class::SortedSet);
/// The highest elements were taken from a sorted set.
pub const ZPOPMAX: Event = Event::new("zpopmax", Class::SortedSet);
/// A range of a sorted set was stored.
pub const ZRANGESTORE: Event = Event::new("zrangestore", Class::SortedSet);
/// What is in any of some sorted sets was stored.
pub const ZUNIONSTORE: Event = Event::new("zunionstore", Class::SortedSet);
/// What sorted sets have in common was stored.
pub const ZINTERSTORE: Event = Event::new("zinterstore", Class::SortedSet);
/// What is in one sorted set and not in others was stored.
pub const ZDIFFSTORE: Event = Event::new("zdiffstore", Class::SortedSet);
/// Fields of a hash got values.
pub const HSET: Event = Event::new("hset", Class::Hash);
/// Fields were taken from a hash.
pub const HDEL: Event = Event::new("hdel", Class::Hash);
/// A number in a hash was added to.
pub const HINCRBY: Event = Event::new("hincrby", Class::Hash);
/// A float in a hash was added to.
pub const HINCRBYFLOAT: Event = Event::new("hincrbyfloat", Class::Hash);
/// Fields of a hash got a time to live.
pub const HEXPIRE: Event = Event::new("hexpire", Class::Hash);
/// Fields of a hash lost their time to live.
pub const HPERSIST: Event = Event::new("hpersist", Class::Hash);
/// The time of fields of a hash came.
pub const HEXPIRED: Event = Event::new("hexpired", Class::Hash);
/// What is in a part of the map was stored, by GEOSEARCHSTORE.
pub const GEOSEARCHSTORE: Event = Event::new("geosearchstore", Class::SortedSet);
/// What is in a part of the map was stored, by GEORADIUS or GEORADIUSBYMEMBER.
pub const GEORADIUSSTORE: Event = Event::new("georadiusstore", Class::SortedSet);
/// An entry was added to a stream.
pub const XADD: Event = Event::new("xadd", Class::Stream);
/// Entries were deleted from a stream.
pub const XDEL: Event = Event::new("xdel", Class::Stream);
/// Entries were removed from the front of a stream.
pub const XTRIM: Event = Event::new("xtrim", Class::Stream);
/// The last id of a stream was set.
pub const XSETID: Event = Event::new("xsetid", Class::AboutStream);
/// A stream got a group.
pub const XGROUP_CREATE: Event = Event::new("xgroup-create", Class::AboutStream);
/// A stream came to be with its first group.
pub const XGROUP_CREATE_STREAM: Event = Event::new("xgroup-create", Class::Stream);
/// It was set how far a group has read.
pub const XGROUP_SETID: Event = Event::new("xgroup-setid", Class::AboutStream);
/// A stream lost a group.
pub const XGROUP_DESTROY: Event = Event::new("xgroup-destroy", Class::AboutStream);
/// A group got a consumer.
pub const XGROUP_CREATECONSUMER: Event = Event::new("xgroup-createconsumer", Class::AboutStream);
/// A group lost a consumer.
pub const XGROUP_DELCONSUMER: Event = Event::new("xgroup-delconsumer", Class::AboutStream);
/// Entries were delivered to a consumer.
pub const XREADGROUP: Event = Event::new("xreadgroup", Class::Pending);
/// Entries were acknowledged.
pub const XACK: Event = Event::new("xack", Class::Pending);
/// Entries went from one consumer to another.
pub const XCLAIM: Event = Event::new("xclaim", Class::Pending);
/// A key was removed.
pub const DEL: Event = Event::new("del", Class::Generic);
/// A key got a time to live.
pub const EXPIRE: Event = Event::new("expire", Class::Generic);
/// A key lost its time to live.
pub const PERSIST: Event = Event::new("persist", Class::Generic);
/// A key's time came.
pub const EXPIRED: Event = Event::new("expired", Class::Expired);
/// A key went to make room.
pub const EVICTED: Event = Event::new("evicted", Class::Evicted);
/// A key got another name.
pub const RENAME_FROM: Event = Event::new("rename_from", Class::Generic);
/// A key came from another name.
pub const RENAME_TO: Event = Event::new("rename_to", Class::Generic);
/// A key left for another database.
pub const MOVE_FROM: Event = Event::new("move_from", Class::Generic);
/// A key came from another database.
pub const MOVE_TO: Event = Event::new("move_to", Class::Generic);
/// A key was copied to.
pub const COPY_TO: Event = Event::new("copy_to", Class::Generic);
/// A key came from a payload of DUMP.
pub const RESTORE: Event = Event::new("restore", Class::Generic);
/// A key is there that was not.
pub const NEW: Event = Event::new("new", Class::New);
/// A key that was asked for is not there.
pub const KEY_MISS: Event = Event::new("keymiss", Class::KeyMiss);
/// A HyperLogLog keeps its estimate, or its registers in another way.
pub const HYPERLOGLOG: Event = Event::new("hyperloglog", Class::Form);
/// A database was emptied.
pub const FLUSH: Event = Event::new("flush", Class::Database);
/// A database was exchanged with another.
pub const SWAP: Event = Event::new("swap", Class::Database);
