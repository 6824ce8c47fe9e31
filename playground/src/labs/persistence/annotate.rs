//! What the bytes of saved files mean, part by part: RDB files, append-only files and their manifest.

use redstart_engine::persistence::rdb::file::opcode;
use redstart_engine::persistence::rdb::{Malformed, Reader, code, dump};

/// Bytes of a part that are shown.
const SHOWN_MAX: usize = 24;

/// A few bytes that belong together.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Part {
    /// Where they begin.
    pub offset: usize,
    /// How many there are.
    pub len: usize,
    /// The first of them.
    pub bytes: Vec<u8>,
    /// What kind of part it is, for its colour.
    pub kind: &'static str,
    /// What they mean.
    pub meaning: String,
}

/// Explains a file from its beginning: as far as it is there and understood.
#[must_use]
pub fn annotate(name: &str, bytes: &[u8]) -> Vec<Part> {
    let mut notes = Notes { bytes, parts: Vec::new(), at: 0 };
    if name.ends_with(".manifest") {
        notes.manifest();
        return notes.parts;
    }
    if bytes.starts_with(b"REDIS") && notes.rdb().is_err() {
        return notes.parts;
    }
    notes.commands();
    notes.parts
}

/// The parts so far.
struct Notes<'a> {
    bytes: &'a [u8],
    parts: Vec<Part>,
    /// Where the next part begins.
    at: usize,
}

impl<'a> Notes<'a> {
    fn note(&mut self, end: usize, kind: &'static str, meaning: String) {
        let bytes = self.bytes.get(self.at..end).unwrap_or_default();
        let part = Part {
            offset: self.at,
            len: bytes.len(),
            bytes: bytes.iter().take(SHOWN_MAX).copied().collect(),
            kind,
            meaning,
        };
        self.parts.push(part);
        self.at = end;
    }

    /// Reads on, and notes what it was.
    fn read<T>(
        &mut self,
        kind: &'static str,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, Malformed>,
        meaning: impl FnOnce(T) -> String,
    ) -> Result<(), Malformed> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let mut reader = Reader::new(rest);
        let value = read(&mut reader)?;
        self.note(self.at + rest.len() - reader.remaining(), kind, meaning(value));
        Ok(())
    }

    fn peek(&self) -> Result<u8, Malformed> {
        self.bytes.get(self.at).copied().ok_or(Malformed)
    }

    fn rdb(&mut self) -> Result<(), Malformed> {
        self.read(
            "head",
            |reader| reader.take(9),
            |head| {
                format!(
                    "An RDB file, format version {}",
                    text(head.get(5..).unwrap_or_default()).trim_start_matches('0')
                )
            },
        )?;
        loop {
            let code = self.peek()?;
            match code {
                opcode::AUX => self.read(
                    "fact",
                    |reader| {
                        reader.byte()?;
                        Ok((reader.string()?, reader.string()?))
                    },
                    |(name, value)| format!("A fact about the server: {} is {}", text(&name), text(&value)),
                )?,
                opcode::SELECT => self.read(
                    "opcode",
                    |reader| {
                        reader.byte()?;
                        reader.length()
                    },
                    |db| format!("What follows belongs to database {db}"),
                )?,
                opcode::SIZES => {
                    self.read(
                        "opcode",
                        |reader| {
                            reader.byte()?;
                            Ok((reader.length()?, reader.length()?))
                        },
                        |(keys, expiring)| format!("It has {keys} keys; {expiring} of them expire"),
                    )?;
                }
                opcode::EXPIRES_MS => {
                    self.read(
                        "opcode",
                        |reader| {
                            reader.byte()?;
                            reader.moment_ms()
                        },
                        |ms| format!("The next key expires {ms} ms after the beginning of 1970"),
                    )?;
                }
                opcode::END => break,
                // What else there can be (functions, idle times) is not in this lab's files.
                _ if code >= opcode::SLOT_INFO => return Err(Malformed),
                _ => self.entry()?,
            }
        }
        self.note(self.at + 1, "opcode", "The end of the data".to_owned());
        let right = dump::checksum(self.bytes.get(..self.at).unwrap_or_default());
        self.read(
            "checksum",
            |reader| reader.array().map(u64::from_le_bytes),
            |sum| match sum {
                0 => "No checksum".to_owned(),
                sum if sum == right => {
                    format!("CRC-64 of all before, lowest byte first, and it is right: {sum:016x}")
                }
                sum => format!("CRC-64 of all before, and it is wrong: {sum:016x}"),
            },
        )
    }

    /// A key and its value.
    fn entry(&mut self) -> Result<(), Malformed> {
        let code = self.peek()?;
        self.read("type", Reader::byte, |code| match code {
            code::STRING => "A key with a string:".to_owned(),
            code::LIST_QUICKLIST_2 => "A key with a list, kept as a row of listpacks:".to_owned(),
            code => format!("A key with a value of another kind ({}):", code::describe(code)),
        })?;
        self.read("key", Reader::string, |key| format!("its name, after its length: {}", text(&key)))?;
        match code {
            code::STRING => {
                let form = self.peek()?;
                self.read("value", Reader::string, |value| {
                    let form = match form {
                        0xc0 => ", as a number of 8 bits",
                        0xc1 => ", as a number of 16 bits",
                        0xc2 => ", as a number of 32 bits",
                        0xc3 => ", compressed",
                        _ => ", after its length",
                    };
                    format!("its value{form}: {}", text(&value))
                })
            }
            code::LIST_QUICKLIST_2 => {
                let mut nodes = 0;
                self.read("value", Reader::length, |count| {
                    nodes = count;
                    format!("the row has {count}")
                })?;
                for _ in 0..nodes {
                    self.read(
                        "value",
                        |reader| Ok((reader.length()?, reader.string()?)),
                        |(_, pack)| {
                            let count =
                                pack.get(4..6).map_or(0, |count| u16::from_le_bytes([count[0], count[1]]));
                            format!(
                                "a listpack of {} bytes with {count} elements: {}",
                                pack.len(),
                                text(&pack)
                            )
                        },
                    )?;
                }
                Ok(())
            }
            _ => Err(Malformed),
        }
    }

    /// Commands as clients send them.
    fn commands(&mut self) {
        while let Ok(first) = self.peek() {
            let Some(line) = self.line_end() else { break };
            let number = line_number(self.bytes.get(self.at + 1..line).unwrap_or_default());
            match (first, number) {
                (b'*', Some(words)) => self.note(line, "command", format!("A command of {words} words:")),
                (b'$', Some(len)) if self.bytes.len() - line >= len.saturating_add(2) => {
                    let word = text(self.bytes.get(line..line + len).unwrap_or_default());
                    self.note(line + len + 2, "word", format!("{len} bytes: {word}"));
                }
                (b'$', Some(_)) => break,
                (b'#', _) => self.note(line, "fact", "A remark, such as the time".to_owned()),
                _ => return self.note(self.bytes.len(), "unknown", "No command begins like this".to_owned()),
            }
        }
        if self.at < self.bytes.len() {
            self.note(self.bytes.len(), "fact", "What follows is not shown".to_owned());
        }
    }

    fn manifest(&mut self) {
        while let Some(end) = self.line_end() {
            let line = text(self.bytes.get(self.at..end).unwrap_or_default().trim_ascii_end());
            let meaning = match line.rsplit(' ').next() {
                Some("b") => "b: the base, loaded first",
                Some("i") => "i: the commands since then, run after it",
                Some("h") => "h: history, to be removed",
                _ => "a line that says nothing",
            };
            self.note(end, "command", meaning.to_owned());
        }
    }

    /// Where the line ends that begins here.
    fn line_end(&self) -> Option<usize> {
        let rest = self.bytes.get(self.at..)?;
        rest.iter().position(|&byte| byte == b'\n').map(|len| self.at + len + 1)
    }
}

fn line_number(line: &[u8]) -> Option<usize> {
    core::str::from_utf8(line).ok()?.trim_end().parse().ok()
}

/// Bytes for people: what can't be printed is a dot.
fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| if (b' '..=b'~').contains(&byte) { char::from(byte) } else { '·' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meanings(name: &str, bytes: &[u8]) -> Vec<String> {
        annotate(name, bytes).into_iter().map(|part| part.meaning).collect()
    }

    #[test]
    fn a_log_is_words_after_their_lengths_and_a_torn_end_is_left_out() {
        let log = b"*2\r\n$4\r\nINCR\r\n$4\r\nhits\r\n*2\r\n$4\r\nIN";
        let said = ["A command of 2 words:", "4 bytes: INCR", "4 bytes: hits", "A command of 2 words:"];
        assert_eq!(meanings("a.incr.aof", log), [&said[..], &["What follows is not shown"]].concat());
    }

    #[test]
    fn a_manifest_tells_the_order() {
        let manifest = b"file a.1.base.rdb seq 1 type b\nfile a.1.incr.aof seq 1 type i\n";
        let said = meanings("a.manifest", manifest);
        assert_eq!(said, ["b: the base, loaded first", "i: the commands since then, run after it"]);
    }

    #[test]
    fn no_bytes_are_too_strange() {
        for bytes in [
            &b""[..],
            b"REDIS",
            b"REDIS0010\xfa",
            b"REDIS0010\x63",
            b"\xff\xff\n",
            b"$9999999999999999999\r\n",
        ] {
            let parts = annotate("dump.rdb", bytes);
            assert!(parts.iter().map(|part| part.len).sum::<usize>() <= bytes.len());
        }
    }
}
