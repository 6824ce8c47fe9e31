//! The engine, and what is done with its outputs.

use std::cell::{Cell, RefCell};
use std::ffi::OsStr;
use std::ops::RangeInclusive;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::machine::{Input, Now, Output, Peer, Refusal, Signal, Transport, Why};
use tokio::signal::unix::{self, SignalKind, signal};
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::{LocalSet, spawn_local};

use crate::clients::Clients;
use crate::clock;
use crate::connection::{Ending, Socket};
use crate::disk::{self, Answers, Disk};
use crate::host;
use crate::http;
use crate::io_threads::{IoThreads, Letter, News};
use crate::listen::{self, Doors, UnixDoor};
use crate::log::Log;
use crate::pidfile::PidFile;
use crate::start::Settings;

/// Bytes that one read may bring, at least and at most. Between them it is as much as the engine has done lately in
/// [`TURN`]: nobody else is heard meanwhile.
pub(crate) const READ_BYTES: RangeInclusive<usize> = 4 * 1024..=64 * 1024;

/// For how long the commands of one client may run before others get their turn. One after the other cost from a tenth of
/// a microsecond to several: those that look for places in a set of millions of members wait for memory again and again.
const TURN: Duration = Duration::from_micros(500);

/// Descriptors that the server needs besides those of its clients.
const SPARE_FILES: u64 = 32;

/// The engine and everything around it that belongs to its thread.
pub(crate) struct Shared {
    pub(crate) engine: RefCell<Engine>,
    pub(crate) scratch: RefCell<Vec<u8>>,
    /// How much of it a read may fill.
    pub(crate) read_bytes: Arc<AtomicUsize>,
    pub(crate) io_threads: IoThreads,
    disk: Disk,
    /// The time of the last input.
    now: Cell<Now>,
    log: Rc<Log>,
    pub(crate) clients: Clients,
    /// A list to lend to the engine, kept for its memory.
    outputs: Cell<Vec<Output>>,
    sooner: Notify,
    exit: Notify,
    /// Whether the end is a failure.
    failed: Cell<bool>,
    doors: Doors,
}

/// Serves until the engine says that it is over; tells how it ended.
pub(crate) fn serve(settings: Settings, log: Rc<Log>) -> Result<ExitCode> {
    let Settings { mut config, file, warnings } = settings;
    greet(&log, &file, &warnings);
    let dir = folder_of(&config);
    std::env::set_current_dir(dir).with_context(|| format!("Can't chdir to '{}'", dir.display()))?;
    // Clients are told the whole path, wherever it was given from.
    if let Ok(path) = std::env::current_dir() {
        let _ = config.put("dir", path.as_os_str().as_bytes());
    }
    if let Some(text) = http::start(&config)? {
        log.warning(&text);
    }
    let _pid_file = PidFile::write(&config, &log);
    if let Err(most) = allow_files(config.maxclients) {
        log.warning(&format!(
            "Only so many files may be open that {most} clients can connect, fewer than maxclients says."
        ));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let seed = getrandom::u64().context("The system gives no random seed")?;
    let port = config.values().number("port") as u16;
    let mut engine = Engine::new(config, host::facts(&file, port), seed, clock::now());
    let (disk, answers) = Disk::start().context("Can't start the disk's thread")?;
    let read_bytes = Arc::new(AtomicUsize::new(*READ_BYTES.end()));
    let more_threads = engine.config().values().number("io-threads").saturating_sub(1) as usize;
    let (io_threads, newspaper) =
        IoThreads::start(more_threads, &read_bytes).context("Can't start the io threads")?;
    engine.host_mut().io_threads_active = io_threads.are_active();
    let shared = Rc::new(Shared {
        engine: RefCell::new(engine),
        disk,
        scratch: RefCell::new(vec![0; *READ_BYTES.end()]),
        read_bytes,
        io_threads,
        now: Cell::new(clock::now()),
        log,
        clients: Clients::default(),
        outputs: Cell::default(),
        sooner: Notify::new(),
        exit: Notify::new(),
        failed: Cell::new(false),
        doors: Doors::default(),
    });
    LocalSet::new().block_on(&runtime, run(shared, answers, newspaper))
}

/// The folder that `dir` names.
fn folder_of(config: &Config) -> &Path {
    Path::new(OsStr::from_bytes(config.values().text("dir")))
}

fn greet(log: &Log, file: &str, warnings: &[String]) {
    let pid = std::process::id();
    log.warning("oO0OoO0OoO0Oo Redstart is starting oO0OoO0OoO0Oo");
    log.warning(&format!(
        "Redstart version={}, bits={}, pid={pid}, just started",
        env!("CARGO_PKG_VERSION"),
        usize::BITS
    ));
    if file.is_empty() {
        log.warning("Warning: no config file specified, using the default config.");
    } else {
        log.warning("Configuration loaded");
    }
    for warning in warnings {
        log.warning(warning);
    }
}

/// Tells who waits for it that the ports are open: test suites wait for the number of the process.
fn show_logo(config: &Config) {
    if config.values().flag("always-show-logo") {
        println!(
            "Redstart {} in standalone mode, Port: {}, PID: {}",
            env!("CARGO_PKG_VERSION"),
            config.values().number("port"),
            std::process::id()
        );
    }
}

/// Raises the limit of open files to what so many clients need. If the system doesn't allow that, tells for how many it is
/// enough.
fn allow_files(maxclients: u64) -> Result<(), u64> {
    let wanted = maxclients + SPARE_FILES;
    let Ok((soft, hard)) = rlimit::Resource::NOFILE.get() else { return Ok(()) };
    if soft >= wanted {
        return Ok(());
    }
    let most = wanted.min(hard).max(soft);
    let allowed = if rlimit::Resource::NOFILE.set(most, hard).is_ok() { most } else { soft };
    if allowed >= wanted { Ok(()) } else { Err(allowed.saturating_sub(SPARE_FILES)) }
}

async fn run(
    shared: Rc<Shared>,
    answers: Answers,
    newspaper: UnboundedReceiver<Letter<News>>,
) -> Result<ExitCode> {
    let config = shared.engine.borrow().config().clone();
    shared.doors.reopen(&config)?;
    let unix = UnixDoor::open(&config)?;
    if shared.doors.are_none() && unix.is_none() {
        bail!("Configured to not listen anywhere, exiting.");
    }
    show_logo(&config);
    if let Some(door) = unix {
        spawn_local(Rc::clone(&shared).accept_unix(door));
    }
    spawn_local(Rc::clone(&shared).accept_tcp());
    // Whoever waits for the next lines may send a signal right after.
    let signals = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    shared.log.notice("Server initialized");
    spawn_local(Rc::clone(&shared).keep_time());
    spawn_local(Rc::clone(&shared).keep_flushing());
    spawn_local(Rc::clone(&shared).watch(signals));
    spawn_local(Rc::clone(&shared).hear_disk(answers));
    spawn_local(Rc::clone(&shared).hear_io_threads(newspaper));
    shared.tell(Input::Start);
    shared.exit.notified().await;
    let failed = shared.failed.get();
    shared.farewell().await;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Shared {
    /// Tells the engine something and does what it asks for.
    pub(crate) fn tell(self: &Rc<Self>, input: Input<'_>) {
        // Looking at two clocks is a part of what a small request costs; that bytes are gone needs no new time.
        if !matches!(input, Input::Sent { .. }) {
            self.now.set(clock::now());
        }
        let mut outputs = self.outputs.take();
        self.engine.borrow_mut().handle(self.now.get(), input, &mut outputs);
        for output in outputs.drain(..) {
            self.carry_out(output);
        }
        self.outputs.set(outputs);
    }

    /// A read brought as much as it was allowed to: what it took to serve tells how much the next may bring.
    pub(crate) fn pace(&self) {
        let now = clock::now();
        let took = Duration::from_micros(now.mono_us.saturating_sub(self.now.get().mono_us));
        let bytes = self.read_bytes.load(Ordering::Relaxed);
        let next = if took > TURN {
            bytes / 2
        } else if took < TURN / 4 {
            bytes * 2
        } else {
            bytes
        };
        self.read_bytes.store(next.clamp(*READ_BYTES.start(), *READ_BYTES.end()), Ordering::Relaxed);
    }

    fn carry_out(self: &Rc<Self>, output: Output) {
        match output {
            Output::Send(conn) => self.clients.queue(conn),
            Output::Close(conn) => self.clients.end(conn, Ending::AfterReplies),
            Output::Abort(conn) => self.clients.end(conn, Ending::Now),
            Output::Sooner => self.sooner.notify_one(),
            Output::Log(level, text) => self.log.line(level, &text),
            Output::CarryOut(directives) => {
                let result = self.reconfigure(&directives);
                self.tell(Input::CarriedOut(result));
            }
            Output::Reconfigured("loglevel") => self.log.set_level(self.engine.borrow().config()),
            Output::Reconfigured(_) => {}
            // Everybody is to wait: that is what DEBUG SLEEP is for.
            Output::Sleep { us } => std::thread::sleep(Duration::from_micros(us)),
            Output::Store { ticket, op } => self.disk.give(ticket, op),
            Output::Exit { failed } => {
                self.failed.set(failed);
                self.exit.notify_one();
            }
        }
    }

    /// Carries out a change of directives: all of them, or none.
    fn reconfigure(&self, directives: &[&'static str]) -> Result<(), Refusal> {
        let config = self.engine.borrow().config().clone();
        let asked = |name| directives.iter().copied().find(|directive| *directive == name);
        let refuse = |directive, reason| Err(Refusal { directive, reason });
        if let Some(directive) = asked("maxclients")
            && let Err(most) = allow_files(config.maxclients)
        {
            let text = "The operating system is not able to handle the specified number of clients, try with";
            return refuse(directive, format!("{text} {most}"));
        }
        let folder = std::env::current_dir();
        if let Some(directive) = asked("dir")
            && let Err(error) = std::env::set_current_dir(folder_of(&config))
        {
            return refuse(directive, disk::failed(error).to_string());
        }
        // The first that is named is blamed for both.
        let place = directives.iter().copied().find(|directive| matches!(*directive, "port" | "bind"));
        if let Some(directive) = place
            && let Err(error) = self.doors.reopen(&config)
        {
            self.log.warning(&format!("{error:#}"));
            if let Ok(folder) = folder {
                // It was there a moment ago.
                let _ = std::env::set_current_dir(folder);
            }
            let text = match directive {
                "port" => "Unable to listen on this port. Check server logs.",
                _ => "Failed to bind to specified addresses.",
            };
            return refuse(directive, text.to_owned());
        }
        let mut engine = self.engine.borrow_mut();
        if let Ok(path) = std::env::current_dir() {
            engine.set_dir(path.as_os_str().as_bytes());
        }
        engine.host_mut().tcp_port = config.values().number("port") as u16;
        Ok(())
    }

    /// Wakes the engine at its deadlines.
    async fn keep_time(self: Rc<Self>) {
        loop {
            let deadline = self.engine.borrow().deadline();
            let due = clock::instant(deadline.mono_us);
            if due <= Instant::now() {
                // There is more to do. Those whose sockets are ready come first; a timer would sleep for a millisecond.
                tokio::task::yield_now().await;
            } else {
                tokio::select! {
                    () = tokio::time::sleep_until(due.into()) => {}
                    () = self.sooner.notified() => continue,
                }
            }
            if deadline.why == Why::Round {
                host::refresh(self.engine.borrow_mut().host_mut());
            }
            self.tell(Input::Tick);
        }
    }

    /// Tells the engine what the disk did.
    async fn hear_disk(self: Rc<Self>, mut answers: Answers) {
        while let Some((ticket, result)) = answers.recv().await {
            self.tell(Input::Stored { ticket, result });
            // An answer may be worth a millisecond's work: clients come in between.
            tokio::task::yield_now().await;
        }
    }

    async fn watch(self: Rc<Self>, (mut interrupt, mut terminate): (unix::Signal, unix::Signal)) {
        loop {
            tokio::select! {
                _ = interrupt.recv() => self.tell(Input::Signal(Signal::Interrupt)),
                _ = terminate.recv() => self.tell(Input::Signal(Signal::Terminate)),
            }
        }
    }

    async fn accept_tcp(self: Rc<Self>) {
        loop {
            let Ok((stream, remote)) = self.doors.accept().await else {
                self.rest_after_failed_accept().await;
                continue;
            };
            listen::prepare(&stream, self.engine.borrow().config().tcp_keepalive_secs);
            let local = stream.local_addr().map(|local| local.to_string()).unwrap_or_default();
            let peer = Peer {
                transport: Transport::Tcp { loopback: remote.ip().to_canonical().is_loopback() },
                remote: remote.to_string(),
                local,
                fd: stream.as_raw_fd(),
            };
            self.welcome(Socket::Tcp(stream), peer);
        }
    }

    async fn accept_unix(self: Rc<Self>, door: UnixDoor) {
        let name = format!("{}:0", door.path.display());
        loop {
            let Ok((stream, _)) = door.listener.accept().await else {
                self.rest_after_failed_accept().await;
                continue;
            };
            let fd = stream.as_raw_fd();
            let peer = Peer { transport: Transport::Unix, remote: name.clone(), local: name.clone(), fd };
            self.welcome(Socket::Unix(stream), peer);
        }
    }

    /// Most likely there are no more descriptors: asking again at once would only burn time.
    async fn rest_after_failed_accept(&self) {
        self.log.warning("Accepting client connection: no descriptor left. Raise the limit of open files.");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
