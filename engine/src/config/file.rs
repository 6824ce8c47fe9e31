//! redis.conf and the command line, as lines of directives.
//!
//! ```text
//! text ─ parse ─► lines ─ (the front puts included files in place) ─► load
//! argv ─ command_line ─► options, written as text of the same form ──┘
//! ```
//!
//! [`Config::load`] takes all lines at once: the last one of a directive wins,
//! `save` lines add up, and the first `save` of all replaces the defaults.
//! What is no value but an order to someone else (`user`, `rename-command`,
//! `loadmodule`, `sentinel`) is handed back as a [`Declaration`].

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::value::{Reason, Value};
use super::{Config, TABLE, find};
use crate::split_args::{quote, split_args};

/// One line that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The file it is from; none for the command line.
    pub file: Option<String>,
    /// Its number, the first being 1.
    pub number: usize,
    /// What it says, without the blanks around.
    pub text: Vec<u8>,
}

/// The lines of a file that are neither blank nor a comment.
pub fn parse(text: &[u8], file: &str) -> Vec<Line> {
    numbered(text, Some(file), 1)
}

impl Line {
    /// The file or pattern this line wants in its place, if it is an `include`.
    pub fn include(&self) -> Option<Vec<u8>> {
        let words = split_args(&self.text)?;
        match <[Vec<u8>; 2]>::try_from(words) {
            Ok([directive, path]) if directive.eq_ignore_ascii_case(b"include") => Some(path),
            _ => None,
        }
    }
}

/// What the arguments of the program ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// The file to read first.
    pub file: Option<Vec<u8>>,
    /// Whether to read the standard input after it.
    pub stdin: bool,
    /// The options, in the form of a file.
    options: Vec<u8>,
}

impl CommandLine {
    /// The options as lines, to be loaded after those of the file.
    ///
    /// `before` is the text that was read so far. Redis appends the options to
    /// it and numbers on, and people look for these numbers.
    pub fn lines(&self, before: &[u8]) -> Vec<Line> {
        let newlines = before.iter().filter(|&&byte| byte == b'\n').count();
        numbered(&self.options, None, newlines + 2)
    }
}

/// Reads the arguments after the program's name.
///
/// `--port 6380` is the line `port "6380"`. What follows an option is its
/// argument even if it begins with dashes, once; after that, dashes begin the
/// next option. `--save --port 1` means the empty `save`, as it always did.
pub fn command_line(args: &[impl AsRef<[u8]>]) -> CommandLine {
    let mut args: Vec<&[u8]> = args.iter().map(AsRef::as_ref).collect();
    let file = args.first().filter(|first| !first.starts_with(b"-")).map(|first| first.to_vec());
    let alone = file.is_none();
    if file.is_some() {
        args.remove(0);
    }
    let mut line = CommandLine { file, stdin: false, options: Vec::new() };
    let mut may_begin = true;
    for (index, arg) in args.iter().enumerate() {
        let next = args.get(index + 1);
        if *arg == b"-" && (next.is_none() || index == 0 && alone) {
            line.stdin = true;
        } else if let Some(option) = arg.strip_prefix(b"--").filter(|_| may_begin) {
            may_begin = push_option(&mut line.options, option, next.copied());
        } else {
            line.options.extend(quote(arg));
            line.options.push(b' ');
            may_begin = true;
        }
    }
    line
}

/// Begins an option's line; answers whether the next dashes begin another.
fn push_option(options: &mut Vec<u8>, option: &[u8], next: Option<&[u8]>) -> bool {
    if !options.is_empty() {
        options.push(b'\n');
    }
    options.extend(option);
    options.push(b' ');
    let dashed = [b"--", option].concat();
    if split_args(&dashed).is_none_or(|words| words.len() != 1) {
        // The value is in the same argument: `--port 6380` in quotes.
        return true;
    }
    let next_is_option = next.is_some_and(|next| next.starts_with(b"--"));
    if option.eq_ignore_ascii_case(b"save") && (next_is_option || next.is_none()) {
        options.extend(b"\"\"");
        return next_is_option;
    }
    option.eq_ignore_ascii_case(b"sentinel") && next_is_option
}

/// What loading leaves to others.
#[derive(Debug, Default)]
pub struct Loaded {
    /// What was accepted but does nothing yet, once for each directive.
    pub warnings: Vec<Warning>,
    /// What is for others to carry out, in the order of the lines.
    pub declarations: Vec<(Line, Declaration)>,
}

/// A directive was set whose feature does not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Where.
    pub line: Line,
    /// The directive.
    pub name: &'static str,
}

/// A line that sets no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declaration {
    /// `rename-command`: the empty name takes the command away.
    RenameCommand {
        /// The command.
        from: Vec<u8>,
        /// Its new name.
        to: Vec<u8>,
    },
    /// `user`: the name and its rules.
    User(Vec<Vec<u8>>),
    /// `loadmodule`: the path and its arguments.
    LoadModule(Vec<Vec<u8>>),
    /// A directive of a module: `name.option`.
    Module {
        /// The directive.
        name: Vec<u8>,
        /// The value, its words parted by one space.
        value: Vec<u8>,
    },
    /// `sentinel`, without that word. An error outside of Sentinel.
    Sentinel(Vec<Vec<u8>>),
}

/// A line that cannot be followed. The server does not start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfError {
    /// Which line; none when lines contradict each other.
    pub line: Option<Line>,
    /// Why.
    pub reason: Reason,
}

impl ConfError {
    /// An error found in `line`, also by who carries out a declaration.
    pub fn at(line: &Line, reason: impl Into<Reason>) -> Self {
        Self { line: Some(line.clone()), reason: reason.into() }
    }
}

/// The notice on the standard error, in the layout people know from Redis.
/// Ours adds the name of the file, since a line may be from an included one.
impl fmt::Display for ConfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***")?;
        if let Some(line) = &self.line {
            write!(f, "Reading the configuration file, at line {}", line.number)?;
            if let Some(file) = &line.file {
                write!(f, " of {file}")?;
            }
            writeln!(f, "\n>>> '{}'", String::from_utf8_lossy(&line.text))?;
        }
        writeln!(f, "{}", self.reason)
    }
}

impl Config {
    /// Loads all lines of a start: the file's, its includes', the options'.
    pub fn load(&mut self, lines: &[Line]) -> Result<Loaded, ConfError> {
        let mut loaded = Loaded::default();
        let mut saves = Saves::Default;
        for line in lines {
            self.load_line(line, &mut saves, &mut loaded).map_err(|reason| ConfError::at(line, reason))?;
        }
        self.refresh();
        if self.cluster_enabled && self.values.primary().is_some() {
            return Err(ConfError {
                line: None,
                reason: "replicaof directive not allowed in cluster mode".into(),
            });
        }
        Ok(loaded)
    }

    fn load_line(&mut self, line: &Line, saves: &mut Saves, loaded: &mut Loaded) -> Result<(), Reason> {
        let words = split_args(&line.text).ok_or("Unbalanced quotes in configuration line")?;
        let Some((name, args)) = words.split_first() else { return Ok(()) };
        let Some((row, _)) = find(name) else {
            if let Some(declaration) = declaration(name, args)? {
                loaded.declarations.push((line.clone(), declaration));
            }
            return Ok(());
        };
        let Some(directive) = TABLE.get(row) else { return Ok(()) };
        let args = arguments(args, directive.kind.takes_several())?;
        let args: Vec<&[u8]> = args.iter().map(Vec::as_slice).collect();
        let before = self.values.get(row).cloned();
        self.values.assign(row, &args)?;
        if let Some(Value::Save(before)) = before
            && let Some(Value::Save(points)) = self.values.get_mut(row)
        {
            // A later `save` adds to an earlier one, unless it is empty.
            if *saves == Saves::Loaded && !args.iter().all(|arg| arg.is_empty()) {
                points.splice(0..0, before);
            }
            *saves = Saves::Loaded;
        }
        let idle = !directive.built && self.values.get(row) != Some(&directive.kind.default_value());
        if idle && !loaded.warnings.iter().any(|warning| warning.name == directive.name) {
            loaded.warnings.push(Warning { line: line.clone(), name: directive.name });
        }
        Ok(())
    }
}

/// Whether a `save` line was seen already.
#[derive(PartialEq, Eq)]
enum Saves {
    Default,
    Loaded,
}

/// The arguments a directive gets: `save "900 1"` is `save 900 1`.
fn arguments(args: &[Vec<u8>], several: bool) -> Result<Cow<'_, [Vec<u8>]>, Reason> {
    match args {
        [_] if !several => Ok(args.into()),
        _ if !several => Err("wrong number of arguments".into()),
        [joined] if !joined.is_empty() => Ok(split_args(joined).unwrap_or_default().into()),
        _ => Ok(args.into()),
    }
}

/// A line that is no directive of the table.
fn declaration(name: &[u8], args: &[Vec<u8>]) -> Result<Option<Declaration>, Reason> {
    let name = name.to_ascii_lowercase();
    match (name.as_slice(), args) {
        // Of older servers: there is nothing left to tune.
        (b"list-max-ziplist-entries" | b"list-max-ziplist-value" | b"lua-replicate-commands", [_]) => {
            Ok(None)
        }
        (b"include", [_]) => Err("the included file was not put in place of this line".into()),
        (b"rename-command", [from, to]) => {
            Ok(Some(Declaration::RenameCommand { from: from.clone(), to: to.clone() }))
        }
        (b"user", [_, ..]) => Ok(Some(Declaration::User(args.to_vec()))),
        (b"loadmodule", [_, ..]) => Ok(Some(Declaration::LoadModule(args.to_vec()))),
        (_, []) if name.contains(&b'.') => Err("Module config specified without value".into()),
        (_, _) if name.contains(&b'.') => Ok(Some(Declaration::Module { name, value: args.join(&b' ') })),
        // Alone it only says which program this is.
        (b"sentinel", []) => Ok(None),
        (b"sentinel", _) => Ok(Some(Declaration::Sentinel(args.to_vec()))),
        _ => Err("Bad directive or wrong number of arguments".into()),
    }
}

fn numbered(text: &[u8], file: Option<&str>, first: usize) -> Vec<Line> {
    let trimmed = text.split(|&byte| byte == b'\n').map(trim).enumerate();
    let telling = trimmed.filter(|(_, text)| !text.is_empty() && !text.starts_with(b"#"));
    telling
        .map(|(index, text)| Line {
            file: file.map(String::from),
            number: first + index,
            text: text.to_vec(),
        })
        .collect()
}

fn trim(text: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let start = text.iter().position(|byte| !blank(byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last + 1);
    text.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::super::Config;
    use super::{Declaration, command_line, parse};

    fn load(text: &str) -> Result<Config, String> {
        let mut config = Config::new();
        config.load(&parse(text.as_bytes(), "redis.conf")).map_err(|error| error.to_string())?;
        Ok(config)
    }

    fn start(args: &[&str]) -> Result<Config, String> {
        let mut config = Config::new();
        config.load(&command_line(args).lines(b"")).map_err(|error| error.to_string())?;
        Ok(config)
    }

    fn fatal(line: &str, number: &str, reason: &str) -> String {
        format!(
            "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\n\
             Reading the configuration file, at line {number}\n>>> '{line}'\n{reason}\n"
        )
    }

    #[test]
    fn a_file_is_loaded() {
        let config =
            load("# a comment\r\n\n  PORT 7000  \nrequirepass \"a b\\x21\"\nsave 900 1\nsave '300 10'\n")
                .unwrap();
        assert_eq!(config.values().number("port"), 7000);
        assert_eq!(config.requirepass, b"a b!");
        assert_eq!(config.values().word("save"), b"900 1 300 10");
        assert_eq!(load("save 900 1\nsave \"\"").unwrap().values().word("save"), b"");
        assert_eq!(load("save \"\"\nsave 5 6").unwrap().values().word("save"), b"5 6");
        assert_eq!(load("lua-replicate-commands yes").unwrap().values().number("port"), 6379);
    }

    #[test]
    fn errors_name_the_file_and_line() {
        for (text, line, number, reason) in [
            ("port 1\n\n # c\nfoo  \"a\"\n", "foo  \"a\"", 4, "Bad directive or wrong number of arguments"),
            ("foo \"a", "foo \"a", 1, "Unbalanced quotes in configuration line"),
            ("port 1 2", "port 1 2", 1, "wrong number of arguments"),
            ("maxmemory zz", "maxmemory zz", 1, "argument must be a memory value"),
            ("unixsocketperm 7777", "unixsocketperm 7777", 1, "argument must be between 0 and 777 inclusive"),
            ("rename-command get", "rename-command get", 1, "Bad directive or wrong number of arguments"),
            ("foo.bar", "foo.bar", 1, "Module config specified without value"),
        ] {
            let number = format!("{number} of redis.conf");
            assert_eq!(load(text).unwrap_err(), fatal(line, &number, reason));
        }
        let contradiction = load("cluster-enabled yes\nreplicaof a 1").unwrap_err();
        assert!(
            contradiction.ends_with("(Redis 7.0.15) ***\nreplicaof directive not allowed in cluster mode\n")
        );
    }

    #[test]
    fn options_are_lines_after_the_file() {
        let words = "argument(s) must be one of the following: debug, verbose, notice, warning";
        let bad = "Bad directive or wrong number of arguments";
        for (args, line, number, reason) in [
            (&["--port", "1", "--loglevel", "--bla"][..], "loglevel \"--bla\"", "3", words),
            (&["--port"], "port", "2", "wrong number of arguments"),
            (&["--port", "1", "2"], "port \"1\" \"2\"", "2", "wrong number of arguments"),
            (&["--port 1 --foo"], "port 1 --foo", "2", "wrong number of arguments"),
            (&["--replicaof", "127.0.0.1 abc"], "replicaof \"127.0.0.1 abc\"", "2", "Invalid master port"),
            (&["--save", "--foo", "1"], "foo \"1\"", "3", bad),
            (&["--requirepass", "a b", "--foo", "x\"y"], "foo \"x\\\"y\"", "3", bad),
        ] {
            assert_eq!(start(args).unwrap_err(), fatal(line, number, reason));
        }
        assert_eq!(start(&["--save", "--port", "1"]).unwrap().values().word("save"), b"");
        assert_eq!(start(&["--save"]).unwrap().values().word("save"), b"");
        assert_eq!(start(&["--save", "", "--hz", "20"]).unwrap().hz, 20);
        assert_eq!(start(&["--bind", "127.0.0.1", "::1"]).unwrap().values().bind().len(), 2);
    }

    #[test]
    fn the_first_argument_may_be_a_file() {
        let line = command_line(&["a.conf", "--hz", "20", "-"]);
        assert_eq!((line.file.as_deref(), line.stdin), (Some(b"a.conf".as_slice()), true));
        assert_eq!(line.lines(b"port 1\n").first().map(|line| line.number), Some(3));
        assert!(command_line(&["-", "--hz", "20"]).stdin);
    }

    #[test]
    fn what_is_no_value_is_handed_back() {
        let lines =
            parse(b"user alice on\nRename-Command get \"\"\ntls-port 1\ntls-port 2\nio-threads 1", "f");
        let loaded = Config::new().load(&lines).unwrap();
        let declarations: Vec<&Declaration> = loaded.declarations.iter().map(|(_, it)| it).collect();
        let user = Declaration::User(Vec::from([Vec::from("alice"), Vec::from("on")]));
        let rename = Declaration::RenameCommand { from: Vec::from("get"), to: Vec::new() };
        assert_eq!(declarations, [&user, &rename]);
        let warned: Vec<&str> = loaded.warnings.iter().map(|warning| warning.name).collect();
        assert_eq!(warned, ["tls-port"]);
    }

    #[test]
    fn includes_are_for_the_front() {
        let lines = parse(b"include 'conf.d/*.conf'\nport 1", "f");
        assert_eq!(lines[0].include().as_deref(), Some(b"conf.d/*.conf".as_slice()));
        assert_eq!(lines[1].include(), None);
        assert!(Config::new().load(&lines).is_err());
    }

    #[test]
    fn no_text_is_too_odd() {
        let bytes: Vec<u8> = (0..=255).rev().collect();
        for line in parse(&bytes.repeat(3), "f") {
            let _ = Config::new().load(&[line]);
        }
    }
}
