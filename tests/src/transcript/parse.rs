//! Text to transcript, line by line.

use super::{Action, Case, Expected, Line, Markers, Step, Transcript};
use crate::quote;
use std::fmt;

/// What is wrong with a transcript's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Counted from 1.
    pub line: usize,
    /// What, and what to write instead.
    pub what: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// The transcript that `text` is.
///
/// # Errors
/// With the first line that can't be understood.
pub fn parse(path: &str, text: &str) -> Result<Transcript, Flaw> {
    let mut parser = Parser::default();
    for (at, line) in text.lines().enumerate() {
        parser.line(line, at + 1)?;
    }
    parser.end_block();
    Ok(Transcript { path: path.to_owned(), setup: parser.setup, cases: parser.cases })
}

/// A block is what stands between two blank lines, or from one comment to the next.
#[derive(Default)]
struct Block {
    name: Vec<String>,
    line: usize,
    markers: Markers,
    steps: Vec<Step>,
    /// `@unordered` was said for the step to come.
    unordered: bool,
}

#[derive(Default)]
struct Parser {
    setup: Vec<(String, String)>,
    cases: Vec<Case>,
    /// Markers of the file's header: they hold for every case after it.
    common: Markers,
    block: Option<Block>,
}

impl Parser {
    fn line(&mut self, line: &str, number: usize) -> Result<(), Flaw> {
        if line.trim().is_empty() {
            self.end_block();
            return Ok(());
        }
        if let Some(comment) = line.strip_prefix('#') {
            self.heading(number).name.push(comment.trim().to_owned());
            return Ok(());
        }
        if let Some((client, command)) = acting(line) {
            let flaw = |what| Flaw { line: number, what };
            let argv = quote::split(command).map_err(flaw)?;
            if argv.is_empty() {
                return Err(flaw("the command is missing".into()));
            }
            self.step(number, Action::Command { client, argv });
            return Ok(());
        }
        match line.strip_prefix('@') {
            Some(rest) => self.at(rest, line, number),
            None => self.expect(line, number),
        }
    }

    fn at(&mut self, rest: &str, line: &str, number: usize) -> Result<(), Flaw> {
        let flaw = |what: String| Flaw { line: number, what };
        let (word, rest) = rest.split_once(' ').map_or((rest, ""), |(word, rest)| (word, rest.trim()));
        match word {
            "match" | "any" | "contains" | "blank" | "closed" => return self.expect(line, number),
            "unordered" => self.open(number).unordered = true,
            "advance" => {
                let ms = duration_ms(rest)
                    .ok_or_else(|| flaw("write `@advance 5s` or `@advance 1500ms`".into()))?;
                self.step(number, Action::Advance { ms });
            }
            "config" => {
                let (name, value) = rest.split_once(' ').unwrap_or((rest, ""));
                let value = value.trim().trim_matches('"').to_owned();
                self.step(number, Action::Config { name: name.to_owned(), value });
            }
            "raw" => {
                let (client, bytes) = raw(rest)
                    .ok_or_else(|| flaw("write `@raw \"PING\\r\\n\"` or `@raw b \"x\"*1000`".into()))?;
                self.step(number, Action::Raw { client, bytes });
            }
            _ => {
                return match self.heading(number).markers.add(word, rest, number) {
                    Some(added) => added,
                    None => Err(flaw(format!("`@{word}` means nothing"))),
                };
            }
        }
        Ok(())
    }

    fn step(&mut self, line: usize, action: Action) {
        let block = self.open(line);
        let unordered = std::mem::take(&mut block.unordered);
        block.steps.push(Step { line, action, unordered, expected: Expected::default(), expected_lines: 0 });
    }

    fn expect(&mut self, text: &str, number: usize) -> Result<(), Flaw> {
        let step = self.block.as_mut().and_then(|block| block.steps.last_mut());
        let step = step.ok_or_else(|| Flaw { line: number, what: "output before any command".into() })?;
        step.expected_lines += 1;
        let expected = &mut step.expected;
        if text == "@closed" {
            expected.closed = true;
        } else if let Some((client, first)) = unasked(text) {
            expected.unasked.push((client, vec![expected_line(first)]));
        } else if let (Some((_, lines)), Some(more)) = (expected.unasked.last_mut(), text.strip_prefix("   "))
        {
            lines.push(expected_line(more));
        } else {
            expected.reply.push(expected_line(text));
        }
        Ok(())
    }

    /// The block that a comment or marker belongs to: a new one when the last has steps already.
    fn heading(&mut self, line: usize) -> &mut Block {
        if self.block.as_ref().is_some_and(|block| !block.steps.is_empty()) {
            self.end_block();
        }
        self.open(line)
    }

    fn open(&mut self, line: usize) -> &mut Block {
        let markers = &self.common;
        self.block.get_or_insert_with(|| Block { line, markers: markers.clone(), ..Block::default() })
    }

    fn end_block(&mut self) {
        let Some(block) = self.block.take() else { return };
        let is_header = block.steps.iter().all(|step| matches!(step.action, Action::Config { .. }));
        if is_header && self.cases.is_empty() {
            self.common = block.markers;
            self.setup.extend(block.steps.into_iter().filter_map(|step| match step.action {
                Action::Config { name, value } => Some((name, value)),
                _ => None,
            }));
            return;
        }
        let named =
            if block.name.is_empty() { block.steps.first().map(|step| step.action.describe()) } else { None };
        let name = named.unwrap_or_else(|| block.name.join(" "));
        if !block.steps.is_empty() {
            self.cases.push(Case { name, line: block.line, markers: block.markers, steps: block.steps });
        }
    }
}

impl Action {
    /// The action as its line in the file says it.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Command { argv, .. } => {
                argv.iter().map(|word| String::from_utf8_lossy(word)).collect::<Vec<_>>().join(" ")
            }
            Self::Raw { bytes, .. } => format!("{} bytes as they are", bytes.len()),
            Self::Advance { ms } => format!("{ms} ms pass"),
            Self::Config { name, value } => format!("{name} is set to {value}"),
        }
    }
}

/// `> command` is client a's, `b> command` client b's.
fn acting(line: &str) -> Option<(char, &str)> {
    if let Some(command) = line.strip_prefix("> ") {
        return Some(('a', command));
    }
    let (client, command) = line.split_once("> ")?;
    Some((letter(client)?, command))
}

/// `b: "late"`.
fn unasked(line: &str) -> Option<(char, &str)> {
    let (client, text) = line.split_once(": ")?;
    Some((letter(client)?, text))
}

fn letter(text: &str) -> Option<char> {
    text.chars().next().filter(|first| first.is_ascii_lowercase() && text.len() == 1)
}

fn expected_line(text: &str) -> Line {
    match text.split_once(' ').unwrap_or((text, "")) {
        ("@match", glob) => Line::Glob(glob.to_owned()),
        ("@contains", glob) => Line::Contains(glob.to_owned()),
        ("@any", _) => Line::Glob("*".into()),
        ("@blank", _) => Line::Text(String::new()),
        _ => Line::Text(text.to_owned()),
    }
}

fn duration_ms(text: &str) -> Option<u64> {
    if let Some(ms) = text.strip_suffix("ms") {
        return ms.parse().ok();
    }
    let seconds: u64 = text.strip_suffix('s')?.parse().ok()?;
    Some(seconds * 1000)
}

/// `b "text"*3 "more"`: an optional client, then quoted pieces, each repeated if it says so.
fn raw(text: &str) -> Option<(char, Vec<u8>)> {
    let (client, mut rest) = match text.split_once(' ') {
        Some((client, rest)) if letter(client).is_some() => (letter(client)?, rest.trim()),
        _ => ('a', text),
    };
    let mut bytes = Vec::new();
    while !rest.is_empty() {
        let end = closing_quote(rest)? + 1;
        let piece = quote::split(&rest[..end]).ok()?.pop()?;
        rest = &rest[end..];
        let mut times = 1;
        if let Some(after) = rest.strip_prefix('*') {
            let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            times = after[..digits].parse().ok()?;
            rest = &after[digits..];
        }
        bytes.extend(piece.repeat(times));
        rest = rest.trim_start();
    }
    (!bytes.is_empty()).then_some((client, bytes))
}

/// Where the string that `text` starts with ends.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    let inside = text.strip_prefix('"')?;
    let end = inside.bytes().position(|byte| match (escaped, byte) {
        (false, b'"') => true,
        (false, b'\\') => {
            escaped = true;
            false
        }
        _ => {
            escaped = false;
            false
        }
    })?;
    Some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "\
# Lists, seen from two sides.
@not oracle because this is only an example
@config list-max-listpack-size 4

# A blocked client wakes.
b> BLPOP jobs 0
> RPUSH jobs one two
(integer) 2
b: 1) \"jobs\"
   2) \"one\"
@advance 1500ms
@resp3
# Another.
@unordered
> SMEMBERS s
1~ \"a\"
@match 2~ *
@raw b \"x\"*3 \"\\r\\n\"
\"-ERR\\r\\n\"
@closed
";

    #[test]
    fn a_file_is_read_as_its_author_meant_it() {
        let transcript = parse("lists.redis", EXAMPLE).unwrap();
        assert_eq!(transcript.setup, [("list-max-listpack-size".into(), "4".into())]);
        let [woken, another] = &transcript.cases[..] else { panic!("two cases") };
        assert_eq!((woken.name.as_str(), woken.line), ("A blocked client wakes.", 5));
        assert_eq!(woken.markers.not.len(), 1, "the header's markers hold for every case");
        let late = vec![Line::Text("1) \"jobs\"".into()), Line::Text("2) \"one\"".into())];
        assert_eq!(woken.steps[0].expected, Expected::default(), "a parked client shows nothing");
        assert_eq!(woken.steps[1].expected.unasked, [('b', late)]);
        assert_eq!(woken.steps[2].action, Action::Advance { ms: 1500 });
        assert!(another.markers.resp3 && another.steps[0].unordered);
        assert_eq!(another.steps[1].action, Action::Raw { client: 'b', bytes: b"xxx\r\n".to_vec() });
        assert!(another.steps[1].expected.closed);
    }

    #[test]
    fn what_cant_be_understood_is_named_with_its_line() {
        let flaw = |text: &str| parse("x", text).unwrap_err().to_string();
        assert_eq!(flaw("OK\n"), "line 1: output before any command");
        assert_eq!(flaw("\n@advnace 5s\n"), "line 2: `@advnace` means nothing");
        assert_eq!(flaw("> GET \"k\n"), "line 1: unbalanced quotes in `GET \"k`");
    }
}
