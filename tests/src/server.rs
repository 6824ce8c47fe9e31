//! A server process of our own: on a free loopback port, with a directory to itself, gone when dropped.

use crate::runner::Trouble;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, process, thread};

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    port: u16,
    dir: PathBuf,
}

/// How long a server may take until it answers.
const START_LIMIT: Duration = Duration::from_secs(20);

/// A port that another process takes between our look and the server's bind is worth this many tries.
const TRIES: usize = 5;

impl Server {
    /// Starts `program` with `options` as on a command line (`--name value`).
    ///
    /// # Errors
    /// When it can't be started or doesn't answer, with the end of its log.
    pub fn start(program: &Path, options: &[(String, String)]) -> Result<Self, Trouble> {
        let mut last = Trouble("never tried".into());
        for _ in 0..TRIES {
            match Self::start_once(program, options) {
                Ok(server) => return Ok(server),
                Err(trouble) => last = trouble,
            }
        }
        Err(last)
    }

    /// The loopback port that it listens on.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Its directory, where it keeps its files.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Waits until it has ended by itself; tells whether it says that all went well.
    ///
    /// # Errors
    /// When it can't be waited for.
    pub fn wait(&mut self) -> Result<bool, Trouble> {
        Ok(self.child.wait()?.success())
    }

    /// The number of its process.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }

    fn start_once(program: &Path, options: &[(String, String)]) -> Result<Self, Trouble> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let dir = env::temp_dir().join(format!("redstart-tests-{}-{number}", process::id()));
        fs::create_dir_all(&dir)?;
        let log = File::create(dir.join("log"))?;
        let port = free_port()?;
        let mut command = Command::new(program);
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--dir"]).arg(&dir);
        command.args(["--save", "", "--appendonly", "no", "--enable-debug-command", "yes"]);
        for (name, value) in options {
            command.arg(format!("--{name}")).arg(value);
        }
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = command
            .spawn()
            .map_err(|error| Trouble(format!("can't start {}: {error}", program.display())))?;
        let mut server = Self { child, port, dir };
        server.wait_until_it_answers(program)?;
        Ok(server)
    }

    fn wait_until_it_answers(&mut self, program: &Path) -> Result<(), Trouble> {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            if let Some(status) = self.child.try_wait()? {
                let log = self.log();
                return Err(Trouble(format!("{} ended at once ({status}):\n{log}", program.display())));
            }
            if answers(self.port) {
                return Ok(());
            }
            if Instant::now() > deadline {
                let log = self.log();
                return Err(Trouble(format!(
                    "{} doesn't answer on port {}:\n{log}",
                    program.display(),
                    self.port
                )));
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Server {
    /// By its own id and for good: a test's server has nothing to save.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// A loopback port that nobody listens on right now, and that nobody else in this process was given: two servers that
/// start at the same time must not meet, since whoever comes second would find the first one answering.
///
/// # Errors
/// When the system has none.
pub fn free_port() -> Result<u16, Trouble> {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        if GIVEN.lock().map_err(|_| Trouble("a test broke down while it took a port".into()))?.insert(port) {
            return Ok(port);
        }
    }
}

/// Whether it takes commands: not while it loads.
fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let limit = Some(Duration::from_secs(1));
    let ready = stream.set_read_timeout(limit).and_then(|()| stream.write_all(b"PING\r\n"));
    let mut answer = [0; 8];
    ready.is_ok() && stream.read(&mut answer).is_ok_and(|read| read > 0) && answer != *b"-LOADING"
}
