//! Registers as runs of equal ones.
//!
//! ```text
//!   00llllll            zero      l + 1 registers that are 0, up to 64
//!   01llllll llllllll   zeros     l + 1 registers that are 0, up to 16384
//!   1vvvvvll            value     l + 1 registers that are v + 1: up to 4, up to 32
//! ```
//!
//! Which of the possible ways a set of registers is written in depends on how it came to be, and is the same as in
//! Redis: a raised register splits its run, and then neighbours of equal value become one run where that fits.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Broken, HEADER, Histogram, REGISTERS};

/// The longest run of zeros in one byte.
const ZERO_MAX: usize = 64;
/// The longest run of a value.
const LEN_MAX: usize = 4;
/// The greatest value.
const VALUE_MAX: u8 = 32;

/// A run of equal registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    value: u8,
    len: usize,
    /// How many bytes say so.
    bytes: usize,
}

impl Run {
    /// The run at the beginning of some bytes.
    fn read(bytes: &[u8]) -> Option<Self> {
        let first = *bytes.first()?;
        let low = usize::from(first & 0x3f);
        Some(match first >> 6 {
            0 => Self { value: 0, len: low + 1, bytes: 1 },
            1 => {
                let second = usize::from(bytes.get(1).copied().unwrap_or(0));
                Self { value: 0, len: (low << 8 | second) + 1, bytes: 2 }
            }
            _ => Self { value: (first >> 2 & 0x1f) + 1, len: usize::from(first & 3) + 1, bytes: 1 },
        })
    }
}

/// The runs that some bytes say.
fn runs(mut bytes: &[u8]) -> impl Iterator<Item = Run> {
    core::iter::from_fn(move || {
        let run = Run::read(bytes)?;
        bytes = bytes.get(run.bytes..).unwrap_or_default();
        Some(run)
    })
}

/// The byte for a run of a value.
const fn value_byte(value: u8, len: usize) -> u8 {
    0x80 | value.wrapping_sub(1) << 2 & 0x7c | (len.wrapping_sub(1) & 3) as u8
}

/// The runs of one that has seen nothing.
pub(super) const EMPTY: [u8; 2] = zeros_bytes(REGISTERS);

/// The two bytes for a long run of zeros.
const fn zeros_bytes(len: usize) -> [u8; 2] {
    let [high, low] = ((len - 1) as u16).to_be_bytes();
    [0x40 | high, low]
}

/// Visits the runs of values: their first register, how many, and the value. There must be as many registers as there
/// are.
pub(super) fn for_each_run(bytes: &[u8], mut visit: impl FnMut(usize, usize, u8)) -> Result<(), Broken> {
    let mut first = 0;
    for run in runs(bytes) {
        if first + run.len > REGISTERS {
            return Err(Broken);
        }
        if run.value > 0 {
            visit(first, run.len, run.value);
        }
        first += run.len;
    }
    if first == REGISTERS { Ok(()) } else { Err(Broken) }
}

pub(super) fn histogram(bytes: &[u8]) -> Result<Histogram, Broken> {
    let (mut histogram, mut all) = (Histogram::new(), 0);
    for run in runs(bytes) {
        histogram.count(run.value, run.len);
        all += run.len;
    }
    if all == REGISTERS { Ok(histogram) } else { Err(Broken) }
}

/// The runs as PFDEBUG DECODE writes them: `z` or `Z` and a length, `v` and a value and a length.
pub(super) fn describe(bytes: &[u8]) -> String {
    let words: Vec<String> = runs(bytes)
        .map(|Run { value, len, bytes }| match (value, bytes) {
            (0, 1) => format!("z:{len}"),
            (0, _) => format!("Z:{len}"),
            _ => format!("v:{value},{len}"),
        })
        .collect();
    words.join(" ")
}

/// Where a run begins, and what lies before it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// Its first byte, after the header.
    at: usize,
    /// Its first register.
    first: usize,
    /// Where the run before it begins, if there is one.
    before: Option<usize>,
}

/// What became of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Raised {
    /// It is as great already.
    No,
    /// It is as great now.
    Yes,
    /// It can't be said here.
    NoRoom,
}

/// Makes a register at least so great. Looks for it from `near` on, and leaves there where to begin for registers that
/// come after it.
pub(super) fn raise(
    bytes: &mut Vec<u8>,
    index: usize,
    value: u8,
    bytes_max: u64,
    near: &mut Place,
) -> Result<Raised, Broken> {
    if value > VALUE_MAX {
        return Ok(Raised::NoRoom);
    }
    let mut place = *near;
    let run = loop {
        let rest = bytes.get(HEADER + place.at..).unwrap_or_default();
        let run = Run::read(rest).ok_or(Broken)?;
        if index < place.first + run.len {
            break run;
        }
        *near = place;
        place = Place { at: place.at + run.bytes, first: place.first + run.len, before: Some(place.at) };
    };
    if run.value >= value {
        return Ok(Raised::No);
    }
    // What is near may become one with its own neighbour, unless it lies before the run that is split.
    if near.at == place.at {
        *near = Place::default();
    }
    let at = HEADER + place.at;
    // A run of zeros at the very end may lack its second byte.
    let end = (at + run.bytes).min(bytes.len());
    let (written, len) = split(run, index - place.first, value);
    if len > run.bytes && (bytes.len() + len - run.bytes) as u64 > bytes_max {
        return Ok(Raised::NoRoom);
    }
    bytes.splice(at..end, written.into_iter().take(len));
    join(bytes, HEADER + place.before.unwrap_or(place.at));
    Ok(Raised::Yes)
}

/// The most bytes of a run that was split: zeros, a value, zeros.
const SPLIT_MAX: usize = 5;

/// The bytes for a run in which one register has another value, and how many they are.
fn split(run: Run, offset: usize, value: u8) -> ([u8; SPLIT_MAX], usize) {
    let parts = [(run.value, offset), (value, 1), (run.value, run.len - offset - 1)];
    let (mut bytes, mut len) = ([0; SPLIT_MAX], 0);
    for (value, count) in parts.into_iter().filter(|(_, count)| *count > 0) {
        let long = zeros_bytes(count);
        let said: &[u8] = match value {
            0 if count > ZERO_MAX => &long,
            0 => &[(count - 1) as u8],
            _ => &[value_byte(value, count)],
        };
        bytes.iter_mut().skip(len).zip(said).for_each(|(byte, new)| *byte = *new);
        len += said.len();
    }
    (bytes, len)
}

/// Makes one run of neighbours that hold the same value, where that fits. Looks at a few runs from a place on, no
/// further than a change to one run makes necessary.
fn join(bytes: &mut Vec<u8>, mut at: usize) {
    for _ in 0..5 {
        let Some(run) = bytes.get(at..).and_then(Run::read) else { return };
        let next = bytes.get(at + 1..).and_then(Run::read);
        match next {
            Some(next) if run.value > 0 && next.value == run.value && run.len + next.len <= LEN_MAX => {
                bytes.remove(at);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = value_byte(run.value, run.len + next.len);
                }
            }
            _ => at += run.bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    /// Registers in a list, to hold the runs against.
    fn expand(bytes: &[u8]) -> Vec<u8> {
        runs(&bytes[HEADER..]).flat_map(|run| vec![run.value; run.len]).collect()
    }

    fn raised(bytes: &mut Vec<u8>, index: usize, value: u8) -> Raised {
        raise(bytes, index, value, 3000, &mut Place::default()).unwrap()
    }

    #[test]
    fn a_raised_register_splits_its_run() {
        let mut bytes = super::super::new();
        for (index, value, expected) in [
            (100, 3, "Z:100 v:3,1 Z:16283"),
            (101, 3, "Z:100 v:3,2 Z:16282"),
            (102, 3, "Z:100 v:3,3 Z:16281"),
            (101, 9, "Z:100 v:3,1 v:9,1 v:3,1 Z:16281"),
            (0, 32, "v:32,1 Z:99 v:3,1 v:9,1 v:3,1 Z:16281"),
            (16383, 1, "v:32,1 Z:99 v:3,1 v:9,1 v:3,1 Z:16280 v:1,1"),
            (50, 1, "v:32,1 z:49 v:1,1 z:49 v:3,1 v:9,1 v:3,1 Z:16280 v:1,1"),
        ] {
            assert_eq!(raised(&mut bytes, index, value), Raised::Yes);
            assert_eq!(describe(&bytes[HEADER..]), expected);
            assert_eq!(raised(&mut bytes, index, value), Raised::No);
        }
        assert_eq!(raised(&mut bytes, 7, 33), Raised::NoRoom);
        let len = bytes.len() as u64;
        assert_eq!(raise(&mut bytes, 2000, 1, len, &mut Place::default()), Ok(Raised::NoRoom));
        assert_eq!(raise(&mut bytes, 100, 4, len, &mut Place::default()), Ok(Raised::Yes));
    }

    #[test]
    fn beginning_near_is_as_good_as_beginning_at_the_start() {
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for round in 0..60 {
            let mut far = super::super::new();
            let mut registers = vec![0; REGISTERS];
            for _ in 0..=random(400) {
                let (index, value) = (random(1 << (4 + round % 11)) as usize, random(5) as u8 + 1);
                raised(&mut far, index, value);
                registers[index] = value.max(registers[index]);
            }
            assert_eq!(expand(&far), registers);
            let (mut near, mut place) = (far.clone(), Place::default());
            for index in (0..REGISTERS).filter(|index| index % 3 > 0) {
                let value = random(6) as u8;
                if value == 0 || index > 2000 {
                    continue;
                }
                let found = raise(&mut near, index, value, 3000, &mut place);
                assert_eq!(found, Ok(raised(&mut far, index, value)));
                assert_eq!(near, far);
            }
        }
    }

    #[test]
    fn runs_that_make_no_sense_are_broken() {
        for runs in [&[][..], &[0x7f], &[0x3f, 0x3f], &[0x7f, 0xff, 0x80], &[0xff; 9000]] {
            let mut bytes = super::super::new();
            bytes.truncate(HEADER);
            bytes.extend_from_slice(runs);
            assert!(histogram(runs).is_err(), "{runs:?}");
            assert!(for_each_run(runs, |_, _, _| {}).is_err());
            let before = bytes.clone();
            if raise(&mut bytes, REGISTERS - 1, 1, u64::MAX, &mut Place::default()).is_err() {
                assert_eq!(bytes, before);
            }
        }
    }
}
