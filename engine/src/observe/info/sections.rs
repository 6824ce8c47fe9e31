//! The sections, in the order in which they are told.

use alloc::format;
use alloc::string::String;

use super::{Section, Text, View};
use crate::observe::{Memory, REDIS_VERSION, REDSTART_VERSION};
use crate::pubsub::Topic;

pub(super) static ALL: &[Section] = &[
    Section { name: "server", title: "Server", usual: true, write: server },
    Section { name: "clients", title: "Clients", usual: true, write: clients },
    Section { name: "memory", title: "Memory", usual: true, write: memory },
    Section { name: "persistence", title: "Persistence", usual: true, write: persistence },
    Section { name: "stats", title: "Stats", usual: true, write: stats },
    Section { name: "replication", title: "Replication", usual: true, write: replication },
    Section { name: "cpu", title: "CPU", usual: true, write: cpu },
    Section { name: "modules", title: "Modules", usual: true, write: |_, _| {} },
    Section { name: "commandstats", title: "Commandstats", usual: false, write: |_, _| {} },
    Section { name: "errorstats", title: "Errorstats", usual: true, write: errors },
    Section { name: "latencystats", title: "Latencystats", usual: false, write: |_, _| {} },
    Section { name: "cluster", title: "Cluster", usual: true, write: cluster },
    Section { name: "keyspace", title: "Keyspace", usual: true, write: keyspace },
];

fn server(view: &View<'_>, text: &mut Text) {
    let (host, config, now) = (&view.server.host, &view.server.config, view.server.now);
    let uptime_secs = now.mono_us.saturating_sub(view.server.stats.started.mono_us) / 1_000_000;
    text.field("redis_version", REDIS_VERSION);
    text.field("redstart_version", REDSTART_VERSION);
    text.field("redis_git_sha1", "00000000");
    text.field("redis_git_dirty", 0);
    text.field("redis_build_id", 0);
    text.field("redis_mode", "standalone");
    text.field("os", &host.os);
    text.field("arch_bits", usize::BITS);
    text.field("multiplexing_api", host.multiplexing);
    text.field("process_id", host.process_id);
    text.field("process_supervised", "no");
    text.field("run_id", &view.server.stats.run_id);
    text.field("tcp_port", host.tcp_port);
    text.field("server_time_usec", now.unix_us);
    text.field("uptime_in_seconds", uptime_secs);
    text.field("uptime_in_days", uptime_secs / 86_400);
    text.field("hz", config.hz);
    text.field("configured_hz", config.hz);
    text.field("lru_clock", (now.unix_us / 1_000_000) & 0xff_ffff);
    text.field("executable", &host.executable);
    text.field("config_file", &host.config_file);
    text.field("io_threads_active", 0);
}

fn clients(view: &View<'_>, text: &mut Text) {
    let all = || view.server.sessions.iter().chain([view.session]);
    text.field("connected_clients", all().count());
    text.field("cluster_connections", 0);
    text.field("maxclients", view.server.config.maxclients);
    text.field("client_recent_max_input_buffer", all().map(|it| it.query.len()).max().unwrap_or(0));
    text.field(
        "client_recent_max_output_buffer",
        all().map(|it| it.outbox.waiting().len()).max().unwrap_or(0),
    );
    text.field("blocked_clients", view.server.waiting.len() + view.server.held.len());
    text.field("tracking_clients", view.server.tracking.clients());
    text.field("clients_in_timeout_table", view.server.waiting.timed_len());
}

fn memory(view: &View<'_>, text: &mut Text) {
    let (host, config, memory) = (&view.server.host, &view.server.config, Memory::new(view));
    let (ratio, lost) = memory.fragmentation();
    text.memory("used_memory", memory.used);
    text.memory("used_memory_rss", host.rss_bytes);
    text.memory("used_memory_peak", memory.peak);
    text.field("used_memory_peak_perc", format_args!("{:.2}%", memory.peak_percent()));
    text.field("used_memory_overhead", memory.overhead());
    text.field("used_memory_startup", memory.startup);
    text.field("used_memory_dataset", memory.dataset());
    text.field("used_memory_dataset_perc", format_args!("{:.2}%", memory.dataset_percent()));
    text.field("allocator_allocated", memory.used);
    text.field("allocator_active", memory.rss);
    text.field("allocator_resident", memory.rss);
    text.memory("total_system_memory", host.system_bytes);
    scripts_memory(text);
    text.memory("maxmemory", config.maxmemory);
    let policy = config.values().word("maxmemory-policy");
    text.field("maxmemory_policy", String::from_utf8_lossy(&policy));
    text.field("allocator_frag_ratio", format_args!("{ratio:.2}"));
    text.field("allocator_frag_bytes", lost);
    text.field("allocator_rss_ratio", "1.00");
    text.field("allocator_rss_bytes", 0);
    text.field("rss_overhead_ratio", "1.00");
    text.field("rss_overhead_bytes", 0);
    text.field("mem_fragmentation_ratio", format_args!("{ratio:.2}"));
    text.field("mem_fragmentation_bytes", lost);
    text.field("mem_not_counted_for_evict", 0);
    text.field("mem_replication_backlog", 0);
    text.field("mem_total_replication_buffers", 0);
    text.field("mem_clients_slaves", 0);
    text.field("mem_clients_normal", memory.clients);
    text.field("mem_cluster_links", 0);
    text.field("mem_aof_buffer", 0);
    // Not the allocator's name: tests that see one go on to ask for its internals, which are not to be had here.
    text.field("mem_allocator", "redstart");
    text.field("active_defrag_running", 0);
    let (pending, freed) = view.keyspace.waste_counts();
    text.field("lazyfree_pending_objects", pending);
    text.field("lazyfreed_objects", freed);
}

/// There is no script and no function, and nothing is set aside for them.
fn scripts_memory(text: &mut Text) {
    text.field("used_memory_lua", 0);
    text.field("used_memory_vm_eval", 0);
    text.field("used_memory_lua_human", "0B");
    text.field("used_memory_scripts_eval", 0);
    text.field("number_of_cached_scripts", 0);
    text.field("number_of_functions", 0);
    text.field("number_of_libraries", 0);
    text.field("used_memory_vm_functions", 0);
    text.memory("used_memory_vm_total", 0);
    text.field("used_memory_functions", 0);
    text.memory("used_memory_scripts", 0);
}

fn persistence(view: &View<'_>, text: &mut Text) {
    text.field("loading", u8::from(view.server.loading));
    text.field("async_loading", 0);
    text.field("rdb_changes_since_last_save", view.keyspace.dirty);
    text.field("rdb_bgsave_in_progress", 0);
    text.field("rdb_last_save_time", view.server.stats.last_save_secs);
    text.field("rdb_last_bgsave_status", "ok");
    text.field("rdb_last_bgsave_time_sec", -1);
    text.field("rdb_current_bgsave_time_sec", -1);
    text.field("rdb_saves", 0);
    text.field("aof_enabled", 0);
    text.field("aof_rewrite_in_progress", 0);
    text.field("aof_rewrite_scheduled", 0);
    text.field("aof_last_rewrite_time_sec", -1);
    text.field("aof_current_rewrite_time_sec", -1);
    text.field("aof_last_bgrewrite_status", "ok");
    text.field("aof_last_write_status", "ok");
}

fn stats(view: &View<'_>, text: &mut Text) {
    let (stats, keys) = (&view.server.stats, &view.keyspace.stats);
    let kilobytes = |bytes: u64| format!("{:.2}", bytes as f64 / 1024.0);
    text.field("total_connections_received", stats.connections);
    text.field("total_commands_processed", stats.commands);
    text.field("instantaneous_ops_per_sec", stats.commands_per_second());
    text.field("total_net_input_bytes", stats.net_input_bytes);
    text.field("total_net_output_bytes", stats.net_output_bytes);
    text.field("total_net_repl_input_bytes", 0);
    text.field("total_net_repl_output_bytes", 0);
    text.field("instantaneous_input_kbps", kilobytes(stats.input_per_second()));
    text.field("instantaneous_output_kbps", kilobytes(stats.output_per_second()));
    text.field("instantaneous_input_repl_kbps", "0.00");
    text.field("instantaneous_output_repl_kbps", "0.00");
    text.field("rejected_connections", stats.rejected);
    text.field("sync_full", 0);
    text.field("sync_partial_ok", 0);
    text.field("sync_partial_err", 0);
    text.field("expired_keys", keys.expired);
    text.field("expired_stale_perc", format_args!("{:.2}", stale_percent(view)));
    text.field("expired_time_cap_reached_count", keys.expiry_capped);
    text.field("evicted_keys", keys.evicted);
    text.field("evicted_clients", 0);
    let (current_us, total_us) = view.server.room.exceeded_us(view.server.now.mono_us);
    text.field("total_eviction_exceeded_time", total_us / 1000);
    text.field("current_eviction_exceeded_time", current_us / 1000);
    text.field("keyspace_hits", keys.hits);
    text.field("keyspace_misses", keys.misses);
    text.field("pubsub_channels", view.server.pubsub.len(Topic::Channel));
    text.field("pubsub_patterns", view.server.pubsub.len(Topic::Pattern));
    text.field("pubsubshard_channels", view.server.pubsub.len(Topic::Shard));
    text.field("latest_fork_usec", 0);
    text.field("total_forks", 0);
    text.field("migrate_cached_sockets", 0);
    text.field("slave_expires_tracked_keys", 0);
    let (tracked_keys, tracked_items, tracked_prefixes) = view.server.tracking.counts();
    text.field("tracking_total_keys", tracked_keys);
    text.field("tracking_total_items", tracked_items);
    text.field("tracking_total_prefixes", tracked_prefixes);
    text.field("unexpected_error_replies", 0);
    text.field("total_error_replies", stats.error_replies);
}

/// The share of keys whose time has come among those that have a time to live. They are counted up to some thousands:
/// where there are more, the share is at least this.
fn stale_percent(view: &View<'_>) -> f64 {
    const MOST: usize = 10_000;
    let now_ms = view.server.now.unix_ms();
    let databases = view.keyspace.databases().iter();
    let (due, all) = databases.fold((0, 0), |(due, all), database| {
        (due + database.due_len(now_ms, MOST), all + database.volatile_len())
    });
    due as f64 * 100.0 / all.max(1) as f64
}

fn replication(view: &View<'_>, text: &mut Text) {
    text.field("role", "master");
    text.field("connected_slaves", 0);
    text.field("master_failover_state", "no-failover");
    text.field("master_replid", &view.server.stats.replication_id);
    text.field("master_replid2", "0".repeat(40));
    text.field("master_repl_offset", 0);
    text.field("second_repl_offset", -1);
    text.field("repl_backlog_active", 0);
    text.field("repl_backlog_size", view.server.config.values().memory("repl-backlog-size"));
    text.field("repl_backlog_first_byte_offset", 0);
    text.field("repl_backlog_histlen", 0);
}

fn cpu(view: &View<'_>, text: &mut Text) {
    let (user_us, system_us) = view.server.host.cpu_us;
    let secs = |us: u64| format!("{}.{:06}", us / 1_000_000, us % 1_000_000);
    text.field("used_cpu_sys", secs(system_us));
    text.field("used_cpu_user", secs(user_us));
    text.field("used_cpu_sys_children", secs(0));
    text.field("used_cpu_user_children", secs(0));
}

fn errors(view: &View<'_>, text: &mut Text) {
    for (code, count) in &view.server.stats.errors {
        text.field(format_args!("errorstat_{code}"), format_args!("count={count}"));
    }
}

fn cluster(_: &View<'_>, text: &mut Text) {
    text.field("cluster_enabled", 0);
}

fn keyspace(view: &View<'_>, text: &mut Text) {
    let now_ms = view.server.now.unix_ms();
    for (index, database) in view.keyspace.databases().iter().enumerate() {
        if !database.is_empty() {
            let (keys, expires, ttl_ms) =
                (database.len(), database.volatile_len(), database.average_ttl_ms(now_ms));
            let value = format_args!("keys={keys},expires={expires},avg_ttl={ttl_ms}");
            text.field(format_args!("db{index}"), value);
        }
    }
}
