//! The library `bit`: operations on 32 bits.
//!
//! A number becomes 32 bits as it comes: it is rounded to a whole one, half to even, and its lowest bits are taken. The
//! result is those bits as a number with a sign.

use alloc::vec::Vec;

use crate::native::{Call, Native, Outcome};
use crate::value::{Raise, Value};

pub(super) static LIBRARY: &[(&str, Native)] = &[
    ("tobit", tobit),
    ("bnot", bnot),
    ("band", band),
    ("bor", bor),
    ("bxor", bxor),
    ("lshift", lshift),
    ("rshift", rshift),
    ("arshift", arshift),
    ("rol", rol),
    ("ror", ror),
    ("bswap", bswap),
    ("tohex", tohex),
];

fn bits(call: &mut Call<'_>, number: usize) -> Result<u32, Raise> {
    // At 1.5 * 2^52 the last bit of a double is worth 1: adding it rounds, and leaves the whole number in the low bits.
    const TO_WHOLE: f64 = 6_755_399_441_055_744.0;
    call.number(number).map(|value| (value + TO_WHOLE).to_bits() as u32)
}

fn give(call: &mut Call<'_>, bits: u32) -> Outcome {
    call.give(Value::Number(f64::from(bits.cast_signed())))
}

fn tobit(call: &mut Call<'_>) -> Outcome {
    let bits = bits(call, 1)?;
    give(call, bits)
}

fn bnot(call: &mut Call<'_>) -> Outcome {
    let bits = bits(call, 1)?;
    give(call, !bits)
}

fn bswap(call: &mut Call<'_>) -> Outcome {
    let bits = bits(call, 1)?;
    give(call, bits.swap_bytes())
}

fn band(call: &mut Call<'_>) -> Outcome {
    all(call, |a, b| a & b)
}

fn bor(call: &mut Call<'_>) -> Outcome {
    all(call, |a, b| a | b)
}

fn bxor(call: &mut Call<'_>) -> Outcome {
    all(call, |a, b| a ^ b)
}

/// The first argument is looked at first, the others from the last one on: that decides which wrong one is told.
fn all(call: &mut Call<'_>, operation: fn(u32, u32) -> u32) -> Outcome {
    let mut sum = bits(call, 1)?;
    for number in (2..=call.count()).rev() {
        sum = operation(sum, bits(call, number)?);
    }
    give(call, sum)
}

fn lshift(call: &mut Call<'_>) -> Outcome {
    shift(call, u32::wrapping_shl)
}

fn rshift(call: &mut Call<'_>) -> Outcome {
    shift(call, u32::wrapping_shr)
}

fn arshift(call: &mut Call<'_>) -> Outcome {
    shift(call, |bits, by| bits.cast_signed().wrapping_shr(by).cast_unsigned())
}

fn rol(call: &mut Call<'_>) -> Outcome {
    shift(call, |bits, by| bits.rotate_left(by % 32))
}

fn ror(call: &mut Call<'_>) -> Outcome {
    shift(call, |bits, by| bits.rotate_right(by % 32))
}

/// Of how far, the lowest five bits count.
fn shift(call: &mut Call<'_>, operation: fn(u32, u32) -> u32) -> Outcome {
    let (value, by) = (bits(call, 1)?, bits(call, 2)?);
    give(call, operation(value, by))
}

/// The last so many hexadecimal digits, 8 unless told; a negative number asks for capital letters.
fn tohex(call: &mut Call<'_>) -> Outcome {
    let value = bits(call, 1)?;
    let asked = if call.count() < 2 { 8 } else { bits(call, 2)?.cast_signed() };
    let digits: &[u8; 16] = if asked < 0 { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    let count = asked.unsigned_abs().min(8);
    let text: Vec<u8> = (0..count).rev().map(|place| digits[(value >> (place * 4)) as usize & 15]).collect();
    let text = call.string(&text)?;
    call.give(text)
}
