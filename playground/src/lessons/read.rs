//! A file to a lesson.

use redstart_engine::config::lookup;

use super::check::Check;
use super::sections::{Item, Problem, Section, sections};
use super::transcript::{Line, snippets, transcript};
use super::{Lesson, Link, Part, Question, Step};
use crate::labs;
use crate::view::Level;

/// What a step's title begins with if it builds something.
const BUILD: &str = "Build: ";

/// The parts of a step, in order.
const PARTS: [&str; 6] = ["Goal", "Check", "Hints", "Solution", "Wrong", "Clients"];

/// Reads a lesson's file.
pub fn read(text: &str) -> Result<Lesson, Problem> {
    let sections = sections(text)?;
    let mut groups = sections.chunk_by(|_, next| next.depth == 3);
    let Some([head]) = groups.next().filter(|head| head.iter().all(|section| section.depth == 1)) else {
        return Err(Problem::new(1, "a lesson begins with its title, and then come its steps"));
    };
    let mut lesson = beginning(head)?;
    for group in groups {
        let Some((section, inner)) = group.split_first() else { continue };
        match section.title {
            _ if section.depth != 2 => {
                return Err(Problem::new(section.line, "a section with two `#` goes here"));
            }
            "In production" => lesson.production = alone(section, inner)?,
            "Quiz" => lesson.quiz = inner.iter().map(question).collect::<Result<_, _>>()?,
            "Further" => lesson.further = section.items.iter().map(link).collect::<Result<_, _>>()?,
            _ => lesson.steps.push(step(section, inner, lesson.ready)?),
        }
    }
    Ok(lesson)
}

/// The title, the facts under it, and the introduction.
fn beginning(head: &Section<'_>) -> Result<Lesson, Problem> {
    let mut lesson = Lesson {
        title: String::from(head.title),
        level: Level::Beginner,
        hours: 0,
        keys: Vec::new(),
        settings: Vec::new(),
        again: Vec::new(),
        ready: true,
        intro: Vec::new(),
        steps: Vec::new(),
        production: Vec::new(),
        quiz: Vec::new(),
        further: Vec::new(),
    };
    let mut level = None;
    for &(line, text) in &head.facts {
        let (name, value) = text.split_once(':').unwrap_or((text, ""));
        let value = value.trim();
        match name {
            "level" => level = Level::named(value),
            "hours" => lesson.hours = value.parse().unwrap_or(0),
            "keys" => lesson.keys = value.split_whitespace().map(String::from).collect(),
            "settings" => lesson.settings = settings(line, value)?,
            "again" => lesson.again.push(String::from(value)),
            "state" if value == "coming" => lesson.ready = false,
            _ => return Err(Problem::new(line, "no fact of a lesson")),
        }
    }
    lesson.level =
        level.ok_or_else(|| Problem::new(head.line, "`level:` is missing, or none of the three"))?;
    if lesson.hours == 0 {
        return Err(Problem::new(head.line, "`hours:` is missing, or no number"));
    }
    lesson.intro = parts(&head.items)?;
    Ok(lesson)
}

/// Names of settings, of which there must be such.
fn settings(line: usize, value: &str) -> Result<Vec<String>, Problem> {
    let known = |name: &str| match lookup(name.as_bytes()) {
        Some(_) => Ok(String::from(name)),
        None => Err(Problem::new(line, format!("no setting is called `{name}`"))),
    };
    value.split_whitespace().map(known).collect()
}

/// The text of a section without sections in it.
fn alone(section: &Section<'_>, inner: &[Section<'_>]) -> Result<Vec<Part>, Problem> {
    match inner.first() {
        Some(inner) => Err(Problem::new(inner.line, "this section has no sections in it")),
        None => parts(&section.items),
    }
}

pub(crate) fn parts(items: &[Item<'_>]) -> Result<Vec<Part>, Problem> {
    let mut found = Vec::new();
    for item in items {
        match item {
            Item::Paragraph(line, text) => found.push(Part::Say(closed(*line, text)?)),
            Item::Fence(_, "redis", lines) => found.extend(snippets(lines).into_iter().map(Part::Run)),
            Item::Fence(line, "lab", lines) => {
                let name = lines.first().map_or("", |(_, name)| name.trim());
                let lab = labs::find(name)
                    .ok_or_else(|| Problem::new(*line, format!("no lab is called `{name}`")))?;
                found.push(Part::Lab(lab));
            }
            Item::Fence(_, language, lines) => {
                let lines: Vec<&str> = lines.iter().map(|(_, text)| *text).collect();
                found.push(Part::Code(String::from(*language), lines.join("\n")));
            }
            Item::Bullet(line, _) => return Err(Problem::new(*line, "a list has no place here")),
        }
    }
    Ok(found)
}

/// A text whose marks are closed.
pub(crate) fn closed(line: usize, text: &str) -> Result<String, Problem> {
    let outside: String = text.split('`').step_by(2).collect();
    let is_odd = |count: usize| count % 2 == 1;
    if is_odd(text.matches('`').count()) {
        return Err(Problem::new(line, "a backquote is not closed"));
    }
    if is_odd(outside.matches("**").count()) {
        return Err(Problem::new(line, "two asterisks are not closed"));
    }
    Ok(String::from(text))
}

fn step(section: &Section<'_>, inner: &[Section<'_>], is_ready: bool) -> Result<Step, Problem> {
    let title = section.title.strip_prefix(BUILD);
    let mut step = Step {
        title: title.map_or_else(|| String::from(section.title), capital),
        is_build: title.is_some(),
        text: parts(&section.items)?,
        ..Step::default()
    };
    let mut place = 0;
    for part in inner {
        let at = PARTS.iter().position(|&name| name == part.title);
        match at {
            None => return Err(Problem::new(part.line, format!("a step has no part `{}`", part.title))),
            Some(at) if at < place => {
                return Err(Problem::new(part.line, format!("the order is {}", PARTS.join(", "))));
            }
            Some(at) => place = at + 1,
        }
        match part.title {
            "Goal" => step.goal = paragraphs(part)?,
            "Check" => step.check = check(part)?,
            "Hints" => step.hints = bullets(part)?,
            "Solution" => step.solution = lines(part)?,
            "Wrong" => step.wrong = fences(part)?.map(|(_, lines)| snippets(lines)).collect(),
            _ => {
                let code = |lines: &[(usize, &str)]| {
                    lines.iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n")
                };
                step.clients =
                    fences(part)?.map(|(language, lines)| (String::from(language), code(lines))).collect();
            }
        }
    }
    let is_whole = !step.goal.is_empty()
        && !step.hints.is_empty()
        && !step.solution.is_empty()
        && step.check != Check::default();
    match (is_ready, is_whole) {
        (true, false) => Err(Problem::new(section.line, "a step has a goal, a check, hints and a solution")),
        (false, true) => {
            Err(Problem::new(section.line, "a lesson that is coming has nothing to be done yet"))
        }
        _ => Ok(step),
    }
}

/// A text that begins with a capital.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn paragraphs(section: &Section<'_>) -> Result<String, Problem> {
    let mut all = Vec::new();
    for item in &section.items {
        let Item::Paragraph(line, text) = item else {
            return Err(Problem::new(item.line(), "only text goes here"));
        };
        all.push(closed(*line, text)?);
    }
    Ok(all.join(" "))
}

pub(crate) fn bullets(section: &Section<'_>) -> Result<Vec<String>, Problem> {
    let bullet = |item: &Item<'_>| match item {
        Item::Bullet(line, text) => closed(*line, text),
        _ => Err(Problem::new(item.line(), "only a list goes here")),
    };
    section.items.iter().map(bullet).collect()
}

/// Fences: their languages and lines.
#[expect(clippy::type_complexity, reason = "a fence is a language and its numbered lines")]
fn fences<'s, 'a>(
    section: &'s Section<'a>,
) -> Result<impl Iterator<Item = (&'a str, &'s [(usize, &'a str)])>, Problem> {
    if let Some(item) = section.items.iter().find(|item| !matches!(item, Item::Fence(..))) {
        return Err(Problem::new(item.line(), "only fences go here"));
    }
    Ok(section.items.iter().filter_map(|item| match item {
        Item::Fence(_, language, lines) => Some((*language, lines.as_slice())),
        _ => None,
    }))
}

fn lines(section: &Section<'_>) -> Result<Vec<Line>, Problem> {
    let mut all = Vec::new();
    for (_, lines) in fences(section)? {
        all.extend(transcript(lines)?);
    }
    Ok(all)
}

fn check(section: &Section<'_>) -> Result<Check, Problem> {
    let mut check = Check::default();
    for item in &section.items {
        match item {
            Item::Fence(_, _, lines) => check.looks.extend(transcript(lines)?),
            Item::Bullet(line, text) => match text.strip_prefix("ran: ") {
                Some(names) => check.ran.push(names.split(" or ").map(|name| name.trim().into()).collect()),
                None => {
                    return Err(Problem::new(*line, "a check's list says `ran: ` and a command, or several"));
                }
            },
            Item::Paragraph(line, _) => return Err(Problem::new(*line, "no text goes here")),
        }
    }
    match check.looks.iter().find(|look| look.answer.is_none()) {
        Some(look) => Err(Problem::new(section.line, format!("`{}` must have an answer", look.text))),
        None => Ok(check),
    }
}

fn question(section: &Section<'_>) -> Result<Question, Problem> {
    let (mut options, mut right, mut why) = (Vec::new(), Vec::new(), Vec::new());
    for item in &section.items {
        match item {
            Item::Bullet(line, text) => {
                let (mark, text) = text.split_at_checked(4).unwrap_or((text, ""));
                match mark {
                    "[x] " => right.push(options.len()),
                    "[ ] " => {}
                    _ => return Err(Problem::new(*line, "an answer begins with `[ ]` or `[x]`")),
                }
                options.push(closed(*line, text)?);
            }
            Item::Paragraph(line, text) => why.push(closed(*line, text)?),
            Item::Fence(line, ..) => return Err(Problem::new(*line, "no fence goes here")),
        }
    }
    let ([right], false) = (right.as_slice(), why.is_empty()) else {
        return Err(Problem::new(section.line, "a question has one right answer, and says why"));
    };
    Ok(Question { text: closed(section.line, section.title)?, right: *right, why: why.join(" "), options })
}

fn link(item: &Item<'_>) -> Result<Link, Problem> {
    let whole = match item {
        Item::Bullet(_, text) => text.strip_prefix('[').and_then(|text| text.strip_suffix(')')),
        _ => None,
    };
    let (text, url) = whole
        .and_then(|whole| whole.split_once("]("))
        .filter(|(_, url)| url.starts_with("https://"))
        .ok_or_else(|| Problem::new(item.line(), "a link is `- [text](https://…)`"))?;
    Ok(Link { text: String::from(text), url: String::from(url) })
}
