//! A server over TCP: the real redis-server or ours.
//!
//! Its clock is the real one, so `advance` waits. Its order across connections is made certain by [`Runner::settle`]:
//! a connection that no case sees asks PING and waits for the answer, twice, because a server may answer a PING in the
//! same turn in which it first reads what came before it.

use crate::resp;
use crate::runner::{Received, Runner, Trouble};
use crate::server::Server;
use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

/// A server of one file's own, and the clients of the current case.
#[derive(Debug)]
pub struct Tcp {
    server: Server,
    clients: HashMap<char, TcpStream>,
    control: Option<TcpStream>,
}

/// How long a reply may take. A failing case costs this much, a passing one never.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often to ask whether the clients of the last case are gone.
const ENDS_LIMIT: usize = 10_000;

/// The longest time that a case may let pass for real.
const ADVANCE_LIMIT_MS: u64 = 2500;

/// What was set to happen after a time happens a moment later on a real clock.
const ADVANCE_MARGIN: Duration = Duration::from_millis(20);

impl Tcp {
    /// Takes over a server.
    #[must_use]
    pub fn new(server: Server) -> Self {
        Self { server, clients: HashMap::new(), control: None }
    }

    fn connect(&self) -> Result<TcpStream, Trouble> {
        let stream = TcpStream::connect(("127.0.0.1", self.server.port())).map_err(|error| {
            Trouble(format!("the server doesn't accept a connection: {error}\n{}", self.server.log()))
        })?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    /// Asks on the connection that no case sees.
    fn ask(&mut self, argv: &[&str]) -> Result<Vec<u8>, Trouble> {
        let argv: Vec<Vec<u8>> = argv.iter().map(|word| word.as_bytes().to_vec()).collect();
        if self.control.is_none() {
            self.control = Some(self.connect()?);
        }
        let control = self.control.as_mut().ok_or_else(|| Trouble("not connected".into()))?;
        control.write_all(&resp::request(&argv))?;
        let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
        loop {
            match control.read(&mut chunk) {
                Ok(0) => return Err(Trouble(format!("the server is gone\n{}", self.server.log()))),
                Ok(count) => bytes.extend_from_slice(&chunk[..count]),
                Err(error) => return Err(Trouble(format!("no answer to {argv:?}: {error}"))),
            }
            if matches!(resp::read(&bytes), Ok(Some(_))) {
                return Ok(bytes);
            }
        }
    }

    fn stream(&mut self, client: char) -> Result<&mut TcpStream, Trouble> {
        self.clients.get_mut(&client).ok_or_else(|| Trouble(format!("client {client} is not connected")))
    }
}

impl Runner for Tcp {
    fn open(&mut self, client: char) -> Result<(), Trouble> {
        let stream = self.connect()?;
        self.clients.insert(client, stream);
        Ok(())
    }

    fn close(&mut self, client: char) -> Result<(), Trouble> {
        self.stream(client)?;
        self.clients.remove(&client);
        Ok(())
    }

    fn close_all(&mut self) {
        self.clients.clear();
        // A case must not meet clients of the one before it: only the one that asks is left in the end.
        let is_alone = |answer: &[u8]| String::from_utf8_lossy(answer).contains("connected_clients:1\r\n");
        for _ in 0..ENDS_LIMIT {
            match self.ask(&["INFO", "clients"]) {
                Ok(answer) if answer.starts_with(b"$") && !is_alone(&answer) => {}
                _ => break,
            }
        }
    }

    fn send(&mut self, client: char, bytes: &[u8]) -> Result<(), Trouble> {
        match self.stream(client)?.write_all(bytes) {
            // A server may close before it has read everything; what it said is still there to read.
            Err(error) if !matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => {
                Err(error.into())
            }
            _ => Ok(()),
        }
    }

    fn receive(&mut self, client: char, patient: bool) -> Result<Received, Trouble> {
        let stream = self.stream(client)?;
        stream.set_nonblocking(!patient)?;
        let mut chunk = vec![0; 64 * 1024];
        match stream.read(&mut chunk) {
            Ok(0) => Ok(Received::Closed),
            Ok(count) => {
                chunk.truncate(count);
                Ok(Received::Bytes(chunk))
            }
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => Ok(Received::Nothing),
                ErrorKind::ConnectionReset => Ok(Received::Closed),
                _ => Err(error.into()),
            },
        }
        .inspect(|_| {
            let _ = self.stream(client).map(|stream| stream.set_nonblocking(false));
        })
    }

    fn settle(&mut self) -> Result<(), Trouble> {
        self.ask(&["PING"])?;
        self.ask(&["PING"]).map(drop)
    }

    fn advance(&mut self, ms: u64) -> Result<(), Trouble> {
        thread::sleep(Duration::from_millis(ms) + ADVANCE_MARGIN);
        Ok(())
    }

    fn advance_limit_ms(&self) -> Option<u64> {
        Some(ADVANCE_LIMIT_MS)
    }

    fn configure(&mut self, name: &str, value: &str) -> Result<(), Trouble> {
        let answer = self.ask(&["CONFIG", "SET", name, value])?;
        if answer.starts_with(b"+") {
            return Ok(());
        }
        Err(Trouble(format!("CONFIG SET {name} {value}: {}", String::from_utf8_lossy(&answer).trim_end())))
    }

    /// MONITOR shows the control connection's commands too.
    fn hides(&self, line: &[u8]) -> bool {
        let address = self.control.as_ref().and_then(|control| control.local_addr().ok());
        address.is_some_and(|address| String::from_utf8_lossy(line).contains(&format!(" {address}] ")))
    }
}
