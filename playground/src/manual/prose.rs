//! The manual's texts as the page draws them. Commands are named in capitals, and lead to their pages; what stands between
//! backquotes are options and other words, unless it is a whole call.

use crate::lessons::spans;
use crate::manual::called;
use crate::view::Span;

/// A text's pieces, on the page of a command.
pub(super) fn prose(text: &str, own: &str) -> Vec<Span> {
    let mut found = Vec::new();
    for mut span in spans(text) {
        span.page = span.page.filter(|page| span.text.len() > page.len() && page != own);
        match span.code || span.strong {
            true => found.push(span),
            false => link(&span.text, own, &mut found),
        }
    }
    found
}

/// Parts a text at the names of commands in it.
fn link(text: &str, own: &str, found: &mut Vec<Span>) {
    let mut rest = text;
    let mut from = 0;
    while let Some((at, word)) = next_word(rest, from) {
        let name =
            called(rest.get(at..).map_or("", call)).filter(|name| word.len() <= name.len() && name != own);
        let Some(name) = name else {
            from = at + word.len();
            continue;
        };
        let (before, after) = rest.split_at(at);
        let (inside, after) = after.split_at(name.len());
        found.push(Span { text: String::from(before), ..Span::default() });
        found.push(Span { text: String::from(inside), page: Some(name), ..Span::default() });
        (rest, from) = (after, 0);
    }
    found.push(Span { text: String::from(rest), ..Span::default() });
    found.retain(|span| !span.text.is_empty());
}

/// The next run of letters that may be a name, from some place on, and where it is.
fn next_word(text: &str, from: usize) -> Option<(usize, &str)> {
    let is_part = |letter: char| letter.is_alphanumeric() || "_-".contains(letter);
    let at = from + text.get(from..)?.find(is_part)?;
    let word = text.get(at..)?;
    Some((at, word.get(..word.find(|letter| !is_part(letter)).unwrap_or(word.len()))?))
}

/// One word or two, as far as no mark ends them.
fn call(text: &str) -> &str {
    let is_part = |letter: char| letter.is_alphanumeric() || "_- ".contains(letter);
    text.get(..text.find(|letter| !is_part(letter)).unwrap_or(text.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_pages() {
        let led = |text: &str| {
            let spans = prose(text, "GETEX");
            assert_eq!(
                spans.iter().map(|span| span.text.as_str()).collect::<String>(),
                text.replace('`', "")
            );
            spans.into_iter().filter_map(|span| Some((span.text, span.page?))).collect::<Vec<_>>()
        };
        let pair = |text: &str| (String::from(text), String::from(text));
        assert_eq!(led("It is a plain GET, and CONFIG SET too."), [pair("GET"), pair("CONFIG SET")]);
        assert_eq!(led("Unlike GETEX, `PERSIST` or GETS; UTF-8 and Set."), []);
        assert_eq!(led("XINFO; TTL."), [pair("XINFO"), pair("TTL")]);
        assert_eq!(led("`SET k v NX`"), [("SET k v NX".into(), "SET".into())]);
        assert_eq!(led("über GET"), [pair("GET")]);
    }
}
