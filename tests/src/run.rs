//! Runs a transcript's cases and says what was seen instead of what was expected.

mod client;
pub(crate) mod compare;

use crate::print;
use crate::quote;
use crate::runner::{Runner, Trouble};
use crate::transcript::{Action, Case, Line, Step, Transcript, Version};
use client::{Client, Seen};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// What became of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As expected, or failed as known.
    Passed,
    /// Why it doesn't run here.
    Skipped(String),
    /// What was different, ready to print.
    Failed(Vec<Difference>),
}

/// One step that showed something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The step's line in the file.
    pub line: usize,
    /// The step and both outputs, or what went wrong.
    pub text: String,
}

/// Runs every case; the verdicts are in the file's order.
pub fn run(transcript: &Transcript, runner: &mut dyn Runner, name: &str, oracle: Version) -> Vec<Verdict> {
    transcript.cases.iter().map(|case| verdict(case, runner, name, oracle)).collect()
}

fn verdict(case: &Case, runner: &mut dyn Runner, name: &str, oracle: Version) -> Verdict {
    if let Some(reason) = case.markers.skip(name, oracle).or_else(|| too_long(case, runner)) {
        return Verdict::Skipped(reason);
    }
    let differences = Stage::new(runner, case).play(case);
    match (case.markers.known_failure(name), differences.is_empty()) {
        (None, true) | (Some(_), false) => Verdict::Passed,
        (None, false) => Verdict::Failed(differences),
        (Some(reason), true) => Verdict::Failed(vec![Difference {
            line: case.line,
            text: format!("passes now, but is marked @known-failure because {reason}: take the mark away"),
        }]),
    }
}

/// Why the case doesn't run where time is real, if too much of it would have to pass.
pub(crate) fn too_long(case: &Case, runner: &dyn Runner) -> Option<String> {
    let limit = runner.advance_limit_ms()?;
    let total: u64 =
        case.steps.iter().map(|step| if let Action::Advance { ms } = step.action { ms } else { 0 }).sum();
    (total > limit).then(|| format!("{total} ms would have to pass for real"))
}

/// What a step showed: the reply's lines, then what clients got unasked, then whether the connection closed.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) reply: Vec<String>,
    pub(crate) unasked: Vec<(char, Vec<String>)>,
    pub(crate) closed: bool,
}

/// The clients of one case and the store that they talk to.
pub(crate) struct Stage<'r> {
    runner: &'r mut dyn Runner,
    resp3: bool,
    /// Clients whose numbers the case names: they ask for theirs when they connect, since later they may be parked.
    numbered: BTreeSet<char>,
    clients: BTreeMap<char, Client>,
}

impl<'r> Stage<'r> {
    pub(crate) fn new(runner: &'r mut dyn Runner, case: &Case) -> Self {
        runner.close_all();
        let words = case.steps.iter().flat_map(|step| step.action.words());
        let numbered = words.filter_map(|word| named_client(word)).collect();
        Self { runner, resp3: case.markers.resp3, numbered, clients: BTreeMap::new() }
    }

    /// Plays the case; after trouble (rather than a mere difference) the rest of its steps would mean nothing.
    fn play(&mut self, case: &Case) -> Vec<Difference> {
        let mut differences = Vec::new();
        for step in &case.steps {
            match self.step(step) {
                Ok(shown) => differences.extend(compare::difference(step, &shown)),
                Err(Trouble(what)) => {
                    let text = format!("{}\n    {what}", compare::heading(step));
                    differences.push(Difference { line: step.line, text });
                    return differences;
                }
            }
        }
        if let Err(Trouble(text)) = self.nothing_left() {
            differences.push(Difference { line: case.line, text });
        }
        differences
    }

    /// Plays one step and shows what is expected of it: no more is read than the step has lines for.
    fn step(&mut self, step: &Step) -> Result<Shown, Trouble> {
        let mut shown = Shown::default();
        let expected = &step.expected;
        self.act(&step.action)?;
        match &step.action {
            Action::Command { client, argv } if !expected.reply.is_empty() => {
                let whole = expected.reply.iter().any(|line| matches!(line, Line::Contains(_)));
                while shown.reply.is_empty() || (!whole && shown.reply.len() < expected.reply.len()) {
                    shown.reply.extend(self.reply(*client, argv)?);
                }
            }
            Action::Raw { client, .. } => {
                let wanted = compare::raw_bytes(&expected.reply)?;
                if wanted.is_empty() {
                    self.runner.settle()?;
                }
                let (client, runner) = self.meet(*client)?;
                let bytes = client.raw(runner, wanted.len())?;
                shown.reply.extend((!bytes.is_empty()).then(|| quote::quoted(&bytes)));
            }
            Action::Command { client, argv } => {
                self.runner.settle()?;
                let (asker, runner) = self.meet(*client)?;
                match asker.next(runner, Some(argv), false)? {
                    Seen::Reply(reply) => shown.reply = print::lines(&reply, argv),
                    Seen::Unasked(reply) => asker.keep(reply),
                    Seen::Nothing | Seen::Closed => {}
                }
            }
            Action::Advance { .. } | Action::Config { .. } => self.runner.settle()?,
        }
        for (client, lines) in &expected.unasked {
            let mut seen: Vec<String> = Vec::new();
            while seen.len() < lines.len() {
                seen.extend(self.unasked(*client)?);
            }
            shown.unasked.push((*client, seen));
        }
        if expected.closed {
            let client = step
                .action
                .client()
                .ok_or_else(|| Trouble("@closed needs a client's step before it".into()))?;
            let (client, runner) = self.meet(client)?;
            shown.closed = client.is_closed(runner)?;
        }
        Ok(shown)
    }

    /// Plays one step and shows all that comes of it, expected or not.
    pub(crate) fn step_freely(&mut self, step: &Step) -> Result<Shown, Trouble> {
        let mut shown = Shown::default();
        self.act(&step.action)?;
        self.runner.settle()?;
        let actor = step.action.client();
        if let (Action::Raw { .. }, Some(client)) = (&step.action, actor) {
            let (client, runner) = self.meet(client)?;
            let bytes = client.raw(runner, usize::MAX)?;
            shown.reply.extend((!bytes.is_empty()).then(|| quote::quoted(&bytes)));
        }
        let open: Vec<char> = self.clients.keys().copied().collect();
        for client in open {
            loop {
                let argv = match &step.action {
                    Action::Command { client: actor, argv } if *actor == client => Some(argv),
                    _ => None,
                };
                let (seer, runner) = self.meet(client)?;
                match seer.next(runner, argv.map(Vec::as_slice), false)? {
                    Seen::Reply(reply) => match argv {
                        Some(argv) => shown.reply.extend(print::lines(&reply, argv)),
                        None => shown.unasked.push((client, print::unasked_lines(&reply))),
                    },
                    Seen::Unasked(reply) => shown.unasked.push((client, print::unasked_lines(&reply))),
                    Seen::Closed => {
                        shown.closed |= actor == Some(client);
                        break;
                    }
                    Seen::Nothing => break,
                }
            }
        }
        Ok(shown)
    }

    fn act(&mut self, action: &Action) -> Result<(), Trouble> {
        match action {
            Action::Command { client, argv } => {
                self.meet(*client)?;
                let bytes = crate::resp::request(&self.with_numbers(argv)?);
                self.runner.send(*client, &bytes)
            }
            Action::Raw { client, bytes } => {
                self.meet(*client)?;
                self.runner.send(*client, bytes)
            }
            Action::Advance { ms } => self.runner.advance(*ms),
            Action::Config { name, value } => self.runner.configure(name, value),
        }
    }

    /// The words of a command, with the numbers of the clients that it names.
    fn with_numbers(&mut self, argv: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, Trouble> {
        let number = |word: &Vec<u8>| match named_client(word) {
            Some(name) => Ok(self.meet(name)?.0.number().as_bytes().to_vec()),
            None => Ok(word.clone()),
        };
        argv.iter().map(number).collect()
    }

    fn reply(&mut self, client: char, argv: &[Vec<u8>]) -> Result<Vec<String>, Trouble> {
        loop {
            let (asker, runner) = self.meet(client)?;
            match asker.next(runner, Some(argv), true)? {
                Seen::Reply(reply) => return Ok(print::lines(&reply, argv)),
                Seen::Unasked(reply) => asker.keep(reply),
                Seen::Nothing => return Err(Trouble(format!("no reply to client {client}"))),
                Seen::Closed => return Err(Trouble(format!("the connection of client {client} is closed"))),
            }
        }
    }

    fn unasked(&mut self, client: char) -> Result<Vec<String>, Trouble> {
        let (seer, runner) = self.meet(client)?;
        if let Some(kept) = seer.kept() {
            return Ok(print::unasked_lines(&kept));
        }
        match seer.next(runner, None, true)? {
            Seen::Reply(reply) | Seen::Unasked(reply) => Ok(print::unasked_lines(&reply)),
            Seen::Nothing => Err(Trouble(format!("nothing more came for client {client}"))),
            Seen::Closed => Err(Trouble(format!("the connection of client {client} is closed"))),
        }
    }

    /// At the end of a case every reply must have been expected somewhere.
    fn nothing_left(&mut self) -> Result<(), Trouble> {
        self.runner.settle()?;
        let open: Vec<char> = self.clients.keys().copied().collect();
        for name in open {
            let (client, runner) = self.meet(name)?;
            let left = match client.kept() {
                Some(reply) => Some(reply),
                None => match client.next(runner, None, false)? {
                    Seen::Reply(reply) | Seen::Unasked(reply) => Some(reply),
                    Seen::Nothing | Seen::Closed => None,
                },
            };
            if let Some(reply) = left {
                let lines = print::unasked_lines(&reply).join("\n    ");
                return Err(Trouble(format!(
                    "client {name} was sent more than the case expects:\n    {lines}"
                )));
            }
        }
        Ok(())
    }

    /// The client of that name, connected at its first use, and the store that it talks to.
    fn meet(&mut self, name: char) -> Result<(&mut Client, &mut dyn Runner), Trouble> {
        let client = match self.clients.entry(name) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                self.runner.open(name)?;
                let mut client = Client::new(name);
                if self.resp3 {
                    client.speak_resp3(self.runner)?;
                }
                if self.numbered.contains(&name) {
                    client.ask_number(self.runner)?;
                }
                place.insert(client)
            }
        };
        Ok((client, self.runner))
    }
}

impl Action {
    /// The words of a command.
    fn words(&self) -> &[Vec<u8>] {
        if let Self::Command { argv, .. } = self { argv } else { &[] }
    }

    /// Whose step it is.
    fn client(&self) -> Option<char> {
        match self {
            Self::Command { client, .. } | Self::Raw { client, .. } => Some(*client),
            Self::Advance { .. } | Self::Config { .. } => None,
        }
    }
}

/// The client whose number is meant by the word `<b>`.
fn named_client(word: &[u8]) -> Option<char> {
    if let [b'<', letter @ b'a'..=b'z', b'>'] = word { Some(char::from(*letter)) } else { None }
}
