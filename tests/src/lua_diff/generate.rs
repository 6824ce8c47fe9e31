//! Makes programs of the grammar.

use super::grammar::{STATEMENTS, kind};
use super::program::{Against, Node, Program};
use super::words::word;
use crate::dice::Dice;

/// So deep are expressions within expressions, at most.
const DEPTH: usize = 4;

/// The program of a seed.
pub(super) fn program(seed: u64, against: Against) -> Program {
    let mut maker = Maker { dice: Dice::new(seed), against };
    let count = 4 + maker.dice.below(16);
    let statements = (0..count).map(|_| maker.statement()).collect();
    Program { against, statements }
}

struct Maker {
    dice: Dice,
    against: Against,
}

impl Maker {
    fn statement(&mut self) -> Node {
        let template = self.template(STATEMENTS);
        // A statement with a whole tree in each of its holes would mostly fail early.
        let depth = 1 + self.dice.below(DEPTH);
        Node::Statement(self.fill(template, depth))
    }

    /// One of them that the oracle knows.
    fn template(&mut self, among: &'static [&'static str]) -> &'static str {
        loop {
            let template = self.dice.pick(among);
            if self.against.knows(template) {
                return template;
            }
        }
    }

    /// A template's text, and what its holes are filled with.
    fn fill(&mut self, template: &str, depth: usize) -> Vec<Node> {
        let mut parts = Vec::new();
        let mut pieces = template.split('@');
        parts.extend(pieces.next().map(|text| Node::Text(text.to_owned())));
        for piece in pieces {
            let mut letters = piece.chars();
            let Some(hole) = letters.next() else { continue };
            parts.push(self.expression(hole, depth));
            parts.push(Node::Text(letters.as_str().to_owned()));
        }
        parts
    }

    fn expression(&mut self, hole: char, depth: usize) -> Node {
        // Now and then something else comes than what belongs there.
        let hole = if "nstbf".contains(hole) && self.dice.chance(4) { 'e' } else { hole };
        let Some(kind) = kind(hole) else { return Node::Text(word(&mut self.dice, hole)) };
        let among = if depth == 0 || self.dice.chance(25) { kind.leaves } else { kind.templates.len() };
        let template = self.template(&kind.templates[..among]);
        Node::Expression(self.fill(template, depth.saturating_sub(1)))
    }
}
