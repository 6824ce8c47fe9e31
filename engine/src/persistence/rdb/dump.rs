//! The payload of DUMP and RESTORE: one value that knows its version and whether it is whole.

use alloc::vec::Vec;

use core::fmt;

use crc::{CRC_64_REDIS, Crc, Digest, Table};

use super::file::opcode;
use super::{
    Malformed, Reader, Rules, VERSION, VERSION_WITH_FIELD_DEADLINES, Writer, read_value, version_of,
    write_value,
};
use crate::types::{Held, Value};

/// Where memory is worth more than time, the checksum is computed byte by byte.
#[cfg(target_arch = "wasm32")]
type Lookup = Table<1>;
#[cfg(not(target_arch = "wasm32"))]
type Lookup = Table<16>;

static CHECKSUM: Crc<u64, Lookup> = Crc::<u64, Lookup>::new(&CRC_64_REDIS);

/// The checksum of RDB: Redis calls it CRC64 Jones.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u64 {
    CHECKSUM.checksum(bytes)
}

/// The checksum of bytes that come in pieces.
#[derive(Clone)]
pub struct Checksum(Digest<'static, u64, Lookup>);

impl Checksum {
    /// Of no bytes.
    #[must_use]
    pub fn new() -> Self {
        Self(CHECKSUM.digest())
    }

    /// And of these.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// What it is by now.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.0.clone().finalize()
    }
}

impl Default for Checksum {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checksum({:016x})", self.value())
    }
}

/// The payload of a value.
#[must_use]
pub fn write(value: Held<'_>, compresses: bool) -> Vec<u8> {
    let mut payload = Vec::new();
    write_value(value, &mut Writer::new(&mut payload, compresses));
    seal(&mut payload, version_of(value));
    payload
}

/// The payload of FUNCTION DUMP: libraries of functions, as a file has them.
#[must_use]
pub fn write_libraries<'a>(sources: impl Iterator<Item = &'a [u8]>, compresses: bool) -> Vec<u8> {
    let mut payload = Vec::new();
    for source in sources {
        let mut writer = Writer::new(&mut payload, compresses);
        writer.byte(opcode::FUNCTION);
        writer.string(source);
    }
    seal(&mut payload, VERSION);
    payload
}

/// The libraries of an opened payload.
pub fn read_libraries(body: &[u8]) -> Result<Vec<Vec<u8>>, NotLibraries> {
    let mut reader = Reader::new(body);
    let mut sources = Vec::new();
    while let Ok(code) = reader.byte() {
        if code != opcode::FUNCTION {
            return Err(NotLibraries::Other);
        }
        sources.push(reader.string().map_err(|_| NotLibraries::Malformed)?.to_vec());
    }
    Ok(sources)
}

/// Why a payload is none of libraries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotLibraries {
    /// It has something else in it.
    Other,
    /// It makes no sense.
    Malformed,
}

/// Adds the version and the checksum.
pub fn seal(payload: &mut Vec<u8>, version: u16) {
    payload.extend(version.to_le_bytes());
    payload.extend(checksum(payload).to_le_bytes());
}

/// What is before the version, if the version is known and the checksum is right, or is not to be checked.
#[must_use]
pub fn open(payload: &[u8], checks: bool) -> Option<&[u8]> {
    let (sealed, sum) = payload.split_last_chunk()?;
    let (body, version) = sealed.split_last_chunk()?;
    let known = u16::from_le_bytes(*version) <= VERSION_WITH_FIELD_DEADLINES;
    (known && (!checks || u64::from_le_bytes(*sum) == checksum(sealed))).then_some(body)
}

/// The value of an opened payload.
pub fn read(body: &[u8], rules: &Rules) -> Result<Value, Malformed> {
    let mut reader = Reader::new(body);
    let code = reader.byte()?;
    read_value(code, &mut reader, rules)
}
