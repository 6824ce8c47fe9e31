//! An engine and its clients in one program: bytes go in, bytes come out, connections come and go.
//!
//! This is the front that needs no operating system. The playground, the class for JavaScript and the tests' virtual
//! servers are built on it; they only add where time comes from, and where the disk is: with them, or [`Outside`].

use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use crate::engine::Engine;
use crate::machine::{ConnId, Input, LogLevel, Now, Output, Peer};
use crate::persistence::store::{Memory, Storage, StoreOp, StoreResult, Ticket};

/// Where ops go.
pub trait Disk {
    /// Performs an op; `None` if [`InProcess::stored`] will tell what came of it.
    fn give(&mut self, ticket: Ticket, op: StoreOp) -> Option<StoreResult>;
}

impl<S: Storage> Disk for S {
    fn give(&mut self, _: Ticket, op: StoreOp) -> Option<StoreResult> {
        Some(self.perform(&op))
    }
}

/// A disk that somebody else has: ops are kept for them, in order.
#[derive(Debug, Default)]
pub struct Outside {
    ops: Vec<(Ticket, StoreOp)>,
}

impl Outside {
    /// Takes the ops that were given since the last time.
    pub fn take(&mut self) -> Vec<(Ticket, StoreOp)> {
        mem::take(&mut self.ops)
    }
}

impl Disk for Outside {
    fn give(&mut self, ticket: Ticket, op: StoreOp) -> Option<StoreResult> {
        self.ops.push((ticket, op));
        None
    }
}

/// Log lines that are kept until somebody asks: of more, the last.
const LOG_MAX: usize = 64;

/// An engine with in-process clients.
#[derive(Debug)]
pub struct InProcess<S: Disk = Memory> {
    engine: Engine,
    storage: S,
    out: Vec<Output>,
    /// Warnings.
    warnings: Vec<String>,
    /// Whether the engine can't go on.
    failed: bool,
    /// Connections that the engine ended, until somebody asks.
    ended: Vec<ConnId>,
    /// Connections that were given bytes, until somebody asks.
    waiting: Vec<ConnId>,
    /// Names that are free again.
    free: Vec<ConnId>,
    next: u32,
    slept_us: u64,
}

impl InProcess {
    /// This engine, and nobody connected to it. What it saves is kept in memory.
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        Self::with_storage(engine, Memory::default())
    }
}

impl<S: Disk> InProcess<S> {
    /// This engine with this disk, and nobody connected to it.
    #[must_use]
    pub const fn with_storage(engine: Engine, storage: S) -> Self {
        Self {
            engine,
            storage,
            out: Vec::new(),
            warnings: Vec::new(),
            failed: false,
            ended: Vec::new(),
            waiting: Vec::new(),
            free: Vec::new(),
            next: 0,
            slept_us: 0,
        }
    }

    /// The disk.
    pub const fn storage_mut(&mut self) -> &mut S {
        &mut self.storage
    }

    /// The disk, to go on with when the engine is gone.
    #[must_use]
    pub fn into_storage(self) -> S {
        self.storage
    }

    /// The engine, for looking at what is stored and who is connected.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The engine, for what is not a request.
    pub const fn engine_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// Loads what is on disk.
    pub fn start(&mut self, now: Now) {
        self.handle(now, Input::Start);
    }

    /// Connects a client.
    pub fn connect(&mut self, now: Now) -> ConnId {
        let conn = self.free.pop().unwrap_or_else(|| {
            self.next += 1;
            ConnId(self.next - 1)
        });
        // Descriptors of a server begin after its own few.
        let peer = Peer::in_process(i32::try_from(conn.0).unwrap_or(0).saturating_add(8));
        self.handle(now, Input::Accepted { conn, peer });
        conn
    }

    /// Disconnects it, whoever wanted that.
    pub fn disconnect(&mut self, now: Now, conn: ConnId) {
        if self.engine.sessions().get(conn).is_some() {
            self.handle(now, Input::Closed { conn });
            self.ended.retain(|&ended| ended != conn);
            self.waiting.retain(|&waiting| waiting != conn);
            self.free.push(conn);
        }
    }

    /// Sends bytes for a client, as on a socket.
    pub fn send(&mut self, now: Now, conn: ConnId, bytes: &[u8]) {
        self.handle(now, Input::Received { conn, bytes });
    }

    /// Sends bytes for a client, and takes what comes back at once.
    pub fn ask(&mut self, now: Now, conn: ConnId, bytes: &[u8]) -> Vec<u8> {
        self.send(now, conn, bytes);
        self.take(now, conn)
    }

    /// Sends a request for a client that is words already.
    pub fn request(&mut self, now: Now, conn: ConnId, argv: &[&[u8]]) {
        self.handle(now, Input::Request { conn, argv });
    }

    /// Runs a request for a client that can't wait: where there is nothing to take, it is told so at once.
    pub fn request_now(&mut self, now: Now, conn: ConnId, argv: &[&[u8]]) {
        self.request(now, conn, argv);
        self.give_up(now, conn);
    }

    /// Runs a command that only reads without a trace, as [`Engine::look`] does.
    pub fn look(&mut self, now: Now, argv: &[&[u8]]) -> Option<Vec<u8>> {
        let reply = self.engine.look(now, argv, &mut self.out);
        self.carry_out(now);
        reply
    }

    /// Takes what waits for a client.
    pub fn take(&mut self, now: Now, conn: ConnId) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.take_into(now, conn, &mut bytes);
        bytes
    }

    /// Takes what waits for a client into memory that is used again.
    pub fn take_into(&mut self, now: Now, conn: ConnId, bytes: &mut Vec<u8>) {
        bytes.clear();
        bytes.extend_from_slice(self.engine.outgoing(conn));
        if !bytes.is_empty() {
            self.handle(now, Input::Sent { conn, bytes: bytes.len() });
        }
        self.waiting.retain(|&waiting| waiting != conn);
    }

    /// Tells a client that waits that its time is up.
    pub fn give_up(&mut self, now: Now, conn: ConnId) {
        self.engine.give_up(conn, &mut self.out);
        self.carry_out(now);
    }

    /// Tells what came of an op that the disk did not answer at once.
    pub fn stored(&mut self, now: Now, ticket: Ticket, result: StoreResult) {
        self.handle(now, Input::Stored { ticket, result });
    }

    /// Replaces everything stored, as [`Engine::replace_with_rdb`] does.
    pub fn replace_with_rdb(&mut self, now: Now, file: &[u8]) -> Result<usize, String> {
        let replaced = self.engine.replace_with_rdb(now, file, &mut self.out);
        self.carry_out(now);
        replaced
    }

    /// Gives the engine a turn.
    pub fn tick(&mut self, now: Now) {
        self.handle(now, Input::Tick);
    }

    /// Whether the engine ended this connection. Its last bytes may still wait.
    #[must_use]
    pub fn is_ended(&self, conn: ConnId) -> bool {
        self.ended.contains(&conn)
    }

    /// The connections that the engine ended since the last time, their last bytes still to be taken. Each must be
    /// [disconnected](Self::disconnect).
    pub fn take_ended(&mut self) -> Vec<ConnId> {
        mem::take(&mut self.ended)
    }

    /// Whether a connection was given bytes or ended that nobody asked for yet.
    #[must_use]
    pub const fn has_news(&self) -> bool {
        !self.waiting.is_empty() || !self.ended.is_empty()
    }

    /// The connections that were given bytes which are not taken yet.
    pub fn take_waiting(&mut self) -> Vec<ConnId> {
        mem::take(&mut self.waiting)
    }

    /// Whether the engine ended because it can't go on, such as without its data. The [warnings](Self::take_warnings) say
    /// why; it is of no more use.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.failed
    }

    /// What the engine warned of since the last time: the last lines, if there were many.
    pub fn take_warnings(&mut self) -> Vec<String> {
        mem::take(&mut self.warnings)
    }

    /// How long the engine wanted everybody to wait since the last time, in microseconds: where time is virtual it
    /// simply passes.
    pub const fn take_slept_us(&mut self) -> u64 {
        mem::replace(&mut self.slept_us, 0)
    }

    fn handle(&mut self, now: Now, input: Input<'_>) {
        self.engine.handle(now, input, &mut self.out);
        self.carry_out(now);
    }

    fn carry_out(&mut self, now: Now) {
        // What the disk answers may bring more to do.
        while !self.out.is_empty() {
            self.carry_out_once(now);
        }
    }

    fn carry_out_once(&mut self, now: Now) {
        let mut outputs = mem::take(&mut self.out);
        for output in outputs.drain(..) {
            match output {
                Output::Send(conn) => {
                    if !self.waiting.contains(&conn) {
                        self.waiting.push(conn);
                    }
                }
                rare => self.carry_out_rare(now, rare),
            }
        }
        // Its memory is used again.
        if self.out.is_empty() {
            self.out = outputs;
        }
    }

    /// What comes less often than once for each request.
    #[cold]
    fn carry_out_rare(&mut self, now: Now, output: Output) {
        match output {
            Output::Close(conn) | Output::Abort(conn) => self.end(conn),
            // The server ends, and is started again at once: its clients notice.
            Output::Exit { failed } => {
                self.failed |= failed;
                let all: Vec<ConnId> = self.engine.sessions().iter().map(|session| session.conn).collect();
                all.into_iter().for_each(|conn| self.end(conn));
            }
            Output::Sleep { us } => self.slept_us += us,
            Output::Store { ticket, op } => {
                if let Some(result) = self.storage.give(ticket, op) {
                    self.engine.handle(now, Input::Stored { ticket, result }, &mut self.out);
                }
            }
            // There is no port, no folder and no limit of files: nothing stands in the way.
            Output::CarryOut(_) => self.engine.handle(now, Input::CarriedOut(Ok(())), &mut self.out),
            Output::Log(LogLevel::Warning, text) => {
                if self.warnings.len() == LOG_MAX {
                    self.warnings.remove(0);
                }
                self.warnings.push(text);
            }
            Output::Send(_) | Output::Sooner | Output::Log(..) | Output::Reconfigured(_) => {}
        }
    }

    fn end(&mut self, conn: ConnId) {
        if !self.ended.contains(&conn) {
            self.ended.push(conn);
        }
    }
}
