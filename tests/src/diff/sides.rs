//! The two stores, and one way to ask them the same.

use super::{Call, show};
use crate::resp::{self, Reply};
use crate::runner::Trouble;
use crate::runners::oracle;
use crate::server::Server;
use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::in_process::InProcess;
use redstart_engine::machine::{ConnId, Now};
use redstart_engine::observe::Host;
use std::cell::RefCell;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::net::TcpStream;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Both stores.
pub(super) struct Sides {
    oracle: Oracle,
    ours: Ours,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    /// The one whose calls are compared.
    Player,
    /// The one who looks what became of the data, and sets the store back.
    Checker,
}

/// What came back for one call.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) bytes: Vec<u8>,
    pub(super) reply: Result<Reply, Fault>,
}

/// No answer.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// The engine panicked: its last words.
    Panic(String),
    /// It said nothing, or nothing that can be read.
    Silence,
}

/// The databases of both: few, so that looking at all of them is cheap.
pub(super) const DATABASES: usize = 4;

/// The smallest limit on strings that Redis takes: no call can make either side write gigabytes.
const OPTIONS: [(&str, &str); 3] =
    [("databases", "4"), ("proto-max-bulk-len", "1mb"), ("enable-debug-command", "yes")];

/// What the oracle propagates is seen in its append-only file.
const FED: [(&str, &str); 3] =
    [("appendonly", "yes"), ("appendfsync", "no"), ("auto-aof-rewrite-percentage", "0")];

impl Sides {
    pub(super) fn start() -> Result<Self, Trouble> {
        let options = OPTIONS.iter().chain(&FED);
        let options: Vec<_> = options.map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let server = Server::start(&oracle(), &options)?;
        remember_panics();
        Ok(Self { oracle: Oracle::connect(server)?, ours: Ours::start()? })
    }

    /// Connects both clients anew. What is stored stays, but for an engine that panicked.
    pub(super) fn reconnect(&mut self) -> Result<(), Trouble> {
        self.oracle.player = Line::open(self.oracle.server.port())?;
        self.ours.reconnect()
    }

    /// Asks both, all calls at once: each answers all of them before it is asked again.
    pub(super) fn ask<'c>(
        &mut self,
        client: Client,
        calls: impl Iterator<Item = &'c Call>,
    ) -> Result<Vec<(Answer, Answer)>, Trouble> {
        let calls: Vec<&Call> = calls.collect();
        let bytes: Vec<u8> = calls.iter().flat_map(|call| resp::request(call)).collect();
        let count = calls.len();
        let line = self.oracle.line(client);
        line.stream.write_all(&bytes)?;
        let ours = self.ours.ask(client, &bytes, count);
        let theirs = line.answers(count).map_err(|(after, what)| {
            let call = calls.get(after).map(|call| show::line(call)).unwrap_or_default();
            Trouble(format!("the oracle doesn't answer {call}: {what}"))
        })?;
        Ok(theirs.into_iter().zip(ours).collect())
    }

    /// What each has propagated since this was last asked: the commands as arrays.
    pub(super) fn propagated(&mut self) -> Result<(Answer, Answer), Trouble> {
        let theirs = self.oracle.propagated()?;
        let ours = self.ours.store.engine_mut().take_propagated();
        Ok((commands(&theirs), commands(&ours)))
    }
}

/// Commands of an append-only file as one answer.
fn commands(bytes: &[u8]) -> Answer {
    let mut answers = Vec::new();
    take(&mut answers, bytes, usize::MAX);
    let commands = answers.into_iter().filter_map(|answer| answer.reply.ok()).collect();
    Answer { bytes: bytes.to_vec(), reply: Ok(Reply::Array(commands)) }
}

/// The real server and our two connections to it.
struct Oracle {
    server: Server,
    /// How much of its append-only file is read.
    fed: u64,
    player: Line,
    checker: Line,
}

impl Oracle {
    fn connect(server: Server) -> Result<Self, Trouble> {
        let (player, checker) = (Line::open(server.port())?, Line::open(server.port())?);
        Ok(Self { server, fed: 0, player, checker })
    }

    /// What it wrote into its append-only file since the last time.
    fn propagated(&mut self) -> Result<Vec<u8>, Trouble> {
        let mut file = File::open(self.server.dir().join("appendonlydir/appendonly.aof.1.incr.aof"))?;
        file.seek(SeekFrom::Start(self.fed))?;
        let mut bytes = Vec::new();
        self.fed += file.read_to_end(&mut bytes)? as u64;
        Ok(bytes)
    }

    const fn line(&mut self, client: Client) -> &mut Line {
        match client {
            Client::Player => &mut self.player,
            Client::Checker => &mut self.checker,
        }
    }
}

struct Line {
    stream: TcpStream,
}

impl Line {
    /// However busy the machine is: what takes longer waits for something.
    const PATIENCE: Duration = Duration::from_secs(30);

    fn open(port: u16) -> Result<Self, Trouble> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Self::PATIENCE))?;
        Ok(Self { stream })
    }

    /// So many answers, or how many came before it failed, and why.
    fn answers(&mut self, count: usize) -> Result<Vec<Answer>, (usize, String)> {
        let mut unread = Vec::new();
        let mut answers = Vec::with_capacity(count);
        let mut chunk = vec![0; 1 << 16];
        loop {
            let read = take(&mut answers, &unread, count);
            unread.drain(..read);
            if answers.len() == count {
                return Ok(answers);
            }
            match self.stream.read(&mut chunk) {
                Ok(0) => return Err((answers.len(), "it hung up".to_owned())),
                Ok(got) => unread.extend_from_slice(&chunk[..got]),
                Err(error) => return Err((answers.len(), error.to_string())),
            }
        }
    }
}

/// The engine, with a clock that stands still while a round is played.
struct Ours {
    store: InProcess,
    now: Now,
    player: ConnId,
    checker: ConnId,
    panicked: Option<String>,
}

impl Ours {
    fn start() -> Result<Self, Trouble> {
        let now = wall_clock();
        let mut config = Config::new();
        for (name, value) in OPTIONS {
            let refused = |reason| Trouble(format!("{name} {value}: {reason:?}"));
            config.put(name, value.as_bytes()).map_err(refused)?;
        }
        let mut engine = Engine::new(config, Host::default(), 7, now);
        engine.follow(true);
        let mut store = InProcess::new(engine);
        let (player, checker) = (store.connect(now), store.connect(now));
        Ok(Self { store, now, player, checker, panicked: None })
    }

    fn reconnect(&mut self) -> Result<(), Trouble> {
        if self.panicked.is_some() {
            *self = Self::start()?;
        }
        self.now = wall_clock();
        self.store.disconnect(self.now, self.player);
        self.player = self.store.connect(self.now);
        Ok(())
    }

    fn ask(&mut self, client: Client, bytes: &[u8], count: usize) -> Vec<Answer> {
        let conn = match client {
            Client::Player => self.player,
            Client::Checker => self.checker,
        };
        let mut answers = Vec::with_capacity(count);
        if self.panicked.is_none() {
            let (store, now) = (&mut self.store, self.now);
            LAST_WORDS.set(Some(String::new()));
            let asked = panic::catch_unwind(AssertUnwindSafe(|| {
                let said = store.ask(now, conn, bytes);
                store.tick(now);
                said
            }));
            let last_words = LAST_WORDS.take();
            match asked {
                Ok(said) => drop(take(&mut answers, &said, count)),
                Err(_) => self.panicked = last_words,
            }
        }
        let fault = self.panicked.clone().map_or(Fault::Silence, Fault::Panic);
        answers.resize(count, Answer { bytes: Vec::new(), reply: Err(fault) });
        answers
    }
}

/// Reads up to `count` answers in all; how many bytes they had.
fn take(answers: &mut Vec<Answer>, bytes: &[u8], count: usize) -> usize {
    let mut at = 0;
    while answers.len() < count
        && let Ok(Some((reply, length))) = resp::read(&bytes[at..])
    {
        answers.push(Answer { bytes: bytes[at..at + length].to_vec(), reply: Ok(reply) });
        at += length;
    }
    at
}

thread_local! {
    /// There while the engine runs: where a panic's words go.
    static LAST_WORDS: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A panic of the engine is a finding like any other: it is told in its place and not when it happens.
fn remember_panics() {
    let loud = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let kept = LAST_WORDS.with_borrow_mut(|words| words.as_mut().map(|words| *words = info.to_string()));
        if kept.is_none() {
            loud(info);
        }
    }));
}

fn wall_clock() -> Now {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let us = u64::try_from(since.as_micros()).unwrap_or_default();
    Now { unix_us: us, mono_us: us }
}
