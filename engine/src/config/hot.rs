//! The values the engine reads while it serves commands, as plain fields.
//!
//! A [`Config`](super::Config) dereferences to this, so `config.maxclients` is a field read.
//! It is a copy, taken anew whenever a directive changes; there is no way to
//! write it but through the directives.

use alloc::vec::Vec;

use super::value::{OutputLimit, Value};
use super::values::Values;

/// The typed copy of the directives that are read often.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each field is the directive of its name; redis.conf says what it does")]
pub struct Hot {
    pub databases: u64,
    pub maxclients: u64,
    pub timeout_secs: u64,
    pub tcp_keepalive_secs: u64,
    pub hz: u64,
    pub dynamic_hz: bool,
    pub requirepass: Vec<u8>,
    pub protected_mode: bool,
    pub enable_debug_command: ProtectedAction,
    pub acl_pubsub_default_all: bool,
    pub acllog_max_len: u64,
    pub proto_max_bulk_len: u64,
    pub client_query_buffer_limit: u64,
    pub client_output_buffer_limits: OutputLimits,
    pub maxmemory_clients: MemoryLimit,
    pub loglevel: LogLevel,

    pub maxmemory: u64,
    pub maxmemory_policy: MaxmemoryPolicy,
    pub maxmemory_samples: u64,
    pub maxmemory_eviction_tenacity: u64,
    pub lfu_log_factor: u64,
    pub lfu_decay_time: u64,
    pub active_expire_effort: u64,
    pub activerehashing: bool,
    pub lazyfree_lazy_eviction: bool,
    pub lazyfree_lazy_expire: bool,
    pub lazyfree_lazy_user_del: bool,
    pub lazyfree_lazy_user_flush: bool,

    pub hash_max_listpack_entries: u64,
    pub hash_max_listpack_value: u64,
    pub list_max_listpack_size: i64,
    pub list_compress_depth: u64,
    pub set_max_intset_entries: u64,
    pub zset_max_listpack_entries: u64,
    pub zset_max_listpack_value: u64,
    pub hll_sparse_max_bytes: u64,
    pub stream_node_max_bytes: u64,
    pub stream_node_max_entries: u64,

    /// Bits of [`events`](super::events).
    pub notify_keyspace_events: u32,
    pub tracking_table_max_keys: u64,
    /// Negative: SLOWLOG is off.
    pub slowlog_log_slower_than_us: i64,
    pub slowlog_max_len: u64,
    pub latency_monitor_threshold_ms: u64,
    pub latency_tracking: bool,
    pub busy_reply_threshold_ms: u64,
    /// The memory that the machine for scripts may take, in bytes.
    pub script_memory_limit: usize,

    pub aof_timestamp_enabled: bool,
    pub appendonly: bool,
    pub appendfsync: Appendfsync,
    pub rdbcompression: bool,
    pub stop_writes_on_bgsave_error: bool,
    pub min_replicas_to_write: u64,
    pub min_replicas_max_lag_secs: u64,
    pub replica_read_only: bool,
    pub replica_serve_stale_data: bool,
    pub replica_ignore_maxmemory: bool,
    pub cluster_enabled: bool,
}

/// The limits of `client-output-buffer-limit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputLimits {
    /// For ordinary clients.
    pub normal: OutputLimit,
    /// For replicas.
    pub replica: OutputLimit,
    /// For clients that subscribe.
    pub pubsub: OutputLimit,
}

/// `maxmemory-clients`: bytes, or a share of `maxmemory`. Zero is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoryLimit {
    /// So many bytes.
    Bytes(u64),
    /// So many hundredths of `maxmemory`.
    Percent(u64),
}

/// `maxmemory-policy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words are Redis's")]
pub enum MaxmemoryPolicy {
    VolatileLru,
    VolatileLfu,
    VolatileRandom,
    VolatileTtl,
    AllkeysLru,
    AllkeysLfu,
    AllkeysRandom,
    Noeviction,
}

impl MaxmemoryPolicy {
    /// Whether it goes by how often keys are used, and not by how long ago.
    #[must_use]
    pub const fn is_lfu(self) -> bool {
        matches!(self, Self::VolatileLfu | Self::AllkeysLfu)
    }

    /// Whether it goes by how keys are used at all.
    #[must_use]
    pub const fn needs_usage(self) -> bool {
        self.is_lfu() || matches!(self, Self::VolatileLru | Self::AllkeysLru)
    }

    /// Whether only keys with a time to live may go.
    #[must_use]
    pub const fn is_volatile(self) -> bool {
        matches!(self, Self::VolatileLru | Self::VolatileLfu | Self::VolatileRandom | Self::VolatileTtl)
    }
}

/// `appendfsync`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words are Redis's")]
pub enum Appendfsync {
    Everysec,
    Always,
    No,
}

/// `loglevel`: the least important line that is still written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the words are Redis's")]
pub enum LogLevel {
    Debug,
    Verbose,
    Notice,
    Warning,
}

/// `enable-debug-command` and its like: who may do a dangerous thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtectedAction {
    /// Nobody.
    No,
    /// Everybody.
    Yes,
    /// Those who connect from this machine.
    Local,
}

impl ProtectedAction {
    /// Whether a client may; `local` says that it is on this machine.
    pub fn allows(self, local: bool) -> bool {
        self == Self::Yes || self == Self::Local && local
    }

    pub(super) fn read(values: &Values, name: &str) -> Self {
        match values.number_of_word(name) {
            1 => Self::Yes,
            2 => Self::Local,
            _ => Self::No,
        }
    }
}

impl Hot {
    pub(super) fn read(values: &Values) -> Self {
        let count = |name: &str| u64::try_from(values.number(name)).unwrap_or(0);
        Self {
            databases: count("databases"),
            maxclients: count("maxclients"),
            timeout_secs: count("timeout"),
            tcp_keepalive_secs: count("tcp-keepalive"),
            hz: count("hz"),
            dynamic_hz: values.flag("dynamic-hz"),
            requirepass: values.text("requirepass").to_vec(),
            protected_mode: values.flag("protected-mode"),
            enable_debug_command: ProtectedAction::read(values, "enable-debug-command"),
            acl_pubsub_default_all: values.number_of_word("acl-pubsub-default") == 1,
            acllog_max_len: count("acllog-max-len"),
            proto_max_bulk_len: values.memory("proto-max-bulk-len"),
            client_query_buffer_limit: values.memory("client-query-buffer-limit"),
            client_output_buffer_limits: output_limits(values),
            maxmemory_clients: memory_limit(values),
            loglevel: loglevel(values),
            maxmemory: values.memory("maxmemory"),
            maxmemory_policy: maxmemory_policy(values),
            maxmemory_samples: count("maxmemory-samples"),
            maxmemory_eviction_tenacity: count("maxmemory-eviction-tenacity"),
            lfu_log_factor: count("lfu-log-factor"),
            lfu_decay_time: count("lfu-decay-time"),
            active_expire_effort: count("active-expire-effort"),
            activerehashing: values.flag("activerehashing"),
            lazyfree_lazy_eviction: values.flag("lazyfree-lazy-eviction"),
            lazyfree_lazy_expire: values.flag("lazyfree-lazy-expire"),
            lazyfree_lazy_user_del: values.flag("lazyfree-lazy-user-del"),
            lazyfree_lazy_user_flush: values.flag("lazyfree-lazy-user-flush"),
            hash_max_listpack_entries: count("hash-max-listpack-entries"),
            hash_max_listpack_value: values.memory("hash-max-listpack-value"),
            list_max_listpack_size: values.number("list-max-listpack-size"),
            list_compress_depth: count("list-compress-depth"),
            set_max_intset_entries: count("set-max-intset-entries"),
            zset_max_listpack_entries: count("zset-max-listpack-entries"),
            zset_max_listpack_value: values.memory("zset-max-listpack-value"),
            hll_sparse_max_bytes: values.memory("hll-sparse-max-bytes"),
            stream_node_max_bytes: values.memory("stream-node-max-bytes"),
            stream_node_max_entries: count("stream-node-max-entries"),
            notify_keyspace_events: keyspace_events(values),
            tracking_table_max_keys: count("tracking-table-max-keys"),
            slowlog_log_slower_than_us: values.number("slowlog-log-slower-than"),
            slowlog_max_len: count("slowlog-max-len"),
            latency_monitor_threshold_ms: count("latency-monitor-threshold"),
            latency_tracking: values.flag("latency-tracking"),
            busy_reply_threshold_ms: count("busy-reply-threshold"),
            script_memory_limit: usize::try_from(values.memory("script-memory-limit")).unwrap_or(usize::MAX),
            aof_timestamp_enabled: values.flag("aof-timestamp-enabled"),
            appendonly: values.flag("appendonly"),
            appendfsync: appendfsync(values),
            rdbcompression: values.flag("rdbcompression"),
            stop_writes_on_bgsave_error: values.flag("stop-writes-on-bgsave-error"),
            min_replicas_to_write: count("min-replicas-to-write"),
            min_replicas_max_lag_secs: count("min-replicas-max-lag"),
            replica_read_only: values.flag("replica-read-only"),
            replica_serve_stale_data: values.flag("replica-serve-stale-data"),
            replica_ignore_maxmemory: values.flag("replica-ignore-maxmemory"),
            cluster_enabled: values.flag("cluster-enabled"),
        }
    }
}

fn output_limits(values: &Values) -> OutputLimits {
    let [normal, replica, pubsub] = match values.value("client-output-buffer-limit") {
        Value::OutputLimits(limits) => *limits,
        _ => [OutputLimit::NONE; 3],
    };
    OutputLimits { normal, replica, pubsub }
}

fn memory_limit(values: &Values) -> MemoryLimit {
    match values.value("maxmemory-clients") {
        Value::Percent(percent) => MemoryLimit::Percent(*percent),
        _ => MemoryLimit::Bytes(values.memory("maxmemory-clients")),
    }
}

fn keyspace_events(values: &Values) -> u32 {
    match values.value("notify-keyspace-events") {
        Value::Events(bits) => *bits,
        _ => 0,
    }
}

fn loglevel(values: &Values) -> LogLevel {
    match values.number_of_word("loglevel") {
        0 => LogLevel::Debug,
        1 => LogLevel::Verbose,
        3 => LogLevel::Warning,
        _ => LogLevel::Notice,
    }
}

fn maxmemory_policy(values: &Values) -> MaxmemoryPolicy {
    match values.number_of_word("maxmemory-policy") {
        0 => MaxmemoryPolicy::VolatileLru,
        1 => MaxmemoryPolicy::VolatileLfu,
        2 => MaxmemoryPolicy::VolatileRandom,
        3 => MaxmemoryPolicy::VolatileTtl,
        4 => MaxmemoryPolicy::AllkeysLru,
        5 => MaxmemoryPolicy::AllkeysLfu,
        6 => MaxmemoryPolicy::AllkeysRandom,
        _ => MaxmemoryPolicy::Noeviction,
    }
}

fn appendfsync(values: &Values) -> Appendfsync {
    match values.number_of_word("appendfsync") {
        1 => Appendfsync::Always,
        2 => Appendfsync::No,
        _ => Appendfsync::Everysec,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, Kind, lookup};

    #[test]
    fn every_word_becomes_its_variant() {
        let mut config = Config::new();
        for name in ["maxmemory-policy", "appendfsync", "loglevel", "enable-debug-command"] {
            let Some(Kind::Word { words, .. }) = lookup(name.as_bytes()).map(|directive| directive.kind)
            else {
                panic!("{name} is not one word of a list")
            };
            for (word, number) in words {
                config.put(name, word.as_bytes()).unwrap();
                let variant = match name {
                    "maxmemory-policy" => config.maxmemory_policy as u32,
                    "appendfsync" => config.appendfsync as u32,
                    "loglevel" => config.loglevel as u32,
                    _ => config.enable_debug_command as u32,
                };
                assert_eq!(variant, *number, "{name} {word}");
            }
        }
    }
}
