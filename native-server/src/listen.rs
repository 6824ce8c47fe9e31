//! Sockets that clients connect to.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::task::{Poll, Waker};
use std::time::Duration;

use anyhow::{Context, Result};
use redstart_engine::config::Config;
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use tokio::net::{TcpListener, TcpStream, UnixListener};

/// A unix socket that clients can connect to; its file goes when it does.
#[derive(Debug)]
pub(crate) struct UnixDoor {
    /// The socket.
    pub(crate) listener: UnixListener,
    /// Its file.
    pub(crate) path: PathBuf,
}

impl UnixDoor {
    /// Opens the socket that `unixsocket` asks for, if it does.
    pub(crate) fn open(config: &Config) -> Result<Option<Self>> {
        let path = PathBuf::from(String::from_utf8_lossy(config.values().text("unixsocket")).into_owned());
        if path.as_os_str().is_empty() {
            return Ok(None);
        }
        // A socket that a server left behind when it died is in the way of the next one.
        let _ = std::fs::remove_file(&path);
        let listener = UnixListener::bind(&path)
            .with_context(|| format!("Failed opening Unix socket: bind: {}", path.display()))?;
        let mode = config.values().number("unixsocketperm") as u32;
        if mode != 0 {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode))?;
        }
        Ok(Some(Self { listener, path }))
    }
}

impl Drop for UnixDoor {
    fn drop(&mut self) {
        // It may be gone already; nobody is left to tell.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The TCP sockets. Others may take their place while clients are waited for.
#[derive(Debug, Default)]
pub(crate) struct Doors {
    open: RefCell<Vec<TcpListener>>,
    /// Who waits for clients.
    waker: RefCell<Option<Waker>>,
}

impl Doors {
    /// Whether clients can't come in here.
    pub(crate) fn are_none(&self) -> bool {
        self.open.borrow().is_empty()
    }

    /// Listens where `bind` and `port` say from now on, or where it did before if that can't be had.
    pub(crate) fn reopen(&self, config: &Config) -> Result<()> {
        let before: Vec<SocketAddr> =
            self.open.borrow().iter().filter_map(|listener| listener.local_addr().ok()).collect();
        let port = config.values().number("port") as u16;
        // A port can't be had twice: where it stays the same, the old sockets go first.
        let go_first = before.iter().any(|address| address.port() == port);
        if go_first {
            self.open.borrow_mut().clear();
        }
        let opened = open_tcp(config);
        let failure = match opened {
            Ok(new) => {
                self.open.replace(new);
                None
            }
            Err(error) => {
                if go_first {
                    let backlog = backlog(config);
                    let again = before.into_iter().filter_map(|address| listen_at(address, backlog).ok());
                    self.open.replace(again.collect());
                }
                Some(error)
            }
        };
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
        failure.map_or(Ok(()), Err)
    }

    /// The next client, at whichever socket.
    pub(crate) async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        poll_fn(|cx| {
            self.waker.replace(Some(cx.waker().clone()));
            let open = self.open.borrow();
            let mut polls = open.iter().map(|listener| listener.poll_accept(cx));
            polls.find(Poll::is_ready).unwrap_or(Poll::Pending)
        })
        .await
    }
}

/// Opens the TCP sockets that clients connect to.
fn open_tcp(config: &Config) -> Result<Vec<TcpListener>> {
    let port = config.values().number("port") as u16;
    if port == 0 {
        return Ok(Vec::new());
    }
    bind(config, port)?.into_iter().map(|listener| Ok(TcpListener::from_std(listener)?)).collect()
}

/// Takes a port at the addresses that `bind` names. One that begins with `-` may be missing on this machine.
pub(crate) fn bind(config: &Config, port: u16) -> Result<Vec<std::net::TcpListener>> {
    let backlog = backlog(config);
    let mut listeners = Vec::new();
    for address in config.values().bind() {
        let address = String::from_utf8_lossy(address);
        let (name, may_fail) = match address.strip_prefix('-') {
            Some(name) => (name, true),
            None => (&*address, false),
        };
        match address_of(name, port).and_then(|address| bind_at(address, backlog)) {
            Ok(listener) => listeners.push(listener),
            Err(error) if may_fail && !in_use(&error) => {}
            Err(error) => {
                let text = format!("Could not create server TCP listening socket {name}:{port}");
                return Err(error
                    .context(text)
                    .context(format!("Failed listening on port {port} (tcp), aborting.")));
            }
        }
    }
    Ok(listeners)
}

fn in_use(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::AddrInUse)
}

fn backlog(config: &Config) -> i32 {
    config.values().number("tcp-backlog") as i32
}

fn address_of(name: &str, port: u16) -> Result<SocketAddr> {
    Ok(match name {
        "*" => SocketAddr::from(([0, 0, 0, 0], port)),
        "::*" => SocketAddr::from(([0_u16; 8], port)),
        name => (name, port).to_socket_addrs()?.next().context("no such address")?,
    })
}

fn listen_at(address: SocketAddr, backlog: i32) -> Result<TcpListener> {
    Ok(TcpListener::from_std(bind_at(address, backlog)?)?)
}

fn bind_at(address: SocketAddr, backlog: i32) -> Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(backlog)?;
    Ok(socket.into())
}

/// Sets a new connection up: no waiting for more to send, and a sign of life from time to time.
pub(crate) fn prepare(stream: &TcpStream, keepalive_secs: u64) {
    // A connection that can't be tuned still serves.
    let _ = stream.set_nodelay(true);
    if keepalive_secs > 0 {
        let keepalive = TcpKeepalive::new()
            .with_time(Duration::from_secs(keepalive_secs))
            .with_interval(Duration::from_secs((keepalive_secs / 3).max(1)))
            .with_retries(3);
        let _ = SockRef::from(stream).set_tcp_keepalive(&keepalive);
    }
}
