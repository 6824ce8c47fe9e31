//! Replies back into values, for callers in the same process and for links that we dial.
//!
//! [`read`] looks at bytes from the beginning of a reply and gives the value and how many bytes it was, `None` while
//! the end is still to come, or an error if no end can make a reply of them. It keeps nothing between calls: a
//! caller collects bytes until there is a whole reply. Depth is bounded and nothing is reserved by what a length
//! claims, so no bytes can exhaust the stack or the memory.
//!
//! ```text
//! +OK  -ERR …  :1  $3 …  *2 …                     RESP2
//! _  #t  ,1.5  (123…  =7 txt:…  %1 …  ~1 …  >1 …  |1 …    and RESP3
//! ```

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::number;

/// A reply as a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A status: a short text.
    Simple(Vec<u8>),
    /// An error; its text begins with its code.
    Error(Vec<u8>),
    /// A number.
    Int(i64),
    /// A string of any bytes.
    Bulk(Vec<u8>),
    /// Nothing.
    Null,
    /// An array.
    Array(Vec<Self>),
    /// Pairs of key and value, in their order.
    Map(Vec<(Self, Self)>),
    /// A set, in its order.
    Set(Vec<Self>),
    /// A float, and the text it came as.
    Double(f64, Vec<u8>),
    /// True or false.
    Bool(bool),
    /// The digits of a number of any size.
    BigNumber(Vec<u8>),
    /// A text for people, and its three letters of format.
    Verbatim([u8; 3], Vec<u8>),
    /// A message out of turn.
    Push(Vec<Self>),
    /// Remarks about the value that they come with.
    Attribute(Vec<(Self, Self)>, Box<Self>),
}

/// Why bytes are no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// No kind of value begins with this byte.
    Kind(u8),
    /// A length or a number that is none.
    Number,
    /// A line without an end.
    LineTooLong,
    /// No line end where one has to be.
    LineEnd,
    /// Values within values, too many times.
    TooDeep,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(byte) => write!(f, "no reply begins with '{}'", byte.escape_ascii()),
            Self::Number => f.write_str("a number in a reply is malformed"),
            Self::LineTooLong => f.write_str("a line of a reply has no end"),
            Self::LineEnd => f.write_str("a string of a reply is longer than it says"),
            Self::TooDeep => f.write_str("a reply is nested too deeply"),
        }
    }
}

impl core::error::Error for ReadError {}

/// Reads the value that `bytes` begin with: it, and how many bytes it was. `None`: its end is not there yet.
pub fn read(bytes: &[u8]) -> Result<Option<(Value, usize)>, ReadError> {
    let mut reader = Reader { bytes, at: 0 };
    match reader.value(0) {
        Ok(value) => Ok(Some((value, reader.at))),
        Err(Stop::Incomplete) => Ok(None),
        Err(Stop::Wrong(error)) => Err(error),
    }
}

/// Values within values that a reply may have; Redis's own deepest are about ten.
const DEPTH_MAX: usize = 64;

/// No line of a reply may be longer, in bytes. Errors may quote what a client sent, so it is generous.
const LINE_MAX: usize = 1 << 20;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Why there is no value.
enum Stop {
    Incomplete,
    Wrong(ReadError),
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        Self::Wrong(error)
    }
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<Value, Stop> {
        if depth > DEPTH_MAX {
            return Err(ReadError::TooDeep.into());
        }
        let kind = *self.bytes.get(self.at).ok_or(Stop::Incomplete)?;
        self.at += 1;
        match kind {
            b'+' => Ok(Value::Simple(self.line()?.to_vec())),
            b'-' => Ok(Value::Error(self.line()?.to_vec())),
            b':' => self.number().map(Value::Int),
            b'(' => Ok(Value::BigNumber(self.line()?.to_vec())),
            b',' => {
                let text = self.line()?.to_vec();
                Ok(Value::Double(float(&text).ok_or(ReadError::Number)?, text))
            }
            b'#' => match self.line()? {
                b"t" => Ok(Value::Bool(true)),
                b"f" => Ok(Value::Bool(false)),
                _ => Err(ReadError::Number.into()),
            },
            b'_' => self.line().map(|_| Value::Null),
            b'$' | b'!' | b'=' => self.string(kind),
            b'*' | b'~' | b'>' => self.list(kind, depth),
            b'%' => Ok(Value::Map(self.pairs(depth)?)),
            b'|' => {
                let pairs = self.pairs(depth)?;
                Ok(Value::Attribute(pairs, Box::new(self.value(depth + 1)?)))
            }
            other => Err(ReadError::Kind(other).into()),
        }
    }

    fn string(&mut self, kind: u8) -> Result<Value, Stop> {
        let Some(len) = self.len()? else { return Ok(Value::Null) };
        let end = self.at.checked_add(len).ok_or(ReadError::Number)?;
        let rest = self.bytes.get(end..).unwrap_or_default();
        match rest {
            [b'\r', b'\n', ..] => {}
            [] | [b'\r'] => return Err(Stop::Incomplete),
            _ => return Err(ReadError::LineEnd.into()),
        }
        let bytes = self.bytes.get(self.at..end).unwrap_or_default();
        self.at = end + 2;
        match (kind, bytes) {
            (b'!', _) => Ok(Value::Error(bytes.to_vec())),
            (b'=', [a, b, c, b':', text @ ..]) => Ok(Value::Verbatim([*a, *b, *c], text.to_vec())),
            (b'=', _) => Err(ReadError::Number.into()),
            _ => Ok(Value::Bulk(bytes.to_vec())),
        }
    }

    fn list(&mut self, kind: u8, depth: usize) -> Result<Value, Stop> {
        let Some(len) = self.len()? else { return Ok(Value::Null) };
        let mut items = Vec::new();
        for _ in 0..len {
            items.push(self.value(depth + 1)?);
        }
        Ok(match kind {
            b'~' => Value::Set(items),
            b'>' => Value::Push(items),
            _ => Value::Array(items),
        })
    }

    fn pairs(&mut self, depth: usize) -> Result<Vec<(Value, Value)>, Stop> {
        let len = self.len()?.ok_or(ReadError::Number)?;
        let mut pairs = Vec::new();
        for _ in 0..len {
            let key = self.value(depth + 1)?;
            pairs.push((key, self.value(depth + 1)?));
        }
        Ok(pairs)
    }

    /// A length; `None` for RESP2's -1.
    fn len(&mut self) -> Result<Option<usize>, Stop> {
        let len = self.number()?;
        if len == -1 {
            return Ok(None);
        }
        Ok(Some(usize::try_from(len).map_err(|_| ReadError::Number)?))
    }

    fn number(&mut self) -> Result<i64, Stop> {
        number::parse_int(self.line()?).ok_or_else(|| ReadError::Number.into())
    }

    /// The rest of the line, stepping over its end.
    fn line(&mut self) -> Result<&[u8], Stop> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let window = rest.get(..LINE_MAX).unwrap_or(rest);
        match window.iter().position(|&byte| byte == b'\r') {
            Some(end) => match rest.get(end + 1) {
                Some(b'\n') => {
                    self.at += end + 2;
                    Ok(rest.get(..end).unwrap_or_default())
                }
                Some(_) => Err(ReadError::LineEnd.into()),
                None => Err(Stop::Incomplete),
            },
            None if rest.len() >= LINE_MAX => Err(ReadError::LineTooLong.into()),
            None => Err(Stop::Incomplete),
        }
    }
}

/// A double of RESP3, which has a text for what is no number, too.
fn float(text: &[u8]) -> Option<f64> {
    if text.eq_ignore_ascii_case(b"nan") || text.eq_ignore_ascii_case(b"-nan") {
        return Some(f64::NAN);
    }
    number::parse_float(text)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn whole(bytes: &[u8]) -> Value {
        let (value, used) = read(bytes).unwrap().unwrap();
        assert_eq!(used, bytes.len());
        value
    }

    fn bulk(text: &str) -> Value {
        Value::Bulk(text.as_bytes().to_vec())
    }

    #[test]
    fn every_kind_of_value_is_read() {
        for (bytes, value) in [
            (&b"+OK\r\n"[..], Value::Simple(b"OK".to_vec())),
            (b"-ERR no\r\n", Value::Error(b"ERR no".to_vec())),
            (b"!6\r\nERR\r\n!\r\n", Value::Error(b"ERR\r\n!".to_vec())),
            (b":-7\r\n", Value::Int(-7)),
            (b"$4\r\na\r\nb\r\n", bulk("a\r\nb")),
            (b"$0\r\n\r\n", bulk("")),
            (b"$-1\r\n", Value::Null),
            (b"*-1\r\n", Value::Null),
            (b"_\r\n", Value::Null),
            (b"*2\r\n:1\r\n*0\r\n", Value::Array(vec![Value::Int(1), Value::Array(vec![])])),
            (b"%1\r\n+k\r\n:1\r\n", Value::Map(vec![(Value::Simple(b"k".to_vec()), Value::Int(1))])),
            (b"~1\r\n$1\r\na\r\n", Value::Set(vec![bulk("a")])),
            (b">1\r\n$1\r\na\r\n", Value::Push(vec![bulk("a")])),
            (b",1.5\r\n", Value::Double(1.5, b"1.5".to_vec())),
            (b",-inf\r\n", Value::Double(f64::NEG_INFINITY, b"-inf".to_vec())),
            (b"#t\r\n", Value::Bool(true)),
            (b"#f\r\n", Value::Bool(false)),
            (b"(12345678901234567890\r\n", Value::BigNumber(b"12345678901234567890".to_vec())),
            (b"=6\r\ntxt:hi\r\n", Value::Verbatim(*b"txt", b"hi".to_vec())),
            (
                b"|1\r\n+ttl\r\n:3\r\n$1\r\nv\r\n",
                Value::Attribute(vec![(Value::Simple(b"ttl".to_vec()), Value::Int(3))], Box::new(bulk("v"))),
            ),
        ] {
            assert_eq!(whole(bytes), value);
        }
        assert!(matches!(whole(b",nan\r\n"), Value::Double(value, _) if value.is_nan()));
    }

    #[test]
    fn a_reply_is_incomplete_until_its_last_byte() {
        let reply = b"*3\r\n%1\r\n$1\r\nk\r\n~1\r\n,0.1\r\n=7\r\ntxt:a\r\n\r\n|1\r\n:1\r\n:2\r\n-ERR x\r\n";
        for cut in 0..reply.len() {
            assert_eq!(read(&reply[..cut]), Ok(None), "cut at {cut}");
        }
        let mut longer = reply.to_vec();
        longer.extend_from_slice(b"+next\r\n");
        assert_eq!(read(&longer).unwrap().unwrap().1, reply.len());
    }

    #[test]
    fn what_is_no_reply_is_refused() {
        for (bytes, error) in [
            (&b"GET k\r\n"[..], ReadError::Kind(b'G')),
            (b":x\r\n", ReadError::Number),
            (b"$-2\r\n", ReadError::Number),
            (b"%-1\r\n", ReadError::Number),
            (b"$99999999999999999999\r\n", ReadError::Number),
            (b"$9223372036854775807\r\n", ReadError::Number),
            (b"$1\r\nabc\r\n", ReadError::LineEnd),
            (b"+a\rb\r\n", ReadError::LineEnd),
            (b"#x\r\n", ReadError::Number),
            (b"=2\r\nab\r\n", ReadError::Number),
            (b",1,5\r\n", ReadError::Number),
        ] {
            let found = read(bytes);
            // A length beyond the address space is as good as one that never ends.
            let endless = bytes == b"$9223372036854775807\r\n" && found == Ok(None);
            assert!(endless || found == Err(error), "{}: {found:?}", bytes.escape_ascii());
        }
        assert_eq!(read(&b"*1\r\n".repeat(100)), Err(ReadError::TooDeep));
        assert_eq!(read(&b"|1\r\n:1\r\n:1\r\n".repeat(100)), Err(ReadError::TooDeep));
        assert_eq!(read(&vec![b'+'; LINE_MAX + 2]), Err(ReadError::LineTooLong));
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let mut random = crate::random::Random::new(1);
        let letters = b"+-:$*%~>|,#_(=!0123456789\r\n\r\n\r\ntxt:-1";
        for _ in 0..200_000 {
            let len = random.below(24) as usize;
            let bytes: Vec<u8> =
                (0..len).map(|_| letters[random.below(letters.len() as u64) as usize]).collect();
            let _ = read(&bytes);
        }
    }
}
