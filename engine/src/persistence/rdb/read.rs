//! Lengths, strings and numbers, read.

use alloc::vec::Vec;
use core::ops::Deref;

use super::{Malformed, lzf};
use crate::types::Text;

/// Takes values off the front of some bytes.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    /// Whether there were fewer bytes than something needed.
    is_starved: bool,
}

/// A string as it lies in the bytes, or as it was when it was written.
#[derive(Clone, Debug)]
pub enum Chunk<'a> {
    /// Its bytes, or the digits of a number.
    Text(Text<'a>),
    /// What had been compressed.
    Unpacked(Vec<u8>),
}

impl Deref for Chunk<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Text(text) => text,
            Self::Unpacked(bytes) => bytes,
        }
    }
}

/// A length, or the form of a string that has none.
enum Length {
    Plain(u64),
    Special(u8),
}

/// Forms of strings.
const INT8: u8 = 0;
const INT16: u8 = 1;
const INT32: u8 = 2;
const LZF: u8 = 3;

impl<'a> Reader<'a> {
    /// Reads these bytes.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, is_starved: false }
    }

    /// How many bytes are left.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Whether there were fewer bytes than something needed: with more of them it may not be malformed.
    #[must_use]
    pub const fn is_starved(&self) -> bool {
        self.is_starved
    }

    #[cold]
    const fn starve(&mut self) -> Malformed {
        self.is_starved = true;
        Malformed
    }

    /// So many bytes.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let Some((taken, rest)) = self.rest.split_at_checked(len) else { return Err(self.starve()) };
        self.rest = rest;
        Ok(taken)
    }

    /// So many bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let Some((taken, rest)) = self.rest.split_first_chunk() else { return Err(self.starve()) };
        self.rest = rest;
        Ok(*taken)
    }

    /// One byte.
    pub fn byte(&mut self) -> Result<u8, Malformed> {
        self.array().map(|[byte]| byte)
    }

    /// A moment in Unix milliseconds.
    pub fn moment_ms(&mut self) -> Result<i64, Malformed> {
        self.array().map(i64::from_le_bytes)
    }

    /// A length.
    pub fn length(&mut self) -> Result<u64, Malformed> {
        match self.length_or_form()? {
            Length::Plain(length) => Ok(length),
            Length::Special(_) => Err(Malformed),
        }
    }

    /// Goes back to where it was before; whether it was starved since is remembered.
    pub(super) const fn go_back(&mut self, before: Self) {
        self.rest = before.rest;
    }

    /// A string.
    pub fn string(&mut self) -> Result<Chunk<'a>, Malformed> {
        let number = |value| Ok(Chunk::Text(Text::number(value)));
        match self.length_or_form()? {
            Length::Plain(len) => {
                let len = usize::try_from(len).map_err(|_| Malformed)?;
                self.take(len).map(|bytes| Chunk::Text(Text::Bytes(bytes)))
            }
            Length::Special(INT8) => number(i64::from(i8::from_le_bytes(self.array()?))),
            Length::Special(INT16) => number(i64::from(i16::from_le_bytes(self.array()?))),
            Length::Special(INT32) => number(i64::from(i32::from_le_bytes(self.array()?))),
            Length::Special(LZF) => {
                let packed_len = usize::try_from(self.length()?).map_err(|_| Malformed)?;
                let len = usize::try_from(self.length()?).map_err(|_| Malformed)?;
                lzf::unpack(self.take(packed_len)?, len).map(Chunk::Unpacked)
            }
            Length::Special(_) => Err(Malformed),
        }
    }

    fn length_or_form(&mut self) -> Result<Length, Malformed> {
        let first = self.byte()?;
        let low = first & 0x3f;
        match first >> 6 {
            0 => Ok(Length::Plain(low.into())),
            1 => Ok(Length::Plain(u16::from_be_bytes([low, self.byte()?]).into())),
            2 if first == 0x80 => Ok(Length::Plain(u32::from_be_bytes(self.array()?).into())),
            2 if first == 0x81 => Ok(Length::Plain(u64::from_be_bytes(self.array()?))),
            3 => Ok(Length::Special(low)),
            _ => Err(Malformed),
        }
    }
}
