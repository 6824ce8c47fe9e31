//! The playground over HTTP: `http-port` says where, and nothing but the files that are built in is served.
//!
//! It has a thread of its own, which knows nothing of the engine: whoever asks for much here takes no time from clients of
//! the store.
//!
//! ```text
//!   bytes ─► head: is this a request? ─► answer: which file, and does the browser have it? ─► bytes
//! ```

mod answer;
mod connection;
mod files;
mod head;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use redstart_engine::config::Config;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;

use crate::listen;

/// Connections that are served at once; others wait for their turn.
const MOST_CONNECTIONS: usize = 64;

/// How long to wait when no connection can be taken.
const PATIENCE: Duration = Duration::from_millis(50);

/// Begins to serve if the configuration says so; tells what there is to say of it.
pub(crate) fn start(config: &Config) -> Result<Option<String>> {
    let port = config.values().number("http-port") as u16;
    if port == 0 {
        return Ok(None);
    }
    let doors = listen::bind(config, port)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let serve = move || runtime.block_on(serve(doors));
    thread::Builder::new().name("http".into()).spawn(serve).context("Can't start the page's thread")?;
    Ok(Some(match files::ALL {
        [] => format!("http-port is {port}, but this server was built without the playground."),
        _ => format!("The playground is served on port {port}."),
    }))
}

async fn serve(doors: Vec<TcpListener>) {
    let turns = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let doors = doors.into_iter().map(|door| tokio::spawn(accept(door, Arc::clone(&turns))));
    for door in doors.collect::<Vec<_>>() {
        // A door that can't be used any more leaves the others open.
        let _ = door.await;
    }
}

async fn accept(door: TcpListener, turns: Arc<Semaphore>) -> io::Result<()> {
    let door = tokio::net::TcpListener::from_std(door)?;
    loop {
        let Ok(turn) = Arc::clone(&turns).acquire_owned().await else { return Ok(()) };
        match door.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(async move {
                // Whatever ends a connection early is the browser's affair.
                let _ = connection::serve(stream).await;
                drop(turn);
            })),
            // Too many files are open, perhaps: others may be closed soon.
            Err(_) => tokio::time::sleep(PATIENCE).await,
        }
    }
}
