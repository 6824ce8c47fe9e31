//! lua5.1 as the one who knows what a program says: a process of it runs some, one after the other.

use super::plain::plain;
use super::program::Program;
use crate::runner::Trouble;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What the process does.
const DRIVER: &str = include_str!("alone.lua");

pub(super) struct Alone {
    process: Child,
    programs: ChildStdin,
    answers: BufReader<ChildStdout>,
    run: usize,
}

impl Alone {
    /// After so many programs another process goes on. It may have some seconds for all of them: a program that loops, or
    /// wants too much memory, ends with it.
    const PROGRAMS: usize = 200;

    pub(super) fn start() -> Result<Self, Trouble> {
        let mut lua = Command::new("prlimit");
        lua.args(["--as=4294967296", "--cpu=6", "lua5.1", "-e", DRIVER]);
        let mut process = lua.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let (Some(programs), Some(answers)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(Trouble("lua5.1 without pipes".to_owned()));
        };
        Ok(Self { process, programs, answers: BufReader::new(answers), run: 0 })
    }

    /// What it says; nothing if that took its life.
    pub(super) fn run(&mut self, program: &Program) -> Result<Option<Vec<u8>>, Trouble> {
        self.run += 1;
        let answer = self.ask(&program.source()).ok();
        if answer.is_none() || self.run == Self::PROGRAMS {
            *self = Self::start()?;
        }
        Ok(answer.map(|answer| plain(&answer)))
    }

    fn ask(&mut self, source: &str) -> io::Result<Vec<u8>> {
        write!(self.programs, "{}\n{source}", source.len())?;
        self.programs.flush()?;
        let mut length = String::new();
        self.answers.read_line(&mut length)?;
        let length = length.trim().parse().map_err(io::Error::other)?;
        let mut answer = vec![0; length];
        self.answers.read_exact(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
