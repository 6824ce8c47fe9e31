//! The real redis-server as the one who knows what a program says.

use super::plain::plain;
use super::program::Program;
use crate::resp::{self, Reply};
use crate::runner::Trouble;
use crate::runners::oracle;
use crate::server::Server;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

/// The server, which runs a program by EVAL.
pub(super) struct Eval {
    server: Server,
    stream: TcpStream,
    run: usize,
}

impl Eval {
    /// A program that takes longer is stopped: chance has made it loop.
    const PATIENCE: Duration = Duration::from_secs(3);
    /// It remembers every script: after so many it is told to forget them.
    const SCRIPTS: usize = 500;
    /// What its process may have, in bytes: a program that makes more of a string doesn't take the machine with it.
    const MEMORY: u64 = 4 << 30;

    pub(super) fn start() -> Result<Self, Trouble> {
        let soon = ("lua-time-limit".to_owned(), "100".to_owned());
        let server = Server::start(&oracle(), &[soon])?;
        let limits = [format!("--pid={}", server.process_id()), format!("--as={}", Self::MEMORY)];
        Command::new("prlimit").args(limits).status()?;
        let stream = Self::connect(&server)?;
        Ok(Self { server, stream, run: 0 })
    }

    fn connect(server: &Server) -> Result<TcpStream, Trouble> {
        let stream = TcpStream::connect(("127.0.0.1", server.port()))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Self::PATIENCE))?;
        Ok(stream)
    }

    /// What it says; nothing if it had to be stopped. Some programs loop inside its libraries, where nothing stops them, or
    /// end it: then another takes its place.
    pub(super) fn run(&mut self, program: &Program) -> Result<Option<Vec<u8>>, Trouble> {
        self.run += 1;
        if self.run.is_multiple_of(Self::SCRIPTS) {
            self.ask(&["SCRIPT", "FLUSH", "SYNC"])?;
        }
        let source = program.source();
        let reply = match self.ask(&["EVAL", &source, "0"]) {
            Ok(reply) => reply,
            Err(Trouble(what)) => {
                println!("skipped, as the oracle is lost ({what}):\n{}", program.own());
                *self = Self::start()?;
                None
            }
        };
        // What loaded source finds where nothing is, the server's globals say otherwise than a table of Lua.
        let nothing = b"nonexistent global variable";
        let text = match &reply {
            Some(Reply::Bulk(text) | Reply::Error(text)) => &text[..],
            _ => &[],
        };
        if text.windows(nothing.len()).any(|window| window == nothing) {
            return Ok(None);
        }
        match reply {
            Some(Reply::Bulk(text)) => Ok(Some(plain(&text))),
            Some(Reply::Error(text)) => {
                // The engine of scripts says which script it was.
                let text = text.strip_prefix(b"ERR ").unwrap_or(&text);
                let text = text.strip_prefix(b"Error compiling script (new function): ").unwrap_or(text);
                let end = text.windows(9).position(|window| window == b" script: ").unwrap_or(text.len());
                if text.starts_with(b"attempt to index a ") {
                    // Its `pcall` looked into an error that lets nobody look into it: no business of the machine's.
                    return Ok(None);
                }
                Ok(Some(plain(&text[..end])))
            }
            Some(other) => Err(Trouble(format!("the oracle answers {other:?}"))),
            None => Ok(None),
        }
    }

    /// The reply; nothing if what was asked had to be stopped.
    fn ask(&mut self, words: &[&str]) -> Result<Option<Reply>, Trouble> {
        self.stream.write_all(&request(words))?;
        let (mut unread, mut chunk) = (Vec::new(), vec![0; 1 << 16]);
        let mut stopped = false;
        loop {
            if let Ok(Some((reply, _))) = resp::read(&unread) {
                return Ok((!stopped).then_some(reply));
            }
            match self.stream.read(&mut chunk) {
                Ok(0) => return Err(Trouble("the oracle hung up".to_owned())),
                Ok(got) => unread.extend_from_slice(&chunk[..got]),
                Err(error) if error.kind() == ErrorKind::WouldBlock && !stopped => {
                    let mut other = Self::connect(&self.server)?;
                    other.write_all(&request(&["SCRIPT", "KILL"]))?;
                    let _ = other.read(&mut chunk)?;
                    stopped = true;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn request(words: &[&str]) -> Vec<u8> {
    let words: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
    resp::request(&words)
}
