//! How a handler answers: it writes its reply, once, straight into the bytes that will leave.
//!
//! Every method returns [`Replied`], and a handler can only end with one or with an [`Error`], so none can forget
//! to answer. The methods know both protocols: what is a map, a set or a double in RESP3 becomes the flat array or
//! the string that RESP2 clients expect. Where the two differ is listed with the methods, nowhere else.

use alloc::vec::Vec;

use redstart_structures::short;

use crate::error::Error;
use crate::number;

/// What a handler ends with.
pub type Outcome = Result<Replied, Error>;

/// Proof that a reply was written (or will be, by whoever wakes a parked command).
#[derive(Debug)]
pub struct Replied(());

/// The version of the protocol that a client asked for with HELLO.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// Strings, errors, numbers and arrays.
    #[default]
    Resp2,
    /// And maps, sets, doubles, booleans, pushes.
    Resp3,
}

/// Strings up to this many bytes are put together before they are written.
const SHORT: usize = 25;

/// Where a reply is written.
#[derive(Debug)]
pub struct Reply<'a> {
    out: &'a mut Vec<u8>,
    protocol: Protocol,
}

impl<'a> Reply<'a> {
    /// Writes to the end of `out`.
    pub const fn new(out: &'a mut Vec<u8>, protocol: Protocol) -> Self {
        Self { out, protocol }
    }

    /// The same place, for a command within this one and in the protocol that is spoken by now.
    pub const fn within(&mut self, protocol: Protocol) -> Reply<'_> {
        Reply { out: self.out, protocol }
    }

    /// The protocol it speaks.
    #[must_use]
    pub const fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// From here on in another protocol: HELLO answers in the one it just chose.
    pub const fn set_protocol(&mut self, protocol: Protocol) {
        self.protocol = protocol;
    }

    const fn is_resp3(&self) -> bool {
        matches!(self.protocol, Protocol::Resp3)
    }

    /// How many bytes are there: with [`cut`](Self::cut), a way back.
    #[must_use]
    pub const fn mark(&self) -> usize {
        self.out.len()
    }

    /// What was written since a mark.
    #[must_use]
    pub fn since(&self, mark: usize) -> &[u8] {
        self.out.get(mark..).unwrap_or_default()
    }

    /// Forgets all that was written since a mark.
    pub fn cut(&mut self, mark: usize) {
        self.out.truncate(mark);
    }

    /// `+OK`
    pub fn ok(&mut self) -> Replied {
        self.raw(b"+OK\r\n")
    }

    /// A status: a short text without line ends.
    pub fn status(&mut self, text: impl AsRef<[u8]>) -> Replied {
        self.out.push(b'+');
        self.line(text.as_ref())
    }

    /// An error: the text begins with its code. Line ends in it become spaces.
    pub fn error(&mut self, error: &Error) -> Replied {
        let made;
        let text = match error {
            Error::Quoting(text) => text,
            other => {
                made = alloc::format!("{other}").into_bytes();
                &made
            }
        };
        self.out.push(b'-');
        self.out.extend(text.iter().map(|&byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { byte }));
        self.raw(b"\r\n")
    }

    /// A number.
    #[inline]
    pub fn int(&mut self, value: i64) -> Replied {
        self.header(b':', value)
    }

    /// A count; no real one comes near the limit of a signed number.
    pub fn len(&mut self, value: usize) -> Replied {
        self.header(b':', value as i64)
    }

    /// `1` or `0`.
    pub fn flag(&mut self, value: bool) -> Replied {
        self.int(i64::from(value))
    }

    /// A string of any bytes.
    #[inline]
    pub fn bulk(&mut self, bytes: &[u8]) -> Replied {
        if bytes.len() <= SHORT {
            return self.short_bulk(bytes);
        }
        self.out.reserve(bytes.len() + 16);
        self.header(b'$', bytes.len() as i64);
        self.line(bytes)
    }

    /// The same of few bytes: put together first, then copied at a length that the compiler knows.
    #[inline]
    fn short_bulk(&mut self, bytes: &[u8]) -> Replied {
        let len = bytes.len();
        let (tens, ones) = (b'0' + (len / 10) as u8, b'0' + (len % 10) as u8);
        let mut line = [0; SHORT + 7];
        let start = if len < 10 { 4 } else { 5 };
        [line[0], line[1], line[2], line[3], line[4]] =
            if len < 10 { [b'$', ones, b'\r', b'\n', 0] } else { [b'$', tens, ones, b'\r', b'\n'] };
        let end = start + len;
        short::copy(&mut line[start..end], bytes);
        [line[end], line[end + 1]] = *b"\r\n";
        let written = self.out.len() + end + 2;
        self.out.extend_from_slice(&line);
        self.out.truncate(written);
        Replied(())
    }

    /// A number as a string.
    pub fn bulk_int(&mut self, value: i64) -> Replied {
        self.bulk(itoa::Buffer::new().format(value).as_bytes())
    }

    /// A text for people; RESP2: a string.
    pub fn verbatim(&mut self, text: &str) -> Replied {
        self.verbatim_as(*b"txt", text.as_bytes())
    }

    /// A text of a format that three letters name; RESP2: a string.
    pub fn verbatim_as(&mut self, format: [u8; 3], text: &[u8]) -> Replied {
        if !self.is_resp3() {
            return self.bulk(text);
        }
        self.header(b'=', text.len() as i64 + 4);
        self.raw(&format);
        self.raw(b":");
        self.line(text)
    }

    /// A float; RESP2: a string.
    pub fn double(&mut self, value: f64) -> Replied {
        let (mut digits, longer);
        let text = if let Some(whole) = number::whole(value) {
            digits = itoa::Buffer::new();
            digits.format(whole)
        } else if value.is_nan() && value.is_sign_negative() {
            "-nan"
        } else {
            longer = number::format_float(value);
            &longer
        };
        if !self.is_resp3() {
            return self.bulk(text.as_bytes());
        }
        self.out.push(b',');
        self.line(text.as_bytes())
    }

    /// A float without an exponent; RESP2: a string.
    pub fn decimal(&mut self, value: f64) -> Replied {
        let text = number::format_decimal(value);
        if !self.is_resp3() {
            return self.bulk(text.as_bytes());
        }
        self.out.push(b',');
        self.line(text.as_bytes())
    }

    /// Yes or no; RESP2: `1` or `0`.
    pub fn boolean(&mut self, value: bool) -> Replied {
        if !self.is_resp3() {
            return self.flag(value);
        }
        self.raw(if value { b"#t\r\n" } else { b"#f\r\n" })
    }

    /// A number of any size, as digits; RESP2: a string.
    pub fn big_number(&mut self, digits: impl AsRef<[u8]>) -> Replied {
        if !self.is_resp3() {
            return self.bulk(digits.as_ref());
        }
        self.out.push(b'(');
        self.line(digits.as_ref())
    }

    /// Nothing; RESP2: a string that is not there.
    pub fn null(&mut self) -> Replied {
        self.raw(if self.is_resp3() { b"_\r\n" } else { b"$-1\r\n" })
    }

    /// Nothing where a list was possible; RESP2: an array that is not there.
    pub fn null_array(&mut self) -> Replied {
        self.raw(if self.is_resp3() { b"_\r\n" } else { b"*-1\r\n" })
    }

    /// An array; its `len` elements must follow.
    pub fn array(&mut self, len: usize) -> Replied {
        self.header(b'*', len as i64)
    }

    /// A map; `len` pairs of key and value must follow. RESP2: a flat array.
    pub fn map(&mut self, len: usize) -> Replied {
        if self.is_resp3() { self.header(b'%', len as i64) } else { self.header(b'*', 2 * len as i64) }
    }

    /// A set; its `len` elements must follow. RESP2: an array.
    pub fn set(&mut self, len: usize) -> Replied {
        self.header(if self.is_resp3() { b'~' } else { b'*' }, len as i64)
    }

    /// A message out of turn; its `len` elements must follow. RESP2: an array.
    pub fn push(&mut self, len: usize) -> Replied {
        self.header(if self.is_resp3() { b'>' } else { b'*' }, len as i64)
    }

    /// A remark on the reply that follows; its `len` pairs must come first. Not for RESP2, which has none.
    pub fn attribute(&mut self, len: usize) -> Replied {
        debug_assert!(self.is_resp3(), "RESP2 knows no remarks");
        self.header(b'|', len as i64)
    }

    /// An array of strings.
    pub fn bulks<B: AsRef<[u8]>>(&mut self, items: &[B]) -> Replied {
        self.array(items.len());
        for item in items {
            self.bulk(item.as_ref());
        }
        Replied(())
    }

    /// An array of statuses: a text for people, line by line.
    pub fn lines(&mut self, lines: &[&str]) -> Replied {
        self.array(lines.len());
        for line in lines {
            self.status(line);
        }
        Replied(())
    }

    /// A set of statuses: how COMMAND INFO shows flags.
    pub fn statuses<'t>(&mut self, items: impl ExactSizeIterator<Item = &'t str>) -> Replied {
        self.set(items.len());
        for item in items {
            self.status(item);
        }
        Replied(())
    }

    /// Turns the elements written since `mark` into an array of `len`, when the count is known only at the end.
    pub fn array_since(&mut self, mark: usize, len: usize) -> Replied {
        let end = self.out.len();
        self.array(len);
        self.move_up(mark, end)
    }

    /// The same for a set.
    pub fn set_since(&mut self, mark: usize, len: usize) -> Replied {
        let end = self.out.len();
        self.set(len);
        self.move_up(mark, end)
    }

    /// The same for a map of `len` pairs; RESP2: an array of pairs is not the same, so this is for RESP3 alone.
    pub fn map_since(&mut self, mark: usize, len: usize) -> Replied {
        let end = self.out.len();
        self.map(len);
        self.move_up(mark, end)
    }

    /// Moves what was written since `end` to `mark`.
    fn move_up(&mut self, mark: usize, end: usize) -> Replied {
        let header = self.out.len() - end;
        if let Some(written) = self.out.get_mut(mark..) {
            written.rotate_right(header);
        }
        Replied(())
    }

    /// No reply now: somebody else will write it, or the client asked for none.
    pub const fn later(&mut self) -> Replied {
        Replied(())
    }

    #[inline]
    fn header(&mut self, kind: u8, value: i64) -> Replied {
        let digit = |value: i64| b'0' + value as u8;
        match value {
            // Nearly all of them; one copy instead of three.
            0..10 => self.raw(&[kind, digit(value), b'\r', b'\n']),
            10..100 => self.raw(&[kind, digit(value / 10), digit(value % 10), b'\r', b'\n']),
            _ => {
                self.out.push(kind);
                self.line(itoa::Buffer::new().format(value).as_bytes())
            }
        }
    }

    #[inline]
    fn line(&mut self, bytes: &[u8]) -> Replied {
        self.out.extend_from_slice(bytes);
        self.raw(b"\r\n")
    }

    #[inline]
    fn raw(&mut self, bytes: &[u8]) -> Replied {
        self.out.extend_from_slice(bytes);
        Replied(())
    }
}
