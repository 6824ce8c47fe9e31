//! The store behind the page: an engine in this program whose changes are watched, and whose append-only file is kept by
//! the worker, in IndexedDB.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::in_process::{InProcess, Outside};
use redstart_engine::machine::Now;
use redstart_engine::observe::{Host, Look};

/// An engine with in-process clients.
pub type Store = InProcess<Outside>;

/// What a store in a page begins with. A log of some megabytes takes a while to load there, so it is kept shorter.
const DIRECTIVES: [(&str, &str); 2] = [("appendonly", "yes"), ("auto-aof-rewrite-min-size", "1mb")];

/// An empty store, which is kept or not; `seed` decides every random choice it will make, and `clock` is what it measures
/// by.
#[must_use]
pub fn open(seed: u64, now: Now, clock: Look, is_kept: bool) -> Store {
    let host = Host {
        os: String::from("WebAssembly"),
        multiplexing: "worker",
        process_id: 1,
        tcp_port: 6379,
        executable: String::from("redstart"),
        clock: Some(clock),
        ..Host::default()
    };
    let mut config = Config::without_save_points();
    for (name, value) in DIRECTIVES.into_iter().filter(|_| is_kept) {
        let is_known = config.put(name, value.as_bytes()).is_ok();
        debug_assert!(is_known, "{name} can be {value}");
    }
    let mut engine = Engine::new(config, host, seed, now);
    engine.observe(true);
    Store::with_storage(engine, Outside::default())
}
