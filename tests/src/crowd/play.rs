//! Plays moves on a store and on the model, and compares what each client sees after each of them.

use super::model::Model;
use super::moves::{CLIENTS, Move};
use crate::print;
use crate::resp::{self, Reply};
use crate::runner::{Received, Runner, Trouble};
use std::collections::BTreeMap;

/// What a client saw and should not have, or the other way round: for people.
pub(super) struct Difference(pub(super) String);

/// Plays moves from an empty store on, up to the first difference.
pub(super) fn play(runner: &mut dyn Runner, moves: &[Move]) -> Result<Option<Difference>, Trouble> {
    let mut crowd = Crowd { runner, model: Model::default(), ids: BTreeMap::new(), unread: BTreeMap::new() };
    crowd.runner.close_all();
    for client in CLIENTS {
        crowd.connect(client)?;
    }
    for step in moves {
        if !crowd.step(step)? {
            continue;
        }
        if let Some(difference) = crowd.compare()? {
            return Ok(Some(difference));
        }
    }
    Ok(None)
}

struct Crowd<'a> {
    runner: &'a mut dyn Runner,
    model: Model,
    ids: BTreeMap<char, i64>,
    unread: BTreeMap<char, Vec<u8>>,
}

impl Crowd<'_> {
    fn connect(&mut self, client: char) -> Result<(), Trouble> {
        self.runner.open(client)?;
        self.unread.insert(client, Vec::new());
        self.send(client, &["HELLO", "3"])?;
        self.next(client, true)?;
        self.send(client, &["CLIENT", "ID"])?;
        let Some(Reply::Integer(id)) = self.next(client, true)? else {
            return Err(Trouble("CLIENT ID gave no number".into()));
        };
        self.ids.insert(client, id);
        Ok(())
    }

    /// Makes a move, unless it can't be made now.
    fn step(&mut self, step: &Move) -> Result<bool, Trouble> {
        match step {
            Move::Call(client, call) => {
                if !self.model.may(*client, call) {
                    return Ok(false);
                }
                self.model.call(*client, call);
                self.runner.send(*client, &resp::request(&call.words()))?;
            }
            Move::Leave(client) => {
                self.model.leave(*client);
                self.runner.close(*client)?;
                self.runner.settle()?;
                self.connect(*client)?;
            }
            Move::Advance(ms) => {
                self.model.advance(*ms);
                self.runner.advance(*ms)?;
            }
            Move::Unblock { client, whom, error } => {
                if client == whom || self.model.is_busy(*client) {
                    return Ok(false);
                }
                self.model.unblock(*client, *whom, *error);
                let id = self.ids[whom].to_string();
                let how = if *error { "ERROR" } else { "TIMEOUT" };
                self.send(*client, &["CLIENT", "UNBLOCK", &id, how])?;
            }
        }
        self.runner.settle()?;
        Ok(true)
    }

    /// Compares what came for everybody since the last move with what the model says.
    fn compare(&mut self) -> Result<Option<Difference>, Trouble> {
        for client in CLIENTS {
            let wanted = self.model.seen.remove(&client).unwrap_or_default();
            for wanted in wanted {
                let seen = self.next(client, true)?;
                if seen.as_ref() != Some(&wanted) {
                    return Ok(Some(differs(client, Some(&wanted), seen.as_ref())));
                }
            }
            if let Some(more) = self.next(client, false)? {
                return Ok(Some(differs(client, None, Some(&more))));
            }
        }
        Ok(None)
    }

    fn send(&mut self, client: char, words: &[&str]) -> Result<(), Trouble> {
        let words: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        self.runner.send(client, &resp::request(&words))
    }

    fn next(&mut self, client: char, patient: bool) -> Result<Option<Reply>, Trouble> {
        let unread = self.unread.entry(client).or_default();
        loop {
            let read = resp::read(unread).map_err(|bad| Trouble(format!("not a reply: {}", bad.0)))?;
            if let Some((reply, length)) = read {
                unread.drain(..length);
                return Ok(Some(reply));
            }
            match self.runner.receive(client, patient)? {
                Received::Bytes(bytes) => unread.extend(bytes),
                Received::Nothing | Received::Closed => return Ok(None),
            }
        }
    }
}

fn differs(client: char, wanted: Option<&Reply>, seen: Option<&Reply>) -> Difference {
    let show = |reply: Option<&Reply>| {
        reply.map_or_else(|| "nothing".into(), |reply| print::lines(reply, &[]).join(" "))
    };
    Difference(format!("{client} should see {} and sees {}", show(wanted), show(seen)))
}
