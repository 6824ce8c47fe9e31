//! The payload of DUMP and RESTORE: one value that knows its version and whether it is whole.

use alloc::vec::Vec;

use crc::{CRC_64_REDIS, Crc, Table};

use super::{
    Malformed, Reader, Rules, VERSION_WITH_FIELD_DEADLINES, Writer, read_value, version_of, write_value,
};
use crate::types::{Held, Value};

/// Where memory is worth more than time, the checksum is computed byte by byte.
#[cfg(target_arch = "wasm32")]
static CHECKSUM: Crc<u64, Table<1>> = Crc::<u64, Table<1>>::new(&CRC_64_REDIS);
#[cfg(not(target_arch = "wasm32"))]
static CHECKSUM: Crc<u64, Table<16>> = Crc::<u64, Table<16>>::new(&CRC_64_REDIS);

/// The checksum of RDB: Redis calls it CRC64 Jones.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u64 {
    CHECKSUM.checksum(bytes)
}

/// The payload of a value.
#[must_use]
pub fn write(value: Held<'_>, compresses: bool) -> Vec<u8> {
    let mut payload = Vec::new();
    write_value(value, &mut Writer::new(&mut payload, compresses));
    seal(&mut payload, version_of(value));
    payload
}

/// Adds the version and the checksum.
pub fn seal(payload: &mut Vec<u8>, version: u16) {
    payload.extend(version.to_le_bytes());
    payload.extend(checksum(payload).to_le_bytes());
}

/// What is before the version, if the version is known and the checksum is right.
#[must_use]
pub fn open(payload: &[u8]) -> Option<&[u8]> {
    let (sealed, sum) = payload.split_last_chunk()?;
    let (body, version) = sealed.split_last_chunk()?;
    let known = u16::from_le_bytes(*version) <= VERSION_WITH_FIELD_DEADLINES;
    (known && u64::from_le_bytes(*sum) == checksum(sealed)).then_some(body)
}

/// The value of an opened payload.
pub fn read(body: &[u8], rules: &Rules) -> Result<Value, Malformed> {
    let mut reader = Reader::new(body);
    let code = reader.byte()?;
    read_value(code, &mut reader, rules)
}
