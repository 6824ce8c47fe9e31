//! `redstart-server`: the engine on an operating system.
//!
//! It takes the command line, the configuration file and the place of `redis-server`. The engine has one owner, the
//! thread of a current-thread tokio runtime; this crate carries bytes between it and sockets, tells it the time, and
//! does what it asks for. It holds no rule of the store.
//!
//! | file            | what it holds                                                     |
//! |-----------------|-------------------------------------------------------------------|
//! | `start.rs`      | command line and configuration files, until there is a `Config`   |
//! | `server.rs`     | the engine, and what is done with its outputs                     |
//! | `clients.rs`    | its clients: who they are, what is written to them when           |
//! | `connection.rs` | one client: read, hand over, write                                |
//! | `io_threads.rs` | threads that read and write for the engine's, if there are to be any |
//! | `listen.rs`     | TCP and unix sockets that clients connect to                      |
//! | `http/`         | the playground's page, on a thread of its own                       |
//! | `check.rs`      | `--check-rdb`, `--check-aof`: is a file good?                     |
//! | `disk.rs`       | files, and the thread that waits for them                         |
//! | `clock.rs`      | the two clocks                                                    |
//! | `pidfile.rs`    | the number of the process, for others                             |
//! | `host.rs`       | what INFO tells of the machine                                    |
//! | `log.rs`        | the log, in the line format that tools read                       |

mod check;
mod clients;
mod clock;
mod connection;
mod disk;
mod host;
mod http;
mod io_threads;
mod listen;
mod log;
mod pidfile;
mod server;
mod start;

use std::process::ExitCode;
use std::rc::Rc;

use crate::log::Log;
use crate::start::Start;

/// Chosen by measurement; it is built to use huge pages (see `.cargo/config.toml`).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let settings = match start::read() {
        Ok(Start::Serve(settings)) => settings,
        Ok(Start::CheckRdb(path)) => return check::rdb(&path),
        Ok(Start::CheckAof(path, remedy)) => return check::aof::check(&path, remedy),
        Ok(Start::Print(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprint!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let log = match Log::open(&settings.config) {
        Ok(log) => Rc::new(log),
        Err(error) => {
            eprintln!("Can't open the log file: {error}");
            return ExitCode::FAILURE;
        }
    };
    match server::serve(*settings, Rc::clone(&log)) {
        Ok(code) => code,
        Err(error) => {
            log.warning(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
