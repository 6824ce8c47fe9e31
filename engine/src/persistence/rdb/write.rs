//! Lengths, strings and numbers, written.

use alloc::vec::Vec;

use super::lzf;
use crate::number;

/// Strings up to this long are not worth compressing.
const SHORT: usize = 20;

/// The longest text of a number that is written as one.
const NUMBER_MAX: usize = 11;

/// Adds values to the end of some bytes.
#[derive(Debug)]
pub struct Writer<'a> {
    out: &'a mut Vec<u8>,
    compresses: bool,
    /// The key that is to follow the value's code.
    key: Option<&'a [u8]>,
}

impl<'a> Writer<'a> {
    /// Writes to `out`; long strings are compressed if that is asked for and makes them shorter.
    pub const fn new(out: &'a mut Vec<u8>, compresses: bool) -> Self {
        Self { out, compresses, key: None }
    }

    /// The same for a value that belongs to a key: in a file the key stands between the value's code and what the code
    /// says.
    #[must_use]
    pub const fn keyed(self, key: &'a [u8]) -> Self {
        Self { key: Some(key), ..self }
    }

    /// What kind of value follows.
    pub fn code(&mut self, code: u8) {
        self.byte(code);
        if let Some(key) = self.key.take() {
            self.string(key);
        }
    }

    /// How many bytes there are.
    pub(super) const fn len(&self) -> usize {
        self.out.len()
    }

    /// One byte.
    pub fn byte(&mut self, byte: u8) {
        self.out.push(byte);
    }

    /// Bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// A moment in Unix milliseconds.
    pub fn moment_ms(&mut self, moment: i64) {
        self.raw(&moment.to_le_bytes());
    }

    /// A length or a count.
    pub fn length(&mut self, length: u64) {
        match length {
            0..0x40 => self.byte(length as u8),
            0x40..0x4000 => self.raw(&(0x4000 | length as u16).to_be_bytes()),
            0x4000..=0xffff_ffff => {
                self.byte(0x80);
                self.raw(&(length as u32).to_be_bytes());
            }
            _ => {
                self.byte(0x81);
                self.raw(&length.to_be_bytes());
            }
        }
    }

    /// A string, in its shortest form.
    pub fn string(&mut self, bytes: &[u8]) {
        if bytes.len() <= NUMBER_MAX && self.number(bytes) {
            return;
        }
        if self.compresses && bytes.len() > SHORT && self.packed(bytes) {
            return;
        }
        self.length(bytes.len() as u64);
        self.raw(bytes);
    }

    /// The string as a number of up to four bytes, if it is the text of one.
    fn number(&mut self, bytes: &[u8]) -> bool {
        let Some(value) = number::parse_int(bytes) else { return false };
        if let Ok(value) = i8::try_from(value) {
            self.byte(0xc0);
            self.raw(&value.to_le_bytes());
        } else if let Ok(value) = i16::try_from(value) {
            self.byte(0xc1);
            self.raw(&value.to_le_bytes());
        } else if let Ok(value) = i32::try_from(value) {
            self.byte(0xc2);
            self.raw(&value.to_le_bytes());
        } else {
            return false;
        }
        true
    }

    /// The string compressed, if that saves anything.
    fn packed(&mut self, bytes: &[u8]) -> bool {
        let Some(packed) = lzf::pack(bytes) else { return false };
        self.byte(0xc3);
        self.length(packed.len() as u64);
        self.length(bytes.len() as u64);
        self.raw(&packed);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::Reader;
    use super::*;
    use alloc::format;

    #[test]
    fn strings_take_their_shortest_form() {
        let cases: &[(&[u8], &[u8])] = &[
            (b"", b"\x00"),
            (b"hello", b"\x05hello"),
            (b"1", b"\xc0\x01"),
            (b"-128", b"\xc0\x80"),
            (b"128", b"\xc1\x80\x00"),
            (b"-32769", b"\xc2\xff\x7f\xff\xff"),
            (b"2147483647", b"\xc2\xff\xff\xff\x7f"),
            (b"2147483648", b"\x0a2147483648"),
            (b"01", b"\x0201"),
            (&[b'a'; 30], b"\xc3\x04\x1e\x00\x61\xe0\x14\x00"),
        ];
        for (string, written) in cases {
            let mut out = Vec::new();
            Writer::new(&mut out, true).string(string);
            if string.len() < 30 {
                assert_eq!(out, *written, "{string:?}");
            }
            assert_eq!(&*Reader::new(&out).string().unwrap(), *string);
        }
    }

    #[test]
    fn lengths_are_read_as_they_are_written() {
        for length in [0, 63, 64, 16383, 16384, 0xffff_ffff, 0x1_0000_0000, u64::MAX] {
            let mut out = Vec::new();
            Writer::new(&mut out, true).length(length);
            assert_eq!(Reader::new(&out).length(), Ok(length));
            for len in 0..out.len() {
                assert!(Reader::new(&out[..len]).length().is_err());
            }
        }
    }

    #[test]
    fn long_strings_are_compressed_if_asked_to() {
        let text = format!("{:0400}", 7);
        for (compresses, most) in [(true, 30), (false, 402)] {
            let mut out = Vec::new();
            Writer::new(&mut out, compresses).string(text.as_bytes());
            assert!(out.len() <= most, "{}", out.len());
            assert_eq!(&*Reader::new(&out).string().unwrap(), text.as_bytes());
        }
    }
}
