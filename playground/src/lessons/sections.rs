//! A file's sections, and what is in them: headings, fences, paragraphs, lists. Lines keep their numbers, for whoever is
//! told of a problem.

use std::fmt;

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl Problem {
    /// A problem in a line.
    pub(crate) fn new(line: usize, what: impl Into<String>) -> Self {
        Self { line, what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// A line and its number.
pub(crate) type Numbered<'a> = (usize, &'a str);

/// A heading and what follows it, up to the next.
#[derive(Debug)]
pub(crate) struct Section<'a> {
    /// How many `#`: 1 to 3.
    pub(crate) depth: usize,
    pub(crate) title: &'a str,
    /// The heading's line.
    pub(crate) line: usize,
    /// The lines under the title of the whole, up to a blank one.
    pub(crate) facts: Vec<Numbered<'a>>,
    pub(crate) items: Vec<Item<'a>>,
}

/// A part of a section.
#[derive(Debug)]
pub(crate) enum Item<'a> {
    /// Lines up to a blank one, joined; and its first.
    Paragraph(usize, String),
    /// `- ` and a text, its further lines joined.
    Bullet(usize, String),
    /// A fence: its line, its language, its lines.
    Fence(usize, &'a str, Vec<Numbered<'a>>),
}

impl Item<'_> {
    /// Where it begins.
    pub(crate) const fn line(&self) -> usize {
        match self {
            Self::Paragraph(line, _) | Self::Bullet(line, _) | Self::Fence(line, ..) => *line,
        }
    }
}

/// The sections of a text.
pub(crate) fn sections(text: &str) -> Result<Vec<Section<'_>>, Problem> {
    let mut found: Vec<Section<'_>> = Vec::new();
    // Whether the next line may go on with what the last began.
    let mut is_open = false;
    let mut is_head = false;
    let mut lines = (1..).zip(text.lines());
    while let Some((line, text)) = lines.next() {
        if let Some((depth, title)) = heading(text) {
            found.push(Section { depth, title, line, facts: Vec::new(), items: Vec::new() });
            is_open = false;
            is_head = depth == 1;
            continue;
        }
        is_head &= !text.trim().is_empty();
        let Some(section) = found.last_mut() else {
            return Err(Problem::new(line, "a lesson begins with its title"));
        };
        if is_head {
            section.facts.push((line, text));
        } else if let Some(language) = text.strip_prefix("```") {
            section.items.push(Item::Fence(line, language.trim(), fence(line, &mut lines)?));
            is_open = false;
        } else if text.trim().is_empty() {
            is_open = false;
        } else if let Some(bullet) = text.strip_prefix("- ") {
            section.items.push(Item::Bullet(line, String::from(bullet.trim())));
            is_open = true;
        } else {
            match section.items.last_mut().filter(|_| is_open) {
                Some(Item::Paragraph(_, said)) => add(said, text),
                Some(Item::Bullet(_, said)) if text.starts_with("  ") => add(said, text),
                _ => section.items.push(Item::Paragraph(line, String::from(text.trim()))),
            }
            is_open = true;
        }
    }
    Ok(found)
}

fn heading(text: &str) -> Option<(usize, &str)> {
    let depth = text.bytes().take_while(|&byte| byte == b'#').count();
    let title = text.get(depth..)?.strip_prefix(' ')?.trim();
    (1..=3).contains(&depth).then_some((depth, title))
}

fn fence<'a>(
    line: usize,
    lines: &mut impl Iterator<Item = Numbered<'a>>,
) -> Result<Vec<Numbered<'a>>, Problem> {
    let mut inside = Vec::new();
    for (number, text) in lines {
        if text.trim_end() == "```" {
            return Ok(inside);
        }
        inside.push((number, text));
    }
    Err(Problem::new(line, "the fence has no end"))
}

fn add(said: &mut String, text: &str) {
    said.push(' ');
    said.push_str(text.trim());
}
