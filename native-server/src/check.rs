//! `redstart-server --check-rdb`: is a file good, and if not, how far? It prints what `redis-check-rdb` prints, as people
//! and their scripts know it. [`aof`] does the same for an append-only file.

pub(crate) mod aof;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use redstart_engine::config::Config;
use redstart_engine::hasher::Hasher;
use redstart_engine::persistence::rdb::Rules;
use redstart_engine::persistence::rdb::load::{FileReader, RdbError, Record};

use crate::disk::words;

/// Bytes that are read at a time.
const PIECE: usize = 1024 * 1024;

/// The share of a file after which there is a line about it, and the length from which on there is: checking less takes
/// no time.
const TELL_PERCENT: u64 = 10;
const LONG: u64 = 256 * 1024 * 1024;

/// What was found so far.
#[derive(Default)]
struct Findings {
    db: Option<usize>,
    keys: u64,
    volatile: u64,
    expired: u64,
}

/// Checks a file and prints what it finds.
pub(crate) fn rdb(path: &Path) -> ExitCode {
    let end = File::open(path)
        .map_err(|error| unreadable(path, &error))
        .and_then(|mut file| check(&mut file, &path.display().to_string(), &mut io::stdout().lock()));
    if end.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Says that a file can't be read.
fn unreadable(path: &Path, error: &io::Error) {
    println!("Cannot open file {}: {}", path.display(), words(error));
}

/// Checks an RDB file, or what an append-only file begins with, and prints what it finds; gives the offset of its end.
fn check(file: &mut File, name: &str, out: &mut impl Write) -> Result<u64, ()> {
    let (mut findings, mut reader) = (Findings::default(), FileReader::new(true));
    let verdict = read(file, name, &mut reader, &mut findings, out);
    let good = matches!(verdict, Ok(Ok(())));
    let end = reader.position();
    // Nobody is left to tell that they can't be told.
    let _ = match verdict {
        Ok(Ok(())) => {
            let sum = if reader.has_checksum() {
                "Checksum OK"
            } else {
                "RDB file was saved with checksum disabled"
            };
            writeln!(out, "[offset {end}] {sum}\n[offset {end}] \\o/ RDB looks OK! \\o/")
        }
        Ok(Err(RdbError { offset, what })) => {
            writeln!(out, "--- RDB ERROR DETECTED ---\n[offset {offset}] {what}")
        }
        Err(error) => writeln!(out, "Cannot read file {name}: {}", words(&error)),
    };
    let Findings { keys, volatile, expired, .. } = findings;
    let _ =
        writeln!(out, "[info] {keys} keys read\n[info] {volatile} expires\n[info] {expired} already expired");
    if good { Ok(end) } else { Err(()) }
}

fn read(
    file: &mut File,
    name: &str,
    reader: &mut FileReader,
    findings: &mut Findings,
    out: &mut impl Write,
) -> io::Result<Result<(), RdbError>> {
    let rules = Rules::new(&Config::new(), Hasher::new((1, 2)));
    let now_ms = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_millis() as i64;
    let len = file.metadata()?.len();
    let (mut piece, mut done, mut told) = (vec![0; PIECE], 0, 0);
    writeln!(out, "[offset 0] Checking RDB file {name}")?;
    loop {
        let count = file.read(&mut piece)?;
        reader.feed(piece.get(..count).unwrap_or_default());
        if count == 0 {
            reader.finish();
        }
        loop {
            match reader.next(&rules) {
                Ok(None) => break,
                Ok(Some(Record::End)) => return Ok(Ok(())),
                Ok(Some(Record::EmptyKey(name))) => {
                    let what = format!("Empty key: {}", name.escape_ascii());
                    return Ok(Err(RdbError { offset: reader.position(), what }));
                }
                Ok(Some(record)) => findings.note(&record, reader.position(), now_ms, out)?,
                Err(error) => return Ok(Err(error)),
            }
        }
        done += count as u64;
        let percent = done * 100 / len.max(1);
        if len >= LONG && percent >= told + TELL_PERCENT {
            told = percent;
            writeln!(out, "[offset {done}] {percent}% checked, {} keys so far", findings.keys)?;
        }
    }
}

impl Findings {
    fn note(&mut self, record: &Record, offset: u64, now_ms: i64, out: &mut impl Write) -> io::Result<()> {
        match record {
            Record::Aux { name, value } => {
                let (name, value) = (String::from_utf8_lossy(name), String::from_utf8_lossy(value));
                writeln!(out, "[offset {offset}] AUX FIELD {name} = '{value}'")?;
            }
            Record::Library(source) => {
                let first = source.split(|&byte| byte == b'\n').next().unwrap_or_default();
                writeln!(out, "[offset {offset}] Library {}", String::from_utf8_lossy(first))?;
            }
            Record::Key(key) => {
                if self.db != Some(key.db) {
                    self.db = Some(key.db);
                    writeln!(out, "[offset {offset}] Selecting DB ID {}", key.db)?;
                }
                self.keys += 1;
                self.volatile += u64::from(key.expires_ms.is_some());
                self.expired += u64::from(key.expires_ms.is_some_and(|when| when < now_ms));
            }
            Record::Size { .. } | Record::EmptyKey(_) | Record::End => {}
        }
        Ok(())
    }
}
