//! CLIENT PAUSE: requests that are not run yet, for some time.
//!
//! A request that may not run now stays where it is, undecoded among the bytes that its client sent, and the client is
//! *held*. When the pause is over its bytes are looked at again, as if they had just come. Meanwhile nothing expires or
//! is evicted, since that would be writing, too.

use crate::argv::Args;
use crate::command::{Command, Flags, flag};
use crate::engine::Server;
use crate::machine::Output;
use crate::session::Session;

/// A pause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pause {
    /// Until when, on the monotonic clock in microseconds.
    pub until_us: u64,
    /// All commands, or only those that write.
    pub everything: bool,
}

impl Pause {
    fn holds(self, flags: Flags) -> bool {
        const WRITES: Flags = flag::WRITE | flag::MAY_REPLICATE;
        self.everything || flags & WRITES != 0
    }
}

impl Server {
    /// Whether a pause keeps a command from running now; then its client is held.
    #[inline]
    pub(super) fn holds(&mut self, command: &Command, args: Args<'_>, session: &mut Session) -> bool {
        let Some(pause) = self.pause.filter(|pause| pause.until_us > self.now.mono_us) else { return false };
        let held = pause.holds(self.flags_of(command, args) | session.queued_flags(command));
        if held {
            session.is_held = true;
            self.held.push(session.conn);
        }
        held
    }

    /// Runs nobody's commands until the pause is ended.
    pub(crate) const fn pause_all(&mut self) {
        self.pause = Some(Pause { until_us: u64::MAX, everything: true });
    }

    /// Ends the pause if its time is up.
    pub(crate) fn end_pause_in_time(&mut self) {
        if self.pause.is_some_and(|pause| pause.until_us <= self.now.mono_us) {
            self.end_pause();
        }
    }

    /// Ends the pause: those who are held go on.
    pub fn end_pause(&mut self) {
        self.pause = None;
        // Keys may have been due for a while.
        self.out.push(Output::Sooner);
        for conn in core::mem::take(&mut self.held) {
            if let Some(session) = self.sessions.get_mut(conn) {
                session.is_held = false;
                self.released.push_back(conn);
            }
        }
    }
}
