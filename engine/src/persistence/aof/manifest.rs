//! The manifest: which files an append-only file is made of, in which order.
//!
//! ```text
//! file appendonly.aof.2.base.rdb seq 2 type b       what was stored when it was rewritten
//! file appendonly.aof.1.incr.aof seq 1 type h       no longer needed, to be removed
//! file appendonly.aof.2.incr.aof seq 2 type i       the commands since then, file after file
//! ```

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::split_args::{quote, split_args};

/// The longest line, its end included.
const LINE_MAX: usize = 1024;

/// A file of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name in the folder.
    pub name: String,
    /// Its number among those of its kind.
    pub seq: u64,
}

/// The files that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// What everything begins with.
    pub base: Option<File>,
    /// The commands since then.
    pub incrs: Vec<File>,
    /// What is to be removed.
    pub history: Vec<File>,
    /// The highest number that a base had.
    base_seq: u64,
    /// The highest number that commands had.
    incr_seq: u64,
}

/// Why a manifest can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError {
    /// The number of the line.
    pub line: usize,
    /// What is wrong with it.
    pub reason: &'static str,
    /// The line itself.
    pub text: String,
}

const INVALID: &str = "Invalid AOF manifest file format";

impl Manifest {
    /// Reads what [`Manifest::text`] writes, and what other servers do.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let mut manifest = Self::default();
        if bytes.is_empty() {
            return Err(ManifestError {
                line: 0,
                reason: "Found an empty AOF manifest",
                text: String::new(),
            });
        }
        for (index, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
            manifest.read_line(line).map_err(|reason| ManifestError {
                line: index + 1,
                reason,
                text: String::from_utf8_lossy(line.trim_ascii_end()).into_owned(),
            })?;
        }
        Ok(manifest)
    }

    fn read_line(&mut self, line: &[u8]) -> Result<(), &'static str> {
        if line.len() > LINE_MAX || !line.ends_with(b"\n") {
            return Err("The AOF manifest file contains too long line");
        }
        if line.starts_with(b"#") {
            return Ok(());
        }
        let words = split_args(line.trim_ascii()).ok_or(INVALID)?;
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        if words.len() < 6 || !words.len().is_multiple_of(2) {
            return Err(INVALID);
        }
        let (mut name, mut seq, mut kind) = (None, None, None);
        for pair in words.chunks_exact(2) {
            let [key, value] = pair else { continue };
            let text = core::str::from_utf8(value).map_err(|_| INVALID)?;
            if key.eq_ignore_ascii_case(b"file") {
                if text.contains('/') {
                    return Err("File can't be a path, just a filename");
                }
                name = Some(text.to_owned());
            } else if key.eq_ignore_ascii_case(b"seq") {
                seq = text.parse().ok().filter(|&seq: &u64| seq > 0);
            } else if key.eq_ignore_ascii_case(b"type") {
                kind = value.first().copied();
            }
        }
        let (Some(name), Some(seq), Some(kind)) = (name, seq, kind) else { return Err(INVALID) };
        self.add(File { name, seq }, kind)
    }

    fn add(&mut self, file: File, kind: u8) -> Result<(), &'static str> {
        match kind {
            b'b' if self.base.is_some() => return Err("Found duplicate base file information"),
            b'b' => {
                self.base_seq = file.seq;
                self.base = Some(file);
            }
            b'h' => self.history.push(file),
            b'i' if file.seq <= self.incr_seq => return Err("Found a non-monotonic sequence number"),
            b'i' => {
                self.incr_seq = file.seq;
                self.incrs.push(file);
            }
            _ => return Err("Unknown AOF file type"),
        }
        Ok(())
    }

    /// The manifest as it is on disk.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        let base = self.base.iter().map(|file| (file, 'b'));
        let history = self.history.iter().map(|file| (file, 'h'));
        let incrs = self.incrs.iter().map(|file| (file, 'i'));
        let mut text = Vec::new();
        for (File { name, seq }, kind) in base.chain(history).chain(incrs) {
            text.extend_from_slice(b"file ");
            let is_plain =
                name.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'\\'));
            if is_plain {
                text.extend_from_slice(name.as_bytes());
            } else {
                text.extend(quote(name.as_bytes()));
            }
            text.extend_from_slice(format!(" seq {seq} type {kind}\n").as_bytes());
        }
        text
    }

    /// The files to load, in order.
    pub fn parts(&self) -> impl Iterator<Item = &File> {
        self.base.iter().chain(&self.incrs)
    }

    /// Adds a file for the commands to come; gives its name.
    pub fn add_incr(&mut self, stem: &str) -> String {
        self.incr_seq += 1;
        let name = format!("{stem}.{}.incr.aof", self.incr_seq);
        self.incrs.push(File { name: name.clone(), seq: self.incr_seq });
        name
    }

    /// The name that the next base will have.
    #[must_use]
    pub fn next_base(&self, stem: &str, is_rdb: bool) -> String {
        format!("{stem}.{}.base.{}", self.base_seq + 1, if is_rdb { "rdb" } else { "aof" })
    }

    /// Everything begins with a new base from now on. What it holds, which is what is in all files but the last `kept` of
    /// commands, is history.
    pub fn rebase(&mut self, name: String, kept: usize) {
        let past = self.incrs.len().saturating_sub(kept);
        // The latest comes first.
        let past = self.base.take().into_iter().chain(self.incrs.drain(..past));
        past.for_each(|file| self.history.insert(0, file));
        self.base_seq += 1;
        self.base = Some(File { name, seq: self.base_seq });
    }

    /// A file of the days before there were manifests is all there is.
    #[must_use]
    pub fn of_one(name: &str) -> Self {
        let base = File { name: name.to_owned(), seq: 1 };
        Self { base: Some(base), base_seq: 1, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut manifest = Manifest::default();
        let base = manifest.next_base("a b.aof", true);
        manifest.rebase(base, 0);
        manifest.add_incr("a b.aof");
        manifest.add_incr("a b.aof");
        assert_eq!(
            String::from_utf8_lossy(&manifest.text()),
            "file \"a b.aof.1.base.rdb\" seq 1 type b\nfile \"a b.aof.1.incr.aof\" seq 1 type i\n\
             file \"a b.aof.2.incr.aof\" seq 2 type i\n"
        );
        assert_eq!(Manifest::parse(&manifest.text()), Ok(manifest.clone()));
        let base = manifest.next_base("a.aof", false);
        manifest.rebase(base, 1);
        let names = |files: &[File]| files.iter().map(|file| file.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&manifest.history), ["a b.aof.1.incr.aof", "a b.aof.1.base.rdb"]);
        assert_eq!(names(&manifest.incrs), ["a b.aof.2.incr.aof"]);
        assert_eq!(manifest.parts().count(), 2);
        assert_eq!(Manifest::parse(&manifest.text()).map(|read| read.parts().count()), Ok(2));
    }

    #[test]
    fn extra_pairs_and_remarks_are_fine() {
        let text = b"# a remark\nTYPE i x y seq 3 file f\n";
        let manifest = Manifest::parse(text).unwrap();
        assert_eq!(manifest.incrs, [File { name: "f".into(), seq: 3 }]);
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, line, reason) in [
            ("", 0, "Found an empty AOF manifest"),
            ("\n", 1, INVALID),
            ("file a seq 1 type b", 1, "The AOF manifest file contains too long line"),
            ("file a seq 1\n", 1, INVALID),
            ("file a seq 0 type b\n", 1, INVALID),
            ("file a seq 1 type x\n", 1, "Unknown AOF file type"),
            ("file d/a seq 1 type b\n", 1, "File can't be a path, just a filename"),
            ("file a seq 1 type b\nfile b seq 1 type b\n", 2, "Found duplicate base file information"),
            ("file a seq 2 type i\nfile b seq 2 type i\n", 2, "Found a non-monotonic sequence number"),
        ] {
            let error = Manifest::parse(text.as_bytes()).unwrap_err();
            assert_eq!((error.line, error.reason), (line, reason), "{text:?}");
        }
    }
}
