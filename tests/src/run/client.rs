//! One client of a case: its unread bytes, and pushes that came before the reply they overtook.

use crate::print;
use crate::resp::{self, Malformed, Reply};
use crate::runner::{Received, Runner, Trouble};
use std::collections::VecDeque;

pub(super) struct Client {
    name: char,
    unread: Vec<u8>,
    kept: VecDeque<Reply>,
    closed: bool,
    number: String,
}

/// The next thing a client sees.
pub(super) enum Seen {
    /// An answer to its command.
    Reply(Reply),
    /// A push that answers nothing.
    Unasked(Reply),
    Nothing,
    Closed,
}

impl Client {
    pub(super) const fn new(name: char) -> Self {
        Self { name, unread: Vec::new(), kept: VecDeque::new(), closed: false, number: String::new() }
    }

    /// The next reply or push. `argv` is the command that waits for a reply, if one does.
    pub(super) fn next(
        &mut self,
        runner: &mut dyn Runner,
        argv: Option<&[Vec<u8>]>,
        patient: bool,
    ) -> Result<Seen, Trouble> {
        loop {
            let read = resp::read(&self.unread);
            if let Some((reply, length)) =
                read.map_err(|Malformed(what)| Trouble(format!("not a reply: {what}")))?
            {
                self.unread.drain(..length);
                if matches!(&reply, Reply::Status(line) if runner.hides(line)) {
                    continue;
                }
                let asked =
                    argv.is_some_and(|argv| !matches!(reply, Reply::Push(_)) || confirms(&reply, argv));
                return Ok(if asked { Seen::Reply(reply) } else { Seen::Unasked(reply) });
            }
            match self.receive(runner, patient)? {
                Received::Bytes(_) => {}
                Received::Nothing => return Ok(Seen::Nothing),
                Received::Closed => return Ok(Seen::Closed),
            }
        }
    }

    /// Up to `wanted` bytes as they are, and whatever came along with them.
    pub(super) fn raw(&mut self, runner: &mut dyn Runner, wanted: usize) -> Result<Vec<u8>, Trouble> {
        while self.unread.len() < wanted {
            if !matches!(self.receive(runner, wanted != usize::MAX)?, Received::Bytes(_)) {
                break;
            }
        }
        Ok(std::mem::take(&mut self.unread))
    }

    /// Whether the server closes the connection without another byte.
    pub(super) fn is_closed(&mut self, runner: &mut dyn Runner) -> Result<bool, Trouble> {
        Ok(self.closed || (self.unread.is_empty() && self.receive(runner, true)? == Received::Closed))
    }

    pub(super) fn keep(&mut self, push: Reply) {
        self.kept.push_back(push);
    }

    pub(super) fn kept(&mut self) -> Option<Reply> {
        self.kept.pop_front()
    }

    pub(super) fn speak_resp3(&mut self, runner: &mut dyn Runner) -> Result<(), Trouble> {
        let hello = [b"HELLO".to_vec(), b"3".to_vec()];
        runner.send(self.name, &resp::request(&hello))?;
        match self.next(runner, Some(&hello), true)? {
            Seen::Reply(Reply::Map(_)) => Ok(()),
            Seen::Reply(other) => {
                let shown = print::lines(&other, &hello).join(" ");
                Err(Trouble(format!("HELLO 3 was answered with {shown}")))
            }
            _ => Err(Trouble("HELLO 3 was not answered".into())),
        }
    }

    /// Asks the store for the number that it knows this client by.
    pub(super) fn ask_number(&mut self, runner: &mut dyn Runner) -> Result<(), Trouble> {
        let ask = [b"CLIENT".to_vec(), b"ID".to_vec()];
        runner.send(self.name, &resp::request(&ask))?;
        match self.next(runner, Some(&ask), true)? {
            Seen::Reply(Reply::Integer(number)) => self.number = number.to_string(),
            _ => return Err(Trouble(format!("client {} was not told its number", self.name))),
        }
        Ok(())
    }

    /// What CLIENT ID answered.
    pub(super) fn number(&self) -> &str {
        &self.number
    }

    fn receive(&mut self, runner: &mut dyn Runner, patient: bool) -> Result<Received, Trouble> {
        if self.closed {
            return Ok(Received::Closed);
        }
        let received = runner.receive(self.name, patient)?;
        match &received {
            Received::Bytes(bytes) => self.unread.extend_from_slice(bytes),
            Received::Closed => self.closed = true,
            Received::Nothing => {}
        }
        Ok(received)
    }
}

/// RESP3 answers subscribe commands with pushes.
fn confirms(push: &Reply, argv: &[Vec<u8>]) -> bool {
    let Reply::Push(items) = push else { return false };
    let Some(Reply::Bulk(kind)) = items.first() else { return false };
    argv.first().is_some_and(|command| kind.eq_ignore_ascii_case(command))
}
