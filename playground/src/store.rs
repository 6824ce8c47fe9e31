//! The store behind the page: an engine in this program whose changes are watched.

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::in_process::InProcess;
use redstart_engine::machine::Now;
use redstart_engine::observe::Host;

/// An engine with in-process clients.
pub type Store = InProcess;

/// An empty store; `seed` decides every random choice it will make.
#[must_use]
pub fn open(seed: u64, now: Now) -> Store {
    let host = Host {
        os: String::from("WebAssembly"),
        multiplexing: "worker",
        process_id: 1,
        tcp_port: 6379,
        executable: String::from("redstart"),
        ..Host::default()
    };
    let mut engine = Engine::new(Config::without_save_points(), host, seed, now);
    engine.observe(true);
    Store::new(engine)
}
