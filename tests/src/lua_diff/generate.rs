//! Makes programs of the grammar.

use super::grammar::{STATEMENTS, kind};
use super::program::{Node, Program};
use super::words::word;
use crate::dice::Dice;

/// So deep are expressions within expressions, at most.
const DEPTH: usize = 4;

/// The program of a seed.
pub(super) fn program(seed: u64) -> Program {
    let mut dice = Dice::new(seed);
    let count = 4 + dice.below(16);
    let statements = (0..count).map(|_| statement(&mut dice)).collect();
    Program { statements }
}

fn statement(dice: &mut Dice) -> Node {
    let template = dice.pick(STATEMENTS);
    // A statement with a whole tree in each of its holes would mostly fail early.
    let depth = 1 + dice.below(DEPTH);
    Node::Statement(fill(dice, template, depth))
}

/// A template's text, and what its holes are filled with.
fn fill(dice: &mut Dice, template: &str, depth: usize) -> Vec<Node> {
    let mut parts = Vec::new();
    let mut pieces = template.split('@');
    parts.extend(pieces.next().map(|text| Node::Text(text.to_owned())));
    for piece in pieces {
        let mut letters = piece.chars();
        let Some(hole) = letters.next() else { continue };
        parts.push(expression(dice, hole, depth));
        parts.push(Node::Text(letters.as_str().to_owned()));
    }
    parts
}

fn expression(dice: &mut Dice, hole: char, depth: usize) -> Node {
    // Now and then something else comes than what belongs there.
    let hole = if "nstbf".contains(hole) && dice.chance(4) { 'e' } else { hole };
    let Some(kind) = kind(hole) else { return Node::Text(word(dice, hole)) };
    let among = if depth == 0 || dice.chance(25) { kind.leaves } else { kind.templates.len() };
    let template = kind.templates[dice.below(among)];
    Node::Expression(fill(dice, template, depth.saturating_sub(1)))
}
