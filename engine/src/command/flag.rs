//! What a command may do and when it may run: the flags of its declaration.

/// A set of the flags below.
pub type Flags = u32;

/// May change the keyspace.
pub const WRITE: Flags = 1 << 0;
/// Only reads the keyspace.
pub const READONLY: Flags = 1 << 1;
/// Refused when memory is over `maxmemory`.
pub const DENYOOM: Flags = 1 << 2;
/// For administrators.
pub const ADMIN: Flags = 1 << 3;
/// Works on channels.
pub const PUBSUB: Flags = 1 << 4;
/// Not callable from scripts.
pub const NOSCRIPT: Flags = 1 << 5;
/// May wait for a change.
pub const BLOCKING: Flags = 1 << 6;
/// Runs while the data set is loading.
pub const LOADING: Flags = 1 << 7;
/// Runs on a replica whose link is down.
pub const STALE: Flags = 1 << 8;
/// Not shown to MONITOR.
pub const SKIP_MONITOR: Flags = 1 << 9;
/// Not kept in SLOWLOG.
pub const SKIP_SLOWLOG: Flags = 1 << 10;
/// Runs on a slot being imported without ASKING.
pub const ASKING: Flags = 1 << 11;
/// Constant or logarithmic time, and never slow.
pub const FAST: Flags = 1 << 12;
/// Runs before AUTH.
pub const NO_AUTH: Flags = 1 << 13;
/// May be sent to replicas though it writes nothing. COMMAND INFO has no name for it.
pub const MAY_REPLICATE: Flags = 1 << 14;
/// Refused while a data set is loading beside the one in use.
pub const NO_ASYNC_LOADING: Flags = 1 << 15;
/// Not inside MULTI.
pub const NO_MULTI: Flags = 1 << 16;
/// Its keys can only be found by running its own parser.
pub const MOVABLEKEYS: Flags = 1 << 17;
/// Runs while a script is out of time.
pub const ALLOW_BUSY: Flags = 1 << 18;
/// May be called without a key although it has key arguments.
pub const NO_MANDATORY_KEYS: Flags = 1 << 19;
/// Reading a key through it is not a use of the key: LRU and LFU stay as they are.
pub const NO_TOUCH: Flags = 1 << 20;
/// An operator must have allowed it in the configuration: DEBUG.
pub const PROTECTED: Flags = 1 << 21;
/// Servers and their developers use it, not clients; COMMAND DOCS says so.
pub const SYSTEM: Flags = 1 << 22;
/// Runs at once even while a transaction is being put together: EXEC and its kin.
pub const UNQUEUED: Flags = 1 << 23;
/// Runs for a client that listens to channels, which in RESP2 may do nothing else: SUBSCRIBE and its kin.
pub const LISTENS: Flags = 1 << 24;
/// What it had done is propagated, not the call itself: EXEC, SPOP.
pub const EFFECTS: Flags = 1 << 25;
/// It is propagated even if it found nothing to change: FLUSHALL.
pub const ALWAYS: Flags = 1 << 26;

/// The flags with the names that COMMAND INFO gives them, in its order.
pub const NAMES: &[(Flags, &str)] = &[
    (WRITE, "write"),
    (READONLY, "readonly"),
    (DENYOOM, "denyoom"),
    (ADMIN, "admin"),
    (PUBSUB, "pubsub"),
    (NOSCRIPT, "noscript"),
    (BLOCKING, "blocking"),
    (LOADING, "loading"),
    (STALE, "stale"),
    (SKIP_MONITOR, "skip_monitor"),
    (SKIP_SLOWLOG, "skip_slowlog"),
    (ASKING, "asking"),
    (FAST, "fast"),
    (NO_AUTH, "no_auth"),
    (NO_MANDATORY_KEYS, "no_mandatory_keys"),
    (NO_ASYNC_LOADING, "no_async_loading"),
    (NO_MULTI, "no_multi"),
    (MOVABLEKEYS, "movablekeys"),
    (ALLOW_BUSY, "allow_busy"),
];
