//! A HyperLogLog: how many different elements were seen, within a percent, in at most 12 KB.
//!
//! It is a string, and its bytes are Redis's own, so that it may be read with GET and put elsewhere with SET:
//!
//! ```text
//!   "HYLL"   encoding   0 0 0   cached estimate    registers …
//!   4 bytes  0 or 1     3       8, lowest first
//! ```
//!
//! An element is hashed. 14 bits of the hash choose one of 16384 registers, and the register remembers the longest run
//! of zeros, plus one, that the other 50 bits began with for any element so far. From how many registers hold which
//! number follows the estimate. The highest bit of the cached estimate says that it is out of date.
//!
//! | encoding | registers                              | file       |
//! |----------|----------------------------------------|------------|
//! | 0 dense  | 6 bits each                            | `dense`    |
//! | 1 sparse | runs of equal registers                | `sparse`   |
//!
//! It begins as sparse, and becomes dense when a register is past 32 or the string past `hll-sparse-max-bytes`.
//!
//! Any client can write such a string, so nothing in it is trusted: whatever makes no sense is [`Broken`].

mod dense;
mod estimate;
mod hash;
mod sparse;

use alloc::vec::Vec;

use self::estimate::Histogram;
use self::sparse::Place;

/// How many registers there are.
pub const REGISTERS: usize = 1 << INDEX_BITS;
/// The bits of a hash that choose a register.
const INDEX_BITS: u32 = 14;
/// The bits of a hash whose zeros are counted.
const RUN_BITS: u32 = 64 - INDEX_BITS;

const MAGIC: &[u8; 4] = b"HYLL";
const HEADER: usize = 16;
const ENCODING_AT: usize = 4;
const DENSE: u8 = 0;
const SPARSE: u8 = 1;
const CACHE_AT: usize = 8;
/// In the last byte of the cached estimate.
const STALE: u8 = 0x80;

/// The bytes are not what they claim to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// How the registers are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// 6 bits each.
    Dense,
    /// Runs of equal registers.
    Sparse,
}

/// The registers, one byte each.
pub type Registers = [u8; REGISTERS];

/// The bytes of one that has seen nothing.
#[must_use]
pub fn new() -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.push(SPARSE);
    bytes.resize(HEADER, 0);
    bytes.extend_from_slice(&sparse::EMPTY);
    bytes
}

/// The encoding, if these bytes look like one at all.
#[must_use]
pub fn encoding(bytes: &[u8]) -> Option<Encoding> {
    if bytes.len() < HEADER || !bytes.starts_with(MAGIC) {
        return None;
    }
    match bytes.get(ENCODING_AT) {
        Some(&DENSE) if bytes.len() == HEADER + dense::BYTES => Some(Encoding::Dense),
        Some(&SPARSE) => Some(Encoding::Sparse),
        _ => None,
    }
}

/// The estimate that was cached, if it is up to date.
#[must_use]
pub fn cached(bytes: &[u8]) -> Option<u64> {
    let cache = bytes.get(CACHE_AT..)?.first_chunk::<8>()?;
    cache.last().is_some_and(|byte| byte & STALE == 0).then(|| u64::from_le_bytes(*cache))
}

/// Keeps an estimate for as long as nothing changes.
pub fn cache(bytes: &mut [u8], estimate: u64) {
    if let Some(cache) = bytes.get_mut(CACHE_AT..HEADER) {
        cache.copy_from_slice(&estimate.to_le_bytes());
    }
}

/// The cached estimate is out of date from now on.
pub fn forget(bytes: &mut [u8]) {
    if let Some(byte) = bytes.get_mut(HEADER - 1) {
        *byte |= STALE;
    }
}

/// How many different elements it has seen, most likely.
pub fn estimate(bytes: &[u8]) -> Result<u64, Broken> {
    let (encoding, registers) = parts(bytes)?;
    let histogram = match encoding {
        Encoding::Dense => dense::histogram(registers),
        Encoding::Sparse => sparse::histogram(registers)?,
    };
    Ok(histogram.estimate())
}

/// Adds an element; tells whether a register changed.
pub fn add(bytes: &mut Vec<u8>, element: &[u8], sparse_max: u64) -> Result<bool, Broken> {
    let hash = hash::murmur(element);
    let index = hash as usize % REGISTERS;
    // The bit above them ends the run at the latest.
    let run = (hash >> INDEX_BITS | 1 << RUN_BITS).trailing_zeros() as u8 + 1;
    raise(bytes, index, run, sparse_max, &mut Place::default())
}

/// Makes a register at least so great; tells whether it was less. `near` is a place to begin looking at in a sparse
/// one, not after the register.
fn raise(
    bytes: &mut Vec<u8>,
    index: usize,
    value: u8,
    sparse_max: u64,
    near: &mut Place,
) -> Result<bool, Broken> {
    if parts(bytes)?.0 == Encoding::Sparse {
        match sparse::raise(bytes, index, value, sparse_max, near)? {
            sparse::Raised::No => return Ok(false),
            sparse::Raised::Yes => return Ok(true),
            sparse::Raised::NoRoom => make_dense(bytes)?,
        }
    }
    let registers = bytes.get_mut(HEADER..).ok_or(Broken)?;
    Ok(dense::raise(registers, index, value))
}

/// Makes a sparse one dense.
pub fn make_dense(bytes: &mut Vec<u8>) -> Result<(), Broken> {
    let (encoding, registers) = parts(bytes)?;
    if encoding == Encoding::Dense {
        return Ok(());
    }
    let mut made = Vec::with_capacity(HEADER + dense::BYTES);
    made.extend_from_slice(bytes.get(..HEADER).unwrap_or_default());
    made.resize(HEADER + dense::BYTES, 0);
    if let Some(encoding) = made.get_mut(ENCODING_AT) {
        *encoding = DENSE;
    }
    let packed = made.get_mut(HEADER..).unwrap_or_default();
    sparse::for_each_run(registers, |first, len, value| {
        (first..first + len).for_each(|index| _ = dense::raise(packed, index, value));
    })?;
    *bytes = made;
    Ok(())
}

/// Makes each register of `max` at least as great as the one here.
pub fn merge_into(max: &mut Registers, bytes: &[u8]) -> Result<(), Broken> {
    let (encoding, registers) = parts(bytes)?;
    match encoding {
        Encoding::Dense => {
            max.iter_mut().zip(dense::values(registers)).for_each(|(max, value)| *max = value.max(*max));
            Ok(())
        }
        Encoding::Sparse => sparse::for_each_run(registers, |first, len, value| {
            let run = max.get_mut(first..first + len).unwrap_or_default();
            run.iter_mut().for_each(|max| *max = value.max(*max));
        }),
    }
}

/// Makes each register at least as great as the one of `max`. A register that can't be raised stays as it is.
pub fn raise_all(bytes: &mut Vec<u8>, max: &Registers, sparse_max: u64) {
    let mut near = Place::default();
    for (index, &value) in max.iter().enumerate().filter(|(_, value)| **value > 0) {
        _ = raise(bytes, index, value, sparse_max, &mut near);
    }
}

/// The estimate for registers that were merged.
#[must_use]
pub fn estimate_of(registers: &Registers) -> u64 {
    Histogram::of(registers.iter().copied()).estimate()
}

/// Every register of a dense one.
pub fn dense_values(bytes: &[u8]) -> impl Iterator<Item = u8> {
    dense::values(bytes.get(HEADER..).unwrap_or_default())
}

/// What a sparse one is made of, for people.
#[must_use]
pub fn describe_sparse(bytes: &[u8]) -> alloc::string::String {
    sparse::describe(bytes.get(HEADER..).unwrap_or_default())
}

fn parts(bytes: &[u8]) -> Result<(Encoding, &[u8]), Broken> {
    let encoding = encoding(bytes).ok_or(Broken)?;
    Ok((encoding, bytes.get(HEADER..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    /// The estimates are those of redis-server for the same elements.
    #[test]
    fn estimates_are_near_and_the_same_everywhere() {
        let (mut bytes, mut seen) = (new(), 0);
        assert_eq!(cached(&bytes), Some(0));
        assert_eq!(estimate(&bytes), Ok(0));
        for (elements, expected) in [(10, 10), (100, 100), (1000, 1001), (10_000, 9987), (100_000, 99_565)] {
            while seen < elements {
                add(&mut bytes, format!("{seen}").as_bytes(), 3000).unwrap();
                seen += 1;
            }
            assert_eq!(estimate(&bytes), Ok(expected));
            let mut dense = bytes.clone();
            make_dense(&mut dense).unwrap();
            assert_eq!(estimate(&dense), Ok(expected));
            let mut merged = [0; REGISTERS];
            merge_into(&mut merged, &bytes).unwrap();
            assert!(dense_values(&dense).eq(merged));
            assert_eq!(estimate_of(&merged), expected);
            let mut again = new();
            raise_all(&mut again, &merged, 3000);
            assert_eq!(estimate(&again), Ok(expected));
        }
        assert_eq!(encoding(&bytes), Some(Encoding::Dense));
    }

    #[test]
    fn an_estimate_is_kept_until_something_changes() {
        let mut bytes = new();
        cache(&mut bytes, 123_456);
        assert_eq!(cached(&bytes), Some(123_456));
        make_dense(&mut bytes).unwrap();
        assert_eq!(cached(&bytes), Some(123_456));
        forget(&mut bytes);
        assert_eq!(cached(&bytes), None);
        assert_eq!(cached(b"HYLL"), None);
    }
}
