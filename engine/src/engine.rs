//! The engine: it owns the parts and sends each input to the one that knows what to do with it. No logic lives here.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use redstart_structures::OrderedSet;

use crate::argv::Argv;
use crate::command::Lookup;
use crate::command::flag::READONLY;
use crate::commands;
use crate::config::Config;
use crate::execute::{self, Feed, Pause, Waiting, Watches};
use crate::keyspace::past::Images;
use crate::keyspace::{Change, Database, Keyspace, Reader};
use crate::machine::{ConnId, Deadline, Input, LogLevel, Now, Output};
use crate::observe::{Calls, Host, Latency, Meter, SlowLog, Stats, used_memory};
use crate::persistence;
use crate::persistence::aof::{self, Aof};
use crate::persistence::load::{self, LastLoad, Loading};
use crate::persistence::saves::Saves;
use crate::persistence::store::Desk;
use crate::pubsub::{Away, PubSub};
use crate::random::Random;
use crate::reconfigure;
use crate::round;
use crate::scripting::{Scripts, Watched};
use crate::session::{Ending, Sessions};
use crate::shutdown::{self, Shutdown};
use crate::tracking::TrackingTable;

/// A store: the keyspace and everything that serves it.
#[derive(Debug)]
pub struct Engine {
    /// What is stored.
    pub(crate) keyspace: Keyspace,
    /// Everything else.
    pub(crate) server: Server,
}

/// What handlers may use besides the keyspace.
#[derive(Debug)]
pub struct Server {
    /// The time of this call.
    pub now: Now,
    /// Every directive.
    pub config: Config,
    /// Counters for INFO.
    pub stats: Stats,
    /// What became of the calls of each command.
    pub calls: Calls,
    /// The calls that took long.
    pub slowlog: SlowLog,
    /// What took so long that somebody may want to know why.
    pub latency: Latency,
    /// Measures all of these.
    pub(crate) meter: Meter,
    /// Facts that only the front knows.
    pub host: Host,
    /// Every connection but the one whose command runs.
    pub sessions: Sessions,
    /// Every command.
    pub commands: Lookup,
    /// The one source of chance.
    pub random: Random,
    /// The scripts that are known, and the one that runs.
    pub scripts: Scripts,
    /// Copies of the store in which scripts are debugged.
    pub(crate) copies: Vec<execute::StoreCopy>,
    /// The data set that is being loaded, if one is.
    pub loading: Option<Box<Loading>>,
    /// What came of the last one that was.
    pub last_load: LastLoad,
    /// Whether checksums are left unchecked (DEBUG SET-SKIP-CHECKSUM-VALIDATION).
    pub skips_checksums: bool,
    /// Whether scripts may call what they usually may not (DEBUG SET-DISABLE-DENY-SCRIPTS).
    pub lets_scripts: bool,
    /// Snapshots, past, present and to come.
    pub saves: Saves,
    /// The append-only file.
    pub(crate) aof: Aof,
    /// Changes of directives that the front is carrying out, one after the other.
    pub(crate) pending_changes: VecDeque<reconfigure::Pending>,
    /// The end of the server, if it is near.
    pub(crate) shutdown: Option<Shutdown>,
    pub(crate) out: Vec<Output>,
    /// Changes for whoever watches the keyspace from inside the process.
    pub(crate) observed: Vec<Change>,
    /// Everybody whose command waits for a key.
    pub waiting: Waiting,
    /// Everybody who watches keys.
    pub watches: Watches,
    /// Everybody who listens to channels.
    pub pubsub: PubSub,
    /// Who has read what, and is told when it changes.
    pub tracking: TrackingTable,
    /// Everybody who looks on.
    pub monitors: OrderedSet<ConnId>,
    /// What is propagated, and who gets it.
    pub feed: Feed,
    /// A time in which not everything may run.
    pub pause: Option<Pause>,
    /// Clients whose next request waits for its end.
    pub(crate) held: Vec<ConnId>,
    /// Clients whose commands run, the innermost last.
    pub(crate) away: Vec<Away>,
    /// How many changes of the unit that runs clients were told of.
    pub(crate) told: usize,
    /// Clients that wait no more, and what they sent meanwhile has not run yet.
    pub(crate) released: VecDeque<ConnId>,
    pub(crate) ahead: execute::Ahead,
    pub(crate) next_client: u64,
    pub(crate) round: round::Round,
    pub(crate) room: execute::Room,
    /// Who waits for an answer of the disk's.
    pub(crate) desk: Desk,
    /// The memory that an empty engine takes.
    pub(crate) startup_bytes: usize,
}

impl Engine {
    /// An empty store. `seed` decides every random choice it will ever make.
    #[must_use]
    pub fn new(config: Config, host: Host, seed: u64, now: Now) -> Self {
        let mut random = Random::new(seed);
        let databases = config.databases as usize;
        // First, so that no later choice, which others may see, repeats what the secret of the hashes was made from.
        let mut keyspace = Keyspace::new(databases, &mut random);
        let server = Server {
            now,
            stats: Stats::new(now, &mut random),
            calls: Calls::new(commands::all()),
            slowlog: SlowLog::default(),
            latency: Latency::default(),
            meter: Meter::new(host.clock),
            host,
            sessions: Sessions::default(),
            commands: Lookup::new(commands::all()),
            copies: Vec::new(),
            loading: None,
            last_load: LastLoad::default(),
            skips_checksums: false,
            lets_scripts: false,
            saves: Saves::new(now),
            aof: Aof::default(),
            pending_changes: VecDeque::new(),
            shutdown: None,
            out: Vec::new(),
            observed: Vec::new(),
            waiting: Waiting::default(),
            watches: Watches::default(),
            pubsub: PubSub::default(),
            tracking: TrackingTable::default(),
            scripts: Scripts::default(),
            monitors: OrderedSet::new(),
            feed: Feed::default(),
            pause: None,
            held: Vec::new(),
            away: Vec::new(),
            told: 0,
            released: VecDeque::new(),
            ahead: execute::Ahead::default(),
            next_client: 1,
            round: round::Round::new(now),
            room: execute::Room::default(),
            desk: Desk::default(),
            startup_bytes: size_of::<Self>() + databases * size_of::<Database>(),
            config,
            random,
        };
        keyspace.listen(Reader::Listeners, server.config.notify_keyspace_events != 0);
        keyspace.obey(&server.config);
        Self { keyspace, server }
    }

    /// Takes one input; adds to `out` what is to be done about it.
    pub fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Vec<Output>) {
        self.server.now = now;
        self.server.meter.begin(now.mono_us);
        mem::swap(&mut self.server.out, out);
        match input {
            Input::Received { conn, bytes } => execute::receive(self, conn, bytes),
            Input::Sent { conn, bytes } => {
                if let Some(session) = self.server.sessions.get_mut(conn) {
                    session.outbox.take(bytes);
                    self.server.sessions.recount(conn);
                }
                self.server.stats.net_output_bytes += bytes as u64;
                self.server.stats.writes += 1;
            }
            rare => self.handle_rare(rare),
        }
        execute::go_on_debugging(self);
        execute::resume_released(self);
        aof::flush(&mut self.server);
        if !self.server.tracking.is_empty() {
            self.server.broadcast_invalid(self.keyspace.hasher());
        }
        if self.keyspace.take_hurry() {
            self.server.out.push(Output::Sooner);
        }
        mem::swap(&mut self.server.out, out);
    }

    /// What comes less often than once for each request: apart, so that the way of those is short.
    #[inline(never)]
    fn handle_rare(&mut self, input: Input<'_>) {
        match input {
            Input::Received { .. } | Input::Sent { .. } => {}
            Input::Accepted { conn, peer } => self.server.accept(conn, peer),
            Input::Request { conn, argv } => {
                let argv: Argv = argv.iter().collect();
                execute::request(self, conn, argv.args());
            }
            Input::Closed { conn } => self.server.forget(conn),
            Input::Tick => round::tick(self),
            Input::Start => load::start(self),
            Input::Signal(signal) => shutdown::signalled(&mut self.keyspace, &mut self.server, signal),
            Input::CarriedOut(result) => reconfigure::carried_out(self, result),
            Input::Stored { ticket, result } => persistence::stored(self, ticket, result),
        }
    }

    /// When the engine wants its next [`Input::Tick`].
    #[must_use]
    pub fn deadline(&self) -> Deadline {
        round::deadline(self)
    }

    /// What waits for a client; the front says with [`Input::Sent`] how much of it it took.
    #[must_use]
    pub fn outgoing(&self, conn: ConnId) -> &[u8] {
        let session = self.server.sessions.get(conn).filter(|session| session.ending != Ending::Now);
        session.map_or(&[], |session| session.outbox.waiting())
    }

    /// Ends a client's wait as if its time were up: for a caller that can't be kept waiting.
    pub fn give_up(&mut self, conn: ConnId, out: &mut Vec<Output>) {
        mem::swap(&mut self.server.out, out);
        self.server.end_wait(conn, execute::Vain::TimedOut);
        execute::resume_released(self);
        mem::swap(&mut self.server.out, out);
    }

    /// How much of the data set is loaded, in percent, while it is.
    #[must_use]
    pub fn loading(&self) -> Option<f64> {
        let is_beginning = self.server.aof.is_starting().then_some(0.0);
        self.server.loading.as_ref().map(|loading| loading.percent()).or(is_beginning)
    }

    /// Whether a request does nothing but read, so that it may be made twice.
    #[must_use]
    pub fn only_reads(&self, argv: &[&[u8]]) -> bool {
        let argv: Argv = argv.iter().collect();
        let command = execute::resolve(&self.server, execute::Request::new(argv.args()));
        command.is_ok_and(|command| command.has(READONLY))
    }

    /// Runs a command that only reads, on database 0, and leaves no trace of it: whoever looks at the statistics, at uses of
    /// keys or with MONITOR does not see it. Gives its reply in RESP2, or nothing if the command is none of those.
    pub fn look(&mut self, now: Now, argv: &[&[u8]], out: &mut Vec<Output>) -> Option<Vec<u8>> {
        mem::swap(&mut self.server.out, out);
        let argv: Argv = argv.iter().collect();
        let reply = execute::look(self, now, argv.args());
        mem::swap(&mut self.server.out, out);
        reply
    }

    /// How many calls of a command, by its name as INFO commandstats has it, were a success.
    #[must_use]
    pub fn successes(&self, name: &str) -> u64 {
        let known = self.server.calls.known();
        let calls = known.iter().find(|(command, _)| command.name == name);
        calls.map_or(0, |(_, calls)| calls.calls.saturating_sub(calls.failed))
    }

    /// The configuration in force.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.server.config
    }

    /// What the front told of itself, to be corrected when it changes.
    pub const fn host_mut(&mut self) -> &mut Host {
        &mut self.server.host
    }

    /// The front's files are in this folder: its whole path, which clients are told.
    pub fn set_dir(&mut self, path: &[u8]) {
        // Any text will do for a folder.
        let _ = self.server.config.put("dir", path);
    }

    /// What is stored, for reading: the page's key browser and lessons look here.
    #[must_use]
    pub const fn keyspace(&self) -> &Keyspace {
        &self.keyspace
    }

    /// Who is connected, for reading: lessons look here.
    #[must_use]
    pub const fn sessions(&self) -> &Sessions {
        &self.server.sessions
    }

    /// What a client sees of the script that it debugs, while that stands still.
    #[must_use]
    pub fn watched(&self, conn: ConnId) -> Option<&Watched> {
        execute::watched(self, conn)
    }

    /// From now on keeps the list of changes for [`Engine::take_changes`].
    pub fn observe(&mut self, wanted: bool) {
        self.keyspace.listen(Reader::Page, wanted);
    }

    /// The changes since the last time they were taken, if [`Engine::observe`] asked for them.
    pub fn take_changes(&mut self) -> Vec<Change> {
        mem::take(&mut self.server.observed)
    }

    /// From now on keeps what entries were before they changed, up to so many bytes at a time, for [`Engine::take_past`].
    pub fn keep_past(&mut self, most_bytes: usize) {
        self.keyspace.keep_past(most_bytes);
    }

    /// What entries were, of those that changed since this was last taken; `None` if it is more than was asked for.
    pub fn take_past(&mut self) -> Option<Images> {
        self.keyspace.take_past()
    }

    /// The bytes that are used, as INFO tells a client without any of its own.
    #[must_use]
    pub fn used_memory(&self) -> usize {
        used_memory(&self.server, &self.keyspace)
    }

    /// From now on keeps what is propagated for [`Engine::take_propagated`].
    pub fn follow(&mut self, wanted: bool) {
        self.server.feed.follower = wanted.then(execute::Stream::default);
        self.keyspace.listen(Reader::Feed, self.server.feed.is_read());
    }

    /// The commands that were propagated since the last time they were taken, as they are on the wire, if
    /// [`Engine::follow`] asked for them.
    pub fn take_propagated(&mut self) -> Vec<u8> {
        self.server.feed.follower.as_mut().map(execute::Stream::take).unwrap_or_default()
    }
}

impl Server {
    /// Adds a line to the log.
    pub fn log(&mut self, level: LogLevel, text: String) {
        self.out.push(Output::Log(level, text));
    }

    fn accept(&mut self, conn: ConnId, peer: crate::machine::Peer) {
        let id = self.next_client;
        self.next_client += 1;
        self.stats.connections += 1;
        let session = crate::session::Session::new(id, conn, peer, self.now);
        self.sessions.insert(Box::new(session));
        self.greet(conn);
    }
}
