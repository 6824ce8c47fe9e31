//! The two machines, and one way to have a program run by both.

use super::program::Program;
use crate::dice::Dice;
use crate::resp::{self, Reply};
use crate::runner::Trouble;
use crate::runners::oracle;
use crate::server::Server;
use redstart_lua::{Progress, Raise, Setup, Vm};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::panic::{self, AssertUnwindSafe};
use std::process::Command;
use std::time::Duration;

/// The real server, which runs a program by EVAL.
pub(super) struct Oracle {
    server: Server,
    stream: TcpStream,
    run: usize,
    /// Programs that it could not say anything of.
    pub(super) skipped: u64,
}

impl Oracle {
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
        Ok(Self { server, stream, run: 0, skipped: 0 })
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
                *self = Self { skipped: self.skipped, ..Self::start()? };
                None
            }
        };
        match reply {
            Some(Reply::Bulk(text)) => Ok(Some(plain(&text))),
            Some(Reply::Error(text)) => {
                // The engine of scripts says which script it was.
                let text = text.strip_prefix(b"ERR ").unwrap_or(&text);
                let text = text.strip_prefix(b"Error compiling script (new function): ").unwrap_or(text);
                let end = text.windows(9).position(|window| window == b" script: ").unwrap_or(text.len());
                if text.starts_with(b"attempt to index a ") {
                    // Its `pcall` looked into an error that lets nobody look into it: no business of the machine's.
                    self.skipped += 1;
                    return Ok(None);
                }
                Ok(Some(plain(&text[..end])))
            }
            Some(other) => Err(Trouble(format!("the oracle answers {other:?}"))),
            None => {
                self.skipped += 1;
                Ok(None)
            }
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

/// What our machine says. The dice decide how often it is interrupted: that must not be seen.
pub(super) fn ours(program: &Program, seed: u64) -> Vec<u8> {
    let source = program.source();
    let run = panic::catch_unwind(AssertUnwindSafe(|| run_ours(source.as_bytes(), seed)));
    match run {
        Ok(Ok(text)) => plain(&text),
        Ok(Err(_)) => b"it can't even start".to_vec(),
        Err(_) => b"a panic".to_vec(),
    }
}

fn run_ours(source: &[u8], seed: u64) -> Result<Vec<u8>, Raise> {
    const MEMORY: usize = 256 << 20;
    /// No program needs so much.
    const FUEL: u64 = 200_000_000;
    let mut dice = Dice::new(seed);
    let mut vm = Vm::new(Setup { memory: MEMORY, seed: 0 })?;
    vm.open_libraries()?;
    // As the server does it.
    for table in [Some(vm.globals()), vm.string_metatable()].into_iter().flatten() {
        vm.heap_mut().set_readonly(table, true);
    }
    let function = match vm.load(source, b"@user_script") {
        Ok(function) => function,
        Err(Raise::Error(text)) => return Ok(vm.heap().display(text)),
        Err(other) => return Err(other),
    };
    vm.start(function, &[])?;
    let slice = [7, 100, 5000, 1_000_000][dice.below(4)];
    let collects = dice.chance(20);
    let mut fuel = 0;
    loop {
        match vm.resume(slice) {
            Progress::Done => {
                return Ok(vm.results().first().map_or_else(Vec::new, |text| vm.heap().display(*text)));
            }
            Progress::Failed => {
                // What nobody caught goes through C, where a text ends with its first zero.
                let failure = vm.heap().display(vm.failure());
                return Ok(failure.split(|&byte| byte == 0).next().unwrap_or_default().to_vec());
            }
            Progress::NeedsHost(_) => return Ok(b"a question".to_vec()),
            Progress::Yielded if fuel > FUEL => return Ok(b"no end".to_vec()),
            Progress::Yielded => {
                if collects && dice.chance(10) {
                    vm.collect();
                }
            }
        }
        fuel += slice;
    }
}

/// Where something lies is its own affair: `table: 0x55d0c8` is any table.
fn plain(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.windows(4).position(|window| window == b": 0x") {
        let (before, address) = rest.split_at(at + 4);
        let digits = address.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let kinds: [&[u8]; 4] = [b"table: 0x", b"function: 0x", b"thread: 0x", b"userdata: 0x"];
        let is_address = digits >= 6 && kinds.iter().any(|kind| before.ends_with(kind));
        plain.extend_from_slice(before);
        rest = &address[if is_address { digits } else { 0 }..];
    }
    plain.extend_from_slice(rest);
    plain
}

/// Nobody reads what a panic prints while programs are made smaller by the hundred.
pub(super) fn hush_panics() {
    panic::set_hook(Box::new(|_| {}));
}
