//! Texts as the page draws them.

use super::Part;
use crate::manual::called;
use crate::view::{Block, Span};

/// A text as the page draws it.
#[must_use]
pub fn blocks(parts: &[Part]) -> Vec<Block> {
    parts.iter().map(block).collect()
}

fn block(part: &Part) -> Block {
    match part {
        Part::Say(text) => Block::Text { spans: spans(text) },
        Part::Run(snippet) => Block::command(snippet.terminal, &snippet.text),
        Part::Code(language, text) => Block::Code { language: language.clone(), text: text.clone() },
        Part::Lab(lab) => Block::Lab { name: lab.name, title: lab.title, summary: lab.summary },
    }
}

/// A paragraph's pieces: `code` stands between backquotes, and outside of them **what is important** between two asterisks.
#[must_use]
pub fn spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for (index, piece) in text.split('`').enumerate() {
        if index % 2 == 1 {
            spans.push(Span { text: String::from(piece), code: true, strong: false, page: called(piece) });
            continue;
        }
        let words = piece.split("**").enumerate().filter(|(_, words)| !words.is_empty());
        spans.extend(words.map(|(index, words)| Span {
            text: String::from(words),
            code: false,
            strong: index % 2 == 1,
            page: None,
        }));
    }
    spans
}
