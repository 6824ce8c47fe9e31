//! `redstart-server --check-aof`: is an append-only file good, and if not, how far? It prints what `redis-check-aof` prints.
//!
//! All files that a manifest names are read: the base, which may begin as an RDB file does, and the commands after it. What is
//! wrong with the last one can be cut off (`--fix`): a server that dies leaves half a command there. With
//! `aof-timestamp-enabled` it can be taken back to a moment.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use redstart_engine::persistence::aof::manifest::{self, Manifest};

use crate::disk::words;

/// No line is longer that says how much follows, and no remark.
const LINE_MAX: u64 = 1024;

/// What is done besides looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Nothing.
    None,
    /// What is wrong with the end is cut off, if whoever asks for it says yes.
    CutFlaw,
    /// What was written after this Unix second is cut off.
    CutAfter(i64),
}

/// One of the files.
struct Part {
    path: PathBuf,
    name: String,
    is_last: bool,
}

/// What is found out about one.
enum Verdict {
    Valid,
    Empty,
    /// It was not, and is now; or it was longer than wanted.
    Cut,
}

/// Something was said about why it's not good.
struct Told;

/// Checks an append-only file by its manifest, or one of the days before there were manifests.
pub(crate) fn check(path: &Path, remedy: Remedy) -> ExitCode {
    match is_manifest(path) {
        Ok(true) => check_all(path, remedy),
        Ok(false) => check_old(path, remedy),
        Err(error) => {
            super::unreadable(path, &error);
            Err(Told)
        }
    }
    .map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
}

/// Whether the first line that is no remark names a file.
fn is_manifest(path: &Path) -> io::Result<bool> {
    let mut lines = BufReader::new(File::open(path)?);
    let mut line = Vec::new();
    while lines.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)? > 0 {
        if !line.starts_with(b"#") {
            return Ok(line.starts_with(b"file"));
        }
        line.clear();
    }
    Ok(false)
}

fn check_old(path: &Path, remedy: Remedy) -> Result<(), Told> {
    println!("Start checking Old-Style AOF");
    let name = path.display().to_string();
    let part = Part { path: path.to_owned(), name, is_last: true };
    match check_part(&part, remedy)? {
        Verdict::Valid => println!("AOF {} is valid", part.name),
        Verdict::Empty => println!("AOF {} is empty", part.name),
        Verdict::Cut => {}
    }
    Ok(())
}

fn check_all(path: &Path, remedy: Remedy) -> Result<(), Told> {
    println!("Start checking Multi Part AOF");
    let bytes = std::fs::read(path).map_err(|error| super::unreadable(path, &error)).map_err(|()| Told)?;
    let manifest = Manifest::parse(&bytes).map_err(|error| {
        let (line, text, reason) = (error.line, error.text, error.reason);
        println!("*** FATAL AOF MANIFEST FILE ERROR ***");
        println!("Reading the manifest file, at line {line}\n>>> '{text}'\n{reason}");
        Told
    })?;
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let part = |file: &manifest::File, is_last| Part {
        path: folder.join(&file.name),
        name: file.name.clone(),
        is_last,
    };
    if let Some(base) = &manifest.base {
        let part = part(base, manifest.incrs.is_empty());
        let format = if is_rdb(&part.path) { "RDB" } else { "RESP" };
        println!("Start to check BASE AOF ({format} format).");
        tell(&part, "BASE", remedy)?;
    }
    if !manifest.incrs.is_empty() {
        println!("Start to check INCR files.");
    }
    for (number, file) in manifest.incrs.iter().enumerate() {
        tell(&part(file, number + 1 == manifest.incrs.len()), "INCR", remedy)?;
    }
    println!("All AOF files and manifest are valid");
    Ok(())
}

fn tell(part: &Part, kind: &str, remedy: Remedy) -> Result<(), Told> {
    match check_part(part, remedy)? {
        Verdict::Valid => println!("{kind} AOF {} is valid", part.name),
        Verdict::Empty => println!("{kind} AOF {} is empty", part.name),
        Verdict::Cut => {}
    }
    Ok(())
}

fn is_rdb(path: &Path) -> bool {
    let mut head = [0; 5];
    File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && head == *b"REDIS"
}

fn check_part(part: &Part, remedy: Remedy) -> Result<Verdict, Told> {
    let Part { path, name, .. } = part;
    let cuts = remedy != Remedy::None;
    let open = OpenOptions::new().read(true).write(cuts).open(path);
    let opened = open.and_then(|file| file.metadata().map(|facts| (file, facts.len())));
    let (mut file, len) = opened.map_err(|error| {
        println!("Cannot open file {}: {}, aborting...", path.display(), words(&error));
        Told
    })?;
    if len == 0 {
        return Ok(Verdict::Empty);
    }
    let mut begin = 0;
    if is_rdb(path) {
        begin = super::check(&mut file, name, &mut io::stdout().lock()).map_err(|()| {
            println!("RDB preamble of AOF file is not sane, aborting.");
            Told
        })?;
        println!("RDB preamble is OK, proceeding with AOF tail...");
    }
    let broken = |error: io::Error| {
        println!("Cannot read file {}: {}, aborting...", path.display(), words(&error));
        Told
    };
    file.seek(SeekFrom::Start(begin)).map_err(broken)?;
    let mut commands = Commands::new(&file, begin);
    let latest = if let Remedy::CutAfter(secs) = remedy { secs } else { i64::MAX };
    let flaw = match commands.read_all(latest) {
        Ok(()) => None,
        Err(Stop::Flaw(flaw)) => Some(flaw),
        Err(Stop::Late) => return cut_after(part, &file, commands.good, latest),
        Err(Stop::Unreadable(error)) => return Err(broken(error)),
    };
    if let Remedy::CutAfter(secs) = remedy
        && flaw.is_none()
    {
        println!("Truncate nothing in AOF {name} to timestamp {secs}");
        return Ok(Verdict::Valid);
    }
    match flaw {
        Some(Flaw { what: What::Strange, .. }) => println!("AOF {name} format error"),
        Some(Flaw { offset, what }) => println!("0x{offset:16x}: {what}"),
        None => {}
    }
    let (good, line) = (commands.good, commands.line);
    let bad = len.saturating_sub(good);
    println!("AOF analyzed: filename={name}, size={len}, ok_up_to={good}, ok_up_to_line={line}, diff={bad}");
    match remedy {
        _ if bad == 0 => Ok(Verdict::Valid),
        Remedy::CutFlaw => cut_flaw(part, &file, len, good),
        _ => {
            println!("AOF {name} is not valid. Use the --fix option to try fixing it.");
            Err(Told)
        }
    }
}

fn cut_flaw(part: &Part, file: &File, len: u64, good: u64) -> Result<Verdict, Told> {
    let name = &part.name;
    if !part.is_last {
        println!("Failed to truncate AOF {name} because it is not the last file");
        return Err(Told);
    }
    let bad = len - good;
    println!("This will shrink the AOF {name} from {len} bytes, with {bad} bytes, to {good} bytes");
    print!("Continue? [y/N]: ");
    let mut answer = String::new();
    let heard = io::stdout().flush().and_then(|()| io::stdin().read_line(&mut answer));
    if heard.is_err() || !answer.to_ascii_lowercase().starts_with('y') {
        println!("Aborting...");
        return Err(Told);
    }
    cut(name, file, good)?;
    println!("Successfully truncated AOF {name}");
    Ok(Verdict::Cut)
}

fn cut_after(part: &Part, file: &File, good: u64, secs: i64) -> Result<Verdict, Told> {
    let name = &part.name;
    if good == 0 {
        println!("AOF {} has nothing before timestamp {secs}, aborting...", part.path.display());
        return Err(Told);
    }
    if !part.is_last {
        println!(
            "Failed to truncate AOF {name} to timestamp {secs} to offset {good} because it is not the last file.\n\
             To go back that far, remove the files after it and their lines in the manifest, and try again."
        );
        return Err(Told);
    }
    cut(name, file, good)?;
    println!("Successfully truncated AOF {name} to timestamp {secs}");
    Ok(Verdict::Cut)
}

fn cut(name: &str, file: &File, len: u64) -> Result<(), Told> {
    file.set_len(len).and_then(|()| file.sync_all()).map_err(|error| {
        println!("Failed to truncate AOF {name}: {}", words(&error));
        Told
    })
}

/// What is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
struct Flaw {
    offset: u64,
    what: What,
}

#[derive(Debug, PartialEq, Eq)]
enum What {
    /// These are no commands.
    Strange,
    Short {
        wanted: u64,
        found: u64,
    },
    NoLineEnd([u8; 2]),
    NoLength(u8),
    Nested,
    Unopened,
    Open,
    HalfRemark,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Strange => f.write_str("format error"),
            Self::Short { wanted, found } => write!(f, "Expected to read {wanted} bytes, got {found} bytes"),
            Self::NoLineEnd([one, two]) => write!(f, "Expected \\r\\n, got: {one:02x}{two:02x}"),
            Self::NoLength(byte) => write!(f, "Expected prefix '$', got: '{}'", byte.escape_ascii()),
            Self::Nested => f.write_str("Unexpected MULTI in AOF"),
            Self::Unopened => f.write_str("Unexpected EXEC in AOF"),
            Self::Open => f.write_str("Reached EOF before reading EXEC for MULTI"),
            Self::HalfRemark => f.write_str("Reached EOF inside of a remark"),
        }
    }
}

/// Why reading ends before the file does.
enum Stop {
    Flaw(Flaw),
    /// What follows was written too late.
    Late,
    Unreadable(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

/// Commands that are read from a file, without any of them being kept.
struct Commands<R> {
    input: BufReader<R>,
    offset: u64,
    /// Up to where all is good: never inside a transaction.
    good: u64,
    /// The number of lines by now, as people count them.
    line: u64,
    /// Where the piece began that was read last.
    last: u64,
    in_transaction: bool,
}

impl<R: Read> Commands<R> {
    fn new(input: R, offset: u64) -> Self {
        let input = BufReader::with_capacity(super::PIECE, input);
        Self { input, offset, good: offset, line: 1, last: offset, in_transaction: false }
    }

    fn read_all(&mut self, latest_secs: i64) -> Result<(), Stop> {
        while let Some(&first) = self.input.fill_buf()?.first() {
            match first {
                b'#' => self.remark(latest_secs)?,
                b'*' => self.command()?,
                _ => {
                    self.last = self.offset;
                    return Err(self.flaw(What::Strange));
                }
            }
            if !self.in_transaction {
                self.good = self.offset;
            }
        }
        if self.in_transaction { Err(self.flaw(What::Open)) } else { Ok(()) }
    }

    const fn flaw(&self, what: What) -> Stop {
        Stop::Flaw(Flaw { offset: self.last, what })
    }

    /// The next line, with its end, if that is not too far.
    fn read_line(&mut self) -> Result<Vec<u8>, Stop> {
        let mut line = Vec::new();
        self.last = self.offset;
        self.offset += self.input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)? as u64;
        Ok(line)
    }

    fn remark(&mut self, latest_secs: i64) -> Result<(), Stop> {
        let line = self.read_line()?;
        if !line.ends_with(b"\n") {
            return Err(self.flaw(What::HalfRemark));
        }
        let secs = line.strip_prefix(b"#TS:").and_then(|secs| std::str::from_utf8(secs.trim_ascii()).ok());
        if secs.and_then(|secs| secs.parse::<i64>().ok()).is_some_and(|secs| secs > latest_secs) {
            return Err(Stop::Late);
        }
        Ok(())
    }

    fn command(&mut self) -> Result<(), Stop> {
        let words = self.number()?;
        if words == 0 {
            return Err(self.flaw(What::Strange));
        }
        for number in 0..words {
            let len = self.length()?;
            let word = self.word(len)?;
            if number > 0 {
                continue;
            }
            if word.eq_ignore_ascii_case(b"multi") && std::mem::replace(&mut self.in_transaction, true) {
                return Err(self.flaw(What::Nested));
            }
            if word.eq_ignore_ascii_case(b"exec") && !std::mem::take(&mut self.in_transaction) {
                return Err(self.flaw(What::Unopened));
            }
        }
        Ok(())
    }

    fn length(&mut self) -> Result<u64, Stop> {
        self.last = self.offset;
        match self.input.fill_buf()?.first() {
            None => Err(self.flaw(What::Short { wanted: 1, found: 0 })),
            Some(b'$') => self.number(),
            Some(&byte) => Err(self.flaw(What::NoLength(byte))),
        }
    }

    /// The number on a line behind its first byte.
    fn number(&mut self) -> Result<u64, Stop> {
        let line = self.read_line()?;
        if !line.ends_with(b"\n") && (line.len() as u64) < LINE_MAX {
            let found = line.len() as u64;
            return Err(self.flaw(What::Short { wanted: found + 1, found }));
        }
        let digits = line.strip_suffix(b"\r\n").and_then(|line| line.get(1..)).unwrap_or_default();
        let Some(number) = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()) else {
            let ends = [line.get(1).copied().unwrap_or(0), line.get(2).copied().unwrap_or(0)];
            return Err(self.flaw(What::NoLineEnd(ends)));
        };
        self.line += 1;
        Ok(number)
    }

    /// A word and the end of its line; of a long one the beginning is given.
    fn word(&mut self, len: u64) -> Result<Vec<u8>, Stop> {
        let mut begin = Vec::new();
        self.last = self.offset;
        let mut found = self.input.by_ref().take(len.min(LINE_MAX)).read_to_end(&mut begin)? as u64;
        found += io::copy(&mut self.input.by_ref().take(len.saturating_sub(found)), &mut io::sink())?;
        let mut end = Vec::new();
        let end_len = self.input.by_ref().take(2).read_to_end(&mut end)? as u64;
        if end_len < 2 {
            let (wanted, found) = (len.saturating_add(2), found + end_len);
            return Err(self.flaw(What::Short { wanted, found }));
        }
        if end != b"\r\n" {
            let end = [end.first().copied().unwrap_or(0), end.last().copied().unwrap_or(0)];
            return Err(self.flaw(What::NoLineEnd(end)));
        }
        self.offset += len + 2;
        self.line += 1;
        Ok(begin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flaw_is_told_with_its_place_and_what_comes_before_it_is_good() {
        const GOOD: &str = "#TS:7\r\n*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n";
        let end = GOOD.len() as u64;
        for (tail, offset, what) in [
            ("garbage", 0, What::Strange),
            ("*0\r\n", 0, What::Strange),
            ("*1", 0, What::Short { wanted: 3, found: 2 }),
            ("*x\r\n", 0, What::NoLineEnd(*b"x\r")),
            ("*1\r\n", 4, What::Short { wanted: 1, found: 0 }),
            ("*1\r\n+4\r\n", 4, What::NoLength(b'+')),
            ("*1\r\n$9999999999\r\nPING\r\n", 17, What::Short { wanted: 10_000_000_001, found: 6 }),
            ("*1\r\n$18446744073709551615\r\nP", 27, What::Short { wanted: u64::MAX, found: 1 }),
            ("*1\r\n$4\r\nPINGxx", 8, What::NoLineEnd(*b"xx")),
            ("*1\r\n$4\r\nEXEC\r\n", 8, What::Unopened),
            ("*1\r\n$5\r\nMULTI\r\n", 8, What::Open),
            ("*1\r\n$5\r\nMULTI\r\n*1\r\n$5\r\nMulti\r\n", 23, What::Nested),
            ("#TS:8", 0, What::HalfRemark),
        ] {
            let bytes = [GOOD.as_bytes(), tail.as_bytes()].concat();
            let mut commands = Commands::new(bytes.as_slice(), 0);
            let Err(Stop::Flaw(flaw)) = commands.read_all(i64::MAX) else { panic!("{tail:?} is fine") };
            assert_eq!((flaw, commands.good), (Flaw { offset: end + offset, what }, end), "{tail:?}");
        }
    }
}
