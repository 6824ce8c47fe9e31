//! The library `struct`: values as the bytes of a C structure, and back.
//!
//! ```text
//!   <  >  !8         from here on: little or big end first; aligned to at most 8 bytes
//!   b h l i4  B H L I4 T    whole numbers of 1, 2, 8 and n bytes, with and without a sign
//!   f d              floats of 4 and 8 bytes
//!   x                a byte 0
//!   c5  c0  s        bytes: five; all that there are, or as many as the value before says; up to a byte 0
//! ```
//!
//! Sizes and ends are those of a 64-bit machine that has the little end first, wherever this runs.

use alloc::format;
use alloc::vec::Vec;

use super::buffer::{Buffer, part, spend_on_bytes};
use super::convert::to_unsigned;
use crate::native::{Call, Native, Outcome};
use crate::value::{Raise, Str, Value};

pub(super) static LIBRARY: &[(&str, Native)] = &[("pack", pack), ("unpack", unpack), ("size", size)];

/// No whole number has more bytes.
const INTEGER_MAX: u32 = 32;

/// A form, read byte by byte. Like a string of C's it ends at a byte 0.
struct Form {
    text: Str,
    at: usize,
    little: bool,
    align: u64,
}

/// One letter of a form.
struct Item {
    option: u8,
    size: u64,
}

impl Form {
    fn new(call: &mut Call<'_>) -> Result<Self, Raise> {
        let text = call.text(1)?;
        spend_on_bytes(call, call.bytes(text).len());
        Ok(Self { text, at: 0, little: true, align: 1 })
    }

    fn peek(&self, call: &Call<'_>) -> Option<u8> {
        call.bytes(self.text).get(self.at).copied().filter(|&byte| byte != 0)
    }

    /// The next letter, and the size that it has or is given.
    fn next(&mut self, call: &mut Call<'_>) -> Result<Option<Item>, Raise> {
        let Some(option) = self.peek(call) else { return Ok(None) };
        self.at += 1;
        call.spend(1);
        let size = match option {
            b'b' | b'B' | b'x' => 1,
            b'h' | b'H' => 2,
            b'f' => 4,
            b'l' | b'L' | b'T' | b'd' => 8,
            b'c' => self.number(call, 1)?,
            b'i' | b'I' => {
                let size = self.number(call, 4)?;
                if size > INTEGER_MAX {
                    let text = format!("integral size {size} is larger than limit of {INTEGER_MAX}");
                    return Err(call.error(text));
                }
                size
            }
            _ => 0,
        };
        Ok(Some(Item { option, size: size.into() }))
    }

    fn number(&mut self, call: &mut Call<'_>, default: u32) -> Result<u32, Raise> {
        let mut number = None;
        while let Some(byte @ b'0'..=b'9') = self.peek(call) {
            self.at += 1;
            let sum = number.unwrap_or(0) * 10 + u64::from(byte - b'0');
            if sum > i32::MAX as u64 {
                return Err(call.error("integral size overflow"));
            }
            number = Some(sum);
        }
        Ok(number.map_or(default, |number| number as u32))
    }

    /// How many bytes come before an item at this place.
    const fn padding(&self, place: u64, item: &Item) -> u64 {
        if item.size == 0 || item.option == b'c' {
            return 0;
        }
        let to = if item.size < self.align { item.size } else { self.align };
        to.wrapping_sub(place & (to - 1)) & (to - 1)
    }

    /// What is no value: it changes how those after it are taken.
    fn control(&mut self, call: &mut Call<'_>, option: u8) -> Result<(), Raise> {
        match option {
            b' ' => {}
            b'>' => self.little = false,
            b'<' => self.little = true,
            b'!' => {
                let align = self.number(call, 8)?;
                if !align.is_power_of_two() {
                    return Err(call.error(format!("alignment {align} is not a power of 2")));
                }
                self.align = align.into();
            }
            _ => {
                let text = [&b"invalid format option '"[..], &[option], b"'"].concat();
                return Err(call.bad_argument(1, text));
            }
        }
        Ok(())
    }
}

fn pack(call: &mut Call<'_>) -> Outcome {
    let mut form = Form::new(call)?;
    let mut out = Buffer::new();
    let mut number = 2;
    // What is missing counts as `nil` here.
    call.set_arg(call.count() + 1, Value::Nil);
    while let Some(item) = form.next(call)? {
        for _ in 0..form.padding(out.len() as u64, &item) {
            out.push(call.heap(), 0)?;
        }
        match item.option {
            b'b' | b'B' | b'h' | b'H' | b'l' | b'L' | b'T' | b'i' | b'I' => {
                let value = call.number(number)?;
                put_integer(call, &mut out, to_unsigned(value), item.size as usize, form.little)?;
            }
            b'f' => {
                let value = call.number(number)? as f32;
                out.extend(
                    call.heap(),
                    &if form.little { value.to_le_bytes() } else { value.to_be_bytes() },
                )?;
            }
            b'd' => {
                let value = call.number(number)?;
                out.extend(
                    call.heap(),
                    &if form.little { value.to_le_bytes() } else { value.to_be_bytes() },
                )?;
            }
            b'c' | b's' => {
                let text = call.text(number)?;
                let length = call.bytes(text).len() as u64;
                let size = if item.size == 0 { length } else { item.size };
                if length < size {
                    return Err(call.bad_argument(number + 1, "string too short"));
                }
                spend_on_bytes(call, size as usize);
                out.extend(call.heap(), &call.bytes(text)[..size as usize])?;
                if item.option == b's' {
                    out.push(call.heap(), 0)?;
                }
            }
            b'x' => {
                out.push(call.heap(), 0)?;
                continue;
            }
            _ => {
                form.control(call, item.option)?;
                continue;
            }
        }
        number += 1;
    }
    let text = out.into_string(call)?;
    call.give(text)
}

/// The lowest bytes of a number; those that it doesn't have are 0.
fn put_integer(
    call: &Call<'_>,
    out: &mut Buffer,
    value: u64,
    size: usize,
    little: bool,
) -> Result<(), Raise> {
    let mut bytes = [0; INTEGER_MAX as usize];
    bytes[..8].copy_from_slice(&value.to_le_bytes());
    let bytes = &mut bytes[..size];
    if !little {
        bytes.reverse();
    }
    out.extend(call.heap(), bytes)
}

fn unpack(call: &mut Call<'_>) -> Outcome {
    let mut form = Form::new(call)?;
    let data = call.text(2)?;
    let start = call.optional_integer(3, 1)?;
    if start == 0 {
        return Err(call.bad_argument(3, "offset must be 1 or greater"));
    }
    let length = call.bytes(data).len() as u64;
    // A place before the start wraps around to one far behind the end.
    let mut place = start.wrapping_sub(1).cast_unsigned();
    let mut values: Vec<Value> = Vec::new();
    while let Some(mut item) = form.next(call)? {
        place = place.wrapping_add(form.padding(place, &item));
        check_data(call, place, item.size, length)?;
        if !call.vm.may_push(values.len() + 2) {
            return Err(call.error("stack overflow (too many results)"));
        }
        let value = match item.option {
            b'c' => {
                if item.size == 0 {
                    let last = values.pop().and_then(|last| call.to_number(last));
                    let Some(last) = last else {
                        return Err(call.error("format 'c0' needs a previous size"));
                    };
                    item.size = to_unsigned(last);
                    check_data(call, place, item.size, length)?;
                }
                spend_on_bytes(call, item.size as usize);
                Some(part(call, data, place as usize..(place + item.size) as usize)?)
            }
            b's' => {
                let rest = call.bytes(data).get(place as usize..).unwrap_or_default();
                let Some(end) = rest.iter().position(|&byte| byte == 0) else {
                    return Err(call.error("unfinished string in data"));
                };
                item.size = end as u64 + 1;
                spend_on_bytes(call, end);
                Some(part(call, data, place as usize..place as usize + end)?)
            }
            b'x' => None,
            option => {
                let bytes = call.bytes(data).get(place as usize..).unwrap_or_default();
                let number = get_number(option, &bytes[..(item.size as usize).min(bytes.len())], form.little);
                if number.is_none() {
                    form.control(call, option)?;
                }
                number.map(Value::Number)
            }
        };
        values.extend(value);
        place = place.wrapping_add(item.size);
    }
    values.push(Value::Number(place.wrapping_add(1).cast_signed() as f64));
    call.give_all(&values)
}

fn check_data(call: &mut Call<'_>, place: u64, size: u64, length: u64) -> Result<(), Raise> {
    let fits = length.checked_sub(size).is_some_and(|most| place <= most);
    if fits { Ok(()) } else { Err(call.bad_argument(2, "data string too short")) }
}

fn get_number(option: u8, bytes: &[u8], little: bool) -> Option<f64> {
    match option {
        b'f' => {
            let bytes = bytes.try_into().ok()?;
            Some(if little { f32::from_le_bytes(bytes) } else { f32::from_be_bytes(bytes) }.into())
        }
        b'd' => {
            let bytes = bytes.try_into().ok()?;
            Some(if little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
        }
        b'b' | b'h' | b'l' | b'i' => {
            // The sign stands where it would in the first 64 bits, whatever the size.
            let sign = (bytes.len() as u32 * 8).wrapping_sub(1) % 64;
            let value = get_integer(bytes, little);
            let mask = u64::MAX << sign;
            Some(if value & mask == 0 { value } else { value | mask }.cast_signed() as f64)
        }
        b'B' | b'H' | b'L' | b'T' | b'I' => Some(get_integer(bytes, little) as f64),
        _ => None,
    }
}

/// The lowest 64 bits.
fn get_integer(bytes: &[u8], little: bool) -> u64 {
    let add = |sum: u64, &byte: &u8| sum << 8 | u64::from(byte);
    if little { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) }
}

fn size(call: &mut Call<'_>) -> Outcome {
    let mut form = Form::new(call)?;
    let mut place = 0_u64;
    while let Some(item) = form.next(call)? {
        place = place.wrapping_add(form.padding(place, &item));
        match item.option {
            b's' => return Err(call.bad_argument(1, "option 's' has no fixed size")),
            b'c' if item.size == 0 => return Err(call.bad_argument(1, "option 'c0' has no fixed size")),
            letter if letter.is_ascii_alphanumeric() => {}
            option => form.control(call, option)?,
        }
        place = place.wrapping_add(item.size);
    }
    call.give(Value::Number(place.cast_signed() as f64))
}
