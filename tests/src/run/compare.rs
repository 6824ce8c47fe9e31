//! Expected lines against seen ones.

use super::{Difference, Shown};
use crate::quote;
use crate::runner::Trouble;
use crate::transcript::{Action, Line, Step};

/// How the step differs from what is expected, if it does.
pub(super) fn difference(step: &Step, shown: &Shown) -> Option<Difference> {
    let expected = &step.expected;
    let raw = matches!(step.action, Action::Raw { .. });
    let same = if raw {
        same_raw(&expected.reply, &shown.reply)
    } else {
        same(&expected.reply, &shown.reply, step.unordered)
    } && expected.unasked.len() == shown.unasked.len()
        && expected
            .unasked
            .iter()
            .zip(&shown.unasked)
            .all(|((_, lines), (_, seen))| same(lines, seen, false))
        && expected.closed == shown.closed;
    if same {
        return None;
    }
    let mut text = heading(step);
    let wanted = source(
        expected.reply.iter().map(Line::source).collect(),
        expected.unasked.iter().map(|(client, lines)| (*client, lines.iter().map(Line::source).collect())),
        expected.closed,
    );
    let seen = source(shown.reply.clone(), shown.unasked.iter().cloned(), shown.closed);
    for (mark, lines) in [('-', &wanted), ('+', &seen)] {
        for line in lines.iter() {
            text.push_str(&format!("\n  {mark} {line}"));
        }
    }
    Some(Difference { line: step.line, text })
}

/// The step's own line.
pub(super) fn heading(step: &Step) -> String {
    match &step.action {
        Action::Command { client: 'a', .. } => format!("> {}", step.action.describe()),
        Action::Command { client, .. } => format!("{client}> {}", step.action.describe()),
        other => other.describe(),
    }
}

/// The lines of a step's output as a file writes them.
pub(crate) fn source(
    reply: Vec<String>,
    unasked: impl Iterator<Item = (char, Vec<String>)>,
    closed: bool,
) -> Vec<String> {
    let mut out = reply;
    for (client, lines) in unasked {
        for (at, line) in lines.iter().enumerate() {
            out.push(if at == 0 { format!("{client}: {line}") } else { format!("   {line}") });
        }
    }
    out.extend(closed.then(|| "@closed".to_owned()));
    out
}

/// The bytes that quoted lines stand for.
pub(super) fn raw_bytes(lines: &[Line]) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    for line in lines {
        let pieces = quote::split(&line.source()).map_err(Trouble)?;
        bytes.extend(pieces.concat());
    }
    Ok(bytes)
}

fn same_raw(expected: &[Line], seen: &[String]) -> bool {
    match (raw_bytes(expected), seen.first().map(|quoted| quote::split(quoted))) {
        (Ok(expected), Some(Ok(seen))) => expected == seen.concat(),
        (Ok(expected), None) => expected.is_empty(),
        _ => false,
    }
}

pub(crate) fn same(expected: &[Line], seen: &[String], unordered: bool) -> bool {
    if expected.iter().any(|line| matches!(line, Line::Contains(_))) {
        return expected.iter().all(|line| seen.iter().any(|text| line.matches(text)));
    }
    if expected.len() != seen.len() {
        return false;
    }
    if !unordered {
        return expected.iter().zip(seen).all(|(line, text)| line.matches(text));
    }
    let sources: Vec<String> = expected.iter().map(Line::source).collect();
    elements(&sources) == elements(seen)
}

/// The elements of a printed reply without their numbers, sorted.
fn elements(lines: &[String]) -> Vec<String> {
    let width = lines.first().and_then(|line| line.find([')', '~', '#'])).map_or(0, |at| at + 2);
    let mut elements: Vec<String> = Vec::new();
    for line in lines {
        let (number, rest) = line.split_at_checked(width).unwrap_or(("", line));
        match elements.last_mut() {
            Some(element) if number.trim().is_empty() => {
                element.push('\n');
                element.push_str(rest);
            }
            _ => elements.push(rest.to_owned()),
        }
    }
    elements.sort();
    elements
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lines: &[&str]) -> Vec<Line> {
        lines.iter().map(|line| Line::Text((*line).into())).collect()
    }

    #[test]
    fn elements_may_come_in_any_order_if_the_step_says_so() {
        let seen: Vec<String> = ["1) \"b\"", "2) 1) \"x\"", "   2) \"y\""].map(String::from).into();
        let expected = text(&["1) 1) \"x\"", "   2) \"y\"", "2) \"b\""]);
        assert!(same(&expected, &seen, true));
        assert!(!same(&expected, &seen, false));
        assert!(!same(&text(&["1) 1) \"x\"", "   2) \"z\"", "2) \"b\""]), &seen, true));
    }

    #[test]
    fn a_reply_may_be_known_by_some_of_its_lines() {
        let seen: Vec<String> = ["# Server", "redis_mode:standalone", "uptime:3"].map(String::from).into();
        assert!(same(&[Line::Contains("redis_mode:*".into())], &seen, false));
        assert!(!same(&[Line::Contains("tls:*".into())], &seen, false));
    }
}
