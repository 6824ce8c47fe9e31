//! JSON in pieces, with all that is wrong with them.

use super::super::buffer::Buffer;
use crate::heap::Heap;
use crate::text::number;
use crate::value::{Raise, Str};

/// A piece of JSON. The bytes of a string are in [`Lexer::text`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token {
    ObjectBegin,
    ObjectEnd,
    ArrayBegin,
    ArrayEnd,
    String,
    Number(f64),
    Boolean(bool),
    Null,
    Colon,
    Comma,
    End,
    /// None, and why.
    Wrong(&'static str),
}

impl Token {
    /// What a script is told that was found.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ObjectBegin => "T_OBJ_BEGIN",
            Self::ObjectEnd => "T_OBJ_END",
            Self::ArrayBegin => "T_ARR_BEGIN",
            Self::ArrayEnd => "T_ARR_END",
            Self::String => "T_STRING",
            Self::Number(_) => "T_NUMBER",
            Self::Boolean(_) => "T_BOOLEAN",
            Self::Null => "T_NULL",
            Self::Colon => "T_COLON",
            Self::Comma => "T_COMMA",
            Self::End => "T_END",
            Self::Wrong(why) => why,
        }
    }
}

/// Takes a text apart. A byte 0 is its end.
pub(super) struct Lexer {
    source: Str,
    /// Where the next piece is looked for.
    pub(super) at: usize,
    /// Where the last piece began, or where it went wrong.
    pub(super) start: usize,
    /// The string that was read last.
    pub(super) text: Buffer,
    /// Whether numbers may be what JSON doesn't have.
    lenient: bool,
}

impl Lexer {
    pub(super) const fn new(source: Str, lenient: bool) -> Self {
        Self { source, at: 0, start: 0, text: Buffer::new(), lenient }
    }

    /// The next piece.
    pub(super) fn next(&mut self, heap: &Heap) -> Result<Token, Raise> {
        let bytes = heap.bytes(self.source);
        let blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += rest(bytes, self.at).iter().take_while(blank).count();
        self.start = self.at;
        let left = rest(bytes, self.at);
        let single = match left.first() {
            None | Some(0) => return Ok(Token::End),
            Some(b'{') => Some(Token::ObjectBegin),
            Some(b'}') => Some(Token::ObjectEnd),
            Some(b'[') => Some(Token::ArrayBegin),
            Some(b']') => Some(Token::ArrayEnd),
            Some(b':') => Some(Token::Colon),
            Some(b',') => Some(Token::Comma),
            Some(b'"') => return self.string(heap),
            Some(b'-' | b'0'..=b'9') if !self.lenient && is_invalid(left) => {
                return Ok(Token::Wrong("invalid number"));
            }
            Some(b'-' | b'0'..=b'9') => return Ok(self.number(left)),
            Some(_) => None,
        };
        if let Some(token) = single {
            self.at += 1;
            return Ok(token);
        }
        let words: [(&[u8], Token); 3] =
            [(b"true", Token::Boolean(true)), (b"false", Token::Boolean(false)), (b"null", Token::Null)];
        for (word, token) in words {
            if left.starts_with(word) {
                self.at += word.len();
                return Ok(token);
            }
        }
        let may_be_number = matches!(left.first(), Some(b'+' | b'i' | b'I' | b'n' | b'N'));
        if self.lenient && may_be_number && is_invalid(left) {
            return Ok(self.number(left));
        }
        Ok(Token::Wrong("invalid token"))
    }

    fn number(&mut self, left: &[u8]) -> Token {
        match number::prefix(left) {
            Some((value, length)) => {
                self.at += length;
                Token::Number(value)
            }
            None => Token::Wrong("invalid number"),
        }
    }

    fn string(&mut self, heap: &Heap) -> Result<Token, Raise> {
        let bytes = heap.bytes(self.source);
        self.text.clear();
        self.at += 1;
        loop {
            let left = rest(bytes, self.at);
            let plain = left.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0)).unwrap_or(left.len());
            self.text.extend(heap, &left[..plain])?;
            self.at += plain;
            let wrong = match left.get(plain..).unwrap_or_default() {
                [b'"', ..] => {
                    self.at += 1;
                    return Ok(Token::String);
                }
                [b'\\', b'u', digits @ ..] => {
                    if let Some((letter, length)) = unicode(digits) {
                        self.text.extend(heap, letter.encode_utf8(&mut [0; 4]).as_bytes())?;
                        self.at += length + 2;
                        continue;
                    }
                    "invalid unicode escape code"
                }
                [b'\\', escaped, ..] => {
                    if let Some(byte) = unescape(*escaped) {
                        self.text.push(heap, byte)?;
                        self.at += 2;
                        continue;
                    }
                    "invalid escape code"
                }
                [b'\\'] => "invalid escape code",
                _ => "unexpected end of string",
            };
            self.start = self.at;
            return Ok(Token::Wrong(wrong));
        }
    }
}

fn rest(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

/// Whether what begins like a number is one that JSON doesn't have. Some that it doesn't have either pass.
fn is_invalid(left: &[u8]) -> bool {
    let begins =
        |text: &[u8], word: &[u8]| text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(word));
    match left.strip_prefix(b"-").unwrap_or(left) {
        _ if left.starts_with(b"+") => true,
        [b'0', b'x' | b'X' | b'0'..=b'9', ..] => true,
        unsigned => begins(unsigned, b"inf") || begins(unsigned, b"nan"),
    }
}

const fn unescape(escaped: u8) -> Option<u8> {
    match escaped {
        b'"' | b'\\' | b'/' => Some(escaped),
        b'b' => Some(8),
        b'f' => Some(12),
        b'n' => Some(b'\n'),
        b'r' => Some(b'\r'),
        b't' => Some(b'\t'),
        _ => None,
    }
}

/// What follows `\u`: four digits, or a pair of them for what doesn't fit; and how many bytes that is.
fn unicode(digits: &[u8]) -> Option<(char, usize)> {
    let first = four_digits(digits)?;
    if let Some(letter) = char::from_u32(first) {
        return Some((letter, 4));
    }
    let second = match digits.get(4..6)? {
        b"\\u" => four_digits(digits.get(6..)?)?,
        _ => return None,
    };
    let is_pair = first < 0xdc00 && (0xdc00..0xe000).contains(&second);
    let letter = char::from_u32(0x10000 + ((first & 0x3ff) << 10 | second & 0x3ff));
    letter.filter(|_| is_pair).map(|letter| (letter, 10))
}

fn four_digits(text: &[u8]) -> Option<u32> {
    let digits = text.get(..4)?;
    digits.iter().try_fold(0, |sum, &digit| Some(sum << 4 | char::from(digit).to_digit(16)?))
}
