//! The two machines, and one way to have a program run by both.

use super::program::Program;
use crate::dice::Dice;
use crate::resp::{self, Reply};
use crate::runner::Trouble;
use crate::runners::oracle;
use crate::server::Server;
use redstart_lua::{Progress, Raise, Setup, Vm};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

/// The real server, which runs a program by EVAL.
pub(super) struct Oracle {
    _server: Server,
    stream: TcpStream,
    run: usize,
}

impl Oracle {
    /// However busy the machine is: what takes longer waits for something.
    const PATIENCE: Duration = Duration::from_secs(60);
    /// It remembers every script: after so many it is told to forget them.
    const SCRIPTS: usize = 500;

    pub(super) fn start() -> Result<Self, Trouble> {
        let server = Server::start(&oracle(), &[])?;
        let stream = TcpStream::connect(("127.0.0.1", server.port()))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Self::PATIENCE))?;
        Ok(Self { _server: server, stream, run: 0 })
    }

    pub(super) fn run(&mut self, program: &Program) -> Result<Vec<u8>, Trouble> {
        self.run += 1;
        if self.run.is_multiple_of(Self::SCRIPTS) {
            self.ask(&["SCRIPT", "FLUSH", "SYNC"])?;
        }
        let source = program.source();
        let reply = self
            .ask(&["EVAL", &source, "0"])
            .map_err(|trouble| Trouble(format!("{} when it ran\n{source}", trouble.0)))?;
        Ok(match reply {
            Reply::Bulk(text) => plain(&text),
            Reply::Error(text) => {
                // The engine of scripts says which script it was.
                let text = text.strip_prefix(b"ERR ").unwrap_or(&text);
                let text = text.strip_prefix(b"Error compiling script (new function): ").unwrap_or(text);
                let end = text.windows(9).position(|window| window == b" script: ").unwrap_or(text.len());
                plain(&text[..end])
            }
            other => return Err(Trouble(format!("the oracle answers {other:?}"))),
        })
    }

    fn ask(&mut self, words: &[&str]) -> Result<Reply, Trouble> {
        let words: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        self.stream.write_all(&resp::request(&words))?;
        let (mut unread, mut chunk) = (Vec::new(), vec![0; 1 << 16]);
        loop {
            if let Ok(Some((reply, _))) = resp::read(&unread) {
                return Ok(reply);
            }
            match self.stream.read(&mut chunk)? {
                0 => return Err(Trouble("the oracle hung up".to_owned())),
                got => unread.extend_from_slice(&chunk[..got]),
            }
        }
    }
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
                let failure = vm.failure();
                return Ok(vm.heap().display(failure));
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
