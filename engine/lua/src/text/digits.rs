//! The text of one number, made on the stack: whole, with so many decimals, with an exponent, or whichever is shorter.
//!
//! The digits come from the standard library, which knows all of them exactly and rounds as C does, half to even. Where
//! they stand, and what stands between them, follows `printf`.

use core::fmt::{self, Write};

/// A text of at most so many bytes; what is more is cut off.
#[derive(Clone, Copy, Debug)]
pub struct Digits<const MOST: usize> {
    bytes: [u8; MOST],
    length: usize,
}

impl<const MOST: usize> Digits<MOST> {
    /// Nothing so far.
    pub(super) const fn new() -> Self {
        Self { bytes: [0; MOST], length: 0 }
    }

    /// What is written.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    pub(super) fn push(&mut self, text: &[u8]) {
        let room = self.bytes.len() - self.length;
        let text = &text[..text.len().min(room)];
        self.bytes[self.length..self.length + text.len()].copy_from_slice(text);
        self.length += text.len();
    }

    pub(super) fn print(&mut self, text: fmt::Arguments<'_>) {
        // It is only refused by what is written, and here nothing refuses.
        let _ = self.write_fmt(text);
    }

    pub(super) fn fixed(&mut self, value: f64, precision: usize, point: bool) {
        self.print(format_args!("{value:.precision$}"));
        if precision == 0 && point {
            self.push(b".");
        }
    }

    pub(super) fn scientific(&mut self, value: f64, precision: usize, point: bool) {
        let (digits, length, exponent) = significant(value, precision + 1);
        self.push(&digits[..1]);
        if precision > 0 || point {
            self.push(b".");
        }
        self.push(&digits[1..length]);
        self.exponent(exponent);
    }

    fn exponent(&mut self, exponent: i32) {
        let sign = if exponent < 0 { '-' } else { '+' };
        self.print(format_args!("e{sign}{:02}", exponent.unsigned_abs()));
    }

    /// So many digits in all; zeros at the end of a fraction are only written when asked for.
    pub(super) fn shortest(&mut self, value: f64, precision: usize, all: bool) {
        let precision = precision.max(1);
        let (digits, mut length, exponent) = significant(value, precision);
        while !all && length > 1 && digits[length - 1] == b'0' {
            length -= 1;
        }
        match usize::try_from(exponent) {
            Ok(whole) if whole < precision => {
                let whole = whole + 1;
                self.push(&digits[..whole.min(length)]);
                self.zeros(whole.saturating_sub(length));
                self.fraction(&digits[whole.min(length)..length], all);
            }
            Err(_) if exponent >= -4 => {
                self.push(b"0.");
                self.zeros(exponent.unsigned_abs() as usize - 1);
                self.push(&digits[..length]);
            }
            _ => {
                self.push(&digits[..1]);
                self.fraction(&digits[1..length], all);
                self.exponent(exponent);
            }
        }
    }

    fn fraction(&mut self, digits: &[u8], point: bool) {
        if point || !digits.is_empty() {
            self.push(b".");
        }
        self.push(digits);
    }

    fn zeros(&mut self, count: usize) {
        (0..count).for_each(|_| self.push(b"0"));
    }
}

impl<const MOST: usize> Write for Digits<MOST> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}

/// Nobody can ask for more.
const SIGNIFICANT_MAX: usize = 100;

/// The first so many digits of a number, rounded, how many they are, and the exponent of the first one.
fn significant(value: f64, count: usize) -> ([u8; SIGNIFICANT_MAX], usize, i32) {
    let mut text = Digits::<{ SIGNIFICANT_MAX + 8 }>::new();
    let decimals = count.min(SIGNIFICANT_MAX) - 1;
    text.print(format_args!("{value:.decimals$e}"));
    let mut parts = text.as_bytes().split(|&byte| byte == b'e');
    let mut digits = [0; SIGNIFICANT_MAX];
    let mut length = 0;
    for &digit in parts.next().unwrap_or_default().iter().filter(|&&byte| byte != b'.') {
        digits[length] = digit;
        length += 1;
    }
    let exponent = parts.next().and_then(|text| core::str::from_utf8(text).ok()?.parse().ok());
    (digits, length, exponent.unwrap_or(0))
}
