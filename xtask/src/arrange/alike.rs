//! An order in which each function stands near those that it has most in common with.
//!
//! What is common is told by short pieces of code. One after the other, the function is taken that has the most of the pieces
//! of those that were taken last, for its size; a piece counts less the more functions have it.

use std::collections::HashMap;

/// The bytes of a piece: an instruction or two.
const PIECE: usize = 4;

/// What more functions have than so many says nothing about them.
const COMMON: usize = 300;

/// What is left of a function's weight with each one that is taken after it.
const FADING: f64 = 0.9;

/// Where each function was, as they come to stand.
pub(super) fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let pieces: Vec<Vec<[u8; PIECE]>> = bodies.iter().map(|body| pieces(body)).collect();
    let mut owners: HashMap<[u8; PIECE], Vec<usize>> = HashMap::new();
    for (function, pieces) in pieces.iter().enumerate() {
        for &piece in pieces {
            owners.entry(piece).or_default().push(function);
        }
    }
    let size: Vec<f64> = pieces.iter().map(|pieces| (pieces.len() as f64).sqrt().max(1.0)).collect();
    let mut common = vec![0.0; bodies.len()];
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let likeness = |place: usize| common[left[place]] / size[left[place]];
        let best = |one, other| if likeness(other) > likeness(one) { other } else { one };
        let next = left.remove((1..left.len()).fold(0, best));
        order.push(next);
        common.iter_mut().for_each(|common| *common *= FADING);
        for owners in pieces[next].iter().map(|piece| &owners[piece]).filter(|owners| owners.len() < COMMON) {
            let weight = 1.0 / (owners.len() as f64).sqrt();
            owners.iter().for_each(|&owner| common[owner] += weight);
        }
    }
    order
}

/// All pieces of a function, each once.
fn pieces(body: &[u8]) -> Vec<[u8; PIECE]> {
    let mut pieces: Vec<_> = body.windows(PIECE).filter_map(|piece| piece.try_into().ok()).collect();
    pieces.sort_unstable();
    pieces.dedup();
    pieces
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn those_that_are_alike_come_together() {
        let bodies =
            ["one way to begin", "something else", "another way to begin", "and something", "to begin"];
        assert_eq!(order(&bodies.map(str::as_bytes)), [0, 2, 4, 1, 3]);
        assert!(order(&[]).is_empty());
    }
}
