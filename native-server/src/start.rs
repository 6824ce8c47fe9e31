//! From the command line to a configuration: files, what they include, and options over them.

use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use redstart_engine::config::{self, Config, Declaration, Line};
use redstart_engine::glob;

use crate::check::aof::Remedy;

/// What the command line asks for.
pub(crate) enum Start {
    /// Print this and end.
    Print(String),
    /// Tell whether this file is good.
    CheckRdb(PathBuf),
    /// Tell whether this append-only file is good, or mend it.
    CheckAof(PathBuf, Remedy),
    /// Serve.
    Serve(Box<Settings>),
}

/// A configuration and where it came from.
pub(crate) struct Settings {
    /// The values.
    pub(crate) config: Config,
    /// The path of the main file; empty if there is none.
    pub(crate) file: String,
    /// Lines for the log once there is one.
    pub(crate) warnings: Vec<String>,
}

/// A reason not to start, as it is to be printed.
pub(crate) struct Refusal(String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<config::ConfError> for Refusal {
    fn from(error: config::ConfError) -> Self {
        Self(error.to_string())
    }
}

const HELP: &str = "\
Usage: redstart-server [/path/to/redis.conf] [options] [-]
       redstart-server - (read the configuration from the standard input)
       redstart-server -v or --version
       redstart-server -h or --help
       redstart-server --check-rdb dump.rdb (tell whether a file of data is good)
       redstart-server --check-aof [--fix] appendonly.aof.manifest (the same for an append-only file)

Examples:
       redstart-server (all directives at their defaults)
       echo 'maxmemory 128mb' | redstart-server -
       redstart-server /etc/redis/6379.conf
       redstart-server --port 7777
       redstart-server --http-port 8080 (the playground's page on port 8080)
       redstart-server /etc/myredis.conf --loglevel verbose -
       redstart-server /etc/myredis.conf --loglevel verbose

Every directive of redis.conf is an option of the same name.
";

/// How deep files may include files.
const INCLUDE_DEPTH: usize = 16;

/// Reads the command line of this process, and the files it names.
pub(crate) fn read() -> Result<Start, Refusal> {
    let args: Vec<Vec<u8>> = std::env::args_os().skip(1).map(OsStringExt::into_vec).collect();
    if let [only] = args.as_slice() {
        match only.as_slice() {
            b"-v" | b"--version" => return Ok(Start::Print(version())),
            b"-h" | b"--help" => return Ok(Start::Print(HELP.to_owned())),
            _ => {}
        }
    }
    if let Some(file) = file_to_check(&args) {
        return file;
    }
    let command_line = config::command_line(&args);
    let mut lines = Vec::new();
    let mut text = Vec::new();
    let mut file = String::new();
    if let Some(path) = &command_line.file {
        let path = PathBuf::from(std::ffi::OsStr::from_bytes(path));
        text = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
        file = fs::canonicalize(&path).unwrap_or(path).display().to_string();
        add_lines(&mut lines, config::parse(&text, &file), INCLUDE_DEPTH)?;
    }
    if command_line.stdin {
        let mut input = Vec::new();
        let read = io::stdin().read_to_end(&mut input);
        read.map_err(|error| Refusal(format!("Can't read the standard input: {error}\n")))?;
        add_lines(&mut lines, config::parse(&input, "stdin"), INCLUDE_DEPTH)?;
        text.extend(input);
    }
    lines.extend(command_line.lines(&text));
    let mut config = Config::new();
    let loaded = config.load(&lines)?;
    let mut warnings: Vec<String> = loaded
        .warnings
        .iter()
        .map(|warning| format!("'{}' is accepted, but does nothing here yet.", warning.name))
        .collect();
    for (line, declaration) in &loaded.declarations {
        warnings.push(declined(line, declaration)?);
    }
    Ok(Start::Serve(Box::new(Settings { config, file, warnings })))
}

/// The file that `--check-rdb` or `--check-aof` names. A program that is called `redis-check-rdb`, or anything else that ends
/// so, does nothing but check.
fn file_to_check(args: &[Vec<u8>]) -> Option<Result<Start, Refusal>> {
    let program = std::env::args_os().next().unwrap_or_default();
    let wanted = |what: &str| match args {
        [flag, rest @ ..] if flag.strip_prefix(b"--") == Some(what.as_bytes()) => Some(rest),
        args if program.as_bytes().ends_with(what.as_bytes()) => Some(args),
        _ => None,
    };
    let path = |name: &Vec<u8>| PathBuf::from(std::ffi::OsStr::from_bytes(name));
    if let Some(args) = wanted("check-rdb") {
        return Some(match args {
            [name] => Ok(Start::CheckRdb(path(name))),
            _ => Err(Refusal("Usage: redstart-server --check-rdb <rdb-file-name>\n".to_owned())),
        });
    }
    Some(match wanted("check-aof")? {
        [name] => Ok(Start::CheckAof(path(name), Remedy::None)),
        [fix, name] | [name, fix] if fix == b"--fix" => Ok(Start::CheckAof(path(name), Remedy::CutFlaw)),
        [cut, secs, name] if cut == b"--truncate-to-timestamp" => {
            match std::str::from_utf8(secs).ok().and_then(|secs| secs.parse().ok()) {
                Some(secs) => Ok(Start::CheckAof(path(name), Remedy::CutAfter(secs))),
                None => Err(Refusal("Invalid timestamp, aborting...\n".to_owned())),
            }
        }
        _ => Err(Refusal(
            "Usage: redstart-server --check-aof [--fix|--truncate-to-timestamp $timestamp] <file.manifest|file.aof>\n"
                .to_owned(),
        )),
    })
}

/// The line that tools take the version from, in the words that they look for.
fn version() -> String {
    let bits = usize::BITS;
    let own = env!("CARGO_PKG_VERSION");
    format!("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc bits={bits} build=redstart-{own}\n")
}

fn unreadable(path: &Path, error: &io::Error) -> Refusal {
    Refusal(format!("Fatal error, can't open config file '{}': {error}\n", path.display()))
}

/// Adds lines, and in the place of each `include` those of the files it means.
fn add_lines(lines: &mut Vec<Line>, new: Vec<Line>, depth: usize) -> Result<(), Refusal> {
    for line in new {
        let Some(pattern) = line.include() else {
            lines.push(line);
            continue;
        };
        if depth == 0 {
            let error = config::ConfError::at(&line, "files include each other in a circle");
            return Err(error.into());
        }
        let pattern = PathBuf::from(std::ffi::OsString::from_vec(pattern));
        for path in meant(&pattern) {
            let text = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
            add_lines(lines, config::parse(&text, &path.display().to_string()), depth - 1)?;
        }
    }
    Ok(())
}

/// The files that an `include` means: one, or all in a folder that match a pattern, in the order of their names.
fn meant(pattern: &Path) -> Vec<PathBuf> {
    let name = pattern.file_name().map(OsStrExt::as_bytes).unwrap_or_default();
    if !name.iter().any(|byte| b"*?[".contains(byte)) {
        return vec![pattern.to_owned()];
    }
    let folder =
        pattern.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .filter(|entry| glob::matches(name, entry.file_name().as_bytes(), false))
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
}

/// What becomes of a line that sets no value, as long as nobody carries it out: some may be left out, some may not.
fn declined(line: &Line, declaration: &Declaration) -> Result<String, Refusal> {
    let what = match declaration {
        Declaration::RenameCommand { .. } => "rename-command",
        Declaration::User(_) => "user",
        Declaration::Module { .. } => "a module's directive",
        Declaration::LoadModule(_) => {
            let reason = "modules are machine code for another server: they can't be loaded here";
            return Err(config::ConfError::at(line, reason).into());
        }
        Declaration::Sentinel(_) => {
            return Err(config::ConfError::at(line, "sentinel directive while not in sentinel mode").into());
        }
    };
    Ok(format!("'{what}' at line {} is accepted, but does nothing here yet.", line.number))
}
