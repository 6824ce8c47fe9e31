//! The log, in the line format that people and tools read:
//!
//! ```text
//! 4242:M 24 Nov 2026 03:04:05.678 * Ready to accept connections
//! pid :role  local time           level
//! ```

use std::cell::{Cell, RefCell};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};

use redstart_engine::config::Config;
use redstart_engine::machine::LogLevel;

/// Where log lines go.
#[derive(Debug)]
pub(crate) struct Log {
    /// None: the standard output.
    file: RefCell<Option<File>>,
    least: Cell<LogLevel>,
    pid: u32,
}

impl Log {
    /// The log that `logfile` and `loglevel` ask for.
    pub(crate) fn open(config: &Config) -> io::Result<Self> {
        let path = String::from_utf8_lossy(config.values().text("logfile")).into_owned();
        let file = match path.as_str() {
            "" => None,
            path => Some(OpenOptions::new().create(true).append(true).open(path)?),
        };
        let log =
            Self { file: RefCell::new(file), least: Cell::new(LogLevel::Notice), pid: std::process::id() };
        log.set_level(config);
        Ok(log)
    }

    /// Follows a change of `loglevel`.
    pub(crate) fn set_level(&self, config: &Config) {
        self.least.set(match config.values().word("loglevel").as_slice() {
            b"debug" => LogLevel::Debug,
            b"verbose" => LogLevel::Verbose,
            b"warning" => LogLevel::Warning,
            _ => LogLevel::Notice,
        });
    }

    /// Writes a line, if it is important enough.
    pub(crate) fn line(&self, level: LogLevel, text: &str) {
        if level < self.least.get() {
            return;
        }
        let mark = match level {
            LogLevel::Debug => '.',
            LogLevel::Verbose => '-',
            LogLevel::Notice => '*',
            LogLevel::Warning => '#',
        };
        let time = jiff::ZonedDateTime::now().strftime("%d %b %Y %H:%M:%S.%3f").to_string();
        let line = format!("{}:M {time} {mark} {text}\n", self.pid);
        // A log that can't be written must not stop the store.
        let _ = match &mut *self.file.borrow_mut() {
            Some(file) => file.write_all(line.as_bytes()),
            None => io::stdout().lock().write_all(line.as_bytes()),
        };
    }

    /// Writes a line that everybody wants to see.
    pub(crate) fn notice(&self, text: &str) {
        self.line(LogLevel::Notice, text);
    }

    /// Writes a line that somebody has to act on.
    pub(crate) fn warning(&self, text: &str) {
        self.line(LogLevel::Warning, text);
    }
}
