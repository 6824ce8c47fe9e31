//! An RDB file, read in pieces of any size.
//!
//! Bytes go in as they come, whole records come out. A collection grows with the elements that are there. What else is not
//! all there yet is begun anew when there are twice as many bytes of it, so that a record of any length is read in time that
//! is in proportion to it.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use redstart_structures::Blob;

use super::dump::Checksum;
use super::file::opcode;
use super::growing::Growing;
use super::{Malformed, Reader, Rules, VERSION_WITH_FIELD_DEADLINES, code, read_any, unless_empty};
use crate::types::Value;

/// The first version that has a checksum at the end.
const VERSION_WITH_CHECKSUM: u16 = 5;

/// `REDIS` and four digits.
const HEAD_LEN: usize = 9;

/// What a file is made of.
#[derive(Debug)]
pub enum Record {
    /// A fact about the server that wrote it.
    Aux {
        /// What it is about.
        name: Vec<u8>,
        /// What it says.
        value: Vec<u8>,
    },
    /// A library of functions: its source.
    Library(Vec<u8>),
    /// How many keys a database has, before they come. It is to be believed as far as there are bytes for them.
    Size {
        /// The database.
        db: usize,
        /// How many keys.
        keys: u64,
    },
    /// A key.
    Key(Key),
    /// A key that holds a collection without elements: other servers left such behind, and there is nothing to load.
    EmptyKey(Vec<u8>),
    /// There is no more.
    End,
}

/// A key, and what the file tells of it.
#[derive(Debug)]
pub struct Key {
    /// Its database.
    pub db: usize,
    /// Its name.
    pub name: Blob,
    /// What it holds.
    pub value: Value,
    /// When it expires, in Unix milliseconds.
    pub expires_ms: Option<i64>,
    /// For how many seconds it had not been used.
    pub idle_secs: Option<u64>,
    /// How often it was used.
    pub frequency: Option<u8>,
}

/// Why a file can't be read, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RdbError {
    /// The offset of the record that is bad.
    pub offset: u64,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for RdbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at offset {})", self.what, self.offset)
    }
}

impl core::error::Error for RdbError {}

/// A file that is being read.
#[derive(Debug)]
pub struct FileReader {
    buffer: Vec<u8>,
    /// Where the next record begins in the buffer, and where the buffer begins in the file.
    at: usize,
    offset: u64,
    /// How many bytes must be there before it is worth another try.
    enough: usize,
    is_whole: bool,
    checksum: Checksum,
    /// How much of the buffer the checksum is of.
    summed: usize,
    checks: bool,
    was_checked: bool,
    version: Option<u16>,
    /// Where the record began that is being read.
    began: u64,
    next: Next,
}

/// What has been said of the next key.
#[derive(Debug, Default)]
struct Next {
    db: usize,
    expires_ms: Option<i64>,
    idle_secs: Option<u64>,
    frequency: Option<u8>,
    /// Its name, and what it holds, as far as that is read.
    growing: Option<(Blob, u8, Growing)>,
}

/// What one try came to.
enum Step {
    Done(Record),
    /// It was about the next key.
    Next,
    Version(u16),
    /// There is no more, and this is the checksum.
    End(u64),
}

impl FileReader {
    /// Nothing is read yet. Checksums may be left unchecked.
    #[must_use]
    pub fn new(checks: bool) -> Self {
        Self {
            buffer: Vec::new(),
            at: 0,
            offset: 0,
            enough: 0,
            is_whole: false,
            checksum: Checksum::new(),
            summed: 0,
            checks,
            was_checked: false,
            version: None,
            began: 0,
            next: Next::default(),
        }
    }

    /// Takes the next bytes of the file.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.sum_up();
        self.buffer.drain(..self.at);
        self.offset += self.at as u64;
        (self.at, self.summed) = (0, 0);
        self.buffer.extend_from_slice(bytes);
    }

    /// There are no more bytes.
    pub const fn finish(&mut self) {
        self.is_whole = true;
    }

    /// The offset of the next record.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.offset + self.at as u64
    }

    /// The version of the format, once that is known.
    #[must_use]
    pub const fn version(&self) -> Option<u16> {
        self.version
    }

    /// Whether the file ended with a checksum, and it was right.
    #[must_use]
    pub const fn has_checksum(&self) -> bool {
        self.was_checked
    }

    /// What comes after [`Record::End`], if it has come: an append-only file may go on with commands.
    #[must_use]
    pub fn rest(&self) -> &[u8] {
        self.buffer.get(self.at..).unwrap_or_default()
    }

    /// The next record; `None` until there are more bytes.
    pub fn next(&mut self, rules: &Rules) -> Result<Option<Record>, RdbError> {
        loop {
            let available = self.buffer.len() - self.at;
            if available < self.enough && !self.is_whole {
                return Ok(None);
            }
            if self.next.growing.is_none() {
                self.began = self.position();
            }
            let mut reader = Reader::new(self.buffer.get(self.at..).unwrap_or_default());
            let step = match self.version {
                None => read_head(&mut reader).map(Step::Version),
                Some(version) => self.next.step(&mut reader, version, rules),
            };
            let (remaining, is_starved) = (reader.remaining(), reader.is_starved());
            let end = self.buffer.len() - remaining;
            match step {
                Ok(step) => {
                    self.enough = 0;
                    let record = match step {
                        Step::Done(record) => Some(record),
                        Step::Next => None,
                        Step::Version(version) => {
                            self.version = Some(version);
                            None
                        }
                        Step::End(wanted) => {
                            self.verify(wanted)?;
                            Some(Record::End)
                        }
                    };
                    self.at = end;
                    if record.is_some() {
                        return Ok(record);
                    }
                }
                Err(_) if is_starved && !self.is_whole => {
                    if self.next.growing.is_some() {
                        self.at = end;
                    }
                    let available = self.buffer.len() - self.at;
                    self.enough = available.saturating_mul(2).max(1);
                    return Ok(None);
                }
                Err(_) if is_starved => return Err(self.error("Unexpected end of the file".to_owned())),
                Err(what) => return Err(self.error(what)),
            }
        }
    }

    /// Holds the checksum against what was read.
    fn verify(&mut self, wanted: u64) -> Result<(), RdbError> {
        if !self.checks || wanted == 0 {
            return Ok(());
        }
        self.sum_up();
        self.checksum.update(&[opcode::END]);
        match self.checksum.value() {
            found if found == wanted => {
                self.was_checked = true;
                Ok(())
            }
            found => {
                let what = format!("RDB CRC error: the checksum is {found:016x} and should be {wanted:016x}");
                Err(self.error(what))
            }
        }
    }

    fn error(&self, what: String) -> RdbError {
        RdbError { offset: self.began, what }
    }

    fn sum_up(&mut self) {
        if self.checks {
            self.checksum.update(self.buffer.get(self.summed..self.at).unwrap_or_default());
            self.summed = self.at;
        }
    }
}

impl Next {
    /// Reads what is next, and remembers what it says of the next key.
    fn step(&mut self, reader: &mut Reader<'_>, version: u16, rules: &Rules) -> Result<Step, String> {
        if let Some((name, code, growing)) = self.growing.take() {
            return self.grow(name, code, growing, reader, rules);
        }
        let code = reader.byte().map_err(bad("record"))?;
        match code {
            opcode::AUX => {
                let (name, value) = (owned(reader, "fact")?, owned(reader, "fact")?);
                return Ok(Step::Done(Record::Aux { name, value }));
            }
            opcode::FUNCTION => return owned(reader, "library").map(Record::Library).map(Step::Done),
            opcode::FUNCTION_EARLY => {
                return Err("Functions as release candidates of 7.0 wrote them can't be read".to_owned());
            }
            opcode::SELECT => {
                let db = reader.length().map_err(bad("database number"))?;
                self.db = usize::try_from(db).map_err(|_| "Bad database number".to_owned())?;
            }
            opcode::SIZES => {
                let (keys, db) = (reader.length().map_err(bad("database size"))?, self.db);
                skip_lengths(reader, 1).map_err(bad("database size"))?;
                return Ok(Step::Done(Record::Size { db, keys }));
            }
            opcode::SLOT_INFO => skip_lengths(reader, 3).map_err(bad("slot"))?,
            opcode::MODULE_AUX => skip_module(reader).map_err(bad("module's data"))?,
            opcode::EXPIRES_MS => self.expires_ms = Some(reader.moment_ms().map_err(bad("expiry"))?),
            opcode::EXPIRES_SECS => {
                let secs = i32::from_le_bytes(reader.array().map_err(bad("expiry"))?);
                self.expires_ms = Some(i64::from(secs) * 1000);
            }
            opcode::IDLE => self.idle_secs = Some(reader.length().map_err(bad("idle time"))?),
            opcode::FREQUENCY => self.frequency = Some(reader.byte().map_err(bad("frequency"))?),
            opcode::END if version < VERSION_WITH_CHECKSUM => return Ok(Step::End(0)),
            opcode::END => {
                return reader.array().map(u64::from_le_bytes).map(Step::End).map_err(bad("checksum"));
            }
            code => return self.key(code, reader, rules),
        }
        Ok(Step::Next)
    }

    fn key(&mut self, code: u8, reader: &mut Reader<'_>, rules: &Rules) -> Result<Step, String> {
        let name = reader.string().map_err(bad("key"))?;
        match Growing::begin(code, reader, rules) {
            Ok(Some(growing)) => self.grow(Blob::from(&*name), code, growing, reader, rules),
            Ok(None) => {
                let value = read_any(code, reader, rules);
                let value = value.map_err(|Malformed| self.bad_value(code, &name))?;
                Ok(self.done(Blob::from(&*name), value))
            }
            Err(Malformed) => Err(self.bad_value(code, &name)),
        }
    }

    /// Reads on in a collection. What is there of it is kept until there are more bytes.
    fn grow(
        &mut self,
        name: Blob,
        code: u8,
        mut growing: Growing,
        reader: &mut Reader<'_>,
        rules: &Rules,
    ) -> Result<Step, String> {
        if growing.go_on(reader, rules).is_ok() {
            return Ok(self.done(name, unless_empty(growing.finish(rules))));
        }
        let error = self.bad_value(code, &name);
        self.growing = Some((name, code, growing));
        Err(error)
    }

    fn done(&mut self, name: Blob, value: Option<Value>) -> Step {
        let (expires_ms, idle_secs, frequency) =
            (self.expires_ms.take(), self.idle_secs.take(), self.frequency.take());
        let Some(value) = value else { return Step::Done(Record::EmptyKey(name.to_vec())) };
        Step::Done(Record::Key(Key { db: self.db, name, value, expires_ms, idle_secs, frequency }))
    }

    #[cold]
    fn bad_value(&self, code: u8, name: &[u8]) -> String {
        let name = name.get(..name.len().min(100)).unwrap_or_default().escape_ascii();
        let (what, db) = (code::describe(code), self.db);
        format!("{what} integrity check failed: type {code} of the key '{name}' in database {db}")
    }
}

fn read_head(reader: &mut Reader<'_>) -> Result<u16, String> {
    let head: [u8; HEAD_LEN] = reader.array().map_err(bad("head"))?;
    let digits = head.strip_prefix(b"REDIS").ok_or("Wrong signature: this is no RDB file")?;
    let version = core::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0);
    if (1..=VERSION_WITH_FIELD_DEADLINES).contains(&version) {
        return Ok(version);
    }
    Err(format!("Can't handle RDB format version {}", String::from_utf8_lossy(digits)))
}

/// What to say when something can't be read.
fn bad(what: &'static str) -> impl Fn(Malformed) -> String {
    move |Malformed| format!("Bad {what}")
}

fn owned(reader: &mut Reader<'_>, what: &'static str) -> Result<Vec<u8>, String> {
    reader.string().map(|string| string.to_vec()).map_err(bad(what))
}

fn skip_lengths(reader: &mut Reader<'_>, count: usize) -> Result<(), Malformed> {
    (0..count).try_for_each(|_| reader.length().map(drop))
}

/// What a module keeps besides values: its name, when it is to be read, and values that say what they are up to a zero.
fn skip_module(reader: &mut Reader<'_>) -> Result<(), Malformed> {
    skip_lengths(reader, 3)?;
    loop {
        match reader.length()? {
            0 => return Ok(()),
            1 | 2 => reader.length().map(drop)?,
            3 => reader.take(4).map(drop)?,
            4 => reader.take(8).map(drop)?,
            5 => reader.string().map(drop)?,
            _ => return Err(Malformed),
        }
    }
}
