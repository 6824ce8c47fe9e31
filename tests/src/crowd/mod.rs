//! Several clients at once: made-up moves of a crowd, and a model that knows what each of them must see.
//!
//! ```text
//!                ┌──► Model    a few lines for each rule ──┐
//! moves ──► play                                           ├──► the same for every client, after every move
//!                └──► a store  any `Runner`   ─────────────┘
//! ```
//!
//! What is at stake is order: who of those that wait is served, with what, and when; what a transaction sees; whom a
//! message reaches. The model has no cleverness: one list of those that wait, in the order of their arrival, and one of
//! the keys that became ready. If nobody is served twice, nobody is forgotten and each key serves those that waited
//! longest first, then the replies are the model's; that the model is right, the real redis-server shows by playing
//! the same moves.
//!
//! In reading order: `moves` are what a client can do, `model` is what follows, `play` holds a store against it.

mod model;
mod moves;
mod play;

use crate::runner::{Runner, Trouble};
use moves::Move;
use play::{Difference, play};

/// Makes a store for each round.
pub type Start<'a> = dyn Fn() -> Result<Box<dyn Runner>, Trouble> + 'a;

/// Plays a round of `count` moves, made from `seed`, on a store.
///
/// # Errors
/// When somebody saw something else than the model says: the fewest moves that show it, as a transcript. When the store
/// can't be played on.
pub fn round(start: &Start<'_>, seed: u64, count: usize) -> Result<(), Trouble> {
    let is_virtual = start()?.advance_limit_ms().is_none();
    let moves = moves::make(seed, count, is_virtual);
    let Some(difference) = play(&mut *start()?, &moves)? else { return Ok(()) };
    let (moves, difference) = shrink(start, moves, difference)?;
    Err(Trouble(format!("seed {seed}, {count} moves:\n{}{}", story(&moves), difference.0)))
}

/// Leaves out, one after the other, whatever isn't needed to see a difference.
fn shrink(
    start: &Start<'_>,
    mut moves: Vec<Move>,
    mut difference: Difference,
) -> Result<(Vec<Move>, Difference), Trouble> {
    let mut piece = moves.len() / 2;
    while piece > 0 {
        let mut at = 0;
        while at < moves.len() {
            let end = moves.len().min(at + piece);
            let fewer = [&moves[..at], &moves[end..]].concat();
            match play(&mut *start()?, &fewer)? {
                Some(found) => (moves, difference) = (fewer, found),
                None => at = end,
            }
        }
        piece /= 2;
    }
    Ok((moves, difference))
}

/// The moves as the lines of a transcript.
fn story(moves: &[Move]) -> String {
    let line = |step: &Move| match step {
        Move::Call(client, call) => format!("{client}> {}\n", call.text()),
        Move::Leave(client) => format!("{client} leaves and comes back\n"),
        Move::Advance(ms) => format!("@advance {ms}ms\n"),
        Move::Unblock { client, whom, error } => {
            format!("{client}> CLIENT UNBLOCK of {whom}, error: {error}\n")
        }
    };
    moves.iter().map(line).collect()
}
