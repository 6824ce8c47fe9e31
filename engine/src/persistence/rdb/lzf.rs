//! LZF: the compression of long strings.
//!
//! ```text
//!   000lllll  l + 1 bytes follow as they are
//!   lllooooo  oooooooo            copy l + 2 bytes from o + 1 bytes back
//!   111ooooo  llllllll  oooooooo  the same with l + 9 bytes
//! ```
//!
//! A copy may reach into what it is itself writing: that is how a run is told. To find copies, the last place of every
//! three bytes is remembered under a hash of them.

use alloc::vec;
use alloc::vec::Vec;

use super::Malformed;

/// The furthest that a copy reaches back.
const FURTHEST: usize = 1 << 13;
/// The longest copy.
const LONGEST: usize = 264;
/// The most bytes that follow as they are.
const RUN_MAX: usize = 32;
/// No byte stands for more than this many: it takes three to tell the longest copy.
const GROWTH_MAX: usize = LONGEST / 3;

/// The compressed bytes, if they are at least four shorter.
pub(super) fn pack(bytes: &[u8]) -> Option<Vec<u8>> {
    let most = bytes.len().checked_sub(4)?;
    // Places are kept in 32 bits.
    u32::try_from(bytes.len()).ok()?;
    let mut out = Vec::with_capacity(most.min(bytes.len() / 2 + 64));
    let mut places = Places::new(bytes.len());
    // Where the bytes begin that go out as they are.
    let (mut pending, mut at) = (0, 0);
    while let Some(three) = three_at(bytes, at).filter(|_| out.len() + (at - pending) < most) {
        let before = places
            .replace(three, at)
            .filter(|&place| place > 0 && at - place <= FURTHEST && three_at(bytes, place) == Some(three));
        let Some(before) = before else {
            at += 1;
            continue;
        };
        let len = match_len(bytes, before, at);
        put_run(&mut out, bytes.get(pending..at)?);
        put_copy(&mut out, at - before - 1, len);
        at += len;
        pending = at;
        // The places that the copy ends with are the likeliest to be wanted again.
        for place in at - 2..at {
            if let Some(three) = three_at(bytes, place).filter(|_| at + 2 < bytes.len()) {
                places.replace(three, place);
            }
        }
    }
    put_run(&mut out, bytes.get(pending..)?);
    (out.len() <= most).then_some(out)
}

/// The bytes as they were, which must be `len`.
pub(super) fn unpack(packed: &[u8], len: usize) -> Result<Vec<u8>, Malformed> {
    if len > packed.len().saturating_mul(GROWTH_MAX) {
        return Err(Malformed);
    }
    let mut out: Vec<u8> = Vec::new();
    out.try_reserve_exact(len).map_err(|_| Malformed)?;
    let mut rest = packed;
    while let Some((&control, after)) = rest.split_first() {
        if control < 32 {
            let (run, after) = after.split_at_checked(usize::from(control) + 1).ok_or(Malformed)?;
            out.extend_from_slice(run);
            rest = after;
        } else {
            let (more, after) =
                if control >> 5 == 7 { after.split_first().ok_or(Malformed)? } else { (&0, after) };
            let (&low, after) = after.split_first().ok_or(Malformed)?;
            let count = usize::from(control >> 5) + usize::from(*more) + 2;
            let back = usize::from(control & 0x1f) << 8 | usize::from(low);
            copy(&mut out, back + 1, count)?;
            rest = after;
        }
        if out.len() > len {
            return Err(Malformed);
        }
    }
    if out.len() == len { Ok(out) } else { Err(Malformed) }
}

/// Adds `count` bytes that begin `back` bytes before the end.
fn copy(out: &mut Vec<u8>, back: usize, count: usize) -> Result<(), Malformed> {
    let start = out.len().checked_sub(back).ok_or(Malformed)?;
    let mut left = count;
    // Each step may copy all that there is from `start` on: the pattern, then twice the pattern, and so on.
    while left > 0 {
        let part = left.min(out.len() - start);
        out.extend_from_within(start..start + part);
        left -= part;
    }
    Ok(())
}

/// The last place of every three bytes, forgotten when others have the same hash.
struct Places {
    /// One more than the place, 0 for none.
    table: Vec<u32>,
    bits: u32,
}

impl Places {
    /// A table that is large enough for so many bytes, but not so large that clearing it is the work.
    fn new(len: usize) -> Self {
        let bits = (usize::BITS - len.leading_zeros() + 1).clamp(8, 16);
        Self { table: vec![0; 1 << bits], bits }
    }

    /// Remembers a place; gives the one that was remembered.
    fn replace(&mut self, three: [u8; 3], at: usize) -> Option<usize> {
        let [a, b, c] = three;
        let hash = u32::from_le_bytes([a, b, c, 0]).wrapping_mul(0x9e37_79b1) >> (32 - self.bits);
        let slot = self.table.get_mut(hash as usize)?;
        (core::mem::replace(slot, at as u32 + 1) as usize).checked_sub(1)
    }
}

fn three_at(bytes: &[u8], at: usize) -> Option<[u8; 3]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// How far what begins at two places is the same, of which three bytes are known to be. It is looked at as far as
/// redis-server looks, which mostly stops two bytes before the end: so the same strings become the same bytes.
fn match_len(bytes: &[u8], before: usize, at: usize) -> usize {
    let most = match bytes.len().saturating_sub(at + 2) {
        few @ 0..=16 => few.max(3),
        many => many.clamp(19, LONGEST),
    };
    let pairs = bytes.iter().skip(before).zip(bytes.iter().skip(at));
    pairs.take(most).take_while(|(one, other)| one == other).count()
}

/// Bytes as they are.
fn put_run(out: &mut Vec<u8>, bytes: &[u8]) {
    for run in bytes.chunks(RUN_MAX) {
        out.push(run.len() as u8 - 1);
        out.extend_from_slice(run);
    }
}

fn put_copy(out: &mut Vec<u8>, back: usize, len: usize) {
    let high = (back >> 8) as u8;
    match len - 2 {
        short @ 0..7 => out.push((short as u8) << 5 | high),
        long => out.extend([7 << 5 | high, (long - 7) as u8]),
    }
    out.push(back as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn what_is_packed_comes_back() {
        let mut random = Random::new(11);
        for round in 0..3000 {
            let letters = 1 + random.next() % 9;
            let len = random.next() as usize % if round % 50 == 0 { 40_000 } else { 400 };
            let mut bytes: Vec<u8> = (0..len).map(|_| (random.next() % letters) as u8).collect();
            if round % 3 == 0 {
                bytes.extend_from_within(..len / 2);
            }
            if let Some(packed) = pack(&bytes) {
                assert!(packed.len() + 4 <= bytes.len());
                assert_eq!(unpack(&packed, bytes.len()), Ok(bytes.clone()));
                for wrong in [0, bytes.len() - 1, bytes.len() + 1, usize::MAX] {
                    assert_eq!(unpack(&packed, wrong), Err(Malformed));
                }
            }
        }
    }

    #[test]
    fn what_repeats_is_packed_well() {
        assert!(pack(&[b'a'; 10_000]).unwrap().len() < 130);
        assert!(pack(b"abcdefgh").is_none());
        assert!(pack(b"").is_none());
    }

    #[test]
    fn any_bytes_may_be_unpacked() {
        let mut random = Random::new(3);
        for _ in 0..20_000 {
            let packed: Vec<u8> =
                (0..random.next() % 12).map(|_| random.next() as u8 >> (random.next() % 4)).collect();
            for len in [0, 1, 5, 20, 300] {
                if let Ok(bytes) = unpack(&packed, len) {
                    assert_eq!(bytes.len(), len);
                }
            }
        }
    }
}
