//! `pidfile`: the number of this process, for whoever wants to send it a signal.

use std::fs;
use std::path::PathBuf;

use redstart_engine::config::Config;

use crate::log::Log;

/// The file, if one was asked for; it goes when the server does.
#[derive(Debug)]
pub(crate) struct PidFile(Option<PathBuf>);

impl PidFile {
    /// Writes the file. A server whose file can't be written serves all the same, as people are used to.
    pub(crate) fn write(config: &Config, log: &Log) -> Self {
        let path = PathBuf::from(String::from_utf8_lossy(config.values().text("pidfile")).into_owned());
        if path.as_os_str().is_empty() {
            return Self(None);
        }
        if let Err(error) = fs::write(&path, format!("{}\n", std::process::id())) {
            log.warning(&format!("Failed to write PID file '{}': {error}", path.display()));
            return Self(None);
        }
        Self(Some(path))
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // Somebody else may have removed it.
            let _ = fs::remove_file(path);
        }
    }
}
