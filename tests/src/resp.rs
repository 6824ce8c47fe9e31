//! A reader for RESP2 and RESP3 replies, as a client sees them.
//!
//! It is written apart from the engine's own encoder on purpose: a reader that shared the encoder's code would share
//! its mistakes. It keeps what a person can see and nothing else, so both kinds of RESP2 null are one [`Reply::Nil`];
//! where the difference matters a transcript compares raw bytes.

/// One reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// `+`
    Status(Vec<u8>),
    /// `-`
    Error(Vec<u8>),
    /// `:`
    Integer(i64),
    /// `$`
    Bulk(Vec<u8>),
    /// `_`, `$-1` or `*-1`
    Nil,
    /// `*`
    Array(Vec<Self>),
    /// `%`
    Map(Vec<(Self, Self)>),
    /// `~`
    Set(Vec<Self>),
    /// `>`
    Push(Vec<Self>),
    /// `,` with the digits as they came
    Double(Vec<u8>),
    /// `#`
    Boolean(bool),
    /// `(` with the digits as they came
    BigNumber(Vec<u8>),
    /// `=` without its three-letter format
    Verbatim(Vec<u8>),
}

/// Bytes that are no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed(pub String);

/// The first reply in `bytes` and its length, or `None` when the rest of it has yet to arrive.
///
/// # Errors
/// When the bytes can't be the start of a reply.
pub fn read(bytes: &[u8]) -> Result<Option<(Reply, usize)>, Malformed> {
    let mut cursor = Cursor { bytes, at: 0 };
    match cursor.reply() {
        Ok(reply) => Ok(Some((reply, cursor.at))),
        Err(Stop::Incomplete) => Ok(None),
        Err(Stop::Malformed(what)) => Err(Malformed(what)),
    }
}

/// The request `argv` as clients send it.
#[must_use]
pub fn request(argv: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", argv.len()).into_bytes();
    for argument in argv {
        bytes.extend_from_slice(format!("${}\r\n", argument.len()).as_bytes());
        bytes.extend_from_slice(argument);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

enum Stop {
    Incomplete,
    Malformed(String),
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn reply(&mut self) -> Result<Reply, Stop> {
        let line = self.line()?;
        let (kind, rest) = line.split_first().ok_or_else(|| Stop::Malformed("an empty line".into()))?;
        Ok(match kind {
            b'+' => Reply::Status(rest.to_vec()),
            b'-' => Reply::Error(rest.to_vec()),
            b':' => Reply::Integer(number(rest)?),
            b'_' => Reply::Nil,
            b',' => Reply::Double(rest.to_vec()),
            b'(' => Reply::BigNumber(rest.to_vec()),
            b'#' => Reply::Boolean(rest == b"t"),
            b'$' => self.blob(rest)?.map_or(Reply::Nil, |blob| Reply::Bulk(blob.to_vec())),
            b'=' => self
                .blob(rest)?
                .map_or(Reply::Nil, |blob| Reply::Verbatim(blob[4.min(blob.len())..].to_vec())),
            b'*' => self.items(rest, 1)?.map_or(Reply::Nil, Reply::Array),
            b'~' => self.items(rest, 1)?.map_or(Reply::Nil, Reply::Set),
            b'>' => self.items(rest, 1)?.map_or(Reply::Nil, Reply::Push),
            b'%' => self.items(rest, 2)?.map_or(Reply::Nil, |items| Reply::Map(pairs(items))),
            // An attribute says something about the reply that follows; a person doesn't see it.
            b'|' => {
                self.items(rest, 2)?;
                self.reply()?
            }
            other => {
                return Err(Stop::Malformed(format!("a reply that starts with {:?}", char::from(*other))));
            }
        })
    }

    fn line(&mut self) -> Result<&'a [u8], Stop> {
        let rest = &self.bytes[self.at..];
        let end = rest.windows(2).position(|pair| pair == b"\r\n").ok_or(Stop::Incomplete)?;
        self.at += end + 2;
        Ok(&rest[..end])
    }

    fn blob(&mut self, length: &[u8]) -> Result<Option<&'a [u8]>, Stop> {
        let Ok(length) = usize::try_from(number(length)?) else { return Ok(None) };
        let rest = &self.bytes[self.at..];
        if rest.len() < length + 2 {
            return Err(Stop::Incomplete);
        }
        if &rest[length..length + 2] != b"\r\n" {
            return Err(Stop::Malformed("a string longer than its length says".into()));
        }
        self.at += length + 2;
        Ok(Some(&rest[..length]))
    }

    fn items(&mut self, count: &[u8], each: usize) -> Result<Option<Vec<Reply>>, Stop> {
        let Ok(count) = usize::try_from(number(count)?) else { return Ok(None) };
        (0..count * each).map(|_| self.reply()).collect::<Result<_, _>>().map(Some)
    }
}

fn number(digits: &[u8]) -> Result<i64, Stop> {
    let text = String::from_utf8_lossy(digits);
    text.parse().map_err(|_| Stop::Malformed(format!("the number {text:?}")))
}

fn pairs(items: Vec<Reply>) -> Vec<(Reply, Reply)> {
    let mut items = items.into_iter();
    let mut pairs = Vec::new();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        pairs.push((key, value));
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_read_only_once_all_of_it_is_there() {
        let bytes = b"*2\r\n$3\r\none\r\n%1\r\n+k\r\n:7\r\n";
        for end in 0..bytes.len() {
            assert_eq!(read(&bytes[..end]), Ok(None), "after {end} bytes");
        }
        let map = Reply::Map(vec![(Reply::Status(b"k".to_vec()), Reply::Integer(7))]);
        let whole = Reply::Array(vec![Reply::Bulk(b"one".to_vec()), map]);
        assert_eq!(read(bytes), Ok(Some((whole, bytes.len()))));
    }

    #[test]
    fn nulls_of_every_kind_are_nil() {
        for bytes in [&b"$-1\r\n"[..], b"*-1\r\n", b"_\r\n"] {
            assert_eq!(read(bytes), Ok(Some((Reply::Nil, bytes.len()))));
        }
    }

    #[test]
    fn an_attribute_is_passed_over() {
        assert_eq!(
            read(b"|1\r\n+ttl\r\n:1\r\n+OK\r\n").map(|r| r.map(|(reply, _)| reply)),
            Ok(Some(Reply::Status(b"OK".to_vec())))
        );
    }

    #[test]
    fn nonsense_is_named() {
        assert_eq!(read(b"hello\r\n"), Err(Malformed("a reply that starts with 'h'".into())));
        assert_eq!(read(b":x\r\n"), Err(Malformed("the number \"x\"".into())));
    }
}
