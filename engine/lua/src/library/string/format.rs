//! `format`: which value a form's conversion takes, and what is wrong with either.

use alloc::vec::Vec;

use crate::library::buffer::{Buffer, spend_on_bytes};
use crate::library::convert::{to_int, to_unsigned};
use crate::native::{Call, Outcome, to_integer};
use crate::text::format::{Base, Float, Spec};
use crate::text::number::until_zero;
use crate::value::{Raise, Str};

/// No number is written with more bytes.
const NUMBER_MAX: usize = 512;

/// A string of this length is given as it is, unless a precision is asked for.
const LONG_STRING: usize = 100;

pub(super) fn format(call: &mut Call<'_>) -> Outcome {
    let form = call.text(1)?;
    let mut out = Buffer::new();
    let (mut at, mut number) = (0, 1);
    loop {
        let heap = call.heap();
        let rest = heap.bytes(form).get(at..).unwrap_or_default();
        let plain = rest.iter().position(|&byte| byte == b'%').unwrap_or(rest.len());
        out.extend(heap, &rest[..plain])?;
        if plain == rest.len() {
            break;
        }
        at += plain + 1;
        if rest.get(plain + 1) == Some(&b'%') {
            out.push(heap, b'%')?;
            at += 1;
            continue;
        }
        number += 1;
        at += convert(call, form, at, number, &mut out)?;
    }
    let text = out.into_string(call)?;
    call.give(text)
}

/// Writes an argument as the form at this place says; how many bytes the form has.
fn convert(
    call: &mut Call<'_>,
    form: Str,
    at: usize,
    number: usize,
    out: &mut Buffer,
) -> Result<usize, Raise> {
    if number > call.count() {
        return Err(call.bad_argument(number, "no value"));
    }
    let rest = call.bytes(form).get(at..).unwrap_or_default();
    let (spec, length) = match Spec::read(rest) {
        Ok(read) => read,
        Err(malformed) => return Err(call.error(malformed.text())),
    };
    let conversion = rest.get(length).copied().unwrap_or(0);
    call.spend(2);
    match conversion {
        b'q' => quote(call, number, out)?,
        b's' => string(call, number, &spec, out)?,
        b'c' | b'd' | b'i' | b'o' | b'u' | b'x' | b'X' | b'e' | b'E' | b'f' | b'g' | b'G' => {
            let value = call.number(number)?;
            out.write(call.heap(), NUMBER_MAX, |out| match conversion {
                b'c' => spec.byte(to_int(value) as u8, out),
                b'd' | b'i' => spec.signed(to_integer(value), out),
                b'o' => spec.unsigned(Base::Octal, false, to_unsigned(value), out),
                b'u' => spec.unsigned(Base::Decimal, false, to_unsigned(value), out),
                b'x' => spec.unsigned(Base::Hexadecimal, false, to_unsigned(value), out),
                b'X' => spec.unsigned(Base::Hexadecimal, true, to_unsigned(value), out),
                _ => float(conversion, &spec, value, out),
            })?;
        }
        _ => {
            // What C takes for the end is not shown.
            let shown: &[u8] = if conversion == 0 { b"" } else { &[conversion] };
            return Err(call.error([&b"invalid option '%"[..], shown, b"' to 'format'"].concat()));
        }
    }
    Ok(length + 1)
}

fn float(conversion: u8, spec: &Spec, value: f64, out: &mut Vec<u8>) {
    let form = match conversion {
        b'e' | b'E' => Float::Scientific,
        b'f' => Float::Fixed,
        _ => Float::Shortest,
    };
    let start = out.len();
    spec.float(form, value, out);
    if conversion.is_ascii_uppercase() {
        out[start..].make_ascii_uppercase();
    }
}

fn string(call: &mut Call<'_>, number: usize, spec: &Spec, out: &mut Buffer) -> Result<(), Raise> {
    let text = call.text(number)?;
    let bytes = call.bytes(text);
    if spec.precision.is_none() && bytes.len() >= LONG_STRING {
        return out.extend(call.heap(), bytes);
    }
    let bytes = until_zero(bytes);
    out.write(call.heap(), bytes.len() + spec.width, |out| spec.string(bytes, out))
}

/// Writes a string as Lua reads it.
fn quote(call: &mut Call<'_>, number: usize, out: &mut Buffer) -> Result<(), Raise> {
    let text = call.text(number)?;
    let bytes = call.bytes(text);
    let length = bytes.len();
    let more = |byte: &u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' => 1,
        0 => 3,
        _ => 0,
    };
    let more: usize = bytes.iter().map(more).sum();
    out.write(call.heap(), length + more + 2, |out| {
        out.push(b'"');
        for &byte in bytes {
            match byte {
                b'"' | b'\\' | b'\n' => out.extend_from_slice(&[b'\\', byte]),
                b'\r' => out.extend_from_slice(b"\\r"),
                0 => out.extend_from_slice(b"\\000"),
                _ => out.push(byte),
            }
        }
        out.push(b'"');
    })?;
    spend_on_bytes(call, length);
    Ok(())
}
