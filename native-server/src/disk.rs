//! The disk: files below a folder, and the thread that waits for them.
//!
//! A disk may take its time, and clients must not wait for it. So ops go to a thread of their own, which performs them in
//! the order in which they came, and their results come back as inputs of the engine.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use redstart_engine::persistence::store::{Storage, StoreError, StoreOp, StoreResult, Ticket};
use tokio::sync::mpsc as replies;

/// Files below a folder.
#[derive(Debug, Default)]
pub(crate) struct Files {
    /// The folder; the empty one is the working directory, wherever that is just then.
    root: PathBuf,
    /// The file that was written to last, at hand because most appends go where the one before did.
    open: Option<(String, File)>,
}

impl Files {
    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The file of a name, to write to.
    fn writable(&mut self, name: &str) -> io::Result<&mut File> {
        let file = match self.open.take() {
            Some((known, file)) if known == name => file,
            _ => open(&self.path(name))?,
        };
        let (_, file) = self.open.insert((name.to_owned(), file));
        Ok(file)
    }

    /// Forgets the open file if it goes by this name.
    fn let_go(&mut self, name: &str) {
        self.open.take_if(|(known, _)| known == name);
    }
}

/// Opens a file to write to, and makes it and its folder if they are not there.
fn open(path: &Path) -> io::Result<File> {
    let open = || OpenOptions::new().create(true).truncate(false).write(true).open(path);
    match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = folder_of(path);
            fs::create_dir(folder)?;
            sync_folder(folder_of(folder))?;
            open()
        }
        other => other,
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// A name is durable once its folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The system's own words, without the number that is added to them here.
pub(crate) fn failed(error: io::Error) -> StoreError {
    if error.kind() == io::ErrorKind::NotFound {
        return StoreError::Missing;
    }
    StoreError::Failed(words(&error))
}

/// The system's words for what went wrong.
pub(crate) fn words(error: &io::Error) -> String {
    error.to_string().split(" (os error").next().unwrap_or_default().to_owned()
}

impl Storage for Files {
    fn read(&mut self, name: &str, offset: u64, len: usize) -> Result<(Vec<u8>, u64), StoreError> {
        let read = || {
            let mut file = File::open(self.path(name))?;
            let object_len = file.metadata()?.len();
            file.seek(SeekFrom::Start(offset))?;
            let mut bytes = Vec::with_capacity(len.min(object_len.saturating_sub(offset) as usize));
            file.take(len as u64).read_to_end(&mut bytes)?;
            Ok((bytes, object_len))
        };
        read().map_err(failed)
    }

    fn append(&mut self, name: &str, offset: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let file = self.writable(name).map_err(failed)?;
        let mut write = || {
            let len = file.metadata()?.len();
            if offset > len {
                return Err(io::ErrorKind::InvalidInput.into());
            }
            if offset < len {
                file.set_len(offset)?;
            }
            file.seek(SeekFrom::Start(offset))?;
            file.write_all(bytes)
        };
        write().map_err(failed)
    }

    fn sync(&mut self, name: &str) -> Result<(), StoreError> {
        let sync = || match &self.open {
            Some((known, file)) if known == name => file.sync_data(),
            _ => OpenOptions::new().write(true).open(self.path(name))?.sync_data(),
        };
        sync().map_err(failed)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), StoreError> {
        self.let_go(from);
        self.let_go(to);
        let rename = || {
            let to = self.path(to);
            fs::rename(self.path(from), &to)?;
            sync_folder(folder_of(&to))
        };
        rename().map_err(failed)
    }

    fn remove(&mut self, name: &str) -> Result<(), StoreError> {
        self.let_go(name);
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        }
    }

    fn list(&mut self, folder: &str) -> Result<Vec<String>, StoreError> {
        // The folder of some file in it: that is never the empty path.
        let path = self.path(folder).join("x");
        let entries = match fs::read_dir(folder_of(&path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed)?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let is_file = entry.file_type().is_ok_and(|kind| !kind.is_dir());
            if let (true, Ok(name)) = (is_file, entry.file_name().into_string()) {
                names.push(if folder.is_empty() { name } else { format!("{folder}/{name}") });
            }
        }
        names.sort();
        Ok(names)
    }
}

/// The thread that performs ops. When this is dropped, what it was given is still performed.
#[derive(Debug)]
pub(crate) struct Disk {
    /// Taken when there is no more to give.
    ops: Option<mpsc::Sender<(Ticket, StoreOp)>>,
    thread: Option<JoinHandle<()>>,
}

/// Answers that come from the thread.
pub(crate) type Answers = replies::UnboundedReceiver<(Ticket, StoreResult)>;

impl Disk {
    /// Starts the thread; its answers come out of the other end.
    pub(crate) fn start() -> io::Result<(Self, Answers)> {
        let (ops, inbox) = mpsc::channel::<(Ticket, StoreOp)>();
        let (answer, answers) = replies::unbounded_channel();
        let thread = thread::Builder::new().name("disk".to_owned()).spawn(move || {
            let mut files = Files::default();
            for (ticket, op) in inbox {
                // At the end nobody hears of it, but what was asked for is done.
                let _ = answer.send((ticket, files.perform(&op)));
            }
        })?;
        Ok((Self { ops: Some(ops), thread: Some(thread) }, answers))
    }

    /// Gives the thread something to do.
    pub(crate) fn give(&self, ticket: Ticket, op: StoreOp) {
        if let Some(ops) = &self.ops {
            // It only ends after us.
            let _ = ops.send((ticket, op));
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.ops = None;
        if let Some(thread) = self.thread.take() {
            // If it broke down, it has said so itself.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use redstart_sim::conformance;

    #[test]
    fn files_are_a_disk() {
        let root = std::env::temp_dir().join(format!("redstart-disk-{}", std::process::id()));
        fs::create_dir(&root).unwrap();
        let mut files = Files { root: root.clone(), open: None };
        // What is in a folder of its own is nobody's name.
        conformance::check(&mut files);
        fs::remove_dir_all(root).unwrap();
    }
}
