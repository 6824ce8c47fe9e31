//! Every directive, once: the names, bounds and defaults of Redis 7.0.15.
//!
//! To add one, write its row here; CONFIG GET and SET, redis.conf and the
//! command line know it from that moment. If the engine reads it on a hot
//! path, give it a field in [`Hot`](super::Hot) as well. When a feature comes
//! to life, its rows lose their `.unbuilt()`.

use super::check;
use super::directive::{
    Directive, Form, Words, clamped, flag, memory, memory_or_percent, number, octal, raised_memory, special,
    text, word, word_set,
};
use super::hot::{Appendfsync, LogLevel, MaxmemoryPolicy, ProtectedAction};

/// The rows, in the order CONFIG GET answers them.
pub static TABLE: &[Directive] = &[
    // The network.
    special("bind", Form::Addresses, "* -::*").fronts(),
    text("bind-source-addr", "").unbuilt(),
    number("port", 0, 65535, 6379).fronts(),
    number("http-port", 0, 65535, 0).immutable().hidden(),
    text("unixsocket", "").immutable(),
    octal("unixsocketperm", 0o777, 0).immutable(),
    flag("protected-mode", true),
    number("tcp-backlog", 0, INT, 511).immutable(),
    number("tcp-keepalive", 0, INT, 300),
    number("socket-mark-id", 0, UINT, 0).immutable().unbuilt(),
    number("timeout", 0, INT, 0),
    number("maxclients", 1, UINT, 10000).fronts(),
    memory("proto-max-bulk-len", MB, LONG_BYTES, 512 * MB),
    memory("client-query-buffer-limit", MB, LONG_BYTES, GB),
    special(
        "client-output-buffer-limit",
        Form::OutputLimits,
        "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
    ),
    memory_or_percent("maxmemory-clients", LONG_BYTES, 0),
    // TLS.
    number("tls-port", 0, 65535, 0).unbuilt(),
    flag("tls-cluster", false).unbuilt(),
    flag("tls-replication", false).unbuilt(),
    word("tls-auth-clients", &[("no", 0), ("yes", 1), ("optional", 2)], "yes").unbuilt(),
    text("tls-cert-file", "").volatile().unbuilt(),
    text("tls-key-file", "").volatile().unbuilt(),
    text("tls-key-file-pass", "").unbuilt(),
    text("tls-client-cert-file", "").volatile().unbuilt(),
    text("tls-client-key-file", "").volatile().unbuilt(),
    text("tls-client-key-file-pass", "").unbuilt(),
    text("tls-dh-params-file", "").volatile().unbuilt(),
    text("tls-ca-cert-file", "").volatile().unbuilt(),
    text("tls-ca-cert-dir", "").volatile().unbuilt(),
    text("tls-protocols", "").unbuilt(),
    text("tls-ciphers", "").unbuilt(),
    text("tls-ciphersuites", "").unbuilt(),
    flag("tls-prefer-server-ciphers", false).unbuilt(),
    flag("tls-session-caching", true).unbuilt(),
    number("tls-session-cache-size", 0, INT, 20480).unbuilt(),
    number("tls-session-cache-timeout", 0, INT, 300).unbuilt(),
    // The process and its log.
    flag("daemonize", false).immutable().unbuilt(),
    word("supervised", &[("upstart", 1), ("systemd", 2), ("auto", 3), ("no", 0)], "no").immutable().unbuilt(),
    text("pidfile", "").immutable(),
    text("dir", ".").protected().denied_while_loading().fronts(),
    word("loglevel", LOG_LEVELS, "notice"),
    text("logfile", "").immutable(),
    flag("syslog-enabled", false).immutable().unbuilt(),
    text("syslog-ident", "redis").immutable().unbuilt(),
    word("syslog-facility", SYSLOG_FACILITIES, "local0").immutable().unbuilt(),
    flag("always-show-logo", false).immutable(),
    flag("set-proc-title", true).immutable().unbuilt(),
    text("proc-title-template", "{title} {listen-addr} {server-mode}")
        .check(check::proc_title_template)
        .unbuilt(),
    flag("crash-log-enabled", true).unbuilt(),
    flag("crash-memcheck-enabled", true).unbuilt(),
    flag("use-exit-on-panic", false).hidden().unbuilt(),
    number("watchdog-period", 0, INT, 0).hidden().unbuilt(),
    flag("disable-thp", true).immutable().unbuilt(),
    flag("jemalloc-bg-thread", true).unbuilt(),
    word("oom-score-adj", &[("no", 0), ("yes", 1), ("relative", 1), ("absolute", 2)], "no").unbuilt(),
    special("oom-score-adj-values", Form::OomScores, "0 200 800").unbuilt(),
    text("server_cpulist", "").immutable().unbuilt(),
    text("bio_cpulist", "").immutable().unbuilt(),
    text("aof_rewrite_cpulist", "").immutable().unbuilt(),
    text("bgsave_cpulist", "").immutable().unbuilt(),
    number("io-threads", 1, 128, 1).immutable(),
    // They always do.
    flag("io-threads-do-reads", false).immutable(),
    text("ignore-warnings", "").unbuilt(),
    number("shutdown-timeout", 0, INT, 10).unbuilt(),
    word_set("shutdown-on-sigint", SHUTDOWN, "default").check(check::shutdown_options),
    word_set("shutdown-on-sigterm", SHUTDOWN, "default").check(check::shutdown_options),
    // Who may do what.
    text("requirepass", "").sensitive(),
    text("aclfile", "").immutable().unbuilt(),
    word("acl-pubsub-default", &[("allchannels", 1), ("resetchannels", 0)], "resetchannels").unbuilt(),
    number("acllog-max-len", 0, LONG, 128).unbuilt(),
    word("enable-protected-configs", PROTECTED_ACTIONS, "no").immutable(),
    word("enable-debug-command", PROTECTED_ACTIONS, "no").immutable(),
    word("enable-module-command", PROTECTED_ACTIONS, "no").immutable(),
    // The keyspace: ticks, memory, encodings.
    number("databases", 1, INT, 16).immutable(),
    clamped("hz", 1, 500, 10),
    flag("dynamic-hz", true).unbuilt(),
    flag("activerehashing", true).unbuilt(),
    number("active-expire-effort", 1, 10, 1).unbuilt(),
    memory("maxmemory", 0, u64::MAX, 0),
    word("maxmemory-policy", POLICIES, "noeviction"),
    number("maxmemory-samples", 1, INT, 5),
    number("maxmemory-eviction-tenacity", 0, 100, 10),
    number("lfu-log-factor", 0, INT, 10),
    number("lfu-decay-time", 0, INT, 1),
    flag("lazyfree-lazy-eviction", false),
    flag("lazyfree-lazy-expire", false),
    flag("lazyfree-lazy-server-del", false).unbuilt(),
    flag("lazyfree-lazy-user-del", false).unbuilt(),
    flag("lazyfree-lazy-user-flush", false).unbuilt(),
    flag("activedefrag", false).check(check::activedefrag).unbuilt(),
    number("active-defrag-cycle-min", 1, 99, 1).unbuilt(),
    number("active-defrag-cycle-max", 1, 99, 25).unbuilt(),
    number("active-defrag-threshold-lower", 0, 1000, 10).unbuilt(),
    number("active-defrag-threshold-upper", 0, 1000, 100).unbuilt(),
    memory("active-defrag-ignore-bytes", 1, LONG_BYTES, 100 * MB).unbuilt(),
    number("active-defrag-max-scan-fields", 1, LONG, 1000).unbuilt(),
    number("hash-max-listpack-entries", 0, LONG, 512).alias("hash-max-ziplist-entries"),
    memory("hash-max-listpack-value", 0, LONG_BYTES, 64).alias("hash-max-ziplist-value"),
    number("list-max-listpack-size", INT_MIN, INT, -2).alias("list-max-ziplist-size"),
    number("list-compress-depth", 0, INT, 0),
    number("set-max-intset-entries", 0, LONG, 512),
    number("zset-max-listpack-entries", 0, LONG, 128).alias("zset-max-ziplist-entries"),
    memory("zset-max-listpack-value", 0, LONG_BYTES, 64).alias("zset-max-ziplist-value"),
    memory("hll-sparse-max-bytes", 0, LONG_BYTES, 3000),
    memory("stream-node-max-bytes", 0, LONG_BYTES, 4096),
    number("stream-node-max-entries", 0, LONG, 100),
    // What clients and operators watch.
    special("notify-keyspace-events", Form::Events, ""),
    number("tracking-table-max-keys", 0, LONG, 1_000_000),
    number("slowlog-log-slower-than", -1, LONG, 10000),
    number("slowlog-max-len", 0, LONG, 128),
    number("latency-monitor-threshold", 0, LONG, 0),
    flag("latency-tracking", true),
    special("latency-tracking-info-percentiles", Form::Percentiles, "50 99 99.9"),
    number("busy-reply-threshold", 0, LONG, 5000).alias("lua-time-limit"),
    memory("script-memory-limit", MB, LONG_BYTES, 256 * MB).hidden(),
    // RDB.
    special("save", Form::Save, "3600 1 300 100 60 10000"),
    text("dbfilename", "dump.rdb").protected().check(check::dbfilename),
    flag("rdbcompression", true),
    flag("rdbchecksum", true).immutable(),
    flag("rdb-del-sync-files", false).unbuilt(),
    flag("rdb-save-incremental-fsync", true),
    flag("stop-writes-on-bgsave-error", true),
    word("sanitize-dump-payload", &[("no", 0), ("yes", 1), ("clients", 2)], "no").unbuilt(),
    number("rdb-key-save-delay", INT_MIN, INT, 0).hidden(),
    number("key-load-delay", INT_MIN, INT, 0).hidden(),
    number("loading-process-events-interval-bytes", 1024, INT, 2 * 1024 * 1024).hidden().unbuilt(),
    // AOF.
    flag("appendonly", false).denied_while_loading(),
    text("appendfilename", "appendonly.aof").immutable().check(check::appendfilename),
    text("appenddirname", "appendonlydir").immutable().check(check::appenddirname),
    word("appendfsync", FSYNC, "everysec"),
    flag("no-appendfsync-on-rewrite", false),
    number("auto-aof-rewrite-percentage", 0, INT, 100),
    memory("auto-aof-rewrite-min-size", 0, LONG_BYTES, 64 * MB),
    flag("aof-load-truncated", true),
    flag("aof-use-rdb-preamble", true),
    flag("aof-timestamp-enabled", false),
    flag("aof-rewrite-incremental-fsync", true).unbuilt(),
    flag("aof-disable-auto-gc", false),
    word("propagation-error-behavior", PROPAGATION_ERRORS, "ignore").unbuilt(),
    // Replication.
    special("replicaof", Form::Primary, "no one").alias("slaveof").immutable().unbuilt(),
    text("masteruser", "").unlisted_alias("primaryuser").sensitive().unbuilt(),
    text("masterauth", "").unlisted_alias("primaryauth").sensitive().unbuilt(),
    flag("replica-serve-stale-data", true).alias("slave-serve-stale-data").unbuilt(),
    flag("replica-read-only", true).alias("slave-read-only").unbuilt(),
    flag("replica-ignore-maxmemory", true).alias("slave-ignore-maxmemory").unbuilt(),
    flag("replica-lazy-flush", false).alias("slave-lazy-flush").unbuilt(),
    flag("replica-ignore-disk-write-errors", false).unbuilt(),
    number("replica-priority", 0, INT, 100).alias("slave-priority").unbuilt(),
    flag("replica-announced", true).unbuilt(),
    text("replica-announce-ip", "").alias("slave-announce-ip").unbuilt(),
    number("replica-announce-port", 0, 65535, 0).alias("slave-announce-port").unbuilt(),
    number("min-replicas-to-write", 0, INT, 0).alias("min-slaves-to-write"),
    number("min-replicas-max-lag", 0, INT, 10).alias("min-slaves-max-lag"),
    raised_memory("repl-backlog-size", 16 * 1024, LONG_BYTES, MB).unbuilt(),
    number("repl-backlog-ttl", 0, LONG, 3600).unbuilt(),
    number("repl-timeout", 1, INT, 60).unbuilt(),
    number("repl-ping-replica-period", 1, INT, 10).alias("repl-ping-slave-period").unbuilt(),
    flag("repl-disable-tcp-nodelay", false).unbuilt(),
    flag("repl-diskless-sync", true).unbuilt(),
    number("repl-diskless-sync-delay", 0, INT, 5).unbuilt(),
    number("repl-diskless-sync-max-replicas", 0, INT, 0).unbuilt(),
    word("repl-diskless-load", DISKLESS_LOADS, "disabled").denied_while_loading().unbuilt(),
    // Cluster.
    flag("cluster-enabled", false).immutable().unbuilt(),
    text("cluster-config-file", "nodes.conf").immutable().unbuilt(),
    number("cluster-port", 0, 65535, 0).immutable().unbuilt(),
    number("cluster-node-timeout", 0, LONG, 15000).unbuilt(),
    number("cluster-replica-validity-factor", 0, INT, 10).alias("cluster-slave-validity-factor").unbuilt(),
    flag("cluster-replica-no-failover", false).alias("cluster-slave-no-failover").unbuilt(),
    number("cluster-migration-barrier", 0, INT, 1).unbuilt(),
    flag("cluster-allow-replica-migration", true).unbuilt(),
    flag("cluster-require-full-coverage", true).unbuilt(),
    flag("cluster-allow-reads-when-down", false).unbuilt(),
    flag("cluster-allow-pubsubshard-when-down", true).unbuilt(),
    memory("cluster-link-sendbuf-limit", 0, u64::MAX, 0).unbuilt(),
    text("cluster-announce-ip", "").unbuilt(),
    text("cluster-announce-hostname", "").check(check::hostname).unbuilt(),
    number("cluster-announce-port", 0, 65535, 0).unbuilt(),
    number("cluster-announce-bus-port", 0, 65535, 0).unbuilt(),
    number("cluster-announce-tls-port", 0, 65535, 0).unbuilt(),
    word("cluster-preferred-endpoint-type", ENDPOINT_TYPES, "ip").unbuilt(),
    // Names of later servers: understood, so that their files and test suites
    // load, but not listed, so that `CONFIG GET *` stays what 7.0.15 answers.
    number("set-max-listpack-entries", 0, LONG, 128).hidden().unbuilt(),
    memory("set-max-listpack-value", 0, LONG_BYTES, 64).hidden().unbuilt(),
    text("unixsocketgroup", "").immutable().hidden().unbuilt(),
    text("availability-zone", "").hidden().unbuilt(),
    text("locale-collate", "").hidden().unbuilt(),
    flag("enable-debug-assert", false).immutable().hidden().unbuilt(),
    flag("hide-user-data-from-log", true).hidden().unbuilt(),
    flag("extended-redis-compatibility", false).hidden().unbuilt(),
    flag("dual-channel-replication-enabled", false).hidden().unbuilt(),
    number("max-new-connections-per-cycle", 1, 1000, 10).hidden().unbuilt(),
    number("max-new-tls-connections-per-cycle", 1, 1000, 1).hidden().unbuilt(),
    number("events-per-io-thread", 0, INT, 2).hidden().unbuilt(),
    number("prefetch-batch-max-size", 0, 128, 16).hidden().unbuilt(),
    flag("cluster-slot-stats-enabled", false).hidden().unbuilt(),
    number("cluster-blacklist-ttl", 0, UINT, 60).hidden().unbuilt(),
    number("cluster-ping-interval", 0, INT, 1000).hidden().unbuilt(),
    text("cluster-announce-client-ipv4", "").hidden().unbuilt(),
    text("cluster-announce-client-ipv6", "").hidden().unbuilt(),
    text("cluster-announce-human-nodename", "").hidden().unbuilt(),
];

const LOG_LEVELS: Words = &[
    ("debug", LogLevel::Debug as u32),
    ("verbose", LogLevel::Verbose as u32),
    ("notice", LogLevel::Notice as u32),
    ("warning", LogLevel::Warning as u32),
];

const POLICIES: Words = &[
    ("volatile-lru", MaxmemoryPolicy::VolatileLru as u32),
    ("volatile-lfu", MaxmemoryPolicy::VolatileLfu as u32),
    ("volatile-random", MaxmemoryPolicy::VolatileRandom as u32),
    ("volatile-ttl", MaxmemoryPolicy::VolatileTtl as u32),
    ("allkeys-lru", MaxmemoryPolicy::AllkeysLru as u32),
    ("allkeys-lfu", MaxmemoryPolicy::AllkeysLfu as u32),
    ("allkeys-random", MaxmemoryPolicy::AllkeysRandom as u32),
    ("noeviction", MaxmemoryPolicy::Noeviction as u32),
];

const FSYNC: Words = &[
    ("everysec", Appendfsync::Everysec as u32),
    ("always", Appendfsync::Always as u32),
    ("no", Appendfsync::No as u32),
];

const PROTECTED_ACTIONS: Words = &[
    ("no", ProtectedAction::No as u32),
    ("yes", ProtectedAction::Yes as u32),
    ("local", ProtectedAction::Local as u32),
];

const SYSLOG_FACILITIES: Words = &[
    ("user", 1),
    ("local0", 16),
    ("local1", 17),
    ("local2", 18),
    ("local3", 19),
    ("local4", 20),
    ("local5", 21),
    ("local6", 22),
    ("local7", 23),
];

const SHUTDOWN: Words = &[
    ("default", 0),
    ("save", check::SHUTDOWN_SAVE),
    ("nosave", check::SHUTDOWN_NOSAVE),
    ("now", 4),
    ("force", 8),
];

const PROPAGATION_ERRORS: Words = &[("ignore", 0), ("panic", 1), ("panic-on-replicas", 2)];
const DISKLESS_LOADS: Words = &[("disabled", 0), ("on-empty-db", 1), ("swapdb", 2)];
const ENDPOINT_TYPES: Words = &[("ip", 0), ("hostname", 1), ("unknown-endpoint", 2)];

const INT_MIN: i64 = i32::MIN as i64;
const INT: i64 = i32::MAX as i64;
const UINT: i64 = u32::MAX as i64;
const LONG: i64 = i64::MAX;
const LONG_BYTES: u64 = i64::MAX as u64;
const MB: u64 = 1024 * 1024;
const GB: u64 = 1024 * MB;
