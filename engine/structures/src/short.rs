//! Byte strings that are likely to be short: copied, zeroed and compared without a call.
//!
//! In wasm, copying a number of bytes that is known only as it runs is a call out of the module, which takes as long as
//! copying a hundred of them does, and comparing goes byte by byte. Nearly all keys and values are shorter than that. There
//! they are taken as two pieces of one size, which may overlap:
//!
//! ```text
//!   13 bytes   ├──────── 8 ───────┤
//!                          ├──────── 8 ───────┤
//! ```
//!
//! Elsewhere these are what the language has.

const IS_WASM: bool = cfg!(target_family = "wasm");

/// Copies bytes to a place as long as they are.
#[inline]
pub fn copy(to: &mut [u8], from: &[u8]) {
    if IS_WASM { copy_in_pieces(to, from) } else { to.copy_from_slice(from) }
}

/// Fills bytes with zeros.
#[inline]
pub fn zero(bytes: &mut [u8]) {
    if IS_WASM { zero_in_pieces(bytes) } else { bytes.fill(0) }
}

/// Whether two are the same.
#[inline]
#[must_use]
pub fn equal(one: &[u8], other: &[u8]) -> bool {
    if IS_WASM { equal_in_pieces(one, other) } else { one == other }
}

fn copy_in_pieces(to: &mut [u8], from: &[u8]) {
    match from.len() {
        0 => (),
        1 => copy_ends::<1>(to, from),
        2..4 => copy_ends::<2>(to, from),
        4..8 => copy_ends::<4>(to, from),
        8..16 => copy_ends::<8>(to, from),
        16..=32 => copy_ends::<16>(to, from),
        _ => to.copy_from_slice(from),
    }
}

fn zero_in_pieces(bytes: &mut [u8]) {
    match bytes.len() {
        0 => (),
        1 => zero_ends::<1>(bytes),
        2..4 => zero_ends::<2>(bytes),
        4..8 => zero_ends::<4>(bytes),
        8..=16 => zero_ends::<8>(bytes),
        _ => bytes.fill(0),
    }
}

fn equal_in_pieces(one: &[u8], other: &[u8]) -> bool {
    match one.len() {
        len if len != other.len() => false,
        4..8 => equal_ends::<4>(one, other),
        8..=16 => equal_ends::<8>(one, other),
        _ => one == other,
    }
}

fn copy_ends<const N: usize>(to: &mut [u8], from: &[u8]) {
    if let (Some(to), Some(from)) = (to.first_chunk_mut::<N>(), from.first_chunk()) {
        *to = *from;
    }
    if let (Some(to), Some(from)) = (to.last_chunk_mut::<N>(), from.last_chunk()) {
        *to = *from;
    }
}

fn zero_ends<const N: usize>(bytes: &mut [u8]) {
    if let Some(first) = bytes.first_chunk_mut::<N>() {
        *first = [0; N];
    }
    if let Some(last) = bytes.last_chunk_mut::<N>() {
        *last = [0; N];
    }
}

fn equal_ends<const N: usize>(one: &[u8], other: &[u8]) -> bool {
    one.first_chunk::<N>() == other.first_chunk::<N>() && one.last_chunk::<N>() == other.last_chunk::<N>()
}

#[cfg(test)]
mod tests {
    use std::vec;
    use std::vec::Vec;

    use super::*;

    #[test]
    fn pieces_make_the_whole_at_any_length() {
        for len in 0..70 {
            let from: Vec<u8> = (1..=len).collect();
            let mut to = vec![0xff; from.len()];
            copy_in_pieces(&mut to, &from);
            assert_eq!(to, from);
            assert!(equal_in_pieces(&to, &from));
            zero_in_pieces(&mut to);
            assert_eq!(to, vec![0; from.len()]);
        }
    }

    #[test]
    fn a_difference_at_any_place_is_seen() {
        for len in 1..70 {
            let one = vec![7; len];
            assert!(!equal_in_pieces(&one, &vec![7; len - 1]));
            for place in 0..len {
                let mut other = one.clone();
                other[place] = 8;
                assert!(!equal_in_pieces(&one, &other), "{len} bytes, at {place}");
            }
        }
    }
}
