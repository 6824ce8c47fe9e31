//! Forms to print with: `%5.1f` and its kin, as C's `printf` knows them.
//!
//! ```text
//!   %  - 0       10      .3          f
//!      flags     width   precision   conversion
//! ```
//!
//! A [`Spec`] is what stands between the percent sign and the conversion. It writes whole numbers, floats and strings;
//! which of them a conversion wants, and where the value comes from, is the caller's.

use alloc::vec::Vec;

use super::digits::Digits;

/// Everything about a form but what it converts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// `-`: what fills up the width comes last.
    pub left: bool,
    /// `+`: a number that is not negative has a sign too.
    pub plus: bool,
    /// ` `: or at least a blank in its place.
    pub blank: bool,
    /// `#`: the base is told, and zeros after the point are kept.
    pub alternate: bool,
    /// `0`: zeros fill up the width.
    pub zeros: bool,
    /// At least so many bytes.
    pub width: usize,
    /// At least so many digits, so many after the point, or at most so many bytes of a string.
    pub precision: Option<usize>,
}

/// The largest number there is, with all the decimals that can be asked for.
const LONGEST: usize = 309 + 1 + 99;

/// How a float is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Float {
    /// `%f`
    Fixed,
    /// `%e`
    Scientific,
    /// `%g`: whichever of the two says it shorter.
    Shortest,
}

/// How a whole number without a sign is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// `%o`
    Octal,
    /// `%u`
    Decimal,
    /// `%x`
    Hexadecimal,
}

/// Why a text is no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// There are more flags than there are different ones.
    RepeatedFlags,
    /// A width or a precision has more than two digits.
    TooLong,
}

impl Malformed {
    /// What a script is told.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::RepeatedFlags => "invalid format (repeated flags)",
            Self::TooLong => "invalid format (width or precision too long)",
        }
    }
}

impl Spec {
    /// Nothing asked for.
    pub const PLAIN: Self = Self {
        left: false,
        plus: false,
        blank: false,
        alternate: false,
        zeros: false,
        width: 0,
        precision: None,
    };

    /// Reads what follows a percent sign; also answers how many bytes it has, up to the conversion.
    ///
    /// # Errors
    /// When it asks for too much.
    pub fn read(text: &[u8]) -> Result<(Self, usize), Malformed> {
        const FLAGS: usize = 5;
        let mut spec = Self::PLAIN;
        let mut rest = text;
        while let [flag @ (b'-' | b'+' | b' ' | b'#' | b'0'), tail @ ..] = rest {
            match flag {
                b'-' => spec.left = true,
                b'+' => spec.plus = true,
                b' ' => spec.blank = true,
                b'#' => spec.alternate = true,
                _ => spec.zeros = true,
            }
            rest = tail;
        }
        if text.len() - rest.len() > FLAGS {
            return Err(Malformed::RepeatedFlags);
        }
        (spec.width, rest) = two_digits(rest);
        if let [b'.', tail @ ..] = rest {
            let (precision, tail) = two_digits(tail);
            (spec.precision, rest) = (Some(precision), tail);
        }
        if rest.first().is_some_and(u8::is_ascii_digit) {
            return Err(Malformed::TooLong);
        }
        Ok((spec, text.len() - rest.len()))
    }

    /// `%c`. There is no string with a byte 0 in C, so that byte ends what is written.
    pub fn byte(&self, byte: u8, out: &mut Vec<u8>) {
        let fill = self.width.saturating_sub(1);
        match (byte, self.left) {
            (0, true) => {}
            (0, false) => out.resize(out.len() + fill, b' '),
            _ => self.pad(&[byte], out),
        }
    }

    /// `%s`, of a string as C sees it.
    pub fn string(&self, text: &[u8], out: &mut Vec<u8>) {
        let length = self.precision.map_or(text.len(), |most| most.min(text.len()));
        self.pad(text.get(..length).unwrap_or_default(), out);
    }

    /// `%d` and `%i`
    pub fn signed(&self, value: i64, out: &mut Vec<u8>) {
        let mut digits = Digits::<LONGEST>::new();
        if self.precision != Some(0) || value != 0 {
            digits.print(format_args!("{}", value.unsigned_abs()));
        }
        self.whole(self.sign(value < 0), digits.as_bytes(), out);
    }

    /// `%o`, `%u`, `%x`, and `%X` with `upper`.
    pub fn unsigned(&self, base: Base, upper: bool, value: u64, out: &mut Vec<u8>) {
        let mut digits = Digits::<LONGEST>::new();
        if self.precision != Some(0) || value != 0 {
            match base {
                Base::Octal => digits.print(format_args!("{value:o}")),
                Base::Decimal => digits.print(format_args!("{value}")),
                Base::Hexadecimal if upper => digits.print(format_args!("{value:X}")),
                Base::Hexadecimal => digits.print(format_args!("{value:x}")),
            }
        }
        let mut spec = *self;
        let mut prefix: &[u8] = b"";
        match base {
            Base::Octal if self.alternate && digits.as_bytes().first() != Some(&b'0') => {
                // The base is told by one more digit, if the precision doesn't ask for one anyway.
                let least = digits.as_bytes().len() + 1;
                spec.precision = Some(self.precision.map_or(least, |precision| precision.max(least)));
                if self.precision.is_none() && self.zeros && !self.left {
                    spec.precision = Some(least.max(self.width));
                }
            }
            Base::Hexadecimal if self.alternate && value != 0 => prefix = if upper { b"0X" } else { b"0x" },
            _ => {}
        }
        spec.whole(prefix, digits.as_bytes(), out);
    }

    /// `%e`, `%f`, `%g`.
    pub fn float(&self, form: Float, value: f64, out: &mut Vec<u8>) {
        let mut digits = Digits::<LONGEST>::new();
        let precision = self.precision.unwrap_or(6);
        match form {
            _ if value.is_nan() => digits.push(b"nan"),
            _ if value.is_infinite() => digits.push(b"inf"),
            Float::Fixed => digits.fixed(value.abs(), precision, self.alternate),
            Float::Scientific => digits.scientific(value.abs(), precision, self.alternate),
            Float::Shortest => digits.shortest(value.abs(), precision, self.alternate),
        }
        let sign = self.sign(value.is_sign_negative());
        self.number(sign, 0, digits.as_bytes(), self.zeros && value.is_finite(), out);
    }

    const fn sign(&self, negative: bool) -> &'static [u8] {
        match (negative, self.plus, self.blank) {
            (true, ..) => b"-",
            (false, true, _) => b"+",
            (false, false, true) => b" ",
            _ => b"",
        }
    }

    /// Digits of a whole number, of which the precision asks for more.
    fn whole(&self, sign: &[u8], digits: &[u8], out: &mut Vec<u8>) {
        let more = self.precision.unwrap_or(1).saturating_sub(digits.len());
        self.number(sign, more, digits, self.zeros && self.precision.is_none(), out);
    }

    fn number(&self, sign: &[u8], zeros: usize, digits: &[u8], fill_with_zeros: bool, out: &mut Vec<u8>) {
        let fill = self.width.saturating_sub(sign.len() + zeros + digits.len());
        let (before, between, after) = match (self.left, fill_with_zeros) {
            (true, _) => (0, zeros, fill),
            (false, true) => (0, zeros + fill, 0),
            (false, false) => (fill, zeros, 0),
        };
        out.resize(out.len() + before, b' ');
        out.extend_from_slice(sign);
        out.resize(out.len() + between, b'0');
        out.extend_from_slice(digits);
        out.resize(out.len() + after, b' ');
    }

    fn pad(&self, text: &[u8], out: &mut Vec<u8>) {
        self.number(b"", 0, text, false, out);
    }
}

fn two_digits(text: &[u8]) -> (usize, &[u8]) {
    let digit = |byte: &u8| usize::from(byte - b'0');
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] => (digit(tens) * 10 + digit(ones), rest),
        [ones @ b'0'..=b'9', rest @ ..] => (digit(ones), rest),
        _ => (0, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn spec(text: &str) -> Spec {
        let (spec, length) = Spec::read(text.as_bytes()).unwrap();
        assert_eq!(length, text.len());
        spec
    }

    fn shown(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_spec_ends_where_the_conversion_stands() {
        assert_eq!(Spec::read(b"d"), Ok((Spec::PLAIN, 0)));
        assert_eq!(Spec::read(b"-+ #0d").map(|(_, length)| length), Ok(5));
        assert_eq!(Spec::read(b"5.s"), Ok((Spec { width: 5, precision: Some(0), ..Spec::PLAIN }, 2)));
        assert_eq!(Spec::read(b"000000d"), Err(Malformed::RepeatedFlags));
        assert_eq!(Spec::read(b"100d"), Err(Malformed::TooLong));
        assert_eq!(Spec::read(b".100d"), Err(Malformed::TooLong));
        assert_eq!(Spec::read(b""), Ok((Spec::PLAIN, 0)));
    }

    #[test]
    fn whole_numbers() {
        for (form, value, text) in [
            ("", -5, "-5"),
            ("+", 5, "+5"),
            (" ", 5, " 5"),
            ("5", 42, "   42"),
            ("-5", 42, "42   "),
            ("05", -42, "-0042"),
            ("05.1", 42, "   42"),
            (".3", -7, "-007"),
            (".0", 0, ""),
            ("+.0", 0, "+"),
            ("-05", 3, "3    "),
            ("", i64::MIN, "-9223372036854775808"),
        ] {
            assert_eq!(shown(|out| spec(form).signed(value, out)), text, "%{form}d of {value}");
        }
        for (form, base, value, text) in [
            ("#", Base::Hexadecimal, 255, "0xff"),
            ("#", Base::Hexadecimal, 0, "0"),
            ("#08", Base::Hexadecimal, 255, "0x0000ff"),
            ("#.0", Base::Octal, 0, "0"),
            ("#", Base::Octal, 8, "010"),
            ("#05", Base::Octal, 8, "00010"),
            ("#5", Base::Octal, 8, "  010"),
            ("#.4", Base::Octal, 8, "0010"),
            ("+", Base::Decimal, u64::MAX, "18446744073709551615"),
        ] {
            let form_is = spec(form);
            assert_eq!(shown(|out| form_is.unsigned(base, false, value, out)), text, "%{form} of {value}");
        }
    }

    #[test]
    fn floats() {
        for (form, kind, value, text) in [
            ("", Float::Fixed, 1.5, "1.500000"),
            (".0", Float::Fixed, 2.5, "2"),
            ("#.0", Float::Fixed, 3.5, "4."),
            ("010.2", Float::Fixed, -1.005, "-000001.00"),
            (".3", Float::Scientific, 0.0, "0.000e+00"),
            (".0", Float::Scientific, 12345.0, "1e+04"),
            ("#.0", Float::Scientific, 12345.0, "1.e+04"),
            (".17", Float::Shortest, 0.1, "0.10000000000000001"),
            ("", Float::Shortest, 100_000.0, "100000"),
            ("", Float::Shortest, 1_000_000.0, "1e+06"),
            ("", Float::Shortest, 0.0001, "0.0001"),
            ("", Float::Shortest, 0.00001, "1e-05"),
            ("#", Float::Shortest, 1.0, "1.00000"),
            ("#", Float::Shortest, 0.0, "0.00000"),
            ("#.3", Float::Shortest, 1e10, "1.00e+10"),
            (".0", Float::Shortest, 15.0, "2e+01"),
            ("05", Float::Fixed, f64::INFINITY, "  inf"),
            ("+", Float::Fixed, f64::INFINITY, "+inf"),
            ("-6", Float::Shortest, f64::NEG_INFINITY, "-inf  "),
        ] {
            assert_eq!(shown(|out| spec(form).float(kind, value, out)), text, "%{form} of {value}");
        }
        let long = shown(|out| spec("99.99").float(Float::Fixed, f64::MAX, out));
        assert_eq!(long.len(), 309 + 1 + 99);
    }

    #[test]
    fn strings_and_bytes() {
        assert_eq!(shown(|out| spec("5.1").string(b"abc", out)), "    a");
        assert_eq!(shown(|out| spec("-5").string(b"abc", out)), "abc  ");
        assert_eq!(shown(|out| spec("3").byte(b'x', out)), "  x");
        assert_eq!(shown(|out| spec("3").byte(0, out)), "  ");
        assert_eq!(shown(|out| spec("-3").byte(0, out)), "");
    }
}
