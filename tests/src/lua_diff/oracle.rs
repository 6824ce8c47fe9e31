//! Who knows what a program says: redis-server or lua5.1.

use super::alone::Alone;
use super::eval::Eval;
use super::program::{Against, Program};
use crate::runner::Trouble;

/// Runs programs, and counts those it could not say anything of.
pub(super) struct Oracle {
    who: Who,
    pub(super) skipped: u64,
}

enum Who {
    Server(Eval),
    Lua(Alone),
}

impl Oracle {
    pub(super) fn start(against: Against) -> Result<Self, Trouble> {
        let who = match against {
            Against::Server => Who::Server(Eval::start()?),
            Against::Lua => Who::Lua(Alone::start()?),
        };
        Ok(Self { who, skipped: 0 })
    }

    /// What it says; nothing if it had to be stopped.
    pub(super) fn run(&mut self, program: &Program) -> Result<Option<Vec<u8>>, Trouble> {
        let said = match &mut self.who {
            Who::Server(server) => server.run(program)?,
            Who::Lua(lua) => lua.run(program)?,
        };
        self.skipped += u64::from(said.is_none());
        Ok(said)
    }
}
