//! The lessons on the real redis-server: their solutions are answered as promised, and each check is false before its
//! solution and true after it. That they hold in the playground, too, is tested there.
//! `LESSONS=04` chooses one.

#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;
use std::{env, fs};

use redstart_playground::lessons::{self, Brief, Lesson, Step, is_like};
use redstart_tests::runner::{Received, Runner, Trouble};
use redstart_tests::runners::{Tcp, oracle};
use redstart_tests::server::Server;
use redstart_tests::{print, quote, resp};

type Result<T = ()> = std::result::Result<T, Trouble>;

/// The client that looks whether a step is done.
const LOOKER: char = 'z';

#[test]
fn solutions_lead_to_their_goals_on_the_real_server() -> Result {
    let chosen = env::var("LESSONS").unwrap_or_default();
    for brief in lessons::all().filter(|brief| brief.ready && brief.file.contains(&chosen)) {
        let lesson = lesson(brief)?;
        let mut player = Player::new(brief.file)?;
        for step in &lesson.steps {
            let is_new = !step.check.ran.is_empty() || !player.sees(step)?;
            assert!(is_new, "{}: {} is done before its first line", brief.file, step.title);
            let before = player.successes(step)?;
            player.solve(step)?;
            let after = player.successes(step)?;
            let ran = before.iter().zip(&after).all(|(before, after)| after > before);
            assert!(ran, "{}: {} does not run {:?}", brief.file, step.title, step.check.ran);
            assert!(player.sees(step)?, "{}: {} is not done after its solution", brief.file, step.title);
        }
    }
    Ok(())
}

fn lesson(brief: &Brief) -> Result<Lesson> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../playground/lessons").join(brief.file);
    lessons::read(&fs::read_to_string(path)?).map_err(|problem| Trouble(format!("{}: {problem}", brief.file)))
}

/// Somebody who plays a lesson on a server of its own.
struct Player {
    file: &'static str,
    server: Tcp,
    clients: String,
}

impl Player {
    fn new(file: &'static str) -> Result<Self> {
        Ok(Self { file, server: Tcp::new(Server::start(&oracle(), &[])?), clients: String::new() })
    }

    /// Types a step's solution.
    fn solve(&mut self, step: &Step) -> Result {
        for line in &step.solution {
            let client = lessons::TERMINALS.chars().nth(line.terminal as usize).unwrap_or('a');
            let place = format!("{}, {}: {}", self.file, step.title, line.text);
            let printed = self.ask(client, &line.text, line.answer.is_some())?;
            if ["BG", "CONFIG SET"].iter().any(|start| line.text.starts_with(start)) {
                self.wait_for_the_disk()?;
            }
            match (&line.answer, printed) {
                (Some(answer), Some(printed)) => {
                    assert!(is_like(answer, &printed), "{place}\n{printed}\nbut promised is\n{answer}");
                }
                (Some(_), None) => panic!("{place} is not answered"),
                (None, printed) => {
                    assert!(
                        !printed.is_some_and(|printed| printed.starts_with("(error)")),
                        "{place} is an error"
                    );
                }
            }
        }
        Ok(())
    }

    /// Waits until no file is being written in the background: a real disk takes longer than a page's.
    fn wait_for_the_disk(&mut self) -> Result {
        const WORKS: [&str; 3] =
            ["rdb_bgsave_in_progress:1", "aof_rewrite_in_progress:1", "aof_rewrite_scheduled:1"];
        loop {
            let state = self.ask(LOOKER, "INFO persistence", true)?.unwrap_or_default();
            if !WORKS.iter().any(|work| state.contains(work)) {
                return Ok(());
            }
        }
    }

    /// Whether what a step's check looks at is as it says.
    fn sees(&mut self, step: &Step) -> Result<bool> {
        let mut sees = true;
        for look in &step.check.looks {
            let reply = self.reply(LOOKER, &look.text, true)?.ok_or_else(|| Trouble(look.text.clone()))?;
            let seen = print::lines(&reply, &[]).join("\n");
            sees &= look.answer.as_ref().is_some_and(|answer| is_like(answer, &seen));
        }
        Ok(sees)
    }

    /// How often the commands that a step's check names were a success.
    fn successes(&mut self, step: &Step) -> Result<Vec<u64>> {
        let stats = self.ask(LOOKER, "INFO commandstats", true)?.unwrap_or_default();
        let number = |name: &str, field: &str| {
            let line = stats.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{name}:")))?;
            let value = line.split(',').find_map(|part| part.strip_prefix(field))?;
            value.trim().parse::<u64>().ok()
        };
        let successes = |name: &String| {
            number(name, "calls=").unwrap_or(0).saturating_sub(number(name, "failed_calls=").unwrap_or(0))
        };
        Ok(step.check.ran.iter().map(|names| names.iter().map(successes).sum()).collect())
    }

    /// Sends a line; gives what redis-cli would print, if there is an answer.
    fn ask(&mut self, client: char, line: &str, patient: bool) -> Result<Option<String>> {
        let argv = quote::split(line).map_err(Trouble)?;
        let reply = self.reply(client, line, patient)?;
        Ok(reply.map(|reply| print::lines(&reply, &argv).join("\n")))
    }

    fn reply(&mut self, client: char, line: &str, patient: bool) -> Result<Option<resp::Reply>> {
        if !self.clients.contains(client) {
            self.server.open(client)?;
            self.clients.push(client);
        }
        // What came unasked is none of this line's business.
        self.server.settle()?;
        while let Received::Bytes(_) = self.server.receive(client, false)? {}
        self.server.send(client, &resp::request(&quote::split(line).map_err(Trouble)?))?;
        if !patient {
            self.server.settle()?;
        }
        let mut bytes = Vec::new();
        while let Received::Bytes(more) = self.server.receive(client, patient)? {
            bytes.extend(more);
            if let Ok(Some((reply, _))) = resp::read(&bytes) {
                return Ok(Some(reply));
            }
        }
        Ok(None)
    }
}
